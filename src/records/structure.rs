//! What records are read against: the compartments, routes, outputs and covariates of a model, by name and number.
//!
//! A [`Structure`] holds no equation. A model fills one in; without it a file is checked as far as no model is needed.

use super::unit::AmountUnit;
use crate::error::{Error, echo};
use crate::units::COUNT_UNIT;
use std::fmt::Write;

/// The names and numbers of a model that records refer to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Structure {
    /// Name of the model, for messages.
    pub model: String,
    /// Hours in one unit of the model's time; 0 stands for 1.
    pub hours_per_time_unit: f64,
    /// Molar mass of the drug, g/mol, if the model has one.
    pub molar_mass: Option<f64>,
    /// Names of the states; a state's compartment number is its place, counted from 1.
    pub states: Vec<String>,
    /// The routes, in the order of the model; the first is that of a dose without CMT.
    pub routes: Vec<Route>,
    /// The outputs, in the order of the model.
    pub outputs: Vec<Output>,
    /// The covariates, in the order of the model.
    pub covariates: Vec<Covariate>,
    /// Names of the parameters; a column of such a name is not read.
    pub parameters: Vec<String>,
    /// Names of the events that a column EVENT may call.
    pub events: Vec<String>,
    /// Why the model is not linear in its amounts, as in "has feedback"; `None` if it is linear.
    pub not_linear: Option<String>,
}

/// A way into the body that records dose by its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// Its compartment number: `cmt = n` of the model, or else the number of the state that it enters.
    pub number: usize,
    /// Unit of its amounts, such as `mg` or `ug/kg`.
    pub unit: String,
    /// Every administration enters all of these at once.
    pub entries: Vec<Entry>,
}

/// One `dose` line of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entry {
    /// Position of the state that it enters, counted from 0.
    pub target: usize,
    /// Whether the model declares a rate, which RATE -1 asks for.
    pub has_rate: bool,
    /// Whether the model declares a duration, which RATE -2 asks for.
    pub has_duration: bool,
}

/// Something that is observed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its number in DVID: `dvid = n` of the model, or else its place, counted from 1.
    pub dvid: usize,
    /// The CMT of its observations, where the model gives one.
    pub cmt: Option<usize>,
    /// Its unit.
    pub unit: String,
    /// Whether its error is log-normal, so that an observation must be above 0.
    pub is_lognormal: bool,
}

/// A covariate of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// Its value in runs without data, in its unit.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Which way its values apply between records.
    pub direction: Direction,
    /// Its categories with their codes in data; empty where it is a number.
    pub codes: Vec<(String, u32)>,
}

impl Covariate {
    /// The error of a `value` that must be the code of a category and is none.
    #[must_use]
    pub fn refuses(&self, value: f64) -> Option<String> {
        let is_code = |(_, code): &(String, u32)| f64::from(*code).to_bits() == value.to_bits();
        let is_admitted = self.codes.is_empty() || value.is_nan() || self.codes.iter().any(is_code);
        (!is_admitted).then(|| format!("the codes are {}", code_words(&self.codes)))
    }
}

/// The codes of categories in words.
fn code_words(codes: &[(String, u32)]) -> String {
    let words = codes.iter().map(|(category, code)| format!("{code} ({category})"));
    words.collect::<Vec<_>>().join(" and ")
}

/// Which way the covariates of a record apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// The values of a record hold in the interval before it, and at its time.
    #[default]
    Backward,
    /// The values of a record hold from its time until the next record.
    Forward,
    /// The values change linearly from one record to the next.
    Linear,
}

impl Direction {
    /// Its name, as the model and the command line write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backward => "backward",
            Self::Forward => "forward",
            Self::Linear => "linear",
        }
    }

    /// What it means, after "values apply ".
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Backward => "backward, to the interval before their row",
            Self::Forward => "forward, to the interval after their row",
            Self::Linear => "linearly between rows",
        }
    }
}

/// Where a dose goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Into the route at this position, with its lag, bioavailability, rate and duration.
    Route(usize),
    /// Into the state at this position as it is: bioavailability 1, no lag, no modelled rate or duration.
    State(usize),
}

impl Structure {
    /// Where a dose with this CMT goes: the route of that number, or else the state of that number; without
    /// CMT, the first route. `None` where there is no such compartment.
    #[must_use]
    pub fn target(&self, cmt: Option<usize>) -> Option<Target> {
        let Some(number) = cmt else {
            return (!self.routes.is_empty()).then_some(Target::Route(0));
        };
        if let Some(route) = self.routes.iter().position(|route| route.number == number) {
            return Some(Target::Route(route));
        }
        number.checked_sub(1).filter(|state| *state < self.states.len()).map(Target::State)
    }

    /// The `dose` lines that a dose with this target enters through.
    #[must_use]
    pub fn entries(&self, target: Target) -> Vec<Entry> {
        match target {
            Target::Route(route) => {
                self.routes.get(route).map(|route| route.entries.clone()).unwrap_or_default()
            }
            Target::State(target) => vec![Entry { target, ..Entry::default() }],
        }
    }

