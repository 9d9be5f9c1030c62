//! What is expected of a published statistic, and how it varies from trial to trial: influence
//! functions.
//!
//! ```text
//! s ≈ S + (1/n) Σ IF(xᵢ)                                            (J1)  one trial of n patients
//! IF = (x − p)/(p (1 − p)) · 1/P(subset)        logit of a share     (J2)
//! IF = (x − m)/P(subset)                        mean                 (J3)
//! IF = ((x − m)² − σ²)/(2 σ²)/P(subset)         log of an SD         (J4)
//! IF = (q − [x ≤ m])/f(m)/P(subset)             quantile q           (J5)
//! ```

use super::potential::PotentialOutcomes;
use crate::numeric::{exp, ln, powf};
use crate::trial::Form;

/// A statistic of a sample of potential outcomes, on its scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Expected value on the scale of the likelihood.
    pub value: f64,
    /// Expected value as published.
    pub plain: f64,
    /// Share of the patients that it is formed on.
    pub share: f64,
    /// Influence of each potential outcome; 0 outside the subset.
    pub influence: Vec<f64>,
    /// The positions of the first and last member of the subset, the end excluded.
    pub members: std::ops::Range<usize>,
}

/// Smallest and largest share that a logit is taken of.
const SHARES: (f64, f64) = (1e-6, 1.0 - 1e-6);

/// The value of a statistic on the scale of the likelihood.
#[must_use]
pub fn on_scale(form: Form, value: f64) -> f64 {
    match form {
        Form::Proportion(_) => {
            let share = value.clamp(SHARES.0, SHARES.1);
            ln(share / (1.0 - share))
        }
        Form::Sd(_) => ln(value),
        _ => value,
    }
}

/// Derivative of the scale with respect to the value.
#[must_use]
pub fn scale_slope(form: Form, value: f64) -> f64 {
    match form {
        Form::Proportion(_) => {
            let share = value.clamp(SHARES.0, SHARES.1);
            1.0 / (share * (1.0 - share))
        }
        Form::Sd(_) => 1.0 / value,
        _ => 1.0,
    }
}

/// Weighted numbers of the subset of statistic `j`, as (position, weight, number).
fn members(
    outcomes: &PotentialOutcomes,
    j: usize,
) -> impl Iterator<Item = (usize, f64, f64)> + Clone + '_ {
    let all = outcomes.weights.iter().zip(&outcomes.numbers[j]).enumerate();
    all.filter_map(|(i, (weight, number))| {
        (*weight > 0.0 && !number.is_nan()).then_some((i, *weight, *number))
    })
}

/// Where the members of the subset of statistic `j` are found.
fn range(outcomes: &PotentialOutcomes, j: usize) -> std::ops::Range<usize> {
    let mut all = members(outcomes, j).map(|(i, _, _)| i);
    let first = all.next().unwrap_or(0);
    first..all.last().unwrap_or(first) + 1
}

/// Expected value of statistic number `j` over the potential outcomes.
#[must_use]
pub fn moment(form: Form, outcomes: &PotentialOutcomes, j: usize) -> Moment {
    let everyone: f64 = outcomes.weights.iter().sum();
    let weight: f64 = members(outcomes, j).map(|(_, w, _)| w).sum();
    let share = weight / everyone;
    let mean = members(outcomes, j).map(|(_, w, x)| w * x).sum::<f64>() / weight;
    let mut influence = vec![0.0; outcomes.weights.len()];
    let mut fill = |f: &dyn Fn(f64) -> f64| {
        for (i, _, x) in members(outcomes, j) {
            influence[i] = f(x) / share;
        }
    };
    let plain = match form {
        Form::Proportion(_) => {
            let slope = scale_slope(form, mean);
            fill(&|x| (x - mean) * slope); // (J2)
            mean
        }
        Form::Mean(_) => {
            fill(&|x| x - mean); // (J3)
            mean
        }
        Form::Sd(_) => {
            let squares = members(outcomes, j).map(|(_, w, x)| w * (x - mean) * (x - mean));
            let variance = squares.sum::<f64>() / weight;
            fill(&|x| ((x - mean) * (x - mean) - variance) / (2.0 * variance)); // (J4)
            variance.sqrt()
        }
        Form::Median(_) | Form::Quantile(..) => {
            let q = if let Form::Quantile(_, q) = form { q } else { 0.5 };
            let (m, density) = quantile(outcomes, j, q);
            fill(&|x| (q - f64::from(u8::from(x <= m))) / density); // (J5)
            m
        }
    };
    let members = range(outcomes, j);
    Moment { value: on_scale(form, plain), plain, share, influence, members }
}

/// The share of the subset of statistic `j` for which `below` holds.
#[must_use]
pub fn share_below(outcomes: &PotentialOutcomes, j: usize, below: &dyn Fn(f64) -> bool) -> Moment {
    let everyone: f64 = outcomes.weights.iter().sum();
    let weight: f64 = members(outcomes, j).map(|(_, w, _)| w).sum();
    let share = weight / everyone;
    let indicator = |x| f64::from(u8::from(below(x)));
    let value = members(outcomes, j).map(|(_, w, x)| w * indicator(x)).sum::<f64>() / weight;
    let mut influence = vec![0.0; outcomes.weights.len()];
    for (i, _, x) in members(outcomes, j) {
        influence[i] = (indicator(x) - value) / share;
    }
    Moment { value, plain: value, share, influence, members: range(outcomes, j) }
}

/// A weighted quantile and the density there, by a normal kernel.
fn quantile(outcomes: &PotentialOutcomes, j: usize, q: f64) -> (f64, f64) {
    let mut sorted: Vec<(f64, f64)> = members(outcomes, j).map(|(_, w, x)| (x, w)).collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let total: f64 = sorted.iter().map(|(_, w)| w).sum();
    let at = |q: f64| {
        // Between two patients the quantile runs straight, so that it follows parameters smoothly.
        let (mut sum, mut before) = (0.0, sorted.first().map_or((0.0, f64::NAN), |s| (0.0, s.0)));
        for (x, w) in &sorted {
            let middle = sum + 0.5 * w;
            if middle >= q * total {
                let (old, from) = before;
                let width = middle - old;
                let share = if width > 0.0 { (q * total - old) / width } else { 1.0 };
                return from + share * (x - from);
            }
            before = (middle, *x);
            sum += w;
        }
        before.1
    };
    let m = at(q);
    let spread = (at(0.75) - at(0.25)).max(1e-6) / 1.349;
    let width = 0.9 * spread * powf(sorted.len() as f64, -0.2);
    let kernel = |x: f64| {
        let z = (x - m) / width;
        if z.abs() < 8.0 { exp(-0.5 * z * z) } else { 0.0 }
    };
    let density = sorted.iter().map(|(x, w)| w * kernel(*x)).sum::<f64>()
        / (total * width * (2.0 * std::f64::consts::PI).sqrt());
    (m, density.max(1e-9))
}
