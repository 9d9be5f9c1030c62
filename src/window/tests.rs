//! What the answers must satisfy.

use super::{Baseline, Choice, LAST_DAY, People, Question, Treatment, Verdict};
use crate::error::Result;
use crate::integrate::Options;
use crate::model::Variant;
use crate::population::{CountError, VirtualPatients};
use crate::regimen::StoppingRule;
use crate::simulate::population::{Engine, Settings};
use crate::simulate::simulate;
use crate::statistics::normal_cdf;
use crate::units::Time;

fn patients() -> Result<VirtualPatients> {
    VirtualPatients::load("patients_start")
}

fn question(patients: &VirtualPatients, subjects: usize) -> Question<'_> {
    Question { subjects, ..Question::new(patients) }
}

#[test]
fn invariant_probability_is_the_share_of_profiles_of_the_reference_engine() -> Result<()> {
    let mut exact = patients()?;
    exact.count_error = CountError::default();
    let people = People::new(question(&exact, 200))?;
    let treatment = Treatment::approved();
    let courses = people.under(&treatment)?;
    let mut reached = [0_usize; LAST_DAY];
    for person in &people.persons {
        let mut set = people.generator.set.clone();
        for (symbol, value) in people.generator.symbols().iter().zip(&person.patient.values) {
            set.set(symbol, *value)?;
        }
        set.set("plt0", person.plt0)?;
        let until = Time::visit_day(LAST_DAY as f64);
        let course = simulate(&set, &treatment.regimen()?, until, Options::default())?;
        for (day, reached) in (0..LAST_DAY).zip(&mut reached) {
            let count = course.sample(Time::days(day as f64))?.platelets;
            *reached += usize::from(count >= 50.0);
        }
    }
    for (day, reached) in (0..LAST_DAY).zip(reached) {
        let found = courses.at_threshold_on(day).0;
        assert!((found - reached as f64 / 200.0).abs() < 1e-12, "day {day}: {found}");
    }
    Ok(())
}

#[test]
fn analytic_placebo_is_the_error_of_the_count() -> Result<()> {
    let patients = patients()?;
    let asked = Question { baseline: Baseline::True(40.0), ..question(&patients, 50) };
    let outlook = People::new(asked)?.answer(&Treatment::new(0.0, 7))?.outlook;
    let expected = normal_cdf(-10.0 / (0.15_f64 * 40.0).hypot(2.5));
    for day in &outlook.days {
        // What the integration at 1e-6 leaves of a constant.
        assert!((day.at_threshold - expected).abs() < 1e-8, "{day:?} is not {expected}");
        assert!(day.se < 1e-7);
    }
    assert_eq!((outlook.window, outlook.own_first), (None, None));
    assert!((outlook.never - 1.0).abs() < 1e-12);
    Ok(())
}

#[test]
fn val_probabilities_are_those_of_the_quadrature() -> Result<()> {
    // Source: tests/reference/window.csv, by quadrature in place of simulated patients.
    let patients = patients()?;
    let table = include_str!("../../tests/reference/window.csv");
    let mut compared = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |i: usize| cells[i].parse::<f64>().unwrap_or(f64::NAN);
        let (count, day, expected) = (number(2), cells[5].parse().unwrap_or(1), number(6));
        let asked = Question {
            variant: cells[0].parse()?,
            baseline: match cells[1] {
                "true" => Baseline::True(count),
                _ => Baseline::Measured(count),
            },
            ..question(&patients, 4000)
        };
        let treatment = Treatment::new(number(3), cells[4].parse().unwrap_or(0));
        let (found, se) = People::new(asked)?.under(&treatment)?.at_threshold_on(day - 1);
        // Four Monte-Carlo standard errors, and the six digits of the table.
        assert!((found - expected).abs() < 4.0 * se + 2e-6, "{line}: {found} +/- {se}");
        compared += 1;
    }
    assert!(compared >= 60, "only {compared} numbers were compared");
    Ok(())
}

