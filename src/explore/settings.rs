//! What can be moved and chosen on a page: for the patients of lusutrombopag, and for those of a model text.

use super::control::Control;
use crate::error::{Error, Result};
use crate::model::text::Parameter;
use crate::model::{LUSUTROMBOPAG, ParameterSet, Population, Variant};
use crate::population::VirtualPatients;
use crate::simulate::checked_regimens;
use crate::units::{Amount, COUNT_UNIT, Route};
use crate::window::{APPROVED_DAYS, APPROVED_MG, THRESHOLD, Way};

/// The parameter that is the count before treatment.
pub(super) const BASELINE: &str = "plt0";
/// Most parameters that can be moved.
const MOST_PARAMETERS: usize = 8;
/// Without bounds a parameter is moved by this factor to either side.
const FACTOR: f64 = 4.0;
/// Longest course, d, and longest time to a procedure.
const MOST_DAYS: f64 = 14.0;
const MOST_WAITING: f64 = 35.0;

/// Everything that can be moved or chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Numbers, in the order of the page.
    pub controls: Vec<Control>,
    /// Ways in which doses can be given, in one unit; tablets first, or else the usual one.
    pub ways: Vec<Way>,
    /// Structural variants.
    pub variants: Vec<Variant>,
    /// Presets of a text.
    pub presets: Vec<Population>,
    /// The name of the drug, for titles.
    pub drug: String,
    /// Whether there is a label to compare with.
    pub is_labelled: bool,
    /// Whether the count before treatment is a measured one; otherwise it is the true one.
    pub is_measured: bool,
}

impl Settings {
    /// Those of lusutrombopag in the mechanistic model.
    #[must_use]
    pub fn lusutrombopag() -> Self {
        let mut controls = course(Amount::Mg(APPROVED_MG), LUSUTROMBOPAG, 0.25);
        "the label specifies 8 to 14".clone_into(&mut controls[2].hint);
        controls.extend(counts((10.0, 70.0, 40.0), "Count before treatment, measured"));
        let own = |key: &str, label: &str, unit: &str, (low, high, step), hint: &str| {
            control(key, label, unit, (low, high, step), None, hint)
        };
        controls.push(own(
            "kc",
            "Potency KC, typical patient",
            "ng/mL",
            (10.0, 1000.0, 5.0),
            "concentration of half-maximal effect: lower means more potent",
        ));
        let lifespan = "Platelet lifespan TP, typical patient";
        controls.push(own("tp", lifespan, "d", (2.0, 12.0, 0.1), ""));
        Self {
            controls,
            ways: vec![Way::default()],
            variants: Variant::ALL.to_vec(),
            presets: Vec::new(),
            drug: "lusutrombopag".to_owned(),
            is_labelled: true,
            is_measured: true,
        }
    }

    /// Those of the text behind `set`, whose people are `patients`.
    ///
    /// # Errors
    /// A model without a platelet count, without a route, or without a baseline count as a parameter.
    pub fn of_text(set: &ParameterSet, patients: &VirtualPatients) -> Result<Self> {
        set.model.require_platelets("the page, which shows counts")?;
        let text = set.model.text();
        let parameters = text.map_or(&[][..], |text| &text.parameters);
        let baseline = parameters.iter().find(|own| {
            own.name == BASELINE
                && own
                    .unit
                    .factor_to_text(COUNT_UNIT)
                    .is_some_and(|one| one.to_bits() == 1.0_f64.to_bits())
        });
        let Some(baseline) = baseline else {
            return Err(lacks(set, "parameter `plt0` in 10^9/L, the count before treatment"));
        };
        let mut routes = set.model.routes().to_vec();
        routes.sort_by_key(|route| *route != Route::Oral);
        let Some(way) = routes.first().map(|route| way(set, *route)) else {
            return Err(lacks(set, "route"));
        };
        let shown = shown(set, way);
        let doses = set.model.doses_around(way.route, shown);
        let mut controls = course(shown, doses, 0.0);
        let is_measured = is_measurable(patients);
        let words = if is_measured { "measured" } else { "true" };
        let count = set.value(BASELINE)?;
        let (low, high) = range(baseline, count);
        let of_counts = Control::around(BASELINE, ("", COUNT_UNIT), (low, high.min(2.0 * count)));
        let at = (of_counts.low, of_counts.high, of_counts.nearest(count));
        controls.extend(counts(at, &format!("Count before treatment, {words}")));
        controls[3].step = of_counts.step;
        controls[4].value = Some(threshold(count));
        let moved = parameters.iter().filter(|own| !own.is_fixed && own.name != BASELINE);
        let moved = moved.filter(|own| own.value != 0.0).take(MOST_PARAMETERS);
        controls.extend(moved.map(parameter));
        // Doses of other routes are counted on the same slider.
        let others = routes.iter().skip(1).filter_map(|route| way_in(set, *route, way.unit));
        Ok(Self {
            controls,
            ways: [way].into_iter().chain(others).collect(),
            variants: set.model.variants().iter().map(|(own, _)| *own).collect(),
            presets: text
                .into_iter()
                .flat_map(|text| &text.presets)
                .map(|own| Population::named(&own.name))
                .collect(),
            drug: set.model.title().to_owned(),
            is_labelled: false,
            is_measured,
        })
    }

