//! The axes of records, for times and values of any size.

use super::RecordsPanel;
use crate::report::drawing::axis::Axis;

/// Values that span more than this factor stand on a logarithmic axis.
const WIDE: f64 = 30.0;
/// Values that span more than this factor have a tick for each power of ten only.
const VERY_WIDE: f64 = 3000.0;
/// Least factor between the outermost values and the ends of a logarithmic axis.
const ROOM: f64 = 1.1;
/// Most powers of ten on an axis.
const MOST_DECADES: i32 = 12;
/// Most ticks along the time.
const MOST_TICKS: f64 = 9.0;
/// Steps between ticks in hours, and in days.
const HOURS: [f64; 7] = [1.0, 2.0, 3.0, 4.0, 6.0, 12.0, 24.0];
const DAYS: [f64; 7] = [1.0, 2.0, 7.0, 14.0, 28.0, 56.0, 84.0];

/// The axis of time, with a little room at both ends.
pub(super) fn time((first, last): (f64, f64), unit: &str) -> Axis {
    let room = 0.015 * (last - first);
    let (low, high) = (first - room, last + room);
    let title = format!("Time ({unit})");
    let steps = if unit == "d" { DAYS } else { HOURS };
    let span = last - first;
    let plain = Axis::linear(low, high, 6, &title);
    let step = steps.into_iter().find(|step| span / step <= MOST_TICKS);
    match step.filter(|step| span / step >= 3.0) {
        Some(step) => {
            let (from, to) = ((low / step).ceil(), (high / step).floor());
            let count = std::iter::successors(Some(from), |n| Some(n + 1.0));
            let ticks: Vec<f64> = count.take_while(|n| *n <= to).map(|n| n * step).collect();
            plain.with_ticks(&ticks, 0)
        }
        None => plain,
    }
}

/// The axis of the values: logarithmic where they are positive and span more than a factor of 30, from 0 where
/// none is negative.
pub(super) fn values(panel: &RecordsPanel) -> Axis {
    let courses = || panel.courses.iter().chain(&panel.highlighted);
    let all = || courses().flat_map(|course| &course.value).copied();
    let finite = || all().filter(|value| value.is_finite());
    let (low, high) = finite()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > 0.0 && high > WIDE * low {
        if high > VERY_WIDE * low {
            return Axis::log(all(), MOST_DECADES, &panel.title);
        }
        // A point on the edge could not be distinguished from the axis.
        let (low, high) = (round(low / ROOM, false), round(high * ROOM, true));
        return Axis::log_between(low, high, &panel.title);
    }
    if low < 0.0 {
        return Axis::around(all(), 6, &panel.title);
    }
    Axis::from_zero(all(), 6, &panel.title)
}

/// The next 1, 2 or 5 times a power of ten, above or below.
fn round(value: f64, is_up: bool) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    let found = if is_up {
        steps.into_iter().find(|step| *step >= value * (1.0 - 1e-9))
    } else {
        steps.into_iter().rev().find(|step| *step <= value * (1.0 + 1e-9))
    };
    found.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::super::{RecordsPanel, SubjectCourse};
    use super::{time, values};
    use crate::report::drawing::axis::{Axis, Scale};

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn regress_times_have_round_ticks() {
        assert_eq!(
            labels(&time((0.0, 24.4), "h")),
            ["0", "3", "6", "9", "12", "15", "18", "21", "24"]
        );
        assert_eq!(labels(&time((0.0, 40.0), "d")), ["0", "7", "14", "21", "28", "35"]);
        assert_eq!(labels(&time((-1.0, 2.0), "d")), ["−1", "0", "1", "2"]);
        assert_eq!(labels(&time((0.0, 5000.0), "d")).first(), Some(&"0"));
    }

    #[test]
    fn regress_values_are_logarithmic_where_positive_and_wide() {
        let axis = |value: &[f64]| {
            let course = SubjectCourse { value: value.to_vec(), ..SubjectCourse::default() };
            values(&RecordsPanel { courses: vec![course], ..RecordsPanel::default() })
        };
        assert_eq!(axis(&[1.0, 29.0]).scale, Scale::Linear);
        assert_eq!(axis(&[0.0, 900.0]).scale, Scale::Linear);
        let wide = axis(&[0.3, 90.0]);
        assert_eq!((wide.scale, labels(&wide).len()), (Scale::Log, 9));
        assert_eq!(labels(&axis(&[0.02, 900.0])), ["0.01", "0.1", "1", "10", "100", "1000"]);
        assert!(axis(&[-1.0, 900.0]).low < -1.0);
    }
}
