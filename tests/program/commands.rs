//! What the commands print and write when all is well.

use crate::{printed, root, thrombo, thrombo_in};
use std::fs;
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;

/// The lines of a CSV that are not comments.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let lines = csv.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn val_simulate_writes_the_reference_curve() {
    // Source: tests/reference/katsube_2019_3mg_x7.csv, an independent solution.
    const RELATIVE: f64 = 1e-6; // as demanded of all curves in tests/evidence/reference.rs
    let csv =
        printed(&thrombo(&["simulate", "--model", "katsube_2019", "--regimen", "3 mg qd x7"]));
    let ours = rows(&csv);
    let reference = crate::root().join("tests/reference/katsube_2019_3mg_x7.csv");
    let reference = rows(&fs::read_to_string(reference).expect("the reference"));
    assert_eq!(ours.len(), reference.len());
    assert_eq!(ours[0][..3], ["time_h", "conc_ng_ml", "plt_1e9_l"]);
    for (our, their) in ours.iter().zip(&reference).skip(1) {
        let number = |text: &str| text.parse::<f64>().expect("a number");
        let (our, their) = (number(&our[2]), number(&their[2]));
        assert!((our - their).abs() <= RELATIVE * their, "{our} is not {their}");
    }
}

#[test]
fn invariant_set_variant_population_and_states_are_heard() {
    let base = ["simulate", "--regimen", "3 mg qd x7", "--every", "10 d"];
    let plain = printed(&thrombo(&base));
    for extra in [
        &["--set", "kc=115"][..],
        &["--variant", "D"],
        &["--population", "healthy"],
        &["--set", "n_platelet_stages=9"],
        &["--states"],
    ] {
        let changed = printed(&thrombo(&[&base[..], extra].concat()));
        assert_ne!(rows(&plain), rows(&changed), "{extra:?} changed nothing");
    }
    let states = printed(&thrombo(&[&base[..], &["--states"]].concat()));
    assert!(rows(&states)[0].contains(&"state_central".to_owned()));
    let integrators = ["dop853", "dopri5"]
        .map(|name| printed(&thrombo(&[&base[..], &["--integrator", name]].concat())));
    assert_ne!(integrators[0], integrators[1]);
}

#[test]
fn invariant_parameters_of_a_file_are_those_of_its_typical_patient() {
    let patients = VirtualPatients::load("calibrated_d").expect("shipped");
    let typical = patients.typical_patient(Variant::D).expect("variant D");
    let course = |args: &[&str]| {
        let text = printed(&thrombo(&[&["simulate", "--regimen", "3 mg qd x7"], args].concat()));
        rows(&text)
    };
    let mut by_hand = vec!["--variant".to_owned(), "D".to_owned()];
    for symbol in ["kc", "tmk", "tp", "plt0"] {
        let value = typical.value(symbol).expect("a value");
        by_hand.extend(["--set".to_owned(), format!("{symbol}={value:?}")]);
    }
    let by_hand: Vec<&str> = by_hand.iter().map(String::as_str).collect();
    let of_file = course(&["--parameters", "calibrated_d"]);
    assert_eq!(of_file, course(&by_hand));
    let path = root().join("parameters/calibrated_d.toml");
    assert_eq!(of_file, course(&["--parameters", path.to_str().expect("a name")]));
    for command in [
        &["models", "--parameters", "calibrated_d"][..],
        &["export", "--to", "sbml", "--parameters", "calibrated_d"],
    ] {
        let text = printed(&thrombo(command));
        assert!(text.contains(&typical.value("kc").expect("kc").to_string()), "{command:?}");
    }
    let other = thrombo(&[
        "simulate",
        "--regimen",
        "3 mg qd x7",
        "--parameters",
        "calibrated_d",
        "--variant",
        "B",
    ]);
    assert_eq!(other.status.code(), Some(2), "numbers of D are no numbers of B");
}

