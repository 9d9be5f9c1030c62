//! How heavy the tail of importance weights is.
//!
//! ```text
//! F(x) = 1 − (1 + k x/σ)^(−1/k)   generalised Pareto
//! θ_j = 1/x_n + (1 − √(m/(j − ½)))/(3 x_q)   j = 1 .. m,  x_q the first quartile
//! k(θ) = Σ ln(1 − θ x_i)/n,  l(θ) = n (ln(−θ/k(θ)) − k(θ) − 1)
//! θ̂ = Σ θ_j e^l(θ_j)/Σ e^l(θ_j),  k̂ = (n k(θ̂) + 5)/(n + 10)
//! ```
//!
//! Source: Zhang and Stephens (2009), Technometrics 51:316; the last step, a prior worth 10 values around ½, and the use for
//! weights: Vehtari et al. (2024), Journal of Machine Learning Research 25:72. With k̂ below 0.7 the error of a weighted
//! mean falls as that of a sample would; above, it may be much larger than it looks.

use crate::numeric::{exp, ln};

/// Smallest number of weights in the tail.
const LEAST: usize = 5;

/// The shape of the tail of weights, k̂: of the largest 3 √N of them, at most a fifth. `None` where too few weights exceed the
/// others.
#[must_use]
pub fn pareto_k(weights: &[f64]) -> Option<f64> {
    let n = weights.len() as f64;
    let in_tail = (0.2 * n).min(3.0 * n.sqrt());
    let mut falling = weights.to_vec();
    falling.sort_by(|a, b| b.total_cmp(a));
    let tail = falling.iter().enumerate().take_while(|(i, _)| *i as f64 <= in_tail);
    let mut tail: Vec<f64> = tail.map(|(_, weight)| *weight).collect();
    let limit = tail.pop()?;
    let exceedances: Vec<f64> =
        tail.iter().rev().map(|weight| weight - limit).filter(|x| *x > 0.0).collect();
    if exceedances.len() < LEAST { None } else { Some(shape(&exceedances)) }
}

/// The shape of a generalised Pareto distribution from its values, in rising order.
fn shape(rising: &[f64]) -> f64 {
    let n = rising.len() as f64;
    let quartile = rising[rising.len().div_ceil(4) - 1];
    let largest = rising[rising.len() - 1];
    let k = |theta: f64| rising.iter().map(|x| ln(1.0 - theta * x)).sum::<f64>() / n;
    let points = 30.0 + n.sqrt().floor();
    let theta = |j: f64| 1.0 / largest + (1.0 - (points / (j - 0.5)).sqrt()) / (3.0 * quartile);
    let thetas = std::iter::successors(Some(1.0), |j| Some(j + 1.0)).take_while(|j| *j <= points);
    let thetas: Vec<f64> = thetas.map(theta).collect();
    let logs: Vec<f64> = thetas
        .iter()
        .map(|theta| {
            let k = k(*theta);
            n * (ln(-theta / k) - k - 1.0)
        })
        .collect();
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| exp(log - most)).collect();
    let mean = thetas.iter().zip(&weights).map(|(theta, weight)| theta * weight).sum::<f64>()
        / weights.iter().sum::<f64>();
    (n * k(mean) + 5.0) / (n + 10.0)
}

#[cfg(test)]
mod tests {
    use super::pareto_k;

    /// Quantiles of a generalised Pareto distribution behind equal weights.
    fn weights(k: f64) -> Vec<f64> {
        let tail = (0..600).map(|i| {
            let p = (f64::from(i) + 0.5) / 600.0;
            1.0 + ((1.0 - p).powf(-k) - 1.0) / k
        });
        tail.chain((0..39_400).map(|i| f64::from(i) / 39_400.0)).collect()
    }

    #[test]
    fn recover_the_shape_of_a_pareto_tail() {
        for k in [0.2, 0.5, 0.9] {
            let found = pareto_k(&weights(k)).unwrap();
            assert!((found - k).abs() < 0.05, "{k}: {found}");
        }
    }

    #[test]
    fn invariant_equal_weights_have_no_tail() {
        assert_eq!(pareto_k(&[0.01; 100]), None);
        assert_eq!(pareto_k(&[]), None);
        assert_eq!(pareto_k(&[1.0, 0.0, 0.0]), None);
    }
}
