//! Names and numbers. Each type can only hold what the store accepts.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is not a name that the store accepts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a valid {what}")]
pub struct InvalidId {
    what: &'static str,
    text: String,
}

impl InvalidId {
    pub(crate) fn new(what: &'static str, text: &str) -> Self {
        Self { what, text: text.chars().take(80).collect() }
    }
}

/// The longest id inside a name, in bytes.
const MAX_ID: usize = 64;

/// Lower-case letters, digits and inner hyphens: safe in files, URLs and SQL patterns.
fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=MAX_ID).contains(&text.len())
        && text.bytes().all(|b| plain(b) || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The name of a stream: `house`, `project/<id>`, `report/<id>`, `case/<id>` or `case/<id>/reads`.
///
/// An id has 1 to 64 lower-case letters, digits and inner hyphens. Stream names are plain text on
/// disk, so an id must be random and must not be made from anything that it stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamId(String);

impl StreamId {
    /// Reads a stream's name.
    ///
    /// # Errors
    /// [`InvalidId`] when the text has none of the five forms.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        let parts: Vec<&str> = text.split('/').collect();
        let valid = match parts.as_slice() {
            ["house"] => true,
            ["project" | "report" | "case", id] | ["case", id, "reads"] => is_id(id),
            _ => false,
        };
        if valid { Ok(Self(text)) } else { Err(InvalidId::new("stream", &text)) }
    }

    /// The house's own stream.
    #[must_use]
    pub fn house() -> Self {
        Self("house".into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StreamId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::new(text)
    }
}

impl TryFrom<String> for StreamId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::new(text)
    }
}

impl From<StreamId> for String {
    fn from(id: StreamId) -> Self {
        id.0
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A project, as far as the store needs to know: a name that separates streams.
///
/// Same alphabet as the ids in a [`StreamId`]. On disk it is a keyed hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectId(String);

impl ProjectId {
    /// Reads a project's id.
    ///
    /// # Errors
    /// [`InvalidId`] when it is not 1 to 64 lower-case letters, digits and inner hyphens.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        if is_id(&text) { Ok(Self(text)) } else { Err(InvalidId::new("project", &text)) }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who asks, for the caller's own logs. The store decides nothing by it and does not keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(pub String);

/// The part of the house that a call may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The only project whose streams the call sees; `None` is the whole house.
    pub project: Option<ProjectId>,
    /// Who asks.
    pub actor: Actor,
}

impl Scope {
    /// The whole house: for runners, timers and commands that have already checked rights.
    #[must_use]
    pub fn house(actor: impl Into<String>) -> Self {
        Self { project: None, actor: Actor(actor.into()) }
    }

    /// One project.
    #[must_use]
    pub fn project(project: ProjectId, actor: impl Into<String>) -> Self {
        Self { project: Some(project), actor: Actor(actor.into()) }
    }
}

/// An event's number in its stream, from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The first event of a stream.
    pub const FIRST: Self = Self(1);

    /// The number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An event's place in the feed of the whole house, from 1; 0 is before everything.
///
/// Positions grow along each stream. Between streams they say in which order the store settled
/// the events, and nothing about what caused what.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// Before the first event.
    pub const START: Self = Self(0);
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of a command, drawn at random by whoever gives it and unique in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub [u8; 16]);

/// The name of a job: any text up to 200 bytes, the same for the same intention.
///
/// It may say what it is for; on disk it is a keyed hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(String);

impl JobId {
    /// Reads a job's name.
    ///
    /// # Errors
    /// [`InvalidId`] when it is empty or longer than 200 bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        if (1..=200).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(InvalidId::new("job", &text))
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of a stream's two keys seals something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyClass {
    /// What happened.
    Content,
    /// Who the reporter is: can be forgotten while the rest stays readable.
    Identity,
}

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| InvalidId::new("hash", text))
    }
}

impl TryFrom<String> for Hash {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stream_names_have_five_forms() {
        for good in ["house", "project/contour", "report/a1", "case/7-k", "case/x/reads"] {
            assert_eq!(StreamId::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "House",
            "house/",
            "house/x",
            "project",
            "project/",
            "case//reads",
            "case/x/y",
            "report/x/reads",
            "case/../x",
            "case/A",
            "case/-x",
            "case/x-",
            "case/ä",
            "case/x%",
            "keys/x",
            " house",
            "case/x/reads/",
        ] {
            assert!(StreamId::new(bad).is_err(), "{bad:?} must not be a stream");
        }
        assert!(StreamId::new(format!("case/{}", "x".repeat(64))).is_ok());
        assert!(StreamId::new(format!("case/{}", "x".repeat(65))).is_err());
    }

    #[test]
    fn hashes_read_what_they_print() {
        let hash = Hash([0xA5; 32]);
        assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
        assert!("a5".parse::<Hash>().is_err());
    }
}
