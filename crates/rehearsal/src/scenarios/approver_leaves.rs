//! Somebody who approved leaves the team after the disclosure was armed: it is held, somebody else
//! approves, and it goes out on time.

use case::{Command, CommandId, Event, event::DisclosureEvent, state::DisclosureState};
use engine::{EngineError, View};

use super::{
    Last, Story,
    checks::{Check, ensure, on_time, only},
};
use crate::stage::{DrillError, Stage};

#[derive(Default)]
pub(super) struct ApproverLeaves {
    left: bool,
}

impl Story for ApproverLeaves {
    fn name(&self) -> &'static str {
        "approver-leaves"
    }

    fn about(&self) -> &'static str {
        "one of two approvers leaves the team once everything is armed"
    }

    fn practised(&self) -> bool {
        false
    }

    fn twist(&mut self, stage: &mut Stage, view: &View) -> Result<bool, DrillError> {
        let plan = view.loaded.case.disclosure.as_ref();
        let armed = plan.filter(|plan| plan.state == DisclosureState::Armed);
        let (Some(plan), false) = (armed, self.left) else { return Ok(false) };
        let by = stage.coordinator(view)?;
        let Some(leaver) = plan.approvals.keys().copied().find(|person| *person != by) else {
            return Ok(false);
        };
        let reason = "takes another job".to_owned();
        let removal = Command::Remove { person: leaver, reason: reason.clone() };
        self.left = stage.give(view.loaded.case.id, by, &removal)?;
        let command = CommandId(stage.engine.draw());
        match stage.engine.leave_team(stage.project, by, leaver, &reason, command) {
            // Of this case the person is no part any more.
            Ok(()) | Err(EngineError::Refused(_)) => Ok(self.left),
            Err(error) => Err(error.into()),
        }
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        on_time(last, case)?;
        let entries = last.views.iter().flat_map(|view| &view.loaded.entries);
        let told: Vec<&Event> = entries.map(|entry| &entry.event).collect();
        let held = told
            .iter()
            .any(|event| matches!(event, Event::Disclosure(DisclosureEvent::Held { .. })));
        ensure(held, "the disclosure was never held")?;
        let approvals = case.disclosure.as_ref().map_or(0, |plan| plan.approvals.len());
        ensure(approvals >= 2, "it went out without a second person")
    }
}
