//! Distributors in a case, by the project's roll: who may be asked, who may hear, who may answer for
//! an organisation, and what follows when one is struck off. A project that keeps no roll has none
//! of these rules.

use super::{Context, Outcome, embargo, ensure, with_reason};
use crate::{
    Case, Command, Event, PersonId, Refusal,
    act::{ActKind, ActState},
    embargo::{Answer, Channel, Given, Settlement},
    event::{ActEvent, EmbargoEvent, PeopleEvent},
    refusal::Rule,
    rights::{Actor, Role},
    roll::Hindrance,
    vultron::consent,
};

fn hindered(case: &Case, person: PersonId, context: &Context<'_>) -> Option<Hindrance> {
    let kept = context.roll.kept();
    kept.then(|| context.roll.hindrance(person, &case.policy.membership, context.clock.now))
        .flatten()
}

fn refusal(hindrance: &Hindrance) -> Refusal {
    Refusal::new(Rule::Membership, hindrance.to_string(), hindrance.remedy())
}

/// Who acts is nothing but a distributor here, and may not hear of the case now.
pub(super) fn silenced(case: &Case, context: &Context<'_>) -> bool {
    let Actor::Person(person) = context.actor else { return false };
    context.roles(case) == [Role::Distributor].into() && hindered(case, person, context).is_some()
}

/// Who acts takes no part in the case, and answers for a colleague who is asked in it.
pub(super) fn speaks_for_another(case: &Case, command: &Command, context: &Context<'_>) -> bool {
    let (Command::AnswerFor { person, .. }, Actor::Person(by)) = (command, context.actor) else {
        return false;
    };
    context.roll.speaks_for(by, *person) && hindered(case, by, context).is_none()
}

/// Somebody may be asked in a case at all: what only they themselves can put right may come later.
pub(super) fn may_be_asked(
    case: &Case,
    person: PersonId,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    match hindered(case, person, context).filter(Hindrance::shuts_out) {
        Some(hindrance) => Err(refusal(&hindrance)),
        None => Ok(()),
    }
}

/// Somebody may be told of the case now.
pub(super) fn may_hear(
    case: &Case,
    person: PersonId,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    hindered(case, person, context).map_or(Ok(()), |hindrance| Err(refusal(&hindrance)))
}

/// Whoever is asked in the case may be told of it now, and whoever may not is off the lists.
pub(super) fn may_all_hear(case: &Case, context: &Context<'_>) -> Result<(), Refusal> {
    if let Some(member) = context.roll.still_on_lists() {
        return Err(Refusal::new(
            Rule::Membership,
            format!("nobody has seen that {} is off the distributors' lists", member.name),
            "take its people off the lists, and write on the page of distributors what you saw",
        ));
    }
    case.holding(Role::Distributor).try_for_each(|(person, _)| may_hear(case, person, context))
}

/// An answer that a member of the team writes down for somebody on the roll says how it came.
pub(super) fn says_how(
    case: &Case,
    person: PersonId,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let of_roll = context.roll.of(person).is_some()
        && case.roles(person).contains(&Role::Distributor)
        && context.actor != Actor::Person(person);
    ensure(
        !of_roll,
        Rule::ReasonNeeded,
        "an answer of a distributor needs who gave it, and how it came",
        "say who answered, and by which mail or in which other way",
    )
}

/// A distributor's answer, whoever of its people gave it. The latest one holds; what it said before
/// is kept, and an objection that it replaces is withdrawn.
pub(super) fn answer(
    case: &Case,
    person: PersonId,
    revision: u32,
    objection: Option<&str>,
    given: &Given,
    context: &Context<'_>,
) -> Outcome {
    ensure(
        case.roles(person).contains(&Role::Distributor),
        Rule::Unknown,
        "no distributor is asked through this person",
        "look at who is asked in this case",
    )?;
    rightly_given(case, person, given, context)?;
    objection.map_or(Ok(()), with_reason)?;
    embargo::asked_about(case, revision)?;
    let stands = case.embargo.consent(person);
    if stands == consent::State::Signatory {
        ensure(
            objection.is_some(),
            Rule::Embargo,
            "this date was accepted already",
            "propose another date, if it no longer fits",
        )?;
        let answer_by = case.embargo.proposal(revision).map(|date| date.answer_by);
        ensure(
            answer_by.is_some_and(|until| context.clock.now < until),
            Rule::Embargo,
            "this date was accepted, and the time for answers is over",
            "propose another date",
        )?;
    }
    let withdrawn = embargo::settle(case, person, Settlement::Withdrawn).ok();
    let replaced = withdrawn.filter(|_| stands == consent::State::Declined);
    let answer = match objection {
        Some(reason) => Answer::Objected { reason: reason.to_owned(), settled: None },
        None => Answer::Accepted,
    };
    let given = Some(given.clone());
    let answered_now = EmbargoEvent::Answered { person, revision, answer, given };
    let mut events: Vec<Event> = replaced.map(Event::Embargo).into_iter().collect();
    events.extend(answered(case, answered_now));
    Ok(events)
}

