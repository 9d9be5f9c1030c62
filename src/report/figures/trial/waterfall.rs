//! One bar a patient: how far the largest count rose above baseline.

use super::{Arm, Words};
use crate::error::Result;
use crate::report::drawing::axis::{Axis, number};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{Block, MARGIN, SHEET_WIDTH};
use crate::report::drawing::panel::Panel;
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};

/// A patient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Largest count less baseline (10⁹/L).
    pub change: f64,
    /// Whether platelets were transfused.
    pub transfused: bool,
}

/// The patients of one arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmBars {
    /// The arm.
    pub arm: Arm,
    /// What its heading says below its name.
    pub note: String,
    /// Its patients in any order.
    pub bars: Vec<Bar>,
}

/// The patients of a trial.
#[derive(Debug, Clone, PartialEq)]
pub struct WaterfallFigure {
    /// What stands around it.
    pub words: Words,
    /// Title of the axis, with the unit.
    pub y_title: String,
    /// The rise that a rule asks for (10⁹/L).
    pub rise: f64,
    /// Arms in the order of the protocol.
    pub arms: Vec<ArmBars>,
}

const KEY_HEIGHT: f64 = 8.0;
const HEIGHT: f64 = 74.0;
const COLUMN_GAP: f64 = 6.0;
const ROW_GAP: f64 = 5.0;
/// Narrowest panel, for the sake of its heading (mm).
const NARROWEST: f64 = 36.0;
/// Widest bar (mm).
const WIDEST_BAR: f64 = 3.2;
/// Narrowest bar; of more patients only every so many are drawn (mm).
const NARROWEST_BAR: f64 = 0.15;
/// Opacity of the bar of a transfused patient.
const PALE: f64 = 0.32;

/// Draws the patients, all arms on one scale.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &WaterfallFigure, lettering: Lettering) -> Result<String> {
    let page = figure.words.page();
    let y = axis(figure);
    let layout = Layout::new(figure, &y, page.top() + KEY_HEIGHT);

    let mut canvas = page.cut(layout.bottom);
    canvas.text((MARGIN, page.top() + 5.0), &figure.y_title, Type::TEXT);
    draw_key(&mut canvas, figure, page.top() + 5.0);
    for (place, arm) in layout.places.iter().zip(&figure.arms) {
        let [name, note] = &place.heading;
        let frame = place.panel.frame;
        let foot = frame.top - 1.6;
        note.draw(&mut canvas, frame.left, foot - note.height());
        name.draw(&mut canvas, frame.left, foot - note.height() - name.height());
        draw_grid(&mut canvas, place);
        draw_bars(&mut canvas, &place.panel, place.bar_width, arm);
        draw_rules(&mut canvas, place, figure.rise, arm);
    }
    canvas.finish(lettering)
}

/// From the greatest fall, if any, to the greatest rise, with little room.
fn axis(figure: &WaterfallFigure) -> Axis {
    let changes = figure.arms.iter().flat_map(|arm| arm.bars.iter().map(|bar| bar.change));
    let changes = changes.filter(|change| change.is_finite());
    let (low, high) = changes.fold((0.0, figure.rise), |(low, high): (f64, f64), change| {
        (low.min(change), high.max(change))
    });
    let room = 0.04 * (high - low);
    let low = if low < 0.0 { low - room } else { 0.0 };
    Axis::linear(low, high + room, 8, &figure.y_title)
}

struct Place {
    panel: Panel,
    heading: [Block; 2],
    /// Width of a patient (mm).
    bar_width: f64,
    is_first: bool,
}

struct Layout {
    places: Vec<Place>,
    bottom: f64,
}

impl Layout {
    fn new(figure: &WaterfallFigure, y: &Axis, top: f64) -> Self {
        let left = MARGIN + y.label_width() + 1.6;
        let room = SHEET_WIDTH - MARGIN - left;
        let columns = figure.arms.len().clamp(1, 4);
        let height = if figure.arms.len() > 4 { 0.7 * HEIGHT } else { HEIGHT };
        let bar_width = bar_width(figure, columns, room);
        let mut places = Vec::new();
        let mut bottom = top;
        for (row, arms) in figure.arms.chunks(columns).enumerate() {
            let least = (room - COLUMN_GAP * (columns - 1) as f64) / columns as f64;
            let widths: Vec<f64> = arms
                .iter()
                .map(|arm| (bar_width * arm.bars.len() as f64).max(NARROWEST.min(least)))
                .collect();
            let headings = arms.iter().zip(&widths).map(|(arm, width)| {
                let style = Type::VALUE.coloured(arm.arm.colour.for_text());
                let note = format!("{}{}", arm.note, step_words(bar_width));
                [Block::new(&arm.arm.name, *width, style), Block::new(&note, *width, Type::NOTE)]
            });
            let headings: Vec<[Block; 2]> = headings.collect();
            let row_top = bottom + if row > 0 { ROW_GAP } else { 0.0 };
            let heights = headings.iter().map(|[name, note]| name.height() + note.height());
            let frame_top = row_top + heights.fold(0.0, f64::max) + 1.6;
            let mut x = left;
            for (i, (heading, width)) in headings.into_iter().zip(widths).enumerate() {
                let frame = Rect::new(x, frame_top, width, height);
                let patients = Axis::linear(0.0, width / bar_width, 1, "").with_ticks(&[], 0);
                let panel = Panel::new(frame, patients, y.clone());
                places.push(Place { panel, heading, bar_width, is_first: i == 0 });
                x += width + COLUMN_GAP;
            }
            bottom = frame_top + height;
        }
        Self { places, bottom }
    }
}

