//! Exported models mean the same in the tools they are written for.
//!
//! `tests/bridges/read.py` reads the texts themselves and solves them with SciPy, and libRoadRunner
//! solves the SBML. It runs in a Python environment of its own below `target/`, with the packages
//! of `tests/bridges/requirements.txt`. Where that cannot be had the tests are skipped and say so;
//! with `THROMBO_REQUIRE_BRIDGES=1` they fail instead.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

#[path = "bridges/population.rs"]
mod population;
#[path = "bridges/records.rs"]
mod records;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What the program promises for a whole curve, and what its own reference solutions are held to.
const AGREEMENT: f64 = 1e-6;
/// The tools, and the file that each reads.
const TOOLS: [(&str, &str); 4] = [
    ("mrgsolve", "model.cpp"),
    ("rxode2", "model.R"),
    ("nonmem", "model.ctl"),
    ("sbml", "model.xml"),
];
/// All variants, numbers of stages, routes and models; with every term of the equations in use.
const CASES: [(&str, &str); 11] = [
    ("b", "--regimen 3_mg_qd_x7"),
    ("a", "--variant A --regimen 3_mg_qd_x7,_miss_4 --set eb=0.1 --set n_platelet_stages=12"),
    ("c", "--variant C --regimen 3_mg_at_12_36_84_h --set gn=1.3 --set n_platelet_stages=2"),
    ("d", "--variant D --regimen 4_mg_bid_x5 --set gv=0.2 --set d=0.05 --set tlag=0"),
    ("healthy", "--population healthy --regimen 2_mg_qd_x14"),
    ("placebo", "--regimen placebo"),
    ("katsube", "--model katsube_2019 --set child_pugh_score=9 --set wt=80 --regimen 3_mg_qd_x7"),
    ("shimizu", "--model shimizu_2021 --regimen 3_mg_qd_x7"),
    ("reduced", "--model shimizu_2021_reduced --population healthy --regimen 2_mg_qd_x14"),
    ("wang_iv", "--model wang_2010 --regimen 10_ug/kg_iv_once"),
    ("wang_sc", "--model wang_2010 --regimen 3_ug/kg_sc_qw_x3"),
];

/// The words of a case; a `_` between the words of a regimen stands for a space.
fn words(arguments: &str) -> Vec<String> {
    let mut words: Vec<_> = arguments.split(' ').map(str::to_owned).collect();
    if let Some(i) = words.iter().position(|word| word == "--regimen") {
        words[i + 1] = words[i + 1].replace('_', " ");
    }
    words
}

fn run(command: &mut Command) -> Outcome<Output> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
}

fn thrombo(command: &str, arguments: &[String], more: &[&str], out: &Path) -> Outcome {
    let mut program = Command::new(env!("CARGO_BIN_EXE_thrombo"));
    run(program.arg(command).args(arguments).args(more).arg("--out").arg(out))?;
    Ok(())
}

/// Exports a case for every tool into `folder`, with the course that the program itself gives.
fn write_case(arguments: &str, folder: &Path) -> Outcome {
    fs::create_dir_all(folder)?;
    let arguments = words(arguments);
    for (tool, file) in TOOLS {
        thrombo("export", &arguments, &["--to", tool], &folder.join(file))?;
    }
    let sampling = ["--every", "6 h", "--days", "40"];
    thrombo("simulate", &arguments, &sampling, &folder.join("course.csv"))
}

/// The Python with the packages, or why there is none.
fn python() -> &'static Result<PathBuf, String> {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PYTHON.get_or_init(|| environment().map_err(|error| error.to_string()))
}

fn environment() -> Outcome<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bridges-python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let requirements = tests().join("requirements.txt");
    let (wanted, stamp) = (fs::read_to_string(&requirements)?, folder.join("installed.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1"];
    let pinned = ["--only-binary=:all:", "--require-hashes", "-r"];
    run(Command::new(&python).args(pip).args(pinned).arg(&requirements))?;
    fs::write(stamp, wanted)?;
    Ok(python)
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bridges")
}

