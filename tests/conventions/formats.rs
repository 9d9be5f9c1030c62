//! Every key of every file is described, and no other; the grammar is quoted.

use crate::Outcome;
use crate::page::{chapter, files, quoted, read, root, rows};
use std::collections::BTreeSet;
use std::fs;
use thrombopoiesis::regimen::GRAMMAR;

/// A kind of TOML file.
struct Kind {
    /// Its chapter in `docs/formats.md`.
    title: &'static str,
    folder: &'static str,
    /// The tables below which names stand, with the number of levels of names.
    names_below: &'static [(&'static str, usize)],
    /// Keys that no shipped file may happen to use.
    optional: &'static [&'static str],
}

const KINDS: [Kind; 3] = [
    Kind {
        title: "Parameter files",
        folder: "parameters",
        names_below: &[
            ("include", 1),
            ("parameters", 1),
            ("presets", 2),
            ("variants", 2),
            ("reported", 1),
        ],
        optional: &[],
    },
    Kind {
        title: "Scenarios",
        folder: "scenarios",
        names_below: &[("set", 1)],
        optional: &[
            "doses",
            "time_h",
            "amount",
            "unit",
            "route",
            "stop",
            "visit_days",
            "at_least",
            "rise",
            "set",
            "note",
        ],
    },
    Kind {
        title: "Targets",
        folder: "targets",
        names_below: &[],
        optional: &["level", "time_h", "se", "sd", "n"],
    },
];

/// All keys in `value`, except names, which stand in the next `levels` levels of tables.
fn keys(value: &toml::Value, levels: usize, below: &[(&str, usize)], found: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, inner) in table {
                if levels > 0 {
                    keys(inner, levels - 1, below, found);
                } else {
                    found.insert(key.clone());
                    let names = below.iter().find(|(name, _)| name == key).map_or(0, |(_, n)| *n);
                    keys(inner, names, below, found);
                }
            }
        }
        toml::Value::Array(values) => {
            for value in values {
                keys(value, levels, below, found);
            }
        }
        _ => {}
    }
}

/// The keys that a chapter of `docs/formats.md` describes: `[a.NAME]` and `[[a]]` are `a`.
fn described_keys(formats: &str, title: &str) -> BTreeSet<String> {
    let key = |row: &Vec<&str>| {
        let name = quoted(row[0]).first()?.trim_matches(['[', ']']);
        Some(name.split('.').next().unwrap_or(name).to_owned())
    };
    rows(chapter(formats, title)).iter().filter_map(key).collect()
}

fn key_complaints(formats: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut complaints = Vec::new();
    for Kind { title, folder, names_below, optional } in KINDS {
        let mut known: BTreeSet<String> = optional.iter().map(|key| (*key).to_owned()).collect();
        for path in files(&root().join(folder), "toml")? {
            let table: toml::Table = fs::read_to_string(path)?.parse()?;
            keys(&toml::Value::Table(table), 0, names_below, &mut known);
        }
        let described = described_keys(formats, title);
        let differing = known.symmetric_difference(&described);
        complaints.extend(differing.map(|key| format!("{title}: key {key}")));
    }
    Ok(complaints)
}

#[test]
fn invariant_formats_describe_every_key_and_no_other() -> Outcome {
    let formats = read("docs/formats.md")?;
    let complaints = key_complaints(&formats)?;
    assert!(complaints.is_empty(), "{complaints:#?}");

    for (from, to) in [("| `plausible` |", "| `likely` |"), ("| `short` |", "| short |")] {
        let planted = formats.replace(from, to);
        assert_ne!(planted, formats, "nothing was planted");
        assert!(!key_complaints(&planted)?.is_empty(), "a fault was not seen");
    }
    Ok(())
}

#[test]
fn invariant_formats_quote_the_grammar() -> Outcome {
    let quote = format!("```text\n{GRAMMAR}\n```");
    assert!(read("docs/formats.md")?.contains(&quote), "docs/formats.md has another grammar");
    Ok(())
}
