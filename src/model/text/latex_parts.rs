//! Routes and outputs as LaTeX, beside the equations.

use super::latex::expression;
use super::read::TextModel;

/// How doses of a route enter one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dosing {
    /// The route.
    pub route: String,
    /// The state, as the text writes it.
    pub target: String,
    /// Names of its properties, each with its value in LaTeX.
    pub properties: Vec<(String, String)>,
}

impl TextModel {
    /// The lines of doses, in the order of the text.
    #[must_use]
    pub fn dosing(&self) -> Vec<Dosing> {
        let lines = self.tree.doses.iter();
        lines
            .map(|line| Dosing {
                route: line.route.text.clone(),
                target: line.target.name.text.clone(),
                properties: line
                    .properties
                    .iter()
                    .map(|(name, value)| (name.text.clone(), expression(value)))
                    .collect(),
            })
            .collect()
    }

    /// What each output is made of, in LaTeX, in the order of the text.
    #[must_use]
    pub fn outputs_in_latex(&self) -> Vec<String> {
        self.tree.outputs.iter().map(|line| expression(&line.value)).collect()
    }
}
