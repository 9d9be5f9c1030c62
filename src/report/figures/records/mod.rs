//! Records as they are: the courses of single subjects, a panel an output, the doses at the foot.

mod axes;

use crate::error::Result;
use crate::report::drawing::axis::Axis;
use crate::report::drawing::canvas::{Canvas, Lettering, text_width};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{FIGURE_WIDTH, MARGIN, Page};
use crate::report::drawing::panel::{Furniture, Panel, X_AXIS_HEIGHT, Y_TITLE_HEIGHT};
use crate::report::drawing::theme::{Colour, Fill, Stroke, Type};

/// The observations of one subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SubjectCourse {
    /// Times in the unit of the axis; not a number where the clock was set back, which breaks the line.
    pub time: Vec<f64>,
    /// What was observed; the limit of a censored one.
    pub value: Vec<f64>,
    /// Which of them are censored.
    pub censored: Vec<bool>,
}

/// The observations of one output.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordsPanel {
    /// What is observed, with its unit.
    pub title: String,
    /// The subjects.
    pub courses: Vec<SubjectCourse>,
    /// A highlighted course, drawn over the others.
    pub highlighted: Option<SubjectCourse>,
}

/// Everything on the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordsFigure {
    /// What is drawn, in words.
    pub title: String,
    /// The file and the model.
    pub subtitle: String,
    /// How to read it.
    pub caption: String,
    /// First and last time.
    pub span: (f64, f64),
    /// Unit of time, `h` or `d`.
    pub time_unit: String,
    /// The panels from top to bottom.
    pub panels: Vec<RecordsPanel>,
    /// Times of doses.
    pub doses: Vec<f64>,
    /// Whether observations are marked; where there are too many, only lines are drawn.
    pub has_points: bool,
}

/// Height of a single panel, and of one among others (mm).
const HEIGHTS: [f64; 2] = [58.0, 40.0];
const GAP: f64 = 4.0;
/// Height of the title of a panel above its frame, clear of the number at the end of its axis (mm).
const TITLE_LIFT: f64 = 2.9;
/// How much larger an open point is than a full one.
const OPEN: f64 = 1.25;
/// Length of the tick of a dose (mm).
const DOSE: f64 = 1.7;
/// Least distance of two ticks of doses that are drawn apart (mm).
const APART: f64 = 0.2;

impl RecordsPanel {
    /// How thick lines (pt) and points (radius, mm) are: the more there are, the thinner.
    fn weights(&self) -> (f64, f64) {
        let line = match self.courses.len() {
            0..=1 => 1.2,
            2..=30 => 0.7,
            31..=150 => 0.5,
            _ => 0.35,
        };
        let points: usize = self.courses.iter().map(|course| course.value.len()).sum();
        let radius = match points {
            0..=60 => 0.9,
            61..=200 => 0.6,
            201..=1000 => 0.42,
            _ => 0.3,
        };
        (line, radius)
    }
}

/// Draws the records.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &RecordsFigure, lettering: Lettering) -> Result<String> {
    let page = Page::new(FIGURE_WIDTH, &figure.title, &figure.subtitle, &figure.caption);
    let upright: Vec<Axis> = figure.panels.iter().map(axes::values).collect();
    let ticks = upright.iter().flat_map(|axis| &axis.ticks);
    let numbers = ticks.map(|tick| text_width(&tick.label, Type::TICK)).fold(0.0, f64::max);
    let left = MARGIN + numbers + 1.6;
    let time = axes::time(figure.span, &figure.time_unit);
    let last = time.ticks.last().map_or(0.0, |tick| text_width(&tick.label, Type::TICK));
    let width = FIGURE_WIDTH - MARGIN - (last / 2.0).max(1.0) - left;
    let height = HEIGHTS[usize::from(figure.panels.len() > 1)];
    let mut top = page.top() + Y_TITLE_HEIGHT + 1.5;
    let mut panels = Vec::new();
    for y in upright {
        panels.push(Panel::new(Rect::new(left, top, width, height), time.clone(), y));
        top += height + Y_TITLE_HEIGHT + GAP;
    }
    let bottom = panels.last().map_or(top, |panel| panel.frame.bottom());
    let mut canvas = page.cut(bottom + X_AXIS_HEIGHT);
    for (i, (panel, content)) in panels.iter().zip(&figure.panels).enumerate() {
        let is_last = i + 1 == panels.len();
        let under = if is_last { Furniture::ALL } else { Furniture::STACKED };
        panel.draw_axes(&mut canvas, Furniture { y_title: false, ..under });
        panel.draw_y_title(&mut canvas, MARGIN, TITLE_LIFT);
        draw_courses(&mut canvas, panel, (content, figure.has_points));
        // Over points at 0, which would hide them.
        draw_doses(&mut canvas, panel, &figure.doses);
    }
    canvas.finish(lettering)
}

