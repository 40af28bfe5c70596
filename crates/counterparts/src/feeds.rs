//! Feeds on the web, read by HTTP (RFC 9110) for whoever runs the house, who alone names them.
//!
//! A server is met by TLS, or on this machine. It is asked for the document that was named, in the same
//! words every time, and whether that has changed; it may send us on within itself, and nowhere else.
//! What it answers is bounded in bytes and in time, and never unpacked.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use engine::ports::{Feed, Feeds, PortError};
use rustls::pki_types::CertificateDer;
use ureq::{
    Agent, Error,
    http::{HeaderValue, StatusCode, Uri, header},
};

use crate::https;

/// How long a server is waited for, altogether.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of a document, at most.
const LARGEST: u64 = 4 * 1024 * 1024;
/// How often a server may send us on.
const MOST_TURNS: usize = 3;
const WHAT: &str = "application/atom+xml, application/rss+xml, application/json;q=0.9, \
                    application/xml;q=0.9, */*;q=0.1";
/// How GitHub says that it was asked too often; others answer with 429.
const LEFT: &str = "x-ratelimit-remaining";

/// What was read last, to ask for what is new only.
#[derive(Clone)]
struct Kept {
    etag: Option<HeaderValue>,
    modified: Option<HeaderValue>,
    body: Vec<u8>,
}

/// Feeds that are read on the web.
pub struct WebFeeds {
    agent: Agent,
    feeds: Vec<Feed>,
    kept: Mutex<BTreeMap<String, Kept>>,
}

/// What came of one question.
enum Answer {
    Read(Vec<u8>),
    Elsewhere(Uri),
}

impl WebFeeds {
    /// The feeds that a text names: in each line a project's name and an address, with a space
    /// between. Empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// In words, with the line.
    pub fn named(text: &str) -> Result<Vec<Feed>, String> {
        let lines = (1_usize..).zip(text.lines().map(str::trim));
        let telling = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        telling
            .map(|(number, line)| {
                let wrong = |why: &str| format!("line {number}: {why}");
                let (project, url) = line
                    .rsplit_once(char::is_whitespace)
                    .ok_or_else(|| wrong("write a project's name, a space and an address"))?;
                https::place(url).map_err(|why| wrong(&why))?;
                Ok(Feed { project: project.trim().to_owned(), url: url.to_owned() })
            })
            .collect()
    }

    /// Reads these, and believes the servers that this machine trusts.
    ///
    /// # Errors
    /// When one of them needs TLS, and this machine trusts nobody.
    pub fn new(feeds: Vec<Feed>) -> Result<Self, String> {
        let found = https::authorities();
        if found.is_empty() && feeds.iter().any(|feed| feed.url.starts_with("https:")) {
            return Err("no certificate of an authority is found on this machine".into());
        }
        Ok(Self::trusting(feeds, &found, PATIENCE))
    }

    /// Reads these, believes servers that these authorities vouch for, and waits for so long.
    #[must_use]
    pub fn trusting(
        feeds: Vec<Feed>,
        authorities: &[CertificateDer<'_>],
        patience: Duration,
    ) -> Self {
        let config = https::asking(authorities, patience).accept(WHAT);
        let kept = Mutex::default();
        Self { agent: config.build().new_agent(), feeds, kept }
    }

    fn kept(&self, url: &str) -> Option<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned()
    }

    fn ask(&self, at: &Uri) -> Result<Answer, String> {
        let url = at.to_string();
        let kept = self.kept(&url);
        let mut request = self.agent.get(at);
        if let Some(kept) = &kept {
            let known =
                [(header::IF_NONE_MATCH, &kept.etag), (header::IF_MODIFIED_SINCE, &kept.modified)];
            for (name, value) in known {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
        }
        let mut response = request.call().map_err(|error| told(&error))?;
        let said = |name| response.headers().get(name).cloned();
        match (response.status(), kept) {
            (StatusCode::NOT_MODIFIED, Some(kept)) => Ok(Answer::Read(kept.body)),
            (StatusCode::OK, _) => {
                let (etag, modified) = (said(header::ETAG), said(header::LAST_MODIFIED));
                let body = response.body_mut().with_config().limit(LARGEST).read_to_vec();
                let body = body.map_err(|error| told(&error))?;
                let kept = Kept { etag, modified, body: body.clone() };
                self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(url, kept);
                Ok(Answer::Read(body))
            }
            (status, _) if status.is_redirection() => {
                let to = said(header::LOCATION);
                let to = to.as_ref().and_then(|to| to.to_str().ok()).unwrap_or_default();
                elsewhere(at, to).map(Answer::Elsewhere)
            }
            (status, _) => {
                let spent =
                    response.headers().get(LEFT).is_some_and(|left| left.as_bytes() == b"0");
                let often = status == StatusCode::TOO_MANY_REQUESTS || spent;
                let why = if often { ": it wants to be asked less often" } else { "" };
                Err(format!("the server answers with {}{why}", status.as_u16()))
            }
        }
    }
}

impl Feeds for WebFeeds {
    fn all(&self) -> &[Feed] {
        &self.feeds
    }

    fn read(&self, feed: &Feed) -> Result<Vec<u8>, PortError> {
        let mut at = https::place(&feed.url).map_err(PortError::Refused)?;
        for _ in 0..=MOST_TURNS {
            match self.ask(&at).map_err(PortError::Unreached)? {
                Answer::Read(body) => return Ok(body),
                Answer::Elsewhere(next) => at = next,
            }
        }
        Err(PortError::Unreached("the server sends us on again and again".into()))
    }
}

/// Where a server sends us on to, if that is within itself.
fn elsewhere(at: &Uri, to: &str) -> Result<Uri, String> {
    let away = || "the server sends us on to another one".to_owned();
    let next: Uri = if to.starts_with('/') && !to.starts_with("//") {
        let (scheme, authority) = (at.scheme_str().unwrap_or_default(), at.authority());
        let authority = authority.map(ToString::to_string).unwrap_or_default();
        format!("{scheme}://{authority}{to}").parse().map_err(|_| away())?
    } else {
        to.parse().map_err(|_| away())?
    };
    let same = next.scheme() == at.scheme() && next.authority() == at.authority();
    if same { Ok(next) } else { Err(away()) }
}

fn told(error: &Error) -> String {
    match error {
        Error::BodyExceedsLimit(_) => "it is larger than 4 MiB".into(),
        other => https::told(other),
    }
}
