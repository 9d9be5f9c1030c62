//! `thrombo model`: write, check and show a model in a text file.

use super::console::Console;
use super::document::Document;
use super::sink::Sink;
use super::{Answer, Outcome};
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::export::{Request, Tool, export};
use thrombopoiesis::files::{Comment, Outputs, carried};
use thrombopoiesis::model::text::TextModel;
use thrombopoiesis::model::{MODEL_ENDING, MODEL_NAMES, ParameterSet, chosen_set, parameter_set};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::report::model_page;
use thrombopoiesis::simulate::{
    CheckResult, Findings, checked_regimens, model_checks, model_findings,
};
use thrombopoiesis::units::rounding::{Form, significant};

#[derive(Debug, ClapArgs)]
#[command(
    arg_required_else_help = true,
    after_help = "\
A model is a text with equations, parameters, units and sources; docs/model_language.md describes the language.
A file of a model stands wherever a command takes the name of one.

Examples:
  thrombo model new own.model
  thrombo model check own.model
  thrombo simulate --model own.model --regimen \"3 mg qd x7\""
)]
pub(super) struct ModelArgs {
    #[command(subcommand)]
    pub(super) command: ModelCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ModelCommand {
    /// Write a commented model to start from
    New(NewArgs),
    /// Check a model: units, names, rest without drug, published values
    Check(FileArgs),
    /// Show a model as a whole: parameters with sources, equations, what is solved in closed form
    Show(ShowArgs),
    /// Print a model in one form: sections in order, spaces and units normalised, comments kept
    Fmt(FmtArgs),
}

#[derive(Debug, ClapArgs)]
pub(super) struct NewArgs {
    /// File to write, such as own.model; - is standard output
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// What the model is like
    #[arg(long, value_enum, default_value_t = Template::Turnover)]
    pub(super) template: Template,
    /// If a file that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct FileArgs {
    /// File of the model, or the name of a shipped one
    #[arg(value_name = "FILE")]
    pub(super) file: String,
}

#[derive(Debug, ClapArgs)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate switch")]
pub(super) struct ShowArgs {
    /// File of the model, or the name of a shipped one
    #[arg(value_name = "FILE")]
    pub(super) file: String,
    /// Variant to show [default: the first]
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Option<String>,
    /// Preset to show [default: the text as it stands]
    #[arg(long, value_name = "NAME")]
    pub(super) population: Option<String>,
    /// Write out the chains and the equations of the variant, in the form of rxode2
    #[arg(long, conflicts_with = "latex")]
    pub(super) expanded: bool,
    /// Show the equations as LaTeX
    #[arg(long)]
    pub(super) latex: bool,
    /// Write the model as one web page that needs no network: equations, diagram, parameters, routes, outputs
    #[arg(long, conflicts_with_all = ["expanded", "latex"])]
    pub(super) html: bool,
    /// With --html: file to write; - is standard output
    #[arg(long, default_value = "-", value_name = "FILE", requires = "html")]
    pub(super) out: PathBuf,
    /// If a file that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long, requires = "html")]
    pub(super) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct FmtArgs {
    /// File of the model
    #[arg(value_name = "FILE")]
    pub(super) file: String,
    /// Where to write it; - is standard output
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Print nothing, and end with exit code 1 if the file is not in this form
    #[arg(long, conflicts_with = "out")]
    pub(super) check: bool,
    /// If a file that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long)]
    pub(super) force: bool,
}

/// The models to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Template {
    /// Indirect response: the drug raises the production of platelets
    Turnover,
    /// A chain of transit compartments before absorption
    #[value(name = "transit_absorption")]
    TransitAbsorption,
    /// Target-mediated drug disposition
    Tmdd,
    /// The project's own model of thrombopoiesis
    Mechanistic,
}

impl Template {
    fn file(self) -> &'static str {
        match self {
            Self::Turnover => "examples/models/turnover.model",
            Self::TransitAbsorption => "examples/models/transit_absorption.model",
            Self::Tmdd => "examples/models/tmdd.model",
            Self::Mechanistic => "models/mechanistic.model",
        }
    }
}

