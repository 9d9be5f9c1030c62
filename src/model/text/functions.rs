//! The functions of the language.

/// All of them; no definition may have one of these names.
pub(super) const NAMES: [&str; 18] = [
    "exp", "ln", "log10", "sqrt", "abs", "max", "min", "sum", "out", "sin", "cos", "lgamma",
    "logit", "expit", "floor", "hill", "tad", "amount",
];
