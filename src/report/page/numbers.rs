//! The numbers of figures and tables, in the order in which they stand on the page.

use minijinja::{Environment, Error, ErrorKind};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Numbers that are given out while a page is rendered. References may stand above what they refer to, so that a page is
/// rendered twice: once to find the numbers, once to write them.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    /// What was found before, if anything.
    known: Option<BTreeMap<String, usize>>,
    given: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Numbers {
    /// Those that were given out, for the second time.
    pub(super) fn found(self) -> Self {
        Self { known: Some(self.given().clone()), ..Self::default() }
    }

    /// The functions of a template: `number(kind, id)` where something stands, `number_of(kind, id)` where it is referred to.
    pub(super) fn add_to(&self, environment: &mut Environment<'_>) {
        let own = self.clone();
        let number = move |kind: &str, id: &str| own.give(kind, id);
        environment.add_function("number", number);
        let own = self.clone();
        let number_of = move |kind: &str, id: &str| own.of(kind, id);
        environment.add_function("number_of", number_of);
    }

    fn given(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give(&self, kind: &str, id: &str) -> usize {
        let mut given = self.given();
        let next = 1 + given.keys().filter(|name| name.starts_with(&key(kind, ""))).count();
        *given.entry(key(kind, id)).or_insert(next)
    }

    fn of(&self, kind: &str, id: &str) -> Result<usize, Error> {
        let Some(known) = &self.known else { return Ok(0) };
        let own = known.get(&key(kind, id)).copied();
        own.ok_or_else(|| {
            Error::new(ErrorKind::InvalidOperation, format!("the page has no {kind} `{id}`"))
        })
    }
}

fn key(kind: &str, id: &str) -> String {
    format!("{kind}-{id}")
}

#[cfg(test)]
mod tests {
    use super::Numbers;
    use minijinja::{Environment, Error};

    fn render(template: &str, numbers: &Numbers) -> Result<String, Error> {
        let mut environment = Environment::new();
        numbers.add_to(&mut environment);
        environment.render_str(template, ())
    }

    #[test]
    fn invariant_numbers_follow_the_page_and_references_find_them() {
        let page = "{{ number_of('figure', 'b') }} {{ number('figure', 'a') }}{{ number('table', 'a') }}\
                    {{ number('figure', 'b') }}{{ number_of('table', 'a') }}";
        let numbers = Numbers::default();
        render(page, &numbers).expect("the first time");
        assert_eq!(render(page, &numbers.found()).expect("the second time"), "2 1121");
    }

    #[test]
    fn invariant_a_reference_to_nothing_is_an_error() {
        let page = "{{ number_of('figure', 'c') }}";
        let numbers = Numbers::default();
        render(page, &numbers).expect("nothing is known yet");
        let error = render(page, &numbers.found()).expect_err("no figure").to_string();
        assert!(error.contains("the page has no figure `c`"), "{error}");
    }
}
