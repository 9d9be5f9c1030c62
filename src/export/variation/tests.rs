//! Populations in the texts of the other tools.

use crate::export::{Exported, Request, SUBJECTS, Tool, export};
use crate::model::{ParameterSet, Population, Variant, parameter_set};
use crate::population::{
    Correlation, CountError, Distribution, Effect, EffectForm, NonResponders, Spread,
    VirtualPatients,
};
use crate::regimen::Regimen;

fn patients(name: &str) -> (VirtualPatients, ParameterSet) {
    let patients = VirtualPatients::load_for(name, Variant::B).unwrap();
    let set = patients.typical_patient(Variant::B).unwrap();
    (patients, set)
}

fn text(patients: &VirtualPatients, set: &ParameterSet, tool: Tool) -> String {
    let regimen = "3 mg qd x7".parse().unwrap();
    let request = Request { patients: Some(patients), ..Request::new(set, &regimen) };
    export(&request, tool).unwrap().text
}

fn spread(symbol: &str, distribution: Distribution) -> Spread {
    Spread { symbol: symbol.to_owned(), distribution, grade: "D", source: "chosen".to_owned() }
}

#[test]
fn analytic_each_distribution_is_written_in_the_words_of_each_tool() {
    let (mut patients, set) = patients("calibrated_b");
    patients.correlations.clear();
    patients.spreads = vec![
        spread("kc", Distribution::LogNormal { omega: 0.5 }),
        spread("w", Distribution::LogitNormal { omega: 0.5, lower: 0.0, upper: 1.0 }),
        spread("emax", Distribution::LogitNormal { omega: 0.5, lower: 1.5, upper: 10.0 }),
        spread("plt0", Distribution::Normal { sd: 3.0 }),
    ];
    patients.effects = vec![Effect {
        symbol: "plt0".to_owned(),
        covariate: "wt".to_owned(),
        form: EffectForm::Power { reference: 64.0, exponent: -0.25 },
        grade: "D",
        source: "chosen".to_owned(),
    }];
    for (tool, lines) in [
        (
            Tool::Nonmem,
            [
                "KC = TVKC * EXP(ETA(1))\n",
                "W = 1.0 / (1.0 + EXP(-LOG(TVW / (1.0 - TVW)) - ETA(2)))\n",
                "EMAX = 1.5 + (10.0 - 1.5) / (1.0 + EXP(-LOG((TVEMAX - 1.5) / (10.0 - TVEMAX)) - ETA(3)))\n",
                "PLT0 = (TVPLT0 + ETA(4)) * (WT / 64.0)**(-0.25)\n",
            ],
        ),
        (
            Tool::Mrgsolve,
            [
                "double kc = TVkc * exp(ETA_kc);\n",
                "double w = 1.0 / (1.0 + exp(-log(TVw / (1.0 - TVw)) - ETA_w));\n",
                "double emax = 1.5 + (10.0 - 1.5) / (1.0 + exp(-log((TVemax - 1.5) / (10.0 - TVemax)) - ETA_emax));\n",
                "double plt0 = (TVplt0 + ETA_plt0) * pow((wt / 64.0), (-0.25));\n",
            ],
        ),
        (
            Tool::Rxode2,
            [
                "kc = exp(tkc + eta.kc)\n",
                "w = expit(tw + eta.w, 0, 1)\n",
                "emax = expit(temax + eta.emax, 1.5, 10)\n",
                "plt0 = (tplt0 + eta.plt0) * (wt / 64)^(-0.25)\n",
            ],
        ),
    ] {
        let text = text(&patients, &set, tool);
        // Long formulas are broken after an operator.
        let text = text.replace(" &\n     ", "").replace("\n    ", " ").replace("   ", "\n");
        let whole = |text: &str| text.split_whitespace().collect::<String>();
        for line in lines {
            assert!(whole(&text).contains(&whole(line)), "{line} is not in\n{text}");
        }
    }
}

#[test]
fn invariant_what_is_not_written_has_its_note() {
    let (mut patients, set) = patients("calibrated_b");
    patients.spreads.push(spread("fs", Distribution::LogNormal { omega: 0.3 }));
    let between = ["fs".to_owned(), "kc".to_owned()];
    patients.correlations = vec![Correlation { between, value: 0.5 }];
    patients.non_responders =
        Some(NonResponders { share: 0.2, symbol: "kc".to_owned(), factor: 1000.0 });
    for tool in Tool::ALL {
        let text = text(&patients, &set, tool);
        for note in [
            "note: plt0 is normal",
            "note: the spread of fs is not written",
            "note: the correlation of fs and kc is not written",
            "note: the mixture is not written: in a share of 0.2 of the patients, kc",
            "note: the variation of counts between visits is not written",
            "note: covariates without effect",
        ] {
            assert!(text.contains(note), "{tool:?}: {note}\n{text}");
        }
    }
}

