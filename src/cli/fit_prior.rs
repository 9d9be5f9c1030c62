//! `thrombo fit --prior`: the parameters of one patient from counts and a population.

use super::args::FitArgs;
use super::console::Console;
use super::document::Document;
use super::fit_prior_result::Individual;
use super::forecast_args::NONE;
use super::forecast_population::{Population, particles, populations, record_of};
use super::forecast_records::{Counts, read};
use super::record_args::RecordArgs;
use super::{Answer, Outcome};
use std::path::Path;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{Outputs, read_text};
use thrombopoiesis::fit::{Statistic, Target, Targets};
use thrombopoiesis::forecast::Question;
use thrombopoiesis::forecast::usual::{QUANTILES, SEED};
use thrombopoiesis::machine::with_threads;
use thrombopoiesis::records::{Subject, same_time};
use thrombopoiesis::report::forecast_words::uncertainty;
use thrombopoiesis::report::{DrawnForecast, Lettering, individual_figure};
use thrombopoiesis::simulate::records::Predictor;
use thrombopoiesis::window::{THRESHOLD, TOO_HIGH};

/// The prior that is the population as it is, without uncertainty of its parameters.
const POPULATION: &str = "population";
/// Distance of the points of the course, h, and their largest number.
const EVERY_H: f64 = 12.0;
const MOST_POINTS: f64 = 100.0;

pub(super) fn run(
    args: &FitArgs,
    (prior, path): (&Path, &Path),
    typed: &str,
    console: Console,
) -> Result<Answer> {
    let (text, seed) = (read_text(path)?, args.seed.unwrap_or(SEED));
    let targets = counts(args, prior, (path, &text))?;
    let patients = populations(&population(args, prior)?)?;
    patients.variants.iter().for_each(|own| console.warn_of(&own.typical));
    targets.notices.iter().for_each(|notice| console.warn(notice));
    console.warn_of_doses(&patients.first().typical, &targets.regimen, targets.until);
    let mut outputs = Outputs::beside([prior, path].into_iter().chain(args.patient.reads()));
    let folder = args.out.as_deref().map(|out| outputs.folder(out, args.force)).transpose()?;
    let predictor = &patients.first().predictor;
    let output = &output(predictor)?;
    let (subject, regimen) = subject(args, output, (path, &text), predictor, console)?;
    let record = record_of(&patients, (typed, regimen, seed), (path, &text))?;
    let times_h = &times(&targets);
    let individuals = particles(&patients, (args.individuals, seed), times_h.len(), None)?;
    let question = Question {
        populations: &individuals,
        output,
        times_h,
        level: THRESHOLD,
        too_high: TOO_HIGH,
        probability: 0.5,
        quantiles: &QUANTILES,
        time_quantiles: &[],
        procedure_h: None,
        plans: &[],
        next_h: &[],
    };
    let forecast = &with_threads(None, || question.forecast(&subject))??;
    let of_whom = uncertainty(patients.is_uncertain(), &patients.names());
    let population = &format!("{} {of_whom}", args.individuals);
    let result = Individual::of(forecast, &patients, (args.individuals, seed), population)?;
    console.print(&result.text())?;
    if let Some(mut folder) = folder {
        let drawn = DrawnForecast { question: &question, subject: &subject, forecast, population };
        folder.add("result.toml", result.to_toml());
        folder.add("result.json", result.to_json());
        folder.add("log.txt", result.text());
        folder.add("fit.svg", individual_figure(&drawn, Lettering::Embedded)?);
        console.say(&folder.finish(&record.to_toml())?.to_string());
    }
    console.answer(Outcome::Done, || Ok(Document::of(&record).with_all(&result)))
}

/// The counts of the patient.
fn counts(args: &FitArgs, prior: &Path, (path, text): (&Path, &str)) -> Result<Targets> {
    let targets = Targets::read(path, text, &args.regimen.parse()?)?;
    if targets.are_summaries {
        return Err(Error::Contradiction {
            first: format!("--prior {}", prior.display()),
            second: format!("{}, which has summaries of many patients", targets.file),
            remedy: "omit --prior, or give the counts of one patient as a CSV file".to_owned(),
        });
    }
    Ok(targets)
}

/// What names the individuals.
fn population<'a>(args: &'a FitArgs, prior: &'a Path) -> Result<Population<'a>> {
    if prior == Path::new(NONE) {
        return Err(Error::Contradiction {
            first: format!("--prior {NONE}"),
            second: "an estimate with a prior".to_owned(),
            remedy: format!(
                "omit --prior, or give --prior {POPULATION} for a population without parameter uncertainty"
            ),
        });
    }
    let is_as_it_is = prior == Path::new(POPULATION);
    Ok(Population {
        patient: &args.patient,
        posterior: Some(if is_as_it_is { Path::new(NONE) } else { prior }),
        option: "--prior",
        individuals: args.individuals,
        direction: None,
    })
}

/// The name of the output that counts platelets.
fn output(predictor: &Predictor<f64>) -> Result<String> {
    let count = predictor.structure().count_output();
    count.map(|own| own.name.clone()).ok_or_else(|| Error::Contradiction {
        first: "a fit of platelet counts".to_owned(),
        second: "the model, which does not have exactly one output in 10^9/L".to_owned(),
        remedy: "give another model".to_owned(),
    })
}

/// The patient with the doses of the regimen, and that in words.
fn subject(
    args: &FitArgs,
    output: &str,
    (path, text): (&Path, &str),
    predictor: &Predictor<f64>,
    console: Console,
) -> Result<(Subject, String)> {
    let counts = Counts { path, text, regimen: Some(&args.regimen) };
    let own = RecordArgs { output: Some(output.to_owned()), ..RecordArgs::default() };
    let records = read(&counts, (&own, &args.patient.set), predictor, console)?;
    let subject = records.subjects.into_iter().next().ok_or_else(|| Error::Contradiction {
        first: "a fit of counts".to_owned(),
        second: format!("{}, which has none", path.display()),
        remedy: "add a line with a time and a count".to_owned(),
    })?;
    Ok((subject, counts.doses()))
}

/// The times of the course, h: evenly until the last count, and those of the counts.
fn times(targets: &Targets) -> Vec<f64> {
    let end_h = targets.until.in_hours();
    let step_h = EVERY_H * (end_h / (MOST_POINTS * EVERY_H)).ceil();
    let of_count = |target: &Target| match target.statistic {
        Statistic::CountAt { time_h } => Some(time_h),
        _ => None,
    };
    let mut times: Vec<f64> = targets.items.iter().filter_map(of_count).collect();
    let mut step = 0.0;
    while step * step_h <= end_h {
        times.push(step * step_h);
        step += 1.0;
    }
    times.sort_by(f64::total_cmp);
    times.dedup_by(|a, b| same_time(*a, *b));
    times
}
