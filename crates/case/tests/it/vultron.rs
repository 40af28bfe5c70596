//! The Vultron tables, cell by cell, as CERT/CC publishes them, and the laws between them.

#![cfg(test)]

use std::fmt::Debug;

use case::vultron::{consent, cs, em, rm, rules};
use proptest::prelude::*;

/// The cells in which `transition` differs from the published rows; a cell that no row names has
/// no step.
fn differences<S: Copy + PartialEq + Debug, E: Copy + PartialEq + Debug>(
    states: &[S],
    events: &[E],
    published: &[(S, E, S)],
    transition: impl Fn(S, E) -> Option<S>,
) -> Vec<String> {
    let mut differences = Vec::new();
    for &state in states {
        for &event in events {
            let row = published.iter().find(|row| row.0 == state && row.1 == event);
            let (expected, found) = (row.map(|row| row.2), transition(state, event));
            if expected != found {
                differences.push(format!("{state:?} × {event:?}: {found:?}, not {expected:?}"));
            }
        }
    }
    differences
}

/// Checks every cell, and that any one wrong answer in any one cell is noticed.
fn check<S: Copy + PartialEq + Debug, E: Copy + PartialEq + Debug>(
    states: &[S],
    events: &[E],
    published: &[(S, E, S)],
    transition: impl Fn(S, E) -> Option<S>,
) {
    assert_eq!(differences(states, events, published, &transition), Vec::<String>::new());
    let answers: Vec<Option<S>> = states.iter().copied().map(Some).chain([None]).collect();
    for &state in states {
        for &event in events {
            for &wrong in answers.iter().filter(|answer| **answer != transition(state, event)) {
                let planted = |s, e| {
                    if (s, e) == (state, event) { wrong } else { transition(s, e) }
                };
                assert_eq!(differences(states, events, published, planted).len(), 1);
            }
        }
    }
}

#[test]
fn report_management_follows_the_published_table() {
    use rm::{
        Event::{Accept, Close, Defer, Invalidate, Receive, Validate},
        State::{Accepted, Closed, Deferred, Invalid, Received, Start, Valid},
    };
    let published = [
        (Start, Receive, Received),
        (Received, Validate, Valid),
        (Received, Invalidate, Invalid),
        (Invalid, Validate, Valid),
        (Invalid, Close, Closed),
        (Valid, Accept, Accepted),
        (Valid, Defer, Deferred),
        (Accepted, Defer, Deferred),
        (Accepted, Close, Closed),
        (Deferred, Accept, Accepted),
        (Deferred, Close, Closed),
    ];
    check(&rm::State::ALL, &rm::Event::ALL, &published, rm::transition);
}

#[test]
fn embargo_management_follows_the_published_table() {
    use em::{
        Event::{Accept, Propose, Reject, Terminate},
        State::{Active, Exited, None, Proposed, Revise},
    };
    let published = [
        (None, Propose, Proposed),
        (Proposed, Propose, Proposed),
        (Proposed, Reject, None),
        (Proposed, Accept, Active),
        (Active, Propose, Revise),
        (Active, Terminate, Exited),
        (Revise, Propose, Revise),
        (Revise, Accept, Active),
        (Revise, Reject, Active),
        (Revise, Terminate, Exited),
    ];
    check(&em::State::ALL, &em::Event::ALL, &published, em::transition);
}

#[test]
fn consent_follows_the_published_table() {
    use consent::{
        Event::{Accept, Decline, Invite, Reset, Revise},
        State::{Declined, Invited, Lapsed, NoEmbargo, Signatory},
    };
    let published = [
        (NoEmbargo, Invite, Invited),
        (Lapsed, Invite, Invited),
        (Declined, Invite, Invited),
        (NoEmbargo, Accept, Signatory),
        (Invited, Accept, Signatory),
        (Lapsed, Accept, Signatory),
        (NoEmbargo, Decline, Declined),
        (Invited, Decline, Declined),
        (Lapsed, Decline, Declined),
        (Signatory, Revise, Lapsed),
        (NoEmbargo, Reset, NoEmbargo),
        (Invited, Reset, NoEmbargo),
        (Signatory, Reset, NoEmbargo),
        (Lapsed, Reset, NoEmbargo),
        (Declined, Reset, NoEmbargo),
    ];
    check(&consent::State::ALL, &consent::Event::ALL, &published, consent::transition);
}

