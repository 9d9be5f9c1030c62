//! What a linear model must give at every row, by superposition of closed forms: each dose over all of its past,
//! a steady state as a geometric series. It knows nothing of schedules.

use super::made::Properties;
use thrombopoiesis::records::{Dose, Rate, Row, SteadyState, Subject};

/// A depot, a central and a peripheral compartment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model {
    /// From depot to central, 1/h.
    pub(crate) ka: f64,
    /// Elimination from central, 1/h.
    pub(crate) k10: f64,
    /// From central to peripheral, 1/h; 0 for one compartment.
    pub(crate) k12: f64,
    /// From peripheral to central, 1/h.
    pub(crate) k21: f64,
}

/// A sum of exponentials: coefficient and rate of each, 1/h.
type Exponentials = Vec<(f64, f64)>;

impl Model {
    /// What a unit in one compartment leaves in every compartment.
    fn responses(&self, from: usize) -> [Exponentials; 3] {
        if from == 0 {
            let from_depot = |own: Exponentials| {
                let terms = own.into_iter().flat_map(|(c, l)| {
                    let part = c * self.ka / (self.ka - l);
                    [(part, l), (-part, self.ka)]
                });
                terms.collect()
            };
            let [_, central, peripheral] = self.responses(1);
            return [vec![(1.0, self.ka)], from_depot(central), from_depot(peripheral)];
        }
        let Self { k10, k12, k21, .. } = *self;
        let (sum, product) = (k10 + k12 + k21, k10 * k21);
        let root = (sum * sum - 4.0 * product).sqrt();
        let alpha = 0.5 * (sum + root);
        let beta = product / alpha;
        // The rows of the matrix, whose exponential has one column for each compartment dosed.
        let column = if from == 1 { [-(k10 + k12), k12] } else { [k21, -k21] };
        let unit = |to: usize| f64::from(u8::from(to + 1 == from));
        let terms = |to: usize| {
            vec![
                ((column[to] + beta * unit(to)) / (beta - alpha), alpha),
                (-(column[to] + alpha * unit(to)) / (beta - alpha), beta),
            ]
        };
        [Vec::new(), terms(0), terms(1)]
    }
}

/// How a dose enters.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entering {
    Bolus(f64),
    Infusion { rate: f64, duration: f64 },
}

/// Doses that have arrived.
#[derive(Debug, Clone, Copy)]
enum Past {
    /// One, so long ago.
    Once(f64),
    /// Infinitely many: the last so long ago, one in every interval before.
    Always(f64, f64),
}

/// What one exponential of the response leaves of a past at a time.
fn left(entering: Entering, past: Past, (c, l): (f64, f64)) -> f64 {
    let infused = |rate: f64, duration: f64, age: f64| {
        let time = age.min(duration);
        rate / l * -(-l * time).exp_m1() * (-l * (age - time)).exp()
    };
    let series = |interval: f64| 1.0 / -(-l * interval).exp_m1();
    c * match (entering, past) {
        (Entering::Bolus(amount), Past::Once(age)) => amount * (-l * age).exp(),
        (Entering::Bolus(amount), Past::Always(age, interval)) => {
            amount * (-l * age).exp() * series(interval)
        }
        (Entering::Infusion { rate, duration }, Past::Once(age)) => infused(rate, duration, age),
        (Entering::Infusion { rate, duration }, Past::Always(mut age, interval)) => {
            let mut sum = 0.0;
            while age < duration {
                sum += infused(rate, duration, age);
                age += interval;
            }
            sum + infused(rate, duration, age) * series(interval)
        }
    }
}

/// Mistakes that are easily made, so that the tests can show that they would be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    ArrivalsAfterRow,
    SteadyKeepsInfusions,
    SteadyKeepsPending,
    SecondReplaces,
    ResetKeepsPending,
    ResetKeepsInfusions,
    SteadyIgnoresLag,
    FScalesRate,
    NoImpliedPending,
    OverlapIsCut,
}

