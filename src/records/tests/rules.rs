//! The schedule, rule by rule.

use super::{reading_with, records, structure, with_weight};
use crate::records::{
    Action, Direction, Entering, Form, Options, Properties, Schedule, Structure, Subject, read,
    schedule,
};
use crate::table::shortest;
use std::path::Path;

/// Properties of every dose of a test.
fn plain() -> Properties {
    Properties { rate: Some(2.0), duration_h: Some(3.0), ..Properties::default() }
}

fn subject(text: &str) -> Subject {
    records(text).subjects.remove(0)
}

fn scheduled(text: &str, properties: Properties) -> Schedule {
    schedule(&subject(text), &structure(), &mut |_| properties).expect(text)
}

/// The events as words: the time, then what happens; predictions as the row's number in brackets.
fn words(schedule: &Schedule) -> Vec<String> {
    let of = |event: &crate::records::Event| {
        let time = shortest(event.time_h);
        Some(match &event.action {
            Action::Begin => format!("{time} begin"),
            Action::Hold(_) | Action::Given { .. } => return None,
            Action::Enters(Entering::Bolus { target, amount }) => {
                format!("{time} bolus {amount} to {target}")
            }
            Action::Enters(Entering::Start { infusion, target, rate }) => {
                format!("{time} start {infusion} of {rate} to {target}")
            }
            Action::Enters(Entering::Stop { infusion }) => format!("{time} stop {infusion}"),
            Action::Reset => format!("{time} reset"),
            Action::Steady(steady) => {
                let inputs = steady.inputs.iter().map(|input| match input.form {
                    Form::Bolus(amount) => format!(" {amount} at {}", input.offset_h),
                    Form::Infusion { rate, duration_h } => {
                        format!(" {rate} for {duration_h} at {}", input.offset_h)
                    }
                });
                let how = if steady.replaces { "steady" } else { "add steady" };
                let every = steady.interval_h.map_or("always".to_owned(), shortest);
                format!("{time} {how} {every}:{}", inputs.collect::<String>())
            }
            Action::Call { name, argument } => format!("{time} {name} {argument}"),
            Action::Predict => format!("{time} [{}]", event.row + 1),
        })
    };
    schedule.events.iter().filter_map(of).collect()
}

/// The same as one line, without the first two: the beginning and whatever the first row shows.
fn line(text: &str, properties: Properties) -> String {
    words(&scheduled(text, properties)).join(", ")
}

#[test]
fn invariant_r2_the_clock_starts_at_the_first_row_and_again_at_a_reset() {
    let text = "ID,TIME,AMT,EVID\n1,-5,.,0\n1,24,3,1\n1,2,.,3\n1,3,.,0\n";
    let expected = "-5 begin, -5 [1], 24 bolus 3 to 0, 24 [2], 2 reset, 2 [3], 3 [4]";
    assert_eq!(line(text, plain()), expected);
}

#[test]
fn invariant_r5_every_row_is_predicted_after_what_it_does() {
    let text = "ID,TIME,AMT,EVID\n1,0,3,1\n1,0,.,0\n1,1,.,2\n1,2,.,3\n";
    let expected = "0 begin, 0 bolus 3 to 0, 0 [1], 0 [2], 1 [3], 2 reset, 2 [4]";
    assert_eq!(line(text, plain()), expected);
}

#[test]
fn invariant_r6_the_file_decides_ties_and_arrivals_come_before_rows() {
    let text = "ID,TIME,AMT\n1,0,3\n1,2,.\n1,2,5\n1,2,.\n";
    let lagged = Properties { lag_h: 2.0, ..plain() };
    let expected = "0 begin, 0 [1], 2 bolus 3 to 0, 2 [2], 2 [3], 2 [4]";
    assert_eq!(line(text, lagged), expected);
    assert_eq!(
        line(text, plain()),
        "0 begin, 0 bolus 3 to 0, 0 [1], 2 [2], 2 bolus 5 to 0, 2 [3], 2 [4]"
    );
    // Rounding does not decide: 0.1 + 0.2 is 0.3.
    let text = "ID,TIME,AMT\n1,0.1,3\n1,0.3,.\n";
    let lagged = Properties { lag_h: 0.2, ..plain() };
    assert_eq!(line(text, lagged), "0.1 begin, 0.1 [1], 0.3 bolus 3 to 0, 0.3 [2]");
    // The end of an infusion at the time of a row comes before it, too.
    let text = "ID,TIME,AMT,RATE,CMT\n1,0,3,1,2\n1,3,.,.,.\n";
    assert_eq!(line(text, plain()), "0 begin, 0 start 0 of 1 to 1, 0 [1], 3 stop 0, 3 [2]");
}

