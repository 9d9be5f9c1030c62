//! A text as the rest of the program sees a model: its symbols, outputs, routes and equations.

use super::block::Block;
use super::degree::Degree;
use super::individual::{Asked, Individual};
use super::layout::Layout;
use super::outputs::{Outputs, Shown};
use super::recorded::Recorded;
use super::sheet::{Node, Sheet};
use super::{Choice, Flows, Parameter, Problems, Shape, TextModel, Unit, Variability};
use crate::error::{Error, Result, TextProblem};
use crate::model::{Equations, Range, Readout, Symbol, Theta, Variant};
use crate::names::name;
use crate::numeric::Real;
use crate::units::{Amount, Route};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The event by which transfusions are given.
const TRANSFUSION: &str = "transfusion";
/// The unit of transfused platelets inside the program.
const PLATELETS_UNIT: &str = "10^9";

/// What a sheet depends on besides the values of an individual.
type Key = (Variant, Vec<usize>);

/// A text, with its equations for every variant and choice of sizes that has been asked for.
#[derive(Debug)]
pub(in crate::model) struct Loaded {
    pub(in crate::model) text: TextModel,
    prepared: Mutex<HashMap<Key, Arc<Asked>>>,
}

impl Loaded {
    pub(in crate::model) fn new(text: TextModel) -> Self {
        Self { text, prepared: Mutex::default() }
    }

    /// The parameters, covariates and sizes, whose values make an individual.
    pub(in crate::model) fn symbols(&self) -> Vec<Symbol> {
        let parameters = self.text.parameters.iter().map(|own| Symbol {
            name: name(&own.name),
            unit: name(own.unit.text()),
            meaning: name(&own.meaning),
            range: range(own),
        });
        let covariates = self.text.covariates.iter().map(|own| Symbol {
            name: name(&own.name),
            unit: name(own.unit.text()),
            meaning: name(&own.meaning),
            range: ANY,
        });
        let sizes = self.text.sizes.iter().map(|(own, _)| Symbol {
            name: name(own),
            unit: "1",
            meaning: "size, a whole number",
            range: Range { min: 1.0, max: 2000.0, closed: true },
        });
        parameters.chain(covariates).chain(sizes).collect()
    }

    /// The variants, each with its title.
    pub(in crate::model) fn variants(&self) -> Vec<(Variant, &'static str)> {
        let variants = self.text.variants.iter();
        variants.map(|own| (Variant::named(&own.name), name(&own.title))).collect()
    }

    /// The routes, in the order of the text.
    pub(in crate::model) fn routes(&self) -> Vec<Route> {
        let mut routes: Vec<Route> = Vec::new();
        for route in &self.text.base().routes {
            let route = Route::called(&route.name);
            if !routes.contains(&route) {
                routes.push(route);
            }
        }
        routes
    }

    /// Columns and meanings of the outputs that are neither the count nor the concentration.
    pub(in crate::model) fn readouts(&self) -> Vec<Readout> {
        let outputs = Outputs::of(self.text.base());
        let others = outputs.others.iter().map(|i| &self.text.outputs[*i]);
        others
            .map(|own| Readout {
                column: name(&column(&own.name, &own.unit)),
                meaning: name(if own.meaning.is_empty() { &own.label } else { &own.meaning }),
            })
            .collect()
    }

    /// One of the unit in which doses by a route are counted: mg or µg/kg where that is the same quantity.
    pub(in crate::model) fn unit_dose(&self, route: Route) -> Amount {
        let mut routes = self.text.base().routes.iter();
        let Some(own) = routes.find(|own| Route::called(&own.name) == route) else {
            return Amount::Mg(1.0);
        };
        if own.unit.factor_to_text("mg").is_some() {
            Amount::Mg(1.0)
        } else if own.unit.factor_to_text("ug/kg").is_some() {
            Amount::UgPerKg(1.0)
        } else {
            Amount::Of(1.0, name(own.unit.text()))
        }
    }

    /// Where an output is shown.
    pub(in crate::model) fn shown(&self, output: usize) -> Shown {
        let base = self.text.base();
        let outputs = Outputs::of(base);
        let id = base.outputs.get(output).map(|own| own.id);
        match outputs.others.iter().position(|other| *other == output) {
            Some(i) => Shown::Readout(i),
            None => match (outputs.platelets, outputs.conc) {
                (Some((own, factor)), _) if Some(own) == id => Shown::Platelets(factor),
                (_, Some((_, factor))) => Shown::Conc(factor),
                _ => Shown::Readout(output),
            },
        }
    }

    /// For each state, its rate without drug as a share of the terms that it is the sum of.
    pub(in crate::model) fn unrest(&self, theta: &Theta<f64>) -> Result<Vec<(String, f64)>> {
        Ok(self.one(theta)?.unrest())
    }

