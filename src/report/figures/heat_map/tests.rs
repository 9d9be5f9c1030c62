//! What a heat map must satisfy.

use super::*;
use crate::report::drawing::testing::{assert_presentable, texts};
use proptest::prelude::*;

fn map(columns: u32, rows: u32) -> HeatMap {
    let value = |x: u32, y: u32| 1.0 - 0.01 * f64::from((3 * x).abs_diff(2 * y + 12));
    HeatMap {
        title: "90 % of patients are at or above 50 if the course starts 9 to 13 days before"
            .to_owned(),
        caption: "1000 patients, seed 1, mechanistic model, variant B.".to_owned(),
        x_title: "Days from first dose to procedure".to_owned(),
        x_labels: (0..columns).map(|x| x.to_string()).collect(),
        y_title: "Days of dosing".to_owned(),
        y_labels: (0..rows).map(|y| (y + 1).to_string()).collect(),
        values: (0..rows).map(|y| (0..columns).map(|x| value(x, y)).collect()).collect(),
        wanted: 0.9,
    }
}

#[test]
fn invariant_maps_of_any_size_are_presentable() -> Result<()> {
    for (columns, rows) in [(0, 0), (1, 1), (3, 14), (14, 3), (28, 10), (60, 30)] {
        assert_presentable(&draw(&map(columns, rows), Lettering::FromPage)?);
    }
    let mut long = map(9, 4);
    long.y_title =
        "Days from the first dose to the first count at or above 50, by the regimen".to_owned();
    long.y_labels[2] = "3 mg × 7, stop at 50 and +20".to_owned();
    long.x_labels[3] = "day 1234".to_owned();
    assert_presentable(&draw(&long, Lettering::FromPage)?);
    Ok(())
}

#[test]
fn invariant_rows_rise_and_columns_run_to_the_right() -> Result<()> {
    let mut map = map(2, 2);
    map.values = vec![vec![0.11, 0.12], vec![0.21, 0.22]];
    let svg = draw(&map, Lettering::FromPage)?;
    let written = texts(&svg);
    let at = |words: &str| written.iter().find(|text| text.words == words).unwrap();
    assert!(at("11").left < at("12").left && at("21").left < at("22").left);
    assert!(at("11").top > at("21").top && at("12").top > at("22").top);
    assert!(written.iter().any(|text| text.words == "none reaches 90 %"));
    Ok(())
}

#[test]
fn invariant_what_is_below_the_wanted_level_is_never_written_as_it() {
    assert_eq!(percent(0.8999, 0.9), "89");
    assert_eq!(percent(0.9, 0.9), "90");
    assert_eq!(percent(0.996, 0.9), "99");
    assert_eq!(percent(1.0, 0.9), "100");
    assert_eq!(percent(0.876, 0.9), "88");
}

#[test]
fn invariant_a_cell_without_a_value_is_empty_and_outside_the_outline() -> Result<()> {
    let mut map = map(3, 1);
    map.values = vec![vec![0.95, f64::NAN, 0.95]];
    let svg = draw(&map, Lettering::FromPage)?;
    assert_presentable(&svg);
    assert_eq!(texts(&svg).iter().filter(|text| text.words == "95").count(), 2);
    let thick = svg.lines().filter(|l| l.starts_with("<polyline") && l.contains("#1A1A1A"));
    assert_eq!(thick.count(), 2 + 1, "two outlines, and the one of the key");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn prop_no_number_whatever_breaks_a_map(
        values in prop::collection::vec(prop::collection::vec(prop::num::f64::ANY, 0..6), 0..6),
        wanted in prop::num::f64::ANY,
    ) {
        let map = HeatMap { values, wanted, ..map(4, 4) };
        let svg = draw(&map, Lettering::FromPage);
        prop_assert!(svg.is_ok_and(|svg| !svg.contains("NaN") && !svg.contains("inf")));
    }
}
