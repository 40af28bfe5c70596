//! What the roll says of somebody: whether they may hear of a bug now, and if not, what would let
//! them.

use std::fmt;

use advisory::digest::Digest;
use jiff::{SignedDuration, Timestamp};

use super::{Delegate, Member, Roll, Standing, Terms};
use crate::{MemberId, PersonId, policy::Membership};

/// How fresh the word is that somebody reads an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// They were reached there not long ago.
    Confirmed {
        /// When they are to be asked again.
        until: Timestamp,
    },
    /// It is time to ask; they hear of bugs all the same.
    Due {
        /// Until when.
        until: Timestamp,
    },
    /// Nobody may rely on it.
    Overdue {
        /// Since when.
        since: Timestamp,
    },
}

/// Why somebody hears of nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// There is no embargo policy that they could have accepted.
    NoTerms,
    /// They are no delegate of any organisation on the roll.
    Unlisted,
    /// Their organisation is no member now.
    NoMember {
        /// Its name.
        member: String,
        /// Where it stands.
        standing: Standing,
    },
    /// They have not accepted the terms in force.
    NotAccepted {
        /// Who.
        name: String,
        /// Whose delegate they are.
        member: String,
        /// The version in force.
        version: usize,
    },
    /// Nobody knows who reads their address.
    Unconfirmed {
        /// Who.
        name: String,
        /// Whose delegate they are.
        member: String,
        /// Since when nobody may rely on it.
        since: Timestamp,
    },
}

impl Hindrance {
    /// No word of theirs can lift it: they have no part in anything.
    #[must_use]
    pub fn shuts_out(&self) -> bool {
        matches!(self, Self::Unlisted | Self::NoMember { .. })
    }

    /// What would lift it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoTerms => "write the embargo policy down on the project's page of distributors",
            Self::Unlisted => {
                "name them as a delegate of their organisation on the page of distributors, or take \
                 them out of this case"
            }
            Self::NoMember { standing: Standing::Requested, .. } => {
                "admit the organisation first, or take it out of this case"
            }
            Self::NoMember { .. } => "take the organisation out of this case",
            Self::NotAccepted { .. } => {
                "let them accept the embargo policy by their link, or write down that they did; or \
                 decide anew which distributors are concerned, and take them off the list"
            }
            Self::Unconfirmed { .. } => {
                "let them confirm the address by their link, or write down that they did; or decide \
                 anew which distributors are concerned, and take them off the list"
            }
        }
    }
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTerms => f.write_str("there is no embargo policy that anybody could accept"),
            Self::Unlisted => {
                f.write_str("somebody who is asked is no delegate of any organisation on the roll")
            }
            Self::NoMember { member, standing } => {
                let words = match standing {
                    Standing::Requested => "was not admitted yet",
                    Standing::Admitted => "is a member",
                    Standing::Declined => "was turned down",
                    Standing::Suspended => "is suspended",
                    Standing::Struck => "was removed from the roll",
                };
                write!(f, "{member} {words}")
            }
            Self::NotAccepted { name, member, version } => write!(
                f,
                "{name} of {member} has not accepted version {version} of the embargo policy"
            ),
            Self::Unconfirmed { name, member, since } => write!(
                f,
                "nobody knows since {since} whether {name} of {member} reads the address that is \
                 written down"
            ),
        }
    }
}

impl Roll {
    /// The project keeps one. Before that, whoever is asked in a case is the team's own affair.
    #[must_use]
    pub fn kept(&self) -> bool {
        !(self.members.is_empty() && self.terms.is_empty())
    }

    /// The embargo policy in force, and its version.
    #[must_use]
    pub fn in_force(&self) -> Option<(usize, &Terms)> {
        self.terms.last().map(|terms| (self.terms.len(), terms))
    }

    /// The version of a text, if it ever was in force.
    #[must_use]
    pub fn version(&self, digest: &Digest) -> Option<usize> {
        let place = self.terms.iter().rposition(|terms| terms.digest == *digest)?;
        place.checked_add(1)
    }

