//! Bridges: a model with its parameters in another tool's own form, and records that those tools
//! read.
//!
//! Nothing is written twice. The equations of `src/model` are run once in an arithmetic that writes
//! itself down (`expression`), which gives each value of the model once, with its name
//! (`equations`); one printer for each tool makes its text of that.
//!
//! ```
//! use thrombopoiesis::export::{Request, Tool, export};
//! use thrombopoiesis::model::parameter_set;
//!
//! let set = parameter_set("mechanistic", None)?;
//! let regimen = "3 mg qd x7".parse()?;
//! let request = Request::new(&set, &regimen);
//! let model = export(&request, Tool::Mrgsolve)?.text;
//! assert!(model.contains("dxdt_depot = -ka * depot;"));
//! # Ok::<(), thrombopoiesis::error::Error>(())
//! ```

mod equations;
mod example;
mod mrgsolve;
mod name;
mod nonmem;
mod nonmem_error;
mod nonmem_names;
pub mod records;
mod rxode2;
mod sbml;
mod simulated;
#[cfg(test)]
mod tests;
mod text;
mod unit;
mod variation;

use crate::error::Result;
use crate::model::ParameterSet;
use crate::population::VirtualPatients;
use crate::regimen::Regimen;
use crate::units::Time;
use equations::Equations;
use example::Example;

pub use simulated::SUBJECTS;

/// A tool that can be written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// A model specification for the R package mrgsolve.
    Mrgsolve,
    /// A script for the R package rxode2.
    Rxode2,
    /// A control stream for NONMEM, with its data file.
    Nonmem,
    /// Systems Biology Markup Language, Level 3 Version 2 Core.
    Sbml,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mrgsolve, Self::Rxode2, Self::Nonmem, Self::Sbml];

    /// The ending of its files.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Mrgsolve => "cpp",
            Self::Rxode2 => "R",
            Self::Nonmem => "ctl",
            Self::Sbml => "xml",
        }
    }
}

/// What is to be exported.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Model and parameters.
    pub set: &'a ParameterSet,
    /// The doses of the example.
    pub regimen: &'a Regimen,
    /// Length of the example.
    pub until: Time,
    /// Distance of its samples.
    pub every: Time,
    /// Name of the file, without its ending.
    pub name: String,
    /// Lines that open the text as comments.
    pub heading: Vec<String>,
    /// The patients whose typical one `set` describes: their differences and the error of counts are
    /// written too. Without them the text describes the typical patient alone.
    pub patients: Option<&'a VirtualPatients>,
}

impl<'a> Request<'a> {
    /// An example of 40 days with a sample every 6 hours.
    #[must_use]
    pub fn new(set: &'a ParameterSet, regimen: &'a Regimen) -> Self {
        let (until, every) = (Time::days(40.0), Time::hours(6.0));
        let (name, heading) = (set.model.to_string(), Vec::new());
        Self { set, regimen, until, every, name, heading, patients: None }
    }
}

/// A model in another tool's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The model.
    pub text: String,
    /// The records of the example as CSV, where the tool reads them from a file of their own.
    pub data: Option<String>,
}

/// The model of `request` as `tool` reads it. What of its patients the tool cannot express is named in
/// lines of the heading that begin with `note`.
///
/// # Errors
/// A dosing rule; a model whose doses do more than to enter a compartment; values that contradict
/// each other; a route that the model does not describe; a file name that the tool cannot read; no
/// samples or too many; patients whose parameters lie outside their ranges.
pub fn export(request: &Request<'_>, tool: Tool) -> Result<Exported> {
    name::check(&request.name, tool)?;
    let example = Example::new(request)?;
    let route = request.regimen.planned().first().map(|dose| dose.route);
    let mut equations = Equations::new(request.set, route)?;
    let mut request = request.clone();
    if let Some(patients) = request.patients {
        let notes;
        (equations, notes) = equations.with(request.set, patients)?;
        request.heading.extend(notes.into_iter().map(|note| format!("note: {note}")));
    }
    let request = &request;
    let only = |text| Exported { text, data: None };
    Ok(match tool {
        Tool::Mrgsolve => only(mrgsolve::text(request, &equations, &example)),
        Tool::Rxode2 => only(rxode2::text(request, &equations, &example)),
        Tool::Sbml => only(sbml::text(request, &equations, &example)),
        Tool::Nonmem => Exported {
            text: nonmem::text(request, &equations, &example),
            data: Some(nonmem::data(request, &equations, &example)?.to_csv()),
        },
    })
}
