//! Where a single file goes that a command writes: a path, or standard output.

use super::console::Console;
use std::path::Path;
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{Comment, OutputFile, Outputs};
use thrombopoiesis::report::Form;

/// A file that is to be written, or standard output.
pub(super) struct Sink(Option<OutputFile>);

impl Sink {
    /// Prepares the file `path`; `-` is standard output.
    pub(super) fn open(outputs: &mut Outputs, path: &Path, force: bool) -> Result<Self> {
        if path == Path::new("-") {
            return Ok(Self(None));
        }
        let file = outputs.file(path, force)?;
        Ok(Self(Some(file).filter(|file| !file.is_standard_output())))
    }

    /// Whether what is written goes to a file, beside which others can be.
    pub(super) fn is_file(&self) -> bool {
        self.0.as_ref().is_some_and(|file| file.target().is_some())
    }

    /// Writes a text, and names the file that it went to; on standard output, programs have it in their
    /// document.
    pub(super) fn write(self, text: &str, comment: Comment, console: Console) -> Result<()> {
        match self.0 {
            None => console.print(text),
            Some(file) => {
                console.say(&file.write(text.as_bytes(), comment)?.to_string());
                Ok(())
            }
        }
    }
}

/// The comments of a figure's form.
pub(super) fn comment(form: Form) -> Comment {
    match form {
        Form::Svg(_) => Comment::Xml,
        Form::Pdf => Comment::Percent,
        Form::Png(_) => Comment::Impossible,
    }
}
