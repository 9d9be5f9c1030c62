//! The page itself, with its style and its script.

use super::answer::Explorer;
use super::control::CONTROLS;
use crate::error::{Error, Result};
use crate::model::Variant;
use crate::model::receptor::VARIANTS;
use crate::report::drawing::canvas::font_face_css;
use crate::report::program;
use crate::window::APPROVED_DAYS;
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
        let meaning = |own| VARIANTS.iter().find(|(variant, _)| *variant == own).map(|own| own.1);
        let variant = |variant: &Variant| (variant.to_string(), meaning(*variant));
        let mut variants = explorer.variants();
        variants.sort_by_key(ToString::to_string);
        let days = CONTROLS.iter().find(|control| control.key == "days");
        let days = days.map_or(APPROVED_DAYS as f64, |control| control.high);
        let controls: Vec<_> =
            CONTROLS.iter().map(minijinja::value::Serde).map(minijinja::Value::from).collect();
        let html = environment
            .get_template(TEMPLATE)
            .and_then(|template| {
                template.render(context! {
                    program => program(),
                    controls => controls,
                    variants => variants.iter().map(variant).collect::<Vec<_>>(),
                    days => days,
                    subjects => explorer.subjects,
                })
            })
            .map_err(error)?;
        let style = font_face_css() + include_str!("page.css");
        Ok(Self { html, style, script: include_str!("page.js") })
    }
}
