//! The contract: what a caller may rely on, whatever stands behind the door.
//!
//! Written for a database server too: nothing here knows the backend's clock (see `Place`), and
//! order is asked of one stream, or of the feed as a whole, never of two streams at once.

mod appends;
mod blobs;
mod directory;
mod feed;
mod forgetting;
mod jobs;
mod proof;
mod rows;
mod scopes;

use crate::law::Law;

pub(crate) fn laws() -> impl Iterator<Item = &'static Law> {
    let rooms = [
        appends::LAWS,
        feed::LAWS,
        rows::LAWS,
        jobs::LAWS,
        blobs::LAWS,
        forgetting::LAWS,
        scopes::LAWS,
        directory::LAWS,
        proof::LAWS,
    ];
    rooms.into_iter().flatten()
}
