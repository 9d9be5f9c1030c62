//! Lesson 4: change the model.
//!
//! Question: what if the drug also made megakaryocytes mature faster, or drug came from elsewhere?
//!
//! Run:      cargo run --release --example 04_change_the_model
//! Look for: a higher gv makes the count rise earlier and the maximum come sooner; the second table
//!           drives the cells by a constant concentration, without any pharmacokinetics.

use thrombopoiesis::error::Result;
use thrombopoiesis::integrate::{self, Options};
use thrombopoiesis::model::thrombopoiesis::{State, Thrombopoiesis};
use thrombopoiesis::model::{Population, StateBlock, parameter_set};
use thrombopoiesis::simulate::simulate;
use thrombopoiesis::units::Time;

/// One platelet stage, as in liver disease.
const STAGES: usize = 1;

fn main() -> Result<()> {
    // First: another value of a parameter. `set` checks name and range.
    println!("gv    maximum  at day");
    for gv in [0.0, 0.1, 0.25] {
        let mut patient = parameter_set("mechanistic", Population::Cld)?;
        patient.set("gv", gv)?;
        let course =
            simulate(&patient, &"3 mg qd x7".parse()?, Time::days(40.0), Options::default())?;
        let maximum = course.maximum()?;
        println!("{gv:<5} {:>7.1} {:>7.1}", maximum.value, maximum.elapsed_days());
    }

    // Second: another source of drug. The cells are a block of their own, equations (M1) to (M10);
    // they only want to know the concentration.
    let theta = parameter_set("mechanistic", Population::Cld)?.theta();
    let cells = Thrombopoiesis::<f64, STAGES>::from_theta(&theta)?;
    let conc = 100.0; // ng/mL, held constant as by an infusion

    // An integrator sees a list of numbers; `read` and `write` go from numbers to named fields and
    // back. Rates of the cells are per day, so time is in days here.
    let equations = |numbers: &[f64], rates: &mut [f64]| {
        let mut next = numbers.iter().copied();
        let state = State::<f64, STAGES>::read(&mut || next.next().unwrap_or(0.0));
        let mut place = rates.iter_mut();
        cells.derivatives(&state, conc).write(&mut |rate| {
            if let Some(slot) = place.next() {
                *slot = rate;
            }
        });
    };
    let mut start = Vec::new();
    cells.baseline().write(&mut |number| start.push(number));

    println!("\ndays of 100 ng/mL  platelets");
    for days in [0.5, 5.0, 10.0, 20.0, 60.0] {
        let scale = vec![1.0; start.len()];
        let steps =
            integrate::steps(&equations, (0.0, days), &start, &scale, false, &Options::default());
        let end = match &steps {
            Ok(steps) => steps.last().map(|step| step.state.clone()).unwrap_or_default(),
            // Not being integrable is a result too: it says when, where and why.
            Err(failure) => {
                println!("{failure}");
                continue;
            }
        };
        let mut next = end.into_iter();
        let state = State::<f64, STAGES>::read(&mut || next.next().unwrap_or(0.0));
        println!("{days:>17}  {:>9.1}", cells.platelets(&state));
    }
    Ok(())
}
