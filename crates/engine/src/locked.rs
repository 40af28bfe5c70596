//! What somebody needs to see before a locked house may act again: why it is locked, and which calls
//! to the world it began without knowing what became of them.

use case::{Actor, PersonId, act::ActState};
use store::{LockState, Why};

use crate::{Engine, EngineError, OpenCall, journal};

impl Engine {
    /// Why this house may not act: `restored` from a backup, or `copied`; `None` when it may.
    #[must_use]
    pub fn locked(&self) -> Option<&'static str> {
        match self.store.lock_state() {
            LockState::Unlocked => None,
            LockState::Locked(Why::Restored) => Some("restored"),
            LockState::Locked(Why::Copied) => Some("copied"),
        }
    }

    /// Calls whose end is not known, of cases that a person may see. It folds those cases, so it is
    /// for a locked house; the reads are recorded.
    ///
    /// # Errors
    /// When the store fails.
    pub fn open_calls(&self, person: PersonId) -> Result<Vec<OpenCall>, EngineError> {
        let mut calls = Vec::new();
        for summary in self.visible(person)? {
            let case = journal::load(&*self.store, summary.case)?.case;
            let open = |state: &ActState| {
                matches!(state, ActState::Started { .. } | ActState::Uncertain { .. })
            };
            calls.extend(case.acts.values().filter(|act| open(&act.state)).map(|act| OpenCall {
                case: case.id,
                act: act.id,
                what: act.plan.kind.name().to_owned(),
                settled: false,
            }));
        }
        let cases: std::collections::BTreeSet<_> = calls.iter().map(|call| call.case).collect();
        self.record_reads(cases.into_iter(), Actor::Person(person), "locked")?;
        Ok(calls)
    }
}
