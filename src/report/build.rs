//! Everything the report holds, from the shipped scenarios to the finished page.

use super::cast::Cast;
use super::comparison::comparison;
use super::content::{Content, ReportTrial, is_own};
use super::descriptive;
use super::drawing::canvas::font_face_css;
use super::figure::Figure;
use super::figures::{overview, sheet};
use super::forecasts::{AskedForecasts, Remarks};
use super::model_diagram::model_diagram;
use super::page::calibration::{CalibrationSection, calibration_section};
use super::page::forecasts::{ForecastSection, forecast_section};
use super::page::model::model_section;
use super::page::regimens::RegimenSection;
use super::page::sources::Sources;
use super::page::trials::{TrialSection, trial_section};
use super::page::uncertainty::{UncertaintySection, uncertainty_section};
use super::page::variants::variants_figure;
use super::page::window::{OptimumSection, WindowSection, optimum_section, window_section};
use super::page::{self, Page};
use super::regimen_result::{APPROVED, MAIN, RegimenResult, SEED};
use super::regimen_sheet::regimen_sheet;
use super::version::{data_version, program};
use crate::calibrate::{CALIBRATED, Plan, posterior_input};
use crate::error::Result;
use crate::files::{RunRecord, hash};
use crate::fit::{self, FitResult, FitStatus, Problem, Search, Targets};
use crate::integrate::Options;
use crate::machine::prepare_threads;
use crate::model::{ParameterSet, Population, parameter_set};
use crate::simulate::Scenario;
use crate::simulate::population::Failures;
use crate::trial::{Design, Published, PublishedFile};
use crate::window::{People, Treatment};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// What the descriptive fit estimates.
const FREE: [&str; 3] = ["kc", "tmk", "tp"];
/// Stages of the work and their shares of its time in per cent, as measured.
const STAGES: [(&str, usize); 8] = [
    ("regimens", 6),
    ("descriptive fit", 2),
    ("calibration", 53),
    ("trials", 11),
    ("procedure window", 6),
    ("optimal treatment", 19),
    ("forecasts", 2),
    ("drawing", 1),
];

/// Tells that the part `done` of `total` of a stage is done, as a share of the whole work.
fn at_stage(name: &str, (done, total): (usize, usize), tell: &(dyn Fn(&str, usize, usize) + Sync)) {
    let before = STAGES.iter().take_while(|(other, _)| *other != name).map(|(_, share)| share);
    let own = STAGES.iter().find(|(other, _)| *other == name).map_or(0, |(_, share)| *share);
    let all: usize = STAGES.iter().map(|(_, share)| share).sum();
    let total = total.max(1);
    tell(name, before.sum::<usize>() * total + own * done.min(total), all * total);
}

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
    let (scenarios, designs) = (content.scenarios()?, content.trials()?);
    let asked = content.forecasts()?;
    let casts = Cast::all(content.parameters.as_deref())?;
    let published_files = PublishedFile::shipped()?;
    let published = numbers(&published_files);
    at_stage("regimens", (0, 1), tell);
    let people: Vec<(&Cast, People<'_>)> = people_of(&casts)?;
    let regimen = |scenario: &Scenario| RegimenResult::new(scenario, &people);
    let results: Vec<RegimenResult> = scenarios.par_iter().map(regimen).collect::<Result<_>>()?;
    let (problem, fitted) = descriptive_fit(tell)?;
    let (sections, mut figures) =
        Sections::new(&casts, (&people, &designs, &results), (&published, asked.as_ref()), tell)?;
    at_stage("drawing", (0, 1), tell);
    let main = casts.iter().find(|cast| cast.variant == MAIN).unwrap_or(&casts[0]);
    figures.extend(own_figures(main, (&problem, &fitted), &results)?);
    let mut files = beside_the_page(&figures, &fitted);
    let failures = all_failures(&results, &sections);
    let made_by = (command, integrator(&problem, &failures));
    let own = (&results[..], &designs[..], asked.as_ref());
    let record = record(made_by, own, &casts, (&problem, &published_files))?;
    let regimens: Vec<RegimenSection> =
        results.iter().map(|result| RegimenSection::new(result, main)).collect();
    let Sections { uncertainty, calibration, trials, window, optimum, forecasts } = sections;
    let over = uncertainty.as_ref();
    let remarks = forecasts.as_ref().map(|section| section.remarks.clone());
    let page = Page {
        asked: page::Asked::new(),
        identity: content.identity.clone(),
        answer: page::answer(over, &regimens, &window, &optimum, &calibration),
        answer_commands: page::answer_commands(over, &regimens, &window, &optimum, &calibration),
        program: program(),
        font_face: font_face_css(),
        style: page::STYLE,
        script: page::SCRIPT,
        model: model_section(&casts),
        uncertainty,
        calibration,
        fit: &fitted,
        regimens,
        trials,
        optimum,
        window,
        forecasts,
        sources: Sources::new(references(&results, &casts, &published_files)),
        record: record.to_toml(),
        data_version: data_version(),
        result_hash: String::new(),
        figures: page::by_name(&figures),
    };
    files.push(("index.html".to_owned(), with_hash(page, &files)?));
    let converged = fitted.status == FitStatus::Converged;
    let typical = main.typical.clone();
    Ok(Report { files, record, converged, failures, typical, forecasts: remarks })
}

