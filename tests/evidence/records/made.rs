//! Records made up at random, as the CSV that a user would write.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;
use thrombopoiesis::table::shortest;

/// What the model of the tests gives for the doses of a row by one route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Properties {
    pub(crate) f: f64,
    pub(crate) lag: f64,
    pub(crate) rate: f64,
    pub(crate) duration: f64,
}

impl Default for Properties {
    fn default() -> Self {
        Self { f: 1.0, lag: 0.0, rate: 1.0, duration: 1.0 }
    }
}

/// One record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Made {
    pub(crate) time: f64,
    pub(crate) evid: u8,
    pub(crate) amt: f64,
    pub(crate) rate: f64,
    pub(crate) ii: f64,
    pub(crate) addl: usize,
    pub(crate) ss: u8,
    pub(crate) cmt: usize,
    /// By route 1 and 2.
    pub(crate) properties: [Properties; 2],
}

impl Made {
    /// An observation.
    pub(crate) fn at(time: f64) -> Self {
        let properties = [Properties::default(); 2];
        Self { time, evid: 0, amt: 0.0, rate: 0.0, ii: 0.0, addl: 0, ss: 0, cmt: 0, properties }
    }
}

/// The records as CSV, all of one subject.
pub(crate) fn csv(rows: &[Made]) -> String {
    let mut text = "ID,TIME,EVID,AMT,RATE,II,ADDL,SS,CMT".to_owned();
    text += ",F1,LAG1,RATE1,DUR1,F2,LAG2,RATE2,DUR2\n";
    for row in rows {
        let [time, amt, rate, ii] = [row.time, row.amt, row.rate, row.ii].map(shortest);
        let Made { evid, addl, ss, cmt, .. } = row;
        let _ = write!(text, "1,{time},{evid},{amt},{rate},{ii},{addl},{ss},{cmt}");
        for own in row.properties {
            let all = [own.f, own.lag, own.rate, own.duration].map(shortest);
            let _ = write!(text, ",{}", all.join(","));
        }
        text.push('\n');
    }
    text
}

/// Random records of one subject, at most so many. Times, lags and intervals are of few values, so that ties are
/// common.
pub(crate) fn made(seed: u64, most: usize) -> Vec<Made> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut time: f64 = pick(&mut rng, &[0.0, 0.0, 3.0, -5.0]);
    let rows = rng.random_range(3..=most);
    let mut made = Vec::new();
    for i in 0..rows {
        if i > 0 {
            time += pick(&mut rng, &[0.0, 0.0, 0.5, 1.0, 2.0, 3.5, 6.0, 6.0, 12.0, 24.0]);
        }
        let kind: u8 = pick(&mut rng, &[0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4]);
        if kind >= 3 {
            time = pick(&mut rng, &[time, 0.0, time - 5.0]);
        }
        let mut row = Made { evid: kind, ..Made::at(time) };
        if matches!(kind, 1 | 4) {
            dose(&mut rng, &mut row);
        }
        made.push(row);
    }
    made
}

fn pick<T: Copy>(rng: &mut ChaCha8Rng, from: &[T]) -> T {
    from[rng.random_range(0..from.len())]
}

fn dose(rng: &mut ChaCha8Rng, row: &mut Made) {
    for own in &mut row.properties {
        *own = Properties {
            f: pick(rng, &[1.0, 0.5, 0.8, 2.0, 0.0]),
            lag: pick(rng, &[0.0, 0.0, 0.5, 1.0, 6.0, 7.5, 12.0, 13.0, 30.0]),
            rate: pick(rng, &[0.5, 2.0, 10.0]),
            duration: pick(rng, &[0.0, 0.5, 2.0, 6.0, 9.0, 12.0, 30.0]),
        };
    }
    row.cmt = pick(rng, &[0, 1, 1, 2, 2, 3]);
    row.amt = pick(rng, &[1.0, 3.0, 10.0]);
    row.ss = pick(rng, &[0, 0, 0, 0, 1, 2]);
    let has_route = row.cmt < 3;
    let fixed = row.amt / pick(rng, &[0.5, 1.0, 2.0, 6.0, 9.0, 12.0, 15.0, 30.0]);
    row.rate = pick(rng, &[0.0, 0.0, fixed, fixed, -1.0, -2.0]);
    if row.rate < 0.0 && !has_route {
        row.rate = 0.0;
    }
    let is_rate = row.rate > 0.0 || row.rate > -1.5 && row.rate < 0.0;
    if row.ss > 0 && is_rate && rng.random_range(0..4) == 0 {
        row.amt = 0.0;
        return;
    }
    row.addl = pick(rng, &[0, 0, 0, 1, 3, 5]);
    if row.ss > 0 || row.addl > 0 {
        row.ii = pick(rng, &[6.0, 8.0, 12.0, 24.0]);
    }
}
