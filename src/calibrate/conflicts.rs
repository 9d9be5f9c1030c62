//! A calibrated number that lies outside what its own calibration predicts: the model's conflict, or
//! the search's? The search is repeated from more starts, to a tighter tolerance and with more virtual
//! patients, and the prediction is looked at again.

use super::calibration::Calibration;
use super::evaluator::{Evaluator, Known, Save, Watch};
use super::problem::Problem;
use super::profile::full_name;
use super::result_tables::{number, predicted};
use super::search::{Found, Search, search, search_from};
use super::verdict::verdict;
use crate::error::Result;
use crate::population::{Streams, VirtualPatients};
use crate::table::Table;
use crate::trial::{Against, Design, Published, Role};
use nalgebra::{DMatrix, DVector};
use std::fmt::Write;

/// Places from which the search starts anew, of twice as many screened.
const STARTS: usize = 3;
/// By how much the tolerance is divided; iterations are three times as many.
const TIGHTER: f64 = 10.0;
/// By how much the virtual patients are multiplied.
const MORE: usize = 4;

/// What one search says of the numbers in conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeated {
    /// Its name.
    pub search: &'static str,
    /// The objective that it came to; of other virtual patients it cannot be compared.
    pub objective: Option<f64>,
    /// Candidates behind it.
    pub candidates: usize,
    /// For each number in conflict, published against trials around the estimates, as uncertain as they
    /// are; empty where nothing was found.
    pub against: Vec<Against>,
}

/// The numbers in conflict, and what every search says of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflicts {
    /// The calibrated numbers that lie outside over the posterior.
    pub numbers: Vec<Published>,
    /// The search as it was, then the repeated ones.
    pub searches: Vec<Repeated>,
}

/// The calibrated numbers that lie outside what is predicted over the posterior.
#[must_use]
pub fn outside(calibration: &Calibration) -> Vec<Published> {
    let own = calibration.against.iter().filter(|against| {
        against.published.role == Role::Calibrate && against.is_inside() == Some(false)
    });
    own.map(|against| against.published.clone()).collect()
}

/// A problem with the evaluations that are known of it, and who keeps new ones.
pub type Kept<'a> = (&'a Problem, Vec<Known>, Save<'a>);

/// Repeats the search for the numbers in conflict, each time with `replicates` trials. `large` is the
/// same problem with more virtual patients, as [`larger`] makes it.
///
/// # Errors
/// What [`Problem::evaluate`] refuses.
pub fn conflicts(
    calibration: &Calibration,
    (settings, replicates): (&Search, usize),
    (problem, earlier, save): Kept<'_>,
    (large, earlier_large, save_large): Kept<'_>,
    watch: Watch<'_>,
) -> Result<Conflicts> {
    let numbers = outside(calibration);
    let x = &calibration.found.x;
    let at = |problem: &Problem, found: &Found| -> Result<Vec<Against>> {
        let Some(drawn) = Around::of(problem, found) else { return Ok(Vec::new()) };
        let set = |replicate: usize, design: &Design| -> Result<(Design, VirtualPatients)> {
            let x = drawn.place(replicate);
            Ok((problem.with_practice(design, &x), problem.patients_at(&x, "")?))
        };
        verdict((problem.variant, problem.seed), &set, &numbers, replicates, &|_| {})
    };
    let mut searches = vec![Repeated {
        search: "original search",
        objective: Some(calibration.found.evaluation.objective),
        candidates: problem.candidates,
        against: at(problem, &calibration.found)?,
    }];
    if numbers.is_empty() {
        return Ok(Conflicts { numbers, searches });
    }
    let evaluator = Evaluator::new(problem, earlier, save, watch);
    let evaluator_large = Evaluator::new(large, earlier_large, save_large, watch);
    let more = more_starts(settings);
    let tight = Search {
        tolerance: settings.tolerance / TIGHTER,
        simplex_iterations: 3 * settings.simplex_iterations,
        newton_steps: 3 * settings.newton_steps,
        ..*settings
    };
    let steps_only = Search { simplex_iterations: 0, ..*settings };
    let from = |evaluator: &Evaluator<'_>, settings: &Search| {
        // Known to the evaluator, so that the search begins with its objective.
        let _ = evaluator.value(x);
        search_from(evaluator, settings, vec![x.clone()], Vec::new())
    };
    for (name, found, problem) in [
        ("more starts", search(&evaluator, &more)?, problem),
        ("tighter tolerance", from(&evaluator, &tight)?, problem),
        ("more patients", from(&evaluator_large, &steps_only)?, large),
    ] {
        searches.push(Repeated {
            search: name,
            objective: found.as_ref().map(|found| found.evaluation.objective),
            candidates: problem.candidates,
            against: found.map_or(Ok(Vec::new()), |found| at(problem, &found))?,
        });
    }
    Ok(Conflicts { numbers, searches })
}

