//! What a sheet must satisfy.

use super::*;
use crate::report::drawing::testing::{assert_presentable, days, hump, texts};
use proptest::prelude::*;

fn series(label: &str, values: Vec<f64>, dash: Dash) -> Series {
    Series { label: label.to_owned(), values, colour: Colour::BLUE, dash }
}

fn sheet() -> RegimenSheet {
    let relative = |values: Vec<f64>| values.into_iter().map(|v| v / 38.0).collect();
    let panel = |title: &str, series, log| MechanismPanel {
        y_title: title.to_owned(),
        series,
        log,
        reference: None,
    };
    let cell = |name: &str| (name.to_owned(), "24.3 (20.1 to 29.0)".to_owned());
    RegimenSheet {
        title: "Lusutrombopag 3 mg once daily for 7 days: counts stay at or above 50".to_owned(),
        caption: "Typical patient; the band holds 90 % of 1000 patients. ".repeat(4),
        model_name: "Mechanistic model, variant B".to_owned(),
        day: days(),
        panels: vec![
            panel("Concentration (ng/mL)", vec![series("", hump(150.0, 6.0), Dash::Solid)], true),
            panel(
                "Progenitors and megakaryocytes (relative to baseline)",
                vec![
                    series("progenitors", relative(hump(60.0, 5.0)), Dash::Solid),
                    series("megakaryocytes", relative(hump(70.0, 9.0)), Dash::Solid),
                ],
                false,
            ),
        ],
        platelets: PlateletPanel {
            main: series("B", hump(84.0, 12.0), Dash::of_variant('B')),
            variants: vec![
                series("A", hump(84.1, 12.0), Dash::of_variant('A')),
                series("C", hump(83.9, 12.0), Dash::of_variant('C')),
                series("D", hump(84.2, 12.0), Dash::of_variant('D')),
            ],
            reference: Some(series("approved", hump(82.0, 12.0), Dash::Solid)),
            bands: vec![Band { day: days(), lower: hump(60.0, 12.0), upper: hump(120.0, 12.0) }],
            points: Vec::new(),
            y_max: 150.0,
        },
        chances: Some(ChancePanel {
            day: days(),
            at_threshold: hump(0.7, 12.0),
            too_high: hump(0.05, 12.0),
        }),
        doses: (0..7).map(|day| DoseMark { day: f64::from(day), taken: day != 3 }).collect(),
        stop_day: Some(7.0),
        levels: Levels::USUAL,
        windows: vec![(6.2, 22.0)],
        procedure: None,
        maximum: Some((12.0, 84.0)),
        strip: ["maximum", "first day", "last day", "days", "P(≥ 50)", "P(> 200)"]
            .map(cell)
            .to_vec(),
        colour: Colour::BLUE,
    }
}

#[test]
fn invariant_a_full_sheet_is_presentable_and_repeatable() -> Result<()> {
    let svg = draw(&sheet(), Lettering::FromPage)?;
    assert_presentable(&svg);
    assert_eq!(svg, draw(&sheet(), Lettering::FromPage)?);
    Ok(())
}

#[test]
fn invariant_extreme_sheets_are_presentable() -> Result<()> {
    let full = sheet();
    let mut high = full.clone();
    high.platelets.main.values = hump(1390.0, 20.0);
    high.platelets.y_max = 1400.0;
    high.maximum = Some((20.0, 1390.0));
    high.windows = vec![(4.2, 40.0)];
    let mut flat = full.clone();
    flat.platelets = PlateletPanel {
        main: series("", vec![38.0; full.day.len()], Dash::Solid),
        variants: Vec::new(),
        reference: None,
        bands: Vec::new(),
        points: Vec::new(),
        y_max: 150.0,
    };
    (flat.doses, flat.windows, flat.maximum) = (Vec::new(), Vec::new(), None);
    flat.panels[0].series[0].values.fill(0.0);
    let mut holes = full.clone();
    holes.platelets.main.values[40..60].fill(f64::NAN);
    holes.platelets.y_max = 70.0;
    holes.panels[1].series[0].values.fill(f64::INFINITY);
    holes.windows = vec![(6.9, 7.8), (8.6, 9.4), (20.0, f64::NAN)];
    holes.title = "A title that goes on ".repeat(12);
    let mut empty = full;
    empty.day.clear();
    (empty.panels, empty.strip, empty.caption) = (Vec::new(), Vec::new(), String::new());
    for case in [high, flat, holes, empty] {
        assert_presentable(&draw(&case, Lettering::FromPage)?);
    }
    Ok(())
}

#[test]
fn regress_the_sheet_says_what_happened_to_the_doses() -> Result<()> {
    let svg = draw(&sheet(), Lettering::FromPage)?;
    let said = |words: &str| texts(&svg).iter().any(|text| text.words == words);
    assert!(said("6 of 7 doses taken, missed ones hollow, stopped on day 7"));
    assert!(said("84.0 at day 12.0"));
    assert!(said("day 6.2") && said("day 22.0"));
    Ok(())
}

#[test]
fn invariant_a_missing_stretch_breaks_the_curve() -> Result<()> {
    let mut sheet = sheet();
    let lines = |sheet: &RegimenSheet| -> Result<usize> {
        Ok(draw(sheet, Lettering::FromPage)?.matches("<polyline").count())
    };
    let whole = lines(&sheet)?;
    sheet.platelets.main.values[90] = f64::NAN;
    assert_eq!(lines(&sheet)?, whole + 1);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn prop_no_number_whatever_breaks_a_sheet(
        counts in prop::collection::vec(prop::num::f64::ANY, 0..40),
        ends in prop::array::uniform4(prop::num::f64::ANY),
        ordinary in -10.0..60.0_f64,
    ) {
        let mut sheet = sheet();
        for (i, count) in counts.iter().enumerate() {
            sheet.platelets.main.values[5 * i] = *count;
            sheet.panels[i % 2].series[0].values[4 * i] = *count;
        }
        sheet.windows = vec![(ends[0], ends[1]), (ordinary, ordinary + 3.0), (ordinary, ends[2])];
        sheet.maximum = Some((ordinary, ends[3]));
        sheet.stop_day = Some(ends[2]);
        sheet.doses[2].day = ends[1];
        sheet.platelets.y_max = ends[0];
        let svg = draw(&sheet, Lettering::FromPage);
        prop_assert!(svg.is_ok_and(|svg| !svg.contains("NaN") && !svg.contains("inf")));
    }
}