/// What solved the equations.
fn integrator(problem: &Problem, failures: &Failures) -> String {
    format!("one patient: {}; many: {}", problem.options.method, failures.integrator())
}

/// The published numbers of all files.
fn numbers(files: &[PublishedFile]) -> Vec<Published> {
    files.iter().flat_map(|file| file.numbers.clone()).collect()
}

/// The patients of each cast below the limit of entry.
fn people_of(casts: &[Cast]) -> Result<Vec<(&Cast, People<'_>)>> {
    casts.iter().map(|cast| Ok((cast, People::new(cast.question())?))).collect()
}

/// The descriptive fit to the curves of the application note.
fn descriptive_fit(tell: &(dyn Fn(&str, usize, usize) + Sync)) -> Result<(Problem, FitResult)> {
    let set = parameter_set("mechanistic", Population::CLD)?;
    let problem = Problem::new(set, &FREE, Targets::application_note()?, Options::default())?;
    let fitted = fit::fit(&problem, &Search::default(), &|p| {
        at_stage("descriptive fit", (p.done, p.total), tell);
    })?;
    Ok((problem, fitted))
}

/// The sections of the page that many patients are simulated for.
struct Sections {
    uncertainty: Option<UncertaintySection>,
    calibration: CalibrationSection,
    trials: Vec<TrialSection>,
    window: WindowSection,
    optimum: OptimumSection,
    forecasts: Option<ForecastSection>,
}

