//! The header of a file of records: which column is which data item, with its unit.

use super::problem::{Findings, Place};
use super::read::{Options, or_give};
use super::structure::Structure;
use super::unit::{AmountUnit, hours_in, time_name};
use crate::error::echo;
use crate::units::COUNT_UNIT;

/// A data item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// The subject.
    Id,
    /// The time.
    Time,
    /// The amount of a dose.
    Amt,
    /// The rate of an infusion.
    Rate,
    /// The interval between doses.
    Ii,
    /// The number of additional doses.
    Addl,
    /// Whether a dose is at steady state.
    Ss,
    /// What the record is.
    Evid,
    /// Whether there is no observation.
    Mdv,
    /// The compartment.
    Cmt,
    /// The observation.
    Dv,
    /// Which output is observed.
    Dvid,
    /// The occasion.
    Occ,
    /// Whether the observation is censored.
    Cens,
    /// The other end of a censored observation.
    Limit,
    /// The lower limit of quantification.
    Lloq,
    /// The name of an event of the model.
    Event,
    /// The standard deviation of a count; only in a table of counts.
    Sd,
}

/// How many data items there are.
const ITEMS: usize = 18;

/// The items with the names of their columns, in the order of the enum.
const NAMES: [(Item, &str); ITEMS] = [
    (Item::Id, "ID"),
    (Item::Time, "TIME"),
    (Item::Amt, "AMT"),
    (Item::Rate, "RATE"),
    (Item::Ii, "II"),
    (Item::Addl, "ADDL"),
    (Item::Ss, "SS"),
    (Item::Evid, "EVID"),
    (Item::Mdv, "MDV"),
    (Item::Cmt, "CMT"),
    (Item::Dv, "DV"),
    (Item::Dvid, "DVID"),
    (Item::Occ, "OCC"),
    (Item::Cens, "CENS"),
    (Item::Limit, "LIMIT"),
    (Item::Lloq, "LLOQ"),
    (Item::Event, "EVENT"),
    (Item::Sd, "SD"),
];

/// Names of CDISC's ADPPK, and of amounts, and the item that each is read as where the file has no column of that item.
const OTHER_NAMES: [(&str, Item); 7] = [
    ("USUBJID", Item::Id),
    ("SUBJID", Item::Id),
    ("USUBJIDN", Item::Id),
    ("SUBJIDN", Item::Id),
    ("AFRLT", Item::Time),
    ("ALLOQ", Item::Lloq),
    ("AMOUNT", Item::Amt),
];

/// The column of a table of counts, read as DV.
const COUNTS: &str = "plt_1e9_l";

/// Columns that change what records mean in other programs, and are not supported.
const UNSUPPORTED: [&str; 5] = ["PCMT", "DATE", "DAT1", "DAT2", "DAT3"];

impl Item {
    /// The name of its column.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[self as usize].1
    }
}

/// Which columns of a file were read as what.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// The names in the header, as written.
    pub names: Vec<String>,
    items: [Option<usize>; ITEMS],
    /// Unit of TIME in the name of its column; `None` where the unit of the model's time is assumed.
    pub time_unit: Option<String>,
    /// Hours in one unit of TIME.
    pub hours: f64,
    /// Unit of AMT in the name of its column; `None` where the unit of the route is assumed.
    pub amount_unit: Option<AmountUnit>,
    /// Unit of DV in the name of its column; `None` where the unit of the output is assumed.
    pub dv_unit: Option<String>,
    /// Positions of the columns of the covariates, in their order; `None` for a covariate that has none.
    pub covariates: Vec<Option<usize>>,
    /// Names of the columns that are not used.
    pub additional: Vec<String>,
    /// Whether the rows mean something else than the columns say, so that they cannot be judged.
    pub(super) is_unclear: bool,
}

impl Columns {
    /// Position of the column of an item.
    #[must_use]
    pub fn position(&self, item: Item) -> Option<usize> {
        self.items[item as usize]
    }

