//! Notices to lists: profiles, and the hard checks on the exact words before anybody may approve
//! them.

mod copy;
mod known;
mod words;

use std::collections::BTreeSet;

use advisory::{id::CveId, mailbox::Mailbox};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    act::{Payload, Recipient},
    refusal::{Refusal, Rule},
};

/// Whom a list serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Downstream vendors, under embargo.
    Distributors,
    /// The project's users.
    Users,
}

/// How a message gets to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Posting {
    /// The list's own web interface or its API: no client can "correct" the address.
    Web,
    /// Mail to the address.
    Mail,
}

/// All that a mailing list demands of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListProfile {
    /// Whom it serves.
    pub audience: Audience,
    /// The exact address.
    pub address: Mailbox,
    /// How it is posted to.
    pub posting: Posting,
    /// Where to post, for [`Posting::Web`].
    #[serde(default)]
    pub web: Option<String>,
    /// A tag that the subject must hold: `#security`.
    #[serde(default)]
    pub tag: Option<String>,
    /// What the subject must begin with: `[vs]`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Whether this case's CVE ids may stand in it before the instant.
    #[serde(default)]
    pub cve_id_allowed: bool,
    /// The embargo note that must be the last block of the body.
    #[serde(default)]
    pub closing_note: Option<String>,
    /// The longest that its members keep something back, in days from the notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_embargo_days: Option<u32>,
}

pub use copy::{ListCopy, MOST_COPIES, Opened, SeenListCopy, may_be_there};
pub use known::{KNOWN, Known};
pub(crate) use words::holds_words;
pub use words::{Compared, Difference, Words, compare, is_answer};

/// A link stands in a text, with its scheme or without, however its lines are broken or quoted, and not
/// only as the beginning of another.
pub(crate) fn holds_link(text: &str, link: &str) -> bool {
    let link = link.split_once("://").map_or(link, |(_, rest)| rest).trim_end_matches('/');
    let text = unquoted(text);
    let goes_on = |c: char| c.is_alphanumeric();
    let stands_at = |at: usize| {
        let mut rest = text.get(at..).unwrap_or_default().chars();
        let all = link.chars().all(|wanted| {
            rest.find(|c| is_seen(*c)).is_some_and(|c| c.eq_ignore_ascii_case(&wanted))
        });
        all && !(link.ends_with(goes_on) && rest.next().is_some_and(goes_on))
    };
    !link.is_empty() && text.char_indices().any(|(at, _)| stands_at(at))
}

/// Without the marks before lines that quote.
fn unquoted(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_start_matches(['>', ' ']));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_seen(c: char) -> bool {
    !c.is_whitespace() && words::plain(c).is_some()
}

fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters and digits alone, in upper case.
fn squeezed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// An id stands in a text, however it was typed, wrapped or quoted. A longer number that begins like it
/// is taken for it; that errs to the safe side.
fn names(text: &str, id: &CveId) -> bool {
    squeezed(text).contains(&squeezed(&id.to_string()))
}

/// The note begins a line and nothing follows it; a sentence that merely ends in its words is none.
fn ends_with_block(body: &str, note: &str) -> bool {
    let starts = body.match_indices('\n').map(|(at, _)| at.saturating_add(1));
    let note = normal(note);
    std::iter::once(0)
        .chain(starts)
        .filter_map(|at| body.get(at..))
        .any(|tail| normal(tail) == note)
}

impl ListProfile {
    /// Checks that the list's members would keep back what they hear at `sent` until the instant.
    ///
    /// # Errors
    /// A [`Refusal`] that says from when on the notice may go.
    pub fn keeps_until(&self, instant: Timestamp, sent: Timestamp) -> Result<(), Refusal> {
        let Some(days) = self.longest_embargo_days else { return Ok(()) };
        let longest = SignedDuration::from_hours(24_i64.saturating_mul(i64::from(days)));
        if instant.duration_since(sent) <= longest {
            return Ok(());
        }
        let from = instant.checked_sub(longest).unwrap_or(sent);
        Err(Refusal::new(
            Rule::Embargo,
            format!("{} keeps nothing back for more than {days} days", self.address),
            format!("the notice may go from {from} on; or bring the date forward"),
        ))
    }

    /// Checks a message to this list against the profile: the exact address, the tag, the prefix,
    /// and, for an embargoed message, the case's CVE ids and the closing note. White space may
    /// differ; words may not.
    ///
    /// # Errors
    /// A [`Refusal`] naming the first rule that the message breaks.
    pub fn check(
        &self,
        to: &[Recipient],
        payload: &Payload,
        own_cves: &BTreeSet<CveId>,
        embargoed: bool,
    ) -> Result<(), Refusal> {
        let refuse = |why: String, remedy: &str| Err(Refusal::new(Rule::ListProfile, why, remedy));
        match to {
            [Recipient::List { mailbox, .. }] if *mailbox == self.address => {}
            _ => {
                let imitates =
                    |to: &&Recipient| to.mailbox().is_some_and(|it| it.looks_like(&self.address));
                let but = match to.iter().find(imitates).and_then(Recipient::mailbox) {
                    Some(other) => format!(", and {other} only looks like it"),
                    None => String::new(),
                };
                return refuse(
                    format!("the notice does not go to exactly {}{but}", self.address),
                    "take the recipient from the list profile",
                );
            }
        }
        let Payload::Message { subject, body } = payload else {
            return refuse("a list takes a message".into(), "plan a message");
        };
        if let Some(tag) = &self.tag
            && !subject.split_whitespace().any(|word| word == tag)
        {
            return refuse(format!("the subject lacks {tag}"), "add the tag to the subject");
        }
        // What answers another message keeps its subject.
        let begins = if embargoed { None } else { subject.strip_prefix("Re: ") }.unwrap_or(subject);
        if let Some(prefix) = &self.prefix
            && !begins.starts_with(prefix.as_str())
        {
            return refuse(format!("the subject must begin with {prefix}"), "put it first");
        }
        if embargoed && !self.cve_id_allowed {
            let words = format!("{subject} {body}");
            if let Some(id) = own_cves.iter().find(|id| names(&words, id)) {
                return refuse(
                    format!("the message names {id}, which this list must not see yet"),
                    "leave the CVE id out",
                );
            }
        }
        if embargoed
            && let Some(note) = &self.closing_note
            && !ends_with_block(body, note)
        {
            return refuse(
                "the embargo note is not the last thing in the message".into(),
                "end the body with the list's embargo note, word for word",
            );
        }
        Ok(())
    }
}
