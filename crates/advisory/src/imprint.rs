//! How a project signs what it publishes: its name and contact, the address where its records
//! stand, and who it is for the CVE programme.
//!
//! Settings that end up in public documents, so what is written there is read here once: an
//! address is one that every format takes. Must not know of a disk or a key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::document::Advisory;
use crate::mailbox::Mailbox;
use crate::text::serde_as_text;

/// The most bytes that an address or a name may have.
const LONGEST: usize = 500;

/// How a project signs what it publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imprint {
    /// Who publishes, as readers know them.
    pub name: Name,
    /// The address that names the publisher: the project's own page.
    pub namespace: Address,
    /// The address below which the published records are served.
    pub base: Address,
    /// How to reach the security team.
    pub contact: Contact,
    /// Where the security policy stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Address>,
    /// Who the project is for CVE Services, where it is a CNA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cna: Option<Cna>,
}

/// What a project that assigns CVE ids itself is called in their records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cna {
    /// Its id in CVE Services.
    pub org_id: OrgId,
    /// Its short name there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<Name>,
    /// The vendor of the product.
    pub vendor: Name,
    /// The product.
    pub product: Name,
}

/// Why a text is not what a setting asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImprintError {
    /// Nothing, too much, or what no document can hold.
    #[error("a name is one line of up to 500 bytes")]
    Name,
    /// Not an https address without tricks.
    #[error(
        "write an address as https://host/path: no blanks, no port, no user, no ? and no #, \
         letters outside ASCII percent-encoded"
    )]
    Address,
    /// Neither an address nor a mailbox.
    #[error("write a mail address, or the https address of a page")]
    Contact,
    /// Not a UUID.
    #[error("the id of a CNA is a UUID, such as 8254265b-2729-46b6-b9e3-3dfca2d5bfca")]
    OrgId,
}

/// One line that is not blank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// An https address that stands for a folder: without a `/` at its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// A mailbox or a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contact {
    /// Write to it.
    Mail(Mailbox),
    /// Read there how.
    Page(Address),
}

/// A UUID, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgId(String);

impl FromStr for Name {
    type Err = ImprintError;

    fn from_str(text: &str) -> Result<Self, ImprintError> {
        let text = text.trim();
        let plain =
            !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control);
        plain.then(|| Self(text.to_owned())).ok_or(ImprintError::Name)
    }
}

impl FromStr for Address {
    type Err = ImprintError;

    fn from_str(text: &str) -> Result<Self, ImprintError> {
        let text = text.trim().trim_end_matches('/');
        let rest = text.strip_prefix("https://").ok_or(ImprintError::Address)?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let label = |label: &str| {
            let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(inner)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let segment = |segment: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%+@=,".contains(c);
            !segment.is_empty() && segment != "." && segment != ".." && segment.chars().all(plain)
        };
        let fits = text.len() <= LONGEST
            && host.contains('.')
            && host.split('.').all(label)
            && (path.is_empty() || path.split('/').all(segment));
        let slash = if path.is_empty() { "" } else { "/" };
        let address = || Self(format!("https://{}{slash}{path}", host.to_ascii_lowercase()));
        fits.then(address).ok_or(ImprintError::Address)
    }
}

impl Address {
    /// The whole address, without a `/` at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its scheme and host, where what is well known stands.
    #[must_use]
    pub fn origin(&self) -> &str {
        let host = self.0.strip_prefix("https://").unwrap_or_default();
        let length = host.find('/').unwrap_or(host.len());
        self.0.get(.."https://".len().saturating_add(length)).unwrap_or(&self.0)
    }
}

impl FromStr for Contact {
    type Err = ImprintError;

    fn from_str(text: &str) -> Result<Self, ImprintError> {
        let text = text.trim();
        let mailbox = text.strip_prefix("mailto:").unwrap_or(text);
        if text.starts_with("https:") {
            return text.parse().map(Self::Page);
        }
        mailbox.parse().map(Self::Mail).map_err(|_| ImprintError::Contact)
    }
}

impl FromStr for OrgId {
    type Err = ImprintError;

    fn from_str(text: &str) -> Result<Self, ImprintError> {
        let text = text.trim().to_ascii_lowercase();
        let parts: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let hex = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fits = lengths == [8, 4, 4, 4, 12] && parts.iter().all(hex);
        fits.then_some(Self(text)).ok_or(ImprintError::OrgId)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Contact {
    /// As an address that can be followed: `mailto:` or `https:`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail(mailbox) => write!(f, "mailto:{mailbox}"),
            Self::Page(address) => address.fmt(f),
        }
    }
}

impl Contact {
    /// As people write it: the mailbox alone, or the page.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Mail(mailbox) => mailbox.to_string(),
            Self::Page(address) => address.to_string(),
        }
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Name);
serde_as_text!(Address);
serde_as_text!(Contact);
serde_as_text!(OrgId);

impl Advisory {
    /// The id under which its records stand: the forge's, else the first CVE id. `None` before
    /// there is either, since no record has a name then.
    #[must_use]
    pub fn record_id(&self) -> Option<String> {
        let cve = || self.vulnerabilities.iter().find_map(|vulnerability| vulnerability.cve);
        let ghsa = self.ghsa.as_ref().map(ToString::to_string);
        ghsa.or_else(|| cve().map(|id| id.to_string()))
    }
}
