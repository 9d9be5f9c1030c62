//! Equations only: what a drug does to the making of platelets.
//!
//! A model is a value, [`Model`]. The equations of the shipped ones are written once, in a number type
//! `T`: [`Written`], [`Real`]. The blocks are in
//! files of their own ([`pharmacokinetics`], [`linear_precursors`], [`receptor`], [`thrombopoiesis`]); the
//! project's model is put together in [`mechanistic`], the models of papers in [`published`].
//! Equation numbers at line ends are those of `docs/model.md`.

mod catalogue;
mod chain;
mod chosen;
pub mod closed_form;
mod dose_range;
mod dose_unit;
mod driven;
mod equations;
mod event;
pub(crate) mod graph;
pub mod linear_precursors;
pub mod mechanistic;
mod named;
mod parameter_file;
mod parameter_set;
pub mod pharmacokinetics;
mod plausibility;
pub mod published;
pub mod receptor;
mod size;
mod state;
pub mod structure;
mod symbol;
pub mod text;
mod theta;
pub mod thrombopoiesis;
mod value;
mod variant;

pub use catalogue::{
    MODEL_ENDING, MODEL_NAMES, TEXT_NAMES, model, model_of_text, names_text, parameter_set,
    read_parameters,
};
pub use chosen::{chosen_set, chosen_variant};
pub use dose_range::DoseRange;
pub(crate) use dose_range::LUSUTROMBOPAG;
pub use driven::{Driven, Form};
pub use equations::Equations;
pub use event::Event;
pub(crate) use event::route_unknown;
pub use mechanistic::Mechanistic;
pub(crate) use named::named_model;
pub(crate) use parameter_file::entry as read_entry;
pub(crate) use parameter_set::GRADES;
pub use parameter_set::{Entry, ParameterSet, Status};
pub use published::katsube_2019::Katsube2019;
pub use state::{StateBlock, StateName};
pub use symbol::{Range, Symbol};
pub(crate) use text::Shown;
pub use theta::Theta;
pub use value::{Family, Model};
pub use variant::{Population, Variant};

use crate::error::Result;
use crate::numeric::Real;
use crate::units::{Amount, Route};
use state::state;
use std::borrow::Cow;
use symbol::parameters;

/// A model written in Rust: states, their equations, and how a dose enters. [`Model::written`] makes a
/// value of it.
pub trait Written: Copy + std::fmt::Debug + Send + Sync + 'static {
    /// The name in files and on the command line.
    const NAME: &'static str;
    /// The name in titles.
    const TITLE: &'static str;
    /// Where the shipped parameters come from, a sentence.
    const ORIGIN: &'static str = "Parameters as published.";
    /// What else the model can show, besides concentration and count: CSV column and meaning.
    const READOUTS: &'static [Readout];
    /// The structural variants, each with what it assumes; none where there is one structure only.
    const VARIANTS: &'static [(Variant, &'static str)] = &[];
    /// The routes that [`Self::administer`] describes, the usual one first.
    const ROUTES: &'static [Route];
    /// One of the unit in which doses are counted in records and exports.
    const UNIT_DOSE: Amount = Amount::Mg(1.0);
    /// The doses by each route that are offered and searched; beyond them a dose can hardly be meant.
    const DOSES: &'static [(Route, DoseRange)] = &[];
    /// The panels of a figure that show readouts relative to baseline.
    const PANELS: &'static [Panel];

    /// One individual's parameters.
    type Parameters<T: Real>: Copy + std::fmt::Debug + Send + Sync;
    /// The state.
    type State<T: Real>: StateBlock<T> + std::fmt::Debug;

    /// The parameters and covariates that make an individual.
    fn symbols() -> Vec<Symbol>;

    /// An individual's parameters, covariates applied and derived values computed.
    ///
    /// # Errors
    /// A symbol without a value, or values that contradict each other.
    fn individual<T: Real>(theta: &Theta<T>) -> Result<Self::Parameters<T>>;

    /// Refuses values that are derived from admissible ones and yet mean nothing.
    ///
    /// # Errors
    /// A derived value outside its range.
    fn check(_p: &Self::Parameters<f64>) -> Result<()> {
        Ok(())
    }

    /// The fastest decay at baseline, 1/h, where it is so much faster than the rest that stability
    /// and not accuracy would limit the steps; otherwise zero.
    fn fastest_rate<T: Real>(_p: &Self::Parameters<T>) -> T {
        T::ZERO
    }

    /// The pharmacokinetics, where they are those of [`pharmacokinetics`] and the rest of the model
    /// depends on the drug through the concentration only.
    fn linear_pk<T: Real>(_p: &Self::Parameters<T>) -> Option<pharmacokinetics::Parameters<T>> {
        None
    }

    /// The state without drug, an equilibrium.
    fn baseline<T: Real>(p: &Self::Parameters<T>) -> Self::State<T>;

    /// Rates of change, per hour.
    fn derivatives<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> Self::State<T>;

    /// Plasma concentration, ng/mL. Linear in the state, unless [`Self::conc_rate`] is written too.
    fn conc<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> T;

    /// How fast the concentration changes, ng/mL/h, where the state `y` changes at `rates`.
    fn conc_rate<T: Real>(
        p: &Self::Parameters<T>,
        _y: &Self::State<T>,
        rates: &Self::State<T>,
    ) -> T {
        Self::conc(p, rates)
    }

    /// Platelet count, 10⁹/L. Linear in the state.
    fn platelets<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> T;

    /// The values of [`Self::READOUTS`], in their order.
    fn readouts<T: Real>(p: &Self::Parameters<T>, y: &Self::State<T>) -> Vec<T>;

    /// Names and units of values that the equations compute on their way, for texts in which they
    /// are written out.
    fn intermediates<T: Real>(
        _p: &Self::Parameters<T>,
        _y: &Self::State<T>,
    ) -> Vec<Intermediate<T>> {
        Vec::new()
    }

    /// What a dose sets off, each event with its delay in hours after the dose time.
    ///
    /// # Errors
    /// A route that the model does not describe.
    fn administer<T: Real>(
        p: &Self::Parameters<T>,
        amount: Amount,
        route: Route,
    ) -> Result<Vec<(T, Event<T>)>>;

    /// Adds `given` · 10⁹ transfused platelets to the state.
    ///
    /// # Errors
    /// The model does not describe it, which is the default.
    fn transfuse<T: Real>(
        _p: &Self::Parameters<T>,
        _y: &mut Self::State<T>,
        _given: T,
    ) -> Result<()> {
        event::no_transfusion(Self::NAME)
    }
}

/// Name, unit and value of what the equations compute on their way.
pub type Intermediate<T> = (&'static str, &'static str, T);

/// A quantity that a model can show besides concentration and count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readout {
    /// CSV column; carries the unit.
    pub column: &'static str,
    /// What it is.
    pub meaning: &'static str,
}

/// A panel of a figure that shows readouts relative to baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// Title of the axis.
    pub title: &'static str,
    /// The column of each readout, and the label of its curve.
    pub curves: Cow<'static, [(&'static str, &'static str)]>,
}

/// Body weight, a covariate of every model: doses per kg need it.
const WT: Symbol =
    Symbol { name: "wt", unit: "kg", meaning: "body weight", range: Range::POSITIVE };

/// The Child-Pugh score, a covariate of the models in liver disease.
const CHILD_PUGH_SCORE: Symbol = Symbol {
    name: "child_pugh_score",
    unit: "1",
    meaning: "Child-Pugh score, 5 (A) to 13 (C)",
    range: Range { min: 5.0, max: 13.0, closed: true },
};
