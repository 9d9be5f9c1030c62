//! What a user waits for: one patient's course, and the whole report.
//!
//! Run: cargo bench

use thrombopoiesis::integrate::Options;
use thrombopoiesis::model::{Population, parameter_set};
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::simulate;
use thrombopoiesis::units::Time;

fn main() {
    divan::main();
}

/// 40 days of each model at the default tolerance, 1e-8.
#[divan::bench(args = ["mechanistic", "katsube_2019", "shimizu_2021_reduced"])]
fn course_of_40_days(bencher: divan::Bencher, model: &str) {
    let patient = parameter_set(model, Population::CLD);
    let regimen = "3 mg qd x7".parse::<Regimen>();
    let (Ok(patient), Ok(regimen)) = (patient, regimen) else { return };
    bencher.bench(|| simulate(&patient, &regimen, Time::days(40.0), Options::default()));
}

/// The main job: everything that `thrombo report` computes and draws.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn report() -> bool {
    thrombopoiesis::report::build(
        &thrombopoiesis::report::Content::default(),
        "thrombo report",
        &|_, _, _| {},
    )
    .is_ok()
}
