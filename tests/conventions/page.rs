//! The files of the repository, and the parts of a page.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &str) -> io::Result<String> {
    fs::read_to_string(root().join(path))
}

/// The files below `folder` whose names end in `.ending`, in order.
pub(crate) fn files(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, ending)?);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn texts(folder: &str, ending: &str) -> io::Result<String> {
    files(&root().join(folder), ending)?.iter().map(fs::read_to_string).collect()
}

/// The parts of `text` below headings of the level that `mark` (such as `## `) opens.
pub(crate) fn parts<'a>(text: &'a str, mark: &str) -> Vec<(&'a str, &'a str)> {
    let separator = format!("\n{mark}");
    text.split(separator.as_str())
        .skip(1)
        .map(|part| part.split_once('\n').unwrap_or((part, "")))
        .collect()
}

pub(crate) fn chapter<'a>(text: &'a str, title: &str) -> &'a str {
    parts(text, "## ")
        .into_iter()
        .find(|(heading, _)| *heading == title)
        .map_or("", |(_, body)| body)
}

/// What stands in backquotes in `text`.
pub(crate) fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The cells of the table rows in `text` that open with a name in backquotes.
pub(crate) fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The names and the unit of each row; `a1` to `a3` stands for all three.
pub(crate) fn names_and_units(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for row in rows(text) {
        let unit = row.get(2).copied().unwrap_or_default();
        let names = quoted(row[0]);
        let stem = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        let number = |name: &str| name[stem(name).len()..].parse::<usize>().ok();
        match names.as_slice() {
            [first, last] if row[0].contains("` to `") => {
                let (from, to) = (number(first).unwrap_or(1), number(last).unwrap_or(0));
                all.extend((from..=to).map(|i| (format!("{}{i}", stem(first)), unit.to_owned())));
            }
            names => all.extend(names.iter().map(|name| ((*name).to_owned(), unit.to_owned()))),
        }
    }
    all
}
