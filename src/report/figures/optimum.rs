//! Courses compared: what they reach at the procedure, and how often they go too high, against the
//! days of treatment. One row of panels each structural variant.

use crate::error::Result;
use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::EndLabel;
use crate::report::drawing::page::{MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT, X_LABELS_HEIGHT};
use crate::report::drawing::theme::{Colour, Stroke, Type};

/// One dose over the days of treatment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CourseLine {
    /// Each dose, mg.
    pub dose_mg: f64,
    /// Days of treatment, rising.
    pub days: Vec<f64>,
    /// Probability of the wanted count at the procedure (0 to 1).
    pub at_threshold: Vec<f64>,
    /// Probability of too high a count (0 to 1).
    pub too_high: Vec<f64>,
}

/// The panels of one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantPanels {
    /// Its name.
    pub name: String,
    /// Doses, rising.
    pub lines: Vec<CourseLine>,
}

/// Courses compared.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimumFigure {
    /// The answer in words.
    pub title: String,
    /// What is drawn.
    pub caption: String,
    /// Title of the left panels.
    pub at_title: String,
    /// Title of the right panels.
    pub too_high_title: String,
    /// The probability wanted (0 to 1).
    pub wanted: f64,
    /// The limit of too high a count (0 to 1).
    pub limit: f64,
    /// Days and dose (mg) of the approved course.
    pub approved: (f64, f64),
    /// The variants.
    pub variants: Vec<VariantPanels>,
}

const HEIGHT: f64 = 33.0;
const ROW_GAP: f64 = 6.5;
const COLUMN_GAP: f64 = 8.0;
/// Room for the titles of the two columns (mm).
const HEAD: f64 = 7.0;

/// Draws the courses.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &OptimumFigure, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &figure.title, "", &figure.caption);
    let rows = rows(figure, page.top() + HEAD);
    let bottom = rows.last().map_or(page.top(), |row| row[0].frame.bottom() + X_AXIS_HEIGHT);
    let mut canvas = page.cut(bottom);
    if let Some([left, right]) = rows.first() {
        for (panel, title) in [(left, &figure.at_title), (right, &figure.too_high_title)] {
            let start = panel.frame.left - panel.y_label_width() - 1.6;
            canvas.text((start, page.top() + 4.2), title, Type::TEXT);
        }
    }
    for (i, (variant, [left, right])) in figure.variants.iter().zip(&rows).enumerate() {
        let last = i + 1 == rows.len();
        draw_side(
            &mut canvas,
            left,
            figure,
            (variant, last),
            |line| &line.at_threshold,
            figure.wanted,
        );
        draw_side(&mut canvas, right, figure, (variant, last), |line| &line.too_high, figure.limit);
    }
    canvas.finish(lettering)
}

/// Percent against days, left and right of each row.
fn rows(figure: &OptimumFigure, top: f64) -> Vec<[Panel; 2]> {
    let lines = || figure.variants.iter().flat_map(|variant| &variant.lines);
    let days = lines().flat_map(|line| line.days.iter().copied()).fold(1.0, f64::max);
    let ticks: Vec<f64> =
        [1.0, 4.0, 7.0, 10.0, 14.0, 21.0, 28.0].into_iter().filter(|d| *d <= days).collect();
    let x = Axis::linear(1.0, days.max(2.0), 4, "Days of treatment").with_ticks(&ticks, 0);
    let at = Axis::linear(0.0, 100.0, 4, "");
    let high = lines().flat_map(|line| line.too_high.iter()).chain([&figure.limit]);
    let too_high = Axis::from_zero(high.map(|share| 100.0 * share), 4, "");
    let numbers = |axis: &Axis| {
        axis.ticks.iter().map(|tick| text_width(&tick.label, Type::TICK)).fold(0.0, f64::max) + 1.6
    };
    let most = figure.variants.iter().max_by_key(|variant| variant.lines.len());
    let labels =
        most.map_or(Vec::new(), |variant| end_labels(variant, figure, |line| &line.at_threshold));
    let room = Panel::end_label_room(&labels);
    let fixed = 2.0 * MARGIN + numbers(&at) + numbers(&too_high) + 2.0 * room + COLUMN_GAP;
    let width = (SHEET_WIDTH - fixed) / 2.0;
    let left = MARGIN + numbers(&at);
    let right = left + width + room + COLUMN_GAP + numbers(&too_high);
    let panel = |i: usize, x_left: f64, y: &Axis| {
        let row = HEIGHT + X_LABELS_HEIGHT + ROW_GAP;
        let frame_top = top + 4.5 + i as f64 * row;
        Panel::new(Rect::new(x_left, frame_top, width, HEIGHT), x.clone(), y.clone())
    };
    (0..figure.variants.len()).map(|i| [panel(i, left, &at), panel(i, right, &too_high)]).collect()
}

