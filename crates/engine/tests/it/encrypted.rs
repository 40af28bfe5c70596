//! Encrypted mail: taken in as it came, opened apart from that, and shown to nobody who sent it.

use std::collections::BTreeSet;

use case::{
    Actor, Case, CaseId, Command, CommandId, PersonId, Role,
    command::Invitation,
    event::{Decision, Triage},
    opening::{Inside, Letter, Outcome, Shut, Standing},
};
use engine::{
    EngineError, Moving, Receipt,
    ports::{Unopened, Unsealed},
};
use store::{KeyClass, Scope, StreamId};

use crate::{
    delivered::deliver,
    house::House,
    unlock::{on_disk, restored},
};

const BLOCK: &str = "-----BEGIN PGP MESSAGE-----\r\n\r\nwcBM\r\n-----END PGP MESSAGE-----";
const TEXT: &str = "Two slashes skip it.\r\n";

fn head(kind: &str) -> String {
    format!("From: Rita <rita@example.org>\r\nSubject: ...\r\nContent-Type: {kind}\r\n\r\n")
}

/// A mail that is encrypted as a whole.
fn whole() -> String {
    parts(
        "multipart/encrypted",
        &[("application/pgp-encrypted", "Version: 1\r\n"), ("application/octet-stream", BLOCK)],
    )
}

fn parts(kind: &str, parts: &[(&str, &str)]) -> String {
    let part =
        |(kind, text): &(&str, &str)| format!("--b\r\nContent-Type: {kind}\r\n\r\n{text}\r\n");
    let parts: String = parts.iter().map(part).collect();
    head(&format!("{kind}; boundary=b")) + &parts + "--b--\r\n"
}

fn unsealed(content: &str) -> Unsealed {
    Unsealed { key: "OURS".into(), content: content.as_bytes().to_vec(), signatures: Vec::new() }
}

/// A house whose keys open everything, to the same.
fn opening(content: &str) -> House {
    let house = House::new();
    answer(&house, Ok(unsealed(content)));
    house
}

fn answer(house: &House, with: Result<Unsealed, Unopened>) {
    house.script.lock().unwrap().inside = with;
}

fn tried(house: &House) -> usize {
    house.script.lock().unwrap().tried.len()
}

fn receive(house: &House, mail: &str) -> Receipt {
    let receipt = house.engine.receive_mail(house.project, mail.as_bytes()).unwrap();
    house.settle();
    receipt
}

fn case(house: &House, id: CaseId) -> Case {
    house.engine.view(id, Actor::House).unwrap().loaded.case
}

fn outcome(house: &House, of: &Receipt) -> Option<Outcome> {
    case(house, of.case).opening(Letter::Report(of.report)).cloned()
}

fn inside(outcome: Option<Outcome>) -> Inside {
    match outcome {
        Some(Outcome::Opened(inside)) => Some(*inside),
        _ => None,
    }
    .unwrap()
}

#[test]
fn nothing_that_a_sender_sees_depends_on_what_was_inside() {
    let seen = |with| {
        let house = House::new();
        answer(&house, with);
        let receipt = receive(&house, &whole());
        assert_eq!(tried(&house), 0, "it is acknowledged before any key is tried");
        assert_eq!(house.calls(), 1);
        let calls = house.script.lock().unwrap().calls.clone();
        let before = format!("{:?} {calls:?}", house.engine.place(&receipt.token).unwrap());
        house.pass(10);
        assert_eq!(tried(&house), 1);
        house.pass(7_200);
        let calls = house.script.lock().unwrap().calls.clone();
        let after = format!("{:?} {calls:?}", house.engine.place(&receipt.token).unwrap());
        assert_eq!(before, after);
        after
    };
    let first = seen(Ok(unsealed("Subject: Slashes\r\n\r\nTwo slashes skip it.\r\n")));
    assert!(!first.contains("slashes") && !first.contains("Slashes"));
    for other in [Unopened::Absent, Unopened::NoKey, Unopened::Damaged] {
        assert_eq!(seen(Err(other)), first, "{other:?}");
    }
}

