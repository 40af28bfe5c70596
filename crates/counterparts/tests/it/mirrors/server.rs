//! A small server of repositories on this machine: HTTP in front of git's own `http-backend`, with a
//! password, and with moods.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

/// How it answers the request for objects, or any request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mood {
    Serves,
    /// Answers nothing until it changes its mind.
    Hangs,
    /// Sends so many bytes of the objects, and hangs up.
    Cuts(usize),
    /// Sends everybody to another place.
    Redirects(String),
}

struct State {
    root: PathBuf,
    login: Option<&'static str>,
    mood: Mutex<Mood>,
    /// First lines of requests, with what came as authorization.
    asked: Mutex<Vec<(String, Option<String>)>>,
    changed: Condvar,
}

pub(super) struct Server {
    pub(super) at: SocketAddr,
    state: Arc<State>,
}

impl Server {
    /// Serves the repositories in a folder; `login` is what Basic must send, in Base64.
    pub(super) fn start(root: &Path, login: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let state = Arc::new(State {
            root: root.to_owned(),
            login,
            mood: Mutex::new(Mood::Serves),
            asked: Mutex::default(),
            changed: Condvar::new(),
        });
        let of_all = Arc::clone(&state);
        let accept = move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&of_all);
                thread::Builder::new().spawn(move || state.answer(stream)).unwrap();
            }
        };
        thread::Builder::new().spawn(accept).unwrap();
        Self { at, state }
    }

    pub(super) fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.at)
    }

    pub(super) fn is(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
        self.state.changed.notify_all();
    }

    pub(super) fn asked(&self) -> Vec<(String, Option<String>)> {
        self.state.asked.lock().unwrap().clone()
    }

    /// Waits until somebody has asked for something.
    pub(super) fn wait_for(&self, what: &str) {
        let nobody = |asked: &mut Vec<(String, _)>| !asked.iter().any(|(a, _)| a.contains(what));
        let asked = self.state.asked.lock().unwrap();
        let patience = Duration::from_secs(20);
        let (asked, _) = self.state.changed.wait_timeout_while(asked, patience, nobody).unwrap();
        assert!(asked.iter().any(|(a, _)| a.contains(what)), "nobody asked: {asked:?}");
    }
}

impl State {
    fn answer(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let Some((request, headers)) = head(&mut reader) else { return };
        let length = headers.get("content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let authorization = headers.get("authorization").cloned();
        self.asked.lock().unwrap().push((request.clone(), authorization.clone()));
        self.changed.notify_all();
        let mood = self.mood.lock().unwrap();
        let hangs = |mood: &mut Mood| *mood == Mood::Hangs;
        let mood = self.changed.wait_while(mood, hangs).unwrap().clone();
        let target = request.split(' ').nth(1).unwrap_or_default();
        let wanted = self.login.map(|login| format!("Basic {login}"));
        let mut stream = stream;
        if let Mood::Redirects(to) = mood {
            let head = "HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nConnection: close\r\nLocation: ";
            let _ = write!(stream, "{head}{to}{target}\r\n\r\n");
        } else if wanted.is_some() && wanted != authorization {
            let head = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close";
            let _ = write!(stream, "{head}\r\nWWW-Authenticate: Basic realm=\"git\"\r\n\r\n");
        } else {
            let mut answer = self.backend(&request, &headers, &body);
            if let (Mood::Cuts(bytes), true) = (mood, request.starts_with("POST")) {
                let head = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
                // Of what git asks for first, the refs, nothing is cut.
                if answer.windows(4).any(|w| w == b"PACK") {
                    answer.truncate(head + bytes);
                }
            }
            let _ = stream.write_all(&answer);
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    /// What git's own program for web servers answers.
    fn backend(&self, request: &str, headers: &BTreeMap<String, String>, body: &[u8]) -> Vec<u8> {
        let mut words = request.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let of = |name: &str| headers.get(name).map_or("", String::as_str);
        let mut backend = Command::new("git");
        backend
            .arg("http-backend")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_PROJECT_ROOT", &self.root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("REQUEST_METHOD", method)
            .env("PATH_INFO", path)
            .env("QUERY_STRING", query)
            .env("CONTENT_TYPE", of("content-type"))
            .env("CONTENT_LENGTH", body.len().to_string())
            .env("HTTP_CONTENT_ENCODING", of("content-encoding"))
            .env("GIT_PROTOCOL", of("git-protocol"));
        backend.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = backend.spawn().unwrap();
        child.stdin.take().unwrap().write_all(body).unwrap();
        let said = child.wait_with_output().unwrap().stdout;
        let status = said.strip_prefix(b"Status: ").map_or("200 OK".to_owned(), |rest| {
            let line = rest.split(|byte| *byte == b'\r').next().unwrap();
            String::from_utf8_lossy(line).into_owned()
        });
        [format!("HTTP/1.1 {status}\r\nConnection: close\r\n").into_bytes(), said].concat()
    }
}

fn head(reader: &mut impl BufRead) -> Option<(String, BTreeMap<String, String>)> {
    let mut lines = reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let request = lines.next()?;
    let split = |line: String| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some((request, lines.filter_map(split).collect()))
}
