//! A published number in simulated trials, on as many patients as it was published on.

use super::design::Design;
use super::outcome::Outcome;
use super::published::Published;
use super::statistic::Value;
use crate::population::Streams;

impl Published {
    /// The number in one simulation of its trials, given with their patients, which are pooled. Of a
    /// subset that has more patients than were published, as many as were, drawn at random: who was
    /// missing from it is not told.
    #[must_use]
    pub fn simulated(
        &self,
        trials: &[(&Design, &[Outcome])],
        (seed, replicate): (u64, usize),
    ) -> Value {
        let mut own: Vec<&Outcome> = Vec::new();
        for (design, patients) in trials {
            let arm = design.arm(&self.arm);
            let in_subset = |p: &&Outcome| Some(p.arm) == arm && self.subset.contains(p);
            let has_number = |p: &&Outcome| self.form.number(design, p).is_some();
            own.extend(patients.iter().filter(in_subset).filter(has_number));
        }
        if let Some(n) = self.n.filter(|n| *n < own.len()) {
            own = drawn(&own, n, (seed, replicate));
        }
        // What a pooled number is of means the same in each of its trials.
        let design = trials.first().map(|(design, _)| *design);
        let nobody = Value { value: f64::NAN, n: 0, events: 0 };
        design.map_or(nobody, |design| self.form.value(design, own.into_iter()))
    }
}

/// `n` of the patients, drawn at random, in their order.
fn drawn<'a>(
    patients: &[&'a Outcome],
    n: usize,
    (seed, replicate): (u64, usize),
) -> Vec<&'a Outcome> {
    let mut stream = Streams::new(seed, "published size").subject(replicate);
    let mut lots: Vec<(f64, usize)> = (0..patients.len()).map(|i| (stream.uniform(), i)).collect();
    lots.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut kept: Vec<usize> = lots[..n].iter().map(|(_, i)| *i).collect();
    kept.sort_unstable();
    kept.into_iter().map(|i| patients[i]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::VirtualPatients;
    use crate::trial::{PublishedFile, Run};
    use std::path::Path;

    #[test]
    fn invariant_a_number_is_formed_on_as_many_as_were_published_or_on_all_there_are() {
        let patients = VirtualPatients::load("calibrated_b").unwrap();
        let designs = ["l_plus_1", "l_plus_2"].map(|id| Design::load(Path::new(id)).unwrap());
        let runs = [0, 1].map(|i| Run::new(&designs[i], &patients).patients(0).unwrap());
        let pooled = [(&designs[0], &runs[0][..]), (&designs[1], &runs[1][..])];
        let files = PublishedFile::shipped().unwrap();
        let number = |id: &str| {
            let mut all = files.iter().flat_map(|file| &file.numbers);
            all.find(|n| n.id == id && n.trials.len() == 2).unwrap().clone()
        };
        let doubled = number("placebo_doubled");
        let seen = doubled.simulated(&pooled, (1, 0));
        assert_eq!((seen.n, doubled.n), (133, Some(133)));
        assert_eq!(seen, doubled.simulated(&pooled, (1, 0)));
        let all = Published { n: Some(100_000), ..doubled.clone() }.simulated(&pooled, (1, 0));
        let none = Published { n: None, ..doubled.clone() }.simulated(&pooled, (1, 0));
        assert_eq!((all, all.n > 133), (none, true));
        // On average those drawn are like all.
        let rose = number("placebo_rose_by_half");
        let all = Published { n: None, ..rose.clone() }.simulated(&pooled, (1, 0)).value;
        let mean = (0..400).map(|r| rose.simulated(&pooled, (1, r)).value).sum::<f64>() / 400.0;
        // The standard error of a draw without replacement, over 400 draws, times four.
        let missing = 1.0 - 133.0 / none.n as f64;
        let error = (all * (1.0 - all) / 133.0 * missing / 400.0).sqrt();
        assert!((mean - all).abs() < 4.0 * error, "{mean} {all} {error}");
    }
}
