//! Any bytes may come from a domain's web server as the key of an address, and an address is a stranger's
//! word: only its own domain is asked, and what is taken for its key names it.
#![no_main]

use std::{collections::BTreeMap, sync::LazyLock};

use advisory::Mailbox;
use counterparts::openpgp::{
    certificate::Recipient,
    web::{WebKeys, of_address},
};
use jiff::Timestamp;

static KEYS: LazyLock<WebKeys> =
    LazyLock::new(|| WebKeys::found_at(&[], BTreeMap::new()).expect("its alphabet is right"));

fn asked(address: &Mailbox) {
    let Ok(places) = KEYS.places(address) else { return };
    let domain = address.domain().to_ascii_lowercase();
    for (place, host) in places.iter().zip([format!("openpgpkey.{domain}"), domain]) {
        assert_eq!(place.scheme_str(), Some("https"));
        assert_eq!(place.authority().map(|it| it.as_str()), Some(host.as_str()));
        assert!(place.path().starts_with("/.well-known/openpgpkey/"));
        let local = place.query().and_then(|query| query.strip_prefix("l="));
        assert!(local.is_some_and(|it| !it.contains(['&', '#', '=', ' '])));
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(Ok(address)) = std::str::from_utf8(bytes).map(str::parse::<Mailbox>) {
        asked(&address);
    }
    let rita: Mailbox = "rita@example.com".parse().expect("an address");
    if let Some(armoured) = of_address(bytes, &rita) {
        assert!(armoured.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----"));
        if let Ok(recipient) = Recipient::read(&armoured, Timestamp::UNIX_EPOCH) {
            let certificate = recipient.certificate(&armoured, Timestamp::UNIX_EPOCH);
            assert_eq!(certificate.fingerprint.len(), 40);
        }
    }
});
