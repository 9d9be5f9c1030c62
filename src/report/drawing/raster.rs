//! Figures as pixels and as outlines, lettered with the program's own font. The only file that knows
//! resvg.

use super::letters::{REGULAR, SEMI_BOLD};
use super::png::with_resolution;
use super::shapes::{Line, Paint, Shape, Sheet, Step};
use crate::error::{Error, Result};
use crate::machine::prepare_threads;
use rayon::prelude::*;
use resvg::tiny_skia::{Color, PathSegment, Pixmap, Point, Transform};
use resvg::usvg::fontdb::{Database, ID, Source};
use resvg::usvg::{
    self, Font, FontResolver, Group, LineCap, LineJoin, Node, Options, PaintOrder, Tree,
};
use std::sync::{Arc, OnceLock};

/// Pixels in a mm of a figure in a file: 305 to the inch, enough for print.
pub const PIXELS_PER_MM: f32 = 12.0;
/// SVG counts in pixels of 1/96 inch.
const MM_PER_SVG_PIXEL: f32 = 25.4 / 96.0;

/// The two weights of the font, and no other font of the machine.
struct Fonts {
    database: Arc<Database>,
    regular: Option<ID>,
    semi_bold: Option<ID>,
}

impl Fonts {
    fn load() -> Self {
        let mut database = Database::new();
        let mut load = |bytes: &'static [u8]| {
            database.load_font_source(Source::Binary(Arc::new(bytes))).first().copied()
        };
        let (regular, semi_bold) = (load(REGULAR), load(SEMI_BOLD));
        Self { database: Arc::new(database), regular, semi_bold }
    }

    /// Chooses by weight alone: the file of the heavier one gives its weight as part of the family's name.
    fn resolver(&self) -> FontResolver<'_> {
        let by_weight = |font: &Font, _: &mut Arc<Database>| {
            if font.weight() >= 600 { self.semi_bold } else { self.regular }
        };
        FontResolver { select_font: Box::new(by_weight), ..FontResolver::default() }
    }
}

fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(Fonts::load)
}

/// The drawing in the text `svg` of the figure called `name`.
fn tree(name: &str, svg: &str) -> Result<Tree> {
    let fonts = fonts();
    let options = Options {
        fontdb: Arc::clone(&fonts.database),
        font_resolver: fonts.resolver(),
        ..Options::default()
    };
    Tree::from_str(svg, &options).map_err(|error| failed(name, error.to_string()))
}

fn failed(name: &str, reason: String) -> Error {
    Error::Figure { figure: name.to_owned(), reason }
}

/// The figure called `name` as outlines, its letters too.
///
/// # Errors
/// Text that is not SVG.
pub(super) fn sheet(name: &str, svg: &str) -> Result<Sheet> {
    let tree = tree(name, svg)?;
    let mut shapes = Vec::new();
    outline_group(tree.root(), 1.0, &mut shapes);
    Ok(Sheet { width: tree.size().width(), height: tree.size().height(), shapes })
}

/// The outlines of each line of text of the figure called `name`, in its order.
///
/// # Errors
/// Text that is not SVG.
pub(super) fn letters(name: &str, svg: &str) -> Result<Vec<Vec<Shape>>> {
    fn find(group: &Group, found: &mut Vec<Vec<Shape>>) {
        for node in group.children() {
            match node {
                Node::Group(inner) => find(inner, found),
                Node::Text(text) => {
                    let mut shapes = Vec::new();
                    outline_group(text.flattened(), 1.0, &mut shapes);
                    found.push(shapes);
                }
                Node::Path(_) | Node::Image(_) => {}
            }
        }
    }
    let mut found = Vec::new();
    find(tree(name, svg)?.root(), &mut found);
    Ok(found)
}

