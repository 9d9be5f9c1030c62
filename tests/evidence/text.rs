//! Texts that people write: whatever stands in them, there is a result or an error, never a panic.

use approx::assert_abs_diff_eq;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::path::Path;
use thrombopoiesis::error::Error;
use thrombopoiesis::files::read_toml;
use thrombopoiesis::fit::Targets;
use thrombopoiesis::model::{Range, Variant};
use thrombopoiesis::regimen::{Dose, MAX_DOSES, Regimen, StoppingRule};
use thrombopoiesis::units::{Amount, Route, Time};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { rng_seed: RngSeed::Fixed(8), ..ProptestConfig::with_cases(cases) }
}

/// Words of the grammar, and words that nearly are.
fn word() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "3",
        "2.5",
        "1e3",
        "-3",
        "nan",
        "inf",
        "1e400",
        "0",
        "mg",
        "ug/kg",
        "mcg/kg",
        "Mg",
        "g",
        "po",
        "sc",
        "iv",
        "PO",
        "once",
        "qd",
        "bid",
        "qw",
        "q12h",
        "q2d",
        "q0h",
        "q-1h",
        "qh",
        "q",
        "qé",
        "x7",
        "x0",
        "x",
        "X14",
        "x1001",
        "x99999999999999999999",
        "at",
        "h",
        "d",
        "miss",
        "stop",
        "and",
        "on",
        "days",
        "+20",
        "50",
        "placebo",
        ",",
        ",,",
        "é",
        "\u{0}",
        "µg/kg",
        "1000000",
    ];
    prop::sample::select(WORDS).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn prop_no_text_makes_the_regimen_reader_panic(text in "\\PC{0,60}") {
        let _ = text.parse::<Regimen>();
    }

    #[test]
    fn prop_no_near_miss_makes_the_regimen_reader_panic(words in prop::collection::vec(word(), 0..12)) {
        let text = words.join(" ");
        match text.parse::<Regimen>() {
            Ok(regimen) => {
                prop_assert!(regimen.planned().len() <= MAX_DOSES);
                for dose in regimen.planned() {
                    prop_assert!(dose.amount.number() > 0.0 && dose.time.in_hours() >= 0.0);
                }
            }
            Err(Error::Syntax { text: shown, part, .. }) => {
                prop_assert_eq!(shown.to_lowercase(), text.to_lowercase());
                prop_assert!(!part.is_empty() || words.is_empty() || words.iter().any(|w| w.contains(',')));
            }
            Err(Error::OutOfRange { .. }) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

/// A cell of a table of counts, right or nearly so.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        (-10.0_f64..1000.0).prop_map(|number| number.to_string()),
        prop::sample::select(&[".", "", "nan", "inf", "x", "\"", "1e999", "#", "é"][..])
            .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn prop_no_table_of_counts_makes_the_csv_reader_panic(
        text in "\\PC{0,80}",
        rows in prop::collection::vec(prop::collection::vec(cell(), 1..4), 0..8),
        header in prop::sample::select(&["time_h,plt_1e9_l", "time_h,plt_1e9_l,sd", "time"][..]),
    ) {
        let rows: Vec<_> = rows.iter().map(|row| row.join(",")).collect();
        for text in [text, format!("{header}\n{}\n", rows.join("\n"))] {
            match Targets::read(Path::new("counts.csv"), &text, &Regimen::placebo()) {
                Ok(targets) => for target in &targets.items {
                    prop_assert!(target.value > 0.0 && target.se > 0.0 && target.se.is_finite());
                },
                Err(Error::Files(problems)) => prop_assert!(problems.iter().all(|p| p.line > 0)),
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }
}

/// A regimen as the grammar can express it: one amount and route, any times.
fn structured() -> impl Strategy<Value = Regimen> {
    let amount = prop_oneof![
        (0.001_f64..1000.0).prop_map(Amount::Mg),
        (0.001_f64..1000.0).prop_map(Amount::UgPerKg)
    ];
    let route = prop::sample::select(&[Route::Oral, Route::Subcutaneous, Route::Intravenous][..]);
    let times = prop::collection::vec((0.0_f64..1000.0, prop::bool::weighted(0.2)), 0..20);
    let rule = prop::option::of(
        (prop::collection::vec(1.0_f64..40.0, 1..5), 0.0_f64..300.0, 0.0_f64..100.0)
            .prop_map(|(days, at_least, rise)| StoppingRule::new(days, at_least, rise).unwrap()),
    );
    (amount, route, times, rule).prop_map(|(amount, route, times, rule)| {
        let dose = |(time_h, missed)| Dose { time: Time::hours(time_h), amount, route, missed };
        Regimen::new(times.into_iter().map(dose).collect(), rule).unwrap()
    })
}

proptest! {
    #![proptest_config(config(500))]

    /// What is written is read back: the doses that are taken, and the rule.
    #[test]
    fn prop_regimens_survive_writing_and_reading(regimen in structured()) {
        let text = regimen.to_string();
        let read: Regimen = match text.parse() {
            Ok(read) => read,
            Err(error) => return Err(TestCaseError::fail(format!("{text}: {error}"))),
        };
        let taken: Vec<_> = regimen.doses().copied().collect();
        let again: Vec<_> = read.doses().copied().collect();
        prop_assert_eq!(taken, again, "{}", text);
        prop_assert_eq!(&regimen.stopping_rule, &read.stopping_rule, "{}", text);
    }

    #[test]
    fn prop_courses_have_their_doses_at_their_times(
        mg in 0.01_f64..100.0,
        interval in 1_u32..200,
        count in 1_usize..60,
        missed in 1_usize..60,
    ) {
        let text = format!("{mg} mg q{interval}h x{count}");
        let regimen: Regimen = text.parse().unwrap();
        prop_assert_eq!(regimen.planned().len(), count);
        for (k, dose) in regimen.planned().iter().enumerate() {
            prop_assert_eq!(dose.amount, Amount::Mg(mg));
            prop_assert!((dose.time.in_hours() - f64::from(interval) * k as f64).abs() < 1e-9);
        }
        let with_miss = format!("{text}, miss {missed}").parse::<Regimen>();
        prop_assert_eq!(with_miss.is_ok(), missed <= count);
        if let Ok(regimen) = with_miss {
            prop_assert_eq!(regimen.doses().count(), count - 1);
            prop_assert!(regimen.planned()[missed - 1].missed);
        }
    }
}

/// Every line of the grammar, once right and once wrong.
#[test]
fn analytic_the_grammar_reads_what_it_describes() {
    let hours = |text: &str| -> Vec<f64> {
        let regimen: Regimen = text.parse().unwrap();
        regimen.doses().map(|dose| dose.time.in_hours()).collect()
    };
    assert_eq!(hours("3 mg once"), [0.0]);
    assert_eq!(hours("3 mg qd x3"), [0.0, 24.0, 48.0]);
    assert_eq!(hours("3 mg bid x3"), [0.0, 12.0, 24.0]);
    assert_eq!(hours("3 mg q8h x3"), [0.0, 8.0, 16.0]);
    assert_eq!(hours("3 mg q2d x2"), [0.0, 48.0]);
    assert_eq!(hours("3 mg qw x2"), [0.0, 168.0]);
    assert_eq!(hours("3 mg at 50.5 0 24 h"), [0.0, 24.0, 50.5]);
    assert_eq!(hours("3 mg at 1 2 d"), [24.0, 48.0]);
    assert_eq!(hours("3 mg qd x5, miss 2 4"), [0.0, 48.0, 96.0]);
    assert_eq!(hours("placebo"), [0.0; 0]);
    let ruled: Regimen = "3 mg qd x7, stop at 50 and +20 on days 5 6 7".parse().unwrap();
    assert_eq!(ruled.stopping_rule, Some(StoppingRule::l_plus()));
    let ruled: Regimen = "3 mg qd x7, stop".parse().unwrap();
    assert_eq!(ruled.stopping_rule, Some(StoppingRule::l_plus()));
    let dose = "10 ug/kg iv once".parse::<Regimen>().unwrap().planned()[0];
    assert_eq!((dose.amount, dose.route), (Amount::UgPerKg(10.0), Route::Intravenous));
    for (text, part) in [
        ("", ""),
        ("3", ""),
        ("three mg qd x7", "three"),
        ("3 kg qd x7", "kg"),
        ("3 mg", ""),
        ("3 mg daily x7", "daily"),
        ("3 mg qd", ""),
        ("3 mg qd 7", "7"),
        ("3 mg qd x0", "x0"),
        ("3 mg qd x7 miss 4", "miss"),
        ("3 mg qd x7, miss 8", "miss 8"),
        ("3 mg qd x7, miss 1.5", "miss 1.5"),
        ("3 mg qd x7, skip 4", "skip"),
        ("3 mg qd x7, stop at 50 or +20 on days 5", "or"),
        ("3 mg qd x7, stop, stop", "stop"),
        ("3 mg at 0 24", ""),
        ("3 mg at 0 24 m", "m"),
        ("placebo x7", "x7"),
    ] {
        match text.parse::<Regimen>() {
            Err(Error::Syntax { part: found, .. }) => {
                let expected = if part.is_empty() { text } else { part };
                assert!(found == expected, "{text}: `{found}` was blamed");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    for text in [
        "0 mg once",
        "-3 mg once",
        "3 mg at -5 h",
        "3 mg qd x7, stop at 50 and +20 on days 0",
        "3 mg qd x7, stop at 50 and -20 on days 5",
        "3 mg qd x7, stop at -50 and +20 on days 5",
    ] {
        assert!(matches!(text.parse::<Regimen>(), Err(Error::OutOfRange { .. })), "{text}");
    }
}

#[test]
fn invariant_doses_are_kept_in_the_order_of_their_times() {
    let dose = |time_h: f64| Dose {
        time: Time::hours(time_h),
        amount: Amount::Mg(3.0),
        route: Route::Oral,
        missed: false,
    };
    let regimen = Regimen::new([48.0, 0.0, 24.0].map(dose).to_vec(), None).unwrap();
    let times: Vec<f64> = regimen.planned().iter().map(|dose| dose.time.in_hours()).collect();
    assert_eq!(times, [0.0, 24.0, 48.0]);
    assert!(Regimen::new(vec![dose(0.0); MAX_DOSES + 1], None).is_err());
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(Regimen::new(vec![dose(bad)], None).is_err());
        let amount = Dose { amount: Amount::Mg(bad), ..dose(0.0) };
        assert!(Regimen::new(vec![amount], None).is_err());
    }
}

/// Reads whatever keys a text has, as every kind there is.
fn read_everything(text: &str) -> Result<f64, Error> {
    read_toml(Path::new("some/file.toml"), text, |root| {
        root.schema(1);
        let number = root.number("a");
        let _ = (
            root.optional_number("b"),
            root.text("c"),
            root.texts("d"),
            root.optional_numbers("e"),
        );
        let _ = root.choice("f", &[("x", 1), ("y", 2)]);
        let _ = root.tables("g", |_, section| section.number("value"));
        let _ = root.list("h", |section| section.number("value"));
        let _ = root.table("i", |section| section.optional_text("note"));
        number
    })
}

fn assert_placed(text: &str, result: Result<f64, Error>) -> Result<(), TestCaseError> {
    match result {
        Ok(number) => prop_assert!(number.is_finite()),
        Err(Error::Files(problems)) => {
            prop_assert!(!problems.is_empty());
            // A file without lines still has the place of what is missing.
            let lines = text.lines().count().max(1) + 1;
            for problem in &problems {
                prop_assert_eq!(&problem.path, Path::new("some/file.toml"));
                prop_assert!((1..=lines).contains(&problem.line), "{} of {}", problem, lines);
                prop_assert!(!problem.rule.is_empty());
            }
            prop_assert!(problems.is_sorted_by_key(|problem| problem.line));
        }
        Err(other) => prop_assert!(false, "{}", other),
    }
    Ok(())
}

fn toml_line() -> impl Strategy<Value = String> {
    const LINES: &[&str] = &[
        "schema = 1",
        "schema = 2",
        "schema = \"1\"",
        "a = 1.5",
        "a = nan",
        "a = inf",
        "a = 0x1f",
        "a = 1_000",
        "a = 1e999",
        "a = -0.0",
        "a = true",
        "a",
        "a =",
        "= 1",
        "b = 'é'",
        "c = \"µ\"",
        "c = \"",
        "c = \"\"\"",
        "d = [\"x\", 'y']",
        "d = [1]",
        "d = [",
        "e = [1, 2.5]",
        "e = [1, \"x\"]",
        "e = []",
        "f = \"x\"",
        "f = \"z\"",
        "[g]",
        "[g.one]",
        "value = 3",
        "value = \"x\"",
        "[[h]]",
        "h = 1",
        "i = { note = \"n\" }",
        "i = { note = 1 }",
        "[i",
        "# a comment",
        "",
        "a.b = 1",
        "[a.b.c]",
        "zz = 2000-01-01",
        "\u{feff}",
        "\u{0}",
        "\"é\" = 1",
        "g = [1]",
    ];
    prop::sample::select(LINES).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn prop_no_text_makes_the_toml_reader_panic(text in "(?s).{0,80}") {
        assert_placed(&text, read_everything(&text))?;
    }

    #[test]
    fn prop_no_lines_make_the_toml_reader_panic(lines in prop::collection::vec(toml_line(), 0..14)) {
        let text = lines.join("\n");
        assert_placed(&text, read_everything(&text))?;
    }

    #[test]
    fn prop_ranges_contain_what_their_notation_says(value in -3.0_f64..3.0) {
        for (range, text, inside) in [
            (Range::POSITIVE, "(0, ∞)", value > 0.0),
            (Range::NON_NEGATIVE, "[0, ∞)", value >= 0.0),
            (Range::ABOVE_ONE, "(1, ∞)", value > 1.0),
            (Range::FRACTION, "(0, 1)", value > 0.0 && value < 1.0),
            (Range::SHARE, "[0, 1]", (0.0..=1.0).contains(&value)),
        ] {
            prop_assert_eq!(range.to_string(), text);
            prop_assert_eq!(range.contains(value), inside);
        }
    }
}

#[test]
fn analytic_ranges_at_their_ends() {
    for (range, low, high) in [
        (Range::POSITIVE, false, true),
        (Range::NON_NEGATIVE, true, true),
        (Range::ABOVE_ONE, false, false),
        (Range::FRACTION, false, false),
        (Range::SHARE, true, true),
    ] {
        assert_eq!((range.contains(0.0), range.contains(1.0)), (low, high), "{range}");
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!range.contains(value), "{range} contains {value}");
        }
    }
}

#[test]
fn analytic_toml_numbers_are_read_as_written() {
    for (text, expected) in [("1", 1.0), ("-2.5e-3", -0.0025), ("1_000.5", 1000.5), ("+7", 7.0)] {
        let text = format!("schema = 1\na = {text}");
        let read = read_toml(Path::new("x.toml"), &text, |root| {
            root.schema(1);
            root.number("a")
        });
        assert_abs_diff_eq!(read.unwrap(), expected, epsilon = 0.0);
    }
}

#[test]
fn analytic_variants_are_read_by_their_letter() {
    for variant in Variant::ALL {
        assert_eq!(variant.to_string().parse::<Variant>().unwrap(), variant);
        assert_eq!(variant.to_string().to_lowercase().parse::<Variant>().unwrap(), variant);
    }
    assert!(matches!("E".parse::<Variant>(), Err(Error::Unknown { .. })));
}
