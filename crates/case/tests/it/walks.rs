//! Laws along random walks: whatever is wished for, by whomever and whenever.

#![cfg(test)]

use std::collections::BTreeSet;

use case::{
    Command, Event, Gate, PersonId,
    act::ActState,
    event::{ActEvent, DisclosureEvent, Triage},
    evolve::fold,
    observation::Observation,
    rights::Actor,
    state::DisclosureState,
};
use proptest::{prelude::*, sample::Index};

use crate::{
    desk::{
        self, ANNA, BERT, CLEO, DORA, Desk, EGON, OTTO, RITA, disclosure, early_date, late_date,
        person, team,
    },
    samples,
};

const ACTORS: [PersonId; 7] = [ANNA, BERT, CLEO, DORA, EGON, RITA, OTTO];

/// What may be wished for now: things that lead somewhere, and one of each kind that may not.
fn wishes(desk: &Desk) -> Vec<Command> {
    let reason = || "because".to_owned();
    let mut wishes = vec![
        desk::triage(Triage::Accepted),
        desk::propose(early_date()),
        desk::propose(late_date()),
        desk::plan_disclosure(1, early_date(), 1),
        desk::plan_disclosure(2, late_date(), 3),
        Command::Plan { act: desk::act(9), plan: Box::new(desk::publication()) },
        Command::Plan { act: desk::act(10), plan: Box::new(desk::notice()) },
        desk::observe(Observation::Public { source: reason() }),
    ];
    if let Some(revision) = desk.case.embargo.pending {
        wishes.push(Command::AgreeEmbargo { revision });
    }
    if let Some(plan) = &desk.case.disclosure {
        let id = plan.id;
        wishes.extend([
            Command::ApproveDisclosure { id, digest: plan.digest },
            Command::ApproveDisclosure { id, digest: plan.digest },
            Command::Arm { id },
            Command::Fire { id },
            Command::Resume { id },
        ]);
    }
    for act in desk.case.acts.values() {
        let id = act.id;
        wishes.push(Command::Start { act: id });
        match act.state {
            ActState::Planned => wishes.push(Command::Approve { act: id, digest: act.digest }),
            ActState::Started { .. } => {
                wishes.push(Command::Finish { act: id, proof: desk::proof() });
            }
            _ => {}
        }
    }
    wishes.extend(samples::commands());
    wishes
}

#[derive(Debug, Clone)]
struct Stride {
    actor: Option<Index>,
    likely: bool,
    wish: Index,
    hour: u8,
    trusted: bool,
    shut: Vec<bool>,
}

fn stride() -> impl Strategy<Value = Stride> {
    (
        prop::option::weighted(0.6, any::<Index>()),
        prop::bool::weighted(0.8),
        any::<Index>(),
        0..48_u8,
        prop::bool::weighted(0.8),
        prop::collection::vec(prop::bool::weighted(0.15), Gate::ALL.len()),
    )
        .prop_map(|(actor, likely, wish, hour, trusted, shut)| Stride {
            actor,
            likely,
            wish,
            hour,
            trusted,
            shut,
        })
}

/// Takes one stride; says what it led to.
fn take(desk: &mut Desk, stride: &Stride) -> Vec<Event> {
    let hours = jiff::SignedDuration::from_hours(stride.hour.into());
    desk.clock.now = desk.clock.now.checked_add(hours).unwrap();
    desk.clock.trusted = stride.trusted;
    desk.shut =
        Gate::ALL.into_iter().zip(&stride.shut).filter(|(_, s)| **s).map(|(g, _)| g).collect();
    let wishes = wishes(desk);
    let likely = wishes.len() - samples::commands().len();
    let among = if stride.likely { &wishes[..likely] } else { &wishes[..] };
    let wish = stride.wish.get(among).clone();
    let actor = stride.actor.map_or(Actor::House, |index| person(*index.get(&ACTORS)));
    if desk.try_as(actor, &wish).is_err() { vec![] } else { desk.by(actor, wish) }
}

/// What must hold of an event, in the case before it.
fn lawful(before: &Desk, event: &Event) -> Result<(), TestCaseError> {
    match event {
        Event::Act(ActEvent::Approved { by, .. })
        | Event::Disclosure(DisclosureEvent::Approved { by, .. }) => {
            prop_assert!(team().contains(by), "an approval from outside of the team");
        }
        Event::Act(ActEvent::Started { act }) => {
            let act = &before.case.acts[act];
            if let Some(gate) = act.plan.kind.gate() {
                prop_assert!(!before.shut.contains(&gate), "through a shut gate");
            }
            if act.plan.kind.discloses() && !before.case.facts.is_public() {
                let plan = before.case.disclosure.as_ref().unwrap();
                prop_assert_eq!(&plan.state, &DisclosureState::Running);
                prop_assert!(before.clock.trusted && before.clock.now >= plan.instant);
                let agreed = before.case.embargo.agreed_instant();
                prop_assert!(agreed.is_none_or(|agreed| agreed == plan.instant));
                let behind: BTreeSet<_> = plan.approvals.keys().collect();
                prop_assert!(behind.len() >= 2, "short of people");
            }
        }
        _ => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_walk_breaks_a_law(strides in prop::collection::vec(stride(), 1..70)) {
        let mut desk = Desk::embargoed();
        for stride in &strides {
            let mut before = desk.clone();
            let events = take(&mut desk, stride);
            before.clock = desk.clock;
            before.shut.clone_from(&desk.shut);
            let more = u64::try_from(events.len()).unwrap();
            prop_assert_eq!(desk.case.head, before.case.head + more);
            for event in &events {
                lawful(&before, event)?;
            }
        }
        prop_assert_eq!(fold(&desk.entries).unwrap(), desk.case, "the journal tells the same case");
    }
}

/// The walk gets somewhere: it could publish, were it a little lucky.
#[test]
fn the_wishes_lead_to_a_publication() {
    let mut desk = Desk::running();
    let starts = wishes(&desk).contains(&Command::Start { act: desk::act(1) });
    assert!(starts);
    desk.carry_out(desk::act(1));
    assert!(desk.case.facts.is_public());
    assert!(wishes(&desk).contains(&Command::Fire { id: disclosure(1) }));
}
