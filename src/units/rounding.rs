//! Numbers as text with so many significant figures: the one rounding for printed results, messages,
//! figures and the report.

/// How a rounded number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For columns: zeros at the end are kept, digits beyond the significant ones are 0, and very large
    /// and very small numbers have a power of ten.
    Column,
    /// For text and labels: zeros at the end are dropped, whole numbers keep all their digits, and the
    /// minus is a true one.
    Label,
}

/// Most decimals of a label.
const MOST_DECIMALS: i32 = 9;
/// Powers of ten from which a column writes numbers without an exponent, and to which.
const WITHOUT_EXPONENT: std::ops::Range<i32> = -4..6;

/// `value` with at most so many significant figures.
#[must_use]
pub fn rounded(value: f64, figures: u8) -> f64 {
    let after_first = usize::from(figures.saturating_sub(1));
    format!("{value:.after_first$e}").parse().unwrap_or(value)
}

/// `value` as text with so many significant figures.
#[must_use]
pub fn significant(value: f64, figures: u8, form: Form) -> String {
    let to_figures = rounded(value, figures);
    if to_figures == 0.0 {
        return "0".to_owned();
    }
    // Of the rounded value: 9.9996 has its first figure where 10 has it.
    let magnitude = to_figures.abs().log10().floor();
    let after_first = f64::from(figures) - 1.0;
    let decimals = (0..MOST_DECIMALS).find(|d| magnitude + f64::from(*d) >= after_first);
    let decimals = usize::try_from(decimals.unwrap_or(MOST_DECIMALS)).unwrap_or(0);
    let exponents = f64::from(WITHOUT_EXPONENT.start)..f64::from(WITHOUT_EXPONENT.end);
    match form {
        Form::Column if exponents.contains(&magnitude) => format!("{to_figures:.decimals$}"),
        Form::Column => format!("{to_figures:.*e}", usize::from(figures.saturating_sub(1))),
        Form::Label => {
            let digits = number(value, decimals);
            if digits.contains('.') {
                digits.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                digits
            }
        }
    }
}

/// A number with a fixed count of decimals and a true minus sign; a dash for what is not a number.
#[must_use]
pub fn number(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let plain =
        if value.abs() < 1e9 { format!("{value:.places$}") } else { format!("{value:.1e}") };
    let digits = plain.trim_start_matches('-');
    if plain.starts_with('-') && digits.chars().any(|c| c.is_ascii_digit() && c != '0') {
        format!("−{digits}")
    } else {
        digits.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, rounded, significant};

    #[test]
    fn analytic_rounding_leaves_four_digits() {
        for (value, expected) in [(52.643_191, 52.64), (15_000.4, 15_000.0), (1.0 / 3e4, 3.333e-5)]
        {
            assert!((rounded(value, 4) - expected).abs() < 1e-12 * expected);
        }
    }

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
            assert_eq!(significant(value, 4, Form::Column), written);
        }
    }

    #[test]
    fn analytic_labels_show_the_first_figures_without_zeros_at_the_end() {
        for (value, figures, written) in [
            (97.517_209_961, 4, "97.52"),
            (0.000_123_456_78, 4, "0.0001235"),
            (0.75, 4, "0.75"),
            (39.0, 3, "39"),
            (9.999_96, 4, "10"),
            (1234.5, 3, "1234"),
            (0.0, 3, "0"),
            (-0.000_2, 3, "−0.0002"),
            (1e-12, 3, "0"),
            (2.5e12, 3, "2.5e12"),
            (f64::NAN, 3, "–"),
        ] {
            assert_eq!(significant(value, figures, Form::Label), written);
        }
    }
}
