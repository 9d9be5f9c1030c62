//! The rules of doses: AMT, RATE, II, ADDL and SS, alone and against each other.

use super::cells::{Cell, Cells, count};
use super::columns::Item;
use super::problem::Findings;
use super::record::{Dose, Evid, Rate, SteadyState};
use super::rules::{Judge, is_minus};
use super::structure::Target;
use crate::table::shortest;

/// Most additional doses of one record.
const MOST_ADDITIONAL: usize = 100_000;

impl Judge<'_> {
    /// R8, R10, R15. The dose of a row that is one; `cmt` as [`Judge::cmt`] gives it.
    pub(super) fn dose(
        &mut self,
        cells: &Cells<'_>,
        (evid, cmt): (Evid, Option<usize>),
        findings: &mut Findings,
    ) -> Option<Dose> {
        let place = &cells.place();
        let negative = |item: Item, cell: Cell, findings: &mut Findings| {
            let number = cell.or_zero()?;
            if number >= 0.0 {
                return Some(number);
            }
            let name = self.columns.name(item);
            findings.refuse(place, "E08", format!("{name} {} is negative", shortest(number)));
            None
        };
        let amt = negative(Item::Amt, cells.amt, findings);
        let ii = negative(Item::Ii, cells.ii, findings);
        let rate = rate(cells, findings);
        let ss = steady_state(cells, findings);
        let addl = additional(cells, findings);
        if let (Some(amt), Some(rate), Some(ss)) = (amt, rate, ss) {
            let is_rate = matches!(rate, Rate::Fixed(_) | Rate::Modelled);
            let is_constant = amt <= 0.0 && ss != SteadyState::None && is_rate;
            if amt <= 0.0 && !is_constant {
                let evid = evid.number();
                let text = format!(
                    "a dose (EVID {evid}) needs AMT > 0; AMT is 0 (only a constant infusion to steady state, \
                     SS 1 or 2, RATE > 0 or -1, II 0, may have AMT 0)"
                );
                findings.refuse(place, "E06", text);
            } else if let Some(ii) = ii {
                intervals(cells, (ii, addl), (ss, is_constant), findings);
            }
        }
        self.adds_to_linear(cells, ss, findings);
        let target = cmt.and_then(|cmt| self.structure?.target(Some(cmt).filter(|cmt| *cmt > 0)));
        if let (Some(target), Some(rate)) = (target, rate) {
            self.declared(cells, (target, rate), findings);
        }
        let factor = self.factor(target, findings);
        let hours = self.columns.hours;
        let rate = match rate? {
            Rate::Fixed(rate) => Rate::Fixed(rate * factor / hours),
            other => other,
        };
        Some(Dose { amt: amt? * factor, rate, ii_h: ii? * hours, addl: addl?, ss: ss? })
    }

    /// R12. SS 2 needs a linear model.
    fn adds_to_linear(&self, cells: &Cells<'_>, ss: Option<SteadyState>, findings: &mut Findings) {
        let why = self.structure.and_then(|own| Some((&own.model, own.not_linear.as_ref()?)));
        if let (Some((model, why)), Some(SteadyState::Adds)) = (why, ss) {
            let text = format!(
                "SS=2 adds amounts and is meaningful only for a linear model: model `{model}` {why}"
            );
            findings.refuse(&cells.place(), "E16", text);
        }
    }

    /// What RATE -1 and -2 ask for must be declared.
    fn declared(&self, cells: &Cells<'_>, (target, rate): (Target, Rate), findings: &mut Findings) {
        let Some(structure) = self.structure else { return };
        let entries = structure.entries(target);
        let (code, word, is_there) = match rate {
            Rate::Modelled => (-1, "rate", entries.iter().all(|entry| entry.has_rate)),
            Rate::ModelledDuration => {
                (-2, "duration", entries.iter().all(|entry| entry.has_duration))
            }
            Rate::Bolus | Rate::Fixed(_) => return,
        };
        if !is_there {
            let cmt = structure.number(target);
            let text = format!("RATE {code} needs `{word}` for CMT {cmt}: the model declares none");
            findings.refuse(&cells.place(), "E12", text);
        }
    }

    /// How many of the route's units there are in one unit of AMT.
    fn factor(&mut self, target: Option<Target>, findings: &mut Findings) -> f64 {
        let (Some(unit), Some(structure), Some(Target::Route(route))) =
            (&self.columns.amount_unit, self.structure, target)
        else {
            return 1.0;
        };
        let Some(wanted) = structure.amount_unit(Target::Route(route)) else { return 1.0 };
        if let Some(factor) = unit.in_units_of(&wanted, structure.molar_mass) {
            return factor;
        }
        if !self.refused.contains(&route) {
            self.refused.push(route);
            let column = self.columns.name(Item::Amt);
            let what = format!("the route `{}` takes", structure.routes[route].name);
            let text = unit.refusal(column, &what, &wanted);
            findings.refuse(&self.header, "E01", text);
        }
        1.0
    }
}