#[test]
fn invariant_without_patients_or_differences_the_text_is_that_of_the_typical_patient() {
    let (mut same, set) = patients("calibrated_b");
    let regimen = "3 mg qd x7".parse().unwrap();
    (same.spreads, same.of_variants, same.covariates) = (Vec::new(), Vec::new(), Vec::new());
    same.correlations.clear();
    same.count_error = CountError::default();
    for tool in Tool::ALL {
        let typical = export(&Request::new(&set, &regimen), tool).unwrap();
        assert!(!typical.text.contains("note:"), "{tool:?}");
        let request = Request { patients: Some(&same), ..Request::new(&set, &regimen) };
        assert_eq!(typical, export(&request, tool).unwrap());
    }
}

#[test]
fn invariant_the_data_hold_twenty_patients_with_positive_counts_and_are_the_same_again() {
    let (patients, set) = patients("patients_covariates");
    let regimen = "3 mg qd x7".parse().unwrap();
    let request = Request { patients: Some(&patients), ..Request::new(&set, &regimen) };
    let data = export(&request, Tool::Nonmem).unwrap().data.unwrap();
    assert_eq!(data, export(&request, Tool::Nonmem).unwrap().data.unwrap());
    let mut lines = data.lines();
    let header = lines.next().unwrap();
    assert_eq!(header, "ID,TIME,AMT,EVID,MDV,CMT,DV,WT,CHILD_PUGH,EAST_ASIAN,FASTED");
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), SUBJECTS * (161 + 7));
    for id in 1..=SUBJECTS {
        let own: Vec<_> = rows.iter().filter(|row| row[0] == id.to_string()).collect();
        assert_eq!(own.len(), 161 + 7);
        assert!(own.iter().all(|row| row[7..] == own[0][7..]), "covariates of {id} change");
        let counts = own.iter().filter(|row| row[3] == "0").map(|row| row[6].parse::<f64>());
        assert!(counts.into_iter().all(|count| count.unwrap() > 0.0));
    }
}

#[test]
fn invariant_a_name_that_is_taken_is_made_longer() {
    // The mechanistic model has a parameter w, which NONMEM's residual SD is usually called.
    let (patients, set) = patients("calibrated_b");
    let text = text(&patients, &set, Tool::Nonmem);
    assert!(text.contains("  W = THETA(") && text.contains("  W_ = SQRT("), "{text}");
}

/// The texts of a model written in the language of texts, with its own population, and the data for NONMEM.
fn of_text(model: &str, regimen: &str) -> impl Fn(Tool) -> Exported {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.model");
    std::fs::write(&path, model).unwrap();
    let name = path.to_str().unwrap();
    let patients = VirtualPatients::of_model(name, None::<Population>).unwrap().unwrap();
    let set = parameter_set(name, None).unwrap();
    let regimen: Regimen = regimen.parse().unwrap();
    move |tool| {
        // The folder lasts as long as the model is used.
        assert!(folder.path().join("own.model").exists());
        let request = Request { patients: Some(&patients), ..Request::new(&set, &regimen) };
        export(&request, tool).unwrap()
    }
}

#[test]
fn analytic_the_residual_error_of_the_concentration_is_written_and_simulated() {
    let text = include_str!("../../../examples/models/turnover.model");
    let text = text.replacen(
        "~ proportional(cv=20%) ",
        "~ proportional(cv=20%) + additive(sd=0.5 ug/L) ",
        1,
    );
    let exported = of_text(&text, "3 mg qd x7");
    let control = exported(Tool::Nonmem).text;
    for line in [
        "  IPRED = PLT\n  W = SQRT(SIGMA(1,1)*IPRED**2 + SIGMA(2,2))\n  Y = IPRED + IPRED*EPS(1) + EPS(2)\n",
        "  IF (CMT.EQ.2) IPRED = CONC\n  IF (CMT.EQ.2) W = SQRT(SIGMA(3,3)*IPRED**2 + SIGMA(4,4))\n",
        "  IF (CMT.EQ.2) Y = IPRED + IPRED*EPS(3) + EPS(4)\n  IWRES = (DV - IPRED)/W\n",
        "proportional error of the concentration, variance\n  0.25 ; additive error of the concentration, variance\n",
    ] {
        assert!(control.contains(line), "{line} is not in\n{control}");
    }
    assert!(!control.contains("is not written"), "{control}");
    let r = exported(Tool::Rxode2).text;
    assert!(r.contains("CONC ~ prop(conc.prop.sd) + add(conc.add.sd) + combined2()\n"), "{r}");
    let cpp = exported(Tool::Mrgsolve).text;
    assert!(
        cpp.contains("double DV_CONC = CONC * (1.0 + PROP_CONC) + ADD_CONC; // ng/mL\n"),
        "{cpp}"
    );
    assert!(cpp.contains("$SIGMA @labels PROP ADD PROP_CONC ADD_CONC\n"), "{cpp}");
    let sbml = exported(Tool::Sbml).text;
    assert!(sbml.contains("residual error of the concentration: SD 0.2 (proportional, a share)"));
    // Of each patient: seven doses, a count at every time, and concentrations while there is drug.
    let data = exported(Tool::Nonmem).data.unwrap();
    let of_compartment = |cmt: &str| {
        data.lines().filter(|line| line.split(',').skip(3).take(3).eq(["0", "0", cmt])).count()
    };
    let (counts, concentrations) = (of_compartment("3"), of_compartment("2"));
    assert_eq!(counts, SUBJECTS * 161);
    assert!((SUBJECTS * 40..=SUBJECTS * 160).contains(&concentrations), "{concentrations}");
    assert_eq!(data.lines().count(), 1 + SUBJECTS * 7 + counts + concentrations);
}

