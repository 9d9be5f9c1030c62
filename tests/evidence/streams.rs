//! Whose random numbers are whose: what is added to a trial changes no one who was there, and any
//! valid design runs.

use crate::common::{drug_arm, l_plus_2, pooled, start_patients};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use thrombopoiesis::model::Variant;
use thrombopoiesis::trial::{
    Comparison, Design, NoProcedure, Outcome, Practice, Recruiter, Replicate, Run, Statistic,
    Status, Subset, Value, enrol, strata,
};

#[test]
fn invariant_a_visit_more_changes_no_one() {
    let (mut design, patients) = (l_plus_2(), start_patients());
    for arm in &mut design.arms {
        arm.practice.dropout = 0.3;
    }
    (design.visits.missed, design.visits.window_days) = (0.1, 0.4);
    let before = Run::new(&design, &patients).patients(3).unwrap();
    let mut more = design.clone();
    more.visits.days =
        vec![1.0, 3.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 14.0, 17.0, 19.0, 21.0, 28.0, 33.0, 35.0];
    let after = Run::new(&more, &patients).patients(3).unwrap();
    for (a, b) in before.iter().zip(&after) {
        assert_eq!(a.daily, b.daily);
        assert_eq!((a.arm, a.stratum, a.doses, a.success), (b.arm, b.stratum, b.doses, b.success));
        assert_eq!((a.pre_count, a.schedule.dropout_day), (b.pre_count, b.schedule.dropout_day));
        for (day, count) in design.visits.days.iter().zip(&a.counts) {
            let visit = more.visits.days.iter().position(|d| (d - day).abs() < 1e-9).unwrap();
            assert_eq!(count.to_bits(), b.counts[visit].to_bits());
        }
    }
}

#[test]
fn invariant_subjects_at_the_end_change_no_one() {
    let (mut design, patients) = (l_plus_2(), start_patients());
    for arm in &mut design.arms {
        arm.size = None;
    }
    let before = Run::new(&design, &patients).patients(0).unwrap();
    design.randomised += 40;
    let after = Run::new(&design, &patients).patients(0).unwrap();
    assert_eq!(after.len(), before.len() + 40);
    assert!(format!("{before:?}") == format!("{:?}", &after[..before.len()]));
}

#[test]
fn invariant_an_arm_more_changes_no_course_and_every_arm_takes_every_patient() {
    let (mut design, patients) = (l_plus_2(), start_patients());
    (design.dosing.missed, design.dosing.late_h) = (0.1, 6.0);
    (design.visits.missed, design.visits.window_days) = (0.1, 0.4);
    for arm in &mut design.arms {
        arm.size = None;
        arm.practice.dropout = 0.2;
    }
    let run = Run::new(&design, &patients);
    let (own, every) = (run.patients(1).unwrap(), run.in_every_arm(1).unwrap());
    for (i, patient) in own.iter().enumerate() {
        assert_eq!(format!("{patient:?}"), format!("{:?}", every[patient.arm][i]));
    }

    let mut wider = design.clone();
    let mut longer = design.arms[drug_arm(&design)].clone();
    longer.id = "longer".to_owned();
    longer.regimen = "3 mg qd x7, miss 3".parse().unwrap();
    wider.arms.push(longer);
    wider.allocation.block = 6;
    let more = Run::new(&wider, &patients).in_every_arm(1).unwrap();
    assert_eq!(more.len(), 3);
    for (before, after) in every.iter().flatten().zip(more.iter().flatten()) {
        assert_eq!(before.candidate, after.candidate);
        let of = |p: &Outcome| (format!("{:?} {:?}", p.daily, p.counts), p.doses, p.transfused);
        assert_eq!(of(before), of(after));
    }
    let allocated = Run::new(&wider, &patients).patients(1).unwrap();
    assert!(allocated.iter().any(|p| p.arm == 2), "the third arm is used");
}

#[test]
fn invariant_blocks_hold_within_strata() {
    let (mut design, patients) = (l_plus_2(), start_patients());
    design.allocation.ablation = Some(0.43);
    for (ratio, block) in [(1, 4), (2, 6)] {
        let drug = drug_arm(&design);
        (design.arms[drug].ratio, design.allocation.block) = (ratio, block);
        for arm in &mut design.arms {
            arm.size = None;
        }
        let recruiter = Recruiter::new(&design, &patients, Run::new(&design, &patients).variant, 1);
        let recruiter = recruiter.unwrap();
        for replicate in 0..20 {
            let enrolment = enrol(&recruiter, 1, replicate).unwrap();
            for stratum in 0..strata(&design) {
                let own = enrolment.arms.iter().zip(&enrolment.strata);
                let arms: Vec<usize> =
                    own.filter(|(_, s)| **s == stratum).map(|(arm, _)| *arm).collect();
                assert!(arms.len() > 8, "stratum {stratum} has {} patients", arms.len());
                for whole in arms.chunks_exact(block) {
                    let given = whole.iter().filter(|arm| **arm == drug).count();
                    assert_eq!(given, block * ratio / (ratio + 1), "{whole:?}");
                }
            }
        }
    }
}

