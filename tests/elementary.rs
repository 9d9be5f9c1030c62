//! Accuracy of the elementary functions of the lane engine, against tables computed with mpmath.
//!
//! Source: `tests/elementary/tables.py`, mpmath 1.3 with 60 digits.

use thrombopoiesis::numeric::elementary::{exp, ln, powf};

/// The numbers of a table, row by row; what is no number becomes NaN, which no comparison passes.
fn rows<const N: usize>(table: &str) -> Vec<[f64; N]> {
    let number = |text: &str| u64::from_str_radix(text, 16).map_or(f64::NAN, f64::from_bits);
    let row = |line: &str| {
        let mut numbers = line.split(',').map(number);
        std::array::from_fn(|_| numbers.next().unwrap_or(f64::NAN))
    };
    table.lines().map(row).collect()
}

/// Distance of two numbers in units of the last place of the second.
fn ulps(found: f64, exact: f64) -> f64 {
    let spacing = f64::from_bits(exact.abs().to_bits() + 1) - exact.abs();
    (found - exact).abs() / spacing
}

/// To the double nearest to the true value.
const LIMIT_ULPS: f64 = 1.0;

#[test]
fn val_exp_over_the_full_range() {
    for [x, exact] in rows(include_str!("elementary/exp.csv")) {
        assert!(ulps(exp(x), exact) <= LIMIT_ULPS, "exp({x}) = {}, not {exact}", exp(x));
    }
}

#[test]
fn val_ln_over_the_full_range() {
    for [x, exact] in rows(include_str!("elementary/ln.csv")) {
        assert!(ulps(ln(x), exact) <= LIMIT_ULPS, "ln({x}) = {}, not {exact}", ln(x));
    }
}

#[test]
fn val_powf_is_as_accurate_as_the_size_of_its_exponent_allows() {
    for [x, y, exact] in rows(include_str!("elementary/powf.csv")) {
        let limit = 1.0 + 2.0 * (y * x.ln()).abs();
        assert!(ulps(powf(x, y), exact) <= limit, "powf({x}, {y}) = {}, not {exact}", powf(x, y));
    }
}

#[test]
fn val_edges() {
    let cases = [
        ("exp(-inf)", exp(f64::NEG_INFINITY), 0.0),
        ("exp(-708)", exp(-708.0), 0.0),
        ("exp(-1e300)", exp(-1e300), 0.0),
        ("exp(inf)", exp(f64::INFINITY), f64::INFINITY),
        ("exp(710)", exp(710.0), f64::INFINITY),
        ("exp(1e300)", exp(1e300), f64::INFINITY),
        ("exp(0)", exp(0.0), 1.0),
        ("ln(0)", ln(0.0), f64::NEG_INFINITY),
        ("ln(inf)", ln(f64::INFINITY), f64::INFINITY),
        ("ln(1)", ln(1.0), 0.0),
        ("powf(0, 1.4)", powf(0.0, 1.4), 0.0),
        ("powf(2, 0)", powf(2.0, 0.0), 1.0),
    ];
    for (name, found, expected) in cases {
        assert_eq!(found.to_bits(), expected.to_bits(), "{name} = {found}");
    }
    for (name, found) in [
        ("exp(NaN)", exp(f64::NAN)),
        ("ln(NaN)", ln(f64::NAN)),
        ("ln(-1)", ln(-1.0)),
        ("powf(-1, 2)", powf(-1.0, 2.0)),
    ] {
        assert!(found.is_nan(), "{name} = {found}");
    }
}
