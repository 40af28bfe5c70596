//! The mail server that takes our mail: a whole conversation with it.
//!
//! However a server behaves, a conversation ends in time.

use std::{
    io::{self, Read, Write},
    sync::Arc,
    time::Duration,
};

use engine::Clock;
use jiff::SignedDuration;

use super::{
    letter::{Envelope, Letter},
    session::{Errand, Name, Next, Outcome, Protection, Session, Stage},
};
use crate::mail::{
    line::{Connection, Line, Trouble, after, told},
    oauth::Ungranted,
    server::{Begins, Identity, Login, Server},
    trust::Trust,
};

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

/// Bytes both ways.
pub trait Stream: Read + Write + Send {}

impl<S: Read + Write + Send> Stream for S {}

type Join = Box<dyn Fn() -> io::Result<Box<dyn Stream>> + Send + Sync>;

/// How a server is reached.
enum Way {
    Server(Server),
    /// It is in this process: there is no socket.
    Joined(Join),
}

/// A mail server that takes our mail.
pub struct Relay {
    way: Way,
    trust: Option<Trust>,
    identity: Option<Identity>,
    patience: Patience,
    clock: Arc<dyn Clock>,
}

impl Relay {
    /// A server; `clock` tells how long it is waited for.
    #[must_use]
    pub fn new(server: Server, patience: Patience, clock: Arc<dyn Clock>) -> Self {
        Self { way: Way::Server(server), trust: None, identity: None, patience, clock }
    }

    /// A server in this process, such as a drill's: every conversation is held over a stream of its
    /// own, and otherwise as with any server.
    pub fn joined<S: Stream + 'static>(
        connect: impl Fn() -> io::Result<S> + Send + Sync + 'static,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let join: Join = Box::new(move || Ok(Box::new(connect()?)));
        Self {
            way: Way::Joined(join),
            trust: None,
            identity: None,
            patience: Patience::default(),
            clock,
        }
    }

    /// The same, where TLS is asked for. Without it nothing is sent to a server beyond this machine.
    #[must_use]
    pub fn with_trust(self, trust: Trust) -> Self {
        Self { trust: Some(trust), ..self }
    }

    /// The same, where the server wants to know who we are.
    #[must_use]
    pub fn with_login(self, identity: impl Into<Identity>) -> Self {
        Self { identity: Some(identity.into()), ..self }
    }

    /// Which it is, for people.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.way {
            Way::Server(server) => format!("mail server at {server}"),
            Way::Joined(_) => "mail server in this process".into(),
        }
    }

    /// Sends a message to its one address, and tells what became of it.
    #[must_use]
    pub fn send(&self, envelope: &Envelope, letter: &Letter) -> Outcome {
        let Some(identity) = &self.identity else { return self.send_as(None, envelope, letter) };
        match self.send_by(identity, envelope, letter) {
            (_, true) => self.send_by(identity, envelope, letter).0,
            (outcome, false) => outcome,
        }
    }

    /// The same, and whether the server did not believe us, but may believe a newer token.
    fn send_by(
        &self,
        identity: &Identity,
        envelope: &Envelope,
        letter: &Letter,
    ) -> (Outcome, bool) {
        let at = Stage::Login;
        let login = match identity.login() {
            Ok(login) => login,
            Err(Ungranted { words, lasting: true }) => {
                return (Outcome::Refused { at, words }, false);
            }
            Err(Ungranted { words, .. }) => return (Outcome::Later { at, words }, false),
        };
        let outcome = self.send_as(Some(&login), envelope, letter);
        let unbelieved = matches!(outcome, Outcome::Refused { at: Stage::Login, .. });
        (outcome, unbelieved && identity.renews(&login))
    }

    fn send_as(&self, login: Option<&Login>, envelope: &Envelope, letter: &Letter) -> Outcome {
        let later = |at, error: &io::Error| Outcome::Later { at, words: told(error) };
        let line = match &self.way {
            Way::Server(server) => Line::connect(server, self.patience.connect, &self.clock),
            Way::Joined(join) => join().map(|stream| Line::joined(stream, &self.clock)),
        };
        let line = match line {
            Ok(line) => line,
            Err(error) => return later(Stage::Connect, &error),
        };
        let name = line.from().map_or(Name::Local, Name::Address);
        let mut connection = Connection::plain(line);
        let approach = after(&*self.clock, self.patience.approach);
        let secured = matches!(self.way, Way::Server(Server::There(_, Begins::AtOnce)));
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
        let protection = match self.way {
            Way::Server(Server::There(_, Begins::Offered)) => Protection::StartTls,
            _ => Protection::AsItIs,
        };
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
        match &self.way {
            Way::Server(server) => connection.secure(server, self.trust.as_ref()),
            Way::Joined(_) => Err(Trouble::Distrusted("it is not said whom to trust".into())),
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
