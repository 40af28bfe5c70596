//! Two workers of one house: what they do at once, and what not.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Barrier},
    thread,
};

use case::{
    ActId, CaseId, Command, PersonId,
    act::{ActKind, ActState, Recipient, Topic},
    event::Decision,
    state::DisclosureState,
};
use jiff::SignedDuration;

use crate::{
    disclosure,
    effects::{calls_of, message, state},
    house::House,
};

/// Runs what is due in another worker, whose next call hangs; meanwhile, `then`.
fn while_a_call_hangs(house: &House, then: impl FnOnce()) {
    let barrier = Arc::new(Barrier::new(2));
    house.script.lock().unwrap().hangs = Some(Arc::clone(&barrier));
    thread::scope(|scope| {
        let other = scope.spawn(|| house.settle());
        barrier.wait();
        let done = catch_unwind(AssertUnwindSafe(then));
        barrier.wait();
        other.join().unwrap();
        done.unwrap_or_else(|why| resume_unwind(why));
    });
}

/// A message to somebody, approved and due.
fn tell(house: &House, case: CaseId, person: PersonId, topic: Topic) -> ActId {
    let kind = ActKind::TellReporter { person, topic };
    let view = house.engine.view(case, case::Actor::House).unwrap();
    let plan = house.engine.compose(&view.loaded.case, &kind, None).unwrap();
    let (act, digest) = (ActId(house.engine.draw()), plan.digest().unwrap());
    house.act(case, house.ada, &Command::Plan { act, plan: Box::new(plan) }).unwrap();
    house.act(case, house.ada, &Command::Approve { act, digest }).unwrap();
    act
}

#[test]
fn a_mail_that_hangs_holds_up_other_mail_alone() {
    let house = House::new();
    let (case, first) = message(&house);
    let view = house.engine.view(case, case::Actor::House).unwrap();
    let to = &view.loaded.case.acts[&first].plan.to;
    let [Recipient::Person { person, .. }] = to.as_slice() else { panic!("{to:?}") };
    let mut others = None;
    while_a_call_hangs(&house, || {
        let second = tell(&house, case, *person, Topic::Draft);
        let by_page = house.report(8, None);
        house.settle();
        assert_eq!(calls_of(&house, first), 1);
        assert_eq!(calls_of(&house, second), 0, "one mail at a time");
        let page = house.engine.view(by_page.case, case::Actor::House).unwrap().loaded.case;
        assert!(page.acts.values().all(|act| act.done_at().is_some()), "the receipt page is there");
        others = Some(second);
    });
    house.pass(1);
    for act in [first, others.unwrap()] {
        assert!(matches!(state(&house, case, act), ActState::Done { .. }));
        assert_eq!(calls_of(&house, act), 1);
    }
}

/// What ends meanwhile puts the job of the act whose turn it is: were that the one under way, its
/// worker would lose it, and with it what it finds out.
#[test]
fn an_act_under_way_is_not_begun_again_by_what_ends_beside_it() {
    let house = disclosure::house();
    house.settle();
    let case = disclosure::planned(&house, 1);
    let (text, actions) = ("none".to_owned(), Vec::new());
    disclosure::decide(&house, case, Decision::Retrospective { text, actions });
    disclosure::arm(&house, case);
    house.settle();
    house.hands.pass(SignedDuration::from_hours(1));
    let reporter = |house: &House| {
        let loaded = house.engine.view(case, case::Actor::House).unwrap().loaded;
        loaded.case.reports.values().next().unwrap().reporter
    };
    let publication = ActId([6; 16]);
    while_a_call_hangs(&house, || {
        assert!(matches!(state(&house, case, publication), ActState::Started { .. }));
        let page = tell(&house, case, reporter(&house), Topic::Verdict);
        house.settle();
        assert!(matches!(state(&house, case, page), ActState::Done { .. }));
        house.hands.pass(SignedDuration::from_mins(1));
        house.settle();
    });
    assert_eq!(calls_of(&house, publication), 1);
    assert!(matches!(state(&house, case, publication), ActState::Done { .. }));
    let loaded = house.engine.view(case, case::Actor::House).unwrap().loaded;
    assert_eq!(loaded.case.disclosure.unwrap().state, DisclosureState::Finished);
}
