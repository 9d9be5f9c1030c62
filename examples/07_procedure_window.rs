//! Lesson 7: find the window of the procedure, and how short the course may be.
//!
//! Question: a patient's count before treatment was measured as 35. When should the procedure take
//!           place, and would a shorter course of another dose do?
//!
//! Run:      cargo run --release --example 07_procedure_window
//! Look for: the best day and its window in each structural variant; how little one count says
//!           about one patient; variants that agree on the approved course and disagree on longer
//!           ones, where the count goes too high in A and D.

use thrombopoiesis::error::Result;
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::window::{Baseline, Choice, People, Question, Treatment};

fn main() -> Result<()> {
    let patients = VirtualPatients::load("patients_start")?;

    println!("measured count 35, 3 mg for 7 days: probability of 50 or more");
    for variant in Variant::ALL {
        let mut question = Question::new(&patients);
        question.variant = variant;
        question.baseline = Baseline::Measured(35.0);
        question.subjects = 2000;
        // Drawn once: the same patients under every treatment.
        let people = People::new(question)?;
        let outlook = people.answer(&Treatment::approved())?.outlook;
        let window = match outlook.window {
            Some((first, last)) => format!("days {first} to {last}"),
            None => "no day".to_owned(),
        };
        println!(
            "  variant {variant}: best on day {}, {:.0} %; {:.0} % or more on {window}",
            outlook.best_day,
            100.0 * outlook.best().at_threshold,
            100.0 * question.probability,
        );
        if let (Some(first), Some(last)) = (outlook.own_first, outlook.own_last) {
            println!(
                "    patients' own windows begin on day {:.0} to {:.0} and end on day {:.0} to {:.0}; \
                 {:.0} % have none",
                first.q05,
                first.q95,
                last.q05,
                last.q95,
                100.0 * outlook.never
            );
        }
    }

    // All patients of the trials; argmin finds the smallest dose of each number of days.
    let choice = Choice { days: 4..=10, ..Choice::default() };
    println!("\nall below 50: the smallest dose that reaches 70 % at the procedure");
    for variant in Variant::ALL {
        let mut question = Question::new(&patients);
        question.variant = variant;
        question.subjects = 500;
        let people = People::new(question)?;
        let optimum = people.optimum(&choice, &|_| {})?;
        println!("  variant {variant}");
        for best in &optimum.by_days {
            let course = best.course;
            println!(
                "    {:2} days of {:.1} mg, started {} days before: above 200 in {:.1} %; {}",
                course.days,
                course.dose_mg,
                course.start,
                100.0 * course.too_high,
                best.verdict
            );
        }
        match optimum.shortest_of_approved_dose(question.probability, choice.limit) {
            Some(course) => println!("    of the approved 3 mg: {} days", course.days),
            None => println!("    of the approved 3 mg: no number of days"),
        }
    }
    Ok(())
}
