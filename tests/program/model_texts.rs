//! Models in text files, as a user writes, checks and runs them.

use crate::{printed, root, thrombo_in};
use std::fs;
use std::path::Path;

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A course as CSV, without the run record.
fn rows(folder: &Path, model: &str, regimen: &str) -> String {
    let output = thrombo_in(
        folder,
        &["simulate", "--model", model, "--regimen", regimen, "--every", "4 d", "--until", "20 d"],
    );
    printed(&output).lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
}

#[test]
fn invariant_every_template_is_written_checked_and_run() {
    let folder = tempfile::tempdir().expect("a folder");
    for (kind, regimen) in [
        ("turnover", "3 mg qd x7"),
        ("transit_absorption", "3 mg qd x7"),
        ("tmdd", "100 mg iv once"),
        ("mechanistic", "3 mg qd x7"),
    ] {
        let file = format!("{kind}.model");
        printed(&thrombo_in(folder.path(), &["model", "new", &file, "--template", kind]));
        let again = thrombo_in(folder.path(), &["model", "new", &file, "--template", "tmdd"]);
        assert!(again.status.code() == Some(0), "what it wrote it may replace");
        printed(&thrombo_in(folder.path(), &["model", "new", &file, "--template", kind]));
        fs::write(
            folder.path().join(&file),
            fs::read_to_string(folder.path().join(&file)).expect("written") + "\n# mine\n",
        )
        .expect("changed");
        let refused = thrombo_in(folder.path(), &["model", "new", &file]);
        assert_eq!(refused.status.code(), Some(1), "a changed file is the user's");
        let checked = printed(&thrombo_in(folder.path(), &["model", "check", &file]));
        assert!(checked.contains("steady without drug"), "{checked}");
        assert!(!checked.contains("does not hold"), "{checked}");
        assert!(rows(folder.path(), &file, regimen).lines().count() > 5);
    }
}

/// The text `mechanistic` gives what the model in Rust gives, in every command that takes a model.
#[test]
fn val_a_text_stands_where_a_name_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = root().join("models/mechanistic.model");
    let text = text.to_str().expect("a path");
    let digits = |rows: &str| -> Vec<f64> {
        let cells = rows.lines().skip(1).flat_map(|line| line.split(','));
        cells.map(|cell| cell.parse().expect("a number")).collect()
    };
    let (ours, theirs) = (
        digits(&rows(folder.path(), text, "3 mg qd x7")),
        digits(&rows(folder.path(), "mechanistic", "3 mg qd x7")),
    );
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!((ours - theirs).abs() <= 1e-7 * theirs.abs(), "{ours} {theirs}");
    }
    for arguments in [
        &["window", "--parameters", text, "--subjects", "50"][..],
        &["trial", "l_plus_2", "--parameters", text, "--variant", "B", "--replicates", "1"],
        &["export", "--model", text, "--to", "rxode2"],
        &["export", "--model", text, "--variant", "D", "--to", "sbml"],
        &["models", text],
        &["check", text],
    ] {
        printed(&thrombo_in(folder.path(), arguments));
    }
}

#[test]
fn val_problems_of_a_text_name_line_and_repair() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(root().join("examples/models/turnover.model")).expect("a text");
    let wrong = text.replace("ka   = 0.5 1/h", "ka   = 0.5 /h");
    assert_ne!(text, wrong);
    fs::write(folder.path().join("wrong.model"), wrong).expect("written");
    for arguments in [
        &["model", "check", "wrong.model"][..],
        &["simulate", "--model", "wrong.model", "--regimen", "3 mg once"],
        &["fit", "--model", "wrong.model"],
    ] {
        let output = thrombo_in(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = said(&output);
        assert!(said.contains("wrong.model:14"), "{said}");
        assert!(said.contains("is a unit"), "{said}");
    }
    let checked = thrombo_in(folder.path(), &["check", "wrong.model"]);
    assert_eq!(checked.status.code(), Some(1));
    let unit = thrombo_in(
        folder.path(),
        &["simulate", "--model", "panetta_2024", "--regimen", "75 mg once"],
    );
    assert!(said(&unit).contains("mg/m^2"), "{}", said(&unit));
    let preset = thrombo_in(
        folder.path(),
        &[
            "simulate",
            "--model",
            "petrov_2024",
            "--population",
            "nobody",
            "--regimen",
            "1 ug/kg sc once",
        ],
    );
    assert!(said(&preset).contains("antibodies"), "{}", said(&preset));
}

