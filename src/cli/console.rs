//! What the program says while it runs, and how text leaves it.

use super::call::Heard;
use super::document::{Document, misuse, refusal};
use super::progress::Progress;
use super::{Answer, Outcome};
use clap::builder::Styles;
use std::io::{ErrorKind, Write};
use std::path::Path;
use thrombopoiesis::error::{Error, Refusal, Result, lines};
use thrombopoiesis::model::{ParameterSet, Variant};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::simulate::doubts;
use thrombopoiesis::units::Time;

/// To whom the program speaks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console<'a> {
    /// One JSON document in place of text.
    pub(super) json: bool,
    /// Nothing but results and errors.
    pub(super) quiet: bool,
    /// What this run has warned of, and the program that called it, if one did.
    pub(super) heard: &'a Heard<'a>,
}

impl<'a> Console<'a> {
    /// Says what went wrong.
    pub(super) fn say_error(self, error: &Error, exit_code: u8) {
        let message = error.to_string() + remedy(error);
        if self.json {
            speak(&refusal(error, &message, exit_code).to_string());
            return;
        }
        if let Error::Text { drawn, .. } = error {
            speak(drawn);
            return;
        }
        let style = Styles::default();
        let style = style.get_error();
        for line in message.lines() {
            speak(&format!("{style}error:{style:#} {line}"));
        }
    }

    /// Says something about what was done, for people who watch.
    pub(super) fn say(self, text: &str) {
        if self.heard.note(text) && !self.quiet {
            speak(&lines(text));
        }
    }

    /// Warns, once of each thing; in a document the warnings are listed as well.
    pub(super) fn warn(self, text: &str) {
        if self.heard.warn(text) && !self.quiet {
            let style = Styles::default();
            let style = style.get_usage();
            speak(&format!("{style}warning:{style:#} {}", lines(text)));
        }
    }

    /// Warns of values of these parameters that are not plausible.
    pub(super) fn warn_of(self, set: &ParameterSet) {
        set.warnings.iter().for_each(|text| self.warn(text));
    }

    /// Warns of what in a regimen can hardly be meant, or changes nothing in a simulation until `end`.
    pub(super) fn warn_of_regimen(self, regimen: &Regimen, end: Time) {
        regimen.all_doubts(end).iter().for_each(|text| self.warn(text));
    }

    /// The same where the model says which doses are usual.
    pub(super) fn warn_of_doses(self, set: &ParameterSet, regimen: &Regimen, end: Time) {
        for text in doubts(set, regimen, end) {
            self.warn(&text);
        }
    }

    /// Warns of values of virtual patients that are not plausible.
    pub(super) fn warn_of_patients(
        self,
        patients: &VirtualPatients,
        variant: Variant,
    ) -> Result<()> {
        self.warn_of(&patients.typical_patient(variant)?);
        Ok(())
    }

    /// Prints a result for people; for programs it is in the document.
    pub(super) fn print(self, text: &str) -> Result<()> {
        if self.json { Ok(()) } else { print(text) }
    }

    /// The end of a command, with its document if one is wanted.
    pub(super) fn answer(
        self,
        outcome: Outcome,
        document: impl FnOnce() -> Result<Document>,
    ) -> Result<Answer> {
        let document = self.json.then(document).transpose()?;
        let said = self.heard.warnings();
        Ok(Answer { outcome, document: document.map(|document| document.with_warnings(&said)) })
    }

    /// How far a long run is: a bar on terminals, elsewhere a line a stage.
    pub(super) fn progress(self) -> Progress<'a> {
        Progress::new(self)
    }
}

/// What the command line can do about it beyond what the library says.
fn remedy(error: &Error) -> &'static str {
    match error {
        Error::NotWritten { refusal: Refusal::Foreign(_) | Refusal::ForeignFile, .. } => {
            ", or add --force, which renames the existing file or folder"
        }
        Error::Io { action: "read", source, .. } if source.kind() == ErrorKind::NotFound => {
            "; `thrombo init DIR` writes files to start from"
        }
        _ => "",
    }
}

/// Says as a document what is wrong with the arguments.
pub(super) fn say_misuse(message: &str, exit_code: u8) {
    speak(&misuse(message, exit_code).to_string());
}

/// Writes a line to standard error, without colour where that is not wanted. Where nobody listens any
/// more, there is nobody to tell.
fn speak(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// Prints what is wrong with the arguments, or the help that they ask for; says whether that could be
/// printed.
pub(super) fn print_misuse(error: &clap::Error) -> bool {
    if let Some(said) = super::usage::bounded(error).filter(|_| error.use_stderr()) {
        speak(said.trim_end());
        return true;
    }
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    printed.is_ok() || error.use_stderr()
}

/// Writes `text` to standard output. A reader that has heard enough, such as `head`, is no error.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::io(Path::new("standard output"), "written")(error))
        }
        _ => Ok(()),
    }
}
