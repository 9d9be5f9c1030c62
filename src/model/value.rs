//! A model as a value: what it is called, what it needs and shows, and its equations.

use super::equations::{Equations, Individual};
use super::graph::Expression;
use super::text::{Flows, Loaded, NO_COUNT, Outputs, Recorded, Shown, TextModel};
use super::{DoseRange, Panel, Readout, Symbol, Theta, Variant, Written};
use crate::error::{Error, Result};
use crate::names::name;
use crate::numeric::{Dual, Real};
use crate::units::{Amount, Route};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A model. Copies share one definition.
///
/// ```
/// use thrombopoiesis::model::{Model, Population, parameter_set};
/// let set = parameter_set("katsube_2019", Population::CLD)?;
/// let patient = set.model.individual(&set.theta())?;
/// assert_eq!(patient.platelets(&patient.baseline()), 39.2);
/// # Ok::<(), thrombopoiesis::error::Error>(())
/// ```
#[derive(Clone)]
pub struct Model(Arc<Definition>);

struct Definition {
    name: String,
    symbols: Vec<Symbol>,
    title: &'static str,
    origin: &'static str,
    readouts: Vec<Readout>,
    variants: Vec<(Variant, &'static str)>,
    routes: Vec<Route>,
    doses: &'static [(Route, DoseRange)],
    panels: Vec<Panel>,
    has_platelets: bool,
    has_conc: bool,
    equations: Source,
}

/// Where equations come from.
enum Source {
    /// Compiled, for each number type.
    Compiled { kernels: Kernels, check: fn(&Theta<f64>) -> Result<()>, unit_dose: Amount },
    /// Read from a text.
    Text(Box<Loaded>),
}

/// Makes the equations of the individual with the values `theta`.
type Kernel<T> = fn(&Theta<T>) -> Result<Arc<dyn Equations<T>>>;

/// The compiled equations, one [`Kernel`] for each number type.
struct Kernels(Vec<Box<dyn Any + Send + Sync>>);

impl Kernels {
    /// The number types for which equations are compiled: plain numbers, dual numbers with few and
    /// with many derivatives, and the arithmetic that writes the graph.
    fn of<F: Family>() -> Self {
        Self(vec![
            Box::new(F::equations::<f64> as Kernel<f64>),
            Box::new(F::equations::<Dual<2>> as Kernel<Dual<2>>),
            Box::new(F::equations::<Dual<4>> as Kernel<Dual<4>>),
            Box::new(F::equations::<Dual<8>> as Kernel<Dual<8>>),
            Box::new(F::equations::<Dual<12>> as Kernel<Dual<12>>),
            Box::new(F::equations::<Expression> as Kernel<Expression>),
        ])
    }

    fn find<T: Real>(&self) -> Option<Kernel<T>> {
        self.0.iter().find_map(|kernel| kernel.downcast_ref::<Kernel<T>>()).copied()
    }
}

/// Models written in Rust that share a name, and differ in what the compiler has to know, such as
/// the number of stages.
pub trait Family {
    /// One of them, for name, symbols and readouts, which they share.
    type Any: Written;

    /// The equations of the individual with the values `theta`.
    ///
    /// # Errors
    /// A symbol without a value, or values that contradict each other.
    fn equations<T: Real>(theta: &Theta<T>) -> Result<Arc<dyn Equations<T>>>;

    /// Refuses values that are derived from admissible ones and yet mean nothing.
    ///
    /// # Errors
    /// A derived value outside its range.
    fn admits(theta: &Theta<f64>) -> Result<()>;
}

impl<M: Written> Family for M {
    type Any = M;

    fn equations<T: Real>(theta: &Theta<T>) -> Result<Arc<dyn Equations<T>>> {
        Ok(Arc::new(Individual::<M, T>(M::individual(theta)?)))
    }

