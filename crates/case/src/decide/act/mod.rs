//! Outward acts: planned with exact bytes, approved on their digest, started only through here.
//!
//! [`start`] is the narrow place that everything which leaves the house passes.

mod fitting;
mod nudge;
mod start;

use super::{Context, Outcome, distributors, ensure, same_digest, unknown, with_reason};
pub(super) use start::{come, current, timely};

use jiff::Timestamp;

use crate::{
    ActId, Case, Command, Event, Refusal,
    act::{Act, ActKind, ActState, Plan},
    embargo::{Ended, EndedBy},
    event::{ActEvent, DisclosureEvent, EmbargoEvent},
    refusal::Rule,
    sealing::{self, Seal, Sealed},
    state::{CveState, DisclosureState},
};

pub(super) fn decide(case: &Case, command: &Command, context: &Context<'_>) -> Outcome {
    let event = match command {
        Command::Plan { act, plan } => {
            ensure(
                plan.under.is_none(),
                Rule::BadValue,
                "an act of a disclosure is planned with the disclosure",
                "plan the disclosure",
            )?;
            planned(case, *act, plan, context)?
        }
        Command::Approve { act, digest } => {
            let by = context.person()?;
            let found = find(case, *act)?;
            may_approve(case, found, context)?;
            same_digest(digest, &found.digest)?;
            may_hear(case, &found.plan, context)?;
            sealing::check(case, context.book, &found.plan, context.clock.now)?;
            ActEvent::Approved { act: *act, by, digest: *digest }
        }
        Command::Start { act } => {
            start::start(case, find(case, *act)?, context)?;
            ActEvent::Started { act: *act }
        }
        Command::Seal { act, sealed } => {
            let found = find(case, *act)?;
            under_way(found)?;
            fits_its_seal(found, sealed)?;
            ActEvent::Sealed { act: *act, sealed: sealed.clone() }
        }
        Command::Finish { act, proof } => {
            under_way(find(case, *act)?)?;
            let event = ActEvent::Done { act: *act, proof: proof.clone() };
            return Ok(done(case, *act, event, context));
        }
        Command::Fail { act, why } => {
            under_way(find(case, *act)?)?;
            ActEvent::Failed { act: *act, why: why.clone() }
        }
        Command::PutOff { act, why, until } => {
            let found = find(case, *act)?;
            under_way(found)?;
            in_time(case, found, *until)?;
            ActEvent::PutOff { act: *act, why: why.clone(), until: *until }
        }
        Command::Doubt { act, why } => {
            under_way(find(case, *act)?)?;
            ActEvent::Uncertain { act: *act, why: why.clone() }
        }
        Command::Resolve { act, proof } => {
            in_doubt(find(case, *act)?)?;
            let event = ActEvent::Done { act: *act, proof: proof.clone() };
            return Ok(done(case, *act, event, context));
        }
        Command::Retry { act, reason } => retry(case, find(case, *act)?, reason)?,
        Command::Cancel { act, reason } => {
            let event = cancel(case, find(case, *act)?, reason)?;
            return Ok(with_finish(case, *act, Event::Act(event)));
        }
        _ => return Err(unknown("act command")),
    };
    Ok(vec![Event::Act(event)])
}

fn find(case: &Case, act: ActId) -> Result<&Act, Refusal> {
    case.acts.get(&act).ok_or_else(|| unknown("act"))
}

/// The event that plans an act, after all checks on its recipients and bytes.
pub(super) fn planned(
    case: &Case,
    act: ActId,
    plan: &Plan,
    context: &Context<'_>,
) -> Result<ActEvent, Refusal> {
    ensure(
        !case.acts.contains_key(&act),
        Rule::WrongState,
        "an act with this id exists",
        "draw a new id",
    )?;
    no_twin(case, act, &plan.kind)?;
    fitting::check(case, plan)?;
    nudge::may_go(case, plan, context)?;
    sealing::check(case, context.book, plan, context.clock.now)?;
    let digest = plan.digest().map_err(|why| {
        Refusal::new(Rule::BadValue, format!("the plan cannot be written down: {why}"), "change it")
    })?;
    let needs = plan.kind.approvals(&case.policy.approvals);
    Ok(ActEvent::Planned { act, plan: Box::new(plan.clone()), digest, needs })
}

/// What is done once is not planned, or tried again, beside another that is done or may yet be.
fn no_twin(case: &Case, act: ActId, kind: &ActKind) -> Result<(), Refusal> {
    let asked_in_vain = |kind: &ActKind| match kind {
        ActKind::RequestCve { vulnerability } => case
            .vulnerabilities
            .get(vulnerability)
            .is_some_and(|v| matches!(v.cve, CveState::Declined | CveState::Rejected)),
        _ => false,
    };
    let twin = case.acts.values().any(|other| {
        let counts = other.live() || (other.done_at().is_some() && !asked_in_vain(kind));
        other.id != act && other.plan.kind == *kind && counts
    });
    ensure(
        !(kind.once() && twin),
        Rule::WrongState,
        format!("this case has another act to {}", kind.name()),
        "go on with that one, or cancel it",
    )
}

