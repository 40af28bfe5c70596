//! What can go wrong in a command: the exit code, words for the person, and a hint at what to do.

use std::fmt::Display;
use std::process::ExitCode;

/// How a command ended. Scripts call by these numbers, so they are a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and nothing to complain about.
    Fine,
    /// Done, and there are findings; or refused.
    Findings,
    /// Wrong use, or input that cannot be read.
    Wrong,
}

impl Exit {
    /// `Findings` if there are any.
    pub(crate) fn of_findings(any: bool) -> Self {
        if any { Self::Findings } else { Self::Fine }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Findings => 1,
            Exit::Wrong => 2,
        })
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CommandError {
    exit: Exit,
    message: String,
    hints: Vec<String>,
}

impl CommandError {
    /// Wrong use or unreadable input.
    pub(crate) fn wrong(message: impl Display) -> Self {
        Self { exit: Exit::Wrong, message: message.to_string(), hints: Vec::new() }
    }

    /// Something that this version does not do.
    pub(crate) fn not_yet(what: impl Display) -> Self {
        Self::wrong(format!("{what}: not in this version"))
    }

    /// Adds what the person can do about it.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// The code that goes with it.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// All of it, for the error stream.
    pub(crate) fn for_person(&self) -> String {
        let mut text = format!("error: {}", self.message);
        for hint in &self.hints {
            text.push_str("\nhint: ");
            text.push_str(hint);
        }
        text
    }
}

impl From<git::Error> for CommandError {
    fn from(error: git::Error) -> Self {
        use git::Error as Git;
        let hint = match &error {
            Git::NotARepository(_) => {
                Some("give the top folder of a clone, or a bare repository, with --repo")
            }
            Git::UnknownRevision(_) | Git::BadRevision(_) | Git::NotACommit(_) => {
                Some("name a branch, a tag or a commit of this clone, such as v1.2.3 or 0a1b2c3")
            }
            Git::BrokenObject(_) => Some("fetch again, or use a full clone"),
            Git::NoGit(_) => Some("install git, and see that it is in PATH"),
            _ => None,
        };
        let wrong = Self::wrong(error);
        hint.into_iter().fold(wrong, Self::hint)
    }
}

impl From<engine::Unread> for CommandError {
    fn from(unread: engine::Unread) -> Self {
        match unread {
            engine::Unread::Git(error) => error.into(),
            unread @ engine::Unread::NoCommit(_) => {
                Self::wrong(unread).hint("look at it yourself; `git push --no-verify` asks no hook")
            }
        }
    }
}

impl From<lineage::Error> for CommandError {
    fn from(error: lineage::Error) -> Self {
        match error {
            lineage::Error::Git(error) => error.into(),
            error @ lineage::Error::NotInHistory(_) => {
                Self::wrong(error).hint("fetch the branch that holds it")
            }
            error => Self::wrong(error),
        }
    }
}
