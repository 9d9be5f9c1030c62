//! Hostile places for output: whatever stands there, no byte of a foreign file changes, and none moves
//! except aside under `--force`. Every case runs in folders of its own, with a home of its own, as a user
//! without privileges.

mod case;
mod cases;
mod checkpoint;
mod ends;
mod interrupted;
pub(crate) mod scene;

use case::{Case, changes};
use cases::CASES;
use scene::{Scene, unprivileged};

/// What a case did that it must not do; empty if all is well.
fn faults(case: &Case) -> Vec<String> {
    let scene = Scene::new();
    scene.shell(case.setup);
    let before = scene.entries();
    let output = scene.shell(case.run);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut faults = changes(&scene, &before, case);
    if output.status.code() != Some(case.code) {
        faults.push(format!("exit {:?} in place of {}: {said}", output.status.code(), case.code));
    }
    if !said.contains(case.says) {
        faults.push(format!("does not say {:?}: {said}", case.says));
    }
    if said.contains("os error") || said.contains("panicked") {
        faults.push(format!("speaks in riddles: {said}"));
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", case.name)).collect()
}

#[test]
fn invariant_no_foreign_byte_changes_in_any_hostile_place() {
    if !unprivileged() {
        println!("skipped: no user without privileges to run as");
        return;
    }
    assert!(CASES.len() >= 60, "{}", CASES.len());
    let faults: Vec<String> = CASES.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn invariant_planted_losses_are_found() {
    if !unprivileged() {
        println!("skipped: no user without privileges to run as");
        return;
    }
    let setup = "mkdir res; echo mine > res/notes; echo mine > notes";
    let case =
        |run, writes| Case { name: "planted", setup, run, code: 0, says: "", writes, moves: &[] };
    for (run, writes, fault) in [
        ("rm res/notes", &[][..], "res/notes is gone"),
        ("echo yours > notes", &[], "notes has changed"),
        ("chmod 600 notes", &[], "notes has changed"),
        ("mv notes other", &["other"], "notes is gone"),
        ("ln -sf notes link", &[], "link appeared"),
        ("mkdir .thrombo-x", &[".thrombo-x"], ".thrombo-x is litter"),
    ] {
        let found = faults(&case(run, writes)).join("\n");
        assert!(found.contains(fault), "{run}: {found}");
    }
    assert!(faults(&case("echo new > new", &["new"])).is_empty());
}
