//! The page with measured counts of a patient.

use super::view::View;
use super::{Answer, Explorer, equivalent, reply};
use crate::error::Result;
use crate::forecast::{Particles, Question, ResidualError, with_doses};
use crate::integrate::Options;
use crate::records::{Options as Reading, read};
use crate::report::drawing::testing::assert_presentable;
use crate::simulate::records::Predictor;
use crate::simulate::{Scenario, simulate};
use crate::window::{LAST_DAY, Outlook, Spread, TOO_HIGH, WANTED};
use std::path::Path;

fn explorer(subjects: usize) -> Result<Explorer> {
    Explorer::new("calibrated", subjects, 1)
}

fn answer(explorer: &Explorer, query: &str) -> Result<Answer> {
    explorer.answer(&View::of(&explorer.settings, query)?)
}

fn outlook(explorer: &Explorer, query: &str) -> Result<Outlook> {
    Ok(answer(explorer, query)?.outlook.expect("probabilities"))
}

/// The reply of the page to a query.
fn told(explorer: &Explorer, query: &str) -> serde_json::Value {
    let told = reply(explorer, &format!("mend=yes&{query}")).expect("an answer");
    serde_json::from_str(&told).expect("JSON")
}

fn near(found: f64, expected: f64, within: f64, what: &str) {
    assert!((found - expected).abs() < within, "{what}: {found} is not {expected}");
}

#[test]
fn val_an_answer_with_counts_is_the_forecast_of_the_same_individuals() -> Result<()> {
    const SUBJECTS: usize = 400;
    let explorer = explorer(SUBJECTS)?;
    for (query, rows) in [
        ("counts=0:35,4:38,7:52", "1,0,35\n1,96,38\n1,168,52\n"),
        ("dose=4&days=9&miss=2&variant=D&threshold=70&kc=90&counts=8.5:95", "1,204,95\n"),
    ] {
        let view = View::parse(query)?;
        let found = explorer.answer(&view)?;
        // Records and their particles instead of the patients of the page.
        let predictor = Predictor::new(&found.set)?;
        let errors = ResidualError::of_patients(&predictor, &found.patients);
        let mut particles = Particles::none("patients", &predictor, 1e-6)?;
        let generator = found.patients.generator(found.variant, explorer.seed)?;
        particles.add(generator, 0..SUBJECTS, errors);
        let structure = predictor.structure();
        let text = format!("ID,TIME,DV\n{rows}");
        let set = predictor.unused_covariates();
        let options = Reading { output: Some("plt".to_owned()), set, ..Reading::default() };
        let records = read(Path::new("counts.csv"), &text, Some(structure), &options);
        let subject = &records.into_records()?.subjects[0];
        let doses = predictor.rows_of(&view.treatment().regimen()?)?;
        let times_h: Vec<f64> = (0..LAST_DAY).map(|day| 24.0 * day as f64).collect();
        let question = Question {
            populations: &[particles],
            output: "plt",
            times_h: &times_h,
            level: view.threshold,
            too_high: TOO_HIGH,
            probability: WANTED,
            quantiles: &[0.05, 0.5, 0.95],
            time_quantiles: &[],
            procedure_h: None,
            plans: &[],
            next_h: &[],
        };
        let expected = question.forecast(&with_doses(subject, structure, &doses))?;
        let size = found.given.expect("counts").effective_size;
        assert!((size / expected.effective_size - 1.0).abs() < 1e-4, "{query}: {size}");
        let outlook = found.outlook.expect("probabilities");
        // A forecast begins with the first record.
        for at in &expected.times {
            let day = outlook.days.iter().find(|day| 24.0 * day.elapsed_day as f64 >= at.time_h);
            let day = day.expect("a day");
            let what = format!("{query}, day {}", day.elapsed_day);
            let Spread { q05, q50, q95 } = day.count;
            for (found, expected) in [q05, q50, q95].iter().zip(&at.quantiles) {
                near(*found, *expected, 1e-3 * expected, &what);
            }
            near(day.at_threshold, at.measured_at_least, 1e-3, &what);
            near(day.too_high, at.measured_too_high, 1e-3, &what);
        }
        let days = |time_h: f64| time_h / 24.0;
        near(outlook.best_day as f64, days(expected.answer.best_h), 1e-9, query);
        let window = outlook.window.map(|(first, last)| (first as f64, last as f64));
        let enough = expected.answer.enough_h.map(|(first, last)| (days(first), days(last)));
        assert_eq!(window, enough, "{query}");
    }
    Ok(())
}

