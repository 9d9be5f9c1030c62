//! What `thrombo window` prints, and the same as data.

use super::window::Found;
use super::window_args::WindowArgs;
use std::fmt::Write;
use thrombopoiesis::simulate::population::Failures;
use thrombopoiesis::window::{
    APPROVED_DAYS, APPROVED_MG, Answer, Best, Choice, Optimum, Outlook, Reach, Spread, Treatment,
};

/// The text for all variants.
pub(super) fn all(
    args: &WindowArgs,
    treatment: &Treatment,
    choice: &Choice,
    found: &[Found],
    uncertainty: &str,
) -> String {
    let label = if treatment.is_approved() || treatment.dose <= 0.0 {
        ""
    } else {
        &format!("Outside the label, which specifies {APPROVED_MG} mg for {APPROVED_DAYS} days.\n")
    };
    let mut text = format!(
        "{treatment}: a measured count of {} or more, required with a probability of {}\n{label}{} patients in each line, seed {}\n\
         Days are counted from the first dose, which is taken on day 0.\n",
        args.threshold,
        percent(args.probability),
        args.subjects,
        args.seed
    );
    for found in found {
        let _ = writeln!(text, "\nvariant {}: {}", found.variant, found.patients.title);
        text += &table(args, &found.answers);
        text += &starts(args, choice, found);
        if let Some(optimum) = &found.optimum {
            text += &courses(args, choice, optimum);
        }
    }
    text += uncertainty;
    text += "\nA single count before treatment is a weak predictor for an individual patient: first and last day on \
             which the true count\nis high enough are given as median with the range of 90 % of the patients. \
             For research; not for treating patients.\n";
    text
}

fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", 100.0 * share) } else { "-".to_owned() }
}

/// A small share, with what is left of it.
fn small(share: f64) -> String {
    if share < 5e-4 { "< 0.1 %".to_owned() } else { percent(share) }
}

fn median(of: Option<Spread>) -> String {
    of.map_or("-".to_owned(), |s| format!("{:.1} ({:.1} to {:.1})", s.q50, s.q05, s.q95))
}

fn table(args: &WindowArgs, answers: &[Answer]) -> String {
    let mut text = format!(
        "  {:14} {:>4}  {:>15}  {:14} {:>8}  {:21} {:>8}  {:22} {}\n",
        "baseline",
        "best",
        "probability",
        format!("{} or more", percent(args.probability)),
        format!("> {}", args.too_high),
        format!("days >= {}", args.threshold),
        "never",
        "first true day",
        "last true day"
    );
    for Answer { baseline, outlook, .. } in answers {
        if outlook.subjects == 0 {
            let _ = writeln!(text, "  {:14} no patient could be integrated", baseline.to_string());
            continue;
        }
        let window = match outlook.window {
            Some((first, last)) if first == last => format!("day {first}"),
            Some((first, last)) => format!("days {first} to {last}"),
            None => "on no day".to_owned(),
        };
        let best = outlook.best();
        let probability = with_error(best.at_threshold, best.se);
        let _ = writeln!(
            text,
            "  {:14} {:>4}  {:>15}  {:14} {:>8}  {:21} {:>8}  {:22} {}",
            baseline.to_string(),
            outlook.best_day,
            probability,
            window,
            small(outlook.ever_too_high),
            median(Some(outlook.days_at_threshold)),
            percent(outlook.never),
            median(outlook.own_first),
            median(outlook.own_last),
        );
    }
    let failures = Failures::sum(answers.iter().map(|answer| &answer.outlook.failures));
    if let Some(words) = failures.in_words() {
        let _ = writeln!(text, "  {words}, over all lines");
    }
    text
}

