//! Lesson 2: compare regimens.
//!
//! Question: how much does a missed dose cost, and what would a longer course bring?
//!
//! Run:      cargo run --release --example 02_compare_regimens
//! Look for: one missed dose lowers the maximum by about 3; twice the duration adds 8 days at or
//!           above 50, but no earlier start; and the four structural variants agree on the approved
//!           course and disagree on the long one.

use thrombopoiesis::error::Result;
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{Population, Variant, parameter_set};
use thrombopoiesis::simulate::simulate;
use thrombopoiesis::units::Time;

fn main() -> Result<()> {
    // A list of texts; the square brackets are R's c(...).
    let regimens = [
        "placebo",
        "3 mg qd x7",
        "3 mg qd x7, miss 4",
        "3 mg qd x7, miss 6 7",
        "2 mg qd x7",
        "3 mg qd x14",
        "3 mg qd x7, stop at 50 and +20 on days 5 6 7",
    ];

    println!("{:46} {:>8} {:>14} {:>10}", "regimen", "maximum", "first day >=50", "days >=50");
    for text in regimens {
        let patient = parameter_set("mechanistic", Population::CLD)?;
        let course = simulate(&patient, &text.parse()?, Time::days(40.0), Options::default())?;
        let above = course.at_or_above(50.0)?;
        // `first_h` may be absent: a count that never reaches 50 has no first day.
        let first = match above.first_h() {
            Some(hours) => format!("{:.1}", hours / 24.0),
            None => "never".to_owned(),
        };
        println!(
            "{text:46} {:>8.1} {first:>14} {:>10.1}",
            course.maximum()?.value,
            above.total_h() / 24.0
        );
    }

    // Counts alone cannot tell the four structural variants apart. Where they disagree, a single
    // curve would be a false certainty: outside the label, show all four.
    println!("\nmaximum by structural variant     A      B      C      D");
    for text in ["3 mg qd x7", "3 mg qd x14"] {
        print!("{text:30}");
        for variant in Variant::ALL {
            let mut patient = parameter_set("mechanistic", Population::CLD)?;
            patient.choose_variant(variant); // each variant comes with its own start values
            let course = simulate(&patient, &text.parse()?, Time::days(40.0), Options::default())?;
            print!(" {:>6.1}", course.maximum()?.value);
        }
        println!();
    }
    Ok(())
}