#[test]
fn invariant_the_same_command_gives_the_same_bytes_and_records_itself() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let args =
        ["simulate", "--regimen", "3 mg qd x7, miss 4", "--set", "kc=115", "--out", "course.csv"];
    let written = || {
        let output = thrombo_in(folder.path(), &args);
        assert!(output.status.success() && output.stdout.is_empty());
        fs::read_to_string(folder.path().join("course.csv")).expect("the file")
    };
    let first = written();
    assert_eq!(first, written());
    assert!(first.contains("--set kc=115") && first.contains("parameters/mechanistic.toml"));
}

#[test]
fn invariant_populations_do_not_depend_on_threads_and_engines_agree() {
    /// The lanes integrate at 1e-6, the reference engine at its own default of the same size.
    const ENGINES: f64 = 2e-5;
    let base = ["simulate", "--regimen", "3 mg qd x7", "--subjects", "600", "--omega", "kc=1.3"];
    let base = [&base[..], &["--cv", "cl=0.36", "--every", "2 d"]].concat();
    let run = |more: &[&str]| printed(&thrombo(&[&base[..], more].concat()));
    let one = run(&["--threads", "1"]);
    for threads in ["2", "8"] {
        assert_eq!(one, run(&["--threads", threads]), "{threads} threads");
    }
    assert_ne!(rows(&one), rows(&run(&["--seed", "2"])), "the seed changed nothing");
    assert!(one.contains("omega 1.3000, cv 2.1023") && one.contains("omega 0.3491, cv 0.3600"));
    let reference = run(&["--engine", "reference"]);
    for (ours, theirs) in rows(&one).iter().zip(rows(&reference)).skip(1) {
        for (ours, theirs) in ours[1..6].iter().zip(&theirs[1..6]) {
            let number = |text: &str| text.parse::<f64>().expect("a number");
            let (ours, theirs) = (number(ours), number(theirs));
            assert!((ours - theirs).abs() <= ENGINES * theirs, "{ours} is not {theirs}");
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let figure = [&base[..], &["--figure", "bands.svg", "--svg-text"]].concat();
    printed(&thrombo_in(folder.path(), &figure));
    let figure = fs::read_to_string(folder.path().join("bands.svg")).expect("the figure");
    assert!(figure.contains("the bands hold 50 % and 90 %"));
}

#[test]
fn invariant_fit_writes_result_log_and_figures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output =
        thrombo_in(folder.path(), &["fit", "--fix", "tmk", "--starts", "1", "--out", "out"]);
    let summary = printed(&output);
    assert!(summary.starts_with("Descriptive curve through published summaries, not a calibrated"));
    for name in ["result.toml", "result.json", "log.txt", "fit.svg", "profiles.svg", "run.toml"] {
        assert!(folder.path().join("out").join(name).is_file(), "{name} is missing");
    }
    let result = fs::read_to_string(folder.path().join("out/result.toml")).expect("the result");
    let result: toml::Table = result.parse().expect("TOML");
    assert_eq!(result["degrees_of_freedom"].as_integer(), Some(1));
}

#[test]
fn recover_fit_finds_the_parameters_behind_counts() {
    // The counts are ours, without noise: the fit must find kc = 115 again.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let args = [
        "simulate",
        "--regimen",
        "3 mg qd x7",
        "--set",
        "kc=115",
        "--every",
        "2 d",
        "--days",
        "34",
    ];
    let csv = printed(&thrombo(&args));
    let mut counts = "time_h,plt_1e9_l\n".to_owned();
    for row in rows(&csv).iter().skip(1) {
        counts += &[row[0].as_str(), ",", &row[2], "\n"].concat();
    }
    fs::write(folder.path().join("counts.csv"), counts).expect("written");
    let args = [
        "fit",
        "--targets",
        "counts.csv",
        "--fix",
        "tmk",
        "--fix",
        "tp",
        "--starts",
        "1",
        "--out",
        "out",
    ];
    let output = thrombo_in(folder.path(), &args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result = fs::read_to_string(folder.path().join("out/result.toml")).expect("the result");
    let result: toml::Table = result.parse().expect("TOML");
    let kc = result["estimates"][0]["value"].as_float().expect("a number");
    assert!((kc - 115.0).abs() < 0.01, "kc = {kc}");
}

#[test]
fn invariant_fit_that_is_cut_short_says_so_with_exit_code_3() {
    let args = ["fit", "--starts", "1", "--max-iterations", "1", "--method", "nelder-mead"];
    let output = thrombo(&args);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains("not converged"));
}

