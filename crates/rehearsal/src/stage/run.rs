//! The loop of a drill: the house works, people act, time moves on to whatever comes next.

use std::fmt::Write as _;

use case::{
    Command, Gate,
    act::ActState,
    state::{DisclosureState, Phase},
};
use engine::{Step, View};
use jiff::{SignedDuration, Timestamp};
use playbook::Status;

use super::{DrillError, RELEASES_BEFORE, Stage};
use crate::{
    scenarios::Story,
    world::wire::{Request, Response},
};

/// How much may happen before a story counts as stuck.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Turns of the loop.
    pub turns: u32,
    /// Turns in a row in which nothing happened in any case, though the house saw everything.
    pub calm: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { turns: 3000, calm: 100 }
    }
}

/// How a story moves.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    heads: Vec<u64>,
    /// Turns in a row in which nothing happened in any case, though the house saw everything.
    pub calm: u32,
}

/// The house looks at the world every minute. When so many turns have shown nothing new, and
/// nothing is on its way, the drill moves on to the next thing that happens in the world.
const LOOKS: u32 = 2;
/// How often the house looks, at least.
const LOOK: SignedDuration = SignedDuration::from_secs(60);
/// In this time the house looks again, slow answers included; unless what it looked for is over.
const ROUND: SignedDuration = SignedDuration::from_secs(90);
/// Nobody takes a break so shortly before or after the instant.
const TENSE: SignedDuration = SignedDuration::from_mins(45);
/// Before something is tried again that has changed nothing.
const PATIENCE: SignedDuration = SignedDuration::from_mins(3);

impl Stage {
    /// Plays a story until every case is over.
    ///
    /// # Errors
    /// [`DrillError::Stuck`] when nothing moves any more; others when something breaks.
    pub fn play(&mut self, story: &mut dyn Story, limits: Limits) -> Result<(), DrillError> {
        let mut pace = Pace::default();
        for _ in 0..limits.turns {
            if !self.turn(story, &mut pace)? {
                return Ok(());
            }
            if pace.calm > limits.calm {
                break;
            }
        }
        Err(DrillError::Stuck { at: self.now(), open: self.open()? })
    }

    /// One turn: the house works, somebody acts, time moves on. Whether the story goes on.
    ///
    /// # Errors
    /// When something breaks.
    pub fn turn(&mut self, story: &mut dyn Story, pace: &mut Pace) -> Result<bool, DrillError> {
        self.work_off()?;
        let deeds = self.deeds()?;
        if deeds {
            self.work_off()?;
        }
        let views = self.views()?;
        if self.over(&views) {
            return Ok(false);
        }
        let acted = self.everybody_acts(story, &views)?;
        let now: Vec<u64> = views.iter().map(|view| view.loaded.case.head).collect();
        let moved = deeds || acted || now != pace.heads;
        pace.heads = now;
        if moved {
            pace.calm = 0;
        } else if !self.blinded()? {
            pace.calm = pace.calm.saturating_add(1);
        }
        if acted {
            self.work_off()?;
            self.take_a_break(&views);
        } else if !deeds {
            self.wait(&views, pace.calm)?;
        }
        Ok(true)
    }

    /// Lets the house do all that is due.
    pub(crate) fn work_off(&self) -> Result<(), DrillError> {
        while self.engine.step()? == Step::Worked {}
        Ok(())
    }

    pub(crate) fn deeds(&mut self) -> Result<bool, DrillError> {
        let Response::Deeds(deeds) = self.ask(&Request::Due)? else { return Ok(false) };
        for (_, deed) in &deeds {
            self.carry_deed(deed)?;
        }
        Ok(!deeds.is_empty())
    }

