//! Parameter files: the shipped ones are complete, and every problem of a broken one is found.

use crate::common::set_of;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::path::{Path, PathBuf};
use thrombopoiesis::error::{Error, FileProblem};
use thrombopoiesis::model::published::shimizu_2021::Full;
use thrombopoiesis::model::{
    MODEL_NAMES, Mechanistic, ParameterSet, Population, Status, Variant, Written, model,
    parameter_set,
};

fn assert_complete(set: &ParameterSet) {
    let symbols = set.model.symbols();
    for symbol in symbols {
        let entries: Vec<_> = set.entries.iter().filter(|e| e.symbol == symbol.name).collect();
        let [entry] = entries[..] else {
            panic!("{}: {} entries for `{}`", set.model, entries.len(), symbol.name)
        };
        assert_eq!(entry.unit, symbol.unit, "{}: {}", set.model, symbol.name);
        assert!(!entry.source.is_empty() && !symbol.meaning.is_empty());
        assert_eq!(entry.value.is_none(), entry.status == Status::Derived, "{}", symbol.name);
        if let Some(value) = entry.value {
            assert!(symbol.range.contains(value), "{} = {value}", symbol.name);
            if let Some((low, high)) = entry.plausible {
                assert!((low..=high).contains(&value), "{} = {value}", symbol.name);
            }
        }
    }
    for entry in &set.entries {
        assert!(symbols.iter().any(|symbol| symbol.name == entry.symbol), "{}", entry.symbol);
    }
    let mut names: Vec<_> = symbols.iter().map(|symbol| symbol.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), symbols.len(), "{}: a symbol stands twice", set.model);
    assert!(set.model.individual(&set.theta()).is_ok());
    assert!(!set.citation.is_empty());
}