    /// The compartment number of a target, for messages.
    #[must_use]
    pub fn number(&self, target: Target) -> usize {
        match target {
            Target::Route(route) => self.routes.get(route).map_or(0, |route| route.number),
            Target::State(state) => state + 1,
        }
    }

    /// Hours in one unit of the model's time.
    #[must_use]
    pub fn time_unit_h(&self) -> f64 {
        if self.hours_per_time_unit > 0.0 { self.hours_per_time_unit } else { 1.0 }
    }

    /// The unit of amounts of a target; `None` for a dose straight into a state.
    #[must_use]
    pub fn amount_unit(&self, target: Target) -> Option<AmountUnit> {
        match target {
            Target::Route(route) => self.routes.get(route).map(|route| AmountUnit::of(&route.unit)),
            Target::State(_) => None,
        }
    }

    /// The compartments with their numbers, as in `1 depot, 2 central`.
    #[must_use]
    pub fn compartments(&self) -> String {
        let states = self.states.iter().enumerate().map(|(i, name)| (i + 1, name));
        let own = self.routes.iter().filter(|route| route.number > self.states.len());
        let mut all: Vec<_> = states.chain(own.map(|route| (route.number, &route.name))).collect();
        all.sort_by_key(|(number, _)| *number);
        listed(&all)
    }

    /// The outputs with their numbers in DVID, as in `1 conc, 2 plt`.
    #[must_use]
    pub fn output_list(&self) -> String {
        let all: Vec<_> = self.outputs.iter().map(|out| (out.dvid, &out.name)).collect();
        listed(&all)
    }

    /// Position of the output with this name (case ignored) or number.
    #[must_use]
    pub fn output(&self, dvid: &str) -> Option<usize> {
        let named = self.outputs.iter().position(|out| out.name.eq_ignore_ascii_case(dvid));
        let number = || dvid.parse::<f64>().ok().and_then(super::cells::count);
        named.or_else(|| number().and_then(|n| self.outputs.iter().position(|out| out.dvid == n)))
    }

    /// Refuses an output for the rows that name none which the model does not have.
    ///
    /// # Errors
    /// The outputs that there are.
    pub fn require_output(&self, wanted: Option<&str>) -> Result<(), Error> {
        match wanted {
            Some(name) if self.output(name).is_none() => {
                let known = self.outputs.iter().map(|own| own.name.clone()).collect();
                Err(Error::Unknown { kind: "output", name: name.to_owned(), known })
            }
            _ => Ok(()),
        }
    }

    /// R22. The output of a row with this DVID and CMT: with several outputs, DVID chooses, else the CMT of an
    /// output, else the one that is wanted.
    ///
    /// # Errors
    /// A sentence that lists the outputs, where none is chosen.
    pub fn output_of(
        &self,
        (dvid, cmt): (Option<&str>, Option<usize>),
        wanted: Option<&str>,
    ) -> Result<usize, String> {
        if self.outputs.len() < 2 {
            return Ok(0);
        }
        // Every row asks; the list is for those that get no answer.
        let all = || self.output_list();
        if let Some(dvid) = dvid {
            let unknown =
                || format!("DVID {} is not an output: the model has {}", echo(dvid), all());
            return self.output(dvid).ok_or_else(unknown);
        }
        let by_cmt = self.outputs.iter().position(|out| out.cmt.is_some() && out.cmt == cmt);
        let none = || format!("no output is chosen: the model has {}; give DVID", all());
        by_cmt.or_else(|| wanted.and_then(|name| self.output(name))).ok_or_else(none)
    }

    /// The only output that is a platelet count, in 10^9/L: the one that a forecast takes.
    #[must_use]
    pub fn count_output(&self) -> Option<&Output> {
        let mut counts = self.outputs.iter().filter(|output| output.unit == COUNT_UNIT);
        counts.next().filter(|_| counts.next().is_none())
    }

    /// What the model calls this name, if it is one of a parameter, state or output: a column of that name
    /// is not read.
    #[must_use]
    pub fn symbol(&self, name: &str) -> Option<(String, &'static str)> {
        let is = |own: &&String| own.eq_ignore_ascii_case(name);
        let named = |own: Option<&'_ String>, what| own.map(|own| (own.clone(), what));
        let outputs = self.outputs.iter().map(|out| &out.name);
        named(self.parameters.iter().find(is), "a parameter")
            .or_else(|| named(self.states.iter().find(is), "a state"))
            .or_else(|| named(outputs.into_iter().find(is), "an output"))
    }
}

fn listed(all: &[(usize, &String)]) -> String {
    let mut text = String::new();
    for (i, (number, name)) in all.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{number} {name}");
    }
    if text.is_empty() { "none".to_owned() } else { text }
}
