//! `thrombo models`: what there is, and where its numbers come from.

use super::args::typical_patient;
use super::console::Console;
use super::document::Document;
use super::{Answer, Outcome};
use clap::Args as ClapArgs;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use thrombopoiesis::error::Result;
use thrombopoiesis::model::{
    Entry, MODEL_NAMES, ParameterSet, TEXT_NAMES, chosen_set, parameter_set,
};

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Grades: A read in the primary source, B in a restatement or deposited code, C extracted by machine,
D recalled from background knowledge, calc computed from the others.

Examples:
  thrombo models                                all models
  thrombo models mechanistic                    the parameters of one model, with sources
  thrombo models mechanistic --population healthy
  thrombo models --parameters calibrated_b      the typical patient of a calibration")]
pub(super) struct ModelsArgs {
    /// Model to show in full
    #[arg(value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Population that the parameters describe: cld, healthy, or a preset of a model file [default: the
    /// population studied in the model's publication]
    #[arg(long, value_name = "NAME")]
    pub(super) population: Option<String>,
    /// Structural variant of the mechanistic model
    #[arg(long, value_name = "LETTER")]
    pub(super) variant: Option<String>,
    /// Virtual patients whose typical patient is shown: a file such as calibrated_b.toml, or a shipped set
    #[arg(long, alias = "patients", value_name = "FILE", conflicts_with_all = ["name", "population"])]
    pub(super) parameters: Option<String>,
}

pub(super) fn run(args: &ModelsArgs, typed: &str, console: Console) -> Result<Answer> {
    let set = match (&args.name, &args.parameters) {
        (_, Some(parameters)) => typical_patient(parameters, args.variant.as_deref())?,
        (Some(name), None) => {
            chosen_set(name, args.population.as_deref(), args.variant.as_deref())?
        }
        (None, None) => {
            console.print(&list()?)?;
            return console.answer(Outcome::Done, || list_document(typed));
        }
    };
    console.print(&one(&set)?)?;
    console.answer(Outcome::Done, || one_document(&set, typed))
}

fn list_document(typed: &str) -> Result<Document> {
    let models = MODEL_NAMES.iter().chain(&TEXT_NAMES).map(|name| {
        let citation = parameter_set(name, None)?.citation;
        Ok(json!({ "model": name, "citation": citation }))
    });
    Ok(Document::new(typed).with("models", models.collect::<Result<Vec<_>>>()?))
}

fn one_document(set: &ParameterSet, typed: &str) -> Result<Document> {
    let variant = set.variants_apply().then(|| set.variant.to_string());
    let meaning = |entry: &Entry| Ok(set.symbol(&entry.symbol)?.meaning);
    let parameters =
        set.entries.iter().map(|entry| Ok(entry_document(entry, Some(meaning(entry)?))));
    let reported = set.reported.iter().map(|entry| entry_document(entry, None));
    Ok(Document::new(typed)
        .with("model", set.model.name())
        .with("citation", &set.citation)
        .with("population", set.population.to_string())
        .with("variant", variant)
        .with("parameters", parameters.collect::<Result<Vec<Value>>>()?)
        .with("reported", reported.collect::<Vec<Value>>())
        .with("inputs", set.files.iter().cloned().collect::<BTreeMap<_, _>>()))
}

fn entry_document(entry: &Entry, meaning: Option<&str>) -> Value {
    json!({
        "symbol": entry.symbol,
        "value": entry.value,
        "unit": entry.unit,
        "status": entry.status.to_string(),
        "grade": entry.grade,
        "source": entry.source,
        "note": entry.note,
        "plausible": entry.plausible,
        "meaning": meaning,
    })
}

fn list() -> Result<String> {
    let mut text = String::new();
    for name in MODEL_NAMES.iter().chain(&TEXT_NAMES) {
        let set = parameter_set(name, None)?;
        let _ = writeln!(text, "{name:22} {}", set.citation);
    }
    text +=
        "\nthrombo models NAME shows the parameters of that model with unit, source and grade.\n";
    Ok(text)
}

/// A model with its parameters.
pub(super) fn one(set: &ParameterSet) -> Result<String> {
    let mut text = format!("{}: {}\n", set.model, set.citation);
    let _ = write!(text, "population {}", set.population);
    if set.variants_apply() {
        let _ = write!(text, ", variant {}: {}", set.variant, set.variant_meaning());
    }
    text += "\n\n";
    for entry in &set.entries {
        let meaning = set.symbol(&entry.symbol)?.meaning;
        write_entry(&mut text, entry, meaning);
    }
    if !set.reported.is_empty() {
        text += "\nReported by the source, not used by the equations:\n\n";
        set.reported.iter().for_each(|entry| write_entry(&mut text, entry, ""));
    }
    Ok(text)
}

fn write_entry(text: &mut String, entry: &Entry, meaning: &str) {
    let value = entry.value.map_or("derived".to_owned(), |value| value.to_string());
    let unit = if entry.unit == "1" { "" } else { &entry.unit };
    let (symbol, status, grade) = (&entry.symbol, entry.status, entry.grade);
    let _ = writeln!(text, "{symbol:18} {value:>8} {unit:9} {grade:4} {status:9}  {meaning}");
    let plausible = entry.plausible.map(|(low, high)| format!("plausible {low} to {high}"));
    let parts = [Some(entry.source.clone()), plausible, Some(entry.note.clone())];
    let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let _ = writeln!(text, "{:18}   {}", "", parts.join("; "));
}
