//! Boxes and arrows, for figures that show what leads to what.

use super::canvas::Canvas;
use super::geometry::{Point, Rect};
use super::theme::{Colour, Dash, Fill, Stroke};

/// Length of an arrow's head (mm).
const HEAD: f64 = 1.9;
/// Half its width (mm).
const HALF_HEAD: f64 = 0.8;

/// A box of paper with an outline.
pub fn outlined(canvas: &mut Canvas, r: Rect, stroke: Stroke) {
    canvas.rect(r, Fill::solid(Colour::WHITE));
    let corners =
        [(r.left, r.top), (r.right(), r.top), (r.right(), r.bottom()), (r.left, r.bottom())];
    // Closed over the first side once more, so that the last corner is joined as the others are.
    canvas.path(&[&corners[..], &corners[..2]].concat(), stroke);
}

/// A line through points, with a head at the last one. The head is solid, however the line is broken.
pub fn arrow(canvas: &mut Canvas, points: &[Point], stroke: Stroke) {
    let [rest @ .., from, tip] = points else { return };
    let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
    let length = dx.hypot(dy);
    if length.is_nan() || length <= HEAD {
        return;
    }
    let (x, y) = (dx / length, dy / length);
    let neck = (tip.0 - HEAD * x, tip.1 - HEAD * y);
    canvas.path(&[rest, &[*from, neck]].concat(), stroke);
    let side = |half: f64| (neck.0 - half * y, neck.1 + half * x);
    canvas.area(vec![side(HALF_HEAD), *tip, side(-HALF_HEAD)], Fill::solid(stroke.colour));
}

/// The line of something that flows.
#[must_use]
pub fn flow() -> Stroke {
    Stroke::new(Colour::INK, 1.0)
}

/// The line of an influence.
#[must_use]
pub fn influence(colour: Colour) -> Stroke {
    Stroke::new(colour, 1.2).with_dash(Dash::Dotted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::report::drawing::canvas::Lettering;

    #[test]
    fn invariant_a_head_ends_where_the_arrow_does() -> Result<()> {
        let mut canvas = Canvas::new(60.0, 30.0, "t", "d");
        arrow(&mut canvas, &[(5.0, 5.0), (5.0, 10.0), (40.0, 10.0)], flow());
        arrow(&mut canvas, &[(5.0, 20.0), (5.5, 20.0)], flow());
        arrow(&mut canvas, &[(5.0, f64::NAN), (9.0, 20.0)], flow());
        let svg = canvas.finish(Lettering::FromPage)?;
        // 40 mm and 10 mm in tenths of a pixel of 1/96 inch.
        assert!(svg.contains("1512,378"), "{svg}");
        assert_eq!((svg.matches("<polygon").count(), svg.matches("<polyline").count()), (1, 1));
        Ok(())
    }
}
