//! What is measured on a patient, by the names that files use, and the subsets of patients on whom
//! published results were formed.

use super::design::{Design, Endpoints};
use super::outcome::{Outcome, Status};

/// Something that happened to a patient or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// No transfusion before the procedure.
    NoTransfusion,
    /// No transfusion and no rescue: the primary endpoint.
    NoTransfusionNoRescue,
    /// At some visit after baseline at or above the level and risen enough.
    Responder,
    /// At some visit after baseline at or above the level.
    AtLeastLevel,
    /// At some visit after baseline twice the baseline or more.
    Doubled,
    /// Count at least 1.5 times baseline at any post-baseline visit.
    RoseByHalf,
    /// At some visit after baseline above the count that is too high.
    TooHigh,
    /// The true count was at or above the level before any transfusion.
    TrueAtLeastLevel,
    /// The true count was above the count that is too high before any transfusion.
    TrueTooHigh,
    /// The rule stopped dosing.
    Stopped,
    /// The procedure took place.
    Procedure,
    /// Bleeding needed rescue.
    Rescued,
    /// Followed to the last visit.
    Completed,
}

/// A number of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Largest measured count after baseline, before any transfusion, 10⁹/L.
    Maximum,
    /// Its visit day, the first on ties.
    MaximumDay,
    /// The same as elapsed days from the first dose.
    MaximumDayElapsed,
    /// Days at or above the level, before any transfusion.
    DaysAtLeast,
    /// Days at or above the level, counts after transfusion included.
    DaysAtLeastWithTransfusion,
    /// Days at or above the level and risen enough, before any transfusion.
    DaysResponding,
    /// Days above the count that is too high, before any transfusion.
    DaysTooHigh,
    /// Measured baseline count, 10⁹/L.
    Baseline,
    /// The count that decided on transfusion, 10⁹/L.
    PreProcedureCount,
    /// Doses taken.
    Doses,
    /// Largest true count before any transfusion, 10⁹/L.
    TrueMaximum,
    /// Days of the true curve at or above the level, transfusion included.
    TrueDays,
}

/// The counts that a statistic looks at, 10⁹/L.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Levels {
    /// The count to be at or above, or above.
    pub level: Option<f64>,
    /// The rise above the measured baseline.
    pub rise: Option<f64>,
}

impl Levels {
    /// A count alone.
    fn of(level: f64) -> Self {
        Self { level: Some(level), rise: None }
    }
}

/// The patients on whom a result is formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subset {
    /// Everyone randomised.
    All,
    /// Those not transfused before the procedure.
    NoTransfusion,
    /// Those transfused.
    Transfused,
    /// Those neither transfused nor rescued.
    NoTransfusionNoRescue,
    /// Those in whom the rule stopped dosing.
    Stopped,
    /// Those in whom it did not.
    NotStopped,
    /// Those whose procedure took place and who did not leave the trial.
    PerProtocol,
}

