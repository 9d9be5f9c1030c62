//! The mechanistic model as boxes and arrows. What there is to draw comes from the model's own files; here stands only
//! where each box and each arrow lies.

mod places;
#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use crate::model::structure::{Kind, Link, Node, Stages, Structure};
use crate::report::drawing::boxes::{arrow, flow, influence, outlined};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::{Point, Rect};
use crate::report::drawing::page::{MARGIN, Page, SHEET_WIDTH, rule};
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};
use places::{BOTTOM, box_of, header_of, way_of};

/// A box with what is known of its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Boxed {
    /// The box.
    pub node: Node,
    /// How many stages it has.
    pub stages: usize,
    /// Symbol, value and unit of each of its parameters that matters.
    pub parameters: Vec<String>,
}

/// An arrow with what is known of its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// The arrow.
    pub link: Link,
    /// Symbol, value and unit of each of its parameters.
    pub parameters: Vec<String>,
}

/// A part of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is.
    pub structure: Structure,
    /// Its boxes.
    pub boxes: Vec<Boxed>,
    /// Its arrows.
    pub links: Vec<Linked>,
}

/// The model.
#[derive(Debug, Clone, PartialEq)]
pub struct DiagramFigure {
    /// The answer in words.
    pub title: String,
    /// The model, its variant, whose values these are.
    pub model_name: String,
    /// What boxes and arrows mean.
    pub caption: String,
    /// Its parts, from the top.
    pub parts: Vec<Part>,
    /// Every structural variant in words, and whether it is the one drawn.
    pub variants: Vec<(String, bool)>,
}

/// Paper between the outline of a box and its words (mm).
const PADDING: f64 = 1.7;
/// Height of a line of parameters (mm).
const LINE: f64 = 3.75;
/// Height of the cells that stand for stages (mm).
const CELL: f64 = 3.0;
const INFLUENCE: Colour = Colour::BLUE;
const SYMBOL: Type = Type::TICK;

/// Draws the diagram.
///
/// # Errors
/// A box or an arrow of the model that has no place; the drawing back-end fails.
pub fn draw(figure: &DiagramFigure, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &figure.title, &figure.model_name, &figure.caption);
    let top = page.top() + 2.0;
    let mut canvas = page.cut(top + BOTTOM);
    let homeless = |what: &str| Error::Figure {
        figure: figure.title.clone(),
        reason: format!("{what} has no place in the diagram"),
    };
    let down = |(x, y): Point| (x, y + top);
    for part in &figure.parts {
        let title = part.structure.title;
        let y = header_of(title).ok_or_else(|| homeless(title))? + top;
        rule(&mut canvas, MARGIN, SHEET_WIDTH - MARGIN, y);
        draw_header(&mut canvas, part, y);
    }
    let mut words = Vec::new();
    for Linked { link, parameters } in figure.parts.iter().flat_map(|part| &part.links) {
        let name = format!("the arrow from `{}` to `{}`", link.from, link.to);
        let way = way_of(link.from, link.to).ok_or_else(|| homeless(&name))?;
        let points: Vec<Point> = way.points.iter().copied().map(down).collect();
        let stroke = match link.kind {
            Kind::Flow => flow(),
            Kind::Influence => influence(INFLUENCE),
        };
        arrow(&mut canvas, &points, stroke);
        let text = (!link.words.is_empty()).then_some(link.words).into_iter();
        let lines: Vec<&str> = text.chain(parameters.iter().map(String::as_str)).collect();
        match way.label {
            Some(place) => words.push((link.kind, lines, down(place))),
            None if lines.is_empty() => {}
            None => return Err(homeless(&format!("what is written at {name}"))),
        }
    }
    for boxed in figure.parts.iter().flat_map(|part| &part.boxes) {
        let place = box_of(boxed.node.name).ok_or_else(|| homeless(boxed.node.name))?;
        draw_box(&mut canvas, boxed, Rect { top: place.top + top, ..place });
    }
    for (kind, lines, place) in words {
        label(&mut canvas, kind, &lines, place);
    }
    draw_variants(&mut canvas, &figure.variants, top);
    canvas.finish(lettering)
}

fn draw_header(canvas: &mut Canvas, part: &Part, y: f64) {
    // Left of the arrow that thrombopoietin has along the edge.
    let right = SHEET_WIDTH - MARGIN - 4.0;
    let clock = part.structure.clock;
    canvas.text((right, y + 4.2), clock, Type::NOTE.anchored(Anchor::End));
    let beside = right - text_width(clock, Type::NOTE) - 2.0;
    canvas.text((beside, y + 4.2), part.structure.title, Type::VALUE.anchored(Anchor::End));
}

fn draw_box(canvas: &mut Canvas, boxed: &Boxed, frame: Rect) {
    let node = boxed.node;
    if node.is_state {
        outlined(canvas, frame, Stroke::new(Colour::INK, 1.0));
    } else {
        canvas.rect(frame, Fill::solid(Colour::GRID));
    }
    let (left, right) = (frame.left + PADDING, frame.right() - PADDING);
    let mut baseline = frame.top + 4.4;
    canvas.text((left, baseline), node.words, Type::VALUE);
    let colour = if node.is_state { Colour::NOTE } else { Colour::INK };
    let tags = Type::NOTE.coloured(colour).anchored(Anchor::End);
    canvas.text((right, baseline), &tags_of(node.equations), tags);
    for parameter in &boxed.parameters {
        baseline += LINE;
        canvas.text((left, baseline), parameter, SYMBOL);
    }
    if boxed.stages > 0 && node.stages != Stages::One {
        let words = if boxed.stages == 1 { "stage" } else { "stages" };
        baseline += LINE;
        canvas.text((left, baseline), &format!("{} {words}", boxed.stages), SYMBOL);
        let count = boxed.stages as f64;
        let width = (frame.width - 2.0 * PADDING) / count;
        for i in 0..boxed.stages {
            let cell = Rect::new(left + i as f64 * width, frame.bottom() - CELL - 1.2, width, CELL);
            outlined(canvas, cell, Stroke::new(Colour::REFERENCE, 0.6));
        }
    }
}

/// "(P1)", "(P2) (P5)", "(R1) to (R5)": names of equations in a row, as far as they follow one another.
fn tags_of(tags: &[&str]) -> String {
    match tags {
        [] => String::new(),
        [first, _, .., last] if tags.len() > 2 => format!("({first}) to ({last})"),
        few => few.iter().map(|tag| format!("({tag})")).collect::<Vec<_>>().join(" "),
    }
}

/// What passes or acts and its parameters, one under the other.
fn label(canvas: &mut Canvas, kind: Kind, lines: &[&str], (x, y): Point) {
    let colour = match kind {
        Kind::Flow => Colour::INK,
        Kind::Influence => INFLUENCE.for_text(),
    };
    for (i, line) in lines.iter().enumerate() {
        let baseline = y + i as f64 * LINE;
        canvas.text((x, baseline), line, SYMBOL.coloured(colour).over_lines());
    }
}

fn draw_variants(canvas: &mut Canvas, variants: &[(String, bool)], top: f64) {
    let (x, mut y) = places::VARIANTS;
    for (words, is_drawn) in variants {
        let style = if *is_drawn { SYMBOL.coloured(Colour::HEADLINE) } else { Type::NOTE };
        if *is_drawn {
            canvas.disc((x - 2.0, top + y - 1.0), 0.8, Fill::solid(Colour::HEADLINE));
        }
        canvas.text((x, top + y), words, style);
        y += LINE;
    }
}
