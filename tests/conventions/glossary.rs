//! Every name of the code is in the register, with its unit, and no other.

use crate::Outcome;
use crate::page::{chapter, names_and_units, parts, quoted, read, rows, texts};
use std::collections::BTreeSet;
use thrombopoiesis::model::{MODEL_NAMES, ParameterSet, parameter_set};
use thrombopoiesis::trial::{Event, Quantity, Role, Subset};

/// Columns that are no model's readouts.
const OTHER_COLUMNS: [&str; 4] = ["time_h", "conc_ng_ml", "plt_1e9_l", "sd"];

/// The names of one model in the code, with their units.
pub(crate) struct Names {
    pub(crate) model: String,
    symbols: Vec<(String, String)>,
    pub(crate) states: Vec<(String, String)>,
    columns: Vec<String>,
    intermediates: Vec<(String, String)>,
}

fn names(set: &ParameterSet) -> thrombopoiesis::error::Result<Names> {
    let p = set.model.individual(&set.theta())?;
    let intermediates = p.intermediates(&p.baseline()).into_iter();
    let symbols = set.model.symbols().iter();
    let states = p.states().into_iter();
    Ok(Names {
        model: set.model.to_string(),
        intermediates: intermediates.map(|(name, unit, _)| (name.into(), unit.into())).collect(),
        symbols: symbols.map(|s| (s.name.to_owned(), s.unit.to_owned())).collect(),
        states: states.map(|state| (state.name, state.unit.to_owned())).collect(),
        columns: set.model.readouts().iter().map(|readout| readout.column.to_owned()).collect(),
    })
}

pub(crate) fn models() -> thrombopoiesis::error::Result<Vec<Names>> {
    let of = |name: &&str| {
        let mut set = parameter_set(name, None)?;
        if set.symbol("n_platelet_stages").is_ok() {
            set.set("n_platelet_stages", 12.0)?;
        }
        names(&set)
    };
    MODEL_NAMES.iter().map(of).collect()
}

fn parameter_complaints(glossary: &str, models: &[Names]) -> Vec<String> {
    let mut complaints = Vec::new();
    let covariates = names_and_units(chapter(glossary, "Covariates"));
    for (covariate, _) in &covariates {
        if !models.iter().any(|model| model.symbols.iter().any(|(name, _)| name == covariate)) {
            complaints.push(format!("no model has the covariate {covariate}"));
        }
    }
    for model in models {
        let mut described = covariates.clone();
        for (heading, body) in parts(chapter(glossary, "Parameters"), "### ") {
            if quoted(heading).contains(&model.model.as_str()) {
                let table = names_and_units(body);
                for name in table.iter().filter(|name| !model.symbols.contains(name)) {
                    complaints.push(format!("{} has no {name:?}", model.model));
                }
                described.extend(table);
            }
        }
        for symbol in &model.symbols {
            let times = described.iter().filter(|name| *name == symbol).count();
            if times != 1 {
                complaints.push(format!("{}: {symbol:?} is described {times} times", model.model));
            }
        }
    }
    complaints
}

fn state_complaints(glossary: &str, models: &[Names]) -> Vec<String> {
    let states = parts(chapter(glossary, "States"), "### ");
    let complaint = |model: &Names| {
        let found = states.iter().find(|(heading, _)| quoted(heading) == [model.model.as_str()]);
        let described = names_and_units(found.map_or("", |(_, body)| body));
        (described != model.states)
            .then(|| format!("{} has the states {:?}", model.model, model.states))
    };
    models.iter().filter_map(complaint).collect()
}

fn column_complaints(glossary: &str, formats: &str, models: &[Names]) -> Vec<String> {
    let mut complaints = Vec::new();
    let described: BTreeSet<String> =
        names_and_units(chapter(glossary, "Columns")).into_iter().map(|(name, _)| name).collect();
    let mut known: BTreeSet<String> = OTHER_COLUMNS.map(str::to_owned).into();
    known.extend(models.iter().flat_map(|model| model.columns.clone()));
    complaints.extend(
        known.symmetric_difference(&described).map(|name| format!("column {name}: see glossary")),
    );
    let csv = rows(chapter(formats, "CSV"));
    for model in models {
        let row = csv.iter().find(|row| quoted(row[0]).contains(&model.model.as_str()));
        let listed = row.map(|row| quoted(row[1])).unwrap_or_default();
        if listed != model.columns {
            complaints.push(format!("{} has the columns {:?}", model.model, model.columns));
        }
    }
    complaints
}

fn intermediate_complaints(glossary: &str, models: &[Names]) -> Vec<String> {
    let tables = parts(chapter(glossary, "Intermediate values"), "### ");
    let complaint = |model: &Names| {
        let found =
            tables.iter().find(|(heading, _)| quoted(heading).contains(&model.model.as_str()));
        let described = names_and_units(found.map_or("", |(_, body)| body));
        (described != model.intermediates)
            .then(|| format!("{} has the values {:?}", model.model, model.intermediates))
    };
    models.iter().filter_map(complaint).collect()
}

#[test]
fn invariant_glossary_names_every_intermediate_value() -> Outcome {
    let (glossary, models) = (read("docs/glossary.md")?, models()?);
    assert_eq!(intermediate_complaints(&glossary, &models), Vec::<String>::new());

    let planted = glossary.replace("| `signal0` |", "| `signal` |");
    assert_eq!(intermediate_complaints(&planted, &models).len(), 1, "a fault was not seen");
    Ok(())
}

