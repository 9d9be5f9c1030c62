//! Lesson 15: read a data set, look at it, predict it.
//!
//! Question: does the model of Katsube 2019 describe patients whose weight and doses differ, at the times at
//!           which they were seen?
//!
//! Run:      cargo run --release --example 15_predict_a_data_set
//! Look for: a fault of the file is named with its line, before anything is predicted. A row after a dose shows
//!           the state after it. The second patient, lighter and with two doses less, has the lower prediction.
//!           A predicted count is typical: patients differ by more than the residuals of these two.

use std::path::Path;
use thrombopoiesis::prelude::*;
use thrombopoiesis::records::{Options as Reading, read};
use thrombopoiesis::simulate::records::Predictor;

/// Counts (DVID 2) of two patients, in the form of NONMEM; TIME in h, AMT in mg.
const DATA: &str = "\
ID,TIME,EVID,AMT,ADDL,II,DV,DVID,WT,CHILD_PUGH_SCORE
1,0,0,.,.,.,41,2,70,6
1,0,1,3,6,24,.,.,70,6
1,96,0,.,.,.,46,2,70,6
1,240,0,.,.,.,68,2,70,6
1,408,0,.,.,.,60,2,69,6
2,0,0,.,.,.,37,2,52,7
2,0,1,3,4,24,.,.,52,7
2,120,0,.,.,.,43,2,52,7
2,264,0,.,.,.,58,2,52,7
";

fn main() -> Result<()> {
    let predictor = Predictor::new(&parameter_set("katsube_2019", None)?)?;
    let path = Path::new("two_patients.csv");

    // A file with a fault: the clock goes back.
    let faulty = DATA.replace("1,408,0", "1,40,0");
    let structure = Some(predictor.structure());
    for problem in read(path, &faulty, structure, &Reading::default()).problems() {
        println!("{problem}");
    }

    let reading = read(path, DATA, structure, &Reading::default());
    for (heading, line) in reading.summary(structure).lines() {
        println!("{heading:<18}{line}");
    }
    let records = reading.into_records()?;

    println!("{:>3} {:>6} {:>9} {:>9}", "ID", "TIME", "observed", "predicted");
    for subject in &records.subjects {
        let predicted = predictor.predict(subject, Some("plt"));
        for (row, value) in subject.rows.iter().zip(&predicted.values) {
            if let Some(dv) = row.dv {
                println!("{:>3} {:>6} {dv:>9.1} {value:>9.1}", subject.id, row.time_h);
            }
        }
    }
    Ok(())
}
