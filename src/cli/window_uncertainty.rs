//! Parameter uncertainty of a window: over the sets of each variant, and over those of all variants together.

use super::window::{Found, PATIENTS_IN_A_SET, question};
use super::window_args::WindowArgs;
use std::fmt::Write;
use thrombopoiesis::error::Result;
use thrombopoiesis::report::Lettering;
use thrombopoiesis::report::uncertainty_figure::{Named, by_day};
use thrombopoiesis::window::tables::UncertainRow;
use thrombopoiesis::window::{Outlook, Range, Uncertain};

/// How the mixture of all variants is called where a variant's name stands.
const ALL: &str = "all";

/// The rows of each variant, then, of several, those of all together: with equal weights. None without a
/// posterior.
pub(super) fn rows(args: &WindowArgs, found: &[Found]) -> Vec<UncertainRow> {
    let over = |name: String, place: usize, outlooks: &[&Outlook]| {
        let answer = found.first()?.answers.get(place)?.clone();
        let uncertain = Uncertain::of(outlooks, args.probability)?;
        Some(UncertainRow { name, answer, uncertain })
    };
    let places = found.first().map_or(0, |found| found.over_sets.len());
    let own = found.iter().flat_map(|found| {
        (0..places).filter_map(|place| {
            let outlooks: Vec<&Outlook> = found.over_sets.get(place)?.iter().collect();
            over(found.variant.to_string(), place, &outlooks)
        })
    });
    let mut rows: Vec<UncertainRow> = own.collect();
    if found.len() > 1 {
        rows.extend((0..places).filter_map(|place| {
            let all = found.iter().filter_map(|found| found.over_sets.get(place)).flatten();
            over(ALL.to_owned(), place, &all.collect::<Vec<&Outlook>>())
        }));
    }
    rows
}

/// The same in words; empty without a posterior.
pub(super) fn text(args: &WindowArgs, rows: &[UncertainRow]) -> String {
    let Some(sets) = rows.first().map(|row| row.uncertain.sets) else { return String::new() };
    let wanted = format!("{:.0} % reached in", 100.0 * args.probability);
    let mut text = format!(
        "\nparameter uncertainty: median and 95 % interval over {sets} parameter sets of each variant's posterior\n  \
         {:8} {:14} {:>21}  {:>22}  {:>17}  {:>22}  days >= {}\n",
        "variant",
        "baseline",
        "best day",
        "probability on it",
        wanted,
        format!("ever > {}", args.too_high),
        args.threshold
    );
    for UncertainRow { name, answer, uncertain } in rows {
        let _ = writeln!(
            text,
            "  {name:8} {:14} {:>21}  {:>22}  {:>17}  {:>22}  {}",
            answer.baseline.to_string(),
            range(uncertain.best_day, 1.0, 0, ""),
            range(uncertain.best, 100.0, 1, " %"),
            format!("{:.0} % of sets", 100.0 * uncertain.reached),
            range(uncertain.ever_too_high, 100.0, 1, " %"),
            range(uncertain.days_at_threshold, 1.0, 1, ""),
        );
    }
    text
}

/// The probability by day, for the only baseline, or all patients: the lines of the variants, that of all with its
/// interval.
pub(super) fn figure(
    args: &WindowArgs,
    found: &[Found],
    rows: &[UncertainRow],
) -> Result<Option<String>> {
    let baseline = found.first().and_then(|found| {
        let place = usize::from(args.baselines.len() == 1);
        Some(found.answers.get(place)?.baseline)
    });
    let own: Vec<&UncertainRow> =
        rows.iter().filter(|row| Some(row.answer.baseline) == baseline).collect();
    let Some(last) = own.last() else { return Ok(None) };
    let lines: Vec<Named<'_>> = own
        .iter()
        .map(|row| {
            let of = if row.name == last.name { Named::main } else { Named::variant };
            of(&row.name, &row.uncertain)
        })
        .collect();
    let whom = format!(
        "{}: {} virtual patients in each set, {}, seed {}",
        found[0].patients.title,
        last.answer.outlook.subjects.div_ceil(PATIENTS_IN_A_SET),
        last.answer.baseline,
        args.seed
    );
    let asked = question(args, &found[0].patients);
    let treatment = last.answer.treatment.to_string();
    by_day(&asked, (&treatment, &whom), &lines, Lettering::Embedded).map(Some)
}

/// A median with its interval.
fn range(of: Range, times: f64, decimals: usize, unit: &str) -> String {
    let [median, lower, upper] = [of.median, of.lower, of.upper].map(|value| times * value);
    format!("{median:.decimals$} ({lower:.decimals$} to {upper:.decimals$}){unit}")
}
