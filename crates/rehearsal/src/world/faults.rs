//! Misbehaviour on request.
//!
//! Kinds are dealt from a shuffled deck, so that every kind comes up as soon as there were enough
//! calls; a seed decides order and place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::smtp::Strike;
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
    /// The mail server says at some stage that it cannot take a mail now (4xx); nothing happens.
    PutOff,
    /// The mail server hangs up before a mail's end; nothing happens.
    HungUp,
    /// Somebody edits on the web what was published.
    Edited,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::AnswerLost,
        Self::CallLost,
        Self::Unavailable,
        Self::Duplicate,
        Self::Slow,
        Self::PutOff,
        Self::HungUp,
        Self::Edited,
    ];

    /// Those that happen to a call.
    pub const OF_CALLS: [Self; 5] =
        [Self::AnswerLost, Self::CallLost, Self::Unavailable, Self::Duplicate, Self::Slow];

    /// Those that happen to a mail on its way out.
    pub const OF_MAILS: [Self; 4] = [Self::AnswerLost, Self::CallLost, Self::PutOff, Self::HungUp];

    /// In a few words, for people.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::AnswerLost => "the answer was lost after the effect",
            Self::CallLost => "the call was lost before it arrived",
            Self::Unavailable => "the party was unavailable",
            Self::Duplicate => "the call arrived twice",
            Self::Slow => "the answer was slow",
            Self::PutOff => "the mail server could not take a mail then",
            Self::HungUp => "the mail server hung up before a mail's end",
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
    mails: (Dice, Vec<Fault>),
    fired: BTreeMap<Fault, u64>,
}

impl Faults {
    /// A dealer for a seed.
    #[must_use]
    pub fn new(seed: u64, on: bool) -> Self {
        Self {
            dice: Dice::new(seed, "faults"),
            on,
            deck: Vec::new(),
            mails: (Dice::new(seed, "mail server"), Vec::new()),
            fired: BTreeMap::new(),
        }
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
        let fault = draw(&Fault::OF_CALLS, &mut self.deck, &mut self.dice)?;
        Some(self.count(fault))
    }

    /// What will happen to the next mail on its way out, and where: to about every second one. It
    /// counts once it has struck.
    pub(super) fn deal_to_mail(&mut self) -> Option<Strike> {
        let (dice, deck) = &mut self.mails;
        if !self.on || dice.below(2) != 0 {
            return None;
        }
        let fault = draw(&Fault::OF_MAILS, deck, dice)?;
        Some(Strike::of(fault, dice))
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

fn draw(kinds: &[Fault], deck: &mut Vec<Fault>, dice: &mut Dice) -> Option<Fault> {
    if deck.is_empty() {
        deck.extend_from_slice(kinds);
        dice.shuffle(deck);
    }
    deck.pop()
}
