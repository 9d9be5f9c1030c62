//! Times of samples, spellings, and names of files, as a user meets them.

use crate::bad_input::refused;
use crate::{printed, thrombo, thrombo_in};
use std::fs;

/// Column `n` of the rows of a CSV, comments and header left out.
fn column(csv: &str, n: usize) -> Vec<String> {
    let lines = csv.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| line.split(',').nth(n).unwrap_or_default().to_owned()).collect()
}

fn course(more: &[&str]) -> String {
    printed(&thrombo(&[&["simulate"], more].concat()))
}

#[test]
fn analytic_samples_are_decimal_multiples_and_the_end_stands_once() {
    let base = ["--regimen", "placebo", "--days", "7", "--every"];
    let days = column(&course(&[&base[..], &["0.7 d"]].concat()), 0);
    assert_eq!(
        days,
        ["0", "16.8", "33.6", "50.4", "67.2", "84", "100.8", "117.6", "134.4", "151.2", "168"]
    );
    let people = [&base[..], &["0.7 d", "--subjects", "2"]].concat();
    assert_eq!(column(&course(&people), 0), days);
    let tenths = course(&["--regimen", "placebo", "--days", "0.5", "--every", "0.1 h"]);
    let tenths = column(&tenths, 0);
    assert_eq!((tenths[3].as_str(), tenths.len()), ("0.3", 121));
    assert!(tenths.iter().all(|time| time.len() <= 4), "{tenths:?}");
}

#[test]
fn invariant_a_sample_at_the_time_of_a_dose_comes_before_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for every in ["0.1 d", "2.4 h", "1.2 h", "0.7 h"] {
        for regimen in ["10 ug/kg iv qw x2", "10 ug/kg iv q2.4h x70", "10 ug/kg iv at 0.7 1.4 d"] {
            let base = ["export", "--to", "nonmem", "--model", "wang_2010", "--days", "8"];
            let more = ["--regimen", regimen, "--every", every, "--out", "model.ctl", "--force"];
            printed(&thrombo_in(folder.path(), &[&base[..], &more].concat()));
            let data = fs::read_to_string(folder.path().join("model.csv")).expect("the data");
            let records: Vec<Vec<&str>> =
                data.lines().skip(1).map(|line| line.split(',').collect()).collect();
            let time = |record: &[&str]| record[1].parse::<f64>().expect("a time");
            for pair in records.windows(2) {
                let apart = time(&pair[1]) - time(&pair[0]);
                let is_tie = apart.abs() < f64::EPSILON;
                assert!(is_tie || apart > 1e-6, "{regimen}, {every}: {pair:?}");
                assert!(!is_tie || (pair[0][3], pair[1][3]) == ("0", "1"), "{pair:?}");
            }
        }
    }
}

