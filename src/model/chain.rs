//! A chain of stages through which cells pass one after the other.

use crate::numeric::Real;

/// Rates of change of a chain: `inflow` into the first stage, each stage handing on at `rate`.
#[inline(always)]
pub(super) fn chain<T: Real, const N: usize>(inflow: T, rate: T, stages: &[T; N]) -> [T; N] {
    lossy_chain(inflow, rate, T::ZERO, stages)
}

/// As [`chain`], with every stage also losing cells at `loss`.
#[inline(always)]
pub(super) fn lossy_chain<T: Real, const N: usize>(
    inflow: T,
    rate: T,
    loss: T,
    stages: &[T; N],
) -> [T; N] {
    let mut entering = inflow;
    stages.map(|stage| {
        let change = entering - (rate + loss) * stage;
        entering = rate * stage;
        change
    })
}
