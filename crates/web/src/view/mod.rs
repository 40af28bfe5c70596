//! What pages show, as plain values drawn from a case. Nothing in here writes.

pub(crate) mod acts;
pub(crate) mod feeds;
pub(crate) mod inbox;
pub(crate) mod keys;
pub(crate) mod lists;
pub(crate) mod readiness;
pub(crate) mod sealed;
pub(crate) mod steps;
pub(crate) mod timeline;
