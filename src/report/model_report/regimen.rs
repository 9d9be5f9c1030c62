//! One regimen of a model in a text: the typical patient and virtual patients, drawn and in numbers.

use super::SUBJECTS;
use crate::error::{Error, Result};
use crate::integrate::Options;
use crate::model::ParameterSet;
use crate::population::{Generator, VirtualPatients};
use crate::regimen::Regimen;
use crate::report::drawing::canvas::Lettering;
use crate::report::figures::records::{self, RecordsFigure, RecordsPanel, SubjectCourse};
use crate::report::model_page::unit;
use crate::simulate::{Course, OutputExtremes, output_extremes, output_values, simulate};
use crate::statistics::quantile;
use crate::units::rounding::{Form, significant};
use crate::units::{HOURS_PER_DAY, Time};
use rayon::prelude::*;
use serde::Serialize;

/// Days that are simulated after the last dose, as for the checks of a text.
const DAYS_AFTER: f64 = 28.0;
/// Points of a drawn curve.
const POINTS: usize = 240;
/// The quantiles of patients in numbers.
const QUANTILES: [f64; 3] = [0.05, 0.5, 0.95];

/// A regimen on the page.
#[derive(Debug, Serialize)]
pub(in crate::report) struct RegimenPart {
    id: String,
    title: String,
    command: String,
    days: String,
    subjects: usize,
    failed: usize,
    rows: Vec<Row>,
}

/// An output under a regimen.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    unit: String,
    start: String,
    max: String,
    day_of_max: String,
    min: String,
    day_of_min: String,
    /// Median and 90 % range of the largest and the smallest value of virtual patients; empty without them.
    max_of_patients: String,
    min_of_patients: String,
}

/// What one individual shows: values of every output at the times, and their extremes.
struct Individual {
    values: Vec<Vec<f64>>,
    extremes: Vec<OutputExtremes>,
}

/// A regimen, simulated.
pub(super) struct Drawn<'a> {
    set: &'a ParameterSet,
    regimen: &'a Regimen,
    words: &'a str,
    command: String,
    end: Time,
    times: Vec<Time>,
    typical: Individual,
    patients: Vec<Individual>,
    /// Virtual patients who could not be integrated.
    pub(super) failed: usize,
}

