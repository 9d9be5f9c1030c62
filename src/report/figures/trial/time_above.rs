//! How long counts stay high enough: for every number of days the share of patients with at least so many.

use super::grid::{Grid, Heading, Plan};
use super::{Arm, Words};
use crate::error::Result;
use crate::report::drawing::axis::{Axis, number};
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::page::{MARGIN, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT};
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};

/// The days of one arm's patients.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmDays {
    /// The arm.
    pub arm: Arm,
    /// Days of each patient, in any order.
    pub days: Vec<f64>,
    /// Their median.
    pub median: Option<f64>,
    /// The published median.
    pub published: Option<f64>,
}

/// The patients of one subset.
#[derive(Debug, Clone, PartialEq)]
pub struct SubsetDays {
    /// Who they are.
    pub title: String,
    /// Which counts are meant.
    pub note: String,
    /// Arms in the order of the protocol.
    pub arms: Vec<ArmDays>,
}

/// The days of a trial's patients.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeAboveFigure {
    /// What stands around it.
    pub words: Words,
    /// Title of the horizontal axis.
    pub x_title: String,
    /// Most days that are possible.
    pub most_days: f64,
    /// Subsets, one panel each.
    pub subsets: Vec<SubsetDays>,
}

const KEY_HEIGHT: f64 = 7.0;
const HEIGHT: f64 = 56.0;
/// The share at which a curve has its median (%).
const HALF: f64 = 50.0;

/// Draws the days.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &TimeAboveFigure, lettering: Lettering) -> Result<String> {
    let page = figure.words.page();
    let plan =
        Plan { columns: figure.subsets.len().clamp(1, 3), gap: 6.0, height: HEIGHT, row_gap: 4.0 };
    let y = Axis::linear(0.0, 100.0, 4, "Patients with at least so many days (%)");
    let headings: Vec<Heading> =
        figure.subsets.iter().map(|subset| heading(subset, plan.width(&y))).collect();
    let x = |_| Axis::weeks(0.0, figure.most_days);
    let grid = Grid::new(&headings, &plan, x, &y, page.top() + KEY_HEIGHT + 1.0);

    let mut canvas = page.cut(grid.bottom + X_AXIS_HEIGHT);
    canvas.text((MARGIN, page.top() + 5.0), &y.title, Type::TEXT);
    draw_key(&mut canvas, figure, page.top() + 5.0);
    grid.draw_headings(&mut canvas, 1.6);
    for (i, (panel, subset)) in grid.panels.iter().zip(&figure.subsets).enumerate() {
        let furniture = Furniture { x_labels: true, y_labels: grid.is_first(i), ..Furniture::NONE };
        panel.draw_axes(&mut canvas, furniture);
        draw_subset(&mut canvas, panel, subset);
    }
    let style = Type::TEXT.anchored(Anchor::Middle);
    canvas.text((SHEET_WIDTH / 2.0, grid.bottom + 8.8), &figure.x_title, style);
    canvas.finish(lettering)
}

/// The subset, and for each arm its medians: on one line where that fits, else below its name.
fn heading(subset: &SubsetDays, width: f64) -> Heading {
    let mut lines = vec![(subset.title.clone(), Type::VALUE), (subset.note.clone(), Type::NOTE)];
    let whole = |arm: &ArmDays| format!("{}: {}", arm.arm.name, medians(arm));
    let fits = subset.arms.iter().all(|arm| text_width(&whole(arm), Type::NOTE) <= width);
    for arm in &subset.arms {
        let style = Type::NOTE.coloured(arm.arm.colour.for_text());
        if fits {
            lines.push((whole(arm), style));
        } else {
            lines.push((arm.arm.name.clone(), style));
            lines.push((medians(arm), style));
        }
    }
    lines
}

fn medians(arm: &ArmDays) -> String {
    let n = arm.days.len();
    let published = |words: &str| arm.published.map(|p| format!("{words}{}", number(p, 1)));
    let Some(median) = arm.median else {
        return format!("no patient{}", published("; published median ").unwrap_or_default());
    };
    let published = published(", published ").unwrap_or_default();
    format!("median {} (n = {n}){published}", number(median, 1))
}

fn draw_subset(canvas: &mut Canvas, panel: &Panel, subset: &SubsetDays) {
    panel.level(canvas, HALF, Stroke::reference());
    for arm in &subset.arms {
        let (xs, ys) = at_least(&arm.days);
        panel.line(canvas, &xs, &ys, Stroke::data(arm.arm.colour));
    }
    for arm in &subset.arms {
        if let Some(median) = arm.median {
            panel.point(canvas, (median, HALF), 1.15, arm.arm.colour);
        }
    }
    for published in subset.arms.iter().filter_map(|arm| arm.published) {
        panel.point(canvas, (published, HALF), 1.15, Colour::PUBLISHED);
    }
}

/// The corners of the stairs that say for every number of days how many have at least so many (%).
fn at_least(days: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut days: Vec<f64> = days.iter().copied().filter(|days| days.is_finite()).collect();
    days.sort_by(f64::total_cmp);
    let count = days.len() as f64;
    let (mut xs, mut ys) = (vec![0.0], vec![100.0]);
    if days.is_empty() {
        return (Vec::new(), Vec::new());
    }
    for (i, day) in days.iter().enumerate() {
        let rest = 100.0 * (count - (i + 1) as f64) / count;
        xs.extend([*day, *day]);
        ys.extend([ys[ys.len() - 1], rest]);
    }
    (xs, ys)
}

fn draw_key(canvas: &mut Canvas, figure: &TimeAboveFigure, baseline: f64) {
    let style = Type::NOTE;
    let arms = || figure.subsets.iter().flat_map(|subset| &subset.arms);
    let published = arms().any(|arm| arm.published.is_some());
    let mut colours: Vec<Colour> = Vec::new();
    for arm in arms() {
        if !colours.contains(&arm.arm.colour) {
            colours.push(arm.arm.colour);
        }
    }
    let mut right = SHEET_WIDTH - MARGIN;
    let entries =
        [("published median", published, vec![Colour::PUBLISHED]), ("median", true, colours)];
    for (words, _, colours) in entries.into_iter().filter(|entry| entry.1) {
        right -= text_width(words, style);
        canvas.text((right, baseline), words, style);
        right -= 0.6;
        for colour in colours.iter().rev() {
            right -= 3.0;
            let centre = (right + 1.2, baseline - style.centre_drop());
            canvas.disc(centre, 1.15, Fill::solid(*colour));
        }
        right -= 4.5;
    }
}
