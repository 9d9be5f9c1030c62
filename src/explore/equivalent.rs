//! The same question for the command line, and as a file.

use super::answer::{Answer, Explorer, last_day};
use super::view::View;
use crate::error::{Error, Result};
use crate::files::quoted;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What gives the numbers of a view without the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Equivalent {
    /// The command for the typical patient's curve.
    pub simulate: String,
    /// The command for the patients: band, probabilities and window.
    pub window: String,
    /// The typical patient's course as a scenario file.
    pub scenario: String,
}

/// A scenario as `Scenario::read` reads it.
#[derive(Debug, Serialize)]
struct File {
    schema: u8,
    title: String,
    short: String,
    drug: &'static str,
    model: String,
    population: String,
    regimen: String,
    days: f64,
    label: &'static str,
    note: String,
    set: BTreeMap<String, f64>,
}

/// The commands and the file of a view.
///
/// # Errors
/// A file that cannot be written; a test writes many.
pub fn equivalent(explorer: &Explorer, view: &View, answer: &Answer) -> Result<Equivalent> {
    Ok(Equivalent {
        simulate: simulate(view, answer),
        window: window(explorer, view, answer),
        scenario: scenario(explorer, view, answer)?,
    })
}

/// The doses in the grammar of regimens.
fn regimen(view: &View) -> String {
    if view.dose_mg <= 0.0 {
        return "placebo".to_owned();
    }
    let mut text = format!("{} mg qd x{}", view.dose_mg, view.days);
    if !view.missed.is_empty() {
        text += ", miss";
        // Writing to a string cannot fail.
        for dose in &view.missed {
            let _ = write!(text, " {dose}");
        }
    }
    text
}

/// What the typical patient has otherwise than the model's own typical values.
fn set(view: &View, answer: &Answer) -> BTreeMap<String, f64> {
    let patients = &answer.patients;
    let own = patients.of_variants.iter().filter(|(of, ..)| *of == answer.variant);
    let entries = patients.typical.iter().chain(own.flat_map(|(_, entries, _)| entries));
    let symbols = entries.map(|entry| entry.symbol.clone());
    let values = symbols.filter_map(|symbol| {
        let value = answer.set.value(&symbol).ok()?;
        Some((symbol, value))
    });
    values.chain([("plt0".to_owned(), view.baseline)]).collect()
}

fn simulate(view: &View, answer: &Answer) -> String {
    let mut command = format!(
        "thrombo simulate --population {} --variant {} --regimen \"{}\" --until \"{} d\" --every \"6 h\"",
        answer.set.population,
        answer.variant,
        regimen(view),
        last_day().in_days()
    );
    for (symbol, value) in set(view, answer) {
        let _ = write!(command, " --set {symbol}={value}");
    }
    command
}

fn window(explorer: &Explorer, view: &View, answer: &Answer) -> String {
    let View { dose_mg, days, start, baseline, threshold, .. } = view;
    let mut command = format!(
        "thrombo window --parameters {} --variant {} --baseline {baseline} --threshold {threshold} \
         --dose {dose_mg} --days {days}",
        quoted(&explorer.patients_of(answer)),
        answer.variant,
    );
    if !view.missed.is_empty() {
        let numbers: Vec<String> = view.missed.iter().map(ToString::to_string).collect();
        let _ = write!(command, " --miss {}", numbers.join(","));
    }
    for (symbol, value) in [("kc", view.kc), ("tp", view.tp)] {
        let _ = value.map(|value| write!(command, " --set {symbol}={value}"));
    }
    let _ = write!(
        command,
        " --procedure-day {start} --subjects {} --seed {}",
        explorer.subjects, explorer.seed
    );
    command
}

fn scenario(explorer: &Explorer, view: &View, answer: &Answer) -> Result<String> {
    let treatment = view.treatment();
    let placebo = view.dose_mg <= 0.0;
    let label = match treatment.is_approved() {
        _ if placebo => "none",
        true => "approved",
        false => "outside",
    };
    let (title, short) = if placebo {
        ("Placebo".to_owned(), "placebo".to_owned())
    } else {
        let missed = if view.missed.is_empty() { "" } else { ", missed doses" };
        let short = format!("{} mg x{}{missed}", view.dose_mg, view.days);
        (format!("Lusutrombopag {treatment}"), short)
    };
    let file = File {
        schema: 1,
        title,
        short,
        drug: "lusutrombopag",
        model: answer.set.model.to_string(),
        population: answer.set.population.to_string(),
        regimen: regimen(view),
        days: last_day().in_days(),
        label,
        note: format!(
            "Typical patient of {}, variant {}, with a count of {} before treatment.",
            explorer.patients_of(answer),
            answer.variant,
            view.baseline
        ),
        set: set(view, answer),
    };
    toml::to_string(&file).map_err(|error| Error::Syntax {
        text: "the scenario".to_owned(),
        expected: "TOML",
        part: file.title.clone(),
        rule: error.to_string(),
    })
}
