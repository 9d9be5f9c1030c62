//! The individuals of a population that stand for a subject until its records weight them.

use super::likelihood::ResidualError;
use super::proposal::Proposal;
use crate::error::Result;
use crate::numeric::{ln, log_sum_exp};
use crate::population::{Densities, Generator, PatientDraws};
use crate::records::Structure;
use crate::simulate::records::{Individuals, Predictor};
use nalgebra::DVector;
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// Parameter sets at most that individuals are seen as those of.
const MOST_SETS: usize = 25;

/// Individuals of one model, from one parameter set or several, each with the residual errors of its set.
#[derive(Debug)]
pub struct Particles {
    /// What the model is called in results: the name of a variant.
    pub name: String,
    individuals: Individuals,
    sets: Vec<Arc<Set>>,
    origins: Vec<Origin>,
    /// How many were drawn, including those that contradict their own parameters.
    drawn: usize,
    /// The individuals as those of single sets, once they have been asked for.
    as_of_sets: OnceLock<Vec<AsOfSet>>,
}

/// All individuals as those of one parameter set.
#[derive(Debug)]
pub(super) struct AsOfSet {
    /// Position of the set.
    pub set: usize,
    /// For each individual the logarithm of its density in the set over that in all sets together.
    pub log_ratios: Vec<f64>,
}

/// The population of one parameter set.
#[derive(Debug)]
struct Set {
    generator: Generator,
    /// For each output its residual error; empty if unknown.
    errors: Vec<ResidualError>,
}

/// What an individual was drawn as.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    /// Position of its parameter set.
    pub set: usize,
    /// Its independent standard normal numbers, one for each parameter that is spread.
    pub normals: DVector<f64>,
}

impl Particles {
    /// None yet. `tolerance` is the relative error of an integration step.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub fn none(name: &str, predictor: &Predictor<f64>, tolerance: f64) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            individuals: Individuals::none(predictor, tolerance, false)?,
            sets: Vec::new(),
            origins: Vec::new(),
            drawn: 0,
            as_of_sets: OnceLock::new(),
        })
    }

    /// Adds the individuals of these numbers in the generator, whose outputs have these residual errors.
    pub fn add(
        &mut self,
        generator: Generator,
        numbers: impl IntoIterator<Item = usize>,
        errors: Vec<ResidualError>,
    ) {
        let draws: Vec<PatientDraws> =
            numbers.into_iter().map(|number| generator.draws(number)).collect();
        self.sets.push(Arc::new(Set { generator, errors }));
        self.add_to(self.sets.len() - 1, &draws);
    }

    fn add_to(&mut self, set: usize, draws: &[PatientDraws]) {
        let Some(generator) = self.sets.get(set).map(|own| &own.generator) else { return };
        let kept = self.individuals.add(generator, draws);
        let origin = |place: usize| {
            let normals = DVector::from_column_slice(draws[place].normals());
            Origin { set, normals }
        };
        self.origins.extend(kept.into_iter().map(origin));
        self.drawn += draws.len();
    }

    /// As many individuals of the same sets as these are, drawn from a proposal in round number `round`, which counts from 1.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub(super) fn drawn_from(&self, proposal: &Proposal, round: usize) -> Result<Self> {
        let predictor = self.individuals.predictor();
        let mut own = Self::none(&self.name, predictor, predictor.tolerance())?;
        own.sets.clone_from(&self.sets);
        let mut of_sets: Vec<Vec<PatientDraws>> = vec![Vec::new(); self.sets.len()];
        let streams = self.sets.first().map(|set| set.generator.streams("refined individuals"));
        let Some(streams) = streams else { return Ok(own) };
        for number in 0..self.drawn {
            let share = (number as f64 + 0.5) / self.drawn as f64;
            let number = round * self.drawn + number;
            let (set, normals) = proposal.draw((share, number), &streams);
            let others = self.sets[set].generator.draws(number);
            of_sets[set].push(others.with_normals(normals));
        }
        for (set, draws) in of_sets.iter().enumerate() {
            own.add_to(set, draws);
        }
        Ok(own)
    }

    /// The individuals, those left out that contradict their own parameters.
    #[must_use]
    pub fn individuals(&self) -> &Individuals {
        &self.individuals
    }

    /// Names and numbers by which records refer to the model.
    #[must_use]
    pub fn structure(&self) -> &Structure {
        self.individuals.predictor().structure()
    }

    /// Number of parameter sets.
    pub(super) fn sets(&self) -> usize {
        self.sets.len()
    }

    /// The individuals as those of some of the sets, evenly spaced among all; none where there is one set, or where sets differ in
    /// more than the parameters that are spread.
    pub(super) fn as_of_sets(&self) -> &[AsOfSet] {
        self.as_of_sets.get_or_init(|| {
            let generators: Vec<&Generator> = self.sets.iter().map(|own| &own.generator).collect();
            let prepared = if generators.len() < 2 { None } else { Densities::new(&generators) };
            let Some(prepared) = prepared else { return Vec::new() };
            let count = generators.len().min(MOST_SETS);
            let chosen: Vec<usize> =
                (0..count).map(|i| (2 * i + 1) * generators.len() / (2 * count)).collect();
            let of_individual = |origin: &Origin| -> Vec<f64> {
                let densities = prepared.of(origin.set, origin.normals.as_slice());
                let all = log_sum_exp(densities.iter().copied()) - ln(generators.len() as f64);
                chosen.iter().map(|set| densities[*set] - all).collect()
            };
            let ratios: Vec<Vec<f64>> = self.origins.par_iter().map(of_individual).collect();
            let of_set = |(place, set): (usize, &usize)| AsOfSet {
                set: *set,
                log_ratios: ratios.iter().map(|own| own[place]).collect(),
            };
            chosen.iter().enumerate().map(of_set).collect()
        })
    }

    /// The residual errors of a set, output by output.
    pub(super) fn errors_of_set(&self, set: usize) -> &[ResidualError] {
        self.sets.get(set).map_or(&[], |set| set.errors.as_slice())
    }

    /// The parameters that differ between the individuals of some set, covariates apart.
    pub(super) fn symbols(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for symbol in self.sets.iter().flat_map(|set| set.generator.symbols()) {
            if !all.contains(&symbol.as_str()) {
                all.push(symbol);
            }
        }
        all
    }

    /// How many were drawn, including those that contradict their own parameters.
    pub(super) fn drawn(&self) -> usize {
        self.drawn
    }

    /// What the individuals were drawn as.
    pub(super) fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// The parameters with their distances from the typical individual, in standard deviations between individuals, of one with
    /// these independent standard normal numbers.
    pub(super) fn distances(&self, normals: &[f64]) -> Vec<(String, f64)> {
        let Some(Set { generator, .. }) = self.sets.first().map(Arc::as_ref) else {
            return Vec::new();
        };
        generator.symbols().iter().cloned().zip(generator.correlated(normals)).collect()
    }

    /// The residual errors of individual number `place`, output by output.
    pub(super) fn errors(&self, place: usize) -> &[ResidualError] {
        let set = self.origins.get(place).and_then(|origin| self.sets.get(origin.set));
        set.map_or(&[], |set| set.errors.as_slice())
    }

    /// Whether the residual error of an output is known.
    pub(super) fn has_error_of(&self, output: usize) -> bool {
        self.sets.iter().all(|set| set.errors.get(output).is_some_and(|error| !error.is_empty()))
    }

    /// The residual errors of all parameter sets.
    pub(super) fn all_errors(&self) -> impl Iterator<Item = &ResidualError> {
        self.sets.iter().flat_map(|set| &set.errors)
    }
}
