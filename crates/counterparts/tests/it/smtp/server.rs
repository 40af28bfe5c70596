//! A mail server of a test. It takes everything for a line's end that some server ever took for one,
//! and at one stage of a conversation it may do something wrong.

use std::{
    io::{self, Read, Write},
    mem,
    net::TcpListener,
    os::unix::net::UnixListener,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use counterparts::{
    SystemClock,
    mail::{
        listener::Address,
        smtp::{Patience, Relay, Server, Stage},
    },
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::oauth::{COMPLAINT, believed, yielding};

/// A mail that it took, as it understood it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(super) sender: String,
    /// What notifications shall name it by.
    pub(super) named: String,
    pub(super) recipients: Vec<String>,
    /// Its lines, without what ended them.
    pub(super) lines: Vec<Vec<u8>>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Refused,
    NotNow,
    Closed,
    Silent,
    Garbage,
    HalfAReply,
    Trickle,
    /// What was asked is done, and the answer lost.
    Lost,
}

impl Fault {
    pub(super) const ALL: [Self; 8] = [
        Self::Refused,
        Self::NotNow,
        Self::Closed,
        Self::Silent,
        Self::Garbage,
        Self::HalfAReply,
        Self::Trickle,
        Self::Lost,
    ];
}

/// What it takes for the end of a line, beside CR LF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// An LF; whatever CRs stand before it are forgotten.
    Lf,
    /// An LF or a CR.
    Either,
}

/// What bytes go through.
pub(crate) trait Stream: Read + Write + Send {}

impl<S: Read + Write + Send> Stream for S {}

/// A server that runs, on a socket in a folder of its own.
pub(super) struct Running {
    folder: tempfile::TempDir,
    kept: Arc<Mutex<Vec<Kept>>>,
}

/// A server that speaks TLS, and wants to know who we are.
pub(crate) struct Secured {
    pub(crate) port: u16,
    kept: Arc<Mutex<Vec<Kept>>>,
}

impl Secured {
    /// By the certificate of that name; TLS comes first, or by STARTTLS.
    pub(super) fn start(name: &str, first: bool, faults: Vec<Option<(Stage, Fault)>>) -> Self {
        Self::guarded((name, first), faults, Doors { ways: "PLAIN", token: None })
    }

    /// By the certificate for localhost, to those who have a token, in these ways.
    pub(crate) fn believing(ways: &'static str, token: &'static str) -> Self {
        Self::guarded(("localhost", false), Vec::new(), Doors { ways, token: Some(token) })
    }

    fn guarded(
        (name, first): (&str, bool),
        faults: Vec<Option<(Stage, Fault)>>,
        doors: Doors,
    ) -> Self {
        let tls = Arc::new(certified(name));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&kept);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
        thread::spawn(move || {
            let mut faults = faults.into_iter();
            while let Ok((stream, _)) = listener.accept() {
                let fault = faults.next().flatten();
                let mut held = Conversation::new(Box::new(stream), Ends::Lf, fault, &keep);
                held.tls = Some(Arc::clone(&tls));
                held.doors = doors;
                if first {
                    held.secure();
                }
                let _ = held.hold();
            }
        });
        Self { port, kept }
    }

    pub(crate) fn kept(&self) -> Vec<Kept> {
        self.kept.lock().unwrap().clone()
    }
}

/// How a server lets anybody in.
#[derive(Clone, Copy)]
struct Doors {
    ways: &'static str,
    /// The token that it believes; without one, whatever is said.
    token: Option<&'static str>,
}

/// A file that was made for these tests.
pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

