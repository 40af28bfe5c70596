//! Making and opening a house. Everything is looked at read-only first; a refusal leaves every
//! byte on disk as it was.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use rusqlite::Connection;

use crate::{
    Entropy, HouseId, InstanceKey, Kind, LockState, OpenError, Payload, StoreError, StreamId, Why,
    seal::{KeyId, Slot, Vault},
    tables::Tables,
};

use super::{
    KeySource, Settings, SqliteStore, blobs,
    files::{self, Dir, io},
    fold::Folder,
    keys::{self, Finder, KeyFile, Unusable},
    schema::{self, Distrust, JOURNAL, KEYS, Schema},
    sql::Sql,
    writer::{Shared, Writer},
};

const HOUSE: &str = "house";
const KIND: &str = "kind";
/// The setting that says where the house was when a person last let it act.
pub(super) const HOME: &str = "home";
/// The value of [`HOME`] in a restored copy.
pub(super) const RESTORED: &str = "restored";

const SETTING: &str = "fermata setting 1";

/// Seals one of the house's own settings.
pub(super) fn seal_setting(vault: &Vault, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    vault.seal(SETTING, (&StreamId::house(), Slot::Directory), &[name.as_bytes()], value)
}

fn setting(vault: &Vault, conn: &Connection, name: &str) -> Result<String, StoreError> {
    let lost = || StoreError::damaged(format!("the setting “{name}”"));
    let sealed = schema::meta(conn, name).map_err(|_| lost())?.ok_or_else(lost)?;
    let key = (&StreamId::house(), Slot::Directory);
    let Payload::Open(value) = vault.open(SETTING, key, &[name.as_bytes()], &sealed)? else {
        return Err(lost());
    };
    String::from_utf8(value.into_bytes()).map_err(|_| lost())
}

/// A house that was looked at and found whole, before anything of it is opened for writing.
pub(super) struct Inspected {
    /// Reads the keys as they lie, unchanged.
    pub(super) vault: Vault,
    kind: Kind,
    home: String,
    /// Keys that came back after they were forgotten.
    returned: Vec<KeyId>,
}

/// Looks at the two databases and the key, changing nothing.
pub(super) fn inspect(
    dir: &Dir,
    key: &InstanceKey,
    entropy: Arc<dyn Entropy>,
) -> Result<Inspected, OpenError> {
    let damaged = |what: String| OpenError::Damaged { dir: dir.path().to_owned(), what };
    let journal = look(dir, JOURNAL)?;
    let keys = look(dir, KEYS)?;
    let sql = |error: rusqlite::Error| damaged(error.to_string());
    let house = schema::meta(&journal, HOUSE).map_err(sql)?;
    let house = house.and_then(|bytes| bytes.try_into().ok()).map(HouseId);
    let house = house.ok_or_else(|| damaged("the journal has no house".into()))?;
    let theirs = keys::house(&keys).map_err(sql)?;
    let theirs = theirs.ok_or_else(|| damaged("keys.db has no house".into()))?;
    if theirs != house {
        return Err(OpenError::OtherHouse { journal: house, keys: theirs });
    }
    keys::check(&keys, house, key).map_err(|error| match error {
        Unusable::WrongKey => OpenError::WrongKey,
        Unusable::Damaged(what) => damaged(what),
    })?;
    let returned = keys::returned(&keys, &journal).map_err(sql)?;
    let again = files::open_unchanged(&dir.journal()).map_err(sql)?;
    let finder = Finder::new(keys, again, house, key).map_err(sql)?;
    let vault = Vault::new(house, entropy, Arc::new(finder));
    let vault = vault.map_err(|error| damaged(error.to_string()))?;
    let read = |name| setting(&vault, &journal, name).map_err(|error| damaged(error.to_string()));
    let kind = read(KIND)?.parse().map_err(|_| damaged("it is no kind of house".into()))?;
    let home = read(HOME)?;
    Ok(Inspected { vault, kind, home, returned })
}

/// Opens one of the files read-only and checks it.
fn look(dir: &Dir, schema: Schema) -> Result<Connection, OpenError> {
    let file = dir.path().join(schema.file);
    if !file.is_file() {
        return Err(OpenError::FileMissing { file });
    }
    let damaged = |what| OpenError::Damaged { dir: dir.path().to_owned(), what };
    let conn = files::open_unchanged(&file)
        .map_err(|error| damaged(format!("{}: {error}", schema.file)))?;
    schema.check(&conn).map_err(|distrust| match distrust {
        Distrust::Newer { found, known } => OpenError::Newer { found, known },
        Distrust::Damaged(what) => damaged(what),
    })?;
    Ok(conn)
}

