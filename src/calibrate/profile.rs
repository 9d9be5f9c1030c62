//! Profiles of the objective, and which published numbers cannot be met together.

use super::evaluator::Evaluator;
use super::likelihood::{Entry, entry_of};
use super::search::Found;
use crate::trial::Published;
use nalgebra::{DMatrix, DVector};

/// Steps of the search for the other parameters at one point of a profile.
const STEPS: usize = 2;
/// Points of a profile, in standard errors.
const POINTS: [f64; 6] = [-2.5, -1.6, -0.8, 0.8, 1.6, 2.5];
/// A number that is forced counts as much as this many trials.
const FORCED: f64 = 100.0;

/// The profile of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The parameter.
    pub name: String,
    /// Its value, and by how much −2 ln(likelihood × prior) rises with the others searched for.
    pub points: Vec<(f64, f64)>,
}

/// What happens to the other numbers when one is forced.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeOff {
    /// The number that is forced.
    pub forced: String,
    /// Every number: its standardised distance before and after.
    pub distances: Vec<(String, f64, f64)>,
    /// By how much the objective rises, without the extra weight.
    pub cost: f64,
}

/// The profiles of all parameters. The other parameters follow by Gauss-Newton steps with the
/// derivatives of the optimum, so a point is an upper bound of the true profile.
#[must_use]
pub fn profiles(evaluator: &Evaluator<'_>, found: &Found) -> Vec<Profile> {
    evaluator.begin("profiles");
    let Some(factor) = found.local.curvature.clone().cholesky() else { return Vec::new() };
    let covariance = 2.0 * factor.inverse();
    let best = evaluator.value(&found.x);
    let one = |(i, estimated): (usize, &super::Estimated)| {
        let error = covariance[(i, i)].sqrt();
        let mut points = vec![(estimated.scale.value(found.x[i]), 0.0)];
        for point in POINTS {
            let fixed = found.x[i] + point * error;
            // Where the others lie best, if the curvature were the same everywhere.
            let away = covariance.column(i) * (point / error);
            let start = DVector::from_column_slice(&found.x) + away;
            let value = others_searched(evaluator, found, i, fixed, start);
            points.push((estimated.scale.value(fixed), value - best));
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Profile { name: estimated.name.clone(), points }
    };
    evaluator.problem.estimated.iter().enumerate().map(one).collect()
}

fn others_searched(
    evaluator: &Evaluator<'_>,
    found: &Found,
    i: usize,
    fixed: f64,
    mut x: DVector<f64>,
) -> f64 {
    x[i] = fixed;
    let mut best = evaluator.value(x.as_slice());
    let mut curvature = found.local.curvature.clone();
    curvature.row_mut(i).fill(0.0);
    curvature.column_mut(i).fill(0.0);
    curvature[(i, i)] = 1.0;
    let Some(factor) = curvature.cholesky() else { return best };
    for _ in 0..STEPS {
        let Some(mut gradient) = cheap_gradient(evaluator, found, &x) else { return best };
        gradient[i] = 0.0;
        let next = &x - factor.solve(&gradient);
        let value = evaluator.value(next.as_slice());
        if value >= best {
            break;
        }
        (x, best) = (next, value);
    }
    best
}

/// The Gauss-Newton gradient with the derivatives of the optimum.
fn cheap_gradient(
    evaluator: &Evaluator<'_>,
    found: &Found,
    x: &DVector<f64>,
) -> Option<DVector<f64>> {
    let known = evaluator.at(x.as_slice())?;
    let likelihood = &found.evaluation.likelihood;
    let published = &likelihood.expected + &likelihood.residuals;
    let residuals = published - DVector::from_column_slice(&known.expected);
    let solved = likelihood.covariance.clone().cholesky()?.solve(&residuals);
    let mut gradient = -2.0 * found.jacobian.transpose() * solved;
    for (i, estimated) in evaluator.problem.estimated.iter().enumerate() {
        gradient[i] += 2.0 * (x[i] - estimated.prior_place()) / (estimated.sd * estimated.sd);
    }
    Some(gradient)
}

/// A published number's name in tables: trials, arm, label.
#[must_use]
pub fn full_name(number: &Published) -> String {
    format!("{} {} {}", number.trials.join("+"), number.arm, number.label)
}

/// Forces one published number after the other and tells what happens to the rest.
#[must_use]
pub fn trade_offs(evaluator: &Evaluator<'_>, found: &Found) -> Vec<TradeOff> {
    evaluator.begin("trade-offs");
    let likelihood = &found.evaluation.likelihood;
    let sds = likelihood.covariance.diagonal().map(f64::sqrt);
    let normals: Vec<&Published> =
        evaluator.problem.published.iter().filter(|p| entry_of(p) == Entry::Normal).collect();
    let published = &likelihood.expected + &likelihood.residuals;
    let best = evaluator.value(&found.x);
    let one = |(j, number): (usize, &&Published)| {
        let row = found.jacobian.row(j).transpose();
        let weight = 2.0 * FORCED / (sds[j] * sds[j]);
        let curvature: DMatrix<f64> = &found.local.curvature + weight * &row * row.transpose();
        let step = curvature.cholesky()?.solve(&(row * (weight * likelihood.residuals[j])));
        let place = DVector::from_column_slice(&found.x) + step;
        let known = evaluator.at(place.as_slice())?;
        let distance = |i: usize, expected: f64| (published[i] - expected) / sds[i];
        let distances = normals.iter().enumerate().map(|(i, p)| {
            (full_name(p), distance(i, likelihood.expected[i]), distance(i, known.expected[i]))
        });
        Some(TradeOff {
            forced: full_name(number),
            distances: distances.collect(),
            cost: known.objective - best,
        })
    };
    normals.iter().enumerate().filter_map(one).collect()
}
