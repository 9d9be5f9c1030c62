//! The rules of one row: what it is, its dose, its observation.

use super::cells::{Cell, Cells, count};
use super::columns::{Columns, Item};
use super::problem::{Findings, Place};
use super::read::Options;
use super::record::{Censoring, Evid, Row, written};
use super::structure::Structure;
use crate::error::echo;
use crate::table::shortest;
use std::sync::Arc;

/// Most texts of DVID that rows share.
const MOST_SHARED: usize = 64;

/// A row, as far as it could be understood.
#[derive(Debug)]
pub(super) struct Judged<'t> {
    /// Its cells.
    pub(super) cells: Cells<'t>,
    /// What it is, unless that cell is faulty.
    pub(super) evid: Option<Evid>,
    /// The record, without occasion and covariates; there if ID, TIME and EVID could be read.
    pub(super) row: Option<Row>,
    /// Whether nothing is wrong with it.
    pub(super) is_sound: bool,
}

/// Judges rows one by one.
#[derive(Debug)]
pub(super) struct Judge<'c> {
    pub(super) columns: &'c Columns,
    pub(super) structure: Option<&'c Structure>,
    pub(super) options: &'c Options,
    pub(super) header: Place,
    /// Which routes were found to take another kind of unit.
    pub(super) refused: Vec<usize>,
    /// The same of outputs, by name.
    pub(super) refused_outputs: Vec<String>,
    /// The texts of DVID so far: every row shares them.
    dvids: Vec<Arc<str>>,
}

