//! What an IMAP server says (RFC 9051, and RFC 3501 before it), read strictly and within limits.
//!
//! A reply is a line, or several with literals between them. Of all that a server may say only what
//! the [`session`](super::session) asks for is understood; the rest is passed over, once it was seen to
//! be whole. No name of a mailbox is ever read, and nothing is kept that was not asked for.

use std::mem;

use engine::LARGEST_MAIL;

use crate::mail::line::printable;

/// Bytes of a reply without its literals.
pub const LONGEST_REPLY: usize = 64 * 1024;
/// Bytes of a literal: one more than a mail may have, so that a mail that is too large shows.
pub const LARGEST_LITERAL: usize = LARGEST_MAIL + 1;
/// Literals of a reply; what is asked for has one.
const MOST_LITERALS: usize = 8;
/// Lists in each other.
const DEEPEST: usize = 16;
/// Characters of a reply that are told to people.
const LONGEST_WORDS: usize = 300;

/// Why bytes are no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nonsense {
    /// More than [`LONGEST_REPLY`] bytes.
    #[error("a reply is longer than 64 KiB")]
    LongReply,
    /// A literal of more than [`LARGEST_LITERAL`] bytes.
    #[error("the server sends more at once than a mail may have")]
    LargeLiteral,
    /// More than [`MOST_LITERALS`].
    #[error("a reply holds more literals than anybody asked for")]
    ManyLiterals,
    /// A CR or an LF by itself.
    #[error("a line of a reply does not end with CR LF")]
    LineEnd,
    /// A control character.
    #[error("a reply holds a control character")]
    Control,
    /// Neither a tag nor `*` nor `+` begins it, or what follows is not what must.
    #[error("a reply is none of IMAP's")]
    Shape,
    /// A number that is none, or too large for one.
    #[error("a reply holds a number that is none")]
    Number,
    /// A list that does not end, or too many in each other.
    #[error("what a reply says of a mail cannot be read")]
    List,
}

/// How a condition is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// OK.
    Fine,
    /// NO: not now, or not at all.
    No,
    /// BAD: the server did not understand.
    Bad,
    /// BYE: it closes the connection.
    Bye,
    /// PREAUTH: it knows already who we are.
    Known,
}

/// A condition: what the server says of itself, or of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// How it is meant.
    pub kind: Kind,
    /// What stands in brackets, such as `UIDVALIDITY 7`.
    pub code: String,
    /// All of it in one line, for people.
    pub words: String,
}

/// A whole reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The server waits for the rest of a command, and says this.
    GoOn(String),
    /// A condition that is no answer to a command.
    Said(Condition),
    /// The answer to the command with a tag.
    Done {
        /// The tag.
        tag: String,
        /// What became of it.
        condition: Condition,
    },
    /// What the server can, in capitals.
    Offers(Vec<String>),
    /// How many mails there are.
    Exists(u32),
    /// Something about a mail.
    Mail {
        /// Its UID, if it says so.
        uid: Option<u32>,
        /// Its bytes, if it says so.
        bytes: Option<Vec<u8>>,
    },
    /// Something else.
    Other,
}

