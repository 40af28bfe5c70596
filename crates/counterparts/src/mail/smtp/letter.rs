//! What is sent: a message whose bytes no server can take for two, and the one address it goes to.

use std::fmt;

use advisory::Mailbox;
use case::ActId;
use engine::LARGEST_MAIL;

/// Bytes of a line without its CR LF (RFC 5321, 4.5.3.1.6).
pub const LONGEST_LINE: usize = 998;

/// Why bytes are not sent as a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A CR that no LF follows.
    #[error("the message holds a CR without an LF")]
    BareCr,
    /// An LF that follows no CR.
    #[error("the message holds an LF without a CR")]
    BareLf,
    /// A NUL.
    #[error("the message holds a NUL")]
    Nul,
    /// Something that is no ASCII: it would have to be encoded.
    #[error("the message holds bytes outside ASCII")]
    NotAscii,
    /// A line of more than [`LONGEST_LINE`] bytes.
    #[error("a line of the message is longer than 998 bytes")]
    LongLine,
    /// The last line has no end, or there is none.
    #[error("the message does not end with CR LF")]
    NoEnd,
    /// A subject that is not one line of words.
    #[error("the subject holds a control character or a line break")]
    Subject,
    /// More than [`LARGEST_MAIL`] bytes.
    #[error("the message is larger than 25 MiB")]
    TooLarge,
}

/// A message in ASCII lines that all end with CR LF, so that every server, however sloppy, finds
/// its end in the same place.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter(Vec<u8>);

impl Letter {
    /// Takes a whole message, headers and body.
    ///
    /// # Errors
    /// [`Unfit`], when any byte of it could be read in two ways.
    pub fn new(bytes: Vec<u8>) -> Result<Self, Unfit> {
        if bytes.len() > LARGEST_MAIL {
            return Err(Unfit::TooLarge);
        }
        let lines = bytes.strip_suffix(b"\n").ok_or(Unfit::NoEnd)?;
        lines.split(|byte| *byte == b'\n').try_for_each(fits)?;
        Ok(Self(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its bytes as they are sent: a dot more before each line that begins with one (RFC 5321,
    /// 4.5.2).
    pub(super) fn stuffed(&self) -> Vec<u8> {
        let mut sent = Vec::with_capacity(self.0.len().saturating_add(64));
        for line in self.0.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                sent.push(b'.');
            }
            sent.extend_from_slice(line);
        }
        sent
    }
}

/// A line up to its LF.
fn fits(line: &[u8]) -> Result<(), Unfit> {
    let line = line.strip_suffix(b"\r").ok_or(Unfit::BareLf)?;
    let trouble = [
        (line.contains(&b'\r'), Unfit::BareCr),
        (line.contains(&b'\0'), Unfit::Nul),
        (!line.is_ascii(), Unfit::NotAscii),
        (line.len() > LONGEST_LINE, Unfit::LongLine),
    ];
    trouble.into_iter().find(|(found, _)| *found).map_or(Ok(()), |(_, why)| Err(why))
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({} bytes)", self.0.len())
    }
}

/// Where a message comes from and goes to: one address, never more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Where it comes back to when it cannot be delivered; `None` when nobody wants to know.
    pub sender: Option<Mailbox>,
    /// To whom.
    pub recipient: Mailbox,
    /// The act by which notifications name it (RFC 3461, 4.4), from servers that pass this on.
    pub act: Option<ActId>,
}
