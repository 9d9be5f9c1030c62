//! One step of every lane for equations that are not compiled but run operation by operation: the same
//! arithmetic as in [`step`](super::step), with the loop over lanes innermost.

use super::batch::Batch;
use super::layout::{Free, Sizes};
use super::step::{A, ALLOWANCE, DENSE, ERROR, STAGES};
use super::{Engine, Subjects};
use crate::numeric::{elementary, fill_row};

/// Equations as a list of operations on registers, each a row of lanes.
///
/// The first registers hold the parameters, the next the state, the next the forcing.
pub trait Program: Subjects {
    /// How many numbers a subject has.
    fn sizes(&self) -> Sizes;
    /// Number of registers.
    fn registers(&self) -> usize;
    /// Computes the rates from what the first registers hold.
    fn run<const W: usize>(&self, registers: &mut [[f64; W]]);
    /// The registers of the rates, one for each state.
    fn rates(&self) -> &[usize];
    /// The states that the output is made of, each with the parameter that multiplies it.
    fn output(&self) -> &[(usize, usize)];
}

impl<S: Program> Engine<Free> for S {
    /// Registers stand beside the parameters.
    fn sizes(&self) -> Sizes {
        Sizes { parameters: self.registers(), ..Program::sizes(self) }
    }

    #[inline(always)]
    fn step<const W: usize>(&self, batch: &mut Batch<W, Free>) {
        batch.choose_lengths();
        batch.force_freely();
        batch.interpreted_stage::<S, 1>(self);
        batch.interpreted_stage::<S, 2>(self);
        batch.interpreted_stage::<S, 3>(self);
        batch.interpreted_stage::<S, 4>(self);
        batch.interpreted_stage::<S, 5>(self);
        batch.interpreted_stage::<S, 6>(self);
        batch.interpreted_dense(self);
        batch.interpreted_judge();
    }

    #[inline(always)]
    fn refresh_rates<const W: usize>(&self, batch: &mut Batch<W, Free>, l: usize, forcing: f64) {
        let Sizes { parameters, states, .. } = Program::sizes(self);
        for i in 0..states {
            batch.parameters[parameters + i][l] = batch.state[i][l];
        }
        batch.parameters[parameters + states][l] = forcing;
        self.run(&mut batch.parameters);
        for (i, register) in self.rates().iter().enumerate() {
            batch.work.k[0][i][l] = batch.parameters[*register][l];
        }
    }

    #[inline(always)]
    fn output_of<const W: usize>(&self, batch: &Batch<W, Free>, l: usize) -> f64 {
        self.output().iter().fold(0.0, |sum, (state, parameter)| {
            batch.parameters[*parameter][l].mul_add(batch.state[*state][l], sum)
        })
    }
}

impl<const W: usize> Batch<W, Free> {
    /// The forcing at all stages, as in the compiled step.
    #[inline(always)]
    fn force_freely(&mut self) {
        let mut f = [[0.0; W]; 5];
        let h = self.work.h;
        for j in 0..self.decay.len() {
            let (decay, amplitude, mut end) = (self.decay[j], self.amplitude[j], [0.0; W]);
            for l in 0..W {
                let q1 = elementary::exp(h[l] * decay[l] * (-1.0 / 90.0));
                let q2 = q1 * q1;
                let q4 = q2 * q2;
                let q8 = q4 * q4;
                let q9 = q8 * q1;
                let q18 = q9 * q9;
                let q36 = q18 * q18;
                let q72 = q36 * q36;
                let a = amplitude[l];
                f[0][l] = q18.mul_add(a, f[0][l]);
                f[1][l] = (q18 * q9).mul_add(a, f[1][l]);
                f[2][l] = q72.mul_add(a, f[2][l]);
                f[3][l] = (q72 * q8).mul_add(a, f[3][l]);
                end[l] = q72 * q18 * a;
                f[4][l] += end[l];
            }
            self.work.amplitude[j] = end;
        }
        self.work.f[1..6].copy_from_slice(&f);
        self.work.f[6] = f[4];
    }

