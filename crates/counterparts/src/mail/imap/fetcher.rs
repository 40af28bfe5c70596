//! The thread that reads a mailbox, as long as the house runs: it connects, listens, and comes again
//! when the connection is lost, however a server behaves.

use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use engine::Clock;
use jiff::SignedDuration;

use super::{
    intake::{Account, Watched, key},
    name::Name,
    session::{Next, Protection, Session, Trouble, Wait},
};
use crate::mail::{
    line::{self, Connection, Line, after, is_only_silence, told},
    oauth::Ungranted,
    server::{Begins, Identity, Server},
    trust::Trust,
};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;
/// How long the thread may be deaf to the end of the house.
const DEAF: Duration = Duration::from_millis(250);

/// How long a server is waited for, and how long it is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the connection.
    pub connect: Duration,
    /// For the whole answer to a command.
    pub reply: Duration,
    /// For a whole mail.
    pub mail: Duration,
    /// An IDLE without news: well under the half hour after which a server may hang up, so that a
    /// connection that is dead is noticed.
    pub idle: Duration,
    /// Between two questions for news, where the server has no IDLE.
    pub turn: Duration,
    /// A session: each new one looks after the mails that wait.
    pub session: Duration,
    /// After a first failure; each one in a row doubles it.
    pub first: Duration,
    /// After the last one, and after each that will not pass by itself.
    pub most: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            reply: Duration::from_mins(1),
            mail: Duration::from_mins(10),
            idle: Duration::from_mins(9),
            turn: Duration::from_mins(1),
            session: Duration::from_hours(1),
            first: Duration::from_secs(5),
            most: Duration::from_mins(5),
        }
    }
}

/// Which mailbox is read, and where.
pub struct Source {
    /// The server.
    pub server: Server,
    /// Whom to believe, for a server beyond this machine.
    pub trust: Option<Trust>,
    /// Who we are there.
    pub identity: Identity,
    /// The mailbox.
    pub mailbox: Name,
    /// How long anything takes.
    pub patience: Patience,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.mailbox, self.server)
    }
}

/// A server as it is named on a command line, where the usual port need not stand.
///
/// # Errors
/// How to write it.
pub fn server(text: &str) -> Result<Server, String> {
    let port = match text.split_once(':') {
        Some(("tls", host)) if !host.contains(':') => ":993",
        Some(("starttls", host)) if !host.contains(':') => ":143",
        _ => "",
    };
    format!("{text}{port}").parse()
}

/// A mailbox that is being read.
pub struct Fetcher {
    stopping: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Fetcher {
    /// Begins to read; `log` hears what goes wrong.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn start(
        source: Source,
        house: Arc<dyn Watched + Send + Sync>,
        clock: Arc<dyn Clock>,
        log: Arc<dyn Fn(&str) + Send + Sync>,
    ) -> io::Result<Self> {
        let stopping = Arc::new(AtomicBool::new(false));
        let reader = Reader { source, house, clock, log, stopping: Arc::clone(&stopping) };
        let work = move || reader.work();
        let thread = thread::Builder::new().name("imap".into()).spawn(work)?;
        Ok(Self { stopping, thread })
    }

    /// Ends it; a mail that is being taken in is taken in.
    pub fn stop(self) {
        self.stopping.store(true, Ordering::Release);
        self.thread.thread().unpark();
        let _ = self.thread.join();
    }
}

struct Reader {
    source: Source,
    house: Arc<dyn Watched + Send + Sync>,
    clock: Arc<dyn Clock>,
    log: Arc<dyn Fn(&str) + Send + Sync>,
    stopping: Arc<AtomicBool>,
}

impl Reader {
    fn work(&self) {
        let patience = self.source.patience;
        let (mut pause, mut said) = (patience.first, None);
        self.tell(Some("it was not reached yet"));
        while !self.stops() {
            let mut settled = false;
            let trouble = self.visit(&mut settled);
            if settled {
                (pause, said) = (patience.first, None);
            }
            let Some(Trouble { words, lasting, .. }) = trouble else { continue };
            if self.stops() {
                return;
            }
            self.tell(Some(&words));
            if said.as_ref() != Some(&words) {
                (self.log)(&format!("mail cannot be read by IMAP, {words}"));
            }
            said = Some(words);
            self.rest(if lasting { patience.most } else { pause });
            pause = pause.saturating_mul(2).min(patience.most);
        }
    }

    fn tell(&self, trouble: Option<&str>) {
        let key = key(&self.source.mailbox, self.source.identity.name());
        self.house.stands(&self.source.to_string(), &key, trouble);
    }

