//! Mail that is handed over by LMTP.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    os::unix::net::UnixStream,
    sync::{Arc, Mutex},
};

use advisory::Mailbox;
use case::ProjectId;
use counterparts::mail::{
    Letterboxes,
    listener::{Address, Listener},
    lmtp::Session,
};
use engine::{EngineError, LARGEST_MAIL, Taker};
use proptest::{collection::vec, prelude::*, sample::select};

const OURS: Taker = Taker::Project(ProjectId([1; 16]));
const THEIRS: Taker = Taker::Project(ProjectId([2; 16]));

/// A house that keeps mail, or cannot.
#[derive(Default)]
struct House {
    kept: Mutex<Vec<(Taker, Vec<u8>)>>,
    broken: bool,
}

impl Letterboxes for House {
    fn taker(&self, address: &Mailbox) -> Result<Option<Taker>, EngineError> {
        let known = BTreeMap::from([
            ("security@example.org", OURS),
            ("psirt@example.org", OURS),
            ("security@example.net", THEIRS),
            ("lists@example.org", Taker::Ear),
            ("more@example.org", Taker::Ear),
        ]);
        Ok(known.get(address.as_str()).copied())
    }

    fn deliver(&self, taker: Taker, _: &Mailbox, raw: &[u8]) -> Result<(), EngineError> {
        if self.broken {
            return Err(EngineError::Busy);
        }
        self.kept.lock().unwrap().push((taker, raw.to_vec()));
        Ok(())
    }
}

/// All replies to what is said, in one piece.
fn replies(house: &House, said: &[u8]) -> String {
    let mut session = Session::begin(house);
    session.take(said);
    String::from_utf8(session.replies()).unwrap()
}

