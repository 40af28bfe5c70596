//! Keys that are looked for at an address's domain, of `GnuPG`'s making where it is installed.

use std::{collections::BTreeMap, fs};

use counterparts::{mail::sealer::Sealer, openpgp::web::WebKeys};
use engine::ports::Seals as _;
use rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::{
    feeds::Web,
    gpg::{Gpg, now},
    smtp::server::file,
};

const RITA: &str = "Rita@other.example";

fn authorities() -> Vec<CertificateDer<'static>> {
    vec![CertificateDer::from_pem_file(file("authority.pem")).unwrap()]
}

/// What is found for Rita where these names lead to these servers.
fn found(places: &[(&str, &Web)]) -> Result<String, String> {
    let places = places.iter().map(|(name, web)| ((*name).to_owned(), web.address));
    let keys = WebKeys::found_at(&authorities(), places.collect::<BTreeMap<_, _>>()).unwrap();
    Sealer::default().looking(keys).look_up(&RITA.parse().unwrap())
}

fn server(status: &str, body: &[u8]) -> Web {
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nLocation: https://other.example/\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    Web::answering(vec![[head.as_bytes(), body].concat()], Some("other.example"))
}

/// Public keys of these names, as a directory has them, and the fingerprint of the last.
fn keys(names: &[&str]) -> Option<(Vec<u8>, String)> {
    let gpg = Gpg::new()?;
    let mut all = Vec::new();
    let mut fingerprint = String::new();
    for name in names {
        gpg.key_of(name, "", &["future-default"]);
        gpg.done(&["--output", "key.pgp", "--export", name]);
        all.extend(fs::read(gpg.path().join("key.pgp")).unwrap());
        let listed = gpg.done(&["--with-colons", "--list-keys", name]);
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().clone_into(&mut fingerprint);
    }
    Some((all, fingerprint))
}

#[test]
fn a_key_is_found_under_the_hash_that_gnupg_makes_of_the_address() {
    let Some((bytes, fingerprint)) =
        keys(&["Rob <rob@other.example>", "Rita <rita@other.example>"])
    else {
        return;
    };
    let web = server("200 OK", &bytes);
    let armoured = found(&[("other.example", &web)]).unwrap();
    let read = Sealer::default().certificate(&armoured, now()).unwrap();
    assert_eq!(read.fingerprint, fingerprint, "of several keys, hers");
    let gpg = Gpg::new().unwrap();
    gpg.import(&armoured);
    let listed = gpg.done(&["--with-wkd-hash", "--list-keys", "rita@other.example"]);
    let hash = listed.split("@other.example\n").next().unwrap().split_whitespace().next_back();
    let wanted = format!("get /.well-known/openpgpkey/hu/{}?l=rita http/1.1", hash.unwrap());
    let asked = web.asked();
    assert!(asked[0].starts_with(&wanted), "{wanted}\n{}", asked[0]);
    assert!(
        !asked[0].contains("cookie") && asked[0].contains("user-agent: fermata"),
        "{}",
        asked[0]
    );
}

#[test]
fn what_is_no_key_of_the_address_is_not_taken() {
    let stranger = keys(&["Rob <rob@other.example>"]).map(|(bytes, _)| bytes).unwrap_or_default();
    for (status, body, why) in [
        ("404 Not Found", &b""[..], "no key of"),
        ("500 Broken", b"", "answers with 500"),
        ("302 Found", b"", "answers with 302"),
        ("200 OK", b"<html>", "is no key"),
        ("200 OK", b"", "is no key"),
        ("200 OK", &stranger, "is no key"),
        ("200 OK", &vec![0x99; 2 * 1024 * 1024], "larger than a key"),
    ] {
        let said = found(&[("other.example", &server(status, body))]).unwrap_err();
        assert!(said.contains(why), "{status}: {said}");
    }
}

#[test]
fn a_domain_with_a_directory_of_its_own_is_asked_nowhere_else() {
    let direct = server("404 Not Found", b"");
    // Its certificate is not of that name.
    let advanced = server("200 OK", b"");
    let both = [("openpgpkey.other.example", &advanced), ("other.example", &direct)];
    let said = found(&both).unwrap_err();
    assert!(said.contains("could not be asked"), "{said}");
    assert!(direct.asked().is_empty() && advanced.asked().is_empty());
    assert!(found(&[]).unwrap_err().contains("no public web server"));
}

#[test]
fn a_house_without_a_directory_looks_nowhere() {
    let said = Sealer::default().look_up(&RITA.parse().unwrap()).unwrap_err();
    assert!(said.contains("looks for no keys"), "{said}");
}
