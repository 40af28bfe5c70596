//! The tables in SQLite: one statement per question.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{
    CachedStatement, Connection, ErrorCode, OptionalExtension, Params, Row,
    types::{FromSql, FromSqlError, FromSqlResult, Type, ValueRef},
};

use crate::{
    BlobId, CommandId, Direction, Hash, KeyClass, Position, RowCursor, Seq, StoreError, StreamId,
    seal::{KeyId, Slot},
    tables::{
        Answer, EventRow, JobRow, ListRange, ListRow, Owner, ShelfKind, ShelfRow, StreamNumber,
        StreamRow, Tables, Tag,
    },
};

use super::{files, schema};

/// The tables of one transaction.
pub(super) struct Sql<'c> {
    conn: &'c Connection,
    blobs: &'c Path,
    /// The position last given out in this transaction.
    pub(super) last: Option<Position>,
}

/// Whether a file does not hold what was written to it.
pub(super) fn altered(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
    let corrupt = [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase];
    error.sqlite_error_code().is_some_and(|code| corrupt.contains(&code))
        || matches!(
            error,
            FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..)
        )
}

/// Turns SQLite's errors into the store's.
pub(super) fn failed(error: rusqlite::Error) -> StoreError {
    if altered(&error) {
        StoreError::damaged(format!("the journal's tables: {error}"))
    } else {
        StoreError::storage("use its database", error)
    }
}

impl<'c> Sql<'c> {
    pub(super) fn new(conn: &'c Connection, blobs: &'c Path) -> Self {
        Self { conn, blobs, last: None }
    }

    fn statement(&self, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
        self.conn.prepare_cached(sql).map_err(failed)
    }

    fn run(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        self.statement(sql)?.execute(params).map(drop).map_err(failed)
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.statement(sql)?.query_row(params, read).optional().map_err(failed)
    }

    fn many<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.statement(sql)?;
        let found = statement.query_map(params, read).map_err(failed)?;
        found.collect::<Result<_, _>>().map_err(failed)
    }
}

/// Numbers that the store counts from one. SQLite's are signed; a negative one was not written
/// here and fits nothing that it is checked against.
fn counted(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn limited(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn strange(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, what.into())
}

impl FromSql for StreamId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::new(value.as_str()?).map_err(FromSqlError::other)
    }
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|_| strange(column, "not a time"))
}

fn some_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?.map(|_| time(row, column)).transpose()
}

const EVENT: &str = "position, seq, command, class, sealed, hash";

fn event(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let class = match Slot::from_number(row.get(3)?) {
        Some(Slot::Content) => KeyClass::Content,
        Some(Slot::Identity) => KeyClass::Identity,
        _ => return Err(strange(3, "not a key class")),
    };
    Ok(EventRow {
        position: Position(counted(row, 0)?),
        seq: Seq(counted(row, 1)?),
        command: CommandId(row.get(2)?),
        class,
        sealed: row.get(4)?,
        hash: Hash(row.get(5)?),
    })
}

fn stream_at(row: &Row<'_>, column: usize) -> rusqlite::Result<StreamRow> {
    let owner = match (row.get(column + 2)?, row.get(column + 3)?) {
        (Some(project), Some(binding)) => Some(Owner { project, binding }),
        (None, None) => None,
        _ => return Err(strange(column + 2, "half an owner")),
    };
    let number = StreamNumber(row.get(column)?);
    Ok(StreamRow { number, name: row.get(column + 1)?, owner })
}

const ROW: &str = "id, list, key, owner, stream, sort, sealed";

fn list_row(row: &Row<'_>) -> rusqlite::Result<(u64, ListRow)> {
    let found = ListRow {
        list: row.get(1)?,
        key: row.get(2)?,
        owner: row.get(3)?,
        stream: row.get(4)?,
        sort: counted(row, 5)?,
        sealed: row.get(6)?,
    };
    Ok((counted(row, 0)?, found))
}

const JOB: &str = "name, stream, due, ready, fence, sealed";

