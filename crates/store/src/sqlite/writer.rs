//! The writer: one thread, one connection, and one transaction for everybody who is waiting.
//!
//! Every write is a task. The thread takes all tasks that have arrived, runs them one after the
//! other, commits once, and only then answers them; a commit in WAL mode with `synchronous=FULL`
//! is one synchronisation of the disk, however many tasks share it.
//!
//! A task that refuses has written nothing, so the others go on. One that fails half-way takes its
//! whole group with it: savepoints around each would cost a fifth of the throughput, and what
//! makes a task fail half-way (a full disk, a damaged file) rarely spares its neighbours.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{Builder, JoinHandle},
};

use rusqlite::{Connection, ErrorCode};

use crate::{Position, Statistics, StoreError, logic::Settled, seal::Vault, tables::Tables};

use super::{fold::Folder, keys::KeyFile, sql::Sql};

/// So many tasks share a transaction at most, and so many wait at most.
const GROUP: usize = 1024;

/// The log is folded back whenever so many rows have changed.
const FOLD_AFTER: u64 = 4096;

/// What the writer and the store share.
pub(super) struct Shared {
    pub(super) vault: Arc<Vault>,
    pub(super) keys: KeyFile,
    pub(super) blobs: PathBuf,
    pub(super) settled: Settled,
    /// After an error of the disk nothing is written any more: what it kept is unknown.
    broken: AtomicBool,
    commits: AtomicU64,
    writes: AtomicU64,
    events: AtomicU64,
}

impl Shared {
    pub(super) fn new(vault: Arc<Vault>, keys: KeyFile, blobs: PathBuf, last: Position) -> Self {
        Self {
            vault,
            keys,
            blobs,
            settled: Settled::at(last),
            broken: AtomicBool::new(false),
            commits: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            events: AtomicU64::new(0),
        }
    }

    pub(super) fn statistics(&self) -> Statistics {
        Statistics {
            commits: self.commits.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            events: self.events.load(Ordering::Relaxed),
        }
    }
}

/// A write that somebody waits for.
trait Task: Send {
    /// Whether it went well.
    fn run(&mut self, tables: &mut Sql<'_>) -> bool;
    /// Answers with the failure of the group, or with what the task came to by itself.
    fn settle(self: Box<Self>, outcome: Result<(), Failure>);
}

struct Call<T, E, F> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: SyncSender<Result<T, E>>,
}

impl<T, E, F> Task for Call<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnOnce(&mut dyn Tables) -> Result<T, E> + Send,
{
    fn run(&mut self, tables: &mut Sql<'_>) -> bool {
        self.result = self.work.take().map(|work| work(tables));
        matches!(self.result, Some(Ok(_)))
    }

    fn settle(self: Box<Self>, outcome: Result<(), Failure>) {
        let answer = match (outcome, self.result) {
            (Err(failure), _) => Err(failure.error().into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(StoreError::Failed.into()),
        };
        // Nobody is left to hear when the caller's thread is gone.
        drop(self.reply.send(answer));
    }
}

/// Why a whole group was not written; everybody in it is told.
#[derive(Clone)]
enum Failure {
    Refused(Arc<rusqlite::Error>),
    Unknown(Arc<rusqlite::Error>),
    Store(Arc<StoreError>),
    /// The task with this number wrote something and then failed.
    Halfway(usize),
    Broken,
}

impl Failure {
    fn error(&self) -> StoreError {
        match self {
            Self::Refused(error) => StoreError::storage("write", error.clone()),
            Self::Unknown(error) => StoreError::Uncertain { cause: error.clone().into() },
            Self::Store(error) => StoreError::storage("write", error.clone()),
            Self::Halfway(_) => StoreError::storage("write", "a write beside it failed"),
            Self::Broken => StoreError::Failed,
        }
    }
}

/// The thread and the way to it. Dropping it writes what has arrived and ends the thread.
pub(super) struct Writer {
    tasks: Option<SyncSender<Box<dyn Task>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(
        conn: Connection,
        folder: Folder,
        shared: Arc<Shared>,
    ) -> std::io::Result<Self> {
        let (tasks, waiting) = sync_channel(GROUP);
        let thread = Builder::new()
            .name("store-writer".into())
            .spawn(move || serve(&conn, &folder, &shared, &waiting))?;
        Ok(Self { tasks: Some(tasks), thread: Some(thread) })
    }

