//! Individuals: random numbers that belong to the patient, virtual patients, measurement.

mod calibrated;
mod count_error;
mod covariates;
mod density;
mod distribution;
mod entries;
mod file;
mod generator;
mod of_text;
mod proposal;
mod quasi_random;
mod streams;
mod variability;
mod virtual_patients;
mod write;

pub use calibrated::{Calibrated, CalibratedEstimate};
pub use count_error::{CountError, CountNoise, CountStreams};
pub use covariates::{Covariate, Covariates, KnownCovariate, Law, Table, known_covariates};
pub use density::Densities;
pub use distribution::Distribution;
pub use generator::{Generator, PatientDraws, VirtualPatient};
pub use proposal::{Mixture, Proposal};
pub use quasi_random::QuasiRandom;
pub use streams::{Stream, Streams, seed_of};
pub use variability::Variability;
pub use virtual_patients::{
    Correlation, Effect, EffectForm, NonResponders, Spread, TrialPractice, VirtualPatients,
};
