//! Names of streams and ids drawn or derived.

use advisory::Digest;
use case::{CaseId, CommandId, ProjectId, ReportId};
use store::{Entropy, Scope, Store, StreamId};

use crate::EngineError;

fn stream(text: String) -> Result<StreamId, EngineError> {
    StreamId::new(text).map_err(|e| EngineError::Invalid(e.to_string()))
}

pub(crate) fn case(id: CaseId) -> Result<StreamId, EngineError> {
    stream(format!("case/{id}"))
}

/// The case whose events a stream holds; `None` for every other stream.
pub(crate) fn case_of(stream: &StreamId) -> Option<CaseId> {
    stream.as_str().strip_prefix("case/")?.parse().ok()
}

pub(crate) fn reads(id: CaseId) -> Result<StreamId, EngineError> {
    stream(format!("case/{id}/reads"))
}

pub(crate) fn project(id: ProjectId) -> Result<StreamId, EngineError> {
    stream(format!("project/{id}"))
}

pub(crate) fn report(id: ReportId) -> Result<StreamId, EngineError> {
    stream(format!("report/{id}"))
}

/// Every case in a scope.
pub(crate) fn cases(store: &dyn Store, scope: &Scope) -> Result<Vec<CaseId>, EngineError> {
    Ok(store.streams(scope, "case/")?.iter().filter_map(case_of).collect())
}

/// Sixteen random bytes, for an id.
pub(crate) fn draw(entropy: &dyn Entropy) -> [u8; 16] {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    bytes
}

/// An id that the same command always gets, so that a repeated command finds what the first one
/// made.
pub(crate) fn derive(label: &str, command: CommandId) -> [u8; 16] {
    let digest = Digest::of_parts(label, [command.0.as_slice()]);
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
    bytes
}
