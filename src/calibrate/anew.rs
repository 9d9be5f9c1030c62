//! A calibration anew after a number that is not estimated has changed: the estimated numbers take up as much of the change
//! as the published results and the priors ask for.
//!
//! ```text
//! xₖ₊₁ = xₖ + (J'V⁻¹J + P⁻¹)⁻¹ (J'V⁻¹ (m(x₀, φ₀) − m(xₖ, φ)) − P⁻¹ (xₖ − x₀))          (J19)
//! m    expected statistics; of a median on visit days the share of patients up to the middle of its interval
//! J    their derivatives by the estimated numbers x at the calibrated ones x₀, V their covariance, P that of the priors
//! ```
//!
//! A few steps with the derivatives of the first place: no search, but most of what one would find.

use super::estimated::Plan;
use super::likelihood::Likelihood;
use super::problem::Problem;
use crate::error::Result;
use crate::model::Variant;
use crate::population::VirtualPatients;
use crate::trial::Published;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// Step of the differences, in standard deviations of the priors.
const STEP: f64 = 0.25;
/// Steps (J19).
const STEPS: usize = 4;
/// What the changed patients say of their numbers.
const SOURCE: &str = "calibrated anew after another number was changed";

/// Calibrated patients, with how their estimates follow the expected statistics.
#[derive(Debug)]
pub struct Anew {
    problem: Problem,
    patients: VirtualPatients,
    x: Vec<f64>,
    expected: DVector<f64>,
    /// J'V⁻¹
    pull: DMatrix<f64>,
    curvature: Cholesky<f64, Dyn>,
}

impl Anew {
    /// For calibrated `patients` in a variant; none if they are not calibrated or their statistics cannot be evaluated.
    ///
    /// # Errors
    /// Patients that do not fit the variant.
    pub fn new(
        (patients, variant): (&VirtualPatients, Variant),
        published: &[Published],
        pool: (u64, usize),
    ) -> Result<Option<Self>> {
        let problem = Problem::new(&Plan::shipped()?, variant, &[], published, pool)?;
        let Some(known) = &patients.calibrated else { return Ok(None) };
        let place = |name: &str| known.estimates.iter().find(|own| own.name == name);
        let estimated = problem.estimated.iter();
        let x = estimated.map(|own| Some(own.scale.place(place(&own.name)?.value)));
        let Some(x) = x.collect::<Option<Vec<f64>>>() else { return Ok(None) };
        let Some((expected, covariance)) = statistics(&problem, &x)? else { return Ok(None) };
        let Some(jacobian) = jacobian(&problem, &x)? else { return Ok(None) };
        let Some(covariance) = covariance.cholesky() else { return Ok(None) };
        let pull = covariance.solve(&jacobian).transpose();
        let curvature = &pull * jacobian + DMatrix::from_diagonal(&precisions(&problem));
        let Some(curvature) = curvature.cholesky() else { return Ok(None) };
        let patients = patients.clone();
        Ok(Some(Self { problem, patients, x, expected, pull, curvature }))
    }

    /// The estimated numbers on their scales: as they were, and with another value of a number that is not estimated.
    ///
    /// # Errors
    /// The model has no such parameter, or the value lies outside its range.
    pub fn places(&self, symbol: &str, value: f64) -> Result<Option<[Vec<f64>; 2]>> {
        let changed = self.problem.with_typical(symbol, value)?;
        let precisions = precisions(&self.problem);
        let first = DVector::from_column_slice(&self.x);
        let mut x = first.clone();
        for _ in 0..STEPS {
            let Some((expected, _)) = statistics(&changed, x.as_slice())? else { return Ok(None) };
            let pull = &self.pull * (&self.expected - expected);
            x += self.curvature.solve(&(pull - precisions.component_mul(&(&x - &first)))); // (J19)
        }
        Ok(Some([self.x.clone(), x.as_slice().to_vec()]))
    }

    /// The patients with another value of a number that is not estimated.
    ///
    /// # Errors
    /// As [`Anew::places`].
    pub fn with_typical(&self, symbol: &str, value: f64) -> Result<Option<VirtualPatients>> {
        let Some([_, moved]) = self.places(symbol, value)? else { return Ok(None) };
        let mut patients = self.patients.clone().with_typical(symbol, value)?;
        for (estimated, value) in self.problem.estimated.iter().zip(self.problem.values(&moved)) {
            estimated.put_into_patients(&mut patients, self.problem.variant, value, SOURCE)?;
        }
        Ok(Some(patients))
    }
}

/// Inverse variances of the priors.
fn precisions(problem: &Problem) -> DVector<f64> {
    let all = problem.estimated.iter().map(|own| own.sd.powi(-2));
    DVector::from_iterator(problem.estimated.len(), all)
}

/// Derivatives of the statistics by central differences.
fn jacobian(problem: &Problem, x: &[f64]) -> Result<Option<DMatrix<f64>>> {
    let mut columns = Vec::with_capacity(x.len());
    for (i, estimated) in problem.estimated.iter().enumerate() {
        let step = STEP * estimated.sd;
        let at = |sign: f64| {
            let mut moved = x.to_vec();
            moved[i] += sign * step;
            statistics(problem, &moved)
        };
        let (Some((above, _)), Some((below, _))) = (at(1.0)?, at(-1.0)?) else { return Ok(None) };
        columns.push((above - below) / (2.0 * step));
    }
    Ok(Some(DMatrix::from_columns(&columns)))
}

/// Expected statistics and their covariance; none if the likelihood cannot be evaluated.
fn statistics(problem: &Problem, x: &[f64]) -> Result<Option<(DVector<f64>, DMatrix<f64>)>> {
    let found = problem.evaluate(x)?;
    Ok(found.map(|found| {
        let Likelihood { expected, covariance, edges, .. } = found.likelihood;
        let (normal, all) = (expected.len(), expected.len() + edges.len());
        let mut values = expected.resize_vertically(all, 0.0);
        let mut joint = covariance.resize(all, all, 0.0);
        for (a, [(below, sd_below), (up_to, sd_up_to)]) in edges.into_iter().enumerate() {
            values[normal + a] = 0.5 * (below + up_to);
            joint[(normal + a, normal + a)] = (0.5 * (sd_below + sd_up_to)).powi(2);
        }
        (values, joint)
    }))
}
