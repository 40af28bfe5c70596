//! The runner: one due job at a time. Whoever calls [`Engine::step`] decides on which threads and
//! how often; a lease keeps two workers off the same job, and its fence keeps a late one out. What
//! else two of them must not do at once, [`crate::hands`] says.

use std::time::Duration;

use advisory::Mailbox;
use case::{
    ActId, Actor, Case, CaseId, Command, CommandId, Refusal,
    act::{Act, ActKind, ActState, Plan, Proof, Recipient},
    refusal::Rule,
};
use jiff::{SignedDuration, Timestamp};
use store::Lease;

use crate::{
    Engine, EngineError,
    compose::notice_thread,
    hands::{Lane, Thing},
    jobs::Job,
    journal, lookout,
    opening::Tried,
    ports::{Call, Counterpart, Found, Nature, PortError},
};

/// A job is given back if its worker is silent for so long.
const LEASE: Duration = Duration::from_mins(5);
/// Between two looks at the world for one open case, and between two looks for mail.
const WATCH: SignedDuration = SignedDuration::from_mins(1);
/// Before the keys are tried again on a mail that none of them fits.
const REOPEN: SignedDuration = SignedDuration::from_hours(1);
/// Before something that could not be done now is tried again.
const RETRY: SignedDuration = SignedDuration::from_secs(5);
/// Before a worker that found a lane taken comes back to it.
pub(crate) const TURN: SignedDuration = SignedDuration::from_secs(1);
/// After a lost answer, before the world is asked: the old call may still land until then.
const SETTLE: SignedDuration = SignedDuration::from_secs(30);
/// A call whose outcome stays unclear for so long is a person's business.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(1);

/// Minutes before what could not be taken is tried again: the first time, and at most.
const PUT_OFF: (i64, i64) = (1, 30);
/// How often that is done by itself: about four hours.
const PUT_OFFS: u32 = 12;

/// What [`Engine::step`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A job was worked on.
    Worked,
    /// Nothing is due.
    Idle,
}

/// What becomes of a job.
enum Next {
    Finished,
    Again(Timestamp),
}

impl Engine {
    /// Does one thing that is due, if any.
    ///
    /// # Errors
    /// When the store fails, or a case cannot be read. The job stays and comes back later.
    pub fn step(&self) -> Result<Step, EngineError> {
        self.timekeeper.refresh(&*self.clock, &self.ports.time);
        let now = self.clock.wall();
        let Some(lease) = self.store.lease(now, LEASE)? else { return Ok(Step::Idle) };
        let again = |wait| self.store.release(&lease.fence, later(now, wait));
        let Some(_own) = self.hands.take(Thing::Job(lease.fence.job.clone())) else {
            // It was put anew, and another worker is still at what it was before.
            again(TURN)?;
            return Ok(Step::Worked);
        };
        let job: Job = serde_json::from_slice(lease.body.as_bytes()).map_err(|e| {
            EngineError::Unreadable { stream: lease.stream.to_string(), why: e.to_string() }
        })?;
        match self.work(&job, &lease) {
            Ok(Next::Finished) => self.store.finish(&lease.fence)?,
            Ok(Next::Again(due)) => self.store.release(&lease.fence, due)?,
            Err(error) => {
                again(RETRY)?;
                return Err(error);
            }
        };
        Ok(Step::Worked)
    }

    /// When the next thing is due.
    ///
    /// # Errors
    /// When the store fails.
    pub fn next_due(&self) -> Result<Option<Timestamp>, EngineError> {
        Ok(self.store.next_due()?)
    }