#[test]
fn invariant_no_patient_of_one_trial_appears_in_another_unless_they_share_their_streams() {
    let (l_plus_2, patients) = (l_plus_2(), start_patients());
    let mut l_plus_1 = Design::load(std::path::Path::new("l_plus_1")).unwrap();
    let candidates = |design: &Design| -> Vec<Vec<u64>> {
        let recruiter = Recruiter::new(design, &patients, Variant::B, 1).unwrap();
        let values = (0..300).map(|number| recruiter.candidate(0, number).patient.values);
        values.map(|of| of.iter().map(|value| value.to_bits()).collect()).collect()
    };
    let (one, two) = (candidates(&l_plus_1), candidates(&l_plus_2));
    let is_there = |value: &u64| two.iter().flatten().any(|other| other == value);
    // Parameters without variability are the same in all.
    let varied = (0..one[0].len()).filter(|i| one[0][*i] != one[1][*i]);
    for i in varied {
        assert!(!one.iter().any(|of| is_there(&of[i])), "value {i}");
    }
    l_plus_1.streams.clone_from(&l_plus_2.streams);
    assert_eq!(candidates(&l_plus_1), two);
}

#[test]
fn analytic_a_share_pooled_over_trials_spreads_as_a_binomial_share() {
    const REPLICATES: usize = 4000;
    const PATIENTS: usize = 12;
    let patients = start_patients();
    let designs = ["first", "second"].map(|name| {
        let mut design = l_plus_2();
        design.streams = name.to_owned();
        design.randomised = PATIENTS;
        design.visits.days = vec![1.0, 5.0, 8.0, 10.0];
        // One drug to all, and no strata: the patients are exchangeable.
        design.endpoints.last_day = 10.0;
        (design.allocation.ablation, design.allocation.count_cut) = (None, None);
        let drug = design.arms[drug_arm(&design)].regimen.clone();
        for arm in &mut design.arms {
            (arm.size, arm.regimen) = (None, drug.clone());
        }
        design
    });
    let shares: Vec<f64> = (0..REPLICATES)
        .map(|replicate| {
            let trials = designs.each_ref().map(|d| Run::new(d, &patients).patients(replicate));
            let all = trials.into_iter().flat_map(Result::unwrap);
            all.filter(|patient| patient.drug.responder).count() as f64 / (2 * PATIENTS) as f64
        })
        .collect();
    let mean = shares.iter().sum::<f64>() / REPLICATES as f64;
    let squares = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>();
    let sd = (squares / (REPLICATES - 1) as f64).sqrt();
    let binomial = (mean * (1.0 - mean) / (2 * PATIENTS) as f64).sqrt();
    // The same patients in both trials would make it larger by √2.
    assert!((sd / binomial - 1.0).abs() < 0.05, "{sd} {binomial}");
}

#[test]
fn invariant_fixed_arm_sizes_hold() {
    for (name, sizes) in [("l_plus_2", vec![108, 107]), ("phase_2b", vec![15, 15, 16, 15])] {
        let design = Design::load(std::path::Path::new(name)).unwrap();
        for patients in pooled(&design, 3).chunks(design.randomised) {
            for (arm, size) in sizes.iter().enumerate() {
                assert_eq!(patients.iter().filter(|p| p.arm == arm).count(), *size);
            }
            assert!(patients.iter().all(|p| p.candidate.screening < 50.0));
        }
    }
}

