//! Where the numbers of the lanes stand: in arrays where the compiler knows how many there are, in
//! vectors where it does not. Rows of numbers, the lane last, so that loops over lanes read and write
//! consecutive numbers.

use std::fmt::Debug;

/// Rows of `W` numbers, one for each lane.
pub trait Rows<const W: usize>: Debug {
    /// Rows of zeros; `count` of them where their number is not part of the type.
    fn zeros(count: usize) -> Self;
    /// The rows.
    fn rows(&self) -> &[[f64; W]];
    /// The rows, to be changed.
    fn rows_mut(&mut self) -> &mut [[f64; W]];
}

impl<const W: usize, const N: usize> Rows<W> for [[f64; W]; N] {
    #[inline(always)]
    fn zeros(_: usize) -> Self {
        [[0.0; W]; N]
    }
    #[inline(always)]
    fn rows(&self) -> &[[f64; W]] {
        self
    }
    #[inline(always)]
    fn rows_mut(&mut self) -> &mut [[f64; W]] {
        self
    }
}

impl<const W: usize> Rows<W> for Vec<[f64; W]> {
    fn zeros(count: usize) -> Self {
        vec![[0.0; W]; count]
    }
    #[inline(always)]
    fn rows(&self) -> &[[f64; W]] {
        self
    }
    #[inline(always)]
    fn rows_mut(&mut self) -> &mut [[f64; W]] {
        self
    }
}

/// How many numbers a subject has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// States.
    pub states: usize,
    /// Parameters, and what else is kept beside them.
    pub parameters: usize,
    /// Exponentials of the forcing.
    pub modes: usize,
}

/// The kinds of rows that a batch has.
pub trait Layout: Debug {
    /// A row for each state.
    type States<const W: usize>: Rows<W>;
    /// A row for each parameter.
    type Parameters<const W: usize>: Rows<W>;
    /// A row for each exponential of the forcing.
    type Modes<const W: usize>: Rows<W>;
}

/// `N` states, `P` parameters and `K` exponentials, known to the compiler.
#[derive(Debug)]
pub struct Fixed<const N: usize, const P: usize, const K: usize>;

impl<const N: usize, const P: usize, const K: usize> Layout for Fixed<N, P, K> {
    type States<const W: usize> = [[f64; W]; N];
    type Parameters<const W: usize> = [[f64; W]; P];
    type Modes<const W: usize> = [[f64; W]; K];
}

/// Any numbers of them.
#[derive(Debug)]
pub struct Free;

impl Layout for Free {
    type States<const W: usize> = Vec<[f64; W]>;
    type Parameters<const W: usize> = Vec<[f64; W]>;
    type Modes<const W: usize> = Vec<[f64; W]>;
}
