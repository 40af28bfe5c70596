//! Case state (CS): six facts about the world, each of which becomes true once and stays true.
//!
//! Written as six letters, small before and capital after: **v** the vendor knows, **f** a fix is
//! ready, **d** it is deployed, **p** the public knows, **x** an exploit is public, **a** attacks
//! were seen. The fix path is causal (v, then f, then d), so 32 of the 64 words exist, and
//! [`State`] can hold only those. Facts are never taken back; a mistaken observation is corrected
//! by replaying the case's history without it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How far the vendor's fix has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixPath {
    /// `vfd`: the vendor does not know.
    #[default]
    Unaware,
    /// `Vfd`: the vendor knows.
    Aware,
    /// `VFd`: a fix is ready.
    Ready,
    /// `VFD`: the fix is deployed.
    Deployed,
}

/// One of the six facts becomes true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// **V**: the vendor learns of the vulnerability.
    VendorAware,
    /// **F**: a fix is ready.
    FixReady,
    /// **D**: the fix is deployed.
    FixDeployed,
    /// **P**: the public learns of the vulnerability.
    PublicAware,
    /// **X**: an exploit is public.
    ExploitPublic,
    /// **A**: attacks are seen.
    AttacksObserved,
}

impl Event {
    /// Every event, in the order of the six letters.
    pub const ALL: [Self; 6] = [
        Self::VendorAware,
        Self::FixReady,
        Self::FixDeployed,
        Self::PublicAware,
        Self::ExploitPublic,
        Self::AttacksObserved,
    ];
}

/// The six facts of a case. Shown, stored and read as six letters, `vfdpxa` to `VFDPXA`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct State {
    fix: FixPath,
    public: bool,
    exploit: bool,
    attacks: bool,
}

impl State {
    /// All 32 states, from `vfdpxa` to `VFDPXA`.
    pub fn all() -> impl Iterator<Item = Self> {
        [FixPath::Unaware, FixPath::Aware, FixPath::Ready, FixPath::Deployed].into_iter().flat_map(
            |fix| {
                (0..8_u8).map(move |bits| Self {
                    fix,
                    public: bits & 4 != 0,
                    exploit: bits & 2 != 0,
                    attacks: bits & 1 != 0,
                })
            },
        )
    }

    /// How far the fix has come.
    #[must_use]
    pub const fn fix(self) -> FixPath {
        self.fix
    }

    /// **P**: the public knows.
    #[must_use]
    pub const fn is_public(self) -> bool {
        self.public
    }

    /// **X**: an exploit is public.
    #[must_use]
    pub const fn has_public_exploit(self) -> bool {
        self.exploit
    }

    /// **A**: attacks were seen.
    #[must_use]
    pub const fn is_attacked(self) -> bool {
        self.attacks
    }

    /// Whether nothing has got out: not public, no exploit, no attacks (`…pxa`).
    #[must_use]
    pub const fn is_quiet(self) -> bool {
        !(self.public || self.exploit || self.attacks)
    }

    /// The step that the protocol demands before any other, if there is one: a public exploit
    /// makes the public aware, and what the public knows the vendor knows.
    #[must_use]
    pub const fn must_follow(self) -> Option<Event> {
        if self.exploit && !self.public {
            Some(Event::PublicAware)
        } else if self.public && matches!(self.fix, FixPath::Unaware) {
            Some(Event::VendorAware)
        } else {
            None
        }
    }

    /// Whether `event` has happened already.
    #[must_use]
    pub const fn has(self, event: Event) -> bool {
        match event {
            Event::VendorAware => !matches!(self.fix, FixPath::Unaware),
            Event::FixReady => matches!(self.fix, FixPath::Ready | FixPath::Deployed),
            Event::FixDeployed => matches!(self.fix, FixPath::Deployed),
            Event::PublicAware => self.public,
            Event::ExploitPublic => self.exploit,
            Event::AttacksObserved => self.attacks,
        }
    }
}

/// The state after `event`, or `None` where the protocol has no such step: the fact holds
/// already, comes too early on the fix path, or another step [must follow](State::must_follow).
///
/// (Source: Vultron, "CS Transitions", after Householder and Spring, CMU/SEI-2021-SR-021, §2.4.
/// The published grammar has a slip, `VFdPxA → X VFDPXA`, which would change two letters; the rule
/// beside it, one letter at a time, decides for `VFdPXA`.)
#[must_use]
pub fn transition(state: State, event: Event) -> Option<State> {
    if state.must_follow().is_some_and(|due| due != event) {
        return None;
    }
    let mut next = state;
    match (event, state.fix) {
        (Event::VendorAware, FixPath::Unaware) => next.fix = FixPath::Aware,
        (Event::FixReady, FixPath::Aware) => next.fix = FixPath::Ready,
        (Event::FixDeployed, FixPath::Ready) => next.fix = FixPath::Deployed,
        (Event::PublicAware, _) if !state.public => next.public = true,
        (Event::ExploitPublic, _) if !state.exploit => next.exploit = true,
        (Event::AttacksObserved, _) if !state.attacks => next.attacks = true,
        _ => return None,
    }
    Some(next)
}

/// The state after `event` and everything that must follow at once, with the events in order.
///
/// This is how an observation is recorded: a report of a public exploit is also a report that
/// the public knows. `None` as for [`transition`].
#[must_use]
pub fn observe(state: State, event: Event) -> Option<(State, Vec<Event>)> {
    let mut state = transition(state, event)?;
    let mut events = vec![event];
    while let Some(due) = state.must_follow() {
        state = transition(state, due)?;
        events.push(due);
    }
    Some((state, events))
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.fix {
            FixPath::Unaware => "vfd",
            FixPath::Aware => "Vfd",
            FixPath::Ready => "VFd",
            FixPath::Deployed => "VFD",
        })?;
        f.write_str(if self.public { "P" } else { "p" })?;
        f.write_str(if self.exploit { "X" } else { "x" })?;
        f.write_str(if self.attacks { "A" } else { "a" })
    }
}

/// A word that names no case state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no case state: write one of the 32 words from “vfdpxa” to “VFDPXA”")]
pub struct UnknownState(String);

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        Self::all().find(|state| state.to_string() == word).ok_or_else(|| UnknownState(word.into()))
    }
}

impl TryFrom<String> for State {
    type Error = UnknownState;

    fn try_from(word: String) -> Result<Self, UnknownState> {
        word.parse()
    }
}

impl From<State> for String {
    fn from(state: State) -> Self {
        state.to_string()
    }
}
