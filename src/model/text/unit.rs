//! Units as they are written: reading them and printing them.

use super::measure::{
    ACTIVITY, BODY, HIGHEST_POWER, MASS, Measure, SUBSTANCE, TIME, VOLUME, WHOLE,
};
use std::fmt::Write as _;

/// A unit as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    text: String,
    measure: Measure,
}

impl Unit {
    /// No unit: a pure number.
    pub(super) fn none() -> Self {
        Self { text: "1".to_owned(), measure: Measure::PURE }
    }

    /// The unit written `text`.
    ///
    /// # Errors
    /// The part that is not a unit.
    pub fn read(text: &str) -> Result<Self, String> {
        Ok(Self { text: text.to_owned(), measure: read(text)? })
    }

    /// A unit for `measure`, in the symbols that the field uses.
    pub(super) fn of(measure: Measure) -> Self {
        Self { text: print(&measure), measure }
    }

    /// The usual unit of what `measure` measures, on whatever scale.
    pub(super) fn usual(measure: &Measure) -> Self {
        let choice: Vec<_> = bases(measure)
            .into_iter()
            .filter_map(|(symbols, exponent)| Some((*symbols.first()?, exponent)))
            .collect();
        Self { text: written("", &choice), measure: measure_of(&choice).unwrap_or_default() }
    }

    pub(super) fn measure(&self) -> &Measure {
        &self.measure
    }

    /// The text; `1` for pure numbers.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a number in this unit is multiplied by to be one in `other`, if the two measure the same.
    #[must_use]
    pub fn factor_to(&self, other: &Self) -> Option<f64> {
        self.measure.matches(&other.measure).then(|| self.measure.factor_to(&other.measure))
    }

    /// What a number in this unit is multiplied by to be one in the unit written `other`.
    #[must_use]
    pub fn factor_to_text(&self, other: &str) -> Option<f64> {
        self.factor_to(&Self::read(other).ok()?)
    }

