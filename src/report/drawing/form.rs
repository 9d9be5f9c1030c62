//! The forms of a figure's file, by its ending.

use super::canvas::Lettering;
use super::{pdf, raster};
use crate::error::{Error, Result};
use std::ops::RangeInclusive;
use std::path::Path;

/// Dots to the inch of a figure in pixels, unless another number is asked for.
const DPI: u32 = 300;
const DPI_RANGE: RangeInclusive<u32> = 50..=1200;
const MM_PER_INCH: f32 = 25.4;

/// What a figure's file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// SVG, its text as outlines or as text with its font.
    Svg(Lettering),
    /// PNG with so many dots to the inch.
    Png(u16),
    /// PDF, its text as outlines.
    Pdf,
}

impl Form {
    /// The form that the ending of `path` asks for, in small or capital letters; with `dpi` dots to
    /// the inch in a PNG, and with `text` kept as text in an SVG.
    ///
    /// # Errors
    /// Another ending; a number of dots outside 50 to 1200, or one for a form without dots; text for
    /// a form that holds none.
    pub fn of(path: &Path, dpi: Option<u32>, text: bool) -> Result<Self> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let figure = format!("the figure `{}`", path.display());
        let refused = |first: &str, second: String, remedy: &str| {
            Err(Error::Contradiction { first: first.to_owned(), second, remedy: remedy.to_owned() })
        };
        let dots = match dpi.unwrap_or(DPI) {
            dpi if DPI_RANGE.contains(&dpi) => u16::try_from(dpi).unwrap_or(u16::MAX),
            dpi => {
                return Err(Error::OutOfRange {
                    symbol: "dpi".to_owned(),
                    value: f64::from(dpi),
                    unit: "1".to_owned(),
                    range: format!("[{}, {}]", DPI_RANGE.start(), DPI_RANGE.end()),
                });
            }
        };
        match ending.as_str() {
            "svg" | "pdf" if dpi.is_some() => {
                refused("a number of dots to the inch", figure, "end its name in .png")
            }
            "png" | "pdf" if text => refused("text kept as text", figure, "end its name in .svg"),
            "svg" if text => Ok(Self::Svg(Lettering::Embedded)),
            "svg" => Ok(Self::Svg(Lettering::Outlines)),
            "png" => Ok(Self::Png(dots)),
            "pdf" => Ok(Self::Pdf),
            _ => Err(Error::Unknown {
                kind: "form of figures with the ending",
                name: ending,
                known: ["svg", "png", "pdf"].map(str::to_owned).to_vec(),
            }),
        }
    }

    /// How the SVG is to be lettered that [`Self::file`] takes.
    #[must_use]
    pub fn lettering(self) -> Lettering {
        match self {
            Self::Svg(lettering) => lettering,
            Self::Png(_) | Self::Pdf => Lettering::FromPage,
        }
    }

    /// The file of the figure called `name` with the text `svg`.
    ///
    /// # Errors
    /// The figure cannot be drawn.
    pub fn file(self, name: &str, svg: String) -> Result<Vec<u8>> {
        match self {
            Self::Svg(_) => Ok(svg.into_bytes()),
            Self::Png(dpi) => raster::png(name, &svg, f32::from(dpi) / MM_PER_INCH),
            Self::Pdf => Ok(pdf::pdf(&raster::sheet(name, &svg)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(path: &str) -> Result<Form> {
        Form::of(Path::new(path), None, false)
    }

    #[test]
    fn analytic_the_ending_gives_the_form_in_any_letters() -> Result<()> {
        assert_eq!(form("a.svg")?, Form::Svg(Lettering::Outlines));
        assert_eq!(form("b/A.SVG")?, Form::Svg(Lettering::Outlines));
        assert_eq!(form("a.Png")?, Form::Png(300));
        assert_eq!(form("a.b.pdf")?, Form::Pdf);
        assert_eq!(Form::of(Path::new("a.png"), Some(50), false)?, Form::Png(50));
        assert_eq!(Form::of(Path::new("a.svg"), None, true)?, Form::Svg(Lettering::Embedded));
        Ok(())
    }

    #[test]
    fn invariant_other_endings_and_wishes_are_refused_with_what_to_do() {
        let said = |path: &str, dpi, text| {
            let refused = Form::of(Path::new(path), dpi, text).err();
            refused.map(|error| error.to_string()).unwrap_or_default()
        };
        for path in ["a.jpg", "a", "-", ".svg", "a.svgz", "a.png.", "a.\u{1b}"] {
            let said = said(path, None, false);
            assert!(said.contains("choose one of svg, png, pdf"), "{path}: {said}");
        }
        assert!(said("a.png", Some(49), false).contains("`dpi = 49` is outside [50, 1200]"));
        assert!(said("a.png", Some(1201), false).contains("[50, 1200]"));
        assert!(said("a.pdf", Some(300), false).contains("end its name in .png"));
        assert!(said("a.png", None, true).contains("end its name in .svg"));
    }
}
