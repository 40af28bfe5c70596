//! A case's entries, sorted by what the auditor asks of them. A reading of its own: nothing is
//! taken from the case that `evolve` makes.

use std::collections::BTreeMap;

use advisory::digest::Digest;
use case::{
    ActId, CaseId, DisclosureId, Entry, Event, PersonId, Policy, PublishedCopy,
    act::Plan,
    embargo::{Ended, Proposal},
    event::{ActEvent, Decision, DisclosureEvent, EmbargoEvent, LifeEvent, PeopleEvent},
    observation::Observation,
    policy::Approvals,
};
use jiff::Timestamp;

/// A place and time in the case's stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When {
    pub(super) seq: u64,
    pub(super) at: Timestamp,
}

/// One approval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Approval {
    pub(super) when: When,
    pub(super) by: PersonId,
    pub(super) digest: Digest,
}

/// An act's entries.
#[derive(Debug)]
pub(super) struct ActLines<'a> {
    pub(super) planned: When,
    pub(super) plan: &'a Plan,
    pub(super) digest: Digest,
    pub(super) needs: u8,
    pub(super) approvals: Vec<Approval>,
    pub(super) started: Vec<When>,
    pub(super) done: Option<When>,
    pub(super) open_end: Option<When>,
    pub(super) retried: Vec<When>,
}

/// A disclosure's entries.
#[derive(Debug)]
pub(super) struct DisclosureLines<'a> {
    pub(super) instant: Timestamp,
    pub(super) acts: &'a [ActId],
    pub(super) digest: Digest,
    pub(super) approvals: Vec<Approval>,
    pub(super) armed: Option<When>,
}