#[test]
fn invariant_usual_spellings_mean_the_same() {
    let rows = |regimen: &str, every: &str| {
        let csv = course(&["--model", "wang_2010", "--regimen", regimen, "--every", every]);
        csv.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    let plain = rows("10 ug/kg iv at 0 24 h", "6 h");
    for regimen in
        ["10 \u{b5}g/kg iv at 0 24 h", "10 \u{3bc}g/kg IV at 0 24 hours", "10mcg/kg iv at 0 1 day"]
    {
        for every in ["6 hours", "6 H", "0.25 days", "6h"] {
            assert_eq!(rows(regimen, every), plain, "{regimen}, {every}");
        }
    }
    let subjects = |n: &str| course(&["--regimen", "placebo", "--days", "1", "--subjects", n]);
    // The recorded command is as it was typed.
    let rows = |text: String| text.lines().filter(|l| !l.starts_with('#')).collect::<String>();
    assert_eq!(rows(subjects("1e1")), rows(subjects("10")));
    for (args, expected) in [
        (["--regimen", "3,5 mg qd x7"], "has a comma between digits: write 3.5"),
        (["--every", "0,5 h"], "has a comma between digits: write 0.5"),
        (["--seed", "-1"], "write a whole number from 0 to"),
        (["--subjects", "2.5"], "write a whole number from 1 to 1000000"),
    ] {
        let others = ["--regimen", "3 mg qd x7", "--subjects", "2"];
        let others: Vec<&str> =
            others.chunks(2).filter(|pair| pair[0] != args[0]).flatten().copied().collect();
        let said = refused(&[&["simulate"], &others[..], &args].concat(), 2);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn invariant_doses_are_numbered_in_the_order_of_their_times() {
    let rows = |regimen: &str| column(&course(&["--regimen", regimen, "--every", "1 d"]), 2);
    assert_eq!(rows("3 mg at 48 0 24 h, miss 1"), rows("3 mg at 24 48 h"));
    assert_eq!(rows("3 mg at 48 0 24 h, miss 3"), rows("3 mg at 0 24 h"));
}

#[test]
fn invariant_names_of_files_are_quoted_or_refused_in_an_export() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let export = |to: &str, out: &str, regimen: &str| {
        thrombo_in(folder.path(), &["export", "--to", to, "--out", out, "--regimen", regimen])
    };
    for (out, data) in [("my model.ctl", "'my model.csv'"), ("run,1;x.ctl", "'run,1;x.csv'")] {
        printed(&export("nonmem", out, "3 mg once"));
        let text = fs::read_to_string(folder.path().join(out)).expect("the model");
        assert!(text.contains(&format!("$DATA {data} IGNORE=@\n")), "{text}");
        assert!(folder.path().join(data.trim_matches('\'')).is_file());
    }
    for (to, out) in [
        ("nonmem", "model.csv"),
        ("nonmem", "m.CSV"),
        ("nonmem", "m.tab"),
        ("nonmem", "a\nb.ctl"),
        ("mrgsolve", "a\nb.cpp"),
    ] {
        let output = export(to, out, "3 mg once");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{out}: {said}");
        assert!(!folder.path().join(out).exists(), "{out} was written");
    }
    for (to, comment) in [("mrgsolve", "//"), ("rxode2", "#"), ("nonmem", ";;")] {
        let regimen = "3 mg\nx*/ <- once\r";
        let text = printed(&export(to, "-", &regimen.replace("x*/ <- ", "")));
        let opened = text.lines().find(|line| line.contains("thrombo export ")).unwrap_or_default();
        assert!(opened.starts_with(comment) && opened.contains("3 mg\\nonce\\r"), "{to}: {text}");
    }
}

#[test]
fn invariant_figures_have_the_form_of_their_ending() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let simulate = |more: &[&str]| {
        let base = [
            "simulate",
            "--regimen",
            "3 mg qd x7",
            "--every",
            "1 d",
            "--subjects",
            "8",
            "--omega",
            "kc=1",
        ];
        thrombo_in(folder.path(), &[&base[..], more].concat())
    };
    let file = |more: &[&str]| {
        printed(&simulate(&[&["--figure"], more].concat()));
        fs::read(folder.path().join(more[0])).expect("the figure")
    };
    let svg = String::from_utf8(file(&["a.SVG"])).expect("text");
    assert!(!svg.contains("<text") && !svg.contains("font") && svg.matches("<path").count() > 15);
    assert!(svg.contains("<title>") && svg.contains("</svg>\n<!-- written by thrombo; "));
    let with_text = String::from_utf8(file(&["b.svg", "--svg-text"])).expect("text");
    assert!(with_text.contains("<text") && with_text.contains("@font-face"));
    let png = file(&["a.png", "--dpi", "100"]);
    let resolution = png.windows(4).position(|bytes| bytes == b"pHYs").expect("a resolution");
    assert_eq!(png[resolution + 4..resolution + 8], 3937_u32.to_be_bytes());
    assert_eq!(png[..4], *b"\x89PNG");
    let pdf = file(&["a.pdf"]);
    assert!(pdf.starts_with(b"%PDF-1.4\n") && pdf.windows(7).any(|end| end == b"%%EOF\n%"));
    assert_eq!(pdf, file(&["a.pdf"]));
    for (more, expected) in [
        (&["--figure", "a.jpg"][..], "choose one of svg, png, pdf"),
        (&["--figure", "-"], "choose one of svg, png, pdf"),
        (&["--figure", "a.png", "--dpi", "20"], "`dpi = 20` is outside [50, 1200]"),
        (&["--figure", "a.png", "--svg-text"], "end its name in .svg"),
    ] {
        let output = simulate(more);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected) && output.stdout.is_empty(), "{said}");
    }
}

