//! Predictions at records against other ways to the same numbers.

use super::lanes::{Equations, predict_with};
use super::{Predicted, Predictor};
use crate::integrate::lanes::Instructions;
use crate::model::{ParameterSet, model_of_text};
use crate::numeric::{Dual, Scalar};
use crate::records::{Options, Subject, read};
use std::fmt::Write;
use std::path::Path;

const ORAL: &str = r#"model oral "One compartment with lag, bioavailability and an infusion"
language 1
time h

[covariates]
wt = 70 kg

[parameters]
cl = 2 L/h * (wt/70 kg)^0.75
v = 20 L
ka = 0.9 1/h
tlag = 0.7 h
f1 = 0.8
d2 = 3 h
r2 = 30 mg/h

[dosing]
dose oral into depot: lag = tlag, f = f1
dose iv into central: duration = d2, lag = 0.5*tlag, cmt = 2

[states]
depot, central = 0 mg

[equations]
d/dt(depot) = -ka*depot
d/dt(central) = ka*depot - cl/v*central

[outputs]
conc = central/v in mg/L
"#;

const SATURABLE: &str = r#"model saturable "Saturable elimination and a response"
language 1
time h

[parameters]
vmax = 12 mg/h
km = 30 mg
ka = 0.9 1/h
tlag = 0.7 h
f1 = 0.8
d2 = 3 h
kin = 5 1/h
kout = 0.1 1/h
ec50 = 40 mg

[dosing]
dose oral into depot: lag = tlag, f = f1
dose iv into central: duration = d2, cmt = 2

[states]
depot, central = 0 mg
response = kin/kout

[equations]
d/dt(depot) = -ka*depot
d/dt(central) = ka*depot - vmax*central/(km + central)
d/dt(response) = kin*(1 + 2*central/(ec50 + central)) - kout*response

[outputs]
response = response
"#;

/// Three linear compartments whose elimination depends on weight and changes at a time, and what they drive.
const DRIVEN: &str = r#"model driven "A response to drug in three compartments"
language 1
time h

[covariates]
wt = 70 kg

[parameters]
cl = 2 L/h * (wt/70 kg)^0.75
v1 = 20 L
v2 = 30 L
q = 5 L/h
ka = 0.9 1/h
kin = 5 1/h
kout = 0.1 1/h
ec50 = 1 mg/L

[dosing]
dose oral into depot
dose iv into central: duration = 3 h, cmt = 2

[states]
depot, central, peripheral = 0 mg
response = kin/kout

[equations]
ke = (if t >= 33 h then 2 else 1)*cl/v1
d/dt(depot) = -ka*depot
d/dt(central) = ka*depot - (ke + q/v1)*central + q/v2*peripheral
d/dt(peripheral) = q/v1*central - q/v2*peripheral
d/dt(response) = kin*(1 + 2*(central/v1)/(ec50 + central/v1)) - kout*response

[outputs]
response = response
"#;

fn set(text: &str) -> ParameterSet {
    ParameterSet::of(&model_of_text("own.model", text).expect("a model")).expect("parameters")
}

fn subject(predictor: &Predictor<f64>, text: &str) -> Subject {
    let records =
        read(Path::new("data.csv"), text, Some(predictor.structure()), &Options::default())
            .into_records()
            .expect("records");
    records.subjects[0].clone()
}

fn predicted<T: Scalar>(predictor: &Predictor<T>, subject: &Subject) -> Vec<T> {
    let predicted = predictor.predict(subject, None);
    assert_eq!(predicted.failure, None);
    predicted.values
}

/// Every way in which a dose can enter, with rows at and between arrivals.
const ALL: &str = "ID,TIME,AMT,RATE,CMT,EVID,ADDL,II,SS,WT\n\
    1,0,100,0,1,1,3,12,0,70\n1,0.5,.,.,.,0,.,.,.,70\n1,3,.,.,.,0,.,.,.,70\n1,4,60,-2,2,1,1,24,0,80\n\
    1,6,.,.,.,0,.,.,.,60\n1,20,40,10,2,1,.,.,.,70\n1,22,.,.,.,2,.,.,.,90\n1,30,.,.,.,0,.,.,.,70\n\
    1,40,50,0,1,1,.,12,1,70\n1,41,.,.,.,0,.,.,.,70\n1,50,20,-2,2,1,2,6,2,70\n1,55,.,.,.,0,.,.,.,70\n\
    1,70,10,0,1,4,.,.,.,65\n1,75,.,.,.,0,.,.,.,65\n1,20,.,.,.,3,.,.,.,75\n1,30,5,0,2,1,.,.,.,70\n\
    1,31,.,.,.,0,.,.,.,70\n";

