//! Texts are read as the language says.

mod canonical;
mod codes;
mod features;
mod flows;
mod fuzz;
mod latex;
mod rates;
mod shipped;
mod values;

use super::{Choice, Inputs, Sheet, TextModel};

/// The three complete models of the language's description.
const MODELS: [(&str, &str); 3] = [
    ("katsube_2019.model", include_str!("models/katsube_2019.model")),
    ("shimizu_2021.model", include_str!("models/shimizu_2021.model")),
    ("mechanistic_b.model", include_str!("models/mechanistic_b.model")),
];

/// The model of a text that is right.
fn read(text: &str) -> TextModel {
    match TextModel::read("test.model", text) {
        Ok(model) => model,
        Err(problems) => panic!("{problems}"),
    }
}

/// One subject with typical values: parameters, covariates, and the initial state.
struct Subject {
    sheet: Sheet,
    parameters: Vec<f64>,
    covariates: Vec<f64>,
    initial: Vec<f64>,
}

impl Subject {
    fn of(sheet: Sheet) -> Self {
        let covariates: Vec<_> = sheet.covariates.iter().map(|own| own.value).collect();
        let parameters = sheet.individual(&sheet.typical(), &covariates, |_, line| line);
        let mut subject = Self { sheet, parameters, covariates, initial: Vec::new() };
        let values = subject.values(&[]);
        subject.initial = subject.sheet.states.iter().map(|state| values[state.initial]).collect();
        subject
    }

    fn inputs<'a>(&'a self, states: &'a [f64]) -> Inputs<'a, f64> {
        let (parameters, covariates) = (&self.parameters[..], &self.covariates[..]);
        Inputs { parameters, covariates, states, ..Inputs::none() }
    }

    fn values(&self, states: &[f64]) -> Vec<f64> {
        self.sheet.evaluate(&self.inputs(states))
    }

    fn rates(&self, states: &[f64]) -> Vec<f64> {
        let values = self.values(states);
        self.sheet.states.iter().map(|state| values[state.rate]).collect()
    }

    fn output(&self, name: &str, states: &[f64]) -> f64 {
        let output = self.sheet.outputs.iter().find(|output| output.name == name).unwrap();
        self.values(states)[output.id]
    }
}

fn subject(text: &str) -> Subject {
    Subject::of(read(text).sheet(&Choice::default()).unwrap())
}
