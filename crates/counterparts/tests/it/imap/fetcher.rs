//! The thread that reads a mailbox, with a server on a socket.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::net::UnixListener,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use counterparts::{
    SystemClock,
    mail::imap::{self, Fetcher, Identity, Patience, Source, Trust, session::MOST_AT_FIRST},
};
use engine::Clock;
use jiff::SignedDuration;
use rustls::{
    ServerConnection, StreamOwned,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::{House, Server, account, mail};
use crate::{
    feeds::Web,
    oauth::{Desk, for_an_hour, refused},
    smtp::server::{Stream, certified, file},
};

/// How a connection goes on once something was said to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Closed,
    Silent,
    /// A byte at a time, and never a whole reply in time.
    Trickle,
    /// Words without end, and without sense.
    Endless,
}

/// What a server on a socket does.
struct Play {
    server: Arc<Mutex<Server>>,
    /// For each connection: to the command that holds these words this happens.
    faults: Vec<Option<(&'static str, Fault)>>,
    /// By the certificate of this name; TLS comes first, or by STARTTLS.
    tls: Option<(&'static str, bool)>,
}

impl Play {
    fn of(server: Server) -> Self {
        Self { server: Arc::new(Mutex::new(server)), faults: Vec::new(), tls: None }
    }

    fn serve(self, accept: impl Fn() -> io::Result<Box<dyn Stream>> + Send + 'static) {
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
        thread::spawn(move || {
            let mut faults = self.faults.into_iter();
            while let Ok(stream) = accept() {
                let fault = faults.next().flatten();
                let (server, tls) = (Arc::clone(&self.server), self.tls);
                // Whoever goes away in the middle has gone away.
                let hold = move || drop(Held { stream, server, tls }.hold(fault));
                thread::spawn(hold);
            }
        });
    }

    fn on_a_socket(self) -> Running {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("imap");
        let listener = UnixListener::bind(&path).unwrap();
        let server = Arc::clone(&self.server);
        self.serve(move || Ok(Box::new(listener.accept()?.0)));
        Running { at: format!("unix:{}", path.display()), server, _folder: Some(folder) }
    }

    fn on_a_port(self, begins: &str) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Arc::clone(&self.server);
        self.serve(move || Ok(Box::new(listener.accept()?.0)));
        Running { at: format!("{begins}:localhost:{port}"), server, _folder: None }
    }
}

struct Running {
    at: String,
    server: Arc<Mutex<Server>>,
    _folder: Option<tempfile::TempDir>,
}

impl Running {
    fn puts(&self, uid: u32) {
        self.server.lock().unwrap().mails.insert(uid, mail(uid));
    }

    fn said(&self) -> Vec<String> {
        self.server.lock().unwrap().said.clone()
    }
}

struct Held {
    stream: Box<dyn Stream>,
    server: Arc<Mutex<Server>>,
    tls: Option<(&'static str, bool)>,
}

impl Held {
    fn secure(&mut self, name: &str) {
        let session = ServerConnection::new(Arc::new(certified(name))).unwrap();
        let plain = std::mem::replace(&mut self.stream, Box::new(io::empty()));
        self.stream = Box::new(StreamOwned::new(session, plain));
    }

