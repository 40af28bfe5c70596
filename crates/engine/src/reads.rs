//! The record of who read what.

use case::{Actor, CaseId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Append, Batch, Expected, Scope};

use crate::{Engine, EngineError, streams};

/// One read, as it stands in `case/…/reads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// What was shown: `case`, `list`, `export`.
    pub what: String,
}

impl Engine {
    pub(crate) fn record_read(
        &self,
        case: CaseId,
        actor: Actor,
        what: &str,
    ) -> Result<(), EngineError> {
        self.record_reads(std::iter::once(case), actor, what)
    }

    pub(crate) fn record_reads(
        &self,
        cases: impl Iterator<Item = CaseId>,
        actor: Actor,
        what: &str,
    ) -> Result<(), EngineError> {
        let read = Read { actor, at: self.clock.wall(), what: what.to_owned() };
        let body = serde_json::to_vec(&read).map_err(|e| EngineError::Invalid(e.to_string()))?;
        let appends = cases
            .map(|case| {
                let command = store::CommandId(self.draw());
                let events = vec![store::Entry::content(body.clone())];
                Ok(Append::new(streams::reads(case)?, Expected::Any, command, events))
            })
            .collect::<Result<Vec<_>, EngineError>>()?;
        if !appends.is_empty() {
            self.store.commit(&Scope::house("reads"), Batch { appends, ..Batch::default() })?;
        }
        Ok(())
    }
}
