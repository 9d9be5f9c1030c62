//! The predictions of the individuals of all populations at the rows of a subject.

use super::particles::Particles;
use super::subject::with_times;
use crate::records::{Row, Subject};
use crate::simulate::records::Predicted;
use rayon::prelude::*;
use std::ops::Range;

/// The predictions of all individuals, population by population, for subjects that differ in the values of their
/// observations at most.
#[derive(Debug)]
pub(super) struct Predictions {
    /// The rows of the subject and those of the times.
    pub rows: Vec<Row>,
    /// The times, h, each with the position of its row.
    pub times: Vec<(usize, f64)>,
    all: Vec<Predicted<f64>>,
    /// Where the individuals of each population begin, and the end.
    starts: Vec<usize>,
    /// How many of each population could be predicted, those left out that were drawn for a subject alone.
    predicted_first: Vec<usize>,
    /// The individuals in the order of their values at each of the times; those that failed stand last.
    orders: Vec<Vec<usize>>,
}

impl Predictions {
    /// The predictions of an output at the rows of `subject` and at these times, which rise.
    pub(super) fn new(
        populations: &[Particles],
        (subject, output): (&Subject, &str),
        times_h: &[f64],
    ) -> Self {
        let structure = populations.first().map(Particles::structure).cloned().unwrap_or_default();
        let (extended, places) = with_times(subject, &structure, times_h);
        let (mut all, mut starts) = (Vec::new(), vec![0]);
        for own in populations {
            all.extend(own.individuals().predict(&extended, Some(output)));
            starts.push(all.len());
        }
        let at = |place: usize| (place, extended.rows[place].time_h);
        let times: Vec<(usize, f64)> = places.into_iter().map(at).collect();
        let (rows, orders, predicted_first) = (extended.rows, Vec::new(), Vec::new());
        let mut own = Self { rows, times, all, starts, predicted_first, orders };
        let predicted = |population| own.of(population).filter(|i| own.is_whole(*i)).count();
        own.predicted_first = (0..populations.len()).map(predicted).collect();
        own.in_orders()
    }

    /// The same with the individuals of another round, population by population.
    pub(super) fn with(&self, round: &Self) -> Self {
        let (mut all, mut starts) = (Vec::new(), vec![0]);
        for population in 0..self.predicted_first.len() {
            all.extend_from_slice(&self.all[self.of(population)]);
            all.extend_from_slice(&round.all[round.of(population)]);
            starts.push(all.len());
        }
        let (rows, times) = (self.rows.clone(), self.times.clone());
        let (predicted_first, orders) = (self.predicted_first.clone(), Vec::new());
        Self { rows, times, all, starts, predicted_first, orders }.in_orders()
    }

    fn in_orders(mut self) -> Self {
        self.orders = self.times.par_iter().map(|(row, _)| self.order(*row)).collect();
        self
    }

    /// The individuals in the order of their values at a row.
    fn order(&self, row: usize) -> Vec<usize> {
        let values: Vec<f64> = (0..self.len()).map(|own| self.value(own, row)).collect();
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        order
    }

    /// Number of individuals.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The individuals of a population.
    pub(super) fn of(&self, population: usize) -> Range<usize> {
        self.starts[population]..self.starts[population + 1]
    }

    /// How many individuals of a population could be predicted, those left out that were drawn for a subject alone.
    pub(super) fn predicted_first(&self, population: usize) -> usize {
        self.predicted_first[population]
    }

    /// How many of all populations could be predicted, those left out that were drawn for a subject alone.
    pub(super) fn predicted(&self) -> usize {
        self.predicted_first.iter().sum()
    }

    /// Whether an individual was predicted at all rows.
    pub(super) fn is_whole(&self, individual: usize) -> bool {
        let own = &self.all[individual];
        own.failure.is_none() && own.values.len() == self.rows.len()
    }

    /// The value of an individual at a row; not a number where the individual failed.
    pub(super) fn value(&self, individual: usize, row: usize) -> f64 {
        self.all[individual].values.get(row).copied().unwrap_or(f64::NAN)
    }

    /// The individuals in the order of their values at time number `place`.
    pub(super) fn in_order(&self, place: usize) -> &[usize] {
        &self.orders[place]
    }

    /// The position of a time.
    pub(super) fn place_of(&self, time_h: f64) -> Option<usize> {
        self.times.iter().position(|(_, own)| own.to_bits() == time_h.to_bits())
    }
}
