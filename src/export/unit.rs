//! Units as SBML defines them.

use std::collections::BTreeSet;
use std::fmt::Write;

/// The identifier of the unit that files call `unit`.
pub(super) fn id(unit: &str) -> String {
    match unit.strip_prefix("1/") {
        Some(rest) => format!("per_{}", rest.replace('/', "_per_")),
        None if unit == "1" => "dimensionless".to_owned(),
        None => unit
            .replace("10^9", "e9")
            .replace('^', "")
            .replace('/', "_per_")
            .replace(['*', '.'], "_"),
    }
}

/// The definitions of all of `units` that SBML does not know already.
pub(super) fn definitions<'a>(units: impl Iterator<Item = &'a str>) -> String {
    let units: BTreeSet<_> = units.filter(|unit| *unit != "1").collect();
    let mut text = String::new();
    for unit in units {
        let _ = writeln!(text, "      <unitDefinition id=\"{}\"><listOfUnits>", id(unit));
        for (i, part) in unit.split('/').enumerate() {
            for (kind, exponent, scale, multiplier) in part.split('*').flat_map(base_units) {
                let exponent = if i == 0 { exponent } else { -exponent };
                let _ = writeln!(
                    text,
                    "        <unit kind=\"{kind}\" exponent=\"{exponent}\" scale=\"{scale}\" \
                     multiplier=\"{multiplier}\"/>"
                );
            }
        }
        text += "      </listOfUnits></unitDefinition>\n";
    }
    text
}

/// What a unit is a product of: (multiplier · 10^scale · kind)^exponent.
fn base_units(unit: &str) -> Vec<(&'static str, i32, i32, u32)> {
    match unit {
        "h" => vec![("second", 1, 0, 3600)],
        "d" => vec![("second", 1, 0, 86_400)],
        "kg" => vec![("gram", 1, 3, 1)],
        "mg" => vec![("gram", 1, -3, 1)],
        "ug" => vec![("gram", 1, -6, 1)],
        "ng" => vec![("gram", 1, -9, 1)],
        "fg" => vec![("gram", 1, -15, 1)],
        "L" => vec![("litre", 1, 0, 1)],
        "mL" => vec![("litre", 1, -3, 1)],
        "pM" => vec![("mole", 1, -12, 1), ("litre", -1, 0, 1)],
        "10^9" => vec![("item", 1, 9, 1)],
        "cell" => vec![("item", 1, 0, 1)],
        _ => vec![("dimensionless", 1, 0, 1)],
    }
}
