//! Log-normal variability between patients.

use crate::error::{Error, Result};
use crate::numeric::exp;

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
        let own = Self { symbol: symbol.to_owned(), omega };
        if (0.0..=MOST_OMEGA).contains(&omega) {
            return Ok(own);
        }
        Err(outside("omega", &own.symbol, omega, MOST_OMEGA))
    }

    /// From the coefficient of variation, a share: 0.25 for 25 %.
    ///
    /// # Errors
    /// One that is negative, or corresponds to an omega above 5.
    pub fn from_cv(symbol: &str, cv: f64) -> Result<Self> {
        let most = Self { symbol: String::new(), omega: MOST_OMEGA }.cv().floor();
        if !(0.0..=most).contains(&cv) {
            return Err(outside("CV", symbol, cv, most));
        }
        // (E1) solved for omega.
        Self::from_omega(symbol, libm::log1p(cv * cv).sqrt())
    }

    /// Coefficient of variation, a share: √(exp(ω²) − 1) (E1).
    #[must_use]
    pub fn cv(&self) -> f64 {
        libm::expm1(self.omega * self.omega).sqrt()
    }

    /// The patient's value from the typical one and a standard normal number.
    #[must_use]
    pub fn individual(&self, typical: f64, normal: f64) -> f64 {
        typical * exp(self.omega * normal)
    }
}

/// Largest standard deviation of a logarithm: a factor of 20,000 between patients.
const MOST_OMEGA: f64 = 5.0;

fn outside(what: &str, symbol: &str, value: f64, most: f64) -> Error {
    Error::OutOfRange {
        symbol: format!("{what} of {symbol}"),
        value,
        unit: "1".to_owned(),
        range: format!("[0, {most}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::Variability;

    #[test]
    fn regress_the_quantity_that_was_given_is_named() {
        let said = |result: crate::error::Result<Variability>| result.unwrap_err().to_string();
        assert!(said(Variability::from_omega("ka", -1.0)).starts_with("`omega of ka = -1` "));
        assert!(said(Variability::from_cv("ka", -1.0)).starts_with("`CV of ka = -1` "));
        assert!(said(Variability::from_cv("ka", 1e6)).starts_with("`CV of ka = 1000000` "));
        assert!(Variability::from_cv("ka", 268_000.0).is_ok());
    }

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
