//! Names that live as long as the program: each distinct one is kept once, so that a name is as cheap to
//! copy and to compare as a number, whether it was written in Rust or read from a file.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

/// The one copy of `text`.
///
/// What is kept stays in memory; a name that comes again takes no more.
#[must_use]
pub fn name(text: &str) -> &'static str {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(text) {
        return known;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    names.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn invariant_a_name_is_kept_once() {
        let text = String::from("a name of this test");
        assert!(std::ptr::eq(name(&text), name(&text.clone())));
        assert_ne!(name("one"), name("another"));
    }
}