fn may_approve(case: &Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    ensure(
        act.plan.under.is_none(),
        Rule::WrongState,
        "this act belongs to a disclosure",
        "approve the disclosure as a whole",
    )?;
    // An approved act waits again when one of those who approved has left.
    let short = context.standing(case, act.approvals.keys()) < usize::from(start::needs(case, act));
    let waits = match act.state {
        ActState::Planned => true,
        ActState::Approved { .. } => short,
        _ => false,
    };
    ensure(waits, Rule::WrongState, "the act does not wait for approval", "look at its state")?;
    ensure(
        !act.approvals.contains_key(&context.person()?),
        Rule::AlreadyApproved,
        "you stand behind this already",
        "another member of the security team must approve it",
    )?;
    act.plan.kind.gate().map_or(Ok(()), |gate| context.pass(case, gate))
}

/// Those to whom a notice goes may hear of it now.
fn may_hear(case: &Case, plan: &Plan, context: &Context<'_>) -> Result<(), Refusal> {
    match plan.kind {
        ActKind::NotifyDistributors => distributors::may_all_hear(case, context),
        _ => nudge::may_go(case, plan, context),
    }
}

/// The call was made, and its outcome is still to be told. Only the house tells it.
fn under_way(act: &Act) -> Result<(), Refusal> {
    ensure(
        matches!(act.state, ActState::Started { .. }),
        Rule::WrongState,
        "the act is not on its way",
        "look at its state",
    )
}

/// It was encrypted to the key that people approved, if to any.
fn fits_its_seal(act: &Act, sealed: &Sealed) -> Result<(), Refusal> {
    let fits = act.plan.to.iter().all(|to| match to.seal() {
        Some(Seal::Encrypted { key }) => sealed.keys.contains(key),
        Some(Seal::Signed) => sealed.keys.is_empty() && sealed.signer.is_some(),
        None => false,
    });
    ensure(
        fits,
        Rule::Protection,
        "the mail was not sealed in the way that was approved",
        "seal it anew",
    )
}

/// What must not come late is not put off past that.
fn in_time(case: &Case, act: &Act, until: Timestamp) -> Result<(), Refusal> {
    ensure(
        case.in_vain_from(&act.plan.kind).is_none_or(|instant| until < instant),
        Rule::Embargo,
        "it would be tried again only when the embargo is over",
        "send it by hand, or try again yourself",
    )
}

/// Nobody can know what became of the call. Only a person goes on from here.
fn in_doubt(act: &Act) -> Result<(), Refusal> {
    ensure(
        matches!(act.state, ActState::Uncertain { .. }),
        Rule::WrongState,
        "the act's outcome is not in doubt",
        "look at its state",
    )
}

fn retry(case: &Case, act: &Act, reason: &str) -> Result<ActEvent, Refusal> {
    with_reason(reason)?;
    ensure(
        matches!(act.state, ActState::Failed { .. } | ActState::Uncertain { .. }),
        Rule::WrongState,
        "only a failed or uncertain act can be tried again",
        "wait for its outcome",
    )?;
    no_twin(case, act.id, &act.plan.kind)?;
    Ok(ActEvent::Retried { act: act.id, reason: reason.to_owned() })
}

/// Before a disclosure began, its acts stand and fall together: people approved all of them.
fn cancel(case: &Case, act: &Act, reason: &str) -> Result<ActEvent, Refusal> {
    with_reason(reason)?;
    ensure(
        !matches!(
            act.state,
            ActState::Started { .. } | ActState::Done { .. } | ActState::Cancelled { .. }
        ),
        Rule::WrongState,
        "the act is on its way or over",
        "wait for its outcome",
    )?;
    let waiting = case
        .disclosure
        .as_ref()
        .is_some_and(|plan| act.plan.under == Some(plan.id) && plan.started_at.is_none());
    ensure(
        !waiting,
        Rule::WrongState,
        "the act is part of a disclosure that is not out yet",
        "drop the disclosure, then plan it without this act",
    )?;
    Ok(ActEvent::Cancelled { act: act.id, reason: reason.to_owned() })
}

/// A finished act, and what ends with it: the embargo with the first publication, the disclosure
/// with its last act.
fn done(case: &Case, act: ActId, event: ActEvent, context: &Context<'_>) -> Vec<Event> {
    let mut events = with_finish(case, act, Event::Act(event));
    let published = case.acts.get(&act).is_some_and(|a| {
        matches!(a.plan.kind, ActKind::PublishAdvisory | ActKind::PublishCve { .. })
    });
    if published && (case.embargo.in_force() || case.embargo.pending.is_some()) {
        events.push(Event::Embargo(EmbargoEvent::Ended(Ended {
            at: context.clock.now,
            by: EndedBy::Disclosure,
            why: "the advisory is public".into(),
        })));
    }
    events
}

fn with_finish(case: &Case, act: ActId, event: Event) -> Vec<Event> {
    let over = |id: &&ActId| case.acts.get(*id).is_some_and(Act::over);
    let mut events = vec![event];
    if let Some(plan) = &case.disclosure
        && plan.started_at.is_some()
        && plan.state != DisclosureState::Finished
        && plan.acts.contains(&act)
        && plan.acts.iter().filter(|id| **id != act).all(|id| over(&id))
    {
        events.push(Event::Disclosure(DisclosureEvent::Finished { id: plan.id }));
    }
    events
}
