//! From events to the case. Total and quiet: an event was decided once and is a fact now, so
//! nothing is judged here, and an event about a thing that is not there changes nothing.

mod acts;
mod decisions;
mod embargo;
mod life;
mod people;
mod world;

use std::collections::BTreeMap;

pub(crate) use decisions::triage_path;
use jiff::Timestamp;

use crate::{
    Case, Entry, Event,
    embargo::Embargo,
    event::LifeEvent,
    rights::Actor,
    state::{Forge, Phase},
    vultron::{cs, rm},
};

/// A stream that is no case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// No events.
    #[error("the case has no events")]
    Empty,
    /// Something else stands first.
    #[error("the case does not begin with its opening")]
    NoOpening,
}

/// The case after all of its entries.
///
/// # Errors
/// [`Broken`] when the entries do not begin with the opening of a case.
pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Case, Broken> {
    let mut entries = entries.into_iter();
    let first = entries.next().ok_or(Broken::Empty)?;
    let case = begin(first).ok_or(Broken::NoOpening)?;
    Ok(entries.fold(case, evolve))
}

/// The case that an opening makes.
#[must_use]
pub fn begin(entry: &Entry) -> Option<Case> {
    let Event::Life(LifeEvent::Opened { id, codename, playbook, policy }) = &entry.event else {
        return None;
    };
    Some(Case {
        id: *id,
        project: entry.project,
        codename: codename.clone(),
        head: entry.seq,
        opened_at: entry.recorded_at,
        playbook: playbook.clone(),
        policy: (**policy).clone(),
        lowering: None,
        phase: Phase::Open,
        rm: rm::State::Start,
        facts: cs::State::default(),
        reports: BTreeMap::new(),
        triage: None,
        vulnerabilities: BTreeMap::new(),
        lines: BTreeMap::new(),
        distributors: None,
        advisory: None,
        forge: Forge::default(),
        people: BTreeMap::new(),
        correspondents: BTreeMap::new(),
        credit: BTreeMap::new(),
        unreachable: BTreeMap::new(),
        embargo: Embargo::default(),
        acts: BTreeMap::new(),
        act_order: Vec::new(),
        copies: BTreeMap::new(),
        posts: BTreeMap::new(),
        list_copies: BTreeMap::new(),
        deliveries: BTreeMap::new(),
        told: BTreeMap::new(),
        trains: BTreeMap::new(),
        disclosure: None,
        waivers: BTreeMap::new(),
        messages: Vec::new(),
        openings: Vec::new(),
        sightings: Vec::new(),
        leaks: Vec::new(),
        terms: crate::Terms::default(),
        private: BTreeMap::new(),
        retrospective_opened: None,
        retrospective: None,
    })
}

/// The case after one more entry.
#[must_use]
pub fn evolve(mut case: Case, entry: &Entry) -> Case {
    apply(&mut case, &entry.event, entry.actor, entry.recorded_at);
    case.head = entry.seq;
    case
}

/// What an event changes, wherever it stands in the stream.
pub(crate) fn apply(case: &mut Case, event: &Event, by: Actor, at: Timestamp) {
    match event {
        Event::Life(event) => life::apply(case, event, at),
        Event::Observed(seen) => world::observed(case, seen, at),
        Event::Attested(told) => world::told(case, told, at),
        Event::Decided(decision) => decisions::apply(case, decision, by, at),
        Event::People(event) => people::apply(case, event, at),
        Event::Embargo(event) => embargo::apply(&mut case.embargo, event, by, at),
        Event::Act(event) => acts::apply(case, event, by, at),
        Event::Disclosure(event) => acts::disclose(case, event, at),
    }
}

fn move_rm(case: &mut Case, events: &[rm::Event]) {
    for event in events {
        if let Some(next) = rm::transition(case.rm, *event) {
            case.rm = next;
        }
    }
}

fn move_facts(case: &mut Case, event: cs::Event) {
    if let Some((next, _)) = cs::observe(case.facts, event) {
        case.facts = next;
    }
}
