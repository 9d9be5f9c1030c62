//! The residual errors in a control stream: $SIGMA, and the lines of $ERROR behind the outputs.

use super::equations::Equations;
use super::nonmem_names::NonmemNames;
use super::variation::{Residual, Variation};
use std::fmt::Write;

/// Variance, part and output of the residual errors, each with its EPS in this order.
pub(super) fn errors(variation: &Variation) -> Vec<(f64, &'static str, &'static str)> {
    let of = |residual: Residual, output| {
        residual.parts().into_iter().map(move |(part, sd)| (sd * sd, part, output))
    };
    of(variation.count, "count").chain(of(variation.conc, "concentration")).collect()
}

/// The lines of $ERROR for the count and the concentration.
pub(super) fn observed(equations: &Equations, names: &NonmemNames) -> Vec<String> {
    let Some(variation) = equations.variation.as_ref().filter(|own| own.has_residual()) else {
        return vec!["IPRED = PLT".to_owned(), "Y = IPRED + EPS(1)".to_owned()];
    };
    // A parameter may have this name.
    let w = names.own("W");
    let before = variation.count.parts().len();
    let mut lines = Vec::new();
    if variation.count.is_there() {
        lines.extend(measured("PLT", variation.count, (1, &w)));
    }
    if variation.conc.is_there() {
        let conc = measured("CONC", variation.conc, (before + 1, &w));
        let is_second = !lines.is_empty();
        let condition = format!("IF (CMT.EQ.{}) ", equations.conc_compartment());
        lines.extend(conc.map(|line| if is_second { condition.clone() + &line } else { line }));
    }
    // The weighted residual comes last, when prediction and standard deviation are those of the row.
    lines.push(format!("IWRES = (DV - IPRED)/{w}"));
    lines
}

/// Prediction, standard deviation and observation of one output; its errors are EPS(`first`) and following.
fn measured(output: &str, residual: Residual, (first, w): (usize, &str)) -> [String; 3] {
    let (mut variance, mut y) = (Vec::new(), "Y = IPRED".to_owned());
    for (i, (part, _)) in (first..).zip(residual.parts()) {
        let is_proportional = part == "proportional";
        let (square, factor) = if is_proportional { ("*IPRED**2", "IPRED*") } else { ("", "") };
        variance.push(format!("SIGMA({i},{i}){square}"));
        let _ = write!(y, " + {factor}EPS({i})");
    }
    [format!("IPRED = {output}"), format!("{w} = SQRT({})", variance.join(" + ")), y]
}
