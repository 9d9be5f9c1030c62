//! What a result was made from, so that it can be made again. No clock, host, path or thread count:
//! the same inputs give the same record.

use serde::Serialize;
use std::collections::BTreeMap;

/// The record of one run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunRecord {
    /// Name and version of the program.
    pub program: String,
    /// What was done, as it can be typed again: every option that is not at its default.
    pub command: String,
    /// The one model and regimen that were integrated, where there are no others.
    #[serde(flatten)]
    pub integrated: Option<Integrated>,
    /// Seed of the random numbers, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// What integrated: the method, and how many patients another one where that was so.
    pub integrator: String,
    /// Relative tolerance.
    #[serde(serialize_with = "in_powers_of_ten")]
    pub relative_tolerance: f64,
    /// Absolute tolerance, in multiples of each state's scale.
    #[serde(serialize_with = "in_powers_of_ten")]
    pub absolute_tolerance: f64,
    /// SHA-256 of every input file, by name.
    pub inputs: BTreeMap<String, String>,
}

/// What was integrated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Integrated {
    /// Name of the model.
    pub model: String,
    /// Whom its parameters describe.
    pub population: String,
    /// Its structural variant, if it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The doses.
    pub regimen: String,
}

/// 1e-8 rather than 0.00000001.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn in_powers_of_ten<S: serde::Serializer>(
    tolerance: &f64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("{tolerance:e}"))
}

impl RunRecord {
    /// As TOML.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// As comment lines for a CSV file.
    #[must_use]
    pub fn to_comments(&self) -> String {
        self.to_toml()
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| ["# ", line, "\n"].concat())
            .collect()
    }
}

/// `text` as one argument, quoted for a shell where it has to be.
#[must_use]
pub fn quoted(text: &str) -> String {
    // `NAME=VALUE` after an option needs no quotes, which `shlex` would give it.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    // Only a zero byte cannot be quoted, and no argument holds one.
    shlex::try_quote(text).map_or_else(|_| text.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn analytic_arguments_are_quoted_where_a_shell_would_split_or_expand_them() {
        for plain in ["kc=115", "my/path.csv", "+1.5e-3", "nelder-mead"] {
            assert_eq!(quoted(plain), plain);
        }
        for text in ["", "3 mg qd x5", "it's", "$HOME", "a;b", "~", "*"] {
            let back = shlex::split(&quoted(text));
            assert_eq!(back, Some(vec![text.to_owned()]), "{text}");
        }
    }
}
