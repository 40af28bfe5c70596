//! Mail that a mail server hands over: whose it is, and what becomes of it.

use advisory::Mailbox;
use case::{
    Actor, CaseId, Command, CommandId, PersonId, ProjectId,
    act::{ActKind, Recipient},
    observation::Delivery,
};
use engine::EngineError;

use crate::house::House;

const MAIL: &[u8] = b"From: Rita <rita@example.org>\r\nSubject: Crash\r\n\r\nSend it a comma.\r\n";

fn mailbox(text: &str) -> Mailbox {
    text.parse().unwrap()
}

pub(crate) fn deliver(house: &House, raw: &[u8]) -> Result<CaseId, EngineError> {
    house.engine.deliver_mail(house.project, &mailbox("security@example.org"), raw)
}

pub(crate) fn another_project(house: &House) -> ProjectId {
    let policy = house.engine.project(house.project).unwrap().policy;
    let (pin, command) = (house.playbook.pin(), CommandId([3; 16]));
    house.engine.create_project(house.ben, &policy, &pin, command).unwrap()
}

fn open(house: &House, by: PersonId, address: &str) -> Result<(), EngineError> {
    let command = CommandId(house.engine.draw());
    house.engine.open_letterbox(house.project, by, &mailbox(address), command)
}

#[test]
fn an_address_is_one_projects_whatever_its_letter_case() {
    let house = House::new();
    let owner = |address: &str| house.engine.letterbox(&mailbox(address)).unwrap();
    assert_eq!(owner("security@example.org"), None);
    open(&house, house.ada, "Security@Example.org").unwrap();
    open(&house, house.ada, "security@example.org").unwrap();
    for address in ["security@example.org", "SECURITY@example.org", "security+list-7@EXAMPLE.org"] {
        assert_eq!(owner(address), Some(house.project), "{address}");
    }
    assert_eq!(owner("security@lists.example.org"), None);
    assert_eq!(house.engine.letterboxes().unwrap().len(), 1);

    let other = another_project(&house);
    let (address, command) = (mailbox("sECURITY@example.org"), CommandId([7; 16]));
    let taken = house.engine.open_letterbox(other, house.ben, &address, command);
    assert!(matches!(taken, Err(EngineError::Invalid(_))));
    let closed = house.engine.close_letterbox(other, house.ben, &address, command);
    assert!(matches!(closed, Err(EngineError::NotFound)), "it is not that project's");
    house.engine.close_letterbox(house.project, house.ada, &address, command).unwrap();
    house.engine.open_letterbox(other, house.ben, &address, CommandId([8; 16])).unwrap();
    assert_eq!(owner("security@example.org"), Some(other));
}

#[test]
fn only_the_team_says_where_its_mail_arrives() {
    let house = House::new();
    let outside = open(&house, PersonId([9; 16]), "security@example.org");
    assert!(matches!(outside, Err(EngineError::NotFound)));
    let odd = "+x@example.org";
    assert!(matches!(open(&house, house.ada, odd), Err(EngineError::Invalid(_))));
    assert_eq!(house.engine.letterbox(&mailbox(odd)).unwrap(), None, "it is nobody's");
}

#[test]
fn the_same_mail_again_is_the_same_report() {
    let house = House::new();
    let first = deliver(&house, MAIL).unwrap();
    house.settle();
    assert_eq!(deliver(&house, MAIL).unwrap(), first);
    house.settle();
    assert_eq!(house.calls(), 1, "one acknowledgement");
    let nowhere =
        house.engine.deliver_mail(ProjectId([9; 16]), &mailbox("security@example.org"), MAIL);
    assert!(matches!(nowhere, Err(EngineError::NotFound)));
}

fn acknowledged_to(house: &House, case: CaseId) -> Vec<Recipient> {
    let view = house.engine.view(case, Actor::House).unwrap();
    let acts = view.loaded.case.acts.values();
    let acts = acts.filter(|act| matches!(act.plan.kind, ActKind::Acknowledge { .. }));
    acts.flat_map(|act| act.plan.to.clone()).collect()
}

