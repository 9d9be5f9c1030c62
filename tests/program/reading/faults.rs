//! Faults found in use: each gets the right message, with its line.

use super::stages::stage;
use super::{problems, said, shipped, with};
use crate::{root, thrombo_in};
use std::fs;
use std::path::Path;
use thrombopoiesis::calibrate::{Plan, read_sets};
use thrombopoiesis::check::{check, check_file};
use thrombopoiesis::files::FileKind;
use thrombopoiesis::model::Variant;

const RECORDS: &str = "ID,TIME,DV,AMT,EVID\n1,0,.,3,1\n1,24,41,.,0\n";

/// A table as other programs save it.
fn saved_by_others(text: &str) -> [String; 7] {
    let quoted: Vec<String> =
        text.lines().map(|l| format!("\"{}\"\n", l.replace(',', "\",\""))).collect();
    [
        format!("\u{feff}{text}"),
        quoted.concat(),
        text.replacen('\n', "\n\n# a remark\n", 1) + "\n\n",
        text.replace(',', ";"),
        text.replace(',', "\t"),
        text.replace('\n', "\r\n"),
        format!("# made elsewhere\n\n{}", text.replace(',', " , ")),
    ]
}

#[test]
fn regress_nonmem_records_are_recognised_by_every_reader() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("records.csv");
    for text in saved_by_others(RECORDS) {
        fs::write(&path, text).expect("written");
        let found = check_file(&path);
        assert_eq!(found.kind, Some(FileKind::Records));
        assert_eq!((found.problems.len(), found.doubts.len()), (0, 0), "{found:?}");
        let records = found.records.expect("a summary");
        assert_eq!((records.subjects, records.doses, records.observations), (1, 1, 1));
        for (kind, words) in [
            (FileKind::Covariates, "not covariates"),
            (FileKind::Counts, "not counts of a patient"),
            (FileKind::Posterior, "not a posterior"),
            (FileKind::Trial, "not a trial"),
        ] {
            let error = stage(kind, &path).expect_err(words).to_string();
            assert!(error.contains(&format!("these are NONMEM records, {words}")), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
    let said = thrombo_in(folder.path(), &["fit", "--targets", "records.csv"]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("these are NONMEM records, not counts of a patient"), "{said}");
}

#[test]
fn invariant_a_table_says_the_same_whatever_program_saved_it() {
    let plan = Plan::shipped().expect("a plan");
    let posterior = "weight,kc,omega_kc\n0.5,100,1.2\n0.25,110,1.3\n0.25,90,1.1\n";
    let read = |text: &str| read_sets(Path::new("p.csv"), text, (&plan, Variant::B), 8);
    let expected = read(posterior).expect("sets");
    for text in saved_by_others(posterior) {
        assert_eq!(read(&text).expect(&text), expected);
    }
    for (name, text, kind) in [
        ("counts.dat", "time_h,plt_1e9_l,sd\n0,40.5,4\n24,.,4\n", FileKind::Counts),
        ("patients.txt", "wt,female\n60.5,1\n71,0\n", FileKind::Covariates),
    ] {
        for text in saved_by_others(text) {
            let found = check(Path::new(name), &text);
            assert_eq!((found.kind, found.problems), (Some(kind), Vec::new()), "{text:?}");
        }
    }
}

#[test]
fn regress_what_was_probably_meant_is_said() {
    let posterior = |row: &str| format!("weight,kc\n0.5,100\n{row}\n");
    for (name, text, expected) in [
        (
            "c.csv",
            "time_h;plt_1e9_l\n0;40,5\n",
            "c.csv:2: `plt_1e9_l` = \"40,5\": a finite number is needed; this looks like a decimal comma, write 40.5",
        ),
        (
            "c.csv",
            "time_h,plt_1e9_l\n0,40,5\n",
            "c.csv:2: must have 2 cells, as many as the header, but has 3: it looks like a decimal comma",
        ),
        ("c.csv", "time_h,plt_1e9_l\n0,n/a\n", "write . for a missing number"),
        ("c.csv", "time_h,plt_1e9_l\n0,40 10^9/L\n", "write the number without its unit"),
        (
            "c.csv",
            "TIME_H,PLT_1E9_L\n0,40\n",
            "c.csv:1: `TIME_H` must be in lower case: write time_h",
        ),
        (
            "c.csv",
            "time,plt_1e9_l\n0,40\n",
            "c.csv:1: `time` is not a column here: did you mean `time_h`?",
        ),
        ("p.csv", &posterior("0.5,NA"), "p.csv:3: `kc` is missing: a finite number is needed here"),
        ("p.csv", &posterior("0.5,1,5"), "it looks like a decimal comma"),
        (
            "p.csv",
            "\"Weight\",\"kc\"\n1,2\n",
            "p.csv:1: `Weight` must be in lower case: write weight",
        ),
        ("v.csv", "WT,SEX\n60,1\n", "v.csv:1: `WT` must be in lower case: write wt"),
        ("v.csv", "WT,SEX\n60,1\n", "v.csv:1: `SEX` must be called female here"),
        ("v.csv", "wt\n60\n\n\nheavy\n", "v.csv:5: `wt` = \"heavy\""),
        (
            "t.toml",
            "drug = \"x\"\ndays = 4,5\n",
            "t.toml:2: is not valid TOML: this looks like a decimal comma",
        ),
    ] {
        let said = said(name, text);
        assert!(said.contains(expected), "{text:?}: {said:?} does not say {expected:?}");
    }
    let many = "weight,kc\n".to_owned() + &"1,x\n".repeat(400);
    let said = said("p.csv", &many);
    assert!(said.contains("p.csv:401: `kc` ... and 390 more"), "{said}");
    assert_eq!(said.lines().count(), 11, "{said}");
}

#[test]
fn regress_numbers_that_cannot_be_are_refused_with_their_lines() {
    let patients = shipped("parameters/patients_start.toml");
    let pair = |value: &str| {
        format!(
            "[[correlations]]\nbetween = [\"kc\", \"tp\"]\nvalue = {value}\ngrade = \"D\"\nsource = \"x\"\n\n"
        )
    };
    let twice = with(&patients, "[covariates]", &(pair("0.5") + &pair("-0.5") + "[covariates]"));
    let targets = shipped("targets/application_note.toml");
    let targets_n = with(&targets, "\nn = ", "\nn = 1.5 # ");
    let published = with(&shipped("targets/l_plus_2.toml"), "\nn = ", "\nn = 1.5 # ");
    let line_of =
        |text: &str, part: &str| text.lines().position(|l| l.contains(part)).expect(part) + 1;
    for (name, text, line, rule) in [
        ("t.toml", &targets_n, line_of(&targets_n, "n = 1.5"), "must be a whole number"),
        ("t.toml", &published, line_of(&published, "n = 1.5"), "must be a whole number"),
        ("p.csv", &"weight,kc\n-1,100\n2,100\n".to_owned(), 2, "`weight` = -1 is outside [0, ∞)"),
        ("p.csv", &"# x\n\nweight,kc\n0,100\n0,110\n".to_owned(), 3, "`weight` sums to 0"),
        ("p.csv", &"weight,kc\n1,-100\n".to_owned(), 2, "`kc` = -100 is outside (0, ∞)"),
        ("v.toml", &twice, line_of(&twice, "value = -0.5") - 1, "names kc and tp twice"),
        (
            "v.toml",
            &with(&patients, "range = [5.0, 100.0]", "range = [5.0, 10.0]"),
            line_of(&patients, "range = [5.0, 100.0]"),
            "must contain the typical value",
        ),
        (
            "s.toml",
            &with(&shipped("scenarios/placebo.toml"), "days = ", "days = 99999 # "),
            line_of(&shipped("scenarios/placebo.toml"), "days = "),
            "is outside (0, 10000] d",
        ),
        (
            "t.toml",
            &with(
                &shipped("scenarios/l_plus_2.toml"),
                "patients = \"calibrated\"",
                "patients = \"nobody\"",
            ),
            line_of(&shipped("scenarios/l_plus_2.toml"), "patients = \"calibrated\""),
            "there is no set of virtual patients `nobody`",
        ),
        (
            "c.toml",
            &with(&shipped("parameters/calibration.toml"), "symbol = \"kc\"", "symbol = \"kq\""),
            line_of(&shipped("parameters/calibration.toml"), "symbol = \"kc\""),
            "has no parameter `kq`",
        ),
    ] {
        let found = problems(name, text);
        let named = found.iter().find(|p| p.to_string().contains(rule));
        assert_eq!(named.map(|p| p.line), Some(line), "{rule}: {found:#?}");
    }
}

#[test]
fn invariant_a_file_of_another_kind_is_one_problem() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let of = |path: &str| (path.rsplit('/').next().unwrap_or_default().to_owned(), shipped(path));
    let files = [
        (FileKind::Trial, of("scenarios/l_plus_2.toml")),
        (FileKind::Scenario, of("scenarios/placebo.toml")),
        (FileKind::Patients, of("parameters/patients_start.toml")),
        (FileKind::Plan, of("parameters/calibration.toml")),
        (
            FileKind::Report,
            ("report.toml".to_owned(), "schema = 1\nquestion = \"When?\"\n".to_owned()),
        ),
        (FileKind::Targets, of("targets/application_note.toml")),
        (FileKind::Published, of("targets/phase_2b.toml")),
        (FileKind::Counts, ("counts.csv".to_owned(), "time_h,plt_1e9_l\n0,40\n".to_owned())),
        (FileKind::Posterior, ("posterior.csv".to_owned(), "weight,kc\n1,100\n".to_owned())),
        (FileKind::Covariates, ("covariates.csv".to_owned(), "wt,female\n60,1\n".to_owned())),
    ];
    for (i, (kind, (name, text))) in files.iter().enumerate() {
        let alone = folder.path().join(i.to_string());
        fs::create_dir(&alone).expect("created");
        let path = alone.join(name);
        fs::write(&path, text).expect("written");
        assert_eq!(check_file(&path).kind, Some(*kind));
        for (wanted, _) in &files {
            let fits = wanted == kind
                || [wanted, kind].iter().all(|k| matches!(k, FileKind::Targets | FileKind::Counts));
            // A folder of published results holds TOML files only.
            if fits || *wanted == FileKind::Published && kind.is_table() {
                continue;
            }
            let error = stage(*wanted, &path).expect_err(name).to_string();
            let is_told = error.contains("this is a") || error.contains("these are");
            assert!(
                is_told && error.contains(", not "),
                "{} as {}: {error}",
                kind.name(),
                wanted.name()
            );
            assert!(error.lines().count() == 1, "{error}");
        }
    }
    let said = thrombo_in(&root(), &["fit", "--targets", "scenarios/l_plus_2.toml"]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("this is a trial, not targets of a fit: choose another file"), "{said}");
}

#[test]
fn regress_a_table_of_covariates_with_other_names_is_refused_by_the_patients_that_use_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("real.csv"), "WT,SEX\n60,1\n70,0\n").expect("written");
    let patients = shipped("parameters/patients_start.toml");
    let text = with(&patients, "schema = 1\n", "schema = 1\ncovariate_table = \"real.csv\"\n");
    fs::write(folder.path().join("mine.toml"), text).expect("written");
    for args in [
        &["check", "mine.toml"][..],
        &["trial", "l_plus_2", "--replicates", "1", "--patients", "mine.toml"],
    ] {
        let output = thrombo_in(folder.path(), args);
        assert_eq!(output.status.code(), Some(1));
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        for words in
            ["real.csv:1: `WT` must be in lower case: write wt", "`SEX` must be called female here"]
        {
            assert!(said.contains(words), "{args:?}: {said}");
        }
    }
}