#[test]
fn invariant_more_drug_is_never_less_probable() -> Result<()> {
    let patients = patients()?;
    let choice = Choice::default();
    for variant in Variant::ALL {
        let people = People::new(Question { variant, ..question(&patients, 200) })?;
        for days in [3, 7, 14] {
            let mut before = (0.0, 0.0);
            for dose in [0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0] {
                let reach = people.reach(dose, days, &choice)?;
                assert!(reach.at_threshold >= before.0, "{variant}, {reach:?}");
                assert!(reach.too_high >= before.1, "{variant}, {reach:?}");
                before = (reach.at_threshold, reach.too_high);
            }
        }
    }
    Ok(())
}

#[test]
fn invariant_the_optimum_is_that_of_a_grid() -> Result<()> {
    const STEP: f64 = 0.05;
    let patients = patients()?;
    let asked = Question { variant: Variant::D, ..question(&patients, 150) };
    let people = People::new(asked)?;
    let free = Choice { days: 5..=8, limit: 0.5, ..Choice::default() };
    let unlimited = people.optimum(&free, &|_| {})?;
    // A limit between the two courses in the middle, so that some are possible and some are not.
    let too_high = |i: usize| unlimited.by_days[i].course.too_high;
    let choice = Choice { limit: 0.5 * (too_high(1) + too_high(2)), ..free };
    let optimum = people.optimum(&choice, &|_| {})?;
    let grid: Vec<f64> = (0..=115).map(|i| 0.25 + STEP * f64::from(i)).collect();
    for best in &optimum.by_days {
        let days = best.course.days;
        let reach = |dose: &f64| people.reach(*dose, days, &choice);
        let reaches = grid.iter().map(reach).collect::<Result<Vec<_>>>()?;
        let first = reaches.iter().find(|r| r.at_threshold >= asked.probability);
        let Some(first) = first else {
            assert_eq!(best.verdict, Verdict::NotReached);
            continue;
        };
        let ahead = first.dose_mg - best.course.dose_mg;
        assert!((-0.01..=STEP).contains(&ahead), "{best:?} is not {first:?}");
        assert!(best.course.at_threshold >= asked.probability);
        assert_eq!(best.verdict.is_possible(), best.course.too_high <= choice.limit, "{best:?}");
        if let Some(within) = best.within_limit {
            let last = reaches.iter().rfind(|r| r.too_high <= choice.limit);
            let last = last.map_or(f64::NAN, |reach| reach.dose_mg);
            assert!(within.too_high <= choice.limit);
            assert!((-0.01..=STEP).contains(&(within.dose_mg - last)), "{within:?} is not {last}");
        }
    }
    let possible = optimum.by_days.iter().filter(|best| best.verdict.is_possible());
    assert_eq!(optimum.shortest().map(|b| b.course.days), possible.map(|b| b.course.days).min());
    assert!(optimum.by_days.iter().any(|best| best.verdict == Verdict::TooHigh));
    assert!(optimum.shortest().is_some());
    Ok(())
}

#[test]
fn invariant_every_verdict_is_given() -> Result<()> {
    let patients = patients()?;
    let verdict = |probability: f64, limit: f64| -> Result<(Verdict, bool)> {
        let people = People::new(Question { probability, ..question(&patients, 60) })?;
        let choice = Choice { days: 7..=7, limit, ..Choice::default() };
        let best = people.optimum(&choice, &|_| {})?.by_days[0];
        Ok((best.verdict, best.within_limit.is_some()))
    };
    assert_eq!(verdict(0.7, 0.5)?, (Verdict::Reached, false));
    assert_eq!(verdict(0.12, 0.5)?, (Verdict::SmallestDose, false));
    assert_eq!(verdict(0.999, 0.5)?, (Verdict::NotReached, true));
    assert_eq!(verdict(0.8, 1e-9)?.0, Verdict::TooHigh);
    Ok(())
}

#[test]
fn invariant_patients_belong_to_seed_and_number() -> Result<()> {
    let patients = patients()?;
    for baseline in [Baseline::Below(50.0), Baseline::Measured(35.0), Baseline::True(35.0)] {
        let of = |subjects, threads| -> Result<_> {
            let asked = Question {
                baseline,
                settings: Settings { threads, ..Settings::default() },
                ..question(&patients, subjects)
            };
            let people = People::new(asked)?;
            let courses = people.under(&Treatment::approved())?;
            Ok((people.persons, courses))
        };
        let (many, courses) = of(600, Some(1))?;
        for threads in [2, 8] {
            assert_eq!((&many, &courses), (&of(600, Some(threads))?.0, &of(600, Some(threads))?.1));
        }
        let (few, fewer) = of(100, None)?;
        assert_eq!(few, many[..100]);
        assert_eq!(fewer.counts, courses.counts[..100 * LAST_DAY]);
    }
    let kc = |baseline| -> Result<Vec<f64>> {
        let people = People::new(Question { baseline, ..question(&patients, 50) })?;
        Ok(people.persons.iter().map(|p| p.patient.values[0]).collect())
    };
    assert_eq!(kc(Baseline::Measured(30.0))?, kc(Baseline::Measured(45.0))?);
    Ok(())
}

