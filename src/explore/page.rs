//! The page itself, with its style and its script.

use super::answer::Explorer;
use crate::error::{Error, Result};
use crate::report::drawing::canvas::font_face_css;
use crate::report::program;
use minijinja::{Environment, context};
use std::sync::Arc;

/// What the browser loads once.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) html: String,
    pub(super) style: String,
    pub(super) script: &'static str,
}

impl Page {
    /// The page of an explorer.
    pub(super) fn new(explorer: &Explorer) -> Result<Self> {
        const TEMPLATE: &str = "page.html";
        let error = |source| Error::Page { page: TEMPLATE, source: Arc::new(source) };
        let mut environment = Environment::new();
        environment.add_template(TEMPLATE, include_str!("page.html")).map_err(error)?;
        let settings = &explorer.settings;
        let days = settings.named("days").map_or(1.0, |control| control.high);
        let controls: Vec<_> = settings
            .controls
            .iter()
            .map(minijinja::value::Serde)
            .map(minijinja::Value::from)
            .collect();
        let html = environment
            .get_template(TEMPLATE)
            .and_then(|template| {
                template.render(context! {
                    program => program(),
                    controls => controls,
                    drug => &settings.drug,
                    is_labelled => settings.is_labelled,
                    groups => groups(explorer),
                    days => days,
                    subjects => explorer.subjects,
                })
            })
            .map_err(error)?;
        let style = font_face_css() + include_str!("page.css");
        Ok(Self { html, style, script: include_str!("page.js") })
    }
}

/// Name and title of a group of choices, and for each choice its name and what it is.
type Group = (&'static str, &'static str, Vec<(String, String)>);

/// The choices; a group with a single choice is left out.
fn groups(explorer: &Explorer) -> Vec<Group> {
    let settings = &explorer.settings;
    let mut variants = explorer.variants_with_meaning();
    if settings.is_labelled {
        variants.sort();
    }
    let routes = settings.ways.iter().map(|way| (way.route.to_string(), String::new()));
    let presets = settings.presets.iter().map(|own| (own.to_string(), String::new()));
    let as_written = (String::new(), "the text as it stands".to_owned());
    let presets: Vec<_> = [as_written].into_iter().chain(presets).collect();
    let all = [
        ("variant", "Structural variant of the model", variants),
        ("route", "Route", routes.collect()),
        ("preset", "Preset of the model", presets),
    ];
    all.into_iter()
        .filter(|(name, _, of)| of.len() > 1 || *name == "variant" && !of.is_empty())
        .collect()
}
