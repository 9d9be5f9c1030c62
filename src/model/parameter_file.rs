//! What stands in a parameter file, read and checked.

use super::Population;
use super::Symbol;
use super::parameter_set::{Entry, GRADES, POPULATIONS, Status};
use crate::error::{Result, choose};
use crate::files::{FileKind, Section, read_toml};
use std::path::Path;

/// The statuses that a file may name.
const STATUSES: &[(&str, Status)] = &[
    ("estimated", Status::Estimated),
    ("fixed", Status::Fixed),
    ("derived", Status::Derived),
    ("assumed", Status::Assumed),
    ("fitted", Status::Fitted),
];

/// The variants that a file may have start values for.
const VARIANTS: [&str; 4] = ["A", "B", "C", "D"];

/// What a parameter file says, before a population is chosen.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) citation: String,
    pub(super) population: Population,
    pub(super) include: Vec<(String, Vec<String>)>,
    pub(super) entries: Vec<Entry>,
    pub(super) presets: Vec<(String, Vec<Entry>)>,
    pub(super) variants: Vec<(String, Vec<Entry>)>,
    pub(super) reported: Vec<Entry>,
}

/// Reads a file; with `symbols` given, its names, units and ranges are checked.
pub(super) fn read_file(path: &Path, text: &str, symbols: &[Symbol]) -> Result<File> {
    FileKind::Parameters.require(path, text)?;
    read_toml(path, text, |root| {
        root.schema(1);
        let citation = root.text("citation");
        let population = root.choice("population", POPULATIONS);
        let include = root
            .tables("include", |name, section| Some((name.to_owned(), section.texts("symbols")?)));
        let entries = root.tables("parameters", |name, section| entry(name, section, symbols));
        let group = |name: &str, section: &Section<'_>| {
            let read = |symbol| section.table(symbol, |table| entry(symbol, table, symbols));
            Some((name.to_owned(), section.keys().filter_map(read).collect()))
        };
        let among = |known: &'static [&str]| {
            move |name: &str, section: &Section<'_>| {
                if !known.contains(&name) {
                    section.problem(
                        "",
                        format!("is unknown here: choose one of {}", known.join(", ")),
                    );
                }
                group(name, section)
            }
        };
        let presets = root.tables("presets", among(&["cld", "healthy"]));
        let variants = root.tables("variants", among(&VARIANTS));
        let reported = root.tables("reported", |name, section| entry(name, section, &[]));
        Some(File {
            citation: citation?,
            population: population?,
            include,
            entries,
            presets,
            variants,
            reported,
        })
    })
}

/// Reads one entry. With `symbols` given, the name, the unit and the range are checked.
pub(crate) fn entry(name: &str, section: &Section<'_>, symbols: &[Symbol]) -> Option<Entry> {
    let value = section.optional_number("value");
    let unit = section.text("unit");
    let status = section.choice("status", STATUSES);
    let grade = section.choice("grade", GRADES);
    let source = section.text("source");
    let note = section.optional_text("note").unwrap_or_default();
    let plausible = section.optional_numbers("plausible");
    if !symbols.is_empty() {
        check(name, section, symbols, value, unit.as_deref());
    }
    if value.is_none() && status != Some(Status::Derived) {
        section.problem("value", "is missing: only a derived number needs no value");
    }
    let plausible = match plausible.as_deref() {
        None => None,
        Some([low, high]) if low < high => Some((*low, *high)),
        Some(_) => {
            section.problem("plausible", "must be two numbers in increasing order");
            None
        }
    };
    Some(Entry {
        symbol: name.to_owned(),
        value,
        unit: unit?,
        status: status?,
        grade: grade?,
        source: source?,
        note,
        plausible,
        file: String::new(),
    })
}

fn check(
    name: &str,
    section: &Section<'_>,
    symbols: &[Symbol],
    value: Option<f64>,
    unit: Option<&str>,
) {
    let Some(symbol) = symbols.iter().find(|symbol| symbol.name == name) else {
        let known: Vec<_> = symbols.iter().map(|symbol| symbol.name).collect();
        section.problem("", format!("is not a symbol of this model{}", choose(name, &known)));
        return;
    };
    if unit.is_some_and(|unit| unit != symbol.unit) {
        section.problem("unit", format!("must be \"{}\": convert the value", symbol.unit));
    }
    if let Some(value) = value.filter(|value| !symbol.range.contains(*value)) {
        section.problem("value", format!("= {value} is outside {}", symbol.range));
    }
}
