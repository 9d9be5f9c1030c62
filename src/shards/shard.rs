//! Shard k of n.

use crate::error::{Error, Result};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Most shards of a run.
const MOST: usize = 100_000;

/// One of so many parts of a run, counted from 1 and written `k/n`.
///
/// ```
/// use thrombopoiesis::shards::Shard;
/// let shard: Shard = "2/3".parse()?;
/// assert_eq!(shard.range(10), 3..6);
/// assert!("4/3".parse::<Shard>().is_err());
/// # Ok::<(), thrombopoiesis::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    number: usize,
    of: usize,
}

impl Shard {
    /// Shard `number` of `of`.
    ///
    /// # Errors
    /// A number outside 1 to `of`, or more than 100,000 shards.
    pub fn new(number: usize, of: usize) -> Result<Self> {
        let refused = |symbol: &str, value: usize, most: usize| Error::OutOfRange {
            symbol: symbol.to_owned(),
            value: value as f64,
            unit: "1".to_owned(),
            range: format!("[1, {most}]"),
        };
        if !(1..=MOST).contains(&of) {
            return Err(refused("number of shards", of, MOST));
        }
        if !(1..=of).contains(&number) {
            return Err(refused("shard", number, of));
        }
        Ok(Self { number, of })
    }

    /// The numbers, from 0, that it holds of `total`: shards differ by one at most.
    #[must_use]
    pub fn range(self, total: usize) -> Range<usize> {
        let bound = |number: usize| {
            let bound = number as u128 * total as u128 / self.of as u128;
            usize::try_from(bound).unwrap_or(total)
        };
        bound(self.number - 1)..bound(self.number)
    }

    /// How many shards there are.
    #[must_use]
    pub fn of(self) -> usize {
        self.of
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |part: &str| {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse().ok()).flatten().ok_or_else(|| Error::Syntax {
                text: text.to_owned(),
                expected: "a shard",
                part: part.to_owned(),
                rule: "write K/N, such as 17/100: shard K of N, counted from 1".to_owned(),
            })
        };
        let (own, of) = text.split_once('/').unwrap_or((text, ""));
        Self::new(number(own.trim())?, number(of.trim())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn prop_shards_cut_a_run_without_gap_or_overlap(total in 0_usize..5000, of in 1_usize..200) {
            let ranges = (1..=of).map(|k| Shard::new(k, of).unwrap().range(total));
            let sizes: Vec<usize> = ranges.clone().map(|range| range.len()).collect();
            let numbers: Vec<usize> = ranges.flatten().collect();
            prop_assert_eq!(numbers, (0..total).collect::<Vec<_>>());
            prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
        }
    }

    #[test]
    fn analytic_shards_are_written_k_of_n() {
        assert_eq!("17/100".parse::<Shard>().unwrap().to_string(), "17/100");
        for wrong in ["", "3", "/3", "0/3", "4/3", "-1/3", "1/0", "1/100001", "a/b", "1/2/3"] {
            let said = wrong.parse::<Shard>().unwrap_err().to_string();
            assert!(said.contains('1'), "{wrong}: {said}");
        }
    }
}
