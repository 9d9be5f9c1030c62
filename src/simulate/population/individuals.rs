//! From the typical patient to individuals.

use super::Request;
use crate::error::Result;
use crate::model::{Range, Theta};
use crate::population::{Streams, Variability};

/// Everything about the patients before their equations.
#[derive(Debug)]
pub(super) struct Individuals {
    /// What varies: its range, its typical value, and the place of its draw.
    varied: Vec<(Variability, Range, f64, usize)>,
    streams: Streams,
}

impl Individuals {
    pub(super) fn new(request: &Request<'_>) -> Result<Self> {
        let set = request.set;
        let varied = request.variability.iter().map(|variability| {
            let symbol = set.symbol(&variability.symbol)?;
            let typical = set.value(&variability.symbol)?;
            Ok((variability.clone(), symbol.range, typical, set.position(symbol.name)))
        });
        let streams = Streams::new(request.seed, "variability between patients");
        Ok(Self { varied: varied.collect::<Result<_>>()?, streams })
    }

    /// Writes the values of one individual; false where one lies outside its symbol's range.
    ///
    /// Draw number k of a subject belongs to the k-th symbol of the model, so what else varies
    /// changes nothing.
    pub(super) fn fill(&self, subject: usize, sheet: &mut Theta<f64>) -> bool {
        let last = self.varied.iter().map(|(.., place)| *place).max();
        let mut stream = self.streams.subject(subject);
        let mut valid = true;
        for place in 0..last.map_or(0, |last| last + 1) {
            let uniform = stream.uniform();
            for (variability, range, typical, _) in
                self.varied.iter().filter(|(.., own)| *own == place)
            {
                let normal = crate::statistics::normal_quantile(uniform);
                let value = variability.individual(*typical, normal);
                valid &= range.contains(value);
                sheet.set(&variability.symbol, value);
            }
        }
        valid
    }
}