    /// The control called `key`, if there is one.
    #[must_use]
    pub fn named(&self, key: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.key == key)
    }
}

fn lacks(set: &ParameterSet, what: &str) -> Error {
    Error::Contradiction {
        first: "the page".to_owned(),
        second: format!("the model {}, which has no {what}", set.model),
        remedy: "add it, or use another model".to_owned(),
    }
}

fn way(set: &ParameterSet, route: Route) -> Way {
    let unit = set.model.doses(route).map(|(_, high)| high.one());
    Way { route, unit: unit.unwrap_or_else(|| set.model.unit_dose(route)) }
}

/// The way of a route whose doses are counted in `unit`.
fn way_in(set: &ParameterSet, route: Route, unit: Amount) -> Option<Way> {
    Some(way(set, route)).filter(|own| own.unit == unit)
}

/// The dose at the start: that of the first check of the text, or half of the largest.
fn shown(set: &ParameterSet, way: Way) -> Amount {
    let checked = checked_regimens(set).unwrap_or_default();
    let mut doses = checked.iter().filter_map(|(regimen, _)| regimen.doses().next());
    let own = doses.find(|dose| dose.route == way.route && dose.amount.one() == way.unit);
    let largest = set.model.doses(way.route).map(|(_, high)| high.times(0.5));
    own.map(|dose| dose.amount).or(largest).unwrap_or(way.unit)
}

/// The threshold at the start: the usual one where the count before treatment lies below it, or else above it.
fn threshold(count: f64) -> f64 {
    if count < THRESHOLD { THRESHOLD } else { (5.0 * (count / 5.0).ceil() + 5.0).min(150.0) }
}

/// Dose, days and start; the largest dose is a whole number of steps.
fn course(shown: Amount, (low, high): (Amount, Amount), step: f64) -> Vec<Control> {
    let unit = shown.unit();
    let mut dose =
        Control::around("dose", ("Dose, once daily", unit), (low.number(), high.number()));
    if step > 0.0 {
        dose.step = step;
    }
    "0 is placebo".clone_into(&mut dose.hint);
    dose.value = Some(dose.nearest(shown.number()));
    let days = Some(APPROVED_DAYS as f64);
    let start = "Start of treatment before the procedure";
    vec![
        dose,
        control("days", "Days of treatment", "d", (1.0, MOST_DAYS, 1.0), days, ""),
        control("start", start, "d", (1.0, MOST_WAITING, 1.0), Some(12.0), ""),
    ]
}

/// The count before treatment, from a smallest to a largest one, and the one that is required.
fn counts((low, high, value): (f64, f64, f64), label: &str) -> [Control; 2] {
    let required = "Count required at the procedure";
    [
        control("baseline", label, COUNT_UNIT, (low, high, 1.0), Some(value), ""),
        control("threshold", required, COUNT_UNIT, (20.0, 150.0, 5.0), Some(THRESHOLD), ""),
    ]
}

fn control(
    key: &str,
    label: &str,
    unit: &str,
    (low, high, step): (f64, f64, f64),
    value: Option<f64>,
    hint: &str,
) -> Control {
    let [key, label, unit, hint] = [key, label, unit, hint].map(str::to_owned);
    Control { key, label, unit, low, high, step, value, hint }
}

/// A parameter of a text.
fn parameter(own: &Parameter) -> Control {
    let meaning = if own.meaning.is_empty() { "" } else { ", " };
    let label = format!("{}{meaning}{}", own.name, own.meaning);
    Control::around(&own.name, (&label, own.unit.text()), range(own, own.value))
}

/// From where to where a parameter is moved: within its bounds, or a factor to either side.
fn range(own: &Parameter, value: f64) -> (f64, f64) {
    let mut ends = [value / FACTOR, value * FACTOR];
    ends.sort_by(f64::total_cmp);
    let (low, high) = own.bounds.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    let low = if low.is_finite() && high.is_finite() { low } else { ends[0].max(low) };
    let high = if high.is_finite() { high } else { ends[1] };
    (low, high)
}

/// Whether the true count behind a measured one can be found: it differs between patients, whatever their covariates.
fn is_measurable(patients: &VirtualPatients) -> bool {
    patients.spreads.iter().any(|own| own.symbol == BASELINE)
        && patients.effects.iter().all(|effect| effect.symbol != BASELINE)
}
