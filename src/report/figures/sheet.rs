//! The regimen sheet: one regimen from dose to platelets, panels over one time axis.

use crate::error::Result;
use crate::report::drawing::axis::{Axis, number};
use crate::report::drawing::canvas::{Canvas, Lettering};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::marks::{Curve, EndLabel, TopMark};
use crate::report::drawing::page::{MARGIN, Page, SHEET_WIDTH};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT};
use crate::report::drawing::platelets::{self, Levels};
use crate::report::drawing::strip::Strip;
use crate::report::drawing::theme::{Anchor, Colour, Dash, Fill, Stroke, Type};

/// A curve over the days of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What stands at its right end.
    pub label: String,
    /// A value for each day of the sheet, in the unit of the panel; NaN where there is none.
    pub values: Vec<f64>,
    /// Colour.
    pub colour: Colour,
    /// Dash.
    pub dash: Dash,
}

/// A panel between dose and platelets.
#[derive(Debug, Clone, PartialEq)]
pub struct MechanismPanel {
    /// Title of the axis, with the unit.
    pub y_title: String,
    /// Curves.
    pub series: Vec<Series>,
    /// Whether the axis is logarithmic.
    pub log: bool,
    /// A level to compare with, such as 1 for the baseline.
    pub reference: Option<f64>,
}

/// A band over days of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Days from the first dose.
    pub day: Vec<f64>,
    /// Lower edge (10⁹/L).
    pub lower: Vec<f64>,
    /// Upper edge (10⁹/L).
    pub upper: Vec<f64>,
}

/// The panel of probabilities below the platelets, over days of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct ChancePanel {
    /// Days from the first dose.
    pub day: Vec<f64>,
    /// Probability of measuring the lower level or more.
    pub at_threshold: Vec<f64>,
    /// Probability of measuring more than the upper level.
    pub too_high: Vec<f64>,
}

/// The panel of platelet counts (10⁹/L).
#[derive(Debug, Clone, PartialEq)]
pub struct PlateletPanel {
    /// The curve the sheet is about.
    pub main: Series,
    /// The same regimen under other structural variants.
    pub variants: Vec<Series>,
    /// A regimen to compare with, drawn grey.
    pub reference: Option<Series>,
    /// Bands around the main curve, the widest first.
    pub bands: Vec<Band>,
    /// Measured counts: day and value.
    pub points: Vec<(f64, f64)>,
    /// Upper end of the axis.
    pub y_max: f64,
}

impl PlateletPanel {
    /// Many patients, or what is known of one: the median with bands of 50 % and 90 %, from the quantiles 5, 25, 50,
    /// 75 and 95 % on each day, and measured counts.
    pub fn of_quantiles(
        day: &[f64],
        quantile: impl Fn(usize) -> Vec<f64>,
        points: Vec<(f64, f64)>,
    ) -> Self {
        let band = |lower, upper| Band {
            day: day.to_vec(),
            lower: quantile(lower),
            upper: quantile(upper),
        };
        let measured = points.iter().map(|(_, count)| *count);
        let highest = measured.chain(quantile(4)).fold(0.0, f64::max);
        let (label, colour, dash) = (String::new(), Colour::APPROVED, Dash::Solid);
        Self {
            main: Series { label, values: quantile(2), colour, dash },
            variants: Vec::new(),
            reference: None,
            bands: vec![band(0, 4), band(1, 3)],
            points,
            y_max: highest * 1.1,
        }
    }
}

/// A dose that was due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoseMark {
    /// Days from the first dose.
    pub day: f64,
    /// Whether it was taken.
    pub taken: bool,
}

