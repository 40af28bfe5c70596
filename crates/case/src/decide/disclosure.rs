//! The disclosure: one plan of everything that goes out, approved as a whole, armed, and fired.
//!
//! It is amended by planning anew: before anything of it was tried, the whole is dropped; in flight
//! it is held, the acts that shall not go out are cancelled, and what replaces them is planned and
//! approved by itself. So no approval ever covers bytes that its giver did not see.

use advisory::digest::Digest;
use jiff::Timestamp;

use super::{Context, Outcome, act, embargo, enough, ensure, same_digest, unknown, with_reason};
use crate::{
    ActId, Case, Command, DisclosureId, Event, Gate, Refusal,
    act::{ActKind, ActState, Plan},
    event::{ActEvent, DisclosureEvent},
    evolve,
    refusal::Rule,
    sealing,
    state::{Disclosure, DisclosureState},
    told::Party,
};

pub(super) fn decide(case: &Case, command: &Command, context: &Context<'_>) -> Outcome {
    let event = match command {
        Command::PlanDisclosure { id, instant, zone, acts } => {
            return plan(case, *id, *instant, zone, acts, context);
        }
        Command::ApproveDisclosure { id, digest } => {
            approve(case, find(case, *id)?, digest, context)?
        }
        Command::Arm { id } => arm(case, find(case, *id)?, context)?,
        Command::Hold { id, reason } => hold(find(case, *id)?, reason)?,
        Command::Resume { id } => resume(case, find(case, *id)?, context)?,
        Command::TellTime { id, name, clock } => tell_time(find(case, *id)?, name, clock, context)?,
        Command::Drop { id, reason } => return give_up(case, find(case, *id)?, reason),
        Command::Fire { id } => return fire(case, find(case, *id)?, context),
        _ => return Err(unknown("disclosure command")),
    };
    Ok(vec![Event::Disclosure(event)])
}

fn approve(
    case: &Case,
    plan: &Disclosure,
    shown: &Digest,
    context: &Context<'_>,
) -> Result<DisclosureEvent, Refusal> {
    let by = context.person()?;
    ensure(
        plan.state != DisclosureState::Finished,
        Rule::WrongState,
        "all of it is out already",
        "nothing is left to do",
    )?;
    ensure(
        !plan.approvals.contains_key(&by),
        Rule::AlreadyApproved,
        "you stand behind this already",
        "another member of the security team must approve it",
    )?;
    same_digest(shown, &plan.digest)?;
    sealed(case, plan, context)?;
    Ok(DisclosureEvent::Approved { id: plan.id, by, digest: *shown })
}

fn arm(case: &Case, plan: &Disclosure, context: &Context<'_>) -> Result<DisclosureEvent, Refusal> {
    ensure(
        plan.state == DisclosureState::Planned,
        Rule::WrongState,
        "only a planned disclosure can be armed",
        "look at its state",
    )?;
    standing(case, plan, context)?;
    sealed(case, plan, context)?;
    context.pass(case, Gate::Arm)?;
    Ok(DisclosureEvent::Armed { id: plan.id })
}

fn hold(plan: &Disclosure, reason: &str) -> Result<DisclosureEvent, Refusal> {
    with_reason(reason)?;
    ensure(
        matches!(plan.state, DisclosureState::Armed | DisclosureState::Running),
        Rule::WrongState,
        "only an armed disclosure, or one that is going out, can be held",
        "look at its state",
    )?;
    Ok(DisclosureEvent::Held { id: plan.id, reason: reason.to_owned() })
}

fn resume(
    case: &Case,
    plan: &Disclosure,
    context: &Context<'_>,
) -> Result<DisclosureEvent, Refusal> {
    ensure(
        matches!(plan.state, DisclosureState::Held { .. }),
        Rule::WrongState,
        "the disclosure is not held",
        "look at its state",
    )?;
    standing(case, plan, context)?;
    Ok(DisclosureEvent::Resumed { id: plan.id })
}

