//! The roll of a project's distributors: which organisations asked to hear of bugs early, who was
//! admitted and on what grounds, who of them accepted which terms, and at which address they were
//! reached last. Pure, like the rest of this room: a [`Change`] is allowed by [`Roll::check`] or
//! refused, and [`Roll::evolve`] makes it so.
//!
//! Must not know of any case. Whether somebody on it may hear of one is asked through
//! [`Roll::hindrance`], and nobody on it ever learns of anybody else on it.

mod check;
mod standing;

use std::collections::BTreeMap;

use advisory::{digest::Digest, mailbox::Mailbox};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use standing::{Address, Hindrance};

use crate::{MemberId, PersonId, rights::Actor};

/// Something that happens to the roll: what somebody wants, and, once allowed, the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// The embargo policy that members accept, in a new version.
    Terms {
        /// To the letter.
        text: String,
    },
    /// An organisation asks to be a member.
    Asked {
        /// Its id.
        member: MemberId,
        /// Its name.
        name: String,
        /// What it ships of the project, and to whom.
        ships: String,
        /// How the request came.
        note: String,
    },
    /// Somebody is to hear of bugs for a member.
    Named {
        /// The member.
        member: MemberId,
        /// Who.
        person: PersonId,
        /// Their name.
        name: String,
        /// Where they are reached.
        mailbox: Mailbox,
    },
    /// Somebody does so no more.
    Dropped {
        /// The member.
        member: MemberId,
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// A criterion was held against a request.
    Judged {
        /// The member.
        member: MemberId,
        /// Which criterion, by its name.
        criterion: String,
        /// It is met.
        met: bool,
        /// What shows it.
        note: String,
    },
    /// A delegate of another member vouches for it.
    Vouched {
        /// The member.
        member: MemberId,
        /// Who vouches.
        voucher: PersonId,
        /// What they said, and where.
        note: String,
    },
    /// It is a member now.
    Admitted {
        /// Which.
        member: MemberId,
        /// Why.
        reason: String,
    },
    /// Its request is turned down.
    Declined {
        /// Which.
        member: MemberId,
        /// Why.
        reason: String,
    },
    /// It hears of nothing for the time being.
    Suspended {
        /// Which.
        member: MemberId,
        /// Why.
        reason: String,
    },
    /// It hears of bugs again.
    Restored {
        /// Which.
        member: MemberId,
        /// Why.
        reason: String,
    },
    /// It is a member no more, and does not come back under this entry.
    Struck {
        /// Which.
        member: MemberId,
        /// Why: a leak, for instance.
        reason: String,
    },
    /// Somebody saw that none of its people are subscribed to the distributors' lists any more.
    OffLists {
        /// Which.
        member: MemberId,
        /// What was seen, and where.
        note: String,
    },
    /// A link to their own place was made for a delegate; older ones open nothing any more.
    LinkMade {
        /// The member.
        member: MemberId,
        /// Whose.
        person: PersonId,
        /// Of the link's secret, which is kept nowhere.
        digest: Digest,
        /// Until when it opens.
        until: Timestamp,
    },
    /// A delegate accepted the embargo policy.
    Accepted {
        /// The member.
        member: MemberId,
        /// Who.
        person: PersonId,
        /// Of the text that was read.
        terms: Digest,
        /// How that is known.
        way: Way,
    },
    /// A delegate was reached at their address, and said so.
    Confirmed {
        /// The member.
        member: MemberId,
        /// Who.
        person: PersonId,
        /// Where.
        mailbox: Mailbox,
        /// How that is known.
        way: Way,
    },
}

/// How a delegate's word arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Way {
    /// By their own link.
    Link,
    /// Written down by a member of the security team.
    Told {
        /// How it came.
        note: String,
    },
}

/// Where an organisation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It asked.
    Requested,
    /// It is a member.
    Admitted,
    /// It was turned down.
    Declined,
    /// It hears of nothing for the time being.
    Suspended,
    /// It is a member no more.
    Struck,
}

/// A version of the embargo policy. Its number is its place in the list, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// To the letter.
    pub text: String,
    /// What an acceptance is of.
    pub digest: Digest,
    /// Since when.
    pub at: Timestamp,
}

/// How one criterion was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// It is met.
    pub met: bool,
    /// What shows it.
    pub note: String,
    /// Who judged.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// Who vouches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Voucher {
    /// A delegate of another member.
    pub person: PersonId,
    /// What they said.
    pub note: String,
    /// When that was written down.
    pub at: Timestamp,
}

/// Terms that somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acceptance {
    /// Of the text.
    pub terms: Digest,
    /// How that is known.
    pub way: Way,
    /// Who wrote it down: the delegate, where it was by link.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// A link to a delegate's own place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Of its secret.
    pub digest: Digest,
    /// Until when it opens.
    pub until: Timestamp,
    /// Who made it.
    pub by: Actor,
}

/// Somebody who hears of bugs for a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delegate {
    /// Their name.
    pub name: String,
    /// Where they are reached.
    pub mailbox: Mailbox,
    /// Since when they are one, at this address.
    pub since: Timestamp,
    /// What they accepted last.
    pub accepted: Option<Acceptance>,
    /// When they were last reached at the address, and how that is known.
    pub confirmed: Option<(Timestamp, Way)>,
    /// Their link, if there is one.
    pub link: Option<Link>,
}

