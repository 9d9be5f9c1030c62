//! `thrombo models`: what there is, and where its numbers come from.

use super::Outcome;
use super::args::{ModelsArgs, chosen_set, typical_patient};
use super::console::print;
use std::fmt::Write;
use thrombopoiesis::error::Result;
use thrombopoiesis::model::{Entry, MODEL_NAMES, ParameterSet, parameter_set};

pub(super) fn run(args: &ModelsArgs) -> Result<Outcome> {
    let text = match (&args.name, &args.parameters) {
        (_, Some(parameters)) => one(&typical_patient(parameters, args.variant.as_deref())?)?,
        (None, None) => list()?,
        (Some(name), None) => one(&chosen_set(name, args.population, args.variant.as_deref())?)?,
    };
    print(&text)?;
    Ok(Outcome::Done)
}

fn list() -> Result<String> {
    let mut text = String::new();
    for name in MODEL_NAMES {
        let set = parameter_set(name, None)?;
        let _ = writeln!(text, "{name:22} {}", set.citation);
    }
    text += "\nthrombo models NAME shows the parameters of one, with unit, source and grade.\n";
    Ok(text)
}

fn one(set: &ParameterSet) -> Result<String> {
    let mut text = format!("{}: {}\n", set.model, set.citation);
    let _ = write!(text, "population {}", set.population);
    if set.variants_apply() {
        let _ = write!(text, ", variant {}: {}", set.variant, set.variant.meaning());
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
