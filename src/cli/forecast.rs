//! `thrombo forecast`: forecasts for every subject of a data set.

use super::console::Console;
use super::document::Document;
use super::forecast_args::ForecastArgs;
use super::forecast_folder::add_files;
use super::forecast_population::{particles, populations, record_of};
use super::forecast_records::{Counts, read};
use super::forecast_tables::{self as tables, Subjects};
use super::forecast_text as text;
use super::record_args::RecordArgs;
use super::shard_args::finish;
use super::sink::Sink;
use super::times::time_span;
use super::{Answer, Outcome};
use thrombopoiesis::calibrate::Populations;
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::files::{Comment, Outputs, read_text};
use thrombopoiesis::forecast::usual::{QUANTILES, TIME_QUANTILES};
use thrombopoiesis::forecast::{Forecast, Particles, Plan, Question};
use thrombopoiesis::machine::{require, with_threads};
use thrombopoiesis::records::Subject;
use thrombopoiesis::regimen::Regimen;
use thrombopoiesis::report::forecast_words::{no_forecast, thin, unusual};
use thrombopoiesis::shards::Whole;
use thrombopoiesis::simulate::records::Predictor;
use thrombopoiesis::units::{COUNT_UNIT, HOURS_PER_DAY};
use thrombopoiesis::window::{THRESHOLD, TOO_HIGH};

/// The plan without any dose.
const NO_DOSES: &str = "none";

/// The forecast of a subject, or the reason why there is none.
pub(super) type Known = std::result::Result<Forecast, String>;

/// What is asked of every subject.
struct Asked {
    output: String,
    level: f64,
    too_high: f64,
    times_h: Vec<f64>,
    next_h: Vec<f64>,
    plans: Vec<Plan>,
}

pub(super) fn run(args: &ForecastArgs, typed: &str, console: Console) -> Result<Answer> {
    check(args)?;
    let patients = populations(&args.population())?;
    patients.variants.iter().for_each(|own| console.warn_of(&own.typical));
    let mut outputs = Outputs::beside(args.reads());
    let shard_folder = args.shards.folder(&mut outputs, args.out.as_deref(), args.force)?;
    let out = args.out.as_deref().filter(|_| args.shards.shard.is_none());
    let out = out.map(|out| Sink::open(&mut outputs, out, args.force)).transpose()?;
    let folder = args.folder.as_deref().map(|path| outputs.folder(path, args.force)).transpose()?;
    let asked = Asked::of(args, &patients.first().predictor)?;
    let data = read_text(args.path())?;
    let counts = Counts { path: args.path(), text: &data, regimen: args.regimen.as_deref() };
    let own = RecordArgs { output: Some(asked.output.clone()), ..args.records.clone() };
    let predictor = &patients.first().predictor;
    let records = read(&counts, (&own, &args.patient.set), predictor, console)?;
    let run = (typed, counts.doses(), args.seed);
    let record = record_of(&patients, run, (args.path(), &data))?;
    let header = args.shards.header(&record, ("subjects", records.subjects.len()))?;
    let all: &[Subject] = &records.subjects;
    let mine = args.shards.shard.map_or(all, |shard| &all[shard.range(all.len())]);
    let populations = individuals(args, &patients, &asked)?;
    let question = asked.question(args, &populations);
    let known = match args.shards.merged.as_deref() {
        Some(whole) => of_rows(whole, all.len())?,
        None => forecasts(args, &question, mine, console)?,
    };
    if let (Some(shard), Some(folder)) = (args.shards.shard, shard_folder) {
        return finish((shard, header), to_rows(&known), folder, &record, console);
    }
    warn(&known, all, console);
    let found = Subjects::of(all, &known, &question, patients.names());
    let comments =
        record.to_comments() + &found.comments(args.individuals, patients.is_uncertain());
    let courses = found.courses();
    match out {
        Some(out) => {
            out.write(&courses.clone().with_comments(&comments).to_csv(), Comment::Hash, console)?;
        }
        None => console.print(&text::all(args, &found, patients.is_uncertain()))?,
    }
    if let Some(mut folder) = folder {
        add_files(&mut folder, &found, (args, &comments, patients.is_uncertain()), console)?;
        console.say(&folder.finish(&record.to_toml())?.to_string());
    }
    let is_whole = found.known.len() == all.len();
    console.answer(if is_whole { Outcome::Done } else { Outcome::Problems }, || {
        let document = Document::of(&record)
            .with("data_file", args.path().display().to_string())
            .with("individuals", args.individuals)
            .with("output", &asked.output)
            .with("failed_subjects", all.len() - found.known.len());
        Ok(tables::all(&found)
            .into_iter()
            .fold(document, |document, (name, table)| document.table(name, &table)))
    })
}

/// The individuals of every variant.
fn individuals(
    args: &ForecastArgs,
    patients: &Populations,
    asked: &Asked,
) -> Result<Vec<Particles>> {
    if args.shards.merged.is_some() {
        // Of these only the names of the outputs are needed: what they predict is in the shards.
        return patients.particles(patients.variants.len(), args.seed);
    }
    let predictions = (1 + asked.plans.len()) * asked.times_h.len();
    particles(patients, (args.individuals, args.seed), predictions, args.threads)
}

fn check(args: &ForecastArgs) -> Result<()> {
    if let (Some(folder), Some(shard)) = (&args.folder, args.shards.shard) {
        return Err(Error::Contradiction {
            first: format!("--folder {}", folder.display()),
            second: format!("--shard {shard}"),
            remedy: "omit --folder: a shard is merged to the courses".to_owned(),
        });
    }
    Ok(())
}

