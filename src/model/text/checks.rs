//! What a text declares for people who use it: correlations, outputs in records, figures, checks.

use super::declared::{Check, Correlation, Output, Panel, Published, Source, What};
use super::lines::{CheckLine, DosedLine, FigureLine, Tree, WhatLine};
use super::lower::{hours, source_of};
use super::problem::{Problem, Problems, Span};
use super::sheet::Sheet;
use super::syntax::{Amount, Word};
use super::unit::Unit;
use nalgebra::DMatrix;

/// The correlations, which together must be possible.
pub(super) fn declare_correlations(
    tree: &Tree,
    sheet: &Sheet,
    problems: &mut Problems,
) -> Vec<Correlation> {
    let mut all: Vec<Correlation> = Vec::new();
    for line in &tree.correlations {
        let places: Vec<_> =
            line.names.iter().filter_map(|word| place(word, sheet, problems)).collect();
        let &[first, second] = places.as_slice() else { continue };
        let parameters = [first.min(second), first.max(second)];
        if first == second || all.iter().any(|known| known.parameters == parameters) {
            let message =
                "the correlation of these two is given already, or they are one parameter";
            problems.say("P06", line.span, message);
            continue;
        }
        let source = source_of(tree, &[line.remark.source.as_ref()]);
        all.push(Correlation { parameters, value: line.value, is_fixed: line.is_fixed, source });
    }
    check_definite(tree, sheet, &all, problems);
    all
}

/// The position of a parameter in which people differ.
fn place(word: &Word, sheet: &Sheet, problems: &mut Problems) -> Option<usize> {
    let Some(place) = sheet.parameters.iter().position(|own| own.name == word.text) else {
        problems.say("N01", word.span, format!("`{}` is not a parameter", word.text));
        return None;
    };
    let differs = sheet
        .parameters
        .get(place)
        .is_some_and(|own| own.variability.iter().any(|term| term.occasion.is_none()));
    if !differs {
        let message = format!("people do not differ in `{}`: it has no `~`", word.text);
        problems.say("P06", word.span, message);
        return None;
    }
    Some(place)
}

fn check_definite(tree: &Tree, sheet: &Sheet, all: &[Correlation], problems: &mut Problems) {
    let mut involved: Vec<usize> = all.iter().flat_map(|one| one.parameters).collect();
    involved.sort_unstable();
    involved.dedup();
    let position = |parameter: usize| involved.iter().position(|own| *own == parameter);
    let mut matrix = DMatrix::<f64>::identity(involved.len(), involved.len());
    for one in all {
        let [first, second] = one.parameters.map(position);
        if let (Some(i), Some(j)) = (first, second) {
            for index in [(i, j), (j, i)] {
                if let Some(entry) = matrix.get_mut(index) {
                    *entry = one.value;
                }
            }
        }
    }
    if matrix.cholesky().is_some() {
        return;
    }
    let name = |i: &usize| sheet.parameters.get(*i).map_or("", |own| own.name.as_str());
    let pairs = all.iter().map(|one| {
        let [first, second] = &one.parameters;
        format!("{} with {}", name(first), name(second))
    });
    let pairs: Vec<_> = pairs.collect();
    let span = tree.correlations.first().map_or(Span::default(), |line| line.span);
    let message = format!("these correlations cannot all hold: {}", pairs.join(", "));
    problems.note(Problem::new("P06", span, message).hint("pairs that are not named count as 0"));
}

/// The outputs as records and figures know them.
pub(super) fn declare_outputs(tree: &Tree, sheet: &Sheet, problems: &mut Problems) -> Vec<Output> {
    let mut all: Vec<Output> = Vec::new();
    for (i, (line, value)) in tree.outputs.iter().zip(&sheet.outputs).enumerate() {
        if let Some(first) = tree.outputs.iter().take(i).find(|own| own.name.text == line.name.text)
        {
            let message = format!("there are two outputs `{}`", line.name.text);
            let problem = Problem::new("N02", line.name.span, message);
            problems.note(problem.other(first.name.span, "the first"));
        }
        let dvid =
            line.dvid.map_or_else(|| u32::try_from(i + 1).unwrap_or(0), |(number, _)| number);
        if let Some(other) = all.iter().find(|own| own.dvid == dvid) {
            let span = line.dvid.map_or(line.name.span, |(_, span)| span);
            let message = format!(
                "the outputs `{}` and `{}` both have the DVID {dvid}",
                other.name, line.name.text
            );
            problems.say("N02", span, message);
        }
        let mut labels = tree.figures.iter().filter_map(|figure| match figure {
            FigureLine::Label { name, text } if name.text == line.name.text => Some(text.clone()),
            _ => None,
        });
        all.push(Output {
            name: line.name.text.clone(),
            unit: value.unit.clone(),
            meaning: line.remark.meaning.clone().unwrap_or_default(),
            dvid,
            cmt: line.cmt.map(|(number, _)| number),
            label: labels.next_back().unwrap_or_else(|| line.name.text.clone()),
        });
    }
    all
}

