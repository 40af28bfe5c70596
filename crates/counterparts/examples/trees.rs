//! Makes up advisories and writes the trees of their provider, for others to judge:
//! `cargo run -p counterparts --example trees -- FOLDER COUNT KEY` makes a folder for each choice of
//! versions, all signed by an armoured key without a password, and one that is not signed.
#![expect(clippy::unwrap_used, reason = "what fails stops it, and it shares the tests' advisories")]

use std::{fs, path::Path};

use advisory::{
    Imprint,
    csaf::{CsafVersion, Revision},
    provider::{self, Provider, Published, Signer, Versions},
};
use counterparts::{SystemClock, openpgp::OpenPgp};
use engine::Clock as _;
use jiff::{SignedDuration, Timestamp};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

#[path = "../../advisory/examples/common/mod.rs"]
mod common;
#[path = "../../advisory/tests/it/generated.rs"]
mod generated;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().unwrap();
    let (folder, count, key) = (next(), next(), next());
    let published: Vec<Published> = made_up(count.parse().unwrap());
    let now = SystemClock.wall();
    let key = OpenPgp::read(&fs::read_to_string(key).unwrap(), "", now).unwrap();
    let (old, new) = (CsafVersion::V2_0, CsafVersion::V2_1);
    let trees: [(&str, Versions, Option<&dyn Signer>); 4] = [
        ("2.0", Versions::Only(old), Some(&key)),
        ("2.1", Versions::Only(new), Some(&key)),
        ("2.0 and 2.1", Versions::Both(old), Some(&key)),
        ("not signed", Versions::Only(old), None),
    ];
    for (name, versions, signer) in trees {
        let provider = Provider { imprint: imprint(), since: since(), versions };
        let written = provider::write(&provider, &published, now, signer).unwrap();
        for (path, bytes) in written.files {
            let path = Path::new(&folder).join(name).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

fn since() -> Timestamp {
    common::KNOWN_MOMENT.parse().unwrap()
}

fn imprint() -> Imprint {
    Imprint {
        name: "Project Contour".parse().unwrap(),
        namespace: "https://judged.example.org".parse().unwrap(),
        base: "https://judged.example.org/security".parse().unwrap(),
        contact: "security@judged.example.org".parse().unwrap(),
        policy: Some("https://judged.example.org/policy".parse().unwrap()),
        cna: None,
    }
}

/// Each with an id of its own; some were corrected, and some taken back. The same ones each time.
fn made_up(count: u32) -> Vec<Published> {
    let first = since();
    let mut runner = TestRunner::deterministic();
    let strategy = generated::advisory();
    let one = |number: u32| {
        let advisory = strategy.new_tree(&mut runner).unwrap().current();
        let mut advisory = common::in_known_words(advisory, false);
        advisory.ghsa = None;
        advisory.title.get_or_insert_with(|| "A title".to_owned());
        for (id, vulnerability) in (10_000 + 10 * number..).zip(&mut advisory.vulnerabilities) {
            vulnerability.cve = Some(format!("CVE-2025-{id}").parse().unwrap());
        }
        let at = |hours: u32| first + SignedDuration::from_hours(i64::from(hours));
        let edition = |at: Timestamp, summary: &str| Revision { at, summary: summary.to_owned() };
        let mut editions = vec![edition(at(number), "Published.")];
        editions.extend((number % 3 == 1).then(|| edition(at(number + 1), "Corrected.")));
        let withdrawn = (number % 5 == 4).then(|| at(number + 2));
        editions.extend(withdrawn.map(|at| edition(at, "Withdrawn.")));
        Published { advisory, editions, withdrawn }
    };
    (0..count).map(one).collect()
}
