//! The model on the page: its equations, as `docs/model.md` has them, and its parameters.

use super::markdown;
use crate::model::receptor::VARIANTS;
use crate::model::{Entry, ParameterSet};
use crate::report::cast::Cast;
use crate::report::regimen_result::MAIN;
use crate::units::rounding::{Form, significant};
use serde::Serialize;

/// The specification of the models.
const SPECIFICATION: &str = include_str!("../../../docs/model.md");
/// The parts of it that the page shows.
const EQUATIONS: [&str; 3] = [
    "### Pharmacokinetics of lusutrombopag (`mechanistic`, `katsube_2019`)",
    "### Receptor (`mechanistic`)",
    "### Thrombopoiesis (`mechanistic`)",
];
/// What the model leaves out.
const LIMITS: [&str; 3] =
    ["## Assumptions", "## Identifiability, known in advance", "## Known limits"];

/// The model.
#[derive(Debug, Serialize)]
pub(in crate::report) struct ModelSection {
    equations: Vec<String>,
    limits: Vec<String>,
    variants: Vec<(String, &'static str)>,
    /// The variant whose parameters are listed.
    main: String,
    parameters: Vec<ParameterRow>,
    command: String,
}

/// One parameter.
#[derive(Debug, Serialize)]
struct ParameterRow {
    symbol: String,
    meaning: String,
    value: String,
    unit: String,
    status: String,
    grade: String,
    source: String,
}

/// The model with the parameters of the typical patient in the main variant.
pub(in crate::report) fn model_section(casts: &[Cast]) -> ModelSection {
    let main = casts.iter().find(|cast| cast.variant == MAIN).unwrap_or(&casts[0]);
    let part = |heading: &&str| markdown::to_html(section(heading));
    ModelSection {
        equations: EQUATIONS.iter().map(part).collect(),
        limits: LIMITS.iter().map(part).collect(),
        variants: VARIANTS.map(|(v, meaning)| (v.to_string(), meaning)).to_vec(),
        main: main.variant.to_string(),
        parameters: rows(&main.typical),
        command: format!("thrombo models --parameters {}", main.name),
    }
}

/// The part of the specification below `heading`, with it.
fn section(heading: &str) -> &'static str {
    let Some(start) = SPECIFICATION.find(&format!("\n{heading}\n")) else { return "" };
    let text = &SPECIFICATION[start + 1..];
    let body = heading.len();
    let next = ["\n## ", "\n### "].iter().filter_map(|mark| text[body..].find(mark)).min();
    &text[..next.map_or(text.len(), |end| body + end)]
}

fn rows(set: &ParameterSet) -> Vec<ParameterRow> {
    let row = |entry: &Entry| ParameterRow {
        symbol: entry.symbol.clone(),
        meaning: set.symbol(&entry.symbol).map_or(String::new(), |s| s.meaning.to_owned()),
        value: entry.value.map_or("derived".to_owned(), |value| significant(value, 4, Form::Label)),
        unit: if entry.unit == "1" { String::new() } else { entry.unit.clone() },
        status: entry.status.to_string(),
        grade: entry.grade.to_owned(),
        source: entry.source.clone(),
    };
    set.entries.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::{EQUATIONS, LIMITS, section};

    #[test]
    fn invariant_every_part_of_the_specification_is_found() {
        for heading in EQUATIONS.iter().chain(&LIMITS) {
            let text = section(heading);
            assert!(text.len() > heading.len() + 100, "{heading}: {text}");
            assert!(!text[heading.len()..].contains("\n## "), "{heading} goes on too far");
        }
        assert!(section(EQUATIONS[2]).contains("\\tag{M8}"));
    }
}
