//! What a weighted course says: by time, and in a few numbers.

use super::likelihood::ResidualError;
use super::pool::Pool;
use super::posterior::{Particle, Posterior};
use super::predictions::Predictions;
use super::question::Question;
use super::uncertainty::OfSets;
use super::visits::Variations;
use super::weights::quantiles;
use serde::{Deserialize, Serialize};

/// The forecast at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct At {
    /// On the clock of the records, h.
    pub time_h: f64,
    /// Quantiles of the true value.
    #[serde(deserialize_with = "crate::numeric::nans_for_nulls")]
    pub quantiles: Vec<f64>,
    /// Probability that the true value is at least the level.
    #[serde(deserialize_with = "crate::numeric::nan_for_null")]
    pub at_least: f64,
    /// The same in each population alone; not a number in one that the observations exclude.
    #[serde(deserialize_with = "crate::numeric::nans_for_nulls")]
    pub of_populations: Vec<f64>,
    /// Probability that a measurement is at least the level.
    #[serde(deserialize_with = "crate::numeric::nan_for_null")]
    pub measured_at_least: f64,
    /// Share of the posterior of the population's parameters in which that probability is at least the wanted one; none where
    /// it is not known.
    pub share_wanted: Option<f64>,
    /// Probability that a measurement is at least what is too high.
    #[serde(deserialize_with = "crate::numeric::nan_for_null")]
    pub measured_too_high: f64,
}

/// The course to come in a few numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// When a measurement is most likely to be at least the level, h.
    pub best_h: f64,
    /// The probability then.
    pub best: f64,
    /// Share of the posterior of the population's parameters in which that probability is at least the wanted one.
    pub share_wanted: Option<f64>,
    /// First and last time around it, without a gap, at which the probability is at least the one that is wanted.
    pub enough_h: Option<(f64, f64)>,
    /// At the procedure, if there is one.
    pub procedure: Option<AtProcedure>,
    /// Quantiles of the time to come [at which the true value is at least the level](time_at_least), h.
    #[serde(deserialize_with = "crate::numeric::nans_for_nulls")]
    pub time_at_level_h: Vec<f64>,
    /// Probability that the true value exceeds what is too high at some time of the forecast.
    pub ever_too_high: f64,
}

/// The probability of measuring at least the level at the times of the procedure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AtProcedure {
    /// The time of the procedure at which it is highest, h.
    pub best_h: f64,
    /// The probability then.
    pub best: f64,
    /// The lowest of these times.
    pub lowest: f64,
    /// Probability that the true value is at least the level at all of them.
    pub throughout: f64,
}

/// The weighted predictions of a subject.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course<'a> {
    pub question: &'a Question<'a>,
    /// Position of the output.
    pub output: usize,
    pub pool: &'a Pool<'a>,
    pub predictions: &'a Predictions,
    pub posterior: &'a Posterior,
    /// What is known of the variation between visits at the times.
    pub variations: &'a Variations,
    /// The populations as those of single parameter sets; none where parameters are not uncertain.
    pub of_sets: Option<&'a OfSets<'a>>,
}

