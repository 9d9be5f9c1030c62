//! `thrombo validate`: calibrated patients against results that they were not calibrated on.

use super::console::Console;
use super::counts;
use super::document::Document;
use super::sink::Sink;
use super::trial_args::variant;
use super::{Answer, failures, record};
use clap::Args as ClapArgs;
use std::path::{Path, PathBuf};
use thrombopoiesis::calibrate::{
    ExposureFile, against_table, counted_verdict, exposure_table, exposure_text, exposures,
    in_replicate, sets_of, tables,
};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{Comment, Outputs, RunRecord};
use thrombopoiesis::model::Variant;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::simulate::population::Failures;
use thrombopoiesis::table::Table;
use thrombopoiesis::trial::{Design, Published, PublishedFile, Role};

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Only results with the role `validate_other_patients` count as validation. Further results in the
patients used for calibration, and predictions of other models, are shown separately. Exposure in
patients, without measurement error, is compared with the values in targets/exposure_cld.toml.

Examples:
  thrombo validate
  thrombo validate --variant A,B,C,D --replicates 1000
  thrombo validate --parameters patients_start            the hand-picked values before calibration")]
pub(super) struct ValidateArgs {
    /// Virtual patients: a file, or the name of a shipped set
    #[arg(
        long = "parameters",
        alias = "patients",
        default_value = "calibrated",
        value_name = "NAME"
    )]
    pub(super) patients: String,
    /// Posterior draws of a calibration, one for each replicate: its posterior_b.csv, or `calibrated` for the
    /// draws shipped with the program [default: the point estimates]
    #[arg(long, value_name = "NAME")]
    pub(super) posterior: Option<PathBuf>,
    /// Folder of published results [default: those shipped with the program]
    #[arg(long, value_name = "DIR")]
    pub(super) targets: Option<PathBuf>,
    /// Structural variants
    #[arg(long = "variant", alias = "variants", default_value = "B", value_name = "LETTERS", value_delimiter = ',', value_parser = variant)]
    pub(super) variants: Vec<Variant>,
    /// Also show the calibration targets
    #[arg(long)]
    pub(super) all: bool,
    /// Number of simulated trials
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = counts::predictions)]
    pub(super) replicates: usize,
    /// Seed of the virtual patients
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = super::counts::seed, allow_hyphen_values = true)]
    pub(super) seed: u64,
    /// CSV file for the table
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// If a file that thrombo did not write, or that has been modified, is in the way, rename it to NAME.previous
    #[arg(long)]
    pub(super) force: bool,
}

pub(super) fn run(args: &ValidateArgs, typed: &str, console: Console) -> Result<Answer> {
    record::posterior_of_one((record::POSTERIOR, args.posterior.as_deref()), &args.variants)?;
    let files = match &args.targets {
        Some(folder) => PublishedFile::folder(folder)?,
        None => PublishedFile::shipped()?,
    };
    let patients = Path::new(&args.patients);
    let read = [Some(patients), args.posterior.as_deref(), args.targets.as_deref()];
    let mut outputs = Outputs::beside(read.into_iter().flatten());
    let sink = args.out.as_deref().map(|out| Sink::open(&mut outputs, out, args.force));
    let sink = sink.transpose()?;
    let wanted = [Role::ValidateOtherPatients, Role::CheckSamePatients, Role::CompareModel];
    let numbers = files.iter().flat_map(|file| file.numbers.clone());
    let is_wanted = |role: Role| wanted.contains(&role) || args.all && role == Role::Calibrate;
    let published: Vec<Published> = numbers.filter(|p| is_wanted(p.role)).collect();
    let exposure = ExposureFile::shipped()?;
    let progress = console.progress();
    let mut table = Table::default();
    let (mut failed, mut casts, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    let total = args.replicates * args.variants.len();
    for (i, variant) in args.variants.iter().enumerate() {
        let patients = VirtualPatients::load_for(&args.patients, *variant)?;
        console.warn_of_patients(&patients, *variant)?;
        let replicates = args.replicates;
        let sets = args.posterior.as_deref().map(|name| sets_of(name, *variant, replicates));
        let sets = sets.transpose()?.unwrap_or_default();
        let set = |replicate: usize, design: &Design| {
            in_replicate(&sets, replicate, (design, &patients), *variant)
        };
        let tell = |done| progress.tell("trials", i * replicates + done, total);
        let (against, failures) =
            counted_verdict((*variant, args.seed), &set, &published, replicates, &tell)?;
        failed.push(failures);
        casts.push((*variant, patients.clone()));
        let heading =
            format!("{}, seed {}: {replicates} trials\n", patients.title_in(*variant), args.seed);
        let exposed = exposures(&exposure, &patients, (*variant, args.seed), replicates)?;
        let text = tables::verdict(&against) + "\n" + &exposure_text(&exposure, &exposed);
        let words = failures
            .in_words()
            .map_or_else(String::new, |words| format!("simulated trials: {words}\n"));
        texts.push(heading + &text + &words + "\n");
        table = table
            .above(against_table(*variant, &against))
            .above(exposure_table(*variant, &exposure, &exposed));
    }
    drop(progress);
    let failed = Failures::sum(&failed);
    let outcome =
        failures::judge_all(console, [&failed], || casts[0].1.typical_patient(casts[0].0))?;
    texts.iter().try_for_each(|text| console.print(text))?;
    let table = table.with_comments(&failed.comment());
    let record = run_record(args, typed, &files, &failed)?;
    if let Some(sink) = sink {
        sink.write(&(record.to_comments() + &table.to_csv()), Comment::Hash, console)?;
    }
    console.answer(outcome, || {
        Ok(Document::of(&record).with("replicates", args.replicates).table("validation", &table))
    })
}

fn run_record(
    args: &ValidateArgs,
    typed: &str,
    files: &[PublishedFile],
    failures: &Failures,
) -> Result<RunRecord> {
    let mut inputs = record::published(files);
    for variant in &args.variants {
        let patients = VirtualPatients::load_for(&args.patients, *variant)?;
        inputs.extend(record::files_of(&patients, *variant));
        inputs.extend(record::posterior(args.posterior.as_deref(), *variant)?);
    }
    Ok(record::of_many(typed, args.seed, inputs, failures))
}