impl Event {
    /// Every event with its name. A name says which level of the design it looks at, never the level.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::NoTransfusion, "no_transfusion"),
        (Self::NoTransfusionNoRescue, "no_transfusion_no_rescue"),
        (Self::Responder, "responder"),
        (Self::AtLeastLevel, "at_least_level"),
        (Self::Doubled, "doubled"),
        (Self::RoseByHalf, "rose_by_half"),
        (Self::TooHigh, "above_high_level"),
        (Self::TrueAtLeastLevel, "true_at_least_level"),
        (Self::TrueTooHigh, "true_above_high_level"),
        (Self::Stopped, "stopped"),
        (Self::Procedure, "procedure"),
        (Self::Rescued, "rescued"),
        (Self::Completed, "completed"),
    ];

    /// The count and the rise above baseline that it looks at, 10⁹/L.
    #[must_use]
    pub fn levels(self, endpoints: &Endpoints) -> Levels {
        let Endpoints { at_least, rise, high, .. } = *endpoints;
        match self {
            Self::Responder => Levels { level: Some(at_least), rise: Some(rise) },
            Self::AtLeastLevel | Self::TrueAtLeastLevel => Levels::of(at_least),
            Self::TooHigh | Self::TrueTooHigh => Levels::of(high),
            Self::NoTransfusion
            | Self::NoTransfusionNoRescue
            | Self::Doubled
            | Self::RoseByHalf
            | Self::Stopped
            | Self::Procedure
            | Self::Rescued
            | Self::Completed => Levels::default(),
        }
    }

    /// Its meaning in words, with the levels of the design.
    #[must_use]
    pub fn meaning(self, endpoints: &Endpoints) -> String {
        let Endpoints { at_least, rise, high, .. } = endpoints;
        match self {
            Self::NoTransfusion => "no transfusion before the procedure".to_owned(),
            Self::NoTransfusionNoRescue => "no transfusion and no rescue".to_owned(),
            Self::Responder => {
                format!("responder: at or above {at_least} and +{rise} at some visit")
            }
            Self::AtLeastLevel => format!("at or above {at_least} at some visit"),
            Self::Doubled => "twice the baseline at some visit".to_owned(),
            Self::RoseByHalf => "1.5 times the baseline at some visit".to_owned(),
            Self::TooHigh => format!("above {high} at some visit"),
            Self::TrueAtLeastLevel => format!("true count at or above {at_least}"),
            Self::TrueTooHigh => format!("true count above {high}"),
            Self::Stopped => "dosing stopped by the rule".to_owned(),
            Self::Procedure => "the procedure took place".to_owned(),
            Self::Rescued => "rescue for bleeding".to_owned(),
            Self::Completed => "followed to the last visit".to_owned(),
        }
    }

    /// Whether it happened; none in a patient who could not be integrated.
    #[must_use]
    pub fn of(self, design: &Design, patient: &Outcome) -> Option<bool> {
        if matches!(patient.status, Status::Failed(_)) {
            return None;
        }
        let (baseline, maximum) = (patient.baseline(), patient.drug.maximum);
        Some(match self {
            Self::NoTransfusion => !patient.transfused,
            Self::NoTransfusionNoRescue => patient.success,
            Self::Responder => patient.drug.responder,
            Self::AtLeastLevel => maximum >= design.endpoints.at_least,
            Self::Doubled => maximum >= 2.0 * baseline,
            Self::RoseByHalf => maximum >= 1.5 * baseline,
            Self::TooHigh => maximum > design.endpoints.high,
            Self::TrueAtLeastLevel => patient.true_maximum >= design.endpoints.at_least,
            Self::TrueTooHigh => patient.true_maximum > design.endpoints.high,
            Self::Stopped => patient.stopped_day.is_some(),
            Self::Procedure => patient.schedule.procedure_day.is_some(),
            Self::Rescued => patient.schedule.rescued,
            Self::Completed => patient.status == Status::Completed,
        })
    }
}

impl Quantity {
    /// Every quantity with its name and its unit. A name says which level of the design it looks at,
    /// never the level.
    pub const ALL: [(Self, &'static str, &'static str); 12] = [
        (Self::Maximum, "maximum", "10^9/L"),
        (Self::MaximumDay, "maximum_day", "visit day"),
        (Self::MaximumDayElapsed, "maximum_day_elapsed", "d"),
        (Self::DaysAtLeast, "days_at_least_level", "d"),
        (Self::DaysAtLeastWithTransfusion, "days_at_least_level_with_transfusion", "d"),
        (Self::DaysResponding, "days_responding", "d"),
        (Self::DaysTooHigh, "days_above_high_level", "d"),
        (Self::Baseline, "baseline", "10^9/L"),
        (Self::PreProcedureCount, "pre_procedure_count", "10^9/L"),
        (Self::Doses, "doses", "doses"),
        (Self::TrueMaximum, "true_maximum", "10^9/L"),
        (Self::TrueDays, "true_days_at_least_level", "d"),
    ];

