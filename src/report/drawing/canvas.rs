//! The paper. Marks are placed in mm and drawn by plotters, which no other file knows.
//!
//! plotters' SVG coordinates are integers, so everything is drawn at ten times the reading size and scaled back by the
//! `viewBox`; what its back-end cannot say (dashes, halos, a title for screen readers) is added by `svg.rs`.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

use super::axis::Axis;
use super::geometry::{Point, Rect, finite_runs};
pub use super::letters::text_width;
use super::letters::{REGULAR, SEMI_BOLD};
use super::raster;
use super::readings::Readings;
use super::svg::{self, Heading};
use super::theme::{Anchor, Colour, Fill, PT_PER_MM, Stroke, Type, Weight};
use crate::error::{Error, Result};

/// Drawing units in a mm: ten to a CSS pixel.
const UNITS_PER_MM: f64 = 10.0 * 96.0 / 25.4;
/// Drawing units in a pt.
const UNITS_PER_PT: f64 = UNITS_PER_MM / PT_PER_MM;
/// What the `font-family` of every text says.
const FAMILY: &str = "Inter, sans-serif";
/// plotters takes the size of a font as 1.24 em.
const SIZE_PER_EM: f64 = 1.24;

/// Where the letters of a figure come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lettering {
    /// The figure stands alone and brings its font.
    Embedded,
    /// The figure stands alone, its letters drawn as outlines: it looks alike everywhere.
    Outlines,
    /// The page that holds the figure has the font, from [`font_face_css`], and a script that reads its curves.
    FromPage,
}

/// One thing drawn.
#[derive(Debug, Clone, PartialEq)]
enum Mark {
    Path(Vec<Point>, Stroke),
    Area(Vec<Point>, Fill),
    Disc(Point, f64, Fill),
    Ring(Point, f64, Stroke),
    Text(Point, String, Type),
}

/// A sheet of paper of a given size (mm), and the marks on it in the order in which they were made.
#[derive(Debug, Clone)]
pub struct Canvas {
    width: f64,
    height: f64,
    heading: Heading,
    marks: Vec<Mark>,
    readings: Readings,
}

impl Canvas {
    /// An empty sheet. Title and description are read out by screen readers; they are not drawn.
    #[must_use]
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        let heading = Heading { title: title.to_owned(), description: description.to_owned() };
        Self { width, height, heading, marks: Vec::new(), readings: Readings::default() }
    }

    /// Width (mm).
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height (mm).
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }

    /// A line through points, broken at points that are not finite.
    pub fn path(&mut self, points: &[Point], stroke: Stroke) {
        let runs = finite_runs(points).into_iter().filter(|run| run.len() > 1);
        self.marks.extend(runs.map(|run| Mark::Path(run, stroke)));
    }

    /// A filled polygon; one with a point that is not finite is left out.
    pub fn area(&mut self, points: Vec<Point>, fill: Fill) {
        if points.len() > 2 && points.iter().all(finite) {
            self.marks.push(Mark::Area(points, fill));
        }
    }

    /// A filled rectangle.
    pub fn rect(&mut self, r: Rect, fill: Fill) {
        let corners =
            [(r.left, r.top), (r.right(), r.top), (r.right(), r.bottom()), (r.left, r.bottom())];
        self.area(corners.to_vec(), fill);
    }

    /// A filled circle of a radius in mm.
    pub fn disc(&mut self, centre: Point, radius: f64, fill: Fill) {
        if finite(&centre) && radius.is_finite() {
            self.marks.push(Mark::Disc(centre, radius, fill));
        }
    }

    /// An open circle of a radius in mm.
    pub fn ring(&mut self, centre: Point, radius: f64, stroke: Stroke) {
        if finite(&centre) && radius.is_finite() {
            self.marks.push(Mark::Ring(centre, radius, stroke));
        }
    }

    /// One line of text, its baseline at the given place.
    pub fn text(&mut self, baseline: Point, text: &str, style: Type) {
        if finite(&baseline) && !text.is_empty() {
            self.marks.push(Mark::Text(baseline, text.to_owned(), style));
        }
    }

    /// Keeps the values of a curve drawn in `frame`, for the reader of a page. Nothing is drawn.
    pub(super) fn keep_values(
        &mut self,
        frame: Rect,
        axes: (&Axis, &Axis),
        known_as: (&str, Colour),
        curve: (&[f64], &[f64]),
    ) {
        let sizes = [frame.left, frame.top, frame.width, frame.height];
        self.readings.add(sizes.map(|size| whole(size * UNITS_PER_MM)), axes, known_as, curve);
    }

    /// The drawing as SVG: the same marks give the same bytes.
    ///
    /// # Errors
    /// If the drawing is refused.
    pub fn finish(&self, lettering: Lettering) -> Result<String> {
        let failed = |reason: String| Error::Figure { figure: self.heading.title.clone(), reason };
        let size = (unsigned(self.width * UNITS_PER_MM), unsigned(self.height * UNITS_PER_MM));
        let mut raw = String::new();
        {
            let mut backend = SVGBackend::with_string(&mut raw, size);
            for mark in &self.marks {
                draw(&mut backend, mark).map_err(&failed)?;
            }
            backend.present().map_err(|e| failed(e.to_string()))?;
        }
        let touches: Vec<String> = self.marks.iter().map(touch).collect();
        let head = match lettering {
            Lettering::Embedded => svg::style(&font_face_css()),
            Lettering::Outlines => String::new(),
            Lettering::FromPage => {
                self.readings.to_json().as_deref().map_or(String::new(), svg::metadata)
            }
        };
        let svg = svg::dress(&raw, size, &touches, &self.heading, &head);
        if lettering != Lettering::Outlines {
            return Ok(svg);
        }
        let letters = raster::letters(&self.heading.title, &svg)?;
        let outlined = svg::with_outlines(&svg, &letters);
        outlined.ok_or_else(|| failed("a text has no outline".to_owned()))
    }
}