/// Where no other clock can be asked, a person is called at the instant and looks at one. This
/// machine's own must say the same.
fn tell_time(
    plan: &Disclosure,
    name: &str,
    clock: &str,
    context: &Context<'_>,
) -> Result<DisclosureEvent, Refusal> {
    context.person()?;
    ensure(
        context.by_hand.contains(&Party::Clocks),
        Rule::NotPermitted,
        "this house asks other clocks itself",
        "wait until they agree",
    )?;
    ensure(
        !clock.trim().is_empty() && !name.trim().is_empty(),
        Rule::ReasonNeeded,
        "nothing says by which clock",
        "say which clock you looked at, one that is not this machine's",
    )?;
    ensure(
        matches!(plan.state, DisclosureState::Armed | DisclosureState::Running),
        Rule::WrongState,
        "the disclosure is not armed",
        "arm it, or resume it",
    )?;
    act::come(plan, context)?;
    Ok(DisclosureEvent::TimeTold { id: plan.id, name: name.to_owned(), clock: clock.to_owned() })
}

fn find(case: &Case, id: DisclosureId) -> Result<&Disclosure, Refusal> {
    case.disclosure.as_ref().filter(|plan| plan.id == id).ok_or_else(|| unknown("disclosure"))
}

fn plan(
    case: &Case,
    id: DisclosureId,
    instant: Timestamp,
    zone: &str,
    acts: &[(ActId, Plan)],
    context: &Context<'_>,
) -> Outcome {
    ensure(
        case.disclosure.as_ref().is_none_or(|old| old.state == DisclosureState::Finished),
        Rule::WrongState,
        "there is a disclosure plan already",
        "drop it, then plan anew",
    )?;
    embargo::known_zone(zone)?;
    agreed(case, instant)?;
    // An agreed date was judged when it was proposed, or is an upstream's.
    if case.embargo.agreed_instant() != Some(instant) {
        embargo::publishable(case, instant)?;
    }
    in_order(acts)?;
    let mut events = Vec::with_capacity(acts.len().saturating_add(1));
    let mut digests: Vec<Digest> = Vec::with_capacity(acts.len());
    for (act, plan) in acts {
        ensure(
            plan.under == Some(id),
            Rule::BadValue,
            "an act of a disclosure must name it",
            "set the disclosure's id",
        )?;
        let event = act::planned(case, *act, plan, context)?;
        if let ActEvent::Planned { digest, .. } = &event {
            digests.push(*digest);
        }
        events.push(Event::Act(event));
    }
    let at = instant.to_string();
    let parts =
        std::iter::once(at.as_bytes()).chain(digests.iter().map(|d| d.as_bytes().as_slice()));
    let digest = Digest::of_parts("fermata disclosure 1", parts);
    let ids = acts.iter().map(|(act, _)| *act).collect();
    let planned =
        DisclosureEvent::Planned { id, instant, zone: zone.to_owned(), acts: ids, digest };
    events.insert(0, Event::Disclosure(planned));
    Ok(events)
}

/// Under an embargo only the agreed instant will do, whatever else is on the table: the earlier
/// date stands while a later one is negotiated, and an earlier one counts once it is agreed.
/// Before any date is agreed, an open proposal must be settled first.
fn agreed(case: &Case, instant: Timestamp) -> Result<(), Refusal> {
    match case.embargo.agreed_instant() {
        Some(agreed) => ensure(
            agreed == instant,
            Rule::Embargo,
            format!("the agreed instant is {agreed}"),
            "plan for that instant, or have another one agreed",
        ),
        None => ensure(
            case.embargo.pending.is_none(),
            Rule::Embargo,
            "a date is still being negotiated",
            "agree to it or reject it first",
        ),
    }
}

fn in_order(acts: &[(ActId, Plan)]) -> Result<(), Refusal> {
    let wrong = |why: &str| Err(Refusal::new(Rule::BadValue, why, "change the list of acts"));
    if let Some((_, other)) = acts.iter().find(|(_, plan)| !plan.kind.discloses()) {
        return wrong(&format!("{} is no part of a disclosure", other.kind.name()));
    }
    let advisories = acts.iter().filter(|(_, plan)| plan.kind == ActKind::PublishAdvisory).count();
    if advisories != 1 {
        return wrong("a disclosure publishes exactly one advisory");
    }
    let repeats = |(n, (id, plan)): (usize, &(ActId, Plan))| {
        let same = |(other, before): &&(ActId, Plan)| {
            other == id || (plan.kind.once() && before.kind == plan.kind)
        };
        acts.iter().take(n).any(|before| same(&before))
    };
    if acts.iter().enumerate().any(repeats) {
        return wrong("a disclosure does each thing once");
    }
    let first_notice = acts.iter().position(|(_, p)| p.kind.gate() == Some(Gate::Announce));
    let last_publication = acts.iter().rposition(|(_, p)| p.kind.gate() == Some(Gate::Publish));
    if first_notice.is_some_and(|notice| Some(notice) < last_publication) {
        return wrong("notices follow after everything they point to is public");
    }
    Ok(())
}

