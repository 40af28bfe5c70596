//! LMTP (RFC 2033), the receiving side, without a socket: bytes in, replies out.
//!
//! A line ends with CR LF and with nothing else. In a command, a CR or LF by itself ends the
//! session; in a mail it is content. So only CR LF `.` CR LF ends a mail, and none can hide a
//! second one from us (CVE-2023-51764 and its kin). Commands are few, short and counted.

use std::{collections::BTreeMap, mem};

use advisory::Mailbox;
use engine::{EngineError, LARGEST_MAIL, Taker};

use super::Letterboxes;

/// Bytes of a command with its CR LF. RFC 5321, 4.5.3.1.4, asks for 512, and for more with SIZE,
/// BODY and SMTPUTF8.
const LONGEST_COMMAND: usize = 1_024;
/// Recipients of a mail (RFC 5321, 4.5.3.1.8, asks for 100).
const MOST_RECIPIENTS: usize = 100;
/// Commands of a session that made no sense, before it ends.
const PATIENCE: u32 = 20;

/// A session with whoever hands mail over.
pub struct Session<'a> {
    letterboxes: &'a dyn Letterboxes,
    mode: Mode,
    greeted: bool,
    sender: Option<String>,
    recipients: Vec<(Taker, Mailbox)>,
    mistakes: u32,
    /// What came of the line or mail that is not over yet.
    partial: Vec<u8>,
    replies: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Commands,
    Data(Place, Room),
    Over,
}

/// Where in a mail the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    LineStart,
    /// After the dot that began a line.
    Dot,
    /// After that dot and a CR.
    DotCr,
    Line,
    /// After a CR.
    Cr,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Left,
    /// The mail is too large: the rest is read and forgotten.
    Exceeded,
}

impl<'a> Session<'a> {
    /// A session that begins: its greeting is the first reply.
    pub fn begin(letterboxes: &'a dyn Letterboxes) -> Self {
        let mut session = Self {
            letterboxes,
            mode: Mode::Commands,
            greeted: false,
            sender: None,
            recipients: Vec::new(),
            mistakes: 0,
            partial: Vec::new(),
            replies: Vec::new(),
        };
        session.reply("220 fermata LMTP");
        session
    }

    /// Takes bytes as they come.
    pub fn take(&mut self, bytes: &[u8]) {
        let mut left = bytes;
        while !left.is_empty() {
            left = match self.mode {
                Mode::Commands => self.command_bytes(left),
                Mode::Data(place, room) => self.mail_bytes(left, place, room),
                Mode::Over => return,
            };
        }
    }

    /// What is to be sent now.
    pub fn replies(&mut self) -> Vec<u8> {
        mem::take(&mut self.replies)
    }

    /// Whether the connection is to be closed once the replies are sent.
    #[must_use]
    pub fn over(&self) -> bool {
        self.mode == Mode::Over
    }

    /// Ends it from our side: the house stops, or nothing came for too long.
    pub fn end(&mut self, why: &str) {
        self.reply(&format!("421 4.4.2 {why}"));
        self.mode = Mode::Over;
    }

    fn reply(&mut self, line: &str) {
        self.replies.extend_from_slice(line.as_bytes());
        self.replies.extend_from_slice(b"\r\n");
    }

