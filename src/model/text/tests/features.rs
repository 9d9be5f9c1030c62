//! What single parts of the language do.

use super::super::{Check, Choice, Clock, TextModel, What};
use super::{Subject, read, subject};

pub(super) const HEADER: &str = "model m\nlanguage 1\ntime h\n";

fn with(text: &str) -> String {
    format!("{HEADER}{text}\n")
}

/// The value of the definition `x` of a text with nothing else.
fn value_of(expression: &str) -> f64 {
    let subject = subject(&with(&format!("[equations]\nx = {expression}")));
    let x = subject.sheet.definitions.iter().find(|definition| definition.name == "x").unwrap();
    subject.values(&[])[x.id]
}

#[test]
fn analytic_operators_and_functions_have_their_values() {
    for (expression, expected) in [
        ("-2^2", -4.0),
        ("2^3^2", 512.0),
        ("12/3/2", 2.0),
        ("2 - 3 - 4", -5.0),
        ("max(1, 3, 2) - min(4, 2)", 1.0),
        ("if 1 < 2 and not 3 < 2 then 5 else 6", 5.0),
        ("if 1 > 2 or 2 != 2 then 5 else 6", 6.0),
        ("hill(2, 3)", 8.0 / 9.0),
        ("hill(-2, 3)", 0.0),
        ("(-8)^0.5", 0.0),
        ("(-2)^3", -8.0),
        ("sqrt(9)", 3.0),
        ("sum(i^2 for i in 1..4)", 30.0),
        ("log10(1000)", 3.0),
        ("expit(logit(0.3))", 0.3),
        ("floor(-1.5)", -2.0),
        ("30%*2", 0.6),
        ("sqrt(9 mg^2) / 1 ug", 3000.0),
        ("(27 cm^3)^(1/3) / 1 mm", 30.0),
        ("1 d / 1 h", 24.0),
        ("1 yr / 1 d", 365.25),
        ("8 cm^3 / 1 mL", 8.0),
        ("1 nM / (1 pmol/L)", 1000.0),
        ("1 mg/L / (1 ng/mL)", 1000.0),
    ] {
        let found = value_of(expression);
        assert!(
            (found - expected).abs() <= 4e-16 * expected.abs().max(1.0),
            "{expression}: {found}"
        );
    }
}

#[test]
fn analytic_each_side_of_a_sum_is_converted_exactly() {
    let text =
        with("[equations]\nx = (1 mg + 500 ug + 2 g)/1 mg\ny = if 1 h < 90 min then 1 d else 2 h");
    let subject = subject(&text);
    let values = subject.values(&[]);
    let [x, y] = [0, 1].map(|i| &subject.sheet.definitions[i]);
    assert_eq!(values[x.id].to_bits(), 2001.5_f64.to_bits());
    assert_eq!((values[y.id].to_bits(), y.unit.text()), (1.0_f64.to_bits(), "d"));
}

/// A text with most of what the language has.
pub(super) const DRUG: &str = "[covariates]\nwt = 70 kg\nsex = male of (male = 0, female = 1) forward\n\
    [parameters]\nka = 24 1/d, v = 5 L * (wt/70 kg)\nf1 = 0.5 in 0..1 ~ logitnormal(sd=0.3)\n\
    base = 2 * (if sex == female then 3 else 1)\n\
    [dosing]\ndose oral into depot: f = f1, lag = 30 min, cmt = 3, range = 0..5 mg\n\
    dose scaled into central: f = f1*wt, duration = 1 d\n\
    event wash(share in %): central += -share*central\n\
    [states]\ndepot, central = 0 mg\ncells[1..3] = base\n\
    [equations]\nc = central/v\nlate = if tad(oral) >= 90 min then 1 else 0\n\
    d/dt(depot) = -ka*depot\nd/dt(central) = ka*depot\n\
    chain cells: in = base*0.5 1/h, rate = 12 1/d, loss = 0 1/d\n\
    [variants]\nvariant A \"as printed\":\nvariant B \"slower\":\n  ka = 12 1/d\n  c = 2*central/v\n\
    [presets]\npreset heavy \"140 kg\":\n  wt = 140 kg\n  sex = female\n  f1 = 25% fixed\n\
    [outputs]\nconc = c in ng/mL ~ proportional(cv=20%) + additive(sd=1 ug/L) dvid = 2\n\
    count = cells[3] dvid = 1\n\
    [figures]\npanel \"Concentration\": conc log line 5 ng/mL\nlabel conc = \"drug\"\n\
    [checks]\nsteady\nafter oral 3 mg every 1 d times 2 with heavy: timemax(conc) until 2 d = 26 h within 60 min";

