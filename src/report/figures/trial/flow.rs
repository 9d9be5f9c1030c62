//! The flow of patients through a trial, from screening to analysis, as CONSORT draws it.

use super::{Arm, Words};
use crate::error::Result;
use crate::report::drawing::boxes::{arrow, flow, outlined};
use crate::report::drawing::canvas::{Canvas, Lettering};
use crate::report::drawing::geometry::Rect;
use crate::report::drawing::page::{Block, MARGIN, SHEET_WIDTH};
use crate::report::drawing::theme::{Anchor, Colour, Fill, Stroke, Type};

/// What became of the patients of one arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArmCounts {
    /// Patients randomised to it.
    pub allocated: usize,
    /// Those whose equations could not be integrated; they are in none of the other counts but this one and `allocated`.
    pub failed: usize,
    /// Took every dose that was planned.
    pub all_doses: usize,
    /// Took fewer because the rule stopped dosing.
    pub stopped: usize,
    /// Took fewer for another reason: doses missed, no count for the rule, left.
    pub fewer_doses: usize,
    /// Had the procedure, no platelets transfused before it.
    pub procedure_untransfused: usize,
    /// Had the procedure after a transfusion.
    pub procedure_transfused: usize,
    /// Had no procedure.
    pub no_procedure: usize,
    /// Were followed to the last visit.
    pub completed: usize,
    /// Left before.
    pub left: usize,
    /// Met the primary endpoint.
    pub success: usize,
}

impl ArmCounts {
    /// Patients who are analysed: all who could be integrated.
    #[must_use]
    pub fn analysed(&self) -> usize {
        self.allocated - self.failed
    }
}

/// One arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmFlow {
    /// The arm.
    pub arm: Arm,
    /// Doses planned for each of its patients.
    pub doses: usize,
    /// Whether a rule may stop dosing.
    pub has_rule: bool,
    /// Its patients.
    pub counts: ArmCounts,
}

/// The flow of patients through one trial.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowFigure {
    /// What stands around it.
    pub words: Words,
    /// Candidates screened.
    pub screened: usize,
    /// Reasons to exclude, and how many candidates each excluded.
    pub excluded: Vec<(String, usize)>,
    /// The arms in the order of the protocol.
    pub arms: Vec<ArmFlow>,
}

/// Paper between the outline of a box and its words (mm).
const PADDING: f64 = 1.6;
/// Paper between boxes one above the other: room for an arrow (mm).
const BETWEEN: f64 = 5.5;
/// Paper between arms (mm).
const GAP: f64 = 4.0;
/// Width of the boxes that concern everyone (mm).
const WIDE: f64 = 56.0;
/// Width kept for the number at the right of a line (mm).
const NUMBER: f64 = 8.0;
/// Width of the coloured edge of an arm's boxes (mm).
const EDGE: f64 = 1.1;

/// A box with a heading and lines, each with its number.
struct Step {
    lines: Vec<(Block, Option<usize>, Type)>,
}

impl Step {
    fn new(width: f64, heading: (&str, Option<usize>), lines: &[(String, usize)]) -> Self {
        let line = |words: &str, number, style| {
            (Block::new(words, width - 2.0 * PADDING - NUMBER - EDGE, style), number, style)
        };
        let heading = line(heading.0, heading.1, Type::VALUE);
        let rest = lines.iter().map(|(words, number)| line(words, Some(*number), Type::TICK));
        Self { lines: std::iter::once(heading).chain(rest).collect() }
    }

    fn height(&self) -> f64 {
        self.lines.iter().map(|line| line.0.height()).sum::<f64>() + 2.0 * PADDING - 0.6
    }

    fn draw(&self, canvas: &mut Canvas, frame: Rect, edge: Option<Colour>) {
        outlined(canvas, frame, Stroke::new(Colour::REFERENCE, 0.8));
        if let Some(colour) = edge {
            canvas.rect(Rect { width: EDGE, ..frame }, Fill::solid(colour));
        }
        let mut top = frame.top + PADDING - 0.3;
        for (words, number, style) in &self.lines {
            words.draw(canvas, frame.left + EDGE + PADDING, top);
            if let Some(number) = number {
                let place = (frame.right() - PADDING, top + 0.78 * style.line_height());
                canvas.text(place, &number.to_string(), style.anchored(Anchor::End));
            }
            top += words.height();
        }
    }
}