    fn admits(theta: &Theta<f64>) -> Result<()> {
        M::check(&M::individual(theta)?)
    }
}

impl Model {
    /// The model of equations written in Rust.
    #[must_use]
    pub fn written<F: Family>() -> Self {
        Self(Arc::new(Definition {
            name: F::Any::NAME.to_owned(),
            symbols: F::Any::symbols(),
            title: F::Any::TITLE,
            origin: F::Any::ORIGIN,
            readouts: F::Any::READOUTS.to_vec(),
            variants: F::Any::VARIANTS.to_vec(),
            routes: F::Any::ROUTES.to_vec(),
            doses: F::Any::DOSES,
            panels: F::Any::PANELS.to_vec(),
            has_platelets: true,
            has_conc: true,
            equations: Source::Compiled {
                kernels: Kernels::of::<F>(),
                check: F::admits,
                unit_dose: F::Any::UNIT_DOSE,
            },
        }))
    }

    /// The model of a text.
    pub(super) fn of_text(text: TextModel) -> Self {
        let citation = text.citation.text.clone();
        let outputs = Outputs::of(text.base());
        let text = Loaded::new(text);
        Self(Arc::new(Definition {
            name: text.text.name.clone(),
            symbols: text.symbols(),
            title: name(&text.text.title),
            origin: name(&citation),
            readouts: text.readouts(),
            variants: text.variants(),
            routes: text.routes(),
            doses: &[],
            panels: Vec::new(),
            has_platelets: outputs.platelets.is_some(),
            has_conc: outputs.conc.is_some(),
            equations: Source::Text(Box::new(text)),
        }))
    }

    /// Whether the model gives a platelet count, which thresholds and stopping rules need.
    #[must_use]
    pub fn has_platelets(&self) -> bool {
        self.0.has_platelets
    }

    /// Whether the model gives a concentration of drug.
    #[must_use]
    pub fn has_conc(&self) -> bool {
        self.0.has_conc
    }

    /// Refuses a model without a platelet count for `what`.
    ///
    /// # Errors
    /// The model gives no count.
    pub fn require_platelets(&self, what: &str) -> Result<()> {
        if self.has_platelets() {
            return Ok(());
        }
        let (given, remedy) = match self.text() {
            Some(text) => Outputs::without_count(text.base()),
            None => NO_COUNT.map(str::to_owned).into(),
        };
        Err(Error::Contradiction {
            first: what.to_owned(),
            second: format!("the model {self}, {given} [R01]"),
            remedy,
        })
    }

    /// The text of the model, where it was read from one.
    #[must_use]
    pub fn text(&self) -> Option<&TextModel> {
        match &self.0.equations {
            Source::Text(loaded) => Some(&loaded.text),
            Source::Compiled { .. } => None,
        }
    }

    /// Where an output of a text, by its position, is shown.
    #[must_use]
    pub(crate) fn shown(&self, output: usize) -> Shown {
        match &self.0.equations {
            Source::Text(loaded) => loaded.shown(output),
            Source::Compiled { .. } => Shown::Readout(output),
        }
    }

    /// For each state of a text, its rate without drug as a share of the terms that it is the sum of.
    ///
    /// # Errors
    /// A symbol without a value, values that contradict each other.
    pub(crate) fn unrest(&self, theta: &Theta<f64>) -> Result<Vec<(String, f64)>> {
        match &self.0.equations {
            Source::Text(loaded) => loaded.unrest(theta),
            Source::Compiled { .. } => Ok(Vec::new()),
        }
    }

    /// For each of several states of a text, the sums of the absolute terms of all rates, per hour.
    #[cfg(test)]
    pub(super) fn term_sizes(&self, theta: &Theta<f64>, all: &[Vec<f64>]) -> Result<Vec<Vec<f64>>> {
        match &self.0.equations {
            Source::Text(loaded) => loaded.term_sizes(theta, all),
            Source::Compiled { .. } => Ok(Vec::new()),
        }
    }

    /// What leads to what in a text, with the values `theta`.
    pub(super) fn flows(&self, theta: &Theta<f64>) -> Result<Flows> {
        match &self.0.equations {
            Source::Text(loaded) => loaded.flows(theta),
            Source::Compiled { .. } => Ok(Flows::default()),
        }
    }

    /// The name in files and on the command line.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The name in titles.
    #[must_use]
    pub fn title(&self) -> &str {
        self.0.title
    }

    /// Where the shipped parameters come from, a sentence.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.0.origin
    }

    /// The panels of a figure that show readouts relative to baseline.
    #[must_use]
    pub fn panels(&self) -> &[Panel] {
        &self.0.panels
    }

