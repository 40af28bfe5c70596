//! The reading side of IMAP (RFC 9051, and RFC 3501 before it), without a socket: replies in, commands
//! out, and mails to whoever takes them in.
//!
//! The mailbox is opened for reading alone, so nothing that is said here can mark, move or delete a
//! mail. A mail is first taken in, and then the bookmark is moved past it: what happens in between
//! happens again. What cannot be taken in stays in the bookmark until it is, or until it is gone
//! from the mailbox.

use std::{collections::BTreeSet, fmt, mem};

use engine::{Bookmark, EngineError, LARGEST_MAIL, Waits};

use super::{
    intake::{Account, Intake},
    reply::{Condition, Kind, LARGEST_LITERAL, Reader, Reply},
};
use crate::mail::{
    sasl::{self, Mechanism},
    server,
};

/// UIDs that are listed at once.
const MOST_LISTED: usize = 4_096;
/// Mails that wait in a mailbox, at most; then nothing more is read until somebody has looked.
pub const MOST_WAITING: usize = 500;
/// Mails that may lie in a mailbox that is read for the first time. Whoever names a mailbox with years
/// of mail in it would not want each of them acknowledged.
pub const MOST_AT_FIRST: u32 = 100;

/// How a session becomes protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Not at all, or since before the greeting.
    AsItIs,
    /// The server must take STARTTLS, or nothing else is said.
    StartTls,
}

/// How long is waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// For the answer to a command.
    Reply,
    /// For a whole mail.
    Mail,
    /// For news, which the server tells.
    News,
    /// For the time to ask for news.
    Turn,
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Send these bytes, all of them, and ask again.
    Send(Vec<u8>),
    /// Wait for bytes, and hand them over; where news is waited for, say when it was
    /// [quiet](Session::quiet).
    Receive(Wait),
    /// Begin TLS on this connection; then say that it is [secured](Session::secured).
    Secure,
    /// Close the connection.
    Over,
}

/// Why a session came to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where and why, for people.
    pub words: String,
    /// It will not pass by itself.
    pub lasting: bool,
    /// The server did not believe the login.
    pub unbelieved: bool,
}

/// What is answered next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Greeting,
    StartTls,
    /// What the server can before it knows us.
    Abilities,
    /// Whether it takes AUTHENTICATE.
    Mechanism(Mechanism),
    /// Whether it believes us, and what is answered if it first complains.
    Login(Option<&'static str>),
    /// What it can now.
    Offers,
    Examine,
    /// Which of the waiting mails are still there.
    Waiting,
    /// Which mails are new.
    New,
    Mail(u32),
    /// IDLE: it has not begun, or it has.
    Idle {
        begun: bool,
    },
    /// DONE: the end of IDLE.
    Done,
    /// Nothing.
    Turn,
    Noop,
    Logout,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "the greeting",
            Self::StartTls => "STARTTLS",
            Self::Abilities | Self::Offers => "CAPABILITY",
            Self::Mechanism(_) | Self::Login(_) => "the login",
            Self::Examine => "EXAMINE",
            Self::Waiting | Self::New => "the list of mails",
            Self::Mail(uid) => return write!(f, "the mail with UID {uid}"),
            Self::Idle { .. } | Self::Done => "IDLE",
            Self::Turn | Self::Noop => "NOOP",
            Self::Logout => "LOGOUT",
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Sending(Vec<u8>),
    Receiving,
    Securing,
    Over,
}

/// A session with a server.
pub struct Session<'a> {
    account: &'a Account,
    intake: &'a dyn Intake,
    protection: Protection,
    state: State,
    asked: Asked,
    /// Commands that were given; the last one's tag.
    given: u32,
    reader: Reader,
    offers: Vec<String>,
    /// The mailbox as it was opened.
    exists: u32,
    validity: u32,
    bookmark: Bookmark,
    /// UIDs that are to be read, the smallest ones.
    listed: BTreeSet<u32>,
    /// There were more.
    unlisted: bool,
    /// What was given for the mail that was asked for.
    given_mail: Option<Vec<u8>>,
    /// There may be mails that are not listed.
    news: bool,
    leaving: bool,
    notes: Vec<String>,
    /// What the server said of a token that it did not like.
    complaint: String,
    trouble: Option<Trouble>,
}

impl<'a> Session<'a> {
    /// A session that begins with the server's greeting.
    #[must_use]
    pub fn begin(account: &'a Account, intake: &'a dyn Intake, protection: Protection) -> Self {
        Self {
            account,
            intake,
            protection,
            state: State::Receiving,
            asked: Asked::Greeting,
            given: 0,
            reader: Reader::default(),
            offers: Vec::new(),
            exists: 0,
            validity: 0,
            bookmark: Bookmark::default(),
            listed: BTreeSet::new(),
            unlisted: false,
            given_mail: None,
            news: false,
            leaving: false,
            notes: Vec::new(),
            complaint: String::new(),
            trouble: None,
        }
    }

