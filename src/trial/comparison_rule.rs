//! Which arms a trial compares, in which endpoint, and when a difference counts as significant.

use super::design::Design;
use super::measure::Event;
use super::statistics::ChiSquared;
use crate::error::{Error, Result};
use crate::files::Section;

/// Largest significance level that a test can have here.
const LARGEST_ALPHA: f64 = 0.5;

/// How the arms are compared. The default is the two-sided test at 5 % against the only arm without
/// dose, in what the trials compared; without such an arm, of all pairs of arms.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonRule {
    /// The arm that all others are compared with, by its name.
    pub control: Option<String>,
    /// The endpoint whose shares are compared; the primary endpoint and those beside it where none is
    /// chosen.
    pub endpoint: Option<Event>,
    /// A p-value below this is significant.
    pub alpha: f64,
    /// Which differences count.
    pub sided: Sided,
}

impl Default for ComparisonRule {
    fn default() -> Self {
        Self { control: None, endpoint: None, alpha: 0.05, sided: Sided::Two }
    }
}

/// Which differences a test looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sided {
    /// Any difference.
    Two,
    /// A larger share in the arm than in the one that it is compared with.
    One,
}

impl Sided {
    /// Both with their names in files.
    pub const ALL: [(&'static str, Self); 2] = [("two", Self::Two), ("one", Self::One)];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Two => "two",
            Self::One => "one",
        }
    }

    /// The p-value of a test.
    #[must_use]
    pub fn p_value(self, test: &ChiSquared) -> f64 {
        match self {
            Self::Two => test.p_value,
            Self::One => test.p_greater,
        }
    }
}

impl ComparisonRule {
    /// The events that are compared.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        const COMPARED: [Event; 3] =
            [Event::NoTransfusionNoRescue, Event::NoTransfusion, Event::Responder];
        self.endpoint.map_or_else(|| COMPARED.to_vec(), |event| vec![event])
    }

    /// The test in words, such as `Cochran-Mantel-Haenszel test, two-sided, alpha 0.05`.
    #[must_use]
    pub fn test_in_words(&self) -> String {
        format!("Cochran-Mantel-Haenszel test, {}-sided, alpha {}", self.sided.name(), self.alpha)
    }

    /// Reads the table `comparison` of a design.
    pub(super) fn read(s: &Section<'_>) -> Option<Self> {
        let default = Self::default();
        let endpoint = s.has("endpoint").then(|| s.text("endpoint")).flatten();
        let endpoint = endpoint.and_then(|name| {
            let parsed: Result<Event> = name.parse();
            parsed
                .map_err(|error: Error| s.problem("endpoint", format!("is unknown: {error}")))
                .ok()
        });
        let alpha = if s.has("alpha") {
            s.in_range("alpha", f64::MIN_POSITIVE, LARGEST_ALPHA, "(0, 0.5]")
        } else {
            Some(default.alpha)
        };
        let sided =
            if s.has("sided") { s.choice("sided", &Sided::ALL) } else { Some(default.sided) };
        Some(Self { control: s.optional_text("control"), endpoint, alpha: alpha?, sided: sided? })
    }
}

/// The arm that all others are compared with: the one that the design names, else the only one
/// without any dose.
#[must_use]
pub fn control(design: &Design) -> Option<usize> {
    match &design.comparison.control {
        Some(id) => design.arm(id),
        None => placebo(design),
    }
}

/// The only arm without any dose, if there is exactly one.
#[must_use]
pub fn placebo(design: &Design) -> Option<usize> {
    let mut without =
        (0..design.arms.len()).filter(|arm| design.arms[*arm].regimen.planned().is_empty());
    let first = without.next()?;
    without.next().is_none().then_some(first)
}

/// The arms that are compared, each with the one it is compared with: every other arm with the
/// control; without a control every arm with each one before it.
#[must_use]
pub fn pairs(design: &Design) -> Vec<(usize, usize)> {
    let arms = 0..design.arms.len();
    match control(design) {
        Some(control) => arms.filter(|arm| *arm != control).map(|arm| (arm, control)).collect(),
        None => arms.flat_map(|arm| (0..arm).map(move |before| (arm, before))).collect(),
    }
}

/// Why a design compares what it does, where that is not a matter of course: no comparison at all, or
/// all pairs of arms for want of a control.
#[must_use]
pub fn remark(design: &Design) -> Option<String> {
    if let [only] = design.arms.as_slice() {
        return Some(format!("no comparison: `{}` is the only arm", only.id));
    }
    let doseless = design.arms.iter().filter(|arm| arm.regimen.planned().is_empty()).count();
    let why =
        if doseless == 0 { "no arm is without dose" } else { "several arms are without dose" };
    control(design)
        .is_none()
        .then(|| format!("{why} and no control is named: all pairs of arms are compared"))
}
