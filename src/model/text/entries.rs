//! The numbers of a text as a parameter file would hold them.

use super::{Choice, Source, TextModel, refused};
use crate::error::{Error, Result};
use crate::model::{Entry, Population, Status};

/// The numbers of a text in a variant, with the preset that describes `population`.
pub(in crate::model) fn text_entries(
    text: &TextModel,
    variant: Option<&str>,
    population: Option<Population>,
    file: &str,
) -> Result<Vec<Entry>> {
    let own = |population: Population| {
        let presets = text.presets.iter();
        let mut found =
            presets.clone().filter(|own| own.name.eq_ignore_ascii_case(population.name()));
        found.next().map(|own| own.name.clone()).ok_or_else(|| Error::NotIn {
            owner: format!("the model `{}`", text.name),
            kind: "preset",
            name: population.to_string(),
            known: presets.map(|own| own.name.clone()).collect(),
        })
    };
    let chosen = population.filter(|population| *population != Population::AS_WRITTEN);
    let choice = Choice {
        variant: variant.map(str::to_owned),
        preset: chosen.map(own).transpose()?,
        ..Choice::default()
    };
    let sheet = text.sheet(&choice).map_err(refused)?;
    let entry = |symbol: &str, value: f64, unit: &str, source: &Source| Entry {
        symbol: symbol.to_owned(),
        value: Some(value),
        unit: unit.to_owned(),
        status: match source.grade {
            Some("assumed") | None => Status::Assumed,
            _ => Status::Estimated,
        },
        grade: source.grade.filter(|grade| *grade != "assumed").unwrap_or("-"),
        source: source.text.clone(),
        note: String::new(),
        plausible: None,
        file: file.to_owned(),
    };
    let parameters = sheet.parameters.iter().map(|own| {
        let line = entry(&own.name, own.value, own.unit.text(), &own.source);
        let status = if own.is_fixed { Status::Fixed } else { line.status };
        Entry { status, note: effects_in_words(&own.effects), ..line }
    });
    let covariates = sheet.covariates.iter().map(|own| Entry {
        status: Status::Assumed,
        ..entry(&own.name, own.value, own.unit.text(), &own.source)
    });
    let none = Source { text: String::new(), grade: None, is_header: true };
    let sizes = sheet
        .sizes
        .iter()
        .map(|(own, size)| Entry { status: Status::Fixed, ..entry(own, *size as f64, "1", &none) });
    Ok(parameters.chain(covariates).chain(sizes).collect())
}

/// What follows the typical value on its line, in words.
fn effects_in_words(effects: &str) -> String {
    let effects = effects.trim();
    match (effects.strip_prefix('*'), effects.strip_prefix('/')) {
        (Some(factor), _) => format!("times {}", factor.trim()),
        (_, Some(divisor)) => format!("divided by {}", divisor.trim()),
        _ => effects.to_owned(),
    }
}
