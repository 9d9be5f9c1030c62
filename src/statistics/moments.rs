//! Mean and spread of a sample.

use super::distributions::student_quantile;
use super::{Interval, Level};

/// Mean and standard deviation of a sample; sums run in the order of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// How many values.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation with n − 1; none of a single value.
    pub sd: Option<f64>,
}

impl Moments {
    /// Of `values`; none without values, or with one that is not finite.
    #[must_use]
    pub fn new(values: &[f64]) -> Option<Self> {
        if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        let sd = (n > 1).then(|| (squares / (n - 1) as f64).sqrt());
        Some(Self { n, mean, sd })
    }

    /// The standard error of the mean, SD/√n; none of a single value.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        self.sd.map(|sd| sd / (self.n as f64).sqrt())
    }

    /// The interval of the mean by Student's t (Z10); none of a single value.
    ///
    /// ```text
    /// mean ± t(1 − α/2; n − 1) SD/√n                                        (Z10)
    /// ```
    #[must_use]
    pub fn interval(&self, level: Level) -> Option<Interval> {
        let freedom = self.n.checked_sub(1).filter(|freedom| *freedom > 0)? as f64;
        let half = student_quantile(freedom, level.up_to_upper()) * self.standard_error()?; // (Z10)
        Some(Interval { lower: self.mean - half, upper: self.mean + half })
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::{rows, values};
    use super::*;

    #[test]
    fn val_means_and_their_intervals_equal_those_of_r() {
        // Source: tests/reference/statistics.R, t.test; rounding.
        for row in rows("mean") {
            let moments = Moments::new(&values(&row.input)).unwrap();
            let interval = moments.interval(Level::new(row.level).unwrap()).unwrap();
            let found = match row.quantity.as_str() {
                "mean" => moments.mean,
                "standard_error" => moments.standard_error().unwrap(),
                "lower" => interval.lower,
                _ => interval.upper,
            };
            assert!((found - row.value).abs() < 1e-11 * row.value.abs(), "{row:?}: {found}");
        }
    }

    #[test]
    fn analytic_mean_and_spread_of_the_first_whole_numbers() {
        for n in [2_u32, 9, 1000] {
            let moments = Moments::new(&(1..=n).map(f64::from).collect::<Vec<_>>()).unwrap();
            let n = f64::from(n);
            assert!((moments.mean - f64::midpoint(n, 1.0)).abs() < 1e-12 * n);
            let sd = (n * (n + 1.0) / 12.0).sqrt();
            assert!((moments.sd.unwrap() - sd).abs() < 1e-12 * n);
        }
        // A common large part does not cost digits.
        let far = Moments::new(&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]).unwrap();
        assert_eq!(far.sd, Some(1.0));
    }

    #[test]
    fn invariant_one_value_has_no_spread_and_none_has_no_mean() {
        let one = Moments::new(&[3.0]).unwrap();
        assert_eq!((one.n, one.sd, one.standard_error()), (1, None, None));
        assert_eq!(one.interval(Level::NINETY_FIVE), None);
        for values in [&[][..], &[1.0, f64::NAN], &[1.0, f64::INFINITY]] {
            assert_eq!(Moments::new(values), None);
        }
        let equal = Moments::new(&[2.0; 5]).unwrap().interval(Level::NINETY_FIVE);
        assert_eq!(equal, Some(Interval { lower: 2.0, upper: 2.0 }));
    }
}
