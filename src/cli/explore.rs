//! `thrombo explore`: a page on which the settings of a course are moved.

use super::console::{Console, print};
use super::document::Document;
use super::model::text_file;
use super::{Answer, Outcome};
use clap::Args as ClapArgs;
use thrombopoiesis::error::Result;
use thrombopoiesis::explore::{Explorer, Server};

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
The command prints an address that contains a random token: open it in a browser on this machine.
The address of the page holds its settings, so a view can be bookmarked. No data leave this machine,
and other machines cannot reach the page. Press Ctrl-C to stop.

Measured counts of a patient can be typed in, such as 0: 35, 4: 38, 7: 52 (elapsed day: count in 10^9/L).
The band and the probabilities are then those of this patient, as in thrombo forecast for one variant
without parameter uncertainty.

Examples:
  thrombo explore
  thrombo explore --port 8080 --subjects 5000         a smoother band, slower
  thrombo explore --parameters patients_start --seed 7
  thrombo explore --model own.model                   a model of your own")]
pub(super) struct ExploreArgs {
    /// Port on this machine; 0 selects any free port
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = super::counts::port)]
    port: u16,
    /// Virtual patients: a file, or the name of a shipped set; `calibrated` is the set of each variant
    #[arg(
        long = "parameters",
        alias = "patients",
        default_value = "calibrated",
        value_name = "NAME"
    )]
    patients: String,
    /// Model in a text file with a platelet count, such as own.model, or the name of a shipped one: its patients
    /// differ as the text says
    #[arg(long, value_name = "FILE", conflicts_with = "patients")]
    model: Option<String>,
    /// Number of virtual patients for band and probabilities
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = super::counts::subjects)]
    subjects: usize,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = super::counts::seed, allow_hyphen_values = true)]
    seed: u64,
}

pub(super) fn run(args: &ExploreArgs, typed: &str, console: Console) -> Result<Answer> {
    let explorer = match &args.model {
        Some(model) => Explorer::of_text(&text_file(model), args.subjects, args.seed)?,
        None => Explorer::new(&args.patients, args.subjects, args.seed)?,
    };
    let server = Server::open(explorer, args.port)?;
    server.run(|address| {
        // Whoever asks for a document needs the address while the page is served.
        let told = if console.json {
            Document::new(typed).with("seed", args.seed).with("address", address).text()
        } else {
            format!("{address}\n")
        };
        print(&told)?;
        console.say(
            "open this address in a browser on this machine; press Ctrl-C to stop. Not for treating patients.",
        );
        Ok(())
    })?;
    Ok(Answer { outcome: Outcome::Done, document: None })
}
