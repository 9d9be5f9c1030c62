//! How the search for a minimum goes.

/// Which optimisers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Nelder-Mead from every start, then L-BFGS from the best: the default.
    #[default]
    Both,
    /// Nelder-Mead only.
    NelderMead,
    /// L-BFGS only.
    Lbfgs,
}

/// How the search goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// Which optimisers run.
    pub method: Method,
    /// Number of starts: the given one, and random ones within the plausible ranges.
    pub starts: usize,
    /// Seed of the random starts.
    pub seed: u64,
    /// Most iterations of each optimiser.
    pub max_iterations: u64,
}

impl Default for Search {
    fn default() -> Self {
        Self { method: Method::Both, starts: 5, seed: 20_260_101, max_iterations: 200 }
    }
}
