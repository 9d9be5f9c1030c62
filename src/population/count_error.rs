//! How a measured count differs from the true one.

use super::{Stream, Streams};
use crate::numeric::exp;

/// The parts of the count's variation, besides the drug.
///
/// ```text
/// y(t) = PLT(t) exp(b(t)) (1 + σp s e₁) + σa e₂      (N1)  measured count, not below 0
/// b: mean 0, SD ω_b, correlation exp(−|Δt|/τ_b)      (N2)  between visits
/// s = exp(ω_s z), one z a patient                    (N3)  size of a patient's proportional noise
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CountError {
    /// σa: additive assay noise, 10⁹/L.
    pub additive: f64,
    /// σp: proportional assay noise of the median patient, a share.
    pub proportional: f64,
    /// ω_s: standard deviation between patients of the logarithm of the proportional noise; 0 where it is
    /// the same in all.
    pub size_omega: f64,
    /// ω_b: standard deviation of the logarithm between visits.
    pub between_visit_omega: f64,
    /// τ_b: time over which the variation between visits is forgotten, days.
    pub between_visit_days: f64,
}

/// The time over which it is forgotten where nothing is said, days.
pub(super) const USUAL_DAYS: f64 = 7.0;
/// First day on which variation between visits is followed: before it lie screening visits.
const FIRST_DAY: f64 = -60.0;

/// The standard normal numbers behind one measured count.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CountNoise {
    /// e₁, of the proportional part.
    pub proportional: f64,
    /// e₂, of the additive part.
    pub additive: f64,
    /// b/ω_b, of the variation between visits.
    pub between_visit: f64,
    /// z, of the size of the patient's noise: the same at all visits.
    pub size: f64,
}

impl CountError {
    /// The measured count behind a true one (N1).
    #[must_use]
    pub fn measured(&self, count: f64, noise: CountNoise) -> f64 {
        let visit = count * exp(self.between_visit_omega * noise.between_visit);
        let proportional = self.proportional * exp(self.size_omega * noise.size); // (N3)
        let y = visit * (1.0 + proportional * noise.proportional);
        let y = y + self.additive * noise.additive; // (N1)
        if y > 0.0 { y } else { 0.0 }
    }

    /// b/ω_b of one patient on whole days, `days` rising (N2). A day's number depends on the days
    /// before it whether or not they are visits, so that a visit more changes no other.
    #[must_use]
    pub fn between_visits(&self, stream: &mut Stream, days: &[f64]) -> Vec<f64> {
        if self.between_visit_omega <= 0.0 {
            return vec![0.0; days.len()];
        }
        let kept = exp(-1.0 / self.between_visit_days.max(1e-3));
        let fresh = (1.0 - kept * kept).sqrt();
        let (mut day, mut value) = (FIRST_DAY, stream.normal());
        let mut at = |wanted: &f64| {
            while day < wanted.floor() {
                value = kept * value + fresh * stream.normal();
                day += 1.0;
            }
            value
        };
        days.iter().map(&mut at).collect()
    }
}

/// The random numbers of measurements, one stream a nominal visit.
#[derive(Debug, Clone)]
pub struct CountStreams {
    between: Streams,
    sizes: Streams,
    assays: Vec<Streams>,
    days: Vec<f64>,
}

impl CountStreams {
    /// For visits on nominal visit days, rising.
    #[must_use]
    pub fn new(seed: u64, visit_days: &[f64]) -> Self {
        let assay = |day: &f64| Streams::new(seed, &format!("count on visit day {day}"));
        Self {
            between: Streams::new(seed, "variation between visits"),
            sizes: Streams::new(seed, "size of the count error"),
            assays: visit_days.iter().map(assay).collect(),
            days: visit_days.to_vec(),
        }
    }

