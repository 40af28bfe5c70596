//! Words of a case that stood in public while nobody was to know of it, and what people say of that.
//!
//! A sighting says where and by which rule, and never which word. Whether the bug is public now is for a
//! person to decide: a sighting by itself moves neither the embargo nor what is true in the world.

use std::collections::BTreeSet;

use advisory::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Case,
    rights::Actor,
    state::{DisclosureState, Phase},
};

/// At most so many sightings of one kind, by the same rules, wait for an answer: whoever floods a
/// place calls nobody more often.
pub const MOST_ALIKE: usize = 8;
/// At most so many characters of a place are written down.
pub const LONGEST_PLACE: usize = 400;
/// At most so many rules, and characters of the name of each.
const RULES: (usize, usize) = (16, 40);

/// Which kind of place it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spot {
    /// A public repository.
    Repository,
    /// A mailing list.
    List,
    /// A feed.
    Feed,
}

impl Spot {
    /// In a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Repository => "in a public repository",
            Self::List => "on a mailing list",
            Self::Feed => "in a feed",
        }
    }
}

/// Words of the case in one thing that is public: a commit, a mail, an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// Which thing, and by which rules: the same is told once.
    pub thing: Digest,
    /// What kind of place.
    pub spot: Spot,
    /// Where it stands, in words that give nothing away.
    pub place: String,
    /// The rules of the guard that found something.
    pub rules: BTreeSet<String>,
    /// The blob that holds what was read, where nobody else keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

impl Sighting {
    pub(crate) fn is_bounded(&self) -> bool {
        let short = |text: &str, most: usize| text.chars().nth(most).is_none();
        let (most, longest) = RULES;
        !self.rules.is_empty()
            && self.rules.len() <= most
            && self.rules.iter().all(|rule| short(rule, longest))
            && short(&self.place, LONGEST_PLACE)
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.spot, &self.rules) == (other.spot, &other.rules)
    }
}

/// What a person says of a sighting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// It gave the case away; otherwise it was set aside.
    pub leak: bool,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// A sighting, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sighted {
    /// What was seen.
    pub sighting: Sighting,
    /// When.
    pub at: Timestamp,
    /// What somebody said of it.
    pub answered: Option<Answered>,
}

impl Case {
    /// Whether nobody outside is to know of it: it is open, the bug is not public, and its own
    /// disclosure is not on its way out.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        let state = self.disclosure.as_ref().map(|plan| &plan.state);
        let going = matches!(state, Some(DisclosureState::Running | DisclosureState::Finished));
        self.phase == Phase::Open && !self.facts.is_public() && !going
    }

    /// Sightings of which a person has still to say what they are.
    pub fn open_sightings(&self) -> impl Iterator<Item = &Sighted> {
        let secret = self.is_secret();
        self.sightings.iter().filter(move |seen| secret && seen.answered.is_none())
    }

    /// Whether a sighting is news: it was not told, and not too many like it wait already.
    #[must_use]
    pub fn is_news(&self, sighting: &Sighting) -> bool {
        let known = self.sightings.iter().any(|seen| seen.sighting.thing == sighting.thing);
        let alike = self.open_sightings().filter(|seen| seen.sighting.is_like(sighting));
        !known && alike.count() < MOST_ALIKE
    }
}
