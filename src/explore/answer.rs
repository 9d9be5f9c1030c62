//! The answer to a view: the typical patient's course, and what is to be expected of many.

use super::given::{self, Given};
use super::settings::{BASELINE, Settings};
use super::view::View;
use crate::error::{Error, Result};
use crate::model::{ParameterSet, Population, Variant, parameter_set};
use crate::population::VirtualPatients;
use crate::simulate::population::{Ending, Failures, Profiles, Request, population};
use crate::units::{HOURS_PER_DAY, Time};
use crate::window::{Baseline, LAST_DAY, Outlook, People, Question, TOO_HIGH, WANTED};
use std::collections::BTreeMap;

/// Most virtual patients: an answer of a million takes minutes and 1 GB.
const MOST_SUBJECTS: usize = 1_000_000;
/// Distance of the points of the typical patient's curve, h.
const SAMPLING_H: f64 = 6.0;

/// Patients of a variant and a preset.
#[derive(Debug, Clone)]
struct Cast {
    variant: Variant,
    /// None for the values of the text itself, and if there are no presets.
    preset: Option<Population>,
    patients: VirtualPatients,
}

/// Answers views with the same virtual patients.
#[derive(Debug, Clone)]
pub struct Explorer {
    /// The patients as they were asked for.
    pub name: String,
    /// How many of them form the band.
    pub subjects: usize,
    /// Seed of all random numbers.
    pub seed: u64,
    /// What can be moved and chosen.
    pub settings: Settings,
    /// The patients of each variant and preset that they know.
    casts: Vec<Cast>,
}

/// The typical patient, days from the first dose.
#[derive(Debug, Clone, PartialEq)]
pub struct Typical {
    /// Days of the samples.
    pub day: Vec<f64>,
    /// Count at each, 10⁹/L.
    pub count: Vec<f64>,
    /// The highest count, 10⁹/L.
    pub maximum: f64,
    /// When it is reached.
    pub maximum_day: f64,
    /// First day at the threshold or above.
    pub first: Option<f64>,
    /// Last day at the threshold or above.
    pub last: Option<f64>,
    /// Days at the threshold or above.
    pub days_at_threshold: f64,
}

/// The answer to a view.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Structural variant.
    pub variant: Variant,
    /// The patients, around the typical values of the view.
    pub patients: VirtualPatients,
    /// The parameters of the typical patient, except the baseline count.
    pub set: ParameterSet,
    /// The typical patient's count before treatment, 10⁹/L: that of the view, or with counts the typical one.
    pub baseline: f64,
    /// The typical patient's course.
    pub typical: Typical,
    /// What is to be expected of the patients, or of the one with the counts of the view; none where these contradict the
    /// population.
    pub outlook: Option<Outlook>,
    /// What the counts of the view leave of the population; none without counts.
    pub given: Option<Given>,
    /// Typical values that the patients have themselves, of everything that can be moved.
    pub own: BTreeMap<String, f64>,
}

impl Explorer {
    /// With the patients called `name`; `calibrated` stands for those of each variant.
    ///
    /// # Errors
    /// Subjects outside 1 to 1,000,000, or more than memory holds; patients that do not exist or are of
    /// another model.
    pub fn new(name: &str, subjects: usize, seed: u64) -> Result<Self> {
        let mut casts = Vec::new();
        for variant in [Variant::B, Variant::A, Variant::C, Variant::D] {
            let found = VirtualPatients::load_for(name, variant)?;
            if found.model != "mechanistic" {
                return Err(Error::Contradiction {
                    first: format!("the patients `{name}` of the model {}", found.model),
                    second: "the page, which shows the patients of the model mechanistic"
                        .to_owned(),
                    remedy: "use other patients, or give the model itself".to_owned(),
                });
            }
            if found.variant.is_none_or(|own| own == variant) {
                casts.push(Cast { variant, preset: None, patients: found });
            }
        }
        let settings = Settings::lusutrombopag();
        Self { name: name.to_owned(), subjects, seed, settings, casts }.checked()
    }

    /// With the people whom the model text called `name`, a file or a shipped one, describes.
    ///
    /// # Errors
    /// Subjects outside 1 to 1,000,000, or more than memory holds; everything that is wrong with the text;
    /// a model without a text, a platelet count, a route or a baseline count.
    pub fn of_text(name: &str, subjects: usize, seed: u64) -> Result<Self> {
        let set = parameter_set(name, None)?;
        let people = |preset| VirtualPatients::of_model(name, preset);
        let Some(patients) = people(None)? else {
            return Err(Error::Contradiction {
                first: format!("the model {name}"),
                second: "the page of a model text".to_owned(),
                remedy: format!("use the text models/{name}.model, or virtual patients"),
            });
        };
        let settings = Settings::of_text(&set, &patients)?;
        let mut casts = Vec::new();
        for preset in [None].into_iter().chain(settings.presets.iter().copied().map(Some)) {
            let patients = people(preset)?.unwrap_or_else(|| patients.clone());
            for variant in patients.variants()? {
                casts.push(Cast { variant, preset, patients: patients.clone() });
            }
        }
        Self { name: name.to_owned(), subjects, seed, settings, casts }.checked()
    }

    /// Refuses numbers of patients that cannot be, and a view at the start that has no answer.
    fn checked(self) -> Result<Self> {
        if !(1..=MOST_SUBJECTS).contains(&self.subjects) {
            return Err(Error::OutOfRange {
                symbol: "subjects".to_owned(),
                value: self.subjects as f64,
                unit: "1".to_owned(),
                range: format!("[1, {MOST_SUBJECTS}]"),
            });
        }
        People::require(self.subjects)?;
        let view = View::at_start(&self.settings);
        let (variant, patients) = self.around(&view)?;
        self.question(&view, (variant, &patients)).check()?;
        Ok(self)
    }

