//! Outward acts: planned with exact bytes, approved on their digest, started only through here.
//!
//! [`start`] is the narrow place that everything which leaves the house passes.

use super::{Context, Outcome, enough, ensure, same_digest, unknown, with_reason};
use crate::{
    ActId, Case, Command, Event, Refusal,
    act::{Act, ActKind, ActState, Payload, Plan, Recipient},
    embargo::{Ended, EndedBy},
    event::{ActEvent, DisclosureEvent, EmbargoEvent},
    refusal::Rule,
    rights::Role,
    state::{Disclosure, DisclosureState},
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
            planned(case, *act, plan)?
        }
        Command::Approve { act, digest } => {
            let by = context.person()?;
            let found = find(case, *act)?;
            may_approve(case, found, context)?;
            same_digest(digest, &found.digest)?;
            ActEvent::Approved { act: *act, by, digest: *digest }
        }
        Command::Start { act } => {
            start(case, find(case, *act)?, context)?;
            ActEvent::Started { act: *act }
        }
        Command::Finish { act, proof } => {
            in_flight(find(case, *act)?, false)?;
            return Ok(done(
                case,
                *act,
                ActEvent::Done { act: *act, proof: proof.clone() },
                context,
            ));
        }
        Command::Fail { act, why } => {
            in_flight(find(case, *act)?, false)?;
            ActEvent::Failed { act: *act, why: why.clone() }
        }
        Command::Doubt { act, why } => {
            in_flight(find(case, *act)?, false)?;
            ActEvent::Uncertain { act: *act, why: why.clone() }
        }
        Command::Resolve { act, proof } => {
            in_flight(find(case, *act)?, true)?;
            return Ok(done(
                case,
                *act,
                ActEvent::Done { act: *act, proof: proof.clone() },
                context,
            ));
        }
        Command::Retry { act, reason } => {
            with_reason(reason)?;
            let found = find(case, *act)?;
            ensure(
                matches!(found.state, ActState::Failed { .. } | ActState::Uncertain { .. }),
                Rule::WrongState,
                "only a failed or uncertain act can be tried again",
                "wait for its outcome",
            )?;
            ActEvent::Retried { act: *act, reason: reason.clone() }
        }
        Command::Cancel { act, reason } => {
            with_reason(reason)?;
            let found = find(case, *act)?;
            ensure(
                !matches!(
                    found.state,
                    ActState::Started { .. } | ActState::Done { .. } | ActState::Cancelled { .. }
                ),
                Rule::WrongState,
                "the act is on its way or over",
                "wait for its outcome",
            )?;
            let event = ActEvent::Cancelled { act: *act, reason: reason.clone() };
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
pub(super) fn planned(case: &Case, act: ActId, plan: &Plan) -> Result<ActEvent, Refusal> {
    ensure(
        !case.acts.contains_key(&act),
        Rule::WrongState,
        "an act with this id exists",
        "draw a new id",
    )?;
    fitting(case, plan)?;
    let digest = plan.digest().map_err(|why| {
        Refusal::new(Rule::BadValue, format!("the plan cannot be written down: {why}"), "change it")
    })?;
    let needs = plan.kind.approvals(&case.policy.approvals);
    Ok(ActEvent::Planned { act, plan: Box::new(plan.clone()), digest, needs })
}

/// Recipients are contacts of the case or a list of the policy, never free text, and the words
/// pass the list's profile.
fn fitting(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let wrong = |why: &str| {
        Err(Refusal::new(Rule::BadValue, why, "take the recipient from the case or its policy"))
    };
    for to in &plan.to {
        let known = match to {
            Recipient::Person { person, mailbox } => case
                .people
                .get(person)
                .is_some_and(|p| p.present() && p.mailbox.as_ref() == Some(mailbox)),
            Recipient::ReceiptPage { person } => case.people.contains_key(person),
            Recipient::List { list, mailbox } => {
                case.policy.lists.get(list).is_some_and(|l| l.address == *mailbox)
            }
            Recipient::Forge { repository } => case.policy.repositories.contains(repository),
            Recipient::Cna => true,
        };
        if !known {
            return wrong("the act goes to somebody who is not known here under that address");
        }
    }
    match &plan.kind {
        ActKind::Acknowledge { .. } | ActKind::TellReporter { .. } => to_the_reporter(case, plan),
        ActKind::NotifyDistributors | ActKind::NotifyUsers | ActKind::FollowUp => {
            let [Recipient::List { list, .. }] = plan.to.as_slice() else {
                return wrong("a notice goes to exactly one list");
            };
            let profile = case.policy.lists.get(list).ok_or_else(|| unknown("list"))?;
            let embargoed = plan.kind == ActKind::NotifyDistributors;
            profile.check(&plan.to, &plan.payload, &case.cve_ids(), embargoed)?;
            ensure(
                profile.audience == plan.kind.audience(),
                Rule::ListProfile,
                format!("the list {list} serves another audience"),
                "choose the list for this notice",
            )
        }
        ActKind::RequestCve { vulnerability } | ActKind::PublishCve { vulnerability } => {
            if !case.vulnerabilities.contains_key(vulnerability) {
                return Err(unknown("vulnerability"));
            }
            if plan.to == [Recipient::Cna] { Ok(()) } else { wrong("the CNA must be addressed") }
        }
        ActKind::CreateDraft
        | ActKind::UpdateDraft
        | ActKind::CreateFork
        | ActKind::SetAccess
        | ActKind::PublishAdvisory => match plan.to.as_slice() {
            [Recipient::Forge { .. }] => Ok(()),
            _ => wrong("the forge must be addressed"),
        },
    }
}

fn to_the_reporter(case: &Case, plan: &Plan) -> Result<(), Refusal> {
    let person = match plan.to.as_slice() {
        [Recipient::Person { person, .. } | Recipient::ReceiptPage { person }] => *person,
        _ => {
            return Err(Refusal::new(
                Rule::BadValue,
                "a message to a reporter goes to one person",
                "address the reporter alone",
            ));
        }
    };
    let meant = match &plan.kind {
        ActKind::TellReporter { person, .. } => Some(*person),
        ActKind::Acknowledge { report } => case.reports.get(report).map(|r| r.reporter),
        _ => None,
    };
    ensure(
        meant == Some(person) && case.roles(person).contains(&Role::Reporter),
        Rule::BadValue,
        "the message is addressed to somebody else than the reporter it is for",
        "address the reporter",
    )?;
    ensure(
        matches!(plan.payload, Payload::Message { .. }),
        Rule::BadValue,
        "a reporter gets a message in words",
        "write the message",
    )
}

fn may_approve(case: &Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    ensure(
        act.state == ActState::Planned,
        Rule::WrongState,
        "the act does not wait for approval",
        "look at its state",
    )?;
    ensure(
        act.plan.under.is_none(),
        Rule::WrongState,
        "this act belongs to a disclosure",
        "approve the disclosure as a whole",
    )?;
    if let crate::rights::Actor::Person(person) = context.actor {
        ensure(
            !act.approvals.contains_key(&person),
            Rule::AlreadyApproved,
            "you stand behind this already",
            "another member of the security team must approve it",
        )?;
    }
    act.plan.kind.gate().map_or(Ok(()), |gate| context.pass(case, gate))
}

/// Everything that must hold at the moment before a call leaves the house.
fn start(case: &Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    if let Some(gate) = act.plan.kind.gate() {
        context.pass(case, gate)?;
    }
    if act.plan.under.is_some() {
        in_its_turn(case, act, context)
    } else {
        ensure(
            matches!(act.state, ActState::Approved { .. }),
            Rule::WrongState,
            "the act is not approved",
            "approve it",
        )?;
        enough(context.standing(case, act.approvals.keys()), act.needs)?;
        ensure(
            !act.plan.kind.discloses() || case.facts.is_public(),
            Rule::TooEarly,
            "this would make the bug public outside of a disclosure",
            "plan a disclosure",
        )
    }?;
    if act.plan.kind == ActKind::NotifyDistributors {
        ensure(
            case.embargo.in_force() || case.embargo.pending.is_some(),
            Rule::Embargo,
            "there is no embargo that the distributors could be asked to keep",
            "propose a date first, or publish",
        )?;
    }
    // The policy and the case's CVE ids may have changed since the words were approved.
    fitting(case, &act.plan)
}

/// An act of a running disclosure starts after all acts before it, never before the instant.
fn in_its_turn(case: &Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    let running = |plan: &&Disclosure| {
        Some(plan.id) == act.plan.under && plan.state == DisclosureState::Running
    };
    let plan = case.disclosure.as_ref().filter(running).ok_or_else(|| {
        Refusal::new(Rule::WrongState, "the disclosure is not going out", "arm it, or resume it")
    })?;
    ensure(
        matches!(act.state, ActState::Planned | ActState::Approved { .. }),
        Rule::WrongState,
        "the act was started already",
        "wait for its outcome",
    )?;
    timely(plan, context)?;
    enough(context.standing(case, plan.approvals.keys()), plan.needs)?;
    let waiting = plan
        .acts
        .iter()
        .take_while(|id| **id != act.id)
        .filter_map(|id| case.acts.get(id))
        .find(|before| !over(before));
    match waiting {
        None => Ok(()),
        Some(before) => Err(Refusal::new(
            Rule::WrongState,
            format!("{} comes first", before.plan.kind.name()),
            "finish, resolve or cancel it",
        )),
    }
}

/// The instant has come, by a clock that may be trusted.
pub(super) fn timely(plan: &Disclosure, context: &Context<'_>) -> Result<(), Refusal> {
    ensure(
        context.clock.trusted,
        Rule::ClockSuspect,
        "the clock cannot be trusted now",
        "wait until time sources agree again, or call a person",
    )?;
    ensure(
        context.clock.now >= plan.instant,
        Rule::TooEarly,
        format!("the instant is {}", plan.instant),
        "wait for it",
    )
}

fn over(act: &Act) -> bool {
    matches!(act.state, ActState::Done { .. } | ActState::Cancelled { .. })
}

fn in_flight(act: &Act, by_a_person: bool) -> Result<(), Refusal> {
    let holds = match act.state {
        ActState::Started { .. } => !by_a_person,
        ActState::Uncertain { .. } => by_a_person,
        _ => false,
    };
    ensure(holds, Rule::WrongState, "the act is not on its way", "look at its state")
}

/// A finished act, and what ends with it: the embargo with the publication, the disclosure with
/// its last act.
fn done(case: &Case, act: ActId, event: ActEvent, context: &Context<'_>) -> Vec<Event> {
    let mut events = with_finish(case, act, Event::Act(event));
    let published = case.acts.get(&act).is_some_and(|a| a.plan.kind == ActKind::PublishAdvisory);
    if published && case.embargo.in_force() {
        events.push(Event::Embargo(EmbargoEvent::Ended(Ended {
            at: context.clock.now,
            by: EndedBy::Disclosure,
            why: "the advisory is public".into(),
        })));
    }
    events
}

fn with_finish(case: &Case, act: ActId, event: Event) -> Vec<Event> {
    let mut events = vec![event];
    if let Some(plan) = &case.disclosure
        && plan.started_at.is_some()
        && plan.state != DisclosureState::Finished
        && plan.acts.contains(&act)
        && plan.acts.iter().filter(|id| **id != act).all(|id| case.acts.get(id).is_some_and(over))
    {
        events.push(Event::Disclosure(DisclosureEvent::Finished { id: plan.id }));
    }
    events
}