#[test]
fn val_a_single_count_before_treatment_is_a_measured_baseline() -> Result<()> {
    // Four standard errors of two samples of about 2,000, and the variation between visits, which a measured baseline has
    // as a factor and a forecast as a part of the error.
    const WITHIN: f64 = 0.06;
    let explorer = explorer(5000)?;
    for count in [30, 45] {
        let weighted = outlook(&explorer, &format!("counts=0:{count}"))?;
        let drawn = outlook(&explorer, &format!("baseline={count}"))?;
        for day in [5, 9, 12, 15, 20, 30] {
            let (found, expected) = (&weighted.days[day], &drawn.days[day]);
            let what = format!("{count}, day {day}");
            near(found.at_threshold, expected.at_threshold, WITHIN, &what);
            near(found.count.q50, expected.count.q50, WITHIN * expected.count.q50, &what);
        }
        near(weighted.ever_too_high, drawn.ever_too_high, WITHIN, "too high");
        near(weighted.never, drawn.never, WITHIN, "never");
    }
    Ok(())
}

#[test]
fn invariant_a_count_moves_the_band_towards_it_and_narrows_it() -> Result<()> {
    let explorer = explorer(1000)?;
    let width = |spread: Spread| spread.q95 - spread.q05;
    let mut before = 0.0;
    for count in [25, 35, 50] {
        let day = outlook(&explorer, &format!("counts=0:{count}"))?.days[0].count;
        assert!(day.q50 > before, "{count}: {day:?}");
        before = day.q50;
    }
    let [low, high] = [30, 90].map(|count| outlook(&explorer, &format!("counts=0:35,8:{count}")));
    let (low, high, one) = (low?, high?, outlook(&explorer, "counts=0:35")?);
    for day in [8, 12] {
        let [low, high, one] = [&low, &high, &one].map(|own| &own.days[day]);
        assert!(low.count.q50 < one.count.q50 && one.count.q50 < high.count.q50, "day {day}");
        assert!(low.at_threshold < one.at_threshold && one.at_threshold < high.at_threshold);
        assert!(width(low.count) < width(one.count), "day {day}");
    }
    // A procedure is on a day to come.
    let late = outlook(&explorer, "counts=0:35,13.5:80")?;
    assert!(late.best_day >= 14 && late.window.is_none_or(|(first, _)| first >= 14));
    Ok(())
}

#[test]
fn invariant_counts_take_the_place_of_the_baseline() -> Result<()> {
    let explorer = explorer(300)?;
    let at = |baseline: u32| told(&explorer, &format!("baseline={baseline}&counts=0:35,7:52"));
    let (low, high) = (at(20), at(60));
    for key in ["sentence", "numbers", "figure", "caption", "simulate", "forecast", "scenario"] {
        assert_eq!(low[key], high[key], "{key}");
    }
    assert_ne!(low["query"], high["query"], "the slider returns to where it was");
    let own = answer(&explorer, "counts=0:35,7:52")?;
    near(own.baseline, own.set.value("plt0")?, 1e-12, "the typical count");
    Ok(())
}

#[test]
fn invariant_without_counts_the_reply_is_as_before() -> Result<()> {
    let explorer = explorer(60)?;
    let plain = reply(&explorer, "dose=2").expect("an answer");
    assert_eq!(reply(&explorer, "dose=2&counts="), Ok(plain.clone()));
    assert_eq!(reply(&explorer, "dose=2&counts=%20"), Ok(plain.clone()));
    for key in ["\"forecast\"", "counts"] {
        assert!(!plain.contains(key), "{key}");
    }
    Ok(())
}

