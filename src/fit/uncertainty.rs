//! What the targets can tell about the parameters, at the optimum.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Correlations above this are named: two parameters that cannot be told apart.
pub(super) const HIGH_CORRELATION: f64 = 0.95;
/// Condition numbers above this are named: some direction is hardly determined.
pub(super) const HIGH_CONDITION: f64 = 1e4;
/// Eigenvalues below this share of the largest are taken for zero.
const SINGULAR: f64 = 1e-12;

/// Uncertainty from the curvature of the objective, on the scales of the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// Standard errors on the scales; infinite where some direction is not determined at all.
    pub standard_errors: Vec<f64>,
    /// Correlations; none where some direction is not determined at all.
    pub correlation: Option<DMatrix<f64>>,
    /// Largest eigenvalue of the information over the smallest.
    pub condition: f64,
    /// How much the objective could still fall, by its curvature.
    pub expected_decrease: f64,
}

impl Uncertainty {
    /// Of `n` parameters where the derivatives cannot be had.
    pub(super) fn unknown(n: usize) -> Self {
        Self {
            standard_errors: vec![f64::INFINITY; n],
            correlation: None,
            condition: f64::INFINITY,
            expected_decrease: f64::INFINITY,
        }
    }

    /// With some parameters held: these have no standard error, the others that of a fit without
    /// them.
    pub(super) fn with_held(
        residuals: &DVector<f64>,
        jacobian: &DMatrix<f64>,
        held: &[bool],
    ) -> Self {
        let free: Vec<usize> = (0..held.len()).filter(|i| !held[*i]).collect();
        if free.len() == held.len() {
            return Self::new(residuals, jacobian);
        }
        let mut standard_errors = vec![f64::INFINITY; held.len()];
        if free.is_empty() {
            return Self { expected_decrease: 0.0, ..Self::unknown(held.len()) };
        }
        let of_free = Self::new(residuals, &jacobian.select_columns(&free));
        for (i, error) in free.into_iter().zip(&of_free.standard_errors) {
            standard_errors[i] = *error;
        }
        Self { standard_errors, correlation: None, condition: f64::INFINITY, ..of_free }
    }

    /// From the standardised residuals and their derivatives: the information is JᵀJ.
    #[must_use]
    pub fn new(residuals: &DVector<f64>, jacobian: &DMatrix<f64>) -> Self {
        let information = jacobian.tr_mul(jacobian);
        let gradient = jacobian.tr_mul(residuals);
        let n = information.nrows();
        let eigen = SymmetricEigen::new(information);
        let largest = eigen.eigenvalues.max();
        let smallest = eigen.eigenvalues.min();
        let is_determined = |eigenvalue: f64| eigenvalue > SINGULAR * largest;
        let along = eigen.eigenvectors.tr_mul(&gradient);
        let decreases = along.iter().zip(eigen.eigenvalues.iter());
        let expected_decrease =
            decreases.filter(|(_, e)| is_determined(**e)).map(|(g, e)| g * g / e).sum();
        if !is_determined(smallest) {
            return Self {
                standard_errors: vec![f64::INFINITY; n],
                correlation: None,
                condition: f64::INFINITY,
                expected_decrease,
            };
        }
        let inverse = DMatrix::from_diagonal(&eigen.eigenvalues.map(|e| 1.0 / e));
        let covariance = &eigen.eigenvectors * inverse * eigen.eigenvectors.transpose();
        let standard_errors: Vec<f64> = covariance.diagonal().iter().map(|v| v.sqrt()).collect();
        let correlation = DMatrix::from_fn(n, n, |i, j| {
            covariance[(i, j)] / (standard_errors[i] * standard_errors[j])
        });
        Self {
            standard_errors,
            correlation: Some(correlation),
            condition: largest / smallest,
            expected_decrease,
        }
    }
}
