//! A trial replicated: published against simulated, in every structural variant.

use super::protocol::protocol;
use super::row::{met, target_rows, target_table};
use super::table::{Cell, Column, PageTable};
use crate::error::Result;
use crate::files::quoted;
use crate::population::VirtualPatients;
use crate::report::cast::Cast;
use crate::report::content::ReportTrial;
use crate::report::figure::Figure;
use crate::report::regimen_result::{MAIN, SEED};
use crate::report::sentence::Estimate;
use crate::report::trial_figures::{trial_figures, trial_forest};
use crate::report::words::by_variant;
use crate::simulate::population::Failures;
use crate::statistics::{Level, Power};
use crate::trial::{Collector, Design, Outcome, Published, Run, Summary, remark};
use serde::Serialize;

/// Trials simulated in each variant, as many as the shipped calibration was set against.
pub(super) const REPLICATES: usize = 400;

/// A trial on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct TrialSection {
    id: String,
    title: String,
    short: String,
    replicates: usize,
    randomised: usize,
    seed: u64,
    variants: Vec<String>,
    /// Whether the parameters are drawn from a posterior.
    with_posterior: bool,
    /// What its protocol says, and what to know about it.
    #[serde(skip)]
    rules: Vec<(&'static str, String)>,
    /// How well it was predicted, if results of it were published.
    finding: Option<String>,
    #[serde(skip)]
    met: (usize, usize),
    /// Published and predicted results, if there are any.
    pub(super) results: Option<PageTable>,
    pub(super) comparisons: PageTable,
    figures: Vec<String>,
    commands: Vec<String>,
    /// Patients who could not be integrated, all trials of all variants.
    failed: usize,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

impl TrialSection {
    /// Its figures by their names.
    pub(super) fn figures(&self) -> impl Iterator<Item = &str> {
        self.figures.iter().map(String::as_str)
    }

    /// What makes it again.
    pub(super) fn commands(&self) -> &[String] {
        &self.commands
    }
}

/// The trials of a variant, their summary, and the patients of the first.
type Simulated<'a> = (Run<'a>, Summary, Vec<Outcome>);

/// The section of a trial, and its figures.
pub(in crate::report) fn trial_section(
    trial: &ReportTrial,
    casts: &[Cast],
    published: &[Published],
) -> Result<(TrialSection, Vec<Figure>)> {
    let (id, shipped) = (&trial.id, &trial.design);
    let with_sets = |cast: &Cast| -> Result<(Design, Vec<(Design, VirtualPatients)>)> {
        let design = shipped.with_practice_of(&cast.patients);
        let sets = cast.sets(REPLICATES)?;
        let applied = sets.iter().map(|set| set.apply(&design, &cast.patients, cast.variant));
        let applied = applied.collect::<Result<_>>()?;
        Ok((design, applied))
    };
    let designs: Vec<_> = casts.iter().map(with_sets).collect::<Result<_>>()?;
    let mut results: Vec<Simulated<'_>> = Vec::new();
    for (cast, (design, sets)) in casts.iter().zip(&designs) {
        let run = Run {
            variant: cast.variant,
            seed: SEED,
            replicates: REPLICATES,
            sets,
            ..Run::new(design, &cast.patients)
        };
        let (collector, first) = Collector::of(run, published, &mut |_, _| {}, &|_| {})?;
        results.push((run, collector.summary(), first));
    }
    let figures = figures(id, &results)?;
    let against: Vec<_> =
        results.iter().map(|(run, s, _)| (run.variant, s.against.as_slice())).collect();
    let variants: Vec<String> = casts.iter().map(|cast| cast.variant.to_string()).collect();
    let rows = target_rows(&against);
    let section = TrialSection {
        met: met(&rows),
        finding: finding(met(&rows)),
        id: id.clone(),
        title: shipped.title.clone(),
        short: shipped.short.clone(),
        replicates: REPLICATES,
        randomised: shipped.randomised,
        seed: SEED,
        with_posterior: casts.iter().all(|cast| cast.carried),
        rules: protocol(shipped),
        results: (!rows.is_empty()).then(|| target_table(&format!("results_{id}"), &rows)),
        comparisons: comparison_table(trial, &results),
        figures: figures.iter().map(|figure| figure.id.clone()).collect(),
        commands: Cast::commands(
            casts,
            &format!("thrombo trial {}", quoted(&trial.name)),
            &format!("--replicates {REPLICATES} --seed {SEED}"),
        ),
        failures: Failures::sum(results.iter().map(|(_, summary, _)| &summary.failures)),
        failed: results.iter().map(|(_, summary, _)| summary.failed).sum(),
        variants,
    };
    Ok((section, figures))
}

