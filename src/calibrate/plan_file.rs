//! Reads the plan of a calibration from a TOML file.

use super::estimated::{Estimated, Place, Plan, Scale};
use crate::error::{Error, Result, choose, echo};
use crate::files::{FileKind, Section, hash, read_toml};
use crate::model::{GRADES, Variant};
use crate::population::VirtualPatients;
use crate::trial::Design;
use std::path::Path;

pub(super) fn read_plan(
    path: &Path,
    text: &str,
    check: impl FnOnce(&Plan, &Section<'_>),
) -> Result<Plan> {
    FileKind::Plan.require(path, text)?;
    read_toml(path, text, |root| {
        root.schema(1);
        root.text("title");
        let folder = path.parent().unwrap_or(Path::new(""));
        let patients = root.text("patients").map(|name| VirtualPatients::beside(folder, &name));
        let estimated = root.tables("estimated", read_estimated);
        if estimated.is_empty() && root.is_sound("estimated") {
            root.problem("estimated", "is missing: add at least one [estimated.NAME]");
        }
        let on_request = root.tables("on_request", read_estimated);
        let known: Vec<&Estimated> = estimated.iter().chain(&on_request).collect();
        // What could not be read has a name all the same.
        let is_known = root.is_sound("estimated") && root.is_sound("on_request");
        let known = is_known.then_some(known.as_slice());
        let of_variants = root.tables("variants", |name, s| centres(name, s, known));
        let plan = Plan {
            patients: patients?,
            estimated,
            on_request,
            of_variants,
            file: path.display().to_string(),
            sha256: hash(text.as_bytes()),
        };
        check(&plan, root);
        Some(plan)
    })
}

/// The centres that a structural variant has instead.
fn centres(
    name: &str,
    section: &Section<'_>,
    known: Option<&[&Estimated]>,
) -> Option<(Variant, Vec<(String, f64)>)> {
    let variant = name.parse::<Variant>().map_err(|e| section.problem("", e.to_string())).ok();
    let mut centres = Vec::new();
    for key in section.keys() {
        let centre = section.number(key);
        let found = known.map(|known| known.iter().find(|estimated| estimated.name == key));
        match (found, centre) {
            (Some(None), _) => {
                let names: Vec<&str> =
                    known.unwrap_or_default().iter().map(|e| e.name.as_str()).collect();
                section.problem(key, format!("is not estimated{}", choose(key, &names)));
            }
            (Some(Some(estimated)), Some(centre)) => {
                check_centre(section, key, centre, Some(estimated.scale));
            }
            _ => {}
        }
        centres.extend(centre.map(|centre| (key.to_owned(), centre)));
    }
    Some((variant?, centres))
}

/// Refuses a centre that its scale cannot represent; of an unknown scale nothing is said.
fn check_centre(section: &Section<'_>, key: &str, centre: f64, scale: Option<Scale>) {
    if let Some(range) = scale.map(Scale::range).filter(|range| !range.contains(centre)) {
        section.problem(key, format!("= {centre} is outside {range}"));
    }
}

/// Refuses patients that cannot be read, and numbers that neither they nor any trial have.
pub(super) fn check(plan: &Plan, root: &Section<'_>) {
    let patients = match VirtualPatients::load(&plan.patients) {
        Ok(patients) => patients,
        Err(error) => return root.problems_of("patients", &error),
    };
    let groups = [("estimated", &plan.estimated), ("on_request", &plan.on_request)];
    for (group, estimated) in
        groups.into_iter().flat_map(|(g, all)| all.iter().map(move |e| (g, e)))
    {
        let path = |key: &str| format!("{group}.{}.{key}", estimated.name);
        if let Err(error) = put(estimated, &patients) {
            let is_outside = matches!(error, Error::OutOfRange { .. });
            root.problem_below(
                &path(if is_outside { "centre" } else { "symbol" }),
                error.to_string(),
            );
        }
        let trials: Vec<&str> = Design::shipped().collect();
        if let Some(trial) = estimated.place.trial().filter(|trial| !trials.contains(trial)) {
            let rule = format!("names \"{}\"{}", echo(trial), choose(trial, &trials));
            root.problem_below(&path("trial"), rule);
        }
    }
}

/// Puts the centre of the prior into the patients, as a calibration does.
fn put(estimated: &Estimated, patients: &VirtualPatients) -> Result<()> {
    let variant = patients.variant.unwrap_or(Variant::B);
    estimated.put_into_patients(&mut patients.clone(), variant, estimated.centre, "plan")?;
    if let Place::Typical(symbol) = &estimated.place {
        patients.typical_patient(variant)?.symbol(symbol)?.check(estimated.centre)?;
    }
    Ok(())
}

/// Where the number enters: of a symbol, of two, of a trial, or of all trials.
fn read_place(section: &Section<'_>) -> Option<Place> {
    type Of = fn(String) -> Place;
    #[derive(Clone, Copy)]
    enum Kind {
        One(Of),
        Two,
        All,
    }
    const KINDS: [(&str, Kind); 9] = [
        ("typical", Kind::One(Place::Typical)),
        ("spread", Kind::One(Place::Spread)),
        ("correlation", Kind::Two),
        ("count_error", Kind::One(Place::CountError)),
        ("no_transfusion_below", Kind::One(Place::NoTransfusionBelow)),
        ("drug_difference", Kind::All),
        ("no_procedure", Kind::One(Place::NoProcedure)),
        ("transfusion_above", Kind::One(Place::TransfusionAbove)),
        ("rescue", Kind::One(Place::Rescue)),
    ];
    match section.choice("what", &KINDS) {
        Some(Kind::All) => Some(Place::DrugDifference),
        Some(Kind::Two) => {
            let between = section.texts("between")?;
            let pair = <[String; 2]>::try_from(between);
            pair.map_err(|_| section.problem("between", "must be two symbols"))
                .ok()
                .map(Place::Correlation)
        }
        None => {
            // Whatever the entry has is read, so that no key of it is unknown.
            if section.has("between") {
                section.texts("between");
            }
            for key in ["trial", "symbol"].into_iter().filter(|key| section.has(key)) {
                section.text(key);
            }
            None
        }
        Some(Kind::One(place)) => {
            let of = section.text(if section.has("trial") { "trial" } else { "symbol" });
            of.map(place)
        }
    }
}

const SCALES: [(&str, Scale); 4] = [
    ("log", Scale::Log),
    ("logit", Scale::Logit),
    ("linear", Scale::Linear),
    ("fisher", Scale::Fisher),
];

fn read_estimated(name: &str, section: &Section<'_>) -> Option<Estimated> {
    let place = read_place(section);
    let scale = section.choice("scale", &SCALES);
    let (centre, sd) = (section.number("centre"), section.positive("sd"));
    if let Some(centre) = centre {
        check_centre(section, "centre", centre, scale);
    }
    let (grade, source) = (section.choice("grade", GRADES), section.text("source"));
    Some(Estimated {
        name: name.to_owned(),
        place: place?,
        scale: scale?,
        centre: centre?,
        sd: sd?,
        grade: grade?,
        source: source?,
    })
}
