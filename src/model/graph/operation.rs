//! What a tape does, one operation after the other.

use super::Function;
use crate::numeric::{elementary, fill_row};

/// One operation: registers by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Plus(usize, usize),
    Minus(usize, usize),
    Times(usize, usize),
    Over(usize, usize),
    Power(usize, usize),
    /// a b + c
    TimesPlus(usize, usize, usize),
    /// c − a b
    MinusTimes(usize, usize, usize),
    /// a b − c
    TimesMinus(usize, usize, usize),
    Of(Function, usize),
    AtLeast {
        value: usize,
        threshold: usize,
        yes: usize,
        no: usize,
    },
}

impl Operation {
    /// The registers that are read.
    pub(super) fn inputs(self) -> Vec<usize> {
        match self {
            Self::Plus(a, b)
            | Self::Minus(a, b)
            | Self::Times(a, b)
            | Self::Over(a, b)
            | Self::Power(a, b) => vec![a, b],
            Self::TimesPlus(a, b, c) | Self::MinusTimes(a, b, c) | Self::TimesMinus(a, b, c) => {
                vec![a, b, c]
            }
            Self::Of(_, a) => vec![a],
            Self::AtLeast { value, threshold, yes, no } => vec![value, threshold, yes, no],
        }
    }

    /// The same with other registers.
    pub(super) fn renamed(self, of: impl Fn(usize) -> usize) -> Self {
        match self {
            Self::Plus(a, b) => Self::Plus(of(a), of(b)),
            Self::Minus(a, b) => Self::Minus(of(a), of(b)),
            Self::Times(a, b) => Self::Times(of(a), of(b)),
            Self::Over(a, b) => Self::Over(of(a), of(b)),
            Self::Power(a, b) => Self::Power(of(a), of(b)),
            Self::TimesPlus(a, b, c) => Self::TimesPlus(of(a), of(b), of(c)),
            Self::MinusTimes(a, b, c) => Self::MinusTimes(of(a), of(b), of(c)),
            Self::TimesMinus(a, b, c) => Self::TimesMinus(of(a), of(b), of(c)),
            Self::Of(function, a) => Self::Of(function, of(a)),
            Self::AtLeast { value, threshold, yes, no } => Self::AtLeast {
                value: of(value),
                threshold: of(threshold),
                yes: of(yes),
                no: of(no),
            },
        }
    }
}

/// Runs `operations`, each with the register of its result, on rows of lanes.
#[inline(always)]
pub(super) fn run<const W: usize>(operations: &[(Operation, usize)], r: &mut [[f64; W]]) {
    for (operation, to) in operations {
        let to = *to;
        match *operation {
            Operation::Plus(a, b) => fill_row!(W, r[to], |l| r[a][l] + r[b][l]),
            Operation::Minus(a, b) => fill_row!(W, r[to], |l| r[a][l] - r[b][l]),
            Operation::Times(a, b) => fill_row!(W, r[to], |l| r[a][l] * r[b][l]),
            Operation::Over(a, b) => fill_row!(W, r[to], |l| r[a][l] / r[b][l]),
            Operation::TimesPlus(a, b, c) => {
                fill_row!(W, r[to], |l| r[a][l].mul_add(r[b][l], r[c][l]));
            }
            Operation::MinusTimes(a, b, c) => {
                fill_row!(W, r[to], |l| (-r[a][l]).mul_add(r[b][l], r[c][l]));
            }
            Operation::TimesMinus(a, b, c) => {
                fill_row!(W, r[to], |l| r[a][l].mul_add(r[b][l], -r[c][l]));
            }
            _ => {
                let mut row = [0.0; W];
                rare(*operation, r, &mut row);
                r[to] = row;
            }
        }
    }
}

/// The operations that are dear in themselves.
#[inline(always)]
fn rare<const W: usize>(operation: Operation, registers: &[[f64; W]], row: &mut [f64; W]) {
    match operation {
        Operation::Power(a, b) => {
            let (a, b) = (&registers[a], &registers[b]);
            for l in 0..W {
                row[l] = elementary::powf(a[l], b[l]);
            }
        }
        Operation::Of(Function::Minus, a) => {
            for l in 0..W {
                row[l] = -registers[a][l];
            }
        }
        Operation::Of(Function::Exp, a) => {
            for l in 0..W {
                row[l] = elementary::exp(registers[a][l]);
            }
        }
        Operation::Of(Function::Ln, a) => {
            for l in 0..W {
                row[l] = elementary::ln(registers[a][l]);
            }
        }
        Operation::Of(Function::Sqrt, a) => {
            for l in 0..W {
                row[l] = registers[a][l].sqrt();
            }
        }
        Operation::Of(function, a) => {
            for l in 0..W {
                row[l] = function.in_lanes(registers[a][l]);
            }
        }
        Operation::AtLeast { value, threshold, yes, no } => {
            let (value, threshold) = (&registers[value], &registers[threshold]);
            let (yes, no) = (&registers[yes], &registers[no]);
            for l in 0..W {
                row[l] = if value[l] >= threshold[l] { yes[l] } else { no[l] };
            }
        }
        _ => {}
    }
}
