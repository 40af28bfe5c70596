//! Outward acts, and the disclosure that carries some of them out.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::move_facts;
use crate::{
    ActId, Case,
    act::{Act, ActKind, ActState, Plan, PutOff},
    complete_advisory,
    event::{ActEvent, DisclosureEvent},
    rights::Actor,
    state::{CveState, Disclosure, DisclosureState},
    told::Told,
    vultron::cs,
};

pub(super) fn apply(case: &mut Case, event: &ActEvent, by: Actor, at: Timestamp) {
    match event {
        ActEvent::Planned { act, plan, digest, needs } => {
            let planned_by = match by {
                Actor::Person(person) => Some(person),
                Actor::House => None,
            };
            let state = if *needs == 0 { ActState::Approved { at } } else { ActState::Planned };
            let about = plan.kind.discloses().then(|| complete_advisory(case)).flatten();
            let planned = Act {
                id: *act,
                plan: Plan::clone(plan),
                digest: *digest,
                advisory_revision: case.advisory_revision(),
                about: about.map(Arc::new),
                needs: *needs,
                planned_by,
                planned_at: at,
                approvals: BTreeMap::new(),
                state,
                attempts: 0,
                done_by: None,
                put_off: None,
                sealed: None,
            };
            if case.acts.insert(*act, planned).is_none() {
                case.act_order.push(*act);
            }
        }
        ActEvent::Approved { act, by, .. } => {
            if let Some(act) = case.acts.get_mut(act) {
                act.approvals.insert(*by, at);
                if act.state == ActState::Planned && act.approvals.len() >= usize::from(act.needs) {
                    act.state = ActState::Approved { at };
                }
            }
        }
        ActEvent::Started { act } => {
            if let Some(act) = case.acts.get_mut(act) {
                act.attempts = act.attempts.saturating_add(1);
                act.state = ActState::Started { at };
            }
        }
        ActEvent::Sealed { act, sealed } => {
            if let Some(act) = case.acts.get_mut(act) {
                act.sealed = Some(sealed.clone());
            }
        }
        ActEvent::Done { act, proof } => {
            move_to(case, *act, ActState::Done { at, proof: proof.clone() });
            if let (Some(act), Actor::Person(person)) = (case.acts.get_mut(act), by) {
                act.done_by = Some(person);
            }
            done(case, *act);
        }
        ActEvent::Failed { act, why } => {
            move_to(case, *act, ActState::Failed { at, why: why.clone() });
        }
        ActEvent::PutOff { act, why, until } => {
            if let Some(act) = case.acts.get_mut(act) {
                let times = act.put_off.as_ref().map_or(0, |before| before.times).saturating_add(1);
                act.state = ActState::Approved { at };
                act.put_off = Some(PutOff { why: why.clone(), until: *until, times });
            }
        }
        ActEvent::Uncertain { act, why } => {
            move_to(case, *act, ActState::Uncertain { at, why: why.clone() });
        }
        ActEvent::Retried { act, .. } => move_to(case, *act, ActState::Approved { at }),
        ActEvent::Cancelled { act, reason } => {
            move_to(case, *act, ActState::Cancelled { at, why: reason.clone() });
        }
    }
}

fn move_to(case: &mut Case, act: ActId, state: ActState) {
    if let Some(act) = case.acts.get_mut(&act) {
        act.state = state;
        act.put_off = None;
    }
}

/// What the world knows once an act is done.
fn done(case: &mut Case, act: ActId) {
    let Some(kind) = case.acts.get(&act).map(|act| act.plan.kind.clone()) else {
        return;
    };
    match kind {
        ActKind::RequestCve { vulnerability } => {
            if let Some(asked) = case.vulnerabilities.get_mut(&vulnerability)
                && matches!(asked.cve, CveState::None | CveState::Declined)
            {
                asked.cve = CveState::Requested;
            }
        }
        ActKind::PublishCve { vulnerability } => {
            if let Some(published) = case.vulnerabilities.get_mut(&vulnerability) {
                published.cve = CveState::Published;
            }
            move_facts(case, cs::Event::PublicAware);
        }
        ActKind::PublishAdvisory => move_facts(case, cs::Event::PublicAware),
        _ => {}
    }
}

pub(super) fn disclose(case: &mut Case, event: &DisclosureEvent, at: Timestamp) {
    if let DisclosureEvent::Planned { id, instant, zone, acts, digest } = event {
        case.disclosure = Some(Disclosure {
            id: *id,
            instant: *instant,
            zone: zone.clone(),
            acts: acts.clone(),
            digest: *digest,
            needs: case.policy.approvals.disclosure(),
            approvals: BTreeMap::new(),
            state: DisclosureState::Planned,
            blocked: Vec::new(),
            started_at: None,
            preflight: None,
            time_told: None,
        });
        return;
    }
    let Some(plan) = case.disclosure.as_mut().filter(|plan| plan.id == event.id()) else {
        return;
    };
    match event {
        DisclosureEvent::Planned { .. } => {}
        DisclosureEvent::Dropped { .. } => case.disclosure = None,
        DisclosureEvent::Approved { by, .. } => {
            plan.approvals.insert(*by, at);
        }
        DisclosureEvent::Armed { .. } | DisclosureEvent::Resumed { .. } => {
            plan.state = match plan.started_at {
                Some(_) => DisclosureState::Running,
                None => DisclosureState::Armed,
            };
        }
        DisclosureEvent::TimeTold { name, clock, .. } => {
            let (name, place, note) = (name.clone(), clock.clone(), String::new());
            plan.time_told = Some(Told { name, at, place, note });
        }
        DisclosureEvent::Held { reason, .. } => {
            plan.state = DisclosureState::Held { reason: reason.clone() };
        }
        DisclosureEvent::Blocked { missing, .. } => plan.blocked.clone_from(missing),
        DisclosureEvent::Started { .. } => {
            plan.state = DisclosureState::Running;
            plan.started_at = Some(at);
            plan.blocked.clear();
        }
        DisclosureEvent::Finished { .. } => plan.state = DisclosureState::Finished,
    }
}
