//! `thrombo check`: every kind of file is recognised, every problem has its place.

use crate::{printed, root, thrombo_in};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What `thrombo check --json` says of `files` in `folder`, and the exit code.
fn checked(folder: &Path, files: &[&str]) -> (Vec<Value>, Option<i32>) {
    let output = thrombo_in(folder, &[&["check", "--json"][..], files].concat());
    let document: Value = serde_json::from_slice(&output.stdout).expect("one document");
    (document["files"].as_array().expect("a list").clone(), output.status.code())
}

/// The kind that a shipped file is of, by its folder and a key that tells it.
fn expected_kind(path: &str) -> &'static str {
    if path.starts_with("parameters/posterior_") {
        return "posterior";
    }
    let text = fs::read_to_string(root().join(path)).expect("text");
    let table: toml::Table = text.parse().expect("TOML");
    let kinds = [
        ("parameters/", "parameters", "model parameters"),
        ("parameters/", "count_error", "virtual patients"),
        ("parameters/", "estimated", "calibration plan"),
        ("scenarios/", "drug", "scenario"),
        ("scenarios/", "arms", "trial"),
        ("targets/", "target", "targets of a fit"),
        ("targets/", "published", "published results"),
        ("targets/", "exposure", "published exposure"),
    ];
    let own = |(folder, key, _): &&(&str, &str, &str)| {
        path.starts_with(folder) && table.contains_key(*key)
    };
    kinds.iter().find(own).expect("a kind").2
}

#[test]
fn invariant_every_shipped_file_is_recognised_and_whole() {
    let mut files = Vec::new();
    for folder in ["parameters", "scenarios", "targets"] {
        for entry in fs::read_dir(root().join(folder)).expect("listed").flatten() {
            files.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
        }
    }
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let (found, code) = checked(&root(), &names);
    assert_eq!((found.len(), code), (files.len(), Some(0)));
    for (path, found) in files.iter().zip(&found) {
        assert_eq!(found["kind"], expected_kind(path), "{path}");
        assert_eq!(found["ok"], true, "{path}");
    }
    let text = printed(&thrombo_in(&root(), &["check", "scenarios/l_plus_2.toml"]));
    assert_eq!(text, "scenarios/l_plus_2.toml: ok (kind: trial)\n");
}

#[test]
fn invariant_csv_files_are_told_by_their_header() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let posterior = "weight,kc_typical\n0.5,100\n0.5,110\n";
    for (name, text, kind, problem) in [
        ("counts.csv", "# mine\ntime_h,plt_1e9_l\n0,40\n", "counts", None),
        ("bare.csv", "0,40\n24,41\n", "counts", Some("must be the header")),
        ("posterior.csv", posterior, "posterior", Some("not a column here")),
        ("covariates.csv", "wt,age\n60,50\n", "covariates", None),
        ("odd.csv", "wt,age\n60,fifty\n", "covariates", Some("a finite number is needed")),
    ] {
        fs::write(folder.path().join(name), text).expect("written");
        let (found, code) = checked(folder.path(), &[name]);
        assert_eq!(found[0]["kind"], kind, "{name}");
        assert_eq!(code, Some(i32::from(problem.is_some())), "{name}");
        let rule = found[0]["problems"][0]["rule"].as_str().unwrap_or_default();
        assert!(rule.contains(problem.unwrap_or_default()), "{name}: {rule}");
    }
}

