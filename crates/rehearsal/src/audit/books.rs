//! What the auditor reads: the journal, the witness, and the public mirror.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use advisory::{digest::Digest, mailbox::Mailbox};
use case::{CaseId, Entry, ReportId};
use engine::ReportEvent;
use serde::Deserialize;
use store::{Payload, Scope, Seq, Store, StoreError, StreamId};

use crate::world::{record::Record, setting::Setting};

/// Why the books could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stream holds what is no event.
    #[error("{stream} holds something unreadable at {seq}: {why}")]
    Unreadable {
        /// The stream.
        stream: String,
        /// The event's number.
        seq: u64,
        /// What is wrong.
        why: String,
    },
}

/// The true addresses, from before the drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The team's own address.
    pub team: Mailbox,
    /// The distributors' list.
    pub distributors: Mailbox,
    /// The users' list.
    pub users: Mailbox,
    /// The reporters' own addresses.
    pub reporters: BTreeSet<Mailbox>,
    /// The distributors' own addresses.
    pub vendors: BTreeSet<Mailbox>,
}

impl From<&Setting> for Truth {
    fn from(setting: &Setting) -> Self {
        Self {
            team: setting.team.clone(),
            distributors: setting.distributors.clone(),
            users: setting.users.clone(),
            reporters: setting.reporters.iter().map(|person| person.mailbox.clone()).collect(),
            vendors: setting.vendors.iter().map(|vendor| vendor.mailbox.clone()).collect(),
        }
    }
}

/// A report as the journal holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub report: ReportId,
    /// Digest of its bytes; `None` when they are gone.
    pub bytes: Option<Digest>,
    /// The case that it was linked to.
    pub case: Option<CaseId>,
}

/// Everything that the auditor looks at.
#[derive(Debug, Clone)]
pub struct Books {
    /// Entries per case, in order.
    pub cases: BTreeMap<CaseId, Vec<Entry>>,
    /// Reports.
    pub reports: Vec<Received>,
    /// Whether every chain, seal and blob holds.
    pub chain: Result<(), String>,
    /// What the witness holds; `None` in a live house.
    pub witness: Option<Vec<Record>>,
    /// The true addresses, where they are known.
    pub truth: Option<Truth>,
    /// The public repository.
    pub mirror: Option<PathBuf>,
}

#[derive(Deserialize)]
struct StoredReport {
    event: ReportEvent,
}

impl Books {
    /// Reads a store. Witness, truth and mirror are added by the caller.
    ///
    /// # Errors
    /// When the store fails or holds something unreadable. Damage that [`store::House::verify`]
    /// finds is no error but a finding.
    pub fn read(store: &dyn Store) -> Result<Self, AuditError> {
        let chain = store.verify(None).map(|_| ()).map_err(|error| error.to_string());
        let scope = Scope::house("auditor");
        let mut cases = BTreeMap::new();
        for stream in store.streams(&scope, "case/")? {
            let id = stream.as_str().strip_prefix("case/").and_then(|id| id.parse().ok());
            if let Some(id) = id {
                cases.insert(id, entries(store, &scope, &stream)?);
            }
        }
        let mut reports = Vec::new();
        for stream in store.streams(&scope, "report/")? {
            let id = stream.as_str().strip_prefix("report/").and_then(|id| id.parse().ok());
            if let Some(id) = id {
                reports.push(received(store, &scope, &stream, id)?);
            }
        }
        Ok(Self { cases, reports, chain, witness: None, truth: None, mirror: None })
    }

    /// What the witness holds; nothing without one.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        self.witness.as_deref().unwrap_or_default()
    }
}

fn entries(store: &dyn Store, scope: &Scope, stream: &StreamId) -> Result<Vec<Entry>, AuditError> {
    let mut entries = Vec::new();
    for recorded in store.read(scope, stream, Seq::FIRST)? {
        let Some(bytes) = recorded.payload.as_bytes() else { continue };
        let mut entry: Entry = serde_json::from_slice(bytes).map_err(|error| {
            let (stream, seq) = (stream.to_string(), recorded.seq.0);
            AuditError::Unreadable { stream, seq, why: error.to_string() }
        })?;
        entry.seq = recorded.seq.0;
        entries.push(entry);
    }
    Ok(entries)
}

fn received(
    store: &dyn Store,
    scope: &Scope,
    stream: &StreamId,
    report: ReportId,
) -> Result<Received, AuditError> {
    let mut found = Received { report, bytes: None, case: None };
    for recorded in store.read(scope, stream, Seq::FIRST)? {
        let Some(bytes) = recorded.payload.as_bytes() else { continue };
        let stored: StoredReport = serde_json::from_slice(bytes).map_err(|error| {
            let (stream, seq) = (stream.to_string(), recorded.seq.0);
            AuditError::Unreadable { stream, seq, why: error.to_string() }
        })?;
        match stored.event {
            ReportEvent::Received { raw, .. } => {
                found.bytes = blob(store, scope, stream, &raw)?;
            }
            ReportEvent::Linked { case } => found.case = Some(case),
            ReportEvent::Reporter { .. } => {}
        }
    }
    Ok(found)
}

/// The digest of a report's bytes, whichever of its keys seals them.
fn blob(
    store: &dyn Store,
    scope: &Scope,
    stream: &StreamId,
    name: &str,
) -> Result<Option<Digest>, AuditError> {
    let Ok(id) = name.parse() else { return Ok(None) };
    let payload = store.get_blob(scope, stream, &id)?;
    Ok(payload.as_ref().and_then(Payload::as_bytes).map(Digest::of))
}