impl<'c> Judge<'c> {
    pub(super) fn new(
        columns: &'c Columns,
        structure: Option<&'c Structure>,
        (options, header): (&'c Options, usize),
    ) -> Self {
        let header = Place { line: header, record: String::new() };
        Self {
            columns,
            structure,
            options,
            header,
            refused: Vec::new(),
            refused_outputs: Vec::new(),
            dvids: Vec::new(),
        }
    }

    pub(super) fn judge<'t>(&mut self, cells: Cells<'t>, findings: &mut Findings) -> Judged<'t> {
        let evid = self.evid(&cells, findings);
        let cmt = self.cmt(&cells, evid, findings);
        let Some(kind) = evid else { return Judged { cells, evid, row: None, is_sound: false } };
        let dose = if kind.is_dose() {
            self.dose(&cells, (kind, cmt), findings)
        } else {
            self.warn_of_ignored(&cells, kind, findings);
            None
        };
        let (dv, mdv) = self.observation(&cells, kind, findings);
        let censoring = if kind == Evid::Observation {
            self.censoring(&cells, (dv, mdv), findings)
        } else {
            Censoring::None
        };
        let factor = if dv.is_some() { self.dv_factor(&cells, findings) } else { 1.0 };
        let event = self.event(&cells, kind, findings);
        if let Some(structure) = self.structure {
            self.output(&cells, (kind, structure), (dv, mdv), findings);
        }
        let dvid = cells.dvid.map(|dvid| self.shared(dvid));
        let row = cells.time.number().filter(|_| !cells.id.is_empty()).map(|time| Row {
            line: cells.line,
            time_written: written(cells.time_text, time * self.columns.hours),
            time_h: time * self.columns.hours,
            evid: kind,
            dose,
            mdv,
            dv: dv.map(|dv| dv * factor),
            censoring: censoring.times(factor),
            sd: self.sd(&cells, findings).map(|sd| sd * factor),
            cmt: cmt.filter(|cmt| *cmt > 0),
            dvid,
            occasion: None,
            event,
            covariates: Vec::new(),
        });
        Judged { cells, evid, row, is_sound: true }
    }

    /// The text of a DVID, one for all rows that have it.
    fn shared(&mut self, dvid: &str) -> Arc<str> {
        if let Some(known) = self.dvids.iter().find(|known| ***known == *dvid) {
            return known.clone();
        }
        let new: Arc<str> = dvid.into();
        if self.dvids.len() < MOST_SHARED {
            self.dvids.push(new.clone());
        }
        new
    }

    /// R3. What the row is; `None` where a value that decides it could not be read.
    fn evid(&self, cells: &Cells<'_>, findings: &mut Findings) -> Option<Evid> {
        if !self.columns.has(Item::Evid) {
            if cells.event.is_some() {
                return Some(Evid::Other);
            }
            let (amt, ss) = (cells.amt.or_zero()?, cells.ss.or_zero()?);
            let rate = cells.rate.or_zero()?;
            let is_rate = rate > 0.0 || is_minus(rate, 1);
            let is_dose = amt > 0.0 || ss > 0.0 && is_rate;
            if amt < 0.0 {
                let text =
                    format!("{} {} is negative", self.columns.name(Item::Amt), shortest(amt));
                findings.refuse(&cells.place(), "E08", text);
                return None;
            }
            return Some(if is_dose { Evid::Dose } else { Evid::Observation });
        }
        let number = cells.evid.or_zero()?;
        let evid = match count(number) {
            Some(0) => Evid::Observation,
            Some(1) => Evid::Dose,
            Some(2) => Evid::Other,
            Some(3) => Evid::Reset,
            Some(4) => Evid::ResetDose,
            Some(code) if code >= 100 => {
                let cmt = (code / 100 % 100 + 100 * (code / 100_000)).max(1);
                let text = format!(
                    "EVID {code} is an RxODE code: write EVID 1 with CMT {cmt} (infusions need RATE)"
                );
                findings.refuse(&cells.place(), "E05", text);
                return None;
            }
            _ => {
                let text = format!("EVID {} is not one of 0, 1, 2, 3, 4", shortest(number));
                findings.refuse(&cells.place(), "E05", text);
                return None;
            }
        };
        Some(evid)
    }

    /// R19. The compartment: 0 for the first route, `None` where CMT could not be read.
    fn cmt(&self, cells: &Cells<'_>, evid: Option<Evid>, findings: &mut Findings) -> Option<usize> {
        let number = cells.cmt.or_zero()?;
        let shown = shortest(number);
        if number < 0.0 {
            let text = format!("CMT {shown}: switching compartments off is not supported");
            findings.refuse(&cells.place(), "E11", text);
            return None;
        }
        let Some(cmt) = count(number) else {
            findings.refuse(&cells.place(), "E10", format!("CMT {shown} is not a whole number"));
            return None;
        };
        if let (Some(structure), true) = (self.structure, evid.is_some_and(Evid::is_dose))
            && structure.target(Some(cmt).filter(|cmt| *cmt > 0)).is_none()
        {
            let all = structure.compartments();
            let text = format!("CMT {shown} does not exist: the model has {all}");
            findings.refuse(&cells.place(), "E10", text);
            return None;
        }
        Some(cmt)
    }

    /// W08. Values that only doses and observations have.
    fn warn_of_ignored(&self, cells: &Cells<'_>, evid: Evid, findings: &mut Findings) {
        let items = [
            (Item::Amt, cells.amt),
            (Item::Rate, cells.rate),
            (Item::Ii, cells.ii),
            (Item::Addl, cells.addl),
            (Item::Ss, cells.ss),
        ];
        let is_event = evid == Evid::Other && cells.event.is_some();
        let row = match evid {
            Evid::Observation => "an observation row",
            _ => "a row that is not a dose",
        };
        for (item, _) in items.iter().filter(|(_, cell)| is_value(*cell)) {
            if !(is_event && *item == Item::Amt) {
                let text = format!("{} on {row} (ignored)", self.columns.name(*item));
                findings.warn(&cells.place(), "W08", text);
            }
        }
    }

    /// The event of the model that a row with EVID 2 calls.
    fn event(
        &self,
        cells: &Cells<'_>,
        evid: Evid,
        findings: &mut Findings,
    ) -> Option<Box<(String, f64)>> {
        let name = cells.event?;
        if evid != Evid::Other {
            let text = format!("EVENT {} needs EVID 2", echo(name));
            findings.refuse(&cells.place(), "E26", text);
            return None;
        }
        if let Some(structure) = self.structure
            && !structure.events.iter().any(|own| own == name)
        {
            let choice = crate::error::choose(name, &structure.events);
            let text = format!("EVENT {}: the model has no such event{choice}", echo(name));
            findings.refuse(&cells.place(), "E26", text);
            return None;
        }
        Some(Box::new((name.to_owned(), cells.amt.or_zero()?)))
    }
}

/// Whether `number` is minus this whole number.
pub(super) fn is_minus(number: f64, whole: usize) -> bool {
    count(-number) == Some(whole)
}

/// Whether a cell holds anything but 0.
pub(super) fn is_value(cell: Cell) -> bool {
    cell.number().is_some_and(|number| number.abs() > 0.0)
}
