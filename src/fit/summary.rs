//! A result as a person reads it.

use super::FIGURES;
use super::result::{Estimate, FitResult, Prediction};
use crate::units::rounding::{self, Form};
use std::fmt::Write;

/// Relative standard errors above this, %, are printed as such.
const MOST_RSE: f64 = 999.9;

impl FitResult {
    /// The result as a person reads it: estimates with four significant digits at most.
    #[must_use]
    pub fn summary(&self) -> String {
        let condition = if self.condition.is_finite() {
            format!("condition {:.3e}", self.condition)
        } else {
            "condition infinite".to_owned()
        };
        let mut text = format!(
            "{}\n{}, -2 log L = {}, {} degrees of freedom, {condition}\n",
            self.title,
            self.status.meaning(),
            objective(self.objective),
            self.degrees_of_freedom,
        );
        if !self.estimates.is_empty() {
            text += "\nparameter   estimate      SE   RSE %   95 % by profile        plausible\n";
        }
        self.estimates.iter().for_each(|estimate| text += &estimate_line(estimate));
        text += "\ntarget                        observed (SE)      predicted   difference/SE\n";
        self.predictions.iter().for_each(|prediction| text += &prediction_line(prediction));
        if !self.notes.is_empty() {
            text += "\n";
        }
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        text
    }
}

/// Three decimals, however large.
fn objective(objective: f64) -> String {
    if objective < 1e6 { format!("{objective:.3}") } else { format!("{objective:.3e}") }
}

fn estimate_line(e: &Estimate) -> String {
    let end = |end: Option<f64>| end.map_or("open".to_owned(), significant);
    let rse = match e.rse_percent {
        Some(rse) if rse > MOST_RSE => format!("> {MOST_RSE:.0}"),
        Some(rse) => format!("{rse:.1}"),
        None => "-".to_owned(),
    };
    let plausible = match (e.plausible_low, e.plausible_high) {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        _ => "-".to_owned(),
    };
    format!(
        "{:9} {:>10} {:>7} {rse:>7}   {:20}   {plausible} {}\n",
        e.symbol,
        significant(e.value),
        e.se.map_or("-".to_owned(), significant),
        format!("{} to {}", end(e.profile_low), end(e.profile_high)),
        e.unit
    )
}

fn prediction_line(p: &Prediction) -> String {
    let se = format!("({:.2}{})", p.se, if p.se_is_assumed { ", assumed" } else { "" });
    format!(
        "{:28} {:>7.2} {se:15} {:>9.3} {:>+10.4}\n",
        p.statistic, p.observed, p.predicted, p.standardised
    )
}

/// `value` with the figures of printed results.
fn significant(value: f64) -> String {
    rounding::significant(value, FIGURES, Form::Column)
}

#[cfg(test)]
mod tests {
    use super::objective;

    #[test]
    fn regress_objectives_are_printed_with_three_decimals() {
        assert_eq!(objective(3.9e-16), "0.000");
        assert_eq!(objective(12.345_67), "12.346");
        assert_eq!(objective(1.5e12), "1.500e12");
    }
}
