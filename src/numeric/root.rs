//! A bracketed root of a function of one variable.

/// The root of `f` between `a` and `b`, where `f` changes sign, to within `tolerance` in `x`.
///
/// Chandrupatla's method: inverse quadratic interpolation where the last three points allow it,
/// bisection otherwise, so it never leaves the bracket and ends after a bounded number of calls.
/// With equal signs at both ends the end with the smaller value is returned.
///
/// # Errors
/// The first error of `f`.
pub fn root_between<E>(
    (a, b): (f64, f64),
    tolerance: f64,
    mut f: impl FnMut(f64) -> Result<f64, E>,
) -> Result<f64, E> {
    const MAX_CALLS: u32 = 100;
    let (mut x1, mut x2) = (b, a);
    let (mut f1, mut f2) = (f(x1)?, f(x2)?);
    let mut fraction = 0.5;
    for _ in 0..MAX_CALLS {
        let (best, f_best) = if f2.abs() < f1.abs() { (x2, f2) } else { (x1, f1) };
        let width = (x2 - x1).abs();
        if f_best == 0.0 || width <= tolerance || f1.signum() == f2.signum() {
            return Ok(best);
        }
        let x = x1 + fraction * (x2 - x1);
        let fx = f(x)?;
        let (x3, f3);
        if fx.signum() == f1.signum() {
            (x3, f3) = (x1, f1);
        } else {
            (x3, f3) = (x2, f2);
            (x2, f2) = (x1, f1);
        }
        (x1, f1) = (x, fx);
        let margin = (0.5 * tolerance / (x2 - x1).abs()).min(0.5);
        fraction = interpolation(x1, x2, x3, f1, f2, f3).clamp(margin, 1.0 - margin);
    }
    Ok(x1)
}

/// Where the next point lies between `x1` and `x2`, as a fraction: by inverse quadratic
/// interpolation where Chandrupatla's criterion finds it trustworthy, else the middle.
fn interpolation(x1: f64, x2: f64, x3: f64, f1: f64, f2: f64, f3: f64) -> f64 {
    let xi = (x1 - x2) / (x3 - x2);
    let phi = (f1 - f2) / (f3 - f2);
    if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
        f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
    } else {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::root_between;
    use std::convert::Infallible;

    fn root(bracket: (f64, f64), f: impl Fn(f64) -> f64) -> (f64, u32) {
        let mut calls = 0;
        let found = root_between(bracket, 1e-12, |x| {
            calls += 1;
            Ok::<_, Infallible>(f(x))
        });
        (found.unwrap_or(f64::NAN), calls)
    }

    #[test]
    fn analytic_roots_are_found_in_few_calls() {
        for (bracket, f, expected) in [
            ((0.0, 2.0), (|x: f64| x * x - 2.0) as fn(f64) -> f64, 2.0_f64.sqrt()),
            ((2.0, 0.0), |x| x * x - 2.0, 2.0_f64.sqrt()),
            ((0.0, 10.0), |x| (-x).exp() - 0.5, 2.0_f64.ln()),
            ((-1.0, 1.0), |x| x.powi(3), 0.0),
        ] {
            let (found, calls) = root(bracket, f);
            assert!((found - expected).abs() < 1e-11, "{found} is not {expected}");
            assert!(calls < 60, "{calls} calls");
        }
    }

    #[test]
    fn invariant_without_a_sign_change_the_better_end_is_returned() {
        let (found, _) = root((1.0, 2.0), |x| x * x);
        assert!((found - 1.0).abs() < f64::EPSILON);
    }
}