impl Asked {
    fn of(args: &ForecastArgs, predictor: &Predictor<f64>) -> Result<Self> {
        let output = output(args, predictor)?;
        let (level, too_high) = levels(args, predictor, &output)?;
        let next = args.next.iter().map(|text| Ok(time_span(text)?.in_hours()));
        let plans = args.plans.iter().map(|text| plan(text, predictor));
        Ok(Self {
            level,
            too_high,
            times_h: times(args)?,
            next_h: next.collect::<Result<_>>()?,
            plans: plans.collect::<Result<_>>()?,
            output,
        })
    }

    fn question<'a>(&'a self, args: &ForecastArgs, populations: &'a [Particles]) -> Question<'a> {
        let in_hours = |(from, to): (f64, f64)| (HOURS_PER_DAY * from, HOURS_PER_DAY * to);
        Question {
            populations,
            output: &self.output,
            times_h: &self.times_h,
            level: self.level,
            too_high: self.too_high,
            probability: args.probability,
            quantiles: &QUANTILES,
            time_quantiles: &TIME_QUANTILES,
            procedure_h: args.procedure.map(in_hours),
            plans: &self.plans,
            next_h: &self.next_h,
        }
    }
}

/// Doses to come in place of those of the records: a regimen, or none.
fn plan(text: &str, predictor: &Predictor<f64>) -> Result<Plan> {
    let name = text.trim().to_owned();
    if name.eq_ignore_ascii_case(NO_DOSES) {
        return Ok(Plan { name, doses: Vec::new() });
    }
    Ok(Plan { doses: predictor.rows_of(&text.parse::<Regimen>()?)?, name })
}

/// A row for each subject.
fn to_rows(all: &[Known]) -> String {
    all.iter().map(|own| serde_json::to_string(own).unwrap_or_default() + "\n").collect()
}

/// The forecasts of all subjects from the rows of shards.
fn of_rows(whole: &Whole, subjects: usize) -> Result<Vec<Known>> {
    let lines = whole.rows.iter().flat_map(|(_, rows)| rows.lines());
    let all: Option<Vec<Known>> = lines.map(|line| serde_json::from_str(line).ok()).collect();
    all.filter(|all| all.len() == subjects).ok_or_else(|| Error::Contradiction {
        first: "the rows of the shards".to_owned(),
        second: format!("{subjects} subjects"),
        remedy: "run the shards again".to_owned(),
    })
}

/// The forecast of each subject.
fn forecasts(
    args: &ForecastArgs,
    question: &Question<'_>,
    subjects: &[Subject],
    console: Console,
) -> Result<Vec<Known>> {
    let progress = console.progress();
    let tell = |done| progress.tell("subjects", done, subjects.len());
    let found = with_threads(args.threads, || question.forecasts(subjects, &tell))??;
    Ok(found.into_iter().map(|own| own.map_err(|error| error.to_string())).collect())
}

/// The output to forecast: the named one, otherwise the only count, otherwise the only output.
fn output(args: &ForecastArgs, predictor: &Predictor<f64>) -> Result<String> {
    let outputs = &predictor.structure().outputs;
    let names = || outputs.iter().map(|own| own.name.clone()).collect::<Vec<_>>();
    if let Some(name) = &args.records.output {
        let position = predictor.structure().output(name);
        let unknown = || Error::Unknown { kind: "output", name: name.clone(), known: names() };
        return position.map(|i| outputs[i].name.clone()).ok_or_else(unknown);
    }
    let only = || outputs.first().filter(|_| outputs.len() == 1);
    let chosen = predictor.structure().count_output().or_else(only);
    chosen.map(|own| own.name.clone()).ok_or_else(|| Error::Contradiction {
        first: "a forecast".to_owned(),
        second: format!("several outputs ({})", names().join(", ")),
        remedy: "give --output".to_owned(),
    })
}

/// The level to reach and what is too high; of what is no count, nothing is too high unless given.
fn levels(args: &ForecastArgs, predictor: &Predictor<f64>, output: &str) -> Result<(f64, f64)> {
    let own = predictor.structure().output(output).map(|i| &predictor.structure().outputs[i]);
    let is_count = own.is_some_and(|own| own.unit == COUNT_UNIT);
    let level =
        args.level.or(is_count.then_some(THRESHOLD)).ok_or_else(|| Error::Contradiction {
            first: format!("a forecast of {output}, which is no platelet count,"),
            second: "a run without a level".to_owned(),
            remedy: "give --level".to_owned(),
        })?;
    let too_high = args.too_high.unwrap_or(if is_count { TOO_HIGH } else { f64::INFINITY });
    if too_high > level {
        return Ok((level, too_high));
    }
    Err(Error::Contradiction {
        first: format!("--too-high {too_high}"),
        second: format!("the level to reach, {level}"),
        remedy: "give a larger value for --too-high".to_owned(),
    })
}

/// The times of the forecast on the clock of the records, h.
fn times(args: &ForecastArgs) -> Result<Vec<f64>> {
    let (until, every) = (args.length.end()?.in_hours(), time_span(&args.every)?.in_hours());
    let steps = (until / every * (1.0 + 1e-12)).floor();
    require(&format!("{steps} times"), steps * 64.0, "lengthen --every")?;
    let mut times: Vec<f64> = Vec::new();
    let mut step = 0.0;
    while step <= steps {
        times.push(step * every);
        step += 1.0;
    }
    Ok(times)
}

/// Says of whom there is no forecast, and whose is uncertain.
fn warn(all: &[Known], subjects: &[Subject], console: Console) {
    for (own, subject) in all.iter().zip(subjects) {
        match own {
            Err(error) => console.warn(&no_forecast(subject, error)),
            Ok(own) => {
                if let Some(text) = thin(subject, own) {
                    console.warn(&format!("{text}: raise --individuals"));
                }
                if let Some(text) = unusual(subject, own) {
                    console.warn(&text);
                }
            }
        }
    }
}
