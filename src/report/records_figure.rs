//! The figure of a file of records: what was observed in whom, and when doses were given.

use super::drawing::canvas::Lettering;
use super::figures::records::{self, RecordsFigure, RecordsPanel, SubjectCourse};
use crate::error::{Error, FileProblem, Result, echo};
use crate::records::{Censoring, Records, Row, Structure, Subject};
use crate::units::HOURS_PER_DAY;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Records that are to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct DrawnRecords<'r> {
    /// Their file, for the words.
    pub path: &'r Path,
    /// The records.
    pub records: &'r Records,
    /// The model that they were read against, if there is one; its outputs are the panels.
    pub structure: Option<&'r Structure>,
    /// Name of the output of rows that name none.
    pub output: Option<&'r str>,
}

/// Most subjects that are drawn.
const MOST_SUBJECTS: usize = 500;
/// Most panels.
const MOST_PANELS: usize = 12;
/// Most observations that are marked.
const MOST_POINTS: usize = 20_000;
/// Most times of doses that are kept.
const MOST_DOSES: usize = 100_000;
/// Records that span no more have an axis in hours, unless their own unit is a day or more.
const LONGEST_IN_HOURS: f64 = 96.0;
/// Longest name on an axis, characters.
const LONGEST_NAME: usize = 36;

/// Draws the observations of every output, a line a subject, with the times of doses.
///
/// # Errors
/// There is no observation; the figure cannot be drawn.
pub fn records_figure(drawn: &DrawnRecords<'_>, lettering: Lettering) -> Result<String> {
    let subjects: Vec<&Subject> =
        drawn.records.subjects.iter().filter(|own| is_seen(own)).collect();
    if subjects.is_empty() {
        let rule = "holds no observation, so that there is nothing to draw".to_owned();
        let (path, key) = (drawn.path.to_owned(), String::new());
        return Err(Error::Files(vec![FileProblem { path, line: 0, key, rule }]));
    }
    let shown = spread(&subjects);
    let span = span(&shown);
    let is_long = span.1 - span.0 > LONGEST_IN_HOURS;
    let is_in_days = is_long || drawn.records.columns.hours >= HOURS_PER_DAY;
    let (hours, time_unit) = if is_in_days { (HOURS_PER_DAY, "d") } else { (1.0, "h") };
    let (keys, left_out) = keys(drawn);
    let mut panels: Vec<RecordsPanel> =
        keys.iter().map(|(key, _)| panel(drawn, &shown, (key, hours))).collect();
    if panels.len() > 1 {
        for (panel, (_, count)) in panels.iter_mut().zip(&keys) {
            panel.title = format!("{}, {}", panel.title, counted(*count, "observation"));
        }
    }
    let points: usize = panels.iter().flat_map(|own| &own.courses).map(|c| c.value.len()).sum();
    let figure = RecordsFigure {
        title: title(subjects.len()),
        subtitle: subtitle(drawn),
        caption: caption((&shown, subjects.len()), (points, left_out)),
        span: (span.0 / hours, span.1 / hours),
        time_unit: time_unit.to_owned(),
        panels,
        doses: doses(&shown, span).into_iter().map(|time| time / hours).collect(),
        has_points: points <= MOST_POINTS,
    };
    records::draw(&figure, lettering)
}

fn is_seen(subject: &Subject) -> bool {
    subject.rows.iter().any(Row::is_observed)
}

/// At most so many subjects, evenly spaced in the file.
fn spread<'r>(subjects: &[&'r Subject]) -> Vec<&'r Subject> {
    let (all, shown) = (subjects.len(), subjects.len().min(MOST_SUBJECTS));
    (0..shown).map(|i| subjects[i * all / shown]).collect()
}

/// First and last time, h.
fn span(subjects: &[&Subject]) -> (f64, f64) {
    let times = subjects.iter().flat_map(|own| &own.rows).map(|row| row.time_h);
    times
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), time| (from.min(time), to.max(time)))
}

/// What a panel shows: an output of the model by its position, or a DVID; neither without both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Output(usize),
    Dvid(Option<Arc<str>>),
}

