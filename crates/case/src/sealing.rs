//! How mail is protected on its way: what has to be encrypted, and to whose key.
//!
//! Only addresses, fingerprints and dates are judged here; what a certificate holds, the room that
//! knows OpenPGP has read. An approval covers the plain words, the recipients and these fingerprints:
//! the encrypted bytes are made when the mail goes, since no two encryptions of the same are alike.

use std::collections::BTreeMap;

use advisory::mailbox::Mailbox;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Case,
    act::{Plan, Recipient},
    notice::Posting,
    refusal::{Refusal, Rule},
};

/// Bytes of an armoured certificate, at most.
pub const LARGEST_CERTIFICATE: usize = 256 * 1024;
/// Days before a key runs out at which people are warned, each time more urgently.
pub const WARNED: [i64; 3] = [14, 7, 1];
/// What stands outside instead of a subject that is encrypted (RFC 9788, 3.2.1).
const HIDDEN: &str = "[...]";

/// What the people who write to an address want for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Encrypted if a key is there.
    #[default]
    IfKey,
    /// Encrypted, or not sent.
    Required,
    /// Not encrypted, but signed.
    Signed,
    /// Neither.
    Plain,
}

/// An OpenPGP certificate that people pinned, and what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Forty hexadecimal digits, in capitals.
    pub fingerprint: String,
    /// Its user ids.
    pub names: Vec<String>,
    /// What its parts may do, in words.
    pub uses: Vec<String>,
    /// From when on nothing can be encrypted to it; `None` where it does not run out.
    pub until: Option<Timestamp>,
    /// The certificate itself, in ASCII armour.
    pub armoured: String,
}

impl Certificate {
    /// Whether something can be encrypted to it.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// The days that are left, once they are few enough for people to be warned; nought when it has run
    /// out.
    #[must_use]
    pub fn warning(&self, now: Timestamp) -> Option<i64> {
        let left = self.until?.duration_since(now);
        let days = |days| SignedDuration::from_hours(24_i64.saturating_mul(days));
        if left <= SignedDuration::ZERO {
            return Some(0);
        }
        WARNED.into_iter().rev().find(|warned| left <= days(*warned))
    }

    fn is_well_formed(&self) -> bool {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
        self.fingerprint.len() == 40
            && self.fingerprint.bytes().all(digit)
            && self.armoured.len() <= LARGEST_CERTIFICATE
    }
}

/// How mail to one address is protected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correspondent {
    /// What is wanted.
    pub protection: Protection,
    /// The key that was pinned.
    pub key: Option<Box<Certificate>>,
}

impl Correspondent {
    /// Whether this may become `next` now. A key that is there is replaced, or taken away, only by
    /// somebody who names it.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub fn may_become(
        &self,
        next: &Self,
        replaces: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let fingerprint = |it: &Self| it.key.as_ref().map(|key| key.fingerprint.clone());
        let (old, new) = (fingerprint(self), fingerprint(next));
        if old.is_some() && old != new && old.as_deref() != replaces {
            let key = old.unwrap_or_default();
            return Err(Refusal::new(
                Rule::Protection,
                format!("the key {key} is pinned for this address"),
                "say that it shall be replaced, if its owner told you so",
            ));
        }
        let Some(key) = next.key.as_ref().filter(|_| self.key != next.key) else { return Ok(()) };
        if !key.is_well_formed() {
            return Err(Refusal::new(
                Rule::BadValue,
                "this is no certificate with a fingerprint of forty digits",
                "paste the armoured public key of the address's owner",
            ));
        }
        if key.holds(now) { Ok(()) } else { Err(expired(key)) }
    }
}

fn expired(key: &Certificate) -> Refusal {
    let Certificate { fingerprint, until, .. } = key;
    let since = until.map(|until| format!(" on {until}")).unwrap_or_default();
    Refusal::new(
        Rule::Protection,
        format!("the key {fingerprint} has expired{since}"),
        "ask its owner for one that holds, and pin that",
    )
}

/// How mail to a project's lists is protected, by their addresses.
pub type Book = BTreeMap<Mailbox, Correspondent>;

/// An address as two are compared: a capital letter must not make a mail a plain one.
#[must_use]
pub fn compared(address: &Mailbox) -> Mailbox {
    let lower = format!("{}@{}", address.local().to_ascii_lowercase(), address.domain());
    lower.parse().unwrap_or_else(|_| address.clone())
}

/// How a mail to one recipient is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Seal {
    /// Encrypted to a key, and signed where the house has a key that signs.
    Encrypted {
        /// The fingerprint of the recipient's key.
        key: String,
    },
    /// Signed with the house's key, and readable by anybody.
    Signed,
}

/// What was made of a mail when it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// The blob that holds the mail to the byte.
    pub raw: String,
    /// The fingerprints of the keys that open it; none where it is only signed.
    pub keys: Vec<String>,
    /// The fingerprint of the house's key that signed it.
    pub signer: Option<String>,
}

