//! Between the store's bytes and the case's events.

use case::{
    Case, CaseId, CommandId, Entry, Event,
    event::{ActEvent, LifeEvent, PeopleEvent, SCHEMA},
    evolve,
    observation::Observation,
    opening::{Opening, Outcome},
    sighting::Sighting,
};
use store::{Append, BlobId, Expected, Recorded, Scope, Seq, Store};

use crate::{EngineError, streams};

/// A case with all its entries.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The case at its head.
    pub case: Case,
    /// Everything that happened, oldest first.
    pub entries: Vec<Entry>,
}

pub(crate) fn load(store: &dyn Store, id: CaseId) -> Result<Loaded, EngineError> {
    let stream = streams::case(id)?;
    let recorded = store.read(&Scope::house("engine"), &stream, Seq::FIRST)?;
    if recorded.is_empty() {
        return Err(EngineError::NotFound);
    }
    let mut entries = Vec::with_capacity(recorded.len());
    for record in &recorded {
        if let Some(entry) = decode(stream.as_str(), record)? {
            entries.push(entry);
        }
    }
    let mut case = evolve::fold(&entries)?;
    // A forgotten last event leaves no entry, but the stream still ends there.
    case.head = recorded.last().map_or(case.head, |last| last.seq.0);
    Ok(Loaded { case, entries })
}

/// One event; `None` when its key was dropped on purpose.
fn decode(stream: &str, record: &Recorded) -> Result<Option<Entry>, EngineError> {
    let Some(bytes) = record.payload.as_bytes() else { return Ok(None) };
    let unreadable = |why: String| EngineError::Unreadable { stream: stream.to_owned(), why };
    let mut entry: Entry = serde_json::from_slice(bytes).map_err(|e| unreadable(e.to_string()))?;
    if entry.v > SCHEMA {
        return Err(unreadable(format!("it is written in schema version {}", entry.v)));
    }
    entry.seq = record.seq.0;
    Ok(Some(entry))
}

/// Entries of one command, ready to be appended to their case.
pub(crate) fn append(
    case: CaseId,
    expected: Expected,
    command: CommandId,
    entries: &[Entry],
) -> Result<Append, EngineError> {
    let sealed = entries.iter().map(encode).collect::<Result<_, _>>()?;
    let command = store::CommandId(command.0);
    let blobs = entries.iter().filter_map(|entry| blob_of(&entry.event)).collect();
    Ok(Append { blobs, ..Append::new(streams::case(case)?, expected, command, sealed) })
}

/// The blob that an event names: it is kept with it.
fn blob_of(event: &Event) -> Option<BlobId> {
    let seen = match event {
        Event::Observed(seen) => seen,
        Event::Act(ActEvent::Sealed { sealed, .. }) => return sealed.raw.parse().ok(),
        _ => return None,
    };
    match &**seen {
        Observation::Message { raw: Some(raw), .. } => raw.parse().ok(),
        Observation::Sighted(Sighting { evidence: Some(evidence), .. }) => evidence.parse().ok(),
        Observation::Opening(Opening { outcome: Outcome::Opened(inside), .. }) => {
            inside.raw.parse().ok()
        }
        _ => None,
    }
}

/// An event ready for the store. What names the reporter is sealed under the identity key, and so are
/// people's keys and what stood in an encrypted mail.
fn encode(entry: &Entry) -> Result<store::Entry, EngineError> {
    let bytes = serde_json::to_vec(entry).map_err(|e| EngineError::Invalid(e.to_string()))?;
    Ok(match &entry.event {
        Event::Life(LifeEvent::Linked(_)) | Event::People(PeopleEvent::Protected { .. }) => {
            store::Entry::identity(bytes)
        }
        Event::Observed(seen) if matches!(**seen, Observation::Opening(_)) => {
            store::Entry::identity(bytes)
        }
        _ => store::Entry::content(bytes),
    })
}
