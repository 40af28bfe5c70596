//! The two database files: their tables, their marks, and the checks before one is trusted.
//!
//! All seals, hashes and ids are blobs; times are microseconds since 1970. What each plain column
//! gives away is listed at the top of the crate.

use rusqlite::{Connection, OptionalExtension};

/// `application_id` of `journal.db`: "FERJ".
const JOURNAL_MARK: i64 = 0x4645_524A;
/// `application_id` of `keys.db`: "FERK".
const KEYS_MARK: i64 = 0x4645_524B;

/// One of the two files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schema {
    pub(super) file: &'static str,
    mark: i64,
    /// What each format adds to the one before it; the first begins with nothing.
    formats: &'static [&'static str],
}

pub(super) const JOURNAL: Schema = Schema {
    file: "journal.db",
    mark: JOURNAL_MARK,
    formats: &["
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE streams (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    owner BLOB,
    binding BLOB
) STRICT;
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    command BLOB NOT NULL,
    class INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_in_order ON events (stream, seq);
CREATE INDEX events_by_command ON events (stream, command, seq);
CREATE TABLE blobs (stream TEXT NOT NULL, name BLOB NOT NULL, PRIMARY KEY (stream, name))
    STRICT, WITHOUT ROWID;
CREATE TABLE forgotten (key BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE rows (
    id INTEGER PRIMARY KEY,
    list BLOB NOT NULL,
    key BLOB NOT NULL,
    owner BLOB,
    stream TEXT NOT NULL,
    sort INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (list, key)
) STRICT;
CREATE INDEX rows_in_order ON rows (list, sort, id);
CREATE INDEX rows_by_owner ON rows (list, owner, sort, id);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    stream TEXT NOT NULL,
    due INTEGER NOT NULL,
    ready INTEGER NOT NULL,
    fence INTEGER,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX jobs_in_order ON jobs (ready, id);
CREATE TABLE fences (last INTEGER NOT NULL) STRICT;
INSERT INTO fences (last) VALUES (0);
CREATE TABLE shelf (
    kind INTEGER NOT NULL,
    name BLOB NOT NULL,
    owner BLOB,
    expires INTEGER,
    sealed BLOB NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX shelf_by_owner ON shelf (kind, owner);
CREATE INDEX shelf_by_expiry ON shelf (expires);
"],
};

pub(super) const KEYS: Schema = Schema {
    file: "keys.db",
    mark: KEYS_MARK,
    formats: &[
        "
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE keys (
    id BLOB PRIMARY KEY,
    stream TEXT NOT NULL,
    slot INTEGER NOT NULL,
    wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;
",
        "
CREATE INDEX keys_by_stream ON keys (stream, slot);
",
    ],
};

/// Why a file is not trusted.
#[derive(Debug)]
pub(super) enum Distrust {
    Newer { found: i64, known: i64 },
    Damaged(String),
}

impl From<rusqlite::Error> for Distrust {
    fn from(error: rusqlite::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl Schema {
    /// Lays the tables out in an empty database.
    pub(super) fn create(&self, conn: &Connection) -> rusqlite::Result<()> {
        conn.pragma_update(None, "application_id", self.mark)?;
        self.bring_up(conn)
    }

    /// Brings a file that was [checked](Self::check) to the newest format, or leaves it as it was.
    pub(super) fn bring_up(&self, conn: &Connection) -> rusqlite::Result<()> {
        let transaction = conn.unchecked_transaction()?;
        let found = format(conn)?;
        for (number, added) in (1..).zip(self.formats) {
            if number > found {
                conn.execute_batch(added)?;
                conn.pragma_update(None, "user_version", number)?;
            }
        }
        transaction.commit()
    }

    /// Reads, and only reads, whether this is the file that [`create`](Self::create) laid out,
    /// whole, and of a format that this program knows.
    pub(super) fn check(&self, conn: &Connection) -> Result<(), Distrust> {
        let mark: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if mark != self.mark {
            return Err(Distrust::Damaged(format!("{} is not Fermata's", self.file)));
        }
        let found = format(conn)?;
        let known = i64::try_from(self.formats.len()).unwrap_or(i64::MAX);
        if found > known {
            return Err(Distrust::Newer { found, known });
        }
        if found < 1 || layout(conn)? != self.layout(found)? {
            return Err(Distrust::Damaged(format!("{} has a strange layout", self.file)));
        }
        sound(conn, "quick_check")
            .map_err(|what| Distrust::Damaged(format!("{}: {what}", self.file)))
    }

    fn layout(&self, format: i64) -> rusqlite::Result<Vec<String>> {
        let empty = Connection::open_in_memory()?;
        for (_, added) in (1..=format).zip(self.formats) {
            empty.execute_batch(added)?;
        }
        layout(&empty)
    }
}

fn format(conn: &Connection) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn layout(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut query =
        conn.prepare("SELECT sql FROM sqlite_schema WHERE sql NOTNULL ORDER BY name")?;
    query.query_map([], |row| row.get(0))?.collect()
}

/// Runs SQLite's `quick_check` or `integrity_check`.
pub(super) fn sound(conn: &Connection, check: &str) -> Result<(), String> {
    let first = conn.query_row(&format!("PRAGMA {check}(1)"), [], |row| row.get::<_, String>(0));
    match first {
        Ok(answer) if answer == "ok" => Ok(()),
        Ok(fault) => Err(fault),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn meta(conn: &Connection, name: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    let query = "SELECT value FROM meta WHERE name = ?1";
    conn.query_row(query, [name], |row| row.get(0)).optional()
}

pub(super) fn set_meta(conn: &Connection, name: &str, value: &[u8]) -> rusqlite::Result<()> {
    let put = "INSERT INTO meta (name, value) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    conn.execute(put, (name, value)).map(drop)
}