/// Everything on a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct RegimenSheet {
    /// The answer in words.
    pub title: String,
    /// What is drawn: n, seed, what line and band are, sources.
    pub caption: String,
    /// Model and variant, under the title.
    pub model_name: String,
    /// Days from the first dose, ascending, shared by all curves.
    pub day: Vec<f64>,
    /// Panels above the platelets, in causal order.
    pub panels: Vec<MechanismPanel>,
    /// Platelets.
    pub platelets: PlateletPanel,
    /// Probabilities by day, where the patients are many.
    pub chances: Option<ChancePanel>,
    /// Doses that were due.
    pub doses: Vec<DoseMark>,
    /// When a rule stopped the treatment (days).
    pub stop_day: Option<f64>,
    /// The counts that are marked and that the probabilities are of.
    pub levels: Levels,
    /// First and last day of each interval at or above the lower of them.
    pub windows: Vec<(f64, f64)>,
    /// First and last day of the procedure, shaded.
    pub procedure: Option<(f64, f64)>,
    /// Day and count of the maximum.
    pub maximum: Option<(f64, f64)>,
    /// Names and values for the strip at the foot.
    pub strip: Vec<(String, String)>,
    /// Colour of the regimen.
    pub colour: Colour,
}

const MECHANISM_HEIGHT: f64 = 24.0;
const PLATELETS_HEIGHT: f64 = 52.0;
const GAP: f64 = 9.0;
const FIRST_GAP: f64 = 10.0;
const STRIP_GAP: f64 = 4.5;
const POINT: f64 = 0.9;

/// Draws a sheet.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(sheet: &RegimenSheet, lettering: Lettering) -> Result<String> {
    let page = Page::new(SHEET_WIDTH, &sheet.title, &sheet.model_name, &sheet.caption);
    let strip = Strip::new(&sheet.strip, SHEET_WIDTH);
    let panels = lay_out(sheet, page.top() + FIRST_GAP);
    let axis_bottom = panels.last().map_or(0.0, |panel| panel.frame.bottom()) + X_AXIS_HEIGHT;
    let strip_top = axis_bottom + STRIP_GAP;
    let bottom = if sheet.strip.is_empty() { axis_bottom } else { strip_top + strip.height() };

    let mut canvas = page.cut(bottom);
    if let Some(procedure) = sheet.procedure {
        for panel in &panels {
            panel.shade(&mut canvas, procedure);
        }
    }
    for (panel, mechanism) in panels.iter().zip(&sheet.panels) {
        draw_mechanism(&mut canvas, panel, mechanism, &sheet.day);
    }
    if let (Some(chances), Some(panel)) = (&sheet.chances, panels.last()) {
        draw_chances(&mut canvas, panel, chances, (sheet.levels, sheet.colour));
    }
    if let Some(panel) = panels.get(sheet.panels.len()) {
        draw_platelets(&mut canvas, panel, sheet);
    }
    if let Some(panel) = panels.first() {
        draw_doses(&mut canvas, panel, sheet);
    }
    for (i, panel) in panels.iter().enumerate() {
        panel.draw_y_title(&mut canvas, MARGIN, if i == 0 { 4.8 } else { 2.6 });
    }
    strip.draw(&mut canvas, strip_top);
    canvas.finish(lettering)
}

/// The panels, platelets last, with the same left and right edges.
fn lay_out(sheet: &RegimenSheet, top: f64) -> Vec<Panel> {
    let days = Axis::weeks(
        sheet.day.first().copied().unwrap_or(0.0),
        sheet.day.last().copied().unwrap_or(0.0),
    );
    let y_axes = sheet.panels.iter().map(mechanism_axis);
    let chances = sheet.chances.as_ref().map(|_| Axis::linear(0.0, 100.0, 3, "Probability (%)"));
    let y_axes = y_axes.chain([platelets::axis(sheet.platelets.y_max)]).chain(chances);
    let mut panels: Vec<Panel> = Vec::new();
    let mut y = top;
    for axis in y_axes {
        let platelets = panels.len() == sheet.panels.len();
        let height = if platelets { PLATELETS_HEIGHT } else { MECHANISM_HEIGHT };
        panels.push(Panel::new(Rect::new(0.0, y, 0.0, height), days.clone(), axis));
        y += height + GAP;
    }
    let numbers = panels.iter().map(Panel::y_label_width).fold(0.0, f64::max);
    let left = MARGIN + numbers + 1.6;
    let mechanisms = sheet.panels.iter().map(|panel| end_labels(&panel.series));
    let chances =
        sheet.chances.iter().map(|panel| chance_labels(panel, sheet.levels, sheet.colour));
    let labels = mechanisms.chain([platelet_labels(&sheet.platelets)]).chain(chances);
    let room = labels.map(|labels| Panel::end_label_room(&labels)).fold(4.0, f64::max);
    for panel in &mut panels {
        panel.frame.left = left;
        panel.frame.width = SHEET_WIDTH - MARGIN - room - left;
    }
    panels
}