#[test]
fn a_program_gets_no_answer_by_mail() {
    let house = House::new();
    for (number, (head, answered)) in [
        ("", true),
        ("Auto-Submitted: no\r\n", true),
        ("Auto-Submitted: auto-replied (vacation)\r\n", false),
        ("auto-submitted: Auto-Generated; owner-email=\"a@example.org\"\r\n", false),
        ("Return-Path: <>\r\n", false),
        ("Return-Path: <rita@example.org>\r\n", true),
    ]
    .into_iter()
    .enumerate()
    {
        let mail = format!("{head}From: <r{number}@example.org>\r\nSubject: Away\r\n\r\nI am.\r\n");
        let case = deliver(&house, mail.as_bytes()).unwrap();
        let [to] = &acknowledged_to(&house, case)[..] else { panic!("{head}") };
        assert_eq!(matches!(to, Recipient::Person { .. }), answered, "{head}{to:?}");
    }
}

#[test]
fn an_answer_is_kept_whole_and_read_by_those_who_may() {
    let house = House::new();
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let sent = engine::message_id(house.script.lock().unwrap().calls[0].0);
    let answer = format!(
        "From: Rita <rita@example.org>\r\nIn-Reply-To: <{sent}>\r\nContent-Type: \
         multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee.\r\n--b\r\nContent-Type: \
         application/zip\r\n\r\nPK\x03\x04\r\n--b--\r\n"
    );
    let case = deliver(&house, answer.as_bytes()).unwrap();
    assert_eq!(case, receipt.case);
    assert_eq!(deliver(&house, answer.as_bytes()).unwrap(), case);
    let view = house.engine.view(case, Actor::House).unwrap();
    assert_eq!(view.loaded.case.messages.len(), 1);
    assert_eq!(house.engine.raw_message(case, house.ada, 0).unwrap(), answer.as_bytes());
    for (person, number) in [(house.ada, 1), (receipt.reporter, 0), (PersonId([9; 16]), 0)] {
        let refused = house.engine.raw_message(case, person, number);
        assert!(matches!(refused, Err(EngineError::NotFound)), "{number}");
    }
    let export = house.engine.export(case, Actor::Person(house.ada)).unwrap();
    assert!(export.files.values().any(|file| file == answer.as_bytes()));
}

#[test]
fn our_own_message_that_comes_back_opens_no_case() {
    let house = House::new();
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let sent = engine::message_id(house.script.lock().unwrap().calls[0].0);
    let back = format!(
        "From: us <security@example.org>\r\nMessage-ID: <{sent}>\r\nSubject: [list] Re\r\n\r\nHi\r\n"
    );
    let case = deliver(&house, back.as_bytes()).unwrap();
    assert_eq!(case, receipt.case);
    assert_eq!(house.engine.cases(house.ada, None, 10).unwrap().cases.len(), 1);
}

#[test]
fn an_answer_goes_where_its_case_went() {
    let house = House::new();
    let (asked, other) = (house.report(9, Some("rita@example.org")), house.report(8, None));
    house.settle();
    let calls = house.script.lock().unwrap().calls.clone();
    let view = house.engine.view(asked.case, Actor::House).unwrap();
    let ours = calls.iter().find(|(act, ..)| view.loaded.case.acts.contains_key(act)).unwrap();
    let merge = Command::Merge { into: other.case, reason: "the same bug".into() };
    house.act(asked.case, house.ada, &merge).unwrap();
    let sent = engine::message_id(ours.0);
    let answer = format!("From: <rita@example.org>\r\nIn-Reply-To: <{sent}>\r\n\r\nMore.\r\n");
    for _ in 0..2 {
        let case = deliver(&house, answer.as_bytes()).unwrap();
        assert_eq!(case, other.case);
    }
    let case = house.engine.view(other.case, Actor::House).unwrap().loaded.case;
    assert_eq!((case.messages.len(), case.messages[0].from), (1, Some(asked.reporter)));
}

