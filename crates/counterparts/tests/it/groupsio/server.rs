//! A groups.io of the tests' own: what public clients say of its API, with a state, and with faults.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "0123456789abcdef-secret-0123456789abcdef";
/// What is asked of it for one post, in order.
pub(crate) const STAGES: [&str; 6] =
    ["getsubs", "getmessages", "newdraft", "updatedraft", "getdrafts", "postdraft"];
const GROUP: u64 = 7001;

/// What goes wrong, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nobody listens from here on.
    Down,
    /// The question is read, and the connection cut.
    Cut,
    /// The same, after the question had its effect.
    CutAfter,
    /// A status without an effect.
    Status(u16),
    /// The same, after the question had its effect.
    StatusAfter(u16),
    /// No answer for long.
    Slow,
    /// The same, after the question had its effect.
    SlowAfter,
    /// An answer that is no JSON, after the effect.
    Garbage,
    /// An answer without an end, after the effect.
    Endless,
    /// An answer that breaks off, after the effect.
    Half,
    /// Another place is named.
    Elsewhere(u16),
    /// An error object with a good status.
    No,
}

impl Fault {
    /// The question has its effect.
    pub(crate) fn lands(self) -> bool {
        matches!(
            self,
            Self::CutAfter
                | Self::StatusAfter(_)
                | Self::SlowAfter
                | Self::Garbage
                | Self::Endless
                | Self::Half
        )
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) group: String,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// What a server makes of the words that it gets.
pub(crate) type Corrects = fn(&mut Draft);

#[derive(Default)]
pub(crate) struct State {
    drafts: BTreeMap<u64, Draft>,
    /// What was posted, and whether everybody can read it.
    pub(crate) posts: Vec<(Draft, bool)>,
    /// Messages of others, and copies that it shows otherwise: subject and HTML.
    pub(crate) others: Vec<(String, String)>,
    /// Each question: its method, and its head.
    pub(crate) asked: Vec<(String, String)>,
    pub(crate) fault: Option<(&'static str, Fault)>,
    pub(crate) corrects: Option<Corrects>,
    pub(crate) corrects_when_posted: Option<Corrects>,
    pub(crate) moderated: bool,
    pub(crate) slow_archive: bool,
    pub(crate) group_names: Vec<String>,
    pub(crate) may_not_post: bool,
    next: u64,
}

impl State {
    pub(crate) fn drafts(&self) -> usize {
        self.drafts.len()
    }

    pub(crate) fn methods(&self) -> Vec<&str> {
        self.asked.iter().map(|(method, _)| method.as_str()).collect()
    }

    /// A moderator lets everything through.
    pub(crate) fn release(&mut self) {
        self.posts.iter_mut().for_each(|(_, shown)| *shown = true);
    }

    fn answer(&mut self, method: &str, given: &BTreeMap<String, String>) -> (u16, Value) {
        let of = |name: &str| given.get(name).cloned().unwrap_or_default();
        let no = |kind: &str| (400, json!({"object": "error", "type": kind, "extra": ""}));
        let id: u64 = of("draft_id").parse().unwrap_or_default();
        match method {
            "getsubs" => {
                let perms = json!({"can_post": !self.may_not_post, "archives_visible": true});
                let mut names = vec!["cncf+other".to_owned()];
                names.extend(self.group_names.clone());
                let rows = (GROUP - 1..).zip(names).map(|(id, name)| {
                    json!({"object": "member_info", "group_id": id, "group_name": name, "perms": perms})
                });
                (
                    200,
                    json!({"object": "list", "has_more": false, "data": rows.collect::<Vec<_>>()}),
                )
            }
            "newdraft" if of("group_id") != GROUP.to_string() => no("group_not_found"),
            "newdraft" => {
                self.next += 1;
                self.drafts.insert(self.next, Draft { group: of("group_id"), ..Draft::default() });
                (200, json!({"object": "draft", "id": self.next}))
            }
            "updatedraft" => {
                let corrects = self.corrects;
                let Some(draft) = self.drafts.get_mut(&id) else { return no("invalid draft") };
                (draft.subject, draft.body) = (of("subject"), of("body"));
                if let Some(corrects) = corrects {
                    corrects(draft);
                }
                (200, json!({"object": "draft", "id": id}))
            }
            "getdrafts" => {
                let rows = self.drafts.iter().map(|(id, draft)| {
                    let group: u64 = draft.group.parse().unwrap();
                    json!({"object": "draft", "id": id, "group_id": group,
                        "draft_type": "draft_type_post", "subject": draft.subject, "body": draft.body})
                });
                (
                    200,
                    json!({"object": "list", "has_more": false, "data": rows.collect::<Vec<_>>()}),
                )
            }
            "deletedraft" => match self.drafts.remove(&id) {
                Some(_) => (200, json!({"object": "success"})),
                None => no("invalid draft"),
            },
            "postdraft" => {
                let Some(mut draft) = self.drafts.remove(&id) else { return no("invalid draft") };
                if let Some(corrects) = self.corrects_when_posted {
                    corrects(&mut draft);
                }
                self.posts.push((draft, !self.moderated && !self.slow_archive));
                let extra = if self.moderated { "pending post" } else { "" };
                (200, json!({"object": "success", "extra": extra}))
            }
            "getmessages" => {
                let shown = self.posts.iter().filter(|(_, shown)| *shown);
                let shown = shown.map(|(draft, _)| (draft.subject.clone(), draft.body.clone()));
                let all: Vec<_> = self.others.iter().cloned().chain(shown).collect();
                let rows = (1_u64..).zip(&all).map(|(number, (subject, body))| {
                    json!({"object": "message", "msg_num": number, "topic_id": 9000 + number,
                        "subject": subject, "body": body, "created": "2026-11-28T02:00:00Z"})
                });
                let mut rows: Vec<_> = rows.collect();
                rows.reverse();
                (200, json!({"object": "list", "has_more": false, "data": rows}))
            }
            _ => (404, json!({"object": "error", "type": "not_found"})),
        }
    }
}

/// A server that runs.
#[derive(Clone)]
pub(crate) struct Groups {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
    /// Where it sends those whom it sends away, and who came there.
    strangers: Arc<Mutex<usize>>,
}

impl Groups {
    pub(crate) fn start() -> Self {
        Self::with(None)
    }

