//! One patient, step by step: advance to a time, look, dose or stop.

use super::solution::{Flat, Quantity, SAME_TIME_H, SAMPLE_BEFORE_DOSE, Segment};
use super::trajectory::{Point, System, Trajectory};
use crate::error::{Error, Failure, Reason, Result};
use crate::integrate::{Options, Step};
use crate::model::{Event, Model, Theta};
use crate::numeric::Scalar;
use crate::regimen::Dose;
use crate::units::Time;

/// Most numbers of a solution that is kept: 256 MB. Some hundred steps of some twenty numbers each are
/// usual; millions come from equations that are nearly stiff.
const MOST_NUMBERS: usize = 32_000_000;

/// One patient whose time can be advanced while doses are planned, given and stopped.
///
/// ```
/// use thrombopoiesis::model::{Population, parameter_set};
/// use thrombopoiesis::regimen::Regimen;
/// use thrombopoiesis::simulate::Patient;
/// use thrombopoiesis::units::Time;
///
/// let set = parameter_set("mechanistic", Population::CLD)?;
/// let mut patient = Patient::new(&set.model, &set.theta(), Default::default())?;
/// for dose in "3 mg qd x7".parse::<Regimen>()?.doses() {
///     patient.plan(*dose);
/// }
/// patient.advance_to(Time::visit_day(6.0))?;
/// if patient.platelets() >= 50.0 {
///     patient.stop_dosing();
/// }
/// patient.advance_to(Time::days(40.0))?;
/// let trajectory = patient.into_trajectory();
/// # assert!(trajectory.end_h() == 960.0);
/// # Ok::<(), thrombopoiesis::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Patient<T: Scalar> {
    system: System<T>,
    /// Doses to come, in the order of their times.
    planned: Vec<Dose>,
    /// Events that doses already given have set off, in the order of their times.
    pending: Vec<(T, Event<T>)>,
    segments: Vec<Segment>,
    /// Numbers in all steps of the segments.
    numbers: usize,
}

impl<T: Scalar> Patient<T> {
    /// A patient at time 0, in the equilibrium without drug.
    ///
    /// # Errors
    /// A value that is missing, or values that contradict each other.
    pub fn new(model: &Model, theta: &Theta<T>, options: Options) -> Result<Self> {
        let system = System::new(model.clone(), model.individual(theta)?, options);
        let start = Step { time_h: 0.0, state: system.start() };
        let (segments, stops) = (vec![vec![start]], system.equations.stops());
        let mut patient =
            Self { system, planned: Vec::new(), pending: Vec::new(), segments, numbers: 0 };
        for (time, event) in stops {
            patient.schedule(time, event);
        }
        Ok(patient)
    }

    /// Plans a dose, now or later.
    pub fn plan(&mut self, dose: Dose) {
        let later = |other: &Dose| other.time.in_hours() > dose.time.in_hours();
        let position = self.planned.iter().position(later).unwrap_or(self.planned.len());
        self.planned.insert(position, dose);
    }

    /// Plans a transfusion of `platelets_1e9` · 10⁹ platelets.
    pub fn plan_transfusion(&mut self, time: Time, platelets_1e9: f64) {
        let given = Event::Transfusion(T::constant(platelets_1e9));
        self.schedule(T::constant(time.in_hours()), given);
    }

    /// Gives up all doses planned for now or later. Drug already taken goes on being absorbed.
    pub fn stop_dosing(&mut self) {
        self.planned.clear();
    }

    /// Gives up all transfusions still to come.
    pub fn cancel_transfusions(&mut self) {
        self.pending.retain(|(_, event)| !matches!(event, Event::Transfusion(_)));
    }

    /// The time reached.
    #[must_use]
    pub fn time(&self) -> Time {
        Time::hours(self.now().0)
    }

    /// The platelet count now, 10⁹/L.
    #[must_use]
    pub fn platelets(&self) -> T {
        self.system.value(Quantity::Platelets, &self.system.state(self.now().1))
    }

    /// The concentration now, ng/mL.
    #[must_use]
    pub fn conc(&self) -> T {
        self.system.value(Quantity::Conc, &self.system.state(self.now().1))
    }