/// The width of a patient (mm), the same in all panels: the most that lets every row fit.
fn bar_width(figure: &WaterfallFigure, columns: usize, room: f64) -> f64 {
    let fits = |row: &[ArmBars]| {
        let room = room - COLUMN_GAP * row.len().saturating_sub(1) as f64;
        // Panels that would be too narrow for their headings take their least width out of the room.
        let least = NARROWEST.min(room / row.len() as f64);
        let mut counts: Vec<f64> = row.iter().map(|arm| arm.bars.len() as f64).collect();
        counts.sort_by(f64::total_cmp);
        let (mut room, mut total) = (room, counts.iter().sum::<f64>());
        for count in counts {
            if count * room >= least * total {
                break;
            }
            room -= least;
            total -= count;
        }
        if total > 0.0 { room / total } else { WIDEST_BAR }
    };
    figure.arms.chunks(columns).map(fits).fold(WIDEST_BAR, f64::min)
}

/// Level lines with their numbers. The base line is that of no change.
fn draw_grid(canvas: &mut Canvas, place: &Place) {
    let panel = &place.panel;
    let style = Type::TICK.anchored(Anchor::End);
    for tick in &panel.y.ticks {
        panel.level(canvas, tick.at, Stroke::new(Colour::GRID, 0.6));
        if place.is_first {
            let baseline = panel.y_at(tick.at) + style.centre_drop();
            canvas.text((panel.frame.left - 1.6, baseline), &tick.label, style);
        }
    }
}

/// No change, and the rise; it is labelled where no bar is in the way.
fn draw_rules(canvas: &mut Canvas, place: &Place, rise: f64, arm: &ArmBars) {
    let panel = &place.panel;
    panel.level(canvas, 0.0, Stroke::new(Colour::INK, 0.7));
    panel.level(canvas, rise, Stroke::reference());
    let style = Type::NOTE.anchored(Anchor::End).over_lines();
    let words = format!("+{}", number(rise, 0));
    let right = panel.frame.right() - 0.6;
    let left = right - text_width(&words, style) - 0.6;
    let higher = arm.bars.iter().filter(|bar| bar.change >= rise).count() as f64;
    if panel.y.holds(rise) && panel.frame.left + higher * place.bar_width <= left {
        canvas.text((right, panel.y_at(rise) - 0.9), &words, style);
    }
}

/// Of how many patients one is drawn.
fn step(bar_width: f64) -> usize {
    (1..10_000_usize).find(|n| *n as f64 * bar_width >= NARROWEST_BAR).unwrap_or(10_000)
}

/// Who is drawn, where not all are.
fn step_words(bar_width: f64) -> String {
    match step(bar_width) {
        1 => String::new(),
        n => format!("; one in {n} drawn"),
    }
}

fn draw_bars(canvas: &mut Canvas, panel: &Panel, bar_width: f64, arm: &ArmBars) {
    let mut bars: Vec<Bar> = arm.bars.iter().copied().filter(|b| b.change.is_finite()).collect();
    bars.sort_by(|a, b| b.change.total_cmp(&a.change));
    let step = step(bar_width);
    let gap = if bar_width > 0.5 { 0.12 } else { 0.0 };
    for (i, bar) in bars.iter().enumerate().step_by(step) {
        let sides = (i as f64 + gap, (i + step) as f64 - gap);
        let opacity = if bar.transfused { PALE } else { 1.0 };
        panel.bar_between(
            canvas,
            sides,
            (0.0, bar.change),
            Fill { colour: arm.arm.colour, opacity },
        );
    }
}

/// Full bars, pale bars.
fn draw_key(canvas: &mut Canvas, figure: &WaterfallFigure, baseline: f64) {
    let colours: Vec<Colour> = figure.arms.iter().map(|arm| arm.arm.colour).collect();
    let style = Type::NOTE;
    let mut right = SHEET_WIDTH - MARGIN;
    for (words, opacity) in [("transfused", PALE), ("not transfused", 1.0)] {
        right -= text_width(words, style);
        canvas.text((right, baseline), words, style);
        right -= 1.4;
        for colour in colours.iter().rev() {
            right -= 1.6;
            let swatch = Rect::new(right, baseline - 2.6, 1.2, 3.0);
            canvas.rect(swatch, Fill { colour: *colour, opacity });
        }
        right -= 4.5;
    }
}
