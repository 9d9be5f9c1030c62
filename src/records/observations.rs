//! The rules of observations: DV, MDV, censoring, and the output that is observed.

use super::cells::{Cell, Cells, count};
use super::columns::Item;
use super::problem::{Findings, Place};
use super::read::{Purpose, or_give};
use super::record::{Censoring, Evid};
use super::rules::{Judge, is_minus, is_value};
use super::structure::Structure;
use super::unit::AmountUnit;
use crate::table::shortest;

impl Judge<'_> {
    /// R4. DV and whether it enters a likelihood.
    pub(super) fn observation(
        &self,
        cells: &Cells<'_>,
        evid: Evid,
        findings: &mut Findings,
    ) -> (Option<f64>, bool) {
        let written = match cells.mdv {
            Cell::Number(number) => match count(number) {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => {
                    let text = format!("MDV {} is not 0 or 1", shortest(number));
                    findings.refuse(&cells.place(), "E24", text);
                    Some(true)
                }
            },
            Cell::Missing | Cell::Faulty => None,
        };
        if evid != Evid::Observation {
            if is_value(cells.dv) {
                let text = "DV on a row that is not an observation (ignored)";
                findings.warn(&cells.place(), "W08", text);
            }
            return (None, true);
        }
        let dv = cells.dv.number();
        if dv.is_none() && written == Some(false) && cells.dv == Cell::Missing {
            let text = "an observation marked MDV 0 has no DV: give DV, or MDV 1 to ask for a prediction only";
            match self.options.purpose {
                Purpose::Fit => findings.refuse(&cells.place(), "E07", text),
                Purpose::Predict => findings.warn(&cells.place(), "W10", text),
            }
        }
        (dv, written.unwrap_or(false) || dv.is_none())
    }

    /// R20. What the observation says of the true value.
    pub(super) fn censoring(
        &self,
        cells: &Cells<'_>,
        (dv, mdv): (Option<f64>, bool),
        findings: &mut Findings,
    ) -> Censoring {
        let lloq = cells.lloq.number().or(self.options.lloq);
        if !self.columns.has(Item::Cens) {
            let limit = lloq.filter(|lloq| dv.is_some_and(|dv| dv < *lloq));
            return limit.map_or(Censoring::None, Censoring::Below);
        }
        let Some(number) = cells.cens.or_zero() else { return Censoring::None };
        let is_below = count(number) == Some(1);
        let is_above = is_minus(number, 1);
        if !is_below && !is_above {
            if count(number) != Some(0) {
                let text = format!("CENS {} is not one of -1, 0, 1", shortest(number));
                self.refuse_fit(&cells.place(), "E18", text, findings);
            }
            return Censoring::None;
        }
        let Some(dv) = dv else {
            let is_asked = !mdv || cells.mdv == Cell::Missing;
            if is_asked && cells.dv == Cell::Missing {
                let text = format!("CENS {} needs the limit in DV", shortest(number));
                self.refuse_fit(&cells.place(), "E18", text, findings);
            }
            return Censoring::None;
        };
        match cells.limit.number() {
            _ if is_above => Censoring::Above(dv),
            Some(limit) if limit > dv => {
                let text = format!("LIMIT {} is above DV {}", shortest(limit), shortest(dv));
                self.refuse_fit(&cells.place(), "E18", text, findings);
                Censoring::Below(dv)
            }
            Some(limit) => Censoring::Between(limit, dv),
            None => Censoring::Below(dv),
        }
    }

    /// The standard deviation of a count, in the unit of the file, where the table gives one.
    pub(super) fn sd(&self, cells: &Cells<'_>, findings: &mut Findings) -> Option<f64> {
        let sd = cells.sd.number()?;
        if sd > 0.0 {
            return Some(sd);
        }
        let (name, shown) = (self.columns.name(Item::Sd), shortest(sd));
        let text = format!(
            "{name} {shown} is not above 0: give the standard deviation of the count, or leave the cell empty"
        );
        findings.refuse(&cells.place(), "E24", text);
        None
    }

    /// What only a fit refuses, and others warn of.
    fn refuse_fit(&self, place: &Place, code: &'static str, text: String, findings: &mut Findings) {
        match self.options.purpose {
            Purpose::Fit => findings.refuse(place, code, text),
            Purpose::Predict => findings.warn(place, code, text),
        }
    }

    /// How many of the output's units there are in one unit of DV.
    pub(super) fn dv_factor(&mut self, cells: &Cells<'_>, findings: &mut Findings) -> f64 {
        let (Some(unit), Some(structure)) = (&self.columns.dv_unit, self.structure) else {
            return 1.0;
        };
        let cmt = cells.cmt.or_zero().and_then(count).filter(|cmt| *cmt > 0);
        let row = (cells.dvid, cmt);
        let output = structure.output_of(row, self.options.output.as_deref()).ok();
        let Some(output) = output.and_then(|i| structure.outputs.get(i)) else { return 1.0 };
        let (unit, wanted) = (AmountUnit::of(unit), AmountUnit::of(&output.unit));
        if let Some(factor) = unit.in_units_of(&wanted, structure.molar_mass) {
            return factor;
        }
        let column = self.columns.name(Item::Dv);
        let text = unit.refusal(column, &format!("the output `{}` is in", output.name), &wanted);
        if !self.refused_outputs.contains(&output.name) {
            self.refused_outputs.push(output.name.clone());
            findings.refuse(&self.header, "E01", text);
        }
        1.0
    }

    /// R22 and E19, for observations.
    pub(super) fn output(
        &self,
        cells: &Cells<'_>,
        (evid, structure): (Evid, &Structure),
        (dv, mdv): (Option<f64>, bool),
        findings: &mut Findings,
    ) {
        if evid != Evid::Observation {
            return;
        }
        let cmt = cells.cmt.or_zero().and_then(count).filter(|cmt| *cmt > 0);
        let wanted = self.options.output.as_deref();
        match structure.output_of((cells.dvid, cmt), wanted) {
            Ok(output) => {
                let is_logarithm = structure.outputs.get(output).is_some_and(|o| o.is_lognormal);
                let is_value = !mdv && !cells.cens.or_zero().is_some_and(|cens| cens.abs() > 0.0);
                if let Some(dv) = dv.filter(|dv| *dv <= 0.0 && is_logarithm && is_value) {
                    let text = format!(
                        "DV {} cannot be taken as a logarithm (log-normal error): censor it or drop it",
                        shortest(dv)
                    );
                    self.refuse_fit(&cells.place(), "E19", text, findings);
                }
            }
            Err(text) => {
                let words = if cells.dvid.is_none() { self.options.remedies.output } else { "" };
                let text = text + &or_give("", words, "");
                findings.refuse(&cells.place(), "E25", text);
            }
        }
    }
}
