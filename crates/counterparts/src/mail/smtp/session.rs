//! The sending side of SMTP (RFC 5321), without a socket: replies in, commands out, and in the end
//! what became of the message.
//!
//! One message to one recipient. No command is sent before the last one is answered, and nothing may
//! come that was not asked for: what stands behind a reply before the connection is secured could be
//! anybody's.

use std::{fmt, mem, net::IpAddr};

use engine::message_id;

use super::{
    letter::{Envelope, Letter},
    reply::{Reader, Reply, Verdict},
};
use crate::mail::{
    sasl::{self, Mechanism},
    server::Login,
};

/// What ends a message, after the CR LF of its last line.
const END: &[u8] = b".\r\n";

/// How far a conversation has come: what is answered next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The connection.
    Connect,
    /// The server's greeting.
    Greeting,
    /// EHLO.
    Hello,
    /// STARTTLS, and TLS itself.
    Tls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, and the message up to its end.
    Data,
    /// The end of the message was sent.
    End,
    /// QUIT; what became of the message is known.
    Quit,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "the connection",
            Self::Greeting => "the greeting",
            Self::Hello => "EHLO",
            Self::Tls => "TLS",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::End => "the end of the message",
            Self::Quit => "QUIT",
        })
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has it, in its words.
    Taken(String),
    /// It was refused for good; nothing was taken.
    Refused {
        /// Where.
        at: Stage,
        /// Why.
        words: String,
    },
    /// Not now; nothing was taken.
    Later {
        /// Where.
        at: Stage,
        /// Why.
        words: String,
    },
    /// The whole message was sent, and the answer was lost: it may have been taken (RFC 1047).
    Uncertain(String),
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Send these bytes, all of them, and ask again.
    Send(Vec<u8>),
    /// Wait for bytes, and hand them over.
    Receive,
    /// Begin TLS on this connection; then say that it is [secured](Session::secured).
    Secure,
    /// Close the connection.
    Over,
}

/// How a session is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Not at all, or since before the greeting.
    AsItIs,
    /// The server must offer STARTTLS, or nothing is sent.
    StartTls,
}

/// What a client calls itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// By the address that it connects from.
    Address(IpAddr),
    /// It is on the same machine.
    Local,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V4(address)) => write!(f, "[{address}]"),
            Self::Address(IpAddr::V6(address)) => write!(f, "[IPv6:{address}]"),
            Self::Local => f.write_str("localhost"),
        }
    }
}

/// A message on its way, and how the server is met.
#[derive(Debug, Clone, Copy)]
pub struct Errand<'a> {
    /// From where and to whom.
    pub envelope: &'a Envelope,
    /// The message.
    pub letter: &'a Letter,
    /// What we call ourselves.
    pub name: Name,
    /// How the session becomes protected.
    pub protection: Protection,
    /// Who we are, where the server asks. It is said over TLS alone.
    pub login: Option<&'a Login>,
}

/// A session with a server.
#[derive(Debug)]
pub struct Session<'a> {
    errand: Errand<'a>,
    secured: bool,
    /// The server takes what notifications shall name a message by.
    notifies: bool,
    stage: Stage,
    state: State,
    reader: Reader,
    /// What is answered to a server that complains of a token.
    yielding: Option<&'static str>,
    /// And what it said.
    complaint: String,
    outcome: Option<Outcome>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Sending(Vec<u8>),
    Receiving,
    /// The server waits for the message.
    Content,
    /// All of the message was sent but its end.
    End,
    Securing,
    Over,
}