    /// What is to be done now. Whoever asks again after [`Next::Send`] has sent it all.
    pub fn proceed(&mut self) -> Next {
        match mem::replace(&mut self.state, State::Receiving) {
            State::Sending(bytes) => Next::Send(bytes),
            State::Receiving => Next::Receive(match self.asked {
                Asked::Mail(_) => Wait::Mail,
                Asked::Idle { begun: true } => Wait::News,
                Asked::Turn => Wait::Turn,
                _ => Wait::Reply,
            }),
            State::Securing => {
                self.state = State::Securing;
                Next::Secure
            }
            State::Over => {
                self.state = State::Over;
                Next::Over
            }
        }
    }

    /// Takes bytes as they come.
    pub fn take(&mut self, bytes: &[u8]) {
        let mut left = bytes;
        while !left.is_empty() && self.state != State::Over {
            if self.state == State::Securing {
                return self.broken("the server said more than it was asked, before TLS");
            }
            match self.reader.take(left) {
                Ok((Some(reply), later)) => {
                    left = later;
                    self.heard(reply);
                }
                Ok((None, _)) => return,
                Err(nonsense) => return self.broken(&nonsense.to_string()),
            }
        }
    }

    /// TLS protects the connection from here on. What was learnt before is forgotten.
    pub fn secured(&mut self) {
        self.reader = Reader::default();
        self.offers.clear();
        (self.exists, self.news) = (0, false);
        self.say(Asked::Abilities, "CAPABILITY");
    }

    /// Nothing came while news, or the time for asking, was waited for.
    pub fn quiet(&mut self) {
        match self.asked {
            Asked::Idle { begun: true } => self.wake(),
            Asked::Turn => self.say(Asked::Noop, "NOOP"),
            _ => {}
        }
    }

    /// Ends it at the next moment at which nothing is being read.
    pub fn leave(&mut self) {
        self.leaving = true;
    }

    /// Nothing more can be sent or received, or nothing that makes sense.
    pub fn broken(&mut self, why: &str) {
        self.over(why, false);
    }

    /// The server is not who it must be: nothing is said to it.
    pub fn distrusted(&mut self, why: &str) {
        self.over(why, true);
    }

    /// What whoever runs the house should hear of: mails that wait, and mails that were taken away.
    pub fn notes(&mut self) -> Vec<String> {
        mem::take(&mut self.notes)
    }

    /// Why it came to an end, if not by [leaving](Self::leave).
    #[must_use]
    pub fn trouble(self) -> Option<Trouble> {
        self.trouble
    }

    fn over(&mut self, why: &str, lasting: bool) {
        if self.asked != Asked::Logout {
            let words = format!("at {}: {why}", self.asked);
            self.trouble.get_or_insert(Trouble { words, lasting, unbelieved: false });
        }
        self.state = State::Over;
    }

    fn heard(&mut self, reply: Reply) {
        match reply {
            Reply::Done { tag, condition } if tag == self.tag() && self.waits() => {
                self.done(&condition);
            }
            Reply::Done { .. } => self.broken("the server answers what was not asked"),
            Reply::GoOn(words) => self.go_on(&words),
            Reply::Said(condition) => self.said(&condition),
            Reply::Offers(offers) => self.offers = offers,
            Reply::Exists(count) => self.exists(count),
            Reply::Mail { uid, bytes } => self.mail(uid, bytes),
            Reply::Other => {}
        }
    }

    /// Whether a command was sent that is not answered.
    fn waits(&self) -> bool {
        self.state == State::Receiving && !matches!(self.asked, Asked::Greeting | Asked::Turn)
    }

    fn tag(&self) -> String {
        format!("f{}", self.given)
    }

    /// All commands are made here, of words of our own, numbers and quoted strings.
    fn say(&mut self, asked: Asked, command: &str) {
        self.given = self.given.saturating_add(1);
        self.asked = asked;
        self.state = State::Sending(format!("{} {command}\r\n", self.tag()).into_bytes());
    }

    fn said(&mut self, condition: &Condition) {
        match (condition.kind, self.asked) {
            (Kind::Bye, Asked::Logout) => {}
            (Kind::Fine, Asked::Greeting) => match self.protection {
                Protection::StartTls => self.say(Asked::StartTls, "STARTTLS"),
                Protection::AsItIs => self.say(Asked::Abilities, "CAPABILITY"),
            },
            (Kind::Known, Asked::Greeting) => {
                self.over("the server lets anybody in, and so may show another's mail", true);
            }
            (Kind::Bye, _) | (_, Asked::Greeting) => self.broken(&condition.words),
            (Kind::Fine, Asked::Examine) => {
                let validity = condition
                    .code
                    .split_once(' ')
                    .filter(|(name, _)| name.eq_ignore_ascii_case("UIDVALIDITY"));
                if let Some(Ok(validity)) = validity.map(|(_, number)| number.parse()) {
                    self.validity = validity;
                }
            }
            _ => {}
        }
    }

