//! Tokens by which a mail server knows us (OAuth 2.0, RFC 6749), from whoever gives them out: for a
//! refresh token (6), or for the house's own name and secret there (4.4).
//!
//! [`credentials`] reads the file in which these lie, at each question, so that a person may put new
//! ones there. A token is kept in memory alone, until shortly before its end or until a server does not
//! believe it. A refresh token that comes in place of the one in the file is written there before
//! anything else is done. Nobody is asked but the one server that the file names.

mod credentials;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use engine::Clock;
use jiff::SignedDuration;
use rustls::pki_types::CertificateDer;
use serde_json::Value;
use ureq::{Agent, http::StatusCode};

use super::server::Login;
use crate::https;
use credentials::Credentials;

/// How long the server is waited for, altogether.
const PATIENCE: Duration = Duration::from_secs(15);
/// Bytes of an answer.
const LARGEST: u64 = 64 * 1024;
/// A token is not used so shortly before its end.
const SPARE: SignedDuration = SignedDuration::from_secs(60);
/// Characters of the server's words that are told to people.
const LONGEST_WORDS: usize = 200;

/// Why no token is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ungranted {
    /// For people.
    pub words: String,
    /// It will not pass by itself.
    pub lasting: bool,
}

fn lasting(words: String) -> Ungranted {
    Ungranted { words, lasting: true }
}

fn passing(words: String) -> Ungranted {
    Ungranted { words, lasting: false }
}

/// The right to get tokens for a mailbox.
pub struct Grant {
    user: String,
    file: PathBuf,
    agent: Agent,
    clock: Arc<dyn Clock>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    rotation: Option<Rotation>,
}

struct Token {
    login: Login,
    until: SignedDuration,
    /// Nobody but the one who asked for it has it.
    fresh: bool,
}

/// A refresh token that the file does not hold yet, and the one in whose place it comes.
struct Rotation {
    old: String,
    new: String,
}

/// What was given.
struct Given {
    login: Login,
    lasts: SignedDuration,
    refresh: Option<String>,
}

impl Grant {
    /// What a file says, by servers that this machine trusts.
    ///
    /// # Errors
    /// In words, without what is secret.
    pub fn named(file: &Path, clock: Arc<dyn Clock>) -> Result<Self, String> {
        Self::trusting(file, &https::authorities(), PATIENCE, clock)
    }

    /// The same, by servers that these authorities vouch for, each waited for so long.
    ///
    /// # Errors
    /// In words, without what is secret.
    pub fn trusting(
        file: &Path,
        authorities: &[CertificateDer<'_>],
        patience: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        // What is written in its place must not replace a link.
        let file = fs::canonicalize(file).map_err(|error| format!("it cannot be read: {error}"))?;
        let user = Credentials::read(&file)?.user;
        let config = https::asking(authorities, patience).accept("application/json");
        let agent = config.build().new_agent();
        Ok(Self { user, file, agent, clock, held: Mutex::default() })
    }

    /// Whose mailbox it is.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// A token that holds for a while: the last one, or a new one. Whoever asks meanwhile waits.
    ///
    /// # Errors
    /// When there is none.
    pub fn login(&self) -> Result<Login, Ungranted> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.keep(&mut held)?;
        let now = self.clock.boot();
        if let Some(token) = held.token.as_mut().filter(|token| now < token.until) {
            token.fresh = false;
            return Ok(token.login.clone());
        }
        let credentials = Credentials::read(&self.file).map_err(|why| self.about_file(&why))?;
        let Given { login, lasts, refresh } = self.ask(&credentials)?;
        let until = now.saturating_add(lasts).saturating_sub(SPARE);
        held.token = Some(Token { login: login.clone(), until, fresh: true });
        if let (Some(old), Some(new)) = (credentials.refresh_token, refresh)
            && old != new
        {
            held.rotation = Some(Rotation { old, new });
        }
        self.keep(&mut held)?;
        Ok(login)
    }

    /// A server did not believe this one; whether another is worth a try.
    pub fn renews(&self, refused: &Login) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.token.take_if(|token| token.login == *refused) {
            Some(token) => !token.fresh,
            None => true,
        }
    }

    /// Writes a new refresh token down. Until it is, nothing else is done: whoever gave it may not take
    /// the old one again.
    fn keep(&self, held: &mut Held) -> Result<(), Ungranted> {
        if let Some(Rotation { old, new }) = &held.rotation {
            credentials::replace(&self.file, old, new).map_err(|why| {
                self.about_file(&format!("{why}; a new refresh token has to be written there"))
            })?;
            held.rotation = None;
        }
        Ok(())
    }

    fn about_file(&self, why: &str) -> Ungranted {
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        lasting(format!("{name}, where the house's credentials are: {why}"))
    }

    fn ask(&self, credentials: &Credentials) -> Result<Given, Ungranted> {
        let unread = |error: &ureq::Error| {
            passing(format!("the token endpoint cannot be asked: {}", https::told(error)))
        };
        let request = self.agent.post(&credentials.endpoint);
        let mut response = request.send_form(credentials.form()).map_err(|error| unread(&error))?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(LARGEST).read_to_vec();
        let body = body.map_err(|error| unread(&error))?;
        let said = serde_json::from_slice(&body).unwrap_or_default();
        match status {
            StatusCode::OK => credentials.given(&said).ok_or_else(|| {
                lasting("what the token endpoint gives is no token for a mail server".into())
            }),
            _ => Err(refusal(status, &said, credentials)),
        }
    }
}

impl Credentials {
    fn given(&self, said: &Value) -> Option<Given> {
        let text = |name| said.get(name).and_then(Value::as_str);
        text("token_type").filter(|kind| kind.eq_ignore_ascii_case("bearer"))?;
        let login = Login::with_token(&self.user, text("access_token")?)?;
        // One that does not say how long it holds is used at once.
        let seconds = said.get("expires_in").and_then(Value::as_i64).unwrap_or_default();
        let lasts = SignedDuration::from_secs(seconds);
        let refresh = text("refresh_token").map(ToOwned::to_owned);
        let fits = refresh.as_deref().is_none_or(credentials::is_value);
        fits.then_some(Given { login, lasts, refresh })
    }
}

/// Why there is no token (RFC 6749, 5.2), in words that hold nothing secret.
fn refusal(status: StatusCode, said: &Value, credentials: &Credentials) -> Ungranted {
    let text = |name| said.get(name).and_then(Value::as_str).unwrap_or_default();
    let error: String = text("error").chars().filter(|letter| is_of_a_name(*letter)).collect();
    let busy = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    let later = ["temporarily_unavailable", "server_error"].contains(&error.as_str());
    let mut words = format!("the token endpoint answers with {}", status.as_u16());
    let why = credentials.shown(text("error_description"));
    for more in [error.as_str(), &why] {
        if !more.is_empty() {
            words = format!("{words}: {more}");
        }
    }
    let words = words.chars().take(LONGEST_WORDS).collect();
    match error.as_str() {
        _ if status.is_server_error() || busy || later => passing(words),
        "invalid_grant" => lasting(words + " (somebody has to sign in anew)"),
        _ => lasting(words),
    }
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}
