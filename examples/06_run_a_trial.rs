//! Lesson 6: run a trial.
//!
//! Question: if L-PLUS 2 were run again, with patients of the hand-picked start and a protocol
//!           followed to the letter, what would it report, and does that agree with what it did?
//!
//! Run:      cargo run --release --example 06_run_a_trial
//! Look for: a published number inside the interval is one that a new trial could have given. The
//!           mean maximum is; the share of placebo patients without transfusion is not: noise alone
//!           brings 10 % of them to 50, and some 20 % more were not transfused although the protocol
//!           asks for it. And of the drug patients the published maximum describes only those who needed
//!           no transfusion: all of them reach 13 less.

use std::path::Path;
use thrombopoiesis::error::Result;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::trial::{
    Collector, Design, Form, Prediction, Published, PublishedFile, Quantity, Run, Subset, Summary,
};

fn main() -> Result<()> {
    // The protocol and its patients are files; shipped ones are found by their names.
    let design = Design::load(Path::new("l_plus_2"))?;
    let patients = VirtualPatients::load("patients_start")?;
    let files = PublishedFile::shipped()?;
    let published: Vec<Published> = files.iter().flat_map(|file| file.numbers.clone()).collect();

    // 200 trials, each with its own 215 patients: how much one trial differs from the next is the
    // interval in which a published number may fall.
    let mut run = Run::new(&design, &patients);
    run.replicates = 200;
    // The last two see each trial's patients, and how many trials are done.
    let (collector, _) = Collector::of(run, &published, &mut |_, _| {}, &|_| {})?;
    let summary = collector.summary();

    println!("{:45} {:14} {:>9}   simulated (95 % of trials)", "", "arm", "published");
    for against in &summary.against {
        let Published { label, arm, value, form, .. } = &against.published;
        println!(
            "{label:45} {arm:14} {:>9}   {}",
            shown(*value, form.unit()),
            interval(&against.prediction)
        );
    }

    // The subset is selected on the outcome: everybody is to be shown beside it.
    let drug = design.arm("lusutrombopag").unwrap_or(0);
    println!("\nmean maximum on drug");
    for (words, subset) in [("not transfused", Subset::NoTransfusion), ("all", Subset::All)] {
        for (kind, quantity) in [("measured", Quantity::Maximum), ("true", Quantity::TrueMaximum)] {
            if let Some(found) = prediction(&summary, drug, subset, Form::Mean(quantity)) {
                println!("  {words:16} {kind:10} {}", interval(found));
            }
        }
    }

    // A test that would have found the difference in every trial has a power of 1.
    println!("\npower of the comparison with placebo");
    for found in &summary.comparisons {
        let power = found.power.value().unwrap_or(f64::NAN);
        println!("  {:50} {power:.2}", found.comparison.event.meaning(&design.endpoints));
    }
    Ok(())
}

/// The prediction of one statistic among those that are always formed.
fn prediction(summary: &Summary, arm: usize, subset: Subset, form: Form) -> Option<&Prediction> {
    summary.predictions.iter().find(|p| {
        let statistic = p.statistic;
        statistic.arm == arm && statistic.subset == subset && statistic.form == form
    })
}

/// Shares in per cent, everything else in its unit.
fn shown(value: f64, unit: &str) -> String {
    if unit == "1" { format!("{:.1} %", 100.0 * value) } else { format!("{value:.1}") }
}

fn interval(prediction: &Prediction) -> String {
    let unit = prediction.statistic.form.unit();
    let Some(found) = &prediction.interval else { return "not formed".to_owned() };
    let [low, middle, high] =
        [&found.lower, &found.median, &found.upper].map(|p| shown(p.value, unit));
    format!("{middle} ({low} to {high})")
}