pub(crate) fn certified(name: &str) -> ServerConfig {
    let certificate = CertificateDer::from_pem_file(file(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(file(&format!("{name}.key"))).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider);
    let config = config.with_protocol_versions(rustls::DEFAULT_VERSIONS).unwrap();
    config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap()
}

impl Running {
    /// Serves one connection after the other. Each of the first ones has its fault; all later ones
    /// go well.
    pub(super) fn start(ends: Ends, faults: Vec<Option<(Stage, Fault)>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("smtp")).unwrap();
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&kept);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
        thread::spawn(move || {
            let mut faults = faults.into_iter();
            while let Ok((stream, _)) = listener.accept() {
                let fault = faults.next().flatten();
                // Whoever goes away in the middle has gone away.
                let _ = Conversation::new(Box::new(stream), ends, fault, &keep).hold();
            }
        });
        Self { folder, kept }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("smtp")
    }

    pub(super) fn relay(&self, patience: Patience) -> Relay {
        let server = Server::Here(Address::Unix(self.path()));
        Relay::new(server, patience, Arc::new(SystemClock))
    }

    pub(super) fn kept(&self) -> Vec<Kept> {
        self.kept.lock().unwrap().clone()
    }

    /// What it took since it was last asked.
    pub(super) fn take(&self) -> Vec<Kept> {
        mem::take(&mut self.kept.lock().unwrap())
    }
}

struct Conversation<'a> {
    stream: Box<dyn Stream>,
    /// TLS, for who asks for it.
    tls: Option<Arc<ServerConfig>>,
    doors: Doors,
    ends: Ends,
    fault: Option<(Stage, Fault)>,
    kept: &'a Mutex<Vec<Kept>>,
    unread: Vec<u8>,
    mail: Kept,
}

impl<'a> Conversation<'a> {
    fn new(
        stream: Box<dyn Stream>,
        ends: Ends,
        fault: Option<(Stage, Fault)>,
        kept: &'a Mutex<Vec<Kept>>,
    ) -> Self {
        let (doors, unread) = (Doors { ways: "PLAIN", token: None }, Vec::new());
        Self { stream, tls: None, doors, ends, fault, kept, unread, mail: Kept::default() }
    }

    fn hold(mut self) -> io::Result<()> {
        if matches!(self.fault, Some((Stage::Connect, _))) {
            return Ok(());
        }
        self.answer(Stage::Greeting, "220 sloppy", |_| {})?;
        loop {
            let line = String::from_utf8_lossy(&self.line()?).into_owned();
            match line.split(' ').next().unwrap_or_default() {
                "EHLO" => {
                    let offers = match self.tls {
                        None => {
                            format!(
                                "250-sloppy\r\n250-DSN\r\n250-AUTH {}\r\n250 SIZE 0",
                                self.doors.ways
                            )
                        }
                        Some(_) => "250-sloppy\r\n250 STARTTLS".into(),
                    };
                    self.answer(Stage::Hello, &offers, |_| {})?;
                }
                "STARTTLS" => {
                    self.answer(Stage::Tls, "220 go on", |_| {})?;
                    if !matches!(self.fault, Some((Stage::Tls, Fault::Refused | Fault::NotNow))) {
                        self.secure();
                    }
                }
                "AUTH" => self.let_in(&line)?,
                "MAIL" => {
                    self.answer(Stage::Sender, "250 from there", |mail| {
                        let named = line.split_once(" ENVID=").map(|(_, name)| name.to_owned());
                        let named = named.unwrap_or_default();
                        *mail = Kept { sender: path(&line), named, ..Kept::default() };
                    })?;
                }
                "RCPT" => {
                    self.answer(Stage::Recipient, "250 to them", |mail| {
                        mail.recipients.push(path(&line));
                    })?;
                }
                "DATA" => {
                    self.answer(Stage::Data, "354 go on", |_| {})?;
                    self.content()?;
                    let kept = self.kept;
                    self.answer(Stage::End, "250 kept it, thank you", |mail| {
                        kept.lock().unwrap().push(mem::take(mail));
                    })?;
                }
                "QUIT" => return self.answer(Stage::Quit, "221 goodbye", |_| {}),
                _ => self.say("500 what?\r\n")?,
            }
        }
    }

