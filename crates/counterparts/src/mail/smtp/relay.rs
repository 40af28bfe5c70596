//! The connection to the mail server that takes our mail: TCP or a Unix socket.
//!
//! However a server behaves, a conversation ends in time: bytes that trickle in do not extend it.

use std::{
    fmt,
    io::{self, Read, Write},
    net::TcpStream,
    os::unix::net::UnixStream,
    path::Path,
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use engine::Clock;
use jiff::SignedDuration;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::{
    letter::{Envelope, Letter},
    session::{Errand, Name, Next, Outcome, Protection, Session, Stage},
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

/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Server {
    /// On this machine, where nobody else hears what is said.
    Here(Address),
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse()? {
            Address::Tcp(address) if !address.ip().to_canonical().is_loopback() => {
                Err("mail is handed to a server on this machine alone, such as 127.0.0.1:25".into())
            }
            address => Ok(Self::Here(address)),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(address) => write!(f, "{address}"),
        }
    }
}

/// A mail server that takes our mail.
pub struct Relay {
    server: Server,
    patience: Patience,
    clock: Arc<dyn Clock>,
}

impl Relay {
    /// The server at an address; `clock` tells how long it is waited for.
    #[must_use]
    pub fn new(server: Server, patience: Patience, clock: Arc<dyn Clock>) -> Self {
        Self { server, patience, clock }
    }

    /// Where it is.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Sends a message to its one address, and tells what became of it.
    #[must_use]
    pub fn send(&self, envelope: &Envelope, letter: &Letter) -> Outcome {
        let mut line = match self.connect() {
            Ok(line) => line,
            Err(error) => {
                return Outcome::Later { at: Stage::Connect, words: error.to_string() };
            }
        };
        let protection = Protection::AsItIs;
        let errand = Errand { envelope, letter, name: line.name(), protection, login: None };
        let mut session = Session::begin(errand, false);
        self.converse(&mut session, &mut line);
        session.outcome()
    }

    fn connect(&self) -> io::Result<Line> {
        let Server::Here(address) = &self.server;
        let socket = match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect_timeout(address, self.patience.connect)?;
                stream.set_nodelay(true)?;
                Socket::Tcp(stream)
            }
            Address::Unix(path) => Socket::Unix(connect_at_once(path)?),
        };
        Ok(Line { socket, clock: Arc::clone(&self.clock), until: SignedDuration::ZERO })
    }

    fn converse(&self, session: &mut Session<'_>, line: &mut Line) {
        let approach = after(&*self.clock, self.patience.approach);
        let mut stage = Stage::Connect;
        let mut chunk = vec![0; CHUNK];
        loop {
            let next = session.proceed();
            if session.stage() != stage {
                stage = session.stage();
                line.until = self.until(stage, approach);
            }
            let went = match next {
                Next::Send(bytes) => line.write_all(&bytes).and_then(|()| line.flush()),
                Next::Receive => receive(session, line, &mut chunk),
                Next::Secure => Err(io::Error::other("there is no TLS here")),
                Next::Over => return,
            };
            if let Err(error) = went {
                session.broken(&told(&error));
            }
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

fn after(clock: &dyn Clock, wait: Duration) -> SignedDuration {
    clock.boot().saturating_add(SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX))
}

fn receive(session: &mut Session<'_>, line: &mut Line, chunk: &mut [u8]) -> io::Result<()> {
    match line.read(chunk) {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(count) => {
            session.take(chunk.get(..count).unwrap_or_default());
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
        Err(error) => Err(error),
    }
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

/// A Unix socket whose server is too busy to accept is an error at once; a blocking connect would
/// wait for ever.
fn connect_at_once(path: &Path) -> io::Result<UnixStream> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    connect(&socket, &SocketAddrUnix::new(path)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// A connection that is given up at a set time.
struct Line {
    socket: Socket,
    clock: Arc<dyn Clock>,
    until: SignedDuration,
}

impl Line {
    fn name(&self) -> Name {
        match &self.socket {
            Socket::Tcp(stream) => {
                stream.local_addr().map_or(Name::Local, |address| Name::Address(address.ip()))
            }
            Socket::Unix(_) => Name::Local,
        }
    }

    /// How long may still be waited.
    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_sub(self.clock.boot());
        match Duration::try_from(left) {
            Ok(left) if !left.is_zero() => Ok(left),
            _ => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Read for Line {
    fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
        let left = Some(self.left()?);
        match &mut self.socket {
            Socket::Tcp(stream) => {
                stream.set_read_timeout(left)?;
                stream.read(chunk)
            }
            Socket::Unix(stream) => {
                stream.set_read_timeout(left)?;
                stream.read(chunk)
            }
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = Some(self.left()?);
        match &mut self.socket {
            Socket::Tcp(stream) => {
                stream.set_write_timeout(left)?;
                stream.write(bytes)
            }
            Socket::Unix(stream) => {
                stream.set_write_timeout(left)?;
                stream.write(bytes)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
