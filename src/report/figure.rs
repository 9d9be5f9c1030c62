//! A figure, to stand alone and to stand on the page.

use super::drawing::canvas::Lettering;
use crate::error::Result;

/// One figure in both letterings.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) id: String,
    /// With its own typeface: a file.
    pub(super) alone: String,
    /// With the page's typeface.
    pub(super) on_page: String,
}

impl Figure {
    pub(super) fn new(
        id: impl Into<String>,
        draw: impl Fn(Lettering) -> Result<String>,
    ) -> Result<Self> {
        let (alone, on_page) = (draw(Lettering::Embedded)?, draw(Lettering::FromPage)?);
        Ok(Self { id: id.into(), alone, on_page })
    }

    /// Figures that are drawn together, their names preceded by `prefix`.
    pub(super) fn several(
        prefix: &str,
        draw: impl Fn(Lettering) -> Result<Vec<(String, String)>>,
    ) -> Result<Vec<Self>> {
        let pairs = draw(Lettering::Embedded)?.into_iter().zip(draw(Lettering::FromPage)?);
        let one = |((name, alone), (_, on_page)): ((String, String), (String, String))| {
            let id = format!("{prefix}_{}", name.trim_end_matches(".svg"));
            Self { id, alone, on_page }
        };
        Ok(pairs.map(one).collect())
    }
}
