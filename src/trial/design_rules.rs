//! Which designs contradict themselves.

use super::design::{Allocation, Arm, Design, Procedure, Visits};
use crate::error::echo;

/// Days that are the same day.
const SAME_DAY: f64 = 1e-9;
/// Earliest screening: from then on variation between visits is followed.
const FIRST_SCREENING: f64 = -60.0;

/// A rule that a design breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRule {
    /// The key of the file, such as `procedure.first_day`.
    pub key: String,
    /// The rule, and what breaks it.
    pub rule: String,
    /// The keys that the rule compares.
    pub needs: Vec<String>,
}

/// The rules that are broken.
struct Broken(Vec<BrokenRule>);

impl Broken {
    /// Notes that `key` breaks a rule about it and the keys in `needs`, unless the rule holds.
    fn unless(&mut self, holds: bool, key: &str, needs: &[&str], rule: impl FnOnce() -> String) {
        if !holds {
            let needs = needs.iter().copied().chain([key]).map(str::to_owned).collect();
            self.0.push(BrokenRule { key: key.to_owned(), rule: rule(), needs });
        }
    }
}

impl Design {
    /// Every rule that the design breaks.
    #[must_use]
    pub fn problems(&self) -> Vec<BrokenRule> {
        let mut broken = Broken(Vec::new());
        self.check_visits(&mut broken);
        self.check_procedure(&mut broken);
        self.check_arms(&mut broken);
        self.check_allocation(&mut broken);
        broken.0
    }

    /// `key` of every arm.
    fn keys_of_arms(&self, key: &str) -> Vec<String> {
        self.arms.iter().map(|arm| format!("arms.{}.{key}", arm.id)).collect()
    }

    fn check_visits(&self, broken: &mut Broken) {
        let Visits { days, window_days, .. } = &self.visits;
        let rising = days.windows(2).all(|pair| pair[0] < pair[1]);
        broken.unless(rising, "visits.days", &[], || "must be in increasing order".to_owned());
        let first = days.first().copied().unwrap_or(f64::NAN);
        broken.unless((first - 1.0).abs() < SAME_DAY, "visits.days", &[], || {
            "must begin with day 1, the baseline".to_owned()
        });
        let whole = days.iter().all(|day| day.fract().abs() <= 0.0);
        broken.unless(whole, "visits.days", &[], || "must be whole days".to_owned());
        let moving = |day: f64| if self.visit_moves(day) { *window_days } else { 0.0 };
        for pair in days.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            let apart = after - before > moving(before) + moving(after);
            let needs = ["visits.days", "transfusion.count_from_day"];
            broken.unless(apart || after <= before, "visits.window_days", &needs, || {
                format!(
                    "= {window_days} lets the visits of days {before} and {after} change places"
                )
            });
        }
        let (last, end) = (days.last().copied().unwrap_or(1.0), self.endpoints.last_day);
        broken.unless(last <= end, "visits.days", &["endpoints.last_day"], || {
            format!("has day {last}, after the end of the trial on day {end}")
        });
        let screening = self.entry.screening_day;
        broken.unless(screening < 1.0, "entry.screening_day", &[], || {
            format!("= {screening} must lie before day 1")
        });
        broken.unless(screening >= FIRST_SCREENING, "entry.screening_day", &[], || {
            format!("= {screening} must not lie before day {FIRST_SCREENING}")
        });
    }

    fn check_procedure(&self, broken: &mut Broken) {
        let Procedure { first_day, last_day } = self.procedure;
        for (key, day) in [("procedure.first_day", first_day), ("procedure.last_day", last_day)] {
            broken.unless(day.fract().abs() <= 0.0, key, &[], || {
                format!("= {day} must be a whole day")
            });
        }
        broken.unless(first_day <= last_day, "procedure.last_day", &["procedure"], || {
            format!("= {last_day}: the window from day {first_day} to day {last_day} is empty")
        });
        let dosing = self.last_dose_day();
        let regimens = self.keys_of_arms("regimen");
        let regimens = as_strs(&regimens);
        broken.unless(first_day > dosing, "procedure.first_day", &regimens, || {
            format!("= {first_day} is not after the end of dosing on day {dosing}")
        });
        let (rescue, end) = (self.endpoints.rescue_days, self.endpoints.last_day);
        broken.unless(last_day + rescue <= end, "procedure.last_day", &["endpoints"], || {
            format!(
                "= {last_day} and {rescue} days for rescue extend beyond the end of the trial, day {end}"
            )
        });
        let from = self.transfusion.count_from_day;
        broken.unless(from > dosing, "transfusion.count_from_day", &regimens, || {
            format!("= {from} is not after the end of dosing on day {dosing}")
        });
        let decides = |visit: &f64| {
            let latest = if self.transfusion.count_same_day { 1.0 } else { 0.0 };
            *visit >= from
                && *visit < last_day + latest
                && *visit >= first_day - self.transfusion.count_within_days
        };
        let needs = ["visits.days", "procedure"];
        broken.unless(self.visits.days.iter().any(decides), "transfusion", &needs, || {
            "leaves no visit for the pre-procedure count".to_owned()
        });
    }

    fn check_arms(&self, broken: &mut Broken) {
        broken.unless(!self.arms.is_empty(), "arms", &[], || {
            "must have at least one entry".to_owned()
        });
        if let Some(control) = &self.comparison.control {
            broken.unless(self.arm(control).is_some(), "comparison.control", &["arms"], || {
                let arms: Vec<&str> = self.arms.iter().map(|arm| arm.id.as_str()).collect();
                format!("is \"{}\", not an arm: the arms are {}", echo(control), arms.join(", "))
            });
        }
        for (i, arm) in self.arms.iter().enumerate() {
            let twice = self.arms[..i].iter().any(|other| other.id == arm.id);
            broken.unless(!twice, "arms", &[], || format!("has `{}` twice", arm.id));
            let key = format!("arms.{}.regimen", arm.id);
            for day in arm.regimen.stopping_rule.iter().flat_map(|rule| &rule.visit_days) {
                let visited = self.visits.days.iter().any(|visit| (visit - day).abs() < SAME_DAY);
                broken.unless(visited, &key, &["visits.days"], || {
                    format!("uses day {day}, which is not a visit")
                });
            }
            let (late, free) = (self.dosing.late_h, shortest_wait(arm));
            broken.unless(late < free || late <= 0.0, "dosing.late_h", &[&key], || {
                format!(
                    "= {late}: a dose of `{}` is followed after {free} h by the next dose or a check of the stopping rule",
                    arm.id
                )
            });
        }
    }

    fn check_allocation(&self, broken: &mut Broken) {
        let per_round: usize = self.arms.iter().map(|arm| arm.ratio).sum();
        let Allocation { block, .. } = self.allocation;
        let fits = per_round > 0 && block > 0 && block % per_round.max(1) == 0;
        let ratios = self.keys_of_arms("ratio");
        broken.unless(fits, "allocation.block", &as_strs(&ratios), || {
            format!("= {block} is not a multiple of {per_round}, the sum of the ratios")
        });
        let sizes: Vec<usize> = self.arms.iter().filter_map(|arm| arm.size).collect();
        let total: usize = sizes.iter().sum();
        let whole = sizes.len() == self.arms.len() && total == self.randomised;
        let needs = self.keys_of_arms("size");
        broken.unless(sizes.is_empty() || whole, "randomised", &as_strs(&needs), || {
            format!("= {} is not {total}, the sum of the arms' sizes", self.randomised)
        });
    }
}

fn as_strs(keys: &[String]) -> Vec<&str> {
    keys.iter().map(String::as_str).collect()
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
