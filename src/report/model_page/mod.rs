//! A model in a text as one page that needs nothing else: equations, parameters, routes, outputs, diagram.

mod diagram;
mod layers;
mod tables;

use super::drawing::canvas::font_face_css;
use super::model_report::{CheckRow, RegimenPart};
use super::page::{STYLE, equation};
use super::version::program;
use crate::error::{Error, Result};
use crate::model::ParameterSet;
use crate::model::text::{Equation, TextModel};
use minijinja::Environment;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use tables::{CovariateRow, OutputRow, ParameterRow, RouteRow};

pub(super) use tables::unit;

/// Everything on the page.
#[derive(Debug, Serialize)]
struct Page {
    program: String,
    font_face: String,
    style: &'static str,
    name: String,
    title: String,
    source: String,
    doi: Option<String>,
    /// Which variant and preset the numbers belong to, in words; empty where there is one form only.
    choice: String,
    diagram: String,
    caption: &'static str,
    /// Equations as MathML, each with the unit of what it defines.
    equations: Vec<(String, String)>,
    parameters: Vec<ParameterRow>,
    correlations: Vec<(String, f64)>,
    covariates: Vec<CovariateRow>,
    sizes: Vec<(String, usize)>,
    routes: Vec<RouteRow>,
    outputs: Vec<OutputRow>,
    /// Name, title and what it replaces, of variants and of presets.
    variants: Vec<(String, String, String)>,
    presets: Vec<(String, String, String)>,
    warnings: Vec<String>,
    hash: String,
    /// The results; none on the page of the text alone.
    results: Results,
}

/// Results of the model for its page.
#[derive(Debug, Serialize, Default)]
pub(super) struct Results {
    pub(super) checks: Vec<CheckRow>,
    pub(super) regimens: Vec<RegimenPart>,
    /// The figures of the regimens by their names.
    pub(super) figures: BTreeMap<String, String>,
}

/// The page of the model of `set`, with its numbers.
///
/// # Errors
/// A model written in Rust; a diagram or a page that cannot be made.
pub fn model_page(set: &ParameterSet) -> Result<String> {
    model_page_with(set, Results::default())
}

/// The same with results.
pub(super) fn model_page_with(set: &ParameterSet, results: Results) -> Result<String> {
    let Some(text) = set.model.text() else {
        return Err(Error::Contradiction {
            first: format!("a page of the model {}", set.model),
            second: "a model in Rust, which has no text".to_owned(),
            remedy: format!("use the text models/{}.model", set.model),
        });
    };
    Page { results, ..page(set, text)? }.render()
}

fn page(set: &ParameterSet, text: &TextModel) -> Result<Page> {
    let sheet = text.sheet(&set.choice()).map_err(crate::model::text::refused)?;
    let diagram = diagram::draw(&format!("{}: states and routes", text.title), &set.flows()?)?;
    let shown = |own: Equation| (equation(&own.latex), tables::unit(&own.unit));
    let named = |own: &crate::model::text::Named| {
        (own.name.clone(), own.title.clone(), own.replaces.join(", "))
    };
    Ok(Page {
        program: program(),
        font_face: font_face_css(),
        style: STYLE,
        name: text.name.clone(),
        title: text.title.clone(),
        source: text.citation.text.clone(),
        doi: text.citation.doi.clone(),
        choice: choice(set),
        diagram,
        caption: diagram::CAPTION,
        equations: text.equations().into_iter().map(shown).collect(),
        parameters: tables::parameters(&sheet),
        correlations: tables::correlations(text),
        covariates: tables::covariates(&sheet),
        sizes: sheet.sizes.clone(),
        routes: tables::routes(text, &sheet),
        outputs: tables::outputs(text, &sheet),
        variants: text.variants.iter().map(named).collect(),
        presets: text.presets.iter().map(named).collect(),
        warnings: text.warnings_in_words(),
        hash: text.hash(),
        results: Results::default(),
    })
}

fn choice(set: &ParameterSet) -> String {
    let choice = set.choice();
    let variant = choice.variant.map(|name| format!("variant {name}"));
    let preset = choice.preset.map(|name| format!("preset {name}"));
    [variant, preset].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl Page {
    fn render(&self) -> Result<String> {
        const TEMPLATE: &str = "page.html";
        let error = |source| Error::Page { page: TEMPLATE, source: Arc::new(source) };
        let mut environment = Environment::new();
        environment.add_template(TEMPLATE, include_str!("page.html")).map_err(error)?;
        environment
            .get_template(TEMPLATE)
            .and_then(|template| template.render(minijinja::value::Serde(self)))
            .map_err(error)
    }
}
