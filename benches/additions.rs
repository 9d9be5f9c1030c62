//! Which additions to the model of what happened predict numbers that they were not calibrated on: each group of
//! numbers is left out in turn, and scored by its log predictive density.
//!
//! ```text
//! score = Σ over groups of ln ∫ p(numbers left out | the others, θ) p(θ | the others) dθ
//! ```
//!
//! ```text
//! cargo bench --bench additions                                  each addition alone, variant B
//! cargo bench --bench additions -- drug_difference,size_omega    these together
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use nalgebra::{DMatrix, DVector};
use std::time::Instant;
use thrombopoiesis::calibrate::{Estimated, Evaluator, Found, Plan, Problem, Search, search};
use thrombopoiesis::error::Result;
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::{Mixture, Proposal, Streams};
use thrombopoiesis::trial::{Published, PublishedFile, Role};
use thrombopoiesis::window::{People, Question, Treatment};

const VARIANT: Variant = Variant::B;
const SEED: u64 = 1;
/// Candidates behind every expectation.
const CANDIDATES: usize = 4096;
const SEARCH: Search =
    Search { screened: 12, starts: 1, simplex_iterations: 40, newton_steps: 12, tolerance: 0.05 };
/// Draws around the optimum, and in each later round around each of the posteriors: of all numbers, and without each
/// group. Without a group the posterior is wider than the curvature says.
const FIRST: usize = 400;
const ROUNDS: usize = 3;
const LATER: usize = 60;
const WIDER: f64 = 2.0;
/// The covariance of a later round counts that of the curvature as so many draws for each parameter.
const PRIOR_DRAWS: f64 = 2.0;
/// Parameter sets, and patients in each, behind the standard deviation of the decision number.
const SETS: usize = 60;
const SUBJECTS: usize = 1000;

/// A group of numbers that is left out: its name, and which numbers it holds.
type Group = (&'static str, fn(&Published) -> bool);

const GROUPS: [Group; 4] = [
    ("L-PLUS 1", |p| p.trials == ["l_plus_1"]),
    ("L-PLUS 2, shares", |p| p.trials == ["l_plus_2"] && p.form.unit() == "1"),
    ("pooled rises", |p| p.trials.len() == 2),
    ("L-PLUS 2, maxima and days", |p| p.trials == ["l_plus_2"] && p.form.unit() != "1"),
];

/// Additions that are tried one at a time.
const ADDITIONS: [&[&str]; 8] = [
    &[],
    &["drug_difference"],
    &["no_procedure_l_plus_2", "rescue_beside_no_procedure"],
    &["size_omega"],
    &["corr_kc_plt0"],
    &["tmk_wide"],
    &["tp_wide"],
    &["tmk_wide", "tp_wide"],
];

/// What is known of one set of additions.
struct Scored {
    /// Log predictive density of each group, and its Monte Carlo error.
    groups: Vec<(f64, f64)>,
    /// Smallest effective number of draws.
    effective: f64,
    objective: f64,
    effective_parameters: f64,
    decision: (f64, f64),
}

/// A draw, with the logarithm of its prior and its -2 ln L of all numbers and of all but each group.
struct Drawn {
    place: DVector<f64>,
    log_prior: f64,
    deviances: Vec<f64>,
}

/// All draws, and the mixture that they come from.
struct Sample {
    draws: Vec<Drawn>,
    mixture: Mixture,
}

impl Sample {
    fn draw(
        &mut self,
        problem: &Problem,
        proposal: Proposal,
        count: usize,
        kept: &[Vec<usize>],
    ) -> Result<()> {
        let streams = Streams::new(SEED, "additions");
        for _ in 0..count {
            let place = proposal.draw(&streams, self.draws.len());
            self.draws.push(Drawn {
                log_prior: -0.5 * problem.prior(place.as_slice()),
                deviances: problem.deviances(place.as_slice(), kept)?,
                place,
            });
        }
        self.mixture.add(proposal, count);
        Ok(())
    }

    /// Weights of the draws under the posterior number `which`.
    fn weights(&self, which: usize) -> Vec<f64> {
        let log = |draw: &Drawn| {
            draw.log_prior - 0.5 * draw.deviances[which] - self.mixture.log_density(&draw.place)
        };
        normalised(&self.draws.iter().map(log).collect::<Vec<f64>>())
    }

    /// A proposal around the posterior number `which`.
    fn proposal(&self, which: usize, curvature: &DMatrix<f64>) -> Option<Proposal> {
        let weights = self.weights(which);
        let n = curvature.nrows();
        let weighted = || self.draws.iter().map(|draw| &draw.place).zip(&weights);
        let mean = weighted().fold(DVector::zeros(n), |sum, (x, w)| sum + x * *w);
        let covariance = weighted().fold(DMatrix::zeros(n, n), |sum, (x, w)| {
            let away = x - &mean;
            sum + &away * away.transpose() * *w
        });
        let (own, prior) = (effective(&weights), PRIOR_DRAWS * n as f64);
        Proposal::new(mean, (covariance * own + curvature * (WIDER * prior)) / (own + prior))
    }
}

fn sampled(problem: &Problem, found: &Found, covariance: &DMatrix<f64>) -> Result<Option<Sample>> {
    let all: Vec<usize> = (0..problem.published.len()).collect();
    let without = GROUPS.map(|(_, is_in)| {
        all.iter().copied().filter(|j| !is_in(&problem.published[*j])).collect::<Vec<usize>>()
    });
    let kept: Vec<Vec<usize>> = std::iter::once(all.clone()).chain(without).collect();
    let mut sample = Sample { draws: Vec::new(), mixture: Mixture::default() };
    let centre = DVector::from_column_slice(&found.x);
    let Some(first) = Proposal::new(centre, covariance * WIDER) else { return Ok(None) };
    sample.draw(problem, first, FIRST, &kept)?;
    for _ in 1..ROUNDS {
        let proposals: Vec<_> =
            (0..kept.len()).filter_map(|which| sample.proposal(which, covariance)).collect();
        for proposal in proposals {
            sample.draw(problem, proposal, LATER, &kept)?;
        }
    }
    Ok(Some(sample))
}

/// Weights that sum to 1.
fn normalised(logs: &[f64]) -> Vec<f64> {
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = logs.iter().map(|log| (log - largest).exp()).collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|weight| weight / sum).collect()
}

