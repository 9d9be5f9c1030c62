//! Structural variants side by side, each counted alike or by its marginal likelihood.

use super::calibration::Calibration;
use super::result_tables::number;
use super::tables::{Content, in_a_line, log_marginal_error};
use crate::model::Variant;
use crate::numeric::exp;
use crate::table::Table;
use crate::trial::{Published, Role};
use std::fmt::Write;

/// Effective sample size that every variant must have before weights by likelihood are trusted: below
/// it a few draws decide.
pub const LEAST_EFFECTIVE: f64 = 50.0;

/// What is weighed of one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The variant.
    pub variant: Variant,
    /// Logarithm of the marginal likelihood (J11).
    pub log_marginal: f64,
    /// Its standard error, by draws (J12) and virtual patients (J17).
    pub standard_error: f64,
    /// Effective sample size (J10).
    pub effective: f64,
    /// Draws of the posterior.
    pub draws: usize,
    /// Mean of each published number over the trials of the posterior, as published.
    pub predicted: Vec<f64>,
}

impl Weighed {
    /// Of a calibration; none without a sample of the posterior.
    #[must_use]
    pub fn of(variant: Variant, calibration: &Calibration) -> Option<Self> {
        let sample = calibration.posterior.as_ref()?;
        let mean = |against: &crate::trial::Against| {
            against.prediction.moments.map_or(f64::NAN, |moments| moments.mean)
        };
        Some(Self {
            variant,
            log_marginal: sample.log_marginal,
            standard_error: log_marginal_error(calibration),
            effective: sample.effective,
            draws: sample.places.len(),
            predicted: calibration.against.iter().map(mean).collect(),
        })
    }
}

/// A difference of logarithms of marginal likelihoods is resolved if it is above this many standard errors.
const RESOLVED: f64 = 3.0;

/// Whether the marginal likelihoods, each with its standard error, distinguish any two variants.
#[must_use]
pub fn are_resolved(log_marginals: &[(f64, f64)]) -> bool {
    let apart = |(i, (a, ea)): (usize, &(f64, f64))| {
        let others = log_marginals[i + 1..].iter();
        others.into_iter().any(|(b, eb)| (a - b).abs() > RESOLVED * (ea * ea + eb * eb).sqrt())
    };
    log_marginals.iter().enumerate().any(apart)
}

/// Weights of variants by the logarithms of their marginal likelihoods, which sum to 1; all were
/// equally likely beforehand.
#[must_use]
pub fn by_likelihood(log_marginals: &[f64]) -> Vec<f64> {
    let best = log_marginals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = log_marginals.iter().map(|log| exp(log - best)).collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|weight| weight / sum).collect()
}

fn average(variants: &[Weighed], weights: &[f64], number: usize) -> f64 {
    variants.iter().zip(weights).map(|(v, weight)| weight * v.predicted[number]).sum()
}

/// The variants and every number that decisions rest on, in words.
#[must_use]
pub fn text(published: &[Published], variants: &[Weighed]) -> String {
    let (equal, likelihood) = weights(variants);
    let mut text =
        "Variants, with the same priors and targets\n\n  variant  ln marginal likelihood \
                    (standard error)  effective size  weight: equal  by likelihood\n"
            .to_owned();
    for ((variant, equal), by_likelihood) in variants.iter().zip(&equal).zip(&likelihood) {
        let _ = writeln!(
            text,
            "  {:7} {:>23.2} ({:.2}) {:>26} {:>14.3} {:>14}",
            variant.variant.to_string(),
            variant.log_marginal,
            variant.standard_error,
            format!("{:.0} of {}", variant.effective, variant.draws),
            equal,
            shown(*by_likelihood, 3)
        );
    }
    let _ = writeln!(text, "\n  {}", rule_of_trust(variants));
    let labels = decisions(published).map(|(_, number)| in_a_line(number).chars().count());
    let width = labels.max().unwrap_or(0);
    let names = variants.iter().map(|v| format!("{:>8}", v.variant.to_string()));
    let _ = writeln!(
        text,
        "\n  {:width$}{:>10}{}{:>8}{:>14}",
        "mean of the simulated trials",
        "published",
        names.collect::<String>(),
        "equal",
        "by likelihood"
    );
    for (j, number) in decisions(published) {
        let share = number.form.unit() == "1";
        let show = |v: f64| if share { format!("{:.1} %", 100.0 * v) } else { format!("{v:.1}") };
        let label = in_a_line(number);
        let own = variants.iter().map(|v| format!("{:>8}", show(v.predicted[j])));
        let _ = writeln!(
            text,
            "  {label:width$}{:>10}{}{:>8}{:>14}",
            show(number.value),
            own.collect::<String>(),
            show(average(variants, &equal, j)),
            if likelihood[0].is_nan() {
                "–".to_owned()
            } else {
                show(average(variants, &likelihood, j))
            }
        );
    }
    text
}

/// When weights by likelihood are used, and whether they are here.
fn rule_of_trust(variants: &[Weighed]) -> String {
    let here = in_the_way(variants)
        .map_or("They are used here.".to_owned(), |why| format!("They are NOT used here: {why}."));
    format!(
        "Rule: weights by likelihood are used only if every effective sample size is at least {LEAST_EFFECTIVE}, and if \
         some marginal likelihoods differ by more than {RESOLVED} standard errors. {here}"
    )
}

