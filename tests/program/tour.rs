//! The tour of the README is run as it stands.

use crate::root;
use std::fs;
use std::process::Command;

/// The commands of the README's `sh` blocks that call the program, without their comments.
fn tour(readme: &str) -> Vec<String> {
    let blocks = readme.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with("thrombo "));
    lines.map(|line| line.split("   #").next().unwrap_or(line).trim().to_owned()).collect()
}

#[test]
#[cfg(unix)]
fn invariant_every_line_of_the_tour_runs_and_says_something() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let commands = tour(&readme);
    assert!(commands.len() >= 10, "only {commands:?}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    for command in commands {
        let arguments = command.strip_prefix("thrombo").unwrap_or_default();
        let line = format!("{}{arguments}", env!("CARGO_BIN_EXE_thrombo"));
        let output = Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output();
        let output = output.expect("sh starts");
        let said = [&output.stdout[..], &output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success(), "`{command}` of the README fails: {said}");
        let wrote = arguments.split_whitespace().skip_while(|word| *word != "--out").nth(1);
        let wrote = wrote.is_some_and(|path| folder.path().join(path).exists());
        assert!(!said.trim().is_empty() || wrote, "`{command}` of the README says nothing");
    }
}

#[test]
fn analytic_a_line_of_the_tour_is_found_without_its_comment() {
    let readme =
        "```sh\ncargo x\nthrombo fit --a \"#1\"    # why\n```\nthrombo no\n```sh\nthrombo b\n```";
    assert_eq!(tour(readme), ["thrombo fit --a \"#1\"", "thrombo b"]);
}
