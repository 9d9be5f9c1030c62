//! What the page is told: the answer as words, numbers, figure, commands and file, in JSON.

use super::answer::Explorer;
use super::counts::COUNTS;
use super::equivalent::{Equivalent, equivalent};
use super::figure::{self, WIDTHS};
use super::view::{Fault, View, once};
use super::words::{self, Group};
use crate::error::{Error, Result};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Serialize)]
struct Reply {
    query: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// Why the counts are not used or have no answer, or that it is uncertain.
    #[serde(skip_serializing_if = "String::is_empty")]
    counts_note: String,
    sentence: String,
    label: String,
    numbers: Vec<Group>,
    figure: String,
    caption: String,
    /// The chosen variant, route and preset.
    choices: BTreeMap<&'static str, String>,
    /// Typical values that the patients have themselves.
    own: BTreeMap<String, f64>,
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
/// `mend=yes` in a query asks for defaults in place of faulty settings.
const MEND: &str = "mend";
/// Faulty settings that are named one by one; an address has room for thousands.
const MOST_NOTES: usize = 8;

/// The reply to a query, or its refusal as JSON too. With `mend=yes` a faulty setting is replaced by
/// its default, and `notes` names it in a sentence.
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
    let Asked { mut view, width, mend, notes, mut counts_note } = asked(explorer, query)?;
    let answer = match explorer.answer(&view) {
        // Such as a model without a residual error of counts.
        Err(error) if mend && !view.counts.is_empty() => {
            view.counts.clear();
            counts_note = Some(words::without_counts(&error));
            explorer.answer(&view)?
        }
        answer => answer?,
    };
    let counts_note = counts_note.unwrap_or_else(|| words::note_of_counts(&answer, explorer));
    let settings = &explorer.settings;
    let caption = words::caption(&view, &answer, explorer);
    let reply = Reply {
        query: view.query(),
        notes,
        counts_note,
        sentence: words::sentence(&view, &answer),
        label: words::label(&view, settings).1,
        numbers: words::numbers(&view, &answer),
        figure: figure::draw((&view, &answer), settings, &caption, width)?,
        caption,
        choices: BTreeMap::from([
            ("variant", answer.variant.to_string()),
            ("route", view.way.route.to_string()),
            ("preset", view.preset.map_or_else(String::new, |preset| preset.to_string())),
        ]),
        own: answer.own.clone(),
        equivalent: equivalent(explorer, &view, &answer)?,
    };
    serde_json::to_string(&reply)
        .map_err(|error| Error::Figure { figure: "reply".to_owned(), reason: error.to_string() })
}

/// What a query asks for.
#[derive(Debug)]
struct Asked {
    view: View,
    width: f64,
    mend: bool,
    notes: Vec<String>,
    counts_note: Option<String>,
}

fn asked(explorer: &Explorer, query: &str) -> Result<Asked> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let (of_page, of_view): (Vec<_>, Vec<_>) =
        pairs.partition(|(key, _)| [WIDTH, MEND].contains(&key.as_ref()));
    let (mut width, mut mend, mut seen, mut faults) =
        (DEFAULT_WIDTH, false, Vec::new(), Vec::new());
    for (key, text) in &of_page {
        let read = once(&mut seen, key).and_then(|()| match key.as_ref() {
            WIDTH => read_width(text).map(|read| width = read),
            _ => read_mend(text).map(|()| mend = true),
        });
        faults.extend(read.err().map(|error| Fault::new(key, error)));
    }
    let (mut view, of_view) = View::mended(&explorer.settings, of_view.into_iter());
    faults.extend(of_view);
    if let Err(error) = explorer.of_variant(&view) {
        view.variant = None;
        faults.push(Fault::new("variant", error));
    }
    if mend {
        let is_of_counts = |fault: &Fault| fault.key == COUNTS;
        let (of_counts, others): (Vec<_>, Vec<_>) = faults.into_iter().partition(is_of_counts);
        let counts_note = of_counts.first().map(|fault| words::note(fault, explorer));
        return Ok(Asked { view, width, mend, notes: notes(explorer, &others), counts_note });
    }
    let asked = Asked { view, width, mend, notes: Vec::new(), counts_note: None };
    faults.into_iter().next().map_or(Ok(asked), |fault| Err(fault.error))
}

/// A sentence or two for each faulty setting.
fn notes(explorer: &Explorer, faults: &[Fault]) -> Vec<String> {
    let mut notes: Vec<String> =
        faults.iter().take(MOST_NOTES).map(|fault| words::note(fault, explorer)).collect();
    if let more @ 1.. = faults.len().saturating_sub(MOST_NOTES) {
        notes.push(format!("The address contains {more} more errors."));
    }
    notes
}

fn read_width(text: &str) -> Result<f64> {
    let (low, high) = WIDTHS;
    let width = text.parse().ok().filter(|width| (low..=high).contains(width));
    width.ok_or_else(|| Error::Syntax {
        text: format!("{WIDTH}={text}"),
        expected: "a width",
        part: text.to_owned(),
        rule: format!("must be a number of mm in [{low}, {high}]"),
    })
}

fn read_mend(text: &str) -> Result<()> {
    if text == "yes" {
        return Ok(());
    }
    Err(Error::Syntax {
        text: format!("{MEND}={text}"),
        expected: "a setting",
        part: text.to_owned(),
        rule: "must be yes; leave it out to have faulty settings refused".to_owned(),
    })
}