#[test]
fn invariant_r7_covariates_apply_backward_forward_or_linearly() {
    let text = "ID,TIME,AMT,EVID,WT\n1,0,3,1,10\n1,2,.,0,20\n1,0,.,3,30\n1,4,.,0,50\n";
    let held = |direction| -> Vec<(f64, f64, f64)> {
        let structure = with_weight(direction);
        let reading = read(Path::new("d.csv"), text, Some(&structure), &Options::default());
        let subject = &reading.into_records().expect("records").subjects[0];
        let schedule = schedule(subject, &structure, &mut |_| plain()).expect("a schedule");
        let held = schedule.events.iter().filter_map(|event| match &event.action {
            Action::Hold(held) => Some((event.time_h, held.values[0], held.slopes[0])),
            _ => None,
        });
        held.collect()
    };
    // Nothing is integrated before a reset, so nothing holds there.
    assert_eq!(held(Direction::Backward), [(0.0, 20.0, 0.0), (0.0, 50.0, 0.0)]);
    assert_eq!(held(Direction::Forward), [(0.0, 10.0, 0.0), (0.0, 30.0, 0.0)]);
    assert_eq!(held(Direction::Linear), [(0.0, 10.0, 5.0), (0.0, 30.0, 5.0)]);
}

#[test]
fn invariant_r8_bioavailability_changes_the_duration_of_an_infusion_not_its_rate() {
    let half = Properties { f: 0.5, ..plain() };
    let of = |rate: &str| line(&format!("ID,TIME,AMT,RATE\n1,0,12,{rate}\n1,99,.,.\n"), half);
    assert_eq!(of("0"), "0 begin, 0 bolus 6 to 0, 0 [1], 99 [2]");
    assert_eq!(of("3"), "0 begin, 0 start 0 of 3 to 0, 0 [1], 2 stop 0, 99 [2]");
    assert_eq!(of("-1"), "0 begin, 0 start 0 of 2 to 0, 0 [1], 3 stop 0, 99 [2]");
    assert_eq!(of("-2"), "0 begin, 0 start 0 of 2 to 0, 0 [1], 3 stop 0, 99 [2]");
    let at_once = Properties { duration_h: Some(0.0), ..half };
    let text = "ID,TIME,AMT,RATE\n1,0,12,-2\n1,99,.,.\n";
    assert_eq!(line(text, at_once), "0 begin, 0 bolus 6 to 0, 0 [1], 99 [2]");
}

#[test]
fn invariant_r9_lag_and_f_belong_to_the_route() {
    let lagged = Properties { f: 0.5, lag_h: 1.0, ..plain() };
    let text = "ID,TIME,AMT,CMT,RATE\n1,0,12,1,3\n1,0,12,3,0\n1,9,.,.,.\n";
    let expected = "0 begin, 0 [1], 0 bolus 12 to 2, 0 [2], 1 start 0 of 3 to 0, 3 stop 0, 9 [3]";
    assert_eq!(line(text, lagged), expected);
}

#[test]
fn invariant_r10_copies_are_frozen_at_the_row_of_their_dose() {
    let subject = subject("ID,TIME,AMT,ADDL,II\n1,0,1,2,12\n1,1,1,.,.\n1,40,.,.,.\n");
    let mut asked = 0;
    let schedule = schedule(&subject, &structure(), &mut |(row, ..)| {
        asked += 1;
        let f = if row.line == 2 { 0.5 } else { 3.0 };
        Properties { f, lag_h: 2.0, ..plain() }
    });
    let expected = "0 begin, 0 [1], 1 [2], 2 bolus 0.5 to 0, 3 bolus 3 to 0, 14 bolus 0.5 to 0, \
                    26 bolus 0.5 to 0, 40 [3]";
    assert_eq!(words(&schedule.expect("a schedule")).join(", "), expected);
    assert_eq!(asked, 2);
}

