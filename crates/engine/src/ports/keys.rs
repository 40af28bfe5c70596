//! What opens encrypted mail, and what encrypts and signs it.

use std::collections::BTreeSet;

use advisory::mailbox::Mailbox;
use case::{opening::Standing, sealing::Certificate};
use jiff::Timestamp;

use super::Call;

/// What was inside of an encrypted message.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// The fingerprint of the key that opened it.
    pub key: String,
    /// What it holds, proven to be what was encrypted.
    pub content: Vec<u8>,
    /// Signatures over that, each an OpenPGP signature; nothing is proven of them.
    pub signatures: Vec<Vec<u8>>,
}

/// Why a message was not opened. There are no finer reasons, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// There are no keys here at all.
    #[error("this house has no keys for mail")]
    Absent,
    /// None of them fits.
    #[error("no key fits")]
    NoKey,
    /// It is damaged, not protected against changes, or made to do harm.
    #[error("the message is damaged")]
    Damaged,
}

/// The keys that mail to this house is encrypted to.
pub trait MailKeys: Send + Sync {
    /// Opens a message with the keys of these addresses; `None` stands for all keys. Nothing is
    /// answered that was not proven to be what was encrypted.
    ///
    /// # Errors
    /// [`Unopened`].
    fn open(
        &self,
        message: &[u8],
        addresses: Option<&BTreeSet<Mailbox>>,
    ) -> Result<Unsealed, Unopened>;

    /// How something is signed, as far as these keys can tell at this moment.
    fn judge(
        &self,
        signed: &[u8],
        signatures: &[Vec<u8>],
        keys: &[Vec<u8>],
        at: Timestamp,
    ) -> Standing;
}

/// No keys.
#[derive(Debug, Clone, Copy)]
pub struct NoKeys;

impl MailKeys for NoKeys {
    fn open(&self, _: &[u8], _: Option<&BTreeSet<Mailbox>>) -> Result<Unsealed, Unopened> {
        Err(Unopened::Absent)
    }

    fn judge(&self, _: &[u8], _: &[Vec<u8>], _: &[Vec<u8>], _: Timestamp) -> Standing {
        Standing::UnknownKey { key: None }
    }
}

/// How a mail is sealed.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// The recipient's certificate; without one the mail is signed and not encrypted.
    pub key: Option<&'a Certificate>,
    /// The subject that stands outside of what is encrypted.
    pub subject: &'a str,
    /// When.
    pub at: Timestamp,
    /// What chance the session key is made of.
    pub seed: [u8; 32],
}

/// A sealed mail.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedMail {
    /// The whole mail, as it is sent.
    pub mail: Vec<u8>,
    /// The fingerprints of the keys that open it.
    pub keys: Vec<String>,
    /// The fingerprint of the key that signed it.
    pub signer: Option<String>,
}

/// The house's own key for the mail of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnKey {
    /// The fingerprint of the key that what is encrypted can be read with here.
    pub reads: Option<String>,
    /// The fingerprint of the key that signs.
    pub signs: Option<String>,
    /// Why nothing is signed, in words.
    pub silent: Option<String>,
}

/// What encrypts and signs the mail of this house.
pub trait Seals: Send + Sync {
    /// Reads a certificate that something can be encrypted to at this moment.
    ///
    /// # Errors
    /// Why not, in words for the person who pasted it.
    fn certificate(&self, armoured: &str, at: Timestamp) -> Result<Certificate, String>;

    /// Looks at an address's domain for its certificate; the domain learns that somebody asks.
    ///
    /// # Errors
    /// Why there is none, in words for the person who asked.
    fn look_up(&self, address: &Mailbox) -> Result<String, String> {
        Err(format!("nothing is looked up here for {address}"))
    }

    /// The house's own key for mail from an address.
    fn own(&self, from: &Mailbox, at: Timestamp) -> OwnKey;

    /// Writes the mail of a call, sealed.
    ///
    /// # Errors
    /// Why it cannot be sealed, in words.
    fn seal(&self, call: &Call<'_>, sealing: &Sealing<'_>) -> Result<SealedMail, String>;
}

impl Seals for NoKeys {
    fn certificate(&self, _: &str, _: Timestamp) -> Result<Certificate, String> {
        Err("nothing is encrypted here".into())
    }

    fn own(&self, _: &Mailbox, _: Timestamp) -> OwnKey {
        OwnKey::default()
    }

    fn seal(&self, _: &Call<'_>, _: &Sealing<'_>) -> Result<SealedMail, String> {
        Err("nothing is encrypted here".into())
    }
}
