//! Lesson 12: will this patient reach 50?
//!
//! Question: a patient with 38 · 10⁹/L takes 3 mg of lusutrombopag daily. What do counts on elapsed days 4 and 7
//!           say of the weeks to come?
//!
//! Run:      cargo run --release --example 12_forecast_a_patient
//! Look for: before any further count the answer is that of the individuals who start near 38. A count of 45 on
//!           day 4 says little, since most of the effect is still to come; one of 58 on day 7 nearly decides. Had
//!           both been 40, the probability on day 14 would be 0.60 and not 0.99. The effective size says how many
//!           individuals speak for an answer.

use std::path::Path;
use thrombopoiesis::forecast::{Particles, Question, ResidualError};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::prelude::*;
use thrombopoiesis::records::{Options as Reading, read};
use thrombopoiesis::simulate::records::Predictor;

/// Individuals of the population.
const INDIVIDUALS: usize = 2000;
/// Elapsed days of the forecast.
const DAYS: [f64; 4] = [8.0, 11.0, 14.0, 21.0];

fn main() -> Result<()> {
    let patients = VirtualPatients::load("calibrated_b")?;
    let set = patients.typical_patient(Variant::B)?;
    let predictor = Predictor::new(&set)?;
    let mut individuals = Particles::none("B", &predictor, 1e-6)?;
    let errors = ResidualError::of_patients(&predictor, &patients);
    individuals.add(patients.generator(Variant::B, 1)?, 0..INDIVIDUALS, errors);
    // Body weight matters for doses per kg only, so the file needs no column of it.
    let reading = Reading { set: predictor.unused_covariates(), ..Reading::default() };

    println!("{:28} {:>9}   P(count >= 50) on elapsed day", "counts", "effective");
    println!(
        "{:28} {:>9}   {:>5.0} {:>5.0} {:>5.0} {:>5.0}",
        "", "size", DAYS[0], DAYS[1], DAYS[2], DAYS[3]
    );
    let doses = "ID,TIME,AMT,ADDL,II,DV,DVID\n1,0,.,.,.,38,2\n1,0,3,6,24,.,2\n";
    for (name, counts) in [
        ("38", ""),
        ("38, then 45", "1,96,.,.,.,45,2\n"),
        ("38, then 45 and 58", "1,96,.,.,.,45,2\n1,168,.,.,.,58,2\n"),
        ("38, then 40 and 40", "1,96,.,.,.,40,2\n1,168,.,.,.,40,2\n"),
    ] {
        let text = doses.to_owned() + counts;
        let structure = Some(predictor.structure());
        let records = read(Path::new("patient.csv"), &text, structure, &reading);
        let question = Question {
            populations: std::slice::from_ref(&individuals),
            output: "plt",
            times_h: &DAYS.map(|day| 24.0 * day),
            level: 50.0,
            too_high: 200.0,
            probability: 0.7,
            quantiles: &[0.05, 0.5, 0.95],
            time_quantiles: &[0.05, 0.5, 0.95],
            procedure_h: None,
            plans: &[],
            next_h: &[],
        };
        let forecast = question.forecast(&records.into_records()?.subjects[0])?;
        print!("{name:28} {:>9.0}  ", forecast.effective_size);
        for at in &forecast.times {
            print!(" {:>5.2}", at.at_least);
        }
        println!();
    }
    Ok(())
}