    /// Advances to `time`; what is due exactly then comes after ([`SAMPLE_BEFORE_DOSE`]). A time
    /// that is past changes nothing.
    ///
    /// # Errors
    /// The equations cannot be integrated, or the model does not describe a dose's route or a
    /// transfusion.
    pub fn advance_to(&mut self, time: Time) -> Result<()> {
        let margin = if SAMPLE_BEFORE_DOSE { -SAME_TIME_H } else { SAME_TIME_H };
        let until_h = time.in_hours();
        loop {
            let dose_h = self.planned.first().map_or(f64::INFINITY, |dose| dose.time.in_hours());
            let event_h = self.pending.first().map_or(f64::INFINITY, |(time, _)| time.value());
            if dose_h.min(event_h) > until_h + margin {
                return self.integrate_to(until_h);
            }
            if event_h <= dose_h {
                self.integrate_to(event_h)?;
                let (time, event) = self.pending.remove(0);
                self.apply(time, event)?;
            } else {
                self.integrate_to(dose_h)?;
                self.give()?;
            }
        }
    }

    /// The solution so far.
    #[must_use]
    pub fn into_trajectory(self) -> Trajectory<T> {
        Trajectory { system: self.system, segments: self.segments }
    }

    fn now(&self) -> (f64, &[f64]) {
        match self.segments.last().and_then(|segment| segment.last()) {
            Some(step) => (step.time_h, &step.state),
            None => (0.0, &[]),
        }
    }

    fn integrate_to(&mut self, until_h: f64) -> Result<()> {
        let (now_h, state) = self.now();
        if !until_h.is_finite() {
            return Err(Error::OutOfRange {
                symbol: "time".to_owned(),
                value: until_h,
                unit: "h".to_owned(),
                range: "[0, ∞)".to_owned(),
            });
        }
        if until_h - now_h <= SAME_TIME_H {
            return Ok(());
        }
        let equations: &dyn Flat = &self.system;
        let steps = equations.steps((now_h, until_h), state, false)?;
        self.numbers += steps.len() * state.len();
        if self.numbers > MOST_NUMBERS {
            let (time_h, state) = (until_h, String::new());
            let failure = Failure { time_h, index: None, state, reason: Reason::TooManySteps };
            return Err(equations.explain(&failure));
        }
        if let Some(segment) = self.segments.last_mut() {
            segment.extend(steps.into_iter().skip(1));
        }
        Ok(())
    }

    /// Takes the next dose: its events become due, and supersede what an earlier dose had still to switch.
    fn give(&mut self) -> Result<()> {
        let dose = self.planned.remove(0);
        let events = self.system.equations.administer(dose.amount, dose.route)?;
        let switched: Vec<usize> =
            events.iter().filter_map(|(_, event)| event.switched()).collect();
        let is_superseded =
            |event: &Event<T>| event.switched().is_some_and(|state| switched.contains(&state));
        self.pending.retain(|(_, event)| !is_superseded(event));
        for (delay, event) in events {
            self.schedule(delay + dose.time.in_hours(), event);
        }
        Ok(())
    }

    fn schedule(&mut self, time: T, event: Event<T>) {
        let later = |(other, _): &(T, Event<T>)| other.value() > time.value();
        let position = self.pending.iter().position(later).unwrap_or(self.pending.len());
        self.pending.insert(position, (time, event));
    }

    /// Lets an event happen. Where its time depends on parameters, the state is carried to the true
    /// time along the rates before the event, and back along those after it.
    fn apply(&mut self, time: T, event: Event<T>) -> Result<()> {
        let (now_h, flat) = self.now();
        let deviation = time - T::constant(time.value());
        let mut point = self.shifted(self.system.point(flat), deviation);
        self.system.equations.apply(&mut point.state, event)?;
        point = self.shifted(point, -deviation);
        let state = self.system.flatten(&point);
        self.segments.push(vec![Step { time_h: now_h, state }]);
        Ok(())
    }

    /// The point `by` hours along its rates, where `by` is zero but for its derivatives.
    fn shifted(&self, point: Point<T>, by: T) -> Point<T> {
        if T::WIDTH == 1 {
            return point;
        }
        let equations = &self.system.equations;
        let rates = self.system.rates_at(&point.state);
        let moved = point.state.iter().zip(rates);
        Point {
            conc_area: point.conc_area + equations.conc(&point.state) * by,
            platelet_area: point.platelet_area + equations.platelets(&point.state) * by,
            state: moved.map(|(number, rate)| *number + rate * by).collect(),
        }
    }
}