pub(super) fn run(args: &ModelArgs, typed: &str, console: Console) -> Result<Answer> {
    match &args.command {
        ModelCommand::New(args) => new(args, typed, console),
        ModelCommand::Check(args) => check(args, typed, console),
        ModelCommand::Show(args) => show(args, typed, console),
        ModelCommand::Fmt(args) => fmt(args, typed, console),
    }
}

/// The file that holds the text of a shipped model, which has its name; other files as they are named.
pub(super) fn text_file(name: &str) -> String {
    if MODEL_NAMES.contains(&name) {
        return format!("models/{name}{MODEL_ENDING}");
    }
    name.to_owned()
}

/// The text of a model, which a model written in Rust does not have.
fn text_of(set: &ParameterSet) -> Result<&TextModel> {
    set.model.text().ok_or_else(|| Error::Contradiction {
        first: format!("the model {}", set.model),
        second: "a model in a text file".to_owned(),
        remedy: format!("give models/{}.model of the repository", set.model),
    })
}

fn show(args: &ShowArgs, typed: &str, console: Console) -> Result<Answer> {
    let file = &text_file(&args.file);
    let set = chosen_set(file, args.population.as_deref(), args.variant.as_deref())?;
    let text = text_of(&set)?;
    if args.html {
        return page(args, &set, typed, console);
    }
    let mut shown = super::models::one(&set)?;
    let _ = writeln!(shown, "\nvariability between subjects:");
    let spreads = VirtualPatients::of_model(file, set.population)?
        .map(|patients| patients.spreads(set.variant))
        .unwrap_or_default();
    for spread in &spreads {
        let _ = writeln!(shown, "{:18} {}", spread.symbol, spread.distribution);
    }
    if spreads.is_empty() {
        shown += "none\n";
    }
    if args.latex {
        shown += "\n";
        for equation in text.equations() {
            let _ = writeln!(shown, "{} % {}", equation.latex, equation.unit);
        }
    } else if args.expanded {
        let _ = writeln!(shown, "\nequations with chains written out, time in h:");
        shown += &equations(&set)?;
    } else {
        let canonical = text.canonical();
        let begin = canonical.find("[dosing]").or_else(|| canonical.find("[states]"));
        let _ = writeln!(shown, "\n{}", &canonical[begin.unwrap_or(0)..].trim_end());
    }
    let _ = writeln!(shown, "\nSHA-256 of the text without comments: {}", text.hash());
    console.print(&shown)?;
    console.answer(Outcome::Done, || {
        Ok(Document::new(typed)
            .with("model", set.model.name())
            .with("hash", text.hash())
            .with("text", shown))
    })
}

/// Writes the model as a web page.
fn page(args: &ShowArgs, set: &ParameterSet, typed: &str, console: Console) -> Result<Answer> {
    let page = model_page(set)?;
    let mut outputs = Outputs::beside([Path::new(&args.file)]);
    Sink::open(&mut outputs, &args.out, args.force)?.write(&page, Comment::Xml, console)?;
    console.answer(Outcome::Done, || {
        Ok(Document::new(typed).with("model", set.model.name()).with("page", page))
    })
}

/// The equations with all chains written out, as they are run.
fn equations(set: &ParameterSet) -> Result<String> {
    let regimen = Regimen::placebo();
    let request = Request::new(set, &regimen);
    let text = export(&request, Tool::Rxode2)?.text;
    let begin = text.find("rxode2({").map_or(0, |at| at + "rxode2({".len());
    let end = text[begin..].find("\n})").map_or(text.len(), |at| begin + at);
    Ok(text[begin..end].trim_start_matches('\n').to_owned() + "\n")
}

fn fmt(args: &FmtArgs, typed: &str, console: Console) -> Result<Answer> {
    let set = parameter_set(&text_file(&args.file), None)?;
    let text = text_of(&set)?;
    let formatted = text.formatted();
    let is_formatted = formatted == text.text();
    if args.check {
        if !is_formatted {
            console.print(&format!("{}: not in the form of `thrombo model fmt`\n", args.file))?;
        }
    } else {
        let mut outputs = Outputs::beside([Path::new(&args.file)]);
        Sink::open(&mut outputs, &args.out, args.force)?.write(
            &formatted,
            Comment::Hash,
            console,
        )?;
    }
    let outcome = if args.check && !is_formatted { Outcome::Problems } else { Outcome::Done };
    console.answer(outcome, || {
        Ok(Document::new(typed).with("formatted", is_formatted).with("text", formatted))
    })
}

