//! Quantiles of many numbers in bounded memory.
#![expect(clippy::cast_possible_truncation, reason = "numbers of bins are small")]

use serde::{Deserialize, Serialize};

/// Bits of the mantissa that tell bins apart: a bin is 2⁻¹⁰ of its numbers wide.
const MANTISSA_BITS: u32 = 10;
const SHIFT: u32 = 52 - MANTISSA_BITS;

/// Numbers outside this are counted at its ends.
const RANGE: (f64, f64) = (1e-3, 1e9);

/// Counts of positive numbers in bins of equal relative width. Counts are whole numbers, so the
/// order in which numbers arrive does not matter.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// Number of the first bin.
    first: u64,
    counts: Vec<u32>,
}

impl Histogram {
    /// Largest relative error of a quantile: half a bin.
    pub const ERROR: f64 = 0.5 / (1_u64 << MANTISSA_BITS) as f64;

    /// Most memory of one: a bin of four bytes for each step of 2⁻¹⁰ over the forty doublings of the
    /// range, and what it is itself.
    pub const MOST_BYTES: f64 = 4.0 * 41.0 * (1_u64 << MANTISSA_BITS) as f64 + 64.0;

    /// Counts `number`.
    pub fn add(&mut self, number: f64) {
        let bin = number.clamp(RANGE.0, RANGE.1).to_bits() >> SHIFT;
        if self.counts.is_empty() {
            self.first = bin;
        }
        if bin < self.first {
            let missing = (self.first - bin) as usize;
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = bin;
        }
        let place = (bin - self.first) as usize;
        if place >= self.counts.len() {
            // Exactly as many: there is one of these for every time.
            self.counts.reserve_exact(place + 1 - self.counts.len());
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
    }

    /// Adds the numbers that another one counted.
    pub fn merge(&mut self, other: &Self) {
        if other.counts.is_empty() {
            return;
        }
        if self.counts.is_empty() {
            self.clone_from(other);
            return;
        }
        let first = self.first.min(other.first);
        let end = |of: &Self| of.first + of.counts.len() as u64;
        let mut counts = vec![0; (end(self).max(end(other)) - first) as usize];
        for of in [&*self, other] {
            let places = &mut counts[(of.first - first) as usize..];
            places.iter_mut().zip(&of.counts).for_each(|(all, own)| *all += own);
        }
        (self.first, self.counts) = (first, counts);
    }

    /// The middle of the bin of the number that has `rank` numbers before it.
    #[must_use]
    pub fn at_rank(&self, rank: usize) -> f64 {
        let mut before = 0;
        let place = self.counts.iter().position(|count| {
            before += *count as usize;
            before > rank
        });
        let bin = self.first + place.unwrap_or(0) as u64;
        f64::from_bits((bin << SHIFT) | (1 << (SHIFT - 1)))
    }
}
