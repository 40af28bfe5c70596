//! Plans for acts, with their exact bytes: texts from templates that an operator may re-word,
//! facts from the case and nowhere else.
//!
//! What is composed is only proposed; `case::decide` checks it like anything else.

mod facts;
mod texts;

use case::{
    ActId, Case, PersonId,
    act::{ActKind, Payload, Plan, Recipient, Topic},
    event::Origin,
    notice::{Audience, ListProfile},
    rights::Role,
};

pub use case::complete_advisory;
pub use texts::Texts;

use crate::EngineError;

/// A plan for an act of this case, under a disclosure if one is given.
///
/// # Errors
/// [`EngineError::Invalid`] when the case does not hold what the act needs yet;
/// [`EngineError::Template`] when a text cannot be filled.
pub fn compose(
    texts: &Texts,
    case: &Case,
    kind: &ActKind,
    under: Option<case::DisclosureId>,
) -> Result<Plan, EngineError> {
    let (to, payload) = match kind {
        ActKind::Acknowledge { report } => {
            let found = case.reports.get(report).ok_or_else(|| lacks("that report"))?;
            let text = texts.fill("acknowledge", &facts::Facts::of(case))?;
            (reporter(case, found.reporter)?, text)
        }
        ActKind::TellReporter { person, topic } => {
            let name = match topic {
                Topic::Verdict => "verdict",
                Topic::Draft => "draft",
                Topic::Date(_) => "date",
                Topic::Credit => "credit",
                Topic::Other => "other",
            };
            let facts = facts::Facts::for_reporter(case, *person, topic);
            (reporter(case, *person)?, texts.fill(name, &facts)?)
        }
        ActKind::CreateDraft | ActKind::UpdateDraft | ActKind::PublishAdvisory => {
            let advisory = complete_advisory(case).ok_or_else(|| lacks("an advisory"))?;
            (forge(case)?, Payload::Advisory(Box::new(advisory)))
        }
        ActKind::CreateFork => (advisory_there(case)?, Payload::Empty),
        ActKind::SetAccess => (advisory_there(case)?, Payload::Logins(needed_logins(case))),
        ActKind::RequestCve { .. } => (vec![Recipient::Cna], Payload::Empty),
        ActKind::PublishCve { .. } => {
            let advisory = complete_advisory(case).ok_or_else(|| lacks("an advisory"))?;
            (vec![Recipient::Cna], Payload::Advisory(Box::new(advisory)))
        }
        ActKind::NotifyDistributors => notice(texts, case, kind, "distributors")?,
        ActKind::Nudge { person, .. } => {
            let facts = facts::Facts::for_distributor(case, *person);
            (at_their_address(case, *person)?, texts.fill("nudge", &facts)?)
        }
        ActKind::NotifyUsers => notice(texts, case, kind, "users")?,
        ActKind::FollowUp => notice(texts, case, kind, "follow-up")?,
    };
    Ok(Plan { kind: kind.clone(), to, payload, under })
}

/// The acts of a usual disclosure, in order: the advisory, the CVE records of our own ids, the
/// users, the distributors' thread. An upstream project publishes its own record.
#[must_use]
pub fn usual_acts(case: &Case) -> Vec<ActKind> {
    let mut acts = vec![ActKind::PublishAdvisory];
    acts.extend(
        case.vulnerabilities
            .iter()
            .filter(|(_, v)| v.cve_id.is_some() && v.origin == Origin::Ours)
            .map(|(id, _)| ActKind::PublishCve { vulnerability: *id }),
    );
    if list(case, Audience::Users).is_some() {
        acts.push(ActKind::NotifyUsers);
    }
    let notified =
        case.acts_of(|k| *k == ActKind::NotifyDistributors).any(|a| a.done_at().is_some());
    if notified {
        acts.push(ActKind::FollowUp);
    }
    acts
}

/// Accounts that need access to the private fork: everybody who fixes or releases.
#[must_use]
pub fn needed_logins(case: &Case) -> Vec<String> {
    let mut logins: Vec<String> = [Role::FixDeveloper, Role::ReleaseManager]
        .into_iter()
        .flat_map(|role| case.holding(role))
        .filter_map(|(_, person)| person.login.clone())
        .collect();
    logins.sort_unstable();
    logins.dedup();
    logins
}

fn lacks(what: &str) -> EngineError {
    EngineError::Invalid(format!("the case does not have {what} yet"))
}

fn reporter(case: &Case, person: PersonId) -> Result<Vec<Recipient>, EngineError> {
    let found = case.people.get(&person).ok_or_else(|| lacks("that person"))?;
    Ok(vec![match &found.mailbox {
        Some(mailbox) => Recipient::Person { person, mailbox: mailbox.clone(), seal: None },
        None => Recipient::ReceiptPage { person },
    }])
}

fn at_their_address(case: &Case, person: PersonId) -> Result<Vec<Recipient>, EngineError> {
    let known = case.people.get(&person).and_then(|found| found.mailbox.clone());
    let mailbox = known.ok_or_else(|| lacks("an address of that distributor"))?;
    Ok(vec![Recipient::Person { person, mailbox, seal: None }])
}

fn forge(case: &Case) -> Result<Vec<Recipient>, EngineError> {
    let repository = case.policy.repositories.first().ok_or_else(|| lacks("a repository"))?;
    let advisory = case.forge.draft.as_ref().map(|draft| draft.ghsa.clone());
    Ok(vec![Recipient::Forge { repository: repository.clone(), advisory }])
}

/// The forge, where the case's own advisory is there already.
fn advisory_there(case: &Case) -> Result<Vec<Recipient>, EngineError> {
    case.forge.draft.as_ref().ok_or_else(|| lacks("a draft at the forge"))?;
    forge(case)
}

fn list(case: &Case, audience: Audience) -> Option<(&String, &ListProfile)> {
    case.policy.lists.iter().find(|(_, profile)| profile.audience == audience)
}

fn notice(
    texts: &Texts,
    case: &Case,
    kind: &ActKind,
    template: &str,
) -> Result<(Vec<Recipient>, Payload), EngineError> {
    let (name, profile) =
        list(case, kind.audience()).ok_or_else(|| lacks("a mailing list for this notice"))?;
    let facts = facts::Facts::for_notice(case, profile, kind == &ActKind::NotifyDistributors);
    let to = Recipient::List { list: name.clone(), mailbox: profile.address.clone(), seal: None };
    Ok((vec![to], texts.fill(template, &facts)?))
}

/// The notice whose thread a follow-up answers.
pub(crate) fn notice_thread(case: &Case) -> Option<(ActId, String)> {
    let act = case
        .acts_of(|k| *k == ActKind::NotifyDistributors)
        .filter(|a| a.done_at().is_some())
        .last()?;
    match &act.plan.payload {
        Payload::Message { subject, .. } => Some((act.id, subject.clone())),
        _ => None,
    }
}