impl Key {
    fn of(drawn: &DrawnRecords<'_>, row: &Row) -> Self {
        match drawn.structure {
            Some(structure) => {
                let output = structure.output_of((row.dvid.as_deref(), row.cmt), drawn.output);
                Self::Output(output.unwrap_or(0))
            }
            None => Self::Dvid(row.dvid.clone()),
        }
    }

    /// What is observed, with its unit.
    fn title(&self, drawn: &DrawnRecords<'_>) -> String {
        let columns = &drawn.records.columns;
        let (name, unit) = match (self, drawn.structure) {
            (Self::Output(i), Some(structure)) => {
                let output = &structure.outputs[*i];
                (output.name.clone(), output.unit.clone())
            }
            (Self::Dvid(Some(dvid)), _) => {
                (format!("DV of DVID {}", echo(dvid)), columns.dv_unit.clone().unwrap_or_default())
            }
            _ => ("DV".to_owned(), columns.dv_unit.clone().unwrap_or_default()),
        };
        let short: String = name.chars().take(LONGEST_NAME).collect();
        let more = if short.len() < name.len() { "…" } else { "" };
        let unit = unit.replace("10^9", "10⁹");
        if matches!(unit.as_str(), "" | "1") {
            short + more
        } else {
            format!("{short}{more} ({unit})")
        }
    }
}

/// The panels in their order with the numbers of their observations, and how many are left out.
fn keys(drawn: &DrawnRecords<'_>) -> (Vec<(Key, usize)>, usize) {
    let mut found: BTreeMap<Key, usize> = BTreeMap::new();
    for row in drawn.records.rows().filter(|row| row.is_observed()) {
        *found.entry(Key::of(drawn, row)).or_insert(0) += 1;
    }
    let left_out = found.len().saturating_sub(MOST_PANELS);
    (found.into_iter().take(MOST_PANELS).collect(), left_out)
}

fn panel(
    drawn: &DrawnRecords<'_>,
    subjects: &[&Subject],
    (key, hours): (&Key, f64),
) -> RecordsPanel {
    let courses = subjects.iter().map(|subject| course(drawn, subject, (key, hours)));
    let courses = courses.filter(|course| !course.value.is_empty()).collect();
    RecordsPanel { title: key.title(drawn), courses, highlighted: None }
}

fn course(drawn: &DrawnRecords<'_>, subject: &Subject, (key, hours): (&Key, f64)) -> SubjectCourse {
    let mut course = SubjectCourse::default();
    let mut add = |time: f64, value: f64, is_censored: bool| {
        course.time.push(time);
        course.value.push(value);
        course.censored.push(is_censored);
    };
    for row in &subject.rows {
        if row.evid.is_reset() {
            add(f64::NAN, f64::NAN, false);
        }
        let Some(dv) = row.dv.filter(|_| row.is_observed() && Key::of(drawn, row) == *key) else {
            continue;
        };
        let limit = match row.censoring {
            Censoring::None => None,
            Censoring::Below(limit) | Censoring::Between(_, limit) | Censoring::Above(limit) => {
                Some(limit)
            }
        };
        add(row.time_h / hours, limit.unwrap_or(dv), limit.is_some());
    }
    course
}

