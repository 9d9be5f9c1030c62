//! What the figures of a trial must satisfy.

use super::course::{ArmCourse, CourseFigure};
use super::probability::{ArmProbability, ProbabilityFigure};
use super::time_above::{ArmDays, SubsetDays, TimeAboveFigure};
use super::waterfall::{ArmBars, Bar, WaterfallFigure};
use super::*;
use crate::error::Result;
use crate::report::drawing::canvas::Lettering;
use crate::report::drawing::platelets::Levels;
use crate::report::drawing::testing::{assert_presentable, texts};
use proptest::prelude::*;

const UNITS_PER_MM: f64 = 960.0 / 25.4;

fn words() -> Words {
    Words {
        title: "Up by 20 or more before any transfusion: 70 of 108 patients, 3 of 107".to_owned(),
        model_name: "L-PLUS 2; mechanistic model, variant B".to_owned(),
        caption: "First of 100 simulated trials, seed 1. ".repeat(4),
    }
}

fn protocol() -> Protocol {
    Protocol {
        visits: vec![1.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 14.0, 17.0, 21.0, 28.0, 35.0],
        last_day: 35.0,
        procedure: (9.0, 14.0),
    }
}

fn arm(i: usize) -> Arm {
    let name = if i == 0 { "Placebo".to_owned() } else { format!("Lusutrombopag {} mg", i + 1) };
    let colour = if i == 0 { Colour::PLACEBO } else { Colour::dose_ramp(i as f64 / 4.0) };
    Arm { name, colour }
}

fn days() -> Vec<f64> {
    (1..=35).map(f64::from).collect()
}

fn course(arms: usize, height: f64) -> CourseFigure {
    let count =
        |day: f64, i: usize| 38.0 + height * i as f64 * (-(day - 13.0).powi(2) / 40.0).exp();
    let course = |i: usize| ArmCourse {
        arm: arm(i),
        quantiles: days()
            .into_iter()
            .map(|day| [0.6, 0.8, 1.0, 1.2, 1.5].map(|f| f * count(day, i)))
            .collect(),
        doses: if i == 0 { Vec::new() } else { (1..=7).map(f64::from).collect() },
    };
    CourseFigure {
        words: words(),
        protocol: protocol(),
        days: days(),
        arms: (0..arms).map(course).collect(),
        y_max: 1.6 * (38.0 + height * arms as f64),
        levels: Levels::USUAL,
    }
}

fn probability(arms: usize) -> ProbabilityFigure {
    let probability = |i: usize| ArmProbability {
        arm: arm(i),
        share: days().into_iter().map(|day| 0.02 * day * i as f64 / 4.0).collect(),
        error: vec![0.02; 35],
    };
    ProbabilityFigure {
        words: words(),
        protocol: protocol(),
        y_title: "Patients at or above 50 × 10⁹/L (%)".to_owned(),
        days: days(),
        doses: vec![1.0, 2.0],
        arms: (0..arms).map(probability).collect(),
    }
}

fn waterfall(arms: usize, patients: usize) -> WaterfallFigure {
    let bars = |i: usize| ArmBars {
        arm: arm(i),
        note: format!("9 of {patients} up by 20 or more, 5 transfused, 1 without a count"),
        bars: (0..patients)
            .map(|p| Bar {
                change: 90.0 - 120.0 * p as f64 / patients as f64,
                transfused: p % 3 == 0,
            })
            .collect(),
    };
    WaterfallFigure {
        words: words(),
        y_title: "Largest count less baseline (10⁹/L)".to_owned(),
        rise: 20.0,
        arms: (0..arms).map(bars).collect(),
    }
}

