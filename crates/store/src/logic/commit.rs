//! How a batch becomes durable, or is refused before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Append, AppendError, Batch, Committed, Entry, Expected, JobChange, RowChange, Scope, Seq,
    StoreError, StreamId,
    seal::{Slot, Vault},
    tables::{Answer, EventRow, Owner, StreamRow, Tables},
};

use super::{events, lists, queue, scope};

pub(crate) fn commit(
    vault: &Vault,
    tables: &mut dyn Tables,
    scope: &Scope,
    batch: &Batch,
) -> Result<Vec<Committed>, AppendError> {
    check_shape(batch)?;
    let ends = ends(vault, tables, scope, batch)?;
    if let Some(answers) = repeated(tables, batch, &ends)? {
        return Ok(answers);
    }
    for fence in &batch.fences {
        if queue::held(vault, tables, fence)?.is_none() {
            return Err(AppendError::LeaseLost { job: fence.job.clone() });
        }
    }
    for (append, end) in batch.appends.iter().zip(&ends) {
        check_expected(append, end)?;
        check_blobs(tables, append)?;
    }
    let mut known = other_streams(vault, tables, scope, batch)?;
    check_keys(vault, batch)?;
    // From here on nothing is refused.
    let mut answers = Vec::with_capacity(batch.appends.len());
    for (append, end) in batch.appends.iter().zip(ends) {
        let (stream, committed) = append_events(vault, tables, append, &end)?;
        known.insert(stream.name.clone(), stream);
        answers.push(committed);
    }
    change_rows(vault, tables, &batch.rows, &known)?;
    change_jobs(vault, tables, &batch.jobs)?;
    Ok(answers)
}

fn check_shape(batch: &Batch) -> Result<(), AppendError> {
    let invalid = |why| Err(AppendError::Invalid { why });
    let mut streams = BTreeSet::new();
    for append in &batch.appends {
        if append.events.is_empty() {
            return invalid("an append without events");
        }
        if !streams.insert(&append.stream) {
            return invalid("two appends to one stream");
        }
    }
    let sort_fits = |change: &RowChange| match change {
        RowChange::Put(row) => i64::try_from(row.sort).is_ok(),
        RowChange::Remove { .. } => true,
    };
    if !batch.rows.iter().all(sort_fits) {
        return invalid("a row sorts beyond i64::MAX");
    }
    Ok(())
}

/// Where a stream stands before the batch, and whose it will be.
struct End {
    stream: Option<StreamRow>,
    head: Option<(Seq, crate::Hash)>,
    owner: Option<Owner>,
}

fn ends(
    vault: &Vault,
    tables: &dyn Tables,
    scope: &Scope,
    batch: &Batch,
) -> Result<Vec<End>, AppendError> {
    batch.appends.iter().map(|append| end(vault, tables, scope, append)).collect()
}

fn end(
    vault: &Vault,
    tables: &dyn Tables,
    scope: &Scope,
    append: &Append,
) -> Result<End, AppendError> {
    let stream = tables.stream(&append.stream)?;
    let visible = match &stream {
        Some(stream) => scope::sees(vault, scope, stream)?,
        None => true,
    };
    let out = || AppendError::OutOfScope { stream: append.stream.clone() };
    let stays = |project| scope.project.as_ref().is_none_or(|scope| scope == project);
    if !visible || !append.project.as_ref().is_none_or(stays) {
        return Err(out());
    }
    let before = stream.as_ref().and_then(|stream| stream.owner);
    let implied = if stream.is_none() { scope.project.as_ref() } else { None };
    let wanted = append.project.as_ref().or(implied);
    let owner = match (before, wanted.map(|project| scope::owner(vault, &append.stream, project))) {
        (Some(before), Some(wanted)) if before != wanted => return Err(out()),
        (before, wanted) => before.or(wanted),
    };
    let head = match &stream {
        Some(stream) => tables.end(stream.number)?,
        None => None,
    };
    Ok(End { stream, head, owner })
}

/// The first answers, when the whole batch was committed before.
fn repeated(
    tables: &dyn Tables,
    batch: &Batch,
    ends: &[End],
) -> Result<Option<Vec<Committed>>, AppendError> {
    let mut answers = Vec::new();
    for (append, end) in batch.appends.iter().zip(ends) {
        let Some(stream) = &end.stream else { continue };
        let Some(answer) = tables.answer(stream.number, append.command)? else { continue };
        let Answer { first, last, position, hash } = answer;
        let stream = append.stream.clone();
        answers.push(Committed { stream, first, last, position, hash, repeated: true });
    }
    match answers.len() {
        0 => Ok(None),
        all if all == batch.appends.len() => Ok(Some(answers)),
        _ => Err(AppendError::PartlyRepeated),
    }
}

fn check_expected(append: &Append, end: &End) -> Result<(), AppendError> {
    let head = end.head.map(|(seq, _)| seq);
    let met = match append.expected {
        Expected::Exact(seq) => head == Some(seq),
        Expected::New => head.is_none(),
        Expected::Any => true,
    };
    if met { Ok(()) } else { Err(AppendError::Conflict { stream: append.stream.clone(), head }) }
}

fn check_blobs(tables: &dyn Tables, append: &Append) -> Result<(), AppendError> {
    for blob in &append.blobs {
        if !tables.has_blob(&append.stream, *blob)? {
            return Err(AppendError::NoBlob { blob: *blob });
        }
    }
    Ok(())
}