/// A valid design from arbitrary numbers: shares in [0, 1], sizes, a rule or none.
fn random_design() -> impl Strategy<Value = Design> {
    let share = || 0.0..=1.0_f64;
    let practice = (share(), share(), share(), share(), share(), any::<bool>());
    let regimen = prop::sample::select(vec![
        "3 mg qd x7, stop at 50 and +20 on days 5 6 7",
        "4 mg qd x7, stop at 50 and +20 on days 5",
        "2 mg qd x5, miss 2",
        "3 mg qd x7",
        "placebo",
    ]);
    let visits =
        (prop::sample::subsequence(vec![12.0, 14.0, 17.0, 21.0, 28.0, 35.0], 0..=6), share());
    let numbers = (4_usize..30, 0.0..0.45_f64, 0.0..12.0_f64, share(), 9_u8..20, 0_u8..10);
    let arms = prop::collection::vec((regimen, practice, 1_usize..3), 2..4);
    (arms, visits, numbers, any::<[bool; 4]>()).prop_map(|(arms, visits, numbers, flags)| {
        let mut design = l_plus_2();
        let ((more, missed), (randomised, window, late, doses_missed, first, length)) =
            (visits, numbers);
        let template = design.arms[0].clone();
        design.arms = (arms.into_iter().enumerate())
            .map(|(i, (regimen, (below, above, none, rescue, dropout, failure), ratio))| {
                let mut arm = template.clone();
                (arm.id, arm.regimen) = (format!("arm_{i}"), regimen.parse().unwrap());
                (arm.ratio, arm.size) = (ratio, None);
                let no_procedure_counts_as =
                    if failure { NoProcedure::Failure } else { NoProcedure::NotTransfused };
                arm.practice = Practice {
                    logit_difference: 0.0,
                    no_transfusion_below: below,
                    transfusion_above: above,
                    no_procedure: none,
                    no_procedure_counts_as,
                    rescue,
                    dropout,
                };
                arm
            })
            .collect();
        design.allocation.block = 2 * design.arms.iter().map(|arm| arm.ratio).sum::<usize>();
        design.randomised = randomised;
        design.visits.days = [vec![1.0, 5.0, 6.0, 7.0, 8.0, 10.0], more].concat();
        (design.visits.missed, design.visits.window_days) = (missed, window);
        (design.dosing.missed, design.dosing.late_h) = (doses_missed, late);
        design.procedure.first_day = f64::from(first);
        design.procedure.last_day = f64::from((first + length).min(28));
        design.transfusion.count_within_days = 15.0;
        [
            design.dosing.without_count,
            design.transfusion.without_count,
            design.transfusion.count_same_day,
            design.entry.exclude_thrombosis,
        ] = flags;
        design
    })
}

fn check(design: &Design, replicate: &Replicate, trial: &[Outcome], values: &[Value]) {
    let is = |status: Status| trial.iter().filter(|p| p.status == status).count();
    let (completed, dropped) = (is(Status::Completed), is(Status::DroppedOut));
    assert_eq!(completed + dropped + replicate.failed, design.randomised);
    assert_eq!((dropped, trial.len()), (replicate.dropped_out, design.randomised));
    for patient in trial {
        let planned = design.arms[patient.arm].regimen.doses().count();
        assert!(
            patient.doses <= patient.schedule.doses.len()
                && patient.schedule.doses.len() <= planned
        );
        if let Some(day) = patient.stopped_day {
            let later = |dose: &f64| dose + 1.0 >= day - 1e-9;
            let doses = patient.schedule.doses.iter().map(|dose| dose.planned.in_days());
            assert_eq!(patient.doses, doses.filter(|dose| !later(dose)).count());
            // None was so late that it was taken after the rule had stopped it.
            let mut taken = patient.schedule.doses[..patient.doses].iter();
            assert!(taken.all(|d| d.dose.time.in_days() + 1.0 < day));
        }
        assert!(!patient.transfused || patient.schedule.procedure_day.is_some());
        assert!(!(patient.success && (patient.transfused || patient.schedule.rescued)));
        assert!(patient.true_maximum > 0.0 && patient.true_days >= 0.0);
        assert!(patient.drug.days_at_least >= 0.0 && patient.drug.days_high >= 0.0);
        assert!(patient.daily.iter().all(|count| *count > 0.0));
    }
    for value in values {
        assert!((0.0..=1.0).contains(&value.value) || value.n == 0, "{value:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(11), ..ProptestConfig::with_cases(150) })]

    #[test]
    fn prop_any_valid_design_accounts_for_everyone(design in random_design(), seed in 0_u64..1000) {
        let problems = design.problems();
        prop_assert!(problems.is_empty(), "{problems:?}");
        let patients = start_patients();
        let mut run = Run::new(&design, &patients);
        (run.seed, run.replicates) = (seed, 2);
        let statistics: Vec<Statistic> = Statistic::standard(&design)
            .into_iter()
            .filter(|s| s.subset == Subset::All && s.form.unit() == "1")
            .collect();
        let comparisons = Comparison::standard(&design);
        let mut seen = 0;
        let mut keep = |replicate: Replicate, trial: Vec<Outcome>| {
            check(&design, &replicate, &trial, &replicate.values);
            for compared in &replicate.compared {
                let test = compared.test.map_or(0.5, |test| test.p_value);
                assert!((0.0..=1.0).contains(&test));
                let crude = compared.crude.map_or(0.0, |difference| difference.value);
                assert!((-1.0..=1.0).contains(&crude));
            }
            seen += 1;
        };
        run.replicates(&statistics, &comparisons, &mut keep, &|_| {}).unwrap();
        prop_assert_eq!(seen, 2);
    }
}