    /// The organisation that somebody is a delegate of now. Of several, one that is still asking or a
    /// member: nobody is a delegate of two of those.
    #[must_use]
    pub fn of(&self, person: PersonId) -> Option<(MemberId, &Member, &Delegate)> {
        let found = self.members.iter().filter_map(|(id, member)| {
            member.delegates.get(&person).map(|delegate| (*id, member, delegate))
        });
        found.min_by_key(|(_, member, _)| !member.live())
    }

    /// Whether one may speak for the organisation of the other: both are its delegates, and it is a
    /// member.
    #[must_use]
    pub fn speaks_for(&self, one: PersonId, other: PersonId) -> bool {
        self.of(one).is_some_and(|(_, member, _)| {
            member.standing == Standing::Admitted && member.delegates.contains_key(&other)
        })
    }

    /// Whose place a link opens now: a delegate of an organisation that asks or is a member.
    #[must_use]
    pub fn by_link(&self, digest: &Digest, now: Timestamp) -> Option<(MemberId, PersonId)> {
        let live = self.members.iter().filter(|(_, member)| member.reachable());
        live.flat_map(|(id, member)| member.delegates.iter().map(|(person, it)| (*id, *person, it)))
            .find(|(_, _, delegate)| {
                let link = delegate.link.as_ref();
                link.is_some_and(|link| link.digest == *digest && now < link.until)
            })
            .map(|(member, person, _)| (member, person))
    }

    /// What keeps somebody from hearing of a bug now.
    #[must_use]
    pub fn hindrance(
        &self,
        person: PersonId,
        rules: &Membership,
        now: Timestamp,
    ) -> Option<Hindrance> {
        let Some((_, member, delegate)) = self.of(person) else {
            return Some(Hindrance::Unlisted);
        };
        if member.standing != Standing::Admitted {
            let (member, standing) = (member.name.clone(), member.standing);
            return Some(Hindrance::NoMember { member, standing });
        }
        let (name, member) = (delegate.name.clone(), member.name.clone());
        let Some((version, terms)) = self.in_force() else { return Some(Hindrance::NoTerms) };
        if delegate.accepted.as_ref().is_none_or(|it| it.terms != terms.digest) {
            return Some(Hindrance::NotAccepted { name, member, version });
        }
        match delegate.address(rules, now) {
            Address::Overdue { since } => Some(Hindrance::Unconfirmed { name, member, since }),
            _ => None,
        }
    }

    /// An organisation that hears of nothing any more, and of which nobody has seen that it is off
    /// the lists: a post to one of those might still reach it.
    #[must_use]
    pub fn still_on_lists(&self) -> Option<&Member> {
        let gone = |member: &&Member| {
            matches!(member.standing, Standing::Suspended | Standing::Struck)
                && member.off_lists.is_none()
        };
        self.members.values().find(gone)
    }
}

impl Member {
    /// It asks, is a member, or may become one again.
    #[must_use]
    pub fn live(&self) -> bool {
        !matches!(self.standing, Standing::Declined | Standing::Struck)
    }

    /// Its delegates' links open.
    #[must_use]
    pub fn reachable(&self) -> bool {
        matches!(self.standing, Standing::Requested | Standing::Admitted)
    }
}

impl Delegate {
    /// How fresh the word is that they read their address. Who was never asked is to be, at once.
    #[must_use]
    pub fn address(&self, rules: &Membership, now: Timestamp) -> Address {
        let days = |days: u32| SignedDuration::from_hours(24_i64.saturating_mul(i64::from(days)));
        let after = |at: Timestamp, span| at.checked_add(span).unwrap_or(Timestamp::MAX);
        let due = match &self.confirmed {
            Some((at, _)) => after(*at, days(rules.confirm_days)),
            None => self.since,
        };
        let end = after(due, days(rules.grace_days));
        if now >= end {
            Address::Overdue { since: end }
        } else if now >= due {
            Address::Due { until: end }
        } else {
            Address::Confirmed { until: due }
        }
    }
}
