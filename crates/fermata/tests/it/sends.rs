//! `fermata serve --smtp`: from a report to a mail in somebody's hands, and the answer back.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use case::{Actor, CommandId, ProjectId, act::ActState};
use counterparts::SystemClock;
use engine::{Contact, Engine, Parts, Submission, Texts, ports::Ports, read_mail};
use playbook::Playbook;
use store::{KeySource, Kind, OsEntropy, Settings, SqliteStore};

use crate::{program::Place, serve::Running};

const PROJECT: CommandId = CommandId([1; 16]);

pub(crate) fn settings(place: &Place) -> Settings {
    let (dir, entropy) = (place.path().join("data"), Arc::new(OsEntropy));
    Settings { dir, kind: Kind::Live, key: KeySource::InDataDir, entropy }
}

pub(crate) fn engine(store: SqliteStore) -> Engine {
    engine_at(store, "clones".into())
}

/// One that reads mirrors in a folder.
pub(crate) fn engine_at(store: SqliteStore, clones: PathBuf) -> Engine {
    engine_of(store, clones, playbook::shipped("minimal").unwrap())
}

/// One that knows a playbook.
pub(crate) fn engine_of(store: SqliteStore, clones: PathBuf, playbook: Playbook) -> Engine {
    engine_with(store, counterparts::ports(clones, None), playbook)
}

pub(crate) fn engine_with(store: SqliteStore, ports: Ports, playbook: Playbook) -> Engine {
    Engine::new(Parts {
        store: Arc::new(store),
        ports,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        playbooks: vec![playbook],
        texts: Texts::load(None).unwrap(),
    })
}

/// A house with a project whose mail arrives at an address, and a report that is not acknowledged.
pub(crate) fn house_with_a_report(place: &Place) -> ProjectId {
    let engine = engine(SqliteStore::create(&settings(place)).unwrap());
    let contact = Contact { name: "Ada".into(), mailbox: None, login: None };
    let ada = engine.add_person(&contact).unwrap();
    let playbook = playbook::shipped("minimal").unwrap();
    let policy = playbook.policy(&playbook::Settings {
        project: "Example".into(),
        repositories: vec!["example".into()],
        lists: BTreeMap::new(),
    });
    let project = engine.create_project(ada, &policy, &playbook.pin(), PROJECT).unwrap();
    let address = "security@example.org".parse().unwrap();
    engine.open_letterbox(project, ada, &address, CommandId([2; 16])).unwrap();
    let submission = Submission {
        command: CommandId([3; 16]),
        channel: "form".into(),
        raw: b"raw".to_vec(),
        name: "Rita".into(),
        mailbox: Some("rita@example.com".parse().unwrap()),
        automatic: false,
        encrypted: false,
        title: "It crashes".into(),
        text: "Send it a comma.".into(),
        deadline: None,
    };
    engine.receive(project, &submission).unwrap();
    project
}

/// Plays a mail server for one mail; all lines that were said to it.
fn take_one(listener: &TcpListener) -> Vec<String> {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.write_all(b"220 mx.example.org ESMTP\r\n").unwrap();
    let (mut said, mut in_data) = (Vec::new(), false);
    for line in BufReader::new(stream.try_clone().unwrap()).lines() {
        let line = line.unwrap();
        let reply = match line.split(' ').next().unwrap() {
            "." => "250 2.0.0 queued",
            _ if in_data => "",
            "DATA" => "354 go on",
            "QUIT" => "221 goodbye",
            _ => "250 go on",
        };
        in_data = (in_data || line == "DATA") && line != ".";
        said.push(line);
        if !reply.is_empty() {
            stream.write_all(format!("{reply}\r\n").as_bytes()).unwrap();
        }
    }
    said
}

#[test]
fn a_report_is_acknowledged_by_mail_and_answered() {
    let place = Place::new();
    let project = house_with_a_report(&place);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = server.local_addr().unwrap().to_string();
    let house = Running::start(&place, &["--smtp", &at, "--lmtp", "127.0.0.1:0"]);
    assert_eq!(house.started["smtp"].as_str(), Some(at.as_str()));
    let said = take_one(&server);
    assert_eq!(
        said[..4],
        ["EHLO [127.0.0.1]", "MAIL FROM:<>", "RCPT TO:<rita@example.com>", "DATA"]
    );
    let mail = read_mail(said[4..].join("\r\n").as_bytes()).unwrap();
    assert_eq!(mail.from, Some("security@example.org".parse().unwrap()));
    assert!(mail.automatic);

    let mut lmtp = TcpStream::connect(house.started["lmtp"].as_str().unwrap()).unwrap();
    let id = said.iter().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
    let answer = format!(
        "LHLO a\r\nMAIL FROM:<rita@example.com>\r\nRCPT TO:<Security@example.org>\r\nDATA\r\n\
         From: rita@example.com\r\nSubject: Re: hello\r\nIn-Reply-To: {id}\r\n\r\n\
         Thank you.\r\n.\r\nQUIT\r\n"
    );
    lmtp.write_all(answer.as_bytes()).unwrap();
    let mut replies = String::new();
    lmtp.read_to_string(&mut replies).unwrap();
    assert!(replies.contains("250 2.0.0 kept"), "{replies}");
    assert_eq!(house.end("-TERM").0, Some(0));

    let engine = engine(SqliteStore::open(&settings(&place)).unwrap());
    let ada = engine.project(project).unwrap().team.into_iter().next().unwrap();
    let [summary] = engine.cases(ada, None, 10).unwrap().cases.try_into().unwrap();
    let case = engine.view(summary.case, Actor::House).unwrap().loaded.case;
    let act = case.acts.values().next().unwrap();
    let ActState::Done { proof, .. } = &act.state else { panic!("{:?}", act.state) };
    assert_eq!(proof.reference, format!("{id}: 250 2.0.0 queued"));
    let [message] = case.messages.as_slice() else { panic!("{:?}", case.messages) };
    assert!(message.text.contains("Thank you."), "{}", message.text);
}

#[test]
fn mail_is_handed_to_a_server_on_this_machine_alone() {
    let place = Place::new();
    let ended = place.run(&["serve", "--smtp", "192.0.2.1:25"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("on this machine alone"), "{}", ended.err);
    std::fs::write(place.path().join("login"), "fermata\n").unwrap();
    for (server, why) in [
        ("tls:mx.example.org:465", "the password on the second"),
        ("127.0.0.1:25", "over TLS alone"),
    ] {
        let ended = place.run(&["serve", "--smtp", server, "--smtp-login", "login"]);
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.contains(why), "{}", ended.err);
    }
}