/// The times of doses within the span, additional ones included, h.
fn doses(subjects: &[&Subject], (_, last): (f64, f64)) -> Vec<f64> {
    let rows = subjects.iter().flat_map(|own| &own.rows);
    let doses = rows.filter_map(|row| Some((row.time_h, row.dose?)));
    let times = doses.flat_map(|(first, dose)| {
        let copies = (0..=dose.addl).map(move |k| first + dose.ii_h * k as f64);
        copies.take_while(move |time| *time <= last)
    });
    times.take(MOST_DOSES).collect()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn title(subjects: usize) -> String {
    format!("Observations of {}", counted(subjects, "subject"))
}

fn subtitle(drawn: &DrawnRecords<'_>) -> String {
    let name = drawn.path.file_name().unwrap_or_default().to_string_lossy();
    let observed = drawn.records.rows().filter(|row| row.is_observed()).count();
    let doses = drawn.records.rows().filter(|row| row.dose.is_some()).count();
    let observed = counted(observed, "observation");
    let doses =
        if doses == 0 { String::new() } else { format!(", {}", counted(doses, "dose record")) };
    let model = drawn.structure.map(|own| format!("; model {}", echo(&own.model)));
    format!("{}: {observed}{doses}{}", echo(&name), model.unwrap_or_default())
}

fn caption((shown, all): (&[&Subject], usize), (points, left_out): (usize, usize)) -> String {
    let mut parts = Vec::new();
    if shown.len() < all {
        let shown = shown.len();
        parts.push(format!("{shown} of {all} subjects are drawn, evenly spaced in the file."));
    }
    let rows = || shown.iter().flat_map(|own| &own.rows);
    let marks = if points <= MOST_POINTS { "Points: observations." } else { "" };
    let lines = if all == 1 { "" } else { "Lines: one subject each." };
    parts.extend([lines, marks].into_iter().filter(|own| !own.is_empty()).map(str::to_owned));
    let censored =
        rows().filter(|row| row.is_observed() && row.censoring != Censoring::None).count();
    if censored > 0 && points <= MOST_POINTS {
        let verb = if censored == 1 { "one is" } else { "ones are" };
        parts.push(format!("Open points: {censored} censored {verb} drawn at the limit."));
    }
    if points > MOST_POINTS {
        parts.push(format!("The {points} observations are too many to be marked."));
    }
    if rows().any(|row| row.dose.is_some()) {
        parts.push("Ticks at the foot: times of doses.".to_owned());
    }
    if left_out > 0 {
        let verb = if left_out == 1 { "is" } else { "are" };
        parts.push(format!("{} {verb} not drawn.", counted(left_out, "more panel")));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Options, read};
    use crate::report::drawing::testing::{assert_presentable, texts};
    use std::fmt::Write;

    fn drawn(text: &str) -> Result<String> {
        let path = Path::new("folder/data.csv");
        let records = read(path, text, None, &Options::default()).into_records()?;
        let drawn = DrawnRecords { path, records: &records, structure: None, output: None };
        records_figure(&drawn, Lettering::FromPage)
    }

    #[test]
    fn invariant_a_figure_says_whom_and_what_it_shows() -> Result<()> {
        let text = "ID,TIME,AMT,DV,DVID,CENS\n1,0,3,.,1,0\n1,24,.,0.5,1,1\n1,48,.,900,1,0\n1,240,.,41,plt,0\n\
                    2,0,3,.,1,0\n2,24,.,20,1,0\n3,0,3,.,1,0\n";
        let svg = drawn(text)?;
        assert_presentable(&svg);
        let words: Vec<String> = texts(&svg).into_iter().map(|text| text.words).collect();
        let all = words.join(" ");
        for said in [
            "Observations of 2 subjects",
            "data.csv: 4 observations, 3 dose records",
            "Open points: 1 censored one is drawn at the limit.",
            "DV of DVID 1",
            "DV of DVID plt",
            "Time (d)",
        ] {
            assert!(all.contains(said), "{said:?} is not said: {all}");
        }
        Ok(())
    }

    #[test]
    fn invariant_at_most_500_subjects_are_drawn_and_the_figure_says_so() -> Result<()> {
        let mut text = "ID,TIME,DV\n".to_owned();
        for id in 0..1203 {
            let _ = write!(text, "{id},0,1\n{id},1,2\n");
        }
        let svg = drawn(&text)?;
        let words = texts(&svg).into_iter().map(|text| text.words).collect::<Vec<_>>().join(" ");
        assert!(words.contains("500 of 1203 subjects are drawn"), "{words}");
        let is_course = |line: &&str| line.starts_with("<polyline") && line.contains("#999999");
        assert_eq!(svg.lines().filter(is_course).count(), 500);
        Ok(())
    }

    #[test]
    fn regress_records_without_an_observation_are_not_drawn() {
        let said = drawn("ID,TIME,AMT\n1,0,3\n").err().map(|error| error.to_string());
        assert!(said.is_some_and(|said| said.contains("holds no observation")));
    }
}
