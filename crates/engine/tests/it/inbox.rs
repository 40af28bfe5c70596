//! The list of cases: in which order, for whom, and what it says is next.

use std::collections::BTreeSet;

use case::{
    CaseId, Command, PersonId, Role,
    command::Invitation,
    event::{Decision, Triage},
};
use engine::Contact;
use jiff::SignedDuration;

use crate::house::{House, START};

const DAY: i64 = 86_400;

fn listed(house: &House, person: PersonId) -> Vec<CaseId> {
    let cases = house.engine.cases(person, None, 100).unwrap().cases;
    cases.into_iter().map(|c| c.case).collect()
}

fn invite(house: &House, case: CaseId, role: Role) -> PersonId {
    let contact = Contact { name: "Frida".into(), mailbox: None, login: None };
    let person = house.engine.add_person(&contact).unwrap();
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

#[test]
fn what_is_due_soonest_comes_first_then_what_has_no_date_then_what_is_over() {
    let house = House::new();
    let acknowledged: Vec<CaseId> = (10..12)
        .map(|number| {
            let case = house.report(number, None).case;
            house.pass(3_600);
            case
        })
        .collect();
    // Nothing runs any more: these two wait for their acknowledgement.
    let waiting: Vec<CaseId> = (12..14)
        .map(|number| {
            house.hands.pass(SignedDuration::from_secs(DAY));
            house.report(number, None).case
        })
        .collect();
    let over = house.report(14, None).case;
    let reason = || "entered twice".to_owned();
    house.act(over, house.ada, &Command::Withdraw { reason: reason() }).unwrap();
    let in_order = [waiting[0], waiting[1], acknowledged[1], acknowledged[0], over];
    assert_eq!(listed(&house, house.ada), in_order);

    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = house.engine.cases(house.ada, after.as_deref(), 2).unwrap();
        paged.extend(page.cases.iter().map(|c| c.case));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(paged, in_order, "pages neither lose nor repeat a case");
    assert!(house.engine.cases(house.ada, Some("17-x"), 2).is_err());
}

#[test]
fn a_row_says_what_is_next_and_for_whom() {
    let house = House::new();
    let case = house.report(9, None).case;
    house.settle();
    let summary = house.engine.cases(house.ada, None, 1).unwrap().cases.remove(0);
    let turn = summary.turn(START).unwrap();
    assert_eq!(turn.next[0].role, Role::Team);
    assert_eq!(summary.roles, BTreeSet::from([Role::Team]));
    let checklist = house.engine.view(case, case::Actor::House).unwrap().checklist;
    assert_eq!(turn.next[0].title, checklist.ready().next().unwrap().title);
    assert_eq!(turn.ready, checklist.ready().count());

    let verdict = Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() };
    house.act(case, house.ada, &Command::Decide(Box::new(verdict))).unwrap();
    let later = house.engine.cases(house.ada, None, 1).unwrap().cases.remove(0);
    assert_ne!(later.turn(START), Some(turn), "the row follows the case");
}

#[test]
fn who_was_let_into_a_case_finds_that_one_until_removed() {
    let house = House::new();
    let (case, _other) = (house.report(9, None).case, house.report(10, None).case);
    let frida = invite(&house, case, Role::FixDeveloper);
    let kim = invite(&house, case, Role::Distributor);
    assert_eq!(listed(&house, frida), [case]);
    assert!(listed(&house, kim).is_empty(), "distributors have a place of their own");
    let remove = Command::Remove { person: frida, reason: "done".into() };
    house.act(case, house.ada, &remove).unwrap();
    assert!(listed(&house, frida).is_empty());
}

#[test]
fn who_is_let_in_and_on_the_team_finds_a_case_once() {
    let house = House::new();
    let case = house.report(9, None).case;
    let invitation = Invitation {
        person: house.ben,
        name: "Ben".into(),
        organisation: None,
        mailbox: None,
        login: None,
        roles: BTreeSet::from([Role::ReleaseManager]),
    };
    house.act(case, house.ada, &Command::Invite(Box::new(invitation))).unwrap();
    let cases = house.engine.cases(house.ben, None, 10).unwrap().cases;
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].roles, BTreeSet::from([Role::Team, Role::ReleaseManager]));
}