fn job(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    Ok(JobRow {
        name: row.get(0)?,
        stream: row.get(1)?,
        due: time(row, 2)?,
        ready: time(row, 3)?,
        fence: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
        sealed: row.get(5)?,
    })
}

const SHELF: &str = "kind, name, owner, expires, sealed";

fn shelf(row: &Row<'_>) -> rusqlite::Result<ShelfRow> {
    let kind = ShelfKind::from_number(row.get(0)?).ok_or_else(|| strange(0, "not a kind"))?;
    let (name, owner, expires) = (row.get(1)?, row.get(2)?, some_time(row, 3)?);
    Ok(ShelfRow { kind, name, owner, expires, sealed: row.get(4)? })
}

impl Tables for Sql<'_> {
    fn stream(&self, name: &StreamId) -> Result<Option<StreamRow>, StoreError> {
        let sql = "SELECT number, name, owner, binding FROM streams WHERE name = ?1";
        self.one(sql, [name.as_str()], |row| stream_at(row, 0))
    }

    fn streams(&self, prefix: &str) -> Result<Vec<StreamRow>, StoreError> {
        // Names are ASCII, so nothing with this prefix comes after it and the highest character.
        let sql = "SELECT number, name, owner, binding FROM streams
                   WHERE name >= ?1 AND name < ?1 || char(0x10FFFF) ORDER BY name";
        self.many(sql, [prefix], |row| stream_at(row, 0))
    }

    fn add_stream(&mut self, name: &StreamId) -> Result<StreamNumber, StoreError> {
        self.run("INSERT INTO streams (name) VALUES (?1)", [name.as_str()])?;
        Ok(StreamNumber(self.conn.last_insert_rowid()))
    }

    fn set_owner(&mut self, stream: StreamNumber, owner: Owner) -> Result<(), StoreError> {
        let sql = "UPDATE streams SET owner = ?2, binding = ?3 WHERE number = ?1";
        self.run(sql, (stream.0, owner.project, owner.binding))
    }

    fn last_position(&self) -> Result<Position, StoreError> {
        if let Some(last) = self.last {
            return Ok(last);
        }
        let last =
            self.one("SELECT max(position) FROM events", [], |row| row.get::<_, Option<i64>>(0))?;
        Ok(Position(last.flatten().unwrap_or(0).cast_unsigned()))
    }

    fn end(&self, stream: StreamNumber) -> Result<Option<(Seq, Hash)>, StoreError> {
        let sql = "SELECT seq, hash FROM events WHERE stream = ?1 ORDER BY seq DESC LIMIT 1";
        self.one(sql, [stream.0], |row| Ok((Seq(counted(row, 0)?), Hash(row.get(1)?))))
    }

    fn hash_at(&self, stream: StreamNumber, seq: Seq) -> Result<Option<Hash>, StoreError> {
        let sql = "SELECT hash FROM events WHERE stream = ?1 AND seq = ?2";
        self.one(sql, (stream.0, number(seq.0)), |row| row.get(0).map(Hash))
    }

    fn answer(
        &self,
        stream: StreamNumber,
        command: CommandId,
    ) -> Result<Option<Answer>, StoreError> {
        let sql = "SELECT seq, position, hash FROM events WHERE stream = ?1 AND command = ?2
                   ORDER BY seq";
        let found = self.many(sql, (stream.0, command.0), |row| {
            Ok((Seq(counted(row, 0)?), Position(counted(row, 1)?), Hash(row.get(2)?)))
        })?;
        Ok(match (found.first(), found.last()) {
            (Some((first, ..)), Some((last, position, hash))) => {
                Some(Answer { first: *first, last: *last, position: *position, hash: *hash })
            }
            _ => None,
        })
    }

    fn events(
        &self,
        stream: StreamNumber,
        from: Seq,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let sql = format!(
            "SELECT {EVENT} FROM events WHERE stream = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3"
        );
        self.many(&sql, (stream.0, number(from.0), limited(limit)), event)
    }

    fn feed(
        &self,
        after: Position,
        limit: usize,
        owner: Option<Tag>,
    ) -> Result<Vec<(StreamRow, EventRow)>, StoreError> {
        let sql = format!(
            "SELECT {EVENT}, s.number, s.name, s.owner, s.binding
             FROM events e LEFT JOIN streams s ON s.number = e.stream
             WHERE position > ?1 AND (?2 IS NULL OR s.owner = ?2) ORDER BY position LIMIT ?3"
        );
        let params = (number(after.0), owner, limited(limit));
        self.many(&sql, params, |row| Ok((stream_at(row, 6)?, event(row)?)))
    }

    fn add_event(
        &mut self,
        stream: StreamNumber,
        event: &EventRow,
    ) -> Result<Position, StoreError> {
        let position = Position(self.last_position()?.0 + 1);
        let class = Slot::from(event.class) as i64;
        self.run(
            "INSERT INTO events (position, stream, seq, command, class, sealed, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                number(position.0),
                stream.0,
                number(event.seq.0),
                event.command.0,
                class,
                &event.sealed,
                event.hash.0,
            ),
        )?;
        self.last = Some(position);
        Ok(position)
    }

    fn has_blob(&self, stream: &StreamId, blob: BlobId) -> Result<bool, StoreError> {
        let file = files::blob_file(self.blobs, stream, blob);
        file.try_exists().map_err(|error| StoreError::storage("look for a blob", error))
    }

    fn name_blob(&mut self, stream: &StreamId, blob: BlobId) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO blobs (stream, name) VALUES (?1, ?2)";
        self.run(sql, (stream.as_str(), blob.0.0))
    }

    fn named_blobs(&self) -> Result<Vec<(StreamId, BlobId)>, StoreError> {
        let sql = "SELECT stream, name FROM blobs ORDER BY stream, name";
        self.many(sql, [], |row| Ok((row.get(0)?, BlobId(Hash(row.get(1)?)))))
    }

    fn row(&self, list: &Tag, key: &Tag) -> Result<Option<ListRow>, StoreError> {
        let sql = format!("SELECT {ROW} FROM rows WHERE list = ?1 AND key = ?2");
        Ok(self.one(&sql, (list, key), list_row)?.map(|(_, row)| row))
    }

    fn rows(&self, range: &ListRange) -> Result<Vec<(RowCursor, ListRow)>, StoreError> {
        let (beyond, order, start) = match range.direction {
            Direction::Ascending => (">", "ASC", (-1, -1)),
            Direction::Descending => ("<", "DESC", (i64::MAX, i64::MAX)),
        };
        let owned = if range.owner.is_some() { "owner = ?5" } else { "?5 IS NULL" };
        let sql = format!(
            "SELECT {ROW} FROM rows WHERE list = ?1 AND {owned} AND (sort, id) {beyond} (?2, ?3)
             ORDER BY sort {order}, id {order} LIMIT ?4"
        );
        let after = range.after.map_or(start, |after| (number(after.sort), number(after.id)));
        let params = (range.list, after.0, after.1, limited(range.limit), range.owner);
        let found = self.many(&sql, params, list_row)?;
        Ok(found.into_iter().map(|(id, row)| (RowCursor { sort: row.sort, id }, row)).collect())
    }

    fn all_rows(&self, after: u64, limit: usize) -> Result<Vec<(u64, ListRow)>, StoreError> {
        let sql = format!("SELECT {ROW} FROM rows WHERE id > ?1 ORDER BY id LIMIT ?2");
        self.many(&sql, (number(after), limited(limit)), list_row)
    }

    fn put_row(&mut self, row: &ListRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO rows (list, key, owner, stream, sort, sealed)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (list, key) DO UPDATE SET owner = excluded.owner,
                   stream = excluded.stream, sort = excluded.sort, sealed = excluded.sealed";
        let sort = number(row.sort);
        self.run(sql, (row.list, row.key, row.owner, row.stream.as_str(), sort, &row.sealed))
    }

    fn remove_row(&mut self, list: &Tag, key: &Tag) -> Result<(), StoreError> {
        self.run("DELETE FROM rows WHERE list = ?1 AND key = ?2", (list, key))
    }

    fn job(&self, name: &Tag) -> Result<Option<JobRow>, StoreError> {
        self.one(&format!("SELECT {JOB} FROM jobs WHERE name = ?1"), [name], job)
    }

    fn jobs(&self) -> Result<Vec<JobRow>, StoreError> {
        self.many(&format!("SELECT {JOB} FROM jobs ORDER BY id"), [], job)
    }

    fn ready_job(&self, now: Timestamp) -> Result<Option<JobRow>, StoreError> {
        let sql = format!("SELECT {JOB} FROM jobs WHERE ready <= ?1 ORDER BY ready, id LIMIT 1");
        self.one(&sql, [now.as_microsecond()], job)
    }

    fn next_ready(&self) -> Result<Option<Timestamp>, StoreError> {
        self.one("SELECT min(ready) FROM jobs", [], |row| some_time(row, 0)).map(Option::flatten)
    }

    fn put_job(&mut self, job: &JobRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO jobs (name, stream, due, ready, fence, sealed)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (name) DO UPDATE SET stream = excluded.stream, due = excluded.due,
                   ready = excluded.ready, fence = excluded.fence, sealed = excluded.sealed";
        let (due, ready) = (job.due.as_microsecond(), job.ready.as_microsecond());
        let fence = job.fence.map(number);
        self.run(sql, (job.name, job.stream.as_str(), due, ready, fence, &job.sealed))
    }

    fn remove_job(&mut self, name: &Tag) -> Result<(), StoreError> {
        self.run("DELETE FROM jobs WHERE name = ?1", [name])
    }

    fn next_fence(&mut self) -> Result<u64, StoreError> {
        let next = self
            .one("UPDATE fences SET last = last + 1 RETURNING last", [], |row| counted(row, 0))?;
        next.ok_or_else(|| StoreError::damaged("the counter of leases"))
    }

    fn shelf(&self, kind: ShelfKind, name: &Tag) -> Result<Option<ShelfRow>, StoreError> {
        let sql = format!("SELECT {SHELF} FROM shelf WHERE kind = ?1 AND name = ?2");
        self.one(&sql, (kind as i64, name), shelf)
    }

    fn shelves(&self, kind: Option<ShelfKind>) -> Result<Vec<ShelfRow>, StoreError> {
        let sql =
            format!("SELECT {SHELF} FROM shelf WHERE ?1 IS NULL OR kind = ?1 ORDER BY kind, name");
        self.many(&sql, [kind.map(|kind| kind as i64)], shelf)
    }

    fn put_shelf(&mut self, row: &ShelfRow) -> Result<(), StoreError> {
        let expires = row.expires.map(Timestamp::as_microsecond);
        self.run(
            "INSERT OR REPLACE INTO shelf (kind, name, owner, expires, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (row.kind as i64, row.name, row.owner, expires, &row.sealed),
        )
    }

    fn remove_shelf(&mut self, kind: ShelfKind, name: &Tag) -> Result<(), StoreError> {
        self.run("DELETE FROM shelf WHERE kind = ?1 AND name = ?2", (kind as i64, name))
    }

    fn remove_shelf_of(&mut self, kind: ShelfKind, owner: &Tag) -> Result<(), StoreError> {
        self.run("DELETE FROM shelf WHERE kind = ?1 AND owner = ?2", (kind as i64, owner))
    }

    fn sweep_shelf(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.run("DELETE FROM shelf WHERE expires <= ?1", [now.as_microsecond()])
    }

    fn add_forgotten(&mut self, key: KeyId) -> Result<(), StoreError> {
        self.run("INSERT OR IGNORE INTO forgotten (key) VALUES (?1)", [key.0])
    }

    fn set_setting(&mut self, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
        schema::set_meta(self.conn, name, sealed).map_err(failed)
    }
}