/// Places around where a search came to, as uncertain as its curvature says.
struct Around {
    centre: Vec<f64>,
    factor: DMatrix<f64>,
    streams: Streams,
}

impl Around {
    /// None where the curvature is not positive definite.
    fn of(problem: &Problem, found: &Found) -> Option<Self> {
        let covariance = 2.0 * found.local.curvature.clone().cholesky()?.inverse();
        Some(Self {
            centre: found.x.clone(),
            factor: covariance.cholesky()?.l(),
            streams: Streams::new(problem.seed, "around an estimate"),
        })
    }

    fn place(&self, replicate: usize) -> Vec<f64> {
        let mut stream = self.streams.subject(replicate);
        let normals = DVector::from_fn(self.centre.len(), |_, _| stream.normal());
        let away = &self.factor * normals;
        self.centre.iter().zip(away.iter()).map(|(x, away)| x + away).collect()
    }
}

fn more_starts(settings: &Search) -> Search {
    Search { screened: 2 * settings.screened, starts: STARTS, ..*settings }
}

/// About how many evaluations the longest of the repeated searches takes at most.
#[must_use]
pub fn most_evaluations(settings: &Search, problem: &Problem) -> usize {
    let more = more_starts(settings);
    let whole = |n: u64| usize::try_from(n).unwrap_or(0);
    let newton = whole(more.newton_steps) * (2 * problem.estimated.len() + 1);
    more.screened + more.starts * (2 * whole(more.simplex_iterations) + newton)
}

/// Refuses a problem whose larger one, as [`larger`] makes it, memory does not hold.
///
/// # Errors
/// [`Error::TooLarge`](crate::error::Error::TooLarge).
pub fn larger_fits(problem: &Problem) -> Result<()> {
    problem.require(MORE * problem.candidates)
}

/// The same problem with more virtual patients.
///
/// # Errors
/// Patients that do not fit the variant, more than memory holds.
pub fn larger(problem: &Problem) -> Result<Problem> {
    problem.with_candidates(MORE * problem.candidates)
}

impl Conflicts {
    /// Whether number `j` lies outside after every search, where it could be told.
    #[must_use]
    pub fn is_the_models(&self, j: usize) -> bool {
        let told = self.searches.iter().filter_map(|search| search.against.get(j));
        told.filter_map(Against::is_inside).all(|inside| !inside)
    }

    /// The table and its conclusion in words.
    #[must_use]
    pub fn text(&self) -> String {
        if self.numbers.is_empty() {
            return "conflicts: none; every calibration target lies inside its 95 % prediction interval\n"
                .to_owned();
        }
        let mut text =
            "conflicts: calibration targets outside their posterior prediction intervals, with the \
                        trials simulated at the estimates of each search\n"
                .to_owned();
        for (j, number) in self.numbers.iter().enumerate() {
            let share = number.form.unit() == "1";
            let show =
                |v: f64| if share { format!("{:.1} %", 100.0 * v) } else { format!("{v:.1}") };
            let _ = writeln!(text, "  {}: published {}", full_name(number), show(number.value));
            for search in &self.searches {
                let interval =
                    search.against.get(j).and_then(|against| against.prediction.interval.as_ref());
                let predicted = interval.map_or_else(
                    || "not available".to_owned(),
                    |i| {
                        let [low, median, high] =
                            [&i.lower, &i.median, &i.upper].map(|q| show(q.value));
                        format!("{median} ({low} to {high})")
                    },
                );
                let inside = search.against.get(j).and_then(Against::is_inside);
                let _ = writeln!(
                    text,
                    "    {:18} {:>7} candidates  objective {:>9}  {predicted:28} {}",
                    search.search,
                    search.candidates,
                    search.objective.map_or_else(String::new, |o| format!("{o:.3}")),
                    match inside {
                        Some(true) => "inside",
                        Some(false) => "OUTSIDE",
                        None => "",
                    }
                );
            }
            text += &self.conclusion(j);
        }
        text
    }

