//! What every figure must satisfy, read from its SVG.

use super::canvas::text_width;
use super::theme::{Type, Weight};

/// A text of a finished figure: where it lies (mm) and what it says.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    pub(crate) words: String,
}

const UNITS_PER_MM: f64 = 960.0 / 25.4;
const UNITS_PER_PT: f64 = 960.0 / 72.0;

fn attribute<'a>(line: &'a str, name: &str) -> &'a str {
    let start = line.find(&format!(" {name}=\"")).map_or(line.len(), |at| at + name.len() + 3);
    line[start..].split('"').next().unwrap_or("")
}

fn value(line: &str, name: &str) -> f64 {
    attribute(line, name).parse().unwrap_or(f64::NAN)
}

/// All texts of a figure.
pub(crate) fn texts(svg: &str) -> Vec<Written> {
    svg.lines().filter(|line| line.starts_with("<text")).map(read).collect()
}

fn read(line: &str) -> Written {
    let words = line.split_once('>').map_or("", |(_, rest)| rest.trim_end_matches("</text>"));
    let words = words
        .replace("&apos;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let weight = if line.contains("font-weight") { Weight::SemiBold } else { Weight::Regular };
    let size_pt = value(line, "font-size") / UNITS_PER_PT;
    let width = text_width(&words, Type { size_pt, weight, ..Type::TEXT });
    let (x, baseline) = (value(line, "x") / UNITS_PER_MM, value(line, "y") / UNITS_PER_MM);
    let left = match attribute(line, "text-anchor") {
        "start" => x,
        "middle" => x - width / 2.0,
        _ => x - width,
    };
    let em = size_pt * 25.4 / 72.0;
    Written {
        left,
        right: left + width,
        top: baseline - 0.73 * em,
        bottom: baseline + 0.2 * em,
        words,
    }
}

/// Fails if the figure is malformed, has text over its edge, or texts that overlap.
pub(crate) fn assert_presentable(svg: &str) {
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "a coordinate is not finite");
    assert!(svg.contains("role=\"img\"") && svg.contains("<title>") && svg.contains("<desc>"));
    let (width, height) = (value(svg, "width") / 96.0 * 25.4, value(svg, "height") / 96.0 * 25.4);
    let written = texts(svg);
    assert!(!written.is_empty());
    for (i, a) in written.iter().enumerate() {
        let inside = a.left >= 0.0 && a.right <= width && a.top >= 0.0 && a.bottom <= height;
        assert!(inside, "over the edge: {a:?} of {width} by {height} mm");
        for b in &written[..i] {
            let apart =
                a.left >= b.right || b.left >= a.right || a.top >= b.bottom || b.top >= a.bottom;
            assert!(apart, "overlap: {a:?} and {b:?}");
        }
    }
}

/// Every fifth of a day from 0 to 40.
pub(crate) fn days() -> Vec<f64> {
    (0..=200).map(|i| f64::from(i) * 0.2).collect()
}

/// A made-up count that rises from 38 to `peak` at day `at` and falls back.
pub(crate) fn hump(peak: f64, at: f64) -> Vec<f64> {
    let shape = |day: f64| (day / at).powi(5) * (5.0 * (1.0 - day / at)).exp();
    days().into_iter().map(|day| 38.0 + (peak - 38.0) * shape(day)).collect()
}
