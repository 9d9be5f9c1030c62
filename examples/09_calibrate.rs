//! Lesson 9: calibrate to what a trial published.
//!
//! Question: which potency and platelet residence would have let L-PLUS 2 publish what it published?
//!
//! Run:      cargo run --release --example 09_calibrate
//! Look for: the published numbers describe selected patients, and the simulated trials select in the
//!           same way; the estimates with their 95 % intervals; the practice of not transfusing below
//!           50, which the placebo arm shows, not the drug's. `thrombo calibrate` estimates more.

use std::error::Error;
use std::path::Path;
use thrombopoiesis::calibrate::{Evaluator, Plan, Problem, Search, search};
use thrombopoiesis::model::Variant;
use thrombopoiesis::trial::{Published, PublishedFile};

/// What is estimated, and what is believed beforehand.
const PLAN: &str = r#"
schema = 1
title = "Potency, residence and practice"
patients = "patients_start"

[estimated.kc]
what = "typical"
symbol = "kc"
scale = "log"
centre = 150.0
sd = 0.7
grade = "calc"
source = "hand-picked start, a factor of two either way"

[estimated.tp]
what = "typical"
symbol = "tp"
scale = "log"
centre = 6.2
sd = 0.17
grade = "D"
source = "labelled platelets in splenomegaly"

[estimated.no_transfusion_below]
what = "no_transfusion_below"
trial = "l_plus_2"
scale = "logit"
centre = 0.2
sd = 1.0
grade = "D"
source = "a third of the placebo patients went without transfusion"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let plan = Plan::read(Path::new("plan.toml"), PLAN)?;
    let files = PublishedFile::shipped()?;
    let numbers = files.into_iter().flat_map(|file| file.numbers);
    let published: Vec<Published> = numbers.filter(|p| p.trials == ["l_plus_2"]).collect();
    let problem = Problem::new(&plan, Variant::B, &[], &published, (1, 2000))?;
    let evaluator = Evaluator::new(&problem, Vec::new(), &|_| {}, &|_, _, _, _| {});
    let settings = Search { screened: 8, simplex_iterations: 20, ..Search::default() };
    let found = search(&evaluator, &settings)?.ok_or("nothing can be said anywhere")?;
    for stage in &found.stages {
        println!("{:14} {:20} objective {:7.2}", stage.name, stage.ending, stage.objective);
    }
    println!("\nestimate                      value   95 % interval");
    for (estimated, [low, value, high]) in
        problem.estimated.iter().zip(found.intervals(&problem).unwrap_or_default())
    {
        println!("{:26} {value:8.3}   {low:.3} to {high:.3}", estimated.name);
    }
    println!("\nof the arm's patients          published   expected");
    for (number, expected) in problem.published.iter().zip(&found.evaluation.likelihood.plain) {
        let label = format!("{} {}", number.arm, number.id);
        println!("{label:48} {:8.3} {expected:10.3}", number.value);
    }
    Ok(())
}
