//! Lesson 4: change the model.
//!
//! Question: what if the drug also made megakaryocytes mature faster, or its concentration stayed constant?
//!
//! Run:      cargo run --release --example 04_change_the_model
//! Look for: a higher gv makes the count rise earlier and the maximum come sooner; the second table
//!           drives the cells by a constant concentration, without any pharmacokinetics.

use thrombopoiesis::integrate::steps;
use thrombopoiesis::prelude::*;

fn main() -> Result<()> {
    // First: another value of a parameter. `set` checks name and range.
    println!("gv    maximum  at day");
    for gv in [0.0, 0.1, 0.25] {
        let mut patient = parameter_set("mechanistic", Population::CLD)?;
        patient.set("gv", gv)?;
        let course =
            simulate(&patient, &"3 mg qd x7".parse()?, Time::days(40.0), Options::default())?;
        let maximum = course.maximum()?;
        println!("{gv:<5} {:>7.1} {:>7.1}", maximum.value, maximum.elapsed_days());
    }

    // Second: the equations of one patient, to do with as you like. They map a list of numbers, the
    // state, to its rates of change per hour, as a function for deSolve does in R.
    let patient = parameter_set("mechanistic", Population::CLD)?;
    let equations = patient.model.individual(&patient.theta())?;
    let names: Vec<String> = equations.states().into_iter().map(|state| state.name).collect();
    let central = names.iter().position(|name| name == "central").unwrap_or(0);

    // The concentration is held at 100 ng/mL, as by an infusion: the amount in the central compartment
    // does not change, and no drug goes anywhere else.
    let conc = 100.0;
    let mut start = equations.baseline();
    start[central] = conc * patient.value("vc")? / 1000.0; // mg
    let held = |state: &[f64], rates: &mut [f64]| {
        equations.rates(state, rates);
        for drug in ["depot", "central", "peripheral1", "peripheral2"] {
            if let Some(i) = names.iter().position(|name| name == drug) {
                rates[i] = 0.0;
            }
        }
    };

    println!("\ndays of {conc} ng/mL  platelets");
    for days in [0.5, 5.0, 10.0, 20.0, 60.0] {
        // What size of each number is small change: all of them are about 1 here.
        let scale = vec![1.0; start.len()];
        match steps(&held, (0.0, 24.0 * days), &start, &scale, false, &Options::default()) {
            Ok(steps) => {
                let end = steps.last().map_or(&start, |step| &step.state);
                println!("{days:>17}  {:>9.1}", equations.platelets(end));
            }
            // Not being integrable is a result too: it says when, where and why.
            Err(failure) => println!("{failure}"),
        }
    }
    Ok(())
}