    fn let_in(&mut self, line: &str) -> io::Result<()> {
        let [_, way, response] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        if self.doors.token.is_none_or(|token| believed(way, response, token)) {
            return self.answer(Stage::Login, "235 welcome", |_| {});
        }
        self.say(&format!("334 {COMPLAINT}\r\n"))?;
        assert_eq!(self.line()?, yielding(way).as_bytes());
        self.say(&format!("535 5.7.8 no to {response}\r\n"))
    }

    /// Does what was asked and says so, unless this is where something goes wrong.
    fn answer(&mut self, at: Stage, reply: &str, effect: impl FnOnce(&mut Kept)) -> io::Result<()> {
        let reply = format!("{reply}\r\n");
        let fault = self.fault.filter(|(stage, _)| *stage == at).map(|(_, fault)| fault);
        let gone = || Err(io::ErrorKind::ConnectionAborted.into());
        match fault {
            Some(Fault::Refused) => return self.say("550 5.0.0 no\r\n"),
            Some(Fault::NotNow) => return self.say("450 4.0.0 later\r\n"),
            Some(Fault::Closed) => return gone(),
            Some(Fault::Silent) => return self.stream.read_to_end(&mut Vec::new()).map(drop),
            Some(Fault::Garbage) => return self.say("\u{0}what\n"),
            None | Some(Fault::HalfAReply | Fault::Trickle | Fault::Lost) => effect(&mut self.mail),
        }
        match fault {
            Some(Fault::Lost) => gone(),
            Some(Fault::HalfAReply) => {
                self.say(&reply[..reply.len() / 2])?;
                gone()
            }
            Some(Fault::Trickle) => reply.chars().try_for_each(|one| {
                thread::park_timeout(Duration::from_millis(120));
                self.say(&one.to_string())
            }),
            _ => self.say(&reply),
        }
    }

    fn say(&mut self, words: &str) -> io::Result<()> {
        self.stream.write_all(words.as_bytes())?;
        self.stream.flush()
    }

    fn secure(&mut self) {
        let Some(tls) = self.tls.take() else { return };
        let server = ServerConnection::new(tls).unwrap();
        let plain = mem::replace(&mut self.stream, Box::new(io::empty()));
        self.stream = Box::new(StreamOwned::new(server, plain));
    }

    /// A mail's lines up to a dot by itself.
    fn content(&mut self) -> io::Result<()> {
        loop {
            let mut line = self.line()?;
            // To some, a line ends at its NUL.
            line.truncate(line.iter().position(|byte| *byte == 0).unwrap_or(line.len()));
            match line.as_slice() {
                b"." => return Ok(()),
                [b'.', rest @ ..] => self.mail.lines.push(rest.to_vec()),
                _ => self.mail.lines.push(line),
            }
        }
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some((line, rest)) = self.ends.cut(&self.unread) {
                self.unread = rest;
                return Ok(line);
            }
            let mut chunk = [0; 4096];
            match self.stream.read(&mut chunk)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.unread.extend_from_slice(&chunk[..count]),
            }
        }
    }
}

impl Ends {
    /// The first line, and what stands after it.
    fn cut(self, bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        let ends = |byte: &u8| *byte == b'\n' || (self == Self::Either && *byte == b'\r');
        let end = bytes.iter().position(ends)?;
        // Whether an LF follows a CR shows only with the next byte.
        let after = match (bytes[end], bytes.get(end + 1)) {
            (b'\r', Some(b'\n')) => end + 2,
            (b'\r', None) => return None,
            _ => end + 1,
        };
        let mut line = bytes[..end].to_vec();
        while line.last() == Some(&b'\r') {
            line.pop();
        }
        Some((line, bytes[after..].to_vec()))
    }
}

fn path(line: &str) -> String {
    let path = line.split_once('<').map_or(line, |(_, path)| path);
    path.split_once('>').map_or(path, |(path, _)| path).to_owned()
}
