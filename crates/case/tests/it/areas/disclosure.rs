use advisory::digest::Digest;
use case::{
    ActId, Command, Gate,
    act::{ActState, Plan},
    event::{Decision, DisclosureEvent, Event},
    refusal::Rule,
    rights::Actor,
    state::DisclosureState,
};
use jiff::Timestamp;

use super::{after, because, check};
use crate::desk::{
    ANNA, BERT, CLEO, DORA, Desk, act, advisory, announcement, at, decision, disclosure,
    early_date, fork, late_date, person, plan_disclosure, proof, publication,
};

const WRONG: Option<Rule> = Some(Rule::WrongState);

fn going(acts: Vec<(ActId, Plan)>) -> Command {
    let under = |(id, mut plan): (ActId, Plan)| {
        plan.under = Some(disclosure(1));
        (id, plan)
    };
    Command::PlanDisclosure {
        id: disclosure(1),
        instant: early_date(),
        zone: "UTC".into(),
        acts: acts.into_iter().map(under).collect(),
    }
}

fn planned() -> Desk {
    after(&Desk::embargoed(), |d| {
        d.anna(plan_disclosure(1, early_date(), 1));
    })
}

fn at_instant(desk: &Desk) -> Desk {
    after(desk, |d| d.clock.now = early_date())
}

fn start(number: u16) -> Command {
    Command::Start { act: act(number) }
}

#[test]
fn a_plan_is_for_the_agreed_instant_and_in_order() {
    let (desk, free) = (Desk::embargoed(), Desk::accepted());
    let open = after(&free, |d| {
        d.anna(crate::desk::propose(early_date()));
    });
    let anna = person(ANNA);
    let on = |instant: Timestamp| plan_disclosure(1, instant, 1);
    let friday = at("2026-03-13T15:00:00Z");
    let (first, then) = ((act(1), publication()), (act(2), announcement()));
    let bad = Some(Rule::BadValue);
    check([
        ("the agreed instant", &desk, anna, on(early_date()), None),
        ("a later one", &desk, anna, on(late_date()), Some(Rule::Embargo)),
        ("any, without an embargo", &free, anna, on(late_date()), None),
        ("while the first date is open", &open, anna, on(early_date()), Some(Rule::Embargo)),
        ("on a Friday", &free, anna, on(friday), bad),
        ("twice", &planned(), anna, plan_disclosure(2, early_date(), 3), WRONG),
        ("in order", &desk, anna, going(vec![first.clone(), then.clone()]), None),
        ("the words first", &desk, anna, going(vec![then.clone(), first.clone()]), bad),
        ("words alone", &desk, anna, going(vec![then.clone()]), bad),
        ("nothing", &desk, anna, going(vec![]), bad),
        ("what discloses nothing", &desk, anna, going(vec![first.clone(), (act(2), fork())]), bad),
        ("two advisories", &desk, anna, going(vec![first.clone(), (act(2), publication())]), bad),
        ("one id for two", &desk, anna, going(vec![first.clone(), (act(1), announcement())]), bad),
        (
            "acts that do not name it",
            &desk,
            anna,
            Command::PlanDisclosure {
                id: disclosure(1),
                instant: early_date(),
                zone: "UTC".into(),
                acts: vec![first],
            },
            bad,
        ),
        ("by a distributor", &desk, person(DORA), on(early_date()), Some(Rule::NotPermitted)),
    ]);
}

#[test]
fn it_is_armed_by_enough_people_and_an_open_gate() {
    let desk = planned();
    let digest = desk.case.disclosure.as_ref().unwrap().digest;
    let approve = |digest| Command::ApproveDisclosure { id: disclosure(1), digest };
    let one = after(&desk, |d| d.stand_behind(ANNA, disclosure(1)));
    let two = after(&one, |d| d.stand_behind(BERT, disclosure(1)));
    let shut = after(&two, |d| d.shut = vec![Gate::Arm]);
    let revised = after(&two, |d| {
        d.anna(decision(Decision::Advisory(Box::new(advisory("Another title")))));
    });
    let anna = person(ANNA);
    let arm = || Command::Arm { id: disclosure(1) };
    check([
        ("approved", &desk, anna, approve(digest), None),
        ("approved twice", &one, anna, approve(digest), Some(Rule::AlreadyApproved)),
        (
            "something else",
            &one,
            person(BERT),
            approve(Digest::of(b"x")),
            Some(Rule::DigestDiffers),
        ),
        ("armed by nobody", &desk, anna, arm(), Some(Rule::ApprovalsShort)),
        ("armed by one", &one, anna, arm(), Some(Rule::ApprovalsShort)),
        ("armed by two", &two, anna, arm(), None),
        ("armed by the house", &two, Actor::House, arm(), Some(Rule::NotPermitted)),
        ("before a shut gate", &shut, anna, arm(), Some(Rule::GateShut)),
        ("with an older text", &revised, anna, arm(), WRONG),
        ("armed twice", &Desk::armed(), anna, arm(), WRONG),
        ("another one", &two, anna, Command::Arm { id: disclosure(2) }, Some(Rule::Unknown)),
        (
            "one of its acts by itself",
            &two,
            anna,
            Command::Approve { act: act(1), digest: two.case.acts[&act(1)].digest },
            WRONG,
        ),
    ]);
}

