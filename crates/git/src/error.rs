//! What can go wrong while reading a repository, in words for the person.

use std::{io, path::PathBuf};

/// The result of every question to a repository.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a repository could not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path holds no repository (parents of it are not searched).
    #[error("{} is not a git repository", .0.display())]
    NotARepository(PathBuf),
    /// The text can never name a revision: empty, an option, a range, or with control characters.
    #[error("\"{0}\" is not something that can name a revision")]
    BadRevision(String),
    /// Nothing in the repository has that name, or an abbreviation is ambiguous.
    #[error("no revision \"{0}\" in this repository")]
    UnknownRevision(String),
    /// The name stands for a tree or a file.
    #[error("\"{0}\" does not name a commit")]
    NotACommit(String),
    /// Not 40 or 64 hexadecimal digits.
    #[error("\"{0}\" is not a full object name")]
    NotAnObjectName(String),
    /// A path must be relative, inside the tree, and free of `.` and `..`.
    #[error("\"{0}\" is not a path inside a repository")]
    BadPath(String),
    /// An object is missing or cannot be read: a damaged or partial clone.
    #[error("object {0} is missing or damaged in this clone")]
    BrokenObject(String),
    /// The `git` program could not be started.
    #[error("the git program could not be started: {0}")]
    NoGit(#[source] io::Error),
    /// Git gave more than we are willing to hold.
    #[error("git {what} gave more than {limit} bytes")]
    TooMuch {
        /// The subcommand.
        what: String,
        /// The bound that was passed, in bytes.
        limit: u64,
    },
    /// Git refused; its own words follow.
    #[error("git {what} failed: {words}")]
    Refused {
        /// The subcommand.
        what: String,
        /// The first lines of what git wrote to its error stream.
        words: String,
    },
    /// Git answered in a form that this program does not know.
    #[error("git {what} answered in an unknown form: {detail}")]
    Garbled {
        /// The subcommand.
        what: &'static str,
        /// What was unexpected.
        detail: String,
    },
    /// What was kept from an earlier reading was changed since. It is gone now.
    #[error("the cache {} was damaged and is removed: ask again", .0.display())]
    DamagedCache(PathBuf),
    /// Reading from git, or from the repository's folder, failed.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
}

impl Error {
    pub(crate) fn garbled(what: &'static str, detail: impl Into<String>) -> Self {
        Self::Garbled { what, detail: detail.into() }
    }
}
