//! `--json`: one document from every command, with the numbers of its tables.

use crate::{printed, root, thrombo, thrombo_in};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// Every command with arguments that keep it short, and keys that its document must have.
const COMMANDS: [(&str, &[&str], &[&str]); 16] = [
    ("simulate", &["--regimen", "3 mg qd x7", "--every", "5 d"], &["maximum_1e9_l", "tables"]),
    ("fit", &["--fix", "tmk", "--starts", "1"], &["status", "seed", "estimates", "predictions"]),
    (
        "calibrate",
        &["--plan", "plan.toml", "--candidates", "500", "--draws", "20", "--replicates", "20"],
        &["seed", "converged", "calibrated_b", "tables"],
    ),
    ("validate", &["--replicates", "20"], &["seed", "replicates", "tables"]),
    ("trial", &["l_plus_2", "--replicates", "2"], &["seed", "title", "variant_b", "tables"]),
    (
        "window",
        &["--baseline", "35", "--subjects", "50", "--variants", "B"],
        &["seed", "threshold_1e9_l", "variant_b", "tables"],
    ),
    (
        "forecast",
        &["--data", "records.csv", "--parameters", "calibrated", "--individuals", "100"],
        &["seed", "data_file", "individuals", "output", "tables"],
    ),
    ("merge", &["shards/1", "shards/2"], &["seed", "title", "variant_b", "tables"]),
    ("report", &["--model", "liu_2025"], &["folder", "written", "converged", "inputs"]),
    ("models", &["wang_2010"], &["citation", "parameters", "reported"]),
    ("model", &["check", "own.model"], &["ok", "model", "checks"]),
    ("export", &["--to", "nonmem"], &["text", "data", "inputs"]),
    ("check", &["run.toml"], &["files", "ok"]),
    ("init", &["project"], &["folder", "written"]),
    ("completions", &["bash"], &["shell", "text"]),
    ("man", &[], &["pages"]),
];

/// The names of all commands, as the command line itself knows them.
pub(crate) fn all_commands() -> BTreeSet<String> {
    let manual: Value = serde_json::from_str(&printed(&thrombo(&["man", "--json"]))).expect("JSON");
    let pages = manual["pages"].as_object().expect("pages").keys();
    let name = |page: &String| Some(page.strip_prefix("thrombo-")?.strip_suffix(".1")?.to_owned());
    pages.filter_map(name).collect()
}

#[test]
fn invariant_every_command_gives_one_document() {
    let tested: BTreeSet<String> = COMMANDS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let mut all = all_commands();
    assert!(all.remove("explore"), "it serves until it is ended: see explore.rs");
    assert_eq!(all, tested, "a command without a test of its document");
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Two numbers of the shipped plan are estimated in seconds.
    let plan = fs::read_to_string(root().join("parameters/calibration.toml")).expect("the plan");
    let short = plan.split("[estimated.tmk]").next().expect("its opening");
    fs::write(folder.path().join("plan.toml"), short).expect("written");
    let own = root().join("examples/models/turnover.model");
    fs::copy(own, folder.path().join("own.model")).expect("copied");
    let records = "ID,TIME,AMT,ADDL,II,DV\n1,0,.,.,.,40\n1,0,3,6,24,.\n";
    fs::write(folder.path().join("records.csv"), records).expect("written");
    for k in ["1", "2"] {
        let (shard, out) = (format!("{k}/2"), format!("shards/{k}"));
        let args = ["trial", "l_plus_2", "--replicates", "2", "--shard", &shard, "--out", &out];
        let output = thrombo_in(folder.path(), &[&args[..], &["--json"]].concat());
        let document: Value = serde_json::from_slice(&output.stdout).expect("a shard");
        assert_eq!((&document["shard"], &document["count"]), (&shard.into(), &1.into()));
    }
    let formats = fs::read_to_string(root().join("docs/formats.md")).expect("the page");
    for (name, args, keys) in COMMANDS {
        let output = thrombo_in(folder.path(), &[&[name, "--json", "--quiet"][..], args].concat());
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let document: Value = serde_json::from_str(&text).expect(name);
        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"), "{name} does not end its line");
        for key in [&["program", "data", "command"][..], keys].concat() {
            assert!(document.get(key).is_some(), "{name} has no `{key}`: {text}");
        }
        let tables = document["tables"].as_object().into_iter().flatten().map(|(name, _)| name);
        for key in document.as_object().expect("an object").keys().chain(tables) {
            let is_told = |form: &str| formats.contains(&form.replace("KEY", key));
            let told = is_told("`KEY`") || is_told("`[[KEY]]`");
            assert!(told, "{name}: `{key}` is not described");
        }
        let command = document["command"].as_str().unwrap_or_default();
        // The result of a merge is that of the command that was cut.
        let made_by = if name == "merge" { "trial" } else { name };
        assert!(command.starts_with(&format!("thrombo {made_by}")), "{command}");
        for (table, rows) in document["tables"].as_object().into_iter().flatten() {
            // The short plan estimates neither practice nor noise.
            let may_be_empty = table == "placebo_b";
            assert!(
                rows.as_array().is_some_and(|r| may_be_empty || !r.is_empty()),
                "{name}: {table}"
            );
        }
    }
}

