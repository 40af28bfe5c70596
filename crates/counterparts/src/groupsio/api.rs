//! One account's way into groups.io's HTTP API: who it is there, one question and one answer.
//!
//! A server is met by TLS, or on this machine. It never sends us on, each question has a connection of
//! its own, and what it answers is bounded in bytes and in time. The token goes into one header of a
//! question and into no words.

use std::{fmt, io, time::Duration};

use engine::ports::PortError;
use rustls::pki_types::CertificateDer;
use serde_json::{Map, Value};
use ureq::{
    Agent, Body, Error, Timeout,
    http::{Response, StatusCode, Uri, header, uri::PathAndQuery},
};

use crate::https;

/// How long a server is waited for, for one answer.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// Bytes of an answer, at most.
const LARGEST: u64 = 8 * 1024 * 1024;
/// Characters of the server's own words that are repeated.
const LONGEST: usize = 200;
/// Rows of a list in one answer, and how many such answers are asked for.
const ROWS: &str = "100";
const MOST_PAGES: usize = 5;

/// What an answer says.
pub(super) type Said = Map<String, Value>;

/// An account's key for the API.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// `None` where that is no key: it is one word of ASCII.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = (8..=512).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Why a question has no good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It was not asked, or not listened to: nothing happened, and later it may go well.
    Later(String),
    /// The server said no: nothing happened.
    Refused(String),
    /// It was asked, and what came of it nobody can tell.
    Silent(String),
    /// The same, since the answer is none that is known.
    Strange(String),
}

impl Trouble {
    /// What it means where nothing has happened yet, whatever became of the question.
    pub(super) fn before(self, stage: &str) -> PortError {
        match self {
            Self::Later(why) | Self::Silent(why) => PortError::NotNow(format!("at {stage}: {why}")),
            Self::Refused(why) | Self::Strange(why) => {
                PortError::Refused(format!("at {stage}: {why}"))
            }
        }
    }
}

/// The API at one place, for one account.
pub(super) struct Api {
    agent: Agent,
    base: Uri,
    token: Token,
}

impl Api {
    /// The one at an address such as `https://groups.io`.
    pub(super) fn new(
        base: &str,
        token: Token,
        authorities: &[CertificateDer<'_>],
        patience: Duration,
    ) -> Result<Self, String> {
        let base = https::place(base)?;
        if !matches!(base.path_and_query().map(PathAndQuery::as_str), None | Some("/")) {
            return Err("write the address of the server alone, such as https://groups.io".into());
        }
        let config =
            https::asking(authorities, patience).max_idle_connections(0).accept("application/json");
        Ok(Self { agent: config.build().new_agent(), base, token })
    }

    fn url(&self, method: &str) -> String {
        format!("{}/api/v1/{method}", self.base.to_string().trim_end_matches('/'))
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token.0)
    }

    /// Reads something.
    pub(super) fn get(&self, method: &str, query: &[(&str, &str)]) -> Result<Said, Trouble> {
        let question = self.agent.get(self.url(method)).query_pairs(query.iter().copied());
        self.heard(question.header(header::AUTHORIZATION, self.bearer()).call())
    }

    /// Changes something.
    pub(super) fn post(&self, method: &str, form: &[(&str, &str)]) -> Result<Said, Trouble> {
        let question = self.agent.post(self.url(method));
        let question = question.header(header::AUTHORIZATION, self.bearer());
        self.heard(question.send_form(form.iter().copied()))
    }

    /// The rows of a list, page after page.
    pub(super) fn rows(&self, method: &str, query: &[(&str, &str)]) -> Result<Vec<Value>, Trouble> {
        let (mut rows, mut token) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut query = query.to_vec();
            query.push(("limit", ROWS));
            query.extend(token.as_deref().map(|token| ("page_token", token)));
            let mut said = self.get(method, &query)?;
            rows.extend(data(&mut said)?);
            let next = said.get("next_page_token").and_then(word);
            let more = said.get("has_more").and_then(Value::as_bool) == Some(true);
            let Some(next) = next.filter(|next| more && token.as_ref() != Some(next)) else {
                return Ok(rows);
            };
            token = Some(next);
        }
        Ok(rows)
    }

    fn heard(&self, answer: Result<Response<Body>, Error>) -> Result<Said, Trouble> {
        let mut answer = answer.map_err(|error| unheard(&error))?;
        let status = answer.status();
        let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec();
        let said = match body {
            Ok(body) => serde_json::from_slice::<Said>(&body).ok(),
            // A status says enough for some; of the others something was begun.
            Err(_) if status != StatusCode::OK => None,
            Err(Error::BodyExceedsLimit(_)) => {
                return Err(Trouble::Strange("the answer is larger than 8 MiB".into()));
            }
            Err(error) => return Err(Trouble::Silent(told(&error))),
        };
        let words = said.as_ref().map(|said| self.words(said)).unwrap_or_default();
        let number = status.as_u16();
        let with = || format!("the server answers with {number}{words}");
        match (number, said) {
            (200, Some(said)) if said.get("object").and_then(Value::as_str) == Some("error") => {
                Err(Trouble::Refused(format!("the server says no{words}")))
            }
            (200, Some(said)) => Ok(said),
            (200, None) => Err(Trouble::Strange("the answer is no JSON object".into())),
            (425 | 429, _) => Err(Trouble::Later(with())),
            (408 | 500..=599, _) => Err(Trouble::Silent(with())),
            (400..=499, _) => Err(Trouble::Refused(with())),
            (300..=399, _) => {
                Err(Trouble::Strange("the server sends us on, and is not followed".into()))
            }
            _ => Err(Trouble::Strange(with())),
        }
    }

    /// What an error object says, for a person.
    fn words(&self, said: &Said) -> String {
        let parts = ["type", "extra"].into_iter().filter_map(|name| said.get(name)?.as_str());
        let parts = parts.map(|part| part.replace(&self.token.0, "…"));
        let parts = parts.map(|part| line(&part)).filter(|part| !part.is_empty());
        let parts: Vec<_> = parts.collect();
        if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
    }
}

/// The rows of an answer.
fn data(said: &mut Said) -> Result<Vec<Value>, Trouble> {
    match said.remove("data") {
        Some(Value::Array(rows)) => Ok(rows),
        // An empty list is written as nothing.
        Some(Value::Null) => Ok(Vec::new()),
        _ => Err(Trouble::Strange("the answer has no rows".into())),
    }
}

/// A number, or a word that stands for one.
pub(super) fn word(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Somebody else's words as one short line.
pub(super) fn line(text: &str) -> String {
    let words: Vec<_> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// No head of an answer came.
fn unheard(error: &Error) -> Trouble {
    let unasked = match error {
        Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        Error::Timeout(at) => matches!(at, Timeout::Resolve | Timeout::Connect),
        Error::HostNotFound | Error::ConnectionFailed | Error::Tls(_) | Error::Rustls(_) => true,
        _ => false,
    };
    if unasked { Trouble::Later(told(error)) } else { Trouble::Silent(told(error)) }
}

fn told(error: &Error) -> String {
    line(&https::told(error))
}
