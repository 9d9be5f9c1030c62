//! Everything the report holds, from the shipped scenarios to the finished page.

use super::cast::Cast;
use super::comparison::comparison;
use super::content::Content;
use super::descriptive;
use super::drawing::canvas::font_face_css;
use super::figure::Figure;
use super::figures::{overview, sheet};
use super::forecasts::Remarks;
use super::inputs::MadeFrom;
use super::model_diagram::model_diagram;
use super::page::descriptive::DescriptiveSection;
use super::page::model::model_section;
use super::page::regimens::{ComparisonSection, RegimenSection};
use super::page::sources::Sources;
use super::page::trials::{protocol_table, trials_finding};
use super::page::{self, Answered, Page};
use super::regimen_result::{MAIN, RegimenResult};
use super::regimen_sheet::regimen_sheet;
use super::sections::{Section, Sections as Wanted};
use super::sentence::Sentence;
use super::simulated::{Simulated, Simulation};
use super::stages::{Stage, Stages};
use super::stamp::stamp;
use super::subject::Subject;
use super::version::{data_version, program};
use crate::error::Result;
use crate::files::{RunRecord, hash};
use crate::fit::{self, FitResult, FitStatus, Problem, Search, Targets};
use crate::integrate::Options;
use crate::machine::prepare_threads;
use crate::model::{ParameterSet, Population, parameter_set};
use crate::simulate::Scenario;
use crate::simulate::population::Failures;
use crate::trial::{Published, PublishedFile};
use crate::window::People;
use rayon::prelude::*;

/// What the descriptive fit estimates.
const FREE: [&str; 3] = ["kc", "tmk", "tp"];
/// The descriptive fit with its problem.
pub(super) type DescriptiveFit = (Problem, FitResult);

/// A finished report.
#[derive(Debug)]
pub struct Report {
    /// Files by name: the page, the figures, the fit.
    pub files: Vec<(String, String)>,
    /// What it was made from.
    pub record: RunRecord,
    /// Whether the fit converged.
    pub converged: bool,
    /// How many patients of all simulations could not be integrated.
    pub failures: Failures,
    /// The typical patient of the variant that is drawn first.
    pub typical: ParameterSet,
    /// What is to be said of the forecasts, if there are any.
    pub forecasts: Option<Remarks>,
}

/// Simulates, fits and draws everything, for the calibrated patients or those of `content`; `command` is what
/// the record names; `tell` learns what is being done and how far it is.
///
/// # Errors
/// Patients that do not exist or are not of the mechanistic model; own files with problems, or of which two have one
/// name; more subjects to forecast than the page holds; a scenario that cannot be simulated or drawn, which a test rules out for the shipped ones.
pub fn build(
    content: &Content,
    command: &str,
    tell: &(dyn Fn(&str, usize, usize) + Sync),
) -> Result<Report> {
    prepare_threads();
    content.require_shown()?;
    let own = content.own_scenarios()?;
    let subject = Subject::of(&own, content.parameters.is_some());
    let missing = subject.missing_sections(&content.sections)?;
    let content = &Content { sections: content.sections.without(&missing), ..content.clone() };
    let (wanted, stages) = (&content.sections, Stages::new(&content.sections, tell));
    let (scenarios, designs) = (content.scenarios(&subject, own)?, content.trials(&subject)?);
    let asked = content.forecasts()?;
    let casts = Cast::all(content.parameters.as_deref())?;
    let published_files = if subject.has_label() { PublishedFile::shipped()? } else { Vec::new() };
    let published = numbers(&published_files);
    stages.at(Stage::Regimens, 0, 1);
    let people = people_of(&casts, !scenarios.is_empty(), wanted)?;
    let regimen = |scenario: &Scenario| RegimenResult::new(scenario, &people, &subject.drug);
    let results: Vec<RegimenResult> = scenarios.par_iter().map(regimen).collect::<Result<_>>()?;
    let fitted = wanted.has(Section::Descriptive).then(|| descriptive_fit(&stages)).transpose()?;
    let simulation = Simulation {
        casts: &casts,
        subject: &subject,
        people: &people,
        designs: &designs,
        results: &results,
        published: &published,
        asked: asked.as_ref(),
        wanted,
        stages: &stages,
    };
    let (sections, mut figures) = simulation.run()?;
    stages.at(Stage::Drawing, 0, 1);
    let main = casts.iter().find(|cast| cast.variant == MAIN).unwrap_or(&casts[0]);
    figures.extend(own_figures(main, fitted.as_ref(), &results, (wanted, &subject))?);
    let failures = sections.all_failures(&results);
    let made_from = MadeFrom {
        content,
        results: &results,
        designs: &designs,
        asked: asked.as_ref(),
        casts: &casts,
        fitted: fitted.as_ref(),
        published: &published_files,
    };
    let record = made_from.record(command, integrator(&failures))?;
    if !content.unstamped {
        let words = stamp(&record.inputs, content.identity.is_final);
        figures = figures.iter().map(|figure| figure.stamped(&words)).collect();
    }
    let remarks = sections.forecasts.as_ref().map(|section| section.remarks.clone());
    let page = page(&made_from, (main, &subject), sections, &record, &figures).with_guide();
    let mut files = beside_the_page(&figures, &page, fitted.as_ref().map(|(_, fitted)| fitted));
    files.push(("index.html".to_owned(), with_hash(page, &files)?));
    let converged = fitted.as_ref().is_none_or(|(_, fitted)| fitted.status == FitStatus::Converged);
    let typical = main.typical.clone();
    Ok(Report { files, record, converged, failures, typical, forecasts: remarks })
}

