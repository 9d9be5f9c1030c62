//! Every column of a table that is written is described in `docs/formats.md`, with its unit.

use crate::Outcome;
use crate::page::{chapter, quoted, read, rows};
use std::collections::{BTreeMap, BTreeSet};
use thrombopoiesis::export::records;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::table::Table;
use thrombopoiesis::{calibrate, model, trial, window};

/// Tables without rows have all their columns.
fn tables() -> Vec<(&'static str, Table)> {
    let patients = VirtualPatients::load("patients_start").expect("shipped patients");
    let asked = window::Question::new(&patients);
    vec![
        ("window: windows", window::tables::windows(&[])),
        ("window: days", window::tables::days(&[])),
        ("window: starts", window::tables::starts(&[], &(0..=0))),
        ("window: optimum", window::tables::optimum(&asked, 0.01, &[])),
        ("window: courses", window::tables::courses(&asked, &[])),
        ("trial: endpoints", trial::tables::endpoints(&[])),
        ("trial: comparisons", trial::tables::comparisons(&[])),
        ("trial: courses", trial::tables::courses(&[])),
        ("validate", calibrate::against_table(model::Variant::B, &[])),
        ("records", records::table(&[])),
    ]
}

/// The units that the page gives the columns of its tables, each by name: one for all names of a
/// row, or one for each.
fn units(page: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut units: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows(page) {
        let [names, own, ..] = row.as_slice() else { continue };
        let names = quoted(names);
        let own: Vec<&str> = own.split(", ").collect();
        let beginning = names[0].strip_suffix("_q2.5");
        for (i, name) in names.iter().enumerate() {
            let name = match beginning {
                Some(beginning) if name.starts_with('_') => format!("{beginning}{name}"),
                _ => (*name).to_owned(),
            };
            let unit = own.get(i).or(own.first()).copied().unwrap_or_default();
            units.entry(name).or_default().insert(unit.to_owned());
        }
    }
    units
}

fn column_complaints(page: &str) -> Vec<String> {
    let chapters = chapter(page, "CSV").to_owned() + chapter(page, "Records in the form of NONMEM");
    let (units, all) = (units(&chapters), quoted(&chapters));
    let mut complaints = Vec::new();
    for (table, columns) in tables() {
        for column in columns.columns() {
            // Quantiles are described by their first.
            let name = column.name.split("_q").next().unwrap_or_default();
            let first = format!("{name}_q05");
            let known = units.get(&column.name).or_else(|| units.get(&first));
            let place = format!("{table}: `{}`", column.name);
            match known {
                _ if column.unit.is_empty() && all.contains(&column.name.as_str()) => {}
                Some(known) if known.contains(&*column.unit) || known.contains("") => {}
                Some(known) => {
                    complaints.push(format!("{place} in {} is in {known:?}", column.unit));
                }
                None if all.iter().any(|name| *name == column.name || *name == first) => {}
                None => complaints.push(format!("{place} is not in the page")),
            }
        }
    }
    complaints
}

#[test]
fn invariant_columns_are_described_with_their_units() -> Outcome {
    let page = read("docs/formats.md")?;
    assert_eq!(column_complaints(&page), Vec::<String>::new());

    let name = page.replace("| `total_mg` | mg |", "| `total` | mg |");
    assert!(!column_complaints(&name).is_empty(), "a missing column was not seen");
    let unit = page.replace("| `total_mg` | mg |", "| `total_mg` | g |");
    assert!(!column_complaints(&unit).is_empty(), "another unit was not seen");
    Ok(())
}
