//! Everything the report holds, from the shipped scenarios to the finished page.

use super::comparison::comparison;
use super::descriptive;
use super::drawing::canvas::Lettering;
use super::figures::sheet::RegimenSheet;
use super::figures::{overview, sheet};
use super::html::{self, Page, RegimenSection};
use super::regimen_course::RegimenCourse;
use super::regimen_sheet::regimen_sheet;
use super::version::program;
use crate::error::Result;
use crate::files::RunRecord;
use crate::fit::{self, FitResult, FitStatus, Problem, Search, Targets};
use crate::integrate::Options;
use crate::model::{Population, Variant, parameter_set};
use crate::simulate::{Label, Scenario};
use rayon::prelude::*;

/// The scenario that all others are compared with.
const APPROVED: &str = "lusutrombopag_3mg_x7";
/// What the descriptive fit estimates.
const FREE: [&str; 3] = ["kc", "tmk", "tp"];

/// A finished report.
#[derive(Debug)]
pub struct Report {
    /// Files by name: the page, the figures, the fit.
    pub files: Vec<(String, String)>,
    /// What it was made from.
    pub record: RunRecord,
    /// Whether the fit converged.
    pub converged: bool,
}

/// Fits, simulates and draws everything; `tell` learns what is being done and how far it is.
///
/// # Errors
/// A shipped scenario cannot be simulated or drawn; a test builds the report.
pub fn build(tell: &(dyn Fn(&str, usize, usize) + Sync)) -> Result<Report> {
    let scenarios = Scenario::shipped()?;
    let total = 3;
    tell("simulating regimens", 0, total);
    let courses: Vec<Courses> = scenarios.par_iter().map(Courses::new).collect::<Result<_>>()?;
    tell("fitting", 1, total);
    let set = parameter_set("mechanistic", Population::Cld)?;
    let problem = Problem::new(set, &FREE, Targets::application_note()?, Options::default())?;
    let result = fit::fit(&problem, &Search::default(), &|p| tell(p.stage, p.done, p.total))?;
    tell("drawing", 2, total);
    let figures = figures(&courses, &problem, &result)?;
    let record = record(&courses, &problem);

    let mut files = Vec::new();
    let page = page(&courses, &figures, &problem, &result, &record);
    files.push(("index.html".to_owned(), html::render(&page)?));
    for figure in &figures {
        files.push((format!("figures/{}.svg", figure.id), figure.alone.clone()));
    }
    files.push(("fit/result.toml".to_owned(), result.to_toml()));
    files.push(("fit/result.json".to_owned(), result.to_json()));
    let converged = result.status == FitStatus::Converged;
    Ok(Report { files, record, converged })
}

/// A scenario in variant B, and in the others where the answer depends on the variant.
struct Courses {
    main: RegimenCourse,
    others: Vec<RegimenCourse>,
}

impl Courses {
    fn new(scenario: &Scenario) -> Result<Self> {
        let others = match scenario.label {
            Label::Outside => &[Variant::A, Variant::C, Variant::D][..],
            Label::Approved | Label::None => &[],
        };
        Ok(Self {
            main: RegimenCourse::new(scenario, Variant::B)?,
            others: others
                .iter()
                .map(|v| RegimenCourse::new(scenario, *v))
                .collect::<Result<_>>()?,
        })
    }

    fn is_comparable(&self) -> bool {
        self.main.scenario.drug == "lusutrombopag"
    }

    fn highest(&self) -> f64 {
        let all = self.others.iter().chain([&self.main]);
        all.filter_map(|course| course.maximum).map(|maximum| maximum.value).fold(0.0, f64::max)
    }
}

/// A figure, to stand alone and to stand on the page.
struct Figure {
    id: String,
    alone: String,
    on_page: String,
}

impl Figure {
    fn new(id: &str, draw: impl Fn(Lettering) -> Result<String>) -> Result<Self> {
        let (alone, on_page) = (draw(Lettering::Embedded)?, draw(Lettering::FromPage)?);
        Ok(Self { id: id.to_owned(), alone, on_page })
    }
}

