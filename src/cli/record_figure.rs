//! `thrombo check --figure`: the records of a file, drawn.

use super::check::Found;
use super::console::Console;
use super::counts;
use super::sink::comment;
use clap::Args as ClapArgs;
use std::path::{Path, PathBuf};
use thrombopoiesis::check::RecordCheck;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{OutputFile, Outputs};
use thrombopoiesis::report::{DrawnRecords, Form, records_figure};
use thrombopoiesis::simulate::records::Predictor;

/// A figure of the records.
#[derive(Debug, ClapArgs)]
pub(super) struct FigureArgs {
    /// Draw the records into this file; its extension gives the format: svg, png or pdf
    #[arg(long, value_name = "FILE")]
    figure: Option<PathBuf>,
    /// Resolution in dots per inch of a figure in PNG, 50 to 1200 [default: 300]
    #[arg(long, value_name = "N", requires = "figure", value_parser = counts::dpi)]
    dpi: Option<u32>,
    /// Keep the text of an SVG figure as text with an embedded font instead of outlines
    #[arg(long, requires = "figure")]
    svg_text: bool,
    /// If a file that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long, requires = "figure")]
    force: bool,
}

/// A figure that is to be written.
#[derive(Debug)]
pub(super) struct Figure {
    file: OutputFile,
    form: Form,
}

impl FigureArgs {
    /// Prepares the figure's file, if there is to be one, beside the files that are read.
    pub(super) fn open<'p>(&self, read: impl Iterator<Item = &'p Path>) -> Result<Option<Figure>> {
        let Some(path) = &self.figure else { return Ok(None) };
        let form = Form::of(path, self.dpi, self.svg_text)?;
        let file = Outputs::beside(read).file(path, self.force)?;
        Ok(Some(Figure { file, form }))
    }
}

impl Figure {
    /// Draws the only file of records among those that were checked; nothing where it has problems.
    pub(super) fn draw(
        self,
        found: &[&Found],
        how: &RecordCheck<'_>,
        console: Console,
    ) -> Result<()> {
        let [(path, checked)] = found else {
            let second = match found.len() {
                0 => "files without records".to_owned(),
                count => format!("{count} files of records"),
            };
            let (first, remedy) = ("--figure".to_owned(), "give one file of records".to_owned());
            return Err(Error::Contradiction { first, second, remedy });
        };
        let Some(records) = &checked.kept else {
            console.say("the figure is not drawn, because the records have problems");
            return Ok(());
        };
        let drawn = DrawnRecords {
            path,
            records,
            structure: how.predictor.map(Predictor::structure),
            output: how.options.output.as_deref(),
        };
        let figure = records_figure(&drawn, self.form.lettering())?;
        let content = self.form.file("records", figure)?;
        console.say(&self.file.write(&content, comment(self.form))?.to_string());
        Ok(())
    }
}
