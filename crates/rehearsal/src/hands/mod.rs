//! What people do for each step of a checklist.
//!
//! The checklist says what is next and for whom; these are the hands of those people. A step that
//! Fermata can see is never ticked here: hands only do the thing.

mod advisory;
mod code;
mod copies;
mod disclosure;
mod embargo;
mod mending;
mod notices;
mod triage;

pub use code::Work;

use ::advisory::digest::Digest;
use case::{
    ActId, Command, PersonId, Role,
    act::{Act, ActKind, ActState, Topic},
    event::Decision,
};
use engine::{EngineError, View};
use playbook::Item;

use crate::{
    plant::Plant,
    scenarios::Story,
    stage::{DrillError, Stage},
    world::wire::Word,
};

type Did = Result<bool, DrillError>;

impl Stage {
    /// Does one thing for a step that is ready; whether anything was done.
    pub(crate) fn hand(&mut self, story: &dyn Story, view: &View, item: &Item) -> Did {
        match item.step.0.as_str() {
            "acknowledge" => self.acknowledge(view),
            "verdict" => self.triage(story, view),
            "tell-verdict" => self.tell(view, &Topic::Verdict),
            "tell-draft" => self.tell(view, &Topic::Draft),
            "tell-date" => self.tell_date(view),
            "lines" => self.decide_lines(view),
            "distributors" => self.decide_distributors(story, view),
            "assess" => self.assess(story, view),
            "draft" => self.draft(story, view),
            "recheck-draft" => self.carry(view, &ActKind::UpdateDraft),
            "request-cve" => self.request_cve(view),
            "cve-id" => self.settle_cve(view),
            "fork" => self.carry(view, &ActKind::CreateFork),
            "access" => self.access(view),
            "credit" => self.credit(view),
            "date" => self.date(story, view),
            "notice-list" | "ask-buy-in" | "notice" => self.notice(story, view),
            "buy-in" => self.buy_in(story, view),
            "fixes" => self.fixes(story, view),
            "releases" => self.releases(story, view),
            "users-notice" => self.announce(view, &ActKind::NotifyUsers),
            "follow-up" => self.announce(view, &ActKind::FollowUp),
            "words" => self.past_words(view, item),
            "copies" => self.copies(view),
            "retrospective" => self.look_back(view),
            _ if item.optional => self.leave_out(view, item),
            _ => Ok(false),
        }
    }

    /// Records a decision as whoever coordinates.
    pub(crate) fn decide(&mut self, view: &View, decision: Decision) -> Did {
        let person = self.coordinator(view)?;
        self.give(view.loaded.case.id, person, &Command::Decide(Box::new(decision)))
    }

    /// Moves an act of a kind on: plans it, or finds the next person to stand behind it. Nothing
    /// is planned beside one that is on its way.
    pub(crate) fn carry(&mut self, view: &View, kind: &ActKind) -> Did {
        let case = &view.loaded.case;
        let latest = case.acts_of(|k| k == kind).filter(|act| act.plan.under.is_none()).last();
        if let Some(act) = latest
            && !act.over()
        {
            return self.stand_behind(view, act);
        }
        let lasting = matches!(kind, ActKind::CreateDraft | ActKind::CreateFork);
        if lasting && latest.is_some_and(|act| act.done_at().is_some()) {
            // It takes a while until it can be seen.
            return Ok(false);
        }
        let plan = match self.engine.compose(case, kind, None) {
            Ok(plan) => Box::new(plan),
            Err(EngineError::Invalid(why)) => {
                self.refusals.push(why);
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        };
        let act = ActId(self.engine.draw());
        let person = self.coordinator(view)?;
        self.give(case.id, person, &Command::Plan { act, plan })
    }

    /// The next person who has not yet approved reads an act and stands behind it.
    pub(crate) fn stand_behind(&mut self, view: &View, act: &Act) -> Did {
        let case = &view.loaded.case;
        let on_duty = self.on_duty(view);
        let standing = on_duty.iter().filter(|p| act.approvals.contains_key(p)).count();
        let waits = match act.state {
            ActState::Planned => true,
            ActState::Approved { .. } => standing < usize::from(act.needs),
            _ => false,
        };
        let shut = act
            .plan
            .kind
            .gate()
            .is_some_and(|gate| !view.checklist.verdict().missing(gate).is_empty());
        let next = on_duty.into_iter().find(|person| !act.approvals.contains_key(person));
        let Some(person) = next.filter(|_| waits && !shut) else { return Ok(false) };
        self.remember(person, act.digest, !act.approvals.is_empty())?;
        self.give(case.id, person, &Command::Approve { act: act.id, digest: act.digest })
    }

    /// A person keeps in mind what they stand behind. With a certain planted bug, the second
    /// approval is given in somebody else's name, who then remembers nothing.
    pub(crate) fn remember(
        &self,
        person: PersonId,
        digest: Digest,
        second: bool,
    ) -> Result<(), DrillError> {
        if second && Plant::ApproveAlone.is_in(self.plant) {
            return Ok(());
        }
        self.word(Word::StoodBehind { person, digest })
    }

    /// Tells every reporter of a case about something, once.
    pub(crate) fn tell(&mut self, view: &View, topic: &Topic) -> Did {
        let reporters: Vec<PersonId> =
            view.loaded.case.holding(Role::Reporter).map(|(person, _)| person).collect();
        for person in reporters {
            let kind = ActKind::TellReporter { person, topic: topic.clone() };
            let told = view.loaded.case.acts_of(|k| *k == kind).any(|act| act.done_at().is_some());
            if !told && self.carry(view, &kind)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Leaves an optional step out, saying so.
    fn leave_out(&mut self, view: &View, item: &Item) -> Did {
        let reason = "there is nothing to say about it in this case".to_owned();
        self.decide(view, Decision::Choice { step: item.step.clone(), reason })
    }
}