fn finite((x, y): &Point) -> bool {
    x.is_finite() && y.is_finite()
}

/// Draws one mark as exactly one SVG element; `svg::dress` relies on that.
fn draw(backend: &mut SVGBackend<'_>, mark: &Mark) -> std::result::Result<(), String> {
    let drawn = match mark {
        Mark::Path(points, stroke) => backend.draw_path(units(points), &ink(*stroke)),
        Mark::Area(points, fill) => backend.fill_polygon(units(points), &paint(*fill)),
        Mark::Disc(centre, radius, fill) => {
            backend.draw_circle(unit(*centre), unsigned(radius * UNITS_PER_MM), &paint(*fill), true)
        }
        Mark::Ring(centre, radius, stroke) => backend.draw_circle(
            unit(*centre),
            unsigned(radius * UNITS_PER_MM),
            &ink(*stroke),
            false,
        ),
        Mark::Text(baseline, text, style) => {
            backend.draw_text(text, &letters(*style), unit(*baseline))
        }
    };
    drawn.map_err(|e| e.to_string())
}

/// What the element of a mark needs beyond what plotters writes.
fn touch(mark: &Mark) -> String {
    match mark {
        Mark::Path(_, stroke) | Mark::Ring(_, _, stroke) => {
            svg::dash_attributes(stroke.dash, f64::from(stroke_units(stroke.width_pt)))
        }
        Mark::Text(_, _, style) if style.halo => svg::halo_attributes(3.0 * UNITS_PER_PT),
        _ => String::new(),
    }
}

fn rgba(colour: Colour, opacity: f64) -> RGBAColor {
    RGBAColor(colour.0, colour.1, colour.2, opacity)
}

fn ink(stroke: Stroke) -> ShapeStyle {
    let color = rgba(stroke.colour, 1.0);
    ShapeStyle { color, filled: false, stroke_width: stroke_units(stroke.width_pt) }
}

fn paint(fill: Fill) -> ShapeStyle {
    ShapeStyle { color: rgba(fill.colour, fill.opacity), filled: true, stroke_width: 0 }
}

fn letters(style: Type) -> TextStyle<'static> {
    let across = match style.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    TextStyle {
        font: font(style.size_pt * UNITS_PER_PT * SIZE_PER_EM, style.weight),
        color: rgba(style.colour, 1.0).to_backend_color(),
        pos: Pos::new(across, VPos::Top),
    }
}

fn font(size: f64, weight: Weight) -> FontDesc<'static> {
    let style = match weight {
        Weight::Regular => FontStyle::Normal,
        Weight::SemiBold => FontStyle::Bold,
    };
    FontDesc::new(FontFamily::Name(FAMILY), size, style)
}