    fn stops(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    fn rest(&self, pause: Duration) {
        let until = after(&*self.clock, pause);
        while !self.stops() && self.clock.boot() < until {
            thread::park_timeout(pause.min(DEAF));
        }
    }

    /// One connection, from its beginning to its end.
    fn visit(&self, settled: &mut bool) -> Option<Trouble> {
        let Source { server, trust, identity, mailbox, patience } = &self.source;
        let trouble = |what: &str, why: &str, lasting| {
            Some(Trouble { words: format!("at {what}: {why}"), lasting, unbelieved: false })
        };
        let login = match identity.login() {
            Ok(login) => login,
            Err(Ungranted { words, lasting }) => return trouble("the login", &words, lasting),
        };
        let account = Account { login, mailbox: mailbox.clone() };
        let line = match Line::connect(server, patience.connect, &self.clock) {
            Ok(line) => line,
            Err(error) => return trouble("the connection", &told(&error), false),
        };
        let mut connection = Connection::plain(line);
        if matches!(server, Server::There(_, Begins::AtOnce)) {
            connection.wait_until(after(&*self.clock, patience.reply));
            match connection.secure(server, trust.as_ref()) {
                Ok(()) => {}
                Err(line::Trouble::Distrusted(why)) => return trouble("TLS", &why, true),
                Err(line::Trouble::Broken(error)) => return trouble("TLS", &told(&error), false),
            }
        }
        let protection = match server {
            Server::There(_, Begins::Offered) => Protection::StartTls,
            _ => Protection::AsItIs,
        };
        let mut session = Session::begin(&account, &*self.house, protection);
        self.converse(&mut session, &mut connection, settled);
        let mut trouble = session.trouble();
        if let Some(trouble) = trouble.as_mut().filter(|trouble| trouble.unbelieved) {
            trouble.lasting = !identity.renews(&account.login);
        }
        trouble
    }

    fn converse(&self, session: &mut Session<'_>, connection: &mut Connection, settled: &mut bool) {
        let Source { server, trust, patience, .. } = &self.source;
        let ends = after(&*self.clock, patience.session);
        let mut chunk = vec![0; CHUNK];
        let mut since = self.clock.boot();
        while !self.stops() {
            let went = match session.proceed() {
                Next::Send(bytes) => {
                    since = self.clock.boot();
                    connection.wait_until(after(&*self.clock, patience.reply));
                    connection.send(&bytes)
                }
                Next::Receive(wait) => {
                    if matches!(wait, Wait::News | Wait::Turn) && !*settled {
                        *settled = true;
                        self.tell(None);
                    }
                    if matches!(wait, Wait::News | Wait::Turn) && self.clock.boot() >= ends {
                        session.leave();
                        session.quiet();
                        continue;
                    }
                    self.receive(session, connection, (wait, since), &mut chunk)
                }
                Next::Secure => match connection.secure(server, trust.as_ref()) {
                    Ok(()) => {
                        session.secured();
                        Ok(())
                    }
                    Err(line::Trouble::Distrusted(why)) => {
                        session.distrusted(&why);
                        Ok(())
                    }
                    Err(line::Trouble::Broken(error)) => Err(error),
                },
                Next::Over => return,
            };
            if let Err(error) = went {
                session.broken(&told(&error));
            }
            for note in session.notes() {
                (self.log)(&note);
            }
        }
    }

    /// Waits for bytes, for a moment at most: the house may want to end.
    fn receive(
        &self,
        session: &mut Session<'_>,
        connection: &mut Connection,
        (wait, since): (Wait, SignedDuration),
        chunk: &mut [u8],
    ) -> io::Result<()> {
        let patience = &self.source.patience;
        let most = match wait {
            Wait::Reply => patience.reply,
            Wait::Mail => patience.mail,
            Wait::News => patience.idle,
            Wait::Turn => patience.turn,
        };
        let until =
            since.saturating_add(SignedDuration::try_from(most).unwrap_or(SignedDuration::MAX));
        connection.wait_until(after(&*self.clock, DEAF).min(until));
        match connection.receive(chunk) {
            Ok(bytes) => session.take(bytes),
            Err(error) if is_only_silence(&error) => {
                let over = self.clock.boot() >= until;
                match wait {
                    _ if !over => {}
                    Wait::News | Wait::Turn => session.quiet(),
                    Wait::Reply | Wait::Mail => return Err(error),
                }
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
