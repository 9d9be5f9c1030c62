//! Log-normal variability between patients.

use crate::error::{Error, Result};
use crate::numeric::elementary::exp;

/// A parameter that differs between patients: typical value times exp(eta), eta normal with mean 0
/// and standard deviation omega. The typical value is the median.
#[derive(Debug, Clone, PartialEq)]
pub struct Variability {
    /// The parameter.
    pub symbol: String,
    /// Standard deviation of the logarithm.
    pub omega: f64,
}

impl Variability {
    /// From omega, the standard deviation of the logarithm.
    ///
    /// # Errors
    /// An omega that is negative, or above 5 (a factor of 20,000 between patients).
    pub fn from_omega(symbol: &str, omega: f64) -> Result<Self> {
        if (0.0..=5.0).contains(&omega) {
            Ok(Self { symbol: symbol.to_owned(), omega })
        } else {
            Err(Error::OutOfRange {
                symbol: format!("omega of {symbol}"),
                value: omega,
                unit: "1".to_owned(),
                range: "[0, 5]".to_owned(),
            })
        }
    }

    /// From the coefficient of variation, a share: 0.25 for 25 %.
    ///
    /// # Errors
    /// One that is negative, or corresponds to an omega above 5.
    pub fn from_cv(symbol: &str, cv: f64) -> Result<Self> {
        // (E1) solved for omega.
        let omega = if cv < 0.0 { cv } else { (cv * cv).ln_1p().sqrt() };
        Self::from_omega(symbol, omega)
    }

    /// Coefficient of variation, a share: √(exp(ω²) − 1) (E1).
    #[must_use]
    pub fn cv(&self) -> f64 {
        (self.omega * self.omega).exp_m1().sqrt()
    }

    /// The patient's value from the typical one and a standard normal number.
    #[must_use]
    pub fn individual(&self, typical: f64, normal: f64) -> f64 {
        typical * exp(self.omega * normal)
    }
}

#[cfg(test)]
mod tests {
    use super::Variability;

    #[test]
    fn analytic_omega_and_cv_are_two_words_for_one_thing() {
        let v = Variability::from_cv("kc", 1.0).unwrap();
        assert!((v.omega - 2.0_f64.ln().sqrt()).abs() < 1e-15);
        assert!((v.cv() - 1.0).abs() < 1e-15);
        assert!(Variability::from_omega("kc", -0.1).is_err());
        assert!(Variability::from_cv("kc", -0.1).is_err());
        assert!(Variability::from_cv("kc", f64::NAN).is_err());
    }
}