#[test]
fn invariant_r10_a_modelled_rate_that_changes_is_warned_of() {
    let text = "ID,TIME,AMT,RATE\n1,0,12,-1\n1,1,.,.\n1,2,.,.\n1,9,.,.\n";
    let with = |change: f64| {
        let subject = subject(text);
        let mut properties = |(row, ..): crate::records::Asked<'_>| Properties {
            rate: Some(2.0 + change * row.time_h),
            ..Properties::default()
        };
        schedule(&subject, &structure(), &mut properties).expect("a schedule")
    };
    let warnings = with(1.0).warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!((warnings[0].code, warnings[0].place.record.as_str()), ("W04", "ID 1 TIME 1"));
    assert_eq!(with(0.0).warnings, []);
    assert_eq!(words(&with(1.0)), words(&with(0.0)));
}

#[test]
fn invariant_r11_a_steady_state_cancels_what_earlier_rows_left() {
    let text = "ID,TIME,AMT,RATE,ADDL,II,SS,CMT\n1,0,20,1,1,50,0,2\n1,9,3,0,0,12,1,1\n1,9,5,0,0,0,0,1\n1,99,.,.,.,.,.,.\n";
    let expected = "0 begin, 0 start 0 of 1 to 1, 0 [1], 9 stop 0, 9 steady 12: 3 at 0, 9 bolus 3 to 0, 9 [2], \
                    9 bolus 5 to 0, 9 [3], 99 [4]";
    assert_eq!(line(text, plain()), expected);
}

#[test]
fn invariant_r12_an_added_steady_state_leaves_them() {
    let text =
        "ID,TIME,AMT,RATE,ADDL,II,SS,CMT\n1,0,20,1,1,50,0,2\n1,9,3,0,0,12,2,1\n1,60,.,.,.,.,.,.\n";
    let expected = "0 begin, 0 start 0 of 1 to 1, 0 [1], 9 add steady 12: 3 at 0, 9 bolus 3 to 0, 9 [2], \
                    20 stop 0, 50 start 1 of 1 to 1, 60 [3]";
    assert_eq!(line(text, plain()), expected);
}

#[test]
fn invariant_r13_a_steady_state_with_lag_has_its_phase_and_what_is_under_way() {
    let of = |lag_h: f64| {
        let text = "ID,TIME,AMT,II,SS\n1,0,3,12,1\n1,40,.,.,.\n";
        line(text, Properties { lag_h, ..plain() })
    };
    assert_eq!(of(0.0), "0 begin, 0 steady 12: 3 at 0, 0 bolus 3 to 0, 0 [1], 40 [2]");
    assert_eq!(of(5.0), "0 begin, 0 steady 12: 3 at 5, 0 [1], 5 bolus 3 to 0, 40 [2]");
    // An interval of lag: an arrival has just happened.
    assert_eq!(of(12.0), "0 begin, 0 steady 12: 3 at 12, 0 [1], 12 bolus 3 to 0, 40 [2]");
    let longer = "0 begin, 0 steady 12: 3 at 6, 0 [1], 6 bolus 3 to 0, 18 bolus 3 to 0, 30 bolus 3 to 0, 40 [2]";
    assert_eq!(of(30.0), longer);
}

#[test]
fn invariant_r14_overlapping_infusions_go_on_to_their_ends() {
    let of = |amt: f64| {
        line(&format!("ID,TIME,AMT,RATE,II,SS\n1,0,{amt},1,12,1\n1,99,.,.,.,.\n"), plain())
    };
    let expected = "0 begin, 0 steady 12: 1 for 30 at 0, 0 start 0 of 1 to 0, 0 start 1 of 1 to 0, \
                    0 start 2 of 1 to 0, 0 [1], 6 stop 1, 18 stop 0, 30 stop 2, 99 [2]";
    assert_eq!(of(30.0), expected);
    // As long as the interval: the one before ends as this one begins.
    let expected =
        "0 begin, 0 steady 12: 1 for 12 at 0, 0 start 0 of 1 to 0, 0 [1], 12 stop 0, 99 [2]";
    assert_eq!(of(12.0), expected);
}