#[test]
fn analytic_routes_events_and_outputs_are_in_their_units() {
    let subject = subject(&with(DRUG));
    let sheet = &subject.sheet;
    let [oral, scaled] = &sheet.routes[..] else { panic!("{:?}", sheet.routes) };
    let state = [4000.0, 10.0, 2.0, 2.0, 2.0];
    let values = subject.values(&state);
    assert_eq!((oral.unit.text(), oral.cmt, oral.range), ("mg", Some(3), Some((0.0, 5.0))));
    assert_eq!(oral.entries[0].lag.map(|lag| values[lag].to_bits()), Some(0.5_f64.to_bits()));
    assert_eq!(scaled.unit.text(), "mg/kg");
    assert_eq!(values[scaled.entries[0].f].to_bits(), 35.0_f64.to_bits());
    assert_eq!(
        scaled.entries[0].duration.map(|own| values[own].to_bits()),
        Some(24.0_f64.to_bits())
    );
    assert_eq!(subject.output("conc", &state).to_bits(), 2000.0_f64.to_bits());
    assert_eq!(subject.output("count", &state).to_bits(), 2.0_f64.to_bits());
    let rates = subject.rates(&state);
    assert!((rates[0] + 4000.0).abs() < 1e-9 && rates[2..].iter().all(|rate| rate.abs() < 1e-12));
    let event = &sheet.events[0];
    assert_eq!(event.argument.as_ref().map(super::super::Unit::text), Some("%"));
    let inputs = super::Inputs { event: 10.0, ..subject.inputs(&state) };
    let (place, added) = event.additions[0];
    assert_eq!((place, sheet.evaluate(&inputs)[added].to_bits()), (1, (-1.0_f64).to_bits()));
    assert_eq!(sheet.stops.len(), 1);
    assert_eq!(sheet.stops[0].clock, Clock::Tad(0));
    assert_eq!(values[sheet.stops[0].at].to_bits(), 1.5_f64.to_bits());
}

#[test]
fn analytic_variants_presets_and_given_values_replace_what_they_name() {
    let model = read(&with(DRUG));
    let names =
        |all: &[super::super::Named]| all.iter().map(|own| own.name.clone()).collect::<Vec<_>>();
    assert_eq!(
        (names(&model.variants), names(&model.presets)),
        (vec!["A".into(), "B".into()], vec!["heavy".into()])
    );
    let choose = |variant: Option<&str>, preset: Option<&str>, values: &[(&str, f64)]| {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let own = str::to_owned;
        let choice = Choice {
            variant: variant.map(own),
            preset: preset.map(own),
            values,
            ..Choice::default()
        };
        Subject::of(model.sheet(&choice).unwrap())
    };
    let state = [1.0, 10.0, 2.0, 2.0, 2.0];
    let conc = |subject: &Subject| subject.output("conc", &state);
    assert_eq!(conc(&choose(Some("b"), None, &[])).to_bits(), 4000.0_f64.to_bits());
    assert_eq!(conc(&choose(None, Some("heavy"), &[])).to_bits(), 1000.0_f64.to_bits());
    assert_eq!(
        conc(&choose(Some("A"), Some("heavy"), &[("wt", 35.0)])).to_bits(),
        4000.0_f64.to_bits()
    );
    let heavy = choose(None, Some("heavy"), &[]);
    assert_eq!(heavy.initial[2].to_bits(), 6.0_f64.to_bits());
    assert!(
        heavy.sheet.parameters[2].is_fixed
            && (heavy.sheet.parameters[2].value - 0.25).abs() < 1e-15
    );
    assert!(
        choose(None, None, &[("ka", 1.0)]).sheet.parameters[0].value.to_bits() == 1.0_f64.to_bits()
    );
    let unknown = Choice { variant: Some("Z".to_owned()), ..Choice::default() };
    assert!(model.sheet(&unknown).unwrap_err().to_string().contains("N09"));
}