/// A case's entries.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    pub(super) case: CaseId,
    pub(super) codename: &'a str,
    pub(super) policies: Vec<(When, &'a Policy)>,
    pub(super) approvals: Vec<(When, Approvals)>,
    pub(super) acts: BTreeMap<ActId, ActLines<'a>>,
    pub(super) disclosures: BTreeMap<DisclosureId, DisclosureLines<'a>>,
    pub(super) proposals: Vec<&'a Proposal>,
    pub(super) agreed: Vec<(When, u32)>,
    pub(super) ended: Vec<(When, &'a Ended)>,
    pub(super) people: Vec<(When, &'a PeopleEvent)>,
    pub(super) decisions: Vec<(When, &'a Decision)>,
    pub(super) seen: Vec<(When, &'a Observation)>,
    pub(super) embargo: Vec<(When, &'a EmbargoEvent)>,
    pub(super) reports: Vec<(When, &'a case::event::ReportLink)>,
    pub(super) closed: Vec<When>,
}

impl<'a> Ledger<'a> {
    pub(super) fn read(case: CaseId, entries: &'a [Entry]) -> Self {
        let mut ledger = Self {
            case,
            codename: "",
            policies: Vec::new(),
            approvals: Vec::new(),
            acts: BTreeMap::new(),
            disclosures: BTreeMap::new(),
            proposals: Vec::new(),
            agreed: Vec::new(),
            ended: Vec::new(),
            people: Vec::new(),
            decisions: Vec::new(),
            seen: Vec::new(),
            embargo: Vec::new(),
            reports: Vec::new(),
            closed: Vec::new(),
        };
        for entry in entries {
            let when = When { seq: entry.seq, at: entry.recorded_at };
            match &entry.event {
                Event::Life(event) => ledger.life(when, event),
                Event::Observed(seen) => ledger.seen.push((when, seen)),
                Event::Attested(told) => ledger.seen.push((when, &told.seen)),
                Event::Decided(decision) => {
                    if let Decision::Rules { policy, .. } = &**decision {
                        ledger.rules(when, policy);
                    }
                    ledger.decisions.push((when, decision));
                }
                Event::People(event) => ledger.people.push((when, event)),
                Event::Embargo(event) => ledger.embargo_event(when, event),
                Event::Act(event) => ledger.act(when, event),
                Event::Disclosure(event) => ledger.disclosure(when, event),
            }
        }
        ledger
    }

    fn life(&mut self, when: When, event: &'a LifeEvent) {
        match event {
            LifeEvent::Opened { codename, policy, .. } => {
                self.codename = codename.as_str();
                self.rules(when, policy);
            }
            LifeEvent::ApprovalsSet { approvals, .. } => self.approvals.push((when, *approvals)),
            LifeEvent::Closed { .. } => self.closed.push(when),
            LifeEvent::Linked(link) => self.reports.push((when, link)),
            _ => {}
        }
    }

    fn rules(&mut self, when: When, policy: &'a Policy) {
        self.policies.push((when, policy));
        self.approvals.push((when, policy.approvals));
    }

    fn embargo_event(&mut self, when: When, event: &'a EmbargoEvent) {
        self.embargo.push((when, event));
        match event {
            EmbargoEvent::Proposed(proposal) => self.proposals.push(proposal),
            EmbargoEvent::Agreed { revision } => self.agreed.push((when, *revision)),
            EmbargoEvent::Ended(ended) => self.ended.push((when, ended)),
            _ => {}
        }
    }

    fn act(&mut self, when: When, event: &'a ActEvent) {
        if let ActEvent::Planned { act, plan, digest, needs } = event {
            let lines = ActLines {
                planned: when,
                plan,
                digest: *digest,
                needs: *needs,
                approvals: Vec::new(),
                started: Vec::new(),
                done: None,
                open_end: None,
                retried: Vec::new(),
            };
            self.acts.insert(*act, lines);
            return;
        }
        let id = match event {
            ActEvent::Planned { act, .. }
            | ActEvent::Approved { act, .. }
            | ActEvent::Started { act }
            | ActEvent::Sealed { act, .. }
            | ActEvent::Done { act, .. }
            | ActEvent::Failed { act, .. }
            | ActEvent::PutOff { act, .. }
            | ActEvent::Uncertain { act, .. }
            | ActEvent::Retried { act, .. }
            | ActEvent::Cancelled { act, .. } => act,
        };
        let Some(lines) = self.acts.get_mut(id) else { return };
        match event {
            ActEvent::Approved { by, digest, .. } => {
                lines.approvals.push(Approval { when, by: *by, digest: *digest });
            }
            ActEvent::Started { .. } => lines.started.push(when),
            ActEvent::Done { .. } => lines.done = Some(when),
            ActEvent::Failed { .. } | ActEvent::Uncertain { .. } | ActEvent::Cancelled { .. } => {
                lines.open_end = Some(when);
            }
            ActEvent::Retried { .. } => lines.retried.push(when),
            // Nothing happened, and so nothing may happen twice.
            ActEvent::PutOff { .. } | ActEvent::Planned { .. } | ActEvent::Sealed { .. } => {}
        }
    }

    fn disclosure(&mut self, when: When, event: &'a DisclosureEvent) {
        if let DisclosureEvent::Planned { id, instant, acts, digest, .. } = event {
            let lines = DisclosureLines {
                instant: *instant,
                acts,
                digest: *digest,
                approvals: Vec::new(),
                armed: None,
            };
            self.disclosures.insert(*id, lines);
            return;
        }
        let Some(lines) = self.disclosures.get_mut(&event.id()) else { return };
        match event {
            DisclosureEvent::Approved { by, digest, .. } => {
                lines.approvals.push(Approval { when, by: *by, digest: *digest });
            }
            DisclosureEvent::Armed { .. } => lines.armed = Some(when),
            _ => {}
        }
    }

    /// The policy in force at a time.
    pub(super) fn policy(&self, at: Timestamp) -> Option<&'a Policy> {
        self.policies.iter().rev().find(|(when, _)| when.at <= at).map(|(_, policy)| *policy)
    }

    /// The approvals asked for before an entry.
    pub(super) fn approvals(&self, before: When) -> Option<Approvals> {
        self.approvals.iter().rev().find(|(when, _)| when.seq < before.seq).map(|(_, count)| *count)
    }

    /// The instant that an embargo in force at a time ends at; `None` without one.
    pub(super) fn embargoed_until(&self, at: Timestamp) -> Option<Timestamp> {
        let over = self.ended.iter().any(|(when, _)| when.at <= at);
        let (_, revision) = self.agreed.iter().rev().find(|(when, _)| when.at <= at)?;
        let index = usize::try_from(*revision).ok()?.checked_sub(1)?;
        self.proposals.get(index).filter(|_| !over).map(|proposal| proposal.instant)
    }

    /// The world knew of the bug by itself at a time.
    pub(super) fn known_to_the_world(&self, at: Timestamp) -> bool {
        self.seen.iter().any(|(when, seen)| {
            when.at <= at
                && matches!(
                    seen,
                    Observation::Public { .. }
                        | Observation::Exploit { .. }
                        | Observation::Attacks { .. }
                )
        })
    }

    /// The disclosure that carries an act out.
    pub(super) fn disclosure_of(&self, act: ActId) -> Option<&DisclosureLines<'a>> {
        self.disclosures.values().find(|plan| plan.acts.contains(&act))
    }

    /// Whoever takes part no more at a time.
    pub(super) fn gone(&self, person: PersonId, at: Timestamp) -> bool {
        let latest = self.people.iter().rev().find_map(|(when, event)| match event {
            _ if when.at > at => None,
            PeopleEvent::Joined { person: who, .. } if *who == person => Some(false),
            PeopleEvent::Removed { person: who, .. } if *who == person => Some(true),
            _ => None,
        });
        latest == Some(true)
    }

    /// Every look at a published copy.
    pub(super) fn copies(&self) -> impl Iterator<Item = (&When, &'a PublishedCopy)> {
        self.seen.iter().filter_map(|(when, seen)| match seen {
            Observation::Copy(copy) => Some((when, copy)),
            _ => None,
        })
    }

    /// Commits that are this case's fix, in the team's word.
    pub(super) fn fixes(&self) -> impl Iterator<Item = (&'a case::LineKey, &'a String)> {
        self.decisions.iter().flat_map(|(_, decision)| match decision {
            Decision::Fix { line, commits } => {
                commits.iter().map(move |commit| (line, commit)).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        })
    }
}
