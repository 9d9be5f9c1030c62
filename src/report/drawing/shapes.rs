//! A figure as plain outlines, its letters too: what every form of a file can hold.

use std::fmt::Write;

/// A figure: its size and its shapes from back to front, in pixels of SVG (1/96 inch), y downwards.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sheet {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) shapes: Vec<Shape>,
}

/// One outline with its paint.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) steps: Vec<Step>,
    pub(super) fill: Option<Paint>,
    pub(super) line: Option<Line>,
    /// Whether the line lies under the fill.
    pub(super) line_first: bool,
}

/// One step of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Move([f32; 2]),
    Line([f32; 2]),
    Curve([f32; 6]),
    Close,
}

/// A colour and how opaque it is, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint {
    pub(super) rgb: [u8; 3],
    pub(super) opacity: f32,
}

/// How an outline is drawn along.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) paint: Paint,
    pub(super) width: f32,
    pub(super) dashes: Vec<f32>,
    pub(super) round_ends: bool,
    pub(super) round_corners: bool,
}

/// A number with at most three decimals.
pub(super) fn short(number: f32) -> String {
    let text = format!("{number:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Numbers with spaces between.
pub(super) fn spaced(numbers: &[f32]) -> String {
    numbers.iter().map(|number| short(*number)).collect::<Vec<_>>().join(" ")
}

impl Shape {
    /// The shape as an element of SVG, `scale` units to a pixel.
    pub(super) fn to_svg(&self, scale: f32) -> String {
        let scaled = |numbers: &[f32]| {
            spaced(&numbers.iter().map(|number| number * scale).collect::<Vec<_>>())
        };
        let steps = self.steps.iter().map(|step| match step {
            Step::Move(to) => format!("M{}", scaled(to)),
            Step::Line(to) => format!("L{}", scaled(to)),
            Step::Curve(points) => format!("C{}", scaled(points)),
            Step::Close => "Z".to_owned(),
        });
        let mut out = format!("<path d=\"{}\"", steps.collect::<String>());
        match &self.fill {
            Some(paint) => out += &paint.attributes("fill"),
            None => out += " fill=\"none\"",
        }
        if let Some(line) = &self.line {
            out += &line.paint.attributes("stroke");
            let _ = write!(out, " stroke-width=\"{}\"", short(line.width * scale));
            out += if self.line_first { " paint-order=\"stroke\"" } else { "" };
        }
        out + "/>\n"
    }
}

impl Paint {
    fn attributes(self, what: &str) -> String {
        let [r, g, b] = self.rgb;
        let mut text = format!(" {what}=\"#{r:02X}{g:02X}{b:02X}\"");
        if self.opacity < 1.0 {
            let _ = write!(text, " {what}-opacity=\"{}\"", short(self.opacity));
        }
        text
    }
}
