//! How the program speaks: quiet on request, coloured on terminals only, known to shells and `man`.

use crate::json::all_commands;
use crate::{printed, thrombo, thrombo_in, words_of};
use std::fs;
use std::process::Command;

#[test]
fn invariant_quiet_leaves_results_and_errors() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let fit = ["fit", "--fix", "tmk", "--starts", "1", "--out", "out"];
    let told = thrombo_in(folder.path(), &fit);
    assert!(String::from_utf8_lossy(&told.stderr).contains("written: out ("));
    let quiet = thrombo_in(folder.path(), &[&["--quiet"][..], &fit].concat());
    assert!(quiet.stderr.is_empty());
    assert_eq!(printed(&told), printed(&quiet));
    let refused = thrombo(&["simulate", "--regimen", "nonsense", "-q"]);
    assert!(String::from_utf8_lossy(&refused.stderr).starts_with("error: "));
}

/// What `thrombo ARGS` writes to a terminal, with `variables` in its environment, the ones that
/// decide colour otherwise taken away: a build server sets `CI`, which outweighs a dumb terminal.
#[cfg(target_os = "linux")]
fn on_a_terminal(args: &str, variables: &[(&str, &str)]) -> String {
    let mut script = Command::new("script");
    let command = format!("{} {args}", env!("CARGO_BIN_EXE_thrombo"));
    script.args(["-qc", &command, "/dev/null"]).env("TERM", "xterm-256color");
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        script.env_remove(variable);
    }
    script.envs(variables.iter().copied());
    let output = script.output().expect("script, of util-linux, starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn invariant_colour_is_for_terminals_that_want_it() {
    for args in ["models nemo", "simulate --nonsense", "--help"] {
        let plain = |variables| {
            let said = on_a_terminal(args, variables);
            assert!(!said.is_empty() && !said.contains('\x1b'), "{args}, {variables:?}: {said:?}");
        };
        let coloured = on_a_terminal(args, &[]);
        assert!(coloured.contains('\x1b'), "{args} has no colour: {coloured:?}");
        plain(&[("NO_COLOR", "1")]);
        plain(&[("CLICOLOR", "0")]);
        plain(&[("TERM", "dumb")]);
        let words: Vec<&str> = args.split(' ').collect();
        let piped = thrombo(&words);
        assert!(![piped.stdout, piped.stderr].concat().contains(&0x1b), "{args} colours a file");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn invariant_long_work_shows_its_stage_and_the_time_left() {
    // Some seconds of work on any machine; the bar appears after the first.
    let work = "simulate --regimen '3 mg qd x7' --omega kc=1 --subjects 10000 --engine reference \
                --threads 1 --out course.csv";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let work = work.replace("course.csv", &folder.path().join("course.csv").to_string_lossy());
    let told = on_a_terminal(&work, &[]);
    for words in ["patients", " %", "left"] {
        assert!(told.contains(words), "{words} is not shown: {told:?}");
    }
    assert_eq!(on_a_terminal(&(work.clone() + " --quiet"), &[]), "");
    // Without a terminal it is a line a stage.
    let more = work.replace("course.csv", "more.csv");
    let output = thrombo(&words_of(&more));
    let lines = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(lines.starts_with("patients (") && lines.contains(" left)\n"), "{lines}");
    assert_eq!(lines.matches("patients (").count(), 1, "{lines}");
}

#[test]
#[cfg(unix)]
fn invariant_completions_load_in_bash_and_know_every_command() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = printed(&thrombo(&["completions", "bash"]));
    fs::write(folder.path().join("thrombo.bash"), &script).expect("written");
    let ask = "source ./thrombo.bash && complete -p thrombo && COMP_WORDS=(thrombo '') COMP_CWORD=1 \
               && _thrombo thrombo '' thrombo && echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").args(["-c", ask]).current_dir(folder.path()).output();
    let said = printed(&output.expect("bash starts"));
    assert!(said.starts_with("complete ") && said.contains("-F _thrombo thrombo"), "{said}");
    for command in all_commands() {
        assert!(said.split_whitespace().any(|word| word == command), "{command} is not offered");
    }
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        assert!(printed(&thrombo(&["completions", shell])).contains("calibrate"), "{shell}");
    }
}

/// The long options that a command's help shows.
fn options(help: &str) -> impl Iterator<Item = &str> {
    let options = help.split("Options:").nth(1).unwrap_or_default().lines();
    options.filter_map(|line| {
        let line = line.trim_start().trim_start_matches("-q, ").trim_start_matches("-h, ");
        let end = line.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(line.len());
        line.starts_with("--").then(|| &line[..end])
    })
}

#[test]
fn invariant_manual_pages_name_every_command_and_option() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    printed(&thrombo_in(folder.path(), &["man", "--out", "man1"]));
    let page = |name: &str| {
        let text = fs::read_to_string(folder.path().join("man1").join(name)).expect(name);
        text.replace('\\', "")
    };
    let top = page("thrombo.1");
    assert_eq!(top, printed(&thrombo(&["man"])).replace('\\', ""));
    for command in all_commands() {
        assert!(top.contains(&format!("thrombo-{command}(1)")), "{command} is not named");
        let help = printed(&thrombo(&[&command, "--help"]));
        let page = page(&format!("thrombo-{command}.1"));
        assert!(page.starts_with(".ie") && page.contains(".SH OPTIONS"), "{command}");
        let examples = page.split(".SH NOTES AND EXAMPLES\n.nf\n").nth(1).unwrap_or_default();
        assert!(help.contains("Examples:") && examples.contains("Examples:"), "{command}");
        assert!(options(&help).count() >= 3, "{command}: {help}");
        for option in options(&help) {
            assert!(page.contains(option), "the page of {command} does not name {option}");
        }
    }
}

#[test]
fn invariant_the_version_names_program_and_data() {
    let said = printed(&thrombo(&["--version"]));
    let expected = format!(
        "thrombo {} (data {})\n",
        env!("CARGO_PKG_VERSION"),
        thrombopoiesis::report::data_version()
    );
    assert_eq!(said, expected);
}
