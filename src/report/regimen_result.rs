//! Everything a report knows about one regimen: the typical patient in every structural variant, and
//! many patients.

use super::cast::Cast;
use super::regimen_course::RegimenCourse;
use crate::error::Result;
use crate::model::Variant;
use crate::simulate::{Label, Scenario};
use crate::window::{Answer, Outlook, People};

/// Seed of the virtual patients.
pub(super) const SEED: u64 = 1;
/// The variant that is drawn first.
pub(super) const MAIN: Variant = Variant::B;
/// The scenario that all others are compared with.
pub(super) const APPROVED: &str = "lusutrombopag_3mg_x7";

/// One regimen.
#[derive(Debug)]
pub(super) struct RegimenResult {
    /// The typical patient in the main variant.
    pub(super) main: RegimenCourse,
    /// The typical patients of the other variants, where the model has variants.
    pub(super) others: Vec<RegimenCourse>,
    /// Whether it can be compared with the other regimens of the report, which have the same drug.
    comparable: bool,
    /// Many patients, variant by variant; none where the regimen is about one patient.
    pub(super) answers: Vec<Answer>,
}

impl RegimenResult {
    /// Simulates a scenario for every cast, in a report about `drug`.
    pub(super) fn new(
        scenario: &Scenario,
        casts: &[(&Cast, People<'_>)],
        drug: &str,
    ) -> Result<Self> {
        let main = casts.iter().find(|(cast, _)| cast.variant == MAIN).unwrap_or(&casts[0]).0;
        let others = casts.iter().map(|(cast, _)| *cast);
        let others = others.filter(|cast| cast.variant != main.variant && cast.plays_in(scenario));
        let answers = casts.iter().map(|(cast, people)| cast.answer(people, scenario));
        Ok(Self {
            main: RegimenCourse::new(scenario, main)?,
            others: others.map(|cast| RegimenCourse::new(scenario, cast)).collect::<Result<_>>()?,
            comparable: scenario.drug == drug,
            answers: answers.filter_map(Result::transpose).collect::<Result<_>>()?,
        })
    }

    /// The other variants where the answer depends on the variant: outside the label.
    pub(super) fn shown_beside(&self) -> &[RegimenCourse] {
        match self.main.scenario.label {
            Label::Outside => &self.others,
            Label::Approved | Label::None => &[],
        }
    }

    /// The typical patients of all variants, in the order of their letters.
    pub(super) fn variants(&self) -> Vec<&RegimenCourse> {
        let mut all: Vec<&RegimenCourse> = self.others.iter().chain([&self.main]).collect();
        all.sort_by_key(|course| course.set.variant.to_string());
        all
    }

    /// Many patients in the main variant.
    pub(super) fn main_answer(&self) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.variant == MAIN)
    }

    /// What is to be expected of them.
    pub(super) fn outlook(&self) -> Option<&Outlook> {
        self.main_answer().map(|answer| &answer.outlook)
    }

    /// Whether it can be compared with the other regimens of the report.
    pub(super) fn is_comparable(&self) -> bool {
        self.comparable
    }

    /// The highest count drawn, 10⁹/L.
    pub(super) fn highest(&self) -> f64 {
        let all = self.shown_beside().iter().chain([&self.main]);
        let typical = all.filter_map(|course| course.maximum).map(|maximum| maximum.value);
        let band = self.outlook().into_iter().flat_map(|outlook| &outlook.days);
        typical.chain(band.map(|day| day.count.q95)).fold(0.0, f64::max)
    }
}
