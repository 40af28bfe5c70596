//! Replies of an SMTP server (RFC 5321, 4.2), read strictly: a line ends with CR LF and with nothing
//! else, and all lines of a reply have the same code. Their words are only shown, never acted on,
//! except for the keywords that answer EHLO.

use std::mem;

use crate::mail::line::printable;

/// Bytes of a line with its CR LF. RFC 5321, 4.5.3.1.5, has 512; some servers explain more.
pub const LONGEST_LINE: usize = 1_024;
/// Lines of a reply.
pub const MOST_LINES: usize = 64;
/// Characters of a reply that are told to people.
const LONGEST_WORDS: usize = 300;

/// Why bytes are no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nonsense {
    /// More than [`LONGEST_LINE`] bytes.
    #[error("a line of the reply is longer than 1024 bytes")]
    LongLine,
    /// More than [`MOST_LINES`] lines.
    #[error("the reply has more than 64 lines")]
    ManyLines,
    /// A CR or an LF by itself.
    #[error("a line of the reply does not end with CR LF")]
    LineEnd,
    /// A line that does not begin with a code and a blank or a hyphen.
    #[error("a line of the reply does not begin with a code")]
    Code,
    /// Lines with different codes.
    #[error("the lines of the reply have different codes")]
    Codes,
    /// A control character.
    #[error("the reply holds a control character")]
    Control,
}

/// What the first digit of a code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// 2xx: it is done.
    Done,
    /// 3xx: more is wanted.
    More,
    /// 4xx: not now.
    Later,
    /// 5xx: never.
    Never,
}

/// A whole reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    code: Code,
    lines: Vec<String>,
}

/// Three digits, the first of them 2 to 5 and the second 0 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Code([u8; 3]);

impl Code {
    fn of(line: &[u8]) -> Option<Self> {
        match *line.first_chunk()? {
            code @ [b'2'..=b'5', b'0'..=b'5', b'0'..=b'9'] => Some(Self(code)),
            _ => None,
        }
    }
}

impl Reply {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code.0.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'))
    }

    /// What the code says.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.code.0 {
            [b'2', ..] => Verdict::Done,
            [b'3', ..] => Verdict::More,
            [b'4', ..] => Verdict::Later,
            _ => Verdict::Never,
        }
    }

    /// The text of each line, without the code.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Code and text in one line, for people.
    #[must_use]
    pub fn words(&self) -> String {
        let texts = self.lines().filter(|text| !text.is_empty());
        let words = std::iter::once(self.code().to_string()).chain(texts.map(ToOwned::to_owned));
        words.collect::<Vec<_>>().join(" ").chars().take(LONGEST_WORDS).collect()
    }
}

/// Puts replies together from bytes as they come.
#[derive(Debug, Default)]
pub struct Reader {
    line: Vec<u8>,
    lines: Vec<String>,
    code: Option<Code>,
}

impl Reader {
    /// Takes bytes up to the end of a reply; answers the reply, if it is whole, and the bytes after
    /// it.
    ///
    /// # Errors
    /// [`Nonsense`], as soon as it shows: nothing can be read after that.
    pub fn take<'b>(&mut self, bytes: &'b [u8]) -> Result<(Option<Reply>, &'b [u8]), Nonsense> {
        let mut left = bytes;
        while !left.is_empty() {
            let end = left.iter().position(|byte| *byte == b'\n');
            let (now, later) = left.split_at(end.map_or(left.len(), |at| at + 1));
            if self.line.len() + now.len() > LONGEST_LINE {
                return Err(Nonsense::LongLine);
            }
            self.line.extend_from_slice(now);
            left = later;
            if end.is_some() {
                let line = mem::take(&mut self.line);
                if let Some(reply) = self.line(&line)? {
                    return Ok((Some(reply), left));
                }
            }
        }
        Ok((None, left))
    }

    fn line(&mut self, line: &[u8]) -> Result<Option<Reply>, Nonsense> {
        let line = line.strip_suffix(b"\r\n").filter(|line| !line.contains(&b'\r'));
        let line = line.ok_or(Nonsense::LineEnd)?;
        let code = Code::of(line).ok_or(Nonsense::Code)?;
        if *self.code.get_or_insert(code) != code {
            return Err(Nonsense::Codes);
        }
        let (last, text) = match line.get(code.0.len()..).unwrap_or_default() {
            [] => (true, [].as_slice()),
            [b' ', text @ ..] => (true, text),
            [b'-', text @ ..] => (false, text),
            _ => return Err(Nonsense::Code),
        };
        if text.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(Nonsense::Control);
        }
        if self.lines.len() >= MOST_LINES {
            return Err(Nonsense::ManyLines);
        }
        self.lines.push(printable(text));
        if !last {
            return Ok(None);
        }
        self.code = None;
        Ok(Some(Reply { code, lines: mem::take(&mut self.lines) }))
    }
}
