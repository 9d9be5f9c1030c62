//! One step of every lane: Dormand-Prince 5(4), whose last stage is the next step's first, with a
//! dense output of fourth order for the one wanted output.
//!
//! Dormand and Prince, J Comput Appl Math 1980, 6:19; the dense output is that of Hairer, Nørsett
//! and Wanner, Solving Ordinary Differential Equations I, section II.6.

use super::System;
use super::batch::Batch;
use super::layout::{Fixed, Layout, Rows, Sizes};
use crate::numeric::{Lane, elementary};

pub(super) const STAGES: usize = 7;
/// Weights of earlier stages in the argument of each stage; the last row gives the solution.
pub(super) const A: [&[f64]; STAGES] = [
    &[],
    &[1.0 / 5.0],
    &[3.0 / 40.0, 9.0 / 40.0],
    &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0],
    &[19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0],
    &[9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0],
    &[35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
];
/// Fifth minus fourth order.
pub(super) const ERROR: [f64; STAGES] = [
    71.0 / 57600.0,
    0.0,
    -71.0 / 16695.0,
    71.0 / 1920.0,
    -17253.0 / 339_200.0,
    22.0 / 525.0,
    -1.0 / 40.0,
];
/// Fifth coefficient of the dense output.
pub(super) const DENSE: [f64; STAGES] = [
    -12_715_105_075.0 / 11_282_082_432.0,
    0.0,
    87_487_479_700.0 / 32_700_410_799.0,
    -10_690_763_975.0 / 1_880_347_072.0,
    701_980_252_875.0 / 199_316_789_632.0,
    -1_453_857_185.0 / 822_651_844.0,
    69_997_945.0 / 29_380_423.0,
];

/// How much more than the tolerance a step may err: the estimate is the error of the fourth-order
/// solution, while the fifth-order one is carried on. Measured on wide populations (`benches/`):
/// with 1.6, 99 % of the counts stay within twice the tolerance.
pub(super) const ALLOWANCE: f64 = 1.6;
/// How much of the step that the error allows is taken.
const SAFETY: f64 = 0.9;
const MOST_SHRINKAGE: f64 = 0.2;
const MOST_GROWTH: f64 = 5.0;
/// A step at least this share of the way to the stop time goes all the way. Above [`SAFETY`], or a
/// rejected step could be tried again as it was.
const STRETCH: f64 = 0.95;

/// Output within a step, as a polynomial in the share of the step that has passed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dense(pub(super) [f64; 5]);

impl Dense {
    #[inline(always)]
    pub(super) fn at(&self, share: f64) -> f64 {
        let [start, rise, c, d, e] = self.0;
        let rest = 1.0 - share;
        let inner = share.mul_add(rest.mul_add(e, d), c);
        share.mul_add(rest.mul_add(inner, rise), start)
    }
}

/// What the stages of a step leave behind for all lanes.
#[derive(Debug)]
pub(super) struct Work<const W: usize, L: Layout> {
    /// Rates of change of each stage; the first is valid before the step.
    pub(super) k: [L::States<W>; STAGES],
    /// Forcing at each stage.
    pub(super) f: [[f64; W]; STAGES],
    /// The state at the end.
    pub(super) end: L::States<W>,
    /// Amplitudes of the forcing at the end.
    pub(super) amplitude: L::Modes<W>,
    /// Lengths of the steps being tried.
    pub(super) h: [f64; W],
}

impl<const W: usize, L: Layout> Work<W, L> {
    pub(super) fn new(sizes: Sizes) -> Self {
        Self {
            k: std::array::from_fn(|_| Rows::zeros(sizes.states)),
            f: [[0.0; W]; STAGES],
            end: Rows::zeros(sizes.states),
            amplitude: Rows::zeros(sizes.modes),
            h: [0.0; W],
        }
    }
}

