//! What is measured on a patient, by the names that files use, and the subsets of patients on whom
//! published results were formed.

use super::design::Design;
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
    /// At some visit after baseline half as much again as baseline, or more.
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
    /// Every event with its name and its meaning.
    pub const ALL: [(Self, &'static str, &'static str); 13] = [
        (Self::NoTransfusion, "no_transfusion", "no transfusion before the procedure"),
        (Self::NoTransfusionNoRescue, "no_transfusion_no_rescue", "no transfusion and no rescue"),
        (Self::Responder, "responder", "responder: at or above 50 and +20 at some visit"),
        (Self::AtLeastLevel, "at_least_50", "at or above 50 at some visit"),
        (Self::Doubled, "doubled", "twice the baseline at some visit"),
        (Self::RoseByHalf, "rose_by_half", "half as much again as baseline at some visit"),
        (Self::TooHigh, "above_200", "above 200 at some visit"),
        (Self::TrueAtLeastLevel, "true_at_least_50", "true count at or above 50"),
        (Self::TrueTooHigh, "true_above_200", "true count above 200"),
        (Self::Stopped, "stopped", "dosing stopped by the rule"),
        (Self::Procedure, "procedure", "the procedure took place"),
        (Self::Rescued, "rescued", "rescue for bleeding"),
        (Self::Completed, "completed", "followed to the last visit"),
    ];

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
    /// Every quantity with its name, its unit and its meaning.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 12] = [
        (Self::Maximum, "maximum", "10^9/L", "largest measured count after baseline"),
        (Self::MaximumDay, "maximum_day", "visit day", "day of the largest measured count"),
        (Self::MaximumDayElapsed, "maximum_day_elapsed", "d", "the same from the first dose"),
        (Self::DaysAtLeast, "days_at_least_50", "d", "days at or above 50, before transfusion"),
        (
            Self::DaysAtLeastWithTransfusion,
            "days_at_least_50_with_transfusion",
            "d",
            "days at or above 50, all counts",
        ),
        (Self::DaysResponding, "days_responding", "d", "days at or above 50 and +20"),
        (Self::DaysTooHigh, "days_above_200", "d", "days above 200"),
        (Self::Baseline, "baseline", "10^9/L", "measured baseline count"),
        (Self::PreProcedureCount, "pre_procedure_count", "10^9/L", "count that decides"),
        (Self::Doses, "doses", "doses", "doses taken"),
        (Self::TrueMaximum, "true_maximum", "10^9/L", "largest true count before transfusion"),
        (Self::TrueDays, "true_days_at_least_50", "d", "days of the true curve at or above 50"),
    ];

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
    ($Type:ident, $kind:literal, $position:tt) => {
        impl $Type {
            /// Its name in files.
            #[must_use]
            pub fn name(self) -> &'static str {
                Self::ALL.iter().find(|entry| entry.0 == self).map_or("", |entry| entry.1)
            }

            /// Its meaning in words.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                Self::ALL.iter().find(|entry| entry.0 == self).map_or("", |entry| entry.$position)
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
named!(Event, "event", 2);
named!(Quantity, "quantity", 3);
named!(Subset, "subset", 2);
