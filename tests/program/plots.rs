//! The committed figures are those that the program draws.

use crate::{report, root};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Coordinates of a figure may differ by this much of the 10 per unit it is drawn at: processors
/// differ in the last bits of `exp`, which can tip a rounding.
const COORDINATE: f64 = 2.0;
/// Coordinates of fitted figures may differ by this share of the figure's size.
const FITTED_SHARE: f64 = 0.001;
/// Figures whose numbers come from a search.
const FITTED: [&str; 2] = ["fit.svg", "profiles.svg"];

/// Splits a figure into its text without numbers, and its numbers. Embedded fonts are cut out.
fn split(svg: &str) -> (String, Vec<f64>) {
    let (mut words, mut numbers) = (String::new(), Vec::new());
    let mut rest = svg;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let sign = if before.ends_with('-') { -1.0 } else { 1.0 };
        words.push_str(before.trim_end_matches('-'));
        words.push('#');
        let end = from.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(from.len());
        let text = from[..end].trim_end_matches('.');
        numbers.push(sign * text.parse::<f64>().unwrap_or(f64::NAN));
        rest = &from[text.len()..];
    }
    words.push_str(rest);
    (words, numbers)
}

/// A figure without its first line, which gives the size, and without the stamp of a report, which needs room below it.
pub(crate) fn unstamped(svg: &str) -> String {
    let lines = svg.lines().skip(1).filter(|line| !line.starts_with("<text class=\"stamp\""));
    lines.map(|line| format!("{line}\n")).collect()
}

fn without_fonts(svg: &str) -> String {
    let mut pieces = svg.split("base64,");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text.push_str(piece.split_once(')').map_or("", |(_, after)| after));
    }
    text
}

/// What differs between two drawings of one figure, if anything does.
fn difference(committed: &str, drawn: &str, tolerance: f64) -> Option<String> {
    let plain = |svg: &str| split(&without_fonts(&unstamped(svg)));
    let (committed, drawn) = (plain(committed), plain(drawn));
    if committed.0 != drawn.0 {
        return Some("elements or words differ".to_owned());
    }
    let pairs = committed.1.iter().zip(&drawn.1);
    let far = pairs.filter(|(a, b)| (*a - *b).abs() > tolerance).count();
    (far > 0).then(|| format!("{far} of {} numbers differ by more than {tolerance}", drawn.1.len()))
}

fn names(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).expect("listed").flatten();
    files.map(|file| file.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn regress_committed_figures_are_drawn_again() {
    let (committed, drawn) = (root().join("plots"), report::folder().join("report/figures"));
    assert_eq!(
        names(&committed),
        names(&drawn),
        "refresh: thrombo report --no-stamp, then copy its figures"
    );
    for name in names(&drawn) {
        let read = |folder: &Path| fs::read_to_string(folder.join(&name)).expect("a figure");
        let tolerance =
            if FITTED.contains(&name.as_str()) { FITTED_SHARE * 8000.0 } else { COORDINATE };
        let difference = difference(&read(&committed), &read(&drawn), tolerance);
        assert_eq!(
            difference, None,
            "{name}: refresh: thrombo report --no-stamp, then copy its figures"
        );
    }
}

#[test]
fn invariant_the_comparison_sees_what_changed() {
    let figure = "<svg>\n<path d=\"M10 -20 L30.5 40\"/><text>day 7</text></svg>";
    assert_eq!(difference(figure, figure, 2.0), None);
    assert_eq!(difference(figure, &figure.replace("30.5", "32"), 2.0), None);
    assert!(difference(figure, &figure.replace("30.5", "33"), 2.0).is_some());
    assert!(difference(figure, &figure.replace("-20", "20"), 2.0).is_some());
    assert!(difference(figure, &figure.replace("day", "hour"), 2.0).is_some());
    assert!(difference(figure, &figure.replace("</text>", "</text><path/>"), 2.0).is_some());
}
