//! Events: how one is sealed and chained to the one before it, and how it is read back.

use crate::{
    CommandId, Entry, FeedItem, Hash, KeyClass, Payload, Position, Recorded, Scope, Seq,
    StoreError, StreamId,
    seal::{Slot, Vault, digest},
    tables::{EventRow, StreamNumber, StreamRow, Tables},
};

use super::scope;

/// The place of an event in its stream's chain.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) stream: &'a StreamId,
    pub(crate) seq: Seq,
    pub(crate) previous: Hash,
    pub(crate) command: CommandId,
    pub(crate) class: KeyClass,
}

const EVENT: &str = "fermata event 1";

/// Everything that an event is bound to besides its stream and key; the same fields for the seal
/// and for the chain.
fn bound<'a>(seq: &'a [u8; 8], link: &'a Link<'_>) -> [&'a [u8]; 3] {
    [seq, &link.previous.0, &link.command.0]
}

/// The hash over the ciphertext: it holds without any key.
fn chain(vault: &Vault, link: &Link<'_>, sealed: &[u8]) -> Hash {
    let house = vault.house().0;
    let seq = link.seq.0.to_le_bytes();
    let [seq, previous, command] = bound(&seq, link);
    let class = [Slot::from(link.class) as u8];
    digest(
        "fermata chain 1",
        &[&house, link.stream.as_str().as_bytes(), seq, previous, command, &class, sealed],
    )
}

/// Seals an entry at its place. The position is the table's to give.
pub(crate) fn seal(vault: &Vault, link: Link<'_>, entry: &Entry) -> Result<EventRow, StoreError> {
    let seq = link.seq.0.to_le_bytes();
    let key = (link.stream, Slot::from(link.class));
    let sealed = vault.seal(EVENT, key, &bound(&seq, &link), entry.body.as_bytes())?;
    Ok(EventRow {
        position: Position::START,
        seq: link.seq,
        command: link.command,
        class: link.class,
        hash: chain(vault, &link, &sealed),
        sealed,
    })
}

/// Opens an event, given the hash of the one before it.
pub(crate) fn open(
    vault: &Vault,
    stream: &StreamId,
    previous: Hash,
    row: EventRow,
) -> Result<Recorded, StoreError> {
    let EventRow { position, seq, command, class, sealed, hash } = row;
    let link = Link { stream, seq, previous, command, class };
    if chain(vault, &link, &sealed) != hash {
        return Err(StoreError::damaged(format!("event {seq} of {stream} breaks the chain")));
    }
    let number = seq.0.to_le_bytes();
    let key = (stream, Slot::from(class));
    let payload = vault.open(EVENT, key, &bound(&number, &link), &sealed)?;
    Ok(Recorded { seq, position, command, class, payload, hash })
}

/// The hash that the event after `seq - 1` builds on.
fn before(
    vault: &Vault,
    tables: &dyn Tables,
    stream: &StreamId,
    number: StreamNumber,
    seq: Seq,
) -> Result<Hash, StoreError> {
    let previous = Seq(seq.0.saturating_sub(1));
    if previous < Seq::FIRST {
        return Ok(vault.genesis(stream));
    }
    let lost = || StoreError::damaged(format!("event {previous} of {stream} is gone"));
    tables.hash_at(number, previous)?.ok_or_else(lost)
}

/// Events of a stream from `from` on, checked to follow one another.
pub(crate) fn read(
    vault: &Vault,
    tables: &dyn Tables,
    stream: &StreamRow,
    from: Seq,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let mut next = from.max(Seq::FIRST);
    let rows = tables.events(stream.number, next, limit)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut previous = before(vault, tables, &stream.name, stream.number, next)?;
    let mut position = Position::START;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        if row.seq != next || row.position <= position {
            return Err(StoreError::damaged(format!("event {next} of {} is gone", stream.name)));
        }
        let event = open(vault, &stream.name, previous, row)?;
        (next, previous, position) = (next.next(), event.hash, event.position);
        events.push(event);
    }
    Ok(events)
}

pub(crate) fn feed(
    vault: &Vault,
    tables: &dyn Tables,
    scope: &Scope,
    after: Position,
    limit: usize,
) -> Result<Vec<FeedItem>, StoreError> {
    let owner = scope.project.as_ref().map(|project| scope::project_tag(vault, project));
    let mut items = Vec::new();
    for (stream, row) in tables.feed(after, limit, owner)? {
        scope::check_owner(vault, &stream)?;
        let previous = before(vault, tables, &stream.name, stream.number, row.seq)?;
        let event = open(vault, &stream.name, previous, row)?;
        items.push(FeedItem { stream: stream.name, event });
    }
    Ok(items)
}

impl Payload {
    pub(crate) fn is_forgotten(&self) -> bool {
        matches!(self, Self::Forgotten)
    }
}
