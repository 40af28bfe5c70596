//! What can go wrong on the way to an answer.

/// The result of every question here.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The repository could not be read.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// A commit was named that no branch and no tag reaches, and that this clone does not have.
    #[error("commit {0} is not in this history")]
    NotInHistory(git::Oid),
    /// The clone does not tell the whole history of a commit, so nothing follows from what is
    /// absent from it.
    #[error("this clone does not tell the whole history of {0}")]
    Doubtful(git::Oid),
    /// A fix without any commit can never be complete.
    #[error("a fix needs at least one commit in each of its parts")]
    EmptyFix,
    /// An artefact could not be read.
    #[error(transparent)]
    Artefact(#[from] crate::artefact::Fault),
    /// The file that names supported versions could not be read.
    #[error("the list of supported versions could not be read: {0}")]
    SupportedVersions(String),
}
