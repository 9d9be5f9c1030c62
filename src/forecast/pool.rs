//! All individuals that stand for a subject: those of the populations, and those that were drawn for it alone.

use super::likelihood::ResidualError;
use super::particles::{Origin, Particles};
use super::proposal::{Proposal, log_density_of_population};
use crate::error::Result;
use crate::numeric::{exp, ln};

/// The individuals of each round, population by population; the first round is that of the populations themselves.
#[derive(Debug)]
pub(super) struct Pool<'p> {
    populations: &'p [Particles],
    rounds: Vec<Round>,
}

/// A further round, population by population.
#[derive(Debug)]
pub(super) struct Round {
    proposals: Vec<Proposal>,
    /// The individuals drawn from them.
    pub particles: Vec<Particles>,
}

impl Round {
    /// The next round of a pool.
    ///
    /// # Errors
    /// Values that contradict each other.
    pub(super) fn new(pool: &Pool<'_>, proposals: Vec<Proposal>) -> Result<Self> {
        let number = pool.rounds() + 1;
        let drawn = pool.populations.iter().zip(&proposals);
        let particles: Result<_> =
            drawn.map(|(own, proposal)| own.drawn_from(proposal, number)).collect();
        Ok(Self { particles: particles?, proposals })
    }
}

impl<'p> Pool<'p> {
    /// The populations alone.
    pub(super) fn of(populations: &'p [Particles]) -> Self {
        Self { populations, rounds: Vec::new() }
    }

    /// Number of populations.
    pub(super) fn populations(&self) -> usize {
        self.populations.len()
    }

    /// The individuals of a population, round by round.
    fn parts(&self, population: usize) -> impl Iterator<Item = &Particles> {
        let later = self.rounds.iter().map(move |round| &round.particles[population]);
        self.populations.get(population).into_iter().chain(later)
    }

    /// The individual of a population at this position over all rounds: its round and its position there.
    fn find(&self, population: usize, place: usize) -> Option<(&Particles, usize)> {
        let mut left = place;
        self.parts(population).find_map(|part| {
            let size = part.origins().len();
            if left < size {
                return Some((part, left));
            }
            left -= size;
            None
        })
    }

    /// The residual errors of an individual of a population, output by output.
    pub(super) fn errors(&self, population: usize, place: usize) -> &[ResidualError] {
        self.find(population, place).map_or(&[], |(part, place)| part.errors(place))
    }

    /// The residual errors of all parameter sets.
    pub(super) fn all_errors(&self) -> impl Iterator<Item = &ResidualError> {
        self.populations.iter().flat_map(Particles::all_errors)
    }

    /// What the individuals of a population were drawn as, round by round.
    pub(super) fn origins(&self, population: usize) -> impl Iterator<Item = &Origin> {
        self.parts(population).flat_map(Particles::origins)
    }

    /// For each individual of a population the logarithm of the population's density over that of all rounds together
    /// (B6), where `predicted` individuals of the first round could be predicted.
    pub(super) fn log_ratios(&self, population: usize, predicted: usize) -> Vec<f64> {
        let own = &self.populations[population];
        let alone = -ln(predicted.max(1) as f64);
        if self.rounds.is_empty() {
            return vec![alone; own.origins().len()];
        }
        // The individuals that cannot be predicted have no share in the population, however they are drawn.
        let drawn = own.drawn() as f64;
        let ratio = |origin: &Origin| {
            let first = log_density_of_population(origin, own.sets());
            let later = self.rounds.iter().map(|round| {
                let drawn = round.particles[population].drawn() as f64;
                ln(drawn) + round.proposals[population].log_density(origin) - first
            });
            let relative: f64 = later.map(exp).sum();
            alone + ln(drawn) - ln(drawn + relative)
        };
        self.origins(population).map(ratio).collect()
    }

    /// The parameters that differ between the individuals of every population, in the order of the first, with their units.
    pub(super) fn symbols(&self) -> Vec<(String, &'static str)> {
        let Some((first, others)) = self.populations.split_first() else { return Vec::new() };
        let is_common = |symbol: &&str| others.iter().all(|own| own.symbols().contains(symbol));
        let unit = |symbol: &str| first.individuals().predictor().unit_of(symbol);
        let common = first.symbols().into_iter().filter(is_common);
        common.filter_map(|symbol| Some((symbol.to_owned(), unit(symbol)?))).collect()
    }

    /// The values of a parameter in the individuals of a population, round by round.
    pub(super) fn values<'a>(
        &'a self,
        population: usize,
        symbol: &'a str,
    ) -> impl Iterator<Item = f64> + 'a {
        self.parts(population).flat_map(move |part| part.individuals().values(symbol))
    }

    /// Number of individuals of a population in the first round.
    pub(super) fn first(&self, population: usize) -> usize {
        self.populations[population].origins().len()
    }

    /// Number of parameter sets of a population.
    pub(super) fn sets(&self, population: usize) -> usize {
        self.populations[population].sets()
    }

    /// For each parameter the sum of its distances from the typical individual, in standard deviations between individuals, over
    /// weighted individuals of a population.
    pub(super) fn mean_distances<'o>(
        &self,
        population: usize,
        weighted: impl Iterator<Item = (f64, &'o Origin)>,
    ) -> Vec<(String, f64)> {
        let mut sum: Vec<f64> = Vec::new();
        for (weight, origin) in weighted {
            sum.resize(origin.normals.len(), 0.0);
            sum.iter_mut().zip(&origin.normals).for_each(|(sum, z)| *sum += weight * z);
        }
        self.populations[population].distances(&sum)
    }

    /// Adds a round.
    pub(super) fn add(&mut self, round: Round) {
        self.rounds.push(round);
    }

    /// How many individuals were drawn, including those that contradict their own parameters.
    pub(super) fn drawn(&self) -> usize {
        let all = (0..self.populations()).flat_map(|population| self.parts(population));
        all.map(Particles::drawn).sum()
    }

    /// Number of rounds after the first.
    pub(super) fn rounds(&self) -> usize {
        self.rounds.len()
    }
}