#[test]
fn invariant_every_symbol_has_one_entry_with_its_unit_and_a_plausible_value() {
    let mut read = 0;
    for population in [Population::CLD, Population::HEALTHY] {
        for name in MODEL_NAMES {
            match parameter_set(name, population) {
                Ok(set) => {
                    assert_eq!(set.population, population);
                    assert_complete(&set);
                    read += 1;
                }
                Err(Error::NotIn { .. }) => {
                    assert_ne!(parameter_set(name, None).unwrap().population, population, "{name}");
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert_eq!(read, 9);
    assert!(matches!(parameter_set("none", Population::CLD), Err(Error::Unknown { .. })));
}

fn read(text: &str) -> Result<ParameterSet, Error> {
    let model = model("katsube_2019").unwrap();
    ParameterSet::read(&model, Path::new("dir/own.toml"), text, None, |_| None)
}

fn problems(text: &str) -> Vec<FileProblem> {
    match read(text) {
        Err(Error::Files(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

#[test]
fn analytic_every_problem_of_a_broken_file_is_found_with_its_line() {
    let text = r#"schema = 2
citation = "a file with five faults"
population = "cld"

[parameters]
ka = { value = 0.218, unit = "1/d", status = "fixed", grade = "C", source = "wrong unit" }
cl = { value = -1.0, unit = "L/h", status = "fixed", grade = "C", source = "outside its range" }
vc = { value = 12.2, unit = "L", status = "guessed", grade = "C", source = "no such status" }
vd = { value = 12.2, unit = "L", status = "fixed", grade = "C", source = "no such symbol" }
q1 = { value = 0.9, unit = "L/h", status = "fixed", grade = "C", source = "right" }
"#;
    let problems = problems(text);
    let found: Vec<_> = problems.iter().map(|p| (p.line, p.key.as_str())).collect();
    assert_eq!(
        found,
        [
            (1, "schema"),
            (6, "parameters.ka.unit"),
            (7, "parameters.cl.value"),
            (8, "parameters.vc.status"),
            (9, "parameters.vd"),
        ]
    );
    assert!(problems.iter().all(|problem| problem.path == Path::new("dir/own.toml")));
    // The message names each place.
    let message = Error::Files(problems).to_string();
    assert_eq!(message.lines().count(), 5);
    assert!(message.starts_with("dir/own.toml:1: `schema`"), "{message}");
}

#[test]
fn analytic_each_kind_of_problem_is_found() {
    let line = r#"ka = { value = 0.2, unit = "1/h", status = "fixed", grade = "C", source = "s" }"#;
    let file = |line: &str| {
        format!("schema = 1\ncitation = \"c\"\npopulation = \"cld\"\n[parameters]\n{line}\n")
    };
    assert!(read(&file(line)).is_ok());
    for (from, to, key) in [
        ("value = 0.2", "value = nan", "parameters.ka.value"),
        ("value = 0.2", "value = inf", "parameters.ka.value"),
        ("value = 0.2", "value = \"0.2\"", "parameters.ka.value"),
        ("value = 0.2, ", "", "parameters.ka.value"),
        ("value = 0.2", "value = 0.0", "parameters.ka.value"),
        ("unit = \"1/h\", ", "", "parameters.ka.unit"),
        ("grade = \"C\"", "grade = \"E\"", "parameters.ka.grade"),
        ("source = \"s\"", "source = 1", "parameters.ka.source"),
        ("source = \"s\"", "source = \"s\", plausible = [2, 1]", "parameters.ka.plausible"),
        ("source = \"s\"", "source = \"s\", plausible = [1]", "parameters.ka.plausible"),
        ("source = \"s\"", "source = \"s\", sauce = \"s\"", "parameters.ka.sauce"),
        ("{", "{{", ""),
        ("ka = ", "kb = ", "parameters.kb"),
        ("ka = {", "[[ka]] {", ""),
    ] {
        assert!(line.contains(from));
        let found = problems(&file(&line.replace(from, to)));
        assert!(found.iter().any(|p| p.key == key && p.line == 5), "{to}: {found:?}");
    }
    // Twice the same key, an unknown table, a missing citation.
    let twice = file(&format!("{line}\n{line}"));
    assert!(problems(&twice).iter().any(|p| p.line == 6));
    let unknown = format!("{}\n[extra]\n", file(line));
    assert!(problems(&unknown).iter().any(|p| p.line == 7 && p.key == "extra"));
    let missing = file(line).replace("citation = \"c\"\n", "");
    assert!(problems(&missing).iter().any(|p| p.key == "citation"));
}

#[test]
fn analytic_presets_replace_and_values_are_set() {
    let cld = parameter_set("mechanistic", Population::CLD).unwrap();
    let healthy = parameter_set("mechanistic", Population::HEALTHY).unwrap();
    assert_eq!((cld.value("plt0").unwrap(), healthy.value("plt0").unwrap()), (39.2, 200.0));
    assert_eq!((cld.value("f1").unwrap(), healthy.value("f1").unwrap()), (0.843, 0.857));
    assert_eq!(cld.value("tmk").unwrap().to_bits(), healthy.value("tmk").unwrap().to_bits());

    let mut set = cld.clone();
    set.set("kc", 200.0).unwrap();
    let entry = set.entry("kc").unwrap();
    assert_eq!((entry.value, entry.status), (Some(200.0), Status::Set));
    assert_eq!(entry.plausible, cld.entry("kc").unwrap().plausible);
    assert!(matches!(set.set("kc", -1.0), Err(Error::OutOfRange { .. })));
    assert!(matches!(set.set("kc", f64::NAN), Err(Error::OutOfRange { .. })));
    assert!(matches!(set.set("kd", 1.0), Err(Error::NotIn { .. })));
    assert!(matches!(set.value("kt"), Err(Error::Contradiction { .. })));
    set.set("kt", 3.0).unwrap();
    assert_eq!(set.value("kt").unwrap().to_bits(), 3.0_f64.to_bits());

    for stages in [0.5, 0.0, 21.0, 1.5] {
        let mut set = cld.clone();
        if set.set("n_platelet_stages", stages).is_ok() {
            let chosen = set.model.individual(&set.theta());
            assert!(matches!(chosen, Err(Error::OutOfRange { .. })), "{stages}");
        }
    }
}

#[test]
fn invariant_contradictions_between_values_are_errors() {
    for variant in [Variant::C, Variant::D] {
        let set = set_of("mechanistic", Population::CLD, variant, &[("eb", 0.1)]);
        let individual = Mechanistic::<1>::individual::<f64>(&set.theta());
        assert!(matches!(individual, Err(Error::Contradiction { .. })));
    }
    let set = set_of("shimizu_2021", Population::CLD, Variant::B, &[("sps", 0.5)]);
    assert!(matches!(Full::individual::<f64>(&set.theta()), Err(Error::Contradiction { .. })));
}

const SHIPPED: &str = include_str!("../../parameters/katsube_2019.toml");

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(9), ..ProptestConfig::with_cases(500)
    })]

    /// A shipped file with some characters replaced: read, or refused with places inside it.
    #[test]
    fn prop_a_mutated_parameter_file_is_read_or_refused_with_places(
        edits in prop::collection::vec((0.0_f64..1.0, 0_usize..4, "\\PC{0,3}"), 1..4),
    ) {
        let mut characters: Vec<char> = SHIPPED.chars().collect();
        for (place, removed, inserted) in edits {
            let size = characters.len() as f64;
            let at = characters.iter().enumerate().take_while(|(i, _)| (*i as f64) < place * size).count();
            let end = (at + removed).min(characters.len());
            characters.splice(at..end, inserted.chars());
        }
        let text: String = characters.into_iter().collect();
        match read(&text) {
            Ok(set) => prop_assert!(set.entries.iter().all(|e| e.value.is_none_or(f64::is_finite))),
            Err(Error::Files(problems)) => {
                prop_assert!(!problems.is_empty());
                let lines = text.lines().count();
                for problem in problems {
                    prop_assert_eq!(&problem.path, &PathBuf::from("dir/own.toml"));
                    prop_assert!((1..=lines + 1).contains(&problem.line), "{}", problem);
                }
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}
