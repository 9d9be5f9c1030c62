//! `thrombo init`: the project is whole, and its script runs.

#[cfg(target_os = "linux")]
use crate::hostile::scene::copy_program;
use crate::{printed, thrombo_in};
#[cfg(target_os = "linux")]
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs `run.sh` in `folder` with the built program as `thrombo`.
fn run_script(folder: &Path) -> Output {
    let own = Path::new(env!("CARGO_BIN_EXE_thrombo")).parent().expect("a folder");
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(own.to_owned()).chain(std::env::split_paths(&others));
    let path = std::env::join_paths(path).expect("a path");
    Command::new("sh").arg("run.sh").current_dir(folder).env("PATH", path).output().expect("sh")
}

#[test]
#[cfg(target_os = "linux")]
fn invariant_a_new_project_is_accepted_and_its_script_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let said = printed(&thrombo_in(folder.path(), &["init", "mine"]));
    let project = folder.path().join("mine");
    for entry in fs::read_dir(&project).expect("listed").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(said.contains(&name), "{name} is not named");
        if entry.path().extension().is_some_and(|ending| ending == "toml" || ending == "csv") {
            printed(&thrombo_in(&project, &["check", &name]));
            let text = fs::read_to_string(entry.path()).expect("text");
            assert!(text.starts_with("# "), "{name} does not say what it is");
        }
    }
    let script = fs::read_to_string(project.join("run.sh")).expect("the script");
    for command in ["check", "simulate", "fit", "forecast", "trial"] {
        assert!(script.contains(&format!("thrombo {command} ")), "{command} is not shown");
    }
    let output = run_script(&project);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for result in [
        "course.csv",
        "fit_published/result.toml",
        "fit_counts/fit.svg",
        "forecast/figures/1.svg",
        "trial/endpoints.csv",
    ] {
        assert!(project.join("results").join(result).is_file(), "{result} is missing");
    }
    fs::write(project.join("scenario.toml"), "schema = 1\n").expect("written");
    assert!(!run_script(&project).status.success(), "a broken project ran all the same");
}

/// The folders of this machine's PATH that hold no `thrombo`.
#[cfg(target_os = "linux")]
fn path_without_thrombo() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).filter(|folder| !folder.join("thrombo").exists());
    std::env::join_paths(folders).expect("a path")
}

#[test]
#[cfg(target_os = "linux")]
fn invariant_a_projects_script_finds_the_program_that_made_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let odd = folder.path().join("it's a \"$HOME\" `folder`");
    fs::create_dir(&odd).expect("created");
    let program = odd.join("thrombo");
    copy_program(&program);
    let made = Command::new(&program).args(["init", "mine"]).current_dir(&odd).output();
    printed(&made.expect("thrombo starts"));
    let project = odd.join("mine");
    // Only who runs the script is of interest here: it ends at the first file that cannot be read.
    fs::write(project.join("scenario.toml"), "schema = 1\n").expect("written");
    let run = |set: Option<&str>| {
        let mut shell = Command::new("sh");
        shell.arg("mine/run.sh").current_dir(&odd).env("PATH", path_without_thrombo());
        shell.env_remove("THROMBO").envs(set.map(|value| ("THROMBO", value)));
        let output = shell.output().expect("sh");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let (code, said) = run(None);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("scenario.toml"), "the program did not run: {said}");
    let (code, said) = run(Some("/nowhere/thrombo"));
    assert_eq!(code, Some(127), "{said}");
    assert!(
        said.contains("there is no program \"/nowhere/thrombo\": put thrombo on the PATH"),
        "{said}"
    );
    fs::remove_file(&program).expect("removed");
    let (code, said) = run(None);
    assert_eq!(code, Some(127), "{said}");
    assert!(said.contains("set THROMBO to its full path"), "{said}");
    let (code, said) = run(Some(env!("CARGO_BIN_EXE_thrombo")));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("scenario.toml"), "THROMBO is not taken: {said}");
}

#[test]
fn invariant_a_folder_that_holds_anything_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("empty")).expect("created");
    printed(&thrombo_in(folder.path(), &["init", "empty"]));
    // A project is the user's: it is not replaced like a folder of results.
    let output = thrombo_in(folder.path(), &["init", "empty"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("not empty; choose a folder that does not exist yet"), "{said}");
    fs::write(folder.path().join("file"), "kept").expect("written");
    assert_eq!(thrombo_in(folder.path(), &["init", "file"]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(folder.path().join("file")).expect("kept"), "kept");
}

#[test]
fn val_a_scenario_gives_the_course_of_the_report() {
    use thrombopoiesis::integrate::Options;
    use thrombopoiesis::model::Variant;
    use thrombopoiesis::simulate::{Scenario, simulate};
    let folder = tempfile::tempdir().expect("a temporary folder");
    for scenario in Scenario::shipped().expect("scenarios") {
        let set = scenario.parameters(Variant::B).expect("parameters");
        let course = simulate(&set, &scenario.regimen, scenario.until, Options::default());
        let maximum = course.expect("a course").maximum().expect("a maximum");
        let args = ["simulate", "--json", "--every", "10 d", "--scenario", &scenario.id];
        let document = printed(&thrombo_in(folder.path(), &args));
        let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        let ours = document["maximum_1e9_l"].as_f64().expect("a number");
        // The same computation: only the last digit of its text may differ.
        assert!((ours - maximum.value).abs() <= 1e-14 * maximum.value, "{}", scenario.id);
    }
    for more in [&["--regimen", "placebo"][..], &["--set", "kc=1"], &["--model", "wang_2010"]] {
        let args = [&["simulate", "--scenario", "placebo"][..], more].concat();
        assert_eq!(thrombo_in(folder.path(), &args).status.code(), Some(2), "{more:?}");
    }
    let output = thrombo_in(folder.path(), &["simulate", "--scenario", "placeba"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no scenario `placeba`: did you mean `placebo`?"), "{said}");
}
