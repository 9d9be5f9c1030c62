//! How patients are simulated: what every run of patients has in common.

use super::{Engine, TOLERANCE};
use crate::error::{Error, Result};
use crate::machine::{MOST_THREADS, Stop, leave_if_stopped};

/// The tightest and the loosest relative tolerance that mean something.
const TOLERANCES: (f64, f64) = (1e-12, 1e-2);

/// How patients are simulated. The numbers of a patient depend on none of it but `tolerance` and
/// `engine`.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Threads; all of the machine's where none are given.
    pub threads: Option<usize>,
    /// Relative tolerance; the absolute one is a hundredth of it, in multiples of each state's
    /// value without drug.
    pub tolerance: f64,
    /// What integrates.
    pub engine: Engine,
    /// Ends the run before it is done.
    pub stop: Option<&'a Stop>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self { threads: None, tolerance: TOLERANCE, engine: Engine::Lanes, stop: None }
    }
}

impl Settings<'_> {
    /// Refuses settings outside their ranges.
    ///
    /// # Errors
    /// A tolerance outside [1e-12, 0.01], no threads or too many.
    pub fn validate(&self) -> Result<()> {
        let out_of_range = |symbol: &str, value: f64, unit: &str, range: String| {
            Error::OutOfRange { symbol: symbol.to_owned(), value, unit: unit.to_owned(), range }
        };
        let (least, most) = TOLERANCES;
        if !(least..=most).contains(&self.tolerance) {
            let range = format!("[{least:e}, {most}]");
            return Err(out_of_range("relative tolerance", self.tolerance, "1", range));
        }
        match self.threads {
            Some(threads) if threads == 0 || threads > MOST_THREADS => {
                let range = format!("[1, {MOST_THREADS}]");
                Err(out_of_range("threads", threads as f64, "threads", range))
            }
            _ => Ok(()),
        }
    }

    /// Whether the run is to go on.
    ///
    /// # Errors
    /// [`Error::Stopped`] once it is to end.
    pub fn go_on(&self) -> Result<()> {
        leave_if_stopped();
        self.stop.map_or(Ok(()), Stop::check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Population, parameter_set};
    use crate::simulate::population::{Profiles, Request, population};
    use std::time::{Duration, Instant};

    #[test]
    fn invariant_a_run_ends_when_another_thread_stops_it() {
        let set = parameter_set("mechanistic", Population::CLD).unwrap();
        let regimen = "3 mg qd x7".parse().unwrap();
        let stop = Stop::new();
        let mut request = Request::new(&set, &regimen);
        request.settings.stop = Some(&stop);
        request.settings.threads = Some(2);
        // More than can be simulated in minutes; no count is kept.
        (request.subjects, request.times_h) = (50_000_000, Vec::new());
        let (ended, stopped) = std::thread::scope(|scope| {
            let stopper = scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(300));
                stop.stop();
                Instant::now()
            });
            let mut nothing = Nothing;
            let ended = population(&request, &mut nothing, &|_| {});
            (ended, stopper.join().unwrap())
        });
        println!("ended after {:?}", stopped.elapsed());
        assert!(matches!(ended, Err(Error::Stopped)), "{ended:?}");
        assert!(matches!(
            population(&request, &mut Profiles::default(), &|_| {}),
            Err(Error::Stopped)
        ));
    }

    struct Nothing;
    impl crate::simulate::population::Keep for Nothing {
        fn take(&mut self, _: &crate::simulate::population::Block) {}
        fn bytes(&self, _: &Request<'_>) -> f64 {
            0.0
        }
    }

    #[test]
    fn invariant_settings_that_mean_nothing_are_refused() {
        let tolerance = |tolerance| Settings { tolerance, ..Settings::default() };
        for wrong in [tolerance(0.0), tolerance(f64::NAN), tolerance(0.1), tolerance(-1e-6)] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
        for threads in [0, MOST_THREADS + 1] {
            let wrong = Settings { threads: Some(threads), ..Settings::default() };
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
        assert!(Settings::default().validate().is_ok());
    }
}
