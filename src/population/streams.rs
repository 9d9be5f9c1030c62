//! Random numbers keyed by seed, purpose and subject: a subject's draws depend on nothing else.

use crate::statistics::normal_quantile;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// A seed of its own for the trial, or the other experiment, called `name`: those of different names
/// share no random number.
#[must_use]
pub fn seed_of(seed: u64, name: &str) -> u64 {
    let key = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&key[..8]);
    u64::from_le_bytes(first)
}

/// The random numbers of all subjects for one purpose.
///
/// ```
/// use thrombopoiesis::population::Streams;
/// let streams = Streams::new(1, "between patients");
/// assert_eq!(streams.subject(7).normal(), streams.subject(7).normal());
/// ```
#[derive(Debug, Clone)]
pub struct Streams {
    /// The generator of the key SHA-256(seed, purpose), at its start.
    generator: ChaCha8Rng,
}

impl Streams {
    /// The streams of `seed` for `purpose`: such as variability between patients, or the
    /// measurement error at one visit.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        let key = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(purpose).finalize();
        Self { generator: ChaCha8Rng::from_seed(key.into()) }
    }

    /// The stream of subject number `subject`.
    #[must_use]
    pub fn subject(&self, subject: usize) -> Stream {
        let mut generator = self.generator.clone();
        generator.set_stream(subject as u64);
        Stream { generator }
    }
}

/// The random numbers of one subject for one purpose.
#[derive(Debug, Clone)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// Uniform between 0 and 1, neither of them included: 52 bits.
    pub fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / 4_503_599_627_370_496.0;
        ((self.generator.next_u64() >> 12) as f64 + 0.5) * STEP
    }

    /// Standard normal, from one uniform number.
    pub fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::Streams;

    #[test]
    fn invariant_a_stream_belongs_to_seed_purpose_and_subject() {
        let first = |seed, purpose, subject| Streams::new(seed, purpose).subject(subject).uniform();
        let base = first(1, "a", 0);
        assert_eq!(base.to_bits(), first(1, "a", 0).to_bits());
        for other in [first(2, "a", 0), first(1, "b", 0), first(1, "a", 1)] {
            assert_ne!(base.to_bits(), other.to_bits());
        }
    }

    #[test]
    fn invariant_normals_have_mean_zero_and_variance_one() {
        let streams = Streams::new(3, "test");
        let n = 20_000;
        let draws: Vec<f64> = (0..n).map(|subject| streams.subject(subject).normal()).collect();
        let mean = draws.iter().sum::<f64>() / n as f64;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / n as f64;
        // Four standard errors: 4/sqrt(20000), and sqrt(2) times as much.
        assert!(mean.abs() < 0.029 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
    }
}
