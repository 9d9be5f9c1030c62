//! What a forest plot must satisfy.

use super::*;
use crate::report::drawing::testing::{assert_presentable, texts};
use proptest::prelude::*;

const UNITS_PER_MM: f64 = 960.0 / 25.4;

fn row(unit: Unit, label: &str, observed: f64, median: f64, variants: &[&str]) -> Row {
    let predicted = |name: &&str| Predicted {
        name: (*name).to_owned(),
        low: 0.8 * median,
        median,
        high: 1.2 * median,
        distance: Some((observed - median) / (0.1 * median)),
        inside: Some((0.8 * median..=1.2 * median).contains(&observed)),
    };
    Row {
        group: "L-PLUS 2, lusutrombopag 3 mg".to_owned(),
        label: label.to_owned(),
        note: "not transfused, n = 74".to_owned(),
        unit,
        observed: Some(Observed {
            value: observed,
            interval: Some((0.9 * observed, 1.1 * observed)),
        }),
        predictions: variants.iter().map(predicted).collect(),
    }
}

fn forest(variants: &[&str]) -> Forest {
    let mut rows = vec![
        row(Unit::Share, "no transfusion before the procedure", 0.65, 0.63, variants),
        row(Unit::Days, "median days at or above 50", 19.2, 12.0, variants),
        row(Unit::Count, "mean maximum", 86.9, 90.0, variants),
        row(Unit::Share, "responder: at or above 50 and +20", 0.2, 0.5, variants),
        row(Unit::VisitDay, "median day of the maximum", 12.0, 12.0, variants),
    ];
    rows[3].group = "Phase 2b, placebo".to_owned();
    rows[2].observed = Some(Observed { value: 86.9, interval: None });
    Forest {
        title: "3 of 5 published results lie where 95 % of simulated trials do".to_owned(),
        model_name: "Mechanistic model".to_owned(),
        caption: "1000 trials, seed 1.".to_owned(),
        rows,
    }
}

#[test]
fn invariant_forests_of_one_and_of_four_variants_are_presentable() -> Result<()> {
    for variants in [&["B"][..], &["A", "B", "C", "D"], &[]] {
        assert_presentable(&draw(&forest(variants), Lettering::FromPage)?);
    }
    let mut long = forest(&["A", "B", "C", "D"]);
    long.rows[1].label = "median days at or above 50 and 20 above baseline, ".repeat(3);
    long.rows[1].group = "A trial with a long name and an arm with a longer one, ".repeat(2);
    long.rows[0].observed = None;
    long.rows[2].predictions.clear();
    assert_presentable(&draw(&long, Lettering::FromPage)?);
    let empty = Forest { rows: Vec::new(), ..long };
    assert_presentable(&draw(&empty, Lettering::FromPage)?);
    Ok(())
}

/// Centres of all discs of a colour (mm).
fn discs(svg: &str, colour: &str) -> Vec<Point> {
    let circles = svg.lines().filter(|l| l.starts_with("<circle") && l.contains(colour));
    let value = |line: &str, name: &str| {
        let value = line.split(&format!(" {name}=\"")).nth(1).and_then(|r| r.split('"').next());
        value.and_then(|v| v.parse::<f64>().ok()).unwrap_or(f64::NAN) / UNITS_PER_MM
    };
    circles.map(|line| (value(line, "cx"), value(line, "cy"))).collect()
}

#[test]
fn invariant_points_are_where_the_numbers_say() -> Result<()> {
    let svg = draw(&forest(&["B"]), Lettering::FromPage)?;
    let written = texts(&svg);
    let tick = |words: &str| {
        let tick = written.iter().find(|t| t.words == words && t.left > 55.0).unwrap();
        f64::midpoint(tick.left, tick.right)
    };
    let (zero, hundred) = (tick("0"), tick("100"));
    let black = discs(&svg, "#000000");
    assert_eq!(black.len(), 1 + 3, "the key and three rows inside their intervals");
    let expected = zero + 0.65 * (hundred - zero);
    assert!((black[1].0 - expected).abs() < 0.2, "{black:?}, {expected}");
    Ok(())
}

#[test]
fn invariant_rows_outside_are_vermillion_and_never_hidden() -> Result<()> {
    let vermillion = |forest: &Forest| -> Result<usize> {
        Ok(discs(&draw(forest, Lettering::FromPage)?, "#D55E00").len())
    };
    let mut forest = forest(&["B"]);
    assert_eq!(vermillion(&forest)?, 1 + 2, "the key and two rows");
    forest.rows[1].observed = Some(Observed { value: 400.0, interval: None });
    assert_eq!(vermillion(&forest)?, 1 + 2);
    forest.rows[1].predictions[0].inside = Some(true);
    assert_eq!(vermillion(&forest)?, 1 + 1);
    // What nobody asks of is neither, and without any question the key is silent.
    forest.rows.iter_mut().for_each(|row| row.predictions[0].inside = None);
    assert_eq!(vermillion(&forest)?, 0);
    Ok(())
}

#[test]
fn regress_variants_differ_by_their_dash_and_have_distances_of_their_own() -> Result<()> {
    let mut forest = forest(&["A", "B", "C", "D"]);
    for (row, distance) in forest.rows[0].predictions.iter_mut().zip([-1.25, 0.04, 2.0, 0.5]) {
        row.distance = Some(distance);
    }
    let svg = draw(&forest, Lettering::FromPage)?;
    let said = |words: &str| texts(&svg).iter().any(|text| text.words == words);
    assert!(said("−1.2") && said("0.0") && said("+2.0") && said("+0.5"));
    let dashed = |pattern: &str| svg.matches(&format!("stroke-dasharray=\"{pattern}")).count();
    let (dotted, dashed, dash_dot) = (dashed("0.1 "), dashed("84 5"), dashed("105 4"));
    assert_eq!((dotted, dashed, dash_dot), (6, 6, 6), "the key and five rows");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn prop_no_number_whatever_breaks_a_forest(
        numbers in prop::collection::vec(prop::num::f64::ANY, 8),
        several in any::<bool>(),
    ) {
        let mut forest = forest(if several { &["A", "D"] } else { &["B"] });
        for row in &mut forest.rows {
            row.observed = Some(Observed { value: numbers[0], interval: Some((numbers[1], numbers[2])) });
            row.predictions[0].low = numbers[3];
            row.predictions[0].median = numbers[4];
            row.predictions[0].high = numbers[5];
            row.predictions[0].distance = Some(numbers[6]);
        }
        let svg = draw(&forest, Lettering::FromPage);
        prop_assert!(svg.is_ok_and(|svg| !svg.contains("NaN") && !svg.contains("inf")));
    }
}
