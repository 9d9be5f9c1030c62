//! The plan of the house holds: imports run one way, each heavy library is known to one file, and
//! no file and no function grows out of hand. The checkers are functions of paths and texts, so that
//! they are shown to find planted faults too.
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules by level. A module may use those of lower levels, and itself; not its own level.
const LEVELS: &[&[&str]] = &[
    &["error"],
    &["names", "numeric", "table"],
    &["units", "files", "machine", "statistics"],
    &["model", "regimen", "records", "integrate", "shards"],
    &["population"],
    &["simulate"],
    &["fit", "forecast", "trial", "window"],
    &["calibrate"],
    &["report", "export"],
    &["check", "explore"],
    &["cli"],
];
/// Files that stand above all modules.
const DOORS: [&str; 3] = ["lib", "main", "prelude"];
/// Libraries that one file at most may know, and at least one once it is in use.
const ONE_FILE: [&str; 6] = ["ode_solvers", "argmin", "argmin_math", "plotters", "resvg", "skrifa"];
/// The same library in two crates.
const SAME_LIBRARY: (&str, &str) = ("argmin_math", "argmin");
/// A file longer than this wants to be two.
const MAX_LINES: usize = 400;
/// A function longer than this wants to be two.
const MAX_FUNCTION_LINES: usize = 60;
/// What may stand before `fn`, besides how far the function is seen.
const QUALIFIERS: [&str; 5] = ["pub", "const", "async", "unsafe", "extern"];

type Sources = BTreeMap<PathBuf, String>;

/// Every file below `src`, by its path relative to it.
fn sources() -> Sources {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Sources::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.insert(path.strip_prefix(&src).unwrap().to_owned(), text);
            }
        }
    }
    found
}

/// The module path of a file: `model/published/wang_2010.rs` is `[model, published, wang_2010]`.
fn module_path(file: &Path) -> Vec<String> {
    let mut parts: Vec<_> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The text without comments and without what stands in quotes.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("'\"'") {
            3
        } else if c == '"' {
            end_of_string(rest)
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

/// How many bytes the string literal at the start of `text` takes.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return i + 1,
            _ => {}
        }
    }
    text.len()
}

/// Identifiers and the marks `::`, `{`, `}` and `,`, in order.
fn tokens(code: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let length = if is_word(c) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            c.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if !token.trim().is_empty() {
            tokens.push(token);
        }
        rest = after;
    }
    tokens
}

/// The top-level modules that the code of a file names through `crate`, the crate's own name or
/// `super`, groups in braces included.
fn modules_used(file: &Path, text: &str) -> Vec<String> {
    let code = code_of(text);
    let tokens = tokens(&code);
    let depth = module_path(file).len();
    let mut used = Vec::new();
    for i in 0..tokens.len() {
        let is_path_start = i == 0 || tokens[i - 1] != "::";
        let mut next = match tokens[i] {
            "crate" | "thrombopoiesis" if is_path_start => i + 1,
            "super" if is_path_start => {
                let supers = (i..tokens.len())
                    .step_by(2)
                    .take_while(|j| tokens[*j] == "super" && tokens.get(*j + 1) == Some(&"::"))
                    .count();
                if supers < depth {
                    continue;
                }
                i + 2 * supers - 1
            }
            _ => continue,
        };
        if tokens.get(next) != Some(&"::") {
            continue;
        }
        next += 1;
        if tokens.get(next) == Some(&"{") {
            let mut open = 0;
            for j in next..tokens.len() {
                match tokens[j] {
                    "{" => open += 1,
                    "}" => open -= 1,
                    word if open == 1 && matches!(tokens[j - 1], "{" | ",") => {
                        used.push(word.to_owned());
                    }
                    _ => {}
                }
                if open == 0 {
                    break;
                }
            }
        } else if let Some(module) = tokens.get(next) {
            used.push((*module).to_owned());
        }
    }
    used
}

fn level(module: &str) -> Option<usize> {
    LEVELS.iter().position(|modules| modules.contains(&module))
}

/// Every import that does not run downwards, and every module without a place in the plan.
fn upward_imports(sources: &Sources) -> Vec<String> {
    let mut faults = Vec::new();
    for (file, text) in sources {
        let own = module_path(file).first().cloned().unwrap_or_default();
        if DOORS.contains(&own.as_str()) {
            continue;
        }
        let Some(own_level) = level(&own) else {
            faults.push(format!("{}: `{own}` has no level", file.display()));
            continue;
        };
        for module in modules_used(file, text) {
            // What is no module is an item that the library shows at its front page.
            let upward = level(&module).is_some_and(|level| level >= own_level) && module != own;
            if upward {
                faults.push(format!("{}: `{own}` uses `{module}`", file.display()));
            }
        }
    }
    faults
}

