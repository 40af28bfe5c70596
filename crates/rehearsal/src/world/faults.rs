//! Misbehaviour on request.
//!
//! Kinds are dealt from a shuffled deck, so that every kind comes up as soon as there were enough
//! calls; a seed decides order and place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dice::Dice;

/// How a party misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The call has its effect, and the answer is lost.
    AnswerLost,
    /// The call is lost on the way; nothing happens.
    CallLost,
    /// The party answers that it cannot now (HTTP 503); nothing happens.
    Unavailable,
    /// The network delivers the call twice.
    Duplicate,
    /// The answer takes long.
    Slow,
    /// Somebody edits on the web what was published.
    Edited,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::AnswerLost,
        Self::CallLost,
        Self::Unavailable,
        Self::Duplicate,
        Self::Slow,
        Self::Edited,
    ];

    /// Those that happen to a call.
    pub const OF_CALLS: [Self; 5] =
        [Self::AnswerLost, Self::CallLost, Self::Unavailable, Self::Duplicate, Self::Slow];

    /// In a few words, for people.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::AnswerLost => "the answer was lost after the effect",
            Self::CallLost => "the call was lost before it arrived",
            Self::Unavailable => "the party was unavailable",
            Self::Duplicate => "the call arrived twice",
            Self::Slow => "the answer was slow",
            Self::Edited => "a published copy was edited",
        }
    }
}

/// Deals faults.
#[derive(Debug, Clone)]
pub struct Faults {
    dice: Dice,
    on: bool,
    deck: Vec<Fault>,
    fired: BTreeMap<Fault, u64>,
}

impl Faults {
    /// A dealer for a seed.
    #[must_use]
    pub fn new(seed: u64, on: bool) -> Self {
        Self { dice: Dice::new(seed, "faults"), on, deck: Vec::new(), fired: BTreeMap::new() }
    }

    /// What happens to the next call, if anything: about every second one that changes something
    /// goes wrong, and every sixth that only looks.
    pub(super) fn deal(&mut self, changes: bool) -> Option<Fault> {
        if !self.on || self.dice.below(if changes { 2 } else { 6 }) != 0 {
            return None;
        }
        if !changes {
            // A look has no effect that could be lost or doubled.
            let fault = if self.dice.below(2) == 0 { Fault::Unavailable } else { Fault::Slow };
            return Some(self.count(fault));
        }
        if self.deck.is_empty() {
            self.deck = Fault::OF_CALLS.to_vec();
            self.dice.shuffle(&mut self.deck);
        }
        let fault = self.deck.pop()?;
        Some(self.count(fault))
    }

    /// Whether a mail that comes in by itself is delivered twice.
    pub(super) fn duplicates(&mut self) -> bool {
        let twice = self.dice.below(2) == 0;
        if twice {
            self.count(Fault::Duplicate);
        }
        twice
    }

    pub(super) fn count(&mut self, fault: Fault) -> Fault {
        let fired = self.fired.entry(fault).or_default();
        *fired = fired.saturating_add(1);
        fault
    }

    pub(super) fn dice(&mut self) -> &mut Dice {
        &mut self.dice
    }

    /// How often each kind has fired.
    #[must_use]
    pub fn fired(&self) -> &BTreeMap<Fault, u64> {
        &self.fired
    }
}