    /// The parameters and covariates that make an individual.
    #[must_use]
    pub fn symbols(&self) -> &[Symbol] {
        &self.0.symbols
    }

    /// The routes by which doses can be given, the usual one first.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.0.routes
    }

    /// The route by which doses go unless said otherwise.
    #[must_use]
    pub fn usual_route(&self) -> Route {
        self.0.routes.first().copied().unwrap_or(Route::Oral)
    }

    /// The doses by each route that a model written in Rust declares.
    pub(super) fn declared_doses(&self) -> &'static [(Route, DoseRange)] {
        self.0.doses
    }

    /// One of the unit in which doses by a route are counted.
    #[must_use]
    pub(crate) fn unit_dose(&self, route: Route) -> Amount {
        match &self.0.equations {
            Source::Text(loaded) => loaded.unit_dose(route),
            Source::Compiled { unit_dose, .. } => *unit_dose,
        }
    }

    /// The structural variants, each with what it assumes; none where there is one structure only.
    #[must_use]
    pub fn variants(&self) -> &[(Variant, &'static str)] {
        &self.0.variants
    }

    /// The structural variant called `name`, case ignored: of a text, one that it has; of a model written in
    /// Rust, any letter of the mechanistic model.
    ///
    /// # Errors
    /// There is no such variant.
    pub fn variant(&self, name: &str) -> Result<Variant> {
        if self.text().is_none() {
            return name.parse();
        }
        let known = self.variants().iter().map(|(variant, _)| *variant);
        let found = known.clone().find(|own| own.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| Error::NotIn {
            owner: format!("the model `{self}`"),
            kind: "variant",
            name: name.to_owned(),
            known: known.map(|own| own.to_string()).collect(),
        })
    }

    /// What the model can show besides concentration and count.
    #[must_use]
    pub fn readouts(&self) -> &[Readout] {
        &self.0.readouts
    }

    /// The equations of the individual with the values `theta`.
    ///
    /// # Errors
    /// A symbol without a value, values that contradict each other, a number type for which nothing is
    /// compiled.
    pub fn individual<T: Real>(&self, theta: &Theta<T>) -> Result<Arc<dyn Equations<T>>> {
        let kernels = match &self.0.equations {
            Source::Compiled { kernels, .. } => kernels,
            Source::Text(text) => return text.individual(theta),
        };
        let kernel = kernels.find::<T>().ok_or_else(|| Error::Unknown {
            kind: "number type",
            name: std::any::type_name::<T>().to_owned(),
            known: vec!["f64".to_owned(), "Dual of 2, 4, 8 or 12".to_owned()],
        })?;
        kernel(theta)
    }

    /// The individual with the values `theta`, to be driven by records; only a text says what its compartments
    /// are called there.
    ///
    /// # Errors
    /// A model that is not a text, a symbol without a value, values that contradict each other.
    pub fn recorded<T: Real>(&self, theta: &Theta<T>) -> Result<Recorded<T>> {
        match &self.0.equations {
            Source::Text(text) => text.recorded(theta),
            Source::Compiled { .. } => Err(Error::Contradiction {
                first: "records".to_owned(),
                second: format!("the model {self} in Rust"),
                remedy: "take the text of the model".to_owned(),
            }),
        }
    }

    /// Refuses values that are derived from admissible ones and yet mean nothing.
    ///
    /// # Errors
    /// A symbol without a value, values that contradict each other, a derived value outside its range.
    pub fn check(&self, theta: &Theta<f64>) -> Result<()> {
        match &self.0.equations {
            Source::Compiled { check, .. } => check(theta),
            Source::Text(text) => text.individual(theta).map(drop),
        }
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        let text = |own: &Self| own.text().map(TextModel::text).map(str::to_owned);
        Arc::ptr_eq(&self.0, &other.0) || (self.name() == other.name() && text(self) == text(other))
    }
}

impl PartialEq<str> for Model {
    fn eq(&self, name: &str) -> bool {
        self.name() == name
    }
}

impl PartialEq<&str> for Model {
    fn eq(&self, name: &&str) -> bool {
        self.name() == *name
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Model({})", self.name())
    }
}