/// The position of an output.
fn output_at(word: &Word, tree: &Tree, problems: &mut Problems) -> Option<usize> {
    let place = tree.outputs.iter().position(|line| line.name.text == word.text);
    if place.is_none() {
        let known: Vec<_> = tree.outputs.iter().map(|line| line.name.text.as_str()).collect();
        let problem = Problem::new("N09", word.span, format!("there is no output `{}`", word.text));
        let hint = if known.is_empty() {
            "the text has no outputs".to_owned()
        } else {
            format!("the outputs are {}", known.join(", "))
        };
        problems.note(problem.hint(hint));
    }
    place
}

/// The panels.
pub(super) fn declare_figures(
    tree: &Tree,
    outputs: &[Output],
    problems: &mut Problems,
) -> Vec<Panel> {
    let mut panels = Vec::new();
    for line in &tree.figures {
        match line {
            FigureLine::Label { name, .. } => {
                output_at(name, tree, problems);
            }
            FigureLine::Panel { title, names, is_log, lines } => {
                let places: Vec<_> =
                    names.iter().filter_map(|name| output_at(name, tree, problems)).collect();
                let unit =
                    places.first().and_then(|first| outputs.get(*first)).map(|own| &own.unit);
                let lines = lines.iter().filter_map(|line| in_unit(line, unit?, problems));
                panels.push(Panel {
                    title: title.clone(),
                    lines: lines.collect(),
                    outputs: places,
                    is_log: *is_log,
                });
            }
        }
    }
    panels
}

/// A quantity as a number in `unit`.
fn in_unit(amount: &Amount, unit: &Unit, problems: &mut Problems) -> Option<f64> {
    let none = Unit::none();
    let own = amount.unit.as_ref().unwrap_or(&none);
    let factor = own.factor_to(unit);
    if factor.is_none() {
        let text = problems.text.get(amount.span.start..amount.span.end).unwrap_or_default();
        let wanted = if unit.is_pure() { "a pure number" } else { unit.text() };
        let message = format!("`{text}` is not {wanted}");
        problems.say("U03", amount.span, message);
    }
    factor.map(|factor| amount.value * factor)
}

/// The checks.
pub(super) fn declare_checks(tree: &Tree, sheet: &Sheet, problems: &mut Problems) -> Vec<Check> {
    let all = tree.checks.iter().filter_map(|line: &CheckLine| match &line.dosed {
        None => Some(Check::Steady),
        Some(dosed) => {
            let (number, _) = problems.position(line.span.start);
            published(number, dosed, tree, sheet, problems).map(Check::Published)
        }
    });
    all.collect()
}

fn published(
    line: usize,
    dosed: &DosedLine,
    tree: &Tree,
    sheet: &Sheet,
    problems: &mut Problems,
) -> Option<Published> {
    let route = sheet.routes.iter().position(|route| route.name == dosed.route.text);
    if route.is_none() {
        let message = format!("there is no route `{}`", dosed.route.text);
        problems.say("N09", dosed.route.span, message);
    }
    let (mut variant, mut preset) = (None, None);
    for word in &dosed.with {
        let is = |name: &String| name.eq_ignore_ascii_case(&word.text);
        if tree.variants.iter().any(|block| is(&block.name.text)) {
            variant = Some(word.text.clone());
        } else if tree.presets.iter().any(|block| is(&block.name.text)) {
            preset = Some(word.text.clone());
        } else {
            let message = format!("there is no variant or preset `{}`", word.text);
            problems.say("N09", word.span, message);
        }
    }
    let output = output_at(&dosed.what.output, tree, problems);
    let unit = output.and_then(|place| sheet.outputs.get(place)).map(|own| own.unit.clone())?;
    let what = what(&dosed.what, problems)?;
    let is_time = matches!(what, What::TimeOfMax(_) | What::TimeOfMin(_));
    let unit = if is_time { hours() } else { unit };
    let every = match &dosed.every {
        Some((interval, times)) => Some((in_unit(interval, &hours(), problems)?, *times)),
        None => None,
    };
    let route = route?;
    let (value, within) =
        (in_unit(&dosed.value, &unit, problems), in_unit(&dosed.within, &unit, problems));
    let dose = in_unit(&dosed.dose, &sheet.routes.get(route)?.unit, problems);
    let source: Source = source_of(tree, &[dosed.remark.source.as_ref()]);
    Some(Published {
        line,
        route,
        dose: dose?,
        every,
        variant,
        preset,
        what,
        output: output?,
        value: value?,
        within: within?,
        source,
    })
}

fn what(line: &WhatLine, problems: &mut Problems) -> Option<What> {
    let time = match &line.time {
        Some(time) => Some(in_unit(time, &hours(), problems)?),
        None => None,
    };
    Some(match line.kind.text.as_str() {
        "max" => What::Max(time),
        "min" => What::Min(time),
        "timemax" => What::TimeOfMax(time),
        "timemin" => What::TimeOfMin(time),
        _ => What::At(time?),
    })
}
