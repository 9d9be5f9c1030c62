//! Forecasts against a Markov chain in Python that shares no code with the program
//! ([benches/forecast_mcmc](../../benches/forecast_mcmc/README.md)).

use std::collections::BTreeMap;
use std::path::Path;
use thrombopoiesis::calibrate::particles;
use thrombopoiesis::files::CsvTable;
use thrombopoiesis::forecast::{Particles, Question};
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::records::{Options, Subject, read};
use thrombopoiesis::simulate::records::Predictor;

/// Counts on elapsed days 0, 4 and 7.
const PATIENTS: [[f64; 3]; 5] = [
    [38.0, 45.0, 58.0],
    [32.0, 33.0, 31.0],
    [35.0, 60.0, 120.0],
    [40.0, 75.0, 48.0],
    [25.0, 26.0, 34.0],
];
/// The quantiles that are compared, with the factor of sd/sqrt(n) in their standard error in a normal distribution.
const QUANTILES: [(f64, &str, f64); 5] = [
    (0.05, "q05", 2.11),
    (0.25, "q25", 1.36),
    (0.5, "q50", 1.25),
    (0.75, "q75", 1.36),
    (0.95, "q95", 2.11),
];

fn subject(predictor: &Predictor<f64>, counts: [f64; 3]) -> Subject {
    let [first, second, third] = counts;
    let text = format!(
        "ID,TIME_D,AMT,ADDL,II,DV\n1,0,.,.,.,{first}\n1,0,3,6,1,.\n1,4,.,.,.,{second}\n1,7,.,.,.,{third}\n"
    );
    let mut options = Options { set: predictor.unused_covariates(), ..Options::default() };
    options.output = Some("plt".to_owned());
    let reading = read(Path::new("patient"), &text, Some(predictor.structure()), &options);
    reading.into_records().expect("records").subjects.remove(0)
}

/// The numbers of the chains by patient and day, column by column.
fn expected() -> BTreeMap<(String, String), BTreeMap<String, f64>> {
    let text = include_str!("../../benches/forecast_mcmc/expected.csv");
    let table = CsvTable::parse(Path::new("expected.csv"), text);
    let mut all = BTreeMap::new();
    for row in table.rows() {
        let names = table.columns().iter().enumerate();
        let own: BTreeMap<String, f64> =
            names.filter_map(|(i, name)| Some((name.clone(), table.number(row, i)?))).collect();
        all.insert((table.text(row, 0).to_owned(), table.text(row, 1).to_owned()), own);
    }
    all
}

fn individuals(predictor: &Predictor<f64>, patients: &VirtualPatients) -> Particles {
    particles((predictor, Variant::B), (patients, &[]), (20_000, 1), 1e-6).expect("individuals")
}

#[test]
fn val_forecasts_agree_with_an_independent_markov_chain() {
    let patients = VirtualPatients::load("calibrated_b").expect("patients");
    let predictor =
        Predictor::new(&patients.typical_patient(Variant::B).expect("a set")).expect("a model");
    let populations = [individuals(&predictor, &patients)];
    let shares = QUANTILES.map(|(share, ..)| share);
    let question = Question {
        populations: &populations,
        output: "plt",
        times_h: &[240.0, 336.0, 504.0],
        level: 50.0,
        too_high: 200.0,
        probability: 0.7,
        quantiles: &shares,
        time_quantiles: &[],
        procedure_h: None,
        plans: &[],
        next_h: &[],
    };
    let subjects = PATIENTS.map(|counts| subject(&predictor, counts));
    let forecasts = question.forecasts(&subjects, &|_| {}).expect("forecasts");
    let expected = expected();
    for (patient, forecast) in ["1", "2", "3", "4", "5"].into_iter().zip(forecasts) {
        let forecast = forecast.expect("a forecast");
        assert!(forecast.effective_size > 300.0, "{patient}: {}", forecast.effective_size);
        for (day, at) in ["10", "14", "21"].into_iter().zip(&forecast.times) {
            let own = &expected[&(patient.to_owned(), day.to_owned())];
            let root = forecast.effective_size.sqrt();
            // Four standard errors; the tails of the true counts are longer than normal ones.
            for ((_, name, factor), found) in QUANTILES.iter().zip(&at.quantiles) {
                let near = 4.0 * 1.3 * factor * own["sd"] / root;
                assert!(
                    (found - own[*name]).abs() < near,
                    "{patient}, day {day}, {name}: {found} {}",
                    own[*name]
                );
            }
            for (name, found) in [("p_at_least", at.at_least), ("p_measured", at.measured_at_least)]
            {
                let p: f64 = own[name];
                let near =
                    4.0 * (p * (1.0 - p)).max(1e-3).sqrt() * (1.0 / root + 1.0 / 2048.0_f64.sqrt());
                assert!((found - p).abs() < near, "{patient}, day {day}, {name}: {found} {p}");
            }
        }
    }
}
