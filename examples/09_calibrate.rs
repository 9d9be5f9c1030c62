//! Calibrates.
use thrombopoiesis::calibrate::*;
use thrombopoiesis::model::Variant;
use thrombopoiesis::trial::PublishedFile;
fn main() -> thrombopoiesis::error::Result<()> {
    let files = PublishedFile::shipped()?;
    let published: Vec<_> = files.iter().flat_map(|f| f.numbers.clone()).collect();
    let n = std::env::args().nth(1).map_or(10_000, |a| a.parse().unwrap_or(10_000));
    let problem = Problem::new(&Plan::shipped()?, Variant::B, &[], &published, (1, n))?;
    let mut x = problem.start();
    for step in 0..3 {
        let start = std::time::Instant::now();
        let e = problem.evaluate(&x)?;
        println!("{:?}", start.elapsed());
        if let Some(e) = e {
            println!("objective {} prior {} atoms {:?}", e.objective, e.prior, e.likelihood.atoms);
            if step == 0 {
                for (p, (v, n)) in problem
                    .published
                    .iter()
                    .zip(e.likelihood.plain.iter().zip(&e.likelihood.patients))
                {
                    println!(
                        "{:12} {:14} {:32} {:8.4} observed {:8.4} n {:.0} {:?}",
                        p.trials[0], p.arm, p.id, v, p.value, n, p.n
                    );
                }
                let sd = e.likelihood.covariance.diagonal().map(|v| v.sqrt());
                println!("{sd}\n{}", e.likelihood.residuals);
            }
        }
        x[0] += 1e-3;
    }
    Ok(())
}
