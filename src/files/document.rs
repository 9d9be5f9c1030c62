//! Reads a TOML file and collects every problem with its line, not only the first.

use super::Problems;
use super::kind::without_mark;
use super::syntax::faults;
use crate::error::{Error, FileProblem, Result, choose, echo};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads `text`, the content of `path`, with `read`.
///
/// Keys that `read` does not ask for are problems, and so are numbers that are not finite.
///
/// # Errors
/// [`Error::Files`] with every problem, in the order of the lines.
pub fn read_toml<T>(
    path: &Path,
    text: &str,
    read: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Result<T> {
    let text = without_mark(text);
    let ends = text.match_indices('\n').map(|(i, _)| i).collect();
    let journal = Journal { ends, problems: RefCell::new(Problems::new(path)) };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What a broken file lacks besides is not worth telling.
        for (span, rule) in faults(text, &errors) {
            journal.note(&span, "", rule);
        }
        return Err(journal.into_error());
    }
    let root = Section::new(&journal, table.get_ref(), table.span(), String::new());
    let result = read(&root);
    root.refuse_unknown();
    match result {
        Some(result) if journal.problems.borrow().is_empty() => Ok(result),
        _ => Err(journal.into_error()),
    }
}

struct Journal {
    /// Where the lines end.
    ends: Vec<usize>,
    problems: RefCell<Problems>,
}

impl Journal {
    fn into_error(self) -> Error {
        self.problems.into_inner().into_error()
    }

    fn note(&self, span: &Range<usize>, key: &str, rule: String) {
        let line = 1 + self.ends.partition_point(|end| *end < span.start);
        self.problems.borrow_mut().note(line, key, rule);
    }
}

/// A table of a TOML file, read key by key.
pub struct Section<'a> {
    journal: &'a Journal,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    prefix: String,
    asked: RefCell<BTreeSet<String>>,
}

impl std::fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Section({:?})", self.prefix)
    }
}

impl<'a> Section<'a> {
    fn new(
        journal: &'a Journal,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        prefix: String,
    ) -> Self {
        Self { journal, table, span, prefix, asked: RefCell::default() }
    }

    /// The keys of this table.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    /// Notes that `key`, or the whole table where `key` is empty, breaks `rule`.
    pub fn problem(&self, key: &str, rule: impl Into<String>) {
        let span = self.table.get(key).map_or(self.span.clone(), Spanned::span);
        self.journal.note(&span, &self.full(key), rule.into());
    }

    /// Notes everything that is wrong with what `key` names, such as another file.
    pub fn problems_of(&self, key: &str, error: &Error) {
        let unreadable = |problem| self.problem(key, format!("cannot be read: {problem}"));
        match error {
            Error::Files(problems) => problems.iter().cloned().for_each(unreadable),
            Error::Text { problems, .. } => {
                problems.iter().cloned().map(FileProblem::from).for_each(unreadable);
            }
            other => self.problem(key, other.to_string()),
        }
    }

    /// Notes that a path of keys with dots breaks `rule`, such as `arms.placebo.regimen`; where the end of the path
    /// is absent, the line is that of the table above it.
    pub fn problem_below(&self, path: &str, rule: impl Into<String>) {
        let (mut table, mut span) = (self.table, self.span.clone());
        for key in path.split('.') {
            let Some(value) = table.get(key) else { break };
            span = value.span();
            match value.get_ref().as_table() {
                Some(below) => table = below,
                None => break,
            }
        }
        self.journal.note(&span, &self.full(path), rule.into());
    }

    /// Whether `key`, a path with dots, and everything below it could be read so far.
    pub fn is_sound(&self, key: &str) -> bool {
        self.journal.problems.borrow().spares(&self.full(key))
    }

    /// A text that must be there.
    pub fn text(&self, key: &str) -> Option<String> {
        self.required(key)?;
        self.optional_text(key)
    }

    /// A text that may be absent.
    pub fn optional_text(&self, key: &str) -> Option<String> {
        let value = self.ask(key)?;
        match value.as_str() {
            Some(text) => Some(text.to_owned()),
            None => self.refuse(key, "a text in quotes"),
        }
    }

