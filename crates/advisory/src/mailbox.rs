//! A mail address that cannot be used for tricks.
//!
//! Stands in this room because it is the lowest: credits, cases, notices and the wire all name
//! people by mailbox and must agree on what one is. Must not look anything up: whether the
//! address reaches somebody is for a round trip to show.
//!
//! Stricter than the mail standards on purpose. What mail libraries still take (quoted local
//! parts, comments, address literals, letters outside ASCII) is what injected recipients and
//! imitated partners are made of.

use std::fmt;
use std::str::FromStr;

use crate::text::{debug_without_content, serde_as_text};

/// Why a text is not a mailbox. The text itself is left out: it names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// Over 254 bytes, the longest path that SMTP carries (RFC 5321, 4.5.3.1.3).
    #[error("the address is longer than 254 bytes")]
    TooLong,
    /// A control character, a line break among them.
    #[error("the address holds a control character or a line break")]
    Control,
    /// None or several `@`.
    #[error("an address has exactly one @")]
    At,
    /// A letter outside ASCII after the `@`.
    #[error("write the domain in its ASCII form (xn--…): letters outside ASCII can imitate others")]
    DomainNotAscii,
    /// Not a host name of at least two labels.
    #[error("the part after the @ is not a domain name such as lists.example.org")]
    Domain,
    /// Something that the part before the `@` may not hold.
    #[error(
        "the part before the @ may hold ASCII letters, digits and . _ + - = ' \
         (64 at most, no dot at an end or twice in a row, no - in front)"
    )]
    Local,
}

/// One mail address: `local@domain`, ASCII, the domain in lower case.
///
/// The local part keeps its letter case, since its host decides what that means.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox {
    text: String,
    at: usize,
}

impl Mailbox {
    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// The part after the `@`, in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }

    /// Whether this is not `known`, but a person could take it for that: one slip of the
    /// keyboard away (a letter more, less, other, or two swapped), or the same to a quick eye.
    ///
    /// The eye is modelled by a skeleton in the manner of Unicode's UTS 39, for the ASCII that
    /// a mailbox is made of: letter case is ignored; `0` reads as `o`; `1` and `i` as `l`; `_`
    /// as `-`; `rn` as `m`, `vv` as `w`, `cl` as `d`. Thin: an `xn--` label is compared as it
    /// stands, not as the letters it shows.
    #[must_use]
    pub fn looks_like(&self, known: &Self) -> bool {
        if self == known {
            return false;
        }
        let (ours, theirs) = (self.text.to_ascii_lowercase(), known.text.to_ascii_lowercase());
        skeleton(&ours) == skeleton(&theirs) || one_slip_apart(ours.as_bytes(), theirs.as_bytes())
    }
}

fn skeleton(lowercase: &str) -> String {
    lowercase
        .replace("rn", "m")
        .replace("vv", "w")
        .replace("cl", "d")
        .replace('0', "o")
        .replace(['1', 'i'], "l")
        .replace('_', "-")
}

/// Whether one insertion, deletion, substitution or swap of neighbours makes `a` of `b`.
fn one_slip_apart(a: &[u8], b: &[u8]) -> bool {
    let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) else {
        return a.len().abs_diff(b.len()) == 1;
    };
    if x == y {
        return one_slip_apart(a_rest, b_rest);
    }
    let swapped = match (a_rest, b_rest) {
        ([x2, a_tail @ ..], [y2, b_tail @ ..]) => x == y2 && x2 == y && a_tail == b_tail,
        _ => false,
    };
    swapped || a_rest == b_rest || a_rest == b || a == b_rest
}

impl FromStr for Mailbox {
    type Err = MailboxError;

    fn from_str(text: &str) -> Result<Self, MailboxError> {
        if text.len() > 254 {
            return Err(MailboxError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(MailboxError::Control);
        }
        let (local, domain) = text.split_once('@').ok_or(MailboxError::At)?;
        if domain.contains('@') {
            return Err(MailboxError::At);
        }
        if !domain.is_ascii() {
            return Err(MailboxError::DomainNotAscii);
        }
        if !is_host_name(domain) {
            return Err(MailboxError::Domain);
        }
        if !is_plain_local(local) {
            return Err(MailboxError::Local);
        }
        Ok(Self { text: format!("{local}@{}", domain.to_ascii_lowercase()), at: local.len() })
    }
}

fn is_plain_local(local: &str) -> bool {
    local.len() <= 64
        && !local.starts_with('-')
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-='".contains(&b))
        })
}

fn is_host_name(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    // A last label of digits alone is an IPv4 address, not a name.
    let top_is_name = |top: &str| top.bytes().any(|b| b.is_ascii_alphabetic());
    domain.split('.').all(is_label)
        && domain.rsplit_once('.').is_some_and(|(_, top)| top_is_name(top))
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

debug_without_content!(Mailbox);
serde_as_text!(Mailbox);
