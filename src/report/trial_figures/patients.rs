//! The patients of the first trial, one by one.

use super::{arms, count_words, lower_first, model_name, seed_of, unbroken};
use crate::error::Result;
use crate::report::drawing::axis::number;
use crate::report::drawing::canvas::Lettering;
use crate::report::drawing::platelets::level_words;
use crate::report::figures::trial::Words;
use crate::report::figures::trial::time_above::{self, ArmDays, SubsetDays, TimeAboveFigure};
use crate::report::figures::trial::waterfall::{self, ArmBars, Bar, WaterfallFigure};
use crate::report::words::listed;
use crate::statistics::median;
use crate::trial::{Form, Outcome, Published, Quantity, Role, Run, Subset, Summary};

/// The largest count less baseline, patient by patient.
///
/// # Errors
/// The figure cannot be drawn.
pub fn trial_waterfall(run: &Run<'_>, first: &[Outcome], lettering: Lettering) -> Result<String> {
    let rise = run.design.endpoints.rise;
    let mut shares = Vec::new();
    let mut all = Vec::new();
    for (i, arm) in arms(run.design).into_iter().enumerate() {
        let own: Vec<&Outcome> = first.iter().filter(|patient| patient.arm == i).collect();
        let bars: Vec<Bar> = own.iter().filter_map(|patient| bar(patient)).collect();
        let risen = bars.iter().filter(|bar| bar.change >= rise).count();
        let transfused = bars.iter().filter(|bar| bar.transfused).count();
        let missing = own.len() - bars.len();
        let patients = if i == 0 { " patients" } else { "" };
        let share = unbroken(&format!("{risen} of {}{patients}", bars.len()));
        shares.push(format!("{share} ({})", unbroken(&lower_first(&arm.name))));
        let missing = match missing {
            0 => String::new(),
            n => format!(", {n} without a count"),
        };
        let note = format!(
            "{risen} of {} up by {} or more, {transfused} transfused{missing}",
            bars.len(),
            level_words(rise)
        );
        all.push(ArmBars { arm, note, bars });
    }
    let figure = WaterfallFigure {
        words: Words {
            title: format!(
                "Up by {} or more before any transfusion: {}",
                level_words(rise),
                listed(&shares)
            ),
            model_name: model_name(run),
            caption: format!(
                "First of {}, {}: one bar a patient, the largest measured count after baseline and \
                 before any transfusion less the measured baseline. Dashed: the rise of {} that a \
                 responder needs.",
                count_words(run.replicates, "simulated trial", "simulated trials"),
                seed_of(run),
                level_words(rise)
            ),
        },
        y_title: "Largest count less baseline (10⁹/L)".to_owned(),
        rise,
        arms: all,
    };
    waterfall::draw(&figure, lettering)
}

fn bar(patient: &Outcome) -> Option<Bar> {
    let change = Quantity::Maximum.of(patient)? - Quantity::Baseline.of(patient)?;
    Some(Bar { change, transfused: patient.transfused })
}

/// How many patients have counts high enough for at least so many days.
///
/// # Errors
/// The figure cannot be drawn.
pub fn trial_time_above(
    run: &Run<'_>,
    summary: &Summary,
    first: &[Outcome],
    lettering: Lettering,
) -> Result<String> {
    let published: Vec<&Published> = summary.against.iter().map(|a| &a.published).collect();
    let subsets: Vec<SubsetDays> = subsets(&published)
        .into_iter()
        .map(|(subset, quantity)| days(run, first, &published, subset, quantity))
        .collect();
    let level = level_words(run.design.endpoints.at_least);
    let figure = TimeAboveFigure {
        words: Words {
            title: time_above_title(&subsets, &level),
            model_name: model_name(run),
            caption: time_above_caption(run, &published, &level),
        },
        x_title: format!("Days at or above {level} × 10⁹/L"),
        most_days: run.design.endpoints.last_day,
        subsets,
    };
    time_above::draw(&figure, lettering)
}

const PLAIN: Quantity = Quantity::DaysAtLeast;
const WITH_TRANSFUSION: Quantity = Quantity::DaysAtLeastWithTransfusion;

/// The two subsets of every trial, and those on which a median was published.
fn subsets(published: &[&Published]) -> Vec<(Subset, Quantity)> {
    let mut subsets = vec![(Subset::NoTransfusion, PLAIN), (Subset::All, WITH_TRANSFUSION)];
    for number in published.iter().filter(|number| number.role != Role::Ignore) {
        if let Form::Median(quantity @ (PLAIN | WITH_TRANSFUSION)) = number.form
            && !subsets.contains(&(number.subset, quantity))
        {
            subsets.push((number.subset, quantity));
        }
    }
    subsets
}

fn days(
    run: &Run<'_>,
    first: &[Outcome],
    published: &[&Published],
    subset: Subset,
    quantity: Quantity,
) -> SubsetDays {
    let note = if quantity == WITH_TRANSFUSION {
        "counts after transfusion included"
    } else {
        "counts before any transfusion"
    };
    let all = arms(run.design).into_iter().enumerate().map(|(i, arm)| {
        let own = first.iter().filter(|patient| patient.arm == i && subset.contains(patient));
        let days: Vec<f64> = own.filter_map(|patient| quantity.of(patient)).collect();
        let is_own = |number: &&&Published| {
            run.design.arm(&number.arm) == Some(i)
                && number.subset == subset
                && number.form == Form::Median(quantity)
                && number.role != Role::Ignore
        };
        let published = published.iter().find(is_own).map(|number| number.value);
        ArmDays { arm, median: median(&days), days, published }
    });
    SubsetDays { title: upper_first(subset.meaning()), note: note.to_owned(), arms: all.collect() }
}

fn time_above_title(subsets: &[SubsetDays], level: &str) -> String {
    let arms = subsets.first().into_iter().flat_map(|subset| &subset.arms);
    let words: Vec<String> = arms
        .filter_map(|arm| {
            let published =
                arm.published.map(|p| format!("; published {}", number(p, 1))).unwrap_or_default();
            let days = unbroken(&format!("{} days", number(arm.median?, 1)));
            Some(format!("{days} ({}{published})", unbroken(&lower_first(&arm.arm.name))))
        })
        .collect();
    if words.is_empty() {
        return format!("Every patient was transfused: no days at or above {level} without");
    }
    format!(
        "Half of the patients not transfused are at or above {level} for at least {}",
        listed(&words)
    )
}

fn time_above_caption(run: &Run<'_>, published: &[&Published], level: &str) -> String {
    let medians = published.iter().filter(|number| {
        matches!(number.form, Form::Median(PLAIN | WITH_TRANSFUSION)) && number.role != Role::Ignore
    });
    let sources: Vec<String> = medians.map(|number| number.source.clone()).collect();
    let sources = match sources.len() {
        0 => " No median was published.".to_owned(),
        _ => format!(" Published medians: {}.", sources.join("; ")),
    };
    format!(
        "First of {}, {}. For every number of days the share of patients with at least so many days \
         at or above {level} by day {}, by straight lines between measured counts; the median is where a \
         curve crosses one half.{sources}",
        count_words(run.replicates, "simulated trial", "simulated trials"),
        seed_of(run),
        number(run.design.endpoints.last_day, 0)
    )
}

fn upper_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
