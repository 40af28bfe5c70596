//! The tables as ordered maps.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use crate::{
    BlobId, CommandId, Direction, Hash, Position, RowCursor, Seq, Statistics, StoreError, StreamId,
    seal::KeyId,
    tables::{
        Answer, EventRow, JobRow, ListRange, ListRow, Owner, ShelfKind, ShelfRow, StreamNumber,
        StreamRow, Tables, Tag,
    },
};

use super::keys::MemoryKeys;

/// Things with keyed names that remember in which order they were first put.
struct Ordered<K, V> {
    ids: BTreeMap<K, u64>,
    things: BTreeMap<u64, V>,
    last: u64,
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self { ids: BTreeMap::new(), things: BTreeMap::new(), last: 0 }
    }
}

impl<K: Ord, V> Ordered<K, V> {
    fn get(&self, key: &K) -> Option<&V> {
        self.things.get(self.ids.get(key)?)
    }

    fn put(&mut self, key: K, value: V) {
        let last = &mut self.last;
        let id = *self.ids.entry(key).or_insert_with(|| {
            *last += 1;
            *last
        });
        self.things.insert(id, value);
    }

    fn remove(&mut self, key: &K) {
        if let Some(id) = self.ids.remove(key) {
            self.things.remove(&id);
        }
    }
}

#[derive(Default)]
pub(super) struct State {
    streams: BTreeMap<StreamId, StreamRow>,
    /// In order of number, which is the index.
    names: Vec<StreamId>,
    /// In order of position, which is the index plus one.
    pub(super) events: Vec<(StreamNumber, EventRow)>,
    /// The positions of a stream's events, in order.
    chains: BTreeMap<StreamNumber, Vec<Position>>,
    rows: Ordered<(Tag, Tag), ListRow>,
    jobs: Ordered<Tag, JobRow>,
    fence: u64,
    shelf: BTreeMap<(ShelfKind, Tag), ShelfRow>,
    pub(super) blobs: BTreeMap<(StreamId, BlobId), Vec<u8>>,
    named: Vec<(StreamId, BlobId)>,
    pub(super) statistics: Statistics,
    keys: Arc<MemoryKeys>,
}

impl State {
    pub(super) fn with(keys: Arc<MemoryKeys>) -> Self {
        Self { keys, ..Self::default() }
    }

    fn chain(&self, stream: StreamNumber) -> &[Position] {
        self.chains.get(&stream).map_or(&[], Vec::as_slice)
    }

    fn event(&self, position: Position) -> Option<&(StreamNumber, EventRow)> {
        self.events.get(index(position.0)?)
    }

    fn events_of(&self, stream: StreamNumber) -> impl DoubleEndedIterator<Item = &EventRow> {
        let at = |position: &Position| self.event(*position).map(|(_, event)| event);
        self.chain(stream).iter().filter_map(at)
    }

    fn by_number(&self, number: StreamNumber) -> Option<&StreamRow> {
        self.streams.get(self.names.get(usize::try_from(number.0).ok()?)?)
    }
}

/// Where the `n`th thing, counted from one, stands.
fn index(n: u64) -> Option<usize> {
    usize::try_from(n.checked_sub(1)?).ok()
}

impl Tables for State {
    fn stream(&self, name: &StreamId) -> Result<Option<StreamRow>, StoreError> {
        Ok(self.streams.get(name).cloned())
    }

    fn streams(&self, prefix: &str) -> Result<Vec<StreamRow>, StoreError> {
        let wanted = |stream: &&StreamRow| stream.name.as_str().starts_with(prefix);
        Ok(self.streams.values().filter(wanted).cloned().collect())
    }

    fn add_stream(&mut self, name: &StreamId) -> Result<StreamNumber, StoreError> {
        let number = StreamNumber(i64::try_from(self.names.len()).unwrap_or(i64::MAX));
        let row = StreamRow { number, name: name.clone(), owner: None };
        self.streams.insert(name.clone(), row);
        self.names.push(name.clone());
        Ok(number)
    }

