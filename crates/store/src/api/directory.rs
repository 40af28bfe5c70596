//! The directory: people, sessions, one-time links and throttles.
//!
//! Plain rows beside the journal: what they decide is not part of any case's history. Roles and
//! contacts are events and live in the journal. Everything that names somebody is sealed or a
//! keyed hash.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Body, StoreError};

/// A person's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person's random id.
    pub id: String,
    /// Names that find this person, such as `mailto:a@example.org`. A handle belongs to one
    /// person; equality only, keyed hashes on disk.
    pub handles: Vec<String>,
    /// What is known.
    pub body: Body,
}

/// The hash of a secret token. The token itself is never stored, and must be drawn at random.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub(crate) [u8; 32]);

impl TokenHash {
    /// The hash of a token.
    #[must_use]
    pub fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash")
    }
}

/// Somebody's signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of the cookie.
    pub token: TokenHash,
    /// Whose it is.
    pub person: String,
    /// Until when it is valid.
    pub expires: Timestamp,
    /// What else belongs to it, such as the time of the last step-up.
    pub body: Body,
}

/// A link that works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// The hash of the link's token.
    pub token: TokenHash,
    /// Until when it works.
    pub expires: Timestamp,
    /// What it is for.
    pub body: Body,
}

/// The verdict of a throttle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Go on; so many more are allowed in this window.
    Allowed {
        /// Attempts left.
        left: u32,
    },
    /// Too many; ask again at this time.
    Refused {
        /// When the window ends.
        until: Timestamp,
    },
}

/// People, sessions, one-time links and throttles.
pub trait Directory: Send + Sync {
    /// Writes a person's record, replacing the one with this id and its handles.
    ///
    /// # Errors
    /// [`StoreError::HandleTaken`] when another person has one of the handles.
    fn put_person(&self, person: &Person) -> Result<(), StoreError>;

    /// A person by id.
    ///
    /// # Errors
    /// [`StoreError`]
    fn person(&self, id: &str) -> Result<Option<Person>, StoreError>;

    /// A person by one of their handles.
    ///
    /// # Errors
    /// [`StoreError`]
    fn person_by_handle(&self, handle: &str) -> Result<Option<Person>, StoreError>;

    /// Everybody, sorted by id.
    ///
    /// # Errors
    /// [`StoreError`]
    fn people(&self) -> Result<Vec<Person>, StoreError>;

    /// Removes a person with their handles and sessions; one who is not there is no error.
    ///
    /// # Errors
    /// [`StoreError`]
    fn remove_person(&self, id: &str) -> Result<(), StoreError>;

    /// Begins a session, or replaces the one with its token.
    ///
    /// # Errors
    /// [`StoreError`]
    fn put_session(&self, session: &Session) -> Result<(), StoreError>;

    /// The session of a token, unless it ended or expired.
    ///
    /// # Errors
    /// [`StoreError`]
    fn session(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`]
    fn end_session(&self, token: &TokenHash) -> Result<(), StoreError>;

    /// Ends every session of a person.
    ///
    /// # Errors
    /// [`StoreError`]
    fn end_sessions_of(&self, person: &str) -> Result<(), StoreError>;

    /// Makes a one-time link.
    ///
    /// # Errors
    /// [`StoreError`]
    fn put_link(&self, link: &OneTimeLink) -> Result<(), StoreError>;

    /// Uses a one-time link up: what it is for, once, and only before it expires.
    ///
    /// # Errors
    /// [`StoreError`]
    fn use_link(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Body>, StoreError>;

    /// Counts an attempt. `what` names what is throttled (keyed hash on disk); the first attempt
    /// opens a window, in which `limit` attempts are allowed.
    ///
    /// # Errors
    /// [`StoreError`]
    fn attempt(
        &self,
        what: &str,
        limit: u32,
        window: Duration,
        now: Timestamp,
    ) -> Result<Attempt, StoreError>;

    /// Removes what has expired.
    ///
    /// # Errors
    /// [`StoreError`]
    fn sweep(&self, now: Timestamp) -> Result<(), StoreError>;
}
