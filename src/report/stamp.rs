//! The stamp of a report on each of its figures: which program drew it, from which inputs, and whether it is a draft.

use super::version::program;
use crate::files::hash;
use std::collections::BTreeMap;

/// Digits of the SHA-256 that name the inputs.
const DIGITS: usize = 12;
/// Height of the strip below a figure that the stamp stands in, in pixels and in drawing units.
const STRIP: (f64, f64) = (16.0, 160.0);

/// The stamp in words: of the files with their SHA-256, by the first digits of that of the lines `SHA-256 path`.
pub(super) fn stamp(inputs: &BTreeMap<String, String>, is_final: bool) -> String {
    let lines: String = inputs.iter().map(|(path, own)| format!("{own}  {path}\n")).collect();
    let mut digits = hash(lines.as_bytes());
    digits.truncate(DIGITS);
    let draft = if is_final { "" } else { " · DRAFT" };
    format!("{} · inputs {digits}{draft}", program())
}

/// A figure with `words` in a strip below it.
pub(super) fn stamped(svg: &str, words: &str) -> String {
    let taller = |key: &str, more: f64| -> Option<(String, String)> {
        let (_, rest) = svg.split_once(key)?;
        let (value, _) = rest.split_once('"')?;
        let (before, height) = value.rsplit_once(' ').map_or(("", value), |(a, b)| (a, b));
        let height: f64 = height.parse().ok()?;
        let space = if before.is_empty() { "" } else { " " };
        let higher = (10.0 * (height + more)).round() / 10.0;
        Some((format!("{key}{value}\""), format!("{key}{before}{space}{higher}\"")))
    };
    let sizes = taller(" height=\"", STRIP.0).zip(taller(" viewBox=\"", STRIP.1));
    let Some(((height, higher), (view, larger))) = sizes else { return svg.to_owned() };
    let numbers: Vec<&str> = larger.split([' ', '"']).collect();
    let [.., width, bottom, _] = numbers[..] else { return svg.to_owned() };
    let [x, y] = [width, bottom].map(|end| end.parse::<f64>().unwrap_or_default());
    let text = format!(
        "<text class=\"stamp\" x=\"{}\" y=\"{}\" text-anchor=\"end\" font-family=\"Inter, sans-serif\" font-size=\"93\" fill=\"#767676\">{words}</text>\n</svg>",
        x - 60.0,
        y - 50.0
    );
    let svg = svg.replacen(&height, &higher, 1).replacen(&view, &larger, 1);
    match svg.rsplit_once("</svg>") {
        Some((body, end)) => format!("{body}{text}{end}"),
        None => svg,
    }
}

#[cfg(test)]
mod tests {
    use super::{stamp, stamped};

    #[test]
    fn invariant_a_stamp_names_the_inputs_and_says_whether_it_is_a_draft() {
        let inputs = |sha: &str| [("a.toml".to_owned(), sha.to_owned())].into();
        let [draft, last] = [false, true].map(|is_final| stamp(&inputs("1"), is_final));
        assert_eq!(draft, format!("{last} · DRAFT"));
        assert_ne!(stamp(&inputs("2"), true), last);
    }

    #[test]
    fn invariant_a_stamp_stands_below_the_figure() {
        let svg = "<svg role=\"img\" width=\"10\" height=\"20.5\" viewBox=\"0 0 100 205\">\n<path/>\n</svg>\n";
        assert_eq!(
            stamped(svg, "X"),
            "<svg role=\"img\" width=\"10\" height=\"36.5\" viewBox=\"0 0 100 365\">\n<path/>\n<text class=\"stamp\" x=\"40\" \
             y=\"315\" text-anchor=\"end\" font-family=\"Inter, sans-serif\" font-size=\"93\" fill=\"#767676\">X</text>\n</svg>\n"
        );
        assert_eq!(stamped("no figure", "X"), "no figure");
    }
}
