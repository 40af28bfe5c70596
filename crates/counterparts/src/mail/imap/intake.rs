//! Whose mailbox is read, and who takes its mails in.

use engine::{Bookmark, Engine, EngineError};

use super::name::Name;
use crate::mail::server::Login;

/// Who takes mails in, and remembers how far a mailbox was read.
pub trait Intake {
    /// How far a mailbox was read, if ever.
    ///
    /// # Errors
    /// When it cannot be known now.
    fn bookmark(&self, mailbox: &str) -> Result<Option<Bookmark>, EngineError>;

    /// Remembers it, durably.
    ///
    /// # Errors
    /// When it is not remembered.
    fn remember(&self, mailbox: &str, bookmark: &Bookmark) -> Result<(), EngineError>;

    /// Takes a mail in; `false` when it is nobody's here, and nothing was taken. Once this returns,
    /// a crash cannot lose it; the same bytes again are the same mail.
    ///
    /// # Errors
    /// When nothing was taken.
    fn take(&self, raw: &[u8]) -> Result<bool, EngineError>;
}

/// Whose mailbox is read, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who we are there.
    pub login: Login,
    /// The mailbox.
    pub mailbox: Name,
}

impl Account {
    /// What its bookmark is called.
    #[must_use]
    pub fn key(&self) -> String {
        key(&self.mailbox, self.login.name())
    }
}

/// What the bookmark of somebody's mailbox is called.
pub(super) fn key(mailbox: &Name, of: &str) -> String {
    format!("{mailbox} of {of}")
}

/// How reading a mailbox goes, for whoever shows it.
pub trait Watched: Intake {
    /// From now on the mailbox at a place is read, or it is not, for this reason.
    fn stands(&self, place: &str, mailbox: &str, trouble: Option<&str>);
}

impl Intake for Engine {
    fn bookmark(&self, mailbox: &str) -> Result<Option<Bookmark>, EngineError> {
        self.bookmark(mailbox)
    }

    fn remember(&self, mailbox: &str, bookmark: &Bookmark) -> Result<(), EngineError> {
        self.put_bookmark(mailbox, bookmark)
    }

    fn take(&self, raw: &[u8]) -> Result<bool, EngineError> {
        self.take_found(raw)
    }
}

impl Watched for Engine {
    fn stands(&self, place: &str, mailbox: &str, trouble: Option<&str>) {
        self.mailbox_stands(place, mailbox, trouble);
    }
}
