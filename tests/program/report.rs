//! The report as it is written.

use crate::failures::{counted, write_patients};
use crate::{printed, thrombo_in};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

/// One report for all tests.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        printed(&thrombo_in(folder.path(), &["report"]));
        folder
    });
    folder.path()
}

fn contents(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("listed").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            let inner = contents(&entry.path());
            files.extend(inner.into_iter().map(|(file, text)| (format!("{name}/{file}"), text)));
        } else {
            files.insert(name, fs::read_to_string(entry.path()).expect("text"));
        }
    }
    files
}

/// A regimen and a trial of a user.
fn write_own_files(folder: &Path) {
    let shipped = |name: &str| {
        fs::read_to_string(crate::root().join(format!("scenarios/{name}.toml"))).expect(name)
    };
    let with_line = |text: &str, key: &str, value: &str| -> String {
        let line = |line: &str| {
            let is_own = line.split_once(" = ").is_some_and(|(own, _)| own == key);
            if is_own { format!("{key} = {value}\n") } else { format!("{line}\n") }
        };
        text.lines().map(line).collect()
    };
    let regimen = with_line(&shipped("lusutrombopag_3mg_x5"), "title", "\"Six days of 3 mg\"");
    let regimen = with_line(&regimen, "regimen", "\"3 mg qd x6\"");
    fs::write(folder.join("my regimen.toml"), regimen).expect("written");
    let trial = with_line(&shipped("l_plus_1"), "title", "\"A small trial of my own\"");
    let small = with_line(&with_line(&trial, "randomised", "24"), "size", "12");
    fs::write(folder.join("small.toml"), small).expect("written");
}

#[test]
fn invariant_a_second_report_replaces_the_first_byte_by_byte() {
    let first = contents(&folder().join("report"));
    // Another report stands there, of patients of whom some cannot be integrated.
    write_patients(folder(), "own.toml", "");
    write_own_files(folder());
    let own = [
        "report",
        "--parameters",
        "own.toml",
        "--out",
        "again",
        "--scenario",
        "my regimen.toml",
        "--trial",
        "small.toml",
    ];
    let signed = [
        "--title",
        "Six days <of> treatment",
        "--author",
        "A. Author",
        "--date",
        "27 November 2026",
        "--id",
        "R-1",
    ];
    let other = thrombo_in(folder(), &[&own[..], &signed].concat());
    assert_eq!(other.status.code(), Some(3), "{}", String::from_utf8_lossy(&other.stderr));
    assert!(counted(&String::from_utf8_lossy(&other.stderr)).0 > 100);
    let page = fs::read_to_string(folder().join("again/index.html")).expect("a page");
    assert!(page.contains("could not be integrated"));
    for words in [
        "<h1>Six days &lt;of&gt; treatment</h1>",
        "<span>A. Author</span><span>27 November 2026</span><span>R-1</span>",
        "<h3>Six days of 3 mg</h3>",
        "id=\"figure-own_my_regimen\"",
        "<h3>A small trial of my own</h3>",
        "thrombo trial small.toml",
        "No published result of this trial",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for file in ["own_my_regimen", "own_small_variants"] {
        assert!(folder().join(format!("again/figures/{file}.svg")).exists(), "{file}");
    }
    let inputs = fs::read_to_string(folder().join("again/run.toml")).expect("a record");
    assert!(inputs.contains("my regimen.toml") && inputs.contains("small.toml"), "{inputs}");
    // The recorded command makes the first one again.
    let record = fs::read_to_string(folder().join("report/run.toml")).expect("a record");
    let record: toml::Table = record.parse().expect("TOML");
    let typed = shlex::split(record["command"].as_str().expect("a command")).expect("words");
    let typed = typed.iter().skip(1).map(String::as_str).chain(["--out", "again"]);
    printed(&thrombo_in(folder(), &typed.collect::<Vec<_>>()));
    assert_eq!(first, contents(&folder().join("again")));
    fs::write(folder().join("again/notes.txt"), "the user's").expect("written");
    let refused = thrombo_in(folder(), &["report", "--out", "again"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("notes.txt"));
    assert!(folder().join("again/notes.txt").exists());
}

#[test]
fn invariant_every_figure_gets_a_png_where_asked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    printed(&thrombo_in(folder.path(), &["report", "--png"]));
    let entries = fs::read_dir(folder.path().join("report/figures")).expect("listed").flatten();
    let (pngs, svgs): (Vec<_>, Vec<_>) = entries
        .map(|entry| entry.path())
        .partition(|path| path.extension().is_some_and(|e| e == "png"));
    assert!(svgs.len() > 10 && svgs.len() == pngs.len());
    for png in pngs {
        assert!(png.with_extension("svg").is_file());
        assert!(fs::read(&png).expect("read").starts_with(b"\x89PNG"), "{}", png.display());
    }
}

#[test]
fn invariant_the_page_is_complete_and_needs_nothing_else() {
    let page = contents(&folder().join("report"))["index.html"].clone();
    let scenarios = thrombopoiesis::simulate::Scenario::shipped().expect("scenarios");
    for scenario in &scenarios {
        assert!(page.contains(&format!("id=\"{}\"", scenario.id)), "{} is missing", scenario.id);
    }
    let figures = fs::read_dir(folder().join("report/figures")).expect("figures").count();
    assert_eq!(page.matches("<svg").count(), figures);
    for section in [
        "answer",
        "model",
        "calibration",
        "descriptive",
        "comparison",
        "regimens",
        "trials",
        "window",
        "optimum",
        "variants",
        "limits",
        "record",
    ] {
        assert!(page.contains(&format!("<section id=\"{section}\"")), "{section} is missing");
    }
    for foreign in ["<script src", "<link", "url(http", "src=\"http", "@import"] {
        assert!(!page.contains(foreign), "the page asks for {foreign}");
    }
    assert!(page.contains("Not for treating patients"));
    assert!(page.len() < 5_000_000, "too large to send: {} bytes", page.len());
}