    fn hold(mut self, fault: Option<(&'static str, Fault)>) -> io::Result<()> {
        if let Some((name, true)) = self.tls {
            self.secure(name);
        }
        let greeting = self.server.lock().unwrap().greeting();
        self.say("greeting", &greeting, fault)?;
        loop {
            let line = self.line()?;
            if let (Some((name, false)), true) = (self.tls, line.ends_with(" STARTTLS")) {
                let tag = line.split(' ').next().unwrap().to_owned();
                self.say(&line, format!("{tag} OK go on\r\n").as_bytes(), fault)?;
                self.secure(name);
                continue;
            }
            let mut reply = self.server.lock().unwrap().answer(&line);
            if line.ends_with(" IDLE") && fault.is_none_or(|(at, _)| at != "IDLE") {
                self.say(&line, &reply, fault)?;
                let told = self.server.lock().unwrap().mails.len();
                reply = self.news(told)?;
            }
            self.say(&line, &reply, fault)?;
        }
    }

    /// Tells of a new mail, once there is one.
    fn news(&mut self, told: usize) -> io::Result<Vec<u8>> {
        for _ in 0..100 {
            let count = self.server.lock().unwrap().mails.len();
            if count > told {
                return Ok(format!("* {count} EXISTS\r\n").into_bytes());
            }
            thread::park_timeout(Duration::from_millis(20));
            // Somebody may have gone.
            self.stream.flush()?;
        }
        Ok(Vec::new())
    }

    fn say(
        &mut self,
        line: &str,
        reply: &[u8],
        fault: Option<(&'static str, Fault)>,
    ) -> io::Result<()> {
        match fault.filter(|(at, _)| line.contains(at)).map(|(_, fault)| fault) {
            None => self.stream.write_all(reply)?,
            Some(Fault::Closed) => return Err(io::ErrorKind::ConnectionAborted.into()),
            Some(Fault::Silent) => return self.stream.read_to_end(&mut Vec::new()).map(drop),
            Some(Fault::Trickle) => {
                for byte in b"* OK ".iter().cycle() {
                    self.stream.write_all(&[*byte])?;
                    self.stream.flush()?;
                    thread::park_timeout(Duration::from_millis(20));
                }
            }
            Some(Fault::Endless) => loop {
                self.stream.write_all(&b"* 1 RECENT\r\n".repeat(1_000))?;
            },
        }
        self.stream.flush()
    }

    fn line(&mut self) -> io::Result<String> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while !line.ends_with(b"\r\n") {
            self.stream.read_exact(&mut byte)?;
            line.extend(byte);
        }
        Ok(String::from_utf8(line).unwrap().trim_end().to_owned())
    }
}

fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(2),
        reply: Duration::from_millis(400),
        mail: Duration::from_millis(800),
        idle: Duration::from_millis(600),
        turn: Duration::from_millis(100),
        session: Duration::from_hours(1),
        first: Duration::from_millis(50),
        most: Duration::from_millis(200),
    }
}

fn start(
    running: &Running,
    patience: Patience,
    trust: Option<Trust>,
    house: &Arc<House>,
) -> Fetcher {
    let server = imap::server(&running.at).unwrap();
    start_as(account().login.into(), (server, trust), patience, house)
}

fn start_as(
    identity: Identity,
    (server, trust): (imap::Server, Option<Trust>),
    patience: Patience,
    house: &Arc<House>,
) -> Fetcher {
    let source = Source { server, trust, identity, mailbox: account().mailbox, patience };
    let log = Arc::new(|words: &str| eprintln!("{words}"));
    Fetcher::start(source, Arc::<House>::clone(house), Arc::new(SystemClock), log).unwrap()
}

/// Waits for what must come soon.
fn soon(what: &str, mut come: impl FnMut() -> bool) {
    let until = SystemClock.boot() + SignedDuration::from_secs(20);
    while !come() {
        assert!(SystemClock.boot() < until, "{what} does not come");
        thread::park_timeout(Duration::from_millis(10));
    }
}

#[test]
fn mail_comes_as_soon_as_it_is_there() {
    let (running, house) = (Play::of(Server::with([1])).on_a_socket(), Arc::default());
    let fetcher = start(&running, Patience::default(), None, &house);
    soon("the first mail", || house.mails().len() == 1);
    soon("listening", || house.kept(|kept| kept.stands.last() == Some(&None)));
    running.puts(2);
    soon("the second mail", || house.mails().len() == 2);
    let began = SystemClock.boot();
    fetcher.stop();
    assert!(SystemClock.boot() - began < SignedDuration::from_secs(2), "it is deaf");
    assert_eq!(house.kept(|kept| kept.stands.clone()).len(), 2);
}

#[test]
fn where_there_is_no_idle_it_asks_and_a_session_ends_in_order() {
    let mut server = Server::with([1]);
    server.idles = false;
    let (running, house) = (Play::of(server).on_a_socket(), Arc::default());
    let patience = Patience { session: Duration::from_millis(300), ..patience() };
    let fetcher = start(&running, patience, None, &house);
    soon("the first mail", || house.mails().len() == 1);
    running.puts(2);
    soon("the second mail", || house.mails().len() == 2);
    let logouts = |said: &[String]| said.iter().filter(|line| line.ends_with(" LOGOUT")).count();
    soon("two sessions", || logouts(&running.said()) >= 2);
    fetcher.stop();
    assert!(house.kept(|kept| kept.stands.iter().skip(1).all(Option::is_none)));
}

#[test]
fn whatever_a_server_does_mail_is_read_in_the_end_and_once() {
    let moments =
        ["greeting", "CAPABILITY", "AUTHENTICATE", "AGZl", "EXAMINE", "UID FETCH 1:*", "PEEK"];
    thread::scope(|scope| {
        for fault in [Fault::Closed, Fault::Silent, Fault::Trickle, Fault::Endless] {
            for at in moments {
                scope.spawn(move || {
                    let mut play = Play::of(Server::with([1, 2]));
                    play.faults = vec![Some((at, fault)), Some((at, fault))];
                    let (running, house) = (play.on_a_socket(), Arc::default());
                    let fetcher = start(&running, patience(), None, &house);
                    soon(&format!("mail after {fault:?} at {at}"), || house.mails().len() == 2);
                    fetcher.stop();
                    assert_eq!(house.kept(|kept| kept.brought), 2, "{fault:?} at {at}");
                    let troubles = house.kept(|kept| kept.stands.iter().flatten().count());
                    assert!(troubles >= 3, "{fault:?} at {at}: it was told");
                });
            }
        }
    });
}

#[test]
fn a_connection_that_is_lost_while_it_listens_is_made_again() {
    for fault in [Fault::Closed, Fault::Silent, Fault::Trickle] {
        let mut play = Play::of(Server::with([1]));
        play.faults = vec![Some(("IDLE", fault))];
        let (running, house) = (play.on_a_socket(), Arc::default());
        let fetcher = start(&running, patience(), None, &house);
        soon("the first mail", || house.mails().len() == 1);
        running.puts(2);
        soon(&format!("the second mail after {fault:?}"), || house.mails().len() == 2);
        fetcher.stop();
    }
}

fn trust() -> Trust {
    Trust::in_these([CertificateDer::from_pem_file(file("authority.pem")).unwrap()]).unwrap()
}

#[test]
fn only_a_server_that_proves_who_it_is_hears_a_password() {
    for (begins, first) in [("tls", true), ("starttls", false)] {
        for (name, trusted) in [("localhost", true), ("other.example", false)] {
            let mut play = Play::of(Server::with([1]));
            play.tls = Some((name, first));
            let (running, house) = (play.on_a_port(begins), Arc::default());
            let fetcher = start(&running, patience(), Some(trust()), &house);
            if trusted {
                soon("mail by TLS", || house.mails().len() == 1);
                running.puts(2);
                soon("more of it", || house.mails().len() == 2);
            } else {
                soon("a word about it", || house.kept(|kept| kept.stands.len() > 1));
                let words = house.kept(|kept| kept.stands[1].clone()).unwrap();
                assert!(words.contains("certificate"), "{words}");
                assert!(running.said().is_empty(), "{:?}", running.said());
            }
            fetcher.stop();
        }
    }
}

#[test]
fn without_tls_nothing_is_said_to_a_server_elsewhere() {
    // It speaks without TLS where TLS comes first, and the other way round.
    for begins in ["tls", "starttls"] {
        let mut play = Play::of(Server::with([1]));
        play.tls = (begins == "starttls").then_some(("localhost", true));
        let (running, house) = (play.on_a_port(begins), Arc::default());
        let fetcher = start(&running, patience(), Some(trust()), &house);
        soon("a word about it", || house.kept(|kept| kept.stands.len() > 2));
        fetcher.stop();
        assert!(running.said().is_empty() && house.mails().is_empty(), "{:?}", running.said());
    }
    for (text, server) in [
        ("tls:mail.example.org", "tls:mail.example.org:993"),
        ("tls:mail.example.org:1993", "tls:mail.example.org:1993"),
        ("starttls:mail.example.org", "starttls:mail.example.org:143"),
        ("127.0.0.1:143", "127.0.0.1:143"),
        ("unix:/run/imap", "unix:/run/imap"),
    ] {
        assert_eq!(imap::server(text).unwrap().to_string(), server);
    }
    for wrong in ["192.0.2.1:143", "mail.example.org", "tls:", "tls:a:b", "127.0.0.1", "imap:a:1"] {
        assert!(imap::server(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_will_not_pass_is_not_tried_all_the_time() {
    let full = Server::with(1..=MOST_AT_FIRST + 1);
    let (running, house) = (Play::of(full).on_a_socket(), Arc::default());
    let patience = Patience { most: Duration::from_hours(1), ..patience() };
    let fetcher = start(&running, patience, None, &house);
    soon("a word about it", || house.kept(|kept| kept.stands.len() > 1));
    thread::park_timeout(Duration::from_millis(500));
    fetcher.stop();
    assert_eq!(running.said().iter().filter(|line| line.contains("EXAMINE")).count(), 1);
}

#[test]
fn nobody_there_is_told_and_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    let nobody = TcpStream::connect(at).is_err();
    assert!(nobody);
    let server = Arc::new(Mutex::new(Server::with([1])));
    let running = Running { at: at.to_string(), server, _folder: None };
    let house = Arc::default();
    let fetcher = start(&running, patience(), None, &house);
    soon("a word about it", || house.kept(|kept| kept.stands.len() > 2));
    fetcher.stop();
    let words = house.kept(|kept| kept.stands[1].clone()).unwrap();
    assert!(words.starts_with("at the connection: "), "{words}");
}

/// Reads by tokens, at a server that believes one of them; what does not pass is not tried again.
fn by_tokens(desk: &Desk, stale: bool, house: &Arc<House>) -> (Running, Fetcher) {
    let grant = Arc::new(desk.grant());
    if stale {
        grant.login().unwrap();
    }
    let server = Server { ways: &["XOAUTH2"], token: Some("at-2"), ..Server::with([1]) };
    let running = Play::of(server).on_a_socket();
    let patience = Patience { most: Duration::from_hours(1), ..patience() };
    let at = (imap::server(&running.at).unwrap(), None);
    let fetcher = start_as(Identity::Granted(grant), at, patience, house);
    (running, fetcher)
}

#[test]
fn a_token_that_is_not_believed_any_more_is_renewed() {
    let web = Web::answering(vec![for_an_hour("at-1"), for_an_hour("at-2")], None);
    let (desk, house) = (Desk::refreshing(&web), Arc::default());
    let (_running, fetcher) = by_tokens(&desk, true, &house);
    soon("mail by a new token", || house.mails().len() == 1);
    fetcher.stop();
    assert_eq!(web.asked().len(), 2);
}

#[test]
fn who_gives_tokens_out_may_be_away_for_a_while() {
    let web = Web::answering(vec![refused("503 Busy", ""), for_an_hour("at-2")], None);
    let (desk, house) = (Desk::refreshing(&web), Arc::default());
    let (running, fetcher) = by_tokens(&desk, false, &house);
    soon("mail by a token", || house.mails().len() == 1);
    fetcher.stop();
    let words = house.kept(|kept| kept.stands[1].clone()).unwrap();
    assert_eq!(words, "at the login: the token endpoint answers with 503");
    assert!(running.said().len() > 1);
}

#[test]
fn what_only_a_person_can_help_is_told_and_waits() {
    let no = refused("400 Bad", "{\"error\":\"invalid_grant\"}");
    for (answer, why) in [
        (no, "at the login: the token endpoint answers with 400: invalid_grant (somebody has"),
        (for_an_hour("at-1"), "at the login: NO [AUTHENTICATIONFAILED] no; of the token it says"),
    ] {
        let web = Web::answering(vec![answer, for_an_hour("at-2")], None);
        let (desk, house) = (Desk::refreshing(&web), Arc::default());
        let (_running, fetcher) = by_tokens(&desk, false, &house);
        soon("a word about it", || house.kept(|kept| kept.stands.len() > 1));
        thread::park_timeout(Duration::from_millis(500));
        fetcher.stop();
        let words = house.kept(|kept| kept.stands[1].clone()).unwrap();
        assert!(words.starts_with(why), "{words}");
        assert_eq!(web.asked().len(), 1);
    }
}
