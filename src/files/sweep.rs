//! What becomes of a stage whose program is gone: what it took away is put back, what it wrote is removed,
//! and whatever cannot be told to be the program's own stays and is named.

use super::contents::{Contents, RUN_RECORD};
use super::renames::{PREVIOUS, move_aside, move_to};
use super::stage::{LOCK, Litter, Manifest, NEW, OLD, STAGED, STAGING, host, is_stage};
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

/// Sweeps the stages in `place` whose programs are gone; names those that stay.
pub(super) fn sweep(place: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(place) else { return Vec::new() };
    let stages = entries.flatten().map(|entry| entry.path()).filter(|path| is_stage(path));
    stages.filter(|stage| !sweep_one(stage, place)).collect()
}

/// Whether nothing of the stage is left, or its program lives.
fn sweep_one(folder: &Path, place: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK)) else {
        // One that is just being made, or that was left to the user.
        let _ = fs::remove_dir(folder);
        return true;
    };
    if lock.try_lock().is_err() {
        return true;
    }
    let read = |name| fs::read_to_string(folder.join(name)).ok();
    let (text, is_torn) = match (read(STAGED), read(STAGING)) {
        (Some(text), _) => (text, false),
        (None, text) => (text.unwrap_or_default(), true),
    };
    let contents = Contents::from_table(&text).unwrap_or_default();
    if let Ok(manifest) = toml::from_str::<Manifest>(&text) {
        if manifest.host != host() {
            // Its lock says nothing here.
            return false;
        }
        if manifest.in_place {
            take_back(&contents.below(NEW), place);
        }
        if let Some(target) = manifest.target {
            put_back(&folder.join(OLD), place, &target);
        }
    }
    Litter { folder: folder.to_owned(), contents, is_torn, parents: Vec::new() }.remove()
}

/// Removes the first part of a folder that was being filled in place, if the rest never came.
fn take_back(contents: &Contents, place: &Path) {
    let has_record = fs::symlink_metadata(place.join(RUN_RECORD)).is_ok();
    if !has_record && !contents.are_all_in(place) {
        contents.remove_from(place, false);
    }
}

/// Moves what stood at a target back, or aside where something has come since.
fn put_back(old: &Path, place: &Path, target: &str) {
    let is_name = Path::new(target).components().all(|part| matches!(part, Component::Normal(_)));
    if is_name && fs::symlink_metadata(old).is_ok() {
        let target = place.join(target);
        let _ = move_to(old, &target).or_else(|_| move_aside(old, &target, PREVIOUS).map(|_| ()));
    }
}
