//! Encrypted mail, and what was inside.
//!
//! The mail itself is kept as it came. That it could be opened, and what stood in it, is for whoever
//! may read the case and never for whoever sent it: a mail that somebody else wrote can be sent on.

use serde::{Deserialize, Serialize};

use crate::ReportId;

/// Characters of a subject that are written down, at most.
const LONGEST_SUBJECT: usize = 201;
/// Bytes of a text that are written down, at most.
pub const LONGEST_TEXT: usize = 256 * 1024;

/// A mail of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Letter {
    /// The mail that a report is.
    Report(ReportId),
    /// A message, by its place in the case.
    Message(usize),
}

/// What came of one encrypted mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Which mail.
    pub letter: Letter,
    /// What came of it.
    pub outcome: Outcome,
}

impl Opening {
    pub(crate) fn is_bounded(&self) -> bool {
        let Outcome::Opened(inside) = &self.outcome else { return true };
        let subject = inside.subject.as_ref();
        let short = subject.is_none_or(|it| it.chars().nth(LONGEST_SUBJECT).is_none());
        short && inside.text.len() <= LONGEST_TEXT
    }
}

/// Whether a mail was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was.
    Opened(Box<Inside>),
    /// It was not.
    Shut(Shut),
}

/// Why a mail stays shut. There are no finer reasons: whoever learns them can ask with altered mails
/// what is in the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shut {
    /// No key of this house fits.
    NoKey,
    /// It is damaged, not protected against changes, or made to do harm.
    Damaged,
    /// Only part of it is encrypted, as seen from outside.
    NotWhole,
}

/// What was inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inside {
    /// The fingerprint of our key that opened it.
    pub key: String,
    /// Its own subject, where it had one.
    pub subject: Option<String>,
    /// The words.
    pub text: String,
    /// The blob that holds everything that was inside.
    pub raw: String,
    /// That is a text and no mail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inline: bool,
    /// How it is signed.
    pub signature: Standing,
}

/// How something is signed. A key proves that the same one signs again, not whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Standing {
    /// It is not.
    Unsigned,
    /// By a key that came with it.
    Good {
        /// The key's fingerprint.
        key: String,
    },
    /// The signature does not hold, or was made in a way that proves nothing any more.
    Bad,
    /// By a key that did not come with it.
    UnknownKey {
        /// What the signature says of the key; proves nothing.
        key: Option<String>,
    },
}
