//! The objective: −2 log L up to a constant, its gradient, and the residuals behind both.
//!
//! ```text
//! r_i = (predicted_i − observed_i)/SE_i        OFV = Σ r_i²        ∂OFV/∂x = 2 Jᵀ r
//! ```

use super::problem::{MAX_FREE, Problem};
use crate::error::Result;
use crate::numeric::{Dual, Real, Scalar};
use nalgebra::{DMatrix, DVector};

/// What stands for an infinite objective, where the equations cannot be integrated: optimisers
/// stumble over infinity and NaN.
pub(super) const FAILED: f64 = 1e30;

impl Problem {
    /// Standardised residuals at places `x` of the scales.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn residuals<T: Scalar>(&self, x: &[T]) -> Result<Vec<T>> {
        let predictions = self.predictions(x)?;
        let standardise =
            |(predicted, target): (T, &super::Target)| (predicted - target.value) / target.se;
        Ok(predictions.into_iter().zip(&self.targets.items).map(standardise).collect())
    }

    /// The objective at places `x` of the scales; a large finite number where there is none.
    #[must_use]
    pub fn objective(&self, x: &[f64]) -> f64 {
        let sum = self.residuals(x).map(|residuals| residuals.iter().map(|r| r * r).sum());
        sum.ok().filter(|sum: &f64| sum.is_finite()).map_or(FAILED, |sum| sum.min(FAILED))
    }

    /// Standardised residuals and their exact derivatives with respect to `x`.
    ///
    /// # Errors
    /// The equations cannot be integrated.
    pub fn jacobian(&self, x: &[f64]) -> Result<(DVector<f64>, DMatrix<f64>)> {
        // One place more than parameters: the last of a dual number is the time. Two widths are
        // enough: each is compiled for every model.
        if x.len() < 4 { self.jacobian_in::<4>(x) } else { self.jacobian_in::<{ MAX_FREE + 1 }>(x) }
    }

    fn jacobian_in<const N: usize>(&self, x: &[f64]) -> Result<(DVector<f64>, DMatrix<f64>)> {
        let seeded: Vec<_> =
            x.iter().enumerate().map(|(i, x)| Dual::<N>::variable(*x, i)).collect();
        let residuals = self.residuals(&seeded)?;
        let values = DVector::from_iterator(residuals.len(), residuals.iter().map(|r| r.value()));
        let jacobian = DMatrix::from_fn(residuals.len(), x.len(), |row, column| {
            residuals[row].derivative(column)
        });
        Ok((values, jacobian))
    }

    /// The gradient of the objective; zero where there is none.
    #[must_use]
    pub fn gradient(&self, x: &[f64]) -> Vec<f64> {
        match self.jacobian(x) {
            Ok((residuals, jacobian)) => {
                let gradient = jacobian.tr_mul(&residuals) * 2.0;
                gradient.iter().map(|g| if g.is_finite() { *g } else { 0.0 }).collect()
            }
            Err(_) => vec![0.0; x.len()],
        }
    }
}
