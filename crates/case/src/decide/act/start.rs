//! The moment before a call leaves the house.

use super::{
    super::{Context, disclosure::standing, enough, ensure},
    fitting,
};
use crate::{
    Case, Refusal,
    act::{Act, ActKind, ActState, Recipient},
    refusal::Rule,
    sealing,
    state::{Disclosure, DisclosureState},
    told::Party,
};

/// Everything that must hold now, whatever held when the act was approved.
pub(super) fn start(case: &Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    if let Some(gate) = act.plan.kind.gate() {
        context.pass(case, gate)?;
    }
    match act.plan.under {
        Some(_) => in_its_turn(case, act, context)?,
        None => by_itself(case, act, context)?,
    }
    match act.plan.kind {
        ActKind::NotifyDistributors => to_be_kept(case, act, context)?,
        ActKind::NotifyUsers | ActKind::FollowUp => ensure(
            case.facts.is_public(),
            Rule::TooEarly,
            "nothing that the notice points to is public",
            "publish the advisory first",
        )?,
        ActKind::PublishCve { vulnerability } => ensure(
            case.vulnerabilities.get(&vulnerability).is_some_and(|v| v.cve_id.is_some()),
            Rule::WrongState,
            "there is no CVE id whose record could be published",
            "wait for the id, or cancel this act",
        )?,
        _ => {}
    }
    super::may_hear(case, &act.plan, context)?;
    current(case, act)?;
    // The policy and the case's CVE ids may have changed since the words were approved.
    fitting::check(case, &act.plan)?;
    sealing::check(case, context.book, &act.plan, context.clock.now)
}

/// There is an embargo, and the list's members keep as long a one.
fn to_be_kept(case: &Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    ensure(
        case.embargo.in_force() || case.embargo.pending.is_some(),
        Rule::Embargo,
        "there is no embargo that the distributors could be asked to keep",
        "propose a date first, or publish",
    )?;
    let mut lists = act.plan.to.iter().filter_map(|to| match to {
        Recipient::List { list, .. } => case.policy.lists.get(list),
        _ => None,
    });
    let Some(instant) = case.embargo.standing_instant() else { return Ok(()) };
    lists.try_for_each(|list| list.keeps_until(instant, context.clock.now))
}

/// Approvals that the act needs: as many as when it was planned, or as the rules ask for now,
/// whichever is more.
pub(super) fn needs(case: &Case, act: &Act) -> u8 {
    act.needs.max(act.plan.kind.approvals(&case.policy.approvals))
}

/// What is said in public is what the case says now: not an older text, nor versions, credits or
/// ids that have changed since people approved it.
pub(in super::super) fn current(case: &Case, act: &Act) -> Result<(), Refusal> {
    let changed = case.outdated(act);
    ensure(
        changed.is_empty(),
        Rule::WrongState,
        format!("{} changed after this was planned", changed.join(", ")),
        "plan it anew with what holds now",
    )
}

/// An act outside of a disclosure has approvals of its own, and gives nothing away.
fn by_itself(case: &Case, act: &Act, context: &Context<'_>) -> Result<(), Refusal> {
    ensure(
        matches!(act.state, ActState::Approved { .. }),
        Rule::WrongState,
        "the act is not approved, or was started already",
        "look at its state",
    )?;
    enough(context.standing(case, act.approvals.keys()), needs(case, act))?;
    ensure(
        !act.plan.kind.discloses() || case.facts.is_public(),
        Rule::TooEarly,
        "this would make the bug public outside of a disclosure",
        "plan a disclosure",
    )
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
    standing(case, plan, context)?;
    let waiting = plan
        .acts
        .iter()
        .take_while(|id| **id != act.id)
        .filter_map(|id| case.acts.get(id))
        .find(|before| !before.over());
    match waiting {
        None => Ok(()),
        Some(before) => Err(Refusal::new(
            Rule::WrongState,
            format!("{} comes first", before.plan.kind.name()),
            "finish, resolve or cancel it",
        )),
    }
}

/// The instant has come, by a clock that may be trusted, or by a person's who looked at another one
/// where none can be asked.
pub(in super::super) fn timely(plan: &Disclosure, context: &Context<'_>) -> Result<(), Refusal> {
    let told = plan.time_told.is_some() && context.by_hand.contains(&Party::Clocks);
    ensure(
        context.clock.trusted || told,
        Rule::ClockSuspect,
        "the clock cannot be trusted now",
        "wait until time sources agree again, or call a person",
    )?;
    come(plan, context)
}

/// The instant has come, by the clock at hand.
pub(in super::super) fn come(plan: &Disclosure, context: &Context<'_>) -> Result<(), Refusal> {
    ensure(
        context.clock.now >= plan.instant,
        Rule::TooEarly,
        format!("the instant is {}", plan.instant),
        "wait for it",
    )
}
