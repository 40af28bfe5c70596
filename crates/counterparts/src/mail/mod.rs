//! Mail: what a mail server of the team hands over or keeps for it, and what it is given to send.
//!
//! In: [`lmtp`] speaks the protocol over bytes that somebody else moves, and [`listener`] moves them.
//! A mail is answered with "250" only when the journal has it; in doubt it stays in the queue of
//! whoever brought it. [`imap`] reads a mailbox, and changes nothing in it.
//!
//! Out: [`outbox`] carries acts out, [`message`] writes their words as mail, [`sealer`] encrypts and signs
//! it, [`dkim`] signs for the domain, and [`smtp`] hands it to the server, one mail to one address. A "250" of the server is the receipt; in doubt nothing is sent
//! twice.
//!
//! [`server`] says where a mail server is and who we are there, [`oauth`] gets tokens for that, and
//! [`trust`] says which servers beyond this machine are believed.

pub mod dkim;
pub mod imap;
mod line;
pub mod listener;
pub mod lmtp;
pub mod message;
pub mod oauth;
pub mod outbox;
mod sasl;
pub mod sealer;
pub mod server;
pub mod smtp;
pub mod trust;

use advisory::Mailbox;
use engine::{Engine, EngineError, Taker};

/// Where mail goes: what the protocol asks the house.
pub trait Letterboxes {
    /// Who takes mail to this address; `None` when nobody here does.
    ///
    /// # Errors
    /// When it cannot be known now.
    fn taker(&self, address: &Mailbox) -> Result<Option<Taker>, EngineError>;

    /// Takes a mail in that came to an address. Once this returns, a crash cannot lose it; the same bytes again are the
    /// same mail.
    ///
    /// # Errors
    /// When nothing was taken.
    fn deliver(&self, taker: Taker, to: &Mailbox, raw: &[u8]) -> Result<(), EngineError>;
}

impl Letterboxes for Engine {
    fn taker(&self, address: &Mailbox) -> Result<Option<Taker>, EngineError> {
        Self::taker(self, address)
    }

    fn deliver(&self, taker: Taker, to: &Mailbox, raw: &[u8]) -> Result<(), EngineError> {
        self.hand_over(taker, to, raw)
    }
}