/// What a mail server says of a message to Rita: as Postfix writes it, or only with headers.
fn notification(sent: &str, action: &str, to: &str, headers_only: bool) -> String {
    let kind = if headers_only { "text/rfc822-headers" } else { "message/rfc822" };
    let returned = format!("From: us <security@example.org>\r\nMessage-ID: <{sent}>\r\n\r\n");
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.org (Mail Delivery System)\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Description: Notification\r\n\r\nI'm sorry to have to inform you.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Fri, 27 Nov 2026 16:00:00 +0000\r\n\r\n\
         Final-Recipient: rfc822; elsewhere@example.net\r\nOriginal-Recipient: rfc822;{to}\r\n\
         Action: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n \
         user unknown\r\n\r\n--b\r\nContent-Type: {kind}\r\n\r\n{returned}\r\n--b--\r\n"
    )
}

#[test]
fn a_notification_of_failure_is_bad_news_of_its_recipient_and_good_news_is_not_believed() {
    let bounced = |hard| Delivery::Bounced { hard, why: "5.1.1 550 5.1.1 user unknown".into() };
    for (action, to, headers_only, outcome) in [
        ("failed", "rita@example.org", false, Some(bounced(true))),
        ("Failed (for good)", "<rita@example.org>", true, Some(bounced(true))),
        ("delayed", "rita@example.org", false, Some(bounced(false))),
        ("delivered", "rita@example.org", false, None),
        ("failed", "another@example.org", false, None),
        ("failed", "no address", false, None),
    ] {
        let house = House::new();
        let receipt = house.report(9, Some("rita@example.org"));
        house.settle();
        let act = house.script.lock().unwrap().calls[0].0;
        let before = house.engine.view(receipt.case, Actor::House).unwrap().loaded.case;
        let known = before.deliveries.get(&act).cloned();
        let mail = notification(&engine::message_id(act), action, to, headers_only);
        for _ in 0..2 {
            let case = deliver(&house, mail.as_bytes()).unwrap();
            assert_eq!(case, receipt.case, "{action} {to}");
        }
        let case = house.engine.view(receipt.case, Actor::House).unwrap().loaded.case;
        let found = case.deliveries.get(&act).and_then(|people| people.get(&receipt.reporter));
        match outcome {
            Some(outcome) => assert_eq!(found.map(|(said, _)| said), Some(&outcome), "{action}"),
            None => assert_eq!(case.deliveries.get(&act).cloned(), known, "{action} {to}"),
        }
        // Kept whole, and not taken for the reporter's own words.
        assert_eq!(house.engine.raw_message(case.id, house.ada, 0).unwrap(), mail.as_bytes());
        assert_eq!((case.messages.len(), case.messages[0].from), (1, None));
    }
}

/// What Exchange Online says of a message to Rita, of which it sends nothing back: only the name of
/// its envelope, folded as long fields are.
fn nameless(envelope: &str, behind: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: Microsoft Outlook <MicrosoftExchange329e@example.org>\r\n\
         To: security@example.org\r\nSubject: Undeliverable: A message from Example\r\n\
         Message-ID: <0a1b@DB9PR01MB1234.eurprd01.prod.exchangelabs.com>\r\n\
         Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; \
         report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>rita wasn't found.</p>\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Original-Envelope-Id: {envelope}\r\n\
         Reporting-MTA: dns;DB9PR01MB1234.eurprd01.prod.exchangelabs.com\r\n\
         Received-From-MTA: dns;DU2PR01MB5678.eurprd01.prod.exchangelabs.com\r\n\
         Arrival-Date: Fri, 27 Nov 2026 16:00:00 +0000\r\n\r\n\
         {behind}Final-Recipient: rfc822;rita@example.org\r\nAction: failed\r\nStatus: 5.1.10\r\n\
         Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\r\n\r\n--b--\r\n"
    )
}