fn effective(weights: &[f64]) -> f64 {
    1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>()
}

/// Mean and SD over the posterior of the probability on the best day.
fn decision(problem: &Problem, places: &[&Drawn]) -> Result<(f64, f64)> {
    let mut values = Vec::with_capacity(places.len());
    for drawn in places {
        let patients = problem.patients_at(drawn.place.as_slice(), "posterior")?;
        let question =
            Question { variant: VARIANT, subjects: SUBJECTS, ..Question::new(&patients) };
        let outlook = People::new(question)?.under(&Treatment::approved())?.outlook(&question);
        values.push(outlook.days.iter().map(|day| day.at_threshold).fold(0.0, f64::max));
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    Ok((mean, (squares / (values.len() - 1) as f64).sqrt()))
}

/// `SETS` draws, each as often as its weight says.
fn resampled<'a>(drawn: &'a [Drawn], weights: &[f64]) -> Vec<&'a Drawn> {
    let (mut sum, mut next) = (0.0, 0.5 / SETS as f64);
    let mut chosen = Vec::with_capacity(SETS);
    for (draw, weight) in drawn.iter().zip(weights) {
        sum += weight;
        while next < sum {
            chosen.push(draw);
            next += 1.0 / SETS as f64;
        }
    }
    chosen
}

