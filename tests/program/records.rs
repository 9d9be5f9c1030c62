//! The recorded command of every command, typed again, gives the same bytes.

use crate::{thrombo_in, words_of};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Options that are not at their defaults, for every command that computes or shows something.
const LINES: [&str; 83] = [
    "simulate --regimen '3 mg qd x5' --every '5 d'",
    "simulate --regimen '3 mg qd x7, miss 4' --until '20 d' --every '2 d'",
    "simulate --regimen '3 mg qd x7, stop at 50 and +20 on days 5 6 7' --every 1d --days 15",
    "simulate --regimen placebo --variant D --every '10 d' --states",
    "simulate --regimen '3 mg qd x7' --population healthy --every '4 d'",
    "simulate --regimen '3 mg qd x7' --set kc=115 --set tp=8 --every '4 d'",
    "simulate --regimen '3 mg qd x7' --integrator dopri5 --every '4 d'",
    "simulate --regimen '3 mg qd x7' --parameters calibrated_c --every '4 d'",
    "simulate --regimen '3 mg qd x7' --parameters 'my patients.toml' --every '4 d'",
    "simulate --regimen '3 mg qd x7' --patients calibrated --variant A --every '4 d'",
    "simulate --regimen '3 mg qd x7' --format nonmem --every '4 d'",
    "simulate --model katsube_2019 --regimen '60 mg qd x5' --every '4 d'",
    "simulate --model wang_2010 --regimen '10 ug/kg iv once' --every '4 d' --states",
    "simulate --model farrell_2014 --regimen '25 mg qd x14' --set female=1 --every '4 d'",
    "simulate --model shimizu_2021_reduced --regimen '3 mg qd x7' --every '8 d'",
    "simulate --scenario lusutrombopag_3mg_x7_miss_4 --every '4 d'",
    "simulate --scenario lusutrombopag_3mg_x7_stopping_rule --variant A --every '4 d'",
    "simulate --scenario 'my scenario.toml' --every '4 d'",
    "simulate --regimen '3 mg qd x7' --subjects 20 --omega kc=0.5 --every '4 d'",
    "simulate --regimen '3 mg qd x7' --subjects 20 --cv kc=0.5 --omega cl=0.2 --seed 9 --every '4 d'",
    "simulate --regimen '3 mg qd x7' --subjects 5 --omega kc=0.5 --engine reference --every '8 d'",
    "simulate --model wang_2010 --regimen '3 ug/kg sc once' --subjects 5 --cv vc=0.3 --engine interpreted",
    "simulate --regimen '3 mg qd x7' --subjects 5 --set n_platelet_stages=3 --omega kc=0.3 --every '8 d'",
    "simulate --regimen '3 mg qd x7' --subjects 20 --parameters calibrated_b --every '4 d'",
    "simulate --scenario lusutrombopag_3mg_x7_stopping_rule --subjects 9 --cv kc=0.4 --every '8 d'",
    "simulate --data 'my records.csv' --model wang_2010",
    "simulate --data 'my records.csv' --parameters calibrated --output plt --engine lanes --tolerance 1e-7",
    "simulate --data 'my records.csv' --parameters calibrated_b --output plt --subjects 4 --seed 3 --covariates forward",
    "forecast --data 'my records.csv' --parameters calibrated --individuals 60 --until '16 d' --every '4 d'",
    "forecast --data 'my records.csv' --parameters calibrated_c --individuals 60 --level 60 --seed 4 --output PLT",
    "fit --starts 1 --max-iterations 20 --fix tp --fix tmk=4.5 --optimiser lbfgs",
    "fit --starts 1 --max-iterations 20 --fix tp --fix tmk --start kc=140 --method nelder-mead",
    "fit --targets 'my counts.csv' --regimen '3 mg qd x5' --starts 2 --seed 99 --max-iterations 30 --fix plt0",
    "fit --targets 'my counts.csv' --set w=0.7 --starts 1 --max-iterations 20 --variant C --fix plt0=40",
    "fit --targets 'my counts.csv' --prior calibrated --individuals 400 --regimen '3 mg qd x5' --seed 3",
    "fit --targets 'my counts.csv' --prior population --variant C --individuals 300 --set f1=0.9",
    "trial l_plus_2 --replicates 2 --seed 7",
    "trial l_plus_2 --replicates 2 --variants A,D",
    "trial phase_2b --replicates 2 --patients patients_start",
    "trial l_plus_1 --replicates 3 --posterior calibrated",
    "trial 'my trial.toml' --replicates 2 --parameters 'my patients.toml'",
    "window --subjects 50 --variants B",
    "window --subjects 50 --variant B --baselines 25,35 --threshold 75 --too-high 150",
    "window --subjects 200 --variant B --baseline 35 --posterior calibrated --sets 20",
    "window --subjects 50 --variant C --baseline 35 --baseline-is true --probability 0.5",
    "window --subjects 50 --variant B --dose 4 --days 5 --rule --seed 3",
    "window --subjects 50 --variant B --miss 3,4 --set kc=150",
    "window --subjects 50 --variant B --regimen '3 mg qd x7, miss 4, stop'",
    "window --subjects 50 --variant B --baseline 35 --start 12 --patients patients_start",
    "window --subjects 50 --variant B --procedure-day 9 --parameters 'my patients.toml'",
    "window --subjects 50 --variant B --baseline 40 --optimise --limit 0.1 --longest 5 --largest-dose 4 \
     --search-subjects 40",
    "validate --replicates 20 --variant D --seed 5",
    "validate --replicates 20 --parameters patients_start --all",
    "validate --replicates 20 --posterior calibrated",
    "models",
    "models katsube_2019",
    "models mechanistic --variant C --population healthy",
    "models --parameters calibrated_b",
    "export --to mrgsolve --regimen '3 mg qd x5' --days 10",
    "export --to rxode2 --variant D --regimen '3 mg qd x7, miss 4' --every '12 h' --until '2 weeks'",
    "export --to nonmem --every '2 d' --set kc=120",
    "export --to sbml --model shimizu_2021_reduced",
    "export --to sbml --parameters 'my patients.toml' --until '10 d'",
    "export --to mrgsolve --model wang_2010 --regimen '10 ug/kg iv once'",
    "report 'my report.toml' --date 'a day'",
    "report --sections safety,methods,references --author 'A. Author' --final --no-stamp",
    "check 'my trial.toml' 'my counts.csv'",
    "check 'my scenario.toml'",
    "check 'my fed.csv' --model liu_2025 --output conc --set hom=1",
    "completions bash",
    "completions zsh",
    "completions fish",
    "man",
    "simulate --regimen '3 mg q12h x4' --every '0.7 d' --days 7",
    "simulate --regimen '3 mg at 0 24 50.5 h' --every '4 d' --set wt=55",
    "simulate --regimen '2 mg bid x3' --variant B --every '4 d'",
    "simulate --regimen=placebo --set=eb=0.1 --every=10d",
    "trial l_plus_2 --replicates 1 --save-replicates all --seed 1 --same-patients",
    "trial label_japan --replicates 1",
    "window --subjects 30 --baseline 35 --variant A,B",
    "fit --starts 1 --max-iterations 10 --fix tp --fix tmk --parameters calibrated_b",
    "export --to rxode2 --population healthy",
    "models --patients patients_start --variant A",
];

