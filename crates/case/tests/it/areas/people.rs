use case::{
    Command, PersonId,
    act::ActState,
    command::Invitation,
    event::{DisclosureEvent, Event},
    people::CreditAnswer,
    refusal::Rule,
    rights::{Actor, Role},
    state::DisclosureState,
};
use jiff::SignedDuration;

use super::{after, because, check};
use crate::desk::{ANNA, BERT, CLEO, DORA, Desk, OTTO, RITA, act, cve_request, disclosure, person};

fn invite(who: PersonId, role: Role) -> Command {
    Command::Invite(Box::new(Invitation {
        person: who,
        name: "Somebody".into(),
        organisation: None,
        mailbox: None,
        login: None,
        roles: [role].into(),
    }))
}

fn remove(person: PersonId) -> Command {
    Command::Remove { person, reason: because() }
}

#[test]
fn people_come_and_go() {
    let desk = Desk::accepted();
    let last = after(&desk, |d| {
        d.anna(remove(BERT));
        d.anna(remove(CLEO));
    });
    let anna = person(ANNA);
    let no_role = Command::Invite(Box::new(Invitation {
        person: OTTO,
        name: "Otto".into(),
        organisation: None,
        mailbox: None,
        login: None,
        roles: [].into(),
    }));
    check([
        ("a fix developer", &desk, anna, invite(OTTO, Role::FixDeveloper), None),
        ("in no role", &desk, anna, no_role, Some(Rule::BadValue)),
        ("onto the team from outside", &desk, anna, invite(OTTO, Role::Team), Some(Rule::BadValue)),
        ("a member, by name", &desk, anna, invite(BERT, Role::Team), None),
        (
            "by a distributor",
            &desk,
            person(DORA),
            invite(OTTO, Role::FixDeveloper),
            Some(Rule::NotPermitted),
        ),
        ("a member removed", &desk, anna, remove(BERT), None),
        ("a distributor removed", &desk, anna, remove(DORA), None),
        ("a stranger removed", &desk, anna, remove(OTTO), Some(Rule::Unknown)),
        ("a removed one removed", &last, anna, remove(BERT), Some(Rule::Unknown)),
        ("the last of the team", &last, anna, remove(ANNA), Some(Rule::WrongState)),
        ("a removed member acts", &last, person(BERT), remove(DORA), Some(Rule::NotPermitted)),
    ]);
}

#[test]
fn rights_end_with_the_part_that_gave_them() {
    let desk = after(&Desk::accepted(), |d| {
        d.anna(invite(CLEO, Role::Team));
    });
    let may = |d: &Desk, who| d.case.roles_of(Actor::Person(who), &d.team).contains(&Role::Team);
    assert!(may(&desk, CLEO));
    let left = after(&desk, |d| {
        d.team.remove(&CLEO);
    });
    assert!(
        !may(&left, CLEO),
        "whoever left the project's team keeps no rights from a case's record"
    );
    let removed = after(&desk, |d| {
        d.anna(remove(CLEO));
    });
    assert!(!may(&removed, CLEO));
    assert!(desk.case.roles_of(Actor::House, &desk.team).is_empty());
}

#[test]
fn an_approver_who_leaves_stops_what_is_armed() {
    let mut desk = Desk::armed();
    let events = desk.anna(remove(BERT));
    assert!(matches!(events.last(), Some(Event::Disclosure(DisclosureEvent::Held { .. }))));
    let resume = Command::Resume { id: disclosure(1) };
    check([("short", &desk, person(ANNA), resume.clone(), Some(Rule::ApprovalsShort))]);
    // Coming back does not bring the approval back.
    let back = after(&desk, |d| {
        d.anna(invite(BERT, Role::FixDeveloper));
    });
    check([("still short", &back, person(ANNA), resume.clone(), Some(Rule::ApprovalsShort))]);
    let again = after(&back, |d| d.stand_behind(BERT, disclosure(1)));
    check([("of one's own will", &again, person(ANNA), resume.clone(), None)]);
    let other = after(&desk, |d| {
        d.stand_behind(CLEO, disclosure(1));
        d.anna(resume);
    });
    assert_eq!(other.case.disclosure.unwrap().state, DisclosureState::Armed);
}

fn left(who: PersonId) -> Command {
    Command::Left { person: who, reason: because() }
}

