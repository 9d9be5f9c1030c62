//! Predictions at records: random lists against superposition of closed forms, and cases that an independent
//! implementation computed.

mod analytic;
pub(crate) mod made;
pub(crate) mod oracle;
mod random;

use made::{Made, csv};
use oracle::Model;
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
        all.iter().for_each(|(symbol, value)| values.set(symbol, *value));
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