    /// One command's bytes, or as many of them as came; what is left is returned.
    fn command_bytes<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (now, later) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
        if self.partial.len() + now.len() > LONGEST_COMMAND {
            self.end("a command is longer than 1024 bytes");
            return &[];
        }
        self.partial.extend_from_slice(now);
        if end.is_some() {
            let line = mem::take(&mut self.partial);
            match line.strip_suffix(b"\r\n") {
                Some(line) if !line.contains(&b'\r') => self.command(line),
                _ => self.end("a line ends with CR LF, and with nothing else"),
            }
        }
        later
    }

    fn command(&mut self, line: &[u8]) {
        let Ok(line) = std::str::from_utf8(line) else {
            return self.mistake("500 5.5.2 that is no text");
        };
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "LHLO" => self.hello(rest),
            "MAIL" => self.mail(rest),
            "RCPT" => self.recipient(rest),
            "DATA" => self.data(rest),
            "RSET" => {
                self.reset();
                self.reply("250 2.0.0 forgotten");
            }
            "NOOP" => self.reply("250 2.0.0 still here"),
            "VRFY" => self.reply("252 2.1.5 send it and see"),
            "QUIT" => {
                self.reply("221 2.0.0 goodbye");
                self.mode = Mode::Over;
            }
            // RFC 2033, 4.1: whoever takes this for SMTP shall notice.
            "HELO" | "EHLO" => self.mistake("500 5.5.1 this is LMTP: say LHLO"),
            _ => self.mistake("500 5.5.1 no such command here"),
        }
    }

    fn mistake(&mut self, line: &str) {
        self.mistakes += 1;
        if self.mistakes > PATIENCE {
            return self.end("too many commands that make no sense");
        }
        self.reply(line);
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
        self.partial = Vec::new();
    }

    fn hello(&mut self, name: &str) {
        if name.trim().is_empty() {
            return self.mistake("501 5.5.4 say who you are");
        }
        self.reset();
        self.greeted = true;
        self.reply("250-fermata");
        self.reply("250-PIPELINING");
        self.reply("250-ENHANCEDSTATUSCODES");
        self.reply("250-8BITMIME");
        self.reply("250-SMTPUTF8");
        self.reply(&format!("250 SIZE {LARGEST_MAIL}"));
    }

    fn mail(&mut self, rest: &str) {
        if !self.greeted || self.sender.is_some() {
            return self.mistake("503 5.5.1 LHLO comes first, and one sender at a time");
        }
        let Some((sender, parameters)) = path(rest, "FROM:") else {
            return self.mistake("501 5.5.4 write MAIL FROM:<address>");
        };
        let size = parameters.split(' ').find_map(|one| {
            one.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("SIZE"))
        });
        let size = size.map(|(_, bytes)| bytes.parse::<u64>());
        match size {
            Some(Err(_)) => self.mistake("501 5.5.4 a size is a number of bytes"),
            Some(Ok(bytes)) if bytes > LARGEST_MAIL as u64 => {
                self.reply("552 5.3.4 larger than 25 MiB");
            }
            _ => {
                self.sender = Some(sender.to_owned());
                self.reply("250 2.1.0 go on");
            }
        }
    }

    fn recipient(&mut self, rest: &str) {
        if self.sender.is_none() {
            return self.mistake("503 5.5.1 MAIL comes first");
        }
        let Some((address, _)) = path(rest, "TO:") else {
            return self.mistake("501 5.5.4 write RCPT TO:<address>");
        };
        if self.recipients.len() >= MOST_RECIPIENTS {
            return self.reply("452 4.5.3 too many recipients: send the others another time");
        }
        let Ok(mailbox) = address.parse::<Mailbox>() else {
            return self.reply("550 5.1.1 nobody here reads mail to this address");
        };
        match self.letterboxes.taker(&mailbox) {
            Ok(Some(taker)) => {
                self.recipients.push((taker, mailbox));
                self.reply("250 2.1.5 known here");
            }
            Ok(None) => self.reply("550 5.1.1 nobody here reads mail to this address"),
            Err(_) => self.reply("451 4.3.0 the house cannot tell now"),
        }
    }

    fn data(&mut self, rest: &str) {
        if !rest.trim().is_empty() {
            return self.mistake("501 5.5.4 DATA stands by itself");
        }
        if self.recipients.is_empty() {
            return self.mistake("503 5.5.1 nobody would get it: RCPT comes first");
        }
        // RFC 5321, 4.4: the one that delivers says here where the envelope came from.
        let sender = self.sender.take().unwrap_or_default();
        self.partial = format!("Return-Path: <{sender}>\r\n").into_bytes();
        self.mode = Mode::Data(Place::LineStart, Room::Left);
        self.reply("354 end it with a dot on a line of its own");
    }

    /// A mail's bytes up to its end; what is left is returned. Of a line that begins with a dot,
    /// that dot is taken away (RFC 5321, 4.5.2).
    fn mail_bytes<'b>(&mut self, bytes: &'b [u8], place: Place, room: Room) -> &'b [u8] {
        let (mut place, mut room) = (place, room);
        let mut kept = 0;
        for (at, byte) in bytes.iter().enumerate() {
            let next = step(place, *byte);
            match (place, next) {
                (Place::DotCr, None) => {
                    // The dot and the CR that came before belong to the end.
                    self.keep(bytes.get(kept..at).unwrap_or_default(), &mut room);
                    self.partial_without_the_end(room);
                    return self.finish(bytes.get(at + 1..).unwrap_or_default(), room);
                }
                (Place::LineStart, Some(Place::Dot)) => {
                    self.keep(bytes.get(kept..at).unwrap_or_default(), &mut room);
                    kept = at + 1;
                }
                _ => {}
            }
            place = next.unwrap_or(Place::LineStart);
        }
        self.keep(bytes.get(kept..).unwrap_or_default(), &mut room);
        self.mode = Mode::Data(place, room);
        &[]
    }

    /// The CR before the last LF was kept as content, before it was known what it is.
    fn partial_without_the_end(&mut self, room: Room) {
        if room == Room::Left {
            self.partial.pop();
        }
    }

    fn keep(&mut self, bytes: &[u8], room: &mut Room) {
        if *room == Room::Left && self.partial.len() + bytes.len() > LARGEST_MAIL {
            *room = Room::Exceeded;
            self.partial = Vec::new();
        }
        if *room == Room::Left {
            self.partial.extend_from_slice(bytes);
        }
    }

    /// The mail is over: every recipient that was taken gets a reply of its own, in order.
    fn finish<'b>(&mut self, left: &'b [u8], room: Room) -> &'b [u8] {
        self.mode = Mode::Commands;
        let raw = mem::take(&mut self.partial);
        let mut answers: BTreeMap<(Taker, Option<Mailbox>), &str> = BTreeMap::new();
        for (taker, to) in mem::take(&mut self.recipients) {
            // To a project it is one mail, whichever of its addresses it came to.
            let address = (taker == Taker::Ear).then(|| to.clone());
            let answer = *answers.entry((taker, address)).or_insert_with(|| match room {
                Room::Exceeded => "552 5.3.4 larger than 25 MiB",
                Room::Left => outcome(&self.letterboxes.deliver(taker, &to, &raw)),
            });
            self.reply(answer);
        }
        self.reset();
        left
    }
}

