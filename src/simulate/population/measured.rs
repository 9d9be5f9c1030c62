//! Counts as they are measured: at the visits of a stopping rule, and in what is kept.

use super::{Block, Keep, Request};
use crate::population::{CountError, CountStreams};
use crate::regimen::Regimen;
use crate::units::HOURS_PER_DAY;

/// The measured counts that a stopping rule sees.
#[derive(Debug)]
pub struct Visits {
    error: CountError,
    counts: CountStreams,
}

impl Visits {
    /// The baseline and the visits of the rule of `regimen`.
    #[must_use]
    pub fn new(error: CountError, regimen: &Regimen, seed: u64) -> Self {
        let rule = regimen.stopping_rule.iter().flat_map(|rule| rule.visit_days.iter().copied());
        let days: Vec<f64> = [1.0].into_iter().chain(rule).collect();
        Self { error, counts: CountStreams::new(seed, &days) }
    }

    /// The measured count of a subject at a visit: see [`super::Measurement`].
    #[must_use]
    pub fn measured(&self, subject: usize, visit: usize, count: f64) -> f64 {
        let noise = self.counts.noise(&self.error, subject);
        noise.get(visit).map_or(count, |noise| self.error.measured(count, *noise))
    }
}

/// Hands counts on as they are measured.
pub struct Measured<'a> {
    error: CountError,
    counts: CountStreams,
    keep: &'a mut dyn Keep,
}

impl std::fmt::Debug for Measured<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "measured with {:?}", self.error)
    }
}

impl<'a> Measured<'a> {
    /// Of the counts of `request`, for `keep`.
    #[must_use]
    pub fn new(error: CountError, request: &Request<'_>, keep: &'a mut dyn Keep) -> Self {
        let days: Vec<f64> =
            request.times_h.iter().map(|time_h| 1.0 + time_h / HOURS_PER_DAY).collect();
        Self { error, counts: CountStreams::new(request.seed, &days), keep }
    }
}

impl Keep for Measured<'_> {
    fn take(&mut self, block: &Block) {
        let mut block = block.clone();
        let times = block.platelets.len() / block.endings.len().max(1);
        for (i, counts) in block.platelets.chunks_mut(times.max(1)).enumerate() {
            let noise = self.counts.noise(&self.error, block.first_subject + i);
            let whole = counts.iter_mut().zip(noise).filter(|(count, _)| !count.is_nan());
            whole.for_each(|(count, noise)| *count = self.error.measured(*count, noise));
        }
        self.keep.take(&block);
    }

    fn bytes(&self, request: &Request<'_>) -> f64 {
        self.keep.bytes(request)
    }
}
