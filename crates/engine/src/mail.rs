//! Incoming mail: what it says, and whether it answers something that we sent.
//!
//! Limits come before parsing; what exceeds them, or cannot be parsed, is kept as bytes and still
//! becomes a report. Attachments stay inside the stored bytes and are never opened.

use std::collections::BTreeSet;

use advisory::Mailbox;
use case::{ActId, ProjectId};
use mail_parser::{Address, HeaderName, Message, MessageParser, PartType};

use crate::{
    bounce::{Bounces, bounces},
    envelope::envelope,
    intake::{Submission, mail_command},
    listed::Listed,
    sender::Sender,
};

/// Bytes of a mail, at most: nothing larger is parsed.
pub const LARGEST_MAIL: usize = 25 * 1024 * 1024;
/// No header block larger than this is parsed.
const LARGEST_HEADERS: usize = 64 * 1024;
/// No mail of more parts than this is parsed.
const MOST_PARTS: usize = 1_000;
/// No mail whose parts lie deeper in each other than this is read.
const DEEPEST: usize = 20;
/// Characters of a subject or a name that are shown; the bytes are kept whole.
const LONGEST_LINE: usize = 200;
/// Longer texts are cut where they are shown; the bytes are kept whole.
const LONGEST_TEXT: usize = case::opening::LONGEST_TEXT;

/// Headers in which servers write to whom they delivered a mail: Postfix and Exim what stood in the
/// envelope, and many the mailbox that it came into.
const DELIVERED: [&str; 3] = ["X-Original-To", "Envelope-To", "Delivered-To"];

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
    /// The sender's name as given, also where a list sent it on; proves nothing.
    pub name: String,
    /// The sender's address as given, also where a list wrote its own; proves nothing.
    pub from: Option<Mailbox>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The mails that somebody forwarded with it, with whom they are from.
    pub attached: String,
    /// The act that it answers, by the Message-ID it names; or whose own message it is, which came
    /// back to us by a list.
    pub answers: Option<ActId>,
    /// A program wrote it: to answer it could go on for ever (RFC 3834).
    pub automatic: bool,
    /// It says whom one of our messages did not reach.
    pub bounces: Option<Bounces>,
    /// All or part of it is encrypted.
    pub encrypted: bool,
    /// What it says of the list that it came by.
    pub listed: Listed,
}

impl Reading {
    /// The text, and what was forwarded with it.
    pub(crate) fn whole(&self) -> String {
        cut(&format!("{}{}", self.text, self.attached))
    }
}

/// A mail within the limits; `None` when it breaks one or is none.
pub(crate) fn parse(raw: &[u8]) -> Option<Message<'_>> {
    if raw.len() > LARGEST_MAIL
        || headers_end(raw) > LARGEST_HEADERS
        || delimiters(raw) > MOST_PARTS
    {
        return None;
    }
    MessageParser::default().parse(raw).filter(|message| fits(message, DEEPEST))
}

/// Reads a mail; `None` when it breaks a limit or is none.
#[must_use]
pub fn read(raw: &[u8]) -> Option<Reading> {
    let message = parse(raw)?;
    // First its own: a follow-up that comes back names the notice too.
    let named = [HeaderName::MessageId, HeaderName::InReplyTo, HeaderName::References];
    let ids = named.into_iter().filter_map(|name| message.header(name)).flat_map(|value| {
        value.as_text_list().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>()
    });
    let bounces = bounces(&message);
    let listed = Listed::of(&message);
    let answers = ids.into_iter().find_map(|id| answered(&id));
    let sender = Sender::of(&message, &listed);
    let automatic = bounces.is_some() || listed.itself || automatic(&message);
    let text = message.body_text(0).unwrap_or_default();
    let answers = answers.or(bounces.as_ref().and_then(|found| found.act));
    Some(Reading {
        name: line(&sender.name),
        from: sender.address,
        subject: line(message.subject().unwrap_or_default()),
        text: cut(&text),
        answers: answers.or_else(|| automatic.then(|| quoted(&text)).flatten()),
        attached: if automatic { String::new() } else { attached(&message) },
        automatic,
        bounces,
        encrypted: envelope(&message).is_some(),
        listed,
    })
}

/// The first mails that are attached as such, each with its sender and subject.
fn attached(message: &Message<'_>) -> String {
    const MOST: usize = 3;
    let inner = message.parts.iter().filter_map(|part| match &part.body {
        PartType::Message(inner) => Some(inner),
        _ => None,
    });
    let told = inner.take(MOST).map(|inner| {
        let Sender { name, address } = Sender::of(inner, &Listed::of(inner));
        let address = address.map(|address| format!(" <{address}>")).unwrap_or_default();
        let (name, subject) = (line(&name), line(inner.subject().unwrap_or_default()));
        let text = inner.body_text(0).unwrap_or_default();
        format!("\n\n--- attached mail ---\nFrom: {name}{address}\nSubject: {subject}\n\n{text}")
    });
    told.collect()
}

/// For whom a mail says that it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Addressees {
    /// As the servers wrote that delivered it, the last of them first.
    pub(crate) delivered: Vec<Mailbox>,
    /// As its sender wrote.
    pub(crate) named: Vec<Mailbox>,
    /// A list says that it sent it (RFC 2919).
    pub(crate) of_a_list: bool,
}

