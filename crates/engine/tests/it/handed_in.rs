//! Mails that reached a member of the team and not the house: handed in, they are reports like any.

use case::{Actor, CommandId, PersonId, act::ActKind};
use engine::{Became, EngineError, HandedIn, ReportEvent};
use store::{Scope, Seq};

use crate::house::House;

const MAIL: &[u8] = b"From: Rita <rita@example.org>\r\nSubject: Crash\r\n\r\nSend it a comma.\r\n";

fn cases(house: &House) -> usize {
    house.engine.cases(house.ada, None, 10).unwrap().cases.len()
}

#[test]
fn the_bytes_are_kept_and_the_journal_says_who_brought_them() {
    let house = House::new();
    let case = house.engine.hand_in_mail(house.project, house.ada, MAIL).unwrap().case;
    let view = house.engine.view(case, Actor::House).unwrap();
    let report = view.loaded.case.reports.values().next().unwrap().clone();
    assert_eq!((report.title.as_str(), report.channel.as_str()), ("Crash", "mail"));
    assert_eq!(report.mailbox.unwrap().to_string(), "rita@example.org");
    let actors: Vec<Actor> = view.loaded.entries.iter().map(|e| e.actor).collect();
    let ada = Actor::Person(house.ada);
    assert_eq!(actors, [ada, ada, Actor::House], "opened, linked; the acknowledgement is ours");

    let stream = format!("report/{}", report.report).parse().unwrap();
    let scope = Scope::house("test");
    let records = house.engine.store().read(&scope, &stream, Seq::FIRST).unwrap();
    let first: serde_json::Value =
        serde_json::from_slice(records[0].payload.as_bytes().unwrap()).unwrap();
    let event: ReportEvent = serde_json::from_value(first["event"].clone()).unwrap();
    let ReportEvent::Received { raw, .. } = event else { panic!("{event:?}") };
    let blob = house.engine.store().get_blob(&scope, &stream, &raw.parse().unwrap()).unwrap();
    assert_eq!(blob.unwrap().as_bytes(), Some(MAIL));
}

#[test]
fn the_same_mail_is_one_report_whoever_hands_it_in() {
    let house = House::new();
    let first = house.engine.hand_in_mail(house.project, house.ada, MAIL).unwrap().case;
    house.settle();
    let again = house.engine.hand_in_mail(house.project, house.ben, MAIL).unwrap();
    assert_eq!(again, HandedIn { case: first, became: Became::Known });
    house.settle();
    assert_eq!((cases(&house), house.calls()), (1, 1), "one case, one acknowledgement");

    // To another project it is another report: who wrote to both has reported to both.
    let policy = house.engine.project(house.project).unwrap().policy;
    let (pin, command) = (house.playbook.pin(), CommandId([3; 16]));
    let other = house.engine.create_project(house.ada, &policy, &pin, command).unwrap();
    assert_ne!(house.engine.hand_in_mail(other, house.ada, MAIL).unwrap().case, first);
    assert_eq!(cases(&house), 2);
    let outside = house.engine.hand_in_mail(other, house.ben, MAIL);
    assert!(matches!(outside, Err(EngineError::NotFound)), "Ben is not on that team");
}

#[test]
fn who_is_not_on_the_team_hands_nothing_in() {
    let house = House::new();
    let reporter = house.report(9, None).reporter;
    for person in [PersonId([9; 16]), reporter] {
        let sent = house.engine.hand_in_mail(house.project, person, MAIL);
        assert!(matches!(sent, Err(EngineError::NotFound)));
    }
    assert_eq!(cases(&house), 1);
}

#[test]
fn what_cannot_be_read_is_a_report_that_waits_for_a_person() {
    let house = House::new();
    let endless = b"A: b\r\n".repeat(20_000);
    let many =
        [b"Content-Type: multipart/mixed; boundary=x\r\n\r\n".to_vec(), b"--x\n\n".repeat(1_001)];
    for (number, raw) in [endless, many.concat(), b"\xff\xfe\0".to_vec()].iter().enumerate() {
        let case = house.engine.hand_in_mail(house.project, house.ada, raw).unwrap().case;
        house.settle();
        let view = house.engine.view(case, Actor::House).unwrap();
        assert_eq!(cases(&house), number + 1);
        let acknowledged = view
            .loaded
            .case
            .acts
            .values()
            .any(|a| matches!(a.plan.kind, ActKind::Acknowledge { .. }));
        assert!(!acknowledged, "nobody could read a reply on a page whose address nobody has");
        let step = view.checklist.item("acknowledge").unwrap();
        assert!(step.status.open());
    }
    for unfit in [vec![b' '; engine::LARGEST_MAIL + 1], Vec::new()] {
        let sent = house.engine.hand_in_mail(house.project, house.ada, &unfit);
        assert!(matches!(sent, Err(EngineError::Invalid(_))));
    }
}

#[test]
fn an_answer_goes_to_its_case() {
    let house = House::new();
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let act = house.script.lock().unwrap().calls[0].0;
    let answer = format!(
        "From: Rita <rita@example.org>\r\nIn-Reply-To: <{}>\r\n\r\nYes.\r\n",
        engine::message_id(act)
    );
    for (by, became) in [(house.ada, Became::Message), (house.ben, Became::Known)] {
        let taken = house.engine.hand_in_mail(house.project, by, answer.as_bytes()).unwrap();
        assert_eq!(taken, HandedIn { case: receipt.case, became });
    }
    let view = house.engine.view(receipt.case, Actor::House).unwrap();
    assert_eq!(view.loaded.case.messages.len(), 1);
    assert_eq!(view.loaded.entries.last().unwrap().actor, Actor::Person(house.ada));
}
