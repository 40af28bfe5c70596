//! What can go wrong at the engine's edge.

use case::{Refusal, event::PlaybookPin, evolve::Broken};
use store::{AppendError, StoreError};

/// Why a command or a read did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is no such thing, or the actor may not know of it: the two look the same.
    #[error("there is no such case")]
    NotFound,
    /// A rule refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Others kept changing the case.
    #[error("the case is being changed by others; try again")]
    Busy,
    /// A restored or copied house sends nothing until a person unlocks it.
    #[error("this house is locked: it was restored or copied; unlock it first")]
    Locked,
    /// The case follows a playbook that this house does not have.
    #[error(
        "the text of the playbook {name} with the digest {digest} is neither shipped with this \
         program nor kept in this house: use the Fermata that began the case once, which keeps it",
        name = .0.name,
        digest = .0.digest
    )]
    NoPlaybook(PlaybookPin),
    /// A stream holds something that this version does not understand.
    #[error("stream {stream} cannot be read by this version: {why}")]
    Unreadable {
        /// Which.
        stream: String,
        /// Why.
        why: String,
    },
    /// What was given does not fit.
    #[error("{0}")]
    Invalid(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store refused to append.
    #[error(transparent)]
    Append(AppendError),
    /// A case without a beginning.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A text template failed.
    #[error("the template {name} cannot be filled: {why}")]
    Template {
        /// Which.
        name: String,
        /// Why.
        why: String,
    },
}

impl From<AppendError> for EngineError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict { .. } => Self::Busy,
            AppendError::Store(error) => Self::Store(error),
            other => Self::Append(other),
        }
    }
}
