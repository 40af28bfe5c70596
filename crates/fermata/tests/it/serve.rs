//! `fermata serve`

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::program::Place;

/// A house that is running.
pub(crate) struct Running {
    child: Child,
    pub(crate) started: Value,
}

impl Running {
    pub(crate) fn start(place: &Place, more: &[&str]) -> Self {
        Self::start_by(place.program(), more)
    }

    /// The same, where the program is run in its own way.
    pub(crate) fn start_by(mut command: Command, more: &[&str]) -> Self {
        command.args(["serve", "--json", "--data", "data", "--listen", "127.0.0.1:0"]).args(more);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let started = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut err = String::new();
            child.stderr.as_mut().unwrap().read_to_string(&mut err).unwrap();
            panic!("it did not start: {err}")
        });
        Self { child, started }
    }

    pub(crate) fn url(&self) -> &str {
        self.started["url"].as_str().unwrap()
    }

    pub(crate) fn link(&self) -> Option<&str> {
        self.started["link"].as_str()
    }

    /// A request, and the whole answer.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str) -> String {
        let host = self.url().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Uses its link up; the answer has the session's cookie.
    pub(crate) fn enter(&self) -> String {
        let link = self.link().unwrap().strip_prefix(self.url()).unwrap();
        let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\
                    Sec-Fetch-Site: same-origin\r\n";
        self.ask("POST", link, &format!("{form}Origin: {}\r\n", self.url()))
    }

    /// Asks it to end; its exit code, and what it said.
    pub(crate) fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(asked.success());
        let mut err = String::new();
        self.child.stderr.as_mut().unwrap().read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_house_starts_from_nothing_and_ends_in_order() {
    let place = Place::new();
    for signal in ["-TERM", "-INT"] {
        let house = Running::start(&place, &[]);
        assert!(house.ask("GET", "/healthz", "").starts_with("HTTP/1.1 200 "));
        assert!(house.ask("GET", "/readyz", "").starts_with("HTTP/1.1 200 "));
        let (code, err) = house.end(signal);
        assert_eq!((code, err.as_str()), (Some(0), "stopped\n"));
        let verified = place.run(&["journal", "verify", "--data", "data"]);
        assert_eq!(verified.code, Some(0), "it was closed in order: {verified:?}");
    }
    let key = place.path().join("data/instance.key");
    assert_eq!(std::fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_first_person_is_let_in_once() {
    let place = Place::new();
    let house = Running::start(&place, &[]);
    let link = house.link().unwrap().strip_prefix(house.url()).unwrap().to_owned();
    assert!(link.starts_with("/enter/"), "{link}");
    assert!(house.ask("GET", &link, "").starts_with("HTTP/1.1 200 "), "looking uses nothing up");
    let entered = house.enter();
    assert!(entered.starts_with("HTTP/1.1 303 "), "{entered}");
    assert!(entered.contains("set-cookie: "), "{entered}");
    assert!(house.enter().starts_with("HTTP/1.1 404 "));
    house.end("-TERM");
    let again = Running::start(&place, &[]);
    assert!(again.link().is_some(), "nobody has set a project up yet");
}

#[test]
fn two_houses_do_not_share_a_directory() {
    let place = Place::new();
    let house = Running::start(&place, &[]);
    let second = place.run(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(2));
    assert!(second.err.contains("in use"), "{}", second.err);
    assert!(house.ask("GET", "/healthz", "").starts_with("HTTP/1.1 200 "));
}

#[test]
fn only_those_who_are_known_are_invited() {
    let place = Place::new();
    let ended = place.run(&["serve", "--listen", "127.0.0.1:0", "--invite", "a@example.org"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("nobody here"), "{}", ended.err);
}

#[test]
fn a_mail_server_finds_the_house() {
    let place = Place::new();
    let house = Running::start(&place, &["--lmtp", "127.0.0.1:0"]);
    let mut mail = TcpStream::connect(house.started["lmtp"].as_str().unwrap()).unwrap();
    let said = "LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<security@example.org>\r\nQUIT\r\n";
    mail.write_all(said.as_bytes()).unwrap();
    let mut answer = String::new();
    mail.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("550 5.1.1 nobody here reads mail"), "{answer}");
    assert_eq!(house.end("-TERM").0, Some(0));
    let wrong = place.run(&["serve", "--lmtp", "somewhere"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("write ADDRESS:PORT or unix:PATH"), "{}", wrong.err);
}

#[test]
fn a_mailbox_is_read_by_who_is_known_there() {
    let place = Place::new();
    place.file("login", "fermata\n");
    for (arguments, why) in [
        (&["--imap", "127.0.0.1:143"][..], "--imap-login <FILE>"),
        (&["--imap-mailbox", "Reports"], "--imap"),
        (&["--imap", "192.0.2.1:143", "--imap-login", "login"], "on this machine alone"),
        (&["--imap", "tls:mail.example.org", "--imap-login", "login"], "password on the second"),
        (&["--imap", "unix:/imap", "--imap-login", "none"], "none cannot be read"),
        (
            &["--imap", "unix:/imap", "--imap-login", "login", "--imap-mailbox", "a\nb"],
            "the mailbox's name in one line",
        ),
    ] {
        let ended = place.run(&[&["serve", "--data", "data"], arguments].concat());
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains(why), "{}", ended.err);
        assert!(!place.path().join("data").exists(), "it has made nothing");
    }
    place.file("login", "fermata\nopen sesame\n");
    let house = Running::start(&place, &["--imap", "unix:imap", "--imap-login", "login"]);
    assert_eq!(house.started["imap"], "INBOX at unix:imap");
    let (code, err) = house.end("-TERM");
    assert_eq!(code, Some(0));
    assert!(err.contains("mail cannot be read by IMAP, at the connection: "), "{err}");
}

#[test]
fn a_file_that_is_no_key_for_mail_ends_it_before_it_listens() {
    let place = Place::new();
    place.file("key.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n");
    let mut command = place.program();
    let run = command.args(["serve", "--data", "data", "--mail-key", "key.asc"]).output().unwrap();
    let err = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2), "{err}");
    assert!(err.contains("key.asc: this is not an armoured secret key"), "{err}");
    assert!(!place.path().join("data").exists(), "it has made nothing");
}