/// The tutorial of `docs/models.md`: its files are written and its commands run, in their order.
#[test]
#[cfg(unix)]
fn invariant_the_tutorial_runs_as_it_stands() {
    let page = fs::read_to_string(root().join("docs/models.md")).expect("the page");
    let end = page.find("## The shipped texts").unwrap_or(page.len());
    let folder = tempfile::tempdir().expect("a folder");
    let mut commands = 0;
    for block in page[..end].split("\n```").skip(1).step_by(2) {
        let (kind, content) = block.split_once('\n').unwrap_or((block, ""));
        let content = format!("{content}\n");
        if kind == "text" && content.starts_with("model own") {
            fs::write(folder.path().join("own.model"), &content).expect("written");
        } else if kind == "text" && content.starts_with("[variants]") {
            let own = fs::read_to_string(folder.path().join("own.model")).expect("written before");
            let whole = own.replace("[outputs]", &format!("{content}\n[outputs]"));
            fs::write(folder.path().join("own.model"), whole).expect("written");
        } else if kind == "text" && content.starts_with("time_h,") {
            fs::write(folder.path().join("counts.csv"), &content).expect("written");
        } else if kind == "sh" {
            for line in content.lines().filter(|line| line.starts_with("thrombo ")) {
                let words = crate::words_of(line);
                if words[1..3] == ["model", "new"] && folder.path().join("own.model").exists() {
                    continue;
                }
                let output = thrombo_in(folder.path(), &words[1..]);
                // A fit may say that the data do not tell all of it: 3.
                let is_done = matches!(output.status.code(), Some(0 | 3));
                assert!(is_done, "`{line}`: {}", said(&output));
                commands += 1;
            }
        }
    }
    assert!(commands >= 5, "{commands}");
}

/// A model without a count says nothing of counts.
#[test]
fn invariant_a_model_without_a_count_shows_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let course = rows(folder.path(), "liu_2025", "20 mg once");
    let header = course.lines().next().expect("a header");
    assert!(header.starts_with("time_h,conc_ng_ml,") && !header.contains("plt"), "{header}");
    for arguments in [
        &["simulate", "--model", "liu_2025", "--regimen", "20 mg once", "--subjects", "5"][..],
        &["simulate", "--model", "liu_2025", "--regimen", "20 mg qd x5, stop"],
        &["fit", "--model", "liu_2025", "--free", "cl"],
    ] {
        let refused = thrombo_in(folder.path(), arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(said(&refused).contains("no platelet count"), "{}", said(&refused));
    }
}

/// The texts of all shipped models are found without the repository.
#[test]
fn invariant_shipped_texts_are_shown_by_their_names() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["katsube_2019", "models/katsube_2019.model", "liu_2025"] {
        let shown = printed(&thrombo_in(folder.path(), &["model", "show", name]));
        assert!(shown.contains("d/dt("), "{shown}");
    }
}

