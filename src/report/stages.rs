//! How far a report is.

use super::sections::{Section, Sections, WITH_REGIMENS};

/// Stages of the work and their shares of the time of a whole report in per cent, as measured on two cores, with the
/// sections that need them.
const STAGES: [(Stage, &str, usize, &[Section]); 11] = [
    (Stage::Regimens, "regimens", 6, &WITH_REGIMENS),
    (Stage::Descriptive, "descriptive fit", 2, &[Section::Descriptive]),
    (Stage::Calibration, "calibration", 15, &[Section::Calibration]),
    (Stage::Trials, "trials", 10, &[Section::Trials]),
    (Stage::Uncertainty, "parameter uncertainty", 37, &[Section::Answer]),
    (Stage::Window, "procedure window", 6, &[Section::Window]),
    (Stage::Optimum, "optimal treatment", 19, &[Section::Optimum]),
    (Stage::Sensitivity, "sensitivity", 14, &[Section::Sensitivity]),
    (Stage::Covariates, "covariates", 1, &[Section::Sensitivity]),
    (Stage::Forecasts, "forecasts", 2, &[Section::Forecasts]),
    (Stage::Drawing, "drawing", 1, &Section::ALL),
];

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Regimens,
    Descriptive,
    Calibration,
    Uncertainty,
    Trials,
    Window,
    Optimum,
    Sensitivity,
    Covariates,
    Forecasts,
    Drawing,
}

/// The stages of one report, and who learns of them.
pub(super) struct Stages<'t> {
    used: Vec<(Stage, &'static str, usize)>,
    tell: &'t (dyn Fn(&str, usize, usize) + Sync),
}

impl<'t> Stages<'t> {
    /// Those that the wanted sections need.
    pub(super) fn new(wanted: &Sections, tell: &'t (dyn Fn(&str, usize, usize) + Sync)) -> Self {
        let needed = STAGES.iter().filter(|(.., sections)| wanted.has_any(sections));
        let used = needed.map(|(stage, name, share, _)| (*stage, *name, *share)).collect();
        Self { used, tell }
    }

    /// Tells that the part `done` of `total` of a stage is done, as a share of the whole work.
    pub(super) fn at(&self, stage: Stage, done: usize, total: usize) {
        let before = self.used.iter().take_while(|(other, ..)| *other != stage);
        let before: usize = before.map(|(.., share)| share).sum();
        let all: usize = self.used.iter().map(|(.., share)| share).sum();
        let Some((_, name, own)) = self.used.iter().find(|(other, ..)| *other == stage) else {
            return;
        };
        let total = total.max(1);
        (self.tell)(name, before * total + own * done.min(total), all * total);
    }
}

#[cfg(test)]
mod tests {
    use super::{Sections, Stage, Stages};
    use std::sync::Mutex;

    #[test]
    fn invariant_the_work_of_the_wanted_sections_is_the_whole() {
        let told = Mutex::new(Vec::new());
        let tell = |name: &str, done: usize, total: usize| {
            told.lock().expect("told").push((name.to_owned(), done as f64 / total as f64));
        };
        let stages = Stages::new(&Sections::of(&["window"]).expect("a section"), &tell);
        stages.at(Stage::Window, 0, 1);
        stages.at(Stage::Trials, 1, 2);
        stages.at(Stage::Drawing, 1, 1);
        let told = told.lock().expect("told");
        assert_eq!(*told, [("procedure window".to_owned(), 0.0), ("drawing".to_owned(), 1.0)]);
    }
}