#[test]
fn invariant_r15_a_constant_infusion_ends_at_its_row() {
    let odd = Properties { f: 0.5, lag_h: 3.0, ..plain() };
    let text = "ID,TIME,AMT,RATE,SS\n1,0,0,5,1\n1,1,0,-1,2\n1,9,.,.,.\n";
    let expected = "0 begin, 0 steady always: 5 for inf at 0, 0 [1], 1 add steady always: 2 for inf at 0, 1 [2], 9 [3]";
    assert_eq!(line(text, odd), expected);
    // Copies are ordinary doses after the steady state.
    let text = "ID,TIME,AMT,ADDL,II,SS\n1,0,3,1,12,1\n1,40,.,.,.,.\n";
    let expected = "0 begin, 0 steady 12: 3 at 0, 0 bolus 3 to 0, 0 [1], 12 bolus 3 to 0, 40 [2]";
    assert_eq!(line(text, plain()), expected);
}

#[test]
fn invariant_r17_a_reset_cancels_everything_and_evid_4_doses_once() {
    let text = "ID,TIME,AMT,RATE,EVID,ADDL,II\n1,0,20,1,1,3,30\n1,1,7,0,1,0,0\n1,2,.,.,3,0,0\n1,2,5,0,4,1,12\n1,99,.,.,0,0,0\n";
    let lagged = Properties { lag_h: 1.5, ..plain() };
    let expected = "0 begin, 0 [1], 1 [2], 2 reset, 2 [3], 2 reset, 2 [4], 3.5 bolus 5 to 0, 15.5 bolus 5 to 0, 99 [5]";
    assert_eq!(line(text, lagged), expected);
    let expected = "0 begin, 0 start 0 of 1 to 0, 0 [1], 1 bolus 7 to 0, 1 [2], 2 reset, 2 stop 0, 2 [3], 2 reset, \
                    2 bolus 5 to 0, 2 [4], 14 bolus 5 to 0, 99 [5]";
    assert_eq!(line(text, plain()), expected);
}

#[test]
fn invariant_r18_the_occasion_of_a_row_holds_before_it() {
    let subject = subject("ID,TIME,AMT,OCC\n1,0,1,a\n1,12,1,a\n1,12,.,b\n1,24,.,b\n");
    let schedule = schedule(&subject, &structure(), &mut |_| plain()).expect("a schedule");
    let held = schedule.events.iter().filter_map(|event| match &event.action {
        Action::Hold(held) => Some((event.time_h, held.occasion)),
        _ => None,
    });
    assert_eq!(held.collect::<Vec<_>>(), [(0.0, Some(0)), (12.0, Some(1))]);
}

#[test]
fn invariant_r19_a_dose_goes_where_cmt_says() {
    let text = "ID,TIME,AMT,CMT\n1,0,1,0\n1,0,2,.\n1,0,3,2\n1,0,4,3\n";
    let expected = "0 begin, 0 bolus 1 to 0, 0 [1], 0 bolus 2 to 0, 0 [2], 0 bolus 3 to 1, 0 [3], 0 bolus 4 to 2, 0 [4]";
    assert_eq!(line(text, plain()), expected);
    // A route may have a number of its own, and more than one entry.
    let mut structure = structure();
    structure.routes[0].number = 7;
    let second = crate::records::Entry { target: 2, ..structure.routes[0].entries[0] };
    structure.routes[0].entries.push(second);
    let of = |cmt: usize| {
        let text = format!("ID,TIME,AMT,CMT\n1,0,8,{cmt}\n");
        let reading = read(Path::new("d.csv"), &text, Some(&structure), &Options::default());
        let subject = reading.into_records().expect("records").subjects.remove(0);
        let mut properties = |(_, _, entry): crate::records::Asked<'_>| Properties {
            f: if entry == 0 { 0.25 } else { 0.75 },
            ..Properties::default()
        };
        words(&schedule(&subject, &structure, &mut properties).expect("a schedule")).join(", ")
    };
    assert_eq!(of(7), "0 begin, 0 bolus 2 to 0, 0 bolus 6 to 2, 0 [1]");
    assert_eq!(of(1), "0 begin, 0 bolus 8 to 0, 0 [1]");
}