/// The Python, or none where the test is to be skipped.
fn python_or_skip(test: &str) -> Outcome<Option<&'static Path>> {
    match python() {
        Ok(python) => Ok(Some(python)),
        Err(reason) if std::env::var("THROMBO_REQUIRE_BRIDGES").is_ok_and(|value| value == "1") => {
            Err(format!("no Python with the packages: {reason}").into())
        }
        Err(reason) => {
            let reason = reason.lines().last().unwrap_or_default();
            // Straight to the terminal: what a passing test prints is not shown.
            writeln!(std::io::stderr(), "SKIPPED {test}: no Python with the packages ({reason})")?;
            Ok(None)
        }
    }
}

/// The largest difference of each tool in each folder, relative: of counts, and of concentrations.
fn differences(
    python: &Path,
    folders: &[PathBuf],
) -> Outcome<BTreeMap<(String, String), (f64, f64)>> {
    let output = run(Command::new(python).arg(tests().join("read.py")).args(folders))?;
    let mut found = BTreeMap::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let [case, tool, counts, concs] = line.split(' ').collect::<Vec<_>>()[..] else {
            return Err(format!("`{line}` is not a comparison").into());
        };
        found.insert((case.to_owned(), tool.to_owned()), (counts.parse()?, concs.parse()?));
    }
    assert_eq!(found.len(), folders.len() * TOOLS.len(), "some comparisons are missing");
    Ok(found)
}

#[test]
fn val_exported_models_give_the_programs_own_course() -> Outcome {
    // Source: SciPy's DOP853 on what the texts say, and libRoadRunner's CVODE on the SBML.
    let Some(python) = python_or_skip("val_exported_models_give_the_programs_own_course")? else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let mut folders = Vec::new();
    for (name, arguments) in CASES {
        folders.push(folder.path().join(name));
        write_case(arguments, &folder.path().join(name))?;
    }
    for ((case, tool), (counts, concs)) in differences(python, &folders)? {
        assert!(counts <= AGREEMENT, "{case} in {tool}: counts differ by {counts:e}");
        assert!(concs <= AGREEMENT, "{case} in {tool}: concentrations differ by {concs:e}");
        println!("{case:8} {tool:8} {counts:.1e} {concs:.1e}");
    }
    Ok(())
}

/// The text with the last sum of the equation for the central compartment turned into a difference.
fn with_a_wrong_sign(text: &str, tool: &str) -> Option<String> {
    let (start, plus, minus) = match tool {
        "mrgsolve" => ("dxdt_central =", " + ", " - "),
        "rxode2" => ("d/dt(central) =", " + ", " - "),
        "nonmem" => ("DADT(2) =", " + ", " - "),
        _ => ("<rateRule variable=\"central\">", "<plus/>", "<minus/>"),
    };
    let from = text.find(start)?;
    let line = text[from..].lines().next()?;
    // In MathML the last operation stands first.
    let at = from + if tool == "sbml" { line.find(plus)? } else { line.rfind(plus)? };
    Some(format!("{}{minus}{}", &text[..at], &text[at + plus.len()..]))
}

#[test]
fn invariant_a_wrong_sign_in_an_exported_text_is_seen() -> Outcome {
    let Some(python) = python_or_skip("invariant_a_wrong_sign_in_an_exported_text_is_seen")? else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let mut folders = Vec::new();
    for (tool, file) in TOOLS {
        let case = folder.path().join(format!("wrong_{tool}"));
        write_case(CASES[0].1, &case)?;
        let text = fs::read_to_string(case.join(file))?;
        fs::write(case.join(file), with_a_wrong_sign(&text, tool).ok_or("nothing was planted")?)?;
        folders.push(case);
    }
    for ((case, tool), (counts, _)) in differences(python, &folders)? {
        let is_wrong = case == format!("wrong_{tool}");
        assert_eq!(counts > AGREEMENT, is_wrong, "{case} in {tool}: {counts:e}");
    }
    Ok(())
}

#[test]
fn invariant_a_number_without_its_unit_is_seen() -> Outcome {
    let Some(python) = python_or_skip("invariant_a_number_without_its_unit_is_seen")? else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    write_case(CASES[0].1, folder.path())?;
    let path = folder.path().join("model.xml");
    let text = fs::read_to_string(&path)?;
    fs::write(&path, text.replacen(" sbml:units=\"mg\"", "", 1))?;
    let refused =
        differences(python, &[folder.path().to_owned()]).err().ok_or("nothing was seen")?;
    assert!(refused.to_string().contains("eventAssignment"), "{refused}");
    Ok(())
}