#[test]
fn invariant_messages_repeat_little_and_no_control_characters() {
    let long = "9".repeat(49_000);
    let evil = "x\u{1b}[31m\r\n\u{202e}\u{200f}\u{7}";
    for text in [long.as_str(), evil] {
        for args in [
            vec!["simulate".to_owned(), format!("--regimen={text}")],
            vec!["simulate".to_owned(), format!("--regimen=3 mg {text}")],
            vec!["simulate".to_owned(), "--regimen=placebo".to_owned(), format!("--model={text}")],
            vec!["simulate".to_owned(), "--regimen=placebo".to_owned(), format!("--every={text}")],
            vec![
                "simulate".to_owned(),
                "--regimen=placebo".to_owned(),
                format!("--variant={text}"),
            ],
            vec![
                "simulate".to_owned(),
                "--regimen=placebo".to_owned(),
                format!("--set=kc={text}x"),
            ],
            vec!["simulate".to_owned(), "--regimen=placebo".to_owned(), format!("--set={text}=1")],
            vec![
                "simulate".to_owned(),
                "--regimen=placebo".to_owned(),
                format!("--parameters={text}"),
            ],
            vec![
                "simulate".to_owned(),
                "--regimen=placebo".to_owned(),
                format!("--subjects={text}x"),
            ],
            vec!["simulate".to_owned(), format!("--scenario={text}")],
            vec!["fit".to_owned(), format!("--targets={text}")],
            vec!["trial".to_owned(), text.to_owned()],
            vec!["models".to_owned(), text.to_owned()],
            vec![text.to_owned()],
            vec!["simulate".to_owned(), format!("--{text}")],
        ] {
            for json in [&[][..], &["--json"]] {
                let args: Vec<&str> =
                    args.iter().map(String::as_str).chain(json.iter().copied()).collect();
                let output = thrombo(&args);
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(!output.status.success() && !said.is_empty(), "{:?}", &args[0][..1]);
                assert!(said.len() < 2_000, "{} characters: {}", said.len(), &said[..200]);
                let escapes = |c: char| c.is_control() && c != '\n';
                assert!(
                    !said.contains(escapes) && !said.contains(['\u{202e}', '\u{200f}']),
                    "{said:?}"
                );
                assert!(!said.contains("os error") && !said.contains("panicked"), "{said}");
            }
        }
    }
}

#[test]
#[cfg(unix)]
fn regress_what_was_written_is_named_without_control_characters() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for args in [
        &["man", "--out", "p\rage\u{1b}[31m"][..],
        &["completions", "bash", "--out", "p\ttab"],
        &["simulate", "--regimen", "placebo", "--subjects", "2", "--out", "p\u{202e}\u{7}"],
    ] {
        let output = thrombo_in(folder.path(), args);
        let said = String::from_utf8_lossy(&output.stderr);
        let escapes = |c: char| c.is_control() && c != '\n';
        assert!(!said.contains(escapes) && !said.contains('\u{202e}'), "{args:?}: {said:?}");
    }
    assert!(
        folder.path().join("p\rage\u{1b}[31m").is_dir(),
        "the folder has the name that was asked for"
    );
}

#[test]
fn invariant_names_in_part_are_recognised() {
    for (args, meant) in [
        (&["simulate", "--regimen", "3 mg once", "--model", "katsube"][..], "`katsube_2019`"),
        (&["models", "shimizu"], "`shimizu_2021`"),
        (&["simulate", "--scenario", "eltrombopag"], "`eltrombopag_25mg_x14`"),
        (&["trial", "plus_2"], "`l_plus_2`"),
        (&["simulate", "--regimen", "3 mg once", "--set", "n_platelet=3"], "`n_platelet_stages`"),
        (&["simulat"], "'simulate'"),
    ] {
        let said = refused(args, 2);
        assert!(
            said.contains(meant) && said.contains("did you mean") || said.contains("similar"),
            "{said}"
        );
    }
}

#[test]
fn invariant_the_operating_system_is_put_into_words() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let said = |args: &[&str]| {
        let output = thrombo_in(folder.path(), args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let name = "x".repeat(300);
    for (args, expected) in [
        (&["fit", "--targets", "."][..], "it is a folder: give the name of a file"),
        (&["fit", "--targets", "none.csv"], "there is no such file or folder: check the path"),
        (&["fit", "--targets", &format!("{name}.csv")], "too long or not allowed"),
        (
            &["simulate", "--regimen", "placebo", "--out", "no/a.csv"],
            "create its parent folder first",
        ),
    ] {
        let said = said(args);
        assert!(said.contains(expected) && !said.contains("os error"), "{said}");
    }
}