    fn work(&self, job: &Job, lease: &Lease) -> Result<Next, EngineError> {
        let now = self.clock.wall();
        match *job {
            Job::Effect { case, act } => self.effect(case, act, lease),
            Job::Fire { case, id } => {
                let fired = self.house(case, &Command::Fire { id }, None);
                Ok(match fired {
                    // Blocked or started; a start is followed by its acts' own jobs.
                    Ok(outcome) if outcome.events.iter().any(is_start) => Next::Finished,
                    Ok(_) => Next::Again(later(now, RETRY)),
                    Err(EngineError::Refused(refusal)) => self.wait_or_drop(&refusal),
                    Err(EngineError::Locked) => Next::Again(later(now, WATCH)),
                    Err(error) => return Err(error),
                })
            }
            Job::Credit { case, person } => {
                match self.house(case, &Command::DefaultCredit { person }, None) {
                    Ok(_) => Ok(Next::Finished),
                    Err(EngineError::Refused(refusal)) => Ok(self.wait_or_drop(&refusal)),
                    Err(error) => Err(error),
                }
            }
            Job::Watch { case } => {
                // Reopening a case brings its job back.
                Ok(if self.watch(case)? { Next::Again(later(now, WATCH)) } else { Next::Finished })
            }
            Job::Count { case } => {
                let Some(_lane) = self.hands.take(Thing::Lane(Lane::Counts)) else {
                    return Ok(Next::Again(later(now, TURN)));
                };
                self.count(case)?;
                Ok(Next::Finished)
            }
            Job::Copies { case } => {
                Ok(self.watch_copies(case)?.map_or(Next::Finished, Next::Again))
            }
            Job::Open { case, letter } => Ok(match self.open_letter(case, letter, lease)? {
                Tried::Done => Next::Finished,
                Tried::Waits => Next::Again(later(now, REOPEN)),
            }),
            Job::Preflight { case, id, hours } => {
                self.preflight(case, id, hours)?;
                Ok(Next::Finished)
            }
            Job::Leave { project, person } => {
                self.take_leave(project, person)?;
                Ok(Next::Finished)
            }
            Job::Lookout { project } => {
                self.look_out(project)?;
                Ok(Next::Again(later(now, lookout::LOOK)))
            }
            Job::Heard { project } => {
                self.read_what_was_heard(project)?;
                Ok(Next::Finished)
            }
            Job::Feeds { project } => {
                let Some(_lane) = self.hands.take(Thing::Lane(Lane::Feeds)) else {
                    return Ok(Next::Again(later(now, TURN)));
                };
                self.hear_feeds(project)?;
                Ok(Next::Again(later(now, lookout::READ)))
            }
            Job::Refresh { project } => {
                Ok(self.refresh(project)?.map_or(Next::Finished, Next::Again))
            }
            Job::Expel { project, person } => {
                self.expel(project, person)?;
                Ok(Next::Finished)
            }
            Job::Nudge { case, revision } => {
                self.remind(case, revision)?;
                Ok(Next::Finished)
            }
            Job::Mail { project } => {
                let Some(_lane) = self.hands.take(Thing::Lane(Lane::Fetch)) else {
                    return Ok(Next::Again(later(now, TURN)));
                };
                self.fetch_mail(project)?;
                Ok(Next::Again(later(now, WATCH)))
            }
        }
    }

    /// A command of the house itself.
    pub(crate) fn house(
        &self,
        case: CaseId,
        command: &Command,
        lease: Option<&Lease>,
    ) -> Result<crate::Outcome, EngineError> {
        let id = CommandId(self.draw());
        let fence = lease.map(|l| &l.fence);
        self.execute_fenced(case, Actor::House, id, command, "engine", fence)
    }

    /// A refusal that time or the world can lift is waited out; any other ends the job, and the
    /// command that makes it possible again puts a new one.
    fn wait_or_drop(&self, refusal: &Refusal) -> Next {
        match refusal.rule {
            Rule::TooEarly
            | Rule::ClockSuspect
            | Rule::GateShut
            | Rule::StaleVerdict
            | Rule::ApprovalsShort
            | Rule::Protection
            | Rule::Membership
            | Rule::Embargo => Next::Again(later(self.clock.wall(), RETRY)),
            _ => Next::Finished,
        }
    }

    fn effect(&self, case: CaseId, act: ActId, lease: &Lease) -> Result<Next, EngineError> {
        let loaded = journal::load(&*self.store, case)?;
        let Some(found) = loaded.case.acts.get(&act) else { return Ok(Next::Finished) };
        let lane = Lane::of(&found.plan).map(|lane| self.hands.take(Thing::Lane(lane)));
        if matches!(lane, Some(None)) {
            return Ok(Next::Again(later(self.clock.wall(), TURN)));
        }
        match found.state {
            ActState::Planned | ActState::Approved { .. } => {
                match self.house(case, &Command::Start { act }, Some(lease)) {
                    // What a lost part of the journal may have sent is looked for first.
                    Ok(_) if self.may_be_out(found)? => {
                        self.recover(&loaded.case, found, self.clock.wall(), lease)
                    }
                    Ok(_) => self.call(&loaded.case, found, lease),
                    Err(EngineError::Refused(refusal)) => {
                        // What keeps the gate shut may be something that we have not looked at.
                        self.watch(case)?;
                        Ok(self.wait_or_drop(&refusal))
                    }
                    Err(EngineError::Locked) => Ok(Next::Again(later(self.clock.wall(), WATCH))),
                    Err(error) => Err(error),
                }
            }
            ActState::Started { at } => self.recover(&loaded.case, found, at, lease),
            _ => Ok(Next::Finished),
        }
    }

    pub(crate) fn counterpart(&self, plan: &Plan) -> Option<&dyn Counterpart> {
        Some(match plan.to.first()? {
            Recipient::Person { .. } => &*self.ports.mail,
            Recipient::List { .. } => &*self.ports.lists,
            Recipient::Forge { .. } => &*self.ports.forge,
            Recipient::Cna => &*self.ports.cna,
            Recipient::ReceiptPage { .. } => return None,
        })
    }

