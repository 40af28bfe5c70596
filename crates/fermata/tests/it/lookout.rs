//! `fermata serve --feeds`: words of a case in a feed and on a list are seen, and stand nowhere in the clear.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use case::{Actor, CaseId, CommandId, sighting::Spot};
use engine::{Engine, Step};
use store::SqliteStore;

use crate::{
    program::Place,
    sends::{engine, house_with_a_report, settings},
    serve::Running,
};

const PATIENCE: Duration = Duration::from_mins(1);

fn house(place: &Place) -> Engine {
    engine(SqliteStore::open(&settings(place)).unwrap())
}

/// The one case, and its codename.
fn case(engine: &Engine) -> (CaseId, String) {
    let project = engine.projects().unwrap().remove(0);
    let ada = project.team.into_iter().next().unwrap();
    let [summary] = engine.cases(ada, None, 9).unwrap().cases.try_into().unwrap();
    (summary.case, summary.codename)
}

/// Serves one feed over and over; what was asked comes out at the other end.
fn feed(words: String) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/feed", listener.local_addr().unwrap());
    let (asked, heard) = mpsc::channel();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let question: Vec<String> =
                lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let length = words.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{words}"
            );
            let _ = asked.send(question.join("\n"));
        }
    });
    (url, heard)
}

fn assert_not_in_clear(folder: &Path, word: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_not_in_clear(&path, word);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(!found, "{} holds the word", path.display());
    }
}

#[test]
fn what_is_seen_stands_nowhere_in_the_clear() {
    let place = Place::new();
    let project = house_with_a_report(&place);
    let engine = house(&place);
    let ada = engine.project(project).unwrap().team.into_iter().next().unwrap();
    let ear = "lists@example.org".parse().unwrap();
    engine.open_ear(project, ada, &ear, CommandId([7; 16])).unwrap();
    let (id, name) = case(&engine);
    drop(engine);

    let (url, asked) = feed(format!("<entry><id>1</id>{name}</entry>"));
    fs::write(place.path().join("feeds"), format!("Example {url}\n")).unwrap();
    let house_runs = Running::start(&place, &["--lmtp", "127.0.0.1:0", "--feeds", "feeds"]);
    let mut lmtp = TcpStream::connect(house_runs.started["lmtp"].as_str().unwrap()).unwrap();
    let mail = format!(
        "LHLO a\r\nMAIL FROM:<x@lists.example>\r\nRCPT TO:<lists@example.org>\r\nDATA\r\n\
         Subject: hm\r\n\r\nIs it {name}?\r\n.\r\nQUIT\r\n"
    );
    lmtp.write_all(mail.as_bytes()).unwrap();
    let mut replies = String::new();
    lmtp.read_to_string(&mut replies).unwrap();
    assert!(replies.contains("250 2.0.0 kept"), "{replies}");
    let request = asked.recv_timeout(PATIENCE).unwrap();
    assert!(request.starts_with("GET /feed "), "{request}");
    assert!(!request.contains(&name) && !request.contains("Example"), "{request}");
    let (code, said) = house_runs.end("-TERM");
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains(&name), "{said}");
    assert_not_in_clear(&place.path().join("data"), &name);

    let engine = house(&place);
    // What was not read before the end is read afterwards.
    while engine.step().unwrap() == Step::Worked {}
    let seen = engine.view(id, Actor::House).unwrap().loaded.case.sightings;
    let mut spots: Vec<Spot> = seen.iter().map(|seen| seen.sighting.spot).collect();
    spots.sort_unstable();
    assert_eq!(spots, [Spot::List, Spot::Feed], "{seen:?}");
    assert_eq!(case(&engine).0, id, "the list's mail is no report");
    drop(engine);
    assert_not_in_clear(&place.path().join("data"), &name);
}

#[test]
fn feeds_are_named_by_project_and_address() {
    let place = Place::new();
    for (feeds, why) in [
        ("Example\n", "line 1: write a project's name"),
        ("\nExample http://192.0.2.1/\n", "line 2: without TLS"),
    ] {
        fs::write(place.path().join("feeds"), feeds).unwrap();
        let ended = place.run(&["serve", "--feeds", "feeds"]);
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.contains(why), "{}", ended.err);
    }
}
