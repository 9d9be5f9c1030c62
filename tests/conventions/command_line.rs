//! What the library says names no flags and no commands of the program: who calls it may have neither.

use crate::Outcome;
use crate::page::{files, read, root};
use std::fs;

/// What speaks to people at the command line, below `src`.
const SPEAKERS: [&str; 4] = ["cli/", "report/", "explore/", "main.rs"];

/// The commands of the program, from the list of them in `cli/args.rs`.
fn commands(args: &str) -> Vec<String> {
    let list = args.split_once("enum Command {").and_then(|(_, after)| after.split_once("\n}"));
    let lines = list.map_or("", |(list, _)| list).lines();
    lines.filter_map(|line| Some(line.trim().split_once('(')?.0.to_lowercase())).collect()
}

/// Whether words name a flag such as `--out`, or one of the commands of the program. In code that
/// rustfmt laid out, what looks so stands in quotes.
fn is_of_the_command_line(words: &str, commands: &[String]) -> bool {
    let opens_word = |rest: &str| rest.starts_with(|c: char| c.is_ascii_lowercase());
    let is_flag = |word: &str| word.strip_prefix("--").is_some_and(opens_word);
    let is_command = |rest: &str| {
        rest.split(|c: char| !c.is_alphanumeric())
            .next()
            .is_some_and(|w| commands.iter().any(|c| c == w))
    };
    words.split([' ', '`', '"', '(']).any(is_flag)
        || words.split("thrombo ").skip(1).any(is_command)
}

/// The lines of a file below `src` whose words name flags or commands, comments aside.
fn word_complaints(path: &str, code: &str, commands: &[String]) -> Vec<String> {
    if SPEAKERS.iter().any(|speaker| path.starts_with(speaker)) {
        return Vec::new();
    }
    let said = |line: &&str| {
        let code = line.split(" // ").next().unwrap_or_default();
        !line.trim_start().starts_with("//") && is_of_the_command_line(code, commands)
    };
    code.lines().filter(said).map(|line| format!("{path}: {}", line.trim())).collect()
}

#[test]
fn invariant_library_errors_name_no_flags_or_commands() -> Outcome {
    let commands = commands(&read("src/cli/args.rs")?);
    assert!(commands.len() > 10, "only {commands:?} were read");
    let src = root().join("src");
    let mut complaints = Vec::new();
    for file in files(&src, "rs")? {
        let path = file.strip_prefix(&src)?.to_string_lossy().replace('\\', "/");
        complaints.extend(word_complaints(&path, &fs::read_to_string(&file)?, &commands));
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
    Ok(())
}

#[test]
fn invariant_planted_flags_and_commands_are_found() {
    let commands = commands("enum Command {\n    /// x\n    Fit(FitArgs),\n}\n");
    for (path, code, faults) in [
        ("fit/a.rs", "let x = \"raise --starts\";\nlet y = \"\";", 1),
        ("fit/a.rs", "f(\"{}: \\\n   --start, or `--seed` or\")", 1),
        ("fit/a.rs", "f(\"--start\")", 1),
        ("model/a.rs", "\"see thrombo fit\"", 1),
        ("error.rs", "\"see `thrombo fit A`\" // as it says", 1),
        ("error.rs", "\"thrombo did not write it\"; // see --out\n/// `thrombo fit`", 0),
        ("error.rs", "\"a -- b\"", 0),
        ("cli/fit.rs", "\"raise --starts\"", 0),
        ("explore/mod.rs", "\"see thrombo fit\"", 0),
    ] {
        let found = word_complaints(path, code, &commands);
        assert_eq!(found.len(), faults, "{path}: {code}: {found:?}");
    }
}
