//! SMTP (RFC 5321): how mail leaves the house, one message to one address at a time.
//!
//! [`letter`] holds what may be sent at all, [`session`] speaks the protocol over bytes that somebody
//! else moves, [`reply`] reads what the server says, [`relay`] moves the bytes, and [`trust`] says which
//! servers beyond this machine may get them. There is no queue:
//! what became of a message is told once, and whoever asked decides what follows.

pub mod letter;
mod line;
pub mod relay;
pub mod reply;
pub mod session;
pub mod trust;

pub use letter::{Envelope, Letter, Unfit};
pub use relay::{Patience, Relay, Server};
pub use session::{Login, Outcome, Session, Stage};
pub use trust::Trust;
