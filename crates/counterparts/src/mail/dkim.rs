//! DKIM (RFC 6376): the word of the project's domain that a mail is its own, for the server of whoever
//! gets it. It protects nobody's secrets, and says nothing about who wrote.
//!
//! Relaxed in header and body, by RSA or Ed25519 (RFC 8463). `From` and `Subject` are signed once more than
//! they are there, so that nobody adds a second one. Must not read files or clocks.

use std::{fmt, sync::Arc};

use advisory::{Digest, Mailbox};
use data_encoding::BASE64;
use rustls::{
    SignatureScheme,
    crypto::aws_lc_rs::sign::any_supported_type,
    pki_types::{PrivateKeyDer, pem::PemObject as _},
    sign::SigningKey,
};

use super::smtp::Letter;

/// What is signed, if it is there; and what is signed once more.
const SIGNED: [&str; 11] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "auto-submitted",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];
const ONCE_MORE: [&str; 2] = ["from", "subject"];
/// Characters of a line of the signature.
const WIDTH: usize = 70;

/// A key that signs for a domain.
#[derive(Clone)]
pub struct Dkim {
    selector: String,
    domain: String,
    key: Arc<dyn SigningKey>,
}

impl Dkim {
    /// With a private key in PEM, of which the domain publishes the public part under
    /// `SELECTOR._domainkey.DOMAIN`.
    ///
    /// # Errors
    /// In words for the operator; none of them holds anything of the key.
    pub fn new(selector: &str, domain: &str, pem: &[u8]) -> Result<Self, String> {
        let label = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let name = |text: &str| !text.is_empty() && text.len() <= 253 && text.chars().all(label);
        if !name(selector) || !name(domain) {
            return Err("write the selector and the domain as they stand in the DNS".into());
        }
        let key = PrivateKeyDer::from_pem_slice(pem)
            .map_err(|_| "this is no private key in PEM, as `openssl genpkey` writes one")?;
        let key = any_supported_type(&key)
            .map_err(|_| "the key is neither RSA of 2048 bits or more nor Ed25519")?;
        let this = Self { selector: selector.into(), domain: domain.to_ascii_lowercase(), key };
        this.signature(b"a trial")?;
        Ok(this)
    }

    /// Whether it signs mail from an address: of its domain, or one below.
    #[must_use]
    pub fn is_for(&self, from: &Mailbox) -> bool {
        let domain = from.domain().to_string().to_ascii_lowercase();
        let below = domain.strip_suffix(&self.domain);
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }

    /// The same mail with the signature before it.
    ///
    /// # Errors
    /// Why it cannot be signed, in words.
    pub fn sign(&self, letter: &Letter) -> Result<Letter, String> {
        let text = std::str::from_utf8(letter.as_bytes()).map_err(|why| why.to_string())?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or("the mail has no body")?;
        let header = fields(head);
        let there = |name: &&str| header.iter().any(|(other, _)| other == name);
        let names: Vec<&str> = SIGNED.into_iter().filter(there).chain(ONCE_MORE).collect();
        let (algorithm, _) = self.algorithm()?;
        let body = BASE64.encode(Digest::of(relaxed_body(body).as_bytes()).as_bytes());
        let unsigned = format!(
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={};\r\n s={};\r\n h={};\r\n \
             bh={body};\r\n b=",
            self.domain,
            self.selector,
            names.join(":\r\n  "),
        );
        let mut input: String = names
            .iter()
            .enumerate()
            .filter_map(|(at, name)| {
                let before = names.iter().take(at).filter(|other| *other == name).count();
                // Of several, the last counts first.
                header.iter().rev().filter(|(other, _)| other == name).nth(before)
            })
            .flat_map(|(name, value)| [name.as_str(), ":", value, "\r\n"])
            .collect();
        let own = fields(&unsigned).pop();
        let (name, value) = own.ok_or("the signature has no name")?;
        input.extend([name.as_str(), ":", &value]);
        let signature = BASE64.encode(&self.signature(input.as_bytes())?);
        let lines: Vec<String> = signature
            .as_bytes()
            .chunks(WIDTH)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let signed = format!("{unsigned}{}\r\n{text}", lines.join("\r\n  "));
        Letter::new(signed.into_bytes()).map_err(|unfit| unfit.to_string())
    }

    fn algorithm(&self) -> Result<(&'static str, SignatureScheme), String> {
        let known = [
            ("rsa-sha256", SignatureScheme::RSA_PKCS1_SHA256),
            ("ed25519-sha256", SignatureScheme::ED25519),
        ];
        let of_key =
            known.into_iter().find(|(_, scheme)| self.key.choose_scheme(&[*scheme]).is_some());
        of_key.ok_or_else(|| "the key is neither RSA nor Ed25519".into())
    }

    fn signature(&self, input: &[u8]) -> Result<Vec<u8>, String> {
        let (_, scheme) = self.algorithm()?;
        let signer = self.key.choose_scheme(&[scheme]).ok_or("the key does not sign")?;
        // With Ed25519 the hash is what is signed; RSA makes it itself.
        let hash = Digest::of(input);
        let input = if scheme == SignatureScheme::ED25519 { hash.as_bytes() } else { input };
        signer.sign(input).map_err(|why| why.to_string())
    }
}

impl fmt::Debug for Dkim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dkim({}._domainkey.{})", self.selector, self.domain)
    }
}

/// The fields of a header, relaxed (RFC 6376, 3.4.2).
fn fields(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| {
            (name.trim().to_ascii_lowercase(), single_spaced(value).trim().to_owned())
        })
        .collect()
}

/// A body, relaxed (RFC 6376, 3.4.4).
fn relaxed_body(body: &str) -> String {
    let lines = body.split("\r\n").map(|line| single_spaced(line).trim_end().to_owned());
    let text = lines.collect::<Vec<_>>().join("\r\n");
    let text = text.trim_end_matches("\r\n");
    if text.is_empty() { String::new() } else { format!("{text}\r\n") }
}

/// Every stretch of spaces and tabs as one space.
fn single_spaced(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ' ' | '\t' if plain.ends_with(' ') => {}
            ' ' | '\t' => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain
}
