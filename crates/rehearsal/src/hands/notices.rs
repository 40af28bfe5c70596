//! The notices: to the distributors before, to users and distributors after.

use case::{
    Command,
    act::{ActKind, ActState},
};
use engine::View;

use super::Did;
use crate::{scenarios::Story, stage::Stage};

impl Stage {
    /// Plans the embargoed notice once there is a date to ask about, and has it approved once its
    /// gate is open. A notice that names an older date is planned anew.
    pub(super) fn notice(&mut self, story: &dyn Story, view: &View) -> Did {
        let case = &view.loaded.case;
        let Some(revision) = case.embargo.current() else { return self.date(story, view) };
        let latest = case.acts_of(|kind| *kind == ActKind::NotifyDistributors).last();
        let proposed_at = case.embargo.proposal(revision).map(|proposal| proposal.at);
        if let Some(act) = latest
            && matches!(act.state, ActState::Planned | ActState::Approved { .. })
            && self.outdated(view, act)
        {
            let by = self.coordinator(view)?;
            let reason = "the facts in it have changed".to_owned();
            return self.give(case.id, by, &Command::Cancel { act: act.id, reason });
        }
        let current = latest
            .is_some_and(|act| act.done_at().is_some() && Some(act.planned_at) >= proposed_at);
        if current { Ok(false) } else { self.carry(view, &ActKind::NotifyDistributors) }
    }

    /// The same act, composed now, would say something else.
    fn outdated(&self, view: &View, act: &case::act::Act) -> bool {
        self.engine
            .compose(&view.loaded.case, &act.plan.kind, None)
            .is_ok_and(|plan| plan.payload != act.plan.payload)
    }

    /// A notice after the publication that was no part of the disclosure.
    pub(super) fn announce(&mut self, view: &View, kind: &ActKind) -> Did {
        let case = &view.loaded.case;
        let planned = case.acts_of(|k| k == kind).any(|act| act.live() || act.done_at().is_some());
        let alone = case.acts_of(|k| k == kind).any(|act| act.plan.under.is_none() && act.live());
        if !case.facts.is_public() || (planned && !alone) {
            return Ok(false);
        }
        self.carry(view, kind)
    }
}
