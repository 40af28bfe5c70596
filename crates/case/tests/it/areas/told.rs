//! What people tell where nobody can be read: whose word counts for what, and when it does not.

use case::{
    Command, Party, Subject,
    act::ActKind,
    embargo::EndedBy,
    event::Triage,
    observation::{Access, Delivery, DraftState, Observation},
    refusal::Rule,
    rights::Actor,
};

use super::{after, check};
use crate::desk::{
    ANNA, DORA, Desk, act, advisory, decision, disclosure, draft, early_date, observe, person,
    proof, release, supported_lines, told, triage,
};

const FORGE: [Party; 3] = [Party::Forge, Party::Lists, Party::Mail];

/// An accepted case whose draft was made at a forge that only people can reach.
fn drafted() -> Desk {
    let mut desk = Desk::new();
    desk.by_hand = FORGE.into();
    desk.anna(triage(Triage::Accepted));
    desk.anna(crate::desk::vulnerability());
    let text = case::event::Decision::Advisory(Box::new(advisory("A title")));
    desk.anna(decision(text));
    let plan = case::act::Plan { kind: ActKind::CreateDraft, ..crate::desk::publication() };
    desk.anna(Command::Plan { act: act(1), plan: Box::new(plan) });
    desk.approve(ANNA, act(1));
    desk.house(Command::Start { act: act(1) });
    desk.house(Command::Doubt { act: act(1), why: "by hand".into() });
    desk
}

fn made() -> Desk {
    after(&drafted(), |d| {
        d.anna(Command::Resolve { act: act(1), proof: proof() });
    })
}

fn attest(seen: Command) -> Command {
    match seen {
        Command::Observe(seen) => Command::Attest(Box::new(told(*seen))),
        other => panic!("{other:?}"),
    }
}

fn the_draft() -> Command {
    attest(draft(DraftState::Draft))
}

#[test]
fn a_member_tells_what_cannot_be_read_from_here() {
    let (made, drafted) = (made(), drafted());
    let connected = after(&made, |d| d.by_hand.clear());
    let read = after(&made, |d| {
        d.house(draft(DraftState::Draft));
    });
    let nowhere = |change: fn(&mut case::Attestation)| {
        let Command::Attest(mut told) = the_draft() else { panic!() };
        change(&mut told);
        Command::Attest(told)
    };
    let access = || attest(observe(Observation::Access(Access::default())));
    let delivered = attest(observe(Observation::Delivery {
        act: act(9),
        person: DORA,
        outcome: Delivery::Delivered,
    }));
    let forbidden = Some(Rule::NotPermitted);
    let anna = person(ANNA);
    check([
        ("the draft", &made, anna, the_draft(), None),
        ("the draft, before its receipt", &drafted, anna, the_draft(), Some(Rule::WrongState)),
        ("the draft, by an outsider", &made, person(DORA), the_draft(), forbidden),
        ("the draft, by the house", &made, Actor::House, the_draft(), forbidden),
        ("where the forge is read", &connected, anna, the_draft(), forbidden),
        ("in place of a reading", &read, anna, the_draft(), forbidden),
        ("without a place", &made, anna, nowhere(|t| t.place.clear()), Some(Rule::ReasonNeeded)),
        ("without a note", &made, anna, nowhere(|t| t.note.clear()), Some(Rule::ReasonNeeded)),
        ("access without a fork", &made, anna, access(), Some(Rule::WrongState)),
        ("a delivery of nothing", &made, anna, delivered, Some(Rule::Unknown)),
        ("a release", &made, anna, attest(release("1.30", true)), forbidden),
        ("the lines", &made, anna, attest(supported_lines()), forbidden),
        ("the draft, as if it were read", &made, anna, draft(DraftState::Draft), forbidden),
    ]);
}

#[test]
fn what_is_told_says_so_until_it_is_read() {
    let mut desk = made();
    desk.anna(the_draft());
    let told = &desk.case.told[&Subject::Draft];
    assert_eq!((told.name.as_str(), told.at), ("Anna", desk.clock.now));
    // Somebody may look again, and then the house itself.
    desk.anna(the_draft());
    desk.house(draft(DraftState::Draft));
    assert!(desk.case.told.is_empty());
    assert!(desk.case.forge.draft.is_some());
    assert_eq!(desk.refusal(person(ANNA), &the_draft()), Some(Rule::NotPermitted));
}

#[test]
fn an_advisory_that_somebody_saw_published_ends_the_embargo() {
    let mut desk = made();
    desk.anna(crate::desk::propose(early_date()));
    desk.anna(Command::AgreeEmbargo { revision: 1 });
    desk.anna(attest(draft(DraftState::Published)));
    assert!(desk.case.facts.is_public());
    let ended = desk.case.embargo.ended.as_ref().unwrap();
    assert_eq!(ended.by, EndedBy::World);
}

#[test]
fn where_no_clock_can_be_asked_a_person_tells_that_the_instant_has_come() {
    let id = disclosure(1);
    let tell = |clock: &str| Command::TellTime { id, name: "Anna".into(), clock: clock.into() };
    let fire = || Command::Fire { id };
    let armed = after(&Desk::armed(), |d| {
        d.by_hand = [Party::Clocks].into();
        d.clock.trusted = false;
    });
    let due = after(&armed, |d| d.clock.now = early_date());
    let asked = after(&due, |d| d.by_hand.clear());
    let told = after(&due, |d| {
        d.anna(tell("time.gov"));
    });
    let connected = after(&told, |d| d.by_hand.clear());
    let anna = person(ANNA);
    check([
        ("before its time", &armed, anna, tell("my watch"), Some(Rule::TooEarly)),
        ("by no clock", &due, anna, tell(" "), Some(Rule::ReasonNeeded)),
        ("where clocks are asked", &asked, anna, tell("my watch"), Some(Rule::NotPermitted)),
        ("by the house", &due, Actor::House, tell("its own"), Some(Rule::NotPermitted)),
        ("at its time", &due, anna, tell("my watch"), None),
        ("fired without a word", &due, Actor::House, fire(), Some(Rule::ClockSuspect)),
        ("fired", &told, Actor::House, fire(), None),
        (
            "fired where clocks are asked",
            &connected,
            Actor::House,
            fire(),
            Some(Rule::ClockSuspect),
        ),
    ]);
    assert_eq!(
        told.case.disclosure.as_ref().unwrap().time_told.as_ref().unwrap().place,
        "time.gov"
    );
}
