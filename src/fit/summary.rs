//! A result as a person reads it.

use super::bounds::rounded;
use super::result::{Estimate, FitResult, Prediction};
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

/// `value` with four significant digits; very large and very small ones as powers of ten.
fn significant(value: f64) -> String {
    let value = rounded(value);
    let magnitude = value.abs().log10().floor();
    if !(-4.0..6.0).contains(&magnitude) {
        return if value == 0.0 { "0".to_owned() } else { format!("{value:.3e}") };
    }
    let decimals = (0..=7_u8).find(|d| magnitude + f64::from(*d) >= 3.0).unwrap_or_default();
    format!("{value:.*}", usize::from(decimals))
}

#[cfg(test)]
mod tests {
    use super::{objective, significant};

    #[test]
    fn regress_numbers_are_printed_with_four_digits() {
        for (value, written) in [
            (52.643_191, "52.64"),
            (9.999_96, "10.00"),
            (12_345.6, "12350"),
            (0.012_345_6, "0.01235"),
            (150.0, "150.0"),
            (1.234_56e32, "1.235e32"),
            (3.2e-9, "3.200e-9"),
            (0.0, "0"),
        ] {
            assert_eq!(significant(value), written);
        }
        assert_eq!(objective(3.9e-16), "0.000");
        assert_eq!(objective(12.345_67), "12.346");
        assert_eq!(objective(1.5e12), "1.500e12");
    }
}
