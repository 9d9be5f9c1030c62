//! A scenario simulated and sampled for drawing, with its summary numbers.

use super::cast::Cast;
use super::drawing::theme::Colour;
use crate::error::Result;
use crate::integrate::Options;
use crate::model::ParameterSet;
use crate::regimen::Regimen;
use crate::simulate::{Course, Extreme, Interval, Sample, Scenario, simulate};
use crate::units::{HOURS_PER_DAY, Time};
use crate::window::THRESHOLD;

/// Distance of the points of a drawn curve, h.
const SAMPLING_H: f64 = 2.0;

/// A scenario, simulated in one structural variant.
#[derive(Debug)]
pub(super) struct RegimenCourse {
    pub(super) scenario: Scenario,
    pub(super) set: ParameterSet,
    pub(super) course: Course,
    /// Elapsed days of the samples.
    pub(super) day: Vec<f64>,
    pub(super) samples: Vec<Sample>,
    /// The maximum; none where the count never rises.
    pub(super) maximum: Option<Extreme<f64>>,
    /// The stretches at or above [`THRESHOLD`].
    pub(super) windows: Vec<Interval<f64>>,
}

impl RegimenCourse {
    pub(super) fn new(scenario: &Scenario, cast: &Cast) -> Result<Self> {
        let set = cast.parameters(scenario)?;
        let course = simulate(&set, &scenario.regimen, scenario.until, Options::default())?;
        let samples = sampling_times(scenario.until).map(|time| course.sample(time));
        let samples = samples.collect::<Result<Vec<_>>>()?;
        let maximum = course.maximum()?;
        let windows = course.at_or_above(THRESHOLD)?.intervals;
        Ok(Self {
            scenario: scenario.clone(),
            set,
            course,
            day: samples.iter().map(|sample| sample.time_h / HOURS_PER_DAY).collect(),
            samples,
            maximum: Some(maximum).filter(|maximum| maximum.time_h > 0.0),
            windows,
        })
    }

    /// Counts at the samples, 10⁹/L.
    pub(super) fn platelets(&self) -> Vec<f64> {
        self.samples.iter().map(|sample| sample.platelets).collect()
    }

    /// Concentrations at the samples, ng/mL.
    pub(super) fn conc(&self) -> Vec<f64> {
        self.samples.iter().map(|sample| sample.conc).collect()
    }

    /// A readout at the samples, relative to its first value; none where the model has no such.
    pub(super) fn relative_readout(&self, column: &str) -> Option<Vec<f64>> {
        let position =
            self.course.readouts().iter().position(|readout| readout.column == column)?;
        let first = self.samples.first().map_or(1.0, |sample| sample.readouts[position]);
        Some(self.samples.iter().map(|sample| sample.readouts[position] / first).collect())
    }

    /// The count before the first dose, 10⁹/L.
    pub(super) fn baseline(&self) -> f64 {
        self.samples.first().map_or(f64::NAN, |sample| sample.platelets)
    }

    /// Days at or above [`THRESHOLD`], all stretches together.
    pub(super) fn days_above(&self) -> f64 {
        // `sum` of nothing is −0.
        self.windows.iter().map(|w| w.length_h() / HOURS_PER_DAY).fold(0.0, |sum, days| sum + days)
    }

    /// The stretches at or above [`THRESHOLD`] in days, for drawing; none where the count starts
    /// there, because then they say nothing about the drug.
    pub(super) fn windows_days(&self) -> Vec<(f64, f64)> {
        if self.baseline() >= THRESHOLD {
            return Vec::new();
        }
        self.windows.iter().map(|w| (w.from_h / HOURS_PER_DAY, w.to_h / HOURS_PER_DAY)).collect()
    }

    /// Whether the count is still at or above [`THRESHOLD`] at the end of the simulation.
    pub(super) fn is_cut(&self) -> bool {
        self.windows.last().is_some_and(|window| window.is_cut)
    }

    /// The colour that this regimen has in every figure.
    pub(super) fn colour(&self) -> Colour {
        colour(&self.scenario)
    }
}

/// The times of the samples, the same for every regimen; just after each full day there is one more,
/// for what a dose does at once.
fn sampling_times(until: Time) -> impl Iterator<Item = Time> {
    const JUST_AFTER_H: f64 = 0.01;
    let until_h = until.in_hours();
    let grid = (0..).map(|index| f64::from(index) * SAMPLING_H);
    let grid = grid.take_while(move |time_h| *time_h <= until_h);
    let with_jumps = grid.flat_map(move |time_h| {
        let is_dose_time = time_h % HOURS_PER_DAY < SAMPLING_H / 2.0 && time_h < until_h;
        [Some(time_h), is_dose_time.then_some(time_h + JUST_AFTER_H)]
    });
    with_jumps.flatten().map(Time::hours)
}

/// The colour that a scenario has in every figure. Doses and durations lie on one ramp, by the total
/// amount given: 3 mg on 7 days is in its middle.
fn colour(scenario: &Scenario) -> Colour {
    if scenario.drug != "lusutrombopag" {
        return Colour::PURPLE;
    }
    if scenario.regimen.stopping_rule.is_some() {
        return Colour::STOPPING_RULE;
    }
    dose_colour(&scenario.regimen)
}

/// The colour of a regimen of lusutrombopag by its planned doses alone.
pub(super) fn dose_colour(regimen: &Regimen) -> Colour {
    const APPROVED_MG: f64 = 21.0;
    if regimen.planned().is_empty() {
        return Colour::PLACEBO;
    }
    let total: f64 = regimen.doses().map(|dose| dose.amount.number()).sum();
    Colour::dose_ramp(if total <= APPROVED_MG {
        0.5 * (total - 12.0).max(0.0) / (APPROVED_MG - 12.0)
    } else {
        0.5 + 0.5 * ((total - APPROVED_MG) / APPROVED_MG).min(1.0)
    })
}
