//! Folding the write-ahead log back into the journal, beside the writer instead of in its way:
//! doing so waits for the disk twice, and whoever's commit it fell on would wait along.

use std::{
    sync::mpsc::{SyncSender, sync_channel},
    thread::{Builder, JoinHandle},
};

use rusqlite::Connection;

/// The thread that folds. Dropping it ends the thread.
pub(super) struct Folder {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Folder {
    pub(super) fn start(conn: Connection) -> std::io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let fold = move || {
            while woken.recv().is_ok() {
                // What could not be folded stays in the log, where it is just as safe, and the
                // writer folds when the log has become long.
                drop(conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())));
            }
        };
        let thread = Builder::new().name("store-folder".into()).spawn(fold)?;
        Ok(Self { wake: Some(wake), thread: Some(thread) })
    }

    /// Asks for the log to be folded soon.
    pub(super) fn fold(&self) {
        if let Some(wake) = &self.wake {
            // One wish is as good as two.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
