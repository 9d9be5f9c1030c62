//! What a command does with a file before it computes.

use super::shipped;
use std::fs;
use std::path::Path;
use thrombopoiesis::calibrate::{CALIBRATED, Plan, sets_of};
use thrombopoiesis::error::Result;
use thrombopoiesis::files::{FileKind, read_text};
use thrombopoiesis::fit::Targets;
use thrombopoiesis::model::{Variant, parameter_set};
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::report::Content;
use thrombopoiesis::simulate::{MAX_DAYS, Scenario, admits};
use thrombopoiesis::trial::{Design, PublishedFile};

/// Reads the file at `path` as the command that wants files of this kind does.
pub(super) fn stage(kind: FileKind, path: &Path) -> Result<()> {
    match kind {
        FileKind::Trial => {
            let design = Design::load(path)?;
            let patients = VirtualPatients::load_for(&design.patients, Variant::B)?;
            let set = patients.typical_patient(Variant::B)?;
            for arm in &design.arms {
                admits(&set, &arm.regimen, Some(1.0))?;
            }
            assert_eq!(design.with_practice_of(&patients).id, design.id);
            patients.generator(Variant::B, 1).map(drop)
        }
        FileKind::Patients => patients(&path.to_string_lossy()),
        FileKind::Model => parameter_set(&path.to_string_lossy(), None).map(drop),
        FileKind::Targets | FileKind::Counts => {
            Targets::read(path, &read_text(path)?, &"3 mg qd x7".parse()?).map(drop)
        }
        FileKind::Posterior => posterior(path),
        FileKind::Covariates => {
            let folder = path.parent().unwrap_or(Path::new(""));
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let table = format!("schema = 1\ncovariate_table = \"{name}\"\n");
            let text =
                shipped("parameters/patients_start.toml").replacen("schema = 1\n", &table, 1);
            let own = folder.join("with_table.toml");
            fs::write(&own, text).expect("written");
            patients(&own.to_string_lossy())
        }
        FileKind::Plan => plan(path),
        FileKind::Published => {
            let files = PublishedFile::folder(path.parent().unwrap_or(Path::new("")))?;
            let mut trials = files.iter().flat_map(|file| &file.numbers).flat_map(|n| &n.trials);
            trials.try_for_each(|trial| Design::load(Path::new(trial)).map(drop))
        }
        FileKind::Scenario => {
            let scenario = Scenario::load(path)?;
            let days = scenario.until.in_days();
            assert!(days > 0.0 && days <= MAX_DAYS, "{days} would be refused by simulate");
            admits(&scenario.parameters(Variant::B)?, &scenario.regimen, None)
        }
        FileKind::Report => Content::load(path).map(drop),
        FileKind::Parameters | FileKind::Exposure | FileKind::Records => {
            unreachable!("no command reads a user's {}", kind.name())
        }
    }
}

fn patients(name: &str) -> Result<()> {
    let patients = VirtualPatients::load(name)?;
    let variant = patients.variant.unwrap_or(Variant::B);
    patients.typical_patient(variant)?;
    patients.generator(variant, 1).map(drop)
}

fn posterior(path: &Path) -> Result<()> {
    let (design, patients) =
        (Design::load(Path::new("l_plus_2"))?, VirtualPatients::load_for(CALIBRATED, Variant::B)?);
    let sets = sets_of(path, Variant::B, 5)?;
    sets.iter().try_for_each(|set| {
        let (_, patients) = set.apply(&design, &patients, Variant::B)?;
        patients.generator(Variant::B, 1).map(drop)
    })
}

fn plan(path: &Path) -> Result<()> {
    let plan = Plan::load(path)?;
    let mut patients = VirtualPatients::load(&plan.patients)?;
    for variant in Variant::ALL {
        let more: Vec<String> = plan.on_request.iter().map(|e| e.name.clone()).collect();
        for estimated in plan.of_variant(variant, &more)? {
            estimated.put_into_patients(&mut patients, variant, estimated.centre, "plan")?;
        }
    }
    Ok(())
}