/// `variants.csv` and `decisions.csv`.
#[must_use]
pub fn files(published: &[Published], variants: &[Weighed]) -> Vec<(String, Content)> {
    vec![
        ("variants.csv".to_owned(), Content::Table(weighed_table(variants))),
        ("decisions.csv".to_owned(), Content::Table(decisions_table(published, variants))),
        ("variants.txt".to_owned(), Content::Text(text(published, variants))),
    ]
}

fn weighed_table(variants: &[Weighed]) -> Table {
    let (equal, likelihood) = weights(variants);
    let weights = equal.iter().zip(&likelihood);
    let rows: Vec<(&Weighed, (&f64, &f64))> = variants.iter().zip(weights).collect();
    Table::of(&rows)
        .text("variant", |(own, _)| own.variant.to_string())
        .number("log_marginal_likelihood", "1", |(own, _)| own.log_marginal)
        .number("standard_error", "1", |(own, _)| own.standard_error)
        .number("effective_sample_size", "1", |(own, _)| own.effective)
        .whole("draws", "1", |(own, _)| own.draws)
        .number("weight_equal", "1", |(_, (equal, _))| **equal)
        .number("weight_likelihood", "1", |(_, (_, likelihood))| **likelihood)
        .finish()
}

/// One row a number and variant, then the averages over the variants.
fn decisions_table(published: &[Published], variants: &[Weighed]) -> Table {
    let (equal, likelihood) = weights(variants);
    let mut rows: Vec<(&Published, String, f64)> = Vec::new();
    for (j, number) in decisions(published) {
        let own = variants.iter().map(|v| (v.variant.to_string(), v.predicted[j]));
        let averages = [("equal", &equal), ("likelihood", &likelihood)]
            .map(|(name, weights)| (name.to_owned(), average(variants, weights, j)));
        rows.extend(own.chain(averages).map(|(name, predicted)| (number, name, predicted)));
    }
    number(Table::of(&rows), |(number, ..)| number)
        .text("role", |(number, ..)| number.role.name().to_owned())
        .number("published", "", |(number, ..)| number.value)
        .text("variant", |(_, name, _)| name.clone())
        .number("predicted", "", |(.., predicted)| *predicted)
        .finish()
}

/// Equal weights, and those by likelihood: NaN where the rule does not allow them.
fn weights(variants: &[Weighed]) -> (Vec<f64>, Vec<f64>) {
    let logs: Vec<f64> = variants.iter().map(|variant| variant.log_marginal).collect();
    let count = variants.len();
    let likelihood =
        if in_the_way(variants).is_none() { by_likelihood(&logs) } else { vec![f64::NAN; count] };
    (vec![1.0 / count as f64; count], likelihood)
}

/// A weight, or a dash where there is none.
fn shown(value: f64, decimals: usize) -> String {
    if value.is_nan() { "–".to_owned() } else { format!("{value:.decimals$}") }
}

/// Why weights by likelihood are not trusted, if they are not.
fn in_the_way(variants: &[Weighed]) -> Option<String> {
    let few: Vec<String> = variants
        .iter()
        .filter(|v| v.effective < LEAST_EFFECTIVE)
        .map(|v| v.variant.to_string())
        .collect();
    if !few.is_empty() {
        return Some(format!("the effective sample size of {} is smaller", few.join(", ")));
    }
    let logs: Vec<(f64, f64)> =
        variants.iter().map(|v| (v.log_marginal, v.standard_error)).collect();
    (!are_resolved(&logs)).then(|| "no two variants differ by more".to_owned())
}

/// Every number that is used for something, with its position.
fn decisions(published: &[Published]) -> impl Iterator<Item = (usize, &Published)> {
    published.iter().enumerate().filter(|(_, number)| number.role != Role::Ignore)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::PublishedFile;

    fn weighed(variant: Variant, log_marginal: f64, effective: f64, at: f64) -> Weighed {
        Weighed {
            variant,
            log_marginal,
            standard_error: 0.1,
            effective,
            draws: 400,
            predicted: vec![at; 40],
        }
    }

    #[test]
    fn analytic_weights_are_ratios_of_likelihoods_and_averages_go_by_them() {
        let variants = [
            weighed(Variant::A, -2.0, 80.0, 0.2),
            weighed(Variant::B, -2.0 + 3_f64.ln(), 60.0, 0.6),
        ];
        let (_, weights) = super::weights(&variants);
        assert!((weights[0] - 0.25).abs() < 1e-12 && (weights[1] - 0.75).abs() < 1e-12);
        assert!((average(&variants, &weights, 0) - 0.5).abs() < 1e-12);
        assert!(by_likelihood(&[-2000.0, 0.0])[1] > 0.999);
    }

    #[test]
    fn invariant_a_sample_that_is_too_small_is_named() {
        let published: Vec<Published> =
            PublishedFile::shipped().unwrap().into_iter().flat_map(|file| file.numbers).collect();
        let said = |c: (f64, f64)| {
            text(
                &published,
                &[weighed(Variant::A, 0.0, 51.0, 0.5), weighed(Variant::C, c.0, c.1, 0.5)],
            )
        };
        assert!(said((0.5, 80.0)).contains("They are used here."));
        assert!(
            said((0.5, 49.0)).contains("NOT used here: the effective sample size of C is smaller")
        );
        // Three standard errors of a difference are 0.42.
        let unresolved = said((0.4, 80.0));
        assert!(unresolved.contains("NOT used here: no two variants differ by more"));
        assert!(unresolved.contains("–") && !unresolved.contains("NaN"));
    }
}
