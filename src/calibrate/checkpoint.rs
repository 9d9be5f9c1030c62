//! Evaluations on disk, line by line, so that a calibration that was cut off can be resumed.

use super::evaluator::Known;
use crate::error::{Error, FileProblem, Result};
use crate::files::{Earlier, Journal};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A growing file of evaluations that belong to one set of inputs.
#[derive(Debug)]
pub struct Checkpoint {
    journal: Mutex<Journal>,
}

/// What a checkpoint held when it was opened.
#[derive(Debug, Default, PartialEq)]
pub struct Resumed {
    /// The evaluations of an earlier run of the same inputs.
    pub known: Vec<Known>,
    /// Where the checkpoint of an earlier run was set aside.
    pub aside: Option<PathBuf>,
}

impl Checkpoint {
    /// Opens the checkpoint at `path` for the inputs with this hash, whose evaluations have `unknowns`
    /// coordinates. With `resume`, what it holds of the same inputs comes back; otherwise it is begun
    /// anew, and an earlier one set aside.
    ///
    /// # Errors
    /// The file cannot be read or written; it was changed, or belongs to other inputs; another run
    /// writes to it.
    pub fn open(
        path: &Path,
        inputs: &str,
        unknowns: usize,
        resume: bool,
    ) -> Result<(Self, Resumed)> {
        let heading = format!("thrombo calibration 2 {inputs}");
        let (journal, earlier) = Journal::open(path, &heading, resume)?;
        let mut kept = Resumed::default();
        match earlier {
            Earlier::Nothing => {}
            Earlier::SetAside(aside) => kept.aside = Some(aside),
            Earlier::Lines(lines) => {
                let mut statistics = 0;
                for (i, line) in lines.iter().enumerate() {
                    let fits = |known: &Known| {
                        let own = known.expected.len();
                        known.x.len() == unknowns
                            && (own == 0 || statistics == 0 || own == statistics)
                    };
                    let known = read(line).filter(fits);
                    let known = known.ok_or_else(|| other_problem(path, i + 2))?;
                    statistics = statistics.max(known.expected.len());
                    kept.known.push(known);
                }
            }
        }
        Ok((Self { journal: Mutex::new(journal) }, kept))
    }

    /// Keeps one evaluation.
    ///
    /// # Errors
    /// It cannot be written: resuming is lost from there on, nothing else.
    pub fn save(&self, known: &Known) -> std::io::Result<()> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).append(&line(known))
    }

    /// Removes the file once its work is done.
    pub fn remove(self) {
        self.journal.into_inner().unwrap_or_else(PoisonError::into_inner).remove();
    }
}

fn other_problem(path: &Path, line: usize) -> Error {
    let rule = "is an evaluation of a different problem: start over, which keeps the file under another name";
    let (key, rule) = (String::new(), rule.to_owned());
    Error::Files(vec![FileProblem { path: path.to_owned(), line, key, rule }])
}

/// One line: the bits of the numbers, so that nothing is lost.
fn line(known: &Known) -> String {
    let bits = |numbers: &[f64]| {
        numbers.iter().map(|x| format!("{:016x}", x.to_bits())).collect::<Vec<_>>().join(" ")
    };
    let objective = bits(&[known.objective]);
    format!("{}|{objective}|{}|", bits(&known.x), bits(&known.expected))
}

fn read(line: &str) -> Option<Known> {
    let mut parts = line.split('|');
    let mut numbers = || -> Option<Vec<f64>> {
        let words = parts.next()?.split_whitespace();
        words.map(|word| Some(f64::from_bits(u64::from_str_radix(word, 16).ok()?))).collect()
    };
    let (x, objective, expected) = (numbers()?, numbers()?, numbers()?);
    parts.next()?;
    Some(Known { x, objective: *objective.first()?, expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_what_was_kept_comes_back_to_the_last_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c");
        let one =
            Known { x: vec![0.1, -3e300], objective: 1.0 / 3.0, expected: vec![f64::EPSILON] };
        let two = Known { x: vec![2.0, 1.0], objective: 1e9, expected: Vec::new() };
        let open = |inputs, unknowns, resume| Checkpoint::open(&path, inputs, unknowns, resume);
        let (checkpoint, kept) = open("abc", 2, true).unwrap();
        assert_eq!(kept, Resumed::default());
        checkpoint.save(&one).unwrap();
        checkpoint.save(&two).unwrap();
        drop(checkpoint);
        let half = std::fs::read_to_string(&path).unwrap() + "3ff0000000000000 4000|3ff";
        std::fs::write(&path, half).unwrap();
        let (checkpoint, kept) = open("abc", 2, true).unwrap();
        assert_eq!(kept.known, [one, two]);
        drop(checkpoint);
        assert!(open("other", 2, true).is_err(), "other inputs");
        assert!(open("abc", 3, true).is_err(), "other unknowns");
        let (checkpoint, kept) = open("other", 2, false).unwrap();
        assert!(kept.known.is_empty() && kept.aside.is_some_and(|aside| aside.exists()));
        checkpoint.remove();
        assert!(!path.exists());
    }
}
