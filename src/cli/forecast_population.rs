//! The populations that the arguments of a forecast ask for.

use super::args::PatientArgs;
use super::data_replicates::for_records;
use super::forecast_args::{ForecastArgs, NONE};
use super::population::patients_of;
use super::record;
use std::path::{Path, PathBuf};
use thrombopoiesis::calibrate::{CALIBRATED, Populations};
use thrombopoiesis::error::Result;
use thrombopoiesis::model::Variant;

/// The patients that the arguments name: the calibrated ones in all variants unless one is asked for, others in their
/// own.
pub(super) fn populations(args: &ForecastArgs) -> Result<Populations> {
    let patient = args.patient();
    let are_calibrated = patient.parameters.as_deref() == Some(CALIBRATED);
    let named = args.posterior.clone().filter(|name| name != Path::new(NONE));
    let by_default = are_calibrated && args.posterior.is_none();
    let posterior = named.or_else(|| by_default.then(|| PathBuf::from(CALIBRATED)));
    let variants: Vec<Option<String>> = if are_calibrated && patient.variant.is_none() {
        Variant::ALL.iter().map(|variant| Some(variant.to_string())).collect()
    } else {
        vec![patient.variant.clone()]
    };
    let one = |variant: Option<String>| {
        let own = PatientArgs { variant, ..patient.clone() };
        let set = own.parameters()?;
        let patients = for_records(patients_of(&own, &set)?, &set)?;
        Ok((set, patients))
    };
    let all = variants.into_iter().map(one).collect::<Result<Vec<_>>>()?;
    let variants: Vec<Variant> = all.iter().map(|(set, _)| set.variant).collect();
    record::posterior_of_one(posterior.as_deref(), &variants)?;
    let mut populations = Populations::new(all, posterior.as_deref(), args.individuals)?;
    for own in &populations.variants {
        record::require_effect(&args.patient.set, &own.sets)?;
    }
    if let Some(direction) = args.records.direction() {
        populations.set_direction(direction);
    }
    Ok(populations)
}
