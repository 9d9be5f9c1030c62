//! What the page must satisfy, short of its server.

use super::control::Control;
use super::settings::Settings;
use super::view::View;
use super::{Count, Explorer, equivalent, reply};
use crate::error::Result;
use crate::integrate::Options;
use crate::model::Variant;
use crate::report::drawing::testing::assert_presentable;
use crate::simulate::{Scenario, simulate};
use proptest::prelude::*;
use std::path::Path;

fn explorer() -> Result<Explorer> {
    Explorer::new("calibrated", 60, 1)
}

fn any_view() -> impl Strategy<Value = View> {
    let course = (0.0..=6.0_f64, 1..=14_usize, prop::collection::btree_set(1..=14_usize, 0..5));
    let people = (10.0..=70.0_f64, 20.0..=150.0_f64, prop::option::of(0..4_usize));
    let typical = (prop::option::of(10.0..=1000.0_f64), prop::option::of(2.0..=12.0_f64));
    let counts = prop::collection::btree_map(0..=84_u32, 60..=600_u32, 0..4);
    let all = (course, 1..=35_usize, people, typical, counts);
    all.prop_map(|(course, start, people, (kc, tp), counts)| {
        let ((dose, days, missed), (baseline, threshold, variant)) = (course, people);
        let missed = missed.into_iter().filter(|dose| *dose <= days).collect();
        let variant = variant.map(|place| Variant::ALL[place]);
        let values = [("kc", kc), ("tp", tp)].into_iter();
        let values = values.filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let way = crate::window::Way::default();
        let count = |(day, count): (u32, u32)| Count {
            elapsed_day: f64::from(day) / 2.0,
            count: f64::from(count) / 4.0,
        };
        View {
            dose,
            way,
            days,
            missed,
            start,
            baseline,
            counts: counts.into_iter().map(count).collect(),
            threshold,
            variant,
            preset: None,
            values: values.collect(),
        }
    })
}

