//! Axes: a range, ticks with their labels, and the place of a value between the ends.
use super::letters::text_width;
use super::theme::Type;

pub use crate::units::rounding::number;

/// How values are spaced along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal steps for equal differences.
    #[default]
    Linear,
    /// Equal steps for equal ratios; values that are not positive have no place.
    Log,
}

/// A tick: a value and what stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where (in the unit of the axis).
    pub at: f64,
    /// What it says.
    pub label: String,
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Value at the lower or left end.
    pub low: f64,
    /// Value at the upper or right end.
    pub high: f64,
    /// Spacing.
    pub scale: Scale,
    /// Ticks, ascending.
    pub ticks: Vec<Tick>,
    /// Title with the unit.
    pub title: String,
}

impl Axis {
    /// Width of the widest number beside a vertical axis (mm).
    #[must_use]
    pub fn label_width(&self) -> f64 {
        self.ticks.iter().map(|tick| text_width(&tick.label, Type::TICK)).fold(0.0, f64::max)
    }

    /// Days from the first dose, a tick each week.
    #[must_use]
    pub fn weeks(first_day: f64, last_day: f64) -> Self {
        let high = if last_day > first_day { last_day } else { first_day + 1.0 };
        // From half a year on a tick each week would be a comb.
        let step = [7.0, 14.0, 28.0, 56.0, 112.0]
            .into_iter()
            .find(|step| (high - first_day) / step <= 13.0)
            .unwrap_or(364.0);
        let ticks =
            multiples(first_day, high, step).into_iter().map(|at| Tick::new(at, 0)).collect();
        let title = "Days from first dose".to_owned();
        Self { low: first_day, high, scale: Scale::Linear, ticks, title }
    }

    /// A linear axis from `low` to `high` with about `count` round ticks.
    #[must_use]
    pub fn linear(low: f64, high: f64, count: usize, title: &str) -> Self {
        let (low, high) = proper(low, high);
        let step = round_step((high - low) / count.max(1) as f64);
        let places = decimals(step);
        let ticks =
            multiples(low, high, step).into_iter().map(|at| Tick::new(at, places)).collect();
        Self { low, high, scale: Scale::Linear, ticks, title: title.to_owned() }
    }

    /// A linear axis from 0 to a round number above the largest finite value, with a little room.
    #[must_use]
    pub fn from_zero(values: impl Iterator<Item = f64>, count: usize, title: &str) -> Self {
        let most = values.filter(|v| v.is_finite()).fold(0.0, f64::max);
        let most = if most > 0.0 { most } else { 1.0 };
        let step = round_step(most / count.max(1) as f64);
        Self::linear(0.0, (1.04 * most / step).ceil() * step, count, title)
    }

    /// A linear axis that holds all finite values with some room at both ends.
    #[must_use]
    pub fn around(values: impl Iterator<Item = f64>, count: usize, title: &str) -> Self {
        let (low, high) = span(values);
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let room = if high > low { 0.12 * (high - low) } else { 0.5_f64.max(0.1 * high.abs()) };
        let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        Self::linear((low - room).max(floor), high + room, count, title)
    }

    /// A logarithmic axis over the finite positive values, at most `decades` of them.
    #[must_use]
    pub fn log(values: impl Iterator<Item = f64>, decades: i32, title: &str) -> Self {
        let (low, high) = span(values.filter(|&v| v > 0.0));
        let (low, high) = if low <= high { (low, high) } else { (0.1, 1.0) };
        let top = high.log10().ceil();
        let bottom = low.log10().floor().max(top - f64::from(decades)).min(top - 1.0);
        let (low, high) = (10_f64.powf(bottom), 10_f64.powf(top));
        let steps = if top - bottom < 1.5 { [1.0, 2.0, 5.0].as_slice() } else { [1.0].as_slice() };
        let mut ticks = Vec::new();
        let mut power = bottom;
        while power <= top {
            let unit = 10_f64.powf(power);
            let within = steps.iter().map(|s| s * unit).filter(|&at| at <= high * (1.0 + 1e-9));
            ticks.extend(within.map(|at| Tick::new(at, decimals(unit))));
            power += 1.0;
        }
        Self { low, high, scale: Scale::Log, ticks, title: title.to_owned() }
    }

    /// A logarithmic axis from one positive value to another, ticks at 1, 2 and 5 times powers of ten; where fewer than
    /// two of these lie between, round ticks in equal steps.
    #[must_use]
    pub fn log_between(low: f64, high: f64, title: &str) -> Self {
        if !(low > 0.0 && high > low && high.is_finite()) {
            return Self::log(std::iter::empty(), 1, title);
        }
        let mut ticks = Vec::new();
        let mut unit = 10_f64.powf(low.log10().floor());
        while unit <= high && ticks.len() < 60 {
            let places = decimals(unit);
            let within = [1.0, 2.0, 5.0].into_iter().map(|s| s * unit);
            let within = within.filter(|&at| at >= low * (1.0 - 1e-9) && at <= high * (1.0 + 1e-9));
            ticks.extend(within.map(|at| Tick::new(at, places)));
            unit *= 10.0;
        }
        let fallback = Self::linear(low, high, 3, title);
        let ticks = if ticks.len() < 2 { fallback.ticks } else { ticks };
        Self { low, high, scale: Scale::Log, ticks, title: title.to_owned() }
    }

