//! `thrombo report`: everything into one folder.

use super::console::Console;
use super::document::Document;
use super::model::text_file;
use super::report_pdf::Browser;
use super::{Answer, Outcome, failures};
use clap::Args as ClapArgs;
use std::path::{Path, PathBuf};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::Outputs;
use thrombopoiesis::model::chosen_set;
use thrombopoiesis::report::{self, Content, ForecastFile, Identity, Sections};

/// The page as it is printed.
const PDF: &str = "report.pdf";
/// What the program offers for more subjects than a report forecasts.
const INSTEAD: &str = ", or use `thrombo forecast`";

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  thrombo report                    into the folder report/; open report/index.html
  thrombo report --out results      into the folder results/
  thrombo report --png --pdf        also write every figure as PNG, and the page as PDF
  thrombo report --scenario own.toml --trial trial.toml --title \"Shorter courses\" --author \"A. Author\"
  thrombo report --forecast counts.csv --regimen \"3 mg qd x7\"     also forecast the subjects of a file
  thrombo report --sections answer,window,limits       these sections only, and what they need
  thrombo report report.toml        what the file says; options replace its keys
  thrombo report --model own.model  a model in a text: its equations, checks and regimens")]
pub(super) struct ReportArgs {
    /// What the report holds, as a file: sections, title, own regimens and trials, subjects to forecast
    #[arg(value_name = "FILE", conflicts_with = "model")]
    pub(super) file: Option<PathBuf>,
    /// Folder for index.html and figures/
    #[arg(long, default_value = "report", value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Virtual patients to use instead of the calibrated ones: a file, or the name of a shipped set
    #[arg(long, alias = "patients", value_name = "FILE")]
    pub(super) parameters: Option<String>,
    /// Report on this model in a text instead: a file, or the name of a shipped one
    #[arg(long, value_name = "FILE", conflicts_with = "parameters")]
    pub(super) model: Option<String>,
    /// With --model: structural variant [default: the first]
    #[arg(long, value_name = "NAME", requires = "model")]
    pub(super) variant: Option<String>,
    /// With --model: preset [default: the values of the text itself]
    #[arg(long, value_name = "NAME", requires = "model")]
    pub(super) population: Option<String>,
    /// Add an own regimen, a scenario file; repeatable
    #[arg(long = "scenario", value_name = "FILE", conflicts_with = "model")]
    pub(super) scenarios: Vec<PathBuf>,
    /// Also replicate an own trial, a trial file; repeatable
    #[arg(long = "trial", value_name = "FILE", conflicts_with = "model")]
    pub(super) trials: Vec<PathBuf>,
    /// Also forecast the subjects of this file, at most 20: counts, or records in the form of NONMEM
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    pub(super) forecast: Option<PathBuf>,
    /// Doses of every subject to forecast, given and planned, if the file has none: such as "3 mg qd x7" from time 0
    #[arg(long, value_name = "TEXT", conflicts_with = "model")]
    pub(super) regimen: Option<String>,
    /// Sections of the report [default: all]: answer, window, optimum, forecasts, comparison, trials, calibration, variants,
    /// sensitivity, safety, limits, methods, descriptive, model, regimens, references
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "model")]
    pub(super) sections: Vec<String>,
    #[command(flatten)]
    pub(super) identity: IdentityArgs,
    /// If a folder that thrombo did not write, or that has been modified, is in the way, rename it to DIR.previous
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) figures: FigureArgs,
    /// Also print the page, as report.pdf; needs Chromium or Chrome
    #[arg(long)]
    pub(super) pdf: bool,
}

/// How figures are written.
#[derive(Debug, ClapArgs)]
pub(super) struct FigureArgs {
    /// Leave out the stamp on each figure, which names the version, the inputs and DRAFT
    #[arg(long, conflicts_with = "model")]
    no_stamp: bool,
    /// Also write every figure as PNG
    #[arg(long)]
    png: bool,
}

/// Who signs the report, and what it asks.
#[derive(Debug, ClapArgs)]
pub(super) struct IdentityArgs {
    /// Title of the report
    #[arg(long, value_name = "TEXT", conflicts_with = "model")]
    title: Option<String>,
    /// Question that the report answers
    #[arg(long, value_name = "TEXT", conflicts_with = "model")]
    question: Option<String>,
    /// Author of the report
    #[arg(long, value_name = "TEXT", conflicts_with = "model")]
    author: Option<String>,
    /// Date of the report, written as it is given
    #[arg(long, value_name = "TEXT", conflicts_with = "model")]
    date: Option<String>,
    /// Number of the report
    #[arg(long, value_name = "TEXT", conflicts_with = "model")]
    id: Option<String>,
    /// The report is final; otherwise its head and each figure say DRAFT
    #[arg(long = "final", conflicts_with = "model")]
    is_final: bool,
}