#[test]
fn whoever_left_the_team_stands_behind_nothing_any_more() {
    let without = |desk: &Desk, who| {
        after(desk, |d| {
            d.team.remove(&who);
        })
    };
    let (armed, house) = (Desk::armed(), Actor::House);
    let gone = without(&armed, BERT);
    let alone = after(&gone, |d| {
        d.team.remove(&CLEO);
        d.team.remove(&ANNA);
        d.team.insert(OTTO);
    });
    check([
        ("a member", &armed, house, left(BERT), Some(Rule::WrongState)),
        ("by a person", &gone, person(ANNA), left(BERT), Some(Rule::NotPermitted)),
        ("the last approver", &alone, house, left(ANNA), None),
        ("one of the team", &gone, house, left(BERT), None),
    ]);
    let held = after(&gone, |d| {
        d.house(left(BERT));
    });
    let plan = held.case.disclosure.as_ref().unwrap();
    assert!(matches!(plan.state, DisclosureState::Held { .. }));
    assert!(!plan.approvals.contains_key(&BERT));
    assert_eq!(held.try_as(house, &left(BERT)).unwrap(), vec![], "it is said once");
    let back = after(&held, |d| {
        d.team.insert(BERT);
    });
    let resume = Command::Resume { id: disclosure(1) };
    check([(
        "an approval does not come back",
        &back,
        person(ANNA),
        resume,
        Some(Rule::ApprovalsShort),
    )]);
    let other = without(&armed, CLEO);
    assert_eq!(other.try_as(house, &left(CLEO)).unwrap(), vec![], "they had no part in it");
}

#[test]
fn an_act_waits_again_when_its_approver_left_the_team() {
    let desk = after(&Desk::accepted(), |d| {
        d.anna(Command::Plan { act: act(1), plan: Box::new(cve_request()) });
        d.approve(BERT, act(1));
        d.team.remove(&BERT);
        d.house(left(BERT));
    });
    assert_eq!(desk.case.acts[&act(1)].state, ActState::Planned);
}

#[test]
fn somebody_who_did_not_approve_may_leave_what_is_armed() {
    let mut desk = Desk::armed();
    desk.anna(remove(CLEO));
    assert_eq!(desk.case.disclosure.unwrap().state, DisclosureState::Armed);
}

#[test]
fn credit_is_asked_answered_or_falls_to_the_default() {
    let desk = Desk::accepted();
    let offered = after(&desk, |d| {
        d.anna(Command::OfferCredit { person: RITA });
    });
    let late = after(&offered, |d| {
        d.clock.now = d.clock.now.checked_add(SignedDuration::from_hours(24 * 8)).unwrap();
    });
    let (anna, rita) = (person(ANNA), person(RITA));
    let offer = |person| Command::OfferCredit { person };
    let default = || Command::DefaultCredit { person: RITA };
    let answer = |name: &str| Command::AnswerCredit {
        person: RITA,
        answer: CreditAnswer::NamedWithoutCompany { name: name.into() },
    };
    let answered = after(&offered, |d| {
        d.by(rita, answer("Rita"));
    });
    check([
        ("asked", &desk, anna, offer(RITA), None),
        ("asked twice", &offered, anna, offer(RITA), Some(Rule::WrongState)),
        ("somebody else asked", &desk, anna, offer(DORA), Some(Rule::Unknown)),
        ("answered", &offered, rita, answer("Rita"), None),
        ("answered for", &offered, anna, answer("Rita"), None),
        (
            "answered by a distributor",
            &offered,
            person(DORA),
            answer("Rita"),
            Some(Rule::NotPermitted),
        ),
        ("with no name", &offered, rita, answer(" "), Some(Rule::BadValue)),
        ("the default too early", &offered, Actor::House, default(), Some(Rule::TooEarly)),
        ("the default in time", &late, Actor::House, default(), None),
        ("the default after an answer", &answered, Actor::House, default(), Some(Rule::WrongState)),
        ("the default unasked", &desk, Actor::House, default(), Some(Rule::Unknown)),
    ]);
    let fallen = after(&late, |d| {
        d.house(default());
    });
    let credit = &fallen.case.credit[&RITA];
    assert_eq!(credit.answer.as_ref().unwrap().line().as_deref(), Some("Rita Reporter"));
    assert!(credit.by_default);
}