/// The page, without the hash of all results.
fn page<'a>(
    made_from: &MadeFrom<'a>,
    (main, subject): (&Cast, &Subject),
    sections: Simulated,
    record: &RunRecord,
    figures: &'a [Figure],
) -> Page<'a> {
    let MadeFrom { content, results, casts, .. } = *made_from;
    let wanted = &content.sections;
    let regimens: Vec<RegimenSection> =
        results.iter().map(|result| RegimenSection::new(result, main)).collect();
    let (answer, answer_commands) = answer(wanted, subject, &regimens, &sections);
    let Simulated { uncertainty, calibration, trials, window, optimum, .. } = sections;
    let asked = page::Asked::new(subject);
    let question = content.identity.question.as_deref();
    let compared = wanted.has(Section::Comparison) && !regimens.is_empty();
    let (limited, with_sheets) = (wanted.has(Section::Limits), wanted.has(Section::Regimens));
    Page {
        assessment: limited.then(|| page::assessment(&asked, question, calibration.as_ref())),
        asked,
        has: wanted.by_name(),
        identity: content.identity.clone(),
        answer,
        answer_commands,
        program: program(),
        font_face: font_face_css(),
        style: page::STYLE,
        script: page::SCRIPT,
        model: model_section(casts),
        comparison: compared.then(|| ComparisonSection::new(&regimens, with_sheets)),
        uncertainty,
        calibration,
        variants: sections.variants,
        descriptive: made_from.fitted.map(|(_, fitted)| DescriptiveSection::new(fitted)),
        regimens,
        protocols: protocol_table(&trials),
        trials_finding: trials_finding(&trials),
        trials,
        optimum,
        sensitivity: sections.sensitivity,
        covariates: sections.covariates,
        window,
        forecasts: sections.forecasts,
        sources: sources(made_from, subject),
        steps: None,
        definitions: None,
        integrator: record.integrator.clone(),
        tolerance: format!("{:e}", record.relative_tolerance),
        record: record.to_toml(),
        data_version: data_version(),
        result_hash: String::new(),
        figures: page::by_name(figures),
    }
}

/// The answer in sentences with the commands behind it, where it is wanted.
fn answer(
    wanted: &Wanted,
    subject: &Subject,
    regimens: &[RegimenSection],
    sections: &Simulated,
) -> (Vec<Sentence>, Vec<String>) {
    if !wanted.has(Section::Answer) {
        return Default::default();
    }
    let answered = Answered {
        uncertainty: sections.uncertainty.as_ref(),
        regimens,
        window: sections.window.as_ref(),
        optimum: sections.optimum.as_ref(),
        calibration: sections.calibration.as_ref(),
        subject,
    };
    (answered.in_words(), answered.commands())
}

/// What solved the equations.
fn integrator(failures: &Failures) -> String {
    format!("one patient: {}; many: {}", Options::default().method, failures.integrator())
}

/// The published numbers of all files.
fn numbers(files: &[PublishedFile]) -> Vec<Published> {
    files.iter().flat_map(|file| file.numbers.clone()).collect()
}

/// The patients of each cast below the limit of entry, where there are regimens or other sections that treat them.
fn people_of<'a>(
    casts: &'a [Cast],
    with_regimens: bool,
    wanted: &Wanted,
) -> Result<Vec<(&'a Cast, People<'a>)>> {
    if !with_regimens && !wanted.has_any(&[Section::Window, Section::Optimum]) {
        return Ok(Vec::new());
    }
    casts.iter().map(|cast| Ok((cast, People::new(cast.question())?))).collect()
}

