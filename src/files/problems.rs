//! The problems of one file, in the order of its lines; a fault that repeats is bounded.

use crate::error::{Error, FileProblem};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Most problems of one kind that are listed one by one.
const MOST_OF_A_KIND: usize = 10;
/// How the rule begins that an unknown key or column breaks.
const UNKNOWN: &str = "is not a ";

/// Collects the problems of one file.
#[derive(Debug)]
pub struct Problems {
    path: PathBuf,
    list: Vec<FileProblem>,
    /// By key and wording: how many problems there are, and the line of the last.
    kinds: BTreeMap<(String, String), (usize, usize)>,
    /// Line and hash of every problem, so that none is listed twice.
    seen: BTreeSet<(usize, u64)>,
}

impl Problems {
    /// None yet, of the file at `path`.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        let (kinds, seen) = (BTreeMap::new(), BTreeSet::new());
        Self { path: path.to_owned(), list: Vec::new(), kinds, seen }
    }

    /// Notes that `key` in `line`, counted from 1, breaks `rule`; line 0 stands for the whole file.
    pub fn note(&mut self, line: usize, key: &str, rule: String) {
        let mut hasher = DefaultHasher::new();
        (key, &rule).hash(&mut hasher);
        if !self.seen.insert((line, hasher.finish())) {
            return;
        }
        // Unknown names are of one kind, however many different ones there are.
        let parent = key.rsplit_once('.').map_or("", |(parent, _)| parent);
        let group = if rule.starts_with(UNKNOWN) { parent } else { key };
        let (count, last) = self.kinds.entry((group.to_owned(), wording(&rule))).or_default();
        *count += 1;
        *last = (*last).max(line);
        if *count <= MOST_OF_A_KIND {
            self.list.push(self.problem(line, key, rule));
        }
    }

    /// Whether nothing was noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether nothing was noted of `key`, of a key below it, or of a table that holds it.
    #[must_use]
    pub fn spares(&self, key: &str) -> bool {
        let holds = |outer: &str, inner: &str| {
            let rest = inner.strip_prefix(outer);
            outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        !self.list.iter().any(|p| holds(key, &p.key) || holds(&p.key, key))
    }

    /// All of them in the order of the lines.
    #[must_use]
    pub fn into_error(mut self) -> Error {
        let more = self.kinds.iter().filter(|(_, (count, _))| *count > MOST_OF_A_KIND);
        let more = more.map(|((key, _), (count, last))| {
            let more = count - MOST_OF_A_KIND;
            self.problem(*last, key, format!("... and {more} more of this kind up to this line"))
        });
        let more: Vec<_> = more.collect();
        self.list.extend(more);
        self.list.sort_by_key(|problem| problem.line);
        Error::Files(self.list)
    }

    fn problem(&self, line: usize, key: &str, rule: String) -> FileProblem {
        FileProblem { path: self.path.clone(), line, key: key.to_owned(), rule }
    }
}

/// The words of a rule without the input that it repeats: quoted text, numbers.
fn wording(rule: &str) -> String {
    if rule.starts_with(UNKNOWN) {
        return UNKNOWN.to_owned();
    }
    let mut quote = None;
    let outside = rule.chars().filter(|c| match (quote, *c) {
        (Some(end), c) => {
            if c == end {
                quote = None;
            }
            false
        }
        (None, '"' | '`') => {
            quote = Some(*c);
            false
        }
        (None, c) => c.is_alphabetic() || c == ' ',
    });
    outside.collect()
}

#[cfg(test)]
mod tests {
    use super::Problems;
    use crate::error::Error;
    use std::path::Path;

    #[test]
    fn invariant_problems_of_one_kind_are_bounded_and_counted() {
        let mut problems = Problems::new(Path::new("t.csv"));
        for line in 2..402 {
            problems.note(line, "wt", format!("= \"{line}x\" must be a number"));
        }
        for _ in 0..2 {
            problems.note(7, "sd", "= 0 is outside (0, ∞)".to_owned());
        }
        assert!(!problems.spares("wt") && problems.spares("w") && problems.spares("age"));
        let Error::Files(list) = problems.into_error() else { unreachable!() };
        assert_eq!(list.len(), 12);
        assert!(list.iter().any(|problem| problem.key == "sd"));
        let mut unknown = Problems::new(Path::new("t.toml"));
        for line in 1..401 {
            unknown.note(line, &format!("a.k{line}"), format!("is not a key here: k{line}"));
        }
        let Error::Files(names) = unknown.into_error() else { unreachable!() };
        assert_eq!(names.len(), 11);
        let last = list.last().map(ToString::to_string).unwrap_or_default();
        assert_eq!(last, "t.csv:401: `wt` ... and 390 more of this kind up to this line");
    }
}
