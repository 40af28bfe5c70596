//! The words of an act as a mail, in the open, encrypted or signed: headers around them, and everything in
//! short ASCII lines.
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
    pub automatic: Option<Automatic>,
}

/// How a mail came about that nobody stands behind (RFC 3834, 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// As an answer to another one.
    Replied,
    /// By itself.
    Generated,
}

impl Automatic {
    fn word(self) -> &'static str {
        match self {
            Self::Replied => "auto-replied",
            Self::Generated => "auto-generated",
        }
    }
}

/// The header of a mail, without what says how its body is written.
type Fields = Vec<(&'static str, String)>;

impl Message<'_> {
    /// The bytes that are sent.
    ///
    /// # Errors
    /// [`Unfit`] when the subject is not one line, or the message is too large.
    pub fn letter(&self) -> Result<Letter, Unfit> {
        let head = written(&self.fields(self.subject)?);
        let body = quoted(self.body);
        Letter::new(format!("{head}MIME-Version: 1.0\r\n{}\r\n{body}", plain("")).into_bytes())
    }

    /// The part that is signed, or encrypted: the words with a header of their own, so that it is
    /// protected too (RFC 9788). `outer` is the subject that stands outside of what is encrypted.
    ///
    /// # Errors
    /// [`Unfit`] when the subject is not one line.
    pub fn protected(&self, outer: Option<&str>) -> Result<String, Unfit> {
        let mut head = written(&self.fields(self.subject)?);
        for (name, value) in outer.map(|subject| self.fields(subject)).transpose()?.iter().flatten()
        {
            head.extend(["HP-Outer: ", name, ": ", value, "\r\n"]);
        }
        let how = if outer.is_some() { "cipher" } else { "clear" };
        // The first parameter is how this was written before there was an RFC.
        let kind = plain(&format!(";\r\n protected-headers=\"v1\"; hp=\"{how}\""));
        Ok(format!("{head}{kind}\r\n{}", quoted(self.body)))
    }

    /// A mail that holds an encrypted message and nothing else (RFC 3156, 4).
    ///
    /// # Errors
    /// [`Unfit`] when the subject is not one line, or the message is too large.
    pub fn encrypted(&self, outer: &str, message: &str) -> Result<Letter, Unfit> {
        let (head, line) = (written(&self.fields(outer)?), self.boundary());
        let text = format!(
            "{head}MIME-Version: 1.0\r\n\
             Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n \
             boundary=\"{line}\"\r\n\r\n\
             This mail is encrypted with OpenPGP (RFC 3156).\r\n\
             --{line}\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n\
             --{line}\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\
             Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n\
             {message}\r\n--{line}--\r\n"
        );
        Letter::new(text.into_bytes())
    }

    /// A mail that holds a [protected](Self::protected) part and a signature over it (RFC 3156, 5).
    ///
    /// # Errors
    /// [`Unfit`] when the subject is not one line, or the message is too large.
    pub fn signed(&self, part: &str, signature: &str) -> Result<Letter, Unfit> {
        let (head, line) = (written(&self.fields(self.subject)?), self.boundary());
        let text = format!(
            "{head}MIME-Version: 1.0\r\n\
             Content-Type: multipart/signed; micalg=\"pgp-sha512\";\r\n \
             protocol=\"application/pgp-signature\"; boundary=\"{line}\"\r\n\r\n\
             --{line}\r\n{part}\r\n\
             --{line}\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n\r\n\
             {signature}\r\n--{line}--\r\n"
        );
        Letter::new(text.into_bytes())
    }

    /// A line that stands in no quoted-printable text and in no armour.
    fn boundary(&self) -> String {
        format!("=_{}", self.act)
    }

    fn fields(&self, subject: &str) -> Result<Fields, Unfit> {
        if subject.chars().any(char::is_control) {
            return Err(Unfit::Subject);
        }
        let date = self.at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000");
        let mut fields = vec![
            ("Date", date.to_string()),
            ("From", format!("<{}>", self.from)),
            ("To", format!("<{}>", self.to)),
            ("Message-ID", format!("<{}>", message_id(self.act))),
            ("Subject", words(subject)),
        ];
        if let Some(thread) = self.thread.map(message_id) {
            let thread = format!("<{thread}>");
            fields.extend([("In-Reply-To", thread.clone()), ("References", thread)]);
        }
        if let Some(automatic) = self.automatic {
            fields.push(("Auto-Submitted", automatic.word().to_owned()));
        }
        Ok(fields)
    }
}

fn written(fields: &Fields) -> String {
    fields.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect()
}

/// How the words are written.
fn plain(parameters: &str) -> String {
    format!(
        "Content-Type: text/plain; charset=utf-8{parameters}\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n"
    )
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
