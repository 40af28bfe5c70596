//! What two workers of one house must not do at the same time.
//!
//! A lease keeps a job for one worker, but a job that is put anew loses its lease while somebody is
//! still at it. And a party that hangs must never have all workers wait for it: whatever may hang has
//! a lane, in which one worker waits at a time. With a worker more than there are lanes
//! ([`WORKERS`]), one is always free for a publication that falls due.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use case::{
    CaseId,
    act::{Plan, Recipient},
};
use store::JobId;

/// How many workers a house needs so that none of its parties can hold up a publication.
pub const WORKERS: usize = Lane::ALL.len() + 1;

/// What may hang.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// Mail that goes out.
    Mail,
    /// Mail that goes out as part of a disclosure: it waits for no other.
    Disclosure,
    /// Mail that is fetched.
    Fetch,
    /// Feeds that are read.
    Feeds,
    /// A mirror that is brought up to date.
    Mirrors,
    /// Public commits that are read because somebody looks at a page.
    Counts,
}

impl Lane {
    const ALL: [Self; 6] =
        [Self::Mail, Self::Disclosure, Self::Fetch, Self::Feeds, Self::Mirrors, Self::Counts];

    /// The lane of an act, if it may hang.
    pub(crate) fn of(plan: &Plan) -> Option<Self> {
        let mail = plan.to.iter().any(Recipient::gets_words);
        mail.then_some(if plan.under.is_some() { Self::Disclosure } else { Self::Mail })
    }
}

/// What one worker has in hand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing {
    Job(JobId),
    Lane(Lane),
    /// A look at what the world shows of a case.
    Watch(CaseId),
}

/// Everything that is in some worker's hands.
#[derive(Debug, Default)]
pub(crate) struct Hands(Mutex<BTreeSet<Thing>>);

impl Hands {
    /// Takes something, unless somebody has it, until the answer is dropped.
    pub(crate) fn take(&self, thing: Thing) -> Option<Held<'_>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = all.insert(thing.clone());
        drop(all);
        free.then(|| Held { hands: self, thing })
    }
}

/// Something in hand.
pub(crate) struct Held<'a> {
    hands: &'a Hands,
    thing: Thing,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.hands.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.thing);
    }
}
