//! What can be drawn in a panel. Values outside the axes are cut off at the frame, missing ones break a line.

use super::canvas::{Canvas, text_width};
use super::geometry::{Point, Rect, clip_line, finite_runs, interpolate, keep};
use super::labels::spread;
use super::panel::Panel;
use super::theme::{Anchor, Colour, Fill, Stroke, Type};

/// A curve: ascending values of x, and a value of y for each.
pub type Curve<'a> = (&'a [f64], &'a [f64]);

/// A marker on the upper edge of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopMark {
    /// Something that happened: a filled triangle.
    Filled,
    /// Something that was due and did not happen: a hollow one.
    Hollow,
    /// The end of something: a bar.
    Bar,
}

/// A label for the right end of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct EndLabel {
    /// Height at which the line ends (in the unit of the axis).
    pub value: f64,
    /// What it says.
    pub text: String,
    /// How the line looks.
    pub stroke: Stroke,
}

/// Length of the piece of line shown in an end label (mm).
const SWATCH: f64 = 6.5;

impl Panel {
    /// A line through the points of a curve.
    pub fn line(&self, canvas: &mut Canvas, xs: &[f64], ys: &[f64], stroke: Stroke) {
        let points: Vec<Point> = xs.iter().zip(ys).map(|(&x, &y)| self.at(x, y)).collect();
        for piece in clip_line(&points, self.frame) {
            canvas.path(&piece, stroke);
        }
    }

    /// The line of a curve with a name, whose values the reader of a page can have. Without a name the curve is called by the
    /// title of the upright axis.
    pub fn curve(&self, canvas: &mut Canvas, name: &str, (xs, ys): Curve<'_>, stroke: Stroke) {
        self.line(canvas, xs, ys, stroke);
        canvas.keep_values(self.frame, (&self.x, &self.y), (name, stroke.colour), (xs, ys));
    }

    /// Keeps the values at the ends of a band called `name`, which a page can show; those of curves go before.
    pub fn keep_band(
        &self,
        canvas: &mut Canvas,
        (name, colour): (&str, Colour),
        xs: &[f64],
        [lower, upper]: [&[f64]; 2],
    ) {
        for (end, ys) in [("upper end", upper), ("lower end", lower)] {
            let name = format!("{name}, {end}");
            canvas.keep_values(self.frame, (&self.x, &self.y), (&name, colour), (xs, ys));
        }
    }

    /// The area between two curves.
    pub fn band(&self, canvas: &mut Canvas, xs: &[f64], lower: &[f64], upper: &[f64], fill: Fill) {
        let inside = |x: f64| if self.x.holds(x) { x } else { f64::NAN };
        let both: Vec<(Point, Point)> = xs
            .iter()
            .zip(lower.iter().zip(upper))
            .map(|(&x, (&l, &u))| (self.at_within(inside(x), l), self.at_within(inside(x), u)))
            .collect();
        let whole = |(l, u): &(Point, Point)| (l.0 + l.1 + u.1).is_finite();
        for run in both.split(|pair| !whole(pair)) {
            let forth = run.iter().map(|pair| pair.1);
            canvas.area(forth.chain(run.iter().rev().map(|pair| pair.0)).collect(), fill);
        }
    }

    /// A shade over the frame between two values of x; to be drawn before anything else.
    pub fn shade(&self, canvas: &mut Canvas, (from, to): (f64, f64)) {
        let place = |x: f64| self.x_at(keep(x, self.x.low, self.x.high));
        let (left, right) = (place(from), place(to));
        let (top, height) = (self.frame.top, self.frame.height);
        canvas.rect(Rect::new(left, top, (right - left).max(0.3), height), Fill::shade());
    }

    /// The area from the axis up to a curve between two values of x.
    pub fn window(
        &self,
        canvas: &mut Canvas,
        (xs, ys): Curve<'_>,
        (from, to): (f64, f64),
        fill: Fill,
    ) {
        let (from, to) = (from.max(self.x.low), to.min(self.x.high));
        let edge = |x: f64| interpolate(xs, ys, x).map(|y| (x, y));
        let between =
            xs.iter().copied().zip(ys.iter().copied()).filter(|(x, _)| *x > from && *x < to);
        let curve: Vec<Point> = edge(from)
            .into_iter()
            .chain(between)
            .chain(edge(to))
            .map(|(x, y)| self.at_within(x, y))
            .collect();
        for mut run in finite_runs(&curve) {
            let (first, last) = (run[0].0, run[run.len() - 1].0);
            run.extend([(last, self.frame.bottom()), (first, self.frame.bottom())]);
            canvas.area(run, fill);
        }
    }