impl Course<'_> {
    /// The forecast at time number `place`, with these quantiles.
    pub(super) fn at(&self, place: usize, shares: &[f64]) -> At {
        let Self { question, predictions, posterior, .. } = *self;
        let (level, (row, time_h)) = (question.level, predictions.times[place]);
        let known = |individual: &usize| {
            (predictions.value(*individual, row), posterior.weights[*individual])
        };
        let above = |from: f64| -> f64 {
            let falling = predictions.in_order(place).iter().rev().map(known);
            let falling = falling.skip_while(|(value, _)| value.is_nan());
            falling.take_while(|(value, _)| *value >= from).map(|(_, weight)| weight).sum()
        };
        let of_population = |population: usize| {
            let own = predictions.of(population).map(|individual| known(&individual));
            let above: f64 =
                own.map(|(value, weight)| if value >= level { weight } else { 0.0 }).sum();
            above / posterior.of_populations[population]
        };
        At {
            time_h,
            quantiles: quantiles(predictions.in_order(place).iter().map(known), shares),
            at_least: above(level),
            of_populations: (0..question.populations.len()).map(of_population).collect(),
            measured_at_least: self.measured(place, level, above(level)),
            share_wanted: self
                .of_sets
                .map(|own| own.share(predictions, place, (level, question.probability))),
            measured_too_high: self.measured(place, question.too_high, above(question.too_high)),
        }
    }

    /// The probability of measuring at least `level` at time number `place`, from that of a true value so large. (B5)
    fn measured(&self, place: usize, level: f64, at_least: f64) -> f64 {
        let (row, _) = self.predictions.times[place];
        let value = |individual| self.predictions.value(individual, row);
        let chance = |number, value| self.chance(number, place, (level, value));
        self.posterior.measured((level, at_least), value, chance)
    }

    /// The probability of measuring at least a level at time number `place` in particle number `number` of the sample, with
    /// its true value then.
    pub(super) fn chance(&self, number: usize, place: usize, (level, value): (f64, f64)) -> f64 {
        let own = &self.posterior.sample[number];
        let known = self.variations.at(number, place);
        self.error(own).at_least_given(level, value, own.size, known)
    }

    /// The residual error of the output in a particle.
    pub(super) fn error(&self, own: &Particle) -> &ResidualError {
        let (population, place) = own.origin;
        &self.pool.errors(population, place)[self.output]
    }

    /// The course at `times` in a few numbers.
    pub(super) fn answer(&self, times: &[At]) -> Option<Answer> {
        let Self { question, predictions, .. } = *self;
        let best = highest(times)?;
        let is_enough = |at: &&At| at.measured_at_least >= question.probability;
        let position = times.iter().position(|at| at.time_h >= best.time_h)?;
        let last_enough = times[position..].iter().take_while(is_enough).last();
        let first_enough = times[..=position].iter().rev().take_while(is_enough).last();
        let places: Vec<(usize, f64)> = times
            .iter()
            .filter_map(|at| predictions.place_of(at.time_h))
            .map(|own| predictions.times[own])
            .collect();
        let mut lengths = Vec::new();
        let mut ever = 0.0;
        for (individual, weight) in self.weighted() {
            let course = || {
                places.iter().map(|(row, time_h)| (*time_h, predictions.value(individual, *row)))
            };
            lengths.push((time_at_least(course(), question.level), weight));
            let is_high = course().any(|(_, value)| value > question.too_high);
            ever += if is_high { weight } else { 0.0 };
        }
        lengths.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        Some(Answer {
            best_h: best.time_h,
            best: best.measured_at_least,
            share_wanted: best.share_wanted,
            enough_h: first_enough
                .zip(last_enough)
                .map(|(first, last)| (first.time_h, last.time_h)),
            procedure: self.at_procedure(times, &places),
            time_at_level_h: quantiles(lengths.into_iter(), question.time_quantiles),
            ever_too_high: ever,
        })
    }

    /// The individuals that count, with their weights.
    fn weighted(&self) -> impl Iterator<Item = (usize, f64)> {
        let all = self.posterior.weights.iter().copied().enumerate();
        all.filter(|(_, weight)| *weight > 0.0)
    }

    fn at_procedure(&self, times: &[At], places: &[(usize, f64)]) -> Option<AtProcedure> {
        let (from, to) = self.question.procedure_h?;
        let is_then = |time_h: f64| (from..=to).contains(&time_h);
        let own: Vec<At> = times.iter().filter(|at| is_then(at.time_h)).cloned().collect();
        let best = highest(&own)?;
        let then: Vec<usize> =
            places.iter().filter(|(_, time_h)| is_then(*time_h)).map(|(row, _)| *row).collect();
        let is_enough = |individual: usize| {
            let value = |row: &usize| self.predictions.value(individual, *row);
            then.iter().all(|row| value(row) >= self.question.level)
        };
        let throughout = self.weighted().filter(|(individual, _)| is_enough(*individual));
        let all = own.iter().map(|at| at.measured_at_least);
        Some(AtProcedure {
            best_h: best.time_h,
            best: best.measured_at_least,
            lowest: all.fold(f64::INFINITY, f64::min),
            throughout: throughout.map(|(_, weight)| weight).sum(),
        })
    }
}

/// The first time at which a measurement is most likely to be at least the level.
pub(super) fn highest(times: &[At]) -> Option<&At> {
    times.iter().reduce(
        |best, at| {
            if at.measured_at_least > best.measured_at_least { at } else { best }
        },
    )
}

/// How long a course is at or above `level`: times, h, with values, and straight lines between them.
#[must_use]
pub fn time_at_least(course: impl Iterator<Item = (f64, f64)>, level: f64) -> f64 {
    let (mut length, mut before) = (0.0, None);
    for (time_h, value) in course {
        if let Some((start_h, from)) = before {
            length += (time_h - start_h) * share_at_least(from, value, level);
        }
        before = Some((time_h, value));
    }
    length
}

/// The share of the way from one value to another that lies at or above `level`.
fn share_at_least(from: f64, to: f64, level: f64) -> f64 {
    match (from >= level, to >= level) {
        (true, true) => 1.0,
        (false, false) => 0.0,
        _ => (from.max(to) - level) / (from - to).abs(),
    }
}

#[cfg(test)]
mod tests {
    use super::time_at_least;

    #[test]
    fn analytic_a_triangle_is_above_half_its_height_for_half_its_base() {
        let course = || [(0.0, 0.0), (4.0, 2.0), (8.0, 0.0), (9.0, 0.0)].into_iter();
        assert!((time_at_least(course(), 1.0) - 4.0).abs() < 1e-12);
        assert!((time_at_least(course(), 0.0) - 9.0).abs() < 1e-12);
        assert!(time_at_least(course(), 2.5).abs() < 1e-12);
    }
}
