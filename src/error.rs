//! What can go wrong.

/// The one error of the crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A figure could not be drawn.
    #[error("the figure `{figure}` could not be drawn: {reason}")]
    Figure {
        /// Which figure.
        figure: String,
        /// What stood in the way.
        reason: String,
    },
}

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Error>;
