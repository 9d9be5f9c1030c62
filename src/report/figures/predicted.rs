//! Where simulated trials fall, number by number, and where the published number lies among them.

use crate::error::Result;
use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::{Canvas, Lettering};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{Block, MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_LABELS_HEIGHT};
use crate::report::drawing::theme::{Colour, Fill, Stroke, Type};

/// One statistic over the simulated trials.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedPanel {
    /// Trial and arm.
    pub group: String,
    /// What the statistic is, and its unit.
    pub label: String,
    /// Published and predicted in numbers.
    pub words: String,
    /// The statistic in each trial, ascending, in the unit of the axis.
    pub values: Vec<f64>,
    /// Steps in which the statistic can move; 0 where it moves freely.
    pub step: f64,
    /// Where 95 % of the trials fall.
    pub interval: (f64, f64),
    /// The published number.
    pub published: f64,
    /// Its own 95 % interval, where it is known.
    pub published_interval: Option<(f64, f64)>,
    /// Colour of the arm.
    pub colour: Colour,
}

/// A figure of predicted distributions.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictedFigure {
    /// The answer in words.
    pub title: String,
    /// Model and variant.
    pub model_name: String,
    /// What is drawn.
    pub caption: String,
    /// One panel a statistic.
    pub panels: Vec<PredictedPanel>,
}

const COLUMNS: usize = 4;
const HEIGHT: f64 = 17.0;
const COLUMN_GAP: f64 = 5.5;
const ROW_GAP: f64 = 3.0;
/// Most bars of a panel, but for one that its ends may add.
const BARS: u32 = 18;
/// Height of the highest bar is 1; above it lies the published number.
const PUBLISHED_AT: f64 = 1.16;
const TOP: f64 = 1.32;

/// Draws the distributions.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &PredictedFigure, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &figure.title, &figure.model_name, &figure.caption);
    let gaps = COLUMN_GAP * (COLUMNS - 1) as f64;
    let width = (SHEET_WIDTH - 2.0 * MARGIN - gaps) / COLUMNS as f64;
    let mut top = page.top() + 2.0;
    let mut placed: Vec<(Panel, [Block; 3], &PredictedPanel)> = Vec::new();
    for row in figure.panels.chunks(COLUMNS) {
        let headings: Vec<[Block; 3]> = row.iter().map(|panel| heading(panel, width)).collect();
        let height = |blocks: &[Block; 3]| blocks.iter().map(Block::height).sum::<f64>();
        let frame_top = top + headings.iter().map(height).fold(0.0, f64::max) + 1.2;
        for (column, (panel, blocks)) in row.iter().zip(headings).enumerate() {
            let left = MARGIN + column as f64 * (width + COLUMN_GAP);
            let frame = Rect::new(left, frame_top, width, HEIGHT);
            placed.push((Panel::new(frame, axis(panel), density_axis()), blocks, panel));
        }
        top = frame_top + HEIGHT + X_LABELS_HEIGHT + ROW_GAP;
    }
    let mut canvas = page.cut(top - ROW_GAP);
    for (panel, blocks, data) in &placed {
        let mut foot = panel.frame.top - 1.2;
        for block in blocks.iter().rev() {
            foot -= block.height();
            block.draw(&mut canvas, panel.frame.left, foot);
        }
        draw_panel(&mut canvas, panel, data);
    }
    canvas.finish(lettering)
}

fn heading(panel: &PredictedPanel, width: f64) -> [Block; 3] {
    let colour = if panel.is_missed() { Colour::VERMILLION.for_text() } else { Colour::NOTE };
    [
        Block::new(&panel.group, width, Type::NOTE),
        Block::new(&panel.label, width, Type { size_pt: 8.5, ..Type::VALUE }),
        Block::new(&panel.words, width, Type::NOTE.coloured(colour)),
    ]
}

impl PredictedPanel {
    /// Whether the published number lies outside.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        self.published < self.interval.0 || self.published > self.interval.1
    }

    /// Edges of equal width, and how many trials fall between neighbours.
    fn bars(&self) -> Vec<((f64, f64), usize)> {
        let (Some(low), Some(high)) = (self.values.first(), self.values.last()) else {
            return Vec::new();
        };
        let (range, most) = (high - low, f64::from(BARS));
        let width = if self.step > 0.0 {
            self.step * (range / self.step / most).ceil().max(1.0)
        } else if range > 0.0 {
            range / most
        } else {
            1.0
        };
        let first = if self.step > 0.0 { low - 0.5 * self.step } else { *low };
        let mut bars: Vec<((f64, f64), usize)> = Vec::new();
        let mut rest = self.values.as_slice();
        while !rest.is_empty() && bars.len() <= 2 * BARS as usize {
            let edges = (bars.len() as f64, (bars.len() + 1) as f64);
            let (from, to) = (first + edges.0 * width, first + edges.1 * width);
            // The last bar of values that move freely ends at the largest one, which belongs to it.
            let count = rest
                .partition_point(|v| *v < to || (self.step <= 0.0 && to + 1e-9 * width >= *high));
            bars.push(((from, to), count));
            rest = &rest[count..];
        }
        bars
    }
}

