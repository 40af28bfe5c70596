//! Jobs: leases, fences, and the sealed bodies between them.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    Body, Fence, JobId, Lease, Payload, StoreError, StreamId,
    seal::{Slot, Vault},
    tables::{JobRow, Tables, Tag},
};

const JOB: &str = "fermata job 1";

pub(crate) fn tag(vault: &Vault, id: &JobId) -> Tag {
    vault.name("fermata job name 1", &[id.as_str().as_bytes()])
}

/// Microseconds are what a database keeps.
pub(crate) fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// A job that nobody holds. The name goes inside the seal, so that a lease can tell it.
pub(crate) fn seal(
    vault: &Vault,
    id: &JobId,
    stream: &StreamId,
    due: Timestamp,
    body: &Body,
) -> Result<JobRow, StoreError> {
    let (name, due) = (tag(vault, id), whole(due));
    let id = id.as_str().as_bytes();
    let length = u8::try_from(id.len()).unwrap_or(u8::MAX);
    let plain = [&[length], id, body.as_bytes()].concat();
    let time = due.as_microsecond().to_le_bytes();
    let sealed = vault.seal(JOB, (stream, Slot::Content), &[&name, &time], &plain)?;
    Ok(JobRow { name, stream: stream.clone(), due, ready: due, fence: None, sealed })
}

/// The job's name and what to do; no name when both were forgotten.
pub(crate) fn open(vault: &Vault, row: &JobRow) -> Result<Option<(JobId, Body)>, StoreError> {
    let time = row.due.as_microsecond().to_le_bytes();
    let key = (&row.stream, Slot::Content);
    let Payload::Open(plain) = vault.open(JOB, key, &[&row.name, &time], &row.sealed)? else {
        return Ok(None);
    };
    let damaged = || StoreError::damaged(format!("a job of {}", row.stream));
    let (length, rest) = plain.as_bytes().split_first().ok_or_else(damaged)?;
    let (id, body) = rest.split_at_checked(usize::from(*length)).ok_or_else(damaged)?;
    let id = std::str::from_utf8(id).ok().and_then(|id| JobId::new(id).ok());
    Ok(Some((id.ok_or_else(damaged)?, body.into())))
}

/// Takes the next ready job. One whose stream was forgotten says nothing any more and is dropped.
pub(crate) fn lease(
    vault: &Vault,
    tables: &mut dyn Tables,
    now: Timestamp,
    ttl: Duration,
) -> Result<Option<Lease>, StoreError> {
    let now = whole(tables.clock(now)?);
    let too_long = |_| StoreError::Invalid { why: "the lease ends beyond the calendar" };
    let until = whole(now.checked_add(ttl).map_err(too_long)?);
    while let Some(mut row) = tables.ready_job(now)? {
        let Some((job, body)) = open(vault, &row)? else {
            tables.remove_job(&row.name)?;
            continue;
        };
        let number = tables.next_fence()?;
        (row.ready, row.fence) = (until, Some(number));
        tables.put_job(&row)?;
        let fence = Fence { job, number };
        return Ok(Some(Lease { fence, stream: row.stream, due: row.due, until, body }));
    }
    Ok(None)
}

/// The job, if the fence still holds it.
pub(crate) fn held(
    vault: &Vault,
    tables: &dyn Tables,
    fence: &Fence,
) -> Result<Option<JobRow>, StoreError> {
    let row = tables.job(&tag(vault, &fence.job))?;
    Ok(row.filter(|row| row.fence == Some(fence.number)))
}

pub(crate) fn finish(
    vault: &Vault,
    tables: &mut dyn Tables,
    fence: &Fence,
) -> Result<bool, StoreError> {
    let Some(row) = held(vault, tables, fence)? else { return Ok(false) };
    tables.remove_job(&row.name)?;
    Ok(true)
}

pub(crate) fn release(
    vault: &Vault,
    tables: &mut dyn Tables,
    fence: &Fence,
    due: Timestamp,
) -> Result<bool, StoreError> {
    let Some(row) = held(vault, tables, fence)? else { return Ok(false) };
    match open(vault, &row)? {
        Some((id, body)) => tables.put_job(&seal(vault, &id, &row.stream, due, &body)?)?,
        None => tables.remove_job(&row.name)?,
    }
    Ok(true)
}
