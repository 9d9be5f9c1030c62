//! The variation of an individual between visits, which is remembered from one visit to the next.
//!
//! ```text
//! y_i = f(t_i) (1 + b(t_i)) + e_i,  b: mean 0, SD ω, correlation exp(−|Δt|/τ)            (B8)  e_i: all other error
//! b(t) before a visit: mean ρ m, variance ω² + ρ² (P − ω²),  ρ = exp(−Δt/τ)               (B9)
//! b(t) after it: m + K (y − f (1 + m)), P (1 − K f),  K = P f/(f² P + V(e))               (B10)
//! ```
//!
//! What is known of b is normal with mean m and variance P. To the first order in b this is the count error (N1) with its
//! memory (N2), summed over every course that b may take.

use super::likelihood::ResidualError;
use super::posterior::{Observed, Particle};
use super::predictions::Predictions;
use crate::numeric::exp;
use crate::records::Censoring;
use rayon::prelude::*;

/// How an individual varies between visits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Visits {
    /// ω: standard deviation of the relative variation.
    pub omega: f64,
    /// τ: the time over which it is forgotten, h.
    pub memory_h: f64,
}

/// What is known of the relative variation at one time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Variation {
    /// m.
    pub mean: f64,
    /// P.
    pub variance: f64,
}

/// An observation with its prediction in one individual.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured<'e> {
    /// When it was made, h.
    pub time_h: f64,
    /// Its value, and what it says of the true one.
    pub dv: (f64, Censoring),
    /// The prediction.
    pub value: f64,
    /// The residual error of the individual.
    pub error: &'e ResidualError,
}

impl Visits {
    /// Before any observation.
    pub(super) fn unknown(self) -> Variation {
        Variation { mean: 0.0, variance: self.omega * self.omega }
    }

    /// What is left after so many hours without an observation. (B9)
    fn later(self, known: Variation, hours: f64) -> Variation {
        let kept = exp(-hours / self.memory_h);
        let all = self.omega * self.omega;
        Variation { mean: kept * known.mean, variance: all + kept * kept * (known.variance - all) }
    }

    /// From what the observations before a time say, and what those after it say.
    fn between(self, before: Variation, after: Variation) -> Variation {
        let all = self.omega * self.omega;
        if before.variance <= 0.0 || after.variance <= 0.0 {
            return if before.variance <= 0.0 { before } else { after };
        }
        let precision = 1.0 / before.variance + 1.0 / after.variance - 1.0 / all;
        let weighted = before.mean / before.variance + after.mean / after.variance;
        Variation { mean: weighted / precision, variance: 1.0 / precision }
    }
}

impl Measured<'_> {
    /// What is known of the variation after the observation. A censored one, and one of which only the whole error is
    /// known, adds nothing. (B10)
    fn learn(&self, known: Variation, size: f64) -> Variation {
        let (Censoring::None, true) = (self.dv.1, self.error.visits().is_some()) else {
            return known;
        };
        let gain = known.variance * self.value;
        let variance = gain * self.value + self.error.own_variance(self.value, size);
        if variance <= 0.0 {
            return known;
        }
        let gain = gain / variance;
        Variation {
            mean: known.mean + gain * (self.dv.0 - self.value * (1.0 + known.mean)),
            variance: known.variance * (1.0 - gain * self.value).max(0.0),
        }
    }
}

/// Log-likelihood of the observations of one output in the order of their times, in an individual whose error has this
/// `size`.
pub(super) fn log_likelihood<'e>(
    visits: Option<Visits>,
    observed: impl Iterator<Item = Measured<'e>>,
    size: f64,
) -> f64 {
    let (mut sum, mut last) = (0.0, None);
    for own in observed {
        // An error that is known as a whole has nothing to remember.
        let Some(visits) = visits.filter(|_| own.error.visits().is_some()) else {
            sum += own.error.log_likelihood(own.dv, own.value, size);
            continue;
        };
        let known = last
            .map_or(visits.unknown(), |(time_h, known)| visits.later(known, own.time_h - time_h));
        sum += own.error.log_likelihood_given(own.dv, own.value, size, known);
        last = Some((own.time_h, own.learn(known, size)));
    }
    sum
}

