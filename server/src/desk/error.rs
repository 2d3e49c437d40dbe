//! Why the desk could not do it.
use domain::refusal::Refusal;
use store::StoreError;
use thiserror::Error;

/// A call to the desk that did nothing.
#[derive(Debug, Error)]
pub enum DeskError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The memory failed.
    #[error(transparent)]
    Store(StoreError),
    /// Something that must work did not; the words are for the log and the administrator.
    #[error("{0}")]
    Broken(String),
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Refused(Refusal::Stale),
            other => Self::Store(other),
        }
    }
}

impl From<getrandom::Error> for DeskError {
    fn from(error: getrandom::Error) -> Self {
        Self::Broken(format!("no randomness from the operating system: {error}"))
    }
}

impl DeskError {
    /// Whether trying the whole call again may help: somebody was faster, or the engine chose us to give way.
    pub fn passes(&self) -> bool {
        match self {
            Self::Refused(refusal) => *refusal == Refusal::Stale,
            Self::Store(error) => error.is_transient(),
            Self::Broken(_) => false,
        }
    }

    /// The rule that said no, if one did.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}
