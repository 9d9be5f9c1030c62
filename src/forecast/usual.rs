//! What a forecast takes unless something else is asked for.

/// Number of individuals, of all structural variants together.
pub const INDIVIDUALS: usize = 10_000;
/// Seed of the random numbers that define the individuals.
pub const SEED: u64 = 1;
/// Relative error of an integration step.
pub const TOLERANCE: f64 = 1e-6;
/// Probabilities of the quantiles of a course, for its median and its 50 % and 90 % intervals.
pub const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Effective size below which a forecast is uncertain.
pub const THIN: f64 = 100.0;