/// Puts replies together from bytes as they come.
#[derive(Debug, Default)]
pub struct Reader {
    /// The lines so far, with their ends.
    text: Vec<u8>,
    /// Where the last of them begins.
    line: usize,
    literals: Vec<Vec<u8>>,
    /// Bytes of the last literal that are still to come.
    missing: usize,
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
            left = if self.missing > 0 { self.literal(left) } else { self.line(left)? };
            if self.missing == 0 && self.line < self.text.len() && self.text.ends_with(b"\n") {
                match self.announced()? {
                    Some(size) => {
                        self.literals.push(Vec::new());
                        self.missing = size;
                        self.line = self.text.len();
                    }
                    None => return Ok((Some(mem::take(self).reply()?), left)),
                }
            }
        }
        Ok((None, left))
    }

    fn literal<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let (now, later) = bytes.split_at(self.missing.min(bytes.len()));
        if let Some(literal) = self.literals.last_mut() {
            literal.extend_from_slice(now);
        }
        self.missing -= now.len();
        later
    }

    fn line<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], Nonsense> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (now, later) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
        if self.text.len() + now.len() > LONGEST_REPLY {
            return Err(Nonsense::LongReply);
        }
        self.text.extend_from_slice(now);
        Ok(later)
    }

    /// The size of the literal that the last line announces. A condition's words announce none,
    /// whatever they look like.
    fn announced(&self) -> Result<Option<usize>, Nonsense> {
        let line = self.text.get(self.line..).and_then(|line| line.strip_suffix(b"\r\n"));
        let line = line.filter(|line| !line.contains(&b'\r')).ok_or(Nonsense::LineEnd)?;
        if line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(Nonsense::Control);
        }
        if self.line == 0 && !is_data(line) {
            return Ok(None);
        }
        let size = line.strip_suffix(b"}").and_then(|rest| {
            let at = rest.iter().rposition(|byte| *byte == b'{')?;
            rest.get(at + 1..)
        });
        let Some(size) = size.filter(|size| is_number(size)) else { return Ok(None) };
        let size = text(size).parse().map_err(|_| Nonsense::LargeLiteral)?;
        if size > LARGEST_LITERAL {
            return Err(Nonsense::LargeLiteral);
        }
        if self.literals.len() >= MOST_LITERALS {
            return Err(Nonsense::ManyLiterals);
        }
        Ok(Some(size))
    }

    /// What was said, now that it is whole.
    fn reply(self) -> Result<Reply, Nonsense> {
        let line = self.text.strip_suffix(b"\r\n").ok_or(Nonsense::LineEnd)?;
        let (first, rest) = word(line);
        match first {
            b"+" => Ok(Reply::GoOn(text(rest))),
            b"*" => match condition(rest) {
                Some(condition) => Ok(Reply::Said(condition)),
                None => data(rest, self.literals),
            },
            tag if !tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric) => {
                let condition = condition(rest).ok_or(Nonsense::Shape)?;
                Ok(Reply::Done { tag: text(tag), condition })
            }
            _ => Err(Nonsense::Shape),
        }
    }
}

/// Whether a reply that begins like this may hold literals.
fn is_data(line: &[u8]) -> bool {
    line.strip_prefix(b"* ").is_some_and(|rest| condition(rest).is_none())
}

fn is_number(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

/// The first word, and what stands after the blank.
fn word(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    (word, rest.get(1..).unwrap_or_default())
}

fn text(bytes: &[u8]) -> String {
    printable(bytes)
}

fn number(word: &[u8]) -> Result<u32, Nonsense> {
    if is_number(word) {
        text(word).parse().map_err(|_| Nonsense::Number)
    } else {
        Err(Nonsense::Number)
    }
}

fn condition(line: &[u8]) -> Option<Condition> {
    let (first, rest) = word(line);
    let kind = match first.to_ascii_uppercase().as_slice() {
        b"OK" => Kind::Fine,
        b"NO" => Kind::No,
        b"BAD" => Kind::Bad,
        b"BYE" => Kind::Bye,
        b"PREAUTH" => Kind::Known,
        _ => return None,
    };
    let code = rest.strip_prefix(b"[").and_then(|rest| {
        let end = rest.iter().position(|byte| *byte == b']')?;
        rest.get(..end)
    });
    let words = text(line).chars().take(LONGEST_WORDS).collect();
    Some(Condition { kind, code: text(code.unwrap_or_default()), words })
}

/// What follows `*`, if it is no condition.
fn data(line: &[u8], literals: Vec<Vec<u8>>) -> Result<Reply, Nonsense> {
    let (first, rest) = word(line);
    if first.eq_ignore_ascii_case(b"CAPABILITY") {
        let offers = rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        return Ok(Reply::Offers(offers.map(|word| text(word).to_ascii_uppercase()).collect()));
    }
    if !is_number(first) {
        return Ok(Reply::Other);
    }
    let (second, rest) = word(rest);
    match second.to_ascii_uppercase().as_slice() {
        b"EXISTS" => number(first).map(Reply::Exists),
        b"FETCH" => mail(rest, literals),
        _ => Ok(Reply::Other),
    }
}

/// A value of a list.
#[derive(Debug)]
enum Value {
    /// An atom, a number or NIL.
    Atom(Vec<u8>),
    /// A quoted string or a literal.
    Text(Vec<u8>),
    List,
}

/// What is said of a mail: names and values by turns.
fn mail(list: &[u8], literals: Vec<Vec<u8>>) -> Result<Reply, Nonsense> {
    let (mut uid, mut bytes) = (None, None);
    let mut values = Values { left: list, literals: literals.into_iter() }.outer()?.into_iter();
    while let Some(name) = values.next() {
        let value = values.next().ok_or(Nonsense::List)?;
        let Value::Atom(name) = name else { return Err(Nonsense::List) };
        match (name.to_ascii_uppercase().as_slice(), value) {
            (b"UID", Value::Atom(digits)) => uid = Some(number(&digits)?),
            (b"BODY[]<0>" | b"BODY[]", Value::Text(found)) => bytes = Some(found),
            _ => {}
        }
    }
    Ok(Reply::Mail { uid, bytes })
}

struct Values<'a> {
    left: &'a [u8],
    literals: std::vec::IntoIter<Vec<u8>>,
}