fn axis(panel: &PredictedPanel) -> Axis {
    let ends = [panel.values.first(), panel.values.last()].into_iter().flatten().copied();
    let own = panel.published_interval.map(|(low, high)| [low, high]).into_iter().flatten();
    let all: Vec<f64> = ends.chain(own).chain([panel.published]).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Bars of steps stand astride their values.
    let room = (0.06 * (high - low)).max(0.6 * panel.step);
    Axis::linear(low - room, high + room, 4, "")
}

fn density_axis() -> Axis {
    Axis::linear(0.0, TOP, 1, "").with_ticks(&[], 0)
}

fn draw_panel(canvas: &mut Canvas, panel: &Panel, data: &PredictedPanel) {
    panel.draw_axes(canvas, Furniture { x_labels: true, ..Furniture::NONE });
    let bars = data.bars();
    let most = bars.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1) as f64;
    let (low, high) = data.interval;
    for ((from, to), count) in &bars {
        let inside = *to > low && *from <= high;
        let fill = Fill { colour: data.colour, opacity: if inside { 0.6 } else { 0.25 } };
        let gap = 0.04 * (to - from);
        panel.bar_between(canvas, (from + gap, to - gap), (0.0, *count as f64 / most), fill);
    }
    let colour = if data.is_missed() { Colour::VERMILLION } else { Colour::PUBLISHED };
    let at = data.published;
    canvas.path(&[panel.at(at, 0.0), panel.at(at, PUBLISHED_AT)], Stroke::new(colour, 0.9));
    if let Some(own) = data.published_interval {
        panel.error_bar_level(canvas, PUBLISHED_AT, own, Stroke::new(colour, 0.8));
    }
    panel.dot(canvas, (at, PUBLISHED_AT), 0.8, colour);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::assert_presentable;

    fn panel(i: u32, step: f64) -> PredictedPanel {
        let value = |k: u32| if step > 0.0 { step * f64::from(k / 9) } else { f64::from(k).sqrt() };
        PredictedPanel {
            group: "L-PLUS 1 and L-PLUS 2, lusutrombopag".to_owned(),
            label: "at or above 50 at least once, measured counts (%)".to_owned(),
            words: "published 77.4 %; 95 % of trials 70.1 to 84.7 %".to_owned(),
            values: (0..200).map(value).collect(),
            step,
            interval: (value(5), value(195)),
            published: f64::from(i) * 4.0,
            published_interval: (i.is_multiple_of(2)).then_some((1.0, 8.0)),
            colour: Colour::BLUE,
        }
    }

    fn figure(panels: Vec<PredictedPanel>) -> PredictedFigure {
        PredictedFigure {
            title: "Of 15 published numbers, 14 lie where 95 % of simulated trials do".to_owned(),
            model_name: "mechanistic model, variant B".to_owned(),
            caption: "400 trials of the published size.".to_owned(),
            panels,
        }
    }

    #[test]
    fn invariant_any_number_of_distributions_is_presentable() -> Result<()> {
        for count in 0..10 {
            let panels = (0..count).map(|i| panel(i, f64::from(i % 2) * 0.93)).collect();
            assert_presentable(&draw(&figure(panels), Lettering::FromPage)?);
        }
        Ok(())
    }

    #[test]
    fn invariant_every_trial_stands_in_one_bar_and_steps_in_bars_of_their_own() {
        for step in [0.0, 0.3, 2.0] {
            let panel = panel(1, step);
            let bars = panel.bars();
            assert_eq!(bars.iter().map(|(_, count)| count).sum::<usize>(), 200, "{step}");
            assert!(bars.windows(2).all(|pair| (pair[0].0.1 - pair[1].0.0).abs() < 1e-9));
        }
        // With few steps each has its bar: nine trials at each of them.
        let mut few = panel(1, 1.0);
        few.values.truncate(45);
        assert!(few.bars().iter().all(|(_, count)| *count == 9));
        assert_eq!(few.bars().len(), 5);
        few.values = vec![0.0; 7];
        few.step = 0.0;
        assert_eq!(few.bars().iter().map(|(_, count)| count).sum::<usize>(), 7);
    }
}
