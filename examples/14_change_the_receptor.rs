//! Lesson 14: change the receptor, and see what the trials say.
//!
//! Question: the model lets progenitors follow the receptor's drive in proportion. If they followed its
//!           square root, would a trial tell?
//!
//! Run:      cargo run --release --example 14_change_the_receptor
//! Look for: two numbers of the shipped text are changed. With a potency of 7 ng/mL in place of 150 the
//!           typical patient reaches the same maximum, so one curve cannot tell the two apart. The trial
//!           can: under the square root the ceiling holds back those who respond well, and the mean
//!           maximum stays below the published one.

use std::path::Path;
use thrombopoiesis::files::carried;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::prelude::*;
use thrombopoiesis::trial::{Form, PublishedFile, Quantity, Subset};

/// Trials simulated with each model.
const TRIALS: usize = 20;

fn main() -> Result<()> {
    let text = carried("models/mechanistic.model")?;
    let changed = text
        .replace("gn         = 1 fixed", "gn         = 0.5 fixed")
        .replace("kc         = 150 ng/mL", "kc         = 7 ng/mL");
    assert_ne!(text, changed, "the text has these lines");
    std::fs::write("proportional.model", text).expect("a folder that can be written to");
    std::fs::write("square_root.model", changed).expect("a folder that can be written to");

    let design = Design::load(Path::new("l_plus_2"))?;
    let published = PublishedFile::shipped()?;
    let published: Vec<_> = published.iter().flat_map(|file| file.numbers.clone()).collect();
    println!("{:20} {:>22} {:>28}", "model", "maximum, typical", "mean maximum, L-PLUS 2");
    for name in ["proportional", "square_root"] {
        let file = format!("{name}.model");
        let typical = parameter_set(&file, None)?;
        let regimen = "3 mg qd x7".parse()?;
        let course = simulate(&typical, &regimen, Time::days(40.0), Options::default())?;

        let patients = VirtualPatients::load(&file)?;
        let mut run = Run::new(&design, &patients);
        (run.variant, run.replicates) = (typical.variant, TRIALS);
        let (collector, _) = Collector::of(run, &published, &mut |_, _| {}, &|_| {})?;
        let summary = collector.summary();
        let wanted = Form::Mean(Quantity::Maximum);
        let drug = design.arm("lusutrombopag").unwrap_or(0);
        let found = summary.predictions.iter().find(|own| {
            let own = own.statistic;
            own.arm == drug && own.subset == Subset::NoTransfusion && own.form == wanted
        });
        let interval = found.and_then(|found| found.interval);
        let interval = interval.map_or_else(
            || "not formed".to_owned(),
            |own| {
                format!(
                    "{:.1} ({:.1} to {:.1})",
                    own.median.value, own.lower.value, own.upper.value
                )
            },
        );
        println!("{name:20} {:>22.1} {interval:>28}", course.maximum()?.value);
    }
    println!("published: 86.9 (SD 27.2, 74 patients without transfusion)");
    Ok(())
}