impl SqliteStore {
    /// Makes a house in an empty directory and opens it. An `instance.key` that lies there already
    /// is used; otherwise [`KeySource::InDataDir`] draws one.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn create(settings: &Settings) -> Result<Self, OpenError> {
        let dir = Dir::fresh(&settings.dir)?;
        let lock = dir.lock()?;
        let entropy = settings.entropy.clone();
        if matches!(settings.key, KeySource::InDataDir) {
            dir.make_key(entropy.as_ref())?;
        }
        let key = dir.instance_key(&settings.key)?;
        make(&dir, &key, settings.kind, entropy)?;
        drop(lock);
        Self::open(settings)
    }

    /// Opens a house.
    ///
    /// # Errors
    /// [`OpenError`]; nothing on disk was changed.
    pub fn open(settings: &Settings) -> Result<Self, OpenError> {
        let dir = Dir::existing(&settings.dir)?;
        let held = dir.lock()?;
        let key = dir.instance_key(&settings.key)?;
        let found = inspect(&dir, &key, settings.entropy.clone())?;
        if found.kind != settings.kind {
            return Err(OpenError::WrongKind { found: found.kind, wanted: settings.kind });
        }
        let lock = match found.home.as_str() {
            RESTORED => LockState::Locked(Why::Restored),
            home if home == dir.home()? => LockState::Unlocked,
            _ => LockState::Locked(Why::Copied),
        };
        blobs::clear_unfinished(&dir.blobs()).map_err(io("clear", &dir.blobs()))?;
        let open = |file: &Path| files::open_to_write(file).map_err(unopened(file));
        let keys = open(&dir.keys())?;
        KEYS.bring_up(&keys).map_err(unopened(&dir.keys()))?;
        let journal = open(&dir.journal())?;
        JOURNAL.bring_up(&journal).map_err(unopened(&dir.journal()))?;
        tune(&journal).map_err(unopened(&dir.journal()))?;
        let to_read = |file: &Path| files::open_to_read(file).map_err(unopened(file));
        let finder = finder(&dir, found.vault.house(), &key, to_read)?;
        let keys = KeyFile::new(keys, finder.clone());
        keys.erase(&found.returned).map_err(unfit(&dir))?;
        let vault = Vault::new(found.vault.house(), settings.entropy.clone(), finder);
        let shared = share(&dir, vault.map_err(unfit(&dir))?, keys, &journal)?;
        let folder = Folder::start(open(&dir.journal())?).map_err(io("serve", dir.path()))?;
        let writer = Writer::start(journal, folder, shared.clone());
        let writer = writer.map_err(io("serve", dir.path()))?;
        Ok(Self {
            readers: Mutex::default(),
            writer: Some(writer),
            shared,
            dir,
            kind: found.kind,
            lock: Mutex::new(lock),
            _held: Some(held),
        })
    }

    /// Opens a house of either kind to read and verify it, and writes nothing, not even beside it.
    ///
    /// # Errors
    /// [`OpenError::NotClosed`] when the last process did not close it; otherwise [`OpenError`].
    pub fn open_read_only(
        dir: &Path,
        key: &KeySource,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let dir = Dir::existing(dir)?;
        let held = dir.lock_shared()?;
        if files::has_log(&dir.journal()) || files::has_log(&dir.keys()) {
            return Err(OpenError::NotClosed { dir: dir.path().to_owned() });
        }
        let key = dir.instance_key_as_is(key)?;
        let found = inspect(&dir, &key, entropy)?;
        let open = |file: &Path| files::open_unchanged(file).map_err(unopened(file));
        let finder = finder(&dir, found.vault.house(), &key, open)?;
        let keys = KeyFile::new(open(&dir.keys())?, finder);
        let shared = share(&dir, found.vault, keys, &open(&dir.journal())?)?;
        Ok(Self {
            readers: Mutex::default(),
            writer: None,
            shared,
            dir,
            kind: found.kind,
            lock: Mutex::new(LockState::Locked(Why::Copied)),
            _held: held,
        })
    }
}

