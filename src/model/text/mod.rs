//! Models as text: a language that is read at run time, with checked units.
//!
//! ```
//! use thrombopoiesis::model::text::{Choice, TextModel};
//! let text = "model decay \"One compartment\"\nlanguage 1\ntime h\n\n\
//!     [parameters]\nke = 0.1 1/h\nv = 10 L\n\n[dosing]\ndose iv into a\n\n[states]\na = 0 mg\n\n\
//!     [equations]\nd/dt(a) = -ke*a\n\n[outputs]\nconc = a/v in ng/mL\n";
//! let model = TextModel::read("decay.model", text)?;
//! let sheet = model.sheet(&Choice::default())?;
//! assert_eq!(sheet.states[0].unit.text(), "mg");
//! # Ok::<(), thrombopoiesis::model::text::Problems>(())
//! ```

mod block;
mod canonical;
mod checks;
mod chosen;
mod declared;
mod degree;
mod doses;
mod draw;
mod entries;
mod flows;
mod functions;
mod individual;
mod latex;
mod latex_parts;
mod layout;
mod lexer;
mod lines;
mod loaded;
mod lower;
mod measure;
mod node;
mod nodes;
mod outputs;
mod parser;
mod problem;
mod read;
mod recorded;
mod sheet;
mod spelling;
mod syntax;
mod terms;
#[cfg(test)]
mod tests;
mod unit;

pub(in crate::model) use entries::text_entries;
pub(crate) use loaded::refused;
pub(in crate::model) use loaded::{Loaded, require_code};
pub(crate) use outputs::Shown;
pub(in crate::model) use outputs::{NO_COUNT, Outputs};

pub use declared::{
    Check, Citation, Correlation, Covariate, Named, Output, Panel, Parameter, Published, Source,
    Variability, What,
};
pub use flows::{Action, Compartment, Flows};
pub use latex::Equation;
pub use latex_parts::Dosing;
pub use lines::{Change, Shape, Spread};
pub use problem::{Problem, Problems, Span};
pub use read::{Choice, TextModel};
pub use recorded::{DoseProperties, Recorded};
pub use sheet::{
    Clock, Definition, Entry, Event, Function, Id, Inputs, Node, Operator, OutputValue, Residual,
    Route, Sheet, State, Stop,
};
pub use unit::Unit;
