//! Lesson 5: trace a parameter to its origin.
//!
//! Question: where does a number in a result come from, and how much does it matter?
//!
//! Run:      cargo run --release --example 05_trace_a_parameter
//! Look for: every parameter with unit, status, grade and source; then the exact derivative of the
//!           maximum with respect to each of three parameters, from one simulation.

use thrombopoiesis::error::Result;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{Population, parameter_set};
use thrombopoiesis::numeric::{Dual, Real};
use thrombopoiesis::simulate::course;
use thrombopoiesis::units::Time;

fn main() -> Result<()> {
    let patient = parameter_set("mechanistic", Population::CLD)?;

    println!("files:");
    for (file, sha256) in &patient.files {
        println!("  {file}  {}...", &sha256[..12]);
    }
    println!("\nsymbol      value  unit     status     grade  source");
    for entry in &patient.entries {
        // A derived parameter has no value of its own in the file.
        let value = entry.value.map_or("derived".to_owned(), |value| value.to_string());
        println!(
            "{:9} {value:>8}  {:8} {:10} {:5}  {}",
            entry.symbol,
            entry.unit,
            entry.status.to_string(),
            entry.grade,
            entry.source
        );
    }

    // A dual number is a value with its derivatives. Give three parameters a place each; the last
    // of the four places is the time, which the endpoints need.
    let symbols = ["kc", "tp", "tmk"];
    let mut seeds = Vec::new();
    for (place, symbol) in symbols.iter().enumerate() {
        seeds.push((*symbol, Dual::<4>::variable(patient.value(symbol)?, place)));
    }
    let course = course(
        &patient.model,
        &patient.theta().seeded(&seeds),
        &"3 mg qd x7".parse()?,
        Time::days(40.0),
        Options::default(),
    )?;

    let maximum = course.trajectory.platelets().maximum()?;
    println!("\nmaximum {:.2}; 1 % more of", maximum.value.value());
    for (place, symbol) in symbols.iter().enumerate() {
        let change = 0.01 * patient.value(symbol)? * maximum.value.derivative(place);
        let delay = 0.01 * patient.value(symbol)? * maximum.time_h.derivative(place);
        println!("  {symbol:4} changes it by {change:+.3} and its time by {delay:+.2} h");
    }
    Ok(())
}
