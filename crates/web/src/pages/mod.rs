//! The pages, one file each.

pub(crate) mod case;
mod clones;
pub(crate) mod distributor;
pub(crate) mod drills;
mod everyday;
pub(crate) mod health;
pub(crate) mod home;
mod keys;
mod letterboxes;
pub(crate) mod locked;
pub(crate) mod mail;
mod mailbox;
pub(crate) mod receipt;
pub(crate) mod report;
pub(crate) mod roll;
pub(crate) mod setup;
mod summons;
pub(crate) mod team;
