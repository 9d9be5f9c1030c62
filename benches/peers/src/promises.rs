//! What is promised of the lane engine, beside what was measured.

use crate::Size;
use crate::listing::{ALL_STATES, CLOSED_FORM, DAILY, DIFFSOL, HOURLY, LSODA, Row};

#[derive(Default)]
pub(crate) struct Promises(Vec<String>);

impl Promises {
    pub(crate) fn at_least(&mut self, what: &str, found: f64, limit: f64) {
        self.add(what, found, &format!("at least {}", plain(limit)), found >= limit);
    }

    pub(crate) fn at_most(&mut self, what: &str, found: f64, limit: f64) {
        self.add(what, found, &format!("at most {}", plain(limit)), found <= limit);
    }

    fn add(&mut self, what: &str, found: f64, limit: &str, held: bool) {
        let verdict = if held { "yes" } else { "**no**" };
        self.0.push(format!("| {what} | {limit} | {} | {verdict} |", number(found)));
    }

    /// Ratios of the listings.
    pub(crate) fn speed(&mut self, rows: &[Row], size: &Size) {
        let cost = |name: &str, output: usize, count: usize| {
            let row = |row: &&Row| row.name == name && row.output == output && row.count == count;
            rows.iter().find(row)
        };
        let [few, many, most] = [0, 1, 2].map(|i| size.counts[i]);
        let mut ratio = |slow: (&str, usize), fast: (&str, usize), what: &str, limit: f64| {
            let pair = (cost(slow.0, slow.1, many), cost(fast.0, fast.1, many));
            let (Some(slow), Some(fast)) = pair else { return };
            let ratio = slow.one.processor / fast.one.processor;
            if limit > 2.0 {
                self.at_least(what, ratio, limit);
            } else {
                self.at_most(what, ratio, limit);
            }
        };
        let [closed, all, diffsol, lsoda] =
            [CLOSED_FORM, ALL_STATES, DIFFSOL, LSODA].map(|n| (n, DAILY));
        ratio(diffsol, closed, "diffsol Tsit5 over closed form, daily", 20.0);
        ratio(lsoda, closed, "numbalsoda LSODA over closed form, daily", 28.0);
        ratio(diffsol, all, "diffsol Tsit5 over all states, daily", 7.0);
        ratio((CLOSED_FORM, HOURLY), closed, "hourly over daily, closed form", 1.6);
        ratio((ALL_STATES, HOURLY), all, "hourly over daily, all states", 1.6);
        for name in [CLOSED_FORM, ALL_STATES] {
            if let Some(row) = cost(name, DAILY, most) {
                let what = format!("two threads over one, {name}, {most} subjects");
                self.at_least(&what, row.gain(), 1.7);
            }
        }
        let own = [few, many].into_iter().flat_map(|count| {
            [(CLOSED_FORM, DAILY), (ALL_STATES, DAILY), (CLOSED_FORM, HOURLY), (ALL_STATES, HOURLY)]
                .map(|(name, output)| cost(name, output, count).map_or(f64::NAN, |row| row.error))
        });
        self.at_most("worst error of the lanes on the workload", own.fold(0.0, f64::max), 1e-5);
    }

    pub(crate) fn print(&self) {
        println!("\n## What is promised\n");
        println!("| | promised | measured | held |");
        println!("|---|---:|---:|---|");
        self.0.iter().for_each(|line| println!("{line}"));
    }
}

fn number(value: f64) -> String {
    match value {
        v if v == 0.0 || v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        v => format!("{v:.1e}"),
    }
}

/// A number that was written down, not measured.
fn plain(value: f64) -> String {
    if value == 0.0 || value >= 0.01 { value.to_string() } else { format!("{value:e}") }
}
