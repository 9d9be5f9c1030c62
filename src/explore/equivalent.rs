//! The same question for the command line, and as a file.

use super::answer::{Answer, Explorer, last_day};
use super::counts::Count;
use super::settings::BASELINE;
use super::view::View;
use crate::error::{Error, Result};
use crate::files::quoted;
use crate::units::Route;
use crate::window::Way;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// What gives the numbers of a view without the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Equivalent {
    /// The command for the typical patient's curve.
    pub simulate: String,
    /// The command for the patients: band, probabilities and window; empty with counts.
    pub window: String,
    /// The commands for the patient with counts: these as a file, and the forecast; empty without counts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub forecast: String,
    /// The typical patient's course as a scenario file.
    pub scenario: String,
}

/// A scenario as `Scenario::read` reads it.
#[derive(Debug, Serialize)]
struct File {
    schema: u8,
    title: String,
    short: String,
    drug: String,
    model: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    population: Option<String>,
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
        simulate: simulate(explorer, view, answer),
        window: window(explorer, view, answer),
        forecast: forecast(explorer, view, answer),
        scenario: scenario(explorer, view, answer)?,
    })
}

/// The doses in the grammar of regimens.
fn regimen(view: &View) -> String {
    if view.dose <= 0.0 {
        return "placebo".to_owned();
    }
    let mut text = view.way.unit.times(view.dose).to_string();
    if view.way.route != Route::Oral {
        let _ = write!(text, " {}", view.way.route);
    }
    let _ = write!(text, " qd x{}", view.days);
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
fn set(answer: &Answer) -> BTreeMap<String, f64> {
    let patients = &answer.patients;
    let own = patients.of_variants.iter().filter(|(of, ..)| *of == answer.variant);
    let entries = patients.typical.iter().chain(own.flat_map(|(_, entries, _)| entries));
    let symbols = entries.map(|entry| entry.symbol.clone());
    let values = symbols.filter_map(|symbol| {
        let value = answer.set.value(&symbol).ok()?;
        Some((symbol, value))
    });
    values.chain([(BASELINE.to_owned(), answer.baseline)]).collect()
}

/// The population of a scenario and of commands: of a text, its preset.
fn population(explorer: &Explorer, view: &View, answer: &Answer) -> Option<String> {
    if explorer.settings.is_labelled {
        return Some(answer.set.population.to_string());
    }
    view.preset.map(|preset| preset.to_string())
}

fn simulate(explorer: &Explorer, view: &View, answer: &Answer) -> String {
    let mut command = "thrombo simulate".to_owned();
    if !explorer.settings.is_labelled {
        let _ = write!(command, " --model {}", quoted(&explorer.name));
    }
    if let Some(population) = population(explorer, view, answer) {
        let _ = write!(command, " --population {population}");
    }
    if answer.set.variants_apply() {
        let _ = write!(command, " --variant {}", answer.variant);
    }
    let (regimen, days) = (regimen(view), last_day().in_days());
    let _ = write!(command, " --regimen \"{regimen}\" --until \"{days} d\" --every \"6 h\"");
    for (symbol, value) in set(answer) {
        let _ = write!(command, " --set {symbol}={value}");
    }
    command
}

/// The command of a window; empty where the command could not give the view: it takes tablets in mg and the text
/// as it stands, and no counts of a patient.
fn window(explorer: &Explorer, view: &View, answer: &Answer) -> String {
    if view.preset.is_some() || view.way != Way::default() || answer.given.is_some() {
        return String::new();
    }
    let View { dose, days, start, baseline, threshold, .. } = view;
    let mut command =
        format!("thrombo window --parameters {}", quoted(&explorer.patients_of(answer)));
    if answer.set.variants_apply() {
        let _ = write!(command, " --variant {}", answer.variant);
    }
    let _ = write!(
        command,
        " --baseline {baseline} --threshold {threshold} --dose {dose} --days {days}"
    );
    if !explorer.settings.is_measured {
        command += " --baseline-is true";
    }
    if !view.missed.is_empty() {
        let numbers: Vec<String> = view.missed.iter().map(ToString::to_string).collect();
        let _ = write!(command, " --miss {}", numbers.join(","));
    }
    for (symbol, value) in &view.values {
        let _ = write!(command, " --set {symbol}={value}");
    }
    let _ = write!(
        command,
        " --procedure-day {start} --subjects {} --seed {}",
        explorer.subjects, explorer.seed
    );
    command
}

/// The counts as a file and the command of their forecast; empty without counts, and for patients with simulated
/// covariates, which the command refuses.
fn forecast(explorer: &Explorer, view: &View, answer: &Answer) -> String {
    if answer.given.is_none() || !answer.patients.effects.is_empty() {
        return String::new();
    }
    let mut commands = "printf 'time_d,plt_1e9_l\\n".to_owned();
    for Count { elapsed_day, count } in &view.counts {
        let _ = write!(commands, "{elapsed_day},{count}\\n");
    }
    let regimen = regimen(view);
    let _ = write!(commands, "' > counts.csv\nthrombo forecast counts.csv --regimen \"{regimen}\"");
    if explorer.settings.is_labelled {
        let patients = explorer.patients_of(answer);
        let _ = write!(commands, " --parameters {}", quoted(&patients));
    } else {
        let _ = write!(commands, " --model {}", quoted(&explorer.name));
        let _ = view.preset.map(|preset| write!(commands, " --population {preset}"));
    }
    if answer.set.variants_apply() {
        let _ = write!(commands, " --variant {}", answer.variant);
    }
    for (symbol, value) in &view.values {
        let _ = write!(commands, " --set {symbol}={value}");
    }
    let View { start, threshold, .. } = view;
    let last = view.counts.last().map_or(0.0, |own| own.elapsed_day);
    if *start as f64 >= last {
        let _ = write!(commands, " --procedure {start}");
    }
    let (days, Explorer { subjects, seed, .. }) = (last_day().in_days(), explorer);
    let _ = write!(
        commands,
        " --level {threshold} --until \"{days} d\" --posterior none --individuals {subjects} --seed {seed}"
    );
    commands
}

fn scenario(explorer: &Explorer, view: &View, answer: &Answer) -> Result<String> {
    let treatment = view.treatment();
    let placebo = view.dose <= 0.0;
    let label = match treatment.is_approved() {
        _ if placebo || !explorer.settings.is_labelled => "none",
        true => "approved",
        false => "outside",
    };
    let (title, short) = if placebo {
        ("Placebo".to_owned(), "placebo".to_owned())
    } else {
        let missed = if view.missed.is_empty() { "" } else { ", missed doses" };
        let short = format!("{} x{}{missed}", view.way.unit.times(view.dose), view.days);
        (format!("{}: {treatment}", explorer.settings.drug), short)
    };
    let file = File {
        schema: 1,
        title,
        short,
        drug: explorer.settings.drug.clone(),
        model: model(explorer, answer),
        population: population(explorer, view, answer),
        regimen: regimen(view),
        days: last_day().in_days(),
        label,
        note: format!(
            "Typical patient of {}, with a count of {} before treatment.",
            whose(explorer, answer),
            answer.baseline
        ),
        set: set(answer),
    };
    toml::to_string(&file).map_err(|error| Error::Syntax {
        text: "the scenario".to_owned(),
        expected: "TOML",
        part: file.title.clone(),
        rule: error.to_string(),
    })
}

/// The model as a scenario in any folder finds it.
fn model(explorer: &Explorer, answer: &Answer) -> String {
    if explorer.settings.is_labelled {
        return answer.set.model.to_string();
    }
    let path = Path::new(&explorer.name);
    let absolute = if path.exists() { std::path::absolute(path).ok() } else { None };
    absolute.map_or_else(|| explorer.name.clone(), |path| path.display().to_string())
}

fn whose(explorer: &Explorer, answer: &Answer) -> String {
    let patients = explorer.patients_of(answer);
    if answer.set.variants_apply() {
        format!("{patients}, variant {}", answer.variant)
    } else {
        patients
    }
}
