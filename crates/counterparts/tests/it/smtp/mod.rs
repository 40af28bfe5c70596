//! Mail that goes out by SMTP.

mod faults;
pub(crate) mod house;
pub(crate) mod message;
mod replies;
#[expect(clippy::indexing_slicing, reason = "a helper of a test fails like the test")]
pub(crate) mod server;
mod session;
mod sloppy;
mod tls;
mod tokens;

use advisory::Mailbox;
use case::ActId;
use counterparts::mail::smtp::{Envelope, Letter};

fn mailbox(text: &str) -> Mailbox {
    text.parse().unwrap()
}

fn envelope() -> Envelope {
    let sender = Some(mailbox("security+7f@example.org"));
    Envelope { sender, recipient: mailbox("rita@example.com"), act: Some(ActId([7; 16])) }
}

fn letter() -> Letter {
    Letter::new(b"Subject: Hi\r\n\r\n.dot\r\n..\r\n.\r\nbye\r\n".to_vec()).unwrap()
}
