//! Random records: the schedule, run exactly, against superposition of closed forms; and what may change
//! nothing.

use super::lists::{difference, expected, linear, model, run};
use super::made::{Made, csv, made};
use super::oracle::FAULTS;
use std::fmt::Write;
use std::path::Path;
use thrombopoiesis::records::{Options, read};

/// How many record lists are tried; more with the environment variable `THROMBO_RECORD_LISTS`.
fn lists() -> u64 {
    let given = std::env::var("THROMBO_RECORD_LISTS").ok().and_then(|text| text.parse().ok());
    given.unwrap_or(400)
}

/// Most records of a list.
const MOST: usize = 13;
/// Largest difference allowed, of the subject's maximum.
const TOLERANCE: f64 = 1e-10;

#[test]
fn analytic_random_records_are_those_of_superposition() {
    for seed in 0..lists() {
        let (rows, model) = (made(seed, MOST), model(seed));
        let found = run(&rows, model);
        let expected = expected(&rows, model, None);
        let worst = difference(&found, &expected);
        assert!(worst < TOLERANCE, "seed {seed}: {worst:e}\n{}{found:?}\n{expected:?}", csv(&rows));
    }
}

/// Longer lists, of up to 60 records.
#[test]
fn analytic_long_random_records_are_those_of_superposition() {
    for seed in 0..lists() / 8 {
        let (rows, model) = (made(100_000 + seed, 60), model(seed));
        let worst = difference(&run(&rows, model), &expected(&rows, model, None));
        assert!(worst < TOLERANCE, "seed {seed}: {worst:e}\n{}", csv(&rows));
    }
}

#[test]
fn invariant_every_planted_fault_is_seen_in_random_records() {
    for fault in FAULTS {
        let is_seen = |seed: &u64| {
            let (rows, model) = (made(*seed, MOST), model(*seed));
            difference(&run(&rows, model), &expected(&rows, model, Some(fault))) > 1e-6
        };
        let seen = (0..200).filter(is_seen).count();
        assert!(seen > 0, "{fault:?} is not seen");
    }
}

/// That `changed` gives at the rows `kept` what `rows` give at all of theirs.
fn same(seed: u64, rows: &[Made], changed: &[Made], kept: &[usize]) {
    let model = model(seed);
    let found = run(changed, model);
    let found: Vec<_> = kept.iter().map(|i| found[*i]).collect();
    let worst = difference(&found, &run(rows, model));
    assert!(worst < TOLERANCE, "seed {seed}: {worst:e}\n{}{}", csv(rows), csv(changed));
}

#[test]
fn invariant_additional_doses_are_rows_of_their_own() {
    let mut tried = 0;
    for seed in 0..lists() {
        let rows = made(seed, MOST);
        // Copies as rows of their own show at their times, so only those before a cancelling row are moved.
        let last = rows.last().map_or(0.0, |row| row.time);
        let is_simple = |row: &Made| row.evid < 3 && row.ss == 0;
        let split = rows.iter().position(|row| row.addl > 0 && row.evid == 1);
        let Some(split) = split.filter(|i| rows[*i..].iter().all(is_simple)) else { continue };
        let dose = rows[split];
        let mut changed: Vec<(Made, Option<usize>)> =
            rows.iter().enumerate().map(|(i, row)| (*row, Some(i))).collect();
        changed[split].0.addl = 0;
        changed[split].0.ii = 0.0;
        for copy in 1..=dose.addl {
            let time = dose.time + dose.ii * copy as f64;
            let row = Made { time, addl: 0, ii: 0.0, ..dose };
            // Before the rows of its time, which it precedes as an arrival.
            let is_later = |own: &(Made, Option<usize>)| own.0.time >= time;
            let place = changed[split + 1..].iter().position(is_later);
            let place = place.map_or(changed.len(), |place| split + 1 + place);
            if time <= last {
                changed.insert(place, (row, None));
            }
        }
        let kept: Vec<_> = (0..changed.len()).filter(|i| changed[*i].1.is_some()).collect();
        let changed: Vec<_> = changed.into_iter().map(|(row, _)| row).collect();
        same(seed, &rows, &changed, &kept);
        tried += 1;
    }
    assert!(tried > 5, "{tried}");
}

#[test]
fn invariant_rows_that_only_advance_the_clock_change_nothing() {
    for seed in 0..lists() {
        let rows = made(seed, MOST);
        let mut changed = Vec::new();
        let mut kept = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            if i > 0 && row.evid < 3 {
                let time = 0.37 * rows[i - 1].time + 0.63 * row.time;
                changed.push(Made { evid: 2, properties: row.properties, ..Made::at(time) });
            }
            kept.push(changed.len());
            changed.push(*row);
        }
        same(seed, &rows, &changed, &kept);
    }
}

#[test]
fn invariant_r2_another_zero_of_time_changes_nothing() {
    for seed in 0..lists() {
        let rows = made(seed, MOST);
        let changed: Vec<_> =
            rows.iter().map(|row| Made { time: row.time + 32.0, ..*row }).collect();
        same(seed, &rows, &changed, &(0..rows.len()).collect::<Vec<_>>());
    }
}

#[test]
fn invariant_r17_evid_4_is_evid_3_and_then_1() {
    for seed in 0..lists() {
        let rows = made(seed, MOST);
        let mut changed = Vec::new();
        let mut kept = Vec::new();
        for row in &rows {
            if row.evid == 4 {
                changed.push(Made { evid: 3, ..Made::at(row.time) });
            }
            kept.push(changed.len());
            let evid = if row.evid == 4 { 1 } else { row.evid };
            changed.push(Made { evid, ..*row });
        }
        same(seed, &rows, &changed, &kept);
    }
}

#[test]
fn invariant_the_order_of_subjects_changes_nothing() {
    let text = |order: [u64; 3]| {
        let mut text = String::new();
        for seed in order {
            let own = csv(&made(seed, MOST));
            let (header, rows) = own.split_once('\n').expect("a header");
            if text.is_empty() {
                text = header.to_owned() + "\n";
            }
            for row in rows.lines() {
                let _ = writeln!(text, "S{seed}{}", row.strip_prefix('1').expect("the ID"));
            }
        }
        text
    };
    let subjects = |order| {
        let predictor = linear(model(0));
        let options = Options { output: Some("depot".to_owned()), ..Options::default() };
        let text = text(order);
        let reading = read(Path::new("data.csv"), &text, Some(predictor.structure()), &options);
        let mut subjects = reading.into_records().expect("records").subjects;
        subjects.sort_by(|a, b| a.id.cmp(&b.id));
        subjects.iter_mut().flat_map(|own| &mut own.rows).for_each(|row| row.line = 0);
        subjects
    };
    assert_eq!(subjects([1, 2, 3]), subjects([3, 1, 2]));
}
