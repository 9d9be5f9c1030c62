//! How often the intervals that a calibration states hold the truth: simulated trials publish their
//! summaries, and the parameters behind them are calibrated from these alone.
//!
//! ```text
//! cargo bench --bench coverage -- 118 > docs/calibration_coverage.md
//! ```
//!
//! What was done is kept in the build folder after every repeat: a run that was cut off goes on, with
//! the same result. A run ends after 45 minutes with as many repeats as there were.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thrombopoiesis::calibrate::{Evaluator, Plan, Problem, Search, search, verdict};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::{Streams, VirtualPatients};
use thrombopoiesis::statistics::{Level, Proportion, normal_cdf, quantile};
use thrombopoiesis::trial::{Design, Form, Published, PublishedFile, Role};

const VARIANT: Variant = Variant::B;
/// Candidates behind every expectation: fewer than a calibration takes, to have more repeats.
const CANDIDATES: usize = 2000;
const SEARCH: Search =
    Search { screened: 12, starts: 1, simplex_iterations: 30, newton_steps: 20, tolerance: 0.05 };
/// Longest time of a run.
const LONGEST: Duration = Duration::from_mins(45);
/// The intervals looked at, and half their widths in standard errors.
const LEVELS: [(&str, f64); 3] = [("50 %", 0.674_490), ("80 %", 1.281_552), ("95 %", 1.959_964)];
/// A parameter whose prior has less than this share of what is known of it is identified.
const IDENTIFIED: f64 = 0.5;

/// What one repeat found of each parameter, on its scale.
#[derive(Debug, Clone, Copy)]
struct Recovered {
    truth: f64,
    estimate: f64,
    error: f64,
    prior_share: f64,
}

/// Where a search came to.
#[derive(Debug, Clone)]
struct Searched {
    converged: bool,
    /// What −2 log likelihood is still expected to fall by.
    decrease: f64,
    recovered: Vec<Recovered>,
}

/// One repeat; none where a trial could not form one of the numbers, or the search failed.
type Repeat = Option<Searched>;

fn main() -> Result<()> {
    let repeats = std::env::args().find_map(|n| n.parse().ok()).unwrap_or(3);
    let plan = Plan::shipped()?;
    let files = PublishedFile::shipped()?;
    let published: Vec<Published> = files.into_iter().flat_map(|file| file.numbers).collect();
    let names: Vec<String> =
        plan.of_variant(VARIANT, &[])?.into_iter().map(|estimated| estimated.name).collect();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coverage.checkpoint");
    let heading = format!("coverage {VARIANT} {CANDIDATES} {SEARCH:?} {}", plan.sha256);
    let mut done = read(&path, &heading);
    let start = Instant::now();
    let mut file = Keeper::begin(&path, &heading, &done)?;
    while done.len() < repeats {
        let began = Instant::now();
        let found = repeat(&plan, &published, done.len())?;
        file.keep(&found)?;
        done.push(found);
        eprintln!("repeat {}: {:.1} s", done.len(), began.elapsed().as_secs_f64());
        if start.elapsed() + began.elapsed() > LONGEST {
            eprintln!("45 minutes are over: run again to go on");
            break;
        }
    }
    done.truncate(repeats);
    println!("{}", report(&names, &done));
    Ok(())
}

/// A truth drawn from the prior, the trials that it makes, what they publish, and what is found again.
fn repeat(plan: &Plan, published: &[Published], number: usize) -> Result<Repeat> {
    let seed = 1 + number as u64;
    let of =
        |published: &[Published]| Problem::new(plan, VARIANT, &[], published, (seed, CANDIDATES));
    let known = of(published)?;
    let mut stream = Streams::new(seed, "truth").subject(0);
    let truth: Vec<f64> =
        known.estimated.iter().map(|e| e.prior_place() + e.sd * stream.normal()).collect();
    let Some(told) = summaries(&known, &truth, seed + 1_000_000)? else { return Ok(None) };
    let problem = of(&told)?;
    let evaluator = Evaluator::new(&problem, Vec::new(), &|_| {}, &|_, _, _, _| {});
    let Some(found) = search(&evaluator, &SEARCH)? else { return Ok(None) };
    let Some(factor) = found.local.curvature.clone().cholesky() else { return Ok(None) };
    let covariance = 2.0 * factor.inverse();
    let one = |(i, estimated): (usize, &thrombopoiesis::calibrate::Estimated)| Recovered {
        truth: truth[i],
        estimate: found.x[i],
        error: covariance[(i, i)].sqrt(),
        prior_share: covariance[(i, i)] / (estimated.sd * estimated.sd),
    };
    Ok(Some(Searched {
        converged: found.converged,
        decrease: found.local.expected_decrease(),
        recovered: problem.estimated.iter().enumerate().map(one).collect(),
    }))
}

/// What one simulated trial of each kind publishes in place of the real ones, printed as they were.
fn summaries(problem: &Problem, truth: &[f64], seed: u64) -> Result<Option<Vec<Published>>> {
    let set = |_: usize, design: &Design| -> Result<(Design, VirtualPatients)> {
        Ok((problem.with_practice(design, truth), problem.patients_at(truth, "")?))
    };
    let all = verdict((VARIANT, seed), &set, &problem.published, 1, &|_| {})?;
    let told = |against: &thrombopoiesis::trial::Against| {
        let mut number = against.published.clone();
        let value = *against.prediction.values.first()?;
        let digit = 2.0 * number.rounding;
        number.value = if digit > 0.0 { (value / digit).round() * digit } else { value };
        number.n = whole(against.prediction.n);
        number.role = Role::Calibrate;
        let formed = match number.form {
            Form::Proportion(_) => number.n? > 0,
            // A standard deviation needs two patients, and a quantile's density more.
            _ => number.n? >= 5,
        };
        formed.then_some(number)
    };
    Ok(all.iter().map(told).collect())
}

