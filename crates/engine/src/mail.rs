//! Incoming mail: what it says, and whether it answers something that we sent.
//!
//! Limits come before parsing; what exceeds them, or cannot be parsed, is kept as bytes and still
//! becomes a report. Attachments stay inside the stored bytes and are never opened.

use advisory::Mailbox;
use case::ActId;
use mail_parser::{Address, HeaderName, MessageParser};

use crate::intake::{Submission, mail_command};

/// Nothing larger is parsed.
const LARGEST: usize = 25 * 1024 * 1024;
/// No header block larger than this is parsed.
const LARGEST_HEADERS: usize = 64 * 1024;
/// Longer texts are cut where they are shown; the bytes are kept whole.
const LONGEST_TEXT: usize = 256 * 1024;

/// The domain part of our Message-IDs.
const MESSAGE_ID_DOMAIN: &str = "fermata.invalid";

/// The Message-ID of an act's message. Its local part is random and known to the recipient only,
/// so an answer that names it comes from somebody who has read the message.
#[must_use]
pub fn message_id(act: ActId) -> String {
    format!("{act}@{MESSAGE_ID_DOMAIN}")
}

/// What a mail says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The sender's name as given; proves nothing.
    pub name: String,
    /// The sender's address as given; proves nothing.
    pub from: Option<Mailbox>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The act that it answers, by the Message-ID it names.
    pub answers: Option<ActId>,
}

/// Reads a mail; `None` when it breaks a limit or is none.
#[must_use]
pub fn read(raw: &[u8]) -> Option<Reading> {
    let headers = raw
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .or_else(|| raw.windows(2).position(|w| w == b"\n\n"))
        .unwrap_or(raw.len());
    if raw.len() > LARGEST || headers > LARGEST_HEADERS {
        return None;
    }
    let message = MessageParser::default().parse(raw)?;
    let sender = message.from().and_then(Address::first);
    let named = [HeaderName::InReplyTo, HeaderName::References];
    let ids = named.into_iter().filter_map(|name| message.header(name)).flat_map(|value| {
        value.as_text_list().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>()
    });
    Some(Reading {
        name: sender.and_then(|s| s.name()).unwrap_or_default().trim().to_owned(),
        from: sender.and_then(|s| s.address()).and_then(|a| a.parse().ok()),
        subject: message.subject().unwrap_or_default().trim().to_owned(),
        text: message.body_text(0).map(|t| cut(&t)).unwrap_or_default(),
        answers: ids.into_iter().find_map(|id| answered(&id)),
    })
}

fn answered(message_id: &str) -> Option<ActId> {
    let id = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    let (act, domain) = id.split_once('@')?;
    (domain == MESSAGE_ID_DOMAIN).then(|| act.parse().ok()).flatten()
}

fn cut(text: &str) -> String {
    let end = (0..=LONGEST_TEXT.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

/// A mail as a report.
pub(crate) fn submission(raw: &[u8]) -> Submission {
    let reading = read(raw).unwrap_or_else(|| Reading {
        subject: "(a mail that could not be read; its bytes are kept)".into(),
        ..Reading::default()
    });
    let title =
        if reading.subject.is_empty() { "(no subject)".to_owned() } else { reading.subject };
    Submission {
        command: mail_command(raw),
        channel: "mail".into(),
        raw: raw.to_vec(),
        name: reading.name,
        mailbox: reading.from,
        title,
        text: reading.text,
        deadline: None,
    }
}
