//! Linear pharmacokinetics in closed form: the amount in the central compartment as a sum of
//! exponentials.
//!
//! ```text
//! k10 = CL/Vc, k12 = Q1/Vc, k21 = Q1/Vp1, k13 = Q2/Vc, k31 = Q2/Vp2
//! λ1, λ2, λ3: roots of λ³ − (k10 + k12 + k13 + k21 + k31) λ²
//!             + (k10 k21 + k13 k21 + k10 k31 + k12 k31 + k21 k31) λ − k10 k21 k31     (C1)
//! central amount after 1 mg by mouth:
//!   Σ c_i exp(−µ_i t),  µ = (λ1, λ2, λ3, ka),
//!   c_i = ka (k21 − µ_i)(k31 − µ_i)/Π(µ_j − µ_i), j ≠ i                             (C2)
//! after 1 mg into the central compartment, written with the same exponents:
//!   c_i = (ka − µ_i)(k21 − µ_i)(k31 − µ_i)/Π(µ_j − µ_i), j ≠ i                       (C3)
//! ```
//!
//! The differential equations (P1) to (P4) are the reference; the two agree to 1e-10 of the maximum.

use super::pharmacokinetics::Parameters;

/// Number of exponentials.
pub const MODES: usize = 4;

/// Two exponents closer than this, relative to the larger, are set apart symmetrically.
///
/// At equal exponents the limit is t exp(−µt), which the difference quotient of exp(−µt) over
/// µ ± δ meets with a relative error of (δt)²/6, while rounding costs 1e-16 µ/δ: both stay below
/// 1e-10 here.
const APART: f64 = 2e-5;

/// The exponentials of one individual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Modes {
    /// Exponents µ, 1/h: three of disposition, then ka.
    pub decay: [f64; MODES],
    /// Amplitudes of the amount in the central compartment, mg for 1 mg into the depot; sum 0.
    pub oral: [f64; MODES],
    /// The same for 1 mg into the central compartment; sum 1.
    pub bolus: [f64; MODES],
}

impl Modes {
    /// Solves the equations of three compartments; of two where `q2` is 0, of one where `q1` is
    /// too.
    #[must_use]
    pub fn new(p: &Parameters<f64>) -> Self {
        let (k10, k12, k13) = (p.cl / p.vc, p.q1 / p.vc, p.q2 / p.vc);
        let k21 = exchange(p.q1 / p.vp1, 2.0 * (k10 + k13), p.ka);
        let k31 = exchange(p.q2 / p.vp2, 3.0 * (k10 + k12) + 1.5 * k21, p.ka);
        let a2 = k10 + k12 + k13 + k21 + k31;
        let a1 = k10 * k21 + k13 * k21 + k10 * k31 + k12 * k31 + k21 * k31;
        let [l1, l2, l3] = cubic_roots(a2, a1, k10 * k21 * k31); // (C1)
        let mut decay = [l1, l2, l3, p.ka];
        for i in 1..MODES {
            for j in 0..i {
                set_apart(&mut decay, i, j);
            }
        }
        let amplitude = |i: usize| {
            let others = (0..MODES).filter(|j| *j != i).map(|j| decay[j] - decay[i]);
            (k21 - decay[i]) * (k31 - decay[i]) / others.product::<f64>()
        };
        Self {
            decay,
            oral: std::array::from_fn(|i| p.ka * amplitude(i)), // (C2)
            bolus: std::array::from_fn(|i| (p.ka - decay[i]) * amplitude(i)), // (C3)
        }
    }
}

/// The rate of return from a compartment. One that nothing enters may have any, for the factor
/// cancels; then a value away from all others is chosen.
fn exchange(rate: f64, other: f64, ka: f64) -> f64 {
    match rate > 0.0 {
        true => rate,
        false if (other - ka).abs() < 0.1 * ka => 1.5 * other,
        false => other,
    }
}

fn set_apart(decay: &mut [f64; MODES], i: usize, j: usize) {
    let (a, b) = (decay[i], decay[j]);
    let size = if a > b { a } else { b };
    if (a - b).abs() < APART * size {
        let (mean, half) = (0.5 * (a + b), 0.5 * APART * size);
        (decay[i], decay[j]) =
            if a >= b { (mean + half, mean - half) } else { (mean - half, mean + half) };
    }
}

/// The three positive roots of λ³ − a2 λ² + a1 λ − a0, the largest first.
///
/// The largest by Newton's method from above, where it falls monotonically; the others from the
/// quadratic that remains, then polished. Only correctly rounded operations: the same bits
/// everywhere.
fn cubic_roots(a2: f64, a1: f64, a0: f64) -> [f64; 3] {
    const MOST_ITERATIONS: usize = 100;
    let newton = |x: f64| {
        let value = ((x - a2) * x + a1) * x - a0;
        let slope = (3.0 * x - 2.0 * a2) * x + a1;
        if slope == 0.0 { x } else { x - value / slope }
    };
    let mut largest = a2;
    for _ in 0..MOST_ITERATIONS {
        let next = newton(largest);
        if next >= largest {
            break;
        }
        largest = next;
    }
    let product = a0 / largest;
    let half_sum = 0.5 * (a1 - product) / largest;
    let discriminant = half_sum * half_sum - product;
    let middle = half_sum + if discriminant > 0.0 { discriminant.sqrt() } else { 0.0 };
    let smallest = product / middle;
    let polished = |x: f64| {
        let next = newton(x);
        // Near a double root Newton's step is noise.
        if (next - x).abs() < 1e-6 * x { next } else { x }
    };
    [largest, polished(middle), polished(smallest)]
}