#[test]
fn a_notification_is_known_by_the_name_of_the_envelope_where_nothing_else_came_back() {
    let named = |text: &str, id: &str| text.replace("ID", id);
    for (envelope, behind, known) in [
        ("ID@fermata.invalid", "", true),
        ("\r\n <ID@fermata.invalid>", "", true),
        ("ID@example.org", "", false),
        ("ID", "", false),
        // Of a recipient it says nothing.
        ("x", "Original-Envelope-Id: ID@fermata.invalid\r\n", false),
    ] {
        let house = House::new();
        let receipt = house.report(9, Some("rita@example.org"));
        house.settle();
        let act = house.script.lock().unwrap().calls[0].0;
        let id = act.to_string();
        let mail = nameless(&named(envelope, &id), &named(behind, &id));
        let case = deliver(&house, mail.as_bytes()).unwrap();
        assert_eq!(case == receipt.case, known, "{envelope} {behind}");
        let found = house.engine.view(receipt.case, Actor::House).unwrap().loaded.case;
        let said = found.deliveries.get(&act).and_then(|people| people.get(&receipt.reporter));
        let bounced = said.map(|(outcome, _)| outcome)
            == Some(&Delivery::Bounced {
                hard: true,
                why: "5.1.10 550 5.1.10 RESOLVER.ADR.RecipientNotFound".into(),
            });
        assert_eq!(bounced, known, "{envelope} {behind}: {said:?}");
    }
}

/// What qmail says: in words, with the message below.
fn in_words(sent: &str, head: &str) -> String {
    format!(
        "{head}From: MAILER-DAEMON@mx.example.net\r\nTo: security@example.org\r\n\
         Subject: failure notice\r\n\r\nHi. This is the qmail-send program at mx.example.net.\r\n\
         \r\n<rita@example.org>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n\
         --- Below this line is a copy of the message.\r\n\r\n\
         Return-Path: <security@example.org>\r\nFrom: security@example.org\r\n\
         Message-Id: <{sent}>\r\nSubject: Hello\r\n\r\nWe have it.\r\n"
    )
}

#[test]
fn what_a_program_wrote_with_our_message_below_its_words_belongs_to_that_case() {
    let house = House::new();
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let act = house.script.lock().unwrap().calls[0].0;
    let sent = engine::message_id(act);
    for (sent, head, known) in [
        (sent.as_str(), "Return-Path: <>\r\n", true),
        (&engine::message_id(case::ActId([9; 16])), "Return-Path: <>\r\n", false),
        // What a person quotes is no answer to it.
        (&sent, "Return-Path: <ben@example.net>\r\n", false),
    ] {
        let case = deliver(&house, in_words(sent, head).as_bytes()).unwrap();
        assert_eq!(case == receipt.case, known, "{head}{sent}");
    }
    // It says of nobody what became of it, in words that a program could trust.
    let found = house.engine.view(receipt.case, Actor::House).unwrap().loaded.case;
    assert_eq!((found.messages.len(), found.messages[0].from), (1, None));
    assert!(!found.deliveries.contains_key(&act), "{:?}", found.deliveries);
}

#[test]
fn a_notification_of_somebody_elses_message_is_a_mail_like_any_other() {
    let house = House::new();
    let known = house.report(9, Some("rita@example.org"));
    house.settle();
    let mail = notification("1@example.org", "failed", "rita@example.org", false);
    let case = deliver(&house, mail.as_bytes()).unwrap();
    assert_ne!(case, known.case);
}

#[test]
fn what_comes_back_to_an_acts_own_address_belongs_to_its_case() {
    let house = House::new();
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let act = house.script.lock().unwrap().calls[0].0;
    // Without anything of ours in it.
    let bounce = notification("1@example.org", "failed", "rita@example.org", true);
    let deliver = |to: &str| {
        house.engine.deliver_mail(house.project, &mailbox(to), bounce.as_bytes()).unwrap()
    };
    let case = deliver(&format!("security+{act}@example.org"));
    assert_eq!(case, receipt.case);
    let found = house.engine.view(case, Actor::House).unwrap().loaded.case;
    assert_eq!(found.messages.len(), 1);
    assert_eq!(found.messages[0].from, None, "the reporter did not write it");
    let (outcome, _) = &found.deliveries[&act][&receipt.reporter];
    assert!(matches!(outcome, Delivery::Bounced { hard: true, .. }));
    // An address of nobody's act tells nothing.
    let other = deliver(&format!("security+{}@example.org", case::ActId([9; 16])));
    assert_ne!(other, receipt.case);
}
