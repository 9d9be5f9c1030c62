//! Which arms a trial compares, in which endpoint, and when a difference counts as significant.

use super::design::Design;
use super::measure::Event;
use crate::error::{Error, Result};
use crate::files::Section;
use crate::statistics::ChiSquared;

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

    /// Reads the table `comparison` of a design. A value that cannot be read is reported, and its default
    /// taken, so that the rules about the other keys are checked too.
    pub(super) fn read(s: &Section<'_>) -> Self {
        let default = Self::default();
        let endpoint = s.has("endpoint").then(|| s.text("endpoint")).flatten();
        let endpoint = endpoint.and_then(|name| {
            let parsed: Result<Event> = name.parse();
            parsed
                .map_err(|error: Error| s.problem("endpoint", format!("is unknown: {error}")))
                .ok()
        });
        let range = format!("(0, {LARGEST_ALPHA}]");
        let alpha = || s.in_range("alpha", f64::MIN_POSITIVE, LARGEST_ALPHA, &range);
        let sided = || s.choice("sided", &Sided::ALL);
        Self {
            control: s.optional_text("control"),
            endpoint,
            alpha: s.has("alpha").then(alpha).flatten().unwrap_or(default.alpha),
            sided: s.has("sided").then(sided).flatten().unwrap_or(default.sided),
        }
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
        if doseless == 0 { "every arm receives the drug" } else { "several arms receive no drug" };
    control(design)
        .is_none()
        .then(|| format!("{why} and no control is specified: all pairs of arms are compared"))
}

#[cfg(test)]
mod tests {
    use super::{Sided, control, pairs, placebo, remark};
    use crate::statistics::{Level, Proportion, Stratified, Table, power};
    use crate::trial::{Comparison, Design, Event};
    use std::path::Path;

    fn design(name: &str) -> Design {
        Design::load(Path::new(name)).unwrap()
    }

    /// L-PLUS 2 with the regimens of its two arms.
    fn with_regimens(drug: &str, other: &str) -> Design {
        let mut design = design("l_plus_2");
        for (arm, regimen) in design.arms.iter_mut().zip([drug, other]) {
            arm.regimen = regimen.parse().unwrap();
        }
        design
    }

    const Z: f64 = 2.641_323_272;
    const TAIL: f64 = 0.004_129_143_965;

