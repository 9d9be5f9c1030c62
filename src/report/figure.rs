//! A figure, to stand alone and to stand on the page.

use super::drawing::canvas::Lettering;
use super::stamp::stamped;
use crate::error::Result;

/// One figure in both letterings.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) id: String,
    /// With its own typeface: a file.
    pub(super) alone: String,
    /// With the page's typeface.
    pub(super) on_page: String,
    /// The same for a narrow page, where it is drawn anew for it.
    narrow: Option<String>,
}

impl Figure {
    pub(super) fn new(
        id: impl Into<String>,
        draw: impl Fn(Lettering) -> Result<String>,
    ) -> Result<Self> {
        let (alone, on_page) = (draw(Lettering::Embedded)?, draw(Lettering::FromPage)?);
        Ok(Self { id: id.into(), alone, on_page, narrow: None })
    }

    /// With the same for a narrow page.
    pub(super) fn with_narrow(self, draw: impl Fn(Lettering) -> Result<String>) -> Result<Self> {
        Ok(Self { narrow: Some(draw(Lettering::FromPage)?), ..self })
    }

    /// What stands on the page: of two drawings the one that fits is seen.
    pub(super) fn markup(&self) -> String {
        match &self.narrow {
            None => self.on_page.clone(),
            Some(narrow) => format!(
                "<div class=\"wide\">{}</div>\n<div class=\"narrow\">{narrow}</div>\n",
                self.on_page
            ),
        }
    }

    /// With a stamp in a strip below it.
    pub(super) fn stamped(&self, words: &str) -> Self {
        let [alone, on_page] = [&self.alone, &self.on_page].map(|svg| stamped(svg, words));
        let narrow = self.narrow.as_ref().map(|svg| stamped(svg, words));
        Self { id: self.id.clone(), alone, on_page, narrow }
    }

    /// Figures that are drawn together, their names preceded by `prefix`.
    pub(super) fn several(
        prefix: &str,
        draw: impl Fn(Lettering) -> Result<Vec<(String, String)>>,
    ) -> Result<Vec<Self>> {
        let pairs = draw(Lettering::Embedded)?.into_iter().zip(draw(Lettering::FromPage)?);
        let one = |((name, alone), (_, on_page)): ((String, String), (String, String))| {
            let id = format!("{prefix}_{}", name.trim_end_matches(".svg"));
            Self { id, alone, on_page, narrow: None }
        };
        Ok(pairs.map(one).collect())
    }
}
