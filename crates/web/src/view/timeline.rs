//! The timeline: every entry of the case in words.

use serde::Serialize;

use crate::{desk::Desk, time::Moment, words};

/// One entry.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    pub(crate) seq: u64,
    pub(crate) at: Moment,
    pub(crate) who: String,
    pub(crate) source: String,
    pub(crate) what: String,
}

/// Every entry, newest first.
pub(crate) fn items(desk: &Desk<'_>) -> Vec<Item> {
    let entries = desk.view.loaded.entries.iter().rev();
    entries
        .map(|entry| Item {
            seq: entry.seq,
            at: desk.moment(entry.recorded_at),
            who: desk.names.actor(entry.actor),
            source: entry.source.clone(),
            what: words::event(&entry.event, &desk.names),
        })
        .collect()
}
