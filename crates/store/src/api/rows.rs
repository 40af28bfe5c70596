//! List rows: small sealed views, written with the events that they sum up.
//!
//! A list page reads rows and never folds a case. A row may find and never authorise, and rows
//! can be dropped and written again from the journal. How many rows a list has is told to nobody.

use super::{Body, Payload, StreamId};

/// A row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The list that it stands in, such as `cases`. A keyed hash on disk.
    pub list: String,
    /// Its key, unique in the list: a second row with the key replaces the first. A keyed hash on
    /// disk, so it may be something telling, such as a Message-ID.
    pub key: String,
    /// The stream that it sums up, whose content key seals it and whose project, as it is after
    /// the batch, owns it. The stream must exist, or begin in the same batch.
    pub stream: StreamId,
    /// What the list is sorted by. Plain on disk, at most `i64::MAX`.
    pub sort: u64,
    /// What the page shows.
    pub body: Body,
}

/// A change to a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// Writes a row, or replaces the one with its list and key.
    Put(Row),
    /// Removes a row; one that is not there is no error.
    Remove {
        /// The list.
        list: String,
        /// The row's key.
        key: String,
    },
}

/// Which way a list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest `sort` first.
    Ascending,
    /// Largest `sort` first.
    Descending,
}

/// Where a page ended. Opaque: hand it back to get the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowCursor {
    pub(crate) sort: u64,
    pub(crate) id: u64,
}

impl RowCursor {
    /// The cursor as text for a link.
    #[must_use]
    pub fn to_text(self) -> String {
        format!("{}-{}", self.sort, self.id)
    }

    /// Reads [`to_text`](Self::to_text); `None` for anything else.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (sort, id) = text.split_once('-')?;
        Some(Self { sort: sort.parse().ok()?, id: id.parse().ok()? })
    }
}

/// A question for a page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowQuery {
    /// The list.
    pub list: String,
    /// Which way.
    pub direction: Direction,
    /// The end of the page before, if any.
    pub after: Option<RowCursor>,
    /// At most so many rows.
    pub limit: usize,
}

/// A row as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// The stream that it sums up: what to check rights against.
    pub stream: StreamId,
    /// What the list is sorted by.
    pub sort: u64,
    /// The row's body, unless its stream's content was forgotten.
    pub body: Payload,
}

/// Rows in order of `sort`; among equal ones the one first written counts as smaller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPage {
    /// The rows.
    pub rows: Vec<StoredRow>,
    /// Where to go on, when there may be more.
    pub next: Option<RowCursor>,
}