#[test]
fn invariant_the_rule_stops_some_and_both_engines_agree() -> Result<()> {
    let patients = patients()?;
    let asked = |engine| Question {
        settings: Settings { engine, ..Settings::default() },
        ..question(&patients, 150)
    };
    let ruled = Treatment { rule: Some(StoppingRule::l_plus()), ..Treatment::approved() };
    let lanes = People::new(asked(Engine::Lanes))?.under(&ruled)?;
    let reference = People::new(asked(Engine::Reference))?.under(&ruled)?;
    for (a, b) in lanes.counts.iter().zip(&reference.counts) {
        // Both at the default tolerance of 1e-6.
        assert!((a - b).abs() < 1e-3 * b, "{a} is not {b}");
    }
    let people = People::new(asked(Engine::Lanes))?;
    let (with, without) = (people.answer(&ruled)?, people.answer(&Treatment::approved())?);
    assert!(with.outlook.stopped > 0.05 && without.outlook.stopped <= 0.0);
    assert!(with.outlook.ever_too_high <= without.outlook.ever_too_high);
    Ok(())
}

#[test]
fn invariant_the_window_lies_around_the_best_day() -> Result<()> {
    let patients = patients()?;
    let asked = Question { baseline: Baseline::True(42.0), ..question(&patients, 300) };
    let outlook = People::new(asked)?.answer(&Treatment::approved())?.outlook;
    let Some((first, last)) = outlook.window else { panic!("no window") };
    let enough = |day: usize| outlook.days[day].at_threshold >= asked.probability;
    assert!((first..=last).contains(&outlook.best_day) && (first..=last).all(enough));
    assert!(!enough(first - 1) && !enough(last + 1));
    let own = outlook.own_first.zip(outlook.own_last);
    assert!(own.is_some_and(|(first, last)| first.q50 < last.q50 && first.q05 <= first.q95));
    Ok(())
}

#[test]
fn invariant_questions_that_make_no_sense_are_refused() -> Result<()> {
    let patients = patients()?;
    let base = question(&patients, 10);
    for wrong in [
        Question { threshold: 0.0, ..base },
        Question { threshold: f64::NAN, ..base },
        Question { probability: 0.0, ..base },
        Question { probability: 1.0, ..base },
        Question { too_many: 50.0, ..base },
        Question { subjects: 0, ..base },
        Question { baseline: Baseline::Measured(-1.0), ..base },
        Question { baseline: Baseline::Measured(1e6), ..base },
        Question { baseline: Baseline::Below(1.0), ..base },
    ] {
        let error = People::new(wrong).map(|_| ()).expect_err("refused").to_string();
        assert!(!error.contains('\n'), "{error}");
    }
    let people = People::new(base)?;
    for wrong in [Treatment::new(-1.0, 7), Treatment::new(3.0, 0), Treatment::new(f64::NAN, 7)] {
        assert!(people.under(&wrong).is_err(), "{wrong}");
    }
    let choice = Choice::default();
    #[expect(clippy::reversed_empty_ranges, reason = "an empty range is what is wrong")]
    for wrong in [
        Choice { starts: 14..=8, ..choice.clone() },
        Choice { starts: 0..=8, ..choice.clone() },
        Choice { days: 9..=14, starts: 8..=8, ..choice.clone() },
        Choice { dose_mg: (3.0, 3.0), ..choice.clone() },
        Choice { dose_mg: (0.0, 3.0), ..choice.clone() },
        Choice { limit: 0.0, ..choice.clone() },
        Choice { limit: 1.0, ..choice },
    ] {
        assert!(people.optimum(&wrong, &|_| {}).is_err(), "{wrong:?}");
    }
    Ok(())
}
