//! What the names of a text mean.

use super::super::lines::Level;
use super::super::parser::Parsed;
use super::super::problem::{Noted, Problem, Span};
use super::super::syntax::{Expr, Word};
use super::super::unit::symbol;
use super::{Local, Lowering};
use std::collections::HashMap;

/// What a name means everywhere in a text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning<'a> {
    Size,
    /// By its position.
    Covariate(usize),
    /// By its position.
    Parameter(usize),
    /// By the position of its array.
    State(usize),
    Definition(&'a Expr),
}

impl<'a> Lowering<'a> {
    /// Enters every name that the text defines.
    pub(super) fn collect_names(&mut self) {
        let tree = self.tree;
        let mut seen: HashMap<&'a str, Span> = HashMap::new();
        for size in &tree.sizes {
            self.enter(&size.name, Meaning::Size, &mut seen);
        }
        for (i, line) in tree.covariates.iter().enumerate() {
            self.enter(&line.name, Meaning::Covariate(i), &mut seen);
        }
        for (i, line) in tree.parameters.iter().enumerate() {
            self.enter(&line.name, Meaning::Parameter(i), &mut seen);
        }
        let mut arrays: Vec<&'a str> = Vec::new();
        for target in tree.states.iter().flat_map(|line| &line.targets) {
            // An array may be declared in several lines.
            if !arrays.contains(&target.name.text.as_str()) {
                self.enter(&target.name, Meaning::State(arrays.len()), &mut seen);
                arrays.push(&target.name.text);
            } else if target.from.is_none() {
                self.refuse_second(&target.name, &seen);
            }
        }
        for (name, expr) in self.plan.definition_words() {
            self.enter(name, Meaning::Definition(expr), &mut seen);
        }
    }

    fn enter(&mut self, name: &'a Word, meaning: Meaning<'a>, seen: &mut HashMap<&'a str, Span>) {
        if seen.contains_key(name.text.as_str()) {
            self.refuse_second(name, seen);
            return;
        }
        seen.insert(&name.text, name.span);
        self.names.insert(&name.text, meaning);
    }

    fn refuse_second(&mut self, name: &Word, seen: &HashMap<&'a str, Span>) {
        let message = format!("`{}` is defined twice", name.text);
        let mut problem = Problem::new("N02", name.span, message);
        if let Some(first) = seen.get(name.text.as_str()) {
            problem = problem.other(*first, "the first definition");
        }
        self.problems.note(problem);
    }

    pub(super) fn local(&self, name: &str) -> Option<Local> {
        let found = self.locals.iter().rev().find(|(known, _)| *known == name);
        found.map(|(_, local)| local.clone())
    }

    /// What `name` means.
    pub(super) fn meaning(&mut self, name: &str, span: Span) -> Parsed<Meaning<'a>> {
        self.used.insert(name.to_owned());
        match self.names.get(name).copied() {
            Some(meaning) => Ok(meaning),
            None => self.undefined(name, span),
        }
    }

    fn undefined<T>(&mut self, name: &str, span: Span) -> Parsed<T> {
        if self.tree.broken.iter().any(|broken| broken == name) {
            return Err(Noted);
        }
        let problem = Problem::new("N01", span, format!("`{name}` is not defined"));
        let hint = if symbol(name).is_some() {
            format!("`{name}` is a unit: it stands behind a number, as in `1 {name}`")
        } else if name == "time" || name == "T" {
            "the time is called `t`".to_owned()
        } else if self.category_of(name).is_some() {
            "a category can only be compared with its covariate".to_owned()
        } else {
            self.nearest_name(name)
                .map(|near| format!("did you mean `{near}`?"))
                .unwrap_or_default()
        };
        self.fail(problem.hint(hint))
    }

    /// The defined name that `name` probably means: one that differs in case only, or in a letter.
    pub(super) fn nearest_name(&self, name: &str) -> Option<String> {
        let lower = name.to_lowercase();
        let mut known: Vec<&str> = self.names.keys().copied().collect();
        known.sort_unstable();
        let same = known.iter().find(|known| known.to_lowercase() == lower).copied();
        let near = || {
            let distance = |known: &str| strsim::osa_distance(name, known);
            let most = if name.chars().count() < 3 { 0 } else { name.chars().count() / 3 };
            let near = known.iter().filter(|known| distance(known) <= most);
            near.min_by_key(|known| distance(known)).copied()
        };
        same.or_else(near).map(str::to_owned)
    }

    /// The covariate that has a category `name`.
    pub(super) fn category_of(&self, name: &str) -> Option<usize> {
        self.tree.covariates.iter().position(|line| match &line.value {
            Level::Category(_, all) => all.iter().any(|(category, _)| category.text == name),
            Level::Number(_) => false,
        })
    }

    /// A whole number that is known when the text is read, such as an index or the end of a range.
    pub(super) fn whole(&mut self, expr: &'a Expr) -> Parsed<i64> {
        let value = self.lower(expr)?;
        if !value.measure.is_pure() || value.is_condition {
            return Err(self.problems.say("A01", expr.span, "a whole number is expected"));
        }
        let id = self.in_measure(&value, &super::Measure::PURE);
        let Some(number) = self.nodes.number_of(id) else {
            let message = "an index or a bound is not known when the text is read";
            let hint = "use numbers, sizes and indices of `for`";
            return self.fail(Problem::new("A02", expr.span, message).hint(hint));
        };
        let is_whole = number.fract() == 0.0 && number.abs() < 1e9;
        if !is_whole {
            let message =
                format!("`{}` is {number}, not a whole number", self.source_text(expr.span));
            return Err(self.problems.say("A01", expr.span, message));
        }
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 1e9")]
        Ok(number as i64)
    }
}