/// What the observations of one output, in the order of their times, say of the variation at `times_h`, which rise.
pub(super) fn variation(
    visits: Visits,
    observed: &[Measured<'_>],
    size: f64,
    times_h: &[f64],
) -> Vec<Variation> {
    let along = |forward: bool| {
        let hours = |from: f64, to: f64| (to - from).abs();
        let (mut last, mut next): (Option<(f64, Variation)>, usize) = (None, 0);
        let at = |last: Option<(f64, Variation)>, time_h: f64| {
            last.map_or(visits.unknown(), |(from, known)| visits.later(known, hours(from, time_h)))
        };
        let place = |number: usize, count: usize| {
            if forward { number } else { count - 1 - number }
        };
        let mut found = vec![visits.unknown(); times_h.len()];
        for number in 0..times_h.len() {
            let number = place(number, times_h.len());
            let time_h = times_h[number];
            while next < observed.len() {
                let own = &observed[place(next, observed.len())];
                // An observation at the very time counts as one before it.
                let is_past = if forward { own.time_h <= time_h } else { own.time_h > time_h };
                if !is_past {
                    break;
                }
                last = Some((own.time_h, own.learn(at(last, own.time_h), size)));
                next += 1;
            }
            found[number] = at(last, time_h);
        }
        found
    };
    let (before, after) = (along(true), along(false));
    before.into_iter().zip(after).map(|(before, after)| visits.between(before, after)).collect()
}

/// What the observations of a subject say of the variation in each particle of a sample, time by time; nothing where
/// counts do not vary between visits.
#[derive(Debug, Default)]
pub(super) struct Variations {
    /// Particle by particle, the times of each.
    all: Vec<Vec<Variation>>,
}

impl Variations {
    /// Of particles whose variation is known already.
    pub(super) fn of(all: Vec<Vec<Variation>>) -> Self {
        Self { all }
    }

    /// Of `output` in the particles of a sample, each with its residual error, at the times of the predictions.
    pub(super) fn new<'e>(
        (sample, output): (&[Particle], usize),
        error: impl Fn(&Particle) -> &'e ResidualError + Sync,
        predictions: &Predictions,
        observed: &[Observed],
    ) -> Self {
        let times_h: Vec<f64> = predictions.times.iter().map(|(_, time_h)| *time_h).collect();
        let one = |own: &Particle| {
            let error = error(own);
            let of_output = observed.iter().filter(|known| known.output == output);
            let all: Vec<Measured<'_>> =
                of_output.map(|known| known.of(own.individual, predictions, error)).collect();
            Some(variation(error.visits()?, &all, own.size, &times_h))
        };
        let all: Option<Vec<_>> = sample.par_iter().map(one).collect();
        Self { all: all.unwrap_or_default() }
    }

    /// In particle number `number` of the sample at time number `place`.
    pub(super) fn at(&self, number: usize, place: usize) -> Variation {
        self.all.get(number).map_or(Variation::default(), |own| own[place])
    }
}

#[cfg(test)]
mod tests {
    use super::{Measured, Variation, Visits, log_likelihood, variation};
    use crate::forecast::{Residual, ResidualError};
    use crate::records::Censoring;
    use nalgebra::{DMatrix, DVector};

    const VISITS: Visits = Visits { omega: 0.2, memory_h: 168.0 };
    const TIMES_H: [f64; 4] = [0.0, 96.0, 96.0, 240.0];
    const VALUES: [f64; 4] = [40.0, 55.0, 55.0, 70.0];
    const COUNTS: [f64; 4] = [45.0, 50.0, 61.0, 60.0];

    fn error() -> ResidualError {
        let visits = Residual::Visits { omega: VISITS.omega, days: VISITS.memory_h / 24.0 };
        ResidualError(vec![Residual::Additive(2.0), Residual::Proportional(0.1), visits])
    }

    fn observed(error: &ResidualError) -> Vec<Measured<'_>> {
        let one = |i: usize| Measured {
            time_h: TIMES_H[i],
            dv: (COUNTS[i], Censoring::None),
            value: VALUES[i],
            error,
        };
        (0..4).map(one).collect()
    }

    /// Covariance of the variation at two times.
    fn covariance(a_h: f64, b_h: f64) -> f64 {
        VISITS.omega.powi(2) * f64::exp(-(a_h - b_h).abs() / VISITS.memory_h)
    }

    /// Covariance matrix of the counts.
    fn of_counts() -> DMatrix<f64> {
        DMatrix::from_fn(4, 4, |i, j| {
            let own = if i == j { 4.0 + (0.1 * VALUES[i]).powi(2) } else { 0.0 };
            own + VALUES[i] * VALUES[j] * covariance(TIMES_H[i], TIMES_H[j])
        })
    }

    #[test]
    fn analytic_the_likelihood_is_that_of_a_multivariate_normal() {
        let error = error();
        let found = log_likelihood(Some(VISITS), observed(&error).into_iter(), 0.0);
        let matrix = of_counts();
        let distance = DVector::from_fn(4, |i, _| COUNTS[i] - VALUES[i]);
        let solved = matrix.clone().lu().solve(&distance).expect("a covariance");
        let expected = -0.5 * distance.dot(&solved)
            - 0.5 * matrix.determinant().ln()
            - 2.0 * (2.0 * std::f64::consts::PI).ln();
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn analytic_the_variation_is_that_of_a_regression_on_all_counts() {
        let error = error();
        let times_h = [-50.0, 0.0, 30.0, 96.0, 200.0, 240.0, 400.0];
        let found = variation(VISITS, &observed(&error), 0.0, &times_h);
        let inverse = of_counts().try_inverse().expect("a covariance");
        let distance = DVector::from_fn(4, |i, _| COUNTS[i] - VALUES[i]);
        for (time_h, Variation { mean, variance }) in times_h.iter().zip(found) {
            let with = DVector::from_fn(4, |i, _| VALUES[i] * covariance(*time_h, TIMES_H[i]));
            let expected = with.dot(&(&inverse * &distance));
            assert!((mean - expected).abs() < 1e-12, "{time_h} h: {mean} is not {expected}");
            let expected = covariance(0.0, 0.0) - with.dot(&(&inverse * &with));
            assert!((variance - expected).abs() < 1e-12, "{time_h} h: {variance}, {expected}");
        }
    }

    #[test]
    fn invariant_without_memory_observations_are_independent() {
        let error = error();
        let forgetful = Visits { memory_h: 1e-6, ..VISITS };
        let each = |own: Measured<'_>| error.log_likelihood(own.dv, own.value, 0.0);
        let [first, second, _, last] = observed(&error)[..] else { panic!("four") };
        let apart = [first, second, last];
        let found = log_likelihood(Some(forgetful), apart.into_iter(), 0.0);
        let expected: f64 = apart.into_iter().map(each).sum();
        assert!((found - expected).abs() < 1e-12);
    }
}