impl Values<'_> {
    /// The values of a list that is all there is; of lists within it only that they end.
    fn outer(mut self) -> Result<Vec<Value>, Nonsense> {
        let (mut values, mut depth) = (Vec::new(), 0_usize);
        loop {
            match self.left {
                [b'(', rest @ ..] if depth < DEEPEST => {
                    self.left = rest;
                    depth += 1;
                    if depth == 2 {
                        values.push(Value::List);
                    }
                }
                [b')', rest @ ..] if depth > 0 => {
                    self.left = rest;
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                [b' ', rest @ ..] if depth > 0 => self.left = rest,
                [] | [b'(' | b')' | b' ', ..] => return Err(Nonsense::List),
                _ if depth == 0 => return Err(Nonsense::List),
                _ => {
                    let value = self.value()?;
                    if depth == 1 {
                        values.push(value);
                    }
                }
            }
        }
        let whole = self.left.is_empty() && self.literals.len() == 0;
        if whole { Ok(values) } else { Err(Nonsense::List) }
    }

    fn value(&mut self) -> Result<Value, Nonsense> {
        match self.left {
            [b'"', ..] => self.quoted(),
            [b'{', ..] => self.literal(),
            _ => self.atom(),
        }
    }

    fn atom(&mut self) -> Result<Value, Nonsense> {
        let ends = |byte: &u8| matches!(byte, b' ' | b'(' | b')' | b'"' | b'{' | b'\r' | b'\n');
        let end = self.left.iter().position(ends).filter(|end| *end > 0).ok_or(Nonsense::List)?;
        let (atom, left) = self.left.split_at(end);
        self.left = left;
        Ok(Value::Atom(atom.to_vec()))
    }

    fn quoted(&mut self) -> Result<Value, Nonsense> {
        let (mut found, mut left) = (Vec::new(), self.left.get(1..).unwrap_or_default());
        loop {
            left = match left {
                [b'"', rest @ ..] => {
                    self.left = rest;
                    return Ok(Value::Text(found));
                }
                [b'\\', byte @ (b'"' | b'\\'), rest @ ..] => {
                    found.push(*byte);
                    rest
                }
                [] | [b'\\' | b'\r' | b'\n', ..] => return Err(Nonsense::List),
                [byte, rest @ ..] => {
                    found.push(*byte);
                    rest
                }
            };
        }
    }

    /// What was announced in braces stands for the next literal.
    fn literal(&mut self) -> Result<Value, Nonsense> {
        let end = self.left.iter().position(|byte| *byte == b'\n').ok_or(Nonsense::List)?;
        let (announced, left) = self.left.split_at(end + 1);
        let size = announced.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}\r\n"));
        let size = size.filter(|size| is_number(size)).ok_or(Nonsense::List)?;
        let found = self.literals.next().ok_or(Nonsense::List)?;
        if text(size).parse() != Ok(found.len()) {
            return Err(Nonsense::List);
        }
        self.left = left;
        Ok(Value::Text(found))
    }
}