    fn done(&mut self, condition: &Condition) {
        match (self.asked, condition.kind) {
            (Asked::StartTls, Kind::Fine) => self.state = State::Securing,
            (Asked::Abilities, Kind::Fine) => self.log_in(),
            (Asked::Login(_), Kind::Fine) => self.say(Asked::Offers, "CAPABILITY"),
            (Asked::Offers, Kind::Fine) => {
                let command = format!("EXAMINE {}", self.account.mailbox.quoted());
                self.say(Asked::Examine, &command);
            }
            (Asked::Examine, Kind::Fine) => self.opened(),
            (Asked::Waiting, Kind::Fine) => self.still_there(),
            (Asked::New, Kind::Fine) => self.next(),
            (Asked::Mail(uid), Kind::Fine | Kind::No) => self.read(uid),
            // It has ended before it began, so there is none.
            (Asked::Idle { .. }, _) => {
                self.offers.retain(|offer| offer != "IDLE");
                self.rest();
            }
            (Asked::Done | Asked::Noop, Kind::Fine) if self.leaving => {
                self.say(Asked::Logout, "LOGOUT");
            }
            (Asked::Done | Asked::Noop, Kind::Fine) => self.list(),
            (Asked::Logout, _) => self.state = State::Over,
            (Asked::Login(_), Kind::No | Kind::Bad) => self.unbelieved(&condition.words),
            (Asked::StartTls | Asked::Mechanism(_) | Asked::Examine, Kind::No | Kind::Bad) => {
                self.over(&condition.words, true);
            }
            _ => self.broken(&condition.words),
        }
    }

    fn go_on(&mut self, words: &str) {
        match self.asked {
            Asked::Mechanism(mechanism) if self.state == State::Receiving => {
                self.asked = Asked::Login(mechanism.yielding());
                let response = mechanism.response(&self.account.login);
                self.state = State::Sending((response + "\r\n").into_bytes());
            }
            Asked::Login(Some(yielding)) if self.state == State::Receiving => {
                self.complaint = sasl::complaint(words);
                self.asked = Asked::Login(None);
                self.state = State::Sending(format!("{yielding}\r\n").into_bytes());
            }
            Asked::Idle { begun: false } if self.state == State::Receiving => {
                self.asked = Asked::Idle { begun: true };
                if self.news {
                    self.wake();
                }
            }
            _ => self.broken("the server waits for something that it was not promised"),
        }
    }

    fn log_in(&mut self) {
        let offers = |what: &str| self.offers.iter().any(|offer| offer == what);
        let login = &self.account.login;
        if let Some(way) = Mechanism::chosen(login, |name| offers(&format!("AUTH={name}"))) {
            return self.say(Asked::Mechanism(way), &format!("AUTHENTICATE {}", way.name()));
        }
        match (login.kind(), quoted(login.name()), quoted(login.secret())) {
            (server::Kind::Password, Some(name), Some(password)) if !offers("LOGINDISABLED") => {
                self.say(Asked::Login(None), &format!("LOGIN {name} {password}"));
            }
            _ => self.over(Mechanism::missing(login), true),
        }
    }

    fn unbelieved(&mut self, words: &str) {
        let words = self.account.login.hidden_in(&format!("{words}{}", self.complaint));
        self.over(&words, true);
        if let Some(trouble) = &mut self.trouble {
            trouble.unbelieved = true;
        }
    }

    /// The mailbox is open: its bookmark says where to go on.
    fn opened(&mut self) {
        if self.validity == 0 {
            return self.over("the server does not say UIDVALIDITY", true);
        }
        let begin = Bookmark { numbering: self.validity, ..Bookmark::default() };
        match self.intake.bookmark(&self.account.key()) {
            Ok(Some(bookmark)) if bookmark.numbering == self.validity => self.bookmark = bookmark,
            Ok(Some(_)) => self.bookmark = begin,
            Ok(None) if self.exists <= MOST_AT_FIRST => self.bookmark = begin,
            Ok(None) => {
                let why = format!(
                    "{} mails lie in it, and each would become a report: move them elsewhere, or \
                     read a mailbox that is made for this",
                    self.exists
                );
                return self.over(&why, true);
            }
            Err(error) => return self.cannot_keep(&error),
        }
        if self.bookmark.waiting.is_empty() {
            return self.list();
        }
        let uids: Vec<_> = self.bookmark.waiting.keys().map(ToString::to_string).collect();
        self.say(Asked::Waiting, &format!("UID FETCH {} (UID)", uids.join(",")));
    }