#[test]
fn it_fires_at_its_instant_and_not_before() {
    let armed = Desk::armed();
    let due = at_instant(&armed);
    let early = after(&due, |d| {
        d.clock.now = early_date().checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap();
    });
    let suspect = after(&due, |d| d.clock.trusted = false);
    let house = Actor::House;
    let fire = || Command::Fire { id: disclosure(1) };
    check([
        ("at the instant", &due, house, fire(), None),
        ("a nanosecond before", &early, house, fire(), Some(Rule::TooEarly)),
        ("by a suspect clock", &suspect, house, fire(), Some(Rule::ClockSuspect)),
        ("by a person", &due, person(ANNA), fire(), Some(Rule::NotPermitted)),
        ("unarmed", &at_instant(&planned()), house, fire(), WRONG),
        ("twice", &Desk::running(), house, fire(), WRONG),
        ("an act of it, unfired", &due, house, start(1), WRONG),
    ]);
}

#[test]
fn what_only_people_can_mend_holds_it_at_its_instant() {
    let mut desk = at_instant(&Desk::armed());
    desk.team.remove(&BERT);
    let events = desk.house(Command::Fire { id: disclosure(1) });
    let [Event::Disclosure(DisclosureEvent::Held { reason, .. })] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(reason.contains("1 of 2 people"), "{reason}");
    desk.stand_behind(CLEO, disclosure(1));
    desk.anna(Command::Resume { id: disclosure(1) });
    let events = desk.house(Command::Fire { id: disclosure(1) });
    assert!(matches!(&events[..], [Event::Disclosure(DisclosureEvent::Started { .. })]));
}

#[test]
fn what_is_missing_is_said_once_and_it_goes_out_when_it_is_there() {
    let mut desk = at_instant(&Desk::armed());
    desk.shut = vec![Gate::Publish];
    let fire = || Command::Fire { id: disclosure(1) };
    let events = desk.house(fire());
    assert!(matches!(&events[..], [Event::Disclosure(DisclosureEvent::Blocked { .. })]));
    check([("said already", &desk, Actor::House, fire(), Some(Rule::GateShut))]);
    desk.shut = vec![];
    let events = desk.house(fire());
    assert!(matches!(&events[..], [Event::Disclosure(DisclosureEvent::Started { .. })]));
}

#[test]
fn acts_go_out_in_turn_and_each_is_judged_again() {
    let running = Desk::running();
    let house = Actor::House;
    let first = after(&running, |d| {
        d.house(start(1));
    });
    let done = after(&running, |d| d.carry_out(act(1)));
    let shut = after(&running, |d| d.shut = vec![Gate::Publish]);
    let suspect = after(&running, |d| d.clock.trusted = false);
    let back = after(&running, |d| d.clock.now = crate::desk::start());
    let left = after(&running, |d| {
        d.team.remove(&BERT);
    });
    let held = after(&running, |d| {
        d.anna(Command::Hold { id: disclosure(1), reason: because() });
    });
    let revised = after(&running, |d| {
        d.anna(decision(Decision::Advisory(Box::new(advisory("Another title")))));
    });
    let skipped = after(&running, |d| {
        d.anna(Command::Cancel { act: act(1), reason: because() });
    });
    check([
        ("the first", &running, house, start(1), None),
        ("the second before the first", &running, house, start(2), WRONG),
        ("the second while the first is under way", &first, house, start(2), WRONG),
        ("the first twice", &first, house, start(1), WRONG),
        ("the second after the first", &done, house, start(2), None),
        ("the gate shut again", &shut, house, start(1), Some(Rule::GateShut)),
        ("the clock suspect now", &suspect, house, start(1), Some(Rule::ClockSuspect)),
        ("the clock gone back", &back, house, start(1), Some(Rule::TooEarly)),
        ("an approver gone", &left, house, start(1), Some(Rule::ApprovalsShort)),
        ("held", &held, house, start(1), WRONG),
        ("an older text", &revised, house, start(1), WRONG),
        ("words about what was not published", &skipped, house, start(2), Some(Rule::TooEarly)),
    ]);
}