#[test]
fn invariant_every_problem_is_printed_with_path_line_and_rule() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("written");
    };
    let of = |path: &str, from: &str, to: &str| {
        let text = fs::read_to_string(root().join(path)).expect("text");
        assert!(text.contains(from), "{path} does not hold {from}");
        text.replacen(from, to, 1)
    };
    write("scenario.toml", &of("scenarios/placebo.toml", "days =", "dais ="));
    write("targets.toml", &of("targets/application_note.toml", "days = 40", "days = 0"));
    write(
        "patients.toml",
        &of("parameters/patients_covariates.toml", "e = \"wt\"", "e = \"weight\""),
    );
    write("own.toml", &of("parameters/wang_2010.toml", "grade = \"", "grade = \"X"));
    write("broken.toml", "regimen = \"3 mg qd x7\"\nlabel =\n");
    write("notes.toml", "remember = \"milk\"\n");
    let all = ["scenario.toml", "targets.toml", "patients.toml", "own.toml", "broken.toml"];
    let all = [&all[..], &["notes.toml", "absent.toml"]].concat();
    let output = thrombo_in(folder.path(), &[&["check"][..], &all].concat());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1));
    for words in [
        "`days` is missing: add it",
        "`dais` is not a key here: did you mean `days`?",
        "targets.toml:7: `days` = 0 is outside (0, 10000] d",
        "patients.toml:26: `effects.covariate` = \"weight\": there is no covariate `weight`",
        "own.toml:",
        "`parameters.ka.grade` is \"XB\": did you mean `B`?",
        "broken.toml:2: is not valid TOML",
        "notes.toml: is of an unknown kind",
        "absent.toml: could not be read",
    ] {
        assert!(said.contains(words), "{words:?} is not said:\n{said}");
    }
    for kind in ["model parameters", "virtual patients", "calibration plan", "scenario", "trial"] {
        assert!(said.contains(kind), "{kind} is not offered:\n{said}");
    }
    assert!(thrombo_in(folder.path(), &["check"]).status.code() == Some(2), "no file is misuse");
}

