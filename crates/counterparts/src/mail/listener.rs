//! The socket on which mail is handed over: TCP or a Unix socket, a thread for each connection.
//!
//! No more than [`MOST_CONNECTIONS`] are served at once, which also bounds memory: each holds one
//! mail at most. Others wait in the kernel's queue.

use std::{
    fmt, fs,
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::{
        fs::FileTypeExt,
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{Letterboxes, line::is_only_silence, lmtp::Session};

/// Connections served at once.
pub const MOST_CONNECTIONS: usize = 16;
/// How long a connection may say nothing (RFC 5321, 4.5.3.2.7).
const SILENCE: Duration = Duration::from_mins(5);
/// How long a connection may be deaf to the end of the house.
const DEAF: Duration = Duration::from_millis(250);
/// After an accept that failed: files may be short for a moment.
const BREATH: Duration = Duration::from_millis(100);
/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// Where mail is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `127.0.0.1:2400`
    Tcp(SocketAddr),
    /// `unix:/run/fermata/lmtp`
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("unix:") {
            Some("") => Err("write unix:PATH".into()),
            Some(path) => Ok(Self::Unix(path.into())),
            None => {
                text.parse().map(Self::Tcp).map_err(|_| "write ADDRESS:PORT or unix:PATH".into())
            }
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A listener that takes mail until it is stopped.
pub struct Listener {
    address: Address,
    stopping: Arc<AtomicBool>,
    accepting: JoinHandle<()>,
}

impl Listener {
    /// Begins to listen. A Unix socket that a house left behind is taken over; anything else in its
    /// place is an error.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn start(
        address: &Address,
        letterboxes: Arc<dyn Letterboxes + Send + Sync>,
    ) -> io::Result<Self> {
        let socket = Socket::bind(address)?;
        let address = socket.address(address)?;
        let stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopping);
        let work = move || accept(&socket, &letterboxes, &stop);
        let accepting = thread::Builder::new().name("lmtp".into()).spawn(work)?;
        Ok(Self { address, stopping, accepting })
    }

    /// Where it listens, with the port that it got.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Ends it: mail that is being kept is answered, other sessions are told to come again.
    pub fn stop(self) {
        self.stopping.store(true, Ordering::Release);
        // It waits for a connection, and gets this one.
        match &self.address {
            Address::Tcp(address) => drop(TcpStream::connect(address)),
            Address::Unix(path) => drop(UnixStream::connect(path)),
        }
        let _ = self.accepting.join();
        if let Address::Unix(path) = &self.address {
            let _ = fs::remove_file(path);
        }
    }
}

enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

trait Stream: Read + Write + Send {
    fn wait_at_most(&self, patience: Duration) -> io::Result<()>;
}

impl Stream for TcpStream {
    fn wait_at_most(&self, patience: Duration) -> io::Result<()> {
        self.set_nodelay(true)?;
        self.set_write_timeout(Some(SILENCE))?;
        self.set_read_timeout(Some(patience))
    }
}

impl Stream for UnixStream {
    fn wait_at_most(&self, patience: Duration) -> io::Result<()> {
        self.set_write_timeout(Some(SILENCE))?;
        self.set_read_timeout(Some(patience))
    }
}

impl Socket {
    fn bind(address: &Address) -> io::Result<Self> {
        match address {
            Address::Tcp(address) => TcpListener::bind(address).map(Self::Tcp),
            Address::Unix(path) => {
                remove_what_was_left(path)?;
                UnixListener::bind(path).map(Self::Unix)
            }
        }
    }

    fn address(&self, asked: &Address) -> io::Result<Address> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Address::Tcp),
            Self::Unix(_) => Ok(asked.clone()),
        }
    }

    fn accept(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match self {
            Self::Tcp(listener) => Box::new(listener.accept()?.0),
            Self::Unix(listener) => Box::new(listener.accept()?.0),
        })
    }
}

/// A socket that nobody listens on any more.
fn remove_what_was_left(path: &Path) -> io::Result<()> {
    let left = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if left && UnixStream::connect(path).is_err() { fs::remove_file(path) } else { Ok(()) }
}

/// How many connections are being served.
#[derive(Default)]
struct Served {
    count: Mutex<usize>,
    fewer: Condvar,
}

impl Served {
    fn one_more(&self) {
        let full = |count: &mut usize| *count >= MOST_CONNECTIONS;
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = self.fewer.wait_while(count, full).unwrap_or_else(PoisonError::into_inner);
        *count = count.saturating_add(1);
    }

    fn one_less(&self) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count = count.saturating_sub(1);
        self.fewer.notify_all();
    }

    fn wait_for_none(&self) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.fewer.wait_while(count, |count| *count > 0));
    }
}

fn accept(
    socket: &Socket,
    letterboxes: &Arc<dyn Letterboxes + Send + Sync>,
    stopping: &Arc<AtomicBool>,
) {
    let served = Arc::new(Served::default());
    while !stopping.load(Ordering::Acquire) {
        served.one_more();
        let (letterboxes, stop) = (Arc::clone(letterboxes), Arc::clone(stopping));
        let counted = Leaving(Arc::clone(&served));
        let spawned = socket.accept().and_then(|mut stream| {
            let work = move || {
                let _counted = counted;
                // The connection broke: whoever it was comes again.
                let _ = converse(&mut *stream, &*letterboxes, &stop);
            };
            thread::Builder::new().name("lmtp-session".into()).spawn(work)
        });
        if spawned.is_err() {
            thread::park_timeout(BREATH);
        }
    }
    served.wait_for_none();
}

/// Counts a connection out, however it ends.
struct Leaving(Arc<Served>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.one_less();
    }
}

fn converse(
    stream: &mut dyn Stream,
    letterboxes: &dyn Letterboxes,
    stopping: &AtomicBool,
) -> io::Result<()> {
    stream.wait_at_most(DEAF)?;
    let mut session = Session::begin(letterboxes);
    let mut chunk = vec![0; CHUNK];
    let mut silent = Duration::ZERO;
    loop {
        stream.write_all(&session.replies())?;
        if session.over() {
            return Ok(());
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                session.take(chunk.get(..count).unwrap_or_default());
                silent = Duration::ZERO;
            }
            Err(error) if is_only_silence(&error) => {
                silent += DEAF;
                if stopping.load(Ordering::Acquire) {
                    session.end("the house is closing: come again");
                } else if silent > SILENCE {
                    session.end("nothing came for five minutes");
                }
            }
            Err(error) => return Err(error),
        }
    }
}
