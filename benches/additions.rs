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

use std::time::Instant;
use thrombopoiesis::calibrate::{
    Evaluator, Found, Plan, Posterior, Problem, Sampling, Search, posterior, search, search_from,
};
use thrombopoiesis::error::Result;
use thrombopoiesis::model::Variant;
use thrombopoiesis::trial::{Published, PublishedFile, Role};
use thrombopoiesis::window::{People, Question, Treatment};

const VARIANT: Variant = Variant::B;
const SEED: u64 = 1;
/// Candidates behind every expectation.
const CANDIDATES: usize = 4096;
const SEARCH: Search =
    Search { screened: 12, starts: 1, simplex_iterations: 40, newton_steps: 12, tolerance: 0.05 };
/// From the optimum of the calibration to all numbers.
const NEAR: Search =
    Search { screened: 0, starts: 1, simplex_iterations: 0, newton_steps: 6, tolerance: 0.1 };
const SAMPLING: Sampling = Sampling { effective: 150.0, most: 800 };
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
    &["no_procedure_l_plus_2"],
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
    objective: f64,
    effective_parameters: f64,
    decision: (f64, f64),
}

/// Calibrates to all numbers.
fn whole(
    plan: &Plan,
    more: &[String],
    published: &[Published],
) -> Result<Option<(Problem, Found, Posterior)>> {
    let problem = Problem::new(plan, VARIANT, more, published, (SEED, CANDIDATES))?;
    let evaluator = Evaluator::new(&problem, Vec::new(), &|_| {}, &|_, _, _, _| {});
    let Some(found) = search(&evaluator, &SEARCH)? else { return Ok(None) };
    let Some(sample) = posterior(&evaluator, &found, &SAMPLING) else { return Ok(None) };
    drop(evaluator);
    Ok(Some((problem, found, sample)))
}

/// The log predictive density of a group that is left out, with its Monte Carlo error.
fn left_out(
    plan: &Plan,
    more: &[String],
    (published, start): (&[Published], &[f64]),
    group: &Group,
) -> Result<(f64, f64)> {
    let kept: Vec<Published> = published.iter().filter(|p| !(group.1)(p)).cloned().collect();
    let problem = Problem::new(plan, VARIANT, more, &kept, (SEED, CANDIDATES))?;
    let all = Problem::new(plan, VARIANT, more, published, (SEED, CANDIDATES))?;
    let evaluator = Evaluator::new(&problem, Vec::new(), &|_| {}, &|_, _, _, _| {});
    let nothing = (f64::NAN, f64::NAN);
    let Some(found) = search_from(&evaluator, &NEAR, vec![start.to_vec()], Vec::new())? else {
        return Ok(nothing);
    };
    let Some(sample) = posterior(&evaluator, &found, &SAMPLING) else { return Ok(nothing) };
    let count = all.published.len() - problem.published.len();
    let constant = -0.5 * count as f64 * (2.0 * std::f64::consts::PI).ln();
    let (mut logs, mut weights) = (Vec::new(), Vec::new());
    for (place, weight) in sample.places.iter().zip(&sample.weights) {
        // Draws of no weight need no evaluation.
        if *weight < 1e-5 {
            continue;
        }
        let (Some(with), Some(without)) = (all.evaluate(place)?, problem.evaluate(place)?) else {
            continue;
        };
        logs.push(constant - 0.5 * (with.likelihood.deviance - without.likelihood.deviance));
        weights.push(*weight);
    }
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = weights.iter().sum();
    let densities: Vec<f64> = logs.iter().map(|log| (log - largest).exp()).collect();
    let mean = densities.iter().zip(&weights).map(|(d, w)| d * w).sum::<f64>() / total;
    let squares =
        densities.iter().zip(&weights).map(|(d, w)| (w * (d - mean)).powi(2)).sum::<f64>();
    Ok((largest + mean.ln(), squares.sqrt() / total / mean))
}

/// Mean and SD over the posterior of the probability on the best day.
fn decision(problem: &Problem, sample: &Posterior) -> Result<(f64, f64)> {
    let mut values = Vec::with_capacity(SETS);
    for place in sample.resampled(SETS) {
        let patients = problem.patients_at(&place, "posterior")?;
        let question =
            Question { variant: VARIANT, subjects: SUBJECTS, ..Question::new(&patients) };
        let people = People::new(question)?;
        let outlook = people.under(&Treatment::approved())?.outlook(&question);
        let best = outlook.days.iter().map(|day| day.at_threshold).fold(0.0, f64::max);
        values.push(best);
    }
    let mean = values.iter().sum::<f64>() / SETS as f64;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    Ok((mean, (squares / (SETS - 1) as f64).sqrt()))
}

fn scored(plan: &Plan, additions: &[&str], published: &[Published]) -> Result<Option<Scored>> {
    let more: Vec<String> = additions.iter().map(|name| (*name).to_owned()).collect();
    let Some((problem, found, sample)) = whole(plan, &more, published)? else { return Ok(None) };
    let groups = GROUPS
        .iter()
        .map(|group| left_out(plan, &more, (published, &found.x), group))
        .collect::<Result<_>>()?;
    let Some(factor) = found.local.curvature.clone().cholesky() else { return Ok(None) };
    let covariance = 2.0 * factor.inverse();
    let shares = problem.estimated.iter().enumerate();
    let prior: f64 = shares.map(|(i, own)| covariance[(i, i)] / (own.sd * own.sd)).sum();
    Ok(Some(Scored {
        groups,
        objective: found.evaluation.objective,
        effective_parameters: problem.estimated.len() as f64 - prior,
        decision: decision(&problem, &sample)?,
    }))
}

fn main() -> Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let asked: Vec<Vec<&str>> = asked.iter().map(|names| names.split(',').collect()).collect();
    let sets: Vec<&[&str]> = if asked.is_empty() {
        ADDITIONS.to_vec()
    } else {
        asked.iter().map(Vec::as_slice).collect()
    };
    let plan = Plan::shipped()?;
    let files = PublishedFile::shipped()?;
    let published: Vec<Published> = files.into_iter().flat_map(|file| file.numbers).collect();
    let published: Vec<Published> =
        published.into_iter().filter(|number| number.role == Role::Calibrate).collect();
    println!(
        "| additions | score | {} | objective | effective parameters | P(>= 50) on the best day (SD) | s |",
        GROUPS.map(|g| g.0).join(" | ")
    );
    println!("|---|---|{}---|---|---|---|", "---|".repeat(GROUPS.len()));
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
            "| {name} | {sum:.2} ({error:.2}) | {} | {:.2} | {:.1} | {:.3} ({:.3}) | {:.0} |",
            own.collect::<Vec<_>>().join(" | "),
            scored.objective,
            scored.effective_parameters,
            scored.decision.0,
            scored.decision.1,
            begun.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
