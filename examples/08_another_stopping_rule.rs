//! Lesson 8: test another stopping rule.
//!
//! Question: L-PLUS 2 looked at the count on days 5, 6 and 7 and stopped the drug at 50 and +20. What
//!           would another rule have changed: day 5 only, as in Japan, or none, as in the United States?
//!
//! Run:      cargo run --release --example 08_another_stopping_rule
//! Look for: the rule takes less than half a dose from the average patient, and hardly anyone is transfused
//!           because of it. What it prevents, a count above 200, is rare in every variant, but how
//!           rare depends on the variant: counts cannot tell these apart, so all four are shown.

use std::path::Path;
use thrombopoiesis::error::Result;
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::trial::{Design, Event, Form, Outcome, Quantity, Run};

/// Trials of 215 patients.
const TRIALS: usize = 40;

fn main() -> Result<()> {
    let mut design = Design::load(Path::new("l_plus_2"))?;
    let patients = VirtualPatients::load("patients_start")?;

    // One arm a rule, copied from the trial's own; a design is data and can be changed at will.
    let rules = [
        ("days 5, 6 and 7", "3 mg qd x7, stop at 50 and +20 on days 5 6 7"),
        ("day 5 only", "3 mg qd x7, stop at 50 and +20 on days 5"),
        ("none", "3 mg qd x7"),
    ];
    let template = design.arms[design.arm("lusutrombopag").unwrap_or(0)].clone();
    design.arms.clear();
    for (name, regimen) in rules {
        let mut arm = template.clone();
        (arm.id, arm.regimen) = (name.to_owned(), regimen.parse()?);
        design.arms.push(arm);
    }

    println!(
        "{:8} {:16} {:>6} {:>8} {:>15} {:>8} {:>7}",
        "variant", "rule", "doses", "stopped", "no transfusion", "maximum", "> 200"
    );
    for variant in Variant::ALL {
        let mut run = Run::new(&design, &patients);
        run.variant = variant;
        // The same patients, with the same noise, under every rule: what differs is the rule's.
        let mut by_rule: Vec<Vec<Outcome>> = vec![Vec::new(); design.arms.len()];
        for trial in 0..TRIALS {
            for (all, own) in by_rule.iter_mut().zip(run.in_every_arm(trial)?) {
                all.extend(own);
            }
        }
        for (arm, trial) in design.arms.iter().zip(&by_rule) {
            let of = |form: Form| form.value(&design, trial.iter()).value;
            let percent = |event| 100.0 * of(Form::Proportion(event));
            println!(
                "{variant:8} {:16} {:>6.2} {:>6.1} % {:>13.1} % {:>8.1} {:>5.2} %",
                arm.id,
                of(Form::Mean(Quantity::Doses)),
                percent(Event::Stopped),
                percent(Event::NoTransfusion),
                of(Form::Mean(Quantity::Maximum)),
                percent(Event::TooHigh)
            );
        }
        differences(&by_rule[0], &by_rule[2]);
    }
    Ok(())
}

/// Patient by patient, because they are the same: who lost by the rule.
fn differences(with: &[Outcome], without: &[Outcome]) {
    let pairs = || with.iter().zip(without);
    let lost = pairs().filter(|(rule, none)| rule.transfused && !none.transfused).count();
    let spared = pairs().filter(|(rule, none)| rule.true_maximum < none.true_maximum - 1.0).count();
    println!(
        "         of {} patients {lost} were transfused because of the rule; {spared} had a lower true maximum",
        with.len()
    );
}