    /// Of the waiting mails those that are listed are there; the others somebody took away.
    fn still_there(&mut self) {
        let waiting = mem::take(&mut self.bookmark.waiting);
        for (uid, why) in waiting {
            if self.listed.contains(&uid) {
                self.bookmark.waiting.insert(uid, why);
            } else {
                self.note(uid, "was taken away before it could be taken in");
            }
        }
        let waiting = &self.bookmark.waiting;
        self.listed.retain(|uid| waiting.get(uid).is_some_and(|why| *why != Waits::TooLarge));
        self.unlisted = true;
        if self.remember() {
            self.next();
        }
    }

    /// Asks which mails come after the bookmark.
    fn list(&mut self) {
        (self.news, self.unlisted) = (false, false);
        self.listed.clear();
        match self.bookmark.last.checked_add(1) {
            Some(first) => self.say(Asked::New, &format!("UID FETCH {first}:* (UID)")),
            None => self.over("the server has given all UIDs that there are", true),
        }
    }

    /// Reads the next mail, or waits for one.
    fn next(&mut self) {
        if let Some(uid) = self.listed.pop_first() {
            self.given_mail = None;
            let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{LARGEST_LITERAL}>)");
            self.say(Asked::Mail(uid), &command);
        } else if self.unlisted || self.news {
            self.list();
        } else {
            self.rest();
        }
    }

    /// Everything is read.
    fn rest(&mut self) {
        if self.offers.iter().any(|offer| offer == "IDLE") {
            self.say(Asked::Idle { begun: false }, "IDLE");
        } else {
            (self.asked, self.state) = (Asked::Turn, State::Receiving);
        }
    }

    fn wake(&mut self) {
        self.asked = Asked::Done;
        self.state = State::Sending(b"DONE\r\n".to_vec());
    }

    fn exists(&mut self, count: u32) {
        (self.exists, self.news) = (count, true);
        if self.asked == (Asked::Idle { begun: true }) {
            self.wake();
        }
    }

    /// The server tells of a mail, asked or not.
    fn mail(&mut self, uid: Option<u32>, bytes: Option<Vec<u8>>) {
        match (self.asked, uid, bytes) {
            (Asked::Mail(asked), Some(uid), Some(bytes))
                if asked == uid && self.given_mail.is_none() =>
            {
                self.given_mail = Some(bytes);
            }
            (_, _, Some(_)) => self.broken("the server gives a mail that was not asked for"),
            (Asked::New, Some(uid), None) if uid > self.bookmark.last => {
                self.listed.insert(uid);
                if self.listed.len() > MOST_LISTED {
                    self.listed.pop_last();
                    self.unlisted = true;
                }
            }
            (Asked::Waiting, Some(uid), None) if self.bookmark.waiting.contains_key(&uid) => {
                self.listed.insert(uid);
            }
            _ => {}
        }
    }

    /// Takes in the mail that was asked for, and goes on.
    fn read(&mut self, uid: u32) {
        let waits = match self.given_mail.take() {
            None => Some(Waits::NotGiven),
            Some(raw) if raw.len() > LARGEST_MAIL => Some(Waits::TooLarge),
            Some(raw) => match self.intake.take(&raw) {
                Ok(true) => None,
                Ok(false) => Some(Waits::Nobodys),
                Err(error) => return self.cannot_keep(&error),
            },
        };
        let waited = self.bookmark.waiting.remove(&uid);
        if let Some(why) = waits {
            if self.bookmark.waiting.len() >= MOST_WAITING {
                let why = format!("{MOST_WAITING} mails wait in the mailbox for a person already");
                return self.over(&why, true);
            }
            self.bookmark.waiting.insert(uid, why);
            if waited.is_none() {
                self.note(uid, why.words());
            }
        }
        self.bookmark.last = self.bookmark.last.max(uid);
        if self.remember() {
            self.next();
        }
    }

    /// Makes the bookmark durable; whether it is.
    fn remember(&mut self) -> bool {
        match self.intake.remember(&self.account.key(), &self.bookmark) {
            Ok(()) => true,
            Err(error) => {
                self.cannot_keep(&error);
                false
            }
        }
    }

    fn note(&mut self, uid: u32, what: &str) {
        self.notes.push(format!("the mail with UID {uid} in {} {what}", self.account.mailbox));
    }

    fn cannot_keep(&mut self, error: &EngineError) {
        self.over(&format!("the house could not keep it: {error}"), false);
    }
}

/// A string in quotes; `None` if it holds what none may.
fn quoted(text: &str) -> Option<String> {
    let fits = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    fits.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}
