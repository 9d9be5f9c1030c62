//! Files that name a model in a text file, by a path relative to their own folder.

use crate::{printed, root, thrombo_in};
use std::fs;
use std::path::Path;

const SCENARIO: &str = "schema = 1\ntitle = \"Ten days\"\nshort = \"10 d\"\ndrug = \"own\"\nmodel = \"own.model\"\n\
                        regimen = \"3 mg qd x10\"\ndays = 40\nlabel = \"none\"\n";
const PATIENTS: &str = "schema = 1\ntitle = \"Patients of the text\"\nmodel = \"own.model\"\n\n[variability]\n\
                        ec50 = { distribution = \"log-normal\", omega = 0.5, grade = \"D\", source = \"invented\" }\n\n\
                        [count_error]\nadditive = 2\nproportional = 0.05\ngrade = \"D\"\nsource = \"invented\"\n";

/// A text with a variant and a preset beside files that name it, in a folder below `folder`.
fn write(folder: &Path) {
    fs::create_dir_all(folder.join("study")).expect("a folder");
    let text = fs::read_to_string(root().join("examples/models/turnover.model")).expect("a text");
    let choices = "[variants]\nvariant plain:\nvariant strong:\n    emax = 3\n\n[presets]\npreset low:\n    plt0 = 25 10^9/L\n\n";
    let text = text.replace("[outputs]", &format!("{choices}[outputs]"));
    let trial = fs::read_to_string(root().join("scenarios/l_plus_2.toml")).expect("a trial");
    let event = "event transfusion(platelets in 10^9): count += platelets/5 L\n\n[states]";
    for (name, content) in [
        ("own.model", text.replace("[states]", event)),
        ("scenario.toml", SCENARIO.to_owned()),
        ("patients.toml", PATIENTS.to_owned()),
        ("trial.toml", trial.replace("\"calibrated\"", "\"patients.toml\"")),
        ("trial_of_text.toml", trial.replace("\"calibrated\"", "\"own.model\"")),
    ] {
        fs::write(folder.join("study").join(name), content).expect("written");
    }
}

#[test]
fn invariant_a_text_beside_a_file_is_found_from_any_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path());
    let files = ["scenario.toml", "patients.toml", "trial.toml", "trial_of_text.toml"];
    for (at, prefix) in [(folder.path().to_owned(), "study/"), (folder.path().join("study"), "")] {
        for file in files {
            printed(&thrombo_in(&at, &["check", &format!("{prefix}{file}")]));
        }
    }
    let maximum = |more: &[&str]| {
        let line = [&["simulate", "--scenario", "study/scenario.toml"][..], more].concat();
        let course = printed(&thrombo_in(folder.path(), &line));
        let note = course.lines().find(|line| line.starts_with("# maximum ")).expect("a maximum");
        note.split(' ').nth(2).expect("a number").parse::<f64>().expect("a number")
    };
    assert!(
        maximum(&["--variant", "strong"]) > maximum(&[]) + 1.0,
        "variants are those of the text"
    );
    for line in [
        "window --parameters study/patients.toml --variant strong --baseline-is true --subjects 50",
        "trial study/trial.toml --replicates 1",
        "trial study/trial_of_text.toml --replicates 1",
        "simulate --parameters study/patients.toml --variant strong --regimen '3 mg qd x7' --subjects 20",
    ] {
        printed(&thrombo_in(folder.path(), &crate::words_of(line)));
    }
}

#[test]
fn val_what_a_file_says_of_a_text_is_checked_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path());
    let whole = SCENARIO.to_owned();
    for (name, content, said) in [
        ("preset", whole.clone() + "population = \"low\"\n", ""),
        ("nobody", whole.clone() + "population = \"high\"\n", "`population`"),
        ("absent", whole.replace("own.model", "no.model"), "no.model"),
        ("set", whole + "\n[set]\nec51 = 3\n", "ec50"),
        ("typical", PATIENTS.replace("ec50 =", "ec51 ="), "did you mean `ec50`"),
        ("variant", PATIENTS.replace("\n\n[var", "\nvariant = \"B\"\n\n[var"), "plain, strong"),
    ] {
        let file = format!("study/{name}.toml");
        fs::write(folder.path().join(&file), content).expect("written");
        let checked = thrombo_in(folder.path(), &["check", &file]);
        let told = String::from_utf8_lossy(&checked.stdout).into_owned();
        assert_eq!(checked.status.success(), said.is_empty(), "{name}: {told}");
        assert!(told.contains(said) && told.contains(&file), "{name}: {told}");
    }
    let text = fs::read_to_string(folder.path().join("study/own.model")).expect("a text");
    let wrong = text.replace("ka   = 0.5 1/h", "ka   = 0.5 /h");
    fs::write(folder.path().join("study/own.model"), wrong).expect("written");
    let checked = thrombo_in(folder.path(), &["check", "study/scenario.toml"]);
    let told = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(
        told.contains("study/scenario.toml:5") && told.contains("study/own.model:14"),
        "{told}"
    );
}
