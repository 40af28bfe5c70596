//! Blobs: mails, attachments and other large bytes, sealed like the journal's events.

use std::{fmt, str::FromStr};

use super::{Body, Hash, InvalidId, KeyClass, Payload, Scope, StoreError, StreamId};

/// The largest blob, in bytes: the largest mail that is taken in.
pub const MAX_BLOB: usize = 25 * 1024 * 1024;

/// A blob's name: a keyed hash of its content. Under one key equal bytes have one name; under
/// different keys nothing shows that they are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub Hash);

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BlobId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse().map(Self)
    }
}

/// Sealed files beside the journal.
pub trait Blobs: Send + Sync {
    /// Seals `bytes` under a stream's key and makes them durable. The stream need not exist yet.
    /// Putting the same bytes again answers the same name.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] over [`MAX_BLOB`]; otherwise [`StoreError`].
    fn put_blob(
        &self,
        scope: &Scope,
        stream: &StreamId,
        class: KeyClass,
        bytes: &Body,
    ) -> Result<BlobId, StoreError>;

    /// Reads a blob of a stream; `None` when there is none of that name in scope.
    ///
    /// # Errors
    /// [`StoreError`], above all [`StoreError::Damaged`].
    fn get_blob(
        &self,
        scope: &Scope,
        stream: &StreamId,
        id: &BlobId,
    ) -> Result<Option<Payload>, StoreError>;
}