#[test]
fn analytic_what_is_declared_is_handed_out() {
    let model = read(&with(DRUG));
    let output = &model.outputs[0];
    assert_eq!((output.dvid, output.label.as_str(), output.unit.text()), (2, "drug", "ng/mL"));
    assert_eq!((model.panels[0].is_log, model.panels[0].lines.len()), (true, 1));
    assert_eq!(model.covariates[1].categories.len(), 2);
    let Check::Published(check) = &model.checks[1] else { panic!("{:?}", model.checks) };
    assert_eq!(check.what, What::TimeOfMax(Some(48.0)));
    assert_eq!((check.every, check.value.to_bits()), (Some((24.0, 2)), 26.0_f64.to_bits()));
    assert!((check.within - 1.0).abs() < 1e-15 && check.preset.as_deref() == Some("heavy"));
    let errors = &model.base().outputs[0].errors;
    assert_eq!((errors[0].kind.as_str(), errors[1].kind.as_str()), ("proportional", "additive"));
}

#[test]
fn analytic_sizes_change_the_number_of_stages() {
    let model = read(super::MODELS[2].1);
    let sizes = [("np".to_owned(), 9)].into_iter().collect();
    let subject = Subject::of(model.sheet(&Choice { sizes, ..Choice::default() }).unwrap());
    assert_eq!(subject.sheet.states.len(), 6 + 4 + 9);
    let plt = subject.output("plt", &subject.initial);
    assert!((plt - 39.2).abs() < 1e-12, "{plt}");
    for rate in subject.rates(&subject.initial) {
        assert!(rate.abs() < 1e-12);
    }
}

#[test]
fn invariant_planted_unit_errors_are_refused_at_their_place() {
    for (model, old, new, code, marked) in [
        (0, "0.874 L/h *", "0.874 L *", "U01", "cl + q3"),
        (0, "a2/v2", "a2*v2", "U01", "1 + slope*c"),
        (0, "= 9.09 mL/ug", "= 9.09", "U01", "1 + slope*c"),
        (0, "rate = km", "rate = kl*plt0", "U03", "kl*plt0"),
        (0, "lag = tlag", "lag = ka", "U03", "ka"),
        (0, "sd=2.46 10^9/L", "sd=2.46", "U08", "2.46"),
        (1, "emax*tpo0/(ec50t + tpo0)", "emax*tpo0/(ec50l + tpo0)", "U01", "ec50l + tpo0"),
        (1, "sum(l)/bv*(1", "sum(l)*(1", "U08", "blood"),
        (1, "-ka*g\n", "-ka*g*c\n", "U02", "-ka*g*c"),
        (2, "(u^gn - n)/taun", "(u^gn - n)*taun", "U02", "u^gn - n)*taun"),
        (2, "c/kc  ", "c*kc  ", "U01", "s0*tpo/tpo0 + c*kc"),
    ] {
        let (file, text) = super::MODELS[model];
        let changed = text.replacen(old, new, 1);
        assert_ne!(changed, text, "{old}");
        let problems = TextModel::read(file, &changed).unwrap_err();
        let found = problems.all().into_iter().any(|problem| {
            problem.code == code
                && problems.text[problem.span.start..problem.span.end]
                    .trim_matches(['(', ')'])
                    .starts_with(marked)
        });
        assert!(found, "{new}\n{problems}");
    }
}
