//! The states of a text as boxes and what leads to what as arrows, in layers.

use super::layers::{Place, lay_out};
use super::tables::unit;
use crate::error::Result;
use crate::model::text::{Compartment, Flows};
use crate::report::drawing::boxes::{arrow, flow, influence, outlined};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::{Point, Rect};
use crate::report::drawing::page::MARGIN;
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};

/// Height of a box (mm).
const HEIGHT: f64 = 10.6;
/// From the top of a layer to that of the next (mm).
const PITCH: f64 = 22.0;
/// Paper beside the words of a box (mm).
const PADDING: f64 = 2.0;
/// Paper between two boxes of a layer (mm).
const GAP: f64 = 8.0;
/// Narrowest box (mm).
const NARROWEST: f64 = 20.0;
/// Narrowest sheet (mm).
const SHEET: f64 = 90.0;
/// Part of a side of a box along which arrows end.
const ALONG: f64 = 0.7;

/// What is said of the figure to those who do not see it, and under it.
pub(super) const CAPTION: &str = "Outlined box: a state or an array of states, with its unit. Grey box: a route, where \
     doses enter. Solid arrow: what one state loses the other gains. Dotted arrow: the rate of the other state \
     depends on the one.";

/// Draws the diagram of a model called `title`.
///
/// # Errors
/// The drawing back-end fails.
pub(super) fn draw(title: &str, flows: &Flows) -> Result<String> {
    let routes = routes(flows);
    let first = routes.len();
    let entering = flows.entries.iter().map(|(route, to)| {
        let from = routes.iter().position(|own| own == route).unwrap_or(0);
        ((from, first + to), flow())
    });
    let acting = flows.actions.iter().map(|own| {
        let stroke = if own.is_flow { flow() } else { influence(Colour::BLUE) };
        ((first + own.from, first + own.to), stroke)
    });
    let (arrows, strokes): (Vec<(usize, usize)>, Vec<Stroke>) = entering.chain(acting).unzip();
    let count = first + flows.compartments.len();
    let layout = lay_out(count, &arrows);
    let width = flows.compartments.iter().map(width_of).fold(NARROWEST, f64::max);
    let all = || layout.places.iter().chain(layout.ways.iter().flatten());
    let left = all().map(|place| place.1).fold(f64::INFINITY, f64::min);
    let right = all().map(|place| place.1).fold(f64::NEG_INFINITY, f64::max);
    let depth = all().map(|place| place.0).max().unwrap_or(0);
    let drawn = (right - left) * (width + GAP) + width + 2.0 * MARGIN;
    let sheet = drawn.max(SHEET);
    let offset = 0.5 * (sheet - drawn) + MARGIN + 0.5 * width;
    let sheet = Sheet { width, middle: offset - left * (width + GAP) };
    let height = depth as f64 * PITCH + HEIGHT + 2.0 * MARGIN;
    let mut canvas = Canvas::new(drawn.max(SHEET), height, title, CAPTION);
    let ports = Ports::of(&layout.ways);
    for (i, (way, stroke)) in layout.ways.iter().zip(&strokes).enumerate() {
        arrow(&mut canvas, &sheet.points(way, ports.0[i]), *stroke);
    }
    for (route, place) in routes.iter().zip(&layout.places) {
        let frame = sheet.frame(*place);
        canvas.rect(frame, Fill::solid(Colour::GRID));
        words(&mut canvas, frame, route, "dose");
    }
    for (own, place) in flows.compartments.iter().zip(&layout.places[first..]) {
        let frame = sheet.frame(*place);
        outlined(&mut canvas, frame, Stroke::new(Colour::INK, 1.0));
        words(&mut canvas, frame, &name_of(own), &unit_of(own));
    }
    canvas.finish(Lettering::FromPage)
}

/// The names of the routes, each once.
fn routes(flows: &Flows) -> Vec<String> {
    let mut routes: Vec<String> = flows.entries.iter().map(|(route, _)| route.clone()).collect();
    routes.dedup();
    routes
}

/// Where boxes lie on the paper.
struct Sheet {
    width: f64,
    /// The middle of the place 0 (mm from the left).
    middle: f64,
}

impl Sheet {
    fn x(&self, place: Place) -> f64 {
        self.middle + place.1 * (self.width + GAP)
    }

    fn frame(&self, place: Place) -> Rect {
        let top = MARGIN + place.0 as f64 * PITCH;
        Rect::new(self.x(place) - 0.5 * self.width, top, self.width, HEIGHT)
    }

    /// The line of an arrow, from the side of its first box to the side of its last.
    fn points(&self, way: &[Place], [start, end]: [f64; 2]) -> Vec<Point> {
        let (Some(from), Some(to)) = (way.first(), way.last()) else { return Vec::new() };
        let is_down = from.0 < to.0;
        let side = |place: &Place, share: f64, is_lower: bool| {
            let frame = self.frame(*place);
            let y = if is_lower { frame.bottom() } else { frame.top };
            (self.x(*place) + ALONG * self.width * share, y)
        };
        let mut points = vec![side(from, start, is_down)];
        for place in &way[1..way.len() - 1] {
            let frame = self.frame(*place);
            let through = [(self.x(*place), frame.top), (self.x(*place), frame.bottom())];
            points.extend(if is_down { through } else { [through[1], through[0]] });
        }
        points.push(side(to, end, !is_down));
        points
    }
}

/// For each arrow, where on the sides of its two boxes it begins and ends, as a share of the side from its middle.
struct Ports(Vec<[f64; 2]>);

impl Ports {
    /// The arrows at one side of a box lie side by side, in the order in which they come from left to right.
    fn of(ways: &[Vec<Place>]) -> Self {
        // The box, its lower or upper side, and where the arrow goes from there.
        let mut ends: Vec<(Place, bool, f64, usize, usize)> = Vec::new();
        for (i, way) in ways.iter().enumerate() {
            let ([first, second, ..], [.., before, last]) = (way.as_slice(), way.as_slice()) else {
                continue;
            };
            ends.push((*first, first.0 < last.0, second.1, i, 0));
            ends.push((*last, last.0 < first.0, before.1, i, 1));
        }
        let mut ports = vec![[0.0; 2]; ways.len()];
        for end in &ends {
            let is_same =
                |other: &&(Place, bool, f64, usize, usize)| (other.0, other.1) == (end.0, end.1);
            let others: Vec<_> = ends.iter().filter(is_same).collect();
            let key = |of: &(Place, bool, f64, usize, usize)| (of.2, of.3);
            let before = others.iter().filter(|other| key(other) < key(end)).count();
            let share = (before as f64 + 0.5) / others.len() as f64 - 0.5;
            ports[end.3][end.4] = share;
        }
        Self(ports)
    }
}

fn name_of(own: &Compartment) -> String {
    if own.elements == 1 { own.name.clone() } else { format!("{}[1..{}]", own.name, own.elements) }
}

fn unit_of(own: &Compartment) -> String {
    if own.unit == "1" { "no unit".to_owned() } else { unit(&own.unit) }
}

fn width_of(own: &Compartment) -> f64 {
    let words = text_width(&name_of(own), Type::VALUE).max(text_width(&unit_of(own), Type::NOTE));
    words + 2.0 * PADDING
}

fn words(canvas: &mut Canvas, frame: Rect, name: &str, below: &str) {
    let x = frame.left + 0.5 * frame.width;
    canvas.text((x, frame.top + 4.6), name, Type::VALUE.anchored(Anchor::Middle));
    let style = Type::NOTE.coloured(Colour::INK).anchored(Anchor::Middle);
    canvas.text((x, frame.top + 8.6), below, style);
}