    /// `true` or `false`, which must be there.
    pub fn truth(&self, key: &str) -> Option<bool> {
        self.required(key)?;
        let value = self.ask(key)?;
        match value.as_bool() {
            Some(truth) => Some(truth),
            None => self.refuse(key, "true or false"),
        }
    }

    /// A finite number that must be there.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.required(key)?;
        self.optional_number(key)
    }

    /// A finite number that may be absent.
    pub fn optional_number(&self, key: &str) -> Option<f64> {
        let value = self.ask(key)?;
        match finite(value) {
            Some(number) => Some(number),
            None => self.refuse(key, "a finite number"),
        }
    }

    /// A number that must be there and lie from `low` to `high`, which `range` says in words. One
    /// outside is noted and brought back, so that what else is wrong is found too.
    pub fn in_range(&self, key: &str, low: f64, high: f64, range: &str) -> Option<f64> {
        let number = self.number(key)?;
        if !(low..=high).contains(&number) {
            self.problem(key, format!("= {number} is outside {range}"));
        }
        Some(number.clamp(low, high))
    }

    /// A share, 0 to 1.
    pub fn share(&self, key: &str) -> Option<f64> {
        self.in_range(key, 0.0, 1.0, "[0, 1]")
    }

    /// A number above 0.
    pub fn positive(&self, key: &str) -> Option<f64> {
        self.in_range(key, f64::MIN_POSITIVE, f64::MAX, "(0, ∞)")
    }

    /// A number that is not below 0.
    pub fn not_negative(&self, key: &str) -> Option<f64> {
        self.in_range(key, 0.0, f64::MAX, "[0, ∞)")
    }

    /// A whole number from `low` to `high`.
    pub fn whole(&self, key: &str, low: u32, high: u32) -> Option<usize> {
        let range = format!("[{low}, {high}]");
        let number = self.in_range(key, f64::from(low), f64::from(high), &range)?;
        if number.fract().abs() > 0.0 {
            self.problem(key, "must be a whole number");
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number in a checked range"
        )]
        Some(number as usize)
    }

    /// Whether `key` is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// A list of finite numbers that may be absent.
    pub fn optional_numbers(&self, key: &str) -> Option<Vec<f64>> {
        let value = self.ask(key)?;
        let numbers =
            value.as_array().map(|array| array.iter().map(|v| finite(v.get_ref())).collect());
        match numbers {
            Some(Some(numbers)) => Some(numbers),
            _ => self.refuse(key, "a list of finite numbers"),
        }
    }

    /// A list of texts that must be there.
    pub fn texts(&self, key: &str) -> Option<Vec<String>> {
        self.required(key)?;
        let value = self.ask(key)?;
        let text = |v: &Spanned<DeValue<'_>>| v.get_ref().as_str().map(str::to_owned);
        match value.as_array().map(|array| array.iter().map(text).collect()) {
            Some(Some(texts)) => Some(texts),
            _ => self.refuse(key, "a list of texts in quotes"),
        }
    }

    /// A word that must be there and be one of `choices`.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, choice)| *choice);
        if found.is_none() {
            let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
            self.problem(key, format!("is \"{}\"{}", echo(&word), choose(&word, &names)));
        }
        found
    }

    /// Requires `schema = version`.
    pub fn schema(&self, version: u32) {
        let given = self.number("schema");
        if given.is_some_and(|given| (given - f64::from(version)).abs() > 0.0) {
            self.problem("schema", format!("must be {version}, the only existing version"));
        }
    }

    /// The keys of the tables at `paths`, in which `*` stands for any key.
    pub fn keys_below(&self, paths: &[&str]) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for path in paths {
            let mut tables = vec![self.table];
            for part in path.split('.') {
                let held = |table: &&'a DeTable<'a>| -> Vec<&'a DeTable<'a>> {
                    let named =
                        table.iter().filter(|(key, _)| part == "*" || key.get_ref() == part);
                    named.filter_map(|(_, value)| value.get_ref().as_table()).collect()
                };
                tables = tables.iter().flat_map(held).collect();
            }
            let names = tables.into_iter().flat_map(DeTable::keys);
            keys.extend(names.map(|key| key.get_ref().to_string()));
        }
        keys
    }

    /// Reads every table below `key` with `read`, in the order of the file; none where `key` is
    /// absent.
    pub fn tables<T>(
        &self,
        key: &str,
        mut read: impl FnMut(&str, &Section<'_>) -> Option<T>,
    ) -> Vec<T> {
        let read_group = |group: &Section<'_>| {
            let mut names: Vec<_> = group.table.keys().collect();
            names.sort_by_key(|name| name.span().start);
            let names = names.into_iter().map(|name| name.get_ref().as_ref());
            Some(names.filter_map(|name| group.table(name, |entry| read(name, entry))).collect())
        };
        self.table(key, read_group).unwrap_or_default()
    }

    /// Reads the table `key`, which may be absent, with `read`.
    pub fn table<T>(&self, key: &str, read: impl FnOnce(&Section<'_>) -> Option<T>) -> Option<T> {
        let value = self.ask(key)?;
        let Some(table) = value.as_table() else { return self.refuse(key, "a table") };
        let span = self.table.get(key).map_or(0..0, Spanned::span);
        let entry = Section::new(self.journal, table, span, self.full(key));
        let result = read(&entry);
        entry.refuse_unknown();
        result
    }

    /// Reads the table `key`, which must be there, with `read`.
    pub fn required_table<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Section<'_>) -> Option<T>,
    ) -> Option<T> {
        self.required(key)?;
        self.table(key, read)
    }

    /// Reads every table of the list `[[key]]` with `read`, in the order of the file.
    pub fn list<T>(&self, key: &str, mut read: impl FnMut(&Section<'_>) -> Option<T>) -> Vec<T> {
        let Some(value) = self.ask(key) else { return Vec::new() };
        let Some(array) = value.as_array() else {
            self.refuse::<()>(key, "a list of tables");
            return Vec::new();
        };
        let read_one = |value: &Spanned<DeValue<'_>>| {
            let Some(table) = value.get_ref().as_table() else {
                return self.refuse(key, "a list of tables");
            };
            let entry = Section::new(self.journal, table, value.span(), self.full(key));
            let result = read(&entry);
            entry.refuse_unknown();
            result
        };
        array.iter().filter_map(read_one).collect()
    }

    /// Lets `key` stand without looking at it.
    pub fn ignore(&self, key: &str) {
        let _ = self.ask(key);
    }

    /// Lets all of `keys` stand without looking at them.
    pub fn ignore_all(&self, keys: &[&str]) {
        for key in keys {
            self.ignore(key);
        }
    }

    fn ask(&self, key: &str) -> Option<&'a DeValue<'a>> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.table.get(key).map(Spanned::get_ref)
    }

    fn required(&self, key: &str) -> Option<()> {
        self.asked.borrow_mut().insert(key.to_owned());
        if self.table.get(key).is_none() {
            self.problem(key, "is missing: add it");
            return None;
        }
        Some(())
    }

    fn refuse<T>(&self, key: &str, expected: &str) -> Option<T> {
        self.problem(key, format!("must be {expected}"));
        None
    }

    fn refuse_unknown(&self) {
        let asked = self.asked.borrow();
        for key in self.keys().filter(|key| !asked.contains(*key)) {
            let known: Vec<_> = asked.iter().map(String::as_str).collect();
            self.problem(key, format!("is not a key here{}", choose(key, &known)));
        }
    }

    fn full(&self, key: &str) -> String {
        match (self.prefix.as_str(), key) {
            ("", key) => key.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, key) => format!("{prefix}.{key}"),
        }
    }
}

fn finite(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Float(float) => float.as_str().replace('_', "").parse::<f64>().ok(),
        DeValue::Integer(integer) if integer.radix() == 10 => {
            integer.as_str().replace('_', "").parse::<f64>().ok()
        }
        _ => None,
    };
    number.filter(|number| number.is_finite())
}