/// Whatever the batch seals, its key is there.
fn check_keys(vault: &Vault, batch: &Batch) -> Result<(), StoreError> {
    for append in &batch.appends {
        let classes: BTreeSet<_> = append.events.iter().map(|entry| entry.class).collect();
        for class in classes {
            vault.keyring().ready(&append.stream, class.into())?;
        }
    }
    let rows = batch.rows.iter().filter_map(|change| match change {
        RowChange::Put(row) => Some(&row.stream),
        RowChange::Remove { .. } => None,
    });
    let jobs = batch.jobs.iter().filter_map(|change| match change {
        JobChange::Put { stream, .. } => Some(stream),
        JobChange::Remove { .. } => None,
    });
    rows.chain(jobs).try_for_each(|stream| vault.keyring().ready(stream, Slot::Content))
}

/// The streams that rows and jobs of the batch belong to and that it does not append to.
fn other_streams(
    vault: &Vault,
    tables: &dyn Tables,
    scope: &Scope,
    batch: &Batch,
) -> Result<BTreeMap<StreamId, StreamRow>, AppendError> {
    let appended: BTreeSet<&StreamId> = batch.appends.iter().map(|a| &a.stream).collect();
    let mut wanted = BTreeSet::new();
    for change in &batch.rows {
        check_row_scope(vault, tables, scope, change)?;
        if let RowChange::Put(row) = change {
            wanted.insert(&row.stream);
        }
    }
    for change in &batch.jobs {
        if let JobChange::Put { stream, .. } = change {
            wanted.insert(stream);
        }
    }
    let mut found = BTreeMap::new();
    for name in wanted.difference(&appended) {
        let stream = scope::find(vault, tables, scope, name)?
            .ok_or_else(|| AppendError::OutOfScope { stream: (*name).clone() })?;
        found.insert((*name).clone(), stream);
    }
    Ok(found)
}

/// A project's scope neither replaces nor removes a row of another project.
fn check_row_scope(
    vault: &Vault,
    tables: &dyn Tables,
    scope: &Scope,
    change: &RowChange,
) -> Result<(), AppendError> {
    let Some(project) = &scope.project else { return Ok(()) };
    let (list, key) = match change {
        RowChange::Put(row) => (&row.list, &row.key),
        RowChange::Remove { list, key } => (list, key),
    };
    let tag = scope::project_tag(vault, project);
    match tables.row(&lists::list_tag(vault, list), &lists::key_tag(vault, list, key))? {
        Some(row) if row.owner != Some(tag) => Err(AppendError::OutOfScope { stream: row.stream }),
        _ => Ok(()),
    }
}

fn append_events(
    vault: &Vault,
    tables: &mut dyn Tables,
    append: &Append,
    end: &End,
) -> Result<(StreamRow, Committed), StoreError> {
    let stream = standing_stream(tables, append, end)?;
    let (mut seq, mut previous) = match end.head {
        Some((seq, hash)) => (seq.next(), hash),
        None => (Seq::FIRST, vault.genesis(&append.stream)),
    };
    let first = seq;
    let mut position = crate::Position::START;
    for entry in &append.events {
        let event = chained(vault, append, entry, seq, previous)?;
        position = tables.add_event(stream.number, &event)?;
        (seq, previous) = (seq.next(), event.hash);
    }
    for blob in &append.blobs {
        tables.name_blob(&append.stream, *blob)?;
    }
    let last = Seq(seq.0 - 1);
    let name = append.stream.clone();
    let hash = previous;
    Ok((stream, Committed { stream: name, first, last, position, hash, repeated: false }))
}

fn chained(
    vault: &Vault,
    append: &Append,
    entry: &Entry,
    seq: Seq,
    previous: crate::Hash,
) -> Result<EventRow, StoreError> {
    let stream = &append.stream;
    let link = events::Link { stream, seq, previous, command: append.command, class: entry.class };
    events::seal(vault, link, entry)
}

/// The stream's row, made or given to its project where that is needed.
fn standing_stream(
    tables: &mut dyn Tables,
    append: &Append,
    end: &End,
) -> Result<StreamRow, StoreError> {
    let had = end.stream.as_ref().and_then(|stream| stream.owner);
    let number = match &end.stream {
        Some(stream) => stream.number,
        None => tables.add_stream(&append.stream)?,
    };
    if let Some(owner) = end.owner.filter(|owner| had != Some(*owner)) {
        tables.set_owner(number, owner)?;
    }
    Ok(StreamRow { number, name: append.stream.clone(), owner: end.owner })
}

fn change_rows(
    vault: &Vault,
    tables: &mut dyn Tables,
    changes: &[RowChange],
    streams: &BTreeMap<StreamId, StreamRow>,
) -> Result<(), StoreError> {
    for change in changes {
        match change {
            RowChange::Put(row) => {
                if let Some(stream) = streams.get(&row.stream) {
                    tables.put_row(&lists::seal(vault, row, stream)?)?;
                }
            }
            RowChange::Remove { list, key } => {
                let (list, key) = (lists::list_tag(vault, list), lists::key_tag(vault, list, key));
                tables.remove_row(&list, &key)?;
            }
        }
    }
    Ok(())
}

fn change_jobs(
    vault: &Vault,
    tables: &mut dyn Tables,
    changes: &[JobChange],
) -> Result<(), StoreError> {
    for change in changes {
        match change {
            JobChange::Put { id, stream, due, body } => {
                tables.put_job(&queue::seal(vault, id, stream, *due, body)?)?;
            }
            JobChange::Remove { id } => tables.remove_job(&queue::tag(vault, id))?,
        }
    }
    Ok(())
}
