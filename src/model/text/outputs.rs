//! Which outputs of a text are the count and the concentration that the rest of the program shows.

use super::Unit;
use super::sheet::{Id, Sheet};
use crate::units::COUNT_UNIT;

/// The unit of concentrations inside the program.
const CONC_UNIT: &str = "ng/mL";
/// The name of the platelet count among several outputs in its unit.
const COUNT: &str = "plt";
/// The outputs of a model without any in the unit of counts, and the remedy.
pub(in crate::model) const NO_COUNT: [&str; 2] =
    ["which gives no platelet count", "choose a model with an output in 10^9/L"];

/// Where an output is shown, with what its value is multiplied by there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shown {
    /// As the count, 10⁹/L.
    Platelets(f64),
    /// As the concentration, ng/mL.
    Conc(f64),
    /// As the readout at this position, in its own unit.
    Readout(usize),
}

/// Which output is the count, and which the concentration.
pub(in crate::model) struct Outputs {
    pub(in crate::model) platelets: Option<(Id, f64)>,
    pub(in crate::model) conc: Option<(Id, f64)>,
    /// Positions of the others.
    pub(super) others: Vec<usize>,
}

impl Outputs {
    /// The output that is a number of cells in a volume, or the one called `plt` of several; and the first that is a
    /// mass in a volume.
    pub(in crate::model) fn of(sheet: &Sheet) -> Self {
        let counts = in_unit(sheet, COUNT_UNIT);
        let platelets = match counts.as_slice() {
            [only] => Some(*only),
            several => several.iter().find(|(i, ..)| sheet.outputs[*i].name == COUNT).copied(),
        };
        let conc = in_unit(sheet, CONC_UNIT).first().copied();
        let taken = [platelets.map(|own| own.0), conc.map(|own| own.0)];
        let others = (0..sheet.outputs.len()).filter(|i| !taken.contains(&Some(*i))).collect();
        let of = |found: Option<(usize, Id, f64)>| found.map(|(_, id, factor)| (id, factor));
        Self { platelets: of(platelets), conc: of(conc), others }
    }

    /// The outputs of a text without a platelet count, and the remedy.
    pub(in crate::model) fn without_count(sheet: &Sheet) -> (String, String) {
        let counts = in_unit(sheet, COUNT_UNIT);
        if counts.is_empty() {
            return NO_COUNT.map(str::to_owned).into();
        }
        let names: Vec<String> =
            counts.iter().map(|(i, ..)| format!("`{}`", sheet.outputs[*i].name)).collect();
        let given = format!("which gives several outputs in {COUNT_UNIT}, {}", names.join(", "));
        (given, format!("call the platelet count `{COUNT}` in the text of the model"))
    }
}

/// The outputs that can be converted to `unit`: position, value and factor of each.
fn in_unit(sheet: &Sheet, unit: &str) -> Vec<(usize, Id, f64)> {
    let Ok(unit) = Unit::read(unit) else { return Vec::new() };
    let outputs = sheet.outputs.iter().enumerate();
    outputs.filter_map(|(i, own)| Some((i, own.id, own.unit.factor_to(&unit)?))).collect()
}