#[test]
fn invariant_counts_that_contradict_the_population_have_no_band() -> Result<()> {
    let explorer = explorer(300)?;
    let query = "counts=0:30,2:700,4:15";
    assert!(answer(&explorer, query)?.outlook.is_none());
    for width in [80, 180] {
        let told = told(&explorer, &format!("{query}&width={width}"));
        let note = told["counts_note"].as_str().unwrap_or_default();
        assert!(note.starts_with("The counts contradict the population: "), "{note}");
        assert!(note.contains("in another unit") && note.matches('.').count() <= 2, "{note}");
        let sentence = told["sentence"].as_str().unwrap_or_default();
        assert!(sentence.ends_with("so there are no probabilities."), "{sentence}");
        assert_eq!(told["numbers"].as_array().map(Vec::len), Some(1), "of the typical patient");
        let figure = told["figure"].as_str().unwrap_or_default();
        assert_presentable(figure);
        assert!(!figure.contains("median") && figure.contains("typical"));
        assert!(told["forecast"].as_str().unwrap_or_default().contains("2,700\\n4,15"));
        assert_eq!(told["window"], "");
    }
    let few = told(&explorer, "counts=0:35,4:38,7:52,9:70");
    let note = few["counts_note"].as_str().unwrap_or_default();
    assert!(
        note.contains("of 300 virtual patients, so the band and the probabilities are uncertain")
    );
    let many = told(&self::explorer(2000)?, "counts=0:35");
    assert!(many.get("counts_note").is_none(), "{}", many["counts_note"]);
    Ok(())
}

#[test]
fn invariant_wrong_counts_are_named_under_their_field() -> Result<()> {
    let explorer = explorer(40)?;
    for (counts, expected) in [
        ("35", "`35` must be an elapsed day and a count"),
        ("0:35,50:40", "`elapsed day = 50 d` is outside [0, 42]"),
        ("0:35000", "`count on day 0 = 35000 10^9/L` is outside (0, 2000]"),
        ("0:35,0:36", "`day 0` has two counts"),
        ("0:35&counts=0:36", "`counts` contradicts another one in the same address"),
    ] {
        let query = format!("dose=2&counts={counts}");
        assert!(reply(&explorer, &query).expect_err(counts).contains(expected), "{counts}");
        let told = told(&explorer, &query);
        let note = told["counts_note"].as_str().unwrap_or_default();
        assert!(note.contains(expected) && note.ends_with('.'), "{counts}: {note}");
        assert!(told.get("notes").is_none(), "{}", told["notes"]);
        assert!(told["query"].as_str().unwrap_or_default().starts_with("dose=2&"));
    }
    Ok(())
}

#[test]
fn invariant_a_text_weighs_counts_by_its_residual_error_or_refuses_them() -> Result<()> {
    let explorer = Explorer::of_text("examples/models/turnover.model", 200, 1)?;
    let view = View::of(&explorer.settings, "dose=5&counts=0:42,5:60")?;
    let found = explorer.answer(&view)?;
    let (size, outlook) = (found.given.expect("counts").effective_size, found.outlook.as_ref());
    assert!(size < 200.0 && outlook.expect("probabilities").days[5].count.q50 > 42.0, "{size}");
    let commands = equivalent(&explorer, &view, &found)?;
    assert!(commands.forecast.contains("--model examples/models/turnover.model"));
    let scenario = Scenario::read(Path::new("view.toml"), &commands.scenario)?;
    let set = scenario.parameters(found.variant)?;
    let course = simulate(&set, &scenario.regimen, scenario.until, Options::default())?;
    let maximum = course.maximum()?.value;
    near(found.typical.maximum, maximum, 1e-4 * maximum, "the typical course");
    let explorer = Explorer::of_text("models/shimizu_2021_reduced.model", 5, 1)?;
    let refused = reply(&explorer, "counts=0:42").expect_err("no residual error");
    assert!(refused.contains("whose count has no residual error"), "{refused}");
    let told = told(&explorer, "counts=0:42");
    let note = told["counts_note"].as_str().unwrap_or_default();
    assert!(note.contains("no residual error") && note.ends_with("without counts."), "{note}");
    Ok(())
}
