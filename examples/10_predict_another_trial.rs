//! Lesson 10: predict a trial that was not used.
//!
//! Question: what do patients calibrated to the phase 3 trials say of the phase 2b study?
//!
//! Run:      cargo run --release --example 10_predict_another_trial
//! Look for: arms of 15 or 16 patients say little each, so the intervals are wide; the published
//!           shares by dose lie beside them, in all four structural variants.

use std::error::Error;
use thrombopoiesis::calibrate::verdict;
use thrombopoiesis::error::Result as TrialResult;
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::trial::{Design, Published, PublishedFile, Role};

/// Trials simulated for each variant.
const TRIALS: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let files = PublishedFile::shipped()?;
    let numbers = files.into_iter().flat_map(|file| file.numbers);
    let others: Vec<Published> =
        numbers.filter(|number| number.role == Role::ValidateOtherPatients).collect();
    let mut inside = 0;
    for variant in Variant::ALL {
        let patients = VirtualPatients::load_for("calibrated", variant)?;
        let set = |_: usize, design: &Design| -> TrialResult<(Design, VirtualPatients)> {
            Ok((design.with_practice_of(&patients), patients.clone()))
        };
        println!("variant {variant}: {TRIALS} trials");
        for against in verdict((variant, 5), &set, &others, TRIALS, &|_| {})? {
            let Some(interval) = &against.prediction.interval else { continue };
            let [low, median, high] =
                [&interval.lower, &interval.median, &interval.upper].map(|p| 100.0 * p.value);
            let published = 100.0 * against.published.value;
            inside += usize::from((low..=high).contains(&published));
            println!(
                "  {:18} {:36} published {published:5.1} %, simulated {median:5.1} ({low:.1} to {high:.1})",
                against.published.arm, against.published.label
            );
        }
    }
    println!("inside the 95 % interval: {inside} of {}", 4 * others.len());
    Ok(())
}