    fn conclusion(&self, j: usize) -> String {
        if self.is_the_models(j) {
            return "    due to the model: with these priors, no search reproduces this target together with the others\n"
                .to_owned();
        }
        let inside = self
            .searches
            .iter()
            .filter(|search| search.against.get(j).and_then(Against::is_inside) == Some(true));
        let names: Vec<&str> = inside.map(|search| search.search).collect();
        format!(
            "    not due to the model alone: the target lies inside its interval with {}\n",
            names.join(", ")
        )
    }

    /// `conflicts_b.csv`: one row a number and search.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut rows: Vec<(&Published, &Repeated, Option<&Against>)> = Vec::new();
        for (j, number) in self.numbers.iter().enumerate() {
            rows.extend(self.searches.iter().map(|search| (number, search, search.against.get(j))));
        }
        let table = number(Table::of(&rows), |(number, ..)| number)
            .number("published", "", |(number, ..)| number.value)
            .text("search", |(_, search, _)| search.search.to_owned())
            .whole("candidates", "1", |(_, search, _)| search.candidates)
            .number("objective", "1", |(_, search, _)| search.objective);
        predicted(table, |(.., against)| against.and_then(|own| own.prediction.interval.as_ref()))
            .flag("inside", |(.., against)| against.and_then(Against::is_inside))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{PublishedFile, Statistic, against_published, prediction};

    /// Trials that fall evenly from `low` to `high`.
    fn against(number: &Published, low: f64, high: f64) -> Against {
        let values: Vec<f64> =
            (0..=100).map(|k| low + f64::from(k) / 100.0 * (high - low)).collect();
        let statistic = Statistic { arm: 0, subset: number.subset, form: number.form };
        against_published(number, &prediction(statistic, &values, 100.0, values.len()))
    }

    fn repeated(search: &'static str, against: Vec<Against>) -> Repeated {
        Repeated { search, objective: Some(-14.9), candidates: 500, against }
    }

    #[test]
    fn invariant_a_conflict_is_the_models_only_if_no_search_resolves_it() {
        let numbers: Vec<Published> = PublishedFile::shipped()
            .unwrap()
            .into_iter()
            .flat_map(|file| file.numbers)
            .filter(|number| number.id == "placebo_doubled")
            .collect();
        // Published: 3.8 %.
        let [below, around] =
            [(0.0, 0.03), (0.0, 0.08)].map(|(low, high)| vec![against(&numbers[0], low, high)]);
        let of = |searches| Conflicts { numbers: numbers.clone(), searches };
        let models = of(vec![
            repeated("original search", below.clone()),
            repeated("more starts", below.clone()),
            repeated("more patients", Vec::new()),
        ]);
        assert!(models.is_the_models(0));
        let text = models.text();
        assert_eq!(text.matches("OUTSIDE").count(), 2, "{text}");
        assert!(text.contains("due to the model: ") && text.contains("not available"), "{text}");
        let searchs = of(vec![repeated("original search", below), repeated("more starts", around)]);
        assert!(!searchs.is_the_models(0));
        assert!(
            searchs.text().contains("inside its interval with more starts"),
            "{}",
            searchs.text()
        );
        assert_eq!(searchs.table().rows(), 2);
        assert!(of(Vec::new()).table().to_csv().starts_with("trials,arm,id,published,search"));
        assert!(Conflicts { numbers: Vec::new(), searches: Vec::new() }.text().contains("none"));
    }
}
