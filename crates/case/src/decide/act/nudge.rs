//! A reminder to a distributor of whom nobody has heard what it says to the date: once for each
//! date, never to somebody who answered or may not hear of it, and with no word about anybody else.

use super::super::{Context, distributors, ensure};
use crate::{
    Case, PersonId, Refusal,
    act::{ActKind, Payload, Plan, Recipient},
    refusal::Rule,
    rights::Role,
    vultron::consent,
};

/// What must hold now for a plan that is a reminder; of any other nothing is asked.
pub(super) fn may_go(case: &Case, plan: &Plan, context: &Context<'_>) -> Result<(), Refusal> {
    let ActKind::Nudge { person, revision } = plan.kind else { return Ok(()) };
    let date = case.embargo.proposal(revision).filter(|_| case.embargo.current() == Some(revision));
    let Some(date) = date else {
        return in_vain("this date is not the one that is asked about now");
    };
    let concerned = case.distributors.iter().flat_map(|decided| &decided.concerned);
    let concerned = concerned.into_iter().any(|one| one.person == person);
    if !(concerned && case.roles(person).contains(&Role::Distributor)) {
        return in_vain("this distributor is not asked, or not any more");
    }
    let open =
        matches!(case.embargo.consent(person), consent::State::Invited | consent::State::Lapsed);
    if !open {
        return in_vain("this distributor has answered");
    }
    let mut notices = case.acts_of(|kind| *kind == ActKind::NotifyDistributors);
    if !notices.any(|notice| notice.done_at().is_some_and(|at| at >= date.at)) {
        return in_vain("no notice of this date was sent");
    }
    if context.clock.now >= date.answer_by {
        return in_vain("the time for answers is over");
    }
    distributors::may_hear(case, person, context)?;
    let known = context.roll.of(person).map(|(_, _, delegate)| &delegate.mailbox);
    let there = plan.to.iter().all(|to| match to {
        Recipient::Person { mailbox, .. } => known.is_none_or(|known| known == mailbox),
        _ => true,
    });
    ensure(
        there,
        Rule::Membership,
        "the roll knows this distributor under another address now",
        "let them take part with the address of the roll, and plan it anew",
    )
}

fn in_vain(why: &str) -> Result<(), Refusal> {
    Err(Refusal::new(Rule::WrongState, why, "cancel the reminder"))
}

/// It goes to that distributor alone, and names neither another one nor the bug.
pub(super) fn to_the_distributor(
    case: &Case,
    plan: &Plan,
    person: PersonId,
) -> Result<(), Refusal> {
    let alone = matches!(plan.to.as_slice(),
        [Recipient::Person { person: to, .. }] if *to == person);
    ensure(
        alone,
        Rule::BadValue,
        "a reminder goes to the distributor that it is for, and to nobody else",
        "address that distributor alone",
    )?;
    let Payload::Message { subject, body } = &plan.payload else { return Ok(()) };
    let words = format!("{subject}\n{body}");
    ensure(
        case.cve_ids().iter().all(|id| !words.contains(&id.to_string())),
        Rule::BadValue,
        "a reminder says nothing of the bug",
        "leave the CVE id out",
    )?;
    let concerned = || case.distributors.iter().flat_map(|decided| &decided.concerned);
    let own = concerned().find(|one| one.person == person).map(|one| one.organisation.as_str());
    let rest = [own.unwrap_or_default(), case.policy.project.as_str()]
        .into_iter()
        .filter(|known| !known.is_empty())
        .fold(words, |words, known| words.replace(known, " "));
    let other = concerned()
        .filter(|one| one.person != person)
        .find(|one| stands_in(&one.organisation, &rest));
    ensure(
        other.is_none(),
        Rule::BadValue,
        "a reminder says nothing of another distributor",
        "leave its name out",
    )
}

/// A name stands in a text as words of its own.
fn stands_in(name: &str, text: &str) -> bool {
    let name = name.trim();
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !name.is_empty()
        && text.match_indices(name).any(|(at, found)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let after = text.get(at.saturating_add(found.len())..).and_then(|t| t.chars().next());
            apart(before) && apart(after)
        })
}