/// The grammar of the case state, a row for each state and the letters that it may read next.
const GRAMMAR: [(&str, &str); 32] = [
    ("vfdpxa", "VPXA"),
    ("vfdpxA", "VPX"),
    ("vfdpXa", "P"),
    ("vfdpXA", "P"),
    ("vfdPxa", "V"),
    ("vfdPxA", "V"),
    ("vfdPXa", "V"),
    ("vfdPXA", "V"),
    ("Vfdpxa", "FPXA"),
    ("VfdpxA", "FPX"),
    ("VfdpXa", "P"),
    ("VfdpXA", "P"),
    ("VfdPxa", "FXA"),
    ("VfdPxA", "FX"),
    ("VfdPXa", "FA"),
    ("VfdPXA", "F"),
    ("VFdpxa", "DPXA"),
    ("VFdpxA", "DPX"),
    ("VFdpXa", "P"),
    ("VFdpXA", "P"),
    ("VFdPxa", "DXA"),
    ("VFdPxA", "DX"),
    ("VFdPXa", "DA"),
    ("VFdPXA", "D"),
    ("VFDpxa", "PXA"),
    ("VFDpxA", "PX"),
    ("VFDpXa", "P"),
    ("VFDpXA", "P"),
    ("VFDPxa", "XA"),
    ("VFDPxA", "X"),
    ("VFDPXa", "A"),
    ("VFDPXA", ""),
];

#[test]
fn case_state_follows_the_published_grammar() {
    let states: Vec<cs::State> = cs::State::all().collect();
    let mut published = Vec::new();
    for (word, letters) in GRAMMAR {
        for letter in letters.chars() {
            let event = cs::Event::ALL["VFDPXA".find(letter).unwrap()];
            let next = word.replace(letter.to_ascii_lowercase(), &letter.to_string());
            published.push((word.parse().unwrap(), event, next.parse().unwrap()));
        }
    }
    assert_eq!(states.len(), GRAMMAR.len());
    check(&states, &cs::Event::ALL, &published, cs::transition);
}

#[test]
fn just_seventy_histories_are_possible() {
    fn histories(state: cs::State) -> usize {
        let next: Vec<_> =
            cs::Event::ALL.into_iter().filter_map(|event| cs::transition(state, event)).collect();
        if next.is_empty() { 1 } else { next.into_iter().map(histories).sum() }
    }
    // Householder and Spring count them in CMU/SEI-2021-SR-021.
    assert_eq!(histories(cs::State::default()), 70);
}

#[test]
fn an_observation_brings_what_must_follow() {
    let (state, events) = cs::observe(cs::State::default(), cs::Event::ExploitPublic).unwrap();
    assert_eq!(state.to_string(), "VfdPXa");
    let chain = [cs::Event::ExploitPublic, cs::Event::PublicAware, cs::Event::VendorAware];
    assert_eq!(events, chain);
    assert_eq!(cs::observe(state, cs::Event::PublicAware), None);
}

#[test]
fn facts_end_and_forbid_embargoes() {
    for facts in cs::State::all().filter(|facts| !facts.is_quiet()) {
        for state in em::State::ALL {
            for event in em::Event::ALL {
                if let Some(next) = rules::embargo_transition(state, event, facts) {
                    assert!(!next.is_in_force() && !next.is_negotiating(), "{state:?} {event:?}");
                }
            }
            let settled = rules::embargo_must(state, facts).map_or(state, |event| {
                rules::embargo_transition(state, event, facts).expect("what must be, may be")
            });
            assert!(!settled.is_in_force() && !settled.is_negotiating());
        }
    }
}