fn mechanism_axis(panel: &MechanismPanel) -> Axis {
    let values = panel.series.iter().flat_map(|series| series.values.iter().copied());
    if panel.log {
        Axis::log(values, 3, &panel.y_title)
    } else {
        Axis::from_zero(values.chain(panel.reference), 3, &panel.y_title)
    }
}

fn draw_mechanism(canvas: &mut Canvas, panel: &Panel, mechanism: &MechanismPanel, day: &[f64]) {
    panel.draw_axes(canvas, Furniture { y_title: false, ..Furniture::STACKED });
    if let Some(level) = mechanism.reference {
        panel.level(canvas, level, Stroke::reference());
    }
    for series in &mechanism.series {
        panel.curve(canvas, &series.label, (day, &series.values), stroke(series));
    }
    panel.end_labels(canvas, &end_labels(&mechanism.series));
}

fn stroke(series: &Series) -> Stroke {
    Stroke::data(series.colour).with_dash(series.dash)
}

/// A label for each curve that has a name, at the height of its last value.
fn end_labels(series: &[Series]) -> Vec<EndLabel> {
    series
        .iter()
        .filter(|series| !series.label.is_empty())
        .map(|series| EndLabel {
            value: last_value(series),
            text: series.label.clone(),
            stroke: stroke(series),
        })
        .collect()
}

/// The last value there is.
fn last_value(series: &Series) -> f64 {
    series.values.iter().rev().copied().find(|v| v.is_finite()).unwrap_or(f64::NAN)
}

/// The main curve needs a name only beside others.
fn platelet_labels(panel: &PlateletPanel) -> Vec<EndLabel> {
    let others: Vec<Series> =
        panel.variants.iter().cloned().chain(panel.reference.clone()).collect();
    if others.is_empty() {
        return Vec::new();
    }
    let mut all = vec![panel.main.clone()];
    all.extend(others);
    end_labels(&all)
}

fn draw_chances(
    canvas: &mut Canvas,
    panel: &Panel,
    chances: &ChancePanel,
    (levels, colour): (Levels, Colour),
) {
    panel.draw_axes(canvas, Furniture { y_title: false, ..Furniture::ALL });
    let lines = chance_lines(chances, colour).into_iter();
    for ((values, colour), name) in lines.zip(chance_names(levels)) {
        panel.curve(canvas, &name, (&chances.day, &percent(values)), Stroke::data(colour));
    }
    panel.end_labels(canvas, &chance_labels(chances, levels, colour));
}

/// The probabilities by name.
fn chance_names(levels: Levels) -> [String; 2] {
    [format!("≥ {}", levels.enough), format!("> {}", levels.too_many)]
}

fn chance_lines(chances: &ChancePanel, colour: Colour) -> [(&[f64], Colour); 2] {
    [(&chances.at_threshold, colour), (&chances.too_high, Colour::VERMILLION)]
}

fn percent(shares: &[f64]) -> Vec<f64> {
    shares.iter().map(|share| 100.0 * share).collect()
}

