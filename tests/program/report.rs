//! The report as it is written.

use crate::failures::{counted, write_patients};
use crate::plots::unstamped;
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
        "--sections",
        "answer,window,comparison,trials,variants,regimens",
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
        "<span>A. Author</span><span>27 November 2026</span><span>R-1</span><span>Draft</span>",
        " · DRAFT</text>",
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
    // The recorded command of a short report makes it again, in the place of the long one.
    let short = tempfile::tempdir().expect("a temporary folder");
    printed(&thrombo_in(short.path(), &["report", "--model", "liu_2025"]));
    let first = contents(&short.path().join("report"));
    let record: toml::Table = first["run.toml"].parse().expect("TOML");
    let typed = shlex::split(record["command"].as_str().expect("a command")).expect("words");
    let typed = typed.iter().skip(1).map(String::as_str).chain(["--out", "again"]);
    printed(&thrombo_in(folder(), &typed.collect::<Vec<_>>()));
    assert_eq!(first, contents(&folder().join("again")));
    fs::write(folder().join("again/notes.txt"), "the user's").expect("written");
    let refused = thrombo_in(folder(), &["report", "--out", "again"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("notes.txt"));
    assert!(folder().join("again/notes.txt").exists());
}

/// Counts of subjects: one is forecast before the days of the procedure, one between them, one cannot be.
const COUNTS: &str =
    "id,time_d,plt_1e9_l\nA,0,38\nA,4,45\nA,7,58\nB <2>,0,30\nB <2>,10,41\nC,0,38000\n";

/// Sections that are simulated in a short time.
const CHOSEN: &str =
    "window,forecasts,comparison,sensitivity,safety,limits,descriptive,model,regimens,references";

/// A report of some sections with forecasts, and with every figure as PNG too.
fn with_forecasts() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("my counts.csv"), COUNTS).expect("written");
        let asked = ["report", "--png", "--forecast", "my counts.csv", "--regimen", "3 mg qd x7"];
        let output = thrombo_in(folder.path(), &[&asked[..], &["--sections", CHOSEN]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        // As of a forecast by itself: a subject has none.
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("no forecast for ID C"), "{said}");
        folder
    });
    folder.path()
}

#[test]
fn invariant_the_forecasts_of_a_report_are_those_of_its_command() {
    let folder = with_forecasts();
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let page = read("report/index.html");
    let section = section(&page, "forecasts");
    let command = section.split("<pre>").nth(1).and_then(|rest| rest.split("</pre>").next());
    let command = command.expect("a command").replace("&#x27;", "'");
    let typed = shlex::split(&command).expect("words");
    let typed: Vec<&str> = typed.iter().skip(1).map(String::as_str).collect();
    assert_eq!(thrombo_in(folder, &typed).status.code(), Some(1), "{command}");
    for (own, other) in [("A", "A"), ("B__2_", "B__2_")] {
        let figure = read(&format!("report/figures/forecast_{own}.svg"));
        let alone = read(&format!("forecasts/figures/{other}.svg"));
        assert_eq!(unstamped(&figure), unstamped(&alone), "{own}");
        assert!(section.contains(&format!("<section id=\"forecast_{own}\">")), "{own}");
    }
    // Every number of the table, from those of the command.
    let answers = read("forecasts/answers.csv");
    let answers = answers.lines().filter(|line| !line.starts_with('#')).skip(1);
    let rows: Vec<&str> = section.split("<tr><th scope=\"row\">").skip(1).collect();
    assert_eq!((answers.clone().count(), rows.len()), (2, 2));
    for (line, row) in answers.zip(rows) {
        let all: Vec<f64> =
            line.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).skip(4).collect();
        let [best_h, best, _, first_h, last_h, _, highest, lowest, throughout, low, mid, high, ..] =
            all[..]
        else {
            panic!("{line}")
        };
        let cells: Vec<&str> = row.split("<td class=\"n\" data-label=").skip(1).collect();
        let inside = |cell: &&str| cell.split_once('>')?.1.split("</td>").next().map(str::to_owned);
        let cells: Vec<String> = cells.iter().filter_map(inside).collect();
        let (day, percent) =
            (|h: f64| format!("{:.0}", h / 24.0), |p: f64| format!("{:.0}", 100.0 * p));
        assert_eq!(cells[1..3], [day(best_h), format!("{} %", percent(best))], "{line}");
        let wanted = match (first_h.is_nan(), day(first_h) == day(last_h)) {
            (true, _) => "never".to_owned(),
            (false, true) => day(first_h),
            (false, false) => format!("{} to {}", day(first_h), day(last_h)),
        };
        assert_eq!(cells[3], wanted, "{line}");
        assert_eq!(cells[4], format!("{} to {} %", percent(lowest), percent(highest)), "{line}");
        assert_eq!(cells[5], format!("{} %", percent(throughout)), "{line}");
        let days = [mid, low, high].map(|h| format!("{:.1}", h / 24.0));
        assert_eq!(cells[6], format!("{} ({} to {})", days[0], days[1], days[2]), "{line}");
    }
    assert!(section.contains("B &lt;2&gt;") && !section.contains("B <2>"));
    for words in ["Not for treating patients", "no forecast for ID C", "elapsed days 10 to 13"] {
        assert!(section.contains(words), "{words}");
    }
    let record: toml::Table = read("report/run.toml").parse().expect("TOML");
    let counts = thrombopoiesis::files::hash(COUNTS.as_bytes());
    assert_eq!(record["inputs"]["my counts.csv"].as_str(), Some(counts.as_str()));
}