/// Enough people stand behind it, by the number it was planned with or the one the rules ask for
/// now, whichever is more; it is for the agreed instant; and it says what the case says.
pub(super) fn standing(
    case: &Case,
    plan: &Disclosure,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let needs = plan.needs.max(case.policy.approvals.disclosure());
    enough(context.standing(case, plan.approvals.keys()), needs)?;
    agreed(case, plan.instant)?;
    case.left_of(plan).try_for_each(|act| act::current(case, act))
}

/// Its mails can be sealed when it goes out, as far as can be told now. At the instant itself a key
/// that has run out keeps back the mail that needs it, and not the publication.
fn sealed(case: &Case, plan: &Disclosure, context: &Context<'_>) -> Result<(), Refusal> {
    let at = plan.instant.max(context.clock.now);
    case.left_of(plan).try_for_each(|act| sealing::check(case, context.book, &act.plan, at))
}

/// What is armed or going out is held as soon as it no longer says what the case says, so that
/// somebody plans it anew in time, and not only the instant tells.
pub(super) fn overtaken(case: &Case, events: &[Event], context: &Context<'_>) -> Option<Event> {
    let going = |plan: &&Disclosure| {
        matches!(plan.state, DisclosureState::Armed | DisclosureState::Running)
    };
    let plan = case.disclosure.as_ref().filter(going)?;
    let moves_on =
        |event: &Event| matches!(event, Event::Act(_) | Event::Disclosure(_) | Event::Embargo(_));
    if events.iter().all(moves_on) {
        return None;
    }
    let mut after = case.clone();
    for event in events {
        evolve::apply(&mut after, event, context.actor, context.clock.now);
    }
    let changed = after.outdated_disclosure();
    let goes_on = after.disclosure.as_ref().is_some_and(|plan| going(&plan));
    (goes_on && !changed.is_empty() && case.outdated_disclosure().is_empty()).then(|| {
        let reason = format!("{} changed after it was planned: plan it anew", changed.join(", "));
        Event::Disclosure(DisclosureEvent::Held { id: plan.id, reason })
    })
}

/// Dropping is for plans of which nothing has left the house; later, single acts can be cancelled.
fn give_up(case: &Case, plan: &Disclosure, reason: &str) -> Outcome {
    with_reason(reason)?;
    let untried = |id: &ActId| case.acts.get(id).is_none_or(|act| act.attempts == 0);
    ensure(
        plan.state != DisclosureState::Finished && plan.acts.iter().all(untried),
        Rule::WrongState,
        "part of it is out already, or was tried",
        "hold it, and cancel the acts that shall not go out",
    )?;
    let mut events = vec![Event::Disclosure(DisclosureEvent::Dropped {
        id: plan.id,
        reason: reason.to_owned(),
    })];
    let open = plan.acts.iter().filter(|act| {
        case.acts.get(act).is_some_and(|a| !matches!(a.state, ActState::Cancelled { .. }))
    });
    events.extend(
        open.map(|act| Event::Act(ActEvent::Cancelled { act: *act, reason: reason.to_owned() })),
    );
    Ok(events)
}

/// The timer says that the instant has come. What is missing is written down once, and the
/// disclosure stays armed: it goes out as soon as the gate opens. What only people can mend, an
/// approval that is gone or words that have changed, holds it.
fn fire(case: &Case, plan: &Disclosure, context: &Context<'_>) -> Outcome {
    ensure(
        plan.state == DisclosureState::Armed,
        Rule::WrongState,
        "the disclosure is not armed",
        "arm it, or resume it",
    )?;
    act::timely(plan, context)?;
    if let Err(refusal) = standing(case, plan, context) {
        let reason = format!("{}; {}", refusal.why, refusal.remedy);
        return Ok(vec![Event::Disclosure(DisclosureEvent::Held { id: plan.id, reason })]);
    }
    match context.pass(case, Gate::Publish) {
        Ok(()) => Ok(vec![Event::Disclosure(DisclosureEvent::Started { id: plan.id })]),
        Err(refusal) if refusal.rule == Rule::GateShut && refusal.missing != plan.blocked => {
            let missing = refusal.missing;
            Ok(vec![Event::Disclosure(DisclosureEvent::Blocked { id: plan.id, missing })])
        }
        Err(refusal) => Err(refusal),
    }
}