/// A mean over one trial is the number itself.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of patients")]
fn whole(n: f64) -> Option<usize> {
    (n.is_finite() && n >= 0.0).then_some(n as usize)
}

/// The file that repeats are kept in.
struct Keeper(std::fs::File, PathBuf);

impl Keeper {
    fn begin(path: &Path, heading: &str, done: &[Repeat]) -> Result<Self> {
        let file = std::fs::File::create(path).map_err(Error::io(path, "created"))?;
        let mut keeper = Self(file, path.to_owned());
        keeper.write(heading)?;
        done.iter().try_for_each(|repeat| keeper.keep(repeat))?;
        Ok(keeper)
    }

    fn keep(&mut self, repeat: &Repeat) -> Result<()> {
        let words: Vec<String> = match repeat {
            None => vec!["none".to_owned()],
            Some(Searched { converged, decrease, recovered }) => {
                let of = |r: &Recovered| [r.truth, r.estimate, r.error, r.prior_share];
                let numbers = std::iter::once(*decrease).chain(recovered.iter().flat_map(of));
                [converged.to_string()].into_iter().chain(numbers.map(|n| n.to_string())).collect()
            }
        };
        self.write(&(words.join(" ") + " end"))
    }

    fn write(&mut self, line: &str) -> Result<()> {
        writeln!(self.0, "{line}").map_err(Error::io(&self.1, "written"))
    }
}

/// What an earlier run of the same kind kept; a line that was cut off is left out.
fn read(path: &Path, heading: &str) -> Vec<Repeat> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines();
    if lines.next() != Some(heading) {
        return Vec::new();
    }
    lines.map_while(|line| line.strip_suffix(" end")).map_while(read_repeat).collect()
}

fn read_repeat(line: &str) -> Option<Repeat> {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    if first == "none" {
        return Some(None);
    }
    let numbers: Vec<f64> = rest.split(' ').filter_map(|word| word.parse().ok()).collect();
    let (&decrease, numbers) = numbers.split_first()?;
    let one = |n: &[f64]| Recovered { truth: n[0], estimate: n[1], error: n[2], prior_share: n[3] };
    let recovered = numbers.chunks_exact(4).map(one).collect();
    Some(Some(Searched { converged: first.parse().ok()?, decrease, recovered }))
}

fn report(names: &[String], done: &[Repeat]) -> String {
    let told: Vec<&Searched> = done.iter().flatten().collect();
    let converged = told.iter().filter(|searched| searched.converged).count();
    let left: Vec<f64> = told.iter().map(|searched| searched.decrease).collect();
    let left_at = |share| quantile(&left, share).unwrap_or(f64::NAN);
    let mut text = format!(
        "# Coverage of a calibration's intervals\n\nPrinted by `cargo bench --bench coverage -- {}`.\n\n\
         Variant {VARIANT}. A truth is drawn from the prior, the trials behind the calibrated numbers are \
         simulated with it, publish what the real ones published, and the parameters are calibrated from \
         that with {CANDIDATES} candidates. Intervals are the estimate and its standard error by curvature, \
         as `thrombo calibrate` prints them. Truths come from the prior because intervals that use a prior \
         hold the truth with their stated probability on average over it; at one fixed truth they need \
         not.\n\n{} repeats, of which {} could be calibrated and {converged} of these converged: with so few \
         candidates the objective is too rough for the rest. Where the searches ended, −2 log likelihood was \
         still expected to fall by {:.2} (median; {:.2} in 19 of 20), where one parameter moved by one \
         standard error makes 1. In brackets \
         the 95 % interval of the coverage by Clopper and Pearson (Z1). Identified: less than half of what is \
         known of it comes from the prior, on average over the repeats.\n\n\
         | parameter | share from prior | identified | 50 % | 80 % | 95 % |\n|---|---|---|---|---|---|\n",
        done.len(),
        done.len(),
        told.len(),
        left_at(0.5),
        left_at(0.95),
    );
    let mut missed = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let own: Vec<Recovered> =
            told.iter().filter_map(|searched| searched.recovered.get(i).copied()).collect();
        let share = own.iter().map(|r| r.prior_share).sum::<f64>() / own.len() as f64;
        let identified = if share < IDENTIFIED { "yes" } else { "no" };
        let cells = LEVELS.map(|(level, width)| {
            let (cell, holds) = coverage(&own, width);
            if !holds {
                missed.push(format!("`{name}` at {level}"));
            }
            cell
        });
        let _ = writeln!(
            text,
            "| `{name}` | {:.0} % | {identified} | {} |",
            100.0 * share,
            cells.join(" | ")
        );
    }
    let _ = writeln!(
        text,
        "\nThe brackets do not hold the stated probability for {}.",
        if missed.is_empty() { "none".to_owned() } else { missed.join(", ") }
    );
    text
}

/// How often the truth lies within so many standard errors, with the interval of that share; and whether
/// that holds the stated probability.
fn coverage(own: &[Recovered], width: f64) -> (String, bool) {
    let held = own.iter().map(|r| (r.truth - r.estimate).abs() <= width * r.error);
    let share = Proportion::of(held);
    let Some(interval) = share.clopper_pearson(Level::NINETY_FIVE) else {
        return ("–".to_owned(), true);
    };
    let percent = |v: f64| format!("{:.0}", 100.0 * v);
    let cell = format!(
        "{} ({} to {})",
        percent(share.events() as f64 / own.len() as f64),
        percent(interval.lower),
        percent(interval.upper)
    );
    (cell, interval.contains(1.0 - 2.0 * normal_cdf(-width)))
}
