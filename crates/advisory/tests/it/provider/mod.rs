//! The tree that a provider serves, from published advisories.

#![cfg(test)]

mod imprint;
mod pages;
mod tree;
mod versions;

use advisory::csaf::Revision;
use advisory::provider::{Files, Provider, Published, Signer, Versions, Written, write};
use advisory::{Advisory, Imprint};
use jiff::Timestamp;

use crate::sample;

const BASE: &str = "https://projectcontour.io/security";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2022-03-01T12:00:00.25Z")
}

fn imprint() -> Imprint {
    Imprint {
        name: "Project Contour".parse().unwrap(),
        namespace: "https://projectcontour.io/".parse().unwrap(),
        base: BASE.parse().unwrap(),
        contact: "security@projectcontour.io".parse().unwrap(),
        policy: Some("https://projectcontour.io/policy".parse().unwrap()),
        cna: None,
    }
}

fn provider() -> Provider {
    let versions = Versions::default();
    Provider { imprint: imprint(), since: at("2021-01-01T00:00:00Z"), versions }
}

fn edition(at_: &str, summary: &str) -> Revision {
    Revision { at: at(at_), summary: summary.to_owned() }
}

/// One that says everything and was corrected, one of the next year by its CVE id alone that was
/// taken back.
fn published() -> Vec<Published> {
    let mut second = sample::advisory();
    second.ghsa = None;
    second.title = Some("Envoy may crash".to_owned());
    second.vulnerabilities[0].cve = Some("CVE-2022-1111".parse().unwrap());
    vec![
        Published {
            advisory: sample::full(),
            editions: vec![
                edition("2021-07-22T15:00:00Z", "Published."),
                edition("2022-02-01T15:00:00Z", "Corrected."),
            ],
            withdrawn: None,
        },
        Published {
            advisory: second,
            editions: vec![
                edition("2022-01-10T15:00:00Z", "Published."),
                edition("2022-01-11T15:00:00Z", "Withdrawn."),
            ],
            withdrawn: Some(at("2022-01-11T15:00:00Z")),
        },
    ]
}

/// Signs by saying what it was asked to sign.
struct Witness;

impl Signer for Witness {
    fn fingerprint(&self) -> String {
        "0123456789ABCDEF0123456789ABCDEF01234567".to_owned()
    }

    fn public_key(&self) -> Vec<u8> {
        b"the public key".to_vec()
    }

    fn sign(&self, document: &[u8], at: Timestamp) -> Result<Vec<u8>, String> {
        Ok(format!("signed at {at}: {}", advisory::Digest::of(document)).into_bytes())
    }

    fn sign_text(&self, text: &str, at: Timestamp) -> Result<String, String> {
        Ok(format!("signed at {at}:\n{text}"))
    }
}

struct Broken;

impl Signer for Broken {
    fn fingerprint(&self) -> String {
        Witness.fingerprint()
    }

    fn public_key(&self) -> Vec<u8> {
        Vec::new()
    }

    fn sign(&self, _: &[u8], _: Timestamp) -> Result<Vec<u8>, String> {
        Err("the card was pulled out".to_owned())
    }

    fn sign_text(&self, _: &str, _: Timestamp) -> Result<String, String> {
        Err("the card was pulled out".to_owned())
    }
}

fn written(published: &[Published], signer: Option<&dyn Signer>) -> Written {
    let written = write(&provider(), published, now(), signer).unwrap();
    assert_eq!(
        written,
        write(&provider(), published, now(), signer).unwrap(),
        "the same each time"
    );
    written
}

fn files() -> Files {
    let written = written(&published(), Some(&Witness));
    assert_eq!(written.left_out, []);
    written.files
}

fn text<'f>(files: &'f Files, path: &str) -> &'f str {
    let bytes = files.get(path).unwrap_or_else(|| panic!("there is no {path}"));
    std::str::from_utf8(bytes).unwrap()
}

/// Whether a file's name has that ending.
fn ends(path: &str, ending: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, it)| it == ending)
}

/// The first of [`published`] with a change.
fn changed(change: impl FnOnce(&mut Advisory)) -> Vec<Published> {
    let mut one = published().swap_remove(0);
    change(&mut one.advisory);
    vec![one]
}