#[test]
fn invariant_documents_hold_the_numbers_of_the_tables() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for more in [&["--states"][..], &["--subjects", "50", "--omega", "kc=1"]] {
        let base = ["simulate", "--regimen", "3 mg qd x7", "--every", "2 d"];
        let args = [&base[..], more, &["--json", "--out", "course.csv"]].concat();
        let document = printed(&thrombo_in(folder.path(), &args));
        let document: Value = serde_json::from_str(&document).expect("JSON");
        let csv = fs::read_to_string(folder.path().join("course.csv")).expect("the table");
        let mut lines = csv.lines().filter(|line| !line.starts_with('#'));
        let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let rows = document["tables"]["samples"].as_array().expect("rows");
        assert_eq!(rows.len(), lines.clone().count());
        for (row, line) in rows.iter().zip(lines) {
            let own: Vec<&str> = row.as_object().expect("a row").keys().map(|k| &**k).collect();
            assert_eq!(own, names);
            for (name, cell) in names.iter().zip(line.split(',')) {
                let (ours, theirs) = (row[name].as_f64(), cell.parse::<f64>());
                let (ours, theirs) = (ours.expect("a number"), theirs.expect("a number"));
                assert!((ours - theirs).abs() <= 1e-14 * theirs.abs(), "{name}: {ours}, {theirs}");
            }
        }
        assert_eq!(document["seed"].is_u64(), more[0] == "--subjects");
    }
}

#[test]
fn invariant_errors_are_documents_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("counts.csv"), "time_h,plt_1e9_l\n0,-1\nx,2\n").expect("written");
    let refused = |args: &[&str]| {
        let output = thrombo_in(folder.path(), &[args, &["--json"]].concat());
        assert!(output.stdout.is_empty(), "{args:?} printed a result all the same");
        let document: Value = serde_json::from_slice(&output.stderr).expect("one document");
        let code =
            document["error"]["exit_code"].as_i64().and_then(|code| i32::try_from(code).ok());
        assert_eq!(code, output.status.code());
        document["error"].clone()
    };
    let error = refused(&["simulate", "--regimen", "placebo", "--set", "Kc=1"]);
    assert_eq!(error["exit_code"], 2);
    assert!(error["message"].as_str().is_some_and(|said| said.contains("did you mean `kc`?")));
    assert_eq!((&error["kind"], &error["name"]), (&"unknown".into(), &"Kc".into()));
    let error = refused(&["fit", "--targets", "counts.csv"]);
    assert_eq!((&error["exit_code"], &error["problems"][1]["line"]), (&1.into(), &3.into()));
    assert_eq!(error["problems"][0]["key"], "plt_1e9_l");
    let error = refused(&["simulate", "--nonsense"]);
    assert_eq!(error["exit_code"], 2);
    assert!(error["message"].as_str().is_some_and(|said| said.contains("--nonsense")));
}
