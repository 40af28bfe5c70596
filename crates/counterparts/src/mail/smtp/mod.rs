//! SMTP (RFC 5321): how mail leaves the house, one message to one address at a time.
//!
//! [`letter`] holds what may be sent at all, [`session`] speaks the protocol over bytes that somebody
//! else moves, [`reply`] reads what the server says, and [`relay`] moves the bytes. There is no queue:
//! what became of a message is told once, and whoever asked decides what follows.

pub mod letter;
pub mod relay;
pub mod reply;
pub mod session;

pub use letter::{Envelope, Letter, Unfit};
pub use relay::{Patience, Relay, Stream};
pub use session::{Outcome, Session, Stage};

pub use super::{
    server::{Identity, Login, Server},
    trust::Trust,
};