    /// The variants that the patients know, the first being the default.
    #[must_use]
    pub fn variants(&self) -> Vec<Variant> {
        let first = self.casts.first().and_then(|cast| cast.preset);
        let own = self.casts.iter().filter(|cast| cast.preset == first);
        own.map(|cast| cast.variant).collect()
    }

    /// The same, each with what it assumes; none of a model that has one form only.
    pub(super) fn variants_with_meaning(&self) -> Vec<(String, String)> {
        let Some(first) = self.casts.first() else { return Vec::new() };
        let set = first.patients.typical_patient(first.variant);
        let known = set.map(|set| set.model.variants().to_vec()).unwrap_or_default();
        let own = self.variants();
        let own = known.into_iter().filter(|(variant, _)| own.contains(variant));
        own.map(|(variant, meaning)| (variant.to_string(), meaning.to_owned())).collect()
    }

    /// The patients of the view's variant and preset.
    pub(super) fn of_variant(&self, view: &View) -> Result<(Variant, &VirtualPatients)> {
        let wanted = |cast: &&Cast| {
            view.variant.is_none_or(|own| own == cast.variant) && cast.preset == view.preset
        };
        let found = self.casts.iter().find(wanted);
        found.map(|cast| (cast.variant, &cast.patients)).ok_or_else(|| Error::Unknown {
            kind: "variant of these patients",
            name: view.variant.map_or(String::new(), |variant| variant.to_string()),
            known: self.variants().iter().map(ToString::to_string).collect(),
        })
    }

    /// The patients of the view's variant, around its typical values.
    fn around(&self, view: &View) -> Result<(Variant, VirtualPatients)> {
        let (variant, own) = self.of_variant(view)?;
        let mut patients = own.clone();
        for (symbol, value) in &view.values {
            patients = patients.with_typical(symbol, *value)?;
        }
        Ok((variant, patients))
    }

    fn question<'a>(
        &self,
        view: &View,
        (variant, patients): (Variant, &'a VirtualPatients),
    ) -> Question<'a> {
        Question {
            variant,
            baseline: if self.settings.is_measured {
                Baseline::Measured(view.baseline)
            } else {
                Baseline::True(view.baseline)
            },
            threshold: view.threshold,
            probability: WANTED,
            too_many: TOO_HIGH,
            subjects: self.subjects,
            seed: self.seed,
            ..Question::new(patients)
        }
    }

    /// What a view shows.
    ///
    /// # Errors
    /// A view that these patients cannot have, a typical patient who cannot be integrated.
    pub fn answer(&self, view: &View) -> Result<Answer> {
        let (variant, patients) = self.around(view)?;
        let set = patients.typical_patient(variant)?;
        let question = self.question(view, (variant, &patients));
        let (outlook, given) = if view.counts.is_empty() {
            let outlook = People::new(question)?.under(&view.treatment())?.outlook(&question);
            if let Some(error) = outlook.failures.error(&set) {
                return Err(error);
            }
            (Some(outlook), None)
        } else {
            let (outlook, given) = given::patient(&question, view, &set)?;
            (outlook, Some(given))
        };
        let baseline = if given.is_some() { set.value(BASELINE)? } else { view.baseline };
        let own = self.of_variant(view)?.1.typical_patient(variant)?;
        let moved = self.settings.controls.iter().filter(|control| control.value.is_none());
        let of_own = moved.map(|control| Ok((control.key.clone(), own.value(&control.key)?)));
        Ok(Answer {
            variant,
            typical: Typical::of(&set, view, baseline)?,
            outlook,
            given,
            baseline,
            own: of_own.collect::<Result<_>>()?,
            set,
            patients,
        })
    }

    /// The patients' name, as other commands take it.
    #[must_use]
    pub fn patients_of(&self, answer: &Answer) -> String {
        if self.name == "calibrated" { answer.patients.id.clone() } else { self.name.clone() }
    }
}

impl Typical {
    fn of(set: &ParameterSet, view: &View, baseline: f64) -> Result<Self> {
        let mut set = set.clone();
        set.set(BASELINE, baseline)?;
        let regimen = view.treatment().regimen()?;
        let mut request = Request::new(&set, &regimen);
        request.until = last_day();
        let samples = 0_u32..;
        let times = samples.map(|sample| SAMPLING_H * f64::from(sample));
        request.times_h = times.take_while(|time| *time <= request.until.in_hours()).collect();
        request.level = view.threshold;
        let mut kept = Profiles::default();
        population(&request, &mut kept, &|_| {})?;
        let ending = kept.endings.first().copied().unwrap_or_default();
        if let Some((_, failure)) = Failures::of(0, &kept.endings).first_in(&set) {
            return Err(Error::Integration { model: set.model.to_string(), failure });
        }
        Ok(Self::from(&request.times_h, kept.platelets, &ending))
    }

    fn from(times_h: &[f64], count: Vec<f64>, ending: &Ending) -> Self {
        let days = |hours: f64| hours / HOURS_PER_DAY;
        Self {
            day: times_h.iter().copied().map(days).collect(),
            count,
            maximum: ending.maximum,
            maximum_day: days(ending.maximum_at),
            first: ending.first_above.map(days),
            last: ending.last_above.map(days),
            days_at_threshold: days(ending.time_above),
        }
    }
}

/// The end of all courses.
pub(super) fn last_day() -> Time {
    Time::visit_day(LAST_DAY as f64)
}
