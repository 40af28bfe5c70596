//! The words of an act as a mail: headers around them, and everything in short ASCII lines.
//!
//! What was approved is what its reader sees; only its encoding is decided here.

use advisory::Mailbox;
use case::ActId;
use data_encoding::{BASE64, HEXUPPER};
use engine::message_id;
use jiff::{Timestamp, tz::TimeZone};

use super::smtp::{Letter, Unfit};

/// Characters of a line of the body, and of an encoded word with what is around it.
const WIDTH: usize = 75;
/// A subject in ASCII that is longer is encoded, so that it can be folded anywhere.
const LONGEST_SUBJECT: usize = 200;
/// Bytes of text in one encoded word.
const WORD: usize = 45;

/// A message and what stands in its headers.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The act whose message it is: its Message-ID is made of it, the same for every try.
    pub act: ActId,
    /// The project's address.
    pub from: &'a Mailbox,
    /// Its reader.
    pub to: &'a Mailbox,
    /// One line.
    pub subject: &'a str,
    /// Lines that end in LF.
    pub body: &'a str,
    /// When it is sent.
    pub at: Timestamp,
    /// The message of the act that it follows.
    pub thread: Option<ActId>,
    /// Nobody stands behind it: no program shall answer it (RFC 3834).
    pub automatic: bool,
}

impl Message<'_> {
    /// The bytes that are sent.
    ///
    /// # Errors
    /// [`Unfit`] when the subject is not one line, or the message is too large.
    pub fn letter(&self) -> Result<Letter, Unfit> {
        if self.subject.chars().any(char::is_control) {
            return Err(Unfit::Subject);
        }
        let date = self.at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000");
        let mut text = format!(
            "Date: {date}\r\nFrom: <{}>\r\nTo: <{}>\r\nMessage-ID: <{}>\r\nSubject: {}\r\n",
            self.from,
            self.to,
            message_id(self.act),
            words(self.subject),
        );
        if let Some(thread) = self.thread.map(message_id) {
            text.extend(["In-Reply-To: <", &thread, ">\r\nReferences: <", &thread, ">\r\n"]);
        }
        if self.automatic {
            text.push_str("Auto-Submitted: auto-replied\r\n");
        }
        text.push_str(
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n",
        );
        text.push_str(&quoted(self.body));
        Letter::new(text.into_bytes())
    }
}

/// A subject as a header holds it (RFC 2047).
fn words(subject: &str) -> String {
    let plain = subject.len() <= LONGEST_SUBJECT
        && subject.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && !subject.contains("=?");
    if plain {
        return subject.to_owned();
    }
    let mut pieces = vec![String::new()];
    for letter in subject.chars() {
        match pieces.last_mut() {
            Some(piece) if piece.len() + letter.len_utf8() <= WORD => piece.push(letter),
            _ => pieces.push(letter.into()),
        }
    }
    let encoded =
        pieces.iter().map(|piece| format!("=?utf-8?B?{}?=", BASE64.encode(piece.as_bytes())));
    encoded.collect::<Vec<_>>().join("\r\n ")
}

/// A body as quoted-printable (RFC 2045, 6.7). No line of it begins with a dot or with "From ", which
/// mail servers and mailboxes change.
fn quoted(body: &str) -> String {
    let body = body.strip_suffix('\n').unwrap_or(body);
    let lines = body.split('\n').map(|line| quoted_line(line.as_bytes()));
    lines.map(|line| line + "\r\n").collect()
}

fn quoted_line(line: &[u8]) -> String {
    let (mut text, mut width) = (String::with_capacity(line.len()), 0);
    for (at, byte) in line.iter().enumerate() {
        let last = at + 1 == line.len();
        let mistaken =
            *byte == b'.' || line.get(at..).is_some_and(|rest| rest.starts_with(b"From "));
        let room = if last { WIDTH + 1 } else { WIDTH };
        let plain = match byte {
            b' ' | b'\t' => !last,
            byte => byte.is_ascii_graphic() && *byte != b'=',
        };
        if width + if plain { 1 } else { 3 } > room {
            text.push_str("=\r\n");
            width = 0;
        }
        if plain && !(width == 0 && mistaken) {
            text.push(char::from(*byte));
            width += 1;
        } else {
            text.push('=');
            text.push_str(&HEXUPPER.encode(&[*byte]));
            width += 3;
        }
    }
    text
}