/// The start of treatment, a procedure that is postponed, and the maximum: for the only baseline, or
/// all patients.
fn starts(args: &WindowArgs, choice: &Choice, found: &Found) -> String {
    let place = usize::from(args.baselines.len() == 1);
    let Some(answer) = found.answers.get(place).filter(|a| a.outlook.subjects > 0) else {
        return String::new();
    };
    let outlook = &answer.outlook;
    let days = choice
        .starts
        .clone()
        .filter(|start| *start >= answer.treatment.days || args.start.is_some());
    let at: Vec<(usize, f64)> =
        days.filter_map(|start| Some((start, answer.started_before(start)?))).collect();
    let mut text = format!("  {}: ", answer.baseline);
    if let Some(first) = at.first() {
        let best = at.iter().fold(first, |best, at| if at.1 > best.1 { at } else { best });
        let listed: Vec<String> =
            at.iter().map(|(start, p)| format!("{start} days {}", percent(*p))).collect();
        let _ = writeln!(text, "started before the procedure by {}", listed.join(", "));
        if at.len() > 1 {
            let _ = writeln!(text, "    best to start {} days before it", best.0);
        }
        text += &postponed(outlook, best.0);
    } else {
        text += "no start of treatment lets dosing end before the procedure\n";
    }
    let _ = writeln!(
        text,
        "    maximum on day {}; true maximum > {} in {}",
        median(outlook.day_of_maximum),
        args.too_high,
        small(outlook.maximum_too_high)
    );
    if answer.treatment.rule.is_some() {
        let _ = writeln!(text, "    dosing stopped by the rule in {}", percent(outlook.stopped));
    }
    text
}

/// Days by which a procedure is postponed.
const POSTPONED: [usize; 4] = [1, 3, 5, 7];

fn postponed(outlook: &Outlook, planned: usize) -> String {
    // A procedure after the last simulated day is neither counted nor named.
    let later = POSTPONED.iter().filter_map(|more| {
        let day = outlook.days.get(planned + more)?;
        let at = format!("{} on day {}", percent(day.at_threshold), day.elapsed_day);
        Some((more.to_string(), at))
    });
    let (by, at): (Vec<String>, Vec<String>) = later.unzip();
    if by.is_empty() {
        return String::new();
    }
    format!(
        "    a procedure planned for day {planned} and postponed by {} days: {}\n",
        by.join(", "),
        at.join(", ")
    )
}

/// A share in per cent with its standard error, where there is one: a single patient has none.
fn with_error(share: f64, se: f64) -> String {
    if se > 0.0 { format!("{} +/- {:.1}", percent(share), 100.0 * se) } else { percent(share) }
}

/// The columns of a course.
fn reach(of: &Reach) -> String {
    format!(
        "{:4} {:6.2} {:6} {:6.1} {:>15} {:>8} {:10.1}",
        of.days,
        of.dose_mg,
        of.start,
        of.total_mg(),
        with_error(of.at_threshold, of.se),
        small(of.too_high),
        of.days_at_threshold,
    )
}

/// The smallest dose of every number of days, and the shortest course.
fn courses(args: &WindowArgs, choice: &Choice, optimum: &Optimum) -> String {
    let mut text = format!(
        "  the smallest dose that reaches {}, a daily count above {} in no more than {}; {} patients\n  \
         {:>16} {:>6} {:>6} {:>6} {:>15} {:>8} {:>10}\n",
        percent(args.probability),
        args.too_high,
        percent(choice.limit),
        args.search_subjects,
        "days",
        "mg",
        "start",
        "total",
        "probability",
        format!("> {}", args.too_high),
        format!("days >= {}", args.threshold),
    );
    let mut row = |name: &str, of: &Reach, note: &str| {
        text += format!("  {name:11} {}  {note}", reach(of)).trim_end();
        text.push('\n');
    };
    for Best { verdict, course, within_limit, .. } in &optimum.by_days {
        row("", course, &verdict.to_string());
        let other = within_limit.filter(|of| (of.dose_mg - course.dose_mg).abs() > 0.0);
        if let Some(within) = other {
            row("", &within, "the largest dose within the limit");
        }
    }
    if let Some(best) = optimum.shortest() {
        row("shortest", &best.course, "");
        if let Some(whole) = &best.whole_mg {
            row(
                "in whole mg",
                whole,
                if whole.too_high > choice.limit {
                    "exceeds the limit for counts that are too high"
                } else {
                    ""
                },
            );
        }
    }
    let approved = optimum.shortest_of_approved_dose(args.probability, choice.limit);
    let of_approved = format!("of {APPROVED_MG} mg");
    if let Some(of) = approved {
        row(&of_approved, of, "");
    }
    for (name, is_none) in
        [("shortest", optimum.shortest().is_none()), (of_approved.as_str(), approved.is_none())]
    {
        if is_none {
            let _ = writeln!(text, "  {name:11} no course meets both criteria");
        }
    }
    let _ = writeln!(
        text,
        "  The label specifies {APPROVED_MG} mg for {APPROVED_DAYS} days; all other courses are outside the label."
    );
    text
}

