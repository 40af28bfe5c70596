//! Where a mail server is, and how it is met: on this machine, or anywhere with TLS; and who we are
//! there, or at any other server that asks for a name and a password.

use std::{fmt, str::FromStr};

use data_encoding::BASE64;

use super::{listener::Address, trust::Host};

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

/// A name and a password for a server.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    name: String,
    password: String,
}

impl Login {
    /// With a name and a password; `None` when one of them is empty or holds a NUL.
    #[must_use]
    pub fn new(name: &str, password: &str) -> Option<Self> {
        let fits = |text: &str| !text.is_empty() && !text.contains('\0') && text.len() <= 255;
        let (name, password) = (name.to_owned(), password.to_owned());
        (fits(&name) && fits(&password)).then_some(Self { name, password })
    }

    /// Who it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }

    /// What HTTP's scheme Basic sends (RFC 7617).
    pub(crate) fn basic(&self) -> String {
        BASE64.encode(format!("{}:{}", self.name, self.password).as_bytes())
    }

    /// What must stand in no words, the longest first.
    pub(crate) fn secrets(&self) -> [String; 2] {
        [self.basic(), self.password.clone()]
    }

    /// Base64 of what AUTH PLAIN sends (RFC 4616).
    pub(super) fn plain(&self) -> String {
        BASE64.encode(format!("\0{}\0{}", self.name, self.password).as_bytes())
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}