    fn set_owner(&mut self, stream: StreamNumber, owner: Owner) -> Result<(), StoreError> {
        if let Some(row) = self.streams.values_mut().find(|row| row.number == stream) {
            row.owner = Some(owner);
        }
        Ok(())
    }

    fn last_position(&self) -> Result<Position, StoreError> {
        Ok(Position(self.events.len() as u64))
    }

    fn end(&self, stream: StreamNumber) -> Result<Option<(Seq, Hash)>, StoreError> {
        Ok(self.events_of(stream).next_back().map(|event| (event.seq, event.hash)))
    }

    fn hash_at(&self, stream: StreamNumber, seq: Seq) -> Result<Option<Hash>, StoreError> {
        let position = index(seq.0).and_then(|at| self.chain(stream).get(at));
        let event = position.and_then(|position| self.event(*position));
        Ok(event.map(|(_, event)| event.hash))
    }

    fn answer(
        &self,
        stream: StreamNumber,
        command: CommandId,
    ) -> Result<Option<Answer>, StoreError> {
        let mut of = self.events_of(stream).filter(|event| event.command == command);
        let Some(first) = of.next() else { return Ok(None) };
        let last = of.next_back().unwrap_or(first);
        let (first, position) = (first.seq, last.position);
        Ok(Some(Answer { first, last: last.seq, position, hash: last.hash }))
    }

    fn events(
        &self,
        stream: StreamNumber,
        from: Seq,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let events = self.events_of(stream).filter(|event| event.seq >= from);
        Ok(events.take(limit).cloned().collect())
    }

    fn feed(
        &self,
        after: Position,
        limit: usize,
        owner: Option<Tag>,
    ) -> Result<Vec<(StreamRow, EventRow)>, StoreError> {
        let skip = usize::try_from(after.0).unwrap_or(usize::MAX);
        let with_stream = |(number, event): &(StreamNumber, EventRow)| {
            self.by_number(*number).map(|stream| (stream.clone(), event.clone()))
        };
        let wanted = |(stream, _): &(StreamRow, EventRow)| {
            owner.is_none() || stream.owner.map(|owner| owner.project) == owner
        };
        let all = self.events.iter().skip(skip).filter_map(with_stream);
        Ok(all.filter(wanted).take(limit).collect())
    }

    fn add_event(
        &mut self,
        stream: StreamNumber,
        event: &EventRow,
    ) -> Result<Position, StoreError> {
        let position = Position(self.events.len() as u64 + 1);
        self.events.push((stream, EventRow { position, ..event.clone() }));
        self.chains.entry(stream).or_default().push(position);
        Ok(position)
    }

    fn has_blob(&self, stream: &StreamId, blob: BlobId) -> Result<bool, StoreError> {
        Ok(self.blobs.contains_key(&(stream.clone(), blob)))
    }

    fn name_blob(&mut self, stream: &StreamId, blob: BlobId) -> Result<(), StoreError> {
        self.named.push((stream.clone(), blob));
        Ok(())
    }

    fn named_blobs(&self) -> Result<Vec<(StreamId, BlobId)>, StoreError> {
        Ok(self.named.clone())
    }

    fn row(&self, list: &Tag, key: &Tag) -> Result<Option<ListRow>, StoreError> {
        Ok(self.rows.get(&(*list, *key)).cloned())
    }

