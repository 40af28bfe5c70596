//! A server beyond this machine: met with TLS alone, and only if it is the one that was meant.
//!
//! The certificates in `tests/tls` were made for these tests, for a hundred years and by an authority
//! whose key is gone: one for localhost, and one for another name.

use std::{sync::Arc, thread};

use counterparts::{
    SystemClock,
    mail::smtp::{Login, Outcome, Relay, Server, Stage, Trust},
};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::{
    envelope,
    faults::{patience, word},
    letter,
    server::{Fault, Secured, file},
};

pub(super) fn trust() -> Trust {
    Trust::in_these([CertificateDer::from_pem_file(file("authority.pem")).unwrap()]).unwrap()
}

fn relay(server: &Secured, begins: &str) -> Relay {
    let server: Server = format!("{begins}:localhost:{}", server.port).parse().unwrap();
    let login = Login::new("fermata", "open sesame").unwrap();
    Relay::new(server, patience(), Arc::new(SystemClock)).with_trust(trust()).with_login(login)
}

#[test]
fn a_server_that_proves_who_it_is_takes_mail() {
    for (begins, first) in [("starttls", false), ("tls", true)] {
        let server = Secured::start("localhost", first, Vec::new());
        let outcome = relay(&server, begins).send(&envelope(), &letter());
        assert!(matches!(outcome, Outcome::Taken(_)), "{begins}: {outcome:?}");
        assert_eq!(server.kept().len(), 1);
    }
}

#[test]
fn a_server_that_does_not_gets_nothing() {
    for (begins, first) in [("starttls", false), ("tls", true)] {
        let other = Secured::start("other.example", first, Vec::new());
        let outcome = relay(&other, begins).send(&envelope(), &letter());
        assert_eq!(word(&outcome, Stage::Tls), "refused", "{begins}: {outcome:?}");

        let server = Secured::start("localhost", first, Vec::new());
        let strangers =
            Trust::in_these([CertificateDer::from_pem_file(file("other.example.pem")).unwrap()]);
        let unknown = relay(&server, begins).with_trust(strangers.unwrap());
        let outcome = unknown.send(&envelope(), &letter());
        assert_eq!(word(&outcome, Stage::Tls), "refused", "{begins}: {outcome:?}");
        assert!(server.kept().is_empty() && other.kept().is_empty());
    }
}

#[test]
fn without_tls_nothing_is_said_to_a_server_elsewhere() {
    // It speaks without TLS where TLS comes first, and the other way round.
    for (begins, first, told) in [("tls", false, "later"), ("starttls", true, "later")] {
        let server = Secured::start("localhost", first, Vec::new());
        let outcome = relay(&server, begins).send(&envelope(), &letter());
        assert!(matches!(outcome, Outcome::Later { .. }), "{begins}, {told}: {outcome:?}");
        assert!(server.kept().is_empty());
    }
    assert!(Trust::in_these([]).is_err());
    for wrong in ["tls:", "tls:mx.example.org", "starttls:mx example:25", "tls:mx.example.org:smtp"]
    {
        assert!(wrong.parse::<Server>().is_err(), "{wrong}");
    }
    let server: Server = "starttls:mx.example.org:587".parse().unwrap();
    assert_eq!(server.to_string(), "starttls:mx.example.org:587");
}

fn meets(at: Stage, fault: Fault) {
    let server = Secured::start("localhost", false, vec![Some((at, fault))]);
    let relay = relay(&server, "starttls");
    let outcome = relay.send(&envelope(), &letter());
    let after = format!("{fault:?} at {at:?}: {outcome:?}");
    let expected = if fault == Fault::Refused { "refused" } else { "later" };
    assert_eq!(word(&outcome, at), expected, "{after}");
    assert!(server.kept().is_empty(), "{after}");
    if expected == "later" {
        let again = relay.send(&envelope(), &letter());
        assert!(matches!(again, Outcome::Taken(_)), "{after}, then {again:?}");
        assert_eq!(server.kept().len(), 1, "{after}");
    }
}

#[test]
fn every_fault_of_tls_and_of_the_login_is_told_rightly() {
    thread::scope(|scope| {
        for at in [Stage::Tls, Stage::Login] {
            for fault in Fault::ALL {
                scope.spawn(move || meets(at, fault));
            }
        }
    });
}
