//! The board of a case's mail: where each copy stands, and who may read what of it.

use std::collections::BTreeSet;

use case::{
    ActId, Actor, CaseId, Command, CommandId, PersonId, Role,
    act::{ActKind, Topic},
    command::Invitation,
    event::{Decision, Triage},
    observation::{Delivery, Observation},
};
use jiff::SignedDuration;

use crate::{browse::Browser, house::House};

fn give(house: &House, case: CaseId, command: &Command) {
    let id = CommandId(house.engine.draw());
    house.engine.execute(case, Actor::House, id, command, "test").unwrap();
}

fn acknowledged(house: &House) -> (CaseId, PersonId, ActId) {
    let receipt = house.report(7, "It crashes", Some("rita@finders.example"));
    house.settle();
    let view = house.engine.view(receipt.case, Actor::House).unwrap();
    let act = view.loaded.case.acts.values().next().unwrap().id;
    (receipt.case, receipt.reporter, act)
}

#[tokio::test]
async fn a_mail_that_came_back_waits_for_somebody_and_its_words_stay_with_those_who_may_know() {
    let house = House::with_project(4);
    let (case, reporter, act) = acknowledged(&house);
    let path = format!("/case/{case}/deliveries");
    let ada = Browser::signed_in(&house, house.ada).await;
    let page = ada.get(&path).await.words();
    assert!(
        page.contains("taken by the server") && page.contains("rita@finders.example"),
        "{page}"
    );
    assert!(!page.contains("for somebody") && !page.contains("What can be done"), "{page}");

    let why = "550 5.1.1 <rita@finders.example> unknown".to_owned();
    let outcome = Delivery::Bounced { hard: true, why };
    house.saw(case, Observation::Delivery { act, person: reporter, outcome });
    let page = ada.get(&path).await;
    let words = page.words();
    for expected in ["1 mail waits for somebody", "came back", "550 5.1.1", "What can be done"] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    assert!(words.contains(&format!("href=\"/case/{case}/act/{act}\"")));

    let frida = PersonId(house.engine.draw());
    let invitation = Invitation {
        person: frida,
        name: "Frida".into(),
        organisation: None,
        mailbox: None,
        login: Some("frida".into()),
        roles: BTreeSet::from([Role::FixDeveloper]),
    };
    house.by(house.ada, case, &Command::Invite(Box::new(invitation)));
    let eyes = Browser::signed_in(&house, frida).await;
    for page in ["deliveries", "timeline", &format!("act/{act}")] {
        let of_ada = ada.get(&format!("/case/{case}/{page}")).await.words();
        assert!(of_ada.contains("550 5.1.1"), "{of_ada}");
        let of_frida = eyes.get(&format!("/case/{case}/{page}")).await.words();
        let told = of_frida.contains("the reporter") && of_frida.contains("came back");
        assert!(told, "{page}: {of_frida}");
        assert!(!of_frida.contains("rita") && !of_frida.contains("550"), "{page}: {of_frida}");
    }
}

#[tokio::test]
async fn what_was_put_off_says_until_when_and_what_is_uncertain_leads_to_its_act() {
    let house = House::with_project(5);
    let (case, person, _) = acknowledged(&house);
    let reason = "it is one".to_owned();
    let verdict = Decision::Triage { verdict: Triage::Accepted, reason };
    house.by(house.ada, case, &Command::Decide(Box::new(verdict)));
    let kind = ActKind::TellReporter { person, topic: Topic::Verdict };
    let view = house.engine.view(case, Actor::House).unwrap();
    let plan = Box::new(house.engine.compose(&view.loaded.case, &kind, None).unwrap());
    let (act, digest) = (ActId(house.engine.draw()), plan.digest().unwrap());
    let path = format!("/case/{case}/deliveries");
    let ada = Browser::signed_in(&house, house.ada).await;
    house.by(house.ada, case, &Command::Plan { act, plan });
    assert!(ada.get(&path).await.words().contains("waits for approval"));
    let id = CommandId(house.engine.draw());
    let approve = Command::Approve { act, digest };
    house.engine.execute(case, Actor::Person(house.ada), id, &approve, "test").unwrap();
    give(&house, case, &Command::Start { act });
    assert!(ada.get(&path).await.words().contains("on its way"));
    let until = house.hands.now() + SignedDuration::from_mins(2);
    let why = "not now: 451 4.3.0 try again later".to_owned();
    give(&house, case, &Command::PutOff { act, why, until });
    let page = ada.get(&path).await.words();
    assert!(page.contains("put off") && page.contains("451 4.3.0"), "{page}");
    assert!(page.contains("tried again") && !page.contains("for somebody"), "{page}");
    give(&house, case, &Command::Start { act });
    give(&house, case, &Command::Doubt { act, why: "the server closed the connection".into() });
    let page = ada.get(&path).await;
    assert!(page.words().contains("uncertain") && page.words().contains("1 mail waits"));
    assert!(page.words().contains(&format!("href=\"/case/{case}/act/{act}\">What can be done")));
}