    /// Rates of change at stage `S`; the argument of the last one is the solution.
    #[inline(always)]
    fn interpreted_stage<Y: Program, const S: usize>(&mut self, program: &Y) {
        let Sizes { parameters, states, .. } = Program::sizes(program);
        let (known, new) = self.work.k.split_at_mut(S);
        for i in 0..states {
            let rows: [&[f64; W]; S] = std::array::from_fn(|s| &known[s][i]);
            let (state, y) = (&self.state[i], &mut self.parameters[parameters + i]);
            fill_row!(W, y, |l| {
                let mut slope = A[S][0] * rows[0][l];
                for s in 1..S {
                    if A[S][s] != 0.0 {
                        slope = A[S][s].mul_add(rows[s][l], slope);
                    }
                }
                self.work.h[l].mul_add(slope, state[l])
            });
            if S == STAGES - 1 {
                self.work.end[i] = *y;
            }
        }
        self.parameters[parameters + states] = self.work.f[S];
        program.run(&mut self.parameters);
        for (row, register) in new[0].iter_mut().zip(program.rates()) {
            *row = self.parameters[*register];
        }
    }

    /// Coefficients of the dense output, from the output of the stages' rates.
    #[inline(always)]
    fn interpreted_dense<Y: Program>(&mut self, program: &Y) {
        let [mut start, mut end, mut slope, mut end_slope, mut fifth] = [[0.0; W]; 5];
        for (i, parameter) in program.output() {
            let (p, k) = (&self.parameters[*parameter], &self.work.k);
            let (before, after) = (&self.state[*i], &self.work.end[*i]);
            for l in 0..W {
                let mut sum = DENSE[0] * k[0][*i][l];
                for s in 2..STAGES {
                    sum = DENSE[s].mul_add(k[s][*i][l], sum);
                }
                fifth[l] = p[l].mul_add(sum, fifth[l]);
                start[l] = p[l].mul_add(before[l], start[l]);
                end[l] = p[l].mul_add(after[l], end[l]);
                slope[l] = p[l].mul_add(k[0][*i][l], slope[l]);
                end_slope[l] = p[l].mul_add(k[STAGES - 1][*i][l], end_slope[l]);
            }
        }
        for l in 0..W {
            let h = self.work.h[l];
            let rise = end[l] - start[l];
            let c = h.mul_add(slope[l], -rise);
            let d = rise - h * end_slope[l] - c;
            let e = h * fifth[l];
            for (row, number) in self.dense.iter_mut().zip([start[l], rise, c, d, e]) {
                row[l] = number;
            }
        }
        self.slopes = [slope, end_slope];
    }

    /// Compares the error with the tolerance; where it is small enough, time and state move on.
    #[inline(always)]
    fn interpreted_judge(&mut self) {
        let states = self.state.len();
        let rtol = self.options.relative_tolerance;
        let mut sum = [0.0; W];
        for i in 0..states {
            let k = &self.work.k;
            let (before, after, tolerance) = (self.state[i], self.work.end[i], self.tolerance[i]);
            let h = self.work.h;
            for l in 0..W {
                let mut error = ERROR[0] * k[0][i][l];
                for s in 2..STAGES {
                    error = ERROR[s].mul_add(k[s][i][l], error);
                }
                let (start, end) = (before[l].abs(), after[l].abs());
                let size = if end > start { end } else { start };
                let relative = h[l] * error / rtol.mul_add(size, tolerance[l]);
                sum[l] = relative.mul_add(relative, sum[l]);
            }
        }
        for l in 0..W {
            self.judge_lane(l, sum[l] / (states as f64 * ALLOWANCE * ALLOWANCE));
        }
        let rejected = self.rejected;
        let last = STAGES - 1;
        for i in 0..states {
            let (old, new) = (self.state[i], self.work.end[i]);
            self.state[i] = chosen(&rejected, &old, &new);
            let (old, new) = (self.work.k[0][i], self.work.k[last][i]);
            self.work.k[0][i] = chosen(&rejected, &old, &new);
        }
        for j in 0..self.amplitude.len() {
            let (old, new) = (self.amplitude[j], self.work.amplitude[j]);
            self.amplitude[j] = chosen(&rejected, &old, &new);
        }
    }
}

/// The old number of each lane whose step was rejected, the new one of the others.
#[inline(always)]
fn chosen<const W: usize>(rejected: &[f64; W], old: &[f64; W], new: &[f64; W]) -> [f64; W] {
    let mut chosen = [0.0; W];
    for l in 0..W {
        chosen[l] = if rejected[l] > 0.0 { old[l] } else { new[l] };
    }
    chosen
}