    /// Whether the file has a column of an item.
    #[must_use]
    pub fn has(&self, item: Item) -> bool {
        self.position(item).is_some()
    }

    /// Name of the column of an item as written; that of the item where the file has none.
    #[must_use]
    pub fn name(&self, item: Item) -> &str {
        self.position(item).and_then(|i| self.names.get(i)).map_or(item.name(), String::as_str)
    }

    /// Name of the unit of time.
    #[must_use]
    pub fn time_name(&self) -> &str {
        self.time_unit.as_deref().unwrap_or_else(|| time_name(self.hours))
    }

    /// The columns with these names; what is wrong with them goes to `findings`, at `line`.
    pub(super) fn of(
        names: &[String],
        (structure, options): (Option<&Structure>, &Options),
        (findings, line): (&mut Findings, usize),
    ) -> Self {
        let hours = structure.map_or(1.0, Structure::time_unit_h);
        let mut columns = Self { names: names.to_vec(), hours, ..Self::default() };
        let place = Place { line, record: String::new() };
        columns.check_names(findings, &place);
        for (i, name) in names.iter().enumerate() {
            let item = NAMES.iter().find(|(_, known)| name.eq_ignore_ascii_case(known));
            if let Some((item, _)) = item.filter(|(item, _)| *item != Item::Sd) {
                columns.items[*item as usize].get_or_insert(i);
            }
        }
        columns.find_units(findings);
        columns.map_other_names(findings);
        columns.require(findings, &place);
        columns.find_covariates((structure, options), findings, &place);
        columns
    }

