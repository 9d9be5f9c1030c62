//! The patients that a model in a text describes: its parameters differ as it says.

use super::count_error::USUAL_DAYS;
use super::{Correlation, CountError, Distribution, Spread, VirtualPatients};
use crate::error::Result;
use crate::model::text::{Choice, Residual, Shape, Sheet, TextModel, Variability};
use crate::model::{Population, Variant, parameter_set};

impl VirtualPatients {
    /// The patients of the model in the text called `name`, a file or a shipped one, for a preset of the
    /// text or as it stands. Differences between occasions are not drawn.
    ///
    /// # Errors
    /// Everything that is wrong with the text, a preset that it does not have.
    pub fn of_model(name: &str, population: impl Into<Option<Population>>) -> Result<Option<Self>> {
        let population = population.into();
        let set = parameter_set(name, population)?;
        let Some(text) = set.model.text() else { return Ok(None) };
        let sha256 = set.files.first().map(|(_, sha256)| sha256.clone()).unwrap_or_default();
        let is_preset = |own: &Population| *own != Population::AS_WRITTEN;
        let preset = population.filter(is_preset).map(|own| own.name().to_owned());
        let sheet = |variant: Option<&str>| {
            let choice = Choice {
                variant: variant.map(str::to_owned),
                preset: preset.clone(),
                ..Choice::default()
            };
            text.sheet(&choice).map_err(crate::model::text::refused)
        };
        let base = sheet(None)?;
        let mut of_variants = Vec::new();
        for own in &text.variants {
            let spreads = spreads(&sheet(Some(&own.name))?);
            of_variants.push((Variant::named(&own.name), Vec::new(), spreads));
        }
        Ok(Some(Self {
            id: text.name.clone(),
            title: text.title.clone(),
            model: name.to_owned(),
            population: population.unwrap_or(Population::AS_WRITTEN),
            variant: None,
            typical: Vec::new(),
            spreads: spreads(&base),
            of_variants,
            correlations: correlations(text),
            covariates: Vec::new(),
            table: None,
            effects: Vec::new(),
            non_responders: None,
            count_error: count_error(&base),
            practice: Vec::new(),
            calibrated: None,
            sha256,
        }))
    }
}

fn spreads(sheet: &Sheet) -> Vec<Spread> {
    let differs = sheet.parameters.iter().flat_map(|own| {
        let between = own.variability.iter().filter(|spread| spread.occasion.is_none());
        between.map(move |spread| (own.name.clone(), spread))
    });
    differs
        .map(|(symbol, spread)| Spread {
            symbol,
            distribution: distribution(spread),
            grade: spread.source.grade.unwrap_or("assumed"),
            source: match spread.source.text.as_str() {
                "" => "the text of the model".to_owned(),
                source => source.to_owned(),
            },
        })
        .collect()
}

fn distribution(spread: &Variability) -> Distribution {
    match spread.shape {
        Shape::Normal => Distribution::Normal { sd: spread.sd },
        Shape::Lognormal => Distribution::LogNormal { omega: spread.sd },
        Shape::Logitnormal => {
            let (lower, upper) = spread.interval.unwrap_or((0.0, 1.0));
            Distribution::LogitNormal { omega: spread.sd, lower, upper }
        }
    }
}

fn correlations(text: &TextModel) -> Vec<Correlation> {
    let name = |i: usize| text.parameters.get(i).map(|own| own.name.clone()).unwrap_or_default();
    let correlations = text.correlations.iter();
    correlations
        .map(|own| Correlation { between: own.parameters.map(name), value: own.value })
        .collect()
}

/// The error of the output that is the count, where it is additive or proportional.
fn count_error(sheet: &Sheet) -> CountError {
    let values = sheet.at_typical();
    let size = |error: &Residual, name: &str| {
        let mut arguments = error.arguments.iter();
        arguments.find(|(own, ..)| own == name).and_then(|(_, id, _)| values.get(*id)).copied()
    };
    let mut found = CountError { between_visit_days: USUAL_DAYS, ..CountError::default() };
    let count = sheet.outputs.iter().find(|output| output.unit.text() == crate::units::COUNT_UNIT);
    for error in count.iter().flat_map(|output| &output.errors) {
        match error.kind.as_str() {
            "additive" => found.additive = size(error, "sd").unwrap_or(0.0),
            "proportional" => found.proportional = size(error, "cv").unwrap_or(0.0),
            _ => {}
        }
    }
    found
}
