//! Encrypted mail: what came of it, and what was inside.
//!
//! How it was opened and signed is said by the house, in places of its own. Of what was inside, whoever
//! wrote it chose every letter.

use case::{
    opening::{Letter, Outcome, Shut, Standing},
    rights::Permission,
};
use serde::Serialize;

use crate::desk::Desk;

/// An encrypted mail.
#[derive(Debug, Serialize)]
pub(crate) struct Sealed {
    mark: &'static str,
    state: &'static str,
    note: Option<&'static str>,
    key: Option<String>,
    signed: Option<Signed>,
    subject: Option<String>,
    text: Option<String>,
    /// Where the viewer may have it to the byte, below the case.
    file: Option<String>,
}

#[derive(Debug, Serialize)]
struct Signed {
    mark: &'static str,
    words: &'static str,
    /// Shown to whoever may see who wrote it.
    key: Option<String>,
    note: Option<&'static str>,
}

impl Sealed {
    /// A mail of the case, if it is encrypted.
    pub(crate) fn of(desk: &Desk<'_>, letter: Letter) -> Option<Self> {
        if !desk.case.is_encrypted(letter) {
            return None;
        }
        let identity = desk.may(Permission::ReadIdentity);
        Some(match desk.case.opening(letter) {
            None => Self::shut(
                "waiting",
                "Encrypted; not opened yet",
                "It is tried some seconds after it came. A house without a key for mail opens none \
                 until it has one (fermata serve --mail-key).",
            ),
            Some(Outcome::Shut(Shut::NoKey)) => Self::shut(
                "overdue",
                "Encrypted; no key of this house fits",
                "It is tried again every hour while the case is open.",
            ),
            Some(Outcome::Shut(Shut::Damaged)) => Self::shut(
                "overdue",
                "Encrypted; damaged, and not opened",
                "It was changed on its way, is not protected against that, or is made to do harm. \
                 Ask the sender for another, by another way, and do not tell them more than that.",
            ),
            Some(Outcome::Shut(Shut::NotWhole)) => Self::shut(
                "overdue",
                "Only a part of it is encrypted, and was not opened",
                "What stands beside an encrypted part may be somebody else’s. Ask for a mail that is \
                 encrypted as a whole.",
            ),
            Some(Outcome::Opened(inside)) => Self {
                mark: "done",
                state: "Encrypted; opened with our key",
                note: None,
                key: Some(spaced(&inside.key)),
                signed: Some(Signed::of(&inside.signature, identity)),
                subject: inside.subject.clone(),
                text: Some(inside.text.clone()),
                file: identity.then(|| match letter {
                    Letter::Report(report) => format!("report/{report}/inside"),
                    Letter::Message(number) => format!("message/{number}/inside"),
                }),
            },
        })
    }

    fn shut(mark: &'static str, state: &'static str, note: &'static str) -> Self {
        Self {
            mark,
            state,
            note: Some(note),
            key: None,
            signed: None,
            subject: None,
            text: None,
            file: None,
        }
    }
}

impl Signed {
    fn of(signature: &Standing, identity: bool) -> Self {
        let seen = |key: &str| identity.then(|| spaced(key));
        let (mark, words, key, note) = match signature {
            Standing::Unsigned => ("off", "Not signed", None, None),
            Standing::Good { key } => (
                "ready",
                "Signed by the key that came with it",
                seen(key),
                Some("Whose key that is, nobody has checked."),
            ),
            Standing::Bad => (
                "overdue",
                "The signature does not hold",
                None,
                Some(
                    "Something was changed, the key has run out, or it was made in an outdated way.",
                ),
            ),
            Standing::UnknownKey { key } => (
                "waiting",
                "Signed by a key that did not come with it",
                key.as_deref().and_then(seen),
                Some(
                    "So the signature was not checked; the mail’s word for the key proves nothing.",
                ),
            ),
        };
        Self { mark, words, key, note }
    }
}

/// A fingerprint as people compare it.
pub(super) fn spaced(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    letters.chunks(4).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
