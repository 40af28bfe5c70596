//! A case as files: for whom, with what, and that it is recorded.

use std::collections::BTreeSet;

use case::{Actor, Command, PersonId, Role, command::Invitation, event::Decision};
use engine::{EngineError, Read};
use serde_json::Value;
use store::{Scope, Seq, StreamId};

use crate::{
    house::House,
    published::{decide, house, sign, text, written},
};

const GHSA: &str = "GHSA-5ph6-qq5x-7jwc";

fn person(house: &House) -> PersonId {
    let contact = engine::Contact { name: "Frida".into(), mailbox: None, login: None };
    house.engine.add_person(&contact).unwrap()
}

fn invite(house: &House, case: case::CaseId, role: Role) -> PersonId {
    let person = person(house);
    let invitation = Invitation {
        person,
        name: "Frida".into(),
        organisation: None,
        mailbox: None,
        login: None,
        roles: BTreeSet::from([role]),
    };
    house.act(case, house.ada, &Command::Invite(Box::new(invitation))).unwrap();
    person
}

pub(crate) fn reads(house: &House, case: case::CaseId) -> Vec<(Actor, String)> {
    let stream = StreamId::new(format!("case/{case}/reads")).unwrap();
    let records = house.engine.store().read(&Scope::house("test"), &stream, Seq::FIRST).unwrap();
    let read = |record: &store::Recorded| {
        let read: Read = serde_json::from_slice(record.payload.as_bytes().unwrap()).unwrap();
        (read.actor, read.what)
    };
    records.iter().map(read).collect()
}

#[test]
fn the_team_gets_all_of_it_and_the_journal_says_who_took_it() {
    let house = house();
    sign(&house);
    let case = written(&house, 9, Some(GHSA));
    house.settle();
    let before = reads(&house, case).len();
    let export = house.engine.export(case, Actor::Person(house.ada)).unwrap();
    assert_eq!(reads(&house, case)[before..], [(Actor::Person(house.ada), "export".to_owned())]);
    assert!(!export.without_identity);
    let report = export.view.loaded.case.reports.keys().next().unwrap().to_string();
    let paths: Vec<&str> = export.files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "advisory.json",
            "case.json",
            "journal.jsonl",
            "mails/0001-sent.txt",
            "readiness.json",
            "records/advisory.md",
            "records/csaf-2.1.json",
            "records/csaf.json",
            "records/cyclonedx.json",
            "records/findings.jsonl",
            "records/ghsa.json",
            "records/openvex.json",
            "records/oss-security.txt",
            "records/osv.json",
            &format!("reports/{report}.txt"),
        ]
    );
    let text = |path: &str| std::str::from_utf8(&export.files[path]).unwrap();
    assert_eq!(text(&format!("reports/{report}.txt")), "raw 9", "to the byte");
    let mail = text("mails/0001-sent.txt");
    assert!(mail.starts_with("To: rita@elsewhere.example\nDate: "), "{mail}");
    let entries: Vec<Value> =
        text("journal.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), export.view.loaded.entries.len());
    assert_eq!(entries[0]["seq"], 1);
    let verdicts: Vec<Value> = text("records/findings.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(verdicts.len(), 9);
    for verdict in verdicts {
        let written = verdict.get("file").map(|file| format!("records/{}", file.as_str().unwrap()));
        assert_eq!(written.is_none(), verdict.get("missing").is_some(), "{verdict}");
        assert!(written.is_none_or(|path| export.files.contains_key(&path)), "{verdict}");
        assert_eq!((&verdict["v"], &verdict["audience"]), (&1.into(), &"public".into()));
    }
}

#[test]
fn who_may_not_see_the_reporter_gets_nothing_that_names_them() {
    let house = house();
    let case = written(&house, 9, Some(GHSA));
    let frida = invite(&house, case, Role::FixDeveloper);
    house.settle();
    let export = house.engine.export(case, Actor::Person(frida)).unwrap();
    assert!(export.without_identity);
    for (path, bytes) in &export.files {
        let text = std::str::from_utf8(bytes).unwrap();
        for name in ["Rita", "rita@elsewhere.example", "raw 9"] {
            assert!(!text.contains(name), "{path}: {name}");
        }
    }
    assert!(export.files.contains_key("advisory.json"));
}

#[test]
fn whoever_may_not_read_the_case_gets_nothing() {
    let house = house();
    let case = written(&house, 9, None);
    let shipper = invite(&house, case, Role::Distributor);
    let before = reads(&house, case).len();
    for stranger in [person(&house), shipper] {
        let refused = house.engine.export(case, Actor::Person(stranger));
        assert!(matches!(refused, Err(EngineError::NotFound)));
        assert!(matches!(house.engine.find_case(stranger, "no-such"), Err(EngineError::NotFound)));
    }
    assert_eq!(reads(&house, case).len(), before, "nothing was shown");
}

#[test]
fn a_case_is_found_by_its_codename_and_its_id() {
    let house = house();
    let case = written(&house, 9, None);
    let codename = house.engine.view(case, Actor::House).unwrap().loaded.case.codename;
    let find = |person, name: &str| house.engine.find_case(person, name);
    assert_eq!(find(house.ada, codename.as_str()).unwrap(), case);
    assert_eq!(find(house.ada, &case.to_string()).unwrap(), case);
    assert!(matches!(find(person(&house), codename.as_str()), Err(EngineError::NotFound)));
    assert!(matches!(find(house.ada, "quiet-nothing"), Err(EngineError::NotFound)));
}

#[test]
fn a_person_who_is_on_the_team_and_in_the_case_finds_it_once() {
    let house = house();
    let case = written(&house, 9, None);
    let invitation = Invitation {
        person: house.ben,
        name: "Ben".into(),
        organisation: None,
        mailbox: None,
        login: None,
        roles: BTreeSet::from([Role::ReleaseManager]),
    };
    house.act(case, house.ada, &Command::Invite(Box::new(invitation))).unwrap();
    decide(&house, case, Decision::Advisory(Box::new(text("Another title"))));
    let codename = house.engine.view(case, Actor::House).unwrap().loaded.case.codename;
    assert_eq!(house.engine.find_case(house.ben, codename.as_str()).unwrap(), case);
}
