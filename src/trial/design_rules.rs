//! Which designs contradict themselves.

use super::design::{Allocation, Arm, Design, Procedure, Visits};
use crate::error::echo;

/// Days that are the same day.
const SAME_DAY: f64 = 1e-9;
/// Earliest screening: from then on variation between visits is followed.
const FIRST_SCREENING: f64 = -60.0;

/// The rules that are broken: the key of the file, such as `procedure.first_day`, and the rule.
struct Broken(Vec<(String, String)>);

impl Broken {
    fn unless(&mut self, holds: bool, key: &str, text: impl FnOnce() -> String) {
        if !holds {
            self.0.push((key.to_owned(), text()));
        }
    }
}

impl Design {
    /// Every rule that the design breaks: the key of the file, such as `procedure.first_day`, and the
    /// rule.
    #[must_use]
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut broken = Broken(Vec::new());
        self.check_visits(&mut broken);
        self.check_procedure(&mut broken);
        self.check_arms(&mut broken);
        self.check_allocation(&mut broken);
        broken.0
    }

    fn check_visits(&self, broken: &mut Broken) {
        let Visits { days, window_days, .. } = &self.visits;
        let rising = days.windows(2).all(|pair| pair[0] < pair[1]);
        broken.unless(rising, "visits.days", || "must rise".to_owned());
        let first = days.first().copied().unwrap_or(f64::NAN);
        broken.unless((first - 1.0).abs() < SAME_DAY, "visits.days", || {
            "must begin with day 1, the baseline".to_owned()
        });
        let moving = |day: f64| if self.visit_moves(day) { *window_days } else { 0.0 };
        for pair in days.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            let apart = after - before > moving(before) + moving(after);
            broken.unless(apart || after <= before, "visits.window_days", || {
                format!(
                    "= {window_days} lets the visits of days {before} and {after} change places"
                )
            });
        }
        let (last, end) = (days.last().copied().unwrap_or(1.0), self.endpoints.last_day);
        broken.unless(last <= end, "visits.days", || {
            format!("has day {last}, after the end of the trial on day {end}")
        });
        let screening = self.entry.screening_day;
        broken.unless(screening < 1.0, "entry.screening_day", || {
            format!("= {screening} must lie before day 1")
        });
        broken.unless(screening >= FIRST_SCREENING, "entry.screening_day", || {
            format!("= {screening} must not lie before day {FIRST_SCREENING}")
        });
    }

    fn check_procedure(&self, broken: &mut Broken) {
        let Procedure { first_day, last_day } = self.procedure;
        for (key, day) in [("procedure.first_day", first_day), ("procedure.last_day", last_day)] {
            broken.unless(day.fract().abs() <= 0.0, key, || format!("= {day} must be a whole day"));
        }
        broken.unless(first_day <= last_day, "procedure.last_day", || {
            format!("= {last_day}: the window from day {first_day} to day {last_day} is empty")
        });
        let dosing = self.last_dose_day();
        broken.unless(first_day > dosing, "procedure.first_day", || {
            format!("= {first_day} is not after the end of dosing on day {dosing}")
        });
        let (rescue, end) = (self.endpoints.rescue_days, self.endpoints.last_day);
        broken.unless(last_day + rescue <= end, "procedure.last_day", || {
            format!(
                "= {last_day} and {rescue} days for rescue pass the end of the trial, day {end}"
            )
        });
        let from = self.transfusion.count_from_day;
        broken.unless(from > dosing, "transfusion.count_from_day", || {
            format!("= {from} is not after the end of dosing on day {dosing}")
        });
        let decides = |visit: &f64| {
            let latest = if self.transfusion.count_same_day { 1.0 } else { 0.0 };
            *visit >= from
                && *visit < last_day + latest
                && *visit >= first_day - self.transfusion.count_within_days
        };
        broken.unless(self.visits.days.iter().any(decides), "transfusion", || {
            "lets no visit give the pre-procedure count".to_owned()
        });
    }

    fn check_arms(&self, broken: &mut Broken) {
        broken.unless(!self.arms.is_empty(), "arms", || "must be one at least".to_owned());
        if let Some(control) = &self.comparison.control {
            broken.unless(self.arm(control).is_some(), "comparison.control", || {
                let arms: Vec<&str> = self.arms.iter().map(|arm| arm.id.as_str()).collect();
                format!("is \"{}\", not an arm: the arms are {}", echo(control), arms.join(", "))
            });
        }
        for (i, arm) in self.arms.iter().enumerate() {
            let twice = self.arms[..i].iter().any(|other| other.id == arm.id);
            broken.unless(!twice, "arms", || format!("has `{}` twice", arm.id));
            let key = format!("arms.{}.regimen", arm.id);
            for day in arm.regimen.stopping_rule.iter().flat_map(|rule| &rule.visit_days) {
                let visited = self.visits.days.iter().any(|visit| (visit - day).abs() < SAME_DAY);
                broken.unless(visited, &key, || format!("looks at day {day}, which is no visit"));
            }
            let (late, free) = (self.dosing.late_h, shortest_wait(arm));
            broken.unless(late < free || late <= 0.0, "dosing.late_h", || {
                format!(
                    "= {late}: a dose of `{}` is followed after {free} h by a dose or a look",
                    arm.id
                )
            });
        }
    }

    fn check_allocation(&self, broken: &mut Broken) {
        let per_round: usize = self.arms.iter().map(|arm| arm.ratio).sum();
        let Allocation { block, .. } = self.allocation;
        let fits = per_round > 0 && block > 0 && block % per_round.max(1) == 0;
        broken.unless(fits, "allocation.block", || {
            format!("= {block} is no multiple of {per_round}, the sum of the ratios")
        });
        let sizes: Vec<usize> = self.arms.iter().filter_map(|arm| arm.size).collect();
        let total: usize = sizes.iter().sum();
        let whole = sizes.len() == self.arms.len() && total == self.randomised;
        broken.unless(sizes.is_empty() || whole, "randomised", || {
            format!("= {} is not {total}, the sum of the arms' sizes", self.randomised)
        });
    }
}

/// The shortest time from a dose of an arm to the next dose or the next look of its rule, h.
fn shortest_wait(arm: &Arm) -> f64 {
    let doses: Vec<f64> = arm.regimen.planned().iter().map(|dose| dose.time.in_hours()).collect();
    let rule = arm.regimen.stopping_rule.iter().flat_map(|rule| &rule.visit_days);
    let looks = rule.map(|day| crate::units::Time::visit_day(*day).in_hours());
    let after: Vec<f64> = looks.chain(doses.iter().copied()).collect();
    let waits = doses.iter().flat_map(|dose| after.iter().map(move |next| next - dose));
    waits.filter(|wait| *wait > SAME_DAY).fold(f64::INFINITY, f64::min)
}
