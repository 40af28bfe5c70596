//! Why an artefact cannot be read, in words for the person.

use std::io;

/// What is wrong with an artefact.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The disk refused.
    #[error("the artefact cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// Neither a folder nor a known archive.
    #[error("the artefact is no folder, tar or zip archive")]
    Unknown,
    /// A known form that is not read here.
    #[error("the artefact is {0}, which is not read here: unpack it first, and name the result")]
    Foreign(&'static str),
    /// It ends before its end.
    #[error("the artefact is cut short")]
    Truncated,
    /// It contradicts itself.
    #[error("the artefact is damaged: {0}")]
    Damaged(String),
    /// Whoever unpacks it could be harmed or fooled.
    #[error("the artefact is not to be trusted: {0}")]
    Hostile(String),
    /// It is larger than anybody would look into.
    #[error("the artefact is too large: {0}")]
    TooMuch(String),
}

impl From<io::Error> for Fault {
    /// Decompressors say by these kinds that what they read is not whole.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Unreadable(error),
        }
    }
}

/// A name in a message: short, and without anything that a terminal would obey.
pub(super) fn shown(name: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    format!("“{}”", name.chars().take(200).map(plain).collect::<String>())
}