/// For every library that may be known to one file only, the files that name it.
fn files_by_library(sources: &Sources) -> BTreeMap<&'static str, Vec<PathBuf>> {
    let mut files: BTreeMap<_, Vec<PathBuf>> = BTreeMap::new();
    for (file, text) in sources {
        let code = code_of(text);
        let tokens = tokens(&code);
        for library in ONE_FILE {
            let library_name = if library == SAME_LIBRARY.0 { SAME_LIBRARY.1 } else { library };
            let is_named = tokens.windows(2).any(|pair| pair[0] == library && pair[1] == "::");
            let files = files.entry(library_name).or_default();
            if is_named && !files.contains(file) {
                files.push(file.clone());
            }
        }
    }
    files
}

/// The files that are too long.
fn long_files(sources: &Sources) -> Vec<String> {
    let is_long = |text: &&String| text.lines().count() >= MAX_LINES;
    let long = sources.iter().filter(|(_, text)| is_long(text));
    long.map(|(file, text)| format!("{}: {} lines", file.display(), text.lines().count())).collect()
}

fn begins_function(line: &str) -> bool {
    let is_before = |word: &&str| {
        QUALIFIERS.contains(word) || word.starts_with("pub(") || word.ends_with([')', '"'])
    };
    line.split_whitespace().find(|word| !is_before(word)) == Some("fn")
}

/// How many lines the function takes that begins at the first of `lines`; none without a body of its
/// own lines. Every function is laid out by rustfmt, so its last line is its indentation and `}`.
fn function_length(lines: &[&str]) -> Option<usize> {
    let heading = lines.iter().find(|line| line.ends_with(['{', '}', ';']))?;
    if !heading.ends_with('{') {
        return None;
    }
    let indentation = lines[0].len() - lines[0].trim_start().len();
    let last = format!("{}}}", &lines[0][..indentation]);
    Some(lines.iter().position(|line| *line == last)? + 1)
}

/// The functions that are too long.
fn long_functions(sources: &Sources) -> Vec<String> {
    let mut faults = Vec::new();
    for (file, text) in sources {
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate().filter(|(_, line)| begins_function(line)) {
            let length = function_length(&lines[i..]).filter(|n| *n > MAX_FUNCTION_LINES);
            let name = line.split_once("fn ").map_or(*line, |(_, name)| name);
            let name = name.split(['(', '<']).next().unwrap_or_default();
            faults.extend(length.map(|n| format!("{}: `{name}` has {n} lines", file.display())));
        }
    }
    faults
}

fn fixture(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect()
}

#[test]
fn invariant_imports_run_one_way() {
    let sources = sources();
    assert!(sources.len() > 30, "only {} files were read", sources.len());
    assert_eq!(upward_imports(&sources), Vec::<String>::new());
}

#[test]
fn invariant_planted_upward_imports_are_found() {
    for (path, text, fault) in [
        ("numeric/a.rs", "use crate::model::Model;", "numeric/a.rs: `numeric` uses `model`"),
        ("model/a.rs", "use super::super::simulate::X;", "model/a.rs: `model` uses `simulate`"),
        ("model/mod.rs", "use super::regimen::X;", "model/mod.rs: `model` uses `regimen`"),
        (
            "model/published/a.rs",
            "fn f() { let x = crate::integrate::steps; }",
            "model/published/a.rs: `model` uses `integrate`",
        ),
        (
            "regimen/mod.rs",
            "use crate::{error::{Error, Result}, units::Time, fit};",
            "regimen/mod.rs: `regimen` uses `fit`",
        ),
        ("fit/mod.rs", "use crate::trial;", "fit/mod.rs: `fit` uses `trial`"),
        ("error.rs", "use crate::units::Time;", "error.rs: `error` uses `units`"),
        ("files/mod.rs", "use thrombopoiesis::cli::X;", "files/mod.rs: `files` uses `cli`"),
        ("odd/mod.rs", "", "odd/mod.rs: `odd` has no level"),
    ] {
        assert_eq!(upward_imports(&fixture(&[(path, text)])), [fault], "{text}");
    }
    for (path, text) in [
        (
            "simulate/mod.rs",
            "use crate::{error, model::Model, regimen, integrate}; use super::fit;",
        ),
        ("model/a/b.rs", "use super::super::Model; use super::simulate; // crate::simulate::x"),
        ("units.rs", "use crate::numeric::Real; /// [`crate::model::Model`]\nstruct S;"),
        ("model/mod.rs", "const TEXT: &str = \"crate::simulate::x \\\" crate::fit::y\";"),
        ("cli/mod.rs", "use crate::report::figure; use crate::explore; use crate::error::Error;"),
        ("main.rs", "use thrombopoiesis::cli;"),
    ] {
        let faults = upward_imports(&fixture(&[(path, text)]));
        // `super::fit` in a folder's mod.rs is the crate's own module and a fault; the rest is not.
        let expected = if text.contains("use super::fit;") {
            vec!["simulate/mod.rs: `simulate` uses `fit`".to_owned()]
        } else {
            Vec::new()
        };
        assert_eq!(faults, expected, "{text}");
    }
}

