//! Statistics over counts and slices, first of all those that trials report. They know nothing of
//! patients.
//!
//! ```text
//! lower = B(α/2; k, n − k + 1),  upper = B(1 − α/2; k + 1, n − k)        (Z1)  Clopper-Pearson
//! (k + z²/2 ± z √(k (n − k)/n + z²/4))/(n + z²)                          (Z3)  Wilson
//! d − √((p1 − l1)² + (u0 − p0)²),  d + √((u1 − p1)² + (p0 − l0)²)        (Z4)  Newcombe
//! Χ² = (Σ (X − E))²/Σ V                                                  (Z5)  CMH
//! d = Σ (X n0 − Y n1)/N/Σ n1 n0/N                                        (Z6)  Mantel-Haenszel
//! NNT = 1/d                                                              (Z11)
//! ```
//!
//! What cannot be computed (no subjects, no variation, too few values) is `None`, never NaN.
//!
//! ```
//! use thrombopoiesis::statistics::{Level, NumberNeededToTreat, Proportion, Table};
//!
//! let table = Table { treated: Proportion::new(56, 70)?, control: Proportion::new(48, 80)? };
//! let difference = table.newcombe(Level::NINETY_FIVE).ok_or("an arm is empty")?;
//! assert_eq!(format!("{difference:.4}"), "0.2000 (0.0524 to 0.3339)");
//! let needed = NumberNeededToTreat::new(&difference);
//! assert_eq!(needed.to_string(), "NNTB 5.0 (NNTB 3.0 to NNTB 19.1)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod difference;
mod distributions;
mod histogram;
mod interval;
mod median;
mod moments;
mod nnt;
mod normal;
mod pareto;
mod proportion;
mod rank;
#[cfg(test)]
mod reference;
mod stratified;
mod summary;
mod uniformity;

pub use difference::{Difference, Table};
pub use distributions::chi_squared_above;
pub use histogram::Histogram;
pub use interval::{Interval, Level};
pub use median::{OrderInterval, median, median_interval, quantile, quantile_interval};
pub use moments::Moments;
pub use nnt::{NumberNeeded, NumberNeededInterval, NumberNeededToTreat};
pub use normal::{Z_95, normal_cdf, normal_quantile};
pub use pareto::pareto_k;
pub use proportion::{Proportion, zero_events_upper_limit};
pub use rank::rank;
pub use stratified::{ChiSquared, CommonDifference, Stratified};
pub use summary::{Percentile, Power, Predictive, percentile, power, predictive_interval};
pub use uniformity::{Uniformity, random_rank};