    /// A filled point with a rim of paper, for a point on a line.
    pub fn point(&self, canvas: &mut Canvas, (x, y): (f64, f64), radius: f64, colour: Colour) {
        if self.x.holds(x) && self.y.holds(y) {
            canvas.disc(self.at(x, y), radius + 0.35, Fill::solid(Colour::WHITE));
            self.dot(canvas, (x, y), radius, colour);
        }
    }

    /// A filled point, for the middle of a bar.
    pub fn dot(&self, canvas: &mut Canvas, (x, y): (f64, f64), radius: f64, colour: Colour) {
        if self.x.holds(x) && self.y.holds(y) {
            canvas.disc(self.at(x, y), radius, Fill::solid(colour));
        }
    }

    /// An upright bar from one value to another, with caps.
    pub fn error_bar(&self, canvas: &mut Canvas, x: f64, (low, high): (f64, f64), stroke: Stroke) {
        let (bottom, top) = (self.at_within(x, low), self.at_within(x, high));
        canvas.path(&[bottom, top], stroke);
        for (x, y) in [bottom, top] {
            canvas.path(&[(x - 0.9, y), (x + 0.9, y)], stroke);
        }
    }

    /// A level bar from one value to another. A limit outside the axis leaves that end without a cap.
    pub fn error_bar_level(
        &self,
        canvas: &mut Canvas,
        y: f64,
        (low, high): (f64, f64),
        stroke: Stroke,
    ) {
        let place = |x: f64| self.at(keep(x, self.x.low, self.x.high), y);
        canvas.path(&[place(low), place(high)], stroke);
        for end in [low, high].into_iter().filter(|&end| self.x.holds(end)) {
            let (x, y) = place(end);
            canvas.path(&[(x, y - 0.8), (x, y + 0.8)], stroke);
        }
    }

    /// A bar between two values of x, from one value of y to another.
    pub fn bar_between(
        &self,
        canvas: &mut Canvas,
        (from, to): (f64, f64),
        (start, end): (f64, f64),
        fill: Fill,
    ) {
        let (left, one) = self.at_within(from, start);
        let (right, other) = self.at_within(to, end);
        canvas.rect(Rect::new(left, one.min(other), right - left, (one - other).abs()), fill);
    }

    /// A cell of a heat map.
    pub fn cell(
        &self,
        canvas: &mut Canvas,
        (x0, x1): (f64, f64),
        (y0, y1): (f64, f64),
        fill: Fill,
    ) {
        let ((left, bottom), (right, top)) = (self.at(x0, y0), self.at(x1, y1));
        canvas.rect(Rect::new(left, top, right - left, bottom - top), fill);
    }

    /// A level line through the frame.
    pub fn level(&self, canvas: &mut Canvas, y: f64, stroke: Stroke) {
        if self.y.holds(y) {
            let level = self.y_at(y);
            canvas.path(&[(self.frame.left, level), (self.frame.right(), level)], stroke);
        }
    }