fn outline_group(group: &Group, opacity: f32, shapes: &mut Vec<Shape>) {
    let opacity = opacity * group.opacity().get();
    for node in group.children() {
        match node {
            Node::Group(inner) => outline_group(inner, opacity, shapes),
            Node::Text(text) => outline_group(text.flattened(), opacity, shapes),
            Node::Path(path) if path.is_visible() => shapes.extend(outline(path, opacity)),
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

fn outline(path: &usvg::Path, opacity: f32) -> Option<Shape> {
    let transform = path.abs_transform();
    let data = path.data().clone().transform(transform)?;
    let scale = transform.get_scale().0;
    let fill = path.fill().and_then(|fill| paint(fill.paint(), fill.opacity().get() * opacity));
    let line = path.stroke().and_then(|stroke| {
        let dashes = stroke.dasharray().unwrap_or_default();
        Some(Line {
            paint: paint(stroke.paint(), stroke.opacity().get() * opacity)?,
            width: stroke.width().get() * scale,
            dashes: dashes.iter().map(|length| length * scale).collect(),
            round_ends: stroke.linecap() == LineCap::Round,
            round_corners: stroke.linejoin() == LineJoin::Round,
        })
    });
    let line_first = path.paint_order() == PaintOrder::StrokeAndFill;
    Some(Shape { steps: steps(data.segments()), fill, line, line_first })
}

/// A plain colour; figures have no others.
fn paint(paint: &usvg::Paint, opacity: f32) -> Option<Paint> {
    match paint {
        usvg::Paint::Color(colour) => {
            Some(Paint { rgb: [colour.red, colour.green, colour.blue], opacity })
        }
        _ => None,
    }
}

/// The segments with lines and cubic curves alone.
fn steps(segments: impl Iterator<Item = PathSegment>) -> Vec<Step> {
    let mut at = Point::zero();
    let mut steps = Vec::new();
    for segment in segments {
        let (step, to) = match segment {
            PathSegment::MoveTo(to) => (Step::Move([to.x, to.y]), to),
            PathSegment::LineTo(to) => (Step::Line([to.x, to.y]), to),
            PathSegment::QuadTo(by, to) => {
                let toward = |from: f32, by: f32| from + 2.0 / 3.0 * (by - from);
                let near = [toward(at.x, by.x), toward(at.y, by.y)];
                let far = [toward(to.x, by.x), toward(to.y, by.y)];
                (Step::Curve([near[0], near[1], far[0], far[1], to.x, to.y]), to)
            }
            PathSegment::CubicTo(a, b, to) => (Step::Curve([a.x, a.y, b.x, b.y, to.x, to.y]), to),
            PathSegment::Close => (Step::Close, at),
        };
        steps.push(step);
        at = to;
    }
    steps
}

/// The figure called `name` as PNG, `pixels_per_mm` pixels to a mm: the same SVG gives the same bytes.
///
/// # Errors
/// Text that is not SVG, or a size that holds no pixel or too many.
pub fn png(name: &str, svg: &str, pixels_per_mm: f32) -> Result<Vec<u8>> {
    let tree = tree(name, svg)?;
    let scale = pixels_per_mm * MM_PER_SVG_PIXEL;
    let (width, height) =
        (pixels(tree.size().width() * scale), pixels(tree.size().height() * scale));
    let mut paper = Pixmap::new(width, height)
        .ok_or_else(|| failed(name, format!("{width} by {height} pixels cannot be drawn")))?;
    paper.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut paper.as_mut());
    let png = paper.encode_png().map_err(|error| failed(name, error.to_string()))?;
    Ok(with_resolution(png, pixels_per_mm))
}

/// For each figure among `files` (name and text) the name and the bytes of the PNG beside it.
///
/// # Errors
/// As [`png`].
pub fn png_of(files: &[(String, String)]) -> Result<Vec<(String, Vec<u8>)>> {
    prepare_threads();
    let figures: Vec<(&str, &str)> = files
        .iter()
        .filter(|(name, _)| name.starts_with("figures/"))
        .filter_map(|(name, svg)| Some((name.strip_suffix(".svg")?, svg.as_str())))
        .collect();
    let draw =
        |(name, svg): &(&str, &str)| Ok((format!("{name}.png"), png(name, svg, PIXELS_PER_MM)?));
    figures.par_iter().map(draw).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float to integer cast saturates, and a size that is too large is refused"
)]
fn pixels(length: f32) -> u32 {
    length.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::canvas::{Canvas, Lettering};
    use crate::report::drawing::geometry::Rect;
    use crate::report::drawing::theme::{Colour, Fill, Type};

    fn sample(words: &[(&str, Type)], lettering: Lettering) -> Result<String> {
        let mut canvas = Canvas::new(40.0, 20.0, "t", "d");
        canvas.rect(Rect::new(0.0, 0.0, 40.0, 20.0), Fill::solid(Colour::WHITE));
        canvas.rect(Rect::new(2.0, 2.0, 5.0, 5.0), Fill::solid(Colour::BLUE));
        for (i, (text, style)) in words.iter().enumerate() {
            canvas.text((10.0, 6.0 + 5.0 * i as f64), text, *style);
        }
        canvas.finish(lettering)
    }

    /// Width and height, and the pixels that are not white.
    fn inked(png: &[u8]) -> (u32, u32, usize) {
        let pixmap = Pixmap::decode_png(png).unwrap();
        let ink =
            pixmap.pixels().iter().filter(|p| (p.red(), p.green(), p.blue()) != (255, 255, 255));
        (pixmap.width(), pixmap.height(), ink.count())
    }

    #[test]
    fn invariant_a_png_has_the_size_of_its_figure_and_its_marks() -> Result<()> {
        let bare = png("t", &sample(&[], Lettering::FromPage)?, 10.0)?;
        let (width, height, ink) = inked(&bare);
        assert_eq!((width, height), (400, 200));
        // A square of 5 mm by 5 mm, its edges blurred.
        assert!((2_400..2_700).contains(&ink), "{ink}");
        Ok(())
    }

    #[test]
    fn invariant_both_weights_of_text_are_drawn_in_the_font_of_the_program() -> Result<()> {
        let count = |words: &[(&str, Type)]| -> Result<usize> {
            Ok(inked(&png("t", &sample(words, Lettering::FromPage)?, 10.0)?).2)
        };
        let bare = count(&[])?;
        let (regular, bold) = (Type::TEXT, Type { colour: Type::TEXT.colour, ..Type::VALUE });
        let thin = count(&[("10⁹/L", regular)])? - bare;
        let thick = count(&[("10⁹/L", bold)])? - bare;
        assert!(thin > 100 && thick > thin, "{thin} {thick}");
        Ok(())
    }

    #[test]
    fn invariant_the_same_figure_gives_the_same_bytes_with_or_without_its_font() -> Result<()> {
        let words = [("median", Type::TEXT)];
        let page = sample(&words, Lettering::FromPage)?;
        let first = png("t", &page, PIXELS_PER_MM)?;
        assert_eq!(first, png("t", &page, PIXELS_PER_MM)?);
        assert_eq!(first, png("t", &sample(&words, Lettering::Embedded)?, PIXELS_PER_MM)?);
        Ok(())
    }

    #[test]
    fn invariant_only_figures_get_a_png_and_what_is_none_is_refused() -> Result<()> {
        let svg = sample(&[], Lettering::FromPage)?;
        let files =
            [("index.html", "<svg"), ("figures/a.svg", svg.as_str()), ("figures/a.txt", "")];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let found: Vec<String> = png_of(&files)?.into_iter().map(|file| file.0).collect();
        assert_eq!(found, ["figures/a.png"]);
        assert!(png("t", "no svg", 10.0).is_err() && png("t", &svg, 0.0).is_err());
        assert!(png("t", &svg, 1e9).is_err());
        Ok(())
    }
}
