//! A command of the program, called from Python.

use crate::errors::{raised, refused};
use crate::tables::{ColumnOut, columns};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thrombopoiesis::cli::{self, Called, Listener, Outcome, Refused};
use thrombopoiesis::error::Error;
use thrombopoiesis::machine::{Stop, stoppable};

/// How often a signal is looked for: Ctrl-C ends a run within a fifth of a second.
const POLL: Duration = Duration::from_millis(50);
/// Stack of the thread that runs a command: as that of a main thread.
const STACK: usize = 8 * 1024 * 1024;

/// The result of a command: its outcome, its fields as JSON, its tables and its warnings.
#[pyclass(frozen, module = "thrombo._thrombo")]
pub(crate) struct Result {
    called: Called,
    notes: Vec<String>,
}

#[pymethods]
impl Result {
    /// How the command ended: done, not_converged, of_a_part or problems.
    #[getter]
    fn outcome(&self) -> &'static str {
        match self.called.outcome {
            Outcome::Done => "done",
            Outcome::NotConverged => "not_converged",
            Outcome::OfAPart => "of_a_part",
            Outcome::Problems => "problems",
        }
    }

    /// The fields of the document, as JSON.
    #[getter]
    fn fields(&self) -> String {
        serde_json::to_string(&self.called.fields).unwrap_or_default()
    }

    /// Remarks of the run, such as which files were written.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// The tables by name: lists of name, unit and values of each column.
    fn tables<'py>(&self, py: Python<'py>) -> PyResult<HashMap<String, Vec<ColumnOut<'py>>>> {
        let tables = self.called.tables.iter();
        tables.map(|(name, table)| Ok((name.clone(), columns(py, table)?))).collect()
    }
}

/// Progress and warnings of a run. Its threads never wait for Python: they write here, and the thread that called
/// reads.
#[derive(Debug, Default)]
struct Heard {
    progress: Mutex<Option<(String, usize, usize)>>,
    notes: Mutex<Vec<String>>,
}

impl Listener for Heard {
    fn warned(&self, _: &str) {}

    fn noted(&self, text: &str) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }

    fn progressed(&self, stage: &str, done: usize, total: usize) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        *progress = Some((stage.to_owned(), done, total));
    }
}

impl Heard {
    /// Reports progress to Python, if a callback is set and there is anything new.
    fn tell(&self, py: Python<'_>, progress: Option<&Py<PyAny>>) -> PyResult<()> {
        let new = self.progress.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (progress, new) {
            (Some(callback), Some(new)) => callback.call1(py, new).map(|_| ()),
            _ => Ok(()),
        }
    }
}

type Ended = std::result::Result<std::result::Result<Called, Refused>, Error>;

/// Runs the command `words` on `threads` threads of its own (all of the machine's where None). `progress` is
/// called with stage, done and total on the calling thread. A signal that raises ends the run.
#[pyfunction]
#[pyo3(signature = (words, threads=None, progress=None))]
pub(crate) fn call(
    py: Python<'_>,
    words: Vec<String>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Result> {
    let (heard, stop) = (Arc::new(Heard::default()), Arc::new(Stop::new()));
    let (send, receive) = channel::<Ended>();
    let run = {
        let (heard, stop) = (Arc::clone(&heard), Arc::clone(&stop));
        move || {
            let ended = stoppable(&stop, threads, || cli::call(&words, &*heard));
            // Nobody waits any more where the call was interrupted.
            let _ = send.send(ended);
        }
    };
    let thread = std::thread::Builder::new().name("thrombo".to_owned()).stack_size(STACK);
    let thread = thread.spawn(run).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    let receive = Mutex::new(receive);
    let wait = || {
        let receive = receive.lock().unwrap_or_else(PoisonError::into_inner);
        Receiver::recv_timeout(&receive, POLL)
    };
    let ended = loop {
        match py.detach(wait) {
            Ok(ended) => break ended,
            Err(RecvTimeoutError::Disconnected) => {
                let text = "an error in the program ended the run; please report it";
                return Err(PyRuntimeError::new_err(text));
            }
            Err(RecvTimeoutError::Timeout) => {
                let go_on = py.check_signals().and_then(|()| heard.tell(py, progress.as_ref()));
                if let Err(error) = go_on {
                    stop.stop();
                    // The run has left its work when this returns: nothing goes on behind the caller.
                    let _ = py.detach(|| thread.join());
                    return Err(error);
                }
            }
        }
    };
    let called = ended.map_err(|error| raised(py, &error))?;
    let called = called.map_err(|error| refused(py, &error))?;
    heard.tell(py, progress.as_ref())?;
    let notes = std::mem::take(&mut *heard.notes.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Result { called, notes })
}