    /// The label of a level line, above it inside the frame: at its right end, or as far left of that as it takes to be clear
    /// of the given curves.
    pub fn label_level(&self, canvas: &mut Canvas, y: f64, label: &str, curves: &[Curve<'_>]) {
        const STEPS: u32 = 16;
        if !self.y.holds(y) {
            return;
        }
        let style = Type::NOTE.anchored(Anchor::End).over_lines();
        let (width, level) = (text_width(label, style), self.y_at(y));
        let (last, first) = (self.frame.right() - 0.8, self.frame.left + 0.8 + width);
        // The middle of the letters, above the line unless that is over the edge.
        let rise = if level - self.frame.top > 3.6 { 1.8 } else { -2.0 };
        let places = (0..=STEPS).map(|i| last + f64::from(i) / f64::from(STEPS) * (first - last));
        let clear = |right: &f64| {
            let across = (0..=6).map(|i| right - width * f64::from(i) / 6.0);
            let inside = |y: f64| (level - self.y_at(y) - rise).abs() < 2.2;
            let x = |place: f64| self.x.value_at((place - self.frame.left) / self.frame.width);
            let mut values = across.flat_map(|place| {
                curves.iter().filter_map(move |(xs, ys)| interpolate(xs, ys, x(place)))
            });
            !values.any(inside)
        };
        let right = places.into_iter().find(clear).unwrap_or(last);
        canvas.text((right, level - rise + 0.9), label, style);
    }

    /// An upright line through the frame.
    pub fn upright(&self, canvas: &mut Canvas, x: f64, stroke: Stroke) {
        if self.x.holds(x) {
            let x = self.x_at(x);
            canvas.path(&[(x, self.frame.top), (x, self.frame.bottom())], stroke);
        }
    }

    /// A marker on the upper edge of the frame.
    pub fn top_mark(&self, canvas: &mut Canvas, x: f64, mark: TopMark, colour: Colour) {
        if !self.x.holds(x) {
            return;
        }
        let (x, tip) = (self.x_at(x), self.frame.top - 0.3);
        let triangle =
            |half: f64, top: f64, tip: f64| vec![(x - half, top), (x + half, top), (x, tip)];
        match mark {
            TopMark::Filled => canvas.area(triangle(0.95, tip - 1.9, tip), Fill::solid(colour)),
            TopMark::Hollow => {
                let mut outline = triangle(0.8, tip - 1.75, tip - 0.15);
                outline.extend([outline[0], outline[1]]);
                canvas.path(&outline, Stroke::new(colour, 0.8));
            }
            TopMark::Bar => {
                canvas.rect(Rect::new(x - 0.4, tip - 2.9, 0.8, 2.9), Fill::solid(colour));
            }
        }
    }

    /// Labels right of the frame, moved apart where the lines end close together; a hairline then joins line and label.
    /// A piece of the line is shown beside the words of two or more.
    pub fn end_labels(&self, canvas: &mut Canvas, labels: &[EndLabel]) {
        let known: Vec<&EndLabel> = labels.iter().filter(|label| label.value.is_finite()).collect();
        let wanted: Vec<f64> =
            known.iter().map(|label| self.at_within(self.x.high, label.value).1).collect();
        let gap = 0.92 * Type::TEXT.line_height();
        let placed = spread(&wanted, gap, self.frame.top + 1.0, self.frame.bottom() - 1.0);
        let moved = wanted.iter().zip(&placed).any(|(from, to)| (from - to).abs() > 0.6);
        let swatch = known.len() > 1;
        for ((label, &from), &to) in known.iter().zip(&wanted).zip(&placed) {
            let mut x = self.frame.right() + 1.2;
            if moved {
                let hair = Stroke::new(Colour::REFERENCE, 0.5);
                canvas.path(&[(self.frame.right() + 0.4, from), (x + 2.2, to)], hair);
                x += 2.9;
            }
            if swatch {
                canvas.path(&[(x, to), (x + SWATCH, to)], label.stroke);
                x += SWATCH + 1.2;
            }
            let style = Type::TEXT.coloured(label.stroke.colour.for_text());
            canvas.text((x, to + style.centre_drop()), &label.text, style);
        }
    }

    /// Room (mm) that end labels need right of the frame.
    #[must_use]
    pub fn end_label_room(labels: &[EndLabel]) -> f64 {
        let words =
            labels.iter().map(|label| text_width(&label.text, Type::TEXT)).fold(0.0, f64::max);
        let beside = if labels.len() > 1 { 5.3 + SWATCH } else { 1.2 };
        if labels.is_empty() { 0.0 } else { words + beside + 0.5 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::axis::Axis;
    use crate::report::drawing::canvas::Lettering;
    use crate::report::drawing::testing::texts;

    const FRAME: Rect = Rect { left: 10.0, top: 10.0, width: 80.0, height: 30.0 };
    const UNITS_PER_MM: f64 = 960.0 / 25.4;

    fn panel() -> Panel {
        Panel::new(FRAME, Axis::weeks(0.0, 40.0), Axis::linear(0.0, 100.0, 4, "count"))
    }

    /// All corners of all lines and areas (mm).
    fn corners(svg: &str) -> Vec<Point> {
        let lists = svg.lines().filter_map(|line| line.split("points=\"").nth(1));
        let pairs = lists.flat_map(|list| list.split('"').next().unwrap_or("").split(' '));
        let pair = |pair: &str| {
            let (x, y) = pair.split_once(',')?;
            Some((x.parse::<f64>().ok()? / UNITS_PER_MM, y.parse::<f64>().ok()? / UNITS_PER_MM))
        };
        pairs.filter_map(pair).collect()
    }

    #[test]
    fn invariant_nothing_is_drawn_outside_the_frame() -> crate::error::Result<()> {
        let (mut canvas, panel) = (Canvas::new(100.0, 50.0, "t", "d"), panel());
        let xs = [-10.0, 5.0, 20.0, f64::NAN, 50.0, 90.0];
        let ys = [-50.0, 150.0, 40.0, 1e9, f64::NEG_INFINITY, 20.0];
        panel.line(&mut canvas, &xs, &ys, Stroke::data(Colour::BLUE));
        panel.band(&mut canvas, &xs, &ys, &[1e6; 6], Fill::band(Colour::BLUE));
        panel.window(
            &mut canvas,
            (&[0.0, 40.0], &[20.0, 400.0]),
            (-5.0, 60.0),
            Fill::band(Colour::BLUE),
        );
        panel.bar_between(&mut canvas, (3.0, 6.0), (20.0, 400.0), Fill::solid(Colour::GREEN));
        panel.cell(&mut canvas, (7.0, 14.0), (20.0, 40.0), Fill::solid(Colour::heat(0.5)));
        panel.error_bar(&mut canvas, 20.0, (-30.0, 300.0), Stroke::data(Colour::BLACK));
        panel.error_bar_level(&mut canvas, 50.0, (-30.0, 300.0), Stroke::data(Colour::BLACK));
        panel.point(&mut canvas, (50.0, 20.0), 1.0, Colour::BLACK);
        panel.level(&mut canvas, 101.0, Stroke::reference());
        panel.upright(&mut canvas, 41.0, Stroke::reference());
        let svg = canvas.finish(Lettering::FromPage)?;
        assert!(!svg.contains("<circle"));
        let corners = corners(&svg);
        assert!(corners.len() > 20);
        for (x, y) in corners {
            let inside = x >= FRAME.left - 0.02 && x <= FRAME.right() + 0.02;
            assert!(inside && y >= FRAME.top - 0.02 && y <= FRAME.bottom() + 0.02, "{x}, {y}");
        }
        Ok(())
    }

    #[test]
    fn invariant_the_label_of_a_level_gives_way_to_a_curve() -> crate::error::Result<()> {
        let label = |ys: &[f64]| -> crate::error::Result<(f64, f64)> {
            let mut canvas = Canvas::new(100.0, 50.0, "t", "d");
            panel().label_level(&mut canvas, 50.0, "50", &[(&[0.0, 20.0, 40.0], ys)]);
            let svg = canvas.finish(Lettering::FromPage)?;
            Ok(texts(&svg).first().map_or((0.0, 0.0), |text| (text.left, text.right)))
        };
        let (_, free) = label(&[20.0, 20.0, 20.0])?;
        assert!((free - (FRAME.right() - 0.8)).abs() < 0.1);
        let (_, moved) = label(&[20.0, 20.0, 60.0])?;
        assert!(moved < free - 4.0);
        Ok(())
    }

    #[test]
    fn invariant_end_labels_of_one_place_do_not_overlap() -> crate::error::Result<()> {
        let mut canvas = Canvas::new(130.0, 50.0, "t", "d");
        let label = |text: &str| EndLabel {
            value: 38.0,
            text: text.to_owned(),
            stroke: Stroke::data(Colour::BLUE),
        };
        let labels = ["A", "B", "C", "D", "approved"].map(label);
        panel().end_labels(&mut canvas, &labels);
        let svg = canvas.finish(Lettering::FromPage)?;
        crate::report::drawing::testing::assert_presentable(&svg);
        let right = texts(&svg).iter().map(|text| text.right).fold(0.0, f64::max);
        assert!(right <= FRAME.right() + Panel::end_label_room(&labels));
        Ok(())
    }
}
