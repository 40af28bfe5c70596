//! The embargo's date and the answers to it.

use jiff::Timestamp;

use crate::{
    embargo::{Answer, Consent, Embargo},
    event::EmbargoEvent,
    rights::Actor,
    vultron::em,
};

pub(super) fn apply(embargo: &mut Embargo, event: &EmbargoEvent, by: Actor, at: Timestamp) {
    let mut step = |e| {
        if let Some(next) = em::transition(embargo.state, e) {
            embargo.state = next;
        }
    };
    match event {
        EmbargoEvent::Proposed(proposal) => {
            step(em::Event::Propose);
            embargo.pending = Some(embargo.next_revision());
            embargo.proposals.push(proposal.clone());
        }
        EmbargoEvent::Rejected { .. } => {
            step(em::Event::Reject);
            embargo.pending = None;
        }
        EmbargoEvent::Agreed { revision } => {
            step(em::Event::Accept);
            embargo.agreed = Some(*revision);
            embargo.pending = None;
        }
        EmbargoEvent::Answered { person, revision, answer, given } => {
            let answers = embargo.consents.entry(*person).or_default();
            let earlier = answers.remove(revision).map(|mut before| {
                let mut earlier = std::mem::take(&mut before.earlier);
                earlier.push(before);
                earlier
            });
            let consent = Consent {
                answer: answer.clone(),
                at,
                recorded_by: by,
                given: given.clone(),
                earlier: earlier.unwrap_or_default(),
            };
            answers.insert(*revision, consent);
        }
        EmbargoEvent::Settled { person, settlement } => {
            let objected = embargo.open_objection(*person).unwrap_or_default();
            let answers = embargo.consents.get_mut(person);
            if let Some(Consent { answer: Answer::Objected { settled, .. }, .. }) =
                answers.and_then(|answers| answers.get_mut(&objected))
            {
                *settled = Some(settlement.clone());
            }
        }
        EmbargoEvent::Ended(ended) => {
            step(em::Event::Terminate);
            step(em::Event::Reject);
            embargo.pending = None;
            embargo.ended = Some(ended.clone());
        }
    }
}
