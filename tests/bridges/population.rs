//! Populations: what `variances.py` reads back from the texts, and the course of an individual.

use super::{AGREEMENT, Outcome, TOOLS, python_or_skip, run, tests, thrombo, words};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::{Distribution, EffectForm, VirtualPatients};

/// Patients, how they are asked for, and one individual: random effects and covariates.
type Individual = (&'static str, &'static [(&'static str, f64)], &'static [(&'static str, f64)]);
const INDIVIDUALS: [Individual; 6] = [
    (
        "--parameters calibrated_b --regimen 3_mg_qd_x7",
        &[("kc", 0.7), ("tp", -0.2), ("tmk", 0.1), ("f1", -0.3), ("plt0", 5.5)],
        &[],
    ),
    (
        "--parameters patients_covariates --variant D --regimen 3_mg_qd_x7,_miss_4 --set gv=0.2",
        &[("kc", -0.9), ("tp", 0.1), ("tmk", 0.2), ("f1", 0.25), ("plt0", -7.0)],
        &[("wt", 81.0), ("child_pugh", 10.0), ("east_asian", 1.0), ("fasted", 1.0)],
    ),
    (
        "--parameters tests/bridges/patients.toml --regimen 3_mg_at_12_36_84_h",
        &[("slop", 0.5), ("cl", -0.2), ("vc", 0.15), ("plt0", 3.0), ("f1", 0.3), ("ktr", -0.002)],
        &[("wt", 50.0), ("fasted", 1.0)],
    ),
    (
        "--model models/katsube_2019.model --regimen 3_mg_qd_x7",
        &[("f1", 0.2), ("slop", -0.5), ("plt0", 0.1)],
        &[("wt", 90.0), ("child_pugh_score", 10.0)],
    ),
    (
        "--model models/petrov_2024.model --regimen 3_ug/kg_sc_once",
        &[("vc", 0.2), ("kel", -0.1), ("ec50", 0.6), ("emax", -0.1), ("kin", 0.1), ("kout", 0.3)],
        &[("wt", 60.0), ("nab", 1.0)],
    ),
    (
        "--model examples/models/turnover.model --regimen 3_mg_qd_x7",
        &[("cl", 0.3), ("vc", -0.2), ("ec50", 0.4), ("plt0", -0.1)],
        &[("wt", 90.0)],
    ),
];
/// The residual errors of concentrations in the texts of `examples/models`: the case and the name of `variances.py`,
/// with the variance.
const OF_CONCENTRATIONS: [(&str, &str, f64); 1] = [("turnover.model", "conc_prop", 0.2 * 0.2)];

/// The patients of a case, and their variant.
fn patients_of(arguments: &str) -> Outcome<(VirtualPatients, Variant)> {
    let words: Vec<_> = arguments.split(' ').collect();
    let after = |flag| words.iter().position(|word| *word == flag).map(|i| words[i + 1]);
    let variant = after("--variant").map_or(Ok(Variant::B), str::parse)?;
    let name = after("--parameters").or(after("--model")).ok_or("no patients")?;
    Ok((VirtualPatients::load_for(name, variant)?, variant))
}

/// Names with their numbers.
type Pairs<'a> = &'a [(&'a str, f64)];

/// The individual's value of a parameter, by the formulas of the distributions and effects.
fn value(
    (patients, variant): &(VirtualPatients, Variant),
    symbol: &str,
    (etas, covariates): (Pairs<'_>, Pairs<'_>),
) -> Outcome<f64> {
    let typical = patients.typical_patient(*variant)?.value(symbol)?;
    let of = |pairs: &[(&str, f64)], name: &str| {
        pairs.iter().find(|pair| pair.0 == name).map_or(0.0, |pair| pair.1)
    };
    let eta = of(etas, symbol);
    let spreads = patients.spreads(*variant);
    let mut value = match spreads.iter().find(|s| s.symbol == symbol).map(|s| s.distribution) {
        None => typical,
        Some(Distribution::LogNormal { .. }) => typical * eta.exp(),
        // Without truncation, as it is exported.
        Some(Distribution::Normal { .. } | Distribution::TruncatedNormal { .. }) => typical + eta,
        Some(Distribution::LogitNormal { lower, upper, .. }) => {
            let odds = (typical - lower) / (upper - typical) * eta.exp();
            lower + (upper - lower) * odds / (1.0 + odds)
        }
    };
    for effect in patients.effects.iter().filter(|effect| effect.symbol == symbol) {
        let covariate = of(covariates, &effect.covariate);
        value *= match effect.form {
            EffectForm::Power { reference, exponent } => (covariate / reference).powf(exponent),
            EffectForm::Factor { from, factor } => {
                if covariate >= from {
                    factor
                } else {
                    1.0
                }
            }
        };
    }
    Ok(value)
}

/// Exports a population for every tool into `folder`, with the course of one individual.
fn write_population((arguments, etas, covariates): Individual, folder: &Path) -> Outcome {
    fs::create_dir_all(folder)?;
    let patients = patients_of(arguments)?;
    let arguments = words(arguments);
    for (tool, file) in TOOLS {
        thrombo("export", &arguments, &["--to", tool], &folder.join(file))?;
    }
    let set = patients.0.typical_patient(patients.1)?;
    let effects = patients.0.effects.iter().map(|effect| effect.symbol.as_str());
    let mut symbols: Vec<&str> = etas.iter().map(|eta| eta.0).chain(effects).collect();
    symbols.sort_unstable();
    symbols.dedup();
    let mut more =
        vec!["--every".to_owned(), "6 h".to_owned(), "--days".to_owned(), "40".to_owned()];
    let mut set_to =
        |name: &str, value: f64| more.extend(["--set".to_owned(), format!("{name}={value:?}")]);
    for symbol in symbols {
        set_to(symbol, value(&patients, symbol, (etas, covariates))?);
    }
    for (name, value) in covariates.iter().filter(|(name, _)| set.entry(name).is_some()) {
        set_to(name, *value);
    }
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    thrombo("simulate", &arguments, &more, &folder.join("course.csv"))?;
    let line = |kind: &str, (name, value): &(&str, f64)| format!("{kind} {name} {value:?}\n");
    let lines = etas.iter().map(|eta| line("eta", eta));
    let lines = lines.chain(covariates.iter().map(|known| line("covariate", known)));
    fs::write(folder.join("individual.txt"), lines.collect::<String>())?;
    Ok(())
}

/// What the texts of a population must hold, by the names of `variances.py`.
fn expected((arguments, etas, _): Individual) -> Outcome<BTreeMap<String, f64>> {
    let (patients, variant) = patients_of(arguments)?;
    let set = patients.typical_patient(variant)?;
    let mut found = BTreeMap::new();
    let mut sd = BTreeMap::new();
    // Where transfused platelets go is no part of an export.
    for spread in patients.spreads(variant).into_iter().filter(|spread| spread.symbol != "fs") {
        let size = match spread.distribution {
            Distribution::LogNormal { omega } | Distribution::LogitNormal { omega, .. } => omega,
            Distribution::Normal { sd } | Distribution::TruncatedNormal { sd, .. } => sd,
        };
        found.insert(format!("var.{}", spread.symbol), size * size);
        found.insert(format!("typical.{}", spread.symbol), set.value(&spread.symbol)?);
        sd.insert(spread.symbol, size);
    }
    for correlation in &patients.correlations {
        let [a, b] = &correlation.between;
        let (first, second) = if a < b { (a, b) } else { (b, a) };
        found.insert(format!("cov.{first}.{second}"), correlation.value * sd[a] * sd[b]);
    }
    let error = patients.count_error;
    for (name, sd) in [("prop", error.proportional), ("add", error.additive)] {
        if sd > 0.0 {
            found.insert(name.to_owned(), sd * sd);
        }
    }
    let of_conc = OF_CONCENTRATIONS.iter().filter(|(model, ..)| arguments.contains(model));
    found.extend(of_conc.map(|(_, name, variance)| ((*name).to_owned(), *variance)));
    assert!(etas.iter().all(|eta| sd.contains_key(eta.0)));
    Ok(found)
}

/// What the reader finds in each folder for each tool.
fn read_back(
    python: &Path,
    folders: &[PathBuf],
) -> Outcome<BTreeMap<(String, String), BTreeMap<String, f64>>> {
    let mut reader = Command::new(python);
    let output = run(reader.arg(tests().join("read.py")).arg("--population").args(folders))?;
    let mut found: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let [case, tool, name, value] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(format!("`{line}` is not a number with its name").into());
        };
        let case = found.entry((case.to_owned(), tool.to_owned())).or_default();
        case.insert(name.to_owned(), value.parse()?);
    }
    assert_eq!(found.len(), folders.len() * TOOLS.len(), "some texts are missing");
    Ok(found)
}

/// The names under which two maps differ by more than rounding.
fn mismatches(found: &BTreeMap<String, f64>, expected: &BTreeMap<String, f64>) -> Vec<String> {
    let names: BTreeSet<_> = found.keys().chain(expected.keys()).collect();
    let agree = |name: &String| match (found.get(name), expected.get(name)) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * b.abs(),
        _ => false,
    };
    names.into_iter().filter(|name| !agree(name)).cloned().collect()
}

#[test]
fn val_populations_are_read_back_from_the_texts_and_give_the_programs_own_individuals() -> Outcome {
    // Source: the numbers of the patients' files; SciPy's DOP853 on what the texts say of an individual.
    let test = "val_populations_are_read_back_from_the_texts_and_give_the_programs_own_individuals";
    let Some(python) = python_or_skip(test)? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let folders: Vec<_> =
        (0..INDIVIDUALS.len()).map(|i| folder.path().join(format!("{i}"))).collect();
    for (individual, folder) in INDIVIDUALS.into_iter().zip(&folders) {
        write_population(individual, folder)?;
    }
    for ((case, tool), mut found) in read_back(python, &folders)? {
        for what in ["PLATELETS", "CONCENTRATION"] {
            let difference = found.remove(what);
            let is_typical_only = tool == "sbml";
            assert_eq!(difference.is_none(), is_typical_only, "{case} in {tool}: {what}");
            assert!(
                difference.is_none_or(|d| d <= AGREEMENT),
                "{case} in {tool}: {what} {difference:?}"
            );
        }
        let individual = INDIVIDUALS[case.parse::<usize>()?];
        let wrong = mismatches(&found, &expected(individual)?);
        assert!(wrong.is_empty(), "{case} in {tool}: {wrong:?} differ in {found:?}");
    }
    Ok(())
}

#[test]
fn invariant_a_wrong_variance_in_an_exported_text_is_seen() -> Outcome {
    let Some(python) = python_or_skip("invariant_a_wrong_variance_in_an_exported_text_is_seen")?
    else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    write_population(INDIVIDUALS[0], folder.path())?;
    for (tool, file) in TOOLS {
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path)?;
        // The spread of tp is 0.25, its variance 0.0625.
        let (right, wrong) = if tool == "sbml" {
            ("logarithm 0.25<", "logarithm 0.2500001<")
        } else {
            ("0.0625", "0.0625001")
        };
        assert_eq!(text.matches(right).count(), 1, "{tool}");
        fs::write(&path, text.replace(right, wrong))?;
    }
    for ((_, tool), mut found) in read_back(python, &[folder.path().to_owned()])? {
        found.retain(|name, _| !matches!(name.as_str(), "PLATELETS" | "CONCENTRATION"));
        assert_eq!(mismatches(&found, &expected(INDIVIDUALS[0])?), ["var.tp"], "{tool}");
    }
    Ok(())
}
