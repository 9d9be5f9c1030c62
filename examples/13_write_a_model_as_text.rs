//! Lesson 13: write a model as text.
//!
//! Question: what does a model cost that is written as equations with units, and nothing else?
//!
//! Run:      cargo run --release --example 13_write_a_model_as_text
//! Look for: the text runs at once, alone and in a thousand patients; a unit that is wrong is shown at
//!           its place, with a repair; and the drug, which is linear, is found and taken in closed form.

use thrombopoiesis::model::model_of_text;
use thrombopoiesis::prelude::*;

const TURNOVER: &str = "
model turnover \"Turnover of platelets\"
language 1
time h
source \"lesson 13\" grade assumed

[parameters]
ka    = 0.218 1/h                             \"absorption\"
cl    = 0.9 L/h ~ lognormal(cv=36%)           \"clearance CL/F\"
v     = 22 L                                  \"volume V/F\"
slope = 6 mL/ug ~ lognormal(sd=0.7)           \"drug effect\"
kout  = 0.00863 1/h                           \"loss of platelets\"
plt0  = 39.2 10^9/L ~ lognormal(sd=0.2)       \"baseline count\"

[dosing]
dose oral into depot

[states]
depot, central = 0 mg
platelets      = plt0

[equations]
c               = central/v
d/dt(depot)     = -ka*depot
d/dt(central)   = ka*depot - cl*c
d/dt(platelets) = kout*plt0*(1 + slope*c) - kout*platelets

[outputs]
conc = c         in ng/mL
plt  = platelets in 10^9/L
";

fn main() -> Result<()> {
    let model = model_of_text("turnover.model", TURNOVER)?;
    let patient = ParameterSet::of(&model)?;
    let regimen: Regimen = "3 mg qd x7".parse()?;
    let course = simulate(&patient, &regimen, Time::days(40.0), Options::default())?;
    let maximum = course.maximum()?;
    println!("maximum {:.1} at day {:.1}", maximum.value, maximum.elapsed_days());

    // `cl*central` is no rate of an amount: the reader says so, and what would fit.
    let wrong = TURNOVER.replace("cl*c\n", "cl*central\n");
    if let Err(error) = model_of_text("wrong.model", &wrong) {
        println!("\n{error}\n");
    }

    // A thousand patients, who differ as the text says. What an example writes, it may also read.
    std::fs::write("turnover.model", TURNOVER).expect("a folder that can be written to");
    let patients = VirtualPatients::load("turnover.model")?;
    let generator = patients.generator(patient.variant, 1)?;
    let mut request = Request::new(&patient, &regimen);
    (request.patients, request.subjects) = (Some(&generator), 1000);
    let mut summary = Summary::new(&request, &[0.05, 0.5, 0.95], &[50.0]);
    population(&request, &mut summary, &|_| {})?;
    println!("day   5 %    median   95 %   at or above 50");
    for day in [0, 8, 12, 20] {
        let row = &summary.rows()[day];
        let [low, median, high] = row.quantiles[..] else { continue };
        println!("{day:3} {low:6.1} {median:9.1} {high:6.1} {:10.0} %", 100.0 * row.at_or_above[0]);
    }
    Ok(())
}
