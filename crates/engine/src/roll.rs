//! The roll of a project's distributors, kept in the project's stream: what `case::roll` allows, and
//! what follows from it in the cases where somebody who is struck off was asked.

use std::time::Duration;

use advisory::Digest;
use case::{
    Actor, Case, CaseId, Command, CommandId, MemberId, PersonId, ProjectId,
    act::{Act, ActKind},
    event::ActEvent,
    roll::{Change, Hindrance, Roll},
    state::Phase,
    vultron::consent,
};
use jiff::{SignedDuration, Timestamp};
use store::{Expected, JobChange, Scope, Seq};

use crate::{
    Engine, EngineError, ProjectEvent, engine::TRIES, jobs::Job, journal, project::Project, streams,
};

/// So long before answers are due, those who are silent are reminded; of a short time, half of it.
const NUDGE: SignedDuration = SignedDuration::from_hours(24);

impl Engine {
    /// Changes the roll of a project, on behalf of a person. A repeated command id changes nothing.
    /// Whoever hears of bugs no more because of it is out of every open case at once; a job that is
    /// written down with the change does that again where a crash came in between.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the rule; [`EngineError::NotFound`] when the person may not know
    /// of the roll, and when there is no such project.
    pub fn change_roll(
        &self,
        project: ProjectId,
        by: PersonId,
        change: &Change,
        command: CommandId,
    ) -> Result<(), EngineError> {
        for _ in 0..TRIES {
            if self.took(project, command)? {
                return Ok(());
            }
            let known = self.project(project)?;
            let (actor, now) = (Actor::Person(by), self.clock.wall());
            if !known.team.contains(&by) && known.roll.of(by).is_none() {
                return Err(EngineError::NotFound);
            }
            known.roll.check(change, actor, &known.team, &known.policy.membership, now)?;
            let out = shut_out(&known.roll, change);
            let jobs = out.iter().map(|person| Job::Expel { project, person: *person }.put(now));
            let jobs = jobs.collect::<Result<Vec<JobChange>, _>>()?;
            let events = [ProjectEvent::Roll { change: Box::new(change.clone()) }];
            let head = Expected::Exact(Seq(known.head));
            let batch = self.project_batch(project, actor, head, command, &events)?;
            match self.store.commit(&Scope::house("engine"), store::Batch { jobs, ..batch }) {
                Ok(_) => return out.into_iter().try_for_each(|one| self.expel(project, one)),
                Err(error) => match EngineError::from(error) {
                    EngineError::Busy => {}
                    error => return Err(error),
                },
            }
        }
        Err(EngineError::Busy)
    }

    /// Makes a link to a delegate's own place; its secret is returned this once, and older ones open
    /// nothing any more.
    ///
    /// # Errors
    /// As [`change_roll`](Self::change_roll).
    pub fn make_place(
        &self,
        project: ProjectId,
        by: PersonId,
        (member, person): (MemberId, PersonId),
        command: CommandId,
        lasts: Duration,
    ) -> Result<String, EngineError> {
        let secret = self.secret();
        let digest = Digest::of(secret.as_bytes());
        let change = Change::LinkMade { member, person, digest, until: self.after(lasts)? };
        self.change_roll(project, by, &change, command)?;
        Ok(secret)
    }

    fn took(&self, project: ProjectId, command: CommandId) -> Result<bool, EngineError> {
        let stream = streams::project(project)?;
        let records = self.store.read(&Scope::house("engine"), &stream, Seq::FIRST)?;
        Ok(records.iter().any(|record| record.command == store::CommandId(command.0)))
    }

    /// Lets every open case of a project know that somebody is on its roll no more.
    pub(crate) fn expel(&self, project: ProjectId, person: PersonId) -> Result<(), EngineError> {
        let Project { roll, policy, .. } = self.project(project)?;
        let hindrance = roll.hindrance(person, &policy.membership, self.clock.wall());
        let Some(out) = hindrance.filter(Hindrance::shuts_out) else { return Ok(()) };
        let expel = Command::Expel { person, reason: out.to_string() };
        for case in self.asked(&[person])? {
            match self.house(case, &expel, None) {
                // Restored, or over, since the line above.
                Ok(_) | Err(EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Plans a reminder for each distributor of whom nobody has heard what it says to a date. People
    /// approve it like a notice.
    pub(crate) fn remind(&self, id: CaseId, revision: u32) -> Result<(), EngineError> {
        let case = journal::load(&*self.store, id)?.case;
        if case.phase != Phase::Open || case.embargo.current() != Some(revision) {
            return Ok(());
        }
        let project = self.project(case.project)?;
        for one in case.distributors.iter().flat_map(|decided| &decided.concerned) {
            let kind = ActKind::Nudge { person: one.person, revision };
            let silent = matches!(
                case.embargo.consent(one.person),
                consent::State::Invited | consent::State::Lapsed
            );
            if !silent || case.acts_of(|known| *known == kind).next().is_some() {
                continue;
            }
            let composed = match crate::compose(&self.texts, &case, &kind, None) {
                Ok(plan) => self.planned(&case, &project, plan),
                // Nobody wrote down where it is reached: the table of answers shows it as silent.
                Err(EngineError::Invalid(_)) => continue,
                Err(error) => return Err(error),
            };
            let act = case::ActId(self.draw());
            match self.house(id, &Command::Plan { act, plan: Box::new(composed) }, None) {
                Ok(_) | Err(EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The reminder that follows from a notice that was sent.
pub(crate) fn reminder(case: &Case, event: &ActEvent) -> Result<Option<JobChange>, EngineError> {
    let ActEvent::Done { act, .. } = event else { return Ok(None) };
    let notice = case.acts.get(act).is_some_and(|it| it.plan.kind == ActKind::NotifyDistributors);
    let due = reminded_at(case).filter(|_| notice);
    due.map(|(revision, due)| Job::Nudge { case: case.id, revision }.put(due)).transpose()
}

/// When those who are silent about a date are reminded, once a notice has asked about it; and which
/// date that is.
#[must_use]
pub fn reminded_at(case: &Case) -> Option<(u32, Timestamp)> {
    let revision = case.embargo.current()?;
    let date = case.embargo.proposal(revision)?;
    let notices = case.acts_of(|kind| *kind == ActKind::NotifyDistributors);
    let sent = notices.filter_map(Act::done_at).filter(|at| *at >= date.at).last()?;
    let left = date.answer_by.duration_since(sent);
    let before = NUDGE.min(SignedDuration::from_secs(left.as_secs() / 2));
    let due = date.answer_by.checked_sub(before).ok().filter(|_| left.is_positive())?;
    Some((revision, due))
}

/// Those who hear of nothing more after a change.
fn shut_out(roll: &Roll, change: &Change) -> Vec<PersonId> {
    match change {
        Change::Suspended { member, .. } | Change::Struck { member, .. } => {
            let found = roll.members.get(member);
            found.map(|found| found.delegates.keys().copied().collect()).unwrap_or_default()
        }
        Change::Dropped { person, .. } => vec![*person],
        _ => Vec::new(),
    }
}