    /// Names that stand twice, and columns that are not supported.
    fn check_names(&mut self, findings: &mut Findings, place: &Place) {
        let names = self.names.clone();
        for (i, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let earlier = names[..i].iter().position(|own| own.eq_ignore_ascii_case(name));
            if let Some(first) = earlier {
                let (first_name, name) = (echo(&names[first]), echo(name));
                let other = if first_name == name { String::new() } else { format!(" as {name}") };
                let (first, second) = (first + 1, i + 1);
                let text = format!(
                    "column {first_name} appears twice{other} (columns {first} and {second})"
                );
                findings.refuse(place, "E02", text);
                self.is_unclear = true;
            }
            if UNSUPPORTED.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                let name = echo(name);
                let text = format!("column {name} is not supported: delete or rename it");
                findings.refuse(place, "E24", text);
                self.is_unclear |= !name.eq_ignore_ascii_case("PCMT");
            }
        }
    }

    /// Columns whose names carry a unit, where the plain name is absent.
    fn find_units(&mut self, findings: &mut Findings) {
        if let Some((i, hours)) = self.suffixed(Item::Time, hours_in) {
            self.hours = hours;
            let unit = self.names[i].split_once('_').map_or("", |(_, unit)| unit).to_lowercase();
            self.time_unit = Some(unit);
            self.items[Item::Time as usize] = Some(i);
        }
        if let Some((i, unit)) = self.suffixed(Item::Amt, AmountUnit::of_suffix) {
            self.amount_unit = Some(unit);
            self.items[Item::Amt as usize] = Some(i);
        }
        let of_dv = |suffix: &str| {
            let unit = suffix.to_lowercase();
            let known = ["ng_ml", "ug_ml", "pg_ml", "mg_l", "ug_l", "ng_l", "nmol_l", "1e9_l"];
            known
                .contains(&unit.as_str())
                .then(|| unit.replacen('_', "/", 1).replace("1e9", "10^9"))
        };
        let counts = self.names.iter().position(|name| name.eq_ignore_ascii_case(COUNTS));
        if let Some(i) = counts.filter(|_| !self.has(Item::Dv)) {
            self.dv_unit = Some(COUNT_UNIT.to_owned());
            self.items[Item::Dv as usize] = Some(i);
            let is_sd = |name: &String| name.eq_ignore_ascii_case(Item::Sd.name());
            self.items[Item::Sd as usize] = self.names.iter().position(is_sd);
        }
        if let Some((i, unit)) = self.suffixed(Item::Dv, of_dv) {
            findings.note(format!("{} is read as DV", echo(&self.names[i])));
            self.dv_unit = Some(unit);
            self.items[Item::Dv as usize] = Some(i);
        }
    }

    /// The first column called like an item, with a suffix that means something.
    fn suffixed<T>(&self, item: Item, meaning: impl Fn(&str) -> Option<T>) -> Option<(usize, T)> {
        if self.has(item) {
            return None;
        }
        self.names.iter().enumerate().find_map(|(i, name)| {
            let (base, suffix) = name.split_once('_')?;
            let unit = base.eq_ignore_ascii_case(item.name()).then(|| meaning(suffix))??;
            Some((i, unit))
        })
    }

    fn map_other_names(&mut self, findings: &mut Findings) {
        for (known, item) in OTHER_NAMES {
            let found = self.names.iter().position(|name| name.eq_ignore_ascii_case(known));
            if let Some(i) = found.filter(|_| !self.has(item)) {
                self.items[item as usize] = Some(i);
                findings.note(format!("{} is read as {}", echo(&self.names[i]), item.name()));
            }
        }
    }

    /// ID and TIME must be there.
    fn require(&mut self, findings: &mut Findings, place: &Place) {
        let are_counts = self.names.iter().any(|name| name.eq_ignore_ascii_case(COUNTS));
        if !self.has(Item::Id) && !are_counts {
            findings.refuse(place, "E08", "there is no column ID");
            self.is_unclear = true;
        }
        if self.has(Item::Time) {
            return;
        }
        self.is_unclear = true;
        let named = |name: &&String| {
            name.split_once('_').is_some_and(|(base, _)| base.eq_ignore_ascii_case("TIME"))
        };
        match self.names.iter().find(named) {
            Some(name) => {
                findings.refuse(place, "E01", format!("{}: not a unit of time", echo(name)));
            }
            None => findings.refuse(place, "E08", "there is no column TIME"),
        }
    }

    fn find_covariates(
        &mut self,
        (structure, options): (Option<&Structure>, &Options),
        findings: &mut Findings,
        place: &Place,
    ) {
        for (name, value) in options.wanted_covariates(structure) {
            let column = self.names.iter().position(|own| own.eq_ignore_ascii_case(&name));
            let column = column.filter(|i| !self.items.contains(&Some(*i)));
            if column.is_none() && options.set_value(&name).is_none() {
                let value = value.map_or_else(|| "NUMBER".to_owned(), crate::table::shortest);
                let name = echo(&name);
                let set = or_give("give ", options.remedies.set, &format!("{name}={value}"));
                let text = format!("covariate {name} is not in the file: add a column{set}");
                findings.refuse(place, "E23", text);
            }
            self.covariates.push(column);
        }
        for (i, name) in self.names.iter().enumerate() {
            let is_used = self.items.contains(&Some(i)) || self.covariates.contains(&Some(i));
            let is_refused = UNSUPPORTED.iter().any(|known| name.eq_ignore_ascii_case(known));
            if is_used || is_refused {
                continue;
            }
            if let Some((symbol, what)) = structure.and_then(|structure| structure.symbol(name)) {
                findings.note(format!("column {} is not used; {symbol} is {what}", echo(name)));
                continue;
            }
            let shown = if name.is_empty() { format!("(column {})", i + 1) } else { echo(name) };
            self.additional.push(shown);
        }
    }

    /// Takes the additional column at `position` as a covariate.
    pub(super) fn take(&mut self, position: usize) {
        self.covariates.push(Some(position));
        if let Some(name) = self.names.get(position) {
            self.additional.retain(|own| *own != echo(name));
        }
    }

    /// Positions of the columns that are not used.
    pub(super) fn unused(&self) -> Vec<usize> {
        let is_free = |i: &usize| {
            !self.names[*i].is_empty()
                && !self.items.contains(&Some(*i))
                && !self.covariates.contains(&Some(*i))
        };
        (0..self.names.len()).filter(is_free).collect()
    }
}