fn unopened(file: &Path) -> impl FnOnce(rusqlite::Error) -> OpenError {
    let path = file.to_owned();
    move |error| OpenError::Io { doing: "open", path, cause: error.into() }
}

fn unfit(dir: &Dir) -> impl FnOnce(StoreError) -> OpenError {
    let path = dir.path().to_owned();
    move |error| OpenError::Io { doing: "open", path, cause: error.into() }
}

/// The writer itself folds the log back only when its folder has fallen 64 MiB behind.
fn tune(journal: &Connection) -> rusqlite::Result<()> {
    journal.pragma_update(None, "cache_size", -16_000)?;
    journal.pragma_update(None, "wal_autocheckpoint", 16_384)
}

/// What finds the keys of an open house.
fn finder(
    dir: &Dir,
    house: HouseId,
    key: &InstanceKey,
    open: impl Fn(&Path) -> Result<Connection, OpenError>,
) -> Result<Arc<Finder>, OpenError> {
    let (keys, journal) = (open(&dir.keys())?, open(&dir.journal())?);
    Finder::new(keys, journal, house, key).map(Arc::new).map_err(unopened(&dir.keys()))
}

fn share(
    dir: &Dir,
    vault: Vault,
    keys: KeyFile,
    journal: &Connection,
) -> Result<Arc<Shared>, OpenError> {
    let blobs = dir.blobs();
    let last = Sql::new(journal, &blobs).last_position().map_err(unfit(dir))?;
    Ok(Arc::new(Shared::new(Arc::new(vault), keys, blobs, last)))
}

/// Lays a new house out. The journal comes last: where there is one, there is a house.
fn make(
    dir: &Dir,
    key: &InstanceKey,
    kind: Kind,
    entropy: Arc<dyn Entropy>,
) -> Result<(), OpenError> {
    let mut house = HouseId([0; 16]);
    entropy.fill(&mut house.0);
    let blobs = dir.blobs();
    fs::create_dir(&blobs).map_err(io("make", &blobs))?;
    let begun = |file: &Path, schema: Schema| {
        files::touch(file)?;
        let conn = files::open_to_write(file).map_err(unopened(file))?;
        schema.create(&conn).map_err(unopened(file))?;
        Ok(conn)
    };
    let to_read = |file: &Path| files::open_to_read(file).map_err(unopened(file));
    let keys = begun(&dir.keys(), KEYS)?;
    keys::begin(&keys, house, key).map_err(unopened(&dir.keys()))?;
    let unfinished = dir.path().join("journal.unfinished");
    let journal = begun(&unfinished, JOURNAL)?;
    let finder = Finder::new(to_read(&dir.keys())?, to_read(&unfinished)?, house, key);
    let finder = Arc::new(finder.map_err(unopened(&dir.keys()))?);
    let vault = Vault::new(house, entropy, finder.clone()).map_err(unfit(dir))?;
    KeyFile::new(keys, finder).flush(&vault).map_err(unfit(dir))?;
    let set = |name, value: &[u8]| schema::set_meta(&journal, name, value);
    let home = dir.home_of(&unfinished)?;
    let sealed = |name, value: &str| seal_setting(&vault, name, value.as_bytes());
    let kind = sealed(KIND, &kind.to_string()).map_err(unfit(dir))?;
    let home = sealed(HOME, &home).map_err(unfit(dir))?;
    set(HOUSE, &house.0)
        .and_then(|()| set(KIND, &kind))
        .and_then(|()| set(HOME, &home))
        .map_err(unopened(&unfinished))?;
    // Closing folds the log in, so that there is one file to rename.
    drop((vault, journal));
    let journal = dir.journal();
    fs::rename(&unfinished, &journal).map_err(io("make", &journal))?;
    files::sync_dir(dir.path()).map_err(io("make", dir.path()))
}

/// Marks a house that was put together from a backup, before anybody opens it.
pub(super) fn mark_restored(dir: &Dir, vault: &Vault) -> Result<(), OpenError> {
    let journal = dir.journal();
    let sealed = seal_setting(vault, HOME, RESTORED.as_bytes()).map_err(unfit(dir))?;
    let mark = || -> rusqlite::Result<()> {
        let conn = files::open_to_write(&journal)?;
        schema::set_meta(&conn, HOME, &sealed)
    };
    mark().map_err(unopened(&journal))
}