#[test]
fn invariant_glossary_names_every_parameter_of_every_model_and_no_other() -> Outcome {
    let (glossary, models) = (read("docs/glossary.md")?, models()?);
    let complaints = parameter_complaints(&glossary, &models);
    assert!(complaints.is_empty(), "{complaints:#?}");

    let unit = glossary.replace("alone | ng/mL |", "alone | ug/mL |");
    let gone = glossary.replace("| `taun` |", "| `tau` |");
    let covariate = glossary.replace("| `cld` |", "| `liver` |");
    for planted in [unit, gone, covariate] {
        assert_ne!(planted, glossary, "nothing was planted");
        assert!(!parameter_complaints(&planted, &models).is_empty(), "a fault was not seen");
    }
    Ok(())
}

#[test]
fn invariant_glossary_names_every_state_and_every_column() -> Outcome {
    let (glossary, formats) = (read("docs/glossary.md")?, read("docs/formats.md")?);
    let models = models()?;
    let mut complaints = state_complaints(&glossary, &models);
    complaints.extend(column_complaints(&glossary, &formats, &models));
    assert!(complaints.is_empty(), "{complaints:#?}");

    let state = glossary.replace("to `platelet9`", "to `platelet8`");
    assert!(!state_complaints(&state, &models).is_empty(), "a missing state was not seen");
    let column = glossary.replace("| `tpo_pm` |", "| `tpo` |");
    assert!(!column_complaints(&column, &formats, &models).is_empty(), "a column was not seen");
    let order = formats.replace("`tpo_pm`, `drive`", "`drive`, `tpo_pm`");
    assert!(!column_complaints(&glossary, &order, &models).is_empty(), "an order was not seen");
    Ok(())
}

/// Names of a table of the register that are neither a function nor a field in `code`.
fn absent_names(table: &str, code: &str) -> Vec<String> {
    let names = names_and_units(table).into_iter().map(|(name, _)| name);
    let is_absent = |name: &String| {
        let (function, field) = (format!("pub fn {name}("), format!("pub {name}: "));
        !code.contains(&function) && !code.contains(&field)
    };
    names.filter(is_absent).collect()
}

fn endpoint_complaints(glossary: &str, code: &str) -> Vec<String> {
    let endpoints = chapter(glossary, "Endpoints").split("Statistics of a target").next();
    absent_names(endpoints.unwrap_or_default(), code)
}

#[test]
fn invariant_glossary_names_endpoints_that_exist() -> Outcome {
    let (glossary, code) = (read("docs/glossary.md")?, texts("src/simulate", "rs")?);
    assert_eq!(endpoint_complaints(&glossary, &code), Vec::<String>::new());

    let planted = glossary.replace("| `tmax_h` |", "| `tmax` |");
    assert_eq!(endpoint_complaints(&planted, &code), ["tmax"]);
    Ok(())
}

#[test]
fn invariant_glossary_names_statistics_that_exist() -> Outcome {
    let (glossary, code) = (read("docs/glossary.md")?, texts("src/statistics", "rs")?);
    let statistics = chapter(&glossary, "Statistics");
    assert_eq!(absent_names(statistics, &code), Vec::<String>::new());
    assert!(names_and_units(statistics).len() > 15, "hardly any statistics were read");

    let planted = statistics.replace("| `coverage` |", "| `cover` |");
    assert_eq!(absent_names(&planted, &code), ["cover"]);
    Ok(())
}

/// The tables of the register's chapter on trials: of each, the words before it and its names.
fn trial_complaints(glossary: &str) -> Vec<String> {
    let text = |name: &str| name.to_owned();
    let events = Event::ALL.iter().map(|(_, name)| (text(name), text("1")));
    let quantities = Quantity::ALL.iter().map(|(_, name, unit)| (text(name), text(unit)));
    let subsets = Subset::ALL.iter().map(|(_, name, _)| (text(name), String::new()));
    let roles = Role::ALL.iter().map(|(name, _)| (text(name), String::new()));
    let known: [(&str, Vec<(String, String)>); 4] = [
        ("Events of a patient:", events.collect()),
        ("Quantities of a patient:", quantities.collect()),
        ("Subsets of the patients of an arm:", subsets.collect()),
        ("Roles of a published number:", roles.collect()),
    ];
    let chapter = chapter(glossary, "Trials");
    let complaint = |(opening, known): (&str, Vec<(String, String)>)| {
        let table = chapter.split(opening).nth(1).unwrap_or_default().trim_start();
        let table = table.split("\n\n").next().unwrap_or_default();
        (names_and_units(table) != known).then(|| format!("{opening} {known:?}"))
    };
    known.into_iter().filter_map(complaint).collect()
}

#[test]
fn invariant_glossary_names_what_trials_measure() -> Outcome {
    let glossary = read("docs/glossary.md")?;
    assert_eq!(trial_complaints(&glossary), Vec::<String>::new());

    let name = glossary.replace("| `rose_by_half` |", "| `rose` |");
    let unit = glossary.replace("the first on ties | visit day |", "the first on ties | d |");
    for planted in [name, unit] {
        assert_eq!(trial_complaints(&planted).len(), 1, "a fault was not seen");
    }
    Ok(())
}
