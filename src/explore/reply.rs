//! What the page is told: the answer as words, numbers, figure, commands and file, in JSON.

use super::answer::Explorer;
use super::equivalent::{Equivalent, equivalent};
use super::figure::{self, WIDTHS};
use super::view::View;
use super::words::{self, Group};
use crate::error::{Error, Result};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Debug, Serialize)]
struct Reply {
    query: String,
    sentence: String,
    label: &'static str,
    numbers: Vec<Group>,
    figure: String,
    caption: String,
    variant: String,
    kc: f64,
    tp: f64,
    #[serde(flatten)]
    equivalent: Equivalent,
}

#[derive(Debug, Serialize)]
struct Refusal {
    error: String,
}

/// The name of the figure's width (mm) in a query.
const WIDTH: &str = "width";
/// The width where none is given, mm.
const DEFAULT_WIDTH: f64 = 180.0;

/// The reply to a query; a refusal in the same form.
///
/// # Errors
/// The refusal.
pub fn reply(explorer: &Explorer, query: &str) -> std::result::Result<String, String> {
    whole(explorer, query).map_err(|error| {
        let refusal = Refusal { error: error.to_string() };
        serde_json::to_string(&refusal).unwrap_or_default()
    })
}

fn whole(explorer: &Explorer, query: &str) -> Result<String> {
    let (view, width) = asked(query)?;
    let answer = explorer.answer(&view)?;
    let caption = words::caption(&view, &answer, explorer.seed);
    let reply = Reply {
        query: view.query(),
        sentence: words::sentence(&view, &answer),
        label: words::label(&view).1,
        numbers: words::numbers(&view, &answer),
        figure: figure::draw(&view, &answer, &caption, width)?,
        caption,
        variant: answer.variant.to_string(),
        kc: answer.own.0,
        tp: answer.own.1,
        equivalent: equivalent(explorer, &view, &answer)?,
    };
    serde_json::to_string(&reply)
        .map_err(|error| Error::Figure { figure: "reply".to_owned(), reason: error.to_string() })
}

/// The view, and the width of the figure.
fn asked(query: &str) -> Result<(View, f64)> {
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> =
        form_urlencoded::parse(query.as_bytes()).collect();
    let of_figure = |(key, _): &&(Cow<'_, str>, Cow<'_, str>)| key == WIDTH;
    let width = pairs.iter().find(of_figure).map_or(Ok(DEFAULT_WIDTH), |(_, text)| width(text))?;
    let of_view = pairs.iter().filter(|pair| !of_figure(pair));
    Ok((View::from_pairs(of_view.map(|(key, text)| (key, text)))?, width))
}

fn width(text: &str) -> Result<f64> {
    let (low, high) = WIDTHS;
    let width = text.parse().ok().filter(|width| (low..=high).contains(width));
    width.ok_or_else(|| Error::Syntax {
        text: format!("{WIDTH}={text}"),
        expected: "a width",
        part: text.to_owned(),
        rule: format!("must be a number of mm in [{low}, {high}]"),
    })
}
