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
    /// A key at the root that tells these files from others of the folder; none where none has it.
    told_by: &'static str,
    /// The tables below which names stand, with the number of levels of names.
    names_below: &'static [(&'static str, usize)],
    /// Keys that no shipped file may happen to use.
    optional: &'static [&'static str],
}

const KINDS: [Kind; 8] = [
    Kind {
        title: "Parameter files",
        folder: "parameters",
        told_by: "parameters",
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
        title: "Virtual patients",
        folder: "parameters",
        told_by: "count_error",
        names_below: &[
            ("typical", 1),
            ("variability", 1),
            ("variants", 1),
            ("covariates", 1),
            ("practice", 1),
            ("estimates", 1),
            ("inputs", 1),
        ],
        optional: &[
            "drug_difference",
            "log_marginal_standard_error",
            "no_procedure",
            "size_omega",
            "variant",
            "typical",
            "correlations",
            "between",
            "covariate_table",
            "practice",
            "no_transfusion_below",
            "transfusion_above",
            "rescue",
            "calibration",
        ],
    },
    Kind {
        title: "Calibration plans",
        folder: "parameters",
        told_by: "estimated",
        names_below: &[("estimated", 1), ("on_request", 1), ("variants", 2)],
        optional: &["between"],
    },
    Kind {
        title: "Scenarios",
        folder: "scenarios",
        told_by: "drug",
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
        title: "Trials",
        folder: "scenarios",
        told_by: "arms",
        names_below: &[("arms", 1)],
        optional: &[
            "practice_as",
            "streams",
            "without_count",
            "count_same_day",
            "comparison",
            "control",
            "endpoint",
            "alpha",
            "sided",
        ],
    },
    Kind {
        title: "Targets",
        folder: "targets",
        told_by: "target",
        names_below: &[],
        optional: &["level", "time_h", "se", "sd", "n"],
    },
    Kind {
        title: "Published results",
        folder: "targets",
        told_by: "published",
        names_below: &[("published", 1)],
        optional: &[],
    },
    Kind {
        title: "Published exposures",
        folder: "targets",
        told_by: "exposure",
        names_below: &[("exposure", 1)],
        optional: &[],
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

/// Files that are not of exactly one kind.
fn unknown_kinds() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut complaints = Vec::new();
    for folder in ["parameters", "scenarios", "targets"] {
        for path in files(&root().join(folder), "toml")? {
            let table: toml::Table = fs::read_to_string(&path)?.parse()?;
            let own = KINDS.iter().filter(|kind| kind.folder == folder);
            let kinds = own.filter(|kind| table.contains_key(kind.told_by)).count();
            if kinds != 1 {
                complaints.push(format!("{} is of {kinds} kinds", path.display()));
            }
        }
    }
    Ok(complaints)
}

fn key_complaints(formats: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut complaints = unknown_kinds()?;
    for Kind { title, folder, told_by, names_below, optional } in KINDS {
        let mut known: BTreeSet<String> = optional.iter().map(|key| (*key).to_owned()).collect();
        for path in files(&root().join(folder), "toml")? {
            let table: toml::Table = fs::read_to_string(path)?.parse()?;
            if !table.contains_key(told_by) {
                continue;
            }
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

    for (from, to) in [
        ("| `plausible` |", "| `likely` |"),
        ("| `short` |", "| short |"),
        ("| `count_cut` |", "| `cut` |"),
        ("| `rounding` |", "| rounding |"),
    ] {
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
