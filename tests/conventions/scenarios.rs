//! Every scenario file is carried by the program, as a regimen or as a trial, and no other.

use crate::Outcome;
use crate::page::{files, root};
use std::collections::BTreeSet;
use std::path::PathBuf;
use thrombopoiesis::simulate::Scenario;
use thrombopoiesis::trial::Design;

fn scenario_complaints(files: &BTreeSet<String>, shipped: &BTreeSet<String>) -> Vec<String> {
    let differing = files.symmetric_difference(shipped);
    differing.map(|id| format!("{id} is a file or carried, not both")).collect()
}

#[test]
fn invariant_every_scenario_file_is_carried_and_no_other() -> Outcome {
    let stem = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let files: BTreeSet<String> =
        files(&root().join("scenarios"), "toml")?.iter().filter_map(stem).collect();
    let regimens = Scenario::shipped()?.into_iter().map(|scenario| scenario.id);
    let shipped: Vec<String> = regimens.chain(Design::shipped().map(str::to_owned)).collect();
    let count = shipped.len();
    let shipped: BTreeSet<String> = shipped.into_iter().collect();
    assert_eq!(shipped.len(), count, "a file is carried twice");
    let complaints = scenario_complaints(&files, &shipped);
    assert!(complaints.is_empty(), "{complaints:#?}");

    let mut planted = files;
    planted.insert("forgotten".to_owned());
    assert!(!scenario_complaints(&planted, &shipped).is_empty(), "a new file was not seen");
    Ok(())
}