#[test]
fn invariant_a_linear_model_gives_the_same_when_it_is_integrated() {
    let mut predictor = Predictor::new(&set(ORAL)).expect("a predictor");
    let subject = subject(&predictor, ALL);
    let exact = predicted(&predictor, &subject);
    assert!(predictor.method().starts_with("exponential"));
    predictor.integrate_all();
    let integrated = predicted(&predictor, &subject);
    let largest = exact.iter().copied().fold(0.0, f64::max);
    for (row, (a, b)) in exact.iter().zip(&integrated).enumerate() {
        assert!((a - b).abs() < 1e-9 * largest, "row {row}: {a} {b}");
    }
}

#[test]
fn invariant_linear_compartments_give_the_same_when_they_are_integrated() {
    // Without the steady state that is added, which this model refuses.
    let text = ALL.replace("1,50,20,-2,2,1,2,6,2,70", "1,50,20,-2,2,1,2,6,1,70");
    for model in [DRIVEN, SATURABLE] {
        let mut predictor = Predictor::new(&set(model)).expect("a predictor");
        let subject = subject(&predictor, &text);
        assert!(predictor.method().ends_with("linear compartments in closed form"));
        let exact = predicted(&predictor, &subject);
        predictor.integrate_all();
        let integrated = predicted(&predictor, &subject);
        for (row, (a, b)) in exact.iter().zip(&integrated).enumerate() {
            assert!((a - b).abs() < 1e-8 * b.abs(), "row {row}: {a} {b}");
        }
    }
}

/// Subjects of one model whose records and covariates differ.
fn many(predictor: &Predictor<f64>) -> Vec<Subject> {
    let text = ALL.replace("1,50,20,-2,2,1,2,6,2,70", "1,50,20,-2,2,1,2,6,1,70");
    let mut all = String::new();
    for id in 1..=37_usize {
        let rows = text.lines().skip(usize::from(id > 1));
        for (i, row) in rows.enumerate() {
            let is_observation = row.contains(",.,.,.,0,");
            let is_kept = !(is_observation && (i + id).is_multiple_of(3));
            if let Some(rest) = row.strip_prefix("1,").filter(|_| is_kept) {
                let (rest, wt) = rest.rsplit_once(',').expect("a weight");
                let wt = wt.parse::<usize>().expect("a number") + id;
                let _ = writeln!(all, "{id},{rest},{wt}");
            } else if row.starts_with("ID") {
                let _ = writeln!(all, "{row}");
            }
        }
    }
    let options = Options::default();
    let reading = read(Path::new("data.csv"), &all, Some(predictor.structure()), &options);
    reading.into_records().expect("records").subjects
}

#[test]
fn invariant_subjects_side_by_side_have_the_predictions_of_subjects_alone() {
    for model in [DRIVEN, SATURABLE] {
        let predictor = Predictor::new(&set(model)).expect("a predictor");
        let subjects = many(&predictor);
        let beside = predictor.predict_side_by_side(&subjects, None).expect("predictions");
        for (subject, beside) in subjects.iter().zip(&beside) {
            assert_eq!((&beside.failure, beside.values.len()), (&None, subject.rows.len()));
            assert!(!beside.is_alone, "ID {}", subject.id);
            let alone = predicted(&predictor, subject);
            for (row, (a, b)) in beside.values.iter().zip(&alone).enumerate() {
                assert!((a - b).abs() < 1e-7 * b.abs(), "ID {} row {row}: {a} {b}", subject.id);
            }
        }
    }
}

#[test]
fn invariant_the_bits_of_a_subject_depend_on_no_neighbour_width_or_instructions() {
    let predictor = Predictor::new(&set(DRIVEN)).expect("a predictor");
    let subjects = many(&predictor);
    let equations = Equations::new(&predictor).expect("equations");
    let items: Vec<_> = subjects.iter().map(|subject| (&predictor, subject)).collect();
    let bits = |all: Vec<Predicted<f64>>| -> Vec<Vec<u64>> {
        all.iter().map(|own| own.values.iter().map(|value| value.to_bits()).collect()).collect()
    };
    let best = Instructions::best();
    let expected = bits(predict_with::<16>(&equations, &items, None, best));
    assert_eq!(bits(predict_with::<1>(&equations, &items, None, best)), expected);
    assert_eq!(bits(predict_with::<8>(&equations, &items, None, best)), expected);
    for instructions in Instructions::available() {
        let some = &items[..if instructions == best { items.len() } else { 3 }];
        let found = bits(predict_with::<8>(&equations, some, None, instructions));
        assert_eq!(found[..], expected[..some.len()]);
    }
    let turned: Vec<_> = items.iter().rev().copied().collect();
    let mut found = bits(predict_with::<16>(&equations, &turned, None, best));
    found.reverse();
    assert_eq!(found, expected);
}