fn stroke_units(width_pt: f64) -> u32 {
    unsigned(width_pt * UNITS_PER_PT)
}

fn unit((x, y): Point) -> (i32, i32) {
    (whole(x * UNITS_PER_MM), whole(y * UNITS_PER_MM))
}

fn units(points: &[Point]) -> Vec<(i32, i32)> {
    let mut units: Vec<(i32, i32)> = points.iter().copied().map(unit).collect();
    units.dedup();
    if let [only] = units[..] {
        units.push(only);
    }
    units
}

#[expect(clippy::cast_possible_truncation, reason = "a float to integer cast saturates")]
fn whole(value: f64) -> i32 {
    value.round() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float to integer cast saturates"
)]
fn unsigned(value: f64) -> u32 {
    value.round() as u32
}

/// The style sheet that brings the font of all figures to an HTML page, once.
#[must_use]
pub fn font_face_css() -> String {
    svg::font_face("Inter", 400, REGULAR) + &svg::font_face("Inter", 600, SEMI_BOLD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::theme::Dash;

    fn sample() -> Canvas {
        let mut canvas = Canvas::new(100.0, 50.0, "A <title>", "What is drawn & why");
        let points = [(10.0, 10.0), (20.0, f64::NAN), (30.0, 10.0), (40.0, 12.0), (50.0, 9.0)];
        canvas.path(&points, Stroke::data(Colour::BLUE).with_dash(Dash::Dotted));
        canvas.rect(Rect::new(10.0, 10.0, 5.0, f64::NAN), Fill::solid(Colour::GRID));
        canvas.disc((60.0, 20.0), 1.0, Fill::solid(Colour::BLACK));
        canvas.ring((f64::INFINITY, 20.0), 1.0, Stroke::data(Colour::BLACK));
        canvas.text((5.0, 45.0), "10⁹/L ≥ 50 < 60", Type::TEXT.over_lines());
        canvas
    }

    #[test]
    fn invariant_the_same_marks_give_the_same_bytes() -> Result<()> {
        assert_eq!(sample().finish(Lettering::Embedded)?, sample().finish(Lettering::Embedded)?);
        Ok(())
    }

    #[test]
    fn invariant_values_that_are_not_finite_leave_no_trace() -> Result<()> {
        let svg = sample().finish(Lettering::FromPage)?;
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert_eq!(svg.matches("<polyline").count(), 1, "one run of two or more points");
        assert_eq!(svg.matches("<circle").count(), 1);
        assert!(!svg.contains("<polygon"));
        Ok(())
    }

    #[test]
    fn invariant_every_mark_is_dressed_as_itself() -> Result<()> {
        let svg = sample().finish(Lettering::FromPage)?;
        let dotted = svg.lines().filter(|line| line.contains("stroke-dasharray"));
        assert!(dotted.into_iter().all(|line| line.starts_with("<polyline")));
        let haloed = svg.lines().filter(|line| line.contains("paint-order"));
        assert!(haloed.into_iter().all(|line| line.starts_with("<text")));
        assert!(svg.contains(">10⁹/L ≥ 50 &lt; 60</text>"));
        Ok(())
    }

    #[test]
    fn regress_the_font_and_the_values_of_curves_are_the_only_difference() -> Result<()> {
        let axis = Axis::weeks(0.0, 28.0);
        let (mut canvas, frame) = (sample(), Rect::new(0.0, 0.0, 1.0, 1.0));
        canvas.keep_values(frame, (&axis, &axis), ("<a>", Colour::BLUE), (&[1.0], &[2.0]));
        let (alone, inlined) =
            (canvas.finish(Lettering::Embedded)?, canvas.finish(Lettering::FromPage)?);
        let plain = sample().finish(Lettering::FromPage)?;
        assert_eq!(alone.replace(&format!("<style>{}</style>\n", font_face_css()), ""), plain);
        let (before, values) = inlined.split_once("<metadata>").unwrap_or_default();
        let (values, after) = values.split_once("</metadata>\n").unwrap_or_default();
        assert_eq!(format!("{before}{after}"), plain);
        assert!(values.contains("&lt;a&gt;") && values.contains("\"y\":[2.0]"), "{values}");
        Ok(())
    }
}
