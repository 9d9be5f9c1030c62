//! Records as typed values.

use super::columns::Columns;
use crate::error::echo;
use crate::table::shortest;
use std::sync::Arc;

/// The records of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// Which columns were read as what.
    pub columns: Columns,
    /// Names of the covariates, in the order of [`Row::covariates`].
    pub covariates: Vec<String>,
    /// The subjects, in the order of the file.
    pub subjects: Vec<Subject>,
}

impl Records {
    /// All rows, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.subjects.iter().flat_map(|subject| &subject.rows)
    }
}

/// A subject: consecutive rows with one ID.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The ID as written.
    pub id: String,
    /// Its rows, in the order of the file; there is at least one.
    pub rows: Vec<Row>,
    /// Its occasions in the order in which they appear; empty without OCC.
    pub occasions: Vec<String>,
}

/// One record. Times are in h, amounts in the unit of their route.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Line in the file, counted from 1.
    pub line: usize,
    /// TIME as written, for messages, where that is not how the program writes [`Self::time_h`].
    pub(super) time_written: Option<Box<str>>,
    /// TIME, h.
    pub time_h: f64,
    /// What the record is.
    pub evid: Evid,
    /// The dose, on records with EVID 1 or 4.
    pub dose: Option<Dose>,
    /// Whether nothing enters a likelihood: MDV, or what it is where the file has none.
    pub mdv: bool,
    /// The observation; only on records with EVID 0.
    pub dv: Option<f64>,
    /// What the observation says of the true value.
    pub censoring: Censoring,
    /// The standard deviation of the observation where the file gives one.
    pub sd: Option<f64>,
    /// CMT; `None` for 0 or a missing one.
    pub cmt: Option<usize>,
    /// DVID as written.
    pub dvid: Option<Arc<str>>,
    /// Position of its occasion in [`Subject::occasions`].
    pub occasion: Option<usize>,
    /// Name of an event of the model, on records with EVID 2, and its argument.
    pub event: Option<Box<(String, f64)>>,
    /// The covariates in their units; not a number where one is missing and nothing was said about that.
    pub covariates: Vec<f64>,
}

/// What a record is: EVID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evid {
    /// 0: an observation, or a prediction that is asked for.
    Observation,
    /// 1: a dose.
    Dose,
    /// 2: another event; advances the clock and switches covariates.
    Other,
    /// 3: a reset.
    Reset,
    /// 4: a reset, then a dose.
    ResetDose,
}

impl Evid {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Observation => 0,
            Self::Dose => 1,
            Self::Other => 2,
            Self::Reset => 3,
            Self::ResetDose => 4,
        }
    }

    /// Whether the record has a dose.
    #[must_use]
    pub const fn is_dose(self) -> bool {
        matches!(self, Self::Dose | Self::ResetDose)
    }

    /// Whether the record resets the states, so that its time may be before that of the previous one.
    #[must_use]
    pub const fn is_reset(self) -> bool {
        matches!(self, Self::Reset | Self::ResetDose)
    }
}

/// AMT, RATE, II, ADDL and SS of a dose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dose {
    /// AMT, in the unit of its route; 0 only for a constant infusion to steady state.
    pub amt: f64,
    /// RATE.
    pub rate: Rate,
    /// II, h; 0 without.
    pub ii_h: f64,
    /// ADDL.
    pub addl: usize,
    /// SS.
    pub ss: SteadyState,
}

/// RATE of a dose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// 0: a bolus.
    Bolus,
    /// An infusion at this rate, per h.
    Fixed(f64),
    /// -1: an infusion at the rate that the model gives.
    Modelled,
    /// -2: an infusion of the duration that the model gives.
    ModelledDuration,
}

/// SS of a dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SteadyState {
    /// 0: none.
    None,
    /// 1: the steady state replaces all amounts.
    Replaces,
    /// 2: the steady state is added to the amounts.
    Adds,
}

impl SteadyState {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Replaces => 1,
            Self::Adds => 2,
        }
    }
}

/// What an observation says of the true value, in the unit of DV.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Censoring {
    /// It is a value.
    None,
    /// The true value is below this limit.
    Below(f64),
    /// The true value lies between these limits.
    Between(f64, f64),
    /// The true value is above this limit.
    Above(f64),
}

impl Censoring {
    /// The same in a unit of which there are `factor` in one of DV.
    pub(super) fn times(self, factor: f64) -> Self {
        match self {
            Self::None => self,
            Self::Below(limit) => Self::Below(limit * factor),
            Self::Between(from, to) => Self::Between(from * factor, to * factor),
            Self::Above(limit) => Self::Above(limit * factor),
        }
    }
}

impl Row {
    /// A row that asks for a prediction and changes nothing, where these covariates hold.
    #[must_use]
    pub fn asking(time_h: f64, covariates: Vec<f64>, occasion: Option<usize>) -> Self {
        Self {
            line: 0,
            time_written: None,
            time_h,
            evid: Evid::Observation,
            dose: None,
            mdv: true,
            dv: None,
            censoring: Censoring::None,
            sd: None,
            cmt: None,
            dvid: None,
            occasion,
            event: None,
            covariates,
        }
    }

    /// Whether the record is an observation that enters a likelihood.
    #[must_use]
    pub fn is_observed(&self) -> bool {
        self.evid == Evid::Observation && !self.mdv && self.dv.is_some()
    }
}

impl Dose {
    /// Whether this is an infusion that has always run, to be ended by its own record.
    #[must_use]
    pub fn is_constant_infusion(&self) -> bool {
        let is_infusion = matches!(self.rate, Rate::Fixed(_) | Rate::Modelled);
        self.ss != SteadyState::None && self.amt <= 0.0 && is_infusion
    }
}

impl Subject {
    /// Line of its first row.
    #[must_use]
    pub fn first_line(&self) -> usize {
        self.rows.first().map_or(0, |row| row.line)
    }

    /// Line of its last row.
    #[must_use]
    pub fn last_line(&self) -> usize {
        self.rows.last().map_or(0, |row| row.line)
    }

    /// How messages name a row: `ID 7 TIME 24`.
    #[must_use]
    pub fn record(&self, row: &Row) -> String {
        match &row.time_written {
            Some(written) => record_name(&self.id, written),
            None => record_name(&self.id, &shortest(row.time_h)),
        }
    }
}

/// TIME as written, where that is not how the program writes it.
pub(super) fn written(text: &str, time_h: f64) -> Option<Box<str>> {
    (shortest(time_h) != text).then(|| text.into())
}

/// How messages name a record.
pub(super) fn record_name(id: &str, time: &str) -> String {
    let shown = |text: &str| if text.is_empty() { ".".to_owned() } else { echo(text) };
    format!("ID {} TIME {}", shown(id), shown(time))
}

/// Whether two times are the same: they differ by at most 1e-10 of the larger of 1 h and the time.
#[must_use]
pub fn same_time(a_h: f64, b_h: f64) -> bool {
    (a_h - b_h).abs() <= 1e-10 * b_h.abs().max(1.0)
}