impl<'a> Session<'a> {
    /// A session that begins with the server's greeting; `secured` when TLS came before it.
    #[must_use]
    pub fn begin(errand: Errand<'a>, secured: bool) -> Self {
        Self {
            errand,
            secured,
            notifies: false,
            stage: Stage::Greeting,
            state: State::Receiving,
            reader: Reader::default(),
            yielding: None,
            complaint: String::new(),
            outcome: None,
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// What is to be done now. Whoever asks again after [`Next::Send`] has sent it all.
    pub fn proceed(&mut self) -> Next {
        match mem::replace(&mut self.state, State::Receiving) {
            State::Sending(bytes) => Next::Send(bytes),
            State::Receiving => Next::Receive,
            State::Content => {
                self.state = State::End;
                Next::Send(self.errand.letter.stuffed())
            }
            // From here on it may have been taken.
            State::End => {
                self.stage = Stage::End;
                Next::Send(END.to_vec())
            }
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
        if self.state != State::Receiving {
            return self.broken("the server speaks out of turn");
        }
        match self.reader.take(bytes) {
            Ok((None, _)) => {}
            Ok((Some(_), more)) if !more.is_empty() && self.stage < Stage::End => {
                self.broken("the server said more than it was asked");
            }
            Ok((Some(reply), _)) => self.answered(&reply),
            Err(nonsense) => self.broken(&nonsense.to_string()),
        }
    }

    /// TLS protects the connection from here on. What was learnt before is forgotten.
    pub fn secured(&mut self) {
        self.secured = true;
        self.reader = Reader::default();
        self.hello();
    }

    /// Nothing more can be sent or received, or nothing that makes sense.
    pub fn broken(&mut self, why: &str) {
        let words = why.to_owned();
        let outcome = match self.stage {
            Stage::End => Outcome::Uncertain(words),
            at => Outcome::Later { at, words },
        };
        self.outcome.get_or_insert(outcome);
        self.state = State::Over;
    }

    /// The server is not who it must be: nothing is sent to it.
    pub fn distrusted(&mut self, why: &str) {
        let refused = Outcome::Refused { at: self.stage, words: why.to_owned() };
        self.outcome.get_or_insert(refused);
        self.state = State::Over;
    }

    /// What became of the message, once it is over.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        let unasked = || Outcome::Later { at: self.stage, words: "it was broken off".into() };
        self.outcome.unwrap_or_else(unasked)
    }

    fn answered(&mut self, reply: &Reply) {
        match (self.stage, reply.code()) {
            (Stage::Greeting, 220) => self.hello(),
            (Stage::Hello, 250) => self.greeted(reply),
            (Stage::Tls, 220) => self.state = State::Securing,
            (Stage::Login, 235) => self.sender(),
            (Stage::Login, 334) if self.yielding.is_some() => {
                self.complaint = sasl::complaint(&reply.lines().collect::<String>());
                let yielding = self.yielding.take().unwrap_or_default();
                self.say(Stage::Login, yielding.into());
            }
            (Stage::Sender, 250) => {
                let to = &self.errand.envelope.recipient;
                self.say(Stage::Recipient, format!("RCPT TO:<{to}>"));
            }
            (Stage::Recipient, 250) => self.say(Stage::Data, "DATA".into()),
            (Stage::Data, 354) => self.state = State::Content,
            (Stage::End, 200..=299) => self.concluded(Outcome::Taken(reply.words())),
            (Stage::Quit, _) => self.state = State::Over,
            (Stage::End, 300..=399) => self.broken(&reply.words()),
            (at, _) => {
                let words = self.told(reply);
                self.concluded(match reply.verdict() {
                    Verdict::Later => Outcome::Later { at, words },
                    // A success of another kind than the one asked for, such as that another
                    // address will get it, is none.
                    Verdict::Never | Verdict::Done | Verdict::More => {
                        Outcome::Refused { at, words }
                    }
                });
            }
        }
    }

    fn told(&self, reply: &Reply) -> String {
        match self.errand.login {
            Some(login) if self.stage == Stage::Login => {
                login.hidden_in(&format!("{}{}", reply.words(), self.complaint))
            }
            _ => reply.words(),
        }
    }

    fn hello(&mut self) {
        self.say(Stage::Hello, format!("EHLO {}", self.errand.name));
    }

    /// The server has said what it can.
    fn greeted(&mut self, reply: &Reply) {
        let offers = |keyword: &str| {
            reply.lines().skip(1).find_map(|line| {
                let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
                word.eq_ignore_ascii_case(keyword).then_some(rest)
            })
        };
        if self.errand.protection == Protection::StartTls && !self.secured {
            return match offers("STARTTLS") {
                Some(_) => self.say(Stage::Tls, "STARTTLS".into()),
                None => self.impossible(Stage::Tls, "the server offers no STARTTLS"),
            };
        }
        self.notifies = offers("DSN").is_some();
        let size = self.errand.letter.as_bytes().len();
        let most = offers("SIZE").and_then(|most| most.parse().ok()).filter(|most| *most > 0);
        if most.is_some_and(|most: usize| most < size) {
            return self.impossible(Stage::Hello, "the message is larger than the server takes");
        }
        let Some(login) = self.errand.login else { return self.sender() };
        if !self.secured {
            return self.impossible(Stage::Login, "a password or a token is sent over TLS alone");
        }
        let ways = offers("AUTH").unwrap_or_default();
        let offered = |name: &str| ways.split(' ').any(|way| way.eq_ignore_ascii_case(name));
        match Mechanism::chosen(login, offered) {
            Some(way) => {
                self.yielding = way.yielding();
                self.say(Stage::Login, format!("AUTH {} {}", way.name(), way.response(login)));
            }
            None => self.impossible(Stage::Login, Mechanism::missing(login)),
        }
    }

    fn sender(&mut self) {
        let Envelope { sender, act, .. } = self.errand.envelope;
        let sender = sender.as_ref().map(ToString::to_string).unwrap_or_default();
        let named = act.filter(|_| self.notifies).map(|act| format!(" ENVID={}", message_id(act)));
        self.say(Stage::Sender, format!("MAIL FROM:<{sender}>{}", named.unwrap_or_default()));
    }

    /// All commands are made here, of words of our own, checked addresses and base64.
    fn say(&mut self, stage: Stage, command: String) {
        self.stage = stage;
        self.state = State::Sending((command + "\r\n").into_bytes());
    }

    fn impossible(&mut self, at: Stage, why: &str) {
        self.concluded(Outcome::Refused { at, words: why.into() });
    }

    fn concluded(&mut self, outcome: Outcome) {
        self.outcome.get_or_insert(outcome);
        self.say(Stage::Quit, "QUIT".into());
    }
}
