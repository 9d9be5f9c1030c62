//! Evaluations on disk, line by line, so that a calibration that was killed goes on where it was.

use super::evaluator::Known;
use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A growing file of evaluations that belong to one set of inputs.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    file: Mutex<File>,
}

impl Checkpoint {
    /// Opens the checkpoint at `path` for the inputs with this hash. With `resume`, what it holds of
    /// the same inputs comes back; otherwise it is begun anew.
    ///
    /// # Errors
    /// The file cannot be read or written; it belongs to other inputs.
    pub fn open(path: &Path, inputs: &str, resume: bool) -> Result<(Self, Vec<Known>)> {
        let heading = format!("thrombo calibration {inputs}");
        let mut known = Vec::new();
        if resume && path.exists() {
            let text = std::fs::read_to_string(path).map_err(Error::io(path, "read"))?;
            let mut lines = text.lines();
            if lines.next() != Some(&heading) {
                return Err(Error::Contradiction {
                    first: format!("--resume with {}", path.display()),
                    second: "these targets, variant, seed or settings: it belongs to others"
                        .to_owned(),
                    remedy: "leave --resume away to begin anew".to_owned(),
                });
            }
            // A line that was cut off is computed again.
            known.extend(lines.map_while(read));
        }
        let write = || -> std::io::Result<File> {
            let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(path)?;
            writeln!(file, "{heading}")?;
            for known in &known {
                file.write_all(line(known).as_bytes())?;
            }
            Ok(file)
        };
        let file = write().map_err(Error::io(path, "written"))?;
        Ok((Self { path: path.to_owned(), file: Mutex::new(file) }, known))
    }

    /// Keeps one evaluation. A disk that is full is no reason to stop: only resuming is lost.
    pub fn save(&self, known: &Known) {
        if let Ok(mut file) = self.file.lock() {
            let _ = file.write_all(line(known).as_bytes());
        }
    }

    /// Removes the file once its work is done.
    pub fn remove(self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// One line: the bits of the numbers, so that nothing is lost.
fn line(known: &Known) -> String {
    let bits = |numbers: &[f64]| {
        numbers.iter().map(|x| format!("{:016x}", x.to_bits())).collect::<Vec<_>>().join(" ")
    };
    let objective = bits(&[known.objective]);
    format!("{}|{objective}|{}|\n", bits(&known.x), bits(&known.expected))
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
        let (checkpoint, known) = Checkpoint::open(&path, "abc", true).unwrap();
        assert!(known.is_empty());
        checkpoint.save(&one);
        checkpoint.save(&two);
        let half = std::fs::read_to_string(&path).unwrap() + "3ff0000000000000 4000|3ff";
        std::fs::write(&path, half).unwrap();
        let (_, known) = Checkpoint::open(&path, "abc", true).unwrap();
        assert_eq!(known, [one, two]);
        assert!(Checkpoint::open(&path, "other", true).is_err());
        let (checkpoint, known) = Checkpoint::open(&path, "other", false).unwrap();
        assert!(known.is_empty());
        checkpoint.remove();
        assert!(!path.exists());
    }
}