#[test]
fn invariant_an_event_of_the_model_is_called_with_its_argument() {
    let structure = Structure { events: vec!["transfusion".to_owned()], ..structure() };
    let text = "ID,TIME,AMT,EVID,EVENT\n1,0,1,1,.\n1,24,30,2,transfusion\n";
    let reading = read(Path::new("d.csv"), text, Some(&structure), &Options::default());
    assert_eq!(reading.warnings(), Vec::<String>::new());
    let subject = reading.into_records().expect("records").subjects.remove(0);
    let schedule = schedule(&subject, &structure, &mut |_| plain()).expect("a schedule");
    assert_eq!(words(&schedule)[3..], ["24 transfusion 30", "24 [2]"]);
}

#[test]
fn invariant_the_time_after_a_dose_counts_from_its_record_not_from_its_arrival() {
    let text = "ID,TIME,AMT,ADDL,II,CMT\n1,0,3,2,12,2\n1,5,4,0,0,3\n1,30,.,.,.,.\n";
    let schedule = scheduled(text, Properties { f: 0.5, lag_h: 2.0, ..plain() });
    let given = schedule.events.iter().filter_map(|event| match event.action {
        Action::Given { route, amount } => Some((event.time_h, route, amount)),
        _ => None,
    });
    assert_eq!(given.collect::<Vec<_>>(), [(0.0, 1, 3.0), (12.0, 1, 3.0), (24.0, 1, 3.0)]);
}

#[test]
fn invariant_e17_properties_that_cannot_be() {
    let refused = |rate: &str, properties: Properties| -> String {
        let subject = subject(&format!("ID,TIME,AMT,RATE\n1,0,1,{rate}\n"));
        let problems =
            schedule(&subject, &structure(), &mut |_| properties).expect_err("a problem");
        assert_eq!((problems.len(), problems[0].place.record.as_str()), (1, "ID 1 TIME 0"));
        format!("{} {}", problems[0].code, problems[0].text)
    };
    assert_eq!(refused("-1", Properties { rate: Some(0.0), ..plain() }), "E17 rate R is 0");
    let negative = Properties { duration_h: Some(-1.0), ..plain() };
    assert_eq!(refused("-2", negative), "E17 duration D is negative");
    assert_eq!(refused("0", Properties { lag_h: -0.3, ..plain() }), "E17 lag is negative (-0.3)");
    assert_eq!(refused("0", Properties { f: -1.0, ..plain() }), "E17 F is negative");
    // What a row does not use is not judged; F 0 is a dose of nothing.
    let odd = Properties { f: 0.0, rate: Some(-1.0), duration_h: Some(-1.0), ..plain() };
    assert_eq!(line("ID,TIME,AMT,RATE\n1,0,1,0\n", odd), "0 begin, 0 bolus 0 to 0, 0 [1]");
}

#[test]
fn invariant_what_cannot_be_counted_is_refused() {
    let of = |text: &str, lag_h: f64| {
        let subject = subject(text);
        let properties = Properties { lag_h, ..plain() };
        schedule(&subject, &structure(), &mut |_| properties).expect_err("a problem")[0].clone()
    };
    let problem = of("ID,TIME,AMT,II,SS\n1,0,1,1e-6,1\n", 1.0);
    assert_eq!(problem.text, "more than 100000 doses of the steady state overlap");
    let problem = of("ID,TIME,AMT,RATE,II,SS\n1,0,1,1e-6,1e-3,1\n", 0.0);
    assert_eq!(problem.code, "E14");
    // The reader refuses such an interval, of either sign, but keeps the row.
    for ii_h in [0.0, -0.0] {
        let mut subject = subject("ID,TIME,AMT,II,SS\n1,0,1,24,1\n");
        subject.rows[0].dose.as_mut().expect("a dose").ii_h = ii_h;
        let properties = Properties { lag_h: 1.5, ..plain() };
        let found = schedule(&subject, &structure(), &mut |_| properties).expect_err("a problem");
        assert_eq!(found[0].code, "E14", "{ii_h}");
    }
    let many =
        "ID,TIME,AMT,ADDL,II\n".to_owned() + &"1,0,1,100000,1e-9\n".repeat(11) + "1,9,.,.,.\n";
    assert_eq!(of(&many, 0.0).text, "ID 1 has more than 1000000 doses");
    assert!(reading_with(&many, &Options::default()).problems().is_empty());
}
