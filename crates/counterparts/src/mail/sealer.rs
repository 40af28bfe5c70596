//! Encrypted and signed mail: what the house's own keys and those of others make of a message.
//!
//! A mail is encrypted to its reader and to the house itself, so that the team can read what it sent,
//! and signed by the house where it has a key for the address that it writes from. Must not decide what
//! is encrypted: that was approved.

use std::collections::BTreeSet;

use advisory::{Mailbox, provider::Signer as _};
use case::sealing::Certificate;
use engine::ports::{Call, OwnKey, SealedMail, Sealing, Seals};
use jiff::Timestamp;
use pgp::{composed::SignedSecretKey, types::KeyDetails as _};

use super::{message::Message, outbox::written, smtp::Unfit};
use crate::openpgp::{
    OpenPgp, OpenPgpError,
    certificate::{Recipient, encrypt, with_crlf},
    keyring::{addresses, secret_keys},
    web::WebKeys,
};

/// One of the house's own keys.
struct Own {
    fingerprint: String,
    addresses: BTreeSet<Mailbox>,
    reads: Result<Recipient, OpenPgpError>,
    signs: Result<OpenPgp, OpenPgpError>,
}

/// What seals the mail of a house; by itself it has no keys of its own, and signs nothing.
#[derive(Default)]
pub struct Sealer {
    keys: Vec<Own>,
    looks: Option<WebKeys>,
}

impl Sealer {
    /// With the armoured secret keys that also open mail.
    ///
    /// # Errors
    /// In words for the operator; none of them holds anything of a key.
    pub fn with_keys(armoured: &str, password: &str, now: Timestamp) -> Result<Self, OpenPgpError> {
        let own = |key: SignedSecretKey| Own {
            fingerprint: format!("{:X}", key.fingerprint()),
            addresses: addresses(&key.details),
            reads: Recipient::of(key.to_public_key(), now),
            signs: OpenPgp::of(key, password, now),
        };
        Ok(Self { keys: secret_keys(armoured)?.into_iter().map(own).collect(), looks: None })
    }

    /// The same, which looks for others' keys there when somebody wants that.
    #[must_use]
    pub fn looking(self, keys: WebKeys) -> Self {
        Self { looks: Some(keys), ..self }
    }

    /// The fingerprints of its keys, and whether each signs.
    pub fn signs(&self) -> impl Iterator<Item = (&str, Result<(), OpenPgpError>)> {
        let signs = |own: &Own| own.signs.as_ref().map(drop).map_err(|why| *why);
        self.keys.iter().map(move |own| (own.fingerprint.as_str(), signs(own)))
    }

    /// The house's keys for an address; the first that does a thing does it.
    fn of(&self, from: &Mailbox) -> impl Iterator<Item = &Own> {
        let from = case::sealing::compared(from);
        self.keys.iter().filter(move |key| key.addresses.contains(&from))
    }

    fn signer(&self, from: &Mailbox, at: Timestamp) -> Option<&OpenPgp> {
        self.of(from).filter_map(|key| key.signs.as_ref().ok()).find(|key| key.holds(at))
    }

    fn reader(&self, from: &Mailbox) -> Option<&Recipient> {
        self.of(from).find_map(|key| key.reads.as_ref().ok())
    }

    /// Why nothing is signed, where nothing is.
    fn silent(&self, from: &Mailbox) -> String {
        if self.keys.is_empty() {
            return "this house was started without a key of its own (--mail-key)".into();
        }
        match self.of(from).next().map(|key| &key.signs) {
            None => format!("none of the house's keys names {from}"),
            Some(Err(why)) => why.to_string(),
            Some(Ok(_)) => OpenPgpError::Expired.to_string(),
        }
    }

    fn encrypted(
        &self,
        message: &Message<'_>,
        key: &Certificate,
        sealing: &Sealing<'_>,
    ) -> Result<SealedMail, String> {
        let Sealing { subject, at, seed, .. } = *sealing;
        let to = Recipient::read(&key.armoured, at).map_err(words)?;
        if to.fingerprint() != key.fingerprint {
            return Err(format!("the certificate is not that of {}", key.fingerprint));
        }
        let own = self.reader(message.from).filter(|own| own.holds(at));
        let to: Vec<&Recipient> = std::iter::once(&to).chain(own).collect();
        let signer = self.signer(message.from, at);
        let inside = message.protected(Some(subject)).map_err(unfit)?;
        let made = encrypt(&to, inside.as_bytes(), signer, at, seed).map_err(words)?;
        let made = String::from_utf8(made).map_err(|error| error.to_string())?;
        let letter = message.encrypted(subject, &made).map_err(unfit)?;
        Ok(SealedMail {
            mail: letter.as_bytes().to_vec(),
            keys: to.iter().map(|key| key.fingerprint()).collect(),
            signer: signer.map(OpenPgp::fingerprint),
        })
    }

    fn signed(&self, message: &Message<'_>, at: Timestamp) -> Result<SealedMail, String> {
        let signer = self.signer(message.from, at);
        let signer = signer.ok_or_else(|| {
            format!("it is to be signed, and cannot be: {}", self.silent(message.from))
        })?;
        let part = message.protected(None).map_err(unfit)?;
        let signature = with_crlf(&signer.sign(part.as_bytes(), at)?);
        let signature = String::from_utf8(signature).map_err(|error| error.to_string())?;
        let letter = message.signed(&part, &signature).map_err(unfit)?;
        let (mail, signer) = (letter.as_bytes().to_vec(), Some(signer.fingerprint()));
        Ok(SealedMail { mail, keys: Vec::new(), signer })
    }
}

impl Seals for Sealer {
    fn certificate(&self, armoured: &str, at: Timestamp) -> Result<Certificate, String> {
        let read = Recipient::read(armoured, at).map_err(words)?;
        Ok(read.certificate(armoured, at))
    }

    fn look_up(&self, address: &Mailbox) -> Result<String, String> {
        let nowhere = || "this house looks for no keys".to_owned();
        self.looks.as_ref().ok_or_else(nowhere)?.look_up(address)
    }

    fn own(&self, from: &Mailbox, at: Timestamp) -> OwnKey {
        let signs = self.signer(from, at).map(OpenPgp::fingerprint);
        let silent = signs.is_none().then(|| self.silent(from));
        let reads = self.reader(from).filter(|key| key.holds(at)).map(Recipient::fingerprint);
        OwnKey { reads, signs, silent }
    }

    fn seal(&self, call: &Call<'_>, sealing: &Sealing<'_>) -> Result<SealedMail, String> {
        let from = call.from.ok_or("the project has no address to write from")?;
        let message = written(call, from, sealing.at).map_err(|why| why.words().to_owned())?;
        match sealing.key {
            Some(key) => self.encrypted(&message, key, sealing),
            None => self.signed(&message, sealing.at),
        }
    }
}

fn words(error: OpenPgpError) -> String {
    error.to_string()
}

fn unfit(error: Unfit) -> String {
    error.to_string()
}
