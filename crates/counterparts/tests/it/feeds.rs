//! Feeds on the web, against a server that answers as it likes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use counterparts::WebFeeds;
use engine::ports::{Feed, Feeds, PortError};
use rustls::{
    ServerConnection, StreamOwned,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::smtp::server::{certified, file};

/// Longer than anything takes here that does not hang.
const PATIENCE: Duration = Duration::from_secs(20);

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// Answers one question after the other, and keeps what was asked: the head in small letters, and the
/// body.
pub(crate) struct Web {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Web {
    pub(crate) fn answering(answers: Vec<Vec<u8>>, certificate: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&asked);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
        thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().unwrap();
                let mut stream: Box<dyn Stream> = match certificate {
                    None => Box::new(stream),
                    Some(name) => {
                        let tls = ServerConnection::new(Arc::new(certified(name))).unwrap();
                        Box::new(StreamOwned::new(tls, stream))
                    }
                };
                let mut question = BufReader::new(&mut stream);
                let lines = question.by_ref().lines().map_while(Result::ok);
                let head: Vec<String> =
                    lines.take_while(|line| !line.is_empty()).map(|l| l.to_lowercase()).collect();
                let size = head.iter().find_map(|line| line.strip_prefix("content-length: "));
                let mut body = vec![0; size.map_or(0, |size| size.parse().unwrap())];
                question.read_exact(&mut body).unwrap();
                // Who turns away before the question has asked nothing.
                if head.is_empty() {
                    continue;
                }
                let body = String::from_utf8(body).unwrap();
                keep.lock().unwrap().push(format!("{}\n\n{body}", head.join("\n")));
                // Whoever goes away in the middle has gone away.
                let _ = stream.write_all(&answer).and_then(|()| stream.flush());
            }
        });
        Self { address, asked }
    }

    fn feed(&self) -> Feed {
        Feed { project: "Example".into(), url: format!("http://{}/feed?x=1", self.address) }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) fn fine(headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

fn sent_to(place: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

fn read(web: &Web) -> Result<Vec<u8>, PortError> {
    let feed = web.feed();
    WebFeeds::trusting(vec![feed.clone()], &[], PATIENCE).read(&feed)
}

fn why(web: &Web) -> String {
    read(web).unwrap_err().words().to_owned()
}

#[test]
fn a_line_names_a_project_and_where_its_words_are_sought() {
    let feeds = WebFeeds::named(
        "# commits\n\nContour https://forge.example/contour.atom\n Big Thing\thttp://127.0.0.1:1/x\n",
    );
    let feeds = feeds.unwrap();
    let named: Vec<_> = feeds.iter().map(|it| (it.project.as_str(), it.url.as_str())).collect();
    assert_eq!(
        named,
        [("Contour", "https://forge.example/contour.atom"), ("Big Thing", "http://127.0.0.1:1/x"),]
    );
    for wrong in [
        "Contour",
        "Contour forge.example",
        "Contour http://forge.example/",
        "Contour http://10.0.0.1/",
        "Contour http://localhost/",
        "Contour ftp://forge.example/",
        "Contour file:///etc/passwd",
        "Contour https://user:secret@forge.example/",
        "Contour https:///x",
    ] {
        let why = WebFeeds::named(&format!("\n{wrong}")).unwrap_err();
        assert!(why.starts_with("line 2: "), "{wrong}: {why}");
        assert!(!why.contains("secret"), "{why}");
    }
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let unchanged = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_vec();
    let dated = "ETag: \"a\"\r\nLast-Modified: Fri, 27 Nov 2026 12:00:00 GMT\r\n";
    let web = Web::answering(vec![fine(dated, "one"), unchanged, fine("", "two")], None);
    let feed = web.feed();
    let feeds = WebFeeds::trusting(vec![feed.clone()], &[], PATIENCE);
    let bodies: Vec<_> = (0..3).map(|_| feeds.read(&feed).unwrap()).collect();
    assert_eq!(bodies, [b"one", b"one", b"two"]);
    let [first, second, third] = web.asked().try_into().unwrap();
    assert!(first.starts_with("get /feed?x=1 http/1.1"), "{first}");
    assert!(first.contains("user-agent: fermata\n"), "{first}");
    assert!(!first.contains("if-none-match") && !first.contains("cookie"), "{first}");
    assert!(second.contains("if-none-match: \"a\""), "{second}");
    assert!(second.contains("if-modified-since: fri, 27 nov 2026 12:00:00 gmt"), "{second}");
    assert_eq!(second, third, "it is asked in the same words");
}

#[test]
fn a_server_sends_us_on_within_itself_and_nowhere_else() {
    let web = Web::answering(vec![sent_to("/new"), fine("", "here")], None);
    assert_eq!(read(&web).unwrap(), b"here");
    assert!(web.asked()[1].starts_with("get /new "));
    for away in [
        "http://127.0.0.1:1/",
        "//127.0.0.1:1/",
        "https://elsewhere.example/",
        "file:///etc/passwd",
        "new",
        "",
    ] {
        let web = Web::answering(vec![sent_to(away)], None);
        assert_eq!(why(&web), "the server sends us on to another one", "{away}");
        assert_eq!(web.asked().len(), 1);
    }
    let web = Web::answering(vec![sent_to("/round"); 9], None);
    assert_eq!(why(&web), "the server sends us on again and again");
    assert_eq!(web.asked().len(), 4);
}

#[test]
fn a_listing_is_asked_for_as_feeds_are_and_a_server_may_say_that_it_is_enough() {
    let listing =
        r#"[{"html_url":"https://forge.example/o/p/issues/1","number":1,"title":"a\u0062"}]"#;
    let json = "Content-Type: application/json; charset=utf-8\r\nETag: W/\"1\"\r\n";
    let unchanged = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_vec();
    let refused = |status: &str, headers: &str| {
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n");
        format!("{head}{headers}\r\n").into_bytes()
    };
    let spent = refused("403 Forbidden", "X-RateLimit-Remaining: 0\r\n");
    let answers = vec![
        fine(json, listing),
        unchanged,
        spent,
        refused("429 Too Many Requests", ""),
        refused("403 Forbidden", "X-RateLimit-Remaining: 7\r\n"),
    ];
    let web = Web::answering(answers, None);
    let feed = web.feed();
    let feeds = WebFeeds::trusting(vec![feed.clone()], &[], PATIENCE);
    for _ in 0..2 {
        assert_eq!(feeds.read(&feed).unwrap(), listing.as_bytes());
    }
    let why: Vec<_> = (0..3).map(|_| feeds.read(&feed).unwrap_err().words().to_owned()).collect();
    let often = ": it wants to be asked less often";
    let expected = [
        format!("the server answers with 403{often}"),
        format!("the server answers with 429{often}"),
        "the server answers with 403".to_owned(),
    ];
    assert_eq!(why, expected);
    let asked = web.asked();
    assert!(asked[0].contains("accept: application/atom+xml") && asked[0].contains("/json"));
    assert!(asked[1..].iter().all(|asked| asked.contains("if-none-match: w/\"1\"")));
}

#[test]
fn what_is_too_large_broken_or_packed_is_not_read() {
    let endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    let endless = [endless, vec![b'x'; 5 * 1024 * 1024]].concat();
    assert_eq!(why(&Web::answering(vec![endless], None)), "it is larger than 4 MiB");
    let promised = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nx".to_vec();
    assert!(read(&Web::answering(vec![promised], None)).is_err());
    for answer in [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".as_slice(),
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        b"no http at all\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
    ] {
        let said = String::from_utf8_lossy(answer);
        assert!(read(&Web::answering(vec![answer.to_vec()], None)).is_err(), "{said}");
    }
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(1024 * 1024));
    assert!(read(&Web::answering(vec![long.into_bytes()], None)).is_err());
    // Packed bytes stay packed: there is nothing in them to find.
    let packed = fine("Content-Encoding: gzip\r\n", "\u{1f}");
    assert_eq!(read(&Web::answering(vec![packed], None)).unwrap(), b"\x1f");
}

#[test]
fn a_server_that_never_ends_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let feed = Feed { project: "Example".into(), url };
    #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        // A byte now and then, for as long as somebody listens.
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let feeds = WebFeeds::trusting(vec![feed.clone()], &[], Duration::from_millis(300));
    let why = feeds.read(&feed).unwrap_err();
    assert_eq!(why.words(), "the server did not answer in time");
}

#[test]
fn a_server_is_met_only_if_it_is_the_one_that_was_meant() {
    let authority = CertificateDer::from_pem_file(file("authority.pem")).unwrap();
    for (certificate, trusted, met) in [
        ("localhost", vec![authority.clone()], true),
        ("localhost", Vec::new(), false),
        ("other.example", vec![authority], false),
    ] {
        let web = Web::answering(vec![fine("", "secured")], Some(certificate));
        let url = format!("https://localhost:{}/feed", web.address.port());
        let feed = Feed { project: "Example".into(), url };
        let read = WebFeeds::trusting(vec![feed.clone()], &trusted, PATIENCE).read(&feed);
        assert_eq!(read.is_ok(), met, "{certificate}: {read:?}");
        assert_eq!(web.asked().len(), usize::from(met));
    }
}
