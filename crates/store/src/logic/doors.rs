//! The store's five traits for everything that is a [`Backend`].

use std::time::Duration;

use jiff::Timestamp;

use super::{Backend, commit, directory, events, lists, proof, queue, scope};
use crate::{
    AppendError, Attempt, Batch, BlobId, Blobs, Body, Checkpoint, Committed, Directory, FeedItem,
    Fence, Hash, House, HouseId, Journal, KeyClass, Kind, Lease, LockState, OneTimeLink, Payload,
    Person, Position, Queue, Recorded, RowPage, RowQuery, Scope, Seq, Session, Statistics,
    StoreError, StoredRow, StreamId, TokenHash, Verified,
};

impl<B: Backend> Journal for B {
    fn commit(&self, scope: &Scope, batch: Batch) -> Result<Vec<Committed>, AppendError> {
        let (vault, scope) = (self.vault().clone(), scope.clone());
        self.writing(move |tables| commit::commit(&vault, tables, &scope, &batch))
    }

    fn read(
        &self,
        scope: &Scope,
        stream: &StreamId,
        from: Seq,
    ) -> Result<Vec<Recorded>, StoreError> {
        self.reading(|tables| match scope::find(self.vault(), tables, scope, stream)? {
            Some(row) => events::read(self.vault(), tables, &row, from, usize::MAX),
            None => Ok(Vec::new()),
        })
    }

    fn head(&self, scope: &Scope, stream: &StreamId) -> Result<Option<Seq>, StoreError> {
        self.reading(|tables| match scope::find(self.vault(), tables, scope, stream)? {
            Some(row) => Ok(tables.end(row.number)?.map(|(seq, _)| seq)),
            None => Ok(None),
        })
    }

    fn streams(&self, scope: &Scope, prefix: &str) -> Result<Vec<StreamId>, StoreError> {
        self.reading(|tables| {
            let mut names = Vec::new();
            for stream in tables.streams(prefix)? {
                if scope::sees(self.vault(), scope, &stream)? {
                    names.push(stream.name);
                }
            }
            Ok(names)
        })
    }

    fn feed(
        &self,
        scope: &Scope,
        after: Position,
        limit: usize,
    ) -> Result<Vec<FeedItem>, StoreError> {
        self.reading(|tables| events::feed(self.vault(), tables, scope, after, limit))
    }

    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError> {
        Ok(self.settled().wait(after, timeout))
    }

    fn rows(&self, scope: &Scope, query: &RowQuery) -> Result<RowPage, StoreError> {
        self.reading(|tables| lists::page(self.vault(), tables, scope, query))
    }

    fn row(&self, scope: &Scope, list: &str, key: &str) -> Result<Option<StoredRow>, StoreError> {
        self.reading(|tables| lists::one(self.vault(), tables, scope, list, key))
    }

    fn forget(&self, scope: &Scope, stream: &StreamId, class: KeyClass) -> Result<(), StoreError> {
        let (vault, scope, stream) = (self.vault().clone(), scope.clone(), stream.clone());
        let keys = self.writing(move |tables| -> Result<_, StoreError> {
            if scope::find(&vault, tables, &scope, &stream)?.is_none() {
                return Ok(Vec::new());
            }
            let keys = vault.keyring().retire(&stream, class.into())?;
            for key in &keys {
                tables.add_forgotten(*key)?;
            }
            Ok(keys)
        })?;
        // The journal has noted it, so the vault takes none of them up again. Asked again after a
        // failure, they are found where they are stored.
        self.vault().keyring().drop_keys(&keys);
        self.erase_keys(&keys)
    }
}

impl<B: Backend> Queue for B {
    fn lease(&self, now: Timestamp, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        let vault = self.vault().clone();
        self.writing(move |tables| queue::lease(&vault, tables, now, ttl))
    }

    fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reading(|tables| tables.next_ready())
    }

    fn finish(&self, fence: &Fence) -> Result<bool, StoreError> {
        let (vault, fence) = (self.vault().clone(), fence.clone());
        self.writing(move |tables| queue::finish(&vault, tables, &fence))
    }

    fn release(&self, fence: &Fence, due: Timestamp) -> Result<bool, StoreError> {
        let (vault, fence) = (self.vault().clone(), fence.clone());
        self.writing(move |tables| queue::release(&vault, tables, &fence, due))
    }
}