/// What is known of how mail to a recipient is protected.
#[must_use]
pub fn correspondent<'a>(
    case: &'a Case,
    book: &'a Book,
    to: &Recipient,
) -> Option<&'a Correspondent> {
    match to {
        Recipient::Person { person, .. } => case.correspondents.get(person),
        Recipient::List { mailbox, .. } => book.get(&compared(mailbox)),
        _ => None,
    }
}

/// How a mail to a recipient has to be sealed, if it goes at `at`.
///
/// # Errors
/// A [`Refusal`] when it may not go: it has to be encrypted and there is no key, or the key that is
/// there has run out. It is never sent in the open instead.
pub fn due(
    case: &Case,
    book: &Book,
    to: &Recipient,
    at: Timestamp,
) -> Result<Option<Seal>, Refusal> {
    let Some(Correspondent { protection, key }) = correspondent(case, book, to) else {
        return Ok(None);
    };
    if on_a_page(case, to) {
        return match protection {
            Protection::Required => Err(Refusal::new(
                Rule::Protection,
                "what goes to this list has to be encrypted, and it is posted to on its own pages",
                "choose another protection for the list on the project's page",
            )),
            _ => Ok(None),
        };
    }
    match (protection, key) {
        (Protection::Plain, _) | (Protection::IfKey, None) => Ok(None),
        (Protection::Signed, _) => Ok(Some(Seal::Signed)),
        (Protection::Required, None) => Err(Refusal::new(
            Rule::Protection,
            format!("mail to {} has to be encrypted, and no key of theirs is pinned", named(to)),
            "pin their key, or choose another protection for them",
        )),
        (Protection::Required | Protection::IfKey, Some(key)) if key.holds(at) => {
            Ok(Some(Seal::Encrypted { key: key.fingerprint.clone() }))
        }
        (Protection::Required | Protection::IfKey, Some(key)) => Err(expired(key)),
    }
}

/// Checks that a plan is sealed as it has to be if it goes at `at`.
///
/// # Errors
/// A [`Refusal`] that says what has changed, or what lacks.
pub(crate) fn check(case: &Case, book: &Book, plan: &Plan, at: Timestamp) -> Result<(), Refusal> {
    for to in &plan.to {
        let due = due(case, book, to, at)?;
        if to.seal() != due.as_ref() {
            return Err(Refusal::new(
                Rule::Protection,
                format!(
                    "mail to {} is to go {}, and this was planned to go {}",
                    named(to),
                    in_words(due.as_ref()),
                    in_words(to.seal())
                ),
                "plan it anew with what holds now",
            ));
        }
    }
    Ok(())
}

/// A plan whose recipients are sealed as they have to be; where one cannot be, it stays as it is, and
/// whoever plans it is refused with the reason.
#[must_use]
pub fn sealed(case: &Case, book: &Book, plan: Plan, at: Timestamp) -> Plan {
    let seal = |to: Recipient| {
        let seal = due(case, book, &to, at).ok().flatten();
        match to {
            Recipient::Person { person, mailbox, .. } => {
                Recipient::Person { person, mailbox, seal }
            }
            Recipient::List { list, mailbox, .. } => Recipient::List { list, mailbox, seal },
            other => other,
        }
    };
    let to = plan.to.into_iter().map(seal).collect();
    Plan { to, ..plan }
}

/// The subject that everybody can read of a mail that is encrypted: what its list demands, and no word
/// of its own.
#[must_use]
pub fn outer_subject(case: &Case, plan: &Plan) -> String {
    let profiles = plan.to.iter().filter_map(|to| match to {
        Recipient::List { list, .. } => case.policy.lists.get(list),
        _ => None,
    });
    let demanded = profiles.flat_map(|list| [list.prefix.as_deref(), list.tag.as_deref()]);
    demanded.flatten().chain([HIDDEN]).collect::<Vec<_>>().join(" ")
}

/// Whether a mail goes to it, by a mail server.
#[must_use]
pub fn is_mail(case: &Case, to: &Recipient) -> bool {
    to.gets_words() && !on_a_page(case, to)
}

fn on_a_page(case: &Case, to: &Recipient) -> bool {
    let Recipient::List { list, .. } = to else { return false };
    case.policy.lists.get(list).is_some_and(|list| list.posting == Posting::Web)
}

fn named(to: &Recipient) -> String {
    match to {
        Recipient::List { mailbox, .. } => mailbox.to_string(),
        _ => "this person".to_owned(),
    }
}

fn in_words(seal: Option<&Seal>) -> String {
    match seal {
        Some(Seal::Encrypted { key }) => format!("encrypted to {key}"),
        Some(Seal::Signed) => "signed".to_owned(),
        None => "in the open".to_owned(),
    }
}