proptest! {
    #[test]
    fn prop_a_view_comes_back_from_its_address(view in any_view()) {
        prop_assert_eq!(View::parse(&view.query()).expect("its own query"), view);
    }

    #[test]
    fn prop_no_address_whatever_breaks_the_reading(query in ".{0,200}") {
        let _ = View::parse(&query);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn prop_every_view_has_an_answer_a_figure_and_a_file(view in any_view()) {
        let explorer = explorer().expect("shipped patients");
        for width in [80, 180] {
            let told = reply(&explorer, &format!("{}&width={width}", view.query()));
            let told: serde_json::Value =
                serde_json::from_str(&told.expect("an answer")).expect("JSON");
            assert_presentable(told["figure"].as_str().unwrap_or_default());
            let file = told["scenario"].as_str().unwrap_or_default();
            Scenario::read(Path::new("view.toml"), file).expect("a scenario");
        }
    }
}

#[test]
fn invariant_settings_that_make_no_sense_are_refused() {
    for (query, expected) in [
        ("dose=7", "`dose = 7 mg` is outside [0, 6]"),
        ("dose=NaN", "`dose = NaN mg` is outside [0, 6]"),
        ("dose=much", "`dose=much` is not a setting: `much` must be a number"),
        ("days=2.5", "`days = 2.5 d` is outside [1, 14], whole numbers"),
        ("start=36", "`start = 36 d` is outside [1, 35], whole numbers"),
        ("baseline=-1", "`baseline = -1 10^9/L` is outside [10, 70]"),
        ("threshold=inf", "`threshold = inf 10^9/L` is outside [20, 150]"),
        ("kc=0", "`kc = 0 ng/mL` is outside [10, 1000]"),
        ("tp=1e300", "is outside [2, 12]"),
        ("days=3&miss=4", "`missed dose = 4` is outside [1, 3]"),
        ("miss=4;5", "`4;5` must be the number of a dose, such as 4; separate several by commas"),
        ("variant=E", "there is no variant `E`: choose one of A, B, C, D"),
        ("dose=3&dose=4", "`dose` contradicts another one in the same address: give it once"),
        ("colour=red", "there is no setting `colour`: choose one of dose, days"),
    ] {
        let said = View::parse(query).expect_err(query).to_string();
        assert!(said.contains(expected), "{query}: {said:?} does not say {expected:?}");
    }
}

/// The reply to a query whose faulty settings are to be mended.
fn mended(explorer: &Explorer, query: &str) -> serde_json::Value {
    let told = reply(explorer, &format!("mend=yes&{query}")).expect("an answer");
    serde_json::from_str(&told).expect("JSON")
}

#[test]
fn invariant_a_faulty_setting_has_its_default_and_a_sentence() -> Result<()> {
    let explorer = Explorer::new("calibrated", 2, 1)?;
    let kept = "dose=2.5&days=9&start=11&baseline=35&threshold=60&kc=90&tp=8&variant=D&miss=2";
    let settings: Vec<&str> = kept.split('&').collect();
    for garbage in ["", "abc", "NaN", "inf", "-1", "1e9", "0x5", "%FF", "%00", "7;8"] {
        for (place, setting) in settings.iter().enumerate() {
            let key = setting.split('=').next().unwrap_or_default();
            if (key, garbage) == ("miss", "") {
                continue;
            }
            let rest = [&settings[..place], &settings[place + 1..]].concat().join("&");
            let told = mended(&explorer, &format!("{key}={garbage}&{rest}"));
            assert_eq!(told["query"], View::parse(&rest)?.query(), "{key}={garbage}");
            let notes = told["notes"].as_array().map_or(&[][..], Vec::as_slice);
            assert_eq!(notes.len(), 1, "{key}={garbage}: {notes:?}");
            let note = notes[0].as_str().unwrap_or_default();
            let is_named = note.contains(key) || note.contains("missed dose");
            assert!(is_named && note.ends_with('.'), "{key}={garbage}: {note}");
        }
    }
    Ok(())
}

#[test]
fn invariant_what_is_shown_instead_of_a_faulty_setting_is_named() -> Result<()> {
    let explorer = Explorer::new("calibrated_d", 2, 1)?;
    for (query, expected) in [
        ("days=abc", "`abc` must be a number. The default is shown instead: 7 d."),
        ("kc=0", "The value of the patients is shown instead."),
        ("days=3&miss=4", "The course is shown without missed doses."),
        ("variant=B", "Variant D is shown instead."),
        ("colour=red", "It is ignored."),
        ("dose=4&dose=5", "The first value is used."),
        ("width=1", "It is ignored."),
    ] {
        let note = mended(&explorer, query)["notes"][0].as_str().unwrap_or_default().to_owned();
        assert!(note.contains(expected), "{query}: {note:?} does not say {expected:?}");
    }
    let many: Vec<String> = (0..1000).map(|number| format!("x{number}=1")).collect();
    let told = mended(&explorer, &many.join("&"));
    assert_eq!(told["notes"][8], "The address contains 992 more errors.");
    assert!(mended(&explorer, "dose=4").get("notes").is_none());
    Ok(())
}

#[test]
fn invariant_patients_of_one_variant_have_no_other() -> Result<()> {
    let explorer = Explorer::new("calibrated_d", 10, 1)?;
    assert_eq!(explorer.variants(), [Variant::D]);
    assert_eq!(explorer.answer(&View::default())?.variant, Variant::D);
    let other = View { variant: Some(Variant::B), ..View::default() };
    let said = explorer.answer(&other).expect_err("another variant").to_string();
    assert!(said.contains("choose D"), "{said}");
    Ok(())
}

#[test]
fn invariant_the_view_at_the_start_is_where_the_sliders_stand() -> Result<()> {
    let controls = Settings::lusutrombopag().controls;
    let at_start = controls.iter().filter_map(|c| Some(format!("{}={}", c.key, c.value?)));
    let query = at_start.collect::<Vec<_>>().join("&");
    assert_eq!(View::parse(&query)?, View::default());
    for Control { low, high, step, value, .. } in controls {
        let steps = (value.unwrap_or(low) - low) / step;
        assert!(low < high && (steps - steps.round()).abs() < 1e-9, "{value:?} is no step");
    }
    Ok(())
}

#[test]
fn invariant_more_drug_a_missed_dose_and_a_potent_drug_move_the_answer() -> Result<()> {
    let explorer = explorer()?;
    let at = |query: &str| -> Result<(f64, f64)> {
        let answer = explorer.answer(&View::parse(query)?)?;
        let outlook = answer.outlook.expect("probabilities");
        Ok((answer.typical.maximum, outlook.days[12].at_threshold))
    };
    let usual = at("")?;
    for (query, is_more) in
        [("dose=4", true), ("days=9", true), ("miss=3", false), ("kc=50", true), ("kc=200", false)]
    {
        let moved = at(query)?;
        assert_eq!((moved.0 > usual.0, moved.1 > usual.1), (is_more, is_more), "{query}");
    }
    assert_eq!(at("variant=B")?, usual);
    assert_ne!(at("variant=D")?, usual);
    Ok(())
}

#[test]
fn val_the_file_of_a_view_gives_its_typical_course() -> Result<()> {
    // The lane engine against Dop853; both at relative tolerances of 1e-6 or less.
    const RELATIVE: f64 = 1e-5;
    let explorer = explorer()?;
    for query in ["", "dose=4.5&days=10&miss=4,6&variant=D&kc=300&tp=5", "dose=0&baseline=62"] {
        let view = View::parse(query)?;
        let answer = explorer.answer(&view)?;
        let file = equivalent(&explorer, &view, &answer)?.scenario;
        let scenario = Scenario::read(Path::new("view.toml"), &file)?;
        let set = scenario.parameters(answer.variant)?;
        let course = simulate(&set, &scenario.regimen, scenario.until, Options::default())?;
        let maximum = course.maximum()?;
        let typical = answer.typical;
        assert!((maximum.value / typical.maximum - 1.0).abs() < RELATIVE, "{query}");
        let days = course.at_or_above(view.threshold)?.total_h() / 24.0;
        assert!((days - typical.days_at_threshold).abs() < 1e-3, "{query}: {days}");
    }
    Ok(())
}

#[test]
fn invariant_what_is_outside_the_label_is_said_to_be() {
    let explorer = explorer().expect("shipped patients");
    for (query, expected) in [
        ("", ""),
        ("miss=4", ""),
        ("dose=0", ""),
        ("dose=4", "Outside the label, which specifies 3 mg once daily for 7 days."),
        ("days=10", "Outside the label, which specifies 3 mg once daily for 7 days."),
        (
            "start=20",
            "Outside the label, which specifies a start 8 to 14 days before the procedure.",
        ),
    ] {
        let told = reply(&explorer, query).expect("an answer");
        assert!(told.contains(&format!("\"label\":\"{expected}\"")), "{query}");
    }
}
