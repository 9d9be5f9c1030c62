//! The objective with a memory: no place is computed twice, and a run that was cut off goes the same
//! way again at once.

use super::problem::Problem;
use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Objective value assigned where the model cannot be evaluated: argmin must not see infinity.
pub(super) const HOPELESS: f64 = 1e9;
/// Step of the derivatives, in standard deviations of the prior: wide, so that the steps of a finite
/// number of patients average out.
const STEP: f64 = 0.25;

/// What was found at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Place on the scales.
    pub x: Vec<f64>,
    /// The objective; 1e9 where nothing can be said.
    pub objective: f64,
    /// Expected values of the statistics that enter as normal, on their scales.
    pub expected: Vec<f64>,
}

/// What is told while it goes: the stage, evaluations so far, the best objective and its place.
pub type Watch<'a> = &'a (dyn Fn(&'static str, usize, f64, &[f64]) + Sync);
/// Is given every new evaluation, to keep it.
pub type Save<'a> = &'a (dyn Fn(&Known) + Sync);

/// The objective of a problem, with its memory.
pub struct Evaluator<'a> {
    /// The problem.
    pub problem: &'a Problem,
    known: RefCell<HashMap<Vec<u64>, Known>>,
    best: RefCell<(f64, Vec<f64>)>,
    stage: Cell<&'static str>,
    computed: Cell<usize>,
    failed: RefCell<Option<Error>>,
    save: Save<'a>,
    watch: Watch<'a>,
}

impl std::fmt::Debug for Evaluator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Evaluator({} places)", self.known.borrow().len())
    }
}

fn key(x: &[f64]) -> Vec<u64> {
    x.iter().map(|x| x.to_bits()).collect()
}

impl<'a> Evaluator<'a> {
    /// For a problem, with what an earlier run has found already.
    #[must_use]
    pub fn new(
        problem: &'a Problem,
        earlier: Vec<Known>,
        save: Save<'a>,
        watch: Watch<'a>,
    ) -> Self {
        let known = earlier.into_iter().map(|known| (key(&known.x), known)).collect();
        Self {
            problem,
            known: RefCell::new(known),
            best: RefCell::new((f64::INFINITY, problem.start())),
            stage: Cell::new("start"),
            computed: Cell::new(0),
            failed: RefCell::new(None),
            save,
            watch,
        }
    }

    /// Begins a stage.
    pub fn begin(&self, stage: &'static str) {
        self.stage.set(stage);
    }

    /// Takes a place for the best until a better one is found.
    pub(super) fn start_at(&self, x: &[f64]) {
        let objective = self.known.borrow().get(&key(x)).map_or(HOPELESS, |known| known.objective);
        self.best.replace((objective, x.to_vec()));
    }

    /// Places asked for so far.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.computed.get()
    }

    /// The best place so far and the objective there.
    #[must_use]
    pub fn best(&self) -> (f64, Vec<f64>) {
        self.best.borrow().clone()
    }

    /// What was refused on the way, if anything.
    ///
    /// # Errors
    /// What [`Problem::evaluate`] refuses.
    pub fn check(&self) -> Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// The objective and the expected statistics; none where nothing can be said.
    #[must_use]
    pub fn at(&self, x: &[f64]) -> Option<Known> {
        let known = self.known_of(self.problem, x);
        if known.objective < self.best.borrow().0 {
            self.best.replace((known.objective, x.to_vec()));
        }
        self.tell();
        (known.objective < HOPELESS).then_some(known)
    }

    /// The objective of the same problem with other virtual patients; 1e9 where the model cannot be evaluated. Values are
    /// stored by parameters alone, so the same parameters must not be evaluated with two pools.
    #[must_use]
    pub(super) fn value_of(&self, problem: &Problem, x: &[f64]) -> f64 {
        let known = self.known_of(problem, x);
        self.tell();
        known.objective
    }

    fn known_of(&self, problem: &Problem, x: &[f64]) -> Known {
        let found = self.known.borrow().get(&key(x)).cloned();
        self.computed.set(self.computed.get() + 1);
        found.unwrap_or_else(|| {
            let known = self.compute(problem, x);
            (self.save)(&known);
            self.known.borrow_mut().insert(key(x), known.clone());
            known
        })
    }

    fn tell(&self) {
        let best = self.best.borrow();
        (self.watch)(self.stage.get(), self.computed.get(), best.0, &best.1);
    }

    fn compute(&self, problem: &Problem, x: &[f64]) -> Known {
        let hopeless = Known { x: x.to_vec(), objective: HOPELESS, expected: Vec::new() };
        match problem.evaluate(x) {
            Ok(Some(e)) => Known {
                objective: e.objective,
                expected: e.likelihood.expected.as_slice().to_vec(),
                ..hopeless
            },
            Ok(None) => hopeless,
            Err(error) => {
                self.failed.replace(Some(error));
                hopeless
            }
        }
    }

    /// The objective, 1e9 where nothing can be said.
    #[must_use]
    pub fn value(&self, x: &[f64]) -> f64 {
        self.at(x).map_or(HOPELESS, |known| known.objective)
    }

    /// Derivatives of the objective and the expected statistics by central differences.
    #[must_use]
    pub fn derivatives(&self, x: &[f64]) -> Option<(DVector<f64>, DMatrix<f64>)> {
        let mut gradient = DVector::zeros(x.len());
        let mut columns = Vec::with_capacity(x.len());
        for (i, estimated) in self.problem.estimated.iter().enumerate() {
            let step = STEP * estimated.sd;
            let mut moved = x.to_vec();
            moved[i] = x[i] + step;
            let above = self.at(&moved)?;
            moved[i] = x[i] - step;
            let below = self.at(&moved)?;
            gradient[i] = (above.objective - below.objective) / (2.0 * step);
            let difference = above.expected.iter().zip(&below.expected).map(|(a, b)| a - b);
            columns.push(DVector::from_iterator(
                above.expected.len(),
                difference.map(|d| d / (2.0 * step)),
            ));
        }
        Some((gradient, DMatrix::from_columns(&columns)))
    }
}