#[test]
fn invariant_each_heavy_library_is_known_to_one_file() {
    let files = files_by_library(&sources());
    assert_eq!(files["ode_solvers"], [PathBuf::from("integrate/adapter.rs")]);
    for (library, files) in files {
        assert!(files.len() <= 1, "{library} is named in {files:?}");
    }
}

#[test]
fn invariant_a_planted_second_user_of_a_library_is_found() {
    let sources = fixture(&[
        ("fit/adapter.rs", "use argmin::core::Executor;\nuse argmin_math::ArgminDot;"),
        ("fit/objective.rs", "fn f() -> argmin_math::Error { 1 }"),
        ("fit/mod.rs", "//! Knows nothing of argmin::core.\nconst NAME: &str = \"argmin::x\";"),
    ]);
    assert_eq!(files_by_library(&sources)["argmin"].len(), 2);
    assert!(files_by_library(&sources)["plotters"].is_empty());
}

#[test]
fn invariant_no_file_is_too_long() {
    assert_eq!(long_files(&sources()), Vec::<String>::new());
    let long =
        fixture(&[("a.rs", &"x\n".repeat(MAX_LINES)), ("b.rs", &"x\n".repeat(MAX_LINES - 1))]);
    assert_eq!(long_files(&long), ["a.rs: 400 lines"]);
}

#[test]
fn invariant_no_function_is_too_long() {
    assert_eq!(long_functions(&sources()), Vec::<String>::new());
}

#[test]
fn invariant_a_planted_long_function_is_found() {
    let of = |heading: &str, lines: usize, end: &str| {
        format!("{heading}\n{}{end}\n", "        x;\n".repeat(lines - 2))
    };
    let long = of("    pub(in crate::a) const fn f<T>(x: T) {", MAX_FUNCTION_LINES + 1, "    }");
    let short = of("fn g() {", MAX_FUNCTION_LINES, "}");
    let declared = "trait A {\n    fn h(\n        x: f64,\n    ) -> f64;\n    fn i() {}\n";
    let sources = fixture(&[("a.rs", &format!("{declared}{long}}}\n{short}"))]);
    assert_eq!(long_functions(&sources), ["a.rs: `f` has 61 lines"]);
}

/// Rooms whose numbers are results: exponentials, logarithms and powers are the project's own or `libm`'s there, so
/// that machines with another C library give the same bits. The rooms with generic numbers, whose methods have the
/// same names, are judged by the functions that generic numbers do not have.
const RESULTS: [&str; 7] =
    ["calibrate", "fit", "forecast", "population", "statistics", "trial", "window"];
const GENERIC: [&str; 4] = ["integrate", "model", "numeric", "simulate"];

/// Calls of elementary functions of the C library, outside tests.
fn calls_of_c_library(sources: &Sources) -> Vec<String> {
    let shared = ["f64::exp", "f64::ln", "f64::powf", "hypot", "ln_1p", "exp_m1"];
    let own = [".exp()", ".ln()", ".powf("];
    let mut found = Vec::new();
    for (file, text) in sources {
        let module = module_path(file);
        let is_test = module.iter().any(|part| part.contains("test"));
        let calls: Vec<&str> = match module.first().map(String::as_str) {
            Some(room) if RESULTS.contains(&room) => shared.iter().chain(&own).copied().collect(),
            Some(room) if GENERIC.contains(&room) => shared.to_vec(),
            _ => continue,
        };
        let code = code_of(text.split("#[cfg(test)]").next().unwrap_or_default());
        let code = code.replace("libm::hypot", "");
        let of_file = calls.iter().filter(|call| !is_test && code.contains(**call));
        found.extend(of_file.map(|call| format!("{}: {call}", file.display())));
    }
    found
}

#[test]
fn invariant_results_use_no_elementary_function_of_the_c_library() {
    assert_eq!(calls_of_c_library(&sources()), Vec::<String>::new());
}

#[test]
fn invariant_planted_calls_of_the_c_library_are_found() {
    let planted = fixture(&[
        ("trial/run.rs", "fn a(x: f64) -> f64 { x.exp() }"),
        ("model/value.rs", "fn a<T: Real>(x: T) -> T { x.exp() }"),
        ("numeric/root.rs", "fn a(x: f64) -> f64 { x.hypot(1.0) }"),
        ("report/page.rs", "fn a(x: f64) -> f64 { x.exp() }"),
    ]);
    assert_eq!(calls_of_c_library(&planted), ["numeric/root.rs: hypot", "trial/run.rs: .exp()"]);
}