/// A section of the page, to the beginning of the next.
fn section<'p>(page: &'p str, name: &str) -> &'p str {
    let begin = page.find(&format!("<section id=\"{name}\"")).expect(name);
    let names = thrombopoiesis::report::Section::ALL.map(thrombopoiesis::report::Section::name);
    let others = names.into_iter().chain(["record"]).filter(|other| *other != name);
    let begins = others.filter_map(|other| page.find(&format!("<section id=\"{other}\"")));
    let end = begins.filter(|other| *other > begin).min().expect("a section after it");
    &page[begin..end]
}

#[test]
fn invariant_a_section_is_the_same_whatever_else_the_report_holds() {
    let some = with_forecasts().join("report");
    let all = contents(&folder().join("report"));
    let is_result = |name: &str| name.starts_with("figures/") || name.starts_with("fit/");
    let mut compared = 0;
    for (name, text) in all.iter().filter(|(name, _)| is_result(name)) {
        if let Ok(own) = fs::read_to_string(some.join(name)) {
            assert_eq!(unstamped(&own), unstamped(text), "{name}");
            compared += 1;
        }
    }
    assert!(compared > 15, "{compared}");
    let page = fs::read_to_string(some.join("index.html")).expect("a page");
    // What the limits say of the calibration depends on whether it is there.
    for name in CHOSEN.split(',').filter(|name| !["forecasts", "limits"].contains(name)) {
        // Numbers of figures and tables depend on what stands above them, and stamps on all inputs.
        let plain = |page: &str| {
            let section = without(section(page, name), "<span class=\"number\">", "</span>");
            without(&without(&section, "<svg", ">"), "<text class=\"stamp\"", "</text>")
        };
        assert_eq!(plain(&page), plain(&all["index.html"]), "{name}");
    }
}

#[test]
fn invariant_a_report_holds_the_chosen_sections_and_what_its_file_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "schema = 1\ntitle = \"From a file\"\nsections = [\"forecasts\", \"methods\"]\n\
                [forecast]\nfile = \"counts.csv\"\nregimen = \"3 mg qd x7\"\n";
    fs::create_dir(folder.path().join("below")).expect("created");
    fs::write(folder.path().join("below/report.toml"), text).expect("written");
    let counts = "id,time_d,plt_1e9_l\nA,0,38\nA,4,45\n";
    fs::write(folder.path().join("below/counts.csv"), counts).expect("written");
    let line = [
        "report",
        "below/report.toml",
        "--author",
        "A. Author",
        "--regimen",
        "3 mg qd x5",
        "--out",
        "own",
    ];
    printed(&thrombo_in(folder.path(), &line));
    let own = contents(&folder.path().join("own"));
    let page = &own["index.html"];
    for words in [
        "<h1>From a file</h1>",
        "A. Author",
        "id=\"forecasts\"",
        "id=\"methods\"",
        "the regimen 3 mg qd x5 from time 0",
        "id=\"record\"",
    ] {
        assert!(page.contains(words), "{words} is missing");
    }
    for section in ["window", "trials", "calibration", "limits", "model", "regimens"] {
        assert!(!page.contains(&format!("\"{section}\"")), "{section} was not chosen");
        assert!(!page.contains(&format!("#{section}\"")), "{section} is linked to");
    }
    let figures: Vec<&String> = own.keys().filter(|name| name.starts_with("figures/")).collect();
    assert_eq!(figures, ["figures/forecast_A.svg"]);
    assert!(own["run.toml"].contains("below/report.toml"), "{}", own["run.toml"]);
    for (more, words) in [
        (&["--sections", "methods"][..], "add the section `forecasts`"),
        (&["--sections", "windows"], "did you mean `window`?"),
        (&["--trial", "l_plus_1.toml"], "add the section `trials`"),
    ] {
        let output = thrombo_in(folder.path(), &[&line[..], more].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {said}");
        assert!(said.contains(words), "{more:?}: {said}");
    }
}