#[test]
fn regress_targets_after_the_end_of_the_simulation_are_refused_with_their_lines() {
    let text = with(&shipped("targets/application_note.toml"), "days = 40", "days = 5");
    let line = text.lines().position(|line| line == "value = 12.0").expect("a value") + 1;
    let said = said("t.toml", &text);
    assert!(
        said.contains(&format!("t.toml:{line}: `target.value` = 12 is outside [1, 6] d")),
        "{said}"
    );
}

#[test]
fn regress_text_that_is_not_utf_8_is_told_with_its_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("c.csv");
    fs::write(&path, b"time_h,plt_1e9_l\n0,40\n24,\xff\n").expect("written");
    let found = check_file(&path).problems;
    assert_eq!(
        (found[0].line, found[0].rule.as_str()),
        (3, "is not text in UTF-8: save the file as UTF-8")
    );
    fs::write(&path, b"\xff\xfet\0i\0").expect("written");
    assert!(check_file(&path).problems[0].rule.contains("UTF-16"));
    let unclosed = said("t.toml", "schema = 1\ntitle = \"never closed\ndays = 4\n");
    assert_eq!(unclosed, "t.toml:2: is not valid TOML: a quote is not closed\n");
}

#[test]
fn regress_every_fault_of_a_comparison_is_one_problem_in_its_line() {
    let text = shipped("scenarios/l_plus_2.toml")
        + "\n[comparison]\ncontrol = \"nobody\"\nalpha = 2\nsided = \"both\"\n";
    let keys: Vec<String> = problems("x.toml", &text).into_iter().map(|p| p.key).collect();
    assert_eq!(keys, ["comparison.control", "comparison.alpha", "comparison.sided"]);
}