fn percent(shares: &[f64]) -> Vec<f64> {
    shares.iter().map(|share| 100.0 * share).collect()
}

fn stroke(line: &CourseLine, figure: &OptimumFigure) -> Stroke {
    if (line.dose_mg - figure.approved.1).abs() < 1e-9 {
        return Stroke::main(Colour::APPROVED);
    }
    // Doses below the approved one are lighter than it, those above darker.
    Stroke::data(Colour::dose_ramp(line.dose_mg / figure.approved.1 / 2.0))
}

fn end_labels(
    variant: &VariantPanels,
    figure: &OptimumFigure,
    values: impl Fn(&CourseLine) -> &Vec<f64>,
) -> Vec<EndLabel> {
    let label = |line: &CourseLine| EndLabel {
        value: 100.0 * values(line).last().copied().unwrap_or(f64::NAN),
        text: dose_words(line),
        stroke: stroke(line, figure),
    };
    variant.lines.iter().map(label).collect()
}

fn dose_words(line: &CourseLine) -> String {
    format!("{} mg", line.dose_mg)
}

fn draw_side(
    canvas: &mut Canvas,
    panel: &Panel,
    figure: &OptimumFigure,
    (variant, last): (&VariantPanels, bool),
    values: impl Fn(&CourseLine) -> &Vec<f64> + Copy,
    level: f64,
) {
    let furniture = Furniture { x_labels: true, x_title: last, y_labels: true, ..Furniture::NONE };
    panel.draw_axes(canvas, furniture);
    canvas.text((panel.frame.left, panel.frame.top - 1.6), &variant.name, Type::VALUE);
    panel.level(canvas, 100.0 * level, Stroke::reference());
    for line in &variant.lines {
        let shares = percent(values(line));
        panel.curve(canvas, &dose_words(line), (&line.days, &shares), stroke(line, figure));
    }
    let (days, dose) = figure.approved;
    for line in variant.lines.iter().filter(|line| (line.dose_mg - dose).abs() < 1e-9) {
        let place = line.days.iter().position(|known| (known - days).abs() < 1e-9);
        if let Some(value) = place.and_then(|place| values(line).get(place)) {
            let at = (days, 100.0 * value);
            panel.point(canvas, at, 0.9, Colour::APPROVED);
            canvas.ring(panel.at(at.0, at.1), 1.7, Stroke::new(Colour::APPROVED, 0.8));
        }
    }
    panel.end_labels(canvas, &end_labels(variant, figure, values));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::{assert_presentable, texts};

    fn figure(variants: usize) -> OptimumFigure {
        let line = |dose_mg: f64| {
            let days: Vec<f64> = (1..=14).map(f64::from).collect();
            let rise = |day: &f64| 1.0 - (-0.15 * dose_mg * day.min(12.0)).exp();
            let at_threshold: Vec<f64> = days.iter().map(rise).collect();
            let too_high = at_threshold.iter().map(|p| 0.2 * p.powi(8)).collect();
            CourseLine { dose_mg, days, at_threshold, too_high }
        };
        let variant = |i: usize| VariantPanels {
            name: format!("Variant {}", ["A", "B", "C", "D"][i % 4]),
            lines: [1.0, 2.0, 3.0, 4.0, 6.0].map(line).to_vec(),
        };
        OptimumFigure {
            title: "3 mg once daily reach 70 % at the procedure after 7 days in A, 6 days in B"
                .to_owned(),
            caption: "2000 virtual patients, seed 1.".to_owned(),
            at_title: "P(count ≥ 50) at the procedure (%)".to_owned(),
            too_high_title: "P(a daily count > 200) (%)".to_owned(),
            wanted: 0.7,
            limit: 0.02,
            approved: (7.0, 3.0),
            variants: (0..variants).map(variant).collect(),
        }
    }

    #[test]
    fn invariant_any_number_of_variants_is_presentable() -> Result<()> {
        for count in 0..=4 {
            assert_presentable(&draw(&figure(count), Lettering::FromPage)?);
        }
        Ok(())
    }

    #[test]
    fn invariant_the_approved_course_is_ringed_once_a_panel() -> Result<()> {
        let svg = draw(&figure(4), Lettering::FromPage)?;
        let rings = svg.lines().filter(|l| l.starts_with("<circle") && l.contains("fill=\"none\""));
        assert_eq!(rings.count(), 8);
        assert_eq!(texts(&svg).iter().filter(|t| t.words == "3 mg").count(), 8);
        Ok(())
    }
}
