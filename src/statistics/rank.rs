//! Quantiles that are one of the values.

/// The place, counted from 0, of the smallest of `n` values in order that at least the share
/// `probability` of them do not exceed.
#[must_use]
pub fn rank(probability: f64, n: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the number of values"
    )]
    let rank = (probability * n as f64).ceil() as usize;
    rank.min(n).max(1) - 1
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn analytic_a_rank_is_the_smallest_that_the_share_does_not_exceed() {
        for (probability, n, expected) in [
            (0.05, 1, 0),
            (0.05, 20, 0),
            (0.05, 21, 1),
            (0.5, 4, 1),
            (0.5, 5, 2),
            (0.95, 100, 94),
            (0.0, 10, 0),
            (1.0, 10, 9),
            (0.5, 0, 0),
        ] {
            assert_eq!(rank(probability, n), expected, "{probability} of {n}");
        }
    }

    #[test]
    fn analytic_no_rank_of_whole_percents_is_off_by_rounding() {
        for n in 1..200_000_u32 {
            for percent in [5, 50, 95] {
                let exact = (percent * n).div_ceil(100) - 1;
                assert_eq!(
                    rank(f64::from(percent) / 100.0, n as usize),
                    exact as usize,
                    "{percent} % of {n}"
                );
            }
        }
    }
}