    /// For each of several states, the sums of the absolute terms of all rates, per hour.
    #[cfg(test)]
    pub(in crate::model) fn term_sizes(
        &self,
        theta: &Theta<f64>,
        all: &[Vec<f64>],
    ) -> Result<Vec<Vec<f64>>> {
        let individual = self.one(theta)?;
        Ok(all.iter().map(|y| individual.term_sizes(y)).collect())
    }

    /// What leads to what, with the values `theta`.
    pub(in crate::model) fn flows(&self, theta: &Theta<f64>) -> Result<Flows> {
        Ok(self.one(theta)?.flows())
    }

    /// The equations of the individual with the values `theta`.
    ///
    /// # Errors
    /// A symbol without a value, a variant that the text does not have, sizes that it cannot have.
    pub(in crate::model) fn individual<T: Real>(
        &self,
        theta: &Theta<T>,
    ) -> Result<Arc<dyn Equations<T>>> {
        Ok(Arc::new(self.one(theta)?))
    }

    /// The same, to be driven by records.
    ///
    /// # Errors
    /// As [`Self::individual`].
    pub(in crate::model) fn recorded<T: Real>(&self, theta: &Theta<T>) -> Result<Recorded<T>> {
        let (asked, typical, covariates) = self.values(theta)?;
        Ok(Recorded::new(&asked, typical, covariates))
    }

    fn one<T: Real>(&self, theta: &Theta<T>) -> Result<Individual<T>> {
        let (asked, typical, covariates) = self.values(theta)?;
        Ok(Individual::new(&asked, &typical, covariates))
    }

    /// What an individual is made of: typical values and covariates, in the order of the text.
    fn values<T: Real>(&self, theta: &Theta<T>) -> Result<(Arc<Asked>, Vec<T>, Vec<T>)> {
        let asked = self.asked(theta)?;
        let sheet = &asked.sheet;
        let typical = sheet.parameters.iter().map(|own| theta.get(&own.name));
        let typical = typical.collect::<Result<Vec<T>>>()?;
        let covariates = sheet.covariates.iter().map(|own| theta.get(&own.name));
        let covariates = covariates.collect::<Result<Vec<T>>>()?;
        Ok((asked, typical, covariates))
    }

    /// The sheet for the variant and the sizes of an individual.
    fn asked<T: Real>(&self, theta: &Theta<T>) -> Result<Arc<Asked>> {
        let sizes = self.text.sizes.iter().map(|(own, _)| size(own, theta.get(own)?.value()));
        let sizes = sizes.collect::<Result<Vec<usize>>>()?;
        let key = (theta.variant, sizes);
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asked) = prepared.get(&key) {
            return Ok(Arc::clone(asked));
        }
        let asked = Arc::new(self.prepare(&key)?);
        prepared.insert(key, Arc::clone(&asked));
        Ok(asked)
    }

    fn prepare(&self, (variant, sizes): &Key) -> Result<Asked> {
        let is_named = self.text.variants.iter().any(|own| own.name == variant.name());
        let names = self.text.sizes.iter().map(|(own, _)| own.clone());
        let choice = Choice {
            variant: is_named.then(|| variant.name().to_owned()),
            sizes: names.zip(sizes.iter().copied()).collect(),
            ..Choice::default()
        };
        let sheet = self.text.sheet(&choice).map_err(refused)?;
        let mut asked = asked(name(&self.text.name), sheet);
        if let Some(block) = &asked.block
            && !Self::is_balanced(&asked, block)
        {
            asked.block = None;
        }
        Ok(asked)
    }

    /// Whether what leaves a compartment of a block reaches the central one, at several values of the
    /// parameters: what holds at all of them holds by the form of the equations.
    fn is_balanced(asked: &Asked, block: &Block) -> bool {
        let asked = Arc::new(asked.clone());
        let sheet = &asked.sheet;
        let covariates: Vec<f64> = sheet.covariates.iter().map(|own| own.value).collect();
        [1.0, 1.23, 0.71].iter().enumerate().all(|(i, factor)| {
            let values = sheet.typical().into_iter().enumerate();
            let power = |j: usize| i32::try_from((j + i) % 3).unwrap_or(0);
            let typical: Vec<f64> = values.map(|(j, v)| v * f64::powi(*factor, power(j))).collect();
            let one = Individual::new(&asked, &typical, covariates.clone());
            one.rate_constants(block).is_balanced
        })
    }
}

const ANY: Range = Range { min: f64::NEG_INFINITY, max: f64::INFINITY, closed: false };