fn write_inputs(folder: &Path) {
    let shipped = |path: &str| fs::read(crate::root().join(path)).expect(path);
    for (name, content) in [
        ("my patients.toml", shipped("parameters/calibrated_b.toml")),
        ("my scenario.toml", shipped("scenarios/lusutrombopag_3mg_x7_miss_4.toml")),
        ("my trial.toml", shipped("scenarios/l_plus_1.toml")),
        ("my records.csv", b"ID,TIME,AMT,DV,DVID\n1,0,.,41,2\n1,0,3,.,2\n1,96,.,45,2\n".to_vec()),
        ("my fed.csv", b"ID,TIME,AMT,DV,FED\n1,0,20,.,0\n1,4,.,60,1\n".to_vec()),
        (
            "my report.toml",
            b"schema = 1\ntitle = \"Mine\"\nsections = [\"limits\", \"model\"]\n".to_vec(),
        ),
        ("my counts.csv", b"time_h,plt_1e9_l\n0,40\n96,45\n192,62\n288,68\n480,50\n".to_vec()),
    ] {
        fs::write(folder.join(name), content).expect(name);
    }
}

/// Runs `command`, a recorded one, with `more` behind it through a shell.
fn typed_again(folder: &Path, command: &str, more: &str) -> Output {
    let rest = command.strip_prefix("thrombo").expect("the program's name");
    let line = format!("'{}'{rest} {more}", env!("CARGO_BIN_EXE_thrombo"));
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).current_dir(folder).output().expect("sh starts")
}