    pub(crate) fn with(fault: Option<(&'static str, Fault)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let group_names = vec!["cncf+distributors".to_owned()];
        let state = State { fault, group_names, next: 90, ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let groups = Self {
            address: listener.local_addr().unwrap(),
            state,
            strangers: Arc::new(Mutex::new(0)),
        };
        if fault == Some(("getsubs", Fault::Down)) {
            return groups;
        }
        groups.serve(listener);
        groups
    }

    /// It listens again, where it was down.
    pub(crate) fn revive(&self) {
        self.state().fault = None;
        if let Ok(listener) = TcpListener::bind(self.address) {
            self.serve(listener);
        }
    }

    fn serve(&self, listener: TcpListener) {
        let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
        let away = elsewhere.local_addr().unwrap();
        let strangers = Arc::clone(&self.strangers);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
        thread::spawn(move || {
            while elsewhere.accept().is_ok() {
                *strangers.lock().unwrap() += 1;
            }
        });
        let state = Arc::clone(&self.state);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
        thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(method) = answer(&mut stream, &state, away) else {
                    held.push(stream);
                    continue;
                };
                drop(stream);
                let down = state.lock().unwrap().fault.filter(|(_, fault)| *fault == Fault::Down);
                let at = |name: &str| STAGES.iter().position(|stage| *stage == name);
                if down.is_some_and(|(stage, _)| at(stage) == at(&method).map(|at| at + 1)) {
                    return;
                }
            }
        });
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn strangers(&self) -> usize {
        *self.strangers.lock().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Answers one question; its method, unless it has to wait for its answer.
fn answer(stream: &mut TcpStream, state: &Mutex<State>, away: SocketAddr) -> Option<String> {
    let (head, body) = heard(stream);
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let method = path.strip_prefix("/api/v1/").unwrap_or("elsewhere").to_owned();
    let given = if head.starts_with("POST") { form(&body) } else { form(query) };
    let mut state = state.lock().unwrap();
    state.asked.push((method.clone(), head.clone()));
    let bearer = format!("authorization: bearer {}", TOKEN.to_lowercase());
    if !head.to_lowercase().lines().any(|line| line == bearer) {
        say(stream, 401, "{\"object\":\"error\",\"type\":\"unauthorized_error\"}");
        return Some(method);
    }
    let fault = state.fault.filter(|(stage, fault)| *stage == method && *fault != Fault::Down);
    let Some((_, fault)) = fault else {
        let (status, said) = state.answer(&method, &given);
        say(stream, status, &said.to_string());
        return Some(method);
    };
    state.fault = None;
    if fault.lands() {
        state.answer(&method, &given);
    }
    drop(state);
    match fault {
        Fault::Status(status) | Fault::StatusAfter(status) => {
            let words = json!({"object": "error", "type": "trouble", "extra": TOKEN});
            say(stream, status, &words.to_string());
        }
        Fault::Slow | Fault::SlowAfter => return None,
        Fault::Garbage => say(stream, 200, "<html>Welcome to the hotel</html>"),
        Fault::No => say(stream, 200, "{\"object\":\"error\",\"type\":\"need hashtag\"}"),
        Fault::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"a\":\"");
            let much = vec![b'a'; 1 << 20];
            for _ in 0..9 {
                let _ = stream.write_all(&much);
            }
        }
        Fault::Half => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"object\":");
        }
        Fault::Elsewhere(status) => {
            let to = format!("Location: http://{away}/api/v1/{method}\r\n");
            let _ = write!(
                stream,
                "HTTP/1.1 {status} Moved\r\nConnection: close\r\n{to}Content-Length: 0\r\n\r\n"
            );
        }
        Fault::Cut | Fault::CutAfter | Fault::Down => {}
    }
    Some(method)
}

fn say(stream: &mut TcpStream, status: u16, body: &str) {
    let length = body.len();
    // Whoever went away has gone away.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} So\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
}

/// A question's head and body.
fn heard(stream: &mut TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    let mut more = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let named = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= named.unwrap_or(0_usize) {
                return (head.replace("\r\n", "\n"), body.to_owned());
            }
        }
        match stream.read(&mut more) {
            Ok(0) | Err(_) => return (text.clone(), String::new()),
            Ok(read) => bytes.extend_from_slice(&more[..read]),
        }
    }
}

/// A form or a query, taken apart.
fn form(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
}

fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut hex = String::new();
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let _ = write!(hex, "{}", String::from_utf8(digits).unwrap());
                u8::from_str_radix(&hex, 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}
