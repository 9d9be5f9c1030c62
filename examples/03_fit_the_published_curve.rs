//! Lesson 3: fit the published curve.
//!
//! Question: which potency, maturation time and platelet life put one curve through what the trials
//! published: a maximum of 86.9 on visit day 12, and 19.2 days at or above 50?
//!
//! Run:      cargo run --release --example 03_fit_the_published_curve
//! Look for: three targets, three parameters, 0 degrees of freedom: the fit is perfect and proves
//!           nothing. One parameter more is refused: three targets cannot determine four.

use thrombopoiesis::error::Result;
use thrombopoiesis::fit::{Problem, Search, Targets, fit};
use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{Population, parameter_set};

fn main() -> Result<()> {
    // targets/application_note.toml: each number with its standard error, its source and its grade.
    let targets = Targets::application_note()?;
    for target in &targets.items {
        println!(
            "to be met: {} = {} (SE {:.2})",
            target.statistic.title(),
            target.value,
            target.se
        );
    }
    println!();

    let patient = parameter_set("mechanistic", Population::CLD)?;
    // `clone` makes a copy to give away; the original stays here for the second fit.
    let problem =
        Problem::new(patient.clone(), &["kc", "tmk", "tp"], targets.clone(), Options::default())?;

    // The last argument is told about progress; here nobody listens. `|_| {}` is R's function(x) {}.
    let result = fit(&problem, &Search::default(), &|_| {})?;
    println!("{}", result.summary());

    // `is_identified` is computed from correlations and the condition number. Four parameters are more
    // than three targets can determine: `fit` refuses before it searches.
    let more = Problem::new(patient, &["kc", "tmk", "tp", "taun"], targets, Options::default())?;
    println!("identified with kc, tmk, tp:       {}", result.is_identified());
    if let Err(refusal) = fit(&more, &Search::default(), &|_| {}) {
        println!("with taun in addition:  {refusal}");
    }
    Ok(())
}