/// Every fault.
pub(crate) const FAULTS: [Fault; 10] = [
    Fault::ArrivalsAfterRow,
    Fault::SteadyKeepsInfusions,
    Fault::SteadyKeepsPending,
    Fault::SecondReplaces,
    Fault::ResetKeepsPending,
    Fault::ResetKeepsInfusions,
    Fault::SteadyIgnoresLag,
    Fault::FScalesRate,
    Fault::NoImpliedPending,
    Fault::OverlapIsCut,
];

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * b.abs().max(1.0)
}

/// One oracle: a model, what it gives for the doses of each row, and a fault.
pub(crate) struct Oracle<'o> {
    pub(crate) model: Model,
    /// By row, the properties of routes 1 and 2.
    pub(crate) properties: &'o [[Properties; 2]],
    pub(crate) fault: Option<Fault>,
}

impl Oracle<'_> {
    /// The amounts in the three compartments at every row.
    pub(crate) fn amounts(&self, subject: &Subject) -> Vec<[f64; 3]> {
        (0..subject.rows.len()).map(|row| self.at(subject, row)).collect()
    }

    /// R11, R12, R17: only what follows the last row that replaces or resets counts.
    fn at(&self, subject: &Subject, row: usize) -> [f64; 3] {
        let replaces = |row: &Row| {
            let ss = row.dose.map_or(SteadyState::None, |dose| dose.ss);
            let second = self.fault == Some(Fault::SecondReplaces) && ss == SteadyState::Adds;
            row.evid.is_reset() || ss == SteadyState::Replaces || second
        };
        let from = subject.rows[..=row].iter().rposition(replaces).unwrap_or(0);
        let time = subject.rows[row].time_h;
        let mut sum = [0.0; 3];
        for dosed in from..=row {
            self.add(subject, dosed, time, &mut sum);
        }
        self.survivors(subject, from, time, &mut sum);
        sum
    }

    fn put(&self, from: usize, entering: Entering, past: Past, sum: &mut [f64; 3]) {
        for (to, terms) in self.model.responses(from).into_iter().enumerate() {
            sum[to] += terms.into_iter().map(|term| left(entering, past, term)).sum::<f64>();
        }
    }

    /// What the dose of one row, with its copies and its steady state, leaves at `time`.
    fn add(&self, subject: &Subject, index: usize, time: f64, sum: &mut [f64; 3]) {
        let row = &subject.rows[index];
        let Some(dose) = row.dose else { return };
        let target = row.cmt.unwrap_or(1) - 1;
        if dose.is_constant_infusion() {
            let Rate::Fixed(rate) = dose.rate else {
                let rate = self.properties[index][target].rate;
                return self.constant(target, rate, time - row.time_h, sum);
            };
            return self.constant(target, rate, time - row.time_h, sum);
        }
        let (entering, lag) = self.entering(index, dose, target);
        let happened = |at: f64| {
            let is_tie = is_same(at, time) && self.fault != Some(Fault::ArrivalsAfterRow);
            at < time && !is_same(at, time) || is_tie || is_same(at, row.time_h)
        };
        for copy in 1..=dose.addl {
            let at = row.time_h + lag + dose.ii_h * copy as f64;
            if happened(at) {
                self.put(target, entering, Past::Once((time - at).max(0.0)), sum);
            }
        }
        let own = row.time_h + lag;
        if dose.ss == SteadyState::None {
            if happened(own) {
                self.put(target, entering, Past::Once((time - own).max(0.0)), sum);
            }
            return;
        }
        if matches!(
            self.fault,
            Some(Fault::SteadyIgnoresLag | Fault::NoImpliedPending | Fault::OverlapIsCut)
        ) {
            return self.faulty_steady(row, (dose, target), (entering, lag), time, sum);
        }
        // R13: of the arrivals own - k ii, all that have happened at `time`.
        let mut last = own;
        while !happened(last) {
            last -= dose.ii_h;
        }
        self.put(target, entering, Past::Always((time - last).max(0.0), dose.ii_h), sum);
    }

    /// R15. What a constant infusion that ended `age` ago has left.
    fn constant(&self, target: usize, rate: f64, age: f64, sum: &mut [f64; 3]) {
        for (to, terms) in self.model.responses(target).into_iter().enumerate() {
            sum[to] += terms.iter().map(|(c, l)| c * rate / l * (-l * age).exp()).sum::<f64>();
        }
    }

    /// R8, R9, R10: how the dose of a row enters, and its lag.
    fn entering(&self, index: usize, dose: Dose, target: usize) -> (Entering, f64) {
        let own = self.properties[index].get(target).copied().unwrap_or_default();
        let amount = own.f * dose.amt;
        let entering = match dose.rate {
            Rate::Fixed(rate) if self.fault == Some(Fault::FScalesRate) => {
                Entering::Infusion { rate: rate * own.f, duration: dose.amt / rate }
            }
            Rate::Fixed(rate) => Entering::Infusion { rate, duration: amount / rate },
            Rate::Modelled => Entering::Infusion { rate: own.rate, duration: amount / own.rate },
            Rate::ModelledDuration if own.duration > 0.0 => {
                Entering::Infusion { rate: amount / own.duration, duration: own.duration }
            }
            Rate::Bolus | Rate::ModelledDuration => Entering::Bolus(amount),
        };
        (entering, own.lag)
    }

    /// Steady states as they would be with one of three faults.
    fn faulty_steady(
        &self,
        row: &Row,
        (dose, target): (Dose, usize),
        (entering, lag): (Entering, f64),
        time: f64,
        sum: &mut [f64; 3],
    ) {
        let (own, ii) = (row.time_h + lag, dose.ii_h);
        let reached = |at: f64, by: f64| at < by || is_same(at, by);
        if reached(own, time) {
            self.put(target, entering, Past::Once((time - own).max(0.0)), sum);
        }
        let mut at =
            if self.fault == Some(Fault::SteadyIgnoresLag) { row.time_h } else { own } - ii;
        while !reached(at, row.time_h) {
            if reached(at, time) && self.fault != Some(Fault::NoImpliedPending) {
                self.put(target, entering, Past::Once((time - at).max(0.0)), sum);
            }
            at -= ii;
        }
        let Entering::Infusion { rate, duration } = entering else {
            return self.put(target, entering, Past::Always((time - at).max(0.0), ii), sum);
        };
        if self.fault == Some(Fault::OverlapIsCut) {
            while at + duration > row.time_h {
                let cut = Entering::Infusion { rate, duration: (row.time_h - at).max(0.0) };
                self.put(target, cut, Past::Once((time - at).max(0.0)), sum);
                at -= ii;
            }
        }
        self.put(target, entering, Past::Always((time - at).max(0.0), ii), sum);
    }

    /// What faults would let survive the row `from`, which replaces or resets.
    fn survivors(&self, subject: &Subject, from: usize, time: f64, sum: &mut [f64; 3]) {
        let cut = &subject.rows[from];
        let is_reset = cut.evid.is_reset();
        let (infusions, pending) = match self.fault {
            Some(Fault::SteadyKeepsInfusions) if !is_reset => (true, false),
            Some(Fault::SteadyKeepsPending) if !is_reset => (false, true),
            Some(Fault::ResetKeepsInfusions) if is_reset => (true, false),
            Some(Fault::ResetKeepsPending) if is_reset => (false, true),
            _ => return,
        };
        for index in 0..from {
            let Some(dose) = subject.rows[index].dose else { continue };
            if dose.is_constant_infusion() {
                continue;
            }
            let target = subject.rows[index].cmt.unwrap_or(1) - 1;
            let (entering, lag) = self.entering(index, dose, target);
            for copy in 0..=dose.addl {
                let at = subject.rows[index].time_h + lag + dose.ii_h * copy as f64;
                if pending && at > cut.time_h && at <= time {
                    self.put(target, entering, Past::Once(time - at), sum);
                }
                if let (Entering::Infusion { rate, duration }, true) = (entering, infusions)
                    && at <= cut.time_h
                    && at + duration > cut.time_h
                {
                    let rest = at + duration - cut.time_h;
                    let rest = Entering::Infusion { rate, duration: rest };
                    self.put(target, rest, Past::Once(time - cut.time_h), sum);
                }
            }
        }
    }
}
