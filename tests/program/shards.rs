//! Runs that are cut into shards and merged: the bytes of one process, or a refusal by name.

use crate::{root, thrombo_in, words_of};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs a line that must succeed.
fn run(folder: &Path, line: &str) {
    let output = thrombo_in(folder, &words_of(line));
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Runs a line that must be refused, and returns what was said.
fn refused(folder: &Path, line: &str) -> String {
    let output = thrombo_in(folder, &words_of(line));
    assert_eq!(output.status.code(), Some(2), "{line}: {output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Computes `line` in so many shards, in the folders `shards/NAME_1` and so on, and names them.
fn shards(folder: &Path, line: &str, name: &str, of: usize) -> Vec<String> {
    let one = |k: usize| {
        let out = format!("shards/{name}_{k}");
        // Numbers do not depend on the threads.
        run(folder, &format!("{line} --shard {k}/{of} --threads {} --out {out}", 1 + k % 2));
        out
    };
    (1..=of).map(one).collect()
}

fn assert_same(folder: &Path, one: &str, two: &str) {
    let same = Command::new("diff").arg("-r").args([one, two]).current_dir(folder).output();
    let same = same.expect("diff starts");
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stdout));
}

#[test]
fn invariant_merged_shards_have_the_bytes_of_one_process() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let rows = "ID,TIME,AMT,DV\n1,0,.,40\n1,0,3,.\n2,0,.,30\n2,48,.,35\n3,0,.,45\n";
    fs::write(folder.join("records.csv"), rows).expect("written");
    for (i, (line, of)) in [
        ("trial l_plus_2 --replicates 5 --variant A,D --seed 3", 2),
        ("trial l_plus_1 --replicates 3 --posterior calibrated --save-replicates 2", 4),
        ("simulate --regimen '3 mg qd x7' --subjects 70 --omega kc=0.5 --every '4 d'", 3),
        (
            "simulate --regimen '3 mg qd x7, stop' --subjects 9 --parameters calibrated --measured",
            2,
        ),
        ("forecast --data records.csv --parameters calibrated --individuals 60 --every '8 d'", 2),
    ]
    .into_iter()
    .enumerate()
    {
        run(folder, &format!("{line} --out whole_{i}"));
        let parts = shards(folder, line, &i.to_string(), of);
        // In any order, and a shard twice.
        let given: Vec<&str> = parts.iter().rev().chain(&parts[..1]).map(String::as_str).collect();
        run(folder, &format!("merge {} --out merged_{i}", given.join(" ")));
        assert_same(folder, &format!("whole_{i}"), &format!("merged_{i}"));
    }
}

#[test]
fn invariant_wrong_shards_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let line = "trial l_plus_2 --replicates 3";
    let parts = shards(folder, line, "a", 3);
    let others = shards(folder, &format!("{line} --seed 2"), "b", 3);
    let two = shards(folder, line, "c", 2);
    for (given, said) in [
        (vec![&parts[0], &parts[2]], "replicates 2 to 2 are missing: add shard 2/3"),
        (vec![&parts[0], &parts[1], &others[2]], "the seed differs, 1 and 2"),
        (vec![&parts[0], &parts[1], &two[1]], "they overlap"),
    ] {
        let given: Vec<&str> = given.into_iter().map(String::as_str).collect();
        let refused = refused(folder, &format!("merge {}", given.join(" ")));
        assert!(refused.contains(said), "{refused}");
    }
    // A version of another program, and rows that were changed.
    let header = folder.join(&parts[1]).join("shard.toml");
    let text = fs::read_to_string(&header).expect("read");
    fs::write(
        &header,
        text.replace("program = \"thrombopoiesis ", "program = \"thrombopoiesis 9."),
    )
    .expect("written");
    let all = parts.join(" ");
    let said = refused(folder, &format!("merge {all}"));
    assert!(said.contains("the program differs"), "{said}");
    fs::write(&header, text).expect("written");
    let rows = folder.join(&parts[1]).join("rows.jsonl");
    let content = fs::read_to_string(&rows).expect("read");
    fs::write(&rows, content.replacen('1', "2", 1)).expect("written");
    let output = thrombo_in(folder, &words_of(&format!("merge {all}")));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("run this shard again"), "{said}");
    let output = thrombo_in(folder, &words_of("merge nowhere"));
    assert_eq!(output.status.code(), Some(1));
    for (line, said) in [
        ("trial l_plus_2 --replicates 3 --shard 1/3", "--out"),
        ("trial l_plus_2 --shard 4/3 --out x", "shard"),
        ("simulate --regimen placebo --shard 1/2 --out x", "single patient"),
    ] {
        let refused = refused(folder, line);
        assert!(refused.contains(said), "{line}: {refused}");
    }
}

#[test]
#[cfg(unix)]
fn val_the_recipes_of_docs_many_machines_run() {
    let page = fs::read_to_string(root().join("docs/many_machines.md")).expect("the page");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let sh = |script: &str, key: &str, number: &str| {
        let own = Path::new(env!("CARGO_BIN_EXE_thrombo")).parent().expect("a folder");
        let path = format!("{}:{}", own.display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("sh");
        command.args(["-e", "-c", script]).current_dir(folder).env(key, number);
        let output = command.env("PATH", path).env("HOME", folder).output().expect("sh starts");
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let blocks: Vec<&str> =
        page.split("```sh\n").skip(1).filter_map(|b| b.split("```").next()).collect();
    assert_eq!(blocks.len(), 3);
    sh(blocks[0], "UNUSED", "");
    run(folder, "trial l_plus_2 --replicates 12 --out whole");
    assert_same(folder, "whole", "l_plus_2");
    // The scripts of schedulers, with a shorter run, for two tasks.
    for (block, key) in [(blocks[1], "SLURM_ARRAY_TASK_ID"), (blocks[2], "SGE_TASK_ID")] {
        let short =
            block.replace("100000", "4").replace("/100\"", "/2\"").replace("shards/", "of_array/");
        assert!(block.contains("/100\"") && block.contains(key), "{block}");
        for task in ["1", "2"] {
            sh(&short, key, task);
        }
        sh("thrombo merge of_array/* --out merged --force", "UNUSED", "");
        fs::remove_dir_all(folder.join("of_array")).expect("removed");
    }
    run(folder, "trial l_plus_2 --replicates 4 --out whole --force");
    assert_same(folder, "whole", "merged");
    // Snakemake and Nextflow fill in names of their own.
    for (shard, merge) in [
        ("shell: \"thrombo trial", "shell: \"thrombo merge"),
        ("script: \"thrombo trial", "script: \"thrombo merge"),
    ] {
        let command = |of: &str| {
            let line = page.lines().find(|line| line.contains(of)).expect("a line");
            let line = line.split('"').nth(1).expect("a command");
            let names = [
                ("{wildcards.k}/100", "1/1"),
                ("$k/100", "1/1"),
                ("{threads}", "2"),
                ("${task.cpus}", "2"),
                ("100000", "4"),
                ("shard_$k", "part"),
                ("{input}", "part"),
                ("$shards", "part"),
            ];
            let line =
                names.iter().fold(line.to_owned(), |line, (name, value)| line.replace(name, value));
            let out = if of == merge { "made" } else { "part" };
            line.replace("--out {output}", &format!("--out {out}"))
                .replace("--out l_plus_2", "--out made")
        };
        for of in [shard, merge] {
            sh(&command(of), "UNUSED", "");
        }
        assert_same(folder, "whole", "made");
        fs::remove_dir_all(folder.join("part")).expect("removed");
        fs::remove_dir_all(folder.join("made")).expect("removed");
    }
}