/// Whether a scope may touch blobs of a stream. One that does not exist yet is anybody's to begin.
fn blobs_open<B: Backend>(
    backend: &B,
    scope: &Scope,
    stream: &StreamId,
    new: bool,
) -> Result<bool, StoreError> {
    backend.reading(|tables| match tables.stream(stream)? {
        Some(row) => scope::sees(backend.vault(), scope, &row),
        None => Ok(new || scope.project.is_none()),
    })
}

impl<B: Backend> Blobs for B {
    fn put_blob(
        &self,
        scope: &Scope,
        stream: &StreamId,
        class: KeyClass,
        bytes: &Body,
    ) -> Result<BlobId, StoreError> {
        if !blobs_open(self, scope, stream, true)? {
            return Err(StoreError::Invalid { why: "the stream is another project's" });
        }
        self.write_blob(stream, class, bytes)
    }

    fn get_blob(
        &self,
        scope: &Scope,
        stream: &StreamId,
        id: &BlobId,
    ) -> Result<Option<Payload>, StoreError> {
        if !blobs_open(self, scope, stream, false)? {
            return Ok(None);
        }
        self.read_blob(stream, *id)
    }
}

impl<B: Backend> Directory for B {
    fn put_person(&self, person: &Person) -> Result<(), StoreError> {
        let (vault, person) = (self.vault().clone(), person.clone());
        self.writing(move |tables| directory::put_person(&vault, tables, &person))
    }

    fn person(&self, id: &str) -> Result<Option<Person>, StoreError> {
        self.reading(|tables| directory::find_person(self.vault(), tables, id))
    }

    fn person_by_handle(&self, handle: &str) -> Result<Option<Person>, StoreError> {
        self.reading(|tables| directory::find_by_handle(self.vault(), tables, handle))
    }

    fn people(&self) -> Result<Vec<Person>, StoreError> {
        self.reading(|tables| directory::people(self.vault(), tables))
    }

    fn remove_person(&self, id: &str) -> Result<(), StoreError> {
        let (vault, id) = (self.vault().clone(), id.to_owned());
        self.writing(move |tables| directory::remove_person(&vault, tables, &id))
    }

    fn put_session(&self, session: &Session) -> Result<(), StoreError> {
        let (vault, session) = (self.vault().clone(), session.clone());
        self.writing(move |tables| directory::put_session(&vault, tables, &session))
    }

    fn session(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Session>, StoreError> {
        self.reading(|tables| directory::session(self.vault(), tables, *token, now))
    }

    fn end_session(&self, token: &TokenHash) -> Result<(), StoreError> {
        let (vault, token) = (self.vault().clone(), *token);
        self.writing(move |tables| directory::end_session(&vault, tables, token))
    }

    fn end_sessions_of(&self, person: &str) -> Result<(), StoreError> {
        let (vault, person) = (self.vault().clone(), person.to_owned());
        self.writing(move |tables| directory::end_sessions_of(&vault, tables, &person))
    }

    fn put_link(&self, link: &OneTimeLink) -> Result<(), StoreError> {
        let (vault, link) = (self.vault().clone(), link.clone());
        self.writing(move |tables| directory::put_link(&vault, tables, &link))
    }

    fn use_link(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Body>, StoreError> {
        let (vault, token) = (self.vault().clone(), *token);
        self.writing(move |tables| directory::use_link(&vault, tables, token, now))
    }

    fn attempt(
        &self,
        what: &str,
        limit: u32,
        window: Duration,
        now: Timestamp,
    ) -> Result<Attempt, StoreError> {
        let (vault, what) = (self.vault().clone(), what.to_owned());
        self.writing(move |tables| directory::attempt(&vault, tables, &what, (limit, window), now))
    }

    fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writing(move |tables| tables.sweep_shelf(queue::whole(now)))
    }
}

impl<B: Backend> House for B {
    fn kind(&self) -> Kind {
        self.house_kind()
    }

    fn id(&self) -> HouseId {
        self.vault().house()
    }

    fn lock_state(&self) -> LockState {
        self.lock()
    }

    fn unlock(&self) -> Result<(), StoreError> {
        self.set_unlocked()
    }

    fn verify(&self, against: Option<&Checkpoint>) -> Result<Verified, StoreError> {
        self.check_files()?;
        let verified = self.reading(|tables| proof::verify(self.vault(), tables, against))?;
        Ok(Verified { blobs: self.check_blobs()?, ..verified })
    }

    fn checkpoint(&self, at: Timestamp) -> Result<Checkpoint, StoreError> {
        self.reading(|tables| proof::checkpoint(self.vault(), tables, at))
    }

    fn checkpoint_key(&self) -> Hash {
        self.vault().public_key()
    }

    fn statistics(&self) -> Statistics {
        self.count()
    }
}