fn steps(arm: &ArmFlow, width: f64, any_failed: bool) -> Vec<Step> {
    let ArmCounts { failed, stopped, fewer_doses, .. } = arm.counts;
    let c = &arm.counts;
    let line = |words: &str, number| (words.to_owned(), number);
    let unknown = any_failed.then(|| line("not integrated", failed));
    let mut doses = match arm.doses {
        0 => vec![line("none planned", c.all_doses)],
        1 => vec![line("took the dose", c.all_doses)],
        n => vec![line(&format!("took all {n}"), c.all_doses)],
    };
    if arm.doses > 0 {
        doses.extend(arm.has_rule.then(|| line("stopped by the rule", stopped)));
        doses.push(line("missed some", fewer_doses));
    }
    let procedure = vec![
        line("took place, no transfusion before", c.procedure_untransfused),
        line("took place after a transfusion", c.procedure_transfused),
        line("did not take place", c.no_procedure),
    ];
    let end = vec![line("completed", c.completed), line("left before", c.left)];
    let with_unknown = |mut lines: Vec<(String, usize)>| {
        lines.extend(unknown.clone());
        lines
    };
    let success = [line("no transfusion and no rescue", c.success)];
    vec![
        Step::new(width, ("Allocated", Some(c.allocated)), &[]),
        Step::new(width, ("Doses", None), &with_unknown(doses)),
        Step::new(width, ("Procedure", None), &with_unknown(procedure)),
        Step::new(width, ("End of the trial", None), &with_unknown(end)),
        Step::new(width, ("Analysed", Some(c.analysed())), &success),
    ]
}

/// Draws the flow.
///
/// # Errors
/// If the drawing back-end fails.
pub fn draw(figure: &FlowFigure, lettering: Lettering) -> Result<String> {
    let page = figure.words.page();
    let count = figure.arms.len().max(1) as f64;
    let width = (SHEET_WIDTH - 2.0 * MARGIN - GAP * (count - 1.0)) / count;
    let any_failed = figure.arms.iter().any(|arm| arm.counts.failed > 0);
    let arms: Vec<Vec<Step>> =
        figure.arms.iter().map(|arm| steps(arm, width, any_failed)).collect();
    let name = |arm: &ArmFlow| {
        Block::new(&arm.arm.name, width, Type::VALUE.coloured(arm.arm.colour.for_text()))
    };
    let names: Vec<Block> = figure.arms.iter().map(name).collect();

    let excluded: usize = figure.excluded.iter().map(|(_, number)| number).sum();
    let randomised: usize = figure.arms.iter().map(|arm| arm.counts.allocated).sum();
    let screened = Step::new(WIDE, ("Screened", Some(figure.screened)), &[]);
    let refused = Step::new(WIDE, ("Excluded", Some(excluded)), &figure.excluded);
    let taken = Step::new(WIDE, ("Randomised", Some(randomised)), &[]);

    let top = page.top() + 3.5;
    let middle = SHEET_WIDTH / 2.0;
    let first = Rect::new(middle - WIDE / 2.0, top, WIDE, screened.height());
    // The box at the side lies beside the line between the two in the middle.
    let side = Rect::new(
        SHEET_WIDTH - MARGIN - WIDE,
        first.bottom() + BETWEEN / 2.0,
        WIDE,
        refused.height(),
    );
    let second = Rect { top: side.bottom() + BETWEEN / 2.0, height: taken.height(), ..first };
    let fork = second.bottom() + BETWEEN / 2.0;
    let names_height = names.iter().map(Block::height).fold(0.0, f64::max);
    let mut tops = vec![fork + BETWEEN / 2.0 + 1.0 + names_height + 1.0];
    let heights: Vec<f64> = (0..arms.first().map_or(0, Vec::len))
        .map(|i| arms.iter().map(|steps| steps[i].height()).fold(0.0, f64::max))
        .collect();
    for height in &heights {
        tops.push(tops[tops.len() - 1] + height + BETWEEN);
    }
    let bottom = tops[tops.len() - 1] - BETWEEN;

    let mut canvas = page.cut(bottom);
    arrow(&mut canvas, &[(middle, first.bottom()), (middle, second.top)], flow());
    let level = side.top + side.height / 2.0;
    arrow(&mut canvas, &[(middle, level), (side.left, level)], flow());
    screened.draw(&mut canvas, first, None);
    refused.draw(&mut canvas, side, None);
    taken.draw(&mut canvas, second, None);
    for (i, ((arm, steps), name)) in figure.arms.iter().zip(&arms).zip(&names).enumerate() {
        let left = MARGIN + i as f64 * (width + GAP);
        let x = left + width / 2.0;
        let line =
            [(middle, second.bottom()), (middle, fork), (x, fork), (x, fork + BETWEEN / 2.0 + 1.0)];
        arrow(&mut canvas, &line, flow());
        name.draw(&mut canvas, x - name.width() / 2.0, fork + BETWEEN / 2.0 + 1.2);
        draw_column(&mut canvas, (steps, arm.arm.colour), (left, width), (&tops, &heights));
    }
    canvas.finish(lettering)
}

/// Draws the boxes of an arm one above the other, with arrows between them.
fn draw_column(
    canvas: &mut Canvas,
    (steps, colour): (&[Step], Colour),
    (left, width): (f64, f64),
    (tops, heights): (&[f64], &[f64]),
) {
    let x = left + width / 2.0;
    for (step, (top, height)) in steps.iter().zip(tops.iter().zip(heights)) {
        step.draw(canvas, Rect::new(left, *top, width, *height), Some(colour));
    }
    for (above, below) in heights.iter().zip(tops).map(|(h, t)| t + h).zip(&tops[1..tops.len() - 1])
    {
        arrow(canvas, &[(x, above), (x, *below)], flow());
    }
}