/// RATE of a dose.
fn rate(cells: &Cells<'_>, findings: &mut Findings) -> Option<Rate> {
    let number = cells.rate.or_zero()?;
    if number > 0.0 {
        return Some(Rate::Fixed(number));
    }
    if count(number) == Some(0) {
        return Some(Rate::Bolus);
    }
    if is_minus(number, 1) {
        return Some(Rate::Modelled);
    }
    if is_minus(number, 2) {
        return Some(Rate::ModelledDuration);
    }
    let text = format!("RATE {} is not one of -2, -1, 0 or > 0", shortest(number));
    findings.refuse(&cells.place(), "E12", text);
    None
}

/// SS of a dose.
fn steady_state(cells: &Cells<'_>, findings: &mut Findings) -> Option<SteadyState> {
    let number = cells.ss.or_zero()?;
    match count(number) {
        Some(0) => Some(SteadyState::None),
        Some(1) => Some(SteadyState::Replaces),
        Some(2) => Some(SteadyState::Adds),
        Some(3) => {
            findings.note("SS 3 is read as 1");
            Some(SteadyState::Replaces)
        }
        _ => {
            let text = format!(
                "SS {} is not one of 0, 1, 2, 3 (3 is read as 1, with a note)",
                shortest(number)
            );
            findings.refuse(&cells.place(), "E15", text);
            None
        }
    }
}

/// ADDL of a dose.
fn additional(cells: &Cells<'_>, findings: &mut Findings) -> Option<usize> {
    let number = cells.addl.or_zero()?;
    let shown = shortest(number);
    match count(number) {
        None => {
            let text = format!("ADDL {shown} is not a whole number >= 0");
            findings.refuse(&cells.place(), "E13", text);
            None
        }
        Some(addl) if addl > MOST_ADDITIONAL => {
            let text =
                format!("ADDL {shown} is more than {MOST_ADDITIONAL}, the most that is supported");
            findings.refuse(&cells.place(), "E13", text);
            None
        }
        addl => addl,
    }
}

/// II against ADDL and SS.
fn intervals(
    cells: &Cells<'_>,
    (ii, addl): (f64, Option<usize>),
    (ss, is_constant): (SteadyState, bool),
    findings: &mut Findings,
) {
    let (place, shown) = (&cells.place(), shortest(ii));
    if is_constant && ii > 0.0 {
        let text = format!("a constant infusion (AMT 0) needs II 0; II is {shown}");
        findings.refuse(place, "E14", text);
    } else if !is_constant && ss != SteadyState::None && ii <= 0.0 {
        let ss = ss.number();
        let text = format!("SS={ss} with a bolus or a finite infusion needs II > 0; II is {shown}");
        findings.refuse(place, "E14", text);
    }
    let Some(addl) = addl else { return };
    if addl > 0 && ii <= 0.0 {
        findings.refuse(place, "E13", format!("ADDL {addl} needs II > 0; II is {shown}"));
    }
    if ii > 0.0 && addl == 0 && ss == SteadyState::None {
        findings.warn(place, "W03", "II given without ADDL or SS (ignored)");
    }
}