/// Derivatives against central differences, rows one by one.
fn require_derivatives(text: &str, records: &str, symbols: [&str; 4]) {
    let set = set(text);
    let theta = set.theta();
    let plain = Predictor::new(&set).expect("a predictor");
    let subject = subject(&plain, records);
    let seeds: Vec<(&str, Dual<4>)> = symbols
        .iter()
        .enumerate()
        .map(|(i, symbol)| (*symbol, Dual::variable(theta.get(symbol).expect("a value"), i)))
        .collect();
    let dual = Predictor::of(&set, &theta.seeded(&seeds)).expect("a predictor");
    let slopes = predicted(&dual, &subject);
    for (i, symbol) in symbols.iter().enumerate() {
        let at = |factor: f64| {
            let mut moved = theta.clone();
            moved.set(symbol, theta.get(symbol).expect("a value") * factor);
            let mut predictor = Predictor::of(&set, &moved).expect("a predictor");
            predictor.set_tolerance(1e-12);
            predicted(&predictor, &subject)
        };
        let (step, value) = (1e-4, theta.get(symbol).expect("a value"));
        // Richardson's extrapolation of two central differences.
        let difference = |step: f64| -> Vec<f64> {
            let (up, down) = (at(1.0 + step), at(1.0 - step));
            up.iter().zip(&down).map(|(up, down)| (up - down) / (2.0 * step * value)).collect()
        };
        let (wide, narrow) = (difference(step), difference(step / 2.0));
        let expected: Vec<f64> =
            wide.iter().zip(&narrow).map(|(wide, narrow)| (4.0 * narrow - wide) / 3.0).collect();
        let size = expected.iter().map(|own| own.abs()).fold(0.0, f64::max);
        for (row, (own, expected)) in slopes.iter().zip(&expected).enumerate() {
            let found = own.derivative(i);
            assert!(
                (found - expected).abs() < 1e-6 * size,
                "{symbol}, row {row}: {found} {expected}"
            );
        }
    }
}

#[test]
fn analytic_derivatives_through_all_events_of_a_linear_model_equal_differences() {
    require_derivatives(ORAL, ALL, ["ka", "tlag", "f1", "d2"]);
}

#[test]
fn analytic_derivatives_through_steady_states_and_resets_equal_differences() {
    let records = "ID,TIME,AMT,RATE,CMT,EVID,ADDL,II,SS\n\
        1,0,100,0,1,1,2,24,1\n1,5,.,.,.,0,.,.,.\n1,30,.,.,.,0,.,.,.\n1,60,40,-2,2,1,.,12,1\n\
        1,61,.,.,.,0,.,.,.\n1,63.5,.,.,.,0,.,.,.\n1,70,80,20,2,4,.,.,.\n1,72,.,.,.,0,.,.,.\n\
        1,80,.,.,.,0,.,.,.\n1,90,0,4,2,1,.,.,1\n1,95,.,.,.,0,.,.,.\n";
    require_derivatives(SATURABLE, records, ["vmax", "tlag", "f1", "d2"]);
    require_derivatives(SATURABLE, records, ["km", "ka", "kin", "ec50"]);
}

#[test]
fn invariant_a_steady_state_is_that_of_many_doses() {
    let predictor = Predictor::new(&set(SATURABLE)).expect("a predictor");
    for (amt, rate, ii) in [(100, 0, 24), (40, -2, 12), (60, 20, 8), (90, 10, 12)] {
        let cmt = if rate == 0 { 1 } else { 2 };
        let settled = format!(
            "ID,TIME,AMT,RATE,CMT,EVID,ADDL,II,SS\n1,0,{amt},{rate},{cmt},1,.,{ii},1\n1,5,.,.,.,0,.,.,.\n"
        );
        let many = format!(
            "ID,TIME,AMT,RATE,CMT,EVID,ADDL,II,SS\n1,0,{amt},{rate},{cmt},1,400,{ii},0\n\
             1,{end},.,.,.,0,.,.,.\n1,{later},.,.,.,0,.,.,.\n",
            end = 400 * ii,
            later = 400 * ii + 5
        );
        let settled = predicted(&predictor, &subject(&predictor, &settled));
        let many = predicted(&predictor, &subject(&predictor, &many));
        for (a, b) in settled.iter().zip(&many[1..]) {
            assert!((a - b).abs() < 1e-8 * b.abs(), "{amt} {rate} {ii}: {a} {b}");
        }
    }
}

#[test]
fn regress_input_above_the_largest_elimination_has_no_steady_state() {
    let predictor = Predictor::new(&set(SATURABLE)).expect("a predictor");
    let text = "ID,TIME,AMT,CMT,EVID,II,SS\n1,0,10,2,1,24,0\n1,24,300,2,1,24,1\n1,30,.,.,0,.,.\n";
    let failed = predictor.predict(&subject(&predictor, text), None);
    assert_eq!(failed.values.len(), 1);
    let failure = failed.failure.expect("a failure");
    assert_eq!(failure.row, 1);
    assert!(failure.reason.contains("there is no steady state: central"), "{}", failure.reason);
}
