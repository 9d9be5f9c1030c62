//! What the program says to what is wrong, and that nothing existing is lost.

use crate::{thrombo, thrombo_in};
use std::fs;

/// Runs a command that must fail with `code`, and gives what it said.
pub(crate) fn refused(args: &[&str], code: i32) -> String {
    let output = thrombo(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    assert!(output.stdout.is_empty(), "{args:?} printed a result all the same");
    assert!(!said.contains("panicked"), "{said}");
    said
}

#[test]
fn invariant_the_posterior_of_one_variant_is_refused_for_several() {
    for command in [&["validate"][..], &["trial", "l_plus_2"]] {
        let two = ["--variants", "A,B", "--posterior", "posterior_a.csv"];
        let said = refused(&[command, &two].concat(), 2);
        assert!(
            said.contains(
                "a posterior file belongs to a single variant: run the variants one by one"
            ),
            "{said}"
        );
    }
}

#[test]
fn invariant_wrong_arguments_are_named_with_their_remedy() {
    let simulate =
        |more: &[&str]| refused(&[&["simulate", "--regimen", "3 mg qd x7"][..], more].concat(), 2);
    for (said, expected) in [
        (simulate(&["--model", "nemo"]), "there is no model `nemo`: choose one of mechanistic"),
        (simulate(&["--set", "nemo=1"]), "the model `mechanistic` has no parameter `nemo`"),
        (simulate(&["--set", "kc=-1"]), "`kc = -1 ng/mL` is outside (0, ∞)"),
        (simulate(&["--set", "kc=nan"]), "not a finite number"),
        (simulate(&["--set", "kc"]), "write NAME=VALUE"),
        (simulate(&["--variant", "E"]), "there is no variant `E`: choose one of A, B, C, D"),
        (simulate(&["--model", "wang_2010", "--variant", "A"]), "which has no variants"),
        (simulate(&["--model", "wang_2010"]), "the model `wang_2010` has no route `po`"),
        (simulate(&["--model", "farrell_2014", "--population", "healthy"]), "choose cld"),
        (simulate(&["--omega", "kc=1.3"]), "--subjects"),
        (simulate(&["--subjects", "0"]), "a whole number from 1 to 1000000"),
        (simulate(&["--subjects", "9", "--omega", "nemo=1"]), "has no parameter `nemo"),
        (simulate(&["--subjects", "9", "--omega", "kc=-1"]), "`omega of kc = -1` is outside"),
        (simulate(&["--subjects", "9", "--omega", "kc=1", "--cv", "kc=1"]), "give `kc` once"),
        (simulate(&["--subjects", "9", "--states"]), "which writes summaries only"),
        (simulate(&["--days", "0"]), "`length of the simulation = 0 d` is outside (0, 10000]"),
        (simulate(&["--days", "1e9"]), "is outside (0, 10000]"),
        (simulate(&["--every", "6"]), "needs a unit: h or d"),
        (simulate(&["--every", "-6 h"]), "must be longer than 0"),
        (simulate(&["--every", "0.000001 h"]), "`samples ="),
        (simulate(&["--set", "n_platelet_stages=2.5"]), "the whole numbers 1 to 12"),
        (simulate(&["--variant", "C", "--set", "eb=0.1"]), "use variant A or B"),
        (simulate(&["--model", "shimizu_2021", "--set", "plt0=300"]), "`sps ="),
    ] {
        assert!(said.contains(expected), "{said:?} does not say {expected:?}");
    }
}

#[test]
fn invariant_wrong_regimens_are_named_with_their_remedy() {
    for (regimen, expected) in [
        ("", "is empty: write a dose, or placebo"),
        ("3 mg", "needs to say when"),
        ("3 qd x7", "is not a unit of dose"),
        ("3 mg qd", "needs a number of doses"),
        ("3 mg qd x0", "a whole number of doses from 1"),
        ("-3 mg qd x7", "`dose = -3 mg` is outside (0, 10000]"),
        ("3 mg q0h x7", "must be an interval longer than 0"),
        ("3 mg qd x7, miss 8", "is not the number of one of the 7 doses"),
        ("placebo, miss 1", "is not the number of one of the 0 doses"),
        ("3 mg qd x7, skip 4", "is not a change"),
        ("3 mg qd x7 miss 4", "put a comma before a change"),
        ("3 mg iv once", "the model `mechanistic` has no route `iv`"),
    ] {
        let said = refused(&["simulate", "--regimen", regimen], 2);
        assert!(said.contains(expected), "{regimen}: {said:?} does not say {expected:?}");
    }
}

#[test]
fn invariant_what_cannot_be_exported_is_refused() {
    for (args, expected) in [
        (&["--regimen", "3 mg qd x7, stop"][..], "write the doses that were taken"),
        (&["--model", "farrell_2014"], "the model farrell_2014, with an absorption that changes"),
        (&["--model", "wang_2010"], "the model `wang_2010` has no route `po`"),
        (&["--days", "0"], "`length of the simulation = 0 d` is outside (0, 10000]"),
        (&["--every", "0.000001 h"], "`samples ="),
        (&["--set", "kc=-1"], "`kc = -1 ng/mL` is outside (0, ∞)"),
    ] {
        for tool in ["mrgsolve", "rxode2", "nonmem", "sbml"] {
            let said = refused(&[&["export", "--to", tool][..], args].concat(), 2);
            assert!(said.contains(expected), "{args:?}: {said:?} does not say {expected:?}");
        }
    }
    let format = ["simulate", "--regimen", "placebo", "--format", "nonmem", "--states"];
    assert!(refused(&format, 2).contains("cannot be used with"));
}

#[test]
fn invariant_fits_that_make_no_sense_are_refused() {
    for (args, expected) in [
        (&["fit", "--free", "nemo"][..], "has no parameter `nemo"),
        (&["fit", "--fix", "kc", "--free", "kc"], "contradicts"),
        (&["fit", "--fix", "kc", "--start", "kc=100"], "contradicts"),
        (&["fit", "--fix", "kc", "--fix", "tmk", "--fix", "tp"], "[1, 7]"),
        (&["fit", "--free", "d"], "another start value"),
        (&["fit", "--starts", "0"], "write a whole number from 1 to 10000"),
        (&["fit", "--model", "katsube_2019", "--free", "slop", "--start", "slop=-1"], "outside"),
    ] {
        let said = refused(args, 2);
        assert!(said.contains(expected), "{args:?}: {said:?} does not say {expected:?}");
    }
}

#[test]
fn invariant_what_cannot_be_integrated_is_named_with_its_time() {
    for args in [
        &["simulate", "--regimen", "3 mg qd x7", "--set", "tmk=1e-12"][..],
        &["fit", "--set", "taun=1e-12", "--starts", "1"],
    ] {
        let said = refused(args, 1);
        assert!(said.contains("could not be integrated: at"), "{said}");
        assert!(said.contains("try less extreme parameters"), "{said}");
    }
}

#[test]
fn invariant_every_problem_of_a_file_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    let fit = |name: &str| {
        let output = thrombo_in(folder.path(), &["fit", "--targets", name]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    write("counts.csv", "time_h,plt_1e9_l,sd\n0,40,2\n24,-3,2\nx,50,2\n48,.,2\n72,50\n96,inf,0\n");
    let said = fit("counts.csv");
    for expected in
        ["csv:3: `plt_1e9_l`", "csv:4: `time_h`", "csv:6: must have 3 cells", "csv:7: `sd`"]
    {
        assert!(said.contains(expected), "{said}");
    }
    write("empty.csv", "");
    assert!(fit("empty.csv").contains("header"));
    write(
        "targets.toml",
        "schema = 2\ncitation = \"x\"\nregimen = \"3 mg daily\"\ndays = nan\nnemo = 1\n\n\
         [[target]]\nstatistic = \"peak\"\nvalue = 1\nunit = \"d\"\nse = -1\nse_status = \"assumed\"\n\
         source = \"x\"\ngrade = \"Z\"\n",
    );
    let said = fit("targets.toml");
    for expected in [
        "toml:1: `schema`",
        "toml:3: `regimen`",
        "toml:4: `days`",
        "toml:5: `nemo`",
        "`target.arm` is missing",
        "toml:8: `target.statistic`",
        "toml:11: `target.se`",
        "toml:14: `target.grade`",
    ] {
        assert!(said.contains(expected), "{said} does not say {expected}");
    }
    write("broken.toml", "schema = 1\n= 3\n");
    assert!(fit("broken.toml").contains("toml:2"));
    assert!(fit("absent.toml").contains("absent.toml could not be read"));
}

#[test]
fn invariant_existing_output_survives_what_fails() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let foreign = folder.path().join("mine");
    fs::create_dir(&foreign).expect("created");
    fs::write(foreign.join("thesis.txt"), "years of work").expect("written");
    for command in ["report", "fit"] {
        let output = thrombo_in(folder.path(), &[command, "--out", "mine"]);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("--force"), "{said}");
    }
    assert_eq!(
        fs::read_to_string(foreign.join("thesis.txt")).expect("still there"),
        "years of work"
    );

    let file = folder.path().join("course.csv");
    fs::write(&file, "kept").expect("written");
    let out = file.to_str().expect("UTF-8");
    let output = thrombo_in(folder.path(), &["simulate", "--regimen", "3 mg qd", "--out", out]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file).expect("still there"), "kept");

    // A path below a file cannot be written, whoever asks.
    let below = file.join("report");
    let below = below.to_str().expect("UTF-8");
    for args in
        [&["report", "--out", below][..], &["simulate", "--regimen", "3 mg qd x7", "--out", below]]
    {
        assert_eq!(thrombo_in(folder.path(), args).status.code(), Some(1));
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("listed").flatten().collect();
    assert_eq!(left.len(), 2, "something was left behind: {left:?}");
}
