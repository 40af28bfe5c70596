//! People coming and going, and their credit.

use jiff::Timestamp;

use crate::{
    Case, PersonId,
    act::ActState,
    event::PeopleEvent,
    people::{Credit, Participant, Standing},
    rights::Role,
    state::DisclosureState,
};

pub(super) fn apply(case: &mut Case, event: &PeopleEvent, at: Timestamp) {
    match event {
        PeopleEvent::Joined { person, name, organisation, mailbox, login, roles, standing } => {
            let old = case.people.remove(person).filter(Participant::present);
            // Whoever takes part already does so since then, under whatever name or address.
            let since = old.as_ref().map_or(at, |before| before.since);
            let mut all = roles.clone();
            all.extend(old.map(|before| before.roles).unwrap_or_default());
            let participant = Participant {
                name: name.clone(),
                organisation: organisation.clone(),
                mailbox: mailbox.clone(),
                login: login.clone(),
                roles: all,
                standing: *standing,
                since,
            };
            case.people.insert(*person, participant);
        }
        PeopleEvent::Removed { person, .. } => {
            if let Some(participant) = case.people.get_mut(person) {
                participant.standing = Standing::Removed;
                participant.since = at;
            }
            drop_approvals(case, *person);
        }
        PeopleEvent::Struck { person, .. } => {
            drop_role(case, *person, Role::Distributor, at);
            if let Some(decided) = &mut case.distributors {
                decided.concerned.retain(|one| one.person != *person);
            }
        }
        PeopleEvent::Protected { person, correspondent } => {
            case.correspondents.insert(*person, (**correspondent).clone());
        }
        PeopleEvent::CreditOffered { person, answer_by } => {
            let credit =
                Credit { offered_at: at, answer_by: *answer_by, answer: None, by_default: false };
            case.credit.insert(*person, credit);
        }
        PeopleEvent::CreditAnswered { person, answer, by_default } => {
            let credit = case.credit.entry(*person).or_insert_with(|| Credit {
                offered_at: at,
                answer_by: at,
                answer: None,
                by_default: false,
            });
            credit.answer = Some(answer.clone());
            credit.by_default = *by_default;
        }
    }
}

/// Adds a role. Somebody whose last role had ended comes back; somebody who was removed does not.
pub(super) fn give_role(case: &mut Case, person: PersonId, role: Role, newcomer: Participant) {
    let since = newcomer.since;
    let participant = case.people.entry(person).or_insert(newcomer);
    if participant.roles.is_empty() && !participant.present() {
        participant.standing = Standing::Invited;
        participant.since = since;
    }
    participant.roles.insert(role);
}

/// Takes one role away; whoever is left without any takes part no more.
pub(super) fn drop_role(case: &mut Case, person: PersonId, role: Role, at: Timestamp) {
    if let Some(participant) = case.people.get_mut(&person)
        && participant.roles.remove(&role)
        && participant.roles.is_empty()
    {
        participant.standing = Standing::Removed;
        participant.since = at;
    }
}

/// An approval ends with its giver's part in the case, and does not come back with them.
fn drop_approvals(case: &mut Case, person: PersonId) {
    for act in case.acts.values_mut() {
        if matches!(act.state, ActState::Done { .. } | ActState::Cancelled { .. }) {
            continue;
        }
        let dropped = act.approvals.remove(&person).is_some();
        let short = act.approvals.len() < usize::from(act.needs);
        if dropped && short && matches!(act.state, ActState::Approved { .. }) {
            act.state = ActState::Planned;
        }
    }
    if let Some(plan) = &mut case.disclosure
        && plan.state != DisclosureState::Finished
    {
        plan.approvals.remove(&person);
    }
}
