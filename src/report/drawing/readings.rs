//! What can be read off a figure on a page: for every panel its frame, its axes and the curves that have names.
//!
//! Places on paper are rounded, and a curve read back from them would be too; the page is given the values themselves.

use serde::Serialize;

use super::axis::{Axis, Scale};
use super::theme::Colour;

/// A frame in drawing units: left, top, width, height.
pub(super) type Frame = [i32; 4];

/// All panels of a figure.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Readings {
    /// Values of x, ascending; curves share them.
    grids: Vec<Vec<f64>>,
    panels: Vec<PanelReadings>,
}

#[derive(Debug, Clone, Serialize)]
struct PanelReadings {
    frame: Frame,
    x: AxisReading,
    y: AxisReading,
    curves: Vec<CurveReading>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct AxisReading {
    title: String,
    low: f64,
    high: f64,
    log: bool,
}

#[derive(Debug, Clone, Serialize)]
struct CurveReading {
    name: String,
    colour: String,
    /// Which of the grids its values stand on.
    grid: usize,
    /// Values; missing ones are null.
    y: Vec<f64>,
}

impl From<&Axis> for AxisReading {
    fn from(axis: &Axis) -> Self {
        let log = axis.scale == Scale::Log;
        Self { title: axis.title.clone(), low: axis.low, high: axis.high, log }
    }
}

impl Readings {
    /// Adds a curve to the panel with this frame and these axes. Without a name it is called by the title of the upright axis.
    pub(super) fn add(
        &mut self,
        frame: Frame,
        (x, y): (&Axis, &Axis),
        (name, colour): (&str, Colour),
        (xs, ys): (&[f64], &[f64]),
    ) {
        let (x, y) = (AxisReading::from(x), AxisReading::from(y));
        let name = if name.is_empty() { y.title.clone() } else { name.to_owned() };
        let colour = format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2);
        let grid = self.grid(xs.iter().copied().map(short).collect());
        let curve = CurveReading { name, colour, grid, y: ys.iter().copied().map(short).collect() };
        let same = |p: &&mut PanelReadings| p.frame == frame && p.x == x && p.y == y;
        match self.panels.iter_mut().find(same) {
            Some(panel) => panel.curves.push(curve),
            None => self.panels.push(PanelReadings { frame, x, y, curves: vec![curve] }),
        }
    }

    fn grid(&mut self, xs: Vec<f64>) -> usize {
        let known = self.grids.iter().position(|grid| *grid == xs);
        known.unwrap_or_else(|| {
            self.grids.push(xs);
            self.grids.len() - 1
        })
    }

    /// As JSON; `None` if no curve has been added.
    pub(super) fn to_json(&self) -> Option<String> {
        (!self.panels.is_empty()).then(|| serde_json::to_string(self).ok()).flatten()
    }
}

/// Six significant digits: more than any figure can show, and short to write.
fn short(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regress_curves_of_one_panel_stand_together_and_share_their_days() {
        let (x, y) = (Axis::weeks(0.0, 28.0), Axis::linear(0.0, 100.0, 4, "count"));
        let (days, frame) = ([0.0, 1.0 / 3.0], [10, 20, 30, 40]);
        let mut readings = Readings::default();
        assert_eq!(readings.to_json(), None);
        let blue = Colour::BLUE;
        readings.add(frame, (&x, &y), ("a", blue), (&days, &[1.0, f64::NAN]));
        readings.add(frame, (&x, &y), ("", blue), (&days, &[12.345_678_9, 1e-7]));
        readings.add([0; 4], (&x, &y), ("c", blue), (&[7.0], &[2.0]));
        let json = readings.to_json().unwrap_or_default();
        assert!(
            json.starts_with(
                r#"{"grids":[[0.0,0.333333],[7.0]],"panels":[{"frame":[10,20,30,40],"#
            )
        );
        assert_eq!(json.matches("\"frame\"").count(), 2);
        assert!(json.contains(r##"{"name":"a","colour":"#0072b2","grid":0,"y":[1.0,null]}"##));
        assert!(
            json.contains(r##"{"name":"count","colour":"#0072b2","grid":0,"y":[12.3457,1e-7]}"##)
        );
    }
}