    /// The same axis with few round ticks, none in the outermost share `edge` of either end: for small panels
    /// side by side.
    #[must_use]
    pub fn sparse(mut self, edge: f64) -> Self {
        const MOST: usize = 3;
        if self.scale == Scale::Log && self.high < 8.0 * self.low {
            // Steps of 1, 2 and 5 would leave a tick or none.
            self.ticks = Self::linear(self.low, self.high, MOST + 2, "").ticks;
        }
        let inside = |tick: &Tick| (edge..=1.0 - edge).contains(&self.fraction(tick.at));
        let ticks: Vec<Tick> = self.ticks.iter().filter(|tick| inside(tick)).cloned().collect();
        let every = ticks.len().div_ceil(MOST).max(1);
        self.ticks = ticks.into_iter().step_by(every).collect();
        self
    }

    /// The same axis with a tick at each of the given values.
    #[must_use]
    pub fn with_ticks(mut self, values: &[f64], places: usize) -> Self {
        self.ticks = values.iter().map(|&at| Tick::new(at, places)).collect();
        self
    }

    /// How far along the axis a value lies: 0 at the low end, 1 at the high end, NaN without a place.
    #[must_use]
    pub fn fraction(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log if value > 0.0 => (value / self.low).ln() / (self.high / self.low).ln(),
            Scale::Log => f64::NAN,
        }
    }

    /// The value at a fraction of the way along the axis.
    #[must_use]
    pub fn value_at(&self, fraction: f64) -> f64 {
        match self.scale {
            Scale::Linear => self.low + fraction * (self.high - self.low),
            Scale::Log => self.low * (self.high / self.low).powf(fraction),
        }
    }

    /// Whether a value lies between the ends.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

impl Tick {
    fn new(at: f64, places: usize) -> Self {
        Self { at, label: number(at, places) }
    }
}

/// 1, 2 or 5 times a power of ten, at or above `step`.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let lead = step / power;
    let round = [1.0, 2.0, 5.0].into_iter().find(|r| lead <= r * (1.0 + 1e-9)).unwrap_or(10.0);
    round * power
}

/// Decimals that a number needs to be told from its neighbour one `step` away.
fn decimals(step: f64) -> usize {
    (0..8).find(|&places| step * 10_f64.powi(places) >= 1.0 - 1e-9).unwrap_or(8).unsigned_abs()
        as usize
}

/// The multiples of a step from `low` to `high`.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let (mut n, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let mut found = Vec::new();
    // Two hundred ticks are a fault of the range; stop there.
    while n <= last && found.len() < 200 {
        found.push(n * step);
        n += 1.0;
    }
    found
}

/// Least and greatest finite value; the wrong way round if there is none.
fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// A range that is finite and not empty, whatever was asked.
fn proper(low: f64, high: f64) -> (f64, f64) {
    let low = if low.is_finite() { low } else { 0.0 };
    (low, if high.is_finite() && high > low { high } else { low + 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn regress_ticks_are_round_and_say_what_they_need() {
        assert_eq!(labels(&Axis::weeks(0.0, 40.0)), ["0", "7", "14", "21", "28", "35"]);
        assert_eq!(labels(&Axis::from_zero([87.0].into_iter(), 4, "")), ["0", "50", "100"]);
        assert_eq!(labels(&Axis::linear(-0.5, 0.5, 2, "")), ["−0.5", "0.0", "0.5"]);
        assert_eq!(
            labels(&Axis::log([0.02, 700.0].into_iter(), 3, "")),
            ["1", "10", "100", "1000"]
        );
        assert_eq!(labels(&Axis::log([2.0, 7.0].into_iter(), 3, "")), ["1", "2", "5", "10"]);
    }

    #[test]
    fn invariant_an_axis_of_nothing_is_still_an_axis() {
        for axis in [
            Axis::from_zero(std::iter::empty(), 4, ""),
            Axis::around([f64::NAN].into_iter(), 4, ""),
            Axis::log([0.0, -1.0].into_iter(), 3, ""),
            Axis::linear(f64::NAN, f64::INFINITY, 4, ""),
            Axis::weeks(0.0, 0.0),
        ] {
            assert!(axis.low < axis.high && !axis.ticks.is_empty(), "{axis:?}");
        }
    }

    #[test]
    fn invariant_the_ends_are_zero_and_one() {
        let axis = Axis::log([1.0, 100.0].into_iter(), 4, "");
        assert!(axis.fraction(axis.low).abs() < 1e-12);
        assert!((axis.fraction(axis.high) - 1.0).abs() < 1e-12);
        assert!(axis.fraction(0.0).is_nan());
        for axis in [axis, Axis::linear(-3.0, 5.0, 4, "")] {
            assert!((axis.fraction(axis.value_at(0.3)) - 0.3).abs() < 1e-12);
        }
    }
}