#[test]
fn analytic_names_that_nonmem_reserves_are_changed_and_the_change_is_said() {
    let model = "model own \"x\"\nlanguage 1\ntime h\nsource \"x\"\n[covariates]\nrate = 2 \"r\"\n\
        [parameters]\ns2 = 2 L/h ~ lognormal(sd=0.5) \"s\"\nF = 20 L \"f\"\nVc = 2 \"v\"\nvc = 3 \"w\"\n\
        fraction_of_the_dose_absorbed = 0.5 \"a\"\nplt0 = 40 10^9/L \"p\"\n[dosing]\n\
        dose oral into central: f = fraction_of_the_dose_absorbed*rate/Vc/vc\n[states]\ncentral = 0 mg \"c\"\n\
        [equations]\nd/dt(central) = -s2/F*central\n[outputs]\nconc = central/F in ng/mL\n\
        plt = plt0 in 10^9/L ~ proportional(cv=10%)\n";
    let control = of_text(model, "3 mg qd x7")(Tool::Nonmem);
    let text = control.text;
    let comment: String =
        text.lines().filter_map(|line| line.strip_prefix(";; ")).collect::<Vec<_>>().join("");
    for change in ["F is F_", "rate is RATE_", "s2 is S2_", "is FRACTION_OF_THE_DOSE"] {
        assert!(comment.contains(change), "{change} is not in\n{text}");
    }
    assert!(comment.contains("Vc is VC_") != comment.contains("vc is VC_"), "{text}");
    for line in [
        "$INPUT ID TIME AMT EVID MDV CMT DV RATE_\n",
        "  S2_ = TVS2 * EXP(ETA(1))\n",
        "  F_ = THETA(",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(control.data.unwrap().starts_with("ID,TIME,AMT,EVID,MDV,CMT,DV,RATE_\n"));
}

#[test]
fn analytic_the_weight_of_a_dose_per_kg_has_any_name() {
    let text = include_str!("../../../examples/models/turnover.model");
    let text = text.replace("wt", "bodymass");
    let control = of_text(&text, "50 ug/kg qd x2")(Tool::Nonmem);
    assert!(control.text.contains("amounts in mg"), "{}", control.text);
    // The patient of the example weighs 70 kg.
    let mrgsolve = of_text(&text, "50 ug/kg qd x2")(Tool::Mrgsolve).text;
    assert!(mrgsolve.contains("amt = 3.5"), "{mrgsolve}");
}

#[test]
fn analytic_a_text_model_brings_its_own_population() {
    let model = "model own \"x\"\nlanguage 1\ntime h\nsource \"x\"\n[covariates]\nwt = 64 kg \"w\"\n\
        [parameters]\ncl = 2 L/h * (wt/64 kg) ~ lognormal(sd=0.5) \"cl\"\nvc = 20 L ~ lognormal(sd=0.2) \"v\"\n\
        plt0 = 40 10^9/L \"p\"\ncorrelate(cl, vc) = 0.5\n[dosing]\ndose oral into central\n\
        [states]\ncentral = 0 mg \"c\"\n[equations]\nd/dt(central) = -cl/vc*central\n[outputs]\n\
        conc = central/vc in ng/mL\nplt = plt0 in 10^9/L ~ proportional(cv=10%)\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.model");
    std::fs::write(&path, model).unwrap();
    let name = path.to_str().unwrap();
    let patients = VirtualPatients::of_model(name, None::<Population>).unwrap().unwrap();
    let set = parameter_set(name, None).unwrap();
    let text = |tool| text(&patients, &set, tool);
    assert!(text(Tool::Nonmem).contains("$INPUT ID TIME AMT EVID MDV CMT DV WT\n"));
    assert!(text(Tool::Nonmem).contains("$OMEGA BLOCK(2)\n  0.25 ; ETA(1) on CL"));
    assert!(text(Tool::Mrgsolve).contains("$OMEGA @block @labels ETA_cl ETA_vc\n0.25\n0.05 "));
    assert!(text(Tool::Rxode2).contains("eta.cl + eta.vc ~ c(0.25,\n      0.05, 0.04"));
    assert!(text(Tool::Rxode2).contains("PLT ~ prop(prop.sd)\n"));
    assert!(text(Tool::Sbml).contains("covariance with vc 0.05"));
}