impl<const W: usize, L: Layout> Batch<W, L> {
    /// The length to try: as wanted, but neither past the stop time nor leaving a sliver before it.
    #[inline(always)]
    pub(super) fn choose_lengths(&mut self) {
        for l in 0..W {
            let left = self.stop[l] - self.time[l];
            let wanted = self.wanted[l];
            let halved = if wanted > 0.5 * left { 0.5 * left } else { wanted };
            self.work.h[l] = if wanted >= STRETCH * left { left } else { halved };
        }
    }

    /// The next length of lane `l` after an error whose square, relative to what is allowed, is
    /// `squared`; moves its time on where the step was good enough, and says whether it was.
    #[inline(always)]
    pub(super) fn judge_lane(&mut self, l: usize, squared: f64) -> bool {
        let h = self.work.h[l];
        // (error²)^(−1/10); an undefined error shrinks the step as much as possible.
        let allowed = h * (SAFETY * elementary::powf(squared, -0.1));
        let shortest = h * MOST_SHRINKAGE;
        let allowed = if allowed > shortest { allowed } else { shortest };
        let good = squared <= 1.0;
        // After a rejection no growth; after a step cut short, back to what was wanted.
        let most = if self.rejected[l] > 0.0 { h } else { h * MOST_GROWTH };
        let most = if good && self.wanted[l] > most { self.wanted[l] } else { most };
        let most = if most < self.options.max_step { most } else { self.options.max_step };
        self.wanted[l] = if allowed < most { allowed } else { most };
        self.rejected[l] = if good { 0.0 } else { 1.0 };
        self.steps[l] += 1.0;
        self.previous[l] = self.time[l];
        let left = self.stop[l] - self.time[l];
        let arrived = if h < left { self.time[l] + h } else { self.stop[l] };
        self.time[l] = if good { arrived } else { self.time[l] };
        good
    }
}

impl<const W: usize, const N: usize, const P: usize, const K: usize> Batch<W, Fixed<N, P, K>> {
    /// Tries a step of compiled equations in every lane, and moves on those in which it is good enough.
    #[inline(always)]
    pub(super) fn compiled_step<S: System<N, P, K>>(&mut self, system: &S) {
        self.choose_lengths();
        self.force();
        self.stage::<S, 1>(system);
        self.stage::<S, 2>(system);
        self.stage::<S, 3>(system);
        self.stage::<S, 4>(system);
        self.stage::<S, 5>(system);
        self.stage::<S, 6>(system);
        self.dense(system);
        self.judge();
    }

    /// The forcing at all stages: c = 1/5, 3/10, 4/5, 8/9 and 1 are 18, 27, 72, 80 and 90
    /// ninetieths, so one exponential per mode and products of it are enough.
    #[inline(always)]
    fn force(&mut self) {
        for l in 0..W {
            let mut f = [0.0; 5];
            for j in 0..K {
                let q1 = elementary::exp(self.work.h[l] * self.decay[j][l] * (-1.0 / 90.0));
                let q2 = q1 * q1;
                let q4 = q2 * q2;
                let q8 = q4 * q4;
                let q9 = q8 * q1;
                let q18 = q9 * q9;
                let q36 = q18 * q18;
                let q72 = q36 * q36;
                let a = self.amplitude[j][l];
                f[0] = q18.mul_add(a, f[0]);
                f[1] = (q18 * q9).mul_add(a, f[1]);
                f[2] = q72.mul_add(a, f[2]);
                f[3] = (q72 * q8).mul_add(a, f[3]);
                let end = q72 * q18 * a;
                self.work.amplitude[j][l] = end;
                f[4] += end;
            }
            for s in 0..5 {
                self.work.f[s + 1][l] = f[s];
            }
            self.work.f[6][l] = f[4];
        }
    }

