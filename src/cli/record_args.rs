//! How a data set of records is read: shared by the commands that take one.

use super::args::assignment;
use clap::{Args as ClapArgs, ValueEnum};
use thrombopoiesis::error::{Error, Result};
use thrombopoiesis::records::{Direction, Options, Remedies};

/// The rows of a data set where they leave a choice.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(super) struct RecordArgs {
    /// Records: output of the rows that name none
    #[arg(long, value_name = "NAME")]
    pub(super) output: Option<String>,
    /// Records: how the values of covariates apply between rows, in place of what the model says
    #[arg(long, value_name = "HOW")]
    pub(super) covariates: Option<DirectionArg>,
    /// Records: a missing covariate has the last value of its subject (carry), or this value; repeatable
    #[arg(long, value_name = "carry|NAME=VALUE", value_parser = missing)]
    pub(super) missing: Vec<Missing>,
    /// Records: an ID that appears again after other subjects is an error, or a new subject
    #[arg(long, value_name = "HOW", default_value = "error")]
    pub(super) id_runs: IdRuns,
    /// Records: rows whose first cell begins with this letter are comments
    #[arg(long, value_name = "LETTER")]
    pub(super) ignore: Option<char>,
}

/// What an ID is that appears again after other subjects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum IdRuns {
    #[default]
    Error,
    New,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DirectionArg {
    /// The values of a row hold in the interval before it, as in NONMEM
    Backward,
    /// The values of a row hold until the next row
    Forward,
    /// Values are joined by straight lines
    Linear,
}

/// What stands for a missing covariate.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Missing {
    Carry,
    Value(String, f64),
}

fn missing(text: &str) -> std::result::Result<Missing, String> {
    if text.eq_ignore_ascii_case("carry") {
        return Ok(Missing::Carry);
    }
    let known = assignment(text).map_err(|_| "write carry, or NAME=VALUE such as wt=70")?;
    Ok(Missing::Value(known.0, known.1))
}

/// How the command line names what would help against a problem of records.
const REMEDIES: Remedies = Remedies {
    id_runs: "--id-runs new",
    carry: "--missing carry",
    missing: "--missing ",
    set: "--set ",
    output: "--output NAME",
};

impl RecordArgs {
    /// Whether any of them was given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let all = [
            (self.output.is_some(), "--output"),
            (self.covariates.is_some(), "--covariates"),
            (!self.missing.is_empty(), "--missing"),
            (self.id_runs == IdRuns::New, "--id-runs"),
            (self.ignore.is_some(), "--ignore"),
        ];
        all.into_iter().find(|(is_given, _)| *is_given).map(|(_, flag)| flag)
    }

    /// Refuses what says how records are read, where none are.
    pub(super) fn require_none(&self) -> Result<()> {
        match self.given() {
            None => Ok(()),
            Some(flag) => Err(Error::Contradiction {
                first: flag.to_owned(),
                second: "a run without records".to_owned(),
                remedy: format!("omit {flag}, or give records with --data"),
            }),
        }
    }

    /// How the records are read; `set` are values of covariates without a column.
    pub(super) fn options(&self, set: &[(String, f64)]) -> Options {
        let values = self.missing.iter().filter_map(|own| match own {
            Missing::Carry => None,
            Missing::Value(name, value) => Some((name.clone(), *value)),
        });
        Options {
            ignore: self.ignore,
            id_runs_new: self.id_runs == IdRuns::New,
            carry: self.missing.contains(&Missing::Carry),
            missing: values.collect(),
            set: set.to_vec(),
            output: self.output.clone(),
            remedies: REMEDIES,
            ..Options::default()
        }
    }

    /// The direction of all covariates, if it is not the model's.
    pub(super) fn direction(&self) -> Option<Direction> {
        self.covariates.map(|own| match own {
            DirectionArg::Backward => Direction::Backward,
            DirectionArg::Forward => Direction::Forward,
            DirectionArg::Linear => Direction::Linear,
        })
    }
}
