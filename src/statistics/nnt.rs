//! The number needed to treat, with an interval that may run through infinity.

use super::Difference;
use std::fmt;

/// How many are treated for one more to benefit, or to be harmed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberNeeded {
    /// For one more to benefit: NNTB.
    Benefit(f64),
    /// For one more to be harmed: NNTH.
    Harm(f64),
    /// No number: the difference is 0.
    Infinite,
}

/// The interval of a number needed to treat. An interval of the difference with 0 inside has no
/// limits between which the number lies: it runs from a benefit through infinity to a harm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberNeededInterval {
    /// From one number to benefit to a larger one.
    Benefit {
        /// Smaller limit, from the larger difference.
        from: f64,
        /// Larger limit.
        to: f64,
    },
    /// From one number to harm to a larger one.
    Harm {
        /// Smaller limit, from the difference further below 0.
        from: f64,
        /// Larger limit.
        to: f64,
    },
    /// From a number to benefit through infinity to a number to harm; infinite on the side on
    /// which the difference ends at 0.
    ThroughInfinity {
        /// Smallest number to benefit.
        benefit: f64,
        /// Smallest number to harm.
        harm: f64,
    },
}

/// The number needed to treat of a difference of risks (Z11), with the interval of its limits.
///
/// ```text
/// NNT = 1/d                                                                 (Z11)
/// ```
///
/// A positive difference is a benefit: the event is one to be wished for, or the difference was
/// turned round. Altman, BMJ 1998, 317:1309.
///
/// Never average numbers needed to treat over replicates: they go to infinity where the difference
/// goes through 0, and have no mean. Average the differences, and invert once.
///
/// ```
/// use thrombopoiesis::statistics::{Difference, Interval, NumberNeededToTreat};
/// let interval = Interval { lower: -0.05, upper: 0.25 };
/// let needed = NumberNeededToTreat::new(&Difference { value: 0.10, interval });
/// assert_eq!(needed.to_string(), "NNTB 10.0 (NNTB 4.0 to ∞ to NNTH 20.0)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberNeededToTreat {
    /// From the difference.
    pub value: NumberNeeded,
    /// From its limits.
    pub interval: NumberNeededInterval,
}

impl NumberNeeded {
    /// The number of one difference.
    #[must_use]
    pub fn new(difference: f64) -> Self {
        if difference > 0.0 {
            Self::Benefit(1.0 / difference) // (Z11)
        } else if difference < 0.0 {
            Self::Harm(-1.0 / difference)
        } else {
            Self::Infinite
        }
    }
}

impl NumberNeededToTreat {
    /// The number of a difference, positive where treatment is better.
    #[must_use]
    pub fn new(difference: &Difference) -> Self {
        let (lower, upper) = (difference.interval.lower, difference.interval.upper);
        let interval = if lower > 0.0 {
            NumberNeededInterval::Benefit { from: 1.0 / upper, to: 1.0 / lower }
        } else if upper < 0.0 {
            NumberNeededInterval::Harm { from: -1.0 / lower, to: -1.0 / upper }
        } else {
            // The sign of a zero must not turn infinity round.
            let number = |distance: f64| 1.0 / distance.abs();
            NumberNeededInterval::ThroughInfinity { benefit: number(upper), harm: number(lower) }
        };
        Self { value: NumberNeeded::new(difference.value), interval }
    }
}

impl fmt::Display for NumberNeeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Benefit(number) if number.is_finite() => write!(f, "NNTB {number:.1}"),
            Self::Harm(number) if number.is_finite() => write!(f, "NNTH {number:.1}"),
            _ => f.write_str("∞"),
        }
    }
}

impl fmt::Display for NumberNeededInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (benefit, harm) = (NumberNeeded::Benefit, NumberNeeded::Harm);
        match *self {
            Self::Benefit { from, to } => write!(f, "{} to {}", benefit(from), benefit(to)),
            Self::Harm { from, to } => write!(f, "{} to {}", harm(from), harm(to)),
            Self::ThroughInfinity { benefit: from, harm: to } => {
                if from.is_finite() {
                    write!(f, "{} to ", benefit(from))?;
                }
                f.write_str("∞")?;
                if to.is_finite() {
                    write!(f, " to {}", harm(to))?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for NumberNeededToTreat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.value, self.interval)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Interval;
    use super::*;

    fn needed(value: f64, lower: f64, upper: f64) -> NumberNeededToTreat {
        NumberNeededToTreat::new(&Difference { value, interval: Interval { lower, upper } })
    }

    #[test]
    fn val_an_interval_around_0_runs_through_infinity() {
        // Source: Altman, BMJ 1998, 317:1309: a reduction of 10 % with the interval -5 % to 25 %.
        let found = needed(0.10, -0.05, 0.25);
        assert_eq!(found.to_string(), "NNTB 10.0 (NNTB 4.0 to ∞ to NNTH 20.0)");
    }

    #[test]
    fn analytic_numbers_are_inverse_differences() {
        for (difference, expected) in [
            ((0.2, 0.1, 0.25), "NNTB 5.0 (NNTB 4.0 to NNTB 10.0)"),
            ((-0.2, -0.25, -0.1), "NNTH 5.0 (NNTH 4.0 to NNTH 10.0)"),
            ((0.0, -0.1, 0.1), "∞ (NNTB 10.0 to ∞ to NNTH 10.0)"),
            ((-0.1, -0.25, 0.05), "NNTH 10.0 (NNTB 20.0 to ∞ to NNTH 4.0)"),
            ((0.1, 0.0, 0.2), "NNTB 10.0 (NNTB 5.0 to ∞)"),
            ((0.1, -0.0, 0.2), "NNTB 10.0 (NNTB 5.0 to ∞)"),
            ((-0.1, -0.2, 0.0), "NNTH 10.0 (∞ to NNTH 5.0)"),
            ((0.0, 0.0, 0.0), "∞ (∞)"),
            ((1.0, 0.5, 1.0), "NNTB 1.0 (NNTB 1.0 to NNTB 2.0)"),
        ] {
            let (value, lower, upper) = difference;
            assert_eq!(needed(value, lower, upper).to_string(), expected, "{difference:?}");
        }
    }

    #[test]
    fn invariant_turning_the_difference_round_turns_benefit_into_harm() {
        for (value, lower, upper) in [(0.2, 0.1, 0.25), (0.1, -0.05, 0.25), (0.1, 0.0, 0.3)] {
            let there = needed(value, lower, upper).interval;
            let back = needed(-value, -upper, -lower).interval;
            let expected = match there {
                NumberNeededInterval::Benefit { from, to } => {
                    NumberNeededInterval::Harm { from, to }
                }
                NumberNeededInterval::Harm { from, to } => {
                    NumberNeededInterval::Benefit { from, to }
                }
                NumberNeededInterval::ThroughInfinity { benefit, harm } => {
                    NumberNeededInterval::ThroughInfinity { benefit: harm, harm: benefit }
                }
            };
            assert_eq!(back, expected);
        }
    }
}