/// Where a typical value may lie: within the bounds of its line, or where its distribution can have it.
fn range(own: &Parameter) -> Range {
    if let Some((min, max)) = own.bounds {
        return Range { min, max, closed: true };
    }
    match own.variability.first() {
        Some(Variability { shape: Shape::Lognormal, .. }) => Range::POSITIVE,
        Some(Variability { shape: Shape::Logitnormal, interval, .. }) => {
            let (min, max) = interval.unwrap_or((0.0, 1.0));
            Range { min, max, closed: false }
        }
        _ => ANY,
    }
}

/// A size as a whole number.
fn size(symbol: &str, value: f64) -> Result<usize> {
    let whole = value.round();
    if (value - whole).abs() < f64::EPSILON && (1.0..=2000.0).contains(&whole) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 2000")]
        return Ok(whole as usize);
    }
    Err(Error::OutOfRange {
        symbol: symbol.to_owned(),
        value,
        unit: "1".to_owned(),
        range: "the whole numbers 1 to 2000".to_owned(),
    })
}

/// The problems of a text as one error.
#[expect(clippy::needless_pass_by_value, reason = "for use with `map_err`")]
pub(crate) fn refused(problems: Problems) -> Error {
    let one = |problem: &super::Problem| {
        let (line, column) = problems.position(problem.span.start);
        TextProblem {
            code: problem.code,
            file: problems.file.clone(),
            line,
            column,
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    };
    Error::Text {
        problems: problems.all().into_iter().map(one).collect(),
        drawn: problems.to_string(),
    }
}

/// A CSV column for an output: its name with the unit behind it, as the others have.
fn column(output: &str, unit: &Unit) -> String {
    if unit.is_pure() {
        return output.to_owned();
    }
    let unit = unit.text().replace('^', "").replace("10^9", "1e9").replace(['/', '.'], "_");
    format!("{output}_{}", unit.to_lowercase())
}

/// Refuses a value of a covariate with categories that is the code of none of them.
///
/// # Errors
/// [`Error::OutOfRange`], which names the codes.
pub(in crate::model) fn require_code(text: &TextModel, symbol: &str, value: f64) -> Result<()> {
    let own = text.covariates.iter().find(|own| own.name == symbol);
    let Some(codes) = own.map(|own| &own.categories).filter(|codes| !codes.is_empty()) else {
        return Ok(());
    };
    if codes.iter().any(|(_, code)| f64::from(*code).to_bits() == value.to_bits()) {
        return Ok(());
    }
    let words = codes.iter().map(|(category, code)| format!("{code} ({category})"));
    Err(Error::OutOfRange {
        symbol: symbol.to_owned(),
        value,
        unit: "1".to_owned(),
        range: format!("the codes {} [D02]", words.collect::<Vec<_>>().join(" and ")),
    })
}

/// What the rest of the program asks of a sheet.
fn asked(model: &'static str, sheet: Sheet) -> Asked {
    let layout = Layout::new(&sheet);
    let outputs = Outputs::of(&sheet);
    let unit = |text: &str| Unit::read(text).ok();
    let factor = |from: &str, to: &Unit| unit(from).and_then(|from| from.factor_to(to));
    let per = |text: &str| sheet.routes.iter().map(|own| factor(text, &own.unit)).collect();
    let weight = sheet
        .covariates
        .iter()
        .enumerate()
        .find_map(|(i, own)| Some((i, own.unit.factor_to(&unit("kg")?)?)));
    let transfusion = sheet.events.iter().enumerate().find_map(|(i, own)| {
        let argument = own.argument.as_ref().filter(|_| own.name == TRANSFUSION)?;
        Some((i, factor(PLATELETS_UNIT, argument)?))
    });
    let is_changing = changing(&sheet);
    let block = Block::find(&sheet, &is_changing);
    let named = sheet.definitions.iter();
    let named = named.map(|own| (name(&own.name), name(own.unit.text()), own.id)).collect();
    Asked {
        name: model,
        platelets: outputs.platelets,
        conc: outputs.conc,
        readouts: outputs.others.iter().map(|i| sheet.outputs[*i].id).collect(),
        per_mg: per("mg"),
        per_ug_per_kg: per("ug/kg"),
        weight,
        transfusion,
        changing: (0..sheet.nodes.len()).filter(|id| is_changing[*id]).collect(),
        block,
        degree: Degree::of_rates(&sheet),
        linear: Degree::linear_states(&sheet),
        named,
        layout,
        sheet,
    }
}

/// Which values change while a subject is simulated.
fn changing(sheet: &Sheet) -> Vec<bool> {
    let mut changing = Vec::with_capacity(sheet.nodes.len());
    for node in &sheet.nodes {
        let moves = matches!(
            node,
            Node::State(_)
                | Node::Time
                | Node::Tad(_)
                | Node::AmountOf(_)
                | Node::Passed(_)
                | Node::AmountOfEvent
        );
        changing.push(moves || node.parts().iter().any(|part| changing[*part]));
    }
    changing
}