fn chance_labels(chances: &ChancePanel, levels: Levels, colour: Colour) -> Vec<EndLabel> {
    let lines = chance_lines(chances, colour).into_iter().zip(chance_names(levels));
    lines
        .map(|((values, colour), text)| EndLabel {
            value: 100.0 * values.last().copied().unwrap_or(f64::NAN),
            text,
            stroke: Stroke::data(colour),
        })
        .collect()
}

fn draw_platelets(canvas: &mut Canvas, panel: &Panel, sheet: &RegimenSheet) {
    let PlateletPanel { main, variants, reference, bands, points, .. } = &sheet.platelets;
    let day = &sheet.day;
    let last = if sheet.chances.is_some() { Furniture::STACKED } else { Furniture::ALL };
    panel.draw_axes(canvas, Furniture { y_title: false, ..last });
    platelets::shade_windows(panel, canvas, (day, &main.values), &sheet.windows, sheet.colour);
    platelets::draw_thresholds(panel, canvas, sheet.levels);
    for Band { day, lower, upper } in bands {
        panel.band(canvas, day, lower, upper, Fill::band(main.colour));
    }
    if let Some(reference) = reference {
        panel.curve(canvas, &reference.label, (day, &reference.values), stroke(reference));
    }
    let thick = Stroke::main(main.colour).with_dash(main.dash);
    panel.curve(canvas, &main.label, (day, &main.values), thick);
    // Over the main curve, which would hide them where they coincide.
    for variant in variants {
        panel.curve(canvas, &variant.label, (day, &variant.values), stroke(variant));
    }
    // From the outermost, as they are drawn.
    for (Band { day, lower, upper }, share) in bands.iter().zip(["90 % band", "50 % band"]) {
        panel.keep_band(canvas, (share, main.colour), day, [lower, upper]);
    }
    for point in points {
        panel.point(canvas, *point, POINT, Colour::INK);
    }
    let all = [main].into_iter().chain(variants).chain(reference);
    let curves: Vec<Curve<'_>> = all.map(|s| (day.as_slice(), s.values.as_slice())).collect();
    platelets::label_thresholds(panel, canvas, sheet.levels, &curves);
    platelets::label_windows(panel, canvas, sheet.levels.enough, &sheet.windows, sheet.colour);
    if let Some(maximum) = sheet.maximum {
        let others = sheet.platelets.variants.iter().chain(&sheet.platelets.reference);
        let others: Vec<&[f64]> = others.map(|series| series.values.as_slice()).collect();
        let around = (sheet.day.as_slice(), others.as_slice());
        platelets::draw_maximum(panel, canvas, maximum, sheet.colour, around);
    }
    panel.end_labels(canvas, &platelet_labels(&sheet.platelets));
}

/// Doses along the upper edge, and at the right how many.
fn draw_doses(canvas: &mut Canvas, panel: &Panel, sheet: &RegimenSheet) {
    for dose in &sheet.doses {
        let mark = if dose.taken { TopMark::Filled } else { TopMark::Hollow };
        panel.top_mark(canvas, dose.day, mark, Colour::INK);
    }
    if let Some(day) = sheet.stop_day {
        panel.top_mark(canvas, day, TopMark::Bar, Colour::STOPPING_RULE);
    }
    let style = Type::NOTE.anchored(Anchor::End);
    let place = (panel.frame.right(), panel.frame.top - 4.8);
    canvas.text(place, &dose_words(&sheet.doses, sheet.stop_day), style);
}

fn dose_words(doses: &[DoseMark], stop_day: Option<f64>) -> String {
    let taken = doses.iter().filter(|dose| dose.taken).count();
    let words = match (doses.len(), taken) {
        (0, _) => "no dose".to_owned(),
        (1, 1) => "1 dose".to_owned(),
        (due, taken) if due == taken => format!("{due} doses"),
        (due, taken) => format!("{taken} of {due} doses taken, missed ones hollow"),
    };
    match stop_day {
        Some(day) => format!("{words}, stopped on day {}", number(day, 0)),
        None => words,
    }
}

#[cfg(test)]
mod tests;
