//! Runs a trial.
use thrombopoiesis::population::VirtualPatients;
use thrombopoiesis::trial::*;
fn main() -> thrombopoiesis::error::Result<()> {
    let design = Design::load(std::path::Path::new("scenarios/l_plus_2.toml"))?;
    let patients = VirtualPatients::load(&design.patients)?;
    let mut run = Run::new(&design, &patients);
    run.replicates = std::env::args().nth(1).map_or(100, |a| a.parse().unwrap());
    let statistics = Statistic::standard(&design);
    let comparisons = Comparison::standard(&design);
    let mut all = Vec::new();
    let start = std::time::Instant::now();
    run.replicates(&statistics, &comparisons, &mut |r, _| all.push(r), &|_| {})?;
    println!("{:?}", start.elapsed());
    for (i, s) in statistics.iter().enumerate() {
        let v: Vec<f64> = all.iter().map(|r| r.values[i].value).filter(|v| v.is_finite()).collect();
        println!(
            "{:14} {:16} {:12} {:36} {:8.3} n {}",
            design.arms[s.arm].id,
            s.subset.name(),
            s.form.name(),
            s.form.of(),
            v.iter().sum::<f64>() / v.len() as f64,
            v.len()
        );
    }
    println!("{:?}", all[0].compared[0]);
    Ok(())
}
