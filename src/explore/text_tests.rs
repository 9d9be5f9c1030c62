//! The page of a model text.

use super::view::View;
use super::{Explorer, equivalent, reply};
use crate::error::Result;
use crate::integrate::Options;
use crate::report::drawing::testing::assert_presentable;
use crate::simulate::{Scenario, simulate};
use std::path::Path;

const TURNOVER: &str = "examples/models/turnover.model";

fn explorer(name: &str) -> Result<Explorer> {
    Explorer::of_text(name, 40, 1)
}

#[test]
fn analytic_controls_come_from_the_text() -> Result<()> {
    let settings = explorer(TURNOVER)?.settings;
    let keys: Vec<&str> = settings.controls.iter().map(|own| own.key.as_str()).collect();
    let course = ["dose", "days", "start", "baseline", "threshold"];
    assert_eq!(keys, [&course[..], &["ka", "cl", "vc", "emax", "ec50", "kout"]].concat());
    let dose = &settings.controls[0];
    // Without a range, 0 to 4 times the dose of the checks.
    assert_eq!((dose.low, dose.high, dose.value, dose.unit.as_str()), (0.0, 12.0, Some(3.0), "mg"));
    let baseline = &settings.controls[3];
    assert_eq!((baseline.low, baseline.high, baseline.value), (10.0, 80.0, Some(40.0)));
    assert!(settings.is_measured && !settings.is_labelled);
    let settings = explorer("models/mechanistic.model")?.settings;
    let dose = &settings.controls[0];
    assert_eq!((dose.low, dose.high, dose.value), (0.0, 6.0, Some(3.0)));
    assert_eq!(settings.variants.len(), 4);
    assert_eq!(settings.presets.len(), 1);
    let wang = explorer("models/wang_2010.model")?.settings;
    assert_eq!(wang.ways.len(), 2);
    Ok(())
}

#[test]
fn invariant_every_control_starts_inside_its_range_and_a_view_comes_back() -> Result<()> {
    for name in [
        TURNOVER,
        "models/mechanistic.model",
        "models/katsube_2019.model",
        "models/wang_2010.model",
        "panetta_2024",
    ] {
        let settings = explorer(name)?.settings;
        for own in &settings.controls {
            let value = own.value.unwrap_or(own.low);
            let steps = (value - own.low) / own.step;
            assert!(own.low < own.high && own.step > 0.0, "{name}: {own:?}");
            assert!((own.low..=own.high).contains(&value), "{name}: {own:?}");
            assert!((steps - steps.round()).abs() < 1e-6, "{name}: {own:?}");
        }
        let last = settings
            .controls
            .last()
            .map_or(String::new(), |own| format!("{}={}", own.key, own.high));
        let mut query = format!("days=3&miss=2&{last}");
        if let Some(preset) = settings.presets.first() {
            query.push_str("&preset=");
            query.push_str(&preset.to_string());
        }
        let view = View::of(&settings, &query)?;
        assert_eq!(View::of(&settings, &view.query())?, view, "{name}");
    }
    Ok(())
}

#[test]
fn val_the_text_of_the_model_gives_its_answer_and_file() -> Result<()> {
    for (name, query) in [
        (TURNOVER, "dose=5&ec50=100"),
        ("models/mechanistic.model", "variant=D&days=9"),
        ("models/wang_2010.model", "route=iv&dose=0.5&days=2"),
        ("panetta_2024", "preset=ast_10"),
    ] {
        let explorer = explorer(name)?;
        let view = View::of(&explorer.settings, query)?;
        let told = reply(&explorer, &format!("{}&width=120", view.query()));
        let told: serde_json::Value = serde_json::from_str(&told.expect(name)).expect("JSON");
        assert_presentable(told["figure"].as_str().unwrap_or_default());
        let answer = explorer.answer(&view)?;
        let file = equivalent(&explorer, &view, &answer)?.scenario;
        let scenario = Scenario::read(Path::new("view.toml"), &file)?;
        let set = scenario.parameters(answer.variant)?;
        let course = simulate(&set, &scenario.regimen, scenario.until, Options::default())?;
        let (ours, theirs) = (answer.typical.maximum, course.maximum()?.value);
        assert!((ours / theirs - 1.0).abs() < 1e-4, "{name}: {ours} {theirs}");
    }
    Ok(())
}

#[test]
fn invariant_a_text_that_the_page_cannot_show_is_refused_in_a_sentence() {
    for (name, expected) in [
        ("liu_2025", "gives no platelet count"),
        ("examples/models/tmdd.model", "gives no platelet count"),
        ("petrov_2024", "has no parameter `plt0` in 10^9/L"),
        ("mechanistic", "use the text models/mechanistic.model"),
        ("nobody", "no model `nobody`"),
    ] {
        let said = explorer(name).expect_err(name).to_string();
        assert!(said.contains(expected) && said.lines().count() == 1, "{name}: {said}");
    }
    let explorer = explorer(TURNOVER).expect("a page");
    for (query, expected) in [
        ("kc=100", "there is no setting `kc`"),
        ("dose=13", "`dose = 13 mg` is outside [0, 12]"),
        ("route=iv", "there is no route `iv`: choose po"),
        ("preset=x", "there is no preset `x`"),
    ] {
        let said = View::of(&explorer.settings, query).expect_err(query).to_string();
        assert!(said.contains(expected), "{query}: {said}");
    }
}
