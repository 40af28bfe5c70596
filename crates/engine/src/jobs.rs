//! What is left to do, as rows of the store's queue, written together with the events that ask
//! for it.

use case::{
    ActId, Case, CaseId, DisclosureId, Event, PersonId, ProjectId,
    act::{Act, ActState},
    event::{ActEvent, DisclosureEvent, LifeEvent, PeopleEvent},
    observation::Observation,
    opening::Letter,
    state::{DisclosureState, Message},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Body, JobChange, JobId};

use crate::{
    EngineError,
    observe::copies,
    preflight::{HOURS_BEFORE, due},
    roll, streams,
};

/// Between a mail that comes in and the first key that is tried on it: long enough for the mail's
/// acknowledgement to be on its way, whatever comes of the mail.
const APART: SignedDuration = SignedDuration::from_secs(10);

/// One thing to do at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Job {
    /// Carry an act out.
    Effect { case: CaseId, act: ActId },
    /// Fire a disclosure at its instant.
    Fire { case: CaseId, id: DisclosureId },
    /// Look whether a disclosure could go out, some hours before it shall.
    Preflight { case: CaseId, id: DisclosureId, hours: u8 },
    /// Let the credit default hold.
    Credit { case: CaseId, person: PersonId },
    /// Look what the world shows of a case.
    Watch { case: CaseId },
    /// Count how ordinary a case's terms are in public.
    Count { case: CaseId },
    /// Look what everybody can read of the records that a case has published.
    Copies { case: CaseId },
    /// Open an encrypted mail.
    Open { case: CaseId, letter: Letter },
    /// Fetch a project's mail.
    Mail { project: ProjectId },
    /// Look whether a project's mirrors show words of its secret cases.
    Lookout { project: ProjectId },
    /// Read a project's feeds for them.
    Feeds { project: ProjectId },
    /// Read for them what a project heard of public lists.
    Heard { project: ProjectId },
    /// Bring a project's mirrors up to date.
    Refresh { project: ProjectId },
    /// Let every open case know that somebody left the team.
    Leave { project: ProjectId, person: PersonId },
    /// Let every open case know that somebody is on the roll of distributors no more.
    Expel { project: ProjectId, person: PersonId },
    /// Prepare reminders to the distributors of whom nobody has heard what they say to a date.
    Nudge { case: CaseId, revision: u32 },
}

impl Job {
    fn id(&self) -> Result<JobId, EngineError> {
        let text = match self {
            Self::Effect { act, .. } => format!("effect {act}"),
            Self::Fire { id, .. } => format!("fire {id}"),
            Self::Preflight { id, hours, .. } => format!("preflight {id} {hours}"),
            Self::Credit { case, person } => format!("credit {case} {person}"),
            Self::Watch { case } => format!("watch {case}"),
            Self::Count { case } => format!("count {case}"),
            Self::Copies { case } => format!("copies {case}"),
            Self::Open { case, letter: Letter::Report(report) } => format!("open {case} {report}"),
            Self::Open { case, letter: Letter::Message(number) } => format!("open {case} {number}"),
            Self::Mail { project } => format!("mail {project}"),
            Self::Lookout { project } => format!("lookout {project}"),
            Self::Feeds { project } => format!("feeds {project}"),
            Self::Heard { project } => format!("heard {project}"),
            Self::Refresh { project } => format!("refresh {project}"),
            Self::Leave { project, person } => format!("leave {project} {person}"),
            Self::Expel { project, person } => format!("expel {project} {person}"),
            Self::Nudge { case, revision } => format!("nudge {case} {revision}"),
        };
        JobId::new(text).map_err(|e| EngineError::Invalid(e.to_string()))
    }

    pub(crate) fn put(&self, due: Timestamp) -> Result<JobChange, EngineError> {
        let stream = match self {
            Self::Effect { case, .. }
            | Self::Fire { case, .. }
            | Self::Preflight { case, .. }
            | Self::Credit { case, .. }
            | Self::Watch { case }
            | Self::Count { case }
            | Self::Copies { case }
            | Self::Nudge { case, .. }
            | Self::Open { case, .. } => streams::case(*case)?,
            Self::Mail { project }
            | Self::Refresh { project }
            | Self::Lookout { project }
            | Self::Feeds { project }
            | Self::Heard { project }
            | Self::Expel { project, .. }
            | Self::Leave { project, .. } => streams::project(*project)?,
        };
        let body = serde_json::to_vec(self).map_err(|e| EngineError::Invalid(e.to_string()))?;
        Ok(JobChange::Put { id: self.id()?, stream, due, body: Body::from(body) })
    }

    /// What looks out for a project by itself, from its beginning on.
    pub(crate) fn of_lookout(project: ProjectId) -> [Self; 2] {
        [Self::Lookout { project }, Self::Feeds { project }]
    }