#[test]
fn regress_what_a_report_cannot_forecast_is_said_before_anything_is_simulated() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let many: String = (1..=21).map(|id| format!("{id},0,38\n")).collect();
    let many = format!("id,time_d,plt_1e9_l\n{many}");
    let dosed = "id,time_d,plt_1e9_l,amt\nA,0,38,.\nA,0,.,3\n".to_owned();
    for (name, text) in [("many.csv", many), ("dosed.csv", dosed)] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    for (more, words) in [
        (
            &["--forecast", "many.csv"][..],
            "give a file with fewer subjects, or use `thrombo forecast`",
        ),
        (&["--forecast", "dosed.csv", "--regimen", "3 mg qd x7"], "omit the regimen"),
        (&["--regimen", "3 mg qd x7"], "--forecast"),
        (&["--forecast", "many.csv", "--model", "wang_2010"], "--model"),
    ] {
        let output = thrombo_in(folder.path(), &[&["report"][..], more].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {said}");
        assert!(said.contains(words), "{more:?}: {said}");
        assert!(!folder.path().join("report").exists(), "{more:?}");
    }
}

/// The text without elements that begin with `begin` and end with `end`.
fn without(text: &str, begin: &str, end: &str) -> String {
    let mut parts = text.split(begin);
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = |part: &str| part.split_once(end).map_or(String::new(), |(_, rest)| rest.to_owned());
    first + &parts.map(rest).collect::<String>()
}

#[test]
fn invariant_every_number_of_the_answer_is_an_estimate_or_an_input() {
    let page = contents(&folder().join("report"))["index.html"].clone();
    let answer = section(&page, "answer");
    assert!(
        answer.matches("<span class=\"estimate\" data-level=\"95 %\">").count() > 20,
        "{answer}"
    );
    let mut text = answer.to_owned();
    for (begin, end) in [
        ("<svg", "</svg>"),
        ("<span class=\"number\">", "</span>"),
        ("<pre>", "</pre>"),
        ("<nav", "</nav>"),
        ("<span class=\"input\">", "</span>"),
        ("<span class=\"estimate\"", "</span>"),
        ("<", ">"),
    ] {
        text = without(&text, begin, end);
    }
    assert!(text.contains("Of patients with a measured count below"), "{text}");
    let digits: Vec<&str> =
        text.lines().filter(|line| line.contains(|c: char| c.is_ascii_digit())).collect();
    assert!(digits.is_empty(), "{digits:?}");
}

#[test]
fn invariant_every_column_of_the_tables_is_defined() {
    let all = contents(&folder().join("report"));
    let rows = |text: &str| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let row = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
        reader.records().map(|own| row(own.expect("a row"))).collect()
    };
    let defined = rows(&all["tables/definitions.csv"]);
    let tables = all.iter().filter(|(name, _)| name.starts_with("tables/"));
    let mut count = 0;
    for (name, text) in tables.filter(|(name, _)| *name != "tables/definitions.csv") {
        let own = rows(text);
        assert!(own.len() > 1 && own.iter().all(|row| row.len() == own[0].len()), "{name}");
        for column in &own[0] {
            let is_own = |file: &str| match file.split_once('*') {
                Some((begin, end)) => name.starts_with(begin) && name.ends_with(end),
                None => file == name,
            };
            let found = defined.iter().filter(|row| is_own(&row[0]) && row[1] == *column).count();
            assert!(found >= 1, "{name}: {column}");
            count += 1;
        }
    }
    assert!(count > 150, "{count} columns");
    // The interval of the first table, as numbers.
    let answer = rows(&all["tables/answer.csv"]);
    let column = |key: &str| answer[0].iter().position(|own| own == key).expect(key);
    let [value, lower, upper] = ["at_threshold", "at_threshold_lower", "at_threshold_upper"]
        .map(|key| answer[2][column(key)].parse::<f64>().expect(key));
    assert!(lower < value && value < upper && upper < 100.0, "{lower} {value} {upper}");
}

