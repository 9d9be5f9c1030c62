//! What stands around the panels: title, subtitle, caption, and text broken into lines.

use super::canvas::{Canvas, text_width};
use super::theme::{Colour, Fill, Stroke, Type};

/// Margin at every edge of a figure (mm).
pub const MARGIN: f64 = 3.0;
/// Width of a sheet and of a figure with several panels (mm).
pub const SHEET_WIDTH: f64 = 180.0;
/// Width of a figure on a telephone (mm): 360 CSS pixels.
pub const NARROW_WIDTH: f64 = 95.0;
/// Width of a single figure (mm).
pub const FIGURE_WIDTH: f64 = 120.0;

/// Breaks text at spaces into lines no wider than `width` mm. A number stays with what it counts ("7 days"), a sign with
/// its number. A word too long for a line has a line of its own.
#[must_use]
pub fn wrap(text: &str, width: f64, style: Type) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in unbreakable(text) {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), style) <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// The words of a text, those that belong together joined.
fn unbreakable(text: &str) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut bound = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match joined.last_mut() {
            Some(last) if bound => {
                last.push(' ');
                last.push_str(word);
            }
            _ => joined.push(word.to_owned()),
        }
        bound = word.chars().all(|c| c.is_ascii_digit() || ".×±≥≤<>".contains(c));
    }
    joined
}

/// Lines of text set under one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    lines: Vec<String>,
    style: Type,
}

impl Block {
    /// Text broken to a width (mm).
    #[must_use]
    pub fn new(text: &str, width: f64, style: Type) -> Self {
        Self { lines: wrap(text, width, style), style }
    }

    /// Height (mm).
    #[must_use]
    pub fn height(&self) -> f64 {
        self.lines.len() as f64 * self.style.line_height()
    }

    /// Width of the longest line (mm).
    #[must_use]
    pub fn width(&self) -> f64 {
        self.lines.iter().map(|line| text_width(line, self.style)).fold(0.0, f64::max)
    }

    /// Sets the block with its upper edge at `top`.
    pub fn draw(&self, canvas: &mut Canvas, x: f64, top: f64) {
        let height = self.style.line_height();
        for (i, line) in self.lines.iter().enumerate() {
            canvas.text((x, top + (i as f64 + 0.78) * height), line, self.style);
        }
    }
}

/// Title, subtitle and caption of a figure, measured before the sheet is cut to its height.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    width: f64,
    title: Block,
    subtitle: Block,
    caption: Block,
    spoken: (String, String),
}

impl Page {
    /// A page of a width (mm). An empty subtitle or caption takes no room.
    #[must_use]
    pub fn new(width: f64, title: &str, subtitle: &str, caption: &str) -> Self {
        let inside = width - 2.0 * MARGIN;
        let described = if caption.is_empty() { subtitle } else { caption };
        Self {
            width,
            title: Block::new(title, inside, Type::TITLE),
            subtitle: Block::new(subtitle, inside, Type::TEXT.coloured(Colour::NOTE)),
            caption: Block::new(caption, inside, Type::NOTE),
            spoken: (title.to_owned(), described.to_owned()),
        }
    }

    /// Where the content may begin (mm from the upper edge).
    #[must_use]
    pub fn top(&self) -> f64 {
        let subtitle = self.subtitle.height();
        MARGIN + self.title.height() + if subtitle > 0.0 { subtitle + 0.5 } else { 0.0 }
    }

    /// A canvas high enough for content that ends at `content_bottom` (mm), title and caption set on it.
    #[must_use]
    pub fn cut(&self, content_bottom: f64) -> Canvas {
        let caption = self.caption.height();
        let foot = if caption > 0.0 { caption + 3.0 } else { 0.0 };
        let height = content_bottom + foot + MARGIN;
        let mut canvas = Canvas::new(self.width, height, &self.spoken.0, &self.spoken.1);
        canvas.rect(
            super::geometry::Rect::new(0.0, 0.0, self.width, height),
            Fill::solid(Colour::WHITE),
        );
        self.title.draw(&mut canvas, MARGIN, MARGIN);
        self.subtitle.draw(&mut canvas, MARGIN, MARGIN + self.title.height() + 0.5);
        self.caption.draw(&mut canvas, MARGIN, content_bottom + 3.0);
        canvas
    }
}

/// A hairline across the page.
pub fn rule(canvas: &mut Canvas, from: f64, to: f64, y: f64) {
    canvas.path(&[(from, y), (to, y)], Stroke::new(Colour::REFERENCE, 0.6));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_wrapping_loses_no_word_and_keeps_the_width() {
        let text =
            "Typical patient, mechanistic model; the band holds 90 % of 1000 simulated patients.";
        let lines = wrap(text, 40.0, Type::NOTE);
        assert_eq!(lines.join(" "), text);
        assert!(lines.len() > 2 && lines.iter().all(|l| text_width(l, Type::NOTE) <= 40.0));
        assert!(wrap("", 40.0, Type::NOTE).is_empty());
        assert_eq!(wrap("3 mg × 7 days", 5.0, Type::NOTE), ["3 mg", "× 7 days"]);
    }
}