    #[test]
    fn analytic_sides_of_one_table() {
        // 56 of 70 against 48 of 80: E = 70 · 104/150, V = 70 · 80 · 104 · 46/(150² · 149),
        // z = 2.641323; tails of the normal distribution by Python's math.erfc(z/√2)/2.
        let table = |treated: (usize, usize), control: (usize, usize)| Table {
            treated: Proportion::new(treated.0, treated.1).unwrap(),
            control: Proportion::new(control.0, control.1).unwrap(),
        };
        let test = |table| Stratified::new(&[table]).cochran_mantel_haenszel().unwrap();
        let better = test(table((56, 70), (48, 80)));
        let worse = test(table((48, 80), (56, 70)));
        assert!((better.statistic.sqrt() - Z).abs() < 1e-6, "{better:?}");
        for (found, expected) in [
            (Sided::Two.p_value(&better), 2.0 * TAIL),
            (Sided::One.p_value(&better), TAIL),
            (Sided::Two.p_value(&worse), 2.0 * TAIL),
            (Sided::One.p_value(&worse), 1.0 - TAIL),
        ] {
            assert!((found - expected).abs() < 1e-7, "{found} {expected}");
        }
        let same = test(table((5, 10), (5, 10)));
        assert!((Sided::One.p_value(&same) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn analytic_power_is_a_share_with_clopper_and_pearsons_interval() {
        // Closed forms: with none of n the upper end is 1 − 0.025^(1/n), with all the lower 0.025^(1/n).
        let of = |significant: usize, n: usize, alpha: f64| {
            let p = |i: usize| Some(if i < significant { alpha / 2.0 } else { alpha });
            power(&(0..n).map(p).collect::<Vec<_>>(), alpha)
        };
        for (n, alpha) in [(1, 0.05), (20, 0.05), (400, 0.025)] {
            let end = 0.025_f64.powf(1.0 / n as f64);
            let (none, all) = (of(0, n, alpha), of(n, n, alpha));
            let interval = none.interval(Level::NINETY_FIVE).unwrap();
            assert!(interval.lower.abs() < 1e-15 && (interval.upper - 1.0 + end).abs() < 1e-10);
            let interval = all.interval(Level::NINETY_FIVE).unwrap();
            assert!((interval.lower - end).abs() < 1e-10 && (interval.upper - 1.0).abs() < 1e-15);
        }
        // A p-value of alpha itself is not significant.
        assert_eq!(of(7, 20, 0.05).rejections, Proportion::new(7, 20).unwrap());
    }

    #[test]
    fn invariant_shipped_trials_compare_every_arm_with_placebo() {
        for name in Design::shipped() {
            let design = design(name);
            let without = placebo(&design);
            let expected: Vec<(usize, usize)> = match without {
                Some(placebo) => {
                    (0..design.arms.len()).filter(|a| *a != placebo).map(|a| (a, placebo)).collect()
                }
                None => pairs(&design),
            };
            assert_eq!(pairs(&design), expected, "{name}");
            assert_eq!(remark(&design).is_none(), without.is_some(), "{name}");
            assert_eq!(Comparison::standard(&design).len(), 3 * expected.len(), "{name}");
        }
    }

    #[test]
    fn invariant_arms_without_a_control_are_compared_in_pairs() {
        let two_doses = with_regimens("3 mg qd x5", "3 mg qd x7");
        assert_eq!((control(&two_doses), pairs(&two_doses)), (None, vec![(1, 0)]));
        assert!(remark(&two_doses).unwrap().contains("every arm receives the drug"));
        let two_placebos = with_regimens("placebo", "placebo");
        assert_eq!((control(&two_placebos), pairs(&two_placebos)), (None, vec![(1, 0)]));
        assert!(remark(&two_placebos).unwrap().contains("several arms receive no drug"));

        let mut named = two_doses;
        named.comparison.control = Some(named.arms[1].id.clone());
        named.comparison.endpoint = Some(Event::AtLeastLevel);
        let expected = Comparison { arm: 0, control: 1, event: Event::AtLeastLevel };
        assert_eq!(Comparison::standard(&named), [expected]);
        assert_eq!(remark(&named), None);

        let mut alone = named;
        alone.arms.pop();
        alone.comparison.control = None;
        assert!(Comparison::standard(&alone).is_empty());
        assert!(remark(&alone).unwrap().starts_with("no comparison: "));
    }

    #[test]
    fn invariant_faulty_keys_are_refused_with_line_and_key() {
        let shipped = include_str!("../../scenarios/l_plus_2.toml");
        let line = shipped.lines().count();
        for (keys, rule) in [
            ("control = \"sugar\"", "`comparison.control` is \"sugar\", not an arm: the arms are"),
            ("endpoint = \"cured\"", "`comparison.endpoint` is unknown"),
            ("alpha = 0", "`comparison.alpha`"),
            ("alpha = 0.6", "`comparison.alpha`"),
            ("sided = \"three\"", "`comparison.sided` is \"three\""),
            ("beta = 0.2", "`comparison.beta`"),
        ] {
            let text = format!("{shipped}\n[comparison]\n{keys}\n");
            let error = Design::read(Path::new("t.toml"), &text).unwrap_err().to_string();
            let place = format!("t.toml:{}: {rule}", line + 3);
            assert!(error.contains(&place), "{place} is not in {error}");
        }
        let text = format!(
            "{shipped}\n[comparison]\ncontrol = \"placebo\"\nsided = \"one\"\nalpha = 0.025\n"
        );
        let read = Design::read(Path::new("t.toml"), &text).unwrap().comparison;
        assert_eq!(read.test_in_words(), "Cochran-Mantel-Haenszel test, one-sided, alpha 0.025");
    }
}
