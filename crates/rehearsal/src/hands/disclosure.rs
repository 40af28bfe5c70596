//! The disclosure: planned when everything in it is known, approved, armed, and taken up again
//! when it was held.

use advisory::{Advisory, LineStanding};
use case::{
    ActId, Command, DisclosureId, Gate,
    act::{ActKind, Payload, Plan},
    event::Origin,
    state::{CveState, Disclosure, DisclosureState},
};
use engine::{View, usual_acts};
use jiff::{SignedDuration, Timestamp};

use super::Did;
use crate::stage::{DrillError, Stage};

impl Stage {
    /// Moves the disclosure on by one thing.
    pub(crate) fn disclose(&mut self, view: &View) -> Did {
        let case = &view.loaded.case;
        let Some(plan) = &case.disclosure else { return self.plan_disclosure(view) };
        let late = match case.embargo.agreed_instant() {
            Some(agreed) => agreed != plan.instant,
            None => free(case) && Some(plan.instant) > self.next_publishable(view)?,
        } || self.outrun(view, plan);
        match &plan.state {
            DisclosureState::Planned | DisclosureState::Armed | DisclosureState::Held { .. }
                if late && plan.started_at.is_none() =>
            {
                let (id, reason) = (plan.id, "the facts in it have changed".to_owned());
                let by = self.coordinator(view)?;
                self.give(case.id, by, &Command::Drop { id, reason })
            }
            DisclosureState::Planned => {
                self.approve_disclosure(view, plan, &Command::Arm { id: plan.id })
            }
            DisclosureState::Held { .. } => {
                self.approve_disclosure(view, plan, &Command::Resume { id: plan.id })
            }
            DisclosureState::Armed | DisclosureState::Running | DisclosureState::Finished => {
                Ok(false)
            }
        }
    }

    /// The advisory that was planned is not what the case would say now: a credit came in, a
    /// version was burnt. Which of the planned versions are out already makes no difference.
    fn outrun(&self, view: &View, plan: &Disclosure) -> bool {
        let kind = ActKind::PublishAdvisory;
        let planned = plan.acts.iter().filter_map(|id| view.loaded.case.acts.get(id));
        let planned = planned.filter(|act| act.plan.kind == kind).find(|act| !act.over());
        let (Some(act), Ok(now)) = (planned, self.engine.compose(&view.loaded.case, &kind, None))
        else {
            return false;
        };
        match (&act.plan.payload, &now.payload) {
            (Payload::Advisory(then), Payload::Advisory(now)) => settled(then) != settled(now),
            _ => false,
        }
    }

    /// When something can go out that waits for nothing.
    fn soon(&self) -> Result<Timestamp, DrillError> {
        let soon = self.now().saturating_add(SignedDuration::from_hours(2));
        soon.map_err(|_| DrillError::Unknown("later time".into()))
    }

    fn plan_disclosure(&mut self, view: &View) -> Did {
        let case = &view.loaded.case;
        let accepted = case
            .triage
            .as_ref()
            .is_some_and(|triaged| triaged.verdict == case::event::Triage::Accepted);
        let settled = case.vulnerabilities.values().all(|v| {
            v.cve_id.is_some()
                || v.plan_b.is_some()
                || (matches!(v.origin, Origin::Upstream { .. }) && v.cve != CveState::Requested)
        });
        let open = view.checklist.verdict().missing(Gate::Arm).is_empty();
        if !accepted || !settled || !open {
            return Ok(false);
        }
        let instant = match case.embargo.agreed_instant() {
            Some(instant) => instant,
            None => match self.next_publishable(view)? {
                Some(instant) => instant,
                None => return Ok(false),
            },
        };
        let id = DisclosureId(self.engine.draw());
        let mut acts: Vec<(ActId, Plan)> = Vec::new();
        for kind in usual_acts(case) {
            if let ActKind::PublishCve { vulnerability } = kind
                && case.vulnerabilities.get(&vulnerability).is_none_or(|v| v.origin != Origin::Ours)
            {
                // Upstream publishes its own record.
                continue;
            }
            let plan = self.engine.compose(case, &kind, Some(id))?;
            acts.push((ActId(self.engine.draw()), plan));
        }
        let by = self.coordinator(view)?;
        let zone = "UTC".to_owned();
        self.give(case.id, by, &Command::PlanDisclosure { id, instant, zone, acts })
    }

    /// The first time from an hour on at which the project publishes.
    fn next_publishable(&self, view: &View) -> Result<Option<Timestamp>, DrillError> {
        let calendar = &view.loaded.case.policy.calendar;
        let from = self.soon()?;
        Ok((0..24 * 7).find_map(|hours| {
            let at = from.checked_add(SignedDuration::from_hours(hours)).ok()?;
            calendar.may_publish(at).is_ok().then_some(at)
        }))
    }

    /// The next person stands behind the whole, or, when enough do, it is armed or resumed.
    fn approve_disclosure(&mut self, view: &View, plan: &Disclosure, then: &Command) -> Did {
        let case = view.loaded.case.id;
        let on_duty = self.on_duty(view);
        let standing = on_duty.iter().filter(|p| plan.approvals.contains_key(p)).count();
        let by = self.coordinator(view)?;
        if standing >= usize::from(plan.needs) {
            return self.give(case, by, then);
        }
        let next = on_duty.into_iter().find(|person| !plan.approvals.contains_key(person));
        let Some(person) = next else { return Ok(false) };
        self.remember(person, plan.digest, !plan.approvals.is_empty())?;
        self.give(case, person, &Command::ApproveDisclosure { id: plan.id, digest: plan.digest })
    }
}

/// Nothing keeps the case back any more: the bug is known, or the embargo was ended.
fn free(case: &case::Case) -> bool {
    !case.facts.is_quiet() || case.embargo.ended.is_some()
}

/// An advisory in which a version counts alike, planned or out.
fn settled(advisory: &Advisory) -> Advisory {
    let mut advisory = advisory.clone();
    let packages = advisory.vulnerabilities.iter_mut().flat_map(|v| &mut v.affected);
    for line in packages.flat_map(|package| &mut package.lines) {
        if let LineStanding::Affected(versions) = &mut line.standing
            && let Some(fixed) = versions.actual_fixed.take()
        {
            versions.planned_fixed = Some(fixed);
        }
    }
    advisory
}