/// Where the byte after this one stands; `None` at the end of the mail.
fn step(place: Place, byte: u8) -> Option<Place> {
    Some(match (place, byte) {
        (Place::LineStart, b'.') => Place::Dot,
        (Place::Dot, b'\r') => Place::DotCr,
        (Place::DotCr, b'\n') => return None,
        (Place::Cr, b'\n') => Place::LineStart,
        (_, b'\r') => Place::Cr,
        _ => Place::Line,
    })
}

/// What is not in the journal stays with whoever brought it: the house may take it later.
fn outcome(delivered: &Result<(), EngineError>) -> &'static str {
    match delivered {
        Ok(()) => "250 2.0.0 kept",
        Err(EngineError::NotFound) => "550 5.1.1 nobody here reads mail to this address any more",
        Err(_) => "451 4.3.0 the house could not keep it: try again",
    }
}

/// The path in `FROM:<path> PARAMETERS`, without a source route (RFC 5321, appendix C).
fn path<'t>(rest: &'t str, before: &str) -> Option<(&'t str, &'t str)> {
    let (keyword, rest) = rest.split_at_checked(before.len())?;
    if !keyword.eq_ignore_ascii_case(before) {
        return None;
    }
    let (path, parameters) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    if path.chars().any(|c| c.is_control() || c == '<') {
        return None;
    }
    let routed = path.strip_prefix('@').and_then(|route| route.split_once(':'));
    Some((routed.map_or(path, |(_, path)| path), parameters.trim()))
}