    /// The unit of a product.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        Self::of(self.measure.times(&other.measure))
    }

    /// The unit of a quotient.
    #[must_use]
    pub fn over(&self, other: &Self) -> Self {
        Self::of(self.measure.over(&other.measure))
    }

    /// The text, kept as long as the program runs.
    #[must_use]
    pub fn kept_text(&self) -> &'static str {
        crate::names::name(&self.text)
    }

    /// Whether it is a pure number, percent and powers of ten included.
    #[must_use]
    pub fn is_pure(&self) -> bool {
        self.measure.is_pure()
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The measure of one symbol.
pub(super) fn symbol(name: &str) -> Option<Measure> {
    let time = |scale: [i32; 5]| Some(Measure::of(TIME, WHOLE, scale));
    let ten = |dimension: usize, n: i32| Some(Measure::of(dimension, WHOLE, [n, 0, n, 0, 0]));
    let length = |n: i32| Some(Measure::of(VOLUME, WHOLE / 3, [n, 0, n, 0, 0]));
    let molar = |n: i32| Some(ten(SUBSTANCE, n)?.over(&ten(VOLUME, 0)?));
    match name {
        "s" => time([-4, -2, -2, 0, 0]),
        "min" => time([-2, -1, -1, 0, 0]),
        "h" => time([0; 5]),
        "d" => time([3, 1, 0, 0, 0]),
        "wk" => time([3, 1, 0, 1, 0]),
        "yr" => time([1, 2, 0, 0, 1]),
        "fg" => ten(MASS, -15),
        "pg" => ten(MASS, -12),
        "ng" => ten(MASS, -9),
        "ug" => ten(MASS, -6),
        "mg" => ten(MASS, -3),
        "g" => ten(MASS, 0),
        "kg" => ten(BODY, 0),
        "fL" => ten(VOLUME, -15),
        "uL" => ten(VOLUME, -6),
        "mL" => ten(VOLUME, -3),
        "dL" => ten(VOLUME, -1),
        "L" => ten(VOLUME, 0),
        "pmol" => ten(SUBSTANCE, -12),
        "nmol" => ten(SUBSTANCE, -9),
        "umol" => ten(SUBSTANCE, -6),
        "mmol" => ten(SUBSTANCE, -3),
        "mol" => ten(SUBSTANCE, 0),
        "pM" => molar(-12),
        "nM" => molar(-9),
        "uM" => molar(-6),
        "mM" => molar(-3),
        "mm" => length(-2),
        "cm" => length(-1),
        "m" => length(1),
        "IU" | "U" => ten(ACTIVITY, 0),
        "%" => Some(Measure::power_of_ten(-2)),
        _ => None,
    }
}

/// Reads a whole unit, such as `10^9/L`; otherwise gives the part that is not a unit.
fn read(text: &str) -> Result<Measure, String> {
    let mut measure = Measure::PURE;
    let mut rest = text;
    let mut divides = false;
    loop {
        let end = factor_end(rest);
        let (factor, after) = rest.split_at(end);
        let one = read_factor(factor).ok_or_else(|| factor.to_owned())?;
        measure = if divides { measure.over(&one) } else { measure.times(&one) };
        if !measure.is_within_limits() {
            return Err(text.to_owned());
        }
        let mut next = after.chars();
        match next.next() {
            None => return Ok(measure),
            Some(mark) => divides = mark == '/',
        }
        rest = next.as_str();
    }
}

/// Where the first factor ends: at `/`, or at a `.` that belongs to no exponent.
fn factor_end(text: &str) -> usize {
    let mut in_exponent = false;
    for (i, c) in text.char_indices() {
        match c {
            '^' => in_exponent = true,
            '/' => return i,
            '.' => {
                let after = text.get(i + 1..).unwrap_or_default();
                if !in_exponent || !after.starts_with(|c: char| c.is_ascii_digit()) {
                    return i;
                }
                in_exponent = false;
            }
            _ => {}
        }
    }
    text.len()
}

fn read_factor(text: &str) -> Option<Measure> {
    if text == "1" {
        return Some(Measure::PURE);
    }
    let Some((base, exponent)) = text.split_once('^') else { return symbol(text) };
    if base == "10" {
        let n: i32 = exponent.parse().ok().filter(|n| (0..=HIGHEST_POWER).contains(n))?;
        return Some(Measure::power_of_ten(n));
    }
    let exponent: f64 = exponent.parse().ok()?;
    if exponent.abs() > f64::from(HIGHEST_POWER) {
        return None;
    }
    symbol(base)?.power(sixtieths(exponent)?)
}

/// An exponent as a number of sixtieths, if it is one.
pub(super) fn sixtieths(exponent: f64) -> Option<i32> {
    let count = exponent * f64::from(WHOLE);
    let is_whole = (count - count.round()).abs() < 1e-9 && count.abs() < 1e6;
    #[expect(clippy::cast_possible_truncation, reason = "below a million, as just tested")]
    is_whole.then(|| count.round() as i32)
}

/// Symbols to print with, the usual ones first.
const TIMES: [&str; 6] = ["h", "d", "min", "s", "wk", "yr"];
const MASSES: [&str; 6] = ["mg", "ug", "ng", "g", "pg", "fg"];
const VOLUMES: [&str; 5] = ["L", "mL", "uL", "dL", "fL"];
const SUBSTANCES: [&str; 5] = ["nmol", "pmol", "umol", "mmol", "mol"];
const MOLARS: [&str; 4] = ["nM", "pM", "uM", "mM"];
const BODIES: [&str; 1] = ["kg"];
const ACTIVITIES: [&str; 1] = ["IU"];

/// A unit for `measure`: the first choice of symbols whose scale is that of `measure`, else the usual
/// symbols behind a number.
fn print(measure: &Measure) -> String {
    let bases = bases(measure);
    let mut choices: Vec<Vec<(&str, i32)>> = vec![Vec::new()];
    for (symbols, exponent) in &bases {
        let longer = choices.iter().flat_map(|choice| {
            symbols.iter().map(|symbol| {
                let mut choice = choice.clone();
                choice.push((*symbol, *exponent));
                choice
            })
        });
        choices = longer.collect();
    }
    let fits = |choice: &&Vec<(&str, i32)>| measure_of(choice).is_some_and(|own| own == *measure);
    if let Some(choice) = choices.iter().find(fits) {
        return written("", choice);
    }
    let usual = choices.first().cloned().unwrap_or_default();
    let factor = measure.factor_to(&measure_of(&usual).unwrap_or_default());
    written(&number(factor), &usual)
}

/// The base symbols and exponents that `measure` is printed with.
fn bases(measure: &Measure) -> Vec<(&'static [&'static str], i32)> {
    let [time, mass, mut volume, mut substance, body, activity] = measure.dimension;
    let mut molar = 0;
    if substance != 0 && volume == -substance {
        (molar, substance, volume) = (substance, 0, 0);
    }
    let all: [(&[&str], i32); 7] = [
        (&MASSES, mass),
        (&SUBSTANCES, substance),
        (&MOLARS, molar),
        (&ACTIVITIES, activity),
        (&BODIES, body),
        (&VOLUMES, volume),
        (&TIMES, time),
    ];
    all.into_iter().filter(|(_, exponent)| *exponent != 0).collect()
}

fn measure_of(choice: &[(&str, i32)]) -> Option<Measure> {
    choice.iter().try_fold(Measure::PURE, |product, (name, exponent)| {
        Some(product.times(&symbol(name)?.power(*exponent)?))
    })
}

/// A factor in the way that units are written: a power of ten, or a number.
fn number(factor: f64) -> String {
    let power = factor.log10().round();
    let is_power = (factor.log10() - power).abs() < 1e-12;
    if is_power && power >= 0.0 { format!("10^{power}") } else { factor.to_string() }
}

fn written(number: &str, symbols: &[(&str, i32)]) -> String {
    let mut text = number.to_owned();
    for (symbol, exponent) in symbols.iter().filter(|(_, exponent)| *exponent > 0) {
        text.push_str(if text.is_empty() { "" } else { "." });
        push(&mut text, symbol, *exponent);
    }
    if text.is_empty() {
        text.push('1');
    }
    for (symbol, exponent) in symbols.iter().filter(|(_, exponent)| *exponent < 0) {
        text.push('/');
        push(&mut text, symbol, -exponent);
    }
    text
}

fn push(text: &mut String, symbol: &str, sixtieths: i32) {
    text.push_str(symbol);
    if sixtieths != WHOLE {
        let _ = write!(text, "^{}", f64::from(sixtieths) / f64::from(WHOLE));
    }
}