/// The codes of all replies after the greetings.
fn codes(house: &House, said: &str) -> Vec<String> {
    let answered = replies(house, format!("LHLO mx.example.org\r\n{said}").as_bytes());
    let lines = answered.lines().skip(1).filter(|line| line.get(3..4) == Some(" "));
    lines.skip(1).map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_mail_is_kept_before_it_is_acknowledged() {
    let house = House::default();
    let said = "MAIL FROM:<rita@example.com> BODY=8BITMIME SIZE=40\r\n\
                RCPT TO:<security@example.org>\r\nDATA\r\nSubject: Hi\r\n\r\n..dot\r\n.\r\nQUIT\r\n";
    let answered = codes(&house, said);
    assert_eq!(answered, ["250 2.1.0", "250 2.1.5", "354 end", "250 2.0.0", "221 2.0.0"]);
    let kept = house.kept.into_inner().unwrap();
    let raw: &[u8] = b"Return-Path: <rita@example.com>\r\nSubject: Hi\r\n\r\n.dot\r\n";
    assert_eq!(kept, [(OURS, raw.to_vec())]);
}

#[test]
fn what_cannot_be_kept_is_not_acknowledged() {
    let house = House { broken: true, ..House::default() };
    let said = "MAIL FROM:<>\r\nRCPT TO:<security@example.org>\r\nDATA\r\nHi\r\n.\r\nNOOP\r\n";
    assert_eq!(codes(&house, said).last_chunk(), Some(&["451 4.3.0".into(), "250 2.0.0".into()]));
}

#[test]
fn every_recipient_has_an_answer_and_every_project_one_mail() {
    let house = House::default();
    let said = "MAIL FROM:<r@example.com>\r\nRCPT TO:<security@example.org>\r\n\
                RCPT TO:<nobody@example.org>\r\nRCPT TO:<psirt@example.org>\r\n\
                RCPT TO:<@relay.example:security@example.net>\r\nDATA\r\nHi\r\n.\r\n";
    let answered = codes(&house, said);
    let expected = [
        "250 2.1.0",
        "250 2.1.5",
        "550 5.1.1",
        "250 2.1.5",
        "250 2.1.5",
        "354 end",
        "250 2.0.0",
        "250 2.0.0",
        "250 2.0.0",
    ];
    assert_eq!(answered, expected);
    let kept = house.kept.into_inner().unwrap();
    assert_eq!(kept.iter().map(|(project, _)| *project).collect::<Vec<_>>(), [OURS, THEIRS]);
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_kept() {
    let house = House::default();
    for (said, code) in [
        ("HELO mx\r\n", "500 5.5.1"),
        ("FROB\r\n", "500 5.5.1"),
        ("RCPT TO:<security@example.org>\r\n", "503 5.5.1"),
        ("DATA\r\n", "503 5.5.1"),
        ("MAIL FROM:rita@example.com\r\n", "501 5.5.4"),
        ("MAIL FROM:<a> SIZE=much\r\n", "501 5.5.4"),
        ("MAIL FROM:<a> SIZE=99999999999\r\n", "552 5.3.4"),
        ("MAIL FROM:<a>\r\nMAIL FROM:<b>\r\n", "503 5.5.1"),
        ("MAIL FROM:<a>\r\nRCPT TO:<\u{455}ecurity@example.org>\r\n", "550 5.1.1"),
        ("MAIL FROM:<a>\r\nRCPT TO:<security@example.org\r\n", "501 5.5.4"),
        ("MAIL FROM:<a>\r\nRCPT TO:<security@example.org>\r\nDATA now\r\n", "501 5.5.4"),
        ("MAIL FROM:<a>\r\nRCPT TO:<security@example.org>\r\nRSET\r\nDATA\r\n", "503 5.5.1"),
    ] {
        assert_eq!(codes(&house, said).last().map(String::as_str), Some(code), "{said}");
    }
    assert_eq!(codes(&house, &"FROB\r\n".repeat(30)).last().unwrap(), "421 4.4.2");
    let without_hello = replies(&house, b"MAIL FROM:<a>\r\n");
    assert!(without_hello.ends_with("one sender at a time\r\n"), "{without_hello}");
    assert_eq!(house.kept.into_inner().unwrap(), []);
}

#[test]
fn a_line_of_a_command_ends_with_cr_lf_and_nothing_else() {
    let house = House::default();
    for said in ["NOOP\nNOOP\r\n", "NO\rOP\r\n", "NOOP\r\r\n", &"N".repeat(2_000)] {
        let mut session = Session::begin(&house);
        session.take(said.as_bytes());
        assert!(session.over(), "{said:?}");
    }
}

#[test]
fn too_large_a_mail_is_read_to_its_end_and_refused() {
    let house = House::default();
    let mut session = Session::begin(&house);
    session.take(b"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<security@example.org>\r\nDATA\r\n");
    let line = [b"x".repeat(998), b"\r\n".to_vec()].concat();
    for _ in 0..=LARGEST_MAIL / line.len() {
        session.take(&line);
    }
    session.replies();
    session.take(b".\r\nNOOP\r\n");
    let answered = String::from_utf8(session.replies()).unwrap();
    assert!(answered.starts_with("552 5.3.4 ") && answered.contains("\r\n250 2.0.0"), "{answered}");
    assert_eq!(house.kept.into_inner().unwrap(), []);
}

/// As a mail server sends a body: a dot more in front of each line that begins with one.
fn stuffed(body: &[u8]) -> Vec<u8> {
    let mut sent = Vec::new();
    let mut at_start = true;
    for (at, byte) in body.iter().enumerate() {
        if at_start && *byte == b'.' {
            sent.push(b'.');
        }
        sent.push(*byte);
        at_start = *byte == b'\n' && at > 0 && body.get(at - 1) == Some(&b'\r');
    }
    sent
}

/// Pieces of which ends of mails and second mails are made.
fn piece() -> impl Strategy<Value = &'static [u8]> {
    select(vec![
        b"\r".as_slice(),
        b"\n",
        b".",
        b"\r\n",
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r\n..",
        b"\r\n.\r",
        b"\r\n.\r\r\n",
        b"\0",
        b"\r\n.\0\r\n",
        b"x",
        b"QUIT\r\n",
        b"MAIL FROM:<evil@example.com>\r\n",
        b"RCPT TO:<security@example.net>\r\n",
        b"DATA\r\n",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn no_body_holds_a_second_mail(
        pieces in vec(piece(), 0..24),
        cuts in vec(1_usize..9, 1..12),
    ) {
        let mut body = pieces.concat();
        if !body.is_empty() && !body.ends_with(b"\r\n") {
            body.extend_from_slice(b"\r\n");
        }
        let mut said = b"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<security@example.org>\r\nDATA\r\n".to_vec();
        said.extend(stuffed(&body));
        said.extend_from_slice(b".\r\nNOOP\r\n");
        let house = House::default();
        let mut session = Session::begin(&house);
        let (mut left, mut cuts) = (said.as_slice(), cuts.iter().cycle());
        while !left.is_empty() {
            let (now, later) = left.split_at(left.len().min(*cuts.next().unwrap()));
            session.take(now);
            left = later;
        }
        let answered = String::from_utf8(session.replies()).unwrap();
        prop_assert!(answered.ends_with("250 2.0.0 kept\r\n250 2.0.0 still here\r\n"), "{answered}");
        let kept = house.kept.into_inner().unwrap();
        let whole = [b"Return-Path: <>\r\n".as_slice(), &body].concat();
        prop_assert_eq!(kept, [(OURS, whole)]);
    }

    #[test]
    fn no_bytes_break_a_session(said in vec(any::<u8>(), 0..512)) {
        let house = House::default();
        let mut session = Session::begin(&house);
        session.take(&said);
        prop_assert!(session.replies().starts_with(b"220 "));
    }
}

fn talk(stream: &mut (impl std::io::Read + Write)) -> Vec<String> {
    let said =
        b"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<security@example.org>\r\nDATA\r\nHi\r\n.\r\nQUIT\r\n";
    stream.write_all(said).unwrap();
    BufReader::new(stream).lines().map(Result::unwrap).collect()
}

#[test]
fn mail_comes_by_tcp_and_by_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp");
    let house = Arc::new(House::default());
    for _ in 0..2 {
        let tcp: Address = "127.0.0.1:0".parse().unwrap();
        let unix: Address = format!("unix:{}", path.display()).parse().unwrap();
        let tcp = Listener::start(&tcp, Arc::<House>::clone(&house)).unwrap();
        let unix = Listener::start(&unix, Arc::<House>::clone(&house)).unwrap();
        let answered = talk(&mut TcpStream::connect(tcp.address().to_string()).unwrap());
        assert_eq!(answered.last().unwrap(), "221 2.0.0 goodbye");
        assert_eq!(talk(&mut UnixStream::connect(&path).unwrap()), answered);
        // Somebody who stays connected does not keep the house open.
        let idle = UnixStream::connect(&path).unwrap();
        tcp.stop();
        unix.stop();
        let last = BufReader::new(idle).lines().map(Result::unwrap).last();
        assert_eq!(last.as_deref(), Some("421 4.4.2 the house is closing: come again"));
        assert!(!path.exists());
    }
    assert_eq!(house.kept.lock().unwrap().len(), 4);
}

#[test]
fn a_socket_that_was_left_behind_is_taken_over_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp");
    let address = Address::Unix(path.clone());
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let house = Arc::new(House::default());
    let first = Listener::start(&address, Arc::<House>::clone(&house)).unwrap();
    let second = Listener::start(&address, Arc::<House>::clone(&house));
    assert!(second.is_err(), "another house listens there");
    first.stop();
    std::fs::write(&path, "a letter").unwrap();
    assert!(Listener::start(&address, house).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a letter");
}

#[test]
fn what_a_list_and_a_reporter_send_at_once_reaches_both() {
    let house = House::default();
    let to = ["lists@example.org", "security@example.org", "psirt@example.org", "more@example.org"];
    let to = to.map(|to| format!("RCPT TO:<{to}>\r\n")).concat();
    let answered = codes(&house, &format!("MAIL FROM:<>\r\n{to}DATA\r\n\r\nx\r\n.\r\n"));
    assert!(answered.ends_with(&vec!["250 2.0.0".to_owned(); 4]), "{answered:?}");
    let kept: Vec<Taker> = house.kept.into_inner().unwrap().iter().map(|(to, _)| *to).collect();
    assert_eq!(kept, [Taker::Ear, OURS, Taker::Ear]);
}
