//! People coming and going, and their credit.

use super::{Context, Outcome, distributors, ensure, unknown, with_reason};
use crate::{
    Case, Command, Event, PersonId, Refusal,
    event::{DisclosureEvent, PeopleEvent},
    people::{CreditAnswer, Participant, Standing},
    policy::CreditDefault,
    refusal::Rule,
    rights::{Actor, Role},
    state::DisclosureState,
};

pub(super) fn decide(case: &Case, command: &Command, context: &Context<'_>) -> Outcome {
    let event = match command {
        Command::Invite(invitation) => {
            ensure(
                !invitation.roles.is_empty(),
                Rule::BadValue,
                "an invitation needs a role",
                "choose what the person shall do in this case",
            )?;
            ensure(
                !invitation.roles.contains(&Role::Team)
                    || context.team.contains(&invitation.person),
                Rule::BadValue,
                "nobody joins the security team by an invitation to one case",
                "invite them in another role, or add them to the project's team",
            )?;
            if invitation.roles.contains(&Role::Distributor) {
                distributors::may_be_asked(case, invitation.person, context)?;
            }
            PeopleEvent::Joined {
                person: invitation.person,
                name: invitation.name.clone(),
                organisation: invitation.organisation.clone(),
                mailbox: invitation.mailbox.clone(),
                login: invitation.login.clone(),
                roles: invitation.roles.clone(),
                standing: Standing::Invited,
            }
        }
        Command::Remove { person, reason } => {
            with_reason(reason)?;
            return remove(case, *person, reason, context);
        }
        Command::Left { person, reason } => {
            with_reason(reason)?;
            return left(case, *person, reason, context);
        }
        Command::Expel { person, reason } => {
            with_reason(reason)?;
            return distributors::expel(case, *person, reason, context);
        }
        Command::Protect { person, correspondent, replaces } => {
            let reached =
                case.people.get(person).is_some_and(|p| p.present() && p.mailbox.is_some());
            ensure(
                reached,
                Rule::Unknown,
                "nobody who takes part has an address by that name",
                "invite them with their address first",
            )?;
            let before = case.correspondents.get(person).cloned().unwrap_or_default();
            before.may_become(correspondent, replaces.as_deref(), context.clock.now)?;
            PeopleEvent::Protected { person: *person, correspondent: correspondent.clone() }
        }
        Command::OfferCredit { person } => {
            reporter(case, *person)?;
            ensure(
                !case.credit.contains_key(person),
                Rule::WrongState,
                "credit was offered already",
                "record the answer",
            )?;
            let answer_by =
                context.clock.now.checked_add(case.policy.credit_window).map_err(|_| {
                    Refusal::new(Rule::BadValue, "the credit window is too long", "shorten it")
                })?;
            PeopleEvent::CreditOffered { person: *person, answer_by }
        }
        Command::AnswerCredit { person, answer } => {
            reporter(case, *person)?;
            on_behalf(case, *person, context)?;
            let named = match answer {
                CreditAnswer::Named { name, .. } | CreditAnswer::NamedWithoutCompany { name } => {
                    !name.trim().is_empty()
                }
                CreditAnswer::Anonymous => true,
            };
            ensure(named, Rule::BadValue, "a named credit needs a name", "give the name to print")?;
            PeopleEvent::CreditAnswered {
                person: *person,
                answer: answer.clone(),
                by_default: false,
            }
        }
        Command::DefaultCredit { person } => default_credit(case, *person, context)?,
        _ => return Err(unknown("people command")),
    };
    Ok(vec![Event::People(event)])
}

pub(super) fn reporter(case: &Case, person: PersonId) -> Result<(), Refusal> {
    case.roles(person).contains(&Role::Reporter).then_some(()).ok_or_else(|| unknown("reporter"))
}