#[test]
fn what_was_inside_is_the_teams_and_goes_along_with_the_case() {
    let content = "Subject: Slashes\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\
                   Content-Type: text/plain\r\n\r\nTwo slashes skip it.\r\n--c\r\n\
                   Content-Type: application/pgp-keys\r\n\r\nHERS\r\n--c--\r\n";
    let house = House::new();
    let signed = Unsealed { signatures: vec![b"s".to_vec()], ..unsealed(content) };
    answer(&house, Ok(signed));
    let mail = whole();
    let receipt = receive(&house, &mail);
    assert_eq!(outcome(&house, &receipt), None);
    house.pass(10);
    let found = inside(outcome(&house, &receipt));
    assert_eq!((found.key.as_str(), found.inline), ("OURS", false));
    assert_eq!(found.subject.as_deref(), Some("Slashes"));
    assert_eq!(found.text.trim(), "Two slashes skip it.");
    let Standing::Good { key } = &found.signature else { panic!("{:?}", found.signature) };
    assert_eq!(key.trim(), "HERS");
    assert_eq!(house.script.lock().unwrap().judged, [content.as_bytes()]);
    assert_eq!(case(&house, receipt.case).reports[&receipt.report].title, "...", "as it came");

    let letter = Letter::Report(receipt.report);
    let taken = house.engine.inside_of(receipt.case, house.ada, letter).unwrap();
    assert_eq!(taken, ("opened.eml", content.as_bytes().to_vec()));
    let export = house.engine.export(receipt.case, Actor::Person(house.ada)).unwrap();
    assert_eq!(export.files[&format!("reports/{}.eml", receipt.report)], mail.as_bytes());
    let opened = format!("reports/{}-opened.eml", receipt.report);
    assert_eq!(export.files[&opened], content.as_bytes());

    let frida = PersonId([7; 16]);
    let invitation = Invitation {
        person: frida,
        name: "Frida".into(),
        organisation: None,
        mailbox: None,
        login: None,
        roles: BTreeSet::from([Role::FixDeveloper]),
    };
    house.act(receipt.case, house.ada, &Command::Invite(Box::new(invitation))).unwrap();
    let hers = house.engine.view(receipt.case, Actor::Person(frida)).unwrap().loaded.case;
    assert!(hers.opening(letter).is_some(), "who reads the report reads what was inside");
    let refused = house.engine.inside_of(receipt.case, frida, letter);
    assert!(matches!(refused, Err(EngineError::NotFound)), "the bytes name who reported it");
    let export = house.engine.export(receipt.case, Actor::Person(frida)).unwrap();
    assert!(!export.files.contains_key(&opened));
}

#[test]
fn a_signature_within_is_over_the_part_as_it_was_written() {
    let part = "Content-Type: text/plain\r\nSubject: Signed\r\n\r\nTwo slashes\r\nskip it.";
    let content = format!(
        "Subject: Not signed\nContent-Type: multipart/signed; boundary=c\n\n--c\n{}\n--c\n\
         Content-Type: application/pgp-signature\n\nsignature\n--c--\n",
        part.replace("\r\n", "\n")
    );
    let house = opening(&content);
    let receipt = receive(&house, &whole());
    house.pass(10);
    let found = inside(outcome(&house, &receipt));
    assert_eq!(found.signature, Standing::Bad, "no key came with it");
    assert_eq!(found.subject.as_deref(), Some("Signed"));
    let judged = house.script.lock().unwrap().judged.clone();
    assert_eq!(judged.iter().map(|it| String::from_utf8_lossy(it)).collect::<Vec<_>>(), [part]);
}

#[test]
fn a_key_that_comes_later_opens_what_waits_and_nothing_else_is_tried_again() {
    for (first, again) in
        [(Unopened::Absent, true), (Unopened::NoKey, true), (Unopened::Damaged, false)]
    {
        let house = House::new();
        answer(&house, Err(first));
        let receipt = receive(&house, &whole());
        house.pass(10);
        let events = case(&house, receipt.case).head;
        house.pass(3_600);
        assert_eq!(tried(&house), if again { 2 } else { 1 }, "{first:?}");
        assert_eq!(case(&house, receipt.case).head, events, "the same is not written twice");
        answer(&house, Ok(unsealed(TEXT)));
        house.pass(3_600);
        let opened = matches!(outcome(&house, &receipt), Some(Outcome::Opened(_)));
        assert_eq!(opened, again, "{first:?}");
        house.pass(7_200);
        assert_eq!(tried(&house), if again { 3 } else { 1 }, "{first:?}");
    }
}