fn figures(courses: &[Courses], problem: &Problem, result: &FitResult) -> Result<Vec<Figure>> {
    let comparable: Vec<&Courses> = courses.iter().filter(|c| c.is_comparable()).collect();
    let highest = comparable.iter().map(|courses| courses.highest()).fold(0.0, f64::max);
    let mut sheets = Vec::new();
    for courses in courses {
        let y_max = if courses.is_comparable() { highest } else { courses.highest() };
        let sheet = sheet_of(courses, courses_named(&comparable, APPROVED), y_max * 1.1);
        sheets.push((courses.main.scenario.id.clone(), sheet));
    }
    let main: Vec<&RegimenCourse> = comparable.iter().map(|courses| &courses.main).collect();
    let approved = main.iter().position(|course| course.scenario.id == APPROVED).unwrap_or(0);
    let main_highest = main.iter().filter_map(|course| course.maximum).map(|m| m.value);
    let all = comparison(&main, approved, main_highest.fold(0.0, f64::max) * 1.1);

    let mut figures = vec![
        Figure::new("fit", |lettering| descriptive::fit_figure(problem, result, lettering))?,
        Figure::new("overview", |lettering| overview::draw(&all, lettering))?,
    ];
    if !result.profiles.is_empty() {
        let profiles = |lettering| descriptive::profile_figure(result, lettering);
        figures.push(Figure::new("profiles", profiles)?);
    }
    let draw = |(id, data): &(String, RegimenSheet)| {
        Figure::new(id, |lettering| sheet::draw(data, lettering))
    };
    figures.extend(sheets.par_iter().map(draw).collect::<Result<Vec<_>>>()?);
    Ok(figures)
}

fn courses_named<'a>(courses: &[&'a Courses], id: &str) -> Option<&'a RegimenCourse> {
    courses.iter().map(|courses| &courses.main).find(|course| course.scenario.id == id)
}

fn sheet_of(courses: &Courses, approved: Option<&RegimenCourse>, y_max: f64) -> RegimenSheet {
    let is_other = courses.is_comparable() && courses.main.scenario.id != APPROVED;
    regimen_sheet(&courses.main, &courses.others, approved.filter(|_| is_other), y_max)
}

fn page<'a>(
    courses: &'a [Courses],
    figures: &'a [Figure],
    problem: &Problem,
    result: &'a FitResult,
    record: &RunRecord,
) -> Page<'a> {
    let svg = |id: &str| {
        figures.iter().find(|figure| figure.id == id).map_or("", |figure| figure.on_page.as_str())
    };
    let section = |courses: &'a Courses| {
        RegimenSection::new(&courses.main, &courses.others, svg(&courses.main.scenario.id))
    };
    Page {
        program: program(),
        font_face: super::drawing::canvas::font_face_css(),
        fit: result,
        fit_figure: svg("fit"),
        profiles_figure: svg("profiles"),
        overview_figure: svg("overview"),
        regimens: courses.iter().map(section).collect(),
        parameters: html::parameter_rows(&problem.set),
        record: record.to_toml(),
    }
}

fn record(courses: &[Courses], problem: &Problem) -> RunRecord {
    let sets = courses.iter().flat_map(|courses| courses.main.set.files.iter().cloned());
    let mut inputs: std::collections::BTreeMap<String, String> = sets.collect();
    inputs.insert(problem.targets.file.clone(), problem.targets.sha256.clone());
    for courses in courses {
        let Scenario { id, sha256, .. } = &courses.main.scenario;
        inputs.insert(format!("scenarios/{id}.toml"), sha256.clone());
    }
    RunRecord {
        program: program(),
        command: "thrombo report".to_owned(),
        seed: Some(Search::default().seed),
        integrator: problem.options.method.to_string(),
        relative_tolerance: problem.options.relative_tolerance,
        absolute_tolerance: problem.options.absolute_tolerance,
        inputs,
    }
}
