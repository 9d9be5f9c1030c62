//! A trial replicated: published against simulated, in every structural variant.

use super::protocol::{Rule, protocol};
use super::row::{TargetRow, met, target_rows};
use crate::error::Result;
use crate::files::quoted;
use crate::population::VirtualPatients;
use crate::report::cast::Cast;
use crate::report::content::ReportTrial;
use crate::report::figure::Figure;
use crate::report::regimen_result::{MAIN, SEED};
use crate::report::trial_figures::{trial_figures, trial_forest};
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
    /// What its protocol says.
    protocol: Vec<Rule>,
    /// What to know about it.
    note: String,
    /// How well it was predicted, if results of it were published.
    finding: Option<String>,
    rows: Vec<TargetRow>,
    comparisons: Vec<ComparisonRow>,
    /// The test, its significance level and its sides.
    test: String,
    /// Why the arms are compared as they are, where that is not a matter of course.
    remark: Option<String>,
    figures: Vec<String>,
    commands: Vec<String>,
    /// Patients who could not be integrated, all trials of all variants.
    failed: usize,
    #[serde(skip)]
    pub(in crate::report) failures: Failures,
}

/// A comparison of two arms.
#[derive(Debug, Serialize)]
struct ComparisonRow {
    what: String,
    variant: String,
    difference: String,
    power: String,
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
        finding: finding(&rows),
        id: id.clone(),
        title: shipped.title.clone(),
        short: shipped.short.clone(),
        replicates: REPLICATES,
        randomised: shipped.randomised,
        seed: SEED,
        protocol: protocol(shipped),
        note: shipped.note.clone(),
        rows,
        comparisons: results.iter().flat_map(|(run, s, _)| comparisons(run, s)).collect(),
        test: shipped.comparison.test_in_words(),
        remark: remark(shipped),
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

/// How well the published results are met, if there are any.
fn finding(rows: &[TargetRow]) -> Option<String> {
    let (met, all) = met(rows);
    (all > 0).then(|| {
        format!(
            "{met} of {all} published results lie inside the 95 % prediction intervals of all variants."
        )
    })
}

/// The power with its interval, in per cent.
fn power(power: Power) -> String {
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let interval = power.interval(Level::NINETY_FIVE);
    power.value().zip(interval).map_or("–".to_owned(), |(value, interval)| {
        format!("{} ({} to {})", percent(value), percent(interval.lower), percent(interval.upper))
    })
}

/// The primary comparison and those beside it.
fn comparisons(run: &Run<'_>, summary: &Summary) -> Vec<ComparisonRow> {
    let row = |comparison: &crate::trial::ComparisonSummary| {
        let crude = comparison.crude.as_ref()?;
        let of = comparison.comparison;
        let (arms, percent) = (&run.design.arms, |share: f64| format!("{:.1}", 100.0 * share));
        Some(ComparisonRow {
            what: format!(
                "{} minus {}: {}",
                arms[of.arm].title,
                arms[of.control].title,
                of.event.meaning(&run.design.endpoints)
            ),
            variant: run.variant.to_string(),
            difference: format!(
                "{} ({} to {})",
                percent(crude.median.value),
                percent(crude.lower.value),
                percent(crude.upper.value)
            ),
            power: power(comparison.power),
        })
    };
    summary.comparisons.iter().filter_map(row).collect()
}