#[test]
fn only_a_whole_mail_is_opened() {
    let inline = head("text/plain") + BLOCK + "\r\n";
    let keys = ("application/pgp-keys", "HERS");
    let opened =
        [whole(), inline.clone(), parts("multipart/mixed", &[("text/plain", BLOCK), keys])];
    for mail in opened {
        let house = opening(TEXT);
        let receipt = receive(&house, &mail);
        house.pass(10);
        let found = inside(outcome(&house, &receipt));
        assert_eq!(found.inline, mail != whole());
        let message = house.script.lock().unwrap().tried[0].0.clone();
        assert_eq!(String::from_utf8(message).unwrap().trim(), BLOCK, "{mail}");
        if found.inline {
            assert_eq!(found.text, TEXT);
        }
    }
    let version = ("application/pgp-encrypted", "Version: 1\r\n");
    let data = ("application/octet-stream", BLOCK);
    let partly = [
        head("text/plain") + "see\r\n" + BLOCK,
        head("text/plain") + BLOCK + "\r\n-- \r\nthe list",
        head("text/plain") + BLOCK + "\r\n" + BLOCK,
        head("text/html") + "<img src=\"https://example.net/" + BLOCK + "\">",
        parts("multipart/mixed", &[("text/plain", BLOCK), ("text/plain", "more")]),
        parts("multipart/mixed", &[("text/html", "<img src='"), ("text/plain", BLOCK)]),
        parts("multipart/encrypted", &[version, data, ("text/plain", "more")]),
        parts("multipart/encrypted", &[data, version]),
        parts("multipart/mixed", &[("message/rfc822", &whole())]),
    ];
    for mail in partly {
        let house = opening(TEXT);
        let receipt = receive(&house, &mail);
        house.pass(10);
        assert_eq!(outcome(&house, &receipt), Some(Outcome::Shut(Shut::NotWhole)), "{mail}");
        assert_eq!(tried(&house), 0, "{mail}");
    }
    let quoted = head("text/plain") + "> " + &BLOCK.replace("\r\n", "\r\n> ");
    for plain in [head("text/plain") + "-----BEGIN PGP SIGNED MESSAGE-----", quoted] {
        assert!(!engine::read_mail(plain.as_bytes()).unwrap().encrypted, "{plain}");
    }
}

/// An encrypted answer to the acknowledgement of a report.
fn reply(house: &House) -> String {
    let sent = engine::message_id(house.script.lock().unwrap().calls[0].0);
    format!("In-Reply-To: <{sent}>\r\n{}", whole())
}

#[test]
fn an_answer_is_opened_too_and_not_on_the_receipt_page() {
    let house = opening(&format!("Subject: Yes\r\n\r\n{TEXT}"));
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    deliver(&house, reply(&house).as_bytes()).unwrap();
    house.settle();
    assert_eq!(tried(&house), 0);
    house.pass(10);
    let found = inside(case(&house, receipt.case).opening(Letter::Message(0)).cloned());
    assert_eq!(found.text.trim(), TEXT.trim());
    let place = house.engine.place(&receipt.token).unwrap();
    assert!(!format!("{place:?}").contains("slashes"));
    let export = house.engine.export(receipt.case, Actor::Person(house.ada)).unwrap();
    let mails: Vec<_> = export.files.keys().filter(|path| path.contains("received")).collect();
    let kinds: Vec<_> = mails.iter().map(|path| path.split_once("received").unwrap().1).collect();
    assert_eq!(kinds, ["-opened.eml", ".eml", ".txt"]);
}

