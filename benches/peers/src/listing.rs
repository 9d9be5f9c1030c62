//! All programs on the workload, for all numbers of subjects, one table each.

use crate::measure::{Cost, Program, measure, worst};
use crate::workload::{self, AllStates, ClosedForm, END};
use crate::{Size, cvode, others};
use std::ops::Range;
use thrombopoiesis::integrate::lanes::{self, Instructions, Options, Plan};

pub(crate) const CLOSED_FORM: &str = "lanes, drug in closed form";
pub(crate) const ALL_STATES: &str = "lanes, all states";
pub(crate) const DIFFSOL: &str = "diffsol Tsit5";
pub(crate) const LSODA: &str = "numbalsoda LSODA";

pub(crate) const DAILY: usize = 0;
pub(crate) const HOURLY: usize = 1;

/// A program's cost in one listing.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) output: usize,
    pub(crate) count: usize,
    /// With one thread and with two.
    pub(crate) one: Cost,
    pub(crate) two: Cost,
    /// NaN where it was not looked at.
    pub(crate) error: f64,
}

impl Row {
    pub(crate) fn gain(&self) -> f64 {
        self.one.wall / self.two.wall
    }
}

struct Contender<'a> {
    name: &'static str,
    /// In how many of the three listings it is, daily and hourly: the slow ones are not in all.
    listings: [usize; 2],
    program: Program<'a>,
}

const WIDTH: usize = 32;

fn in_lanes<L: lanes::Layout>(
    system: &impl lanes::Engine<L>,
    range: &Range<usize>,
    outputs: &[f64],
) -> Vec<f64> {
    let plan =
        Plan { outputs: outputs.len(), end: END, level: f64::NAN, options: Options::default() };
    let mut values = vec![f64::NAN; range.len() * outputs.len()];
    let mut endings = vec![lanes::Ending::default(); range.len()];
    let mut block =
        lanes::Block { first_subject: range.start, values: &mut values, endings: &mut endings };
    lanes::integrate::<WIDTH, L>(system, &plan, &mut block, Instructions::available()[0]);
    values
}

fn contenders(subjects: &[others::Parameters]) -> Vec<Contender<'_>> {
    fn one<'a>(name: &'static str, listings: [usize; 2], program: Program<'a>) -> Contender<'a> {
        Contender { name, listings, program }
    }
    let all = [
        one(
            CLOSED_FORM,
            [3, 3],
            Box::new(|r, t| in_lanes(&ClosedForm::new(subjects, t), &r, t)),
        ),
        one(
            ALL_STATES,
            [3, 3],
            Box::new(|r, t| in_lanes(&AllStates { subjects, outputs: t }, &r, t)),
        ),
        one("reference engine", [2, 1], Box::new(|r, t| others::reference(&subjects[r], t))),
        one(DIFFSOL, [2, 2], Box::new(|r, t| others::diffsol(&subjects[r], t))),
        one(
            "ode_solvers Dop853, restarted",
            [2, 1],
            Box::new(|r, t| others::dop853(&subjects[r], t, others::RTOL)),
        ),
        #[cfg(lsoda)]
        one(LSODA, [2, 2], Box::new(|r, t| crate::lsoda::lsoda(&subjects[r], t))),
        one(
            "CVODE Adams",
            [2, 2],
            Box::new(|r, t| cvode::cvode(&subjects[r], t, cvode::Method::Adams)),
        ),
        one(
            "CVODE BDF",
            [2, 2],
            Box::new(|r, t| cvode::cvode(&subjects[r], t, cvode::Method::Bdf)),
        ),
    ];
    all.into()
}

/// Times and prints all listings.
pub(crate) fn listings(size: &Size) -> Vec<Row> {
    let subjects = workload::subjects(size.counts[2]);
    let contenders = contenders(&subjects);
    let mut rows = Vec::new();
    for (output, outputs) in [
        (DAILY, (0..=40).map(|d| 24.0 * f64::from(d)).collect::<Vec<f64>>()),
        (HOURLY, (0..=960).map(f64::from).collect()),
    ] {
        let checked = size.counts[1];
        let truth = others::dop853(&subjects[..checked], &outputs, 1e-12);
        for listing in 0..3 {
            let count = size.counts[listing];
            let rounds = size.rounds[listing];
            let name = ["Daily", "Hourly"][output];
            eprintln!("{name} output, {count} subjects");
            let here: Vec<&Contender<'_>> =
                contenders.iter().filter(|c| listing < c.listings[output]).collect();
            let truth = truth.get(..count * outputs.len());
            let found = time(&here, &outputs, (output, count), rounds, truth);
            println!("\n## {name} output, {count} subjects\n");
            print(&found, contenders.len() > here.len());
            rows.extend(found);
        }
    }
    rows
}

/// Checks the programs, then times them in turn.
fn time(
    contenders: &[&Contender<'_>],
    outputs: &[f64],
    (output, count): (usize, usize),
    rounds: usize,
    truth: Option<&[f64]>,
) -> Vec<Row> {
    let row = |contender: &&Contender<'_>| {
        let check = |truth| worst(&(contender.program)(0..count, outputs), truth);
        let error = truth.map_or(f64::NAN, check);
        let (one, two) = (Cost::MOST, Cost::MOST);
        Row { name: contender.name, output, count, one, two, error }
    };
    let mut rows: Vec<Row> = contenders.iter().map(row).collect();
    for _ in 0..rounds {
        for (contender, row) in contenders.iter().zip(&mut rows) {
            row.one = row.one.smaller(measure(&contender.program, outputs, count, 1));
            row.two = row.two.smaller(measure(&contender.program, outputs, count, 2));
        }
    }
    rows
}

fn print(rows: &[Row], some_missing: bool) {
    println!(
        "| program | us per subject | x closed form | x all states | two threads, us (processors) | gain | worst error |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for row in rows {
        let ratio = |to: &Row| row.one.processor / to.one.processor;
        let error = match row.error {
            e if e.is_nan() => "not checked".to_owned(),
            e if e < 1e-5 => format!("{e:.1e}"),
            e => format!("{e:.1e}, does not count"),
        };
        println!(
            "| {} | {:.1} | {:.1} | {:.1} | {:.1} ({:.1}) | {:.2} | {error} |",
            row.name,
            row.one.processor,
            ratio(&rows[0]),
            ratio(&rows[1]),
            row.two.wall,
            row.two.processor,
            row.gain()
        );
    }
    if some_missing {
        println!("\nThe slower programs are left out: a subject costs them the same as above.");
    }
}
