//! IMAP (RFC 9051, and RFC 3501 before it): how mail that lies in a mailbox comes into the house.
//!
//! [`session`] speaks the protocol over bytes that somebody else moves, [`reply`] reads what the server
//! says, [`name`] writes a mailbox's name, [`fetcher`] moves the bytes, and [`intake`] says what a house
//! does with what was read. The mailbox is opened for reading alone: it belongs to people, and nothing
//! in it is ever marked, moved or deleted.

pub mod fetcher;
pub mod intake;
pub mod name;
pub mod reply;
pub mod session;

pub use fetcher::{Fetcher, Patience, Source, server};
pub use intake::{Account, Intake, Watched};
pub use name::Name;

pub use super::{
    server::{Identity, Login, Server},
    trust::Trust,
};