/// A person answers for themself; the team may write down an answer that came another way.
pub(super) fn on_behalf(
    case: &Case,
    person: PersonId,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    ensure(
        context.actor == Actor::Person(person) || context.roles(case).contains(&Role::Team),
        Rule::NotPermitted,
        "you may answer only for yourself",
        "ask the person, or the security team",
    )
}

fn default_credit(
    case: &Case,
    person: PersonId,
    context: &Context<'_>,
) -> Result<PeopleEvent, Refusal> {
    let credit = case.credit.get(&person).ok_or_else(|| unknown("credit offer"))?;
    ensure(
        credit.answer.is_none(),
        Rule::WrongState,
        "the reporter answered already",
        "nothing is left to do",
    )?;
    ensure(
        context.clock.now >= credit.answer_by,
        Rule::TooEarly,
        "the reporter may still answer",
        format!("wait until {}", credit.answer_by),
    )?;
    let answer = match case.policy.credit_default {
        CreditDefault::Anonymous => CreditAnswer::Anonymous,
        CreditDefault::NamedWithoutCompany => {
            let name = case.people.get(&person).map(|p| p.name.clone()).unwrap_or_default();
            CreditAnswer::NamedWithoutCompany { name }
        }
    };
    Ok(PeopleEvent::CreditAnswered { person, answer, by_default: true })
}

fn remove(case: &Case, person: PersonId, reason: &str, context: &Context<'_>) -> Outcome {
    let on_team = context.team.contains(&person);
    let present = case.people.get(&person).map_or(on_team, Participant::present);
    if !present {
        return Err(unknown("participant"));
    }
    let someone_stays = context.team.iter().any(|p| *p != person && case.on_team(*p, context.team));
    ensure(
        someone_stays,
        Rule::WrongState,
        "nobody of the security team would be left in this case",
        "add somebody to the team first",
    )?;
    let mut events = Vec::new();
    if !case.people.contains_key(&person) {
        // The project's team takes part by right; to be removed, it has to be written down first.
        events.push(Event::People(PeopleEvent::Joined {
            person,
            name: "member of the security team".into(),
            organisation: None,
            mailbox: None,
            login: None,
            roles: [Role::Team].into(),
            standing: Standing::Inherited,
        }));
    }
    events.extend(gone(case, person, reason, context));
    Ok(events)
}

/// The team's list is the project's; a case only draws the consequence, and only from what is so.
/// Nothing follows where the person has no part and stands behind nothing.
fn left(case: &Case, person: PersonId, reason: &str, context: &Context<'_>) -> Outcome {
    ensure(
        !context.team.contains(&person),
        Rule::WrongState,
        "this person is on the project's team",
        "let them leave the team first, or remove them from this case",
    )?;
    let takes_part = case.people.get(&person).is_some_and(Participant::present);
    let acts = case.acts.values().filter(|act| !act.over());
    let stands_behind = acts
        .map(|act| &act.approvals)
        .chain(case.disclosure.iter().map(|plan| &plan.approvals))
        .any(|approvals| approvals.contains_key(&person));
    Ok(if takes_part || stands_behind { gone(case, person, reason, context) } else { vec![] })
}

/// Whoever goes takes their approvals along; an armed disclosure that is left short of people is
/// held at once, so that nobody learns of it only at the instant.
fn gone(case: &Case, person: PersonId, reason: &str, context: &Context<'_>) -> Vec<Event> {
    let removed = PeopleEvent::Removed { person, reason: reason.to_owned() };
    let mut events = vec![Event::People(removed)];
    if let Some(plan) = &case.disclosure
        && matches!(plan.state, DisclosureState::Armed | DisclosureState::Running)
    {
        let left = plan.approvals.keys().filter(|p| **p != person);
        let needs = plan.needs.max(case.policy.approvals.disclosure());
        if context.standing(case, left) < usize::from(needs) {
            events.push(Event::Disclosure(DisclosureEvent::Held {
                id: plan.id,
                reason: "one of those who approved takes part no more".into(),
            }));
        }
    }
    events
}
