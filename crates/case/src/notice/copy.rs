//! A copy of a notice as its list sends it to its subscribers, of whom this house is one.
//!
//! It comes by mail, and mail can be forged: what it proves depends on what its writer had to know.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::words::{Compared, Difference, Words, compare};
use crate::{
    ActId, Case,
    act::{Act, ActKind, ActState, Payload, Plan, Recipient},
    copies::Accepted,
};

/// Copies of one notice that are written down.
pub const MOST_COPIES: usize = 12;
/// Characters of an id or an address.
const LONGEST_LINE: usize = 500;
/// Headers in which a mail names a list.
const MOST_HEADERS: usize = 4;

/// A copy that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListCopy {
    /// Of which notice.
    pub act: ActId,
    /// Its Message-ID.
    pub id: String,
    /// It has the Message-ID that the house gave the notice. That is random, so that only who was
    /// given the notice can have written it.
    pub own: bool,
    /// The headers in which it names the notice's list as the one that sent it on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Where it says that it stands in the list's archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<String>,
    /// Its words, held against the approved ones.
    pub compared: Compared,
    /// It came encrypted, and these are the words that were inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Opened>,
}

/// Who can have encrypted a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opened {
    /// Somebody who has read the words.
    Anew,
    /// This house itself, when it sent the notice: whoever carried it can have sent it back unread.
    AsSent,
}

impl ListCopy {
    /// It shows by itself that the list sent the notice on as it was approved: who wrote it was given
    /// the notice by whoever the list gave it to, and it has every word. What names no such thing is only a
    /// claim, and a person must say what they think of it.
    #[must_use]
    pub fn shows(&self) -> bool {
        let read = self.opened != Some(Opened::AsSent);
        self.own && !self.by.is_empty() && self.compared.same() && read
    }

    /// It is no longer than what is written down.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        let short = |text: &String| text.chars().count() <= LONGEST_LINE;
        self.compared.is_bounded()
            && self.by.len() <= MOST_HEADERS
            && self.by.iter().chain([&self.id]).chain(&self.archived).all(short)
    }

    /// Where it was seen.
    #[must_use]
    pub fn place(&self) -> String {
        self.archived.clone().unwrap_or_else(|| format!("the list's mail <{}>", self.id))
    }
}

/// A copy, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenListCopy {
    /// The copy.
    pub copy: ListCopy,
    /// When it came.
    pub at: Timestamp,
    /// Who has looked at what differs in it, and said what follows.
    pub settled: Option<Accepted>,
    /// It was encrypted, and what was inside is a copy of its own.
    pub opened: bool,
}

impl Case {
    /// The thread in which a notice that was mailed stands: that of the notice which it follows, or
    /// its own.
    pub(crate) fn thread_of(&self, act: ActId) -> String {
        let subject = |act: &Act| match &act.plan.payload {
            Payload::Message { subject, .. } => subject.clone(),
            _ => String::new(),
        };
        let Some(act) = self.acts.get(&act) else { return String::new() };
        let followed = self
            .acts_of(|kind| *kind == ActKind::NotifyDistributors)
            .filter(|notice| act.plan.kind == ActKind::FollowUp && notice.done_at().is_some())
            .last();
        let begun = followed.and_then(|notice| self.posts.get(&notice.id));
        begun.map_or_else(|| subject(act), |post| post.thread.clone())
    }

    /// Words as they stand somewhere, held against those of a notice to a list.
    #[must_use]
    pub fn compared(&self, act: &Act, there: Words<'_>) -> Option<Compared> {
        let [Recipient::List { list, .. }] = act.plan.to.as_slice() else { return None };
        let Payload::Message { subject, body } = &act.plan.payload else { return None };
        let profile = self.policy.lists.get(list);
        let note = profile.and_then(|profile| profile.closing_note.as_deref());
        let approved = Words { subject, body };
        let note = note.filter(|_| act.plan.kind == ActKind::NotifyDistributors);
        Some(compare(approved, there, note, &self.cve_ids()))
    }

    /// Words for the users, held against those that the distributors read, once they have read them.
    #[must_use]
    pub fn derived(&self, plan: &Plan) -> Option<Compared> {
        let Payload::Message { subject, body } = &plan.payload else { return None };
        let notices = self.acts_of(|kind| *kind == ActKind::NotifyDistributors);
        let read = notices.filter(|act| act.done_at().is_some()).last()?;
        let for_users = plan.kind == ActKind::NotifyUsers;
        for_users.then(|| self.compared(read, Words { subject, body })).flatten()
    }

    /// Copies with other words than the approved ones, at which nobody has looked yet.
    pub fn strange_copies(&self) -> impl Iterator<Item = &SeenListCopy> {
        self.list_copies.values().flatten().filter(|seen| seen.needs_somebody())
    }
}

impl SeenListCopy {
    /// A person must look at it.
    #[must_use]
    pub fn needs_somebody(&self) -> bool {
        self.settled.is_none() && !self.opened && !self.copy.compared.same()
    }

    /// It is encrypted, and holds what was found inside later.
    pub(crate) fn holds(&self, inside: &ListCopy) -> bool {
        let shut = !self.opened && self.copy.compared.differences.contains(&Difference::Encrypted);
        shut && self.copy.id == inside.id && self.copy.own == inside.own
    }
}

/// Whether an act may have reached a list: it was approved, or somebody may have posted it.
#[must_use]
pub fn may_be_there(act: &Act) -> bool {
    let to_a_list = matches!(act.plan.to.as_slice(), [Recipient::List { .. }]);
    to_a_list && !matches!(act.state, ActState::Planned | ActState::Cancelled { .. })
}