fn new(args: &NewArgs, typed: &str, console: Console) -> Result<Answer> {
    let text = carried(args.template.file())?;
    let mut outputs = Outputs::beside(std::iter::empty::<&Path>());
    let sink = Sink::open(&mut outputs, &args.file, args.force)?;
    sink.write(text, Comment::Hash, console)?;
    console.answer(Outcome::Done, || {
        Ok(Document::new(typed).with("written", args.file.display().to_string()))
    })
}

fn check(args: &FileArgs, typed: &str, console: Console) -> Result<Answer> {
    let file = &text_file(&args.file);
    let set = parameter_set(file, None)?;
    if let Some(text) = set.model.text() {
        text.warnings_in_words().iter().for_each(|warning| console.warn(warning));
    }
    let results = model_checks(file)?;
    let findings = model_findings(&set, &checked_regimens(&set)?)?;
    findings.warnings.iter().for_each(|warning| console.warn(warning));
    console.print(&summary(&set, &findings, &results)?)?;
    let holds = results.iter().all(CheckResult::holds);
    let outcome = if holds { Outcome::Done } else { Outcome::Problems };
    console.answer(outcome, || {
        Ok(Document::new(typed)
            .with("ok", holds)
            .with("model", set.model.name())
            .with("findings", &findings.facts)
            .with("checks", results.iter().map(as_json).collect::<Value>()))
    })
}

fn as_json(result: &CheckResult) -> Value {
    json!({
        "code": result.code,
        "what": result.what,
        "published": result.published,
        "found": result.found,
        "within": result.within,
        "unit": result.unit,
        "holds": result.holds(),
    })
}

/// What the model has, and what came of its checks.
fn summary(set: &ParameterSet, findings: &Findings, results: &[CheckResult]) -> Result<String> {
    let mut text = format!("{}: {}\n", set.model, set.model.title());
    let equations = set.model.individual(&set.theta())?;
    let names = |all: Vec<String>| if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    let routes = names(set.model.routes().iter().map(ToString::to_string).collect());
    let outputs = set.model.text().map(|own| own.outputs.iter().map(|o| o.name.clone()).collect());
    let _ = writeln!(
        text,
        "{} states, {} parameters, routes: {routes}, outputs: {}",
        equations.states().len(),
        set.entries.len(),
        names(outputs.unwrap_or_default())
    );
    let variants = set.model.variants().iter().map(|(own, _)| own.to_string()).collect();
    let presets = set.model.text().map(|own| own.presets.iter().map(|p| p.name.clone()).collect());
    let _ = writeln!(
        text,
        "variants: {}; presets: {}",
        names(variants),
        names(presets.unwrap_or_default())
    );
    if equations.linear_pk().is_some() {
        text += "the pharmacokinetics are linear: in populations they are taken in closed form\n";
    }
    let unsourced = set.entries.iter().filter(|own| own.source.is_empty() && own.unit != "1");
    let unsourced: Vec<String> = unsourced.map(|own| own.symbol.clone()).collect();
    if !unsourced.is_empty() {
        let _ = writeln!(text, "without a source: {}", unsourced.join(", "));
    }
    findings.facts.iter().for_each(|fact| text = format!("{text}{fact}\n"));
    for result in results {
        text += &line(result);
    }
    Ok(text)
}

/// One check in a line.
fn line(result: &CheckResult) -> String {
    let verdict = if result.holds() { "holds" } else { "does not hold" };
    let number = |value: f64| significant(value, 6, Form::Label);
    let code = if result.holds() { String::new() } else { format!("{} ", result.code) };
    match result.published {
        None => format!(
            "{code}{}: {verdict} (largest rate {:.1e} {})\n",
            result.what, result.found, result.unit
        ),
        Some(published) => format!(
            "{code}{}: {} {unit}, published {} {unit} within {}: {verdict}\n",
            result.what,
            number(result.found),
            number(published),
            number(result.within),
            unit = result.unit
        ),
    }
}
