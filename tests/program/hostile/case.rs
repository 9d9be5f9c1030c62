//! A hostile place, and what a run must not do in it.

use super::scene::{Entry, Scene};
use std::collections::BTreeMap;

/// One hostile place: a script that makes it, one that runs the program (`$T`) in it, and what may come
/// of it. Scripts run in the folder `work`; the home is `home`, beside it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) setup: &'static str,
    pub(super) run: &'static str,
    pub(super) code: i32,
    /// What standard error holds.
    pub(super) says: &'static str,
    /// What may appear or change, and what lies below it.
    pub(super) writes: &'static [&'static str],
    /// What moves, and whereto.
    pub(super) moves: &'static [(&'static str, &'static str)],
}

/// What differs from `before` although the case does not say so.
pub(super) fn changes(scene: &Scene, before: &BTreeMap<String, Entry>, case: &Case) -> Vec<String> {
    let after = scene.entries();
    let below = |path: &str, folder: &str| {
        path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    let is_written = |path: &str| case.writes.iter().any(|written| below(path, written));
    let mut changes = Vec::new();
    for (path, entry) in before {
        let moved = case.moves.iter().find(|(from, _)| below(path, from));
        let now = match moved {
            Some((from, to)) => format!("{to}{}", &path[from.len()..]),
            None if is_written(path) => continue,
            None => path.clone(),
        };
        match after.get(&now) {
            None => changes.push(format!("{path} is gone")),
            Some(now) if now != entry => changes.push(format!("{path} has changed")),
            Some(_) => {}
        }
    }
    let is_moved = |path: &str| case.moves.iter().any(|(_, to)| below(path, to));
    for path in after.keys().filter(|path| !before.contains_key(*path)) {
        if path.split('/').any(|part| part.starts_with(".thrombo-")) {
            changes.push(format!("{path} is litter"));
        } else if !is_written(path) && !is_moved(path) {
            changes.push(format!("{path} appeared"));
        }
    }
    for written in case.writes.iter().filter(|written| !after.contains_key(**written)) {
        changes.push(format!("{written} was not written"));
    }
    changes
}