    /// Runs `work` in the next transaction and returns when that is durable.
    pub(super) fn write<T, E>(
        &self,
        work: impl FnOnce(&mut dyn Tables) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        let task = Call { work: Some(work), result: None, reply };
        let sent = self.tasks.as_ref().map(|tasks| tasks.send(Box::new(task)));
        match sent {
            Some(Ok(())) => answer.recv().unwrap_or_else(|_| Err(StoreError::Failed.into())),
            _ => Err(StoreError::Failed.into()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has told its callers already.
            drop(thread.join());
        }
    }
}

fn serve(conn: &Connection, folder: &Folder, shared: &Shared, waiting: &Receiver<Box<dyn Task>>) {
    let mut last_fold = conn.total_changes();
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(GROUP - 1));
        let outcome = write_group(conn, shared, &mut group);
        for (number, task) in group.into_iter().enumerate() {
            match &outcome {
                Err(Failure::Halfway(culprit)) if *culprit == number => task.settle(Ok(())),
                outcome => task.settle(outcome.clone()),
            }
        }
        if conn.total_changes() - last_fold > FOLD_AFTER {
            last_fold = conn.total_changes();
            folder.fold();
        }
    }
}

fn write_group(
    conn: &Connection,
    shared: &Shared,
    group: &mut [Box<dyn Task>],
) -> Result<(), Failure> {
    if shared.broken.load(Ordering::Relaxed) {
        return Err(Failure::Broken);
    }
    let refused = |error| Failure::Refused(Arc::new(error));
    let before = conn.total_changes();
    execute(conn, "BEGIN IMMEDIATE").map_err(refused)?;
    let written = run_group(conn, shared, group);
    let last = written.and_then(|last| {
        shared.keys.flush(&shared.vault).map_err(|error| Failure::Store(Arc::new(error)))?;
        commit(conn, shared)?;
        Ok(last)
    });
    let Ok(last) = last else {
        // It may have been rolled back already; then there is nothing left to roll back.
        drop(execute(conn, "ROLLBACK"));
        return last.map(drop);
    };
    // A transaction that changed nothing does not touch the disk.
    let wrote = conn.total_changes() > before;
    shared.commits.fetch_add(u64::from(wrote), Ordering::Relaxed);
    shared.writes.fetch_add(group.len() as u64, Ordering::Relaxed);
    if let Some((before, last)) = last {
        shared.events.fetch_add(last.0 - before.0, Ordering::Relaxed);
        shared.settled.advance(last);
    }
    Ok(())
}

/// Runs every task; the last position before and after, when events were written.
fn run_group(
    conn: &Connection,
    shared: &Shared,
    group: &mut [Box<dyn Task>],
) -> Result<Option<(Position, Position)>, Failure> {
    let mut tables = Sql::new(conn, &shared.blobs);
    let before = tables.last_position().map_err(|error| Failure::Store(Arc::new(error)))?;
    for (number, task) in group.iter_mut().enumerate() {
        let changes = conn.total_changes();
        if !task.run(&mut tables) && conn.total_changes() != changes {
            return Err(Failure::Halfway(number));
        }
    }
    Ok(tables.last.map(|last| (before, last)))
}

fn commit(conn: &Connection, shared: &Shared) -> Result<(), Failure> {
    execute(conn, "COMMIT").map_err(|error| {
        let broken = [ErrorCode::SystemIoFailure, ErrorCode::DatabaseCorrupt];
        if error.sqlite_error_code().is_some_and(|code| broken.contains(&code)) {
            shared.broken.store(true, Ordering::Relaxed);
            Failure::Unknown(Arc::new(error))
        } else {
            Failure::Refused(Arc::new(error))
        }
    })
}

fn execute(conn: &Connection, sql: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute([]).map(drop)
}
