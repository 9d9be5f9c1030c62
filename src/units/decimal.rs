//! Products as people compute them: 3 x 0.1 h is 0.3 h.

/// A finite number as the decimal that it is written as in its fewest digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// All digits, as a whole number.
    digits: i128,
    /// The power of ten that the digits are multiplied by.
    exponent: i32,
}

impl Decimal {
    /// The decimal of `number`, if that is finite.
    pub(crate) fn of(number: f64) -> Option<Self> {
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e')?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let places = i32::try_from(fraction.len()).ok()?;
        let exponent = exponent.parse::<i32>().ok()?.checked_sub(places)?;
        Some(Self { digits: format!("{whole}{fraction}").parse().ok()?, exponent })
    }

    /// The double nearest to `factor` times this decimal.
    pub(crate) fn times(self, factor: u32) -> Option<f64> {
        let digits = self.digits.checked_mul(i128::from(factor))?;
        format!("{digits}e{}", self.exponent).parse().ok()
    }

    /// Whole numbers whose quotient it is.
    pub(crate) fn quotient(self) -> Option<(i128, i128)> {
        let power = |exponent: u32| 10_i128.checked_pow(exponent);
        let size = power(self.exponent.unsigned_abs())?;
        if self.exponent < 0 {
            Some((self.digits, size))
        } else {
            Some((self.digits.checked_mul(size)?, 1))
        }
    }
}

/// The double nearest to `factor` times the decimal that `number` is written as.
pub(crate) fn product(number: f64, factor: u32) -> f64 {
    Decimal::of(number)
        .and_then(|decimal| decimal.times(factor))
        .unwrap_or_else(|| number * f64::from(factor))
}

#[cfg(test)]
mod tests {
    use super::{Decimal, product};
    use proptest::prelude::*;

    #[test]
    fn analytic_products_are_those_of_decimals() {
        for (number, factor, expected) in [
            (0.1, 3, 0.3),
            (0.7, 24, 16.8),
            (2.4, 70, 168.0),
            (1e-7, 3, 3e-7),
            (1e22, 3, 3e22),
            (-0.1, 3, -0.3),
            (0.0, 7, 0.0),
        ] {
            assert!(product(number, factor).to_bits() == f64::to_bits(expected), "{number}");
        }
        assert!(product(f64::INFINITY, 2).is_infinite() && product(f64::NAN, 2).is_nan());
    }

    #[test]
    fn analytic_a_decimal_is_a_quotient_of_whole_numbers() {
        let quotient = |number| Decimal::of(number).and_then(Decimal::quotient);
        assert_eq!(quotient(2.4), Some((24, 10)));
        assert_eq!(quotient(1200.0), Some((1200, 1)));
        assert_eq!(quotient(1e-300), None);
    }

    proptest! {
        #[test]
        fn prop_once_is_the_number_itself_and_whole_numbers_multiply_exactly(
            number in any::<f64>(),
            whole in 0_u32..100_000,
            factor in 0_u32..100_000,
        ) {
            prop_assume!(number.is_finite());
            prop_assert_eq!(product(number, 1).to_bits(), (number + 0.0).to_bits());
            let expected = f64::from(whole) * f64::from(factor);
            prop_assert_eq!(product(f64::from(whole), factor).to_bits(), expected.to_bits());
        }
    }
}
