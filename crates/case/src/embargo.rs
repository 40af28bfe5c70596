//! The embargo: proposals, the date agreed, and each participant's consent to exactly one date.
//!
//! States follow CERT/CC's Vultron protocol ([`crate::vultron`]). An embargo ends at an instant.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    PersonId,
    rights::Actor,
    vultron::{consent, em},
};

/// A proposed end of the embargo. Its revision is its place in the list, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The publication instant.
    pub instant: Timestamp,
    /// IANA zone the instant was chosen in.
    pub zone: String,
    /// Version of the time zone data it was computed with.
    pub tzdata: String,
    /// Until when to object.
    pub answer_by: Timestamp,
    /// Who proposed it; `None` for a date inherited from upstream.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// How an objection ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Settlement {
    /// Taken back by whoever raised it.
    Withdrawn,
    /// The plan changed to meet it.
    Met {
        /// How.
        how: String,
    },
    /// The team goes ahead in spite of it.
    Overridden {
        /// Why.
        reason: String,
        /// Who decided.
        by: PersonId,
    },
}

/// One participant's answer to one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// Accepts terms and date.
    Accepted,
    /// Objects.
    Objected {
        /// Why.
        reason: String,
        /// How the objection ended, if it did.
        settled: Option<Settlement>,
    },
}

/// How the answer of a distributor arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Channel {
    /// By the person's own link.
    Link,
    /// By a mail in the case's conversation, which a member of the team has read.
    Mail {
        /// Its place in the conversation, from 0.
        message: usize,
    },
    /// In another way, written down by a member of the team.
    Told {
        /// Which.
        note: String,
    },
}

/// Who gave a distributor's answer, and how it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Who.
    pub by: PersonId,
    /// How.
    pub channel: Channel,
}

/// A consent belongs to one date; a newer one asks again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The answer.
    pub answer: Answer,
    /// When.
    pub at: Timestamp,
    /// Who wrote it down.
    pub recorded_by: Actor,
    /// Who gave it and how, where that was said.
    pub given: Option<Given>,
    /// What was answered to the same date before, oldest first.
    pub earlier: Vec<Consent>,
}

/// Why an embargo ended before its instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndedBy {
    /// The bug, an exploit or attacks became known.
    World,
    /// The team ended it.
    Person(PersonId),
    /// The disclosure was carried out.
    Disclosure,
}

/// The end of an embargo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: EndedBy,
    /// In words.
    pub why: String,
}

/// A case's embargo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embargo {
    /// Vultron's embargo management state.
    pub state: em::State,
    /// Every proposal, oldest first.
    pub proposals: Vec<Proposal>,
    /// The revision in force.
    pub agreed: Option<u32>,
    /// The revision under negotiation.
    pub pending: Option<u32>,
    /// Each participant's latest answer to each date, by its revision: what is said of a date on
    /// the table leaves the answer to the agreed one as it is.
    pub consents: BTreeMap<PersonId, BTreeMap<u32, Consent>>,
    /// How it ended, if it did.
    pub ended: Option<Ended>,
}

impl Embargo {
    /// The proposal of a revision.
    #[must_use]
    pub fn proposal(&self, revision: u32) -> Option<&Proposal> {
        self.proposals.get(usize::try_from(revision).ok()?.checked_sub(1)?)
    }

    /// The next revision's number.
    #[must_use]
    pub fn next_revision(&self) -> u32 {
        u32::try_from(self.proposals.len()).map_or(u32::MAX, |n| n.saturating_add(1))
    }

    /// The agreed instant, while an embargo is in force.
    #[must_use]
    pub fn agreed_instant(&self) -> Option<Timestamp> {
        self.in_force().then(|| self.proposal(self.agreed?).map(|p| p.instant)).flatten()
    }

    /// The instant that stands: of the agreed and the pending date the earlier one, as Vultron
    /// has it ("the shorter embargo is the default while a longer one is negotiated").
    #[must_use]
    pub fn standing_instant(&self) -> Option<Timestamp> {
        let pending = self.pending.and_then(|r| self.proposal(r)).map(|p| p.instant);
        match (self.agreed_instant(), pending) {
            (Some(agreed), Some(pending)) => Some(agreed.min(pending)),
            (agreed, _) => agreed,
        }
    }

    /// An embargo holds now.
    #[must_use]
    pub fn in_force(&self) -> bool {
        self.state.is_in_force()
    }

    /// The revision that is asked about now: the one on the table, else the agreed one while it
    /// binds.
    #[must_use]
    pub fn current(&self) -> Option<u32> {
        self.pending.or(self.agreed.filter(|_| self.in_force()))
    }

    /// Where a person's consent stands, in Vultron's terms. Terms on the table ask everyone; an
    /// answer to older terms lapses; an objection that was withdrawn or met asks again.
    #[must_use]
    pub fn consent(&self, person: PersonId) -> consent::State {
        let Some(current) = self.current() else {
            return consent::State::NoEmbargo;
        };
        match self.answer_until(person, current) {
            Some((revision, Answer::Accepted)) if revision == current => consent::State::Signatory,
            Some((_, Answer::Accepted)) => consent::State::Lapsed,
            Some((
                revision,
                Answer::Objected { settled: None | Some(Settlement::Overridden { .. }), .. },
            )) if revision == current => consent::State::Declined,
            None | Some((_, Answer::Objected { .. })) => consent::State::Invited,
        }
    }

    /// A person's answer to the given revision; answers to others do not count.
    #[must_use]
    pub fn answer(&self, person: PersonId, revision: u32) -> Option<&Answer> {
        self.consents.get(&person)?.get(&revision).map(|consent| &consent.answer)
    }

    /// A person's latest answer to the given revision or an earlier one, and to which: a word on a
    /// later date says nothing about this one.
    #[must_use]
    pub fn answer_until(&self, person: PersonId, revision: u32) -> Option<(u32, &Answer)> {
        let (revision, consent) = self.consents.get(&person)?.range(..=revision).next_back()?;
        Some((*revision, &consent.answer))
    }

    /// The revision of the date that a person objects to, unsettled: of several, the latest that
    /// is still asked about.
    #[must_use]
    pub fn open_objection(&self, person: PersonId) -> Option<u32> {
        let asked = self.current().unwrap_or(u32::MAX);
        let objects = |(_, consent): &(&u32, &Consent)| {
            matches!(consent.answer, Answer::Objected { settled: None, .. })
        };
        self.consents.get(&person)?.range(..=asked).rev().find(objects).map(|(at, _)| *at)
    }
}
