//! Lists of records of a linear model, predicted and computed by superposition.

use super::made::{Made, csv};
use super::oracle::{Fault, Model, Oracle};
use std::path::Path;
use thrombopoiesis::model::{ParameterSet, model_of_text};
use thrombopoiesis::records::{Options, Subject, read};
use thrombopoiesis::simulate::records::Predictor;

/// A predictor of the model in `text`.
pub(crate) fn predictor_of(text: &str) -> Predictor<f64> {
    let set = ParameterSet::of(&model_of_text("own.model", text).expect("a model"));
    Predictor::new(&set.expect("parameters")).expect("a predictor")
}

/// The linear model with these rate constants.
pub(crate) fn linear(model: Model) -> Predictor<f64> {
    thread_local! {
        static PLAIN: Predictor<f64> = predictor_of(include_str!("linear.model"));
    }
    PLAIN.with(|plain| {
        let mut values = plain.values().clone();
        let all = [("ka", model.ka), ("k10", model.k10), ("k12", model.k12), ("k21", model.k21)];
        for (symbol, value) in all {
            values.set(symbol, value);
        }
        plain.with_values(&values).expect("a predictor")
    })
}

/// The subject of the records in `text`.
pub(crate) fn subject(predictor: &Predictor<f64>, text: &str) -> Subject {
    let options = Options {
        output: Some(predictor.structure().outputs[0].name.clone()),
        ..Options::default()
    };
    let reading = read(Path::new("data.csv"), text, Some(predictor.structure()), &options);
    reading.into_records().expect(text).subjects.remove(0)
}

/// The predictions of one output at every row.
pub(crate) fn predicted(predictor: &Predictor<f64>, subject: &Subject, output: &str) -> Vec<f64> {
    let predicted = predictor.predict(subject, Some(output));
    assert_eq!(predicted.failure, None);
    predicted.values
}

/// The amounts of the linear model at every row.
pub(crate) fn run(rows: &[Made], model: Model) -> Vec<[f64; 3]> {
    let predictor = linear(model);
    let subject = subject(&predictor, &csv(rows));
    let [depot, central, peripheral] =
        ["depot", "central", "peripheral"].map(|output| predicted(&predictor, &subject, output));
    let all = depot.into_iter().zip(central).zip(peripheral);
    all.map(|((depot, central), peripheral)| [depot, central, peripheral]).collect()
}

/// The rate constants of a list, by its seed.
pub(crate) fn model(seed: u64) -> Model {
    let (k12, k21) = if seed.is_multiple_of(3) { (0.0, 0.3) } else { (0.2, 0.13) };
    let ka = if seed.is_multiple_of(2) { 1.1 } else { 0.07 };
    Model { ka, k10: 0.17, k12, k21 }
}

/// What superposition gives at every row, with a planted fault if there is one.
pub(crate) fn expected(rows: &[Made], model: Model, fault: Option<Fault>) -> Vec<[f64; 3]> {
    let properties: Vec<_> = rows.iter().map(|row| row.properties).collect();
    Oracle { model, properties: &properties, fault }.amounts(&subject(&linear(model), &csv(rows)))
}

/// The largest difference, of the largest amount.
pub(crate) fn difference(a: &[[f64; 3]], b: &[[f64; 3]]) -> f64 {
    let largest = b.iter().flatten().fold(f64::MIN_POSITIVE, |most, own| most.max(own.abs()));
    assert_eq!(a.len(), b.len());
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest
}
