//! The hostile places. `man --out` stands for every command that writes a folder, `simulate --out` for
//! every one that writes a file: all of them write through the same code.

use super::case::Case;

/// A case that is refused and changes nothing.
const fn refused(
    name: &'static str,
    setup: &'static str,
    run: &'static str,
    says: &'static str,
) -> Case {
    Case { name, setup, run, code: 1, says, writes: &[], moves: &[] }
}

/// A case that works and writes only what is named.
const fn works(
    name: &'static str,
    setup: &'static str,
    run: &'static str,
    writes: &'static [&'static str],
) -> Case {
    Case { name, setup, run, code: 0, says: "written: ", writes, moves: &[] }
}

/// A case that works and moves something aside.
const fn aside(
    name: &'static str,
    setup: &'static str,
    run: &'static str,
    writes: &'static [&'static str],
    moves: &'static [(&'static str, &'static str)],
) -> Case {
    Case { name, setup, run, code: 0, says: "the previous content is now in", writes, moves }
}

/// The same with the exit status of wrong usage.
const fn misused(mut case: Case) -> Case {
    case.code = 2;
    case
}

const SIMULATE: &str = "$T simulate --regimen '3 mg qd x7' --every '5 d' --out x.csv";

pub(super) const CASES: &[Case] = &[
    refused(
        "a note among results",
        "$T man --out res; echo 1 > res/notes.md",
        "$T man --out res",
        "notes.md",
    ),
    refused(
        "a nested note",
        "$T man --out res; mkdir res/mine; echo 1 > res/mine/a.R",
        "$T man --out res",
        "mine/",
    ),
    refused(
        "a foreign run record",
        "mkdir res; echo 'program = 1' > res/run.toml; echo 1 > res/thesis.tex",
        "$T man --out res",
        "thesis.tex",
    ),
    refused(
        "a record that fits nothing",
        "$T man --out old; mkdir res; cp old/run.toml res/; echo 1 > res/a",
        "$T man --out res",
        "contains files that thrombo did not write",
    ),
    refused(
        "a changed result",
        "$T man --out res; echo 1 >> res/thrombo.1",
        "$T man --out res",
        "thrombo.1",
    ),
    refused(
        "a result of the same length",
        "$T man --out res; printf X | dd of=res/thrombo.1 conv=notrunc 2>/dev/null",
        "$T man --out res",
        "thrombo.1",
    ),
    refused(
        "a changed record",
        "$T man --out res; echo '# mine' >> res/run.toml",
        "$T man --out res",
        "run.toml",
    ),
    refused(
        "a link among results",
        "$T man --out res; ln -s ../home res/home",
        "$T man --out res",
        "home",
    ),
    refused(
        "a result behind a link",
        "$T man --out res; mv res/thrombo.1 .; ln -s ../thrombo.1 res/thrombo.1",
        "$T man --out res",
        "thrombo.1",
    ),
    refused(
        "an empty folder among results",
        "$T man --out res; mkdir res/later",
        "$T man --out res",
        "later/",
    ),
    refused(
        "a pipe among results",
        "$T man --out res; mkfifo res/pipe",
        "$T man --out res",
        "pipe",
    ),
    refused(
        "a protected result",
        "$T man --out res; chmod 444 res/thrombo.1",
        "$T man --out res",
        "write-protected",
    ),
    refused(
        "a protected result, forced",
        "$T man --out res; chmod 555 res",
        "$T man --out res --force",
        "write-protected",
    ),
    refused(
        "a name that no one can read",
        "mkdir res; touch \"res/$(printf '\\377')\"",
        "$T man --out res",
        "contains files that thrombo did not write",
    ),
    refused(
        "a repository",
        "mkdir -p res/.git; echo 1 > res/.git/HEAD",
        "$T man --out res --force",
        "version control",
    ),
    refused(
        "a repository deeper",
        "mkdir -p res/a/b/.git",
        "$T man --out res --force",
        "version control",
    ),
    refused(
        "a work tree of git",
        "mkdir res; echo gitdir > res/.git",
        "$T man --out res --force",
        "version control",
    ),
    refused(
        "another version control",
        "mkdir -p res/.hg",
        "$T man --out res --force",
        "version control",
    ),
    refused(
        "results under version control",
        "$T man --out res; mkdir res/.svn",
        "$T man --out res --force",
        "version control",
    ),
    refused("the working folder", "echo 1 > mine", "$T man --out . --force", "the working folder"),
    refused(
        "the working folder, absolute",
        "echo 1 > mine",
        "$T man --out \"$PWD\" --force",
        "the working folder",
    ),
    refused("the folder above", "echo 1 > mine", "$T man --out .. --force", "a folder above"),
    refused(
        "from inside, relative",
        "$T man --out res",
        "cd res && $T man --out ../res",
        "the working folder",
    ),
    refused(
        "from inside, absolute",
        "$T man --out res",
        "cd res && $T man --out \"$PWD\"",
        "the working folder",
    ),
    refused(
        "from deeper inside",
        "mkdir -p res/in; echo 1 > res/in/a",
        "cd res/in && $T man --out ../../res --force",
        "the working folder",
    ),
    refused(
        "the home folder",
        "echo 1 > ../home/thesis",
        "$T man --out \"$HOME\" --force",
        "a home folder",
    ),
    refused(
        "the home folder by the shell",
        "echo 1 > ../home/thesis",
        "$T man --out ~ --force",
        "a home folder",
    ),
    refused("an empty home folder", "true", "$T man --out \"$HOME\"", "a home folder"),
    refused(
        "the home folder by a link",
        "echo 1 > ../home/a; ln -s ../home res",
        "$T man --out res --force",
        "a home folder",
    ),
    refused(
        "a folder above the home",
        "mkdir -p res/home; echo 1 > res/home/a",
        "HOME=$PWD/res/home $T man --out res --force",
        "a home folder",
    ),
    refused(
        "a file in the way",
        "echo 1 > res",
        "$T man --out res --force",
        "no file stands where a folder is needed",
    ),
    refused("a file above", "echo 1 > res", "$T man --out res/deep/er", "could not be"),
    refused("a circle of links", "ln -s b a; ln -s a b", "$T man --out a", "circular"),
    refused(
        "a link to foreign files",
        "mkdir scratch; echo 1 > scratch/a; ln -s scratch res",
        "$T man --out res",
        "contains files that thrombo did not write",
    ),
    refused(
        "a protected folder above",
        "mkdir p; chmod 555 p",
        "$T man --out p/res",
        "write-protected",
    ),
    refused("a device as a folder", "true", "$T man --out /dev/null --force", "could not be"),
    refused("a project where something is", "mkdir p; echo 1 > p/a", "$T init p", "not empty"),
    refused("a project over results", "$T man --out p", "$T init p", "not empty"),
    misused(refused("an empty name", "true", "$T man --out ''", "a value is required")),
    works("new folders above", "true", "$T man --out a/b/res", &["a"]),
    works("a folder by its dot", "$T man --out res", "$T man --out res/.", &["res"]),
    works(
        "a folder by a way round",
        "$T man --out res; mkdir a",
        "$T man --out a/../res",
        &["res"],
    ),
    works(
        "a link to an empty folder",
        "mkdir scratch; ln -s scratch res",
        "$T man --out res",
        &["scratch"],
    ),
    works(
        "a link to results",
        "$T man --out scratch; ln -s scratch res",
        "$T man --out res",
        &["scratch"],
    ),
    works("a dangling link", "ln -s beyond res", "$T man --out res", &["beyond"]),
    works(
        "an empty folder, in place",
        "mkdir res; ls -di res > inode",
        "$T man --out res && ls -di res | diff - inode",
        &["res"],
    ),
    works("an empty working folder", "mkdir res", "cd res && $T man --out .", &["res"]),
    works("a link to a file stays", "ln -s real.csv x.csv", SIMULATE, &["real.csv"]),
    aside(
        "foreign files, forced",
        "mkdir res; echo 1 > res/a",
        "$T man --out res --force",
        &["res"],
        &[("res", "res.previous")],
    ),
    aside(
        "once more",
        "mkdir res res.previous; echo 1 > res/a; echo 2 > res.previous/a",
        "$T man --out res --force",
        &["res"],
        &[("res", "res.previous-2")],
    ),
    aside(
        "changed results, forced",
        "$T man --out res; echo 1 >> res/thrombo.1",
        "$T man --out res --force",
        &["res"],
        &[("res", "res.previous")],
    ),
    aside(
        "foreign files behind a link, forced",
        "mkdir real; echo 1 > real/a; ln -s real res",
        "$T man --out res --force",
        &["real"],
        &[("real", "real.previous")],
    ),
    refused("a foreign file", "echo mine > x.csv", SIMULATE, "was not written by thrombo"),
    refused(
        "a foreign file behind a link",
        "echo mine > real.csv; ln -s real.csv x.csv",
        SIMULATE,
        "was not written by thrombo",
    ),
    refused(
        "a changed file",
        "$T simulate --regimen placebo --out x.csv; echo 1 >> x.csv",
        SIMULATE,
        "has been modified",
    ),
    refused(
        "a protected file",
        "$T simulate --regimen placebo --out x.csv; chmod 444 x.csv",
        SIMULATE,
        "write-protected",
    ),
    refused(
        "a protected file, forced",
        "echo 1 > x.csv; chmod 444 x.csv",
        "$T simulate --regimen placebo --out x.csv --force",
        "write-protected",
    ),
    refused("a folder in the place of a file", "mkdir x.csv", SIMULATE, "give the name of a file"),
    refused(
        "no folder above a file",
        "true",
        "$T simulate --regimen placebo --out a/x.csv",
        "create its parent folder first",
    ),
    refused(
        "a full device",
        "true",
        "$T simulate --regimen placebo --out /dev/full",
        "could not be written",
    ),
    refused(
        "records cannot carry a seal",
        "$T simulate --regimen placebo --format nonmem --out x.csv",
        "$T simulate --regimen placebo --format nonmem --out x.csv",
        "was not written by thrombo",
    ),
    refused(
        "a file larger than allowed",
        "$T simulate --regimen placebo --out x.csv",
        "ulimit -f 1; $T simulate --regimen '3 mg qd x7' --every '1 h' --out x.csv",
        "could not be written",
    ),
    refused(
        "a folder larger than allowed",
        "$T man --out res",
        "ulimit -f 1; $T man --out res",
        "could not be written",
    ),
    refused(
        "the data beside a model",
        "echo mine > m.csv",
        "$T export --to nonmem --out m.ctl",
        "m.csv: this file was not written by thrombo",
    ),
    misused(refused(
        "a model that is its own data",
        "true",
        "$T export --to nonmem --out m.csv",
        "contradicts the data",
    )),
    misused(refused(
        "a figure in the place of the table",
        "true",
        "$T simulate --regimen placebo --subjects 5 --out x.svg --figure x.svg",
        "another output",
    )),
    misused(refused(
        "an input as output",
        "$T init p; cp p/scenario.toml .",
        "$T simulate --scenario scenario.toml --out scenario.toml --force",
        "an input",
    )),
    misused(refused(
        "an input by another name",
        "$T init p; ln p/scenario.toml a.toml",
        "$T simulate --scenario p/scenario.toml --out a.toml --force",
        "an input",
    )),
    misused(refused(
        "an input among results",
        "$T man --out res; printf 'time_h,plt_1e9_l\\n0,40\\n96,50\\n' > res/c.csv",
        "$T fit --targets res/c.csv --fix tmk --fix tp --out res --force",
        "an input",
    )),
    works("a file of its own", "$T simulate --regimen placebo --out x.csv", SIMULATE, &["x.csv"]),
    works("a new file", "true", SIMULATE, &["x.csv"]),
    works(
        "a mode that was chosen",
        "$T simulate --regimen placebo --out x.csv; chmod 600 x.csv",
        "$T simulate --regimen '1 mg once' --out x.csv && test $(stat -c %a x.csv) = 600",
        &["x.csv"],
    ),
    works(
        "a mask that was chosen",
        "true",
        "umask 077; $T simulate --regimen placebo --out x.csv && test $(stat -c %a x.csv) = 600 && $T man --out res && test $(stat -c %a res) = 700",
        &["x.csv", "res"],
    ),
    works(
        "standard output, appended",
        "echo first > log",
        "$T simulate --regimen placebo --out /dev/stdout >> log && head -1 log | grep -q first && $T man --out res",
        &["log", "res"],
    ),
    works(
        "a descriptor, appended",
        "echo first > log",
        "$T simulate --regimen placebo --out /dev/fd/3 3>> log && head -1 log | grep -q first",
        &["log"],
    ),
    works(
        "a descriptor between others",
        "true",
        "{ echo first >&3; $T simulate --regimen placebo --out /dev/fd/3; echo last >&3; } 3> log; head -1 log | grep -q first && tail -1 log | grep -q last && grep -q time_h log",
        &["log"],
    ),
    works(
        "a pipe",
        "mkfifo pipe",
        "cat pipe > got & $T simulate --regimen placebo --out pipe && wait && grep -q time_h got",
        &["got"],
    ),
    works("nowhere", "true", "$T simulate --regimen placebo --out /dev/null", &[]),
    works(
        "a model with its data",
        "$T export --to nonmem --out old.ctl",
        "$T export --to nonmem --out m.ctl && $T export --to sbml --out m.xml && $T export --to sbml --out m.xml",
        &["m.ctl", "m.csv", "m.xml"],
    ),
    aside(
        "a foreign file, forced",
        "echo mine > x.csv",
        "$T simulate --regimen placebo --out x.csv --force",
        &["x.csv"],
        &[("x.csv", "x.csv.previous")],
    ),
    aside(
        "data beside a model, forced",
        "echo mine > m.csv",
        "$T export --to nonmem --out m.ctl --force",
        &["m.ctl", "m.csv"],
        &[("m.csv", "m.csv.previous")],
    ),
    works(
        "two writers at once",
        "true",
        "for i in 1 2 3 4; do $T man --out res & done; wait; $T man --out res",
        &["res"],
    ),
    works(
        "two writers of a file",
        "true",
        "for i in 1 2 3 4; do $T simulate --regimen placebo --out x.csv & done; wait; $T simulate --regimen placebo --out x.csv",
        &["x.csv"],
    ),
    works(
        "what looks like a stage but is not",
        "mkdir .thrombo-mine; echo 1 > .thrombo-mine/a",
        "$T man --out res",
        &["res"],
    ),
];
