//! The model on the page: its equations, as `docs/model.md` has them, and its parameters.

use super::markdown;
use super::table::{Cell, Column, PageTable};
use crate::model::Entry;
use crate::model::receptor::VARIANTS;
use crate::report::cast::Cast;
use crate::report::regimen_result::MAIN;
use crate::report::sentence::Estimate;
use crate::units::rounding::{Form, significant};
use serde::Serialize;

/// The specification of the models.
const SPECIFICATION: &str = include_str!("../../../docs/model.md");
/// The parts of it that the page shows.
const EQUATIONS: [&str; 3] = [
    "### Pharmacokinetics (`mechanistic`, `katsube_2019`)",
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
    pub(super) variants: PageTable,
    pub(super) parameters: PageTable,
    command: String,
}

/// The model with the parameters of the typical patient in the main variant.
pub(in crate::report) fn model_section(casts: &[Cast]) -> ModelSection {
    let main = casts.iter().find(|cast| cast.variant == MAIN).unwrap_or(&casts[0]);
    let part = |heading: &&str| markdown::to_html(&without_tables(section(heading)));
    ModelSection {
        equations: EQUATIONS.iter().map(part).collect(),
        limits: LIMITS.iter().map(part).collect(),
        variants: variants(),
        parameters: parameters(main),
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

/// The text without its tables: the page has its own, with numbers.
fn without_tables(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('|')).map(|line| format!("{line}\n")).collect()
}

fn variants() -> PageTable {
    let columns =
        vec![Column::words("variant", "variant"), Column::words("difference", "difference")];
    let rows = VARIANTS.map(|(variant, meaning)| vec![variant.to_string().into(), meaning.into()]);
    let caption =
        "Four structural variants, between which platelet counts alone cannot discriminate.";
    PageTable::new("variants", caption, columns, rows.to_vec()).called("Structural variants")
}

/// The parameters of the typical patient, with what the calibration says of each.
fn parameters(Cast { patients, typical, variant, .. }: &Cast) -> PageTable {
    let caption = format!(
        "Parameters of the typical patient, variant {variant}, with the 95 % interval of those that were calibrated and the \
         coefficient of variation between patients of those that vary. Grades: A read in the primary source, B in a restatement \
         or deposited code, C extracted by machine, D recalled, calc computed."
    );
    let columns = vec![
        Column::words("symbol", "symbol"),
        Column::words("meaning", "meaning"),
        Column::numbers("value", "value (95 %)", "1").means("value, in the unit of the row"),
        Column::words("unit", "unit"),
        Column::numbers("cv", "CV between patients", "%"),
        Column::words("status", "status"),
        Column::words("grade", "grade"),
        Column::words("source", "source"),
    ];
    let spreads = patients.spreads(*variant);
    let row = |entry: &Entry| -> Vec<Cell> {
        let number = |value: f64| significant(value, 4, Form::Label);
        let value = entry.value.map_or("derived".to_owned(), number);
        let known = patients.calibrated.iter().flat_map(|known| &known.estimates);
        let value = match known.into_iter().find(|own| own.name == entry.symbol) {
            Some(own) => Estimate::new(value, (number(own.interval.0), number(own.interval.1))),
            None => Estimate::alone(value),
        };
        let cv = spreads.iter().find(|own| own.symbol == entry.symbol).zip(entry.value);
        let cv = cv.map(|(own, typical)| own.distribution.coefficient_of_variation(typical));
        vec![
            entry.symbol.as_str().into(),
            typical.symbol(&entry.symbol).map_or("", |own| own.meaning).into(),
            value.into(),
            (if entry.unit == "1" { "" } else { &entry.unit }).into(),
            cv.map_or("–".to_owned(), |cv| format!("{:.0}", 100.0 * cv)).into(),
            entry.status.to_string().into(),
            entry.grade.into(),
            entry.source.as_str().into(),
        ]
    };
    let rows = typical.entries.iter().map(row).collect();
    PageTable::new("parameters", caption, columns, rows).of_prose().called("Parameters")
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