#[test]
fn a_quiet_case_leaves_the_embargo_alone() {
    for facts in cs::State::all().filter(|facts| facts.is_quiet()) {
        for state in em::State::ALL {
            assert_eq!(rules::embargo_must(state, facts), None);
            for event in em::Event::ALL {
                let free = em::transition(state, event);
                assert_eq!(rules::embargo_transition(state, event, facts), free);
            }
        }
    }
}

#[test]
fn impossible_words_are_refused() {
    for word in ["", "vFdpxa", "vfDpxa", "VfDpxa", "vfdpx", "vfdpxaa", "VFDPX A"] {
        let error = word.parse::<cs::State>().unwrap_err().to_string();
        assert!(error.contains(word) && error.contains("vfdpxa"), "{error}");
    }
}

#[test]
fn states_are_stored_by_name() {
    let written = serde_json::to_string(&(
        rm::State::Accepted,
        em::State::Revise,
        consent::State::NoEmbargo,
        "VFdpxa".parse::<cs::State>().unwrap(),
        cs::Event::AttacksObserved,
    ));
    let expected = r#"["accepted","revise","no_embargo","VFdpxa","attacks_observed"]"#;
    assert_eq!(written.unwrap(), expected);
    for state in cs::State::all() {
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<cs::State>(&text).unwrap(), state);
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Report(rm::Event),
    Embargo(em::Event),
    World(cs::Event),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        proptest::sample::select(&rm::Event::ALL[..]).prop_map(Step::Report),
        proptest::sample::select(&em::Event::ALL[..]).prop_map(Step::Embargo),
        proptest::sample::select(&cs::Event::ALL[..]).prop_map(Step::World),
    ]
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Whole {
    report: rm::State,
    embargo: em::State,
    facts: cs::State,
}

/// One step of a case as `decide` would take it: the tables, and the rules between them.
fn walk(now: Whole, step: Step) -> Option<Whole> {
    let mut next = now;
    match step {
        Step::Report(rm::Event::Close) if !rules::may_close(now.embargo) => return None,
        Step::Report(event) => next.report = rm::transition(now.report, event)?,
        Step::Embargo(em::Event::Accept) if !rules::may_accept_embargo(now.report) => return None,
        Step::Embargo(event) => {
            next.embargo = rules::embargo_transition(now.embargo, event, now.facts)?;
        }
        Step::World(cs::Event::FixReady) if !rules::may_fix(now.report) => return None,
        Step::World(event) => {
            next.facts = cs::observe(now.facts, event)?.0;
            if let Some(event) = rules::embargo_must(now.embargo, next.facts) {
                next.embargo = rules::embargo_transition(now.embargo, event, next.facts)?;
            }
        }
    }
    Some(next)
}

proptest! {
    #[test]
    fn a_random_life_stays_possible(steps in proptest::collection::vec(step(), 0..120)) {
        let mut now = Whole::default();
        let mut ever_accepted = false;
        for step in steps {
            let Some(next) = walk(now, step) else { continue };
            let letters = (now.facts.to_string(), next.facts.to_string());
            for (before, after) in letters.0.chars().zip(letters.1.chars()) {
                prop_assert!(before.is_lowercase() || after.is_uppercase(), "{letters:?}");
            }
            ever_accepted |= next.report == rm::State::Accepted;
            let quiet = letters.1.ends_with("pxa");
            prop_assert!(quiet || matches!(next.embargo, em::State::None | em::State::Exited));
            prop_assert!(ever_accepted || !letters.1.contains('F'));
            prop_assert!(!letters.1.contains("pX"), "an exploit that nobody knows of");
            prop_assert!(!letters.1.starts_with("vfdP"), "the public knows more than the vendor");
            prop_assert!(now.report != rm::State::Closed || next.report == rm::State::Closed);
            prop_assert!(now.embargo != em::State::Exited || next.embargo == em::State::Exited);
            let closing = now.report != next.report && next.report == rm::State::Closed;
            prop_assert!(!closing || !next.embargo.is_in_force());
            now = next;
        }
    }
}