fn draw_doses(canvas: &mut Canvas, panel: &Panel, doses: &[f64]) {
    let bottom = panel.frame.bottom();
    let mut places: Vec<f64> =
        doses.iter().filter(|time| panel.x.holds(**time)).map(|time| panel.x_at(*time)).collect();
    places.sort_by(f64::total_cmp);
    let mut drawn = f64::NEG_INFINITY;
    for x in places {
        if x - drawn >= APART {
            drawn = x;
            canvas.path(&[(x, bottom), (x, bottom - DOSE)], Stroke::new(Colour::BLUE, 0.9));
        }
    }
}

fn draw_courses(canvas: &mut Canvas, panel: &Panel, (content, has_points): (&RecordsPanel, bool)) {
    let (line, radius) = content.weights();
    let stroke = Stroke::new(Colour::REFERENCE, line);
    for course in &content.courses {
        panel.line(canvas, &course.time, &course.value, stroke);
    }
    if let Some(course) = &content.highlighted {
        panel.line(canvas, &course.time, &course.value, Stroke::main(Colour::BLUE));
    }
    if !has_points {
        return;
    }
    for course in &content.courses {
        let points = course.time.iter().zip(&course.value).zip(&course.censored);
        for ((time, value), is_censored) in points {
            if *is_censored {
                let (rim, radius) = (Stroke::new(Colour::PUBLISHED, 0.6), OPEN * radius);
                canvas.disc(panel.at(*time, *value), radius, Fill::solid(Colour::WHITE));
                canvas.ring(panel.at(*time, *value), radius, rim);
            } else {
                panel.dot(canvas, (*time, *value), radius, Colour::PUBLISHED);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::testing::{assert_presentable, texts};

    fn course(number: usize, values: &[f64]) -> SubjectCourse {
        let time = (0..values.len()).map(|i| 3.0 * i as f64 + 0.1 * number as f64).collect();
        let censored = values.iter().map(|value| *value < 1.0).collect();
        SubjectCourse { time, value: values.to_vec(), censored }
    }

    fn figure(panels: Vec<RecordsPanel>, last: f64) -> RecordsFigure {
        RecordsFigure {
            title: "Observations of 12 subjects".to_owned(),
            subtitle: "data.csv: 36 observations; model own".to_owned(),
            caption: "Lines: one subject each. Ticks at the foot: times of doses.".to_owned(),
            span: (0.0, last),
            time_unit: "d".to_owned(),
            panels,
            doses: vec![0.0, 0.0, last / 2.0],
            has_points: true,
        }
    }

    fn panel(title: &str, subjects: usize, values: &[f64]) -> RecordsPanel {
        let courses = (0..subjects).map(|number| course(number, values)).collect();
        RecordsPanel { title: title.to_owned(), courses, highlighted: None }
    }

    #[test]
    fn invariant_every_observation_is_a_point_and_a_censored_one_is_open() -> Result<()> {
        for subjects in [0, 1, 12, 200] {
            let counts = panel("plt (10⁹/L)", subjects, &[40.0, 55.0, 0.5]);
            let wide = panel("conc (ng/mL)", subjects, &[0.2, 900.0, 20.0]);
            let svg = draw(&figure(vec![counts, wide], 40.0), Lettering::FromPage)?;
            assert_presentable(&svg);
            let is_point = |line: &&str| line.starts_with("<circle");
            let points =
                |fill: &str| svg.lines().filter(is_point).filter(|l| l.contains(fill)).count();
            assert_eq!(points("fill=\"#000000\""), 4 * subjects);
            // An open one is a white disc with a rim.
            assert_eq!(points("fill=\"#FFFFFF\""), 2 * subjects);
        }
        Ok(())
    }

    #[test]
    fn invariant_figures_of_any_span_and_size_are_presentable() -> Result<()> {
        let long = "a concentration with a very long name (ng/mL)";
        for (last, values) in [
            (0.0, vec![5.0]),
            (3e-4, vec![1e-9, 1e-3]),
            (6.0, vec![-3.0, 4.0]),
            (365.0, vec![1e6, 4e6]),
            (9000.0, vec![1.0, 31.0]),
            (1.0, vec![f64::NAN, 0.0]),
        ] {
            let panels = vec![panel(long, 3, &values); 3];
            let svg = draw(&figure(panels, last), Lettering::FromPage)?;
            assert_presentable(&svg);
            assert_eq!(texts(&svg).iter().filter(|text| text.words == long).count(), 3);
        }
        Ok(())
    }
}