    /// One thing that somebody does in some case; the story's own turn comes first.
    fn everybody_acts(
        &mut self,
        story: &mut dyn Story,
        views: &[View],
    ) -> Result<bool, DrillError> {
        for view in views.iter().filter(|view| view.loaded.case.phase == Phase::Open) {
            if story.twist(self, view)? || self.mend(view)? || self.routine(story, view)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The next thing on a case's checklist that somebody can do.
    fn routine(&mut self, story: &dyn Story, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        let ready: Vec<_> = view.checklist.ready().cloned().collect();
        for item in ready {
            let missing = item.status.missing().to_vec();
            let key = (case.id, item.step.0.clone());
            let in_vain = self.tried.get(&key).is_some_and(|(at, before)| {
                *before == missing && self.now().duration_since(*at) < PATIENCE
            });
            if in_vain {
                continue;
            }
            if self.hand(story, view, &item)? {
                return Ok(true);
            }
            let now = self.now();
            self.tried.insert(key, (now, missing));
        }
        if self.disclose(view)? || self.confirm(view)? {
            return Ok(true);
        }
        self.wind_up(view)
    }

    /// Somebody reads an act that waits for approval, whichever step it is for.
    fn confirm(&mut self, view: &View) -> Result<bool, DrillError> {
        for act in view.loaded.case.acts.values().filter(|act| act.plan.under.is_none()) {
            if self.stand_behind(view, act)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Closes a case in which nothing is left to do; plans that came to nothing are given up.
    fn wind_up(&mut self, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        let done = view.checklist.verdict().missing(Gate::Close).is_empty()
            && !view.checklist.items.iter().any(|item| item.status.open())
            && !case.embargo.in_force();
        if !done {
            return Ok(false);
        }
        let person = self.coordinator(view)?;
        let idle = case.acts.values().find(|act| matches!(act.state, ActState::Planned));
        if let Some(act) = idle {
            let reason = "it is not needed any more".to_owned();
            return self.give(case.id, person, &Command::Cancel { act: act.id, reason });
        }
        let reason = "everything on the checklist is done".to_owned();
        self.give(case.id, person, &Command::Close { reason })
    }

    fn over(&self, views: &[View]) -> bool {
        let open = views.iter().any(|view| view.loaded.case.phase == Phase::Open);
        !open && views.len() >= self.setting.reporters.len()
    }

    /// People do one thing after another, with a break between, unless it is nearly time.
    fn take_a_break(&mut self, views: &[View]) {
        let now = self.now();
        let tense = views.iter().any(|view| {
            let case = &view.loaded.case;
            let instant = case.disclosure.as_ref().map(|plan| plan.instant);
            let instants = instant.into_iter().chain(case.embargo.agreed_instant());
            instants.into_iter().any(|instant| instant.duration_since(now).abs() < TENSE)
        });
        if !tense {
            self.pause();
        }
    }

    /// Moves time on to whatever comes next.
    pub(crate) fn wait(&self, views: &[View], calm: u32) -> Result<(), DrillError> {
        let now = self.now();
        let minute = now.saturating_add(LOOK).unwrap_or(now);
        let due = self.engine.next_due()?.unwrap_or(minute);
        let soonest = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now);
        let at_work = views.iter().any(|view| under_way(view, now));
        if self.blinded()? || calm < LOOKS || at_work {
            self.until(due.max(soonest));
            return Ok(());
        }
        let next = match self.ask(&Request::Next)? {
            Response::Next(next) => next,
            _ => None,
        };
        let wakes = views.iter().flat_map(wakes).filter(|at| *at > now);
        let next = next.into_iter().chain(wakes).min();
        self.until(next.unwrap_or(due).max(soonest));
        Ok(())
    }

    /// Whether a look has come to nothing lately: the house will look again, and may see something.
    fn blinded(&self) -> Result<bool, DrillError> {
        let Response::Missed(missed) = self.ask(&Request::Missed)? else { return Ok(false) };
        Ok(missed.is_some_and(|at| self.clock.now().duration_since(at) < ROUND))
    }

    /// Moves true time on until the house's clock shows `at`.
    fn until(&self, at: Timestamp) {
        self.clock.advance_by(at.duration_since(self.now()));
    }

    fn open(&self) -> Result<String, DrillError> {
        let mut text = String::new();
        for view in self.views()? {
            let case = &view.loaded.case;
            let _ = writeln!(text, "case {} ({:?}):", case.codename, case.phase);
            for item in view.checklist.items.iter().filter(|item| item.status.open()) {
                let status = match &item.status {
                    Status::Waiting { on, .. } => format!("waits for {on}"),
                    _ => "ready".to_owned(),
                };
                let missing = item.status.missing().join("; ");
                let _ = writeln!(text, "  {} [{status}]: {missing}", item.step);
            }
            for act in case.acts.values().filter(|act| !act.over()) {
                let _ = writeln!(text, "  act {}: {:?}", act.plan.kind.name(), act.state);
            }
            if let Some(plan) = &case.disclosure {
                let _ = writeln!(text, "  disclosure for {}: {:?}", plan.instant, plan.state);
            }
        }
        for refusal in self.refusals.iter().rev().take(6) {
            let _ = writeln!(text, "  refused: {refusal}");
        }
        Ok(text)
    }
}

/// An act is on its way, or a disclosure waits past its instant: the house is at work.
fn under_way(view: &View, now: Timestamp) -> bool {
    let case = &view.loaded.case;
    let out = case
        .acts
        .values()
        .any(|act| matches!(act.state, ActState::Approved { .. } | ActState::Started { .. }));
    let due = case.disclosure.as_ref().is_some_and(|plan| match plan.state {
        DisclosureState::Armed => plan.instant <= now,
        DisclosureState::Running => true,
        _ => false,
    });
    case.phase == Phase::Open && (out || due)
}

/// Times at which people look again.
fn wakes(view: &View) -> Vec<Timestamp> {
    let case = &view.loaded.case;
    if case.phase != Phase::Open {
        return Vec::new();
    }
    let mut wakes: Vec<Timestamp> =
        case.credit.values().filter(|c| c.answer.is_none()).map(|c| c.answer_by).collect();
    wakes.extend(case.disclosure.as_ref().map(|plan| plan.instant));
    if let Some(instant) = case.embargo.agreed_instant() {
        wakes.push(instant);
        wakes.extend(instant.saturating_sub(RELEASES_BEFORE).ok());
    }
    let proposal = case.embargo.current().and_then(|revision| case.embargo.proposal(revision));
    wakes.extend(proposal.map(|proposal| proposal.answer_by));
    let mut concerned = case.distributors.iter().flat_map(|decided| &decided.concerned);
    if concerned.any(|one| !case.embargo.consents.contains_key(&one.person)) {
        wakes.extend(engine::reminded_at(case).map(|(_, at)| at));
    }
    wakes
}