    pub(crate) fn remove(&self) -> Result<JobChange, EngineError> {
        Ok(JobChange::Remove { id: self.id()? })
    }
}

/// The jobs that follow from events; `case` is the case after them.
pub(crate) fn following(
    case: &Case,
    events: &[Event],
    now: Timestamp,
) -> Result<Vec<JobChange>, EngineError> {
    let mut jobs = Vec::new();
    let effect = |act: ActId| Job::Effect { case: case.id, act }.put(now);
    for event in events {
        jobs.extend(looks_ahead(case, event, now)?);
        if let Some(letter) = encrypted(case, event) {
            let due = now.checked_add(APART).unwrap_or(Timestamp::MAX);
            jobs.push(Job::Open { case: case.id, letter }.put(due)?);
        }
        match event {
            Event::Life(LifeEvent::Opened { .. } | LifeEvent::Reopened { .. }) => {
                jobs.push(Job::Watch { case: case.id }.put(now)?);
            }
            Event::Life(
                LifeEvent::Closed { .. } | LifeEvent::Withdrawn { .. } | LifeEvent::Merged { .. },
            ) => jobs.push(Job::Watch { case: case.id }.remove()?),
            Event::People(PeopleEvent::CreditOffered { person, answer_by }) => {
                jobs.push(Job::Credit { case: case.id, person: *person }.put(*answer_by)?);
            }
            Event::Act(
                ActEvent::Planned { act, .. }
                | ActEvent::Approved { act, .. }
                | ActEvent::Retried { act, .. },
            ) => {
                let found = case.acts.get(act);
                if found.is_some_and(|a| matches!(a.state, ActState::Approved { .. })) {
                    jobs.push(effect(*act)?);
                }
            }
            Event::Act(done @ (ActEvent::Done { .. } | ActEvent::Cancelled { .. })) => {
                jobs.push(Job::Watch { case: case.id }.put(now)?);
                jobs.extend(roll::reminder(case, done)?);
                if let Some(due) = copies::first_look(case, done, now) {
                    jobs.push(Job::Copies { case: case.id }.put(due)?);
                }
                if let Some(next) = next_act(case).filter(|act| !begun(act)) {
                    jobs.push(effect(next.id)?);
                }
            }
            Event::Disclosure(
                DisclosureEvent::Armed { id }
                | DisclosureEvent::Resumed { id }
                | DisclosureEvent::Started { id },
            ) => match (&case.disclosure, next_act(case)) {
                (_, Some(next)) if begun(next) => {}
                (_, Some(next)) => jobs.push(effect(next.id)?),
                (Some(plan), None) if plan.state == DisclosureState::Armed => {
                    jobs.push(Job::Fire { case: case.id, id: *id }.put(plan.instant)?);
                }
                _ => {}
            },
            _ => {}
        }
    }
    Ok(jobs)
}

/// The encrypted mail that an event brings into the case.
fn encrypted(case: &Case, event: &Event) -> Option<Letter> {
    let letter = match event {
        Event::Life(LifeEvent::Linked(link)) => Letter::Report(link.report),
        Event::Observed(seen) => match &**seen {
            Observation::Message { raw: Some(raw), .. } => {
                let is_it = |known: &Message| known.raw.as_ref() == Some(raw);
                Letter::Message(case.messages.iter().rposition(is_it)?)
            }
            _ => return None,
        },
        _ => return None,
    };
    case.is_encrypted(letter).then_some(letter)
}

/// Looks at a planned disclosure, each in its time; one that is armed later than the first of them
/// is looked at right away.
fn looks_ahead(case: &Case, event: &Event, now: Timestamp) -> Result<Vec<JobChange>, EngineError> {
    let Some(plan) = &case.disclosure else { return Ok(Vec::new()) };
    let look = |hours, at| Job::Preflight { case: case.id, id: plan.id, hours }.put(at);
    match event {
        Event::Disclosure(DisclosureEvent::Planned { .. }) => {
            let to_come = HOURS_BEFORE.map(|hours| (hours, due(plan.instant, hours)));
            to_come
                .into_iter()
                .filter(|(_, at)| *at > now)
                .map(|(hours, at)| look(hours, at))
                .collect()
        }
        Event::Disclosure(DisclosureEvent::Armed { .. }) => {
            let [first, _] = HOURS_BEFORE;
            let late = due(plan.instant, first) <= now;
            late.then(|| look(first, now)).into_iter().collect()
        }
        _ => Ok(Vec::new()),
    }
}

/// Somebody is at it, with a job that says so. To put that anew would take the lease from them, and
/// with it what they find out.
fn begun(act: &Act) -> bool {
    matches!(act.state, ActState::Started { .. })
}

/// The act of a running disclosure whose turn it is.
fn next_act(case: &Case) -> Option<&Act> {
    let plan = case.disclosure.as_ref().filter(|p| p.state == DisclosureState::Running)?;
    case.left_of(plan).next()
}