    /// The noise of one patient at every visit.
    #[must_use]
    pub fn noise(&self, error: &CountError, subject: usize) -> Vec<CountNoise> {
        let between = error.between_visits(&mut self.between.subject(subject), &self.days);
        let size = self.sizes.subject(subject).normal();
        let one = |(assay, between_visit): (&Streams, f64)| {
            let mut stream = assay.subject(subject);
            let (proportional, additive) = (stream.normal(), stream.normal());
            CountNoise { proportional, additive, between_visit, size }
        };
        self.assays.iter().zip(between).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{CountError, CountStreams};

    const ERROR: CountError = CountError {
        additive: 2.5,
        proportional: 0.15,
        size_omega: 0.0,
        between_visit_omega: 0.2,
        between_visit_days: 5.0,
    };

    #[test]
    fn invariant_a_visit_more_changes_no_other() {
        let few = CountStreams::new(4, &[1.0, 8.0, 35.0]);
        let more = CountStreams::new(4, &[-10.0, 1.0, 6.0, 8.0, 35.0]);
        for subject in 0..20 {
            let (few, more) = (few.noise(&ERROR, subject), more.noise(&ERROR, subject));
            assert_eq!(few, [more[1], more[3], more[4]]);
        }
    }

    #[test]
    fn analytic_noise_has_its_moments_and_its_memory() {
        let streams = CountStreams::new(9, &[1.0, 6.0]);
        let n = 20_000;
        let draws: Vec<_> = (0..n).map(|subject| streams.noise(&ERROR, subject)).collect();
        let mean = |f: &dyn Fn(usize) -> f64| (0..n).map(f).sum::<f64>() / n as f64;
        let b = |i: usize, visit: usize| draws[i][visit].between_visit;
        assert!((mean(&|i| b(i, 1) * b(i, 1)) - 1.0).abs() < 0.04);
        // Five days at a time constant of five days; four standard errors.
        let kept = mean(&|i| b(i, 0) * b(i, 1));
        assert!((kept - (-1.0_f64).exp()).abs() < 0.03, "{kept}");
        let measured = |i: usize| ERROR.measured(40.0, draws[i][0]);
        let variance = mean(&|i| (measured(i) - 40.0).powi(2));
        // (N1): the log-normal part has CV 0.202, the proportional 0.15, the additive 2.5.
        let square = (0.04_f64).exp();
        let expected = 1600.0 * (square * square * (1.0 + 0.0225) - 2.0 * (0.02_f64).exp() + 1.0);
        assert!((variance / (expected + 6.25) - 1.0).abs() < 0.06, "{variance} {expected}");
    }

    #[test]
    fn analytic_a_patients_noise_has_one_size_with_its_moments() {
        let error =
            CountError { size_omega: 0.6, additive: 0.0, between_visit_omega: 0.0, ..ERROR };
        let streams = CountStreams::new(9, &[1.0, 6.0]);
        let n = 100_000;
        let squares: Vec<[f64; 2]> = (0..n)
            .map(|subject| {
                let noise = streams.noise(&error, subject);
                [0, 1].map(|visit| (error.measured(1.0, noise[visit]) - 1.0).powi(2))
            })
            .collect();
        // E s² = exp(2 ω²), E s⁴ = exp(8 ω²): the squares of two visits are correlated through s alone.
        let variance = squares.iter().map(|s| s[0]).sum::<f64>() / n as f64;
        let product = squares.iter().map(|s| s[0] * s[1]).sum::<f64>() / n as f64;
        let expected = 0.15_f64.powi(2) * (2.0 * 0.36_f64).exp();
        let joint = 0.15_f64.powi(4) * (8.0 * 0.36_f64).exp();
        // Counts that would be negative are 0: a size above 5, in four patients of a thousand.
        assert!((variance / expected - 1.0).abs() < 0.05, "{variance} {expected}");
        assert!(product > 0.4 * joint && product < 1.2 * joint, "{product} {joint}");
    }

    #[test]
    fn invariant_no_count_is_negative() {
        let error = CountError { additive: 100.0, ..ERROR };
        let streams = CountStreams::new(9, &[1.0]);
        let measured = (0..100).map(|s| error.measured(10.0, streams.noise(&error, s)[0]));
        assert!(measured.into_iter().all(|count| count >= 0.0));
    }
}
