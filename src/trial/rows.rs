//! Replicates as rows of text, by which several machines share a trial.

use super::memory::COURSES_OF;
use super::outcome::Outcome;
use super::published::Published;
use super::run::{Replicate, Run};
use super::statistic::Value;
use super::summary::Collector;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// The kept results of a replicate: its statistics, comparisons and counts, and the published numbers in it.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    replicate: Replicate,
    published: Vec<Value>,
}

impl<'a> Collector<'a> {
    /// A row for each replicate, in their order: JSON in one line, with numbers that read back as the same.
    #[must_use]
    pub fn rows(&self) -> Vec<String> {
        let all = self.replicates.iter().zip(&self.simulated);
        let row = |(replicate, published): (&Replicate, &Vec<Value>)| {
            let (replicate, published) = (replicate.clone(), published.clone());
            serde_json::to_string(&Row { replicate, published }).unwrap_or_default()
        };
        all.map(row).collect()
    }

    /// The same as [`Self::of`] from the rows of all replicates. The first replicates, whose courses are
    /// shown or of which `saved` are wanted with their patients, are run again and compared with their rows.
    ///
    /// # Errors
    /// As [`Run::replicates`]; rows that are not those of this run, or that this machine computes differently.
    pub fn of_rows(
        run: Run<'a>,
        published: &[Published],
        (rows, saved): (&[&str], usize),
        also: &mut (dyn FnMut(usize, &[Outcome]) + Send),
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(Self, Vec<Outcome>)> {
        if rows.len() != run.replicates {
            let remedy = "run the shards again";
            return Err(Error::contradiction(
                "the number of rows",
                "the number of replicates",
                remedy,
            ));
        }
        let again = run.replicates.min(COURSES_OF.max(saved));
        let first = Run { replicates: again, ..run };
        let (mut collector, trial) = Self::of(first, published, also, progress)?;
        let differs = |(own, given): (&String, &&str)| own != *given;
        if let Some(number) = collector.rows().iter().zip(rows).position(differs) {
            let whose = format!("replicate {}", number + 1);
            let remedy = "merge on the kind of machine that computed the shards";
            return Err(Error::contradiction(
                &format!("{whose} as computed here"),
                "its row in a shard",
                remedy,
            ));
        }
        for (number, row) in rows.iter().enumerate().skip(again) {
            let row: Option<Row> = serde_json::from_str(row).ok();
            let row = row.filter(|row| {
                row.replicate.number == number
                    && row.replicate.values.len() == collector.statistics.len()
                    && row.replicate.compared.len() == collector.comparisons.len()
            });
            let Some(Row { replicate, published }) = row else {
                let whose = format!("the row of replicate {}", number + 1);
                return Err(Error::contradiction(&whose, "the trial", "run its shard again"));
            };
            collector.simulated.push(published);
            collector.replicates.push(replicate);
            progress(number + 1);
        }
        collector.run = run;
        Ok((collector, trial))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::VirtualPatients;
    use crate::trial::{Design, PublishedFile};

    #[test]
    fn invariant_rows_of_parts_make_the_summary_of_the_whole() {
        let design = Design::load("l_plus_2".as_ref()).unwrap();
        let patients = VirtualPatients::load("calibrated_b").unwrap();
        let published: Vec<Published> =
            PublishedFile::shipped().unwrap().into_iter().flat_map(|file| file.numbers).collect();
        let of = |first: usize, replicates: usize| {
            let run = Run { first, replicates, ..Run::new(&design, &patients) };
            (run, Collector::of(run, &published, &mut |_, _| {}, &|_| {}).unwrap().0)
        };
        let (run, whole) = of(0, 3);
        let parts = [of(0, 1).1.rows(), of(1, 2).1.rows()].concat();
        assert_eq!(parts, whole.rows());
        let rows: Vec<&str> = parts.iter().map(String::as_str).collect();
        let merged = Collector::of_rows(run, &published, (&rows, 1), &mut |_, _| {}, &|_| {});
        assert_eq!(format!("{:?}", merged.unwrap().0.summary()), format!("{:?}", whole.summary()));
        let row: Row = serde_json::from_str(rows[1]).unwrap();
        assert_eq!(serde_json::to_string(&row).unwrap(), rows[1], "a row reads back as itself");
        let changed = rows[1].replace("\"dropped_out\":", "\"dropped_out\":1");
        for wrong in [vec![rows[0], &changed, rows[2]], vec![rows[0], rows[1]]] {
            assert!(
                Collector::of_rows(run, &published, (&wrong, 1), &mut |_, _| {}, &|_| {}).is_err()
            );
        }
    }
}
