//! The proof that nothing was lost or altered: walking every chain, and checkpoints.

use jiff::Timestamp;

use crate::{
    Checkpoint, Hash, Head, Seq, StoreError, Verified, merkle,
    seal::Vault,
    tables::{StreamRow, Tables},
};

use super::{directory, events, lists, queue, scope};

/// Events and rows are read so many at a time.
const CHUNK: usize = 512;

/// The present head of every stream, signed.
pub(crate) fn checkpoint(
    vault: &Vault,
    tables: &dyn Tables,
    at: Timestamp,
) -> Result<Checkpoint, StoreError> {
    let mut heads = Vec::new();
    for stream in tables.streams("")? {
        if let Some((seq, hash)) = tables.end(stream.number)? {
            heads.push(Head { stream: stream.name, seq, hash });
        }
    }
    let mut checkpoint = Checkpoint {
        house: vault.house(),
        at,
        position: tables.last_position()?,
        root: merkle::root(&heads),
        heads,
        key: vault.public_key(),
        signature: String::new(),
    };
    let signature = vault.sign(&checkpoint.statement());
    checkpoint.signature = data_encoding::HEXLOWER.encode(&signature);
    Ok(checkpoint)
}

/// Everything in the tables; blobs and files are the backend's.
pub(crate) fn verify(
    vault: &Vault,
    tables: &dyn Tables,
    against: Option<&Checkpoint>,
) -> Result<Verified, StoreError> {
    let mut verified = Verified::default();
    for stream in tables.streams("")? {
        scope::check_owner(vault, &stream)?;
        verify_stream(vault, tables, &stream, &mut verified)?;
        verified.streams += 1;
    }
    // Positions have no gaps, so an event that is gone from anywhere but the very end shows.
    let last = tables.last_position()?;
    if last.0 != verified.events {
        let what = format!("{} of {last} events are left", verified.events);
        return Err(StoreError::damaged(what));
    }
    verify_rows(vault, tables, &mut verified)?;
    verify_directory(vault, tables)?;
    for (stream, blob) in tables.named_blobs()? {
        if !tables.has_blob(&stream, blob)? {
            return Err(StoreError::damaged(format!("blob {blob} of {stream} is gone")));
        }
    }
    if let Some(checkpoint) = against {
        verify_against(vault, tables, checkpoint)?;
    }
    Ok(verified)
}

fn verify_stream(
    vault: &Vault,
    tables: &dyn Tables,
    stream: &StreamRow,
    verified: &mut Verified,
) -> Result<(), StoreError> {
    let mut from = Seq::FIRST;
    loop {
        let events = events::read(vault, tables, stream, from, CHUNK)?;
        let Some(last) = events.last() else { break };
        from = last.seq.next();
        verified.events += events.len() as u64;
        verified.forgotten += events.iter().filter(|e| e.payload.is_forgotten()).count() as u64;
    }
    let head = tables.end(stream.number)?.map(|(seq, _)| seq.next());
    if head == Some(from) {
        Ok(())
    } else {
        Err(StoreError::damaged(format!("{} does not end where it should", stream.name)))
    }
}

fn verify_rows(
    vault: &Vault,
    tables: &dyn Tables,
    verified: &mut Verified,
) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let rows = tables.all_rows(after, CHUNK)?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        for (_, row) in rows {
            lists::open(vault, row)?;
            verified.rows += 1;
        }
    }
    for job in tables.jobs()? {
        queue::open(vault, &job)?;
        verified.rows += 1;
    }
    Ok(())
}

fn verify_directory(vault: &Vault, tables: &dyn Tables) -> Result<(), StoreError> {
    tables.shelves(None)?.iter().try_for_each(|row| directory::opened(vault, row).map(drop))
}

fn verify_against(
    vault: &Vault,
    tables: &dyn Tables,
    checkpoint: &Checkpoint,
) -> Result<(), StoreError> {
    let bad = |what: String| Err(StoreError::damaged(what));
    if checkpoint.house != vault.house() {
        return bad("the checkpoint is another house's".into());
    }
    if let Err(error) = checkpoint.check(&vault.public_key()) {
        return bad(error.to_string());
    }
    for Head { stream, seq, hash } in &checkpoint.heads {
        let found: Option<Hash> = match tables.stream(stream)? {
            Some(row) => tables.hash_at(row.number, *seq)?,
            None => None,
        };
        match found {
            Some(found) if found == *hash => {}
            Some(_) => return bad(format!("{stream} was rewritten up to event {seq}")),
            None => return bad(format!("{stream} has lost its tail up to event {seq}")),
        }
    }
    Ok(())
}