    /// The count and the rise above baseline that it looks at, 10⁹/L.
    #[must_use]
    pub fn levels(self, endpoints: &Endpoints) -> Levels {
        let Endpoints { at_least, rise, high, .. } = *endpoints;
        match self {
            Self::DaysAtLeast | Self::DaysAtLeastWithTransfusion | Self::TrueDays => {
                Levels::of(at_least)
            }
            Self::DaysResponding => Levels { level: Some(at_least), rise: Some(rise) },
            Self::DaysTooHigh => Levels::of(high),
            Self::Maximum
            | Self::MaximumDay
            | Self::MaximumDayElapsed
            | Self::Baseline
            | Self::PreProcedureCount
            | Self::Doses
            | Self::TrueMaximum => Levels::default(),
        }
    }

    /// The number; none where the patient has none.
    #[must_use]
    pub fn of(self, patient: &Outcome) -> Option<f64> {
        if matches!(patient.status, Status::Failed(_)) {
            return None;
        }
        let number = match self {
            Self::Maximum => patient.drug.maximum,
            Self::MaximumDay => patient.drug.maximum_day,
            Self::MaximumDayElapsed => patient.drug.maximum_day - 1.0,
            Self::DaysAtLeast => patient.drug.days_at_least,
            Self::DaysAtLeastWithTransfusion => patient.all.days_at_least,
            Self::DaysResponding => patient.drug.days_responding,
            Self::DaysTooHigh => patient.drug.days_high,
            Self::Baseline => patient.baseline(),
            Self::PreProcedureCount => patient.pre_count?,
            Self::Doses => patient.doses as f64,
            Self::TrueMaximum => patient.true_maximum,
            Self::TrueDays => patient.true_days,
        };
        (!number.is_nan()).then_some(number)
    }
}

impl Subset {
    /// Every subset with its name and its meaning.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::All, "all", "all randomised"),
        (Self::NoTransfusion, "no_transfusion", "not transfused"),
        (Self::Transfused, "transfused", "transfused"),
        (Self::NoTransfusionNoRescue, "no_transfusion_no_rescue", "neither transfused nor rescued"),
        (Self::Stopped, "stopped", "stopped by the rule"),
        (Self::NotStopped, "not_stopped", "not stopped by the rule"),
        (Self::PerProtocol, "per_protocol", "with procedure, followed to the end"),
    ];

    /// Its meaning in words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        Self::ALL.iter().find(|entry| entry.0 == self).map_or("", |entry| entry.2)
    }

    /// Whether the patient belongs to it.
    #[must_use]
    pub fn contains(self, patient: &Outcome) -> bool {
        match self {
            Self::All => true,
            Self::NoTransfusion => !patient.transfused,
            Self::Transfused => patient.transfused,
            Self::NoTransfusionNoRescue => patient.success,
            Self::Stopped => patient.stopped_day.is_some(),
            Self::NotStopped => patient.stopped_day.is_none(),
            Self::PerProtocol => {
                patient.schedule.procedure_day.is_some() && patient.status == Status::Completed
            }
        }
    }
}

macro_rules! named {
    ($Type:ident, $kind:literal) => {
        impl $Type {
            /// Its name in files.
            #[must_use]
            pub fn name(self) -> &'static str {
                Self::ALL.iter().find(|entry| entry.0 == self).map_or("", |entry| entry.1)
            }
        }

        impl std::str::FromStr for $Type {
            type Err = crate::error::Error;

            fn from_str(name: &str) -> crate::error::Result<Self> {
                let found = Self::ALL.iter().find(|entry| entry.1 == name).map(|entry| entry.0);
                found.ok_or_else(|| crate::error::Error::Unknown {
                    kind: $kind,
                    name: name.to_owned(),
                    known: Self::ALL.iter().map(|entry| entry.1.to_owned()).collect(),
                })
            }
        }
    };
}
named!(Event, "event");
named!(Quantity, "quantity");
named!(Subset, "subset");
