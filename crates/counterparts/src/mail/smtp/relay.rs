//! The mail server that takes our mail: where it is, and a whole conversation with it.
//!
//! However a server behaves, a conversation ends in time.

use std::{fmt, io, str::FromStr, sync::Arc, time::Duration};

use engine::Clock;
use jiff::SignedDuration;

use super::{
    letter::{Envelope, Letter},
    line::{Connection, Line, Trouble},
    session::{Errand, Login, Next, Outcome, Protection, Session, Stage},
    trust::{Host, Trust},
};
use crate::mail::listener::Address;

/// Bytes read at once.
const CHUNK: usize = 4 * 1024;

/// How long a server is waited for. RFC 5321, 4.5.3.2, is more patient, because it speaks of the
/// whole world; and whoever waits here can do nothing else meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the connection.
    pub connect: Duration,
    /// For each reply up to the message.
    pub reply: Duration,
    /// For everything up to the end of the message.
    pub approach: Duration,
    /// For the answer to the whole message. To give up here leaves it uncertain.
    pub end: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            reply: Duration::from_secs(20),
            approach: Duration::from_mins(1),
            end: Duration::from_mins(1),
        }
    }
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// Before anything is said (RFC 8314).
    AtOnce,
    /// Once the server has offered it (RFC 3207); without it nothing is sent.
    Offered,
}

/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Server {
    /// On this machine, where nobody else hears what is said.
    Here(Address),
    /// Anywhere, with TLS.
    There(Host, Begins),
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let there = |host: &str, begins| Ok(Self::There(host.parse()?, begins));
        match (text.strip_prefix("tls:"), text.strip_prefix("starttls:")) {
            (Some(host), _) => there(host, Begins::AtOnce),
            (_, Some(host)) => there(host, Begins::Offered),
            _ => match text.parse() {
                Ok(Address::Tcp(address)) if !address.ip().to_canonical().is_loopback() => {
                    Err("without TLS, mail is handed to a server on this machine alone, such as \
                         127.0.0.1:25: write starttls:HOST:PORT or tls:HOST:PORT"
                        .into())
                }
                Ok(address) => Ok(Self::Here(address)),
                Err(_) => {
                    Err("write ADDRESS:PORT, unix:PATH, starttls:HOST:PORT or tls:HOST:PORT".into())
                }
            },
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(address) => write!(f, "{address}"),
            Self::There(host, Begins::AtOnce) => write!(f, "tls:{host}"),
            Self::There(host, Begins::Offered) => write!(f, "starttls:{host}"),
        }
    }
}

/// A mail server that takes our mail.
pub struct Relay {
    server: Server,
    trust: Option<Trust>,
    login: Option<Login>,
    patience: Patience,
    clock: Arc<dyn Clock>,
}

impl Relay {
    /// A server; `clock` tells how long it is waited for.
    #[must_use]
    pub fn new(server: Server, patience: Patience, clock: Arc<dyn Clock>) -> Self {
        Self { server, trust: None, login: None, patience, clock }
    }

    /// The same, where TLS is asked for. Without it nothing is sent to a server beyond this machine.
    #[must_use]
    pub fn with_trust(self, trust: Trust) -> Self {
        Self { trust: Some(trust), ..self }
    }

    /// The same, where the server wants to know who we are.
    #[must_use]
    pub fn with_login(self, login: Login) -> Self {
        Self { login: Some(login), ..self }
    }

    /// Where it is.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Sends a message to its one address, and tells what became of it.
    #[must_use]
    pub fn send(&self, envelope: &Envelope, letter: &Letter) -> Outcome {
        let later = |at, error: &io::Error| Outcome::Later { at, words: told(error) };
        let line = match Line::connect(&self.server, self.patience.connect, &self.clock) {
            Ok(line) => line,
            Err(error) => return later(Stage::Connect, &error),
        };
        let name = line.name();
        let mut connection = Connection::plain(line);
        let approach = after(&*self.clock, self.patience.approach);
        let secured = matches!(self.server, Server::There(_, Begins::AtOnce));
        if secured {
            connection.wait_until(self.until(Stage::Tls, approach));
            match self.secure(&mut connection) {
                Ok(()) => {}
                Err(Trouble::Distrusted(words)) => {
                    return Outcome::Refused { at: Stage::Tls, words };
                }
                Err(Trouble::Broken(error)) => return later(Stage::Tls, &error),
            }
        }
        let protection = match self.server {
            Server::There(_, Begins::Offered) => Protection::StartTls,
            _ => Protection::AsItIs,
        };
        let login = self.login.as_ref();
        let errand = Errand { envelope, letter, name, protection, login };
        let mut session = Session::begin(errand, secured);
        self.converse(&mut session, &mut connection, approach);
        session.outcome()
    }

    fn converse(
        &self,
        session: &mut Session<'_>,
        connection: &mut Connection,
        approach: SignedDuration,
    ) {
        let mut stage = Stage::Connect;
        let mut chunk = vec![0; CHUNK];
        loop {
            let next = session.proceed();
            if session.stage() != stage {
                stage = session.stage();
                connection.wait_until(self.until(stage, approach));
            }
            let went = match next {
                Next::Send(bytes) => connection.send(&bytes),
                Next::Receive => connection.receive(&mut chunk).map(|bytes| session.take(bytes)),
                Next::Secure => match self.secure(connection) {
                    Ok(()) => {
                        session.secured();
                        Ok(())
                    }
                    Err(Trouble::Distrusted(why)) => {
                        session.distrusted(&why);
                        Ok(())
                    }
                    Err(Trouble::Broken(error)) => Err(error),
                },
                Next::Over => return,
            };
            if let Err(error) = went {
                session.broken(&told(&error));
            }
        }
    }

    fn secure(&self, connection: &mut Connection) -> Result<(), Trouble> {
        match (&self.server, &self.trust) {
            (Server::There(host, _), Some(trust)) => connection.secure(trust, host),
            _ => Err(Trouble::Distrusted("it is not said whom to trust".into())),
        }
    }

    /// When a stage is given up.
    fn until(&self, stage: Stage, approach: SignedDuration) -> SignedDuration {
        match stage {
            Stage::End => after(&*self.clock, self.patience.end),
            Stage::Quit => after(&*self.clock, self.patience.reply),
            _ => after(&*self.clock, self.patience.reply).min(approach),
        }
    }
}

pub(super) fn after(clock: &dyn Clock, wait: Duration) -> SignedDuration {
    clock.boot().saturating_add(SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX))
}

/// A connection's end, for people.
fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the server closed the connection".into(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            "the server did not answer in time".into()
        }
        _ => error.to_string(),
    }
}