#[test]
fn invariant_a_problem_that_repeats_is_listed_ten_times_and_then_counted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "time_h,plt_1e9_l\n".to_owned() + &"0,-1\n".repeat(400) + "x,40\n";
    fs::write(folder.path().join("counts.csv"), text).expect("written");
    let (found, _) = checked(folder.path(), &["counts.csv"]);
    assert_eq!(found[0]["problems"].as_array().map(Vec::len), Some(12));
    let output = thrombo_in(folder.path(), &["check", "counts.csv"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(said.lines().count(), 12, "{said}");
    for words in
        ["csv:2: `plt_1e9_l` = -1", "csv:401: `plt_1e9_l` ... and 390 more", "csv:402: `time_h`"]
    {
        assert!(said.contains(words), "{words:?} is not said:\n{said}");
    }
}

#[test]
fn invariant_records_are_summarised_and_their_problems_name_the_row() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let good = "ID,TIME_D,DV,AMT_MG,EVID,ADDL,II,WT,visit\n7,0,.,3,1,6,1,70,A\n7,1,50,.,0,0,0,71,B\n\
                7,8,60,.,0,0,0,65.5,C\n";
    fs::write(folder.path().join("good.csv"), good).expect("written");
    let text = printed(&thrombo_in(folder.path(), &["check", "good.csv"]));
    let expected = "good.csv: ok (kind: NONMEM records)
  subjects          1 (3 records)
  doses             1, 7 with additional doses, amounts 3 mg
  observations      2
  time              0 to 8 d
  units assumed     DV in the unit of its output
  covariate         WT 65.5 to 71, largest change 71 to 65.5 (ID 7, TIME 1 to 8 d); values apply backward, to the interval before their row
  columns not used  visit
";
    assert_eq!(text, expected);
    let (found, code) = checked(folder.path(), &["good.csv"]);
    assert_eq!((&found[0]["records"]["administrations"], code), (&Value::from(7), Some(0)));
    let twice = "ID,TIME,AMT\n1,0,1\n2,0,1\n1,5,1\n";
    fs::write(folder.path().join("twice.csv"), twice).expect("written");
    let output = thrombo_in(folder.path(), &["check", "twice.csv"]);
    let expected = "twice.csv:4 ID 1 TIME 5: ID 1 appears again after other subjects (first row 2): sort the \
                    file, or give --id-runs new\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    let output = thrombo_in(folder.path(), &["check", "--id-runs", "new", "twice.csv"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("subjects          3 (3 records)"));
    let bad = "ID,TIME,DV,AMT,EVID\n7,24,.,3,1\n7,20,50,.,0\n7,30,.,-1,1\n";
    fs::write(folder.path().join("bad.csv"), bad).expect("written");
    let output = thrombo_in(folder.path(), &["check", "bad.csv"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "bad.csv:3 ID 7 TIME 20: TIME 20 is before the previous row's 24: only EVID 3 or 4 may set \
                    the clock back\nbad.csv:4 ID 7 TIME 30: AMT -1 is negative\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

/// A model with a route whose lag depends on a covariate, and two outputs.
const MODEL: &str = "model own \"for records\"
language 1
time h
[covariates]
wt = 70 kg linear \"weight\"
age = 50 \"no equation uses it\"
[parameters]
ka = 1 1/h
ke = 0.1 1/h
v = 10 L
lag = 1 h
late = 1 h/kg
w0 = 70 kg
[dosing]
dose oral into depot: lag = lag - late*(wt - w0)
[states]
depot = 0 mg
central = 0 mg
[equations]
d/dt(depot) = -ka*depot
d/dt(central) = ka*depot - ke*central
[outputs]
conc = central/v in mg/L cmt = 2
rest = depot in mg cmt = 1
";

/// The keys of all objects in a value.
fn keys(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object.iter().filter(|(key, _)| *key != "observations_by_dvid") {
                found.push(key.clone());
                keys(inner, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn invariant_records_are_checked_against_a_model() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("written");
    };
    write("own.model", MODEL);
    write(
        "good.csv",
        "ID,TIME,AMT,DV,CMT,ADDL,II,WT,VISIT\n1,0,3,.,1,2,24,70,a\n1,1,.,4,2,0,0,68,b\n1,5,.,1,1,0,0,69,c\n",
    );
    write(
        "light.csv",
        "ID,TIME,AMT,DV,CMT,WT\n1,0,3,.,1,70\n1,1,.,4,2,70\n2,0,3,.,1,72\n2,1,3,.,9,72\n3,0,3,.,1,71.5\n",
    );
    write("bare.csv", "ID,TIME,AMT,DV,CMT\n1,0,3,.,1\n1,1,.,4,2\n");
    let run = |words: &[&str]| {
        let output = thrombo_in(folder.path(), &[&["check"][..], words].concat());
        (String::from_utf8_lossy(&output.stdout).into_owned(), output)
    };
    let (text, _) = run(&["good.csv", "--model", "own.model"]);
    let expected = "good.csv: ok (kind: NONMEM records)
  model             own
  subjects          1 (3 records)
  doses             1, 3 with additional doses
    route           oral (CMT 1): 1 dose, 3 with additional doses, amounts 3 mg
  observations      2
    output          conc (mg/L): 1 observation
    output          rest (mg): 1 observation
  time              0 to 5 h
  units assumed     TIME in h, AMT in the unit of its route, DV in the unit of its output
  covariate         wt 68 to 70 kg, largest change 70 to 68 (ID 1, TIME 0 to 1 h); values apply linearly between rows
  columns not used  VISIT
";
    assert_eq!(text, expected);
    let (document, _) = run(&["good.csv", "--model", "own.model", "--json"]);
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let formats = fs::read_to_string(root().join("docs/formats.md")).expect("the page");
    let described = formats.lines().find(|line| line.starts_with("| `check` |")).expect("a row");
    let mut found = Vec::new();
    keys(&document["files"], &mut found);
    assert!(found.len() > 40, "{found:?}");
    for key in found {
        assert!(described.contains(&format!("`{key}`")), "`{key}` is not described");
    }
    // The second subject has a problem of its own, so that its doses are not judged.
    let (text, output) = run(&["light.csv", "--model", "own.model"]);
    let expected = "light.csv:5 ID 2 TIME 1: CMT 9 does not exist: the model has 1 depot, 2 central\n\
                    light.csv:6 ID 3 TIME 0: lag is negative (-0.5)\n";
    assert_eq!((text.as_str(), output.status.code()), (expected, Some(1)));
    let (text, _) = run(&["bare.csv", "--model", "own.model"]);
    assert_eq!(
        text,
        "bare.csv:1: covariate wt is not in the file: add a column, or give --set wt=70\n"
    );
    let (text, output) = run(&["bare.csv", "--model", "own.model", "--set", "wt=70"]);
    assert!(output.status.success() && !text.contains("covariate"), "{text}");
    let (_, output) = run(&["own.model", "--model", "own.model"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("no file holds records"), "{said}");
    for (words, said) in [
        (&["good.csv", "--set", "wt=70"][..], "--model"),
        (&["good.csv", "--model", "own.model", "--output", "con"], "did you mean `conc`?"),
        (&["good.csv", "--model", "absent"], "absent"),
    ] {
        let (_, output) = run(words);
        let refused = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && refused.contains(said), "{words:?}: {refused}");
    }
}

#[test]
fn invariant_records_are_drawn_in_every_form() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("written");
    };
    write("good.csv", "ID,TIME,AMT,DV\n1,0,3,.\n1,1,.,4\n");
    write("bad.csv", "ID,TIME,AMT,DV\n1,0,3,.\n1,-1,.,4\n");
    write("none.csv", "ID,TIME,AMT\n1,0,3\n");
    write("notes.toml", "remember = \"milk\"\n");
    let run = |words: &[&str]| {
        let output = thrombo_in(folder.path(), &[&["check"][..], words].concat());
        (String::from_utf8_lossy(&output.stderr).into_owned(), output.status.code())
    };
    for (name, magic) in [("a.svg", "<svg"), ("a.png", "\u{fffd}PNG"), ("a.pdf", "%PDF")] {
        let (said, code) = run(&["good.csv", "--figure", name]);
        assert_eq!(code, Some(0), "{said}");
        let content = fs::read(folder.path().join(name)).expect(name);
        let begins = String::from_utf8_lossy(&content[..400.min(content.len())]).into_owned();
        assert!(begins.contains(magic), "{name}: {begins}");
    }
    for (words, said, code) in [
        (&["good.csv", "good.csv", "--figure", "b.svg"][..], "2 files of records", 2),
        (&["notes.toml", "--figure", "b.svg"], "files without records", 2),
        (&["none.csv", "--figure", "b.svg"], "none.csv: holds no observation", 1),
        (&["bad.csv", "--figure", "b.svg"], "the figure is not drawn", 1),
        (&["good.csv", "--figure", "good.csv.svg", "--dpi", "90"], "dots to the inch", 2),
        (&["good.csv", "--dpi", "90"], "--figure", 2),
    ] {
        let found = run(words);
        assert!(found.1 == Some(code) && found.0.contains(said), "{words:?}: {found:?}");
    }
    assert!(!folder.path().join("b.svg").exists());
}

#[test]
fn invariant_records_that_the_program_writes_are_read_without_a_problem() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (line, doses) in [
        ("simulate --regimen '3 mg qd x7, miss 4' --every '4 d'", 6),
        ("simulate --regimen placebo --every '4 d'", 0),
        ("simulate --model wang_2010 --regimen '10 ug/kg iv once' --every '2 d'", 1),
        ("simulate --model katsube_2019 --regimen '60 mg qd x5' --every '12 h'", 5),
    ] {
        let words = crate::words_of(&format!("{line} --format nonmem"));
        let written = thrombo_in(folder.path(), &words);
        fs::write(folder.path().join("records.csv"), &written.stdout).expect("written");
        let (found, code) = checked(folder.path(), &["records.csv"]);
        assert_eq!((&found[0]["ok"], code), (&Value::from(true), Some(0)), "{line}: {found:?}");
        let records = &found[0]["records"];
        assert_eq!((&records["doses"], &records["subjects"]), (&doses.into(), &1.into()), "{line}");
        let rows = String::from_utf8_lossy(&written.stdout).lines().count() - 1;
        assert_eq!(records["records"].as_u64(), Some(rows as u64), "{line}");
    }
}
