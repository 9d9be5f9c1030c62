//! Lesson 1: one patient.
//!
//! Question: what does lusutrombopag 3 mg once daily for 7 days do to the platelet count of a
//! typical patient with chronic liver disease?
//!
//! Run:      cargo run --release --example 01_one_patient
//! Look for: the maximum of 67.5 about 12 days after the first dose, and 13.6 days at or above 50.

use thrombopoiesis::error::Result;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{Population, parameter_set};
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::simulate;
use thrombopoiesis::units::Time;

// In R you would load a package and call functions. In Rust, `fn main` is where a program starts,
// and `?` behind a call means: if this went wrong, stop here and say why.
fn main() -> Result<()> {
    // The parameters come from parameters/mechanistic.toml, each with its source.
    let patient = parameter_set("mechanistic", Population::CLD)?;

    // A regimen is written as a person writes it. The type behind the colon tells `parse` what the
    // text is meant to become.
    let regimen: Regimen = "3 mg qd x7".parse()?;

    // One call integrates the model. The result can be asked at any time.
    let course = simulate(&patient, &regimen, Time::days(40.0), Options::default())?;

    println!("day  conc ng/mL  platelets 10^9/L");
    for day in [0.0, 3.0, 7.0, 10.0, 14.0, 21.0, 28.0, 35.0] {
        // A sample at the time of a dose is taken before the dose.
        let sample = course.sample(Time::days(day))?;
        println!("{day:>3}  {:>10.1}  {:>16.1}", sample.conc, sample.platelets);
    }

    // Endpoints come from the solution itself, not from the table above.
    let maximum = course.maximum()?;
    let above = course.at_or_above(50.0)?;
    println!("\nmaximum {:.1} at day {:.1}", maximum.value, maximum.elapsed_days());
    println!("at or above 50 for {:.1} days", above.total_h() / 24.0);

    // Exposure on the last day of treatment: doses are 24 h apart, so day 7 is 144 to 168 h.
    let last_day = course.exposure(Time::hours(144.0), Time::hours(168.0))?;
    println!("day 7: Cmax {:.0} ng/mL, AUC {:.0} ng.h/mL", last_day.cmax, last_day.auc);
    Ok(())
}