/// An organisation that asked to be on the roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// What it ships, and to whom.
    pub ships: String,
    /// How its request came.
    pub note: String,
    /// When.
    pub asked_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
    /// The criteria that were held against it.
    pub judged: BTreeMap<String, Judgement>,
    /// Who vouches for it.
    pub voucher: Option<Voucher>,
    /// Its people.
    pub delegates: BTreeMap<PersonId, Delegate>,
    /// Somebody saw that it is off the lists, and what they saw.
    pub off_lists: Option<(Timestamp, String)>,
}

/// A project's distributors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Roll {
    /// Every organisation that ever asked.
    pub members: BTreeMap<MemberId, Member>,
    /// Every version of the embargo policy, oldest first.
    pub terms: Vec<Terms>,
}

impl Roll {
    /// The roll after a change that was allowed.
    pub fn evolve(&mut self, change: &Change, by: Actor, at: Timestamp) {
        if let Change::Terms { text } = change {
            let digest = Digest::of(text.as_bytes());
            self.terms.push(Terms { text: text.clone(), digest, at });
            return;
        }
        if let Change::Asked { member, name, ships, note } = change {
            let asked = Member {
                name: name.clone(),
                ships: ships.clone(),
                note: note.clone(),
                asked_at: at,
                standing: Standing::Requested,
                since: at,
                reason: String::new(),
                judged: BTreeMap::new(),
                voucher: None,
                delegates: BTreeMap::new(),
                off_lists: None,
            };
            self.members.entry(*member).or_insert(asked);
            return;
        }
        if let Some(found) = change.member().and_then(|member| self.members.get_mut(&member)) {
            found.evolve(change, by, at);
        }
    }
}

impl Member {
    fn evolve(&mut self, change: &Change, by: Actor, at: Timestamp) {
        let mut become_now = |standing, reason: &String| {
            self.standing = standing;
            self.since = at;
            self.reason.clone_from(reason);
        };
        match change {
            Change::Terms { .. } | Change::Asked { .. } => {}
            Change::Admitted { reason, .. } => become_now(Standing::Admitted, reason),
            Change::Declined { reason, .. } => become_now(Standing::Declined, reason),
            Change::Suspended { reason, .. } => become_now(Standing::Suspended, reason),
            Change::Struck { reason, .. } => become_now(Standing::Struck, reason),
            Change::Restored { reason, .. } => {
                become_now(Standing::Admitted, reason);
                self.off_lists = None;
            }
            Change::Judged { criterion, met, note, .. } => {
                let judgement = Judgement { met: *met, note: note.clone(), by, at };
                self.judged.insert(criterion.clone(), judgement);
            }
            Change::Vouched { voucher, note, .. } => {
                self.voucher = Some(Voucher { person: *voucher, note: note.clone(), at });
            }
            Change::OffLists { note, .. } => self.off_lists = Some((at, note.clone())),
            Change::Named { person, name, mailbox, .. } => self.name(*person, name, mailbox, at),
            Change::Dropped { person, .. } => {
                self.delegates.remove(person);
            }
            Change::LinkMade { person, digest, until, .. } => {
                if let Some(delegate) = self.delegates.get_mut(person) {
                    delegate.link = Some(Link { digest: *digest, until: *until, by });
                }
            }
            Change::Accepted { person, terms, way, .. } => {
                if let Some(delegate) = self.delegates.get_mut(person) {
                    let (terms, way) = (*terms, way.clone());
                    delegate.accepted = Some(Acceptance { terms, way, by, at });
                }
            }
            Change::Confirmed { person, way, .. } => {
                if let Some(delegate) = self.delegates.get_mut(person) {
                    delegate.confirmed = Some((at, way.clone()));
                }
            }
        }
    }

    /// Another address is another mailbox: nothing is known of who reads it, and a link that went to
    /// the old one opens nothing. What its owner accepted, they accepted.
    fn name(&mut self, person: PersonId, name: &str, mailbox: &Mailbox, at: Timestamp) {
        let before = self.delegates.remove(&person);
        let accepted = before.as_ref().and_then(|before| before.accepted.clone());
        let delegate = match before.filter(|before| before.mailbox == *mailbox) {
            Some(same) => Delegate { name: name.to_owned(), ..same },
            None => Delegate {
                name: name.to_owned(),
                mailbox: mailbox.clone(),
                since: at,
                accepted,
                confirmed: None,
                link: None,
            },
        };
        self.delegates.insert(person, delegate);
    }
}

impl Change {
    /// The member that it is about.
    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        Some(match self {
            Self::Terms { .. } => return None,
            Self::Asked { member, .. }
            | Self::Named { member, .. }
            | Self::Dropped { member, .. }
            | Self::Judged { member, .. }
            | Self::Vouched { member, .. }
            | Self::Admitted { member, .. }
            | Self::Declined { member, .. }
            | Self::Suspended { member, .. }
            | Self::Restored { member, .. }
            | Self::Struck { member, .. }
            | Self::OffLists { member, .. }
            | Self::LinkMade { member, .. }
            | Self::Accepted { member, .. }
            | Self::Confirmed { member, .. } => *member,
        })
    }
}
