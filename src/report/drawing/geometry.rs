//! Points and rectangles on paper, in mm from the upper left corner; cutting lines to a frame.

/// A place on paper, mm to the right and mm down.
pub type Point = (f64, f64);

/// A rectangle on paper (mm).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge (mm).
    pub left: f64,
    /// Upper edge (mm).
    pub top: f64,
    /// Width (mm).
    pub width: f64,
    /// Height (mm).
    pub height: f64,
}

impl Rect {
    /// A rectangle from its upper left corner and its size (mm).
    #[must_use]
    pub fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        Self { left, top, width, height }
    }

    /// Right edge (mm).
    #[must_use]
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Lower edge (mm).
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// A value kept between limits. Unlike `f64::clamp` it accepts limits that cross (the lower one then wins) or are missing.
#[must_use]
pub fn keep(value: f64, low: f64, high: f64) -> f64 {
    if value.is_nan() { value } else { value.min(high).max(low) }
}

/// The runs of consecutive finite points: a line is broken where a value is missing, never bridged.
#[must_use]
pub fn finite_runs(points: &[Point]) -> Vec<Vec<Point>> {
    points
        .split(|(x, y)| !(x.is_finite() && y.is_finite()))
        .filter(|run| !run.is_empty())
        .map(<[Point]>::to_vec)
        .collect()
}

/// The parts of a line that lie inside the frame, cut exactly at its edges.
#[must_use]
pub fn clip_line(points: &[Point], frame: Rect) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for run in finite_runs(points) {
        let mut open = false;
        for pair in run.windows(2) {
            let Some((from, to)) = clip_segment(pair[0], pair[1], frame) else {
                open = false;
                continue;
            };
            match pieces.last_mut() {
                Some(piece) if open => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
            open = same_place(to, pair[1]);
        }
    }
    pieces
}

/// The part of one segment inside the frame (Liang and Barsky).
fn clip_segment(from: Point, to: Point, frame: Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let edges = [
        (-dx, from.0 - frame.left),
        (dx, frame.right() - from.0),
        (-dy, from.1 - frame.top),
        (dy, frame.bottom() - from.1),
    ];
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    // A line along an edge lies inside, whatever the last digit says.
    let outside = |room: f64| room < -1e-9;
    for (towards, room) in edges {
        if towards < 0.0 {
            enter = enter.max(room / towards);
        } else if towards > 0.0 {
            leave = leave.min(room / towards);
        } else if outside(room) {
            return None;
        }
    }
    let at = |t: f64| (from.0 + t * dx, from.1 + t * dy);
    let start = if enter > 0.0 { at(enter) } else { from };
    let end = if leave < 1.0 { at(leave) } else { to };
    (enter <= leave).then_some((start, end))
}

/// Whether two places cannot be told apart on paper.
fn same_place(a: Point, b: Point) -> bool {
    (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-9
}

/// The value of a curve given at ascending `xs`, by straight lines; `None` outside or at a missing value.
#[must_use]
pub fn interpolate(xs: &[f64], ys: &[f64], x: f64) -> Option<f64> {
    let n = xs.len().min(ys.len());
    if n == 0 || !x.is_finite() || x < xs[0] || x > xs[n - 1] {
        return None;
    }
    let after = xs[..n].partition_point(|&at| at < x);
    let y = if after == 0 {
        ys[0]
    } else {
        let (x0, x1) = (xs[after - 1], xs[after]);
        let share = (x - x0) / (x1 - x0);
        ys[after - 1] + share * (ys[after] - ys[after - 1])
    };
    y.is_finite().then_some(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { left: 0.0, top: 0.0, width: 10.0, height: 10.0 };

    #[test]
    fn invariant_a_missing_value_breaks_a_line() {
        let line = [(0.0, 1.0), (1.0, 1.0), (2.0, f64::NAN), (3.0, 1.0), (4.0, 1.0)];
        assert_eq!(clip_line(&line, FRAME).len(), 2);
    }

    #[test]
    fn invariant_a_line_is_cut_at_the_frame() {
        let pieces = clip_line(&[(-5.0, 5.0), (5.0, 5.0), (5.0, 15.0), (8.0, 15.0)], FRAME);
        assert_eq!(pieces, vec![vec![(0.0, 5.0), (5.0, 5.0), (5.0, 10.0)]]);
    }

    #[test]
    fn invariant_interpolation_meets_the_points_and_stops_outside() {
        let (xs, ys) = ([0.0, 2.0, 4.0], [1.0, 3.0, f64::NAN]);
        assert_eq!(interpolate(&xs, &ys, 0.0), Some(1.0));
        assert_eq!(interpolate(&xs, &ys, 1.0), Some(2.0));
        assert_eq!(interpolate(&xs, &ys, 2.0), Some(3.0));
        assert_eq!(interpolate(&xs, &ys, 3.0), None);
        assert_eq!(interpolate(&xs, &ys, 5.0), None);
        assert_eq!(interpolate(&[], &[], 0.0), None);
    }
}
