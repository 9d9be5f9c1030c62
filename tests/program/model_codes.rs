//! The codes of model texts that only show when a text is used: its checks, its place in a trial, the data.

use crate::{root, thrombo_in, words_of};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What must be printed. `UPDATE_MESSAGES=1 cargo test --test program regress_codes` writes it.
const MESSAGES: &str = "tests/program/model_codes.txt";
/// A covariate with categories.
const SEX: &str = "sex = male of (male = 0, female = 1) \"sex\"";

/// Code, changes of the text `turnover`, and a command that meets the fault.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);
const CASES: &[Case] = &[
    ("K01", &[("count   = plt0", "count   = 2*plt0")], "model check own.model"),
    ("K02", &[("= 74.775 10^9/L", "= 64.0 10^9/L")], "model check own.model"),
    (
        "K03",
        &[("into depot ", "into depot: cmt = 1\ndose iv into central: cmt = 1 ")],
        "model check own.model",
    ),
    ("D02", &[SEX_OF_VC], "simulate --model own.model --set sex=3 --regimen '3 mg qd x7'"),
    ("D02", &[SEX_OF_VC], "check data.csv --model own.model"),
    ("R01", &[("plt  = count in 10^9/L", "plt  = count/plt0")], "check trial.toml"),
    ("R01", &[("plt  = count", "white = count in 10^9/L\nred   = count")], "check trial.toml"),
    ("R02", &[], "check trial.toml"),
];
/// A use of the covariate with categories.
const SEX_OF_VC: (&str, &str) =
    ("vc   = 15 L * (wt/70 kg)", "vc   = 15 L * (wt/70 kg) * (if sex == female then 0.8 else 1)");

/// The text with `changes`, a trial of its people and data, in `folder`.
fn write_case(folder: &Path, changes: &[(&str, &str)]) {
    let text = fs::read_to_string(root().join("examples/models/turnover.model")).expect("a text");
    let mut text = text.replacen("[parameters]", &format!("{SEX}\n\n[parameters]"), 1);
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    // Another output has neither the error nor the checks of the count.
    if changes.iter().any(|(from, _)| from.starts_with("plt ")) {
        text = text.replacen(" + additive(sd=2 10^9/L)", "", 1);
        text.truncate(text.find("[checks]").expect("checks"));
    }
    let trial = fs::read_to_string(root().join("scenarios/l_plus_2.toml")).expect("a trial");
    let data = "ID,TIME,AMT,DV,WT,SEX\n1,0,3,.,70,0\n1,24,.,50,70,3\n";
    for (name, content) in [
        ("own.model", text),
        ("trial.toml", trial.replace("\"calibrated\"", "\"own.model\"")),
        ("data.csv", data.to_owned()),
    ] {
        fs::write(folder.join(name), content).expect("written");
    }
}

#[test]
fn regress_codes_of_a_text_in_use_are_printed_as_stored() {
    let mut printed = String::new();
    for (code, changes, line) in CASES {
        let folder = tempfile::tempdir().expect("a folder");
        write_case(folder.path(), changes);
        let output = thrombo_in(folder.path(), &words_of(line));
        assert!(matches!(output.status.code(), Some(1 | 2)), "{code} {line}");
        let of = |stream: &[u8]| String::from_utf8_lossy(stream).into_owned();
        let said = of(&output.stdout) + &of(&output.stderr);
        // Problems of records are told apart by their words.
        assert!(said.contains(code) || line.starts_with("check data.csv"), "{code}: {said}");
        writeln!(printed, "=== {code}: thrombo {line}\n{}", said.trim_end()).expect("a text");
    }
    let path = root().join(MESSAGES);
    if std::env::var_os("UPDATE_MESSAGES").is_some() {
        fs::write(&path, &printed).expect("written");
    }
    assert_eq!(printed, fs::read_to_string(&path).expect("messages"));
}
