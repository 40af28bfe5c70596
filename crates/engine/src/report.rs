//! A report's own stream: what came in, to the byte, and where it went.

use case::{CaseId, PersonId, ProjectId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::EngineError;

/// What happened to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ReportEvent {
    /// It arrived; from here on it cannot be lost.
    Received {
        /// For which project.
        project: ProjectId,
        /// `form` or `mail`.
        channel: String,
        /// The blob that holds the bytes as they came.
        raw: String,
        /// When.
        at: Timestamp,
        /// The secret of the reporter's receipt page.
        token: String,
    },
    /// Who sent it; sealed under a key of its own, so that it can be forgotten.
    Reporter {
        /// The person in the case.
        person: PersonId,
        /// As given.
        name: String,
        /// As given.
        mailbox: Option<String>,
    },
    /// It belongs to a case.
    Linked {
        /// Which.
        case: CaseId,
    },
}

/// The entry that says in which case a report is from now on.
pub(crate) fn linked(case: CaseId) -> Result<store::Entry, EngineError> {
    let entry = ReportEntry { v: 1, event: ReportEvent::Linked { case } };
    let bytes = serde_json::to_vec(&entry).map_err(|e| EngineError::Invalid(e.to_string()))?;
    Ok(store::Entry::content(bytes))
}

/// A report's event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportEntry {
    pub(crate) v: u32,
    pub(crate) event: ReportEvent,
}
