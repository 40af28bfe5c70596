//! The connection itself: TCP, a Unix socket or a stream within this process, with TLS or without. It
//! is given up at a set time, however slowly bytes come.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, TcpStream, ToSocketAddrs},
    os::unix::net::UnixStream,
    path::Path,
    sync::Arc,
    time::Duration,
};

use engine::Clock;
use jiff::SignedDuration;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use rustls::{ClientConnection, StreamOwned};

use super::{listener::Address, server::Server, smtp::Stream, trust::Trust};

/// Why a connection could not be secured.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server does not prove to be who it must be.
    Distrusted(String),
    /// It did not come to that.
    Broken(io::Error),
}

/// A connection, secured or not.
pub(super) struct Connection(State);

enum State {
    Plain(Line),
    Secured(Box<StreamOwned<ClientConnection, Line>>),
    /// Securing it failed: nothing is sent any more.
    Closed,
}

impl Connection {
    pub(super) fn plain(line: Line) -> Self {
        Self(State::Plain(line))
    }

    /// When it is given up.
    pub(super) fn wait_until(&mut self, until: SignedDuration) {
        match &mut self.0 {
            State::Plain(line) => line.until = until,
            State::Secured(stream) => stream.sock.until = until,
            State::Closed => {}
        }
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.0 {
            State::Plain(line) => line.write_all(bytes),
            State::Secured(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
            State::Closed => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Waits for bytes; there is at least one.
    pub(super) fn receive<'c>(&mut self, chunk: &'c mut [u8]) -> io::Result<&'c [u8]> {
        let count = loop {
            let read = match &mut self.0 {
                State::Plain(line) => line.read(chunk),
                State::Secured(stream) => stream.read(chunk),
                State::Closed => Ok(0),
            };
            match read {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => break count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        Ok(chunk.get(..count).unwrap_or_default())
    }

    /// Begins TLS, and goes on only with the server that was meant.
    pub(super) fn secure(&mut self, server: &Server, trust: Option<&Trust>) -> Result<(), Trouble> {
        let (Server::There(host, _), Some(trust)) = (server, trust) else {
            return Err(Trouble::Distrusted("it is not said whom to trust".into()));
        };
        let State::Plain(mut line) = std::mem::replace(&mut self.0, State::Closed) else {
            return Err(Trouble::Broken(io::ErrorKind::NotConnected.into()));
        };
        let client = ClientConnection::new(trust.config(), host.name());
        let mut client = client.map_err(|error| Trouble::Distrusted(error.to_string()))?;
        while client.is_handshaking() {
            client.complete_io(&mut line).map_err(trouble)?;
        }
        self.0 = State::Secured(Box::new(StreamOwned::new(client, line)));
        Ok(())
    }
}

/// A certificate that does not fit is no accident that passes.
fn trouble(error: io::Error) -> Trouble {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
            Trouble::Distrusted(error.to_string())
        }
        _ => Trouble::Broken(error),
    }
}

enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
    Joined(Box<dyn Stream>),
}

/// A connection as it is.
pub(super) struct Line {
    socket: Socket,
    clock: Arc<dyn Clock>,
    until: SignedDuration,
}

impl Line {
    pub(super) fn connect(
        server: &Server,
        patience: Duration,
        clock: &Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let until = after(&**clock, patience);
        let tcp = |address: &_| -> io::Result<Socket> {
            let stream = TcpStream::connect_timeout(address, left(&**clock, until)?)?;
            stream.set_nodelay(true)?;
            Ok(Socket::Tcp(stream))
        };
        let socket = match server {
            Server::Here(Address::Tcp(address)) => tcp(address)?,
            Server::Here(Address::Unix(path)) => Socket::Unix(connect_at_once(path)?),
            Server::There(host, _) => {
                let mut last = io::Error::from(io::ErrorKind::HostUnreachable);
                let mut tried = host.place().to_socket_addrs()?.map(|address| tcp(&address));
                tried.find_map(|tried| tried.map_err(|error| last = error).ok()).ok_or(last)?
            }
        };
        Ok(Self { socket, clock: Arc::clone(clock), until })
    }

    /// To a server in this process, which does not keep anybody waiting.
    pub(super) fn joined(stream: Box<dyn Stream>, clock: &Arc<dyn Clock>) -> Self {
        let until = clock.boot();
        Self { socket: Socket::Joined(stream), clock: Arc::clone(clock), until }
    }

    /// Where it comes from; `None` where that is this machine.
    pub(super) fn from(&self) -> Option<IpAddr> {
        match &self.socket {
            Socket::Tcp(stream) => stream.local_addr().ok().map(|address| address.ip()),
            Socket::Unix(_) | Socket::Joined(_) => None,
        }
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

/// How long may still be waited.
fn left(clock: &dyn Clock, until: SignedDuration) -> io::Result<Duration> {
    match Duration::try_from(until.saturating_sub(clock.boot())) {
        Ok(left) if !left.is_zero() => Ok(left),
        _ => Err(io::ErrorKind::TimedOut.into()),
    }
}

impl Read for Line {
    fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
        let left = Some(left(&*self.clock, self.until)?);
        match &mut self.socket {
            Socket::Tcp(stream) => {
                stream.set_read_timeout(left)?;
                stream.read(chunk)
            }
            Socket::Unix(stream) => {
                stream.set_read_timeout(left)?;
                stream.read(chunk)
            }
            Socket::Joined(stream) => stream.read(chunk),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = Some(left(&*self.clock, self.until)?);
        match &mut self.socket {
            Socket::Tcp(stream) => {
                stream.set_write_timeout(left)?;
                stream.write(bytes)
            }
            Socket::Unix(stream) => {
                stream.set_write_timeout(left)?;
                stream.write(bytes)
            }
            Socket::Joined(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// When a wait that begins now is given up.
pub(super) fn after(clock: &dyn Clock, wait: Duration) -> SignedDuration {
    clock.boot().saturating_add(SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX))
}

/// A connection's end, for people.
pub(super) fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the server closed the connection".into(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            "the server did not answer in time".into()
        }
        _ => error.to_string(),
    }
}

/// What is no ASCII is shown as unknown: it is not ours to guess at.
pub(super) fn printable(text: &[u8]) -> String {
    let shown = |byte: &u8| match byte {
        b'\t' => ' ',
        byte if byte.is_ascii() => char::from(*byte),
        _ => char::REPLACEMENT_CHARACTER,
    };
    text.iter().map(shown).collect()
}

/// Whether nothing came, and nothing else is wrong.
pub(super) fn is_only_silence(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}