    /// Rates of change at stage `S`; the argument of the last one is the solution.
    #[inline(always)]
    fn stage<Y: System<N, P, K>, const S: usize>(&mut self, system: &Y) {
        for l in 0..W {
            let h = self.work.h[l];
            let mut y = [Lane(0.0); N];
            for i in 0..N {
                let mut slope = A[S][0] * self.work.k[0][i][l];
                for (s, a) in A[S].iter().enumerate().skip(1) {
                    if *a != 0.0 {
                        slope = a.mul_add(self.work.k[s][i][l], slope);
                    }
                }
                y[i] = Lane(h.mul_add(slope, self.state[i][l]));
            }
            let p = self.parameters_of(l);
            let rates = system.rates(&p, Lane(self.work.f[S][l]), &y);
            for i in 0..N {
                self.work.k[S][i][l] = rates[i].0;
                if S == STAGES - 1 {
                    self.work.end[i][l] = y[i].0;
                }
            }
        }
    }

    /// Coefficients of the dense output, from the output of the stages' rates.
    #[inline(always)]
    fn dense<S: System<N, P, K>>(&mut self, system: &S) {
        for l in 0..W {
            let p = self.parameters_of(l);
            let h = self.work.h[l];
            let mut fifth = [Lane(0.0); N];
            for i in 0..N {
                let mut sum = DENSE[0] * self.work.k[0][i][l];
                for s in 2..STAGES {
                    sum = DENSE[s].mul_add(self.work.k[s][i][l], sum);
                }
                fifth[i] = Lane(sum);
            }
            let column = |rows: &[[f64; W]; N]| {
                let mut column = [Lane(0.0); N];
                for i in 0..N {
                    column[i] = Lane(rows[i][l]);
                }
                column
            };
            let start = system.output(&p, &column(&self.state)).0;
            let end = system.output(&p, &column(&self.work.end)).0;
            let slope = system.output(&p, &column(&self.work.k[0])).0;
            let end_slope = system.output(&p, &column(&self.work.k[STAGES - 1])).0;
            let rise = end - start;
            let c = h.mul_add(slope, -rise);
            let d = rise - h * end_slope - c;
            let e = h * system.output(&p, &fifth).0;
            let dense = [start, rise, c, d, e];
            for i in 0..5 {
                self.dense[i][l] = dense[i];
            }
            self.slopes[0][l] = slope;
            self.slopes[1][l] = end_slope;
        }
    }

    /// Compares the error with the tolerance; where it is small enough, time and state move on.
    #[inline(always)]
    fn judge(&mut self) {
        let rtol = self.options.relative_tolerance;
        for l in 0..W {
            let h = self.work.h[l];
            let mut sum = 0.0;
            for i in 0..N {
                let mut error = ERROR[0] * self.work.k[0][i][l];
                for s in 2..STAGES {
                    error = ERROR[s].mul_add(self.work.k[s][i][l], error);
                }
                let (start, end) = (self.state[i][l].abs(), self.work.end[i][l].abs());
                let size = if end > start { end } else { start };
                let relative = h * error / rtol.mul_add(size, self.tolerance[i][l]);
                sum = relative.mul_add(relative, sum);
            }
            let squared = sum / (N as f64 * ALLOWANCE * ALLOWANCE);
            let good = self.judge_lane(l, squared);
            for i in 0..N {
                let (old, new) = (self.state[i][l], self.work.end[i][l]);
                self.state[i][l] = if good { new } else { old };
                let (old, new) = (self.work.k[0][i][l], self.work.k[STAGES - 1][i][l]);
                self.work.k[0][i][l] = if good { new } else { old };
            }
            for j in 0..K {
                let (old, new) = (self.amplitude[j][l], self.work.amplitude[j][l]);
                self.amplitude[j][l] = if good { new } else { old };
            }
        }
    }

    /// The parameters of one lane.
    #[inline(always)]
    pub(super) fn parameters_of(&self, l: usize) -> [Lane; P] {
        let mut p = [Lane(0.0); P];
        for i in 0..P {
            p[i] = Lane(self.parameters[i][l]);
        }
        p
    }
}