    fn call(&self, case: &Case, act: &Act, lease: &Lease) -> Result<Next, EngineError> {
        let finish = |proof| Command::Finish { act: act.id, proof };
        let fail = |why| Command::Fail { act: act.id, why };
        let doubt = |why| Command::Doubt { act: act.id, why };
        let Some(port) = self.counterpart(&act.plan) else {
            // The receipt page shows what the journal holds: it is there as soon as this is.
            let proof = Proof { by: "receipt page".into(), reference: act.id.to_string() };
            return self.conclude(case.id, &finish(proof), lease);
        };
        let now = self.clock.wall();
        if let Some(before) = &act.put_off
            && case.in_vain_from(&act.plan.kind).is_some_and(|instant| instant <= now)
        {
            let why = format!("it could not be sent in time: {}", before.why);
            return self.conclude(case.id, &fail(why), lease);
        }
        let from = self.sender(case.project)?;
        let call = call(case, act, from.as_ref());
        let sealed = match self.seal(case, &call, act, lease)? {
            Ok(sealed) => sealed,
            Err(why) => {
                return self.conclude(case.id, &fail(format!("it was not sent: {why}")), lease);
            }
        };
        let error = match port.perform(&Call { sealed: sealed.as_deref(), ..call }) {
            Ok(proof) => return self.conclude(case.id, &finish(proof), lease),
            Err(error) => error,
        };
        let why = error.to_string();
        match (port.nature(&act.plan), error) {
            (_, PortError::NotNow(_)) => self.put_off(case, act, &why, lease),
            // Nobody but a person can carry this out, and only a person can say that it is done.
            (_, PortError::Absent(_)) | (Nature::Blind, PortError::Lost(_)) => {
                self.conclude(case.id, &doubt(why), lease)
            }
            (_, PortError::Refused(_)) | (Nature::Blind, PortError::Unreached(_)) => {
                self.conclude(case.id, &fail(why), lease)
            }
            (_, PortError::Lost(_)) => Ok(Next::Again(later(now, SETTLE))),
            (_, PortError::Unreached(_)) => Ok(Next::Again(later(now, RETRY))),
        }
    }

    /// Nothing happened: tries again after a while, unless that would be in vain or was done often
    /// enough.
    fn put_off(
        &self,
        case: &Case,
        act: &Act,
        why: &str,
        lease: &Lease,
    ) -> Result<Next, EngineError> {
        let times = act.put_off.as_ref().map_or(0, |before| before.times);
        let (first, most) = PUT_OFF;
        let minutes = first.saturating_mul(2_i64.saturating_pow(times)).min(most);
        let until = later(self.clock.wall(), SignedDuration::from_mins(minutes));
        let command = Command::PutOff { act: act.id, why: why.to_owned(), until };
        let why = if times < PUT_OFFS {
            match self.house(case.id, &command, Some(lease)) {
                Ok(_) => return Ok(Next::Again(until)),
                Err(EngineError::Refused(refusal)) => format!("{why}; {}", refusal.why),
                Err(error) => return Err(error),
            }
        } else {
            format!("{why}; it was tried {} times", times.saturating_add(1))
        };
        self.conclude(case.id, &Command::Fail { act: act.id, why }, lease)
    }

    /// A call was begun and its outcome is not in the journal: a crash, a takeover, a lost answer.
    fn recover(
        &self,
        case: &Case,
        act: &Act,
        since: Timestamp,
        lease: &Lease,
    ) -> Result<Next, EngineError> {
        let Some(port) = self.counterpart(&act.plan) else { return self.call(case, act, lease) };
        let now = self.clock.wall();
        let doubt = |why: &str| Command::Doubt { act: act.id, why: why.to_owned() };
        match port.nature(&act.plan) {
            Nature::Repeatable => self.call(case, act, lease),
            Nature::Blind => {
                let why = "the call was begun, and nobody can tell whether it arrived";
                self.conclude(case.id, &doubt(why), lease)
            }
            Nature::Readable => match port.look_up(act.id, &act.plan) {
                Ok(Found::Present(proof)) => {
                    self.conclude(case.id, &Command::Finish { act: act.id, proof }, lease)
                }
                Ok(Found::Missing) => self.call(case, act, lease),
                Ok(Found::Unclear) | Err(_) if now.duration_since(since) < GIVE_UP => {
                    Ok(Next::Again(later(now, RETRY)))
                }
                Ok(Found::Unclear) => self.conclude(
                    case.id,
                    &doubt("it still cannot be told whether it arrived"),
                    lease,
                ),
                Err(error) => self.conclude(case.id, &doubt(&error.to_string()), lease),
            },
        }
    }

    fn conclude(
        &self,
        case: CaseId,
        command: &Command,
        lease: &Lease,
    ) -> Result<Next, EngineError> {
        self.house(case, command, Some(lease))?;
        Ok(Next::Finished)
    }
}

/// All that the call of an act says.
fn call<'a>(case: &Case, act: &'a Act, from: Option<&'a Mailbox>) -> Call<'a> {
    let thread = match act.plan.kind {
        ActKind::FollowUp => notice_thread(case).map(|(notice, _)| notice),
        _ => None,
    };
    let posting = act.plan.to.iter().find_map(|to| match to {
        Recipient::List { list, .. } => case.policy.lists.get(list).map(|list| list.posting),
        _ => None,
    });
    Call { act: act.id, plan: &act.plan, from, thread, posting, sealed: None }
}

fn is_start(event: &case::Event) -> bool {
    matches!(event, case::Event::Disclosure(case::event::DisclosureEvent::Started { .. }))
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