/// The same for programs.
pub(super) fn summary(args: &WindowArgs, choice: &Choice, found: &[Found]) -> toml::Table {
    let treatment = found.iter().flat_map(|found| &found.answers).map(|a| &a.treatment).next();
    let mut root = toml::Table::new();
    for (key, value) in [
        ("threshold_1e9_l", args.threshold),
        ("probability", args.probability),
        ("too_high_1e9_l", args.too_high),
        ("dose_mg", treatment.map_or(f64::NAN, |treatment| treatment.dose)),
    ] {
        root.insert(key.to_owned(), value.into());
    }
    root.insert("days".to_owned(), whole(treatment.map_or(0, |treatment| treatment.days)));
    root.insert("rule".to_owned(), treatment.is_some_and(|t| t.rule.is_some()).into());
    for found in found {
        let answers = found.answers.iter().map(answer).collect::<Vec<_>>();
        let mut own = toml::Table::new();
        own.insert("answers".to_owned(), toml::Value::Array(answers));
        if let Some(optimum) = &found.optimum {
            let shortest = optimum.shortest().map(|best| best.course);
            own.extend(shortest.map(|of| ("shortest".to_owned(), course(&of))));
            let approved = optimum.shortest_of_approved_dose(args.probability, choice.limit);
            own.extend(approved.map(|of| ("shortest_of_approved_dose".to_owned(), course(of))));
        }
        let name = format!("variant_{}", found.variant.to_string().to_lowercase());
        root.insert(name, toml::Value::Table(own));
    }
    root
}

fn whole(number: usize) -> toml::Value {
    toml::Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn answer(answer: &Answer) -> toml::Value {
    let outlook = &answer.outlook;
    let mut row = toml::Table::new();
    row.insert("baseline".to_owned(), answer.baseline.kind().into());
    row.insert("baseline_1e9_l".to_owned(), answer.baseline.count().into());
    row.insert("subjects".to_owned(), whole(outlook.subjects));
    row.insert("failed".to_owned(), whole(outlook.failed));
    if outlook.subjects > 0 {
        row.insert("best_elapsed_day".to_owned(), whole(outlook.best_day));
        row.insert("p_at_threshold".to_owned(), outlook.best().at_threshold.into());
        row.insert("se".to_owned(), outlook.best().se.into());
        row.insert("p_ever_too_high".to_owned(), outlook.ever_too_high.into());
    }
    if let Some((first, last)) = outlook.window {
        row.insert("first_elapsed_day".to_owned(), whole(first));
        row.insert("last_elapsed_day".to_owned(), whole(last));
    }
    toml::Value::Table(row)
}

fn course(of: &Reach) -> toml::Value {
    let mut row = toml::Table::new();
    row.insert("days".to_owned(), whole(of.days));
    row.insert("start".to_owned(), whole(of.start));
    for (key, value) in [
        ("dose_mg", of.dose_mg),
        ("total_mg", of.total_mg()),
        ("p_at_threshold", of.at_threshold),
        ("se", of.se),
        ("p_ever_too_high", of.too_high),
        ("days_at_threshold_q50", of.days_at_threshold),
    ] {
        row.insert(key.to_owned(), value.into());
    }
    toml::Value::Table(row)
}
