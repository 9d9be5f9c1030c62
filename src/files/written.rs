//! What was written, in a line.

use std::fmt;
use std::path::PathBuf;

/// What was written, and what became of what stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file or folder, as it was named.
    pub path: PathBuf,
    /// Number of files.
    pub files: usize,
    /// Their bytes together.
    pub bytes: usize,
    /// Where what stood there is now, if it was moved aside.
    pub aside: Option<PathBuf>,
    /// Folders left by interrupted runs that hold something the program did not write.
    pub left: Vec<PathBuf>,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "written: {} (", self.path.display())?;
        if self.files != 1 {
            write!(f, "{} files, ", self.files)?;
        }
        write!(f, "{})", size(self.bytes))?;
        if let Some(aside) = &self.aside {
            write!(f, "; the previous content is now in {}", aside.display())?;
        }
        for left in &self.left {
            write!(f, "\nleft by an interrupted run, not removed: {}", left.display())?;
        }
        Ok(())
    }
}

/// A number of bytes to three figures.
fn size(bytes: usize) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"];
    let (mut size, mut unit) = (bytes as f64, 0);
    while size >= 999.5 && unit + 1 < units.len() {
        (size, unit) = (size / 1000.0, unit + 1);
    }
    let decimals = match size {
        _ if unit == 0 => 0,
        size if size < 9.995 => 2,
        size if size < 99.95 => 1,
        _ => 0,
    };
    format!("{size:.decimals$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn analytic_sizes_have_three_figures() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1000, "1.00 kB"),
            (12_345, "12.3 kB"),
            (999_600, "1.00 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
