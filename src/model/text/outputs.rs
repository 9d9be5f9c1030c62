//! Which outputs of a text are the count and the concentration that the rest of the program shows.

use super::Unit;
use super::sheet::{Id, Sheet};
use crate::units::COUNT_UNIT;

/// The unit of concentrations inside the program.
const CONC_UNIT: &str = "ng/mL";

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
    /// The first output that is a number of cells in a volume, and the first that is a mass in a volume.
    pub(in crate::model) fn of(sheet: &Sheet) -> Self {
        let first = |unit: &str| {
            let unit = Unit::read(unit).ok()?;
            let fits = |own: &Unit| own.factor_to(&unit);
            sheet
                .outputs
                .iter()
                .enumerate()
                .find_map(|(i, own)| Some((i, own.id, fits(&own.unit)?)))
        };
        let (platelets, conc) = (first(COUNT_UNIT), first(CONC_UNIT));
        let taken = [platelets.map(|own| own.0), conc.map(|own| own.0)];
        let others = (0..sheet.outputs.len()).filter(|i| !taken.contains(&Some(*i))).collect();
        let of = |found: Option<(usize, Id, f64)>| found.map(|(_, id, factor)| (id, factor));
        Self { platelets: of(platelets), conc: of(conc), others }
    }
}
