//! Published numbers beside what was predicted.

use super::{count_words, lower_first, seed_of};
use crate::error::Result;
use crate::report::drawing::canvas::Lettering;
use crate::report::figures::forest::{self, Forest, Observed, Predicted, Row, Unit};
use crate::report::words::listed;
use crate::statistics::{Interval, Level, Moments, Proportion};
use crate::trial::{Against, Form, Published, Quantity, Role, Run, Summary};

/// Published against predicted; with several runs of one trial, the predictions of their variants side by side.
///
/// # Errors
/// The figure cannot be drawn.
pub fn trial_forest(runs: &[(Run<'_>, &Summary)], lettering: Lettering) -> Result<String> {
    let published: Vec<&Published> = runs
        .first()
        .into_iter()
        .flat_map(|(_, summary)| summary.against.iter().map(|against| &against.published))
        .collect();
    let rows = published.iter().enumerate().filter_map(|(i, number)| {
        let (run, _) = runs.first()?;
        let of_run =
            |(run, s): &(Run<'_>, &Summary)| predicted(&run.variant.to_string(), s.against.get(i)?);
        let predictions = runs.iter().filter_map(of_run).collect();
        Some(forest_row(group(run, number), number, &published, predictions))
    });
    let rows: Vec<Row> = rows.collect();
    let figure = Forest {
        title: title(&rows, &published),
        model_name: model_name(runs),
        caption: caption(runs),
        rows,
    };
    forest::draw(&figure, lettering)
}

/// A published number as a row below `group`, with predictions by one variant or by several; `all` are the published
/// numbers among which the SD of a mean is looked for.
#[must_use]
pub fn forest_row(
    group: String,
    number: &Published,
    all: &[&Published],
    predictions: Vec<Predicted>,
) -> Row {
    Row {
        group,
        label: number.label.clone(),
        note: note(number),
        unit: unit(number.form),
        observed: Some(observed(number, all)),
        predictions,
    }
}

fn group(run: &Run<'_>, number: &Published) -> String {
    let arm = run.design.arm(&number.arm).map(|arm| lower_first(&run.design.arms[arm].title));
    format!("{}, {}", run.design.short, arm.unwrap_or_else(|| number.arm.clone()))
}

/// On whom, and what the number is used for.
fn note(number: &Published) -> String {
    let n = number.n.map_or_else(|| "of a model".to_owned(), |n| format!("n = {n}"));
    let role = match number.role {
        Role::Calibrate => "calibration",
        Role::CheckSamePatients => "check on the same patients",
        Role::ValidateOtherPatients => "validation",
        Role::CompareModel => "another model",
        Role::Ignore => "not used",
    };
    format!("{}, {n}; {role}", number.subset.meaning())
}

fn unit(form: Form) -> Unit {
    match form {
        Form::Proportion(_) => Unit::Share,
        Form::Mean(q) | Form::Sd(q) | Form::Median(q) | Form::Quantile(q, _) => match q {
            Quantity::MaximumDay => Unit::VisitDay,
            Quantity::Doses => Unit::Doses,
            Quantity::Maximum
            | Quantity::Baseline
            | Quantity::PreProcedureCount
            | Quantity::TrueMaximum => Unit::Count,
            _ => Unit::Days,
        },
    }
}

/// A published number with its own 95 % interval: of a share by Clopper and Pearson (Z1), of a mean by Student's t (Z10)
/// where `all` has the SD of the same patients; of everything else the number alone.
#[must_use]
pub fn observed(number: &Published, all: &[&Published]) -> Observed {
    let interval = number.n.and_then(|n| match number.form {
        Form::Proportion(_) => share_interval(number.value, n),
        Form::Mean(quantity) => {
            let same = |other: &&&Published| {
                other.form == Form::Sd(quantity)
                    && other.arm == number.arm
                    && other.trials == number.trials
                    && other.subset == number.subset
                    && other.n == number.n
            };
            let sd = all.iter().find(same).map(|other| other.value)?;
            Moments { n, mean: number.value, sd: Some(sd) }.interval(Level::NINETY_FIVE)
        }
        _ => None,
    });
    Observed { value: number.value, interval: interval.map(|i| (i.lower, i.upper)) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of n, read as a number between 0 and 1, is between 0 and n"
)]
fn share_interval(share: f64, n: usize) -> Option<Interval> {
    // A share printed as a percentage is that of a whole number of patients.
    let events = (share * n as f64).round() as usize;
    Proportion::new(events, n).ok()?.clopper_pearson(Level::NINETY_FIVE)
}

/// What the trials of a variant, or of another name, predict; none where no trial could form it.
#[must_use]
pub fn predicted(name: &str, against: &Against) -> Option<Predicted> {
    let interval = against.prediction.interval?;
    Some(Predicted {
        name: name.to_owned(),
        low: interval.lower.value,
        median: interval.median.value,
        high: interval.upper.value,
        distance: against.distance,
        inside: against.is_inside(),
    })
}

/// How many of the numbers that are used for something lie inside.
fn title(rows: &[Row], published: &[&Published]) -> String {
    let used = rows.iter().zip(published).filter(|(_, number)| number.role != Role::Ignore);
    let rows: Vec<&Row> = used.map(|(row, _)| row).collect();
    let predictions = rows.iter().map(|row| row.predictions.len()).max().unwrap_or(0);
    let inside = |place: usize| {
        let within = rows.iter().filter(|row| {
            row.predictions.get(place).is_some_and(|predicted| predicted.inside == Some(true))
        });
        within.count()
    };
    let all = count_words(rows.len(), "published result", "published results");
    if predictions < 2 {
        return format!("{} of {all} lie where 95 % of simulated trials do", inside(0));
    }
    let names = rows.iter().find(|row| row.predictions.len() == predictions);
    let names = names.into_iter().flat_map(|row| row.predictions.iter().map(|p| &p.name));
    let counts: Vec<String> =
        names.enumerate().map(|(i, name)| format!("{} ({name})", inside(i))).collect();
    format!("Of {all}, {} lie where 95 % of simulated trials do", listed(&counts))
}

fn model_name(runs: &[(Run<'_>, &Summary)]) -> String {
    let Some((run, _)) = runs.first() else { return String::new() };
    if runs.len() == 1 {
        return super::model_name(run);
    }
    let variants: Vec<String> = runs.iter().map(|(run, _)| run.variant.to_string()).collect();
    let whose = match run.patients.variant {
        Some(_) => "those of each variant".to_owned(),
        None => lower_first(&run.patients.title),
    };
    format!(
        "{}; {} model, variants {}; virtual patients: {whose}",
        run.design.short,
        run.patients.model,
        listed(&variants)
    )
}

fn caption(runs: &[(Run<'_>, &Summary)]) -> String {
    let Some((run, summary)) = runs.first() else { return String::new() };
    let marks = if runs.len() == 1 { "grey bar" } else { "line" };
    format!(
        "Predicted: the {marks} holds 95 % of {} of {} patients, its tick is their median; {}. Observed: \
         as published, with its own 95 % interval where one can be formed (shares: Clopper and Pearson; means \
         with a published SD: Student's t). Distance: published less mean of the trials, in SDs of the trials. \
         Vermillion: outside the prediction interval. \
         Results that are not used are shown and not counted. Sources of the published numbers: the files in targets/.",
        count_words(summary.replicates, "simulated trial", "simulated trials"),
        run.design.randomised,
        seed_of(run)
    )
}
