//! Points that fill a cube more evenly than random ones: a Sobol sequence with Owen's scrambling, which keeps
//! expectations unbiased.

use crate::statistics::normal_quantile;

/// Points of one scrambled sequence; more are taken from the next.
const LENGTH: usize = 1 << 16;
/// Dimensions of a sequence.
const DIMENSIONS: u32 = 256;
/// Half the distance between two coordinates of 24 bits.
const HALF: f64 = 1.0 / 33_554_432.0;

/// The coordinates of one point, one after the other.
#[derive(Debug, Clone)]
pub struct QuasiRandom {
    index: u32,
    seed: u32,
    dimension: u32,
}

impl QuasiRandom {
    /// Point `number` of the sequence scrambled with `seed`.
    #[must_use]
    pub fn new(seed: u64, number: usize) -> Self {
        let block = (number / LENGTH) as u64;
        let mixed = super::seed_of(seed, &format!("quasi-random points {block}"));
        let low = |value: u64| u32::try_from(value & u64::from(u32::MAX)).unwrap_or_default();
        Self { index: low((number % LENGTH) as u64), seed: low(mixed), dimension: 0 }
    }

    /// The next coordinate: uniform between 0 and 1, neither of them included, with 24 bits. Coordinates beyond
    /// the 256th belong to another scrambling.
    pub fn uniform(&mut self) -> f64 {
        let seed = self.seed.wrapping_add(self.dimension / DIMENSIONS);
        let value = sobol_burley::sample(self.index, self.dimension % DIMENSIONS, seed);
        self.dimension += 1;
        f64::from(value) + HALF
    }

    /// The next coordinate as a standard normal number.
    pub fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::QuasiRandom;

    #[test]
    fn invariant_points_are_even_and_belong_to_seed_and_number() {
        // Every interval of a 256th holds exactly one of the first 256 points, in each dimension.
        for dimension in [0, 1, 7, 33] {
            let mut counts = [0; 256];
            for number in 0..256 {
                let mut point = QuasiRandom::new(3, number);
                let uniform = (0..=dimension).map(|_| point.uniform()).last().unwrap();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a cell"
                )]
                let cell = (256.0 * uniform) as usize;
                counts[cell] += 1;
            }
            assert!(counts.iter().all(|count| *count == 1), "{dimension}");
        }
        let first = |seed, number| QuasiRandom::new(seed, number).uniform().to_bits();
        assert_eq!(first(1, 5), first(1, 5));
        assert_ne!(first(1, 5), first(2, 5));
        assert_ne!(first(1, 5), first(1, (1 << 16) + 5));
    }

    #[test]
    fn analytic_a_product_of_normals_has_its_mean() {
        let n: u32 = 1 << 12;
        let product = |number| {
            let mut point = QuasiRandom::new(9, number);
            let (a, b) = (point.normal(), point.normal());
            (1.0 + a) * (1.0 + b)
        };
        let mean = (0..n as usize).map(product).sum::<f64>() / f64::from(n);
        // Random points have a standard error of 0.027.
        assert!((mean - 1.0).abs() < 2e-3, "{mean}");
    }
}
