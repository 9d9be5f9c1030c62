//! A calibration that is ended at a system call of its checkpoint, by a signal or an error, and what must
//! hold afterwards.

use super::ends::{End, ends_of};
use super::scene::{Entry, Scene};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A plan of one parameter, so that a calibration is short.
const PLAN: &str = r#"schema = 1
title = "Sensitivity"
patients = "patients_start"
[estimated.kc]
what = "typical"
symbol = "kc"
scale = "log"
centre = 150.0
sd = 0.7
grade = "calc"
source = "start value found by hand"
"#;

/// The shortest calibration, without its output.
const CALIBRATE: &str = "$T calibrate --plan one.toml --targets own --candidates 500 --screened 2 \
                         --draws 20 --replicates 20 --out res -q";

const CHECKPOINT: &str = ".res.b.checkpoint";

/// Lines of the earlier checkpoint, of 92: the runs that follow are short.
const LINES: usize = 80;

/// So many of the first and of the last calls of a kind are tried.
const REPEATED: usize = 2;

/// What is done with the checkpoint of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Its evaluations are taken over.
    Resume,
    /// It is set aside.
    Anew,
}

/// What a calibration that nothing disturbs writes, and the checkpoint of one that was killed.
struct Undisturbed {
    results: BTreeMap<String, Entry>,
    checkpoint: Vec<u8>,
}

/// A scene with the plan and published results in its working folder.
pub(crate) fn scene_with_plan() -> Scene {
    const TRIAL: &str = include_str!("../../../targets/l_plus_1.toml");
    let scene = Scene::new();
    let work = scene.root().join("work");
    std::fs::write(work.join("one.toml"), PLAN).expect("the plan is written");
    std::fs::create_dir(work.join("own")).expect("a folder");
    std::fs::write(work.join("own/l_plus_1.toml"), TRIAL).expect("the results are written");
    scene
}

/// Everything below `res`, with its bytes.
pub(crate) fn results(scene: &Scene) -> BTreeMap<String, Entry> {
    scene.entries().into_iter().filter(|(path, _)| path.starts_with("res")).collect()
}

fn undisturbed() -> &'static Undisturbed {
    static MADE: OnceLock<Undisturbed> = OnceLock::new();
    MADE.get_or_init(|| {
        let scene = scene_with_plan();
        let path = scene.root().join("work").join(CHECKPOINT);
        scene.shell(&format!(
            "exec strace -f -o ../home/trace -P {} -e inject=fdatasync:signal=KILL:when={LINES} {CALIBRATE} > said",
            path.display()
        ));
        let checkpoint = std::fs::read(path).expect("a checkpoint");
        let lines = String::from_utf8_lossy(&checkpoint).lines().count();
        assert_eq!(lines, LINES, "lines of a killed calibration");
        let scene = scene_with_plan();
        let code = scene.shell(&format!("{CALIBRATE} > said")).status.code();
        assert!(matches!(code, Some(0 | 3)), "the calibration itself fails: {code:?}");
        Undisturbed { results: results(&scene), checkpoint }
    })
}

/// A scene with the checkpoint of an earlier run, whose last line was cut off, and the paths that belong to it.
fn scene_with_checkpoint() -> (Scene, String) {
    let scene = scene_with_plan();
    let work = scene.root().join("work");
    let torn = [undisturbed().checkpoint.as_slice(), b"3ff00000"].concat();
    std::fs::write(work.join("earlier"), torn).expect("written");
    scene.shell(&format!("cp earlier {CHECKPOINT}"));
    let path = work.join(CHECKPOINT).display().to_string();
    (scene, format!("-P {path} -P {path}.previous"))
}

impl Asked {
    pub(crate) const ALL: [Self; 2] = [Self::Resume, Self::Anew];

    fn run(self) -> String {
        let resume = if self == Self::Resume { " --resume" } else { "" };
        format!("{CALIBRATE}{resume} > said")
    }

    /// Every end that the calibration can come to at a system call on its checkpoint; of calls that repeat, with every
    /// evaluation, the first and the last ones stand for all.
    pub(crate) fn ends(self) -> Vec<End> {
        let (scene, paths) = scene_with_checkpoint();
        let all = ends_of(&scene, &paths, &self.run());
        let most =
            |call: &str| all.iter().filter(|own| own.call == call).map(|own| own.number).max();
        let stands = |end: &&End| {
            end.number <= REPEATED
                || most(&end.call).is_some_and(|most| end.number + REPEATED > most)
        };
        all.iter().filter(stands).cloned().collect()
    }

    /// What does not hold after the calibration was ended so.
    pub(crate) fn faults(self, end: &End) -> Vec<String> {
        let (scene, paths) = scene_with_checkpoint();
        let End { call, number, by } = end;
        let ended = scene.shell(&format!(
            "exec strace -f -o ../home/trace {paths} -e inject={call}:{by}:when={number} {}",
            self.run()
        ));
        let whole = &undisturbed().results;
        let after = results(&scene);
        let mut faults = Vec::new();
        let mut hold = |holds: bool, what: &str| {
            if !holds {
                let said = String::from_utf8_lossy(&ended.stderr).into_owned();
                faults.push(format!("{what} (code {:?}, said: {said})", ended.status.code()));
            }
        };
        hold(after.is_empty() || after == *whole, "half a result");
        hold(ended.status.code() != Some(101), "a panic");
        let kept = checkpoints(&scene)
            .into_values()
            .any(|content| content.starts_with(undisturbed().checkpoint.as_slice()));
        let is_used = self == Self::Resume && after == *whole;
        hold(kept || is_used, "the evaluations of the earlier run are lost");
        if after != *whole {
            // What the ended run kept serves the next one, which ends in the same bytes.
            let again = scene.shell(&format!("{CALIBRATE} --resume > said"));
            let said = String::from_utf8_lossy(&again.stderr).into_owned();
            hold(
                matches!(again.status.code(), Some(0 | 3)),
                &format!("the next run fails: {said}"),
            );
            hold(results(&scene) == *whole, "the next run differs");
            hold(!checkpoints(&scene).contains_key(CHECKPOINT), "a checkpoint stays after the end");
        }
        let is_litter = |path: &String| path.starts_with(".thrombo-");
        hold(!scene.entries().keys().any(is_litter), "litter");
        faults
    }
}

/// The checkpoints in the working folder, also those that were set aside.
fn checkpoints(scene: &Scene) -> BTreeMap<String, Vec<u8>> {
    let entries = scene.entries().into_iter().filter(|(path, _)| path.starts_with(CHECKPOINT));
    entries
        .filter_map(|(path, entry)| match entry {
            Entry::File { content, .. } => Some((path, content)),
            _ => None,
        })
        .collect()
}