/// The variants side by side, then the figures of the variant that is drawn first.
fn figures(id: &str, results: &[Simulated<'_>]) -> Result<Vec<Figure>> {
    let all: Vec<(Run<'_>, &Summary)> = results.iter().map(|(run, s, _)| (*run, s)).collect();
    let mut figures = vec![Figure::new(format!("{id}_variants"), |l| trial_forest(&all, l))?];
    if let Some((run, summary, first)) = results.iter().find(|(run, ..)| run.variant == MAIN) {
        let own = |lettering| trial_figures(run, summary, first, lettering);
        figures
            .extend(Figure::several(id, own)?.into_iter().filter(|f| !f.id.ends_with("_forest")));
    }
    Ok(figures)
}

/// How well the published results of all trials are met, if there are any.
pub(in crate::report) fn trials_finding(trials: &[TrialSection]) -> Option<String> {
    let sum = |of: fn((usize, usize)) -> usize| trials.iter().map(|own| of(own.met)).sum();
    finding((sum(|own| own.0), sum(|own| own.1)))
}

/// How many of the published results are met, if there are any.
fn finding((met, all): (usize, usize)) -> Option<String> {
    (all > 0).then(|| {
        format!(
            "{met} of {all} published results lie inside the 95 % prediction intervals of all variants."
        )
    })
}

/// The power with its interval.
fn power(power: Power) -> String {
    let interval = power.interval(Level::NINETY_FIVE);
    power.value().zip(interval).map_or("–".to_owned(), |(value, own)| {
        format!("{} ({} to {})", percent(value), percent(own.lower), percent(own.upper))
    })
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// The comparisons of arms in every variant.
fn comparison_table(trial: &ReportTrial, results: &[Simulated<'_>]) -> PageTable {
    let remark = remark(&trial.design).map_or(String::new(), |own| format!(" {own}."));
    let caption = format!(
        "{}: difference between arms, median and 95 % interval of {REPLICATES} simulated trials, and power with its 95 % interval: {}.{remark}",
        trial.design.short,
        trial.design.comparison.test_in_words()
    );
    let mut columns = vec![Column::words("comparison", "comparison")];
    for (run, ..) in results {
        let name = run.variant.to_string();
        let column = Column::numbers(name.to_lowercase(), name.clone(), "percentage points");
        columns.push(column.means(format!("difference between arms, variant {name}")));
    }
    columns.push(
        Column::words("power", "power, %").means("power with its 95 % interval, by variant, %"),
    );
    let first = results.first().map_or(&[][..], |(_, summary, _)| &summary.comparisons);
    let rows = (0..first.len()).map(|i| comparison_row(results, i)).collect();
    PageTable::new(format!("comparisons_{}", trial.id), caption, columns, rows).of_prose()
}

/// A comparison in every variant: the primary one, or one of those beside it.
fn comparison_row(results: &[Simulated<'_>], i: usize) -> Vec<Cell> {
    let what = results.first().map_or(String::new(), |(run, summary, _)| {
        let of = summary.comparisons[i].comparison;
        format!(
            "{} minus {}: {}",
            run.design.arms[of.arm].title,
            run.design.arms[of.control].title,
            of.event.meaning(&run.design.endpoints)
        )
    });
    let difference = |(_, summary, _): &Simulated<'_>| {
        summary.comparisons[i].crude.as_ref().map_or_else(
            || Estimate::alone("–"),
            |crude| {
                let all = [crude.median.value, crude.lower.value, crude.upper.value];
                let [median, lower, upper] = all.map(percent);
                Estimate::new(median, (lower, upper))
            },
        )
    };
    let powers = results
        .iter()
        .map(|(run, summary, _)| (power(summary.comparisons[i].power), run.variant.to_string()));
    let powers = by_variant(powers);
    let own = results.iter().map(|own| Cell::from(difference(own)));
    [Cell::from(what)].into_iter().chain(own).chain([powers.into()]).collect()
}

/// The protocols side by side.
pub(in crate::report) fn protocol_table(trials: &[TrialSection]) -> Option<PageTable> {
    let first = trials.first()?;
    let mut columns = vec![Column::words("rule", "rule")];
    columns.extend(trials.iter().map(|own| Column::words(own.id.clone(), own.short.clone())));
    let row = |(i, (what, _)): (usize, &(&'static str, String))| {
        let says = trials.iter().map(|own| Cell::from(own.rules[i].1.as_str()));
        [Cell::from(*what)].into_iter().chain(says).collect()
    };
    let rows = first.rules.iter().enumerate().map(row).collect();
    let caption = "The trials as they are simulated, and their patients. Rules that a protocol leaves open are the program's own.";
    Some(
        PageTable::new("protocols", caption, columns, rows)
            .of_prose()
            .called("The trials and their patients"),
    )
}
