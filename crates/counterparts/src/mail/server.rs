//! Where a mail server is, and how it is met: on this machine, or anywhere with TLS; and who we are
//! there, or at any other server that asks for a name and a password.

use std::{fmt, str::FromStr, sync::Arc};

use data_encoding::BASE64;

use super::{
    listener::Address,
    oauth::{Grant, Ungranted},
    sasl::Mechanism,
    trust::Host,
};

/// Bytes of a token: as many as an AUTH command may have in base64 (RFC 4954, 4).
const LONGEST_TOKEN: usize = 8 * 1024;
/// Letters of a secret that say nothing yet.
const SAYS_NOTHING: usize = 8;

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// Before anything is said (RFC 8314).
    AtOnce,
    /// Once the server has offered it (RFC 3207, RFC 9051); without it nothing is sent.
    Offered,
}

/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Server {
    /// On this machine, where nobody else hears what is said.
    Here(Address),
    /// Anywhere, with TLS.
    There(Host, Begins),
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let there = |host: &str, begins| Ok(Self::There(host.parse()?, begins));
        match (text.strip_prefix("tls:"), text.strip_prefix("starttls:")) {
            (Some(host), _) => there(host, Begins::AtOnce),
            (_, Some(host)) => there(host, Begins::Offered),
            _ => match text.parse() {
                Ok(Address::Tcp(address)) if !address.ip().to_canonical().is_loopback() => {
                    Err("without TLS, a mail server is met on this machine alone: write \
                         starttls:HOST:PORT or tls:HOST:PORT"
                        .into())
                }
                Ok(address) => Ok(Self::Here(address)),
                Err(_) => {
                    Err("write ADDRESS:PORT, unix:PATH, starttls:HOST:PORT or tls:HOST:PORT".into())
                }
            },
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(address) => write!(f, "{address}"),
            Self::There(host, Begins::AtOnce) => write!(f, "tls:{host}"),
            Self::There(host, Begins::Offered) => write!(f, "starttls:{host}"),
        }
    }
}

/// A name and what proves it to a server.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    name: String,
    secret: String,
    kind: Kind,
}

/// What proves a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    /// Given for a while (RFC 6750).
    Token,
}

impl Login {
    /// With a name and a password; `None` when one of them is empty or holds a NUL.
    #[must_use]
    pub fn new(name: &str, password: &str) -> Option<Self> {
        let fits = |text: &str| !text.is_empty() && !text.contains('\0') && text.len() <= 255;
        let (name, secret) = (name.to_owned(), password.to_owned());
        let kind = Kind::Password;
        (fits(&name) && fits(&secret)).then_some(Self { name, secret, kind })
    }

    /// With a name and a token; `None` when one of them is empty or holds what none may.
    #[must_use]
    pub fn with_token(name: &str, token: &str) -> Option<Self> {
        let named = !name.is_empty() && name.len() <= 255 && !name.chars().any(char::is_control);
        let fits = !token.is_empty()
            && token.len() <= LONGEST_TOKEN
            && token.bytes().all(|byte| byte.is_ascii_graphic());
        let (name, secret) = (name.to_owned(), token.to_owned());
        (named && fits).then_some(Self { name, secret, kind: Kind::Token })
    }

    /// Who it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// The password or the token.
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// What HTTP's scheme Basic sends (RFC 7617).
    pub(crate) fn basic(&self) -> String {
        BASE64.encode(format!("{}:{}", self.name, self.secret).as_bytes())
    }

    /// What must stand in no words, the longest first.
    pub(crate) fn secrets(&self) -> [String; 2] {
        [self.basic(), self.secret.clone()]
    }

    /// A mail server's words without a token, or a part of one, that it was told.
    pub(super) fn hidden_in(&self, words: &str) -> String {
        if self.kind == Kind::Password {
            return words.to_owned();
        }
        let said = Mechanism::ALL.map(|mechanism| mechanism.response(self));
        let secret = |word: &str| {
            word.len() > SAYS_NOTHING
                && (self.secret.contains(word) || said.iter().any(|said| said.contains(word)))
        };
        let ends = |letter: char| !(letter.is_ascii_alphanumeric() || "-._~+/".contains(letter));
        let parts = words.split_inclusive(ends).map(|part| {
            let word = part.trim_end_matches(ends);
            if secret(word) { part.replace(word, "…") } else { part.to_owned() }
        });
        parts.collect()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

/// Who we are at a mail server.
#[derive(Clone)]
pub enum Identity {
    /// By a password.
    Password(Login),
    /// By tokens, each for a while.
    Granted(Arc<Grant>),
}

impl From<Login> for Identity {
    fn from(login: Login) -> Self {
        Self::Password(login)
    }
}

impl Identity {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Password(login) => login.name(),
            Self::Granted(grant) => grant.user(),
        }
    }

    /// What is said to the server now.
    ///
    /// # Errors
    /// When no token is to be had.
    pub fn login(&self) -> Result<Login, Ungranted> {
        match self {
            Self::Password(login) => Ok(login.clone()),
            Self::Granted(grant) => grant.login(),
        }
    }

    /// A server did not believe this; whether there is something else to say.
    pub(super) fn renews(&self, refused: &Login) -> bool {
        match self {
            Self::Password(_) => false,
            Self::Granted(grant) => grant.renews(refused),
        }
    }
}