#[test]
fn it_finishes_with_its_last_act() {
    let mut desk = Desk::running();
    desk.carry_out(act(1));
    desk.house(start(2));
    let events = desk.house(Command::Finish { act: act(2), proof: proof() });
    assert!(matches!(events.last(), Some(Event::Disclosure(DisclosureEvent::Finished { .. }))));
    let given_up = after(&Desk::running(), |d| {
        d.carry_out(act(1));
        d.anna(Command::Cancel { act: act(2), reason: because() });
    });
    assert_eq!(given_up.case.disclosure.unwrap().state, DisclosureState::Finished);
}

#[test]
fn it_is_held_resumed_and_given_up() {
    let (armed, running) = (Desk::armed(), Desk::running());
    let anna = person(ANNA);
    let hold = || Command::Hold { id: disclosure(1), reason: because() };
    let drop = || Command::Drop { id: disclosure(1), reason: because() };
    let resume = || Command::Resume { id: disclosure(1) };
    let cancel = |number| Command::Cancel { act: act(number), reason: because() };
    let stopped = |desk: &Desk| {
        after(desk, |d| {
            d.anna(hold());
        })
    };
    let begun = after(&running, |d| {
        d.house(start(1));
    });
    let failed = after(&begun, |d| {
        d.house(Command::Fail { act: act(1), why: because() });
    });
    check([
        ("held while armed", &armed, anna, hold(), None),
        ("held while running", &running, anna, hold(), None),
        ("held while planned", &planned(), anna, hold(), WRONG),
        ("resumed", &stopped(&armed), anna, resume(), None),
        ("resumed unheld", &armed, anna, resume(), WRONG),
        ("dropped while planned", &planned(), anna, drop(), None),
        ("dropped while armed", &armed, anna, drop(), None),
        ("dropped before its first call", &running, anna, drop(), None),
        ("dropped after a call", &begun, anna, drop(), WRONG),
        ("dropped after a failed call", &failed, anna, drop(), WRONG),
        ("one act taken out of what was approved", &armed, anna, cancel(2), WRONG),
        ("one act taken out in flight", &running, anna, cancel(2), None),
    ]);
    let resumed = |desk: &Desk| {
        after(&stopped(desk), |d| {
            d.anna(resume());
        })
    };
    assert_eq!(resumed(&armed).case.disclosure.unwrap().state, DisclosureState::Armed);
    assert_eq!(resumed(&running).case.disclosure.unwrap().state, DisclosureState::Running);
    let dropped = after(&armed, |d| {
        d.anna(drop());
    });
    assert_eq!(dropped.case.disclosure, None);
    for number in [1, 2] {
        assert!(matches!(dropped.case.acts[&act(number)].state, ActState::Cancelled { .. }));
    }
}

#[test]
fn the_digest_is_over_the_instant_the_acts_and_their_order() {
    let digest = |command: Command| {
        let desk = after(&Desk::accepted(), |d| {
            d.anna(command);
        });
        desk.case.disclosure.unwrap().digest
    };
    let mut other = announcement();
    other.payload = crate::desk::message("Contour 1.30.1", "Please upgrade soon.");
    let second = || (act(3), other.clone());
    let (first, then) = (|| (act(1), publication()), || (act(2), announcement()));
    let digests: std::collections::BTreeSet<Digest> = [
        digest(plan_disclosure(1, early_date(), 1)),
        digest(plan_disclosure(1, late_date(), 1)),
        digest(going(vec![first()])),
        digest(going(vec![first(), second()])),
        digest(going(vec![first(), then(), second()])),
        digest(going(vec![first(), second(), then()])),
    ]
    .into();
    assert_eq!(digests.len(), 6);
}

#[test]
fn a_third_may_stand_behind_what_is_armed() {
    let desk = after(&Desk::armed(), |d| d.stand_behind(CLEO, disclosure(1)));
    let left = after(&at_instant(&desk), |d| {
        d.team.remove(&BERT);
    });
    check([("fired", &left, Actor::House, Command::Fire { id: disclosure(1) }, None)]);
}
