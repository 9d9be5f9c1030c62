//! How often two arms without drug differ at 5 %: type I error of the primary endpoint's test.
//!
//! ```text
//! cargo bench --bench type_one_error -- 10000
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::path::Path;
use std::time::Instant;
use thrombopoiesis::error::Result;
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::trial::{Comparison, Design, Event, Replicate, Run};

fn main() -> Result<()> {
    let replicates = std::env::args().find_map(|n| n.parse().ok()).unwrap_or(200);
    for per_arm in [None, Some(15)] {
        let mut design = Design::load(Path::new("l_plus_2"))?;
        for arm in &mut design.arms {
            arm.regimen = "placebo".parse()?;
            arm.size = per_arm.or(arm.size);
        }
        design.randomised = design.arms.iter().filter_map(|arm| arm.size).sum();
        let patients = VirtualPatients::load("patients_start")?;
        let mut run = Run::new(&design, &patients);
        run.replicates = replicates;
        let comparison = Comparison { arm: 0, control: 1, event: Event::NoTransfusionNoRescue };
        let (mut rejected, mut untested) = (0, 0);
        let mut keep = |replicate: Replicate, _| match replicate.compared[0].test {
            Some(test) => rejected += usize::from(test.p_value < 0.05),
            None => untested += 1,
        };
        let start = Instant::now();
        run.replicates(&[], &[comparison], &mut keep, &|_| {})?;
        let share = f64::from(u32::try_from(rejected).unwrap_or(0)) / replicates as f64;
        println!(
            "{} patients: {:.2} % of {replicates} trials rejected (standard error {:.2} %), {untested} \
             without a test; {:.1} s",
            design.randomised,
            100.0 * share,
            100.0 * (0.05 * 0.95 / replicates as f64).sqrt(),
            start.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