/// For whom a mail is, from as many of its headers as are read of any mail, whatever follows them.
/// Of what servers write the first of each name counts: who delivered it last wrote that one.
pub(crate) fn addressees(raw: &[u8]) -> Addressees {
    let headers = raw.get(..headers_end(raw).min(LARGEST_HEADERS)).unwrap_or_default();
    let whole = [headers, b"\r\n\r\n"].concat();
    let Some(message) = MessageParser::default().parse_headers(&whole) else {
        return Addressees::default();
    };
    let mut written = BTreeSet::new();
    let delivered = message.headers_raw().filter_map(|(name, value)| {
        let name = DELIVERED.iter().find(|known| name.eq_ignore_ascii_case(known))?;
        let value = value.trim().trim_start_matches('<').trim_end_matches('>');
        if written.insert(*name) { value.parse().ok() } else { None }
    });
    let delivered = delivered.collect();
    let people = [message.to(), message.cc()].into_iter().flatten().flat_map(Address::iter);
    let named = people.filter_map(|person| person.address()?.parse().ok()).collect();
    let of_a_list = message.headers_raw().any(|(name, _)| name.eq_ignore_ascii_case("List-Id"));
    Addressees { delivered, named, of_a_list }
}

/// Where a mail's headers end.
fn headers_end(raw: &[u8]) -> usize {
    raw.windows(4)
        .position(|w| w == b"\r\n\r\n")
        .or_else(|| raw.windows(2).position(|w| w == b"\n\n"))
        .unwrap_or(raw.len())
}

/// It says that a program wrote it, or nobody wants to hear what became of it. The first header of
/// a name counts: whoever delivered it wrote that one.
fn automatic(message: &Message<'_>) -> bool {
    let first = |name: &str| {
        let mut of_name =
            message.headers_raw().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        of_name.next().map(|(_, value)| value.trim().to_ascii_lowercase())
    };
    let marked = first("Auto-Submitted").is_some_and(|value| {
        value.split([';', '(']).next().is_some_and(|word| word.trim() != "no")
    });
    marked || first("Return-Path").as_deref() == Some("<>")
}

/// The act whose message this is.
pub(crate) fn act_of(message: &Message<'_>) -> Option<ActId> {
    message.message_id().and_then(answered)
}

pub(crate) fn answered(message_id: &str) -> Option<ActId> {
    let id = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    let (act, domain) = id.split_once('@')?;
    (domain == MESSAGE_ID_DOMAIN).then(|| act.parse().ok()).flatten()
}

/// The act whose message a program put below its words, as mail servers do that write no notification
/// which other programs can read.
fn quoted(text: &str) -> Option<ActId> {
    let mut ids = text.lines().filter_map(|line| {
        let (name, value) = line.trim_start_matches(['>', ' ', '\t']).split_once(':')?;
        name.eq_ignore_ascii_case("Message-ID").then_some(value)
    });
    ids.find_map(answered)
}

/// Lines that could begin a part: two dashes and something, but no line of a patch, no signature's
/// and no rule.
fn delimiters(raw: &[u8]) -> usize {
    let begins = |line: &&[u8]| {
        let named = line.strip_prefix(b"--").is_some_and(|rest| !rest.trim_ascii().is_empty());
        named && !line.starts_with(b"-- ") && !line.starts_with(b"--- ")
    };
    raw.split(|byte| *byte == b'\n').filter(begins).count()
}

/// Whether no part lies deeper than `left` in others. A part stands after the one that holds it.
fn fits(message: &Message<'_>, left: usize) -> bool {
    let mut depths = vec![0_usize; message.parts.len()];
    for (at, part) in message.parts.iter().enumerate() {
        let depth = depths.get(at).copied().unwrap_or_default();
        if depth > left {
            return false;
        }
        match &part.body {
            PartType::Multipart(inner) => {
                for child in inner {
                    let child = usize::try_from(*child).unwrap_or(usize::MAX);
                    if let Some(of_child) = depths.get_mut(child) {
                        *of_child = depth.saturating_add(1);
                    }
                }
            }
            PartType::Message(inner)
                if depth >= left || !fits(inner, left.saturating_sub(depth.saturating_add(1))) =>
            {
                return false;
            }
            _ => {}
        }
    }
    true
}

/// A subject or a name as one line that fits where it is shown.
pub(crate) fn line(text: &str) -> String {
    let plain = text.trim().replace(char::is_control, " ");
    match plain.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or_default()),
        None => plain,
    }
}

pub(crate) fn cut(text: &str) -> String {
    let end = (0..=LONGEST_TEXT.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

/// A mail as a report to a project.
pub(crate) fn submission(project: ProjectId, raw: &[u8]) -> Submission {
    let reading = read(raw).unwrap_or_else(|| Reading {
        subject: "(a mail that could not be read; its bytes are kept)".into(),
        ..Reading::default()
    });
    let text = reading.whole();
    let title =
        if reading.subject.is_empty() { "(no subject)".to_owned() } else { reading.subject };
    Submission {
        command: mail_command(project, raw),
        channel: "mail".into(),
        raw: raw.to_vec(),
        name: reading.name,
        mailbox: reading.from,
        automatic: reading.automatic,
        title,
        text,
        deadline: None,
        encrypted: reading.encrypted,
    }
}