fn time_above(arms: usize, subsets: usize) -> TimeAboveFigure {
    let days = |i: usize| ArmDays {
        arm: arm(i),
        days: (0..=20).map(|p| f64::from(p) * 0.5 * (i + 1) as f64).collect(),
        median: Some(5.0 * (i + 1) as f64),
        published: (i == 1).then_some(19.2),
    };
    let subset = |_| SubsetDays {
        title: "Neither transfused nor rescued".to_owned(),
        note: "counts after transfusion included".to_owned(),
        arms: (0..arms).map(days).collect(),
    };
    TimeAboveFigure {
        words: words(),
        x_title: "Days at or above 50 × 10⁹/L".to_owned(),
        most_days: 35.0,
        subsets: (0..subsets).map(subset).collect(),
    }
}

#[test]
fn invariant_any_number_of_arms_is_presentable() -> Result<()> {
    let lettering = Lettering::FromPage;
    for arms in 0..=6 {
        assert_presentable(&course::draw(&course(arms, 15.0), lettering)?);
        assert_presentable(&course::draw(&course(arms, 120.0), lettering)?);
        assert_presentable(&probability::draw(&probability(arms), lettering)?);
        for patients in [0, 1, 16, 107, 3000] {
            assert_presentable(&waterfall::draw(&waterfall(arms, patients), lettering)?);
        }
        for subsets in 0..=4 {
            assert_presentable(&time_above::draw(&time_above(arms, subsets), lettering)?);
        }
    }
    Ok(())
}

#[test]
fn invariant_long_names_and_unequal_arms_fit() -> Result<()> {
    let long = "Lusutrombopag 3 mg once daily for 7 days, stopped at 50 and a rise of 20";
    let mut bars = waterfall(3, 100);
    bars.arms[1].arm.name = long.to_owned();
    bars.arms[1].bars.truncate(4);
    bars.arms[2].bars.clear();
    assert_presentable(&waterfall::draw(&bars, Lettering::FromPage)?);
    let mut course = course(3, 10.0);
    course.arms[1].arm.name = long.to_owned();
    assert_presentable(&course::draw(&course, Lettering::FromPage)?);
    let mut days = time_above(2, 3);
    days.subsets[0].arms[1].arm.name = long.to_owned();
    days.subsets[1].arms[0].median = None;
    days.subsets[1].arms[0].days.clear();
    assert_presentable(&time_above::draw(&days, Lettering::FromPage)?);
    Ok(())
}

/// Left, top, right and bottom (mm) of the polygons of a colour and an opacity.
fn boxes(svg: &str, colour: &str, opacity: &str) -> Vec<[f64; 4]> {
    let lines = svg.lines().filter(|l| l.starts_with("<polygon") && l.contains(colour));
    let lines = lines
        .filter(|l| if opacity.is_empty() { !l.contains("opacity") } else { l.contains(opacity) });
    let corners = |line: &str| {
        let list = line.split("points=\"").nth(1).and_then(|r| r.split('"').next()).unwrap_or("");
        let numbers = list.split([' ', ',']).filter_map(|n| n.parse::<f64>().ok());
        numbers.map(|n| n / UNITS_PER_MM).collect::<Vec<f64>>()
    };
    let span = |values: &[f64], from: usize| {
        let own = || values.iter().skip(from).step_by(2).copied();
        (own().fold(f64::INFINITY, f64::min), own().fold(f64::NEG_INFINITY, f64::max))
    };
    lines
        .map(|line| {
            let corners = corners(line);
            let ((left, right), (top, bottom)) = (span(&corners, 0), span(&corners, 1));
            [left, top, right, bottom]
        })
        .collect()
}

#[test]
fn invariant_bars_are_sorted_and_as_long_as_the_numbers_say() -> Result<()> {
    let mut figure = waterfall(1, 3);
    figure.arms[0].bars =
        [10.0, -5.0, 40.0].map(|change| Bar { change, transfused: change < 0.0 }).to_vec();
    let svg = waterfall::draw(&figure, Lettering::FromPage)?;
    let full = boxes(&svg, "#999999", "");
    let pale = boxes(&svg, "#999999", "0.32");
    // The key comes first in both.
    let [highest, middle, fallen] = [full[1], full[2], pale[1]];
    assert!(highest[2] <= middle[0] + 0.05 && middle[2] <= fallen[0] + 0.05, "not sorted");
    let height = |b: [f64; 4]| b[3] - b[1];
    assert!((height(highest) / height(middle) - 4.0).abs() < 0.05);
    assert!((height(middle) / height(fallen) - 2.0).abs() < 0.05);
    assert!((fallen[1] - highest[3]).abs() < 0.05, "a fall hangs below the line of no change");
    Ok(())
}

