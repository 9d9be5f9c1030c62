//! Linear systems as sums of exponentials, for drug compartments while the rest of a model is integrated.

use nalgebra::{DMatrix, DVector};

/// Maximum number of states.
pub(super) const MOST: usize = 8;
/// Largest difference from the exponential of the matrix, of the largest amount.
const ACCURACY: f64 = 1e-12;

/// The exponentials of a linear system.
#[derive(Debug)]
pub(super) struct Modes {
    /// Decay of each, 1/h.
    decay: Vec<f64>,
    /// Eigenvectors, one per column.
    vectors: DMatrix<f64>,
    inverse: DMatrix<f64>,
}

/// The states of a linear system as functions of time.
#[derive(Debug)]
pub(super) struct Course<'m> {
    modes: &'m Modes,
    /// The coefficient of each exponential in each state.
    terms: DMatrix<f64>,
    /// Asymptotic values of the states.
    rest: DVector<f64>,
}

impl Modes {
    /// The exponentials of dy/dt = a y; `None` unless the eigenvalues are real and distinct, as they are not for
    /// consecutive equal rates.
    pub(super) fn of(a: &DMatrix<f64>) -> Option<Self> {
        if a.nrows() > MOST {
            return None;
        }
        let decay: Vec<f64> = a.eigenvalues()?.iter().map(|value| -value).collect();
        let columns: Option<Vec<_>> = decay.iter().map(|own| eigenvector(a, -own)).collect();
        let vectors = DMatrix::from_columns(&columns?);
        let inverse = vectors.clone().try_inverse()?;
        Some(Self { decay, vectors, inverse })
    }

    /// The states with initial values `start` and asymptotic values `rest`; `None` if they differ from `end`, the
    /// solution by the matrix exponential, after `span_h`.
    pub(super) fn from(
        &self,
        (start, end): (&DVector<f64>, &DVector<f64>),
        rest: DVector<f64>,
        span_h: f64,
    ) -> Option<Course<'_>> {
        let weights = &self.inverse * (start - &rest);
        let terms = &self.vectors * DMatrix::from_diagonal(&weights);
        let course = Course { modes: self, terms, rest };
        let size = start.amax().max(end.amax()).max(f64::MIN_POSITIVE);
        let is_right = |at_h: f64, expected: &DVector<f64>| {
            let mut found = [0.0; MOST];
            course.at(at_h, &mut found);
            found.iter().zip(expected.iter()).all(|(a, b)| (a - b).abs() <= ACCURACY * size)
        };
        (is_right(0.0, start) && is_right(span_h, end)).then_some(course)
    }
}

impl Course<'_> {
    /// Fills in the states after `time_h`.
    pub(super) fn at(&self, time_h: f64, states: &mut [f64; MOST]) {
        let n = self.rest.len();
        states[..n].copy_from_slice(self.rest.as_slice());
        for (decay, terms) in self.modes.decay.iter().zip(self.terms.column_iter()) {
            let left = (-decay * time_h).exp();
            for (state, term) in states.iter_mut().zip(terms.iter()) {
                *state += term * left;
            }
        }
    }
}

/// The eigenvector of an eigenvalue, by inverse iteration.
fn eigenvector(a: &DMatrix<f64>, value: f64) -> Option<DVector<f64>> {
    let n = a.nrows();
    // The shifted matrix is singular at the eigenvalue itself.
    let shift = value + 1e-13 * a.amax();
    let lu = (a - DMatrix::identity(n, n) * shift).lu();
    let mut vector = DVector::from_fn(n, |i, _| 1.0 + 0.1 * i as f64).normalize();
    for _ in 0..4 {
        vector = lu.solve(&vector)?.normalize();
    }
    vector.iter().all(|number| number.is_finite()).then_some(vector)
}