#[test]
fn a_moved_report_is_opened_where_it_is() {
    let house = House::new();
    answer(&house, Err(Unopened::NoKey));
    let (first, second) = (receive(&house, &whole()), house.report(10, None));
    house.pass(10);
    let to = |case: CaseId, moving: &Moving, number| {
        let (by, id) = (Actor::Person(house.ada), CommandId([number; 16]));
        house.engine.move_reports(case, by, id, moving, "test").unwrap()
    };
    answer(&house, Ok(unsealed(TEXT)));
    to(first.case, &Moving::Case { into: second.case, reason: "the same".into() }, 20);
    house.pass(10);
    let letter = Letter::Report(first.report);
    assert_eq!(inside(case(&house, second.case).opening(letter).cloned()).raw.len(), 64);
    assert!(house.engine.inside_of(second.case, house.ada, letter).is_ok());
    let reports = BTreeSet::from([first.report]);
    let split = Moving::Reports { reports, into: None, reason: "another flaw".into() };
    let new = to(second.case, &split, 21);
    house.pass(10);
    assert_eq!(case(&house, second.case).opening(letter), None, "it has left");
    assert!(matches!(case(&house, new).opening(letter), Some(Outcome::Opened(_))));
}

#[test]
fn a_closed_case_still_opens_what_comes_and_waits_for_no_key() {
    let house = opening(TEXT);
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let triage = Decision::Triage { verdict: Triage::Invalid, reason: "no bug".into() };
    house.act(receipt.case, house.ada, &Command::Decide(Box::new(triage))).unwrap();
    let withdraw = Command::Withdraw { reason: "entered in error".into() };
    house.act(receipt.case, house.ada, &withdraw).unwrap();
    answer(&house, Err(Unopened::NoKey));
    deliver(&house, reply(&house).as_bytes()).unwrap();
    house.pass(10);
    let shut = Outcome::Shut(Shut::NoKey);
    assert_eq!(case(&house, receipt.case).opening(Letter::Message(0)), Some(&shut));
    house.pass(7_200);
    assert_eq!(tried(&house), 1);
    answer(&house, Ok(unsealed(TEXT)));
    let another = format!("X: y\r\n{}", reply(&house));
    deliver(&house, another.as_bytes()).unwrap();
    house.pass(10);
    let opened = case(&house, receipt.case).opening(Letter::Message(1)).cloned();
    assert!(matches!(opened, Some(Outcome::Opened(_))));
}

#[test]
fn a_locked_house_opens_mail_since_nothing_leaves_by_that() {
    let (disk, house) = on_disk();
    let receipt = house.engine.receive_mail(house.project, whole().as_bytes()).unwrap();
    let (_dest, copy) = restored(&disk, &house);
    answer(&copy, Ok(unsealed(TEXT)));
    copy.pass(10);
    assert!(matches!(outcome(&copy, &receipt), Some(Outcome::Opened(_))));
    assert_eq!(copy.calls(), 0, "it acknowledges nothing");
}

#[test]
fn what_was_inside_is_forgotten_with_the_reporter() {
    let house = opening(TEXT);
    let receipt = receive(&house, &whole());
    house.pass(10);
    let stream = StreamId::new(format!("case/{}", receipt.case)).unwrap();
    let scope = Scope::house("test");
    house.engine.store().forget(&scope, &stream, KeyClass::Identity).unwrap();
    assert!(case(&house, receipt.case).openings.is_empty());
    let letter = Letter::Report(receipt.report);
    assert!(house.engine.inside_of(receipt.case, house.ada, letter).is_err());
    house.pass(7_200);
    assert_eq!(tried(&house), 1);
}

#[test]
fn of_several_projects_each_has_the_keys_of_its_addresses() {
    let house = opening(TEXT);
    receive(&house, &whole());
    house.pass(10);
    let policy = house.engine.project(house.project).unwrap().policy;
    let (pin, command) = (house.playbook.pin(), CommandId([3; 16]));
    house.engine.create_project(house.ben, &policy, &pin, command).unwrap();
    let address = "security@example.org".parse().unwrap();
    house.engine.open_letterbox(house.project, house.ada, &address, CommandId([4; 16])).unwrap();
    receive(&house, &format!("X: y\r\n{}", whole()));
    house.pass(10);
    let whose: Vec<_> =
        house.script.lock().unwrap().tried.iter().map(|(_, addresses)| addresses.clone()).collect();
    assert_eq!(whose, [None, Some(BTreeSet::from([address]))]);
}