/// Only the person's own link speaks in their name; whatever comes otherwise a member of the team has
/// read or heard. Nothing is taken for consent because of what stands in a mail.
fn rightly_given(
    case: &Case,
    person: PersonId,
    given: &Given,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    ensure(
        given.by == person || context.roll.speaks_for(given.by, person),
        Rule::NotPermitted,
        "only the organisation's own people answer for it",
        "name somebody who is its delegate on the roll",
    )?;
    let by_team = || {
        ensure(
            context.roles(case).contains(&Role::Team),
            Rule::NotPermitted,
            "only the security team writes down what came another way",
            "answer by your own link",
        )
    };
    match &given.channel {
        Channel::Link => ensure(
            context.actor == Actor::Person(given.by),
            Rule::NotPermitted,
            "only the person whose link it is answers by it",
            "write down how the answer came",
        ),
        Channel::Told { note } => by_team().and_then(|()| with_reason(note)),
        Channel::Mail { message } => {
            by_team()?;
            let found = case.messages.get(*message);
            ensure(
                found.is_some_and(|mail| mail.from.is_none_or(|from| from == given.by)),
                Rule::Unknown,
                "there is no such mail of this person in the conversation",
                "choose the mail that holds the answer",
            )
        }
    }
}

/// What follows from an answer: a reminder that was to be sent is not sent any more.
pub(super) fn answered(case: &Case, event: EmbargoEvent) -> Vec<Event> {
    let nudge = match &event {
        EmbargoEvent::Answered { person, revision, .. } => {
            Some(ActKind::Nudge { person: *person, revision: *revision })
        }
        _ => None,
    };
    let mut events = vec![Event::Embargo(event)];
    if let Some(kind) = nudge {
        events.extend(kept_back(case, "the answer is here", |other| *other == kind));
    }
    events
}

/// Gives up what has not begun to leave the house.
fn kept_back(
    case: &Case,
    reason: &str,
    which: impl Fn(&ActKind) -> bool,
) -> impl Iterator<Item = Event> {
    let waiting = case.acts.values().filter(move |act| {
        act.plan.under.is_none()
            && matches!(
                act.state,
                ActState::Planned | ActState::Approved { .. } | ActState::Failed { .. }
            )
            && which(&act.plan.kind)
    });
    waiting.map(|act| Event::Act(ActEvent::Cancelled { act: act.id, reason: reason.to_owned() }))
}

/// Somebody is on the roll no more: they are asked nothing here, what was to go to them stays, and a
/// notice that others approved for its readers is to be approved for those who are left.
pub(super) fn expel(case: &Case, person: PersonId, reason: &str, context: &Context<'_>) -> Outcome {
    ensure(
        hindered(case, person, context).is_some_and(|it| it.shuts_out()),
        Rule::WrongState,
        "this person is a delegate of a member",
        "strike the organisation off the roll first",
    )?;
    if !case.roles(person).contains(&Role::Distributor) {
        return Ok(Vec::new());
    }
    let struck = PeopleEvent::Struck { person, reason: reason.to_owned() };
    let theirs = |kind: &ActKind| match kind {
        ActKind::Nudge { person: to, .. } => *to == person,
        ActKind::NotifyDistributors => true,
        _ => false,
    };
    let mut events = vec![Event::People(struck)];
    events.extend(kept_back(case, "one of its readers is on the roll no more", theirs));
    Ok(events)
}
