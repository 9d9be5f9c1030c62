//! A run that is ended at a system call, by a signal or an error, and what must hold afterwards.

use super::scene::{Entry, Scene};
use std::collections::BTreeMap;

/// The system calls that change something.
const CALLS: &str = "mkdir,openat,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,\
                     rmdir,chmod,fchmod,fchmodat,flock";

/// What is being replaced when the end comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A folder of results by another one.
    Folder,
    /// A foreign folder, which is moved aside.
    Forced,
    /// A single file by another one.
    File,
    /// An empty folder, which is filled in place.
    InPlace,
}

/// How a run ends: at the call number `number` of its kind, by a signal or an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) call: String,
    pub(crate) number: usize,
    pub(crate) by: &'static str,
}

/// The ways of ending a run.
const BY: [&str; 5] = ["signal=KILL", "signal=INT", "signal=TERM", "error=EIO", "error=ENOSPC"];

/// Whether runs can be traced here.
pub(crate) fn strace_works(scene: &Scene) -> bool {
    scene.shell("strace -f -o /dev/null true").status.success()
}

impl Subject {
    pub(crate) const ALL: [Self; 4] = [Self::Folder, Self::Forced, Self::File, Self::InPlace];

    fn setup(self) -> &'static str {
        match self {
            Self::Folder => "$T man --out res; chmod 700 res",
            Self::Forced => "mkdir -p res/deep; echo mine > res/deep/thesis",
            Self::File => "$T simulate --regimen placebo --every '5 d' --out res",
            Self::InPlace => "mkdir res",
        }
    }

    /// The run that is ended.
    fn run(self) -> &'static str {
        match self {
            Self::Folder | Self::InPlace => "$T man --out res",
            Self::Forced => "$T man --out res --force",
            Self::File => "$T simulate --regimen '3 mg qd x7' --every '5 d' --out res",
        }
    }

    /// What does not hold after a run was ended so.
    pub(crate) fn faults(self, end: &End) -> Vec<String> {
        let scene = Scene::new();
        scene.shell(&format!("echo mine > mine; {}", self.setup()));
        let before = of(&scene, "res");
        let End { call, number, by } = end;
        let ended = scene.shell(&format!(
            "exec strace -f -o ../home/trace -e trace={call} -e inject={call}:{by}:when={number} {}",
            self.run()
        ));
        let _ = std::fs::remove_file(scene.root().join("home/trace"));
        let (after, aside, new) =
            (of(&scene, "res"), of(&scene, "res.previous"), of(&scene, "res.new"));
        let litter = scene.entries().keys().any(|path| path.starts_with(".thrombo-"));
        // The same run, undisturbed, sweeps what is left and ends well; whole is what it writes.
        let again = scene.shell(self.run());
        let whole = of(&scene, "res");
        let mut faults = Vec::new();
        let mut hold = |holds: bool, what: &str| {
            if !holds {
                let said = String::from_utf8_lossy(&ended.stderr).into_owned();
                let after = after.keys().cloned().collect::<Vec<_>>().join(" ");
                faults.push(format!("{what} (res: {after}; said: {said})"));
            }
        };
        let stands = after == before || aside == before || (self != Self::Forced && after == whole);
        let partly = self == Self::InPlace && *by == "signal=KILL";
        hold(stands || partly, "what stood before is lost");
        hold(after == before || after == whole || after.is_empty() || partly, "half a result");
        hold(new.is_empty() || new == whole, "half a result is kept");
        let by_error = by.starts_with("error");
        hold(!litter || by_error || *by == "signal=KILL", "litter after a signal");
        let panicked = ended.status.code() == Some(101);
        hold(!panicked, "a panic");
        if self == Self::Forced && after == whole {
            // The foreign folder was moved aside by the ended run; its successor is the program's own.
            hold(aside == before, "the foreign folder is lost");
        }
        hold(again.status.success(), &String::from_utf8_lossy(&again.stderr));
        let left: Vec<String> =
            scene.entries().into_keys().filter(|path| path.starts_with(".thrombo-")).collect();
        hold(left.is_empty(), &format!("not swept: {left:?}"));
        hold(of(&scene, "mine").len() == 1, "a file beside it is lost");
        faults
    }
}

/// What stands at a path, by the path below it.
fn of(scene: &Scene, name: &str) -> BTreeMap<String, Entry> {
    let inside = |path: &str| {
        let rest = path.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
    };
    let entries = scene.entries().into_iter();
    let below = entries.filter_map(|(path, entry)| Some((inside(&path)?, entry)));
    // The mode of the folder itself is that of its predecessor where there is one.
    below
        .filter(|(path, entry)| !(path.is_empty() && matches!(entry, Entry::Folder { .. })))
        .collect()
}

/// Every end that a run can come to at a system call that changes something.
pub(crate) fn ends_at_system_calls(subject: Subject) -> Vec<End> {
    let scene = Scene::new();
    scene.shell(subject.setup());
    ends_of(&scene, &format!("-e trace={CALLS}"), subject.run())
}

/// Every end that `run` can come to at a system call that strace shows with `options`.
pub(crate) fn ends_of(scene: &Scene, options: &str, run: &str) -> Vec<End> {
    scene.shell(&format!("exec strace -f -o ../home/trace {options} {run}"));
    let trace = std::fs::read_to_string(scene.root().join("home/trace")).unwrap_or_default();
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        if let Some((call, _)) = rest.trim_start().split_once('(')
            && call.chars().all(char::is_alphanumeric)
        {
            *counts.entry((thread.to_owned(), call.to_owned())).or_default() += 1;
        }
    }
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for ((_, call), count) in counts {
        let most = most.entry(call).or_default();
        *most = (*most).max(count);
    }
    let calls = most
        .into_iter()
        .flat_map(|(call, count)| (1..=count).map(move |number| (call.clone(), number)));
    calls.flat_map(|(call, number)| BY.map(|by| End { call: call.clone(), number, by })).collect()
}