#[test]
fn invariant_a_size_is_set_by_its_name_and_only_texts_have_sizes() {
    let folder = tempfile::tempdir().expect("a folder");
    let of = |model: &str, more: &[&str]| {
        let line = ["simulate", "--model", model, "--regimen", "3 mg qd x7", "--every", "10 d"];
        thrombo_in(folder.path(), &[&line[..], more].concat())
    };
    let rows = |more: &[&str]| {
        let course = printed(&of("models/mechanistic.model", more));
        course.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(rows(&["--size", "np=4"]), rows(&["--set", "np=4"]));
    assert_ne!(rows(&["--size", "np=4"]), rows(&[]));
    assert_ne!(rows(&["--size", "np=4", "--subjects", "9"]), rows(&["--subjects", "9"]));
    for (model, size, words) in [
        ("models/mechanistic.model", "kc=4", "has no size `kc`: choose one of "),
        ("models/mechanistic.model", "np=0", "`np = 0` is outside [1, 2000]"),
        ("models/mechanistic.model", "np=2.5", "`2.5` is not a whole number"),
        ("mechanistic", "np=4", "the model `mechanistic` has no size `np`"),
    ] {
        let refused = of(model, &["--size", size]);
        assert!(!refused.status.success(), "{size}");
        assert!(said(&refused).contains(words), "{}", said(&refused));
    }
}

#[test]
fn invariant_the_range_of_a_route_bounds_a_search() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(root().join("models/mechanistic.model")).expect("a text");
    let other = text.replace("range = 0..6 mg", "range = 0..2 mg");
    fs::write(folder.path().join("own.model"), other).expect("written");
    let line = "window --parameters own.model --variant B --subjects 50 --search-subjects 50 --optimise \
                --longest 7 --probability 0.99 --json";
    let found = thrombo_in(folder.path(), &crate::words_of(line));
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).expect("one document");
    let courses = found["tables"]["optimum"].as_array().expect("courses");
    let doses: Vec<f64> = courses.iter().filter_map(|row| row["dose_mg"].as_f64()).collect();
    assert!(doses.iter().any(|dose| (*dose - 2.0).abs() < 1e-9), "{doses:?}");
    let warned =
        thrombo_in(folder.path(), &crate::words_of("export --model own.model --to rxode2"));
    assert!(said(&warned).contains("`dose = 3 mg` is outside the plausible range 0.1 to 2 mg"));
}

#[test]
fn invariant_the_page_of_a_model_is_whole_and_needs_no_network() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["mechanistic", "katsube_2019", "shimizu_2021", "petrov_2024", "liu_2025"] {
        let page = printed(&thrombo_in(folder.path(), &["model", "show", name, "--html"]));
        for part in ["<svg", "<math", "<h2>Parameters</h2>", "<h2>Routes</h2>", "<h2>Outputs</h2>"]
        {
            assert!(page.contains(part), "{name}: {part}");
        }
        assert!(!page.contains("<script") && !page.contains("src=\"http"), "{name}");
        assert!(!page.contains("<code>\\"), "{name}: a formula was not read");
        let linked = page.matches("href=\"http").count();
        assert_eq!(linked, page.matches("href=\"https://doi.org/").count(), "{name}");
    }
    let line = ["model", "show", "katsube_2019", "--html", "--out", "page.html"];
    printed(&thrombo_in(folder.path(), &line));
    printed(&thrombo_in(folder.path(), &line));
    assert!(folder.path().join("page.html").exists());
}

#[test]
fn invariant_a_report_on_a_text_has_the_sections_that_apply_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = |model: &str, more: &[&str]| {
        let out = format!("report_{}", model.replace(['/', '.'], "_"));
        let line = [&["report", "--model", model, "--out", &out][..], more].concat();
        let printed = printed(&thrombo_in(folder.path(), &line));
        let page = fs::read_to_string(folder.path().join(&out).join("index.html")).expect("a page");
        (page, printed, folder.path().join(out))
    };
    // A drug with counts and people who differ.
    let (page, _, out) = report("panetta_2024", &[]);
    for part in ["<h2>Checks</h2>", "<h2>Regimens</h2>", "virtual patients", "<h2>Equations</h2>"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.to_lowercase().contains("lusutrombopag"), "another drug is named");
    assert!(!page.contains("does not hold") && !page.contains("NaN"));
    assert!(out.join("figures/regimen_1.svg").exists() && out.join("run.toml").exists());
    // Pharmacokinetics alone.
    let (page, ..) = report("liu_2025", &[]);
    assert!(page.contains("<h2>Regimens</h2>") && !page.contains("10⁹/L"), "no count is invented");
    // A text that asks for nothing to be checked.
    let text = fs::read_to_string(root().join("examples/models/turnover.model")).expect("a text");
    let plain = text.split("[checks]").next().expect("a text");
    fs::write(folder.path().join("own.model"), plain).expect("written");
    let (page, ..) = report("own.model", &[]);
    assert!(!page.contains("<h2>Regimens</h2>") && !page.contains("<h2>Checks</h2>"));
    // One that fails a check says so.
    fs::write(folder.path().join("own.model"), text.replace("= 74.775", "= 64.0"))
        .expect("written");
    let (page, printed, _) = report("own.model", &["--json"]);
    assert!(page.contains("K02: does not hold") && printed.contains("\"written\""), "{printed}");
}
