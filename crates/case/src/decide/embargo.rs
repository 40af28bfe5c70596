//! The embargo's date: proposed, agreed, answered, objected to, ended.

use jiff::Timestamp;

use super::{Context, Outcome, distributors, ensure, people::on_behalf, unknown, with_reason};
use crate::{
    Case, Command, Event, PersonId, Refusal,
    calendar::named_zone,
    embargo::{Answer, Ended, EndedBy, Proposal, Settlement},
    event::{DisclosureEvent, EmbargoEvent},
    refusal::Rule,
    rights::Role,
    state::DisclosureState,
    vultron::{consent, em, rules},
};

pub(super) fn decide(case: &Case, command: &Command, context: &Context<'_>) -> Outcome {
    let event = match command {
        Command::ProposeEmbargo { instant, zone, tzdata, answer_by } => {
            propose(case, *instant, zone, tzdata, *answer_by, context)?
        }
        Command::AgreeEmbargo { revision } => return agree(case, *revision),
        Command::RejectEmbargo { revision, reason } => {
            with_reason(reason)?;
            on_the_table(case, *revision)?;
            step(case, em::Event::Reject)?;
            EmbargoEvent::Rejected { revision: *revision, reason: reason.clone() }
        }
        Command::Consent { person, revision } => {
            may_answer(case, *person, *revision, consent::Event::Accept, context)?;
            let answer = Answer::Accepted;
            EmbargoEvent::Answered { person: *person, revision: *revision, answer, given: None }
        }
        Command::AnswerFor { person, revision, objection, given } => {
            return distributors::answer(
                case,
                *person,
                *revision,
                objection.as_deref(),
                given,
                context,
            );
        }
        Command::Object { person, revision, reason } => {
            with_reason(reason)?;
            may_answer(case, *person, *revision, consent::Event::Decline, context)?;
            let answer = Answer::Objected { reason: reason.clone(), settled: None };
            EmbargoEvent::Answered { person: *person, revision: *revision, answer, given: None }
        }
        Command::WithdrawObjection { person } => {
            on_behalf(case, *person, context)?;
            settle(case, *person, Settlement::Withdrawn)?
        }
        Command::MeetObjection { person, how } => {
            with_reason(how)?;
            settle(case, *person, Settlement::Met { how: how.clone() })?
        }
        Command::OverrideObjection { person, reason } => {
            with_reason(reason)?;
            let by = context.person()?;
            settle(case, *person, Settlement::Overridden { reason: reason.clone(), by })?
        }
        Command::EndEmbargo { reason } => {
            with_reason(reason)?;
            ensure(
                case.embargo.in_force(),
                Rule::Embargo,
                "there is no embargo to end",
                "reject the proposal, if there is one",
            )?;
            let by = EndedBy::Person(context.person()?);
            EmbargoEvent::Ended(Ended { at: context.clock.now, by, why: reason.clone() })
        }
        _ => return Err(unknown("embargo command")),
    };
    Ok(distributors::answered(case, event))
}

fn step(case: &Case, event: em::Event) -> Result<em::State, Refusal> {
    rules::embargo_transition(case.embargo.state, event, case.facts).ok_or_else(|| {
        let why = if case.facts.is_quiet() {
            format!("an embargo that is {:?} allows no such step", case.embargo.state)
        } else {
            format!("the bug is known to the world ({}), so there is no embargo", case.facts)
        };
        Refusal::new(Rule::Embargo, why.to_lowercase(), "look at the embargo's state")
    })
}

fn propose(
    case: &Case,
    instant: Timestamp,
    zone: &str,
    tzdata: &str,
    answer_by: Option<Timestamp>,
    context: &Context<'_>,
) -> Result<EmbargoEvent, Refusal> {
    step(case, em::Event::Propose)?;
    not_overtaken(case)?;
    let now = context.clock.now;
    let bad = |why: &str, remedy: &str| Refusal::new(Rule::BadValue, why, remedy);
    ensure(instant > now, Rule::BadValue, "the date is in the past", "propose a later one")?;
    known_zone(zone)?;
    let by = match context.actor {
        crate::rights::Actor::Person(person) => Some(person),
        crate::rights::Actor::House => None,
    };
    // An upstream's date is inherited as it is: the project's own rules do not move it.
    if by.is_some() {
        short_enough(case, instant, now)?;
        publishable(case, instant)?;
    }
    let answer_by = match answer_by {
        Some(given) => given,
        None => now
            .checked_add(case.policy.objection_window)
            .map_err(|_| bad("the objection window is too long", "shorten it"))?
            .min(instant),
    };
    ensure(
        answer_by > now && answer_by <= instant,
        Rule::BadValue,
        "answers must be due between now and the date itself",
        "choose another deadline",
    )?;
    Ok(EmbargoEvent::Proposed(Proposal {
        instant,
        zone: zone.to_owned(),
        tzdata: tzdata.to_owned(),
        answer_by,
        by,
        at: now,
    }))
}