impl<'a> Drawn<'a> {
    /// Simulates a regimen in the typical patient and, where people differ, in virtual patients.
    ///
    /// # Errors
    /// The typical patient cannot be integrated; patients whose parameters the model does not have.
    pub(super) fn new(
        (name, set): (&str, &'a ParameterSet),
        patients: Option<&VirtualPatients>,
        (regimen, words): (&'a Regimen, &'a str),
        seed: u64,
    ) -> Result<Self> {
        let last = regimen.doses().map(|dose| dose.time.in_days()).fold(0.0, f64::max);
        let end = Time::days(last + DAYS_AFTER);
        let points = 0..=POINTS;
        let times: Vec<Time> =
            points.map(|i| Time::hours(end.in_hours() * i as f64 / POINTS as f64)).collect();
        let individual = |set: &ParameterSet| -> Result<Individual> {
            let course = simulate(set, regimen, end, Options::default())?;
            Individual::new(set, &course, (&times, end))
        };
        let typical = individual(set)?;
        let generator = patients.map(|own| own.generator(set.variant, seed)).transpose()?;
        let drawn: Vec<Result<Individual>> = match &generator {
            Some(generator) => (0..SUBJECTS)
                .into_par_iter()
                .filter(|subject| generator.patient(*subject).valid)
                .map(|subject| individual(&patient(generator, set, subject)?))
                .collect(),
            None => Vec::new(),
        };
        let (mut found, mut failed) = (Vec::new(), 0);
        for one in drawn {
            match one {
                Ok(one) => found.push(one),
                Err(Error::Integration { .. }) => failed += 1,
                Err(other) => return Err(other),
            }
        }
        let command = command(name, set, regimen, end);
        Ok(Self { set, regimen, words, command, end, times, typical, patients: found, failed })
    }

    /// Virtual patients in all.
    pub(super) fn subjects(&self) -> usize {
        self.patients.len() + self.failed
    }

    /// The courses of all outputs, a panel each.
    ///
    /// # Errors
    /// The figure cannot be drawn.
    pub(super) fn figure(&self, lettering: Lettering) -> Result<String> {
        let day: Vec<f64> = self.times.iter().map(|time| time.in_days()).collect();
        let course = |individual: &Individual, output: usize| SubjectCourse {
            time: day.clone(),
            value: individual.values.iter().map(|values| values[output]).collect(),
            censored: vec![false; day.len()],
        };
        let outputs = self.set.model.text().map_or(&[][..], |text| &text.outputs);
        let panels = outputs.iter().enumerate().map(|(i, output)| RecordsPanel {
            title: title(&output.label, &output.name, output.unit.text()),
            courses: self.patients.iter().map(|own| course(own, i)).collect(),
            highlighted: Some(course(&self.typical, i)),
        });
        let many = match self.patients.len() {
            0 => String::new(),
            count => format!("; thin lines: {count} virtual patients"),
        };
        let figure = RecordsFigure {
            title: format!("{}: {}", self.set.model.title(), self.words),
            subtitle: format!("Model {}", self.set.model),
            caption: format!("Blue line: typical patient{many}. Ticks at the foot: doses."),
            span: (0.0, self.end.in_days()),
            time_unit: "d".to_owned(),
            panels: panels.collect(),
            doses: self.regimen.doses().map(|dose| dose.time.in_days()).collect(),
            has_points: false,
        };
        records::draw(&figure, lettering)
    }

    /// The section of the page, whose figure is called `id`.
    pub(super) fn part(&self, id: String) -> RegimenPart {
        let outputs = self.set.model.text().map_or(&[][..], |text| &text.outputs);
        let day = |time_h: f64| format!("{:.2}", time_h / HOURS_PER_DAY);
        let row = |(i, output): (usize, &crate::model::text::Output)| {
            let own = self.typical.extremes[i];
            let of_patients = |value: fn(&OutputExtremes) -> f64| {
                quantiles(self.patients.iter().map(|own| value(&own.extremes[i])).collect())
            };
            Row {
                name: output.name.clone(),
                unit: unit(output.unit.text()),
                start: number(own.start),
                max: number(own.max.0),
                day_of_max: day(own.max.1),
                min: number(own.min.0),
                day_of_min: day(own.min.1),
                max_of_patients: of_patients(|own| own.max.0),
                min_of_patients: of_patients(|own| own.min.0),
            }
        };
        RegimenPart {
            id,
            title: self.words.to_owned(),
            command: self.command.clone(),
            days: significant(self.end.in_days(), 6, Form::Label),
            subjects: self.patients.len(),
            failed: self.failed,
            rows: outputs.iter().enumerate().map(row).collect(),
        }
    }
}

impl Individual {
    fn new(set: &ParameterSet, course: &Course, (times, end): (&[Time], Time)) -> Result<Self> {
        let values = times.iter().map(|time| output_values(set, course, *time));
        Ok(Self {
            values: values.collect::<Result<_>>()?,
            extremes: output_extremes(set, course, end)?,
        })
    }
}

/// The parameters of virtual patient number `subject`.
fn patient(generator: &Generator, set: &ParameterSet, subject: usize) -> Result<ParameterSet> {
    let drawn = generator.patient(subject);
    let mut own = set.clone();
    for symbol in generator.symbols() {
        own.set(symbol, generator.value(&drawn, symbol))?;
    }
    Ok(own)
}

/// The command that gives the typical patient's numbers.
fn command(name: &str, set: &ParameterSet, regimen: &Regimen, end: Time) -> String {
    let choice = set.choice();
    let variant = choice.variant.map(|own| format!(" --variant {own}")).unwrap_or_default();
    let preset = choice.preset.map(|own| format!(" --population {own}")).unwrap_or_default();
    let until = significant(end.in_days(), 6, Form::Label);
    format!(
        "thrombo simulate --model {name}{variant}{preset} --regimen \"{regimen}\" --until \"{until} d\""
    )
}

/// The title of the panel of an output.
fn title(label: &str, name: &str, of: &str) -> String {
    let words = if label.is_empty() { name } else { label };
    if of == "1" { words.to_owned() } else { format!("{words} ({})", unit(of)) }
}

fn number(value: f64) -> String {
    significant(value, 4, Form::Label)
}

/// Median and 90 % range; nothing of nobody.
fn quantiles(mut values: Vec<f64>) -> String {
    if values.is_empty() {
        return String::new();
    }
    values.sort_by(f64::total_cmp);
    let [low, median, high] =
        QUANTILES.map(|share| number(quantile(&values, share).unwrap_or(f64::NAN)));
    format!("{median} ({low} to {high})")
}