#[test]
fn invariant_the_recorded_command_of_every_command_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_inputs(folder.path());
    for line in LINES {
        let first =
            thrombo_in(folder.path(), &[words_of(line), vec!["--json".to_owned()]].concat());
        let said = String::from_utf8_lossy(&first.stderr);
        assert!(matches!(first.status.code(), Some(0 | 3)), "{line}: {said}");
        let document: Value = serde_json::from_slice(&first.stdout).expect("JSON");
        let command = document["command"].as_str().expect("the command");
        let again = typed_again(folder.path(), command, "--json");
        assert_eq!(again.status.code(), first.status.code(), "{line}: {command}");
        assert!(again.stdout == first.stdout, "{line}: {command}");
    }
}

#[test]
fn invariant_the_recorded_command_fills_a_folder_or_file_with_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_inputs(folder.path());
    for (line, record) in [
        ("trial 'my trial.toml' --replicates 2 --variants A,B --save-replicates 2", "run.toml"),
        ("window --subjects 40 --variant B --baseline 35 --rule --days 5", "run.toml"),
        ("fit --targets 'my counts.csv' --starts 1 --max-iterations 20 --fix plt0", "run.toml"),
        (
            "fit --targets 'my counts.csv' --prior population --variant A --individuals 300",
            "run.toml",
        ),
        ("simulate --regimen '3 mg qd x5' --every '2 d' --subjects 9 --omega kc=0.2", ""),
        ("validate --replicates 20 --variant C", ""),
        ("export --to rxode2 --set kc=99", ""),
    ] {
        let has_threads = !["validate", "export", "fit"].iter().any(|name| line.starts_with(name));
        let more = if has_threads { " --out first --threads 1" } else { " --out first" };
        let words = words_of(&(line.to_owned() + more));
        let first = thrombo_in(folder.path(), &words);
        let code = first.status.code();
        assert!(matches!(code, Some(0 | 3)), "{line}: {first:?}");
        let first = folder.path().join("first");
        let path = if record.is_empty() { first } else { first.join(record) };
        let text = fs::read_to_string(path).expect(line);
        let command = recorded(&text);
        let again = typed_again(folder.path(), &command, "--out second");
        assert_eq!(again.status.code(), code, "{line}: {command}");
        let [one, two] = ["first", "second"].map(|name| folder.path().join(name));
        let same = Command::new("diff").arg("-r").args([&one, &two]).output().expect("diff starts");
        assert!(same.status.success(), "{line}: {command}: {same:?}");
        for path in [one, two] {
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
                .expect("removed");
        }
    }
}

/// The command in a record: a key of TOML, in comment lines of any kind, or the line after the version.
fn recorded(text: &str) -> String {
    let line = text.lines().find(|line| line.contains("thrombo ")).expect("a command");
    let from = line.find("thrombo ").expect("a command");
    match line.split_once("command = ") {
        Some((_, quoted)) => {
            let key: toml::Table = format!("command = {quoted}").parse().expect("TOML");
            key["command"].as_str().expect("text").to_owned()
        }
        None => line[from..].trim_end().to_owned(),
    }
}

#[test]
fn regress_one_name_has_one_value() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (line, said) in [
        ("simulate --regimen placebo --set kc=5 --set kc=6", "--set kc=5 contradicts --set kc=6"),
        ("fit --fix kc --fix kc=6", "--fix kc contradicts --fix kc=6"),
        ("fit --fix kc=5 --set kc=6", "--set kc=6 contradicts --fix kc=5"),
        ("fit --start kc=5 --set kc=6", "--set kc=6 contradicts --start kc=5"),
        (
            "simulate --regimen placebo --subjects 3 --omega kc=0.3 --cv kc=0.5",
            "--omega kc=0.3 contradicts --cv kc=0.5",
        ),
        ("fit --free taun --free taun", "--free taun contradicts --free taun"),
        ("trial l_plus_2 --variants A,B,A", "--variant A contradicts --variant A"),
        ("window --miss 3,3", "--miss 3 contradicts --miss 3"),
        ("window --baseline 35,40,35", "--baseline 35 contradicts --baseline 35"),
        ("simulate --regimen '3 mg qd x7, miss 3 3'", "is given twice"),
        ("window --regimen '3 mg q12h x4'", "one oral dose"),
        ("window --regimen '3 mg qd x7' --dose 4", "cannot be used with"),
        ("simulate --regimen placebo --until '40 d' --days 3", "cannot be used with"),
    ] {
        let output = thrombo_in(folder.path(), &words_of(line));
        let refused = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {refused}");
        assert!(refused.contains(said), "{line}: {refused}");
    }
}