#[test]
fn invariant_models_lists_every_model_and_every_source() {
    let list = printed(&thrombo(&["models"]));
    for name in thrombopoiesis::model::MODEL_NAMES {
        assert!(list.contains(name), "{name} is not listed");
        let one = printed(&thrombo(&["models", name]));
        assert!(one.contains("estimated") || one.contains("fixed"), "{one}");
    }
}

#[test]
fn invariant_records_hold_the_doses_taken_and_the_counts_of_the_course() {
    let base = ["simulate", "--every", "12 h", "--days", "10", "--set", "kc=20", "--regimen"];
    let base = [&base[..], &["3 mg qd x7, miss 2, stop at 40 and +1 on days 4"]].concat();
    let course = rows(&printed(&thrombo(&base)));
    let records = printed(&thrombo(&[&base[..], &["--format", "nonmem"]].concat()));
    assert!(!records.contains('#'), "NONMEM would read a comment");
    let records = rows(&records);
    assert_eq!(records[0], ["ID", "TIME", "AMT", "EVID", "MDV", "CMT", "DV"]);
    let (doses, counts): (Vec<_>, Vec<_>) = records[1..].iter().partition(|row| row[3] == "1");
    // Dose 2 was missed, and the rule was met on visit day 4.
    let given = ["0", "48"].map(|time| ["1", time, "3", "1", "1", "1", "."]);
    assert_eq!(doses, given.iter().collect::<Vec<_>>());
    for (row, sample) in counts.iter().zip(&course[1..]) {
        assert_eq!(***row, ["1", &sample[0], ".", "0", "0", "11", &sample[2]]);
    }
    assert_eq!(counts.len(), course.len() - 1);
    let at_48_h: Vec<_> = records.iter().filter(|row| row[1] == "48").collect();
    assert_eq!((&*at_48_h[0][3], &*at_48_h[1][3]), ("0", "1"), "a sample comes before the dose");
}

#[test]
fn invariant_export_writes_a_file_or_into_a_folder_with_the_data_beside_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let base = ["export", "--to", "nonmem", "--set", "kc=115", "--out"];
    for (out, control, data) in
        [(".", "mechanistic.ctl", "mechanistic.csv"), ("model.ctl", "model.ctl", "model.csv")]
    {
        printed(&thrombo_in(folder.path(), &[&base[..], &[out]].concat()));
        let control = fs::read_to_string(folder.path().join(control)).expect("the control stream");
        assert!(control.contains(&format!("$DATA {data} IGNORE=@")), "{control}");
        assert!(control.contains("115.0 FIX ; KC, ng/mL") && control.contains("--set kc=115"));
        let data = fs::read_to_string(folder.path().join(data)).expect("the data");
        assert!(data.starts_with("ID,TIME,AMT,EVID,MDV,CMT,DV\n1,0,.,0,0,11,.\n1,0,3,1,1,1,.\n"));
    }
    for tool in ["mrgsolve", "rxode2", "nonmem", "sbml"] {
        let text = printed(&thrombo(&["export", "--to", tool]));
        assert!(text.is_ascii() && text.lines().count() > 70, "{tool}: {text}");
    }
}

#[test]
fn invariant_help_shows_examples() {
    for command in [&[][..], &["simulate"], &["fit"], &["report"], &["models"], &["export"]] {
        let help = printed(&thrombo(&[command, &["--help"]].concat()));
        assert!(help.contains("Examples:"), "{command:?} has no examples");
    }
}
