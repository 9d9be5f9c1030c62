//! A text as a tree: what its author wrote, line by line, before any name is looked up.

use super::problem::Span;
use super::syntax::{Amount, Expr, For, Origin, Place, Remark, Word};
use super::unit::Unit;

/// The lines before the first section.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Header {
    pub(super) name: Option<Word>,
    pub(super) title: Option<String>,
    pub(super) language: Option<(u64, Span)>,
    pub(super) time: Option<(Unit, Span)>,
    pub(super) source: Option<HeaderSource>,
}

/// The source of everything that names none.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct HeaderSource {
    pub(super) text: String,
    pub(super) doi: Option<String>,
    pub(super) grade: Option<&'static str>,
}

/// How a covariate changes between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change {
    /// A value holds back to the record before.
    #[default]
    Backward,
    /// A value holds until the next record.
    Forward,
    /// Values are joined by straight lines.
    Linear,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct CovariateLine {
    pub(super) name: Word,
    pub(super) value: Level,
    pub(super) change: Change,
    pub(super) remark: Remark,
}

/// The usual value of a covariate.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Level {
    Number(Amount),
    /// A category, and all of them with their codes.
    Category(Word, Vec<(Word, u32)>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct SizeLine {
    pub(super) name: Word,
    pub(super) value: Expr,
}

/// A parameter, a line of a preset, or a line `name = ..` of a variant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ParameterLine {
    pub(super) name: Word,
    pub(super) value: Expr,
    pub(super) bounds: Option<(Amount, Option<Amount>)>,
    pub(super) source: Option<Origin>,
    pub(super) vary: Vec<Vary>,
    pub(super) is_fixed: bool,
    pub(super) remark: Remark,
}

/// How people differ.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Vary {
    pub(super) shape: Shape,
    pub(super) measure: Spread,
    pub(super) size: Amount,
    pub(super) occasion: Option<Word>,
    pub(super) is_fixed: bool,
    pub(super) source: Option<Origin>,
    pub(super) span: Span,
}

/// How the values of a parameter are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The typical value plus eta.
    Normal,
    /// The typical value times exp(eta).
    Lognormal,
    /// On an interval: eta is added to the logit.
    Logitnormal,
}

/// What a number for variability is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// The standard deviation of eta.
    Sd,
    /// The coefficient of variation of the parameter.
    Cv,
    /// The variance of eta.
    Var,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct CorrelationLine {
    pub(super) names: [Word; 2],
    pub(super) value: f64,
    pub(super) is_fixed: bool,
    pub(super) remark: Remark,
    pub(super) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct DoseLine {
    pub(super) route: Word,
    pub(super) target: Place,
    pub(super) properties: Vec<(Word, Expr)>,
    pub(super) number: Option<(u32, Span)>,
    pub(super) range: Option<(Amount, Amount)>,
    pub(super) remark: Remark,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct EventLine {
    pub(super) name: Word,
    pub(super) argument: Option<(Word, Unit)>,
    pub(super) target: Place,
    pub(super) value: Expr,
    pub(super) each: Option<For>,
    pub(super) remark: Remark,
}

/// What a line of states declares: a name, an element or a range of elements.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    pub(super) name: Word,
    pub(super) from: Option<Expr>,
    pub(super) to: Option<Expr>,
    pub(super) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct StateLine {
    pub(super) targets: Vec<Target>,
    pub(super) value: Expr,
    pub(super) each: Option<For>,
    pub(super) remark: Remark,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum EquationLine {
    Definition { name: Word, value: Expr, remark: Remark },
    Rate { target: Place, value: Expr, each: Option<For> },
    Chain { name: Word, inflow: Expr, rate: Expr, loss: Option<Expr> },
}

/// A line of a variant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum VariantLine {
    Named(ParameterLine),
    Equation(EquationLine),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block<L> {
    pub(super) name: Word,
    pub(super) title: Option<String>,
    pub(super) lines: Vec<L>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct OutputLine {
    pub(super) name: Word,
    pub(super) value: Expr,
    pub(super) unit: Option<(Unit, Span)>,
    pub(super) errors: Vec<(Word, Vec<(Word, Expr)>)>,
    pub(super) dvid: Option<(u32, Span)>,
    pub(super) cmt: Option<(u32, Span)>,
    pub(super) remark: Remark,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum FigureLine {
    Panel { title: String, names: Vec<Word>, is_log: bool, lines: Vec<Amount> },
    Label { name: Word, text: String },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct CheckLine {
    pub(super) span: Span,
    /// None for `steady`.
    pub(super) dosed: Option<DosedLine>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct DosedLine {
    pub(super) route: Word,
    pub(super) dose: Amount,
    pub(super) every: Option<(Amount, u32)>,
    pub(super) with: Vec<Word>,
    pub(super) what: WhatLine,
    pub(super) value: Amount,
    pub(super) within: Amount,
    pub(super) remark: Remark,
}

/// What a check looks at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WhatLine {
    /// `max`, `min`, `timemax`, `timemin`, or `at`.
    pub(super) kind: Word,
    pub(super) output: Word,
    /// The end of the search, or the time.
    pub(super) time: Option<Amount>,
}

/// A comment, and the line on which it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comment {
    pub(super) line: usize,
    pub(super) is_alone: bool,
    pub(super) text: String,
}

/// A whole text.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Tree {
    pub(super) header: Header,
    pub(super) sizes: Vec<SizeLine>,
    pub(super) covariates: Vec<CovariateLine>,
    pub(super) parameters: Vec<ParameterLine>,
    pub(super) correlations: Vec<CorrelationLine>,
    pub(super) doses: Vec<DoseLine>,
    pub(super) events: Vec<EventLine>,
    pub(super) states: Vec<StateLine>,
    pub(super) equations: Vec<EquationLine>,
    pub(super) variants: Vec<Block<VariantLine>>,
    pub(super) presets: Vec<Block<ParameterLine>>,
    pub(super) outputs: Vec<OutputLine>,
    pub(super) figures: Vec<FigureLine>,
    pub(super) checks: Vec<CheckLine>,
    pub(super) comments: Vec<Comment>,
    /// Names that lines with an error define: what uses them says nothing.
    pub(super) broken: Vec<String>,
    /// The sections present, in the order of the file.
    pub(super) sections: Vec<Word>,
}