/// Patients who take another drug: a clearance of its own.
const OTHER_DRUG: &str = "schema = 1\ntitle = \"Another drug\"\nmodel = \"mechanistic\"\npopulation = \"cld\"\n\
    [typical]\ncl = { value = 1.5, unit = \"L/h\", status = \"assumed\", grade = \"D\", source = \"own\" }\n\
    [variability]\nkc = { distribution = \"log-normal\", omega = 1.2, grade = \"D\", source = \"own\" }\n\
    plt0 = { distribution = \"truncated-normal\", sd = 7.5, range = [5.0, 100.0], grade = \"D\", source = \"own\" }\n\
    [covariates]\nthrombosis = { unit = \"1\", value = 0.0, grade = \"D\", source = \"own\" }\n\
    [count_error]\nadditive = 2.5\nproportional = 0.13\ngrade = \"D\"\nsource = \"own\"\n";

#[test]
fn invariant_a_report_on_another_drug_does_not_name_that_of_the_program() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("other.toml"), OTHER_DRUG).expect("written");
    write_own_files(folder.path());
    for (from, to) in [("my regimen.toml", "regimen.toml"), ("small.toml", "trial.toml")] {
        let text = fs::read_to_string(folder.path().join(from)).expect(from);
        let text =
            text.replace("lusutrombopag", "newtrombopag").replace("Lusutrombopag", "Newtrombopag");
        fs::write(folder.path().join(to), text).expect(to);
    }
    let asked = ["report", "--parameters", "other.toml", "--scenario", "regimen.toml"];
    let line = [&asked[..], &["--trial", "trial.toml"]].concat();
    printed(&thrombo_in(folder.path(), &line));
    let all = contents(&folder.path().join("report"));
    for (name, text) in &all {
        let place = text.to_lowercase().find("lusutrombopag");
        let around =
            place.map(|at| text[at.saturating_sub(60)..].chars().take(120).collect::<String>());
        assert_eq!(around, None, "{name}");
    }
    let page = &all["index.html"];
    assert!(page.contains("<h1>Newtrombopag before a procedure"), "the title names the drug");
    for section in ["window", "comparison", "trials", "variants", "limits", "model", "regimens"] {
        assert!(page.contains(&format!("<section id=\"{section}\"")), "{section} is missing");
    }
    for section in ["optimum", "calibration", "sensitivity", "safety", "descriptive"] {
        assert!(!page.contains(&format!("\"{section}\"")), "{section} has no data on the drug");
    }
    let refused =
        thrombo_in(folder.path(), &[&line[..], &["--sections", "safety,trials,answer"]].concat());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("the section `safety`") && said.contains("newtrombopag"), "{said}");
}

#[test]
fn invariant_every_figure_gets_a_png_where_asked() {
    let folder = with_forecasts();
    let entries = fs::read_dir(folder.join("report/figures")).expect("listed").flatten();
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
    // The figure of the answer is drawn twice, for wide and for narrow pages.
    assert_eq!(page.matches("<svg").count(), figures + 1);
    for name in fs::read_dir(folder().join("report/tables")).expect("tables").flatten() {
        let name = name.file_name().to_string_lossy().into_owned();
        let id = format!("id=\"table-{}\"", name.trim_end_matches(".csv"));
        assert!(page.contains(&id), "{name} is not on the page");
    }
    assert_eq!(
        page.matches("<table").count(),
        fs::read_dir(folder().join("report/tables")).expect("tables").count()
    );
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
    assert!(!page.contains("id=\"forecasts\""), "nothing is forecast unless asked for");
    assert!(page.len() < 3_000_000, "too large to send: {} bytes", page.len());
}

#[test]
#[cfg(unix)]
fn invariant_a_page_is_printed_where_there_is_a_browser_and_refused_before_the_work_where_there_is_none()
 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |path: &std::ffi::OsStr| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_thrombo"));
        command.args(["report", "--sections", "safety,methods", "--pdf", "-q"]).env("PATH", path);
        command.current_dir(folder.path()).env("HOME", folder.path().join("home"));
        command.output().expect("thrombo starts")
    };
    let refused = run(std::ffi::OsStr::new("/nowhere"));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("has no Chromium or Chrome: install one"), "{said}");
    assert!(!folder.path().join("report").exists(), "the work was done all the same");
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder.join("chromium").is_file()) {
        println!("skipped: no chromium");
        return;
    }
    printed(&run(&path));
    let pdf = fs::read(folder.path().join("report/report.pdf")).expect("printed");
    assert!(pdf.starts_with(b"%PDF"), "{} bytes", pdf.len());
    let record = fs::read_to_string(folder.path().join("report/run.toml")).expect("a record");
    assert!(record.contains("report.pdf"), "{record}");
}