#[test]
fn invariant_the_window_of_the_procedure_is_where_the_days_say() -> Result<()> {
    for svg in [
        course::draw(&course(2, 15.0), Lettering::FromPage)?,
        probability::draw(&probability(2), Lettering::FromPage)?,
    ] {
        let written = texts(&svg);
        // The numbers of the horizontal axis stand lowest of their kind.
        let middle = |words: &str| {
            let lowest = written.iter().filter(|t| t.words == words);
            let tick = lowest.max_by(|a, b| a.top.total_cmp(&b.top)).unwrap();
            f64::midpoint(tick.left, tick.right)
        };
        let (first, last) = (middle("1"), middle("35"));
        let place = |day: f64| first + (day - 1.0) / 34.0 * (last - first);
        let shade =
            boxes(&svg, "#E5E5E5", "0.55").into_iter().find(|b| b[3] - b[1] > 10.0).unwrap();
        assert!((shade[0] - place(9.0)).abs() < 0.3 && (shade[2] - place(14.0)).abs() < 0.3);
    }
    Ok(())
}

#[test]
fn invariant_medians_lie_on_the_line_of_one_half_and_published_ones_are_black() -> Result<()> {
    let svg = time_above::draw(&time_above(2, 1), Lettering::FromPage)?;
    let value = |line: &str, name: &str| {
        let value = line.split(&format!(" {name}=\"")).nth(1).and_then(|r| r.split('"').next());
        value.and_then(|v| v.parse::<f64>().ok()).unwrap_or(f64::NAN) / UNITS_PER_MM
    };
    let circles = svg.lines().filter(|l| l.starts_with("<circle") && !l.contains("#FFFFFF"));
    // The key has three points.
    let points: Vec<(f64, f64, bool)> =
        circles.skip(3).map(|l| (value(l, "cx"), value(l, "cy"), l.contains("#000000"))).collect();
    assert_eq!(points.len(), 3);
    assert!(points.iter().all(|point| (point.1 - points[0].1).abs() < 0.05));
    let black: Vec<_> = points.iter().filter(|point| point.2).collect();
    assert_eq!(black.len(), 1);
    let share = (black[0].0 - points[0].0) / (points[1].0 - points[0].0);
    assert!((share - (19.2 - 5.0) / 5.0).abs() < 0.02, "medians 5 and 10, published 19.2");
    assert!(texts(&svg).iter().any(|t| t.words.contains("published 19.2")));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn prop_no_number_whatever_breaks_a_figure(
        numbers in prop::collection::vec(prop::num::f64::ANY, 12),
        arms in 1..4_usize,
    ) {
        let mut course = course(arms, 15.0);
        course.arms[0].quantiles[3] = [numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]];
        course.y_max = numbers[5];
        course.protocol.procedure = (numbers[6], numbers[7]);
        let mut probability = probability(arms);
        probability.arms[0].share[4] = numbers[8];
        probability.arms[0].error[7] = numbers[9];
        let mut waterfall = waterfall(arms, 5);
        waterfall.arms[0].bars[1].change = numbers[10];
        waterfall.rise = numbers[11];
        let mut days = time_above(arms, 2);
        days.subsets[0].arms[0].days[3] = numbers[0];
        days.subsets[1].arms[0].median = Some(numbers[1]);
        days.most_days = numbers[2];
        let lettering = Lettering::FromPage;
        for svg in [
            course::draw(&course, lettering),
            probability::draw(&probability, lettering),
            waterfall::draw(&waterfall, lettering),
            time_above::draw(&days, lettering),
        ] {
            prop_assert!(svg.is_ok_and(|svg| !svg.contains("NaN") && !svg.contains("inf")));
        }
    }
}