fn short_enough(case: &Case, instant: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let days = i64::from(case.policy.longest_embargo_days);
    let longest = jiff::SignedDuration::from_hours(days.saturating_mul(24));
    ensure(
        instant.duration_since(now) <= longest,
        Rule::BadValue,
        format!("the project's embargoes last at most {days} days"),
        "propose an earlier date",
    )
}

/// Where no embargo binds, a disclosure that people have armed is not stopped by a mere proposal.
fn not_overtaken(case: &Case) -> Result<(), Refusal> {
    let armed = case.disclosure.as_ref().is_some_and(|plan| {
        matches!(plan.state, DisclosureState::Armed | DisclosureState::Running)
    });
    ensure(
        case.embargo.in_force() || !armed,
        Rule::Embargo,
        "a disclosure is armed already, and no embargo binds it",
        "ask the security team to hold it",
    )
}

/// The zone is one of the database built into the program.
pub(super) fn known_zone(zone: &str) -> Result<(), Refusal> {
    named_zone(zone).map(|_| ()).map_err(|why| {
        Refusal::new(Rule::BadValue, why.to_string(), "give an IANA name, such as Europe/Berlin")
    })
}

/// The project's calendar allows to publish at this instant.
pub(super) fn publishable(case: &Case, instant: Timestamp) -> Result<(), Refusal> {
    case.policy
        .calendar
        .may_publish(instant)
        .map_err(|why| Refusal::new(Rule::BadValue, why.to_string(), "choose another instant"))
}

fn on_the_table(case: &Case, revision: u32) -> Result<(), Refusal> {
    ensure(
        case.embargo.pending == Some(revision),
        Rule::Embargo,
        format!("revision {revision} is not the date on the table"),
        "look at the current proposal",
    )
}

/// Agreeing on a date stops a disclosure that was armed for another one.
fn agree(case: &Case, revision: u32) -> Outcome {
    on_the_table(case, revision)?;
    ensure(
        rules::may_accept_embargo(case.rm),
        Rule::Embargo,
        "no embargo is accepted for a report that was found invalid or is closed",
        "triage the report first",
    )?;
    step(case, em::Event::Accept)?;
    let mut events = vec![Event::Embargo(EmbargoEvent::Agreed { revision })];
    let agreed = case.embargo.proposal(revision).map(|p| p.instant);
    if let Some(plan) = &case.disclosure
        && matches!(plan.state, DisclosureState::Armed | DisclosureState::Running)
        && agreed != Some(plan.instant)
    {
        events.push(Event::Disclosure(DisclosureEvent::Held {
            id: plan.id,
            reason: "the agreed date has changed".into(),
        }));
    }
    Ok(events)
}

fn may_answer(
    case: &Case,
    person: PersonId,
    revision: u32,
    answer: consent::Event,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    on_behalf(case, person, context)?;
    distributors::says_how(case, person, context)?;
    let roles = case.roles(person);
    ensure(
        roles.contains(&Role::Reporter) || roles.contains(&Role::Distributor),
        Rule::Unknown,
        "only reporters and distributors are asked about the date",
        "the team agrees or rejects",
    )?;
    asked_about(case, revision)?;
    let stands = case.embargo.consent(person);
    let (why, remedy) = match stands {
        consent::State::Declined => (
            "there is an objection to this date",
            "withdraw or settle the objection, or propose another date",
        ),
        _ => ("this date was accepted already", "propose another date, if it no longer fits"),
    };
    ensure(consent::transition(stands, answer).is_some(), Rule::Embargo, why, remedy)
}

/// An answer belongs to the date that is asked about now.
pub(super) fn asked_about(case: &Case, revision: u32) -> Result<(), Refusal> {
    ensure(
        case.embargo.current() == Some(revision),
        Rule::Embargo,
        format!("revision {revision} is not the current date"),
        "answer the current proposal; consent belongs to one date",
    )
}

pub(super) fn settle(
    case: &Case,
    person: PersonId,
    settlement: Settlement,
) -> Result<EmbargoEvent, Refusal> {
    let open = case.embargo.open_objection(person).is_some();
    ensure(open, Rule::Unknown, "this person has no open objection", "look at the answers again")?;
    Ok(EmbargoEvent::Settled { person, settlement })
}