impl ReportArgs {
    /// What the file says, if there is one; what is typed stands in its place.
    fn content(&self) -> Result<Content> {
        let mut content = self.file.as_deref().map(Content::load).transpose()?.unwrap_or_default();
        if self.parameters.is_some() {
            content.parameters.clone_from(&self.parameters);
        }
        if !self.scenarios.is_empty() {
            content.scenarios.clone_from(&self.scenarios);
        }
        if !self.trials.is_empty() {
            content.trials.clone_from(&self.trials);
        }
        if let Some(path) = self.forecast.clone() {
            content.forecasts = Some(ForecastFile { path, regimen: None, instead: INSTEAD });
        }
        match &mut content.forecasts {
            Some(forecasts) => {
                forecasts.instead = INSTEAD;
                if self.regimen.is_some() {
                    forecasts.regimen.clone_from(&self.regimen);
                }
            }
            None if self.regimen.is_some() => {
                return Err(Error::Contradiction {
                    first: "--regimen".to_owned(),
                    second: "a report without subjects to forecast".to_owned(),
                    remedy: "name their file with --forecast, or leave the option out".to_owned(),
                });
            }
            None => {}
        }
        if !self.sections.is_empty() {
            content.sections = Sections::of(&self.sections)?;
        }
        self.identity.replace(&mut content.identity);
        content.unstamped = self.figures.no_stamp;
        Ok(content)
    }

    /// The files that these arguments name as inputs, and those that `content` names.
    fn reads<'a>(&'a self, content: &'a Content) -> impl Iterator<Item = &'a Path> {
        let named = [content.parameters.as_deref(), self.model.as_deref()].into_iter().flatten();
        let forecast = content.forecasts.as_ref().map(|file| &file.path);
        let own = content.scenarios.iter().chain(&content.trials).chain(forecast).chain(&self.file);
        named.map(Path::new).chain(own.map(PathBuf::as_path))
    }
}

impl IdentityArgs {
    fn replace(&self, identity: &mut Identity) {
        let Self { title, question, author, date, id, is_final } = self;
        identity.is_final |= is_final;
        for (own, typed) in [
            (&mut identity.title, title),
            (&mut identity.question, question),
            (&mut identity.author, author),
            (&mut identity.date, date),
            (&mut identity.id, id),
        ] {
            if typed.is_some() {
                own.clone_from(typed);
            }
        }
    }
}

pub(super) fn run(args: &ReportArgs, typed: &str, console: Console) -> Result<Answer> {
    let content = args.content()?;
    let browser = args.pdf.then(Browser::find).transpose()?;
    let mut folder = Outputs::beside(args.reads(&content)).folder(&args.out, args.force)?;
    let progress = console.progress();
    let tell = |stage: &str, done: usize, total: usize| progress.tell(stage, done, total);
    let report = match &args.model {
        Some(model) => {
            let file = text_file(model);
            let set = chosen_set(&file, args.population.as_deref(), args.variant.as_deref())?;
            report::model_report((&file, &set), typed, &tell)?
        }
        None => report::build(&content, typed, &tell)?,
    };
    drop(progress);
    console.warn_of(&report.typical);
    if let Some(remarks) = &report.forecasts {
        remarks.warnings.iter().for_each(|text| console.warn(text));
        remarks.notes.iter().for_each(|text| console.say(text));
    }
    let judged = failures::judge(console, &report.failures, &report.typical)?;
    let mut written: Vec<String> = report.files.iter().map(|(name, _)| name.clone()).collect();
    if args.figures.png {
        for (name, content) in report::png_of(&report.files)? {
            written.push(name.clone());
            folder.add(name, content);
        }
    }
    let page = report.files.iter().find(|(name, _)| name == "index.html");
    if let Some((browser, (_, page))) = browser.zip(page) {
        written.push(PDF.to_owned());
        folder.add(PDF, browser.print(page)?);
    }
    for (name, content) in report.files {
        folder.add(name, content);
    }
    let placed = folder.finish(&report.record.to_toml())?;
    console.say(&format!("{placed}\nopen {}", args.out.join("index.html").display()));
    let failed_subjects = report.forecasts.as_ref().map(|remarks| remarks.failed_subjects);
    let outcome = match (report.converged, failed_subjects.unwrap_or(0)) {
        (false, _) => Outcome::NotConverged,
        (true, 0) => judged,
        (true, _) => Outcome::Problems,
    };
    console.answer(outcome, || {
        let document = Document::of(&report.record)
            .with("folder", args.out.display().to_string())
            .with("written", written)
            .with("converged", report.converged);
        Ok(match failed_subjects {
            Some(failed) => document.with("failed_subjects", failed),
            None => document,
        })
    })
}
