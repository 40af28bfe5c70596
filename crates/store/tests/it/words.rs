//! Short words for tests.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use store::{
    Append, AppendError, Batch, Body, CommandId, Committed, Entry, Expected, JobChange, JobId,
    Lease, Recorded, Row, RowChange, RowQuery, Scope, Seq, Store, StreamId,
};

/// A command id that was never used in this run.
pub(crate) fn command() -> CommandId {
    static LAST: AtomicU64 = AtomicU64::new(0);
    numbered_command(LAST.fetch_add(1, Ordering::Relaxed) | 1 << 63)
}

pub(crate) fn numbered_command(number: u64) -> CommandId {
    CommandId(u128::from(number).to_be_bytes())
}

pub(crate) fn stream(name: &str) -> StreamId {
    StreamId::new(name).unwrap()
}

pub(crate) fn all() -> Scope {
    Scope::house("test")
}

pub(crate) fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub(crate) fn entries(texts: &[&str]) -> Vec<Entry> {
    texts.iter().map(|text| Entry::content(*text)).collect()
}

pub(crate) fn append(name: &str, expected: Expected, texts: &[&str]) -> Append {
    Append::new(stream(name), expected, command(), entries(texts))
}

pub(crate) fn of(appends: Vec<Append>) -> Batch {
    Batch { appends, ..Batch::default() }
}

/// Appends wherever the stream ends.
pub(crate) fn add(store: &dyn Store, name: &str, texts: &[&str]) -> Committed {
    commit(store, of(vec![append(name, Expected::Any, texts)])).unwrap().remove(0)
}

pub(crate) fn commit(store: &dyn Store, batch: Batch) -> Result<Vec<Committed>, AppendError> {
    store.commit(&all(), batch)
}

pub(crate) fn read(store: &dyn Store, name: &str) -> Vec<Recorded> {
    store.read(&all(), &stream(name), Seq::FIRST).unwrap()
}

/// What the events of a stream say; `-` for one that was forgotten.
pub(crate) fn said(events: &[Recorded]) -> Vec<String> {
    events.iter().map(|event| text(event.payload.open())).collect()
}

pub(crate) fn text(body: Option<&Body>) -> String {
    let bytes = body.map_or(&b"-"[..], Body::as_bytes);
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) fn row(list: &str, key: &str, of: &str, sort: u64, body: &str) -> RowChange {
    let (list, key) = (list.to_owned(), key.to_owned());
    RowChange::Put(Row { list, key, stream: stream(of), sort, body: body.into() })
}

pub(crate) fn query(list: &str, limit: usize) -> RowQuery {
    let direction = store::Direction::Ascending;
    RowQuery { list: list.into(), direction, after: None, limit }
}

/// The bodies of a list's first rows.
pub(crate) fn listed(store: &dyn Store, scope: &Scope, list: &str) -> Vec<String> {
    let page = store.rows(scope, &query(list, 1000)).unwrap();
    page.rows.iter().map(|row| text(row.body.open())).collect()
}

pub(crate) fn job_id(id: &str) -> JobId {
    JobId::new(id).unwrap()
}

pub(crate) fn job(id: &str, of: &str, due: Timestamp, body: &str) -> JobChange {
    JobChange::Put { id: job_id(id), stream: stream(of), due, body: body.into() }
}

pub(crate) fn jobs(changes: Vec<JobChange>) -> Batch {
    Batch { jobs: changes, ..Batch::default() }
}

pub(crate) fn leased(lease: Option<Lease>) -> Option<String> {
    lease.map(|lease| lease.fence.job.as_str().to_owned())
}