/// The descriptive fit to the curves of the application note.
fn descriptive_fit(stages: &Stages<'_>) -> Result<DescriptiveFit> {
    let set = parameter_set("mechanistic", Population::CLD)?;
    let problem = Problem::new(set, &FREE, Targets::application_note()?, Options::default())?;
    let fitted = fit::fit(&problem, &Search::default(), &|p| {
        stages.at(Stage::Descriptive, p.done, p.total);
    })?;
    Ok((problem, fitted))
}

/// What the page quotes: the publications behind the models, the parameters and the published numbers, each once.
fn sources(made_from: &MadeFrom<'_>, subject: &Subject) -> Sources {
    let of_models = made_from.results.iter().map(|result| &result.main.set.citation);
    let of_patients = made_from.casts.iter().map(|cast| &cast.typical.citation);
    let of_numbers = made_from.published.iter().map(|file| &file.citation);
    let all: std::collections::BTreeSet<&String> =
        of_models.chain(of_patients).chain(of_numbers).collect();
    Sources::new(all.into_iter().cloned().collect(), subject.has_label())
}

/// The figures, the tables and the fit, by the names of their files.
fn beside_the_page(
    figures: &[Figure],
    page: &Page<'_>,
    fitted: Option<&FitResult>,
) -> Vec<(String, String)> {
    let figures =
        figures.iter().map(|figure| (format!("figures/{}.svg", figure.id), figure.alone.clone()));
    let tables = page.tables().into_iter().map(|table| (table.file(), table.to_csv()));
    let mut files: Vec<(String, String)> = figures.chain(tables).collect();
    if let Some(fitted) = fitted {
        files.push(("fit/result.toml".to_owned(), fitted.to_toml()));
        files.push(("fit/result.json".to_owned(), fitted.to_json()));
    }
    files
}

/// The page with the hash of all results: of the other `files`, and of the page as it is without
/// the hash.
fn with_hash(mut page: Page<'_>, files: &[(String, String)]) -> Result<String> {
    let without = page.render()?;
    let all = files.iter().map(|(_, text)| text).chain([&without]);
    page.result_hash = hash(all.flat_map(|text| text.bytes()).collect::<Vec<u8>>().as_slice());
    page.render()
}

/// The figures of the model, of the descriptive fit and of the regimens, where they are wanted.
fn own_figures(
    main: &Cast,
    fitted: Option<&DescriptiveFit>,
    results: &[RegimenResult],
    (wanted, subject): (&Wanted, &Subject),
) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    if wanted.has(Section::Model) {
        let diagram = |lettering| model_diagram(&main.typical, lettering);
        figures.push(Figure::new("diagram", diagram)?);
    }
    if let Some((problem, fitted)) = fitted {
        figures.extend(fit_figures(problem, fitted)?);
    }
    figures.extend(regimen_figures(results, (wanted, subject))?);
    Ok(figures)
}

fn fit_figures(problem: &Problem, fitted: &FitResult) -> Result<Vec<Figure>> {
    let mut figures =
        vec![Figure::new("fit", |lettering| descriptive::fit_figure(problem, fitted, lettering))?];
    if !fitted.profiles.is_empty() {
        let profiles = |lettering| descriptive::profile_figure(fitted, lettering);
        figures.push(Figure::new("profiles", profiles)?);
    }
    Ok(figures)
}

/// The comparison, and a sheet for each regimen, where they are wanted. Regimens that are compared share one
/// scale.
fn regimen_figures(
    results: &[RegimenResult],
    (wanted, subject): (&Wanted, &Subject),
) -> Result<Vec<Figure>> {
    let comparable: Vec<&RegimenResult> = results.iter().filter(|r| r.is_comparable()).collect();
    let highest = comparable.iter().map(|result| result.highest()).fold(0.0, f64::max);
    let approved = comparable.iter().position(|r| r.main.scenario.id == subject.regimen);
    let course = approved.map(|place| &comparable[place].main);
    let mut figures = Vec::new();
    if wanted.has(Section::Comparison) && !results.is_empty() {
        let typical = comparable.iter().filter_map(|r| r.main.maximum).map(|m| m.value);
        let all = comparison(&comparable, approved.unwrap_or(0), typical.fold(0.0, f64::max) * 1.1);
        figures.push(Figure::new("overview", |lettering| overview::draw(&all, lettering))?);
    }
    if !wanted.has(Section::Regimens) {
        return Ok(figures);
    }
    let draw = |result: &RegimenResult| {
        let id = result.main.scenario.id.clone();
        let y_max = if result.is_comparable() { highest } else { result.highest() };
        let beside = course.filter(|_| result.is_comparable() && id != subject.regimen);
        let data = regimen_sheet(result, beside, y_max * 1.1);
        Figure::new(id, |lettering| sheet::draw(&data, lettering))
    };
    figures.extend(results.par_iter().map(draw).collect::<Result<Vec<_>>>()?);
    Ok(figures)
}
