//! What a text declares, beside its equations.

use super::lines::{Change, Shape, Spread};
use super::unit::Unit;

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The source, as written; empty where none is given.
    pub text: String,
    /// `A`, `B`, `C`, `D`, `calc` or `assumed`; none where nothing is said.
    pub grade: Option<&'static str>,
    /// Whether it is the header's, for want of one of its own.
    pub is_header: bool,
}

/// The source in the header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Citation {
    /// The work.
    pub text: String,
    /// Its identifier.
    pub doi: Option<String>,
    /// The grade of everything that names none.
    pub grade: Option<&'static str>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The unit in which it was written.
    pub unit: Unit,
    /// What it means; empty where the text does not say.
    pub meaning: String,
    /// The typical value.
    pub value: f64,
    /// Bounds of the typical value, in its unit.
    pub bounds: Option<(f64, f64)>,
    /// Whether it is kept out of estimation.
    pub is_fixed: bool,
    /// Where the value comes from.
    pub source: Source,
    /// How people differ.
    pub variability: Vec<Variability>,
    /// The effects of covariates and other things, as written after the typical value.
    pub effects: String,
}

/// How people differ in a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Variability {
    /// The distribution.
    pub shape: Shape,
    /// What the number in the text is.
    pub spread: Spread,
    /// The number in the text, pure or in the parameter's unit.
    pub size: f64,
    /// The standard deviation of eta: on the logarithmic or logit scale, or for normal in the parameter's
    /// unit, at the typical value of the text.
    pub sd: f64,
    /// For logitnormal, the interval.
    pub interval: Option<(f64, f64)>,
    /// The record column of the occasion; none for differences between subjects.
    pub occasion: Option<String>,
    /// Whether it is kept out of estimation.
    pub is_fixed: bool,
    /// Where it comes from.
    pub source: Source,
}

/// The correlation between the etas of two parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// The positions of the parameters.
    pub parameters: [usize; 2],
    /// The correlation.
    pub value: f64,
    /// Whether it is kept out of estimation.
    pub is_fixed: bool,
    /// Where it comes from.
    pub source: Source,
}

/// A covariate.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// What it means; empty where the text does not say.
    pub meaning: String,
    /// Its usual value; for categories, the code.
    pub value: f64,
    /// The categories with their codes in data; empty for numbers.
    pub categories: Vec<(String, u32)>,
    /// How it changes between records.
    pub change: Change,
    /// Where the value comes from.
    pub source: Source,
}

/// What records and figures call an output, beside its value in a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// What it means; empty where the text does not say.
    pub meaning: String,
    /// Its number in records.
    pub dvid: u32,
    /// Its compartment number in records without DVID.
    pub cmt: Option<u32>,
    /// Its label in figures; its name where the text gives none.
    pub label: String,
}

/// A panel of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// The positions of its outputs.
    pub outputs: Vec<usize>,
    /// Whether its axis is logarithmic.
    pub is_log: bool,
    /// Lines across it, in the unit of its first output.
    pub lines: Vec<f64>,
}

/// A variant or a preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its title; empty where the text gives none.
    pub title: String,
    /// What it replaces.
    pub replaces: Vec<String>,
}

/// A check that the text asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// Without drug nothing changes.
    Steady,
    /// A published value is met.
    Published(Published),
}

/// A published value, and how it is simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The line of the text, from 1.
    pub line: usize,
    /// The position of the route.
    pub route: usize,
    /// The amount, in the route's unit.
    pub dose: f64,
    /// Interval in h, and number of doses.
    pub every: Option<(f64, u32)>,
    /// The variant, if not the first.
    pub variant: Option<String>,
    /// The preset, if any.
    pub preset: Option<String>,
    /// What is looked at.
    pub what: What,
    /// The position of the output.
    pub output: usize,
    /// The published value, in the output's unit, or h for times.
    pub value: f64,
    /// How far it may be missed, in the same unit.
    pub within: f64,
    /// Where it comes from.
    pub source: Source,
}

/// What a check looks at. Times are in h.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What {
    /// The largest value, up to a time.
    Max(Option<f64>),
    /// The smallest value, up to a time.
    Min(Option<f64>),
    /// When the largest value is reached, up to a time.
    TimeOfMax(Option<f64>),
    /// When the smallest value is reached, up to a time.
    TimeOfMin(Option<f64>),
    /// The value at a time.
    At(f64),
}