    fn rows(&self, range: &ListRange) -> Result<Vec<(RowCursor, ListRow)>, StoreError> {
        let later = |at: &RowCursor, after: RowCursor| match range.direction {
            Direction::Ascending => (at.sort, at.id) > (after.sort, after.id),
            Direction::Descending => (at.sort, at.id) < (after.sort, after.id),
        };
        let mut found: Vec<_> = self
            .rows
            .things
            .iter()
            .filter(|(_, row)| row.list == range.list)
            .filter(|(_, row)| range.owner.is_none() || row.owner == range.owner)
            .map(|(id, row)| (RowCursor { sort: row.sort, id: *id }, row))
            .filter(|(at, _)| range.after.is_none_or(|after| later(at, after)))
            .collect();
        found.sort_by_key(|(at, _)| (at.sort, at.id));
        if range.direction == Direction::Descending {
            found.reverse();
        }
        Ok(found.into_iter().take(range.limit).map(|(at, row)| (at, row.clone())).collect())
    }

    fn all_rows(&self, after: u64, limit: usize) -> Result<Vec<(u64, ListRow)>, StoreError> {
        let later = self.rows.things.iter().filter(|(id, _)| **id > after);
        Ok(later.take(limit).map(|(id, row)| (*id, row.clone())).collect())
    }

    fn put_row(&mut self, row: &ListRow) -> Result<(), StoreError> {
        self.rows.put((row.list, row.key), row.clone());
        Ok(())
    }

    fn remove_row(&mut self, list: &Tag, key: &Tag) -> Result<(), StoreError> {
        self.rows.remove(&(*list, *key));
        Ok(())
    }

    fn job(&self, name: &Tag) -> Result<Option<JobRow>, StoreError> {
        Ok(self.jobs.get(name).cloned())
    }

    fn jobs(&self) -> Result<Vec<JobRow>, StoreError> {
        Ok(self.jobs.things.values().cloned().collect())
    }

    fn ready_job(&self, now: Timestamp) -> Result<Option<JobRow>, StoreError> {
        let ready = self.jobs.things.iter().filter(|(_, job)| job.ready <= now);
        Ok(ready.min_by_key(|(id, job)| (job.ready, **id)).map(|(_, job)| job.clone()))
    }

    fn next_ready(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.jobs.things.values().map(|job| job.ready).min())
    }

    fn put_job(&mut self, job: &JobRow) -> Result<(), StoreError> {
        self.jobs.put(job.name, job.clone());
        Ok(())
    }

    fn remove_job(&mut self, name: &Tag) -> Result<(), StoreError> {
        self.jobs.remove(name);
        Ok(())
    }

    fn next_fence(&mut self) -> Result<u64, StoreError> {
        self.fence += 1;
        Ok(self.fence)
    }

    fn shelf(&self, kind: ShelfKind, name: &Tag) -> Result<Option<ShelfRow>, StoreError> {
        Ok(self.shelf.get(&(kind, *name)).cloned())
    }

    fn shelves(&self, kind: Option<ShelfKind>) -> Result<Vec<ShelfRow>, StoreError> {
        let wanted = |row: &&ShelfRow| kind.is_none_or(|kind| row.kind == kind);
        Ok(self.shelf.values().filter(wanted).cloned().collect())
    }

    fn put_shelf(&mut self, row: &ShelfRow) -> Result<(), StoreError> {
        self.shelf.insert((row.kind, row.name), row.clone());
        Ok(())
    }

    fn remove_shelf(&mut self, kind: ShelfKind, name: &Tag) -> Result<(), StoreError> {
        self.shelf.remove(&(kind, *name));
        Ok(())
    }

    fn remove_shelf_of(&mut self, kind: ShelfKind, owner: &Tag) -> Result<(), StoreError> {
        self.shelf.retain(|_, row| row.kind != kind || row.owner != Some(*owner));
        Ok(())
    }

    fn sweep_shelf(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.shelf.retain(|_, row| row.expires.is_none_or(|expires| expires > now));
        Ok(())
    }

    fn add_forgotten(&mut self, key: KeyId) -> Result<(), StoreError> {
        self.keys.forget(key);
        Ok(())
    }

    fn set_setting(&mut self, _name: &str, _sealed: &[u8]) -> Result<(), StoreError> {
        // Settings are for a house that is opened again.
        Ok(())
    }
}
