//! Further individuals for a subject whose observations few individuals of the population explain.

use super::of_subject::Shared;
use super::pool::{Pool, Round};
use super::posterior::{Against, FURTHEST, Likelihoods, Observed, Posterior, UNCERTAIN};
use super::predictions::Predictions;
use super::proposal::{Known, Proposal};
use super::question::Question;
use crate::error::{Error, Result};
use crate::records::Subject;

/// Shape of the tail of the weights above which it is.
pub const HEAVY: f64 = 0.7;
/// Most rounds of further individuals.
const ROUNDS: usize = 2;

/// The individuals for a subject, their predictions where there are further ones, and what is known of them.
pub(super) struct Refined<'q> {
    pub pool: Pool<'q>,
    pub predictions: Option<Shared>,
    pub posterior: Posterior,
    /// Of all individuals of the pool.
    pub likelihoods: Likelihoods,
}

impl<'q> Question<'q> {
    /// The individuals for a subject: those of the populations and, while they are too few, as many more.
    pub(super) fn refined(
        &self,
        subject: &Subject,
        shared: &Shared,
        observed: &[Observed],
    ) -> Result<Refined<'q>> {
        let mut pool = Pool::of(self.populations);
        let mut own: Option<Shared> = None;
        loop {
            let known = own.as_ref().unwrap_or(shared);
            let predictions = &known.as_recorded;
            let likelihoods = Likelihoods::new(&pool, predictions, observed);
            let posterior = Posterior::new(&pool, predictions, &likelihoods);
            let proposals = || proposals(&pool, predictions, &likelihoods);
            let is_enough = !is_thin(&posterior) || pool.rounds() >= ROUNDS;
            let Some(proposals) = (if is_enough { None } else { proposals() }) else {
                return Ok(Refined { pool, predictions: own, posterior, likelihoods });
            };
            let round = Round::new(&pool, proposals)?;
            let drawn = self.shared(&round.particles, subject);
            pool.add(round);
            own = Some(known.with(&drawn, &pool));
        }
    }
}

impl Refined<'_> {
    /// Refuses observations that hardly any individual explains, or only one further from the typical individual than any is.
    pub(super) fn require(&self, subject: &Subject, predictions: &Predictions) -> Result<()> {
        let against = |second: String, remedy: &str| {
            Err(Error::Contradiction {
                first: format!("ID {}", subject.id),
                second: format!("the population: {second}"),
                remedy: remedy.to_owned(),
            })
        };
        let remedy = "look for a value in another unit or at a wrong time";
        match self.posterior.against() {
            Some(Against::Individuals { predicted, effective_size }) => {
                return against(
                    format!(
                        "of {predicted} individuals its observations leave an effective size of {effective_size:.1}"
                    ),
                    &format!("{remedy}, or take more individuals"),
                );
            }
            Some(Against::Error { size }) => {
                return against(
                    format!(
                        "its observations need a residual error {size:.1} standard deviations above that of the median individual"
                    ),
                    remedy,
                );
            }
            None => {}
        }
        if let Some((symbol, z)) = self.furthest(predictions).filter(|(_, z)| z.abs() > FURTHEST) {
            let side = if z > 0.0 { "above" } else { "below" };
            return against(
                format!(
                    "its observations need a {symbol} {:.1} standard deviations {side} that of the typical individual",
                    z.abs()
                ),
                remedy,
            );
        }
        Ok(())
    }

    /// The parameter whose posterior mean is furthest from that of the typical individual, and by how many standard deviations
    /// between individuals.
    fn furthest(&self, predictions: &Predictions) -> Option<(String, f64)> {
        let mut of_symbols: Vec<(String, f64)> = Vec::new();
        for population in 0..self.pool.populations() {
            let own = predictions.of(population).zip(self.pool.origins(population));
            let weights = own.map(|(i, origin)| (self.posterior.weights[i], origin));
            for (symbol, z) in self.pool.mean_distances(population, weights) {
                match of_symbols.iter_mut().find(|(known, _)| *known == symbol) {
                    Some((_, sum)) => *sum += z,
                    None => of_symbols.push((symbol, z)),
                }
            }
        }
        of_symbols.into_iter().max_by(|(_, a), (_, b)| a.abs().total_cmp(&b.abs()))
    }
}

fn is_thin(posterior: &Posterior) -> bool {
    posterior.effective_size < UNCERTAIN || posterior.pareto_k.is_some_and(|shape| shape > HEAVY)
}

/// For each population where to draw more; `None` where one has nothing to vary.
fn proposals(
    pool: &Pool<'_>,
    predictions: &Predictions,
    likelihoods: &Likelihoods,
) -> Option<Vec<Proposal>> {
    let of = |population: usize| {
        let own = predictions.of(population);
        let ratios = pool.log_ratios(population, predictions.predicted_first(population));
        let known = own.zip(pool.origins(population)).zip(ratios);
        let known: Vec<Known<'_>> = known
            .map(|((individual, origin), ratio)| (origin, likelihoods.of(individual), ratio))
            .filter(|(_, log, _)| log.is_finite())
            .collect();
        Proposal::new(&known, pool.sets(population), pool.rounds() + 1)
    };
    (0..pool.populations()).map(of).collect()
}