impl Sections {
    /// The sections and their figures.
    fn new(
        casts: &[Cast],
        (people, designs, results): (&[(&Cast, People<'_>)], &[ReportTrial], &[RegimenResult]),
        (published, asked): (&[Published], Option<&AskedForecasts<'_>>),
        tell: &(dyn Fn(&str, usize, usize) + Sync),
    ) -> Result<(Self, Vec<Figure>)> {
        at_stage("calibration", (0, 1), tell);
        let (calibration, mut figures) = calibration_section(casts, published)?;
        let told = |done, all| at_stage("calibration", (done, all), tell);
        let (uncertainty, own) =
            uncertainty_section(casts, &own_treatments(results), &told)?.unzip();
        figures.extend(own);
        let mut trials = Vec::new();
        for (i, trial) in designs.iter().enumerate() {
            at_stage("trials", (i, designs.len()), tell);
            let (section, own) = trial_section(trial, casts, published)?;
            trials.push(section);
            figures.extend(own);
        }
        at_stage("procedure window", (0, 1), tell);
        let (window, own) = window_section(people)?;
        figures.extend(own);
        at_stage("optimal treatment", (0, 1), tell);
        let (optimum, own) = optimum_section(people)?;
        figures.extend(own);
        let told = |done, all| at_stage("forecasts", (done, all), tell);
        let forecasts = asked.map(|asked| forecast_section(asked, &told)).transpose()?;
        let (forecasts, own) = forecasts.unzip();
        figures.extend(own.into_iter().flatten());
        Ok((Self { uncertainty, calibration, trials, window, optimum, forecasts }, figures))
    }
}

/// The own regimens that are one oral dose a day, in patients as they are.
fn own_treatments(results: &[RegimenResult]) -> Vec<Treatment> {
    let own = results.iter().filter(|result| is_own(&result.main.scenario.id));
    own.filter_map(|result| result.main_answer()).map(|answer| answer.treatment.clone()).collect()
}

/// The patients of all simulations who could not be integrated.
fn all_failures(results: &[RegimenResult], sections: &Sections) -> Failures {
    let answers = results.iter().flat_map(|result| &result.answers);
    let mut failures = Failures::sum(answers.map(|answer| &answer.outlook.failures));
    for section in &sections.trials {
        failures.add(&section.failures);
    }
    let Sections { calibration, window, optimum, .. } = sections;
    let of_answer = sections.uncertainty.iter().map(|section| &section.failures);
    for own in
        [&calibration.failures, &window.failures, &optimum.failures].into_iter().chain(of_answer)
    {
        failures.add(own);
    }
    failures
}

/// The publications behind the models, the parameters and the published numbers, each once.
fn references(
    results: &[RegimenResult],
    casts: &[Cast],
    published: &[PublishedFile],
) -> Vec<String> {
    let of_models = results.iter().map(|result| &result.main.set.citation);
    let of_patients = casts.iter().map(|cast| &cast.typical.citation);
    let of_numbers = published.iter().map(|file| &file.citation);
    let all: std::collections::BTreeSet<&String> =
        of_models.chain(of_patients).chain(of_numbers).collect();
    all.into_iter().cloned().collect()
}

/// The figures and the fit, by the names of their files.
fn beside_the_page(figures: &[Figure], fitted: &FitResult) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = figures
        .iter()
        .map(|figure| (format!("figures/{}.svg", figure.id), figure.alone.clone()))
        .collect();
    files.push(("fit/result.toml".to_owned(), fitted.to_toml()));
    files.push(("fit/result.json".to_owned(), fitted.to_json()));
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

/// The figures of the model, of the descriptive fit and of the regimens.
fn own_figures(
    main: &Cast,
    (problem, fitted): (&Problem, &FitResult),
    results: &[RegimenResult],
) -> Result<Vec<Figure>> {
    let diagram = Figure::new("diagram", |lettering| model_diagram(&main.typical, lettering))?;
    let mut figures = vec![diagram];
    figures.extend(fit_figures(problem, fitted)?);
    figures.extend(regimen_figures(results)?);
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

/// The comparison, the variants, and a sheet for each regimen. Regimens that are compared share one
/// scale.
fn regimen_figures(results: &[RegimenResult]) -> Result<Vec<Figure>> {
    let comparable: Vec<&RegimenResult> = results.iter().filter(|r| r.is_comparable()).collect();
    let highest = comparable.iter().map(|result| result.highest()).fold(0.0, f64::max);
    let approved = comparable.iter().position(|r| r.main.scenario.id == APPROVED);
    let course = approved.map(|place| &comparable[place].main);
    let typical = comparable.iter().filter_map(|r| r.main.maximum).map(|m| m.value);
    let all = comparison(&comparable, approved.unwrap_or(0), typical.fold(0.0, f64::max) * 1.1);
    let mut figures = vec![
        Figure::new("overview", |lettering| overview::draw(&all, lettering))?,
        variants_figure(results)?,
    ];
    let draw = |result: &RegimenResult| {
        let id = result.main.scenario.id.clone();
        let y_max = if result.is_comparable() { highest } else { result.highest() };
        let beside = course.filter(|_| result.is_comparable() && id != APPROVED);
        let data = regimen_sheet(result, beside, y_max * 1.1);
        Figure::new(id, |lettering| sheet::draw(&data, lettering))
    };
    figures.extend(results.par_iter().map(draw).collect::<Result<Vec<_>>>()?);
    Ok(figures)
}

fn record(
    (command, integrator): (&str, String),
    (results, designs, asked): (&[RegimenResult], &[ReportTrial], Option<&AskedForecasts<'_>>),
    casts: &[Cast],
    (problem, published): (&Problem, &[PublishedFile]),
) -> Result<RunRecord> {
    let sets =
        results.iter().map(|result| &result.main.set).chain(casts.iter().map(|c| &c.typical));
    let mut inputs: BTreeMap<String, String> =
        sets.flat_map(|set| set.files.iter().cloned()).collect();
    inputs.insert(problem.targets.file.clone(), problem.targets.sha256.clone());
    inputs.extend(published.iter().map(|file| (file.file.clone(), file.sha256.clone())));
    for result in results {
        let Scenario { file, sha256, .. } = &result.main.scenario;
        inputs.insert(file.clone(), sha256.clone());
    }
    for trial in designs {
        inputs.insert(trial.file.clone(), trial.design.sha256.clone());
    }
    for number in published.iter().flat_map(|file| &file.numbers) {
        for trial in &number.trials {
            let design = Design::load(Path::new(trial))?;
            inputs.insert(format!("scenarios/{}.toml", design.id), design.sha256);
        }
    }
    for cast in casts.iter().filter(|cast| cast.carried) {
        inputs.extend([posterior_input(Path::new(CALIBRATED), cast.variant)?]);
    }
    let plan = Plan::shipped()?;
    inputs.insert(plan.file, plan.sha256);
    inputs.extend(asked.map(AskedForecasts::inputs).transpose()?.unwrap_or_default());
    Ok(RunRecord {
        program: program(),
        command: command.to_owned(),
        integrated: None,
        seed: Some(SEED),
        integrator,
        relative_tolerance: problem.options.relative_tolerance,
        absolute_tolerance: problem.options.absolute_tolerance,
        inputs,
    })
}
