//! The typeface of every figure, and the width of a line set in it.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::theme::{PT_PER_MM, Type, Weight};

pub(super) const REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.otf");
pub(super) const SEMI_BOLD: &[u8] = include_bytes!("fonts/Inter-SemiBold.otf");

/// Letters are measured at this many units per em.
const UNITS_PER_EM: f64 = 1000.0;
/// Inter's line from ascender to descender in these units.
const LINE_UNITS: f32 = 1210.4;

/// Width (mm) of a line of text.
#[must_use]
pub fn text_width(text: &str, style: Type) -> f64 {
    let em = FontRef::new(match style.weight {
        Weight::Regular => REGULAR,
        Weight::SemiBold => SEMI_BOLD,
    })
    .map_or_else(|_| 0.6 * text.chars().count() as f64, |font| width_em(text, &font));
    em * style.size_pt / PT_PER_MM
}

/// Sum of the advances (em), cut to whole units; a character that the font lacks is as wide as the font's box for it.
fn width_em(text: &str, font: &FontRef<'_>) -> f64 {
    let line = font.metrics(Size::unscaled(), LocationRef::default());
    let scale = LINE_UNITS / (line.ascent - line.descent);
    let (glyphs, sizes) =
        (font.charmap(), font.glyph_metrics(Size::unscaled(), LocationRef::default()));
    let units: f32 = text
        .chars()
        .map(|c| glyphs.map(c).unwrap_or(GlyphId::NOTDEF))
        .map(|glyph| scale * sizes.advance_width(glyph).unwrap_or_default())
        .fold(0.0, |sum, width| sum + width);
    f64::from(units.trunc()) / UNITS_PER_EM
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_text_is_measured_by_the_font() {
        assert!((text_width("0000", Type::TEXT) - 4.0 * text_width("0", Type::TEXT)).abs() < 0.02);
        assert!(text_width("MMM", Type::TEXT) > 2.0 * text_width("iii", Type::TEXT));
        assert!(text_width("median", Type::VALUE) > text_width("median", Type::TEXT));
        assert_eq!(text_width("", Type::TEXT).to_bits(), 0.0_f64.to_bits());
    }
}
