//! Reports: received once, never lost, seen by those who may.

use case::{Actor, CommandId, PersonId, act::Recipient};
use engine::{EngineError, ports::IncomingMail};

use crate::house::House;

#[test]
fn a_repeat_gets_the_first_receipt() {
    let house = House::new();
    let first = house.report(9, Some("rita@example.org"));
    assert_eq!(house.report(9, Some("rita@example.org")), first);
    assert_ne!(house.report(10, None).case, first.case);
}

#[test]
fn a_report_opens_a_case_that_only_the_team_sees() {
    let house = House::new();
    let receipt = house.report(9, None);
    assert_eq!(house.readers(receipt.case).len(), 2);
    let stranger = Actor::Person(PersonId([9; 16]));
    assert!(matches!(house.engine.view(receipt.case, stranger), Err(EngineError::NotFound)));
    let reporter = Actor::Person(receipt.reporter);
    assert!(matches!(house.engine.view(receipt.case, reporter), Err(EngineError::NotFound)));
    assert!(house.engine.cases(PersonId([9; 16]), None, 10).unwrap().cases.is_empty());
    assert_eq!(house.engine.cases(house.ada, None, 10).unwrap().cases.len(), 1);
}

#[test]
fn it_is_acknowledged_by_mail_once_a_day_and_address() {
    let house = House::new();
    let first = house.report(9, Some("rita@example.org"));
    let second = house.report(10, Some("rita@example.org"));
    house.settle();
    assert_eq!(house.calls(), 1, "one mail; the other acknowledgement is on its page");
    for receipt in [first, second] {
        let place = house.engine.place(&receipt.token).unwrap();
        assert_eq!(place.messages.len(), 1);
    }
}

#[test]
fn what_a_list_sends_on_is_acknowledged_to_who_wrote_it_and_never_to_the_list() {
    let house = House::new();
    let mail = |number: u64, more: &str| {
        let raw = format!(
            "From: Rita via Security <security@lists.example.org>\r\n\
             List-Post: <mailto:security@lists.example.org>\r\n{more}Subject: {number}\r\n\r\nIt crashes.\r\n"
        );
        IncomingMail { number, raw: raw.into_bytes() }
    };
    house.script.lock().unwrap().mails =
        vec![mail(1, "Reply-To: rita@example.com\r\n"), mail(2, "")];
    house.pass(60);
    house.settle();
    let script = house.script.lock().unwrap();
    let to: Vec<_> = script.calls.iter().flat_map(|(_, plan)| &plan.to).collect();
    let [Recipient::Person { mailbox, .. }] = to.as_slice() else { panic!("{to:?}") };
    assert_eq!(mailbox.as_str(), "rita@example.com");
}

#[test]
fn a_wrong_secret_opens_nothing() {
    let house = House::new();
    let receipt = house.report(9, None);
    let mut wrong = receipt.token.clone();
    wrong.pop();
    assert!(matches!(house.engine.place(&wrong), Err(EngineError::NotFound)));
    assert!(matches!(house.engine.place(""), Err(EngineError::NotFound)));
}

#[test]
fn reads_are_recorded_with_their_reader() {
    let house = House::new();
    let receipt = house.report(9, None);
    house.engine.view(receipt.case, Actor::Person(house.ada)).unwrap();
    house.engine.cases(house.ben, None, 10).unwrap();
    let stream = format!("case/{}/reads", receipt.case).parse().unwrap();
    let records = house
        .engine
        .store()
        .read(&store::Scope::house("test"), &stream, store::Seq::FIRST)
        .unwrap();
    let readers: Vec<Actor> = records
        .iter()
        .map(|r| {
            serde_json::from_slice::<engine::Read>(r.payload.as_bytes().unwrap()).unwrap().actor
        })
        .collect();
    assert_eq!(readers, [Actor::Person(house.ada), Actor::Person(house.ben)]);
}

#[test]
fn mail_comes_in_once_and_answers_find_their_case() {
    let house = House::new();
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let act = house.script.lock().unwrap().calls[0].0;
    let answer = format!(
        "From: Rita <rita@example.org>\r\nSubject: Re: yes\r\nIn-Reply-To: <{}>\r\n\r\nIt is the comma.\r\n",
        engine::message_id(act)
    );
    let fresh = "From: x@example.net\r\nSubject: Another\r\n\r\nHello\r\n";
    house.script.lock().unwrap().mails = [answer.as_str(), fresh, fresh]
        .iter()
        .zip(1..)
        .map(|(raw, number)| IncomingMail { number, raw: raw.as_bytes().to_vec() })
        .collect();
    house.pass(60);
    let view = house.engine.view(receipt.case, Actor::House).unwrap();
    assert_eq!(view.loaded.case.messages.len(), 1);
    assert_eq!(view.loaded.case.messages[0].from, Some(receipt.reporter));
    assert_eq!(house.engine.cases(house.ada, None, 10).unwrap().cases.len(), 2);
    house.pass(60);
    assert_eq!(house.engine.cases(house.ada, None, 10).unwrap().cases.len(), 2);
}

#[test]
fn who_leaves_the_team_sees_nothing_on_the_next_request() {
    let house = House::new();
    let receipt = house.report(9, None);
    house
        .engine
        .leave_team(house.project, house.ada, house.ben, "moved on", CommandId([5; 16]))
        .unwrap();
    assert!(!house.readers(receipt.case).contains(&house.ben));
    assert!(house.engine.cases(house.ben, None, 10).unwrap().cases.is_empty());
}