fn scored(plan: &Plan, additions: &[&str], published: &[Published]) -> Result<Option<Scored>> {
    let more: Vec<String> = additions.iter().map(|name| (*name).to_owned()).collect();
    let problem = Problem::new(plan, VARIANT, &more, published, (SEED, CANDIDATES))?;
    let evaluator = Evaluator::new(&problem, Vec::new(), &|_| {}, &|_, _, _, _| {});
    let Some(found) = search(&evaluator, &SEARCH)? else { return Ok(None) };
    let Some(factor) = found.local.curvature.clone().cholesky() else { return Ok(None) };
    let covariance = 2.0 * factor.inverse();
    let Some(sample) = sampled(&problem, &found, &covariance)? else { return Ok(None) };
    let drawn = &sample.draws;
    let mut smallest = f64::INFINITY;
    let mut groups = Vec::new();
    for (group, (_, is_in)) in GROUPS.iter().enumerate() {
        let weights = sample.weights(group + 1);
        smallest = smallest.min(effective(&weights));
        let count = problem.published.iter().filter(|number| is_in(number)).count();
        let constant = -0.5 * count as f64 * (2.0 * std::f64::consts::PI).ln();
        let log = |draw: &Drawn| -0.5 * (draw.deviances[0] - draw.deviances[group + 1]);
        let logs: Vec<f64> = drawn.iter().map(log).collect();
        let largest =
            logs.iter().copied().filter(|l| l.is_finite()).fold(f64::NEG_INFINITY, f64::max);
        let density = |log: &f64| if log.is_finite() { (log - largest).exp() } else { 0.0 };
        let densities: Vec<f64> = logs.iter().map(density).collect();
        let mean = densities.iter().zip(&weights).map(|(d, w)| d * w).sum::<f64>();
        let squares = densities.iter().zip(&weights).map(|(d, w)| (w * (d - mean)).powi(2));
        groups.push((constant + largest + mean.ln(), squares.sum::<f64>().sqrt() / mean));
    }
    let weights = sample.weights(0);
    let own = problem.estimated.iter().enumerate();
    let prior: f64 = own.map(|(i, own)| covariance[(i, i)] / (own.sd * own.sd)).sum();
    Ok(Some(Scored {
        groups,
        effective: smallest.min(effective(&weights)),
        objective: found.evaluation.objective,
        effective_parameters: problem.estimated.len() as f64 - prior,
        decision: decision(&problem, &resampled(drawn, &weights))?,
    }))
}

/// The shipped plan, with those additions on request that it estimates by default.
fn plan() -> Result<Plan> {
    let mut plan = Plan::shipped()?;
    let is_addition = |own: &Estimated| ADDITIONS.concat().contains(&own.name.as_str());
    let (additions, estimated) = plan.estimated.into_iter().partition(is_addition);
    plan.estimated = estimated;
    plan.on_request.extend::<Vec<Estimated>>(additions);
    Ok(plan)
}

fn main() -> Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let asked: Vec<Vec<&str>> = asked.iter().map(|names| names.split(',').collect()).collect();
    let sets: Vec<&[&str]> = if asked.is_empty() {
        ADDITIONS.to_vec()
    } else {
        asked.iter().map(Vec::as_slice).collect()
    };
    let plan = plan()?;
    let files = PublishedFile::shipped()?;
    let published: Vec<Published> = files.into_iter().flat_map(|file| file.numbers).collect();
    let published: Vec<Published> =
        published.into_iter().filter(|number| number.role == Role::Calibrate).collect();
    println!(
        "| additions | score | {} | objective | effective parameters | P(>= 50) on the best day (SD) | s |",
        GROUPS.map(|g| g.0).join(" | ")
    );
    println!("|---|---|{}---|---|---|---|---|", "---|".repeat(GROUPS.len()));
    for additions in sets {
        let begun = Instant::now();
        let name = if additions.is_empty() { "none".to_owned() } else { additions.join(", ") };
        let Some(scored) = scored(&plan, additions, &published)? else {
            println!("| {name} | no result |");
            continue;
        };
        let sum: f64 = scored.groups.iter().map(|(score, _)| score).sum();
        let error = scored.groups.iter().map(|(_, error)| error * error).sum::<f64>().sqrt();
        let own = scored.groups.iter().map(|(score, error)| format!("{score:.2} ({error:.2})"));
        println!(
            "| {name} | {sum:.2} ({error:.2}) | {} | {:.0} | {:.2} | {:.1} | {:.3} ({:.3}) | {:.0} |",
            own.collect::<Vec<_>>().join(" | "),
            scored.effective,
            scored.objective,
            scored.effective_parameters,
            scored.decision.0,
            scored.decision.1,
            begun.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
