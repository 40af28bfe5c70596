//! From a case to its checklist: pure in the playbook, the case, the team and the time.

use std::collections::BTreeSet;

use case::{Case, PersonId, state::Waiver};
use jiff::Timestamp;

use crate::{
    Playbook,
    checklist::{Checklist, Item, Status},
    expr::Out,
    playbook::{Clause, Step},
    told::told,
    view::{Source, Value},
};

impl Playbook {
    /// Where each step stands. `team` is the project's security team at this moment.
    #[must_use]
    pub fn evaluate(&self, case: &Case, team: &BTreeSet<PersonId>, now: Timestamp) -> Checklist {
        let source = Source::new(case, team, now);
        let view = source.view();
        let holds: Vec<bool> =
            self.conditions.iter().map(|condition| condition.is.holds(&view, None)).collect();
        let look = Look { playbook: self, case, source: &source, view: &view, holds: &holds };
        let published = source.published();
        let mut items: Vec<Item> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let status = look.status(step, &items);
            let due = step.due.and_then(|due| due.at(case, published));
            let overdue = status.open() && due.is_some_and(|due| now > due);
            items.push(Item {
                step: step.id.clone(),
                title: step.title.clone(),
                role: step.role,
                gates: step.gates.clone(),
                action: step.action,
                optional: step.optional,
                overridable: step.overridable,
                status,
                due,
                overdue,
            });
        }
        Checklist { head: case.head, playbook: self.digest, items }
    }
}

/// One look at a case.
struct Look<'e> {
    playbook: &'e Playbook,
    case: &'e Case,
    source: &'e Source<'e>,
    view: &'e Value,
    /// Which conditions hold, by their place.
    holds: &'e [bool],
}

impl<'e> Look<'e> {
    fn status(&self, step: &'e Step, before: &[Item]) -> Status {
        if let Some(why) = self.not_applicable(step) {
            return Status::NotApplicable { why };
        }
        let (mut evidence, mut missing) = (Vec::new(), Vec::new());
        for clause in &step.clauses {
            self.judge(clause, &mut evidence, &mut missing);
        }
        if missing.is_empty() {
            evidence.extend(told(&step.clauses, self.source));
            return Status::Done { evidence };
        }
        if let Some(Waiver { overridden, reason, .. }) = self.case.waivers.get(&step.id) {
            // What the playbook does not allow any more does not count any more.
            let reason = reason.clone();
            if *overridden && step.overridable {
                return Status::Overridden { reason };
            }
            if !*overridden && step.optional {
                return Status::Skipped { reason };
            }
        }
        match self.waits(step, before) {
            Some(on) => Status::Waiting { on, missing },
            None => Status::Ready { missing },
        }
    }

    fn not_applicable(&self, step: &Step) -> Option<String> {
        let fails = |index: &&usize| self.holds.get(**index) == Some(&false);
        let first = step.when.iter().find(fails)?;
        let condition = self.playbook.conditions.get(*first)?;
        Some(condition.otherwise.fill(self.view, None))
    }

    fn judge(&self, clause: &'e Clause, evidence: &mut Vec<String>, missing: &mut Vec<String>) {
        let Some(each) = &clause.each else {
            return self.judge_one(clause, None, evidence, missing);
        };
        let elements = each.eval(self.view, None);
        for it in elements.items() {
            self.judge_one(clause, Some(&it), evidence, missing);
        }
    }

    fn judge_one(
        &self,
        clause: &'e Clause,
        it: Option<&Out<'e>>,
        evidence: &mut Vec<String>,
        missing: &mut Vec<String>,
    ) {
        if clause.is.holds(self.view, it) {
            evidence.extend(clause.shows.as_ref().map(|shows| shows.fill(self.view, it)));
        } else {
            missing.push(clause.missing.fill(self.view, it));
        }
    }

    /// For earlier steps that are open, or for somebody outside.
    fn waits(&self, step: &'e Step, before: &[Item]) -> Option<String> {
        let open = step
            .after
            .iter()
            .filter_map(|index| before.get(*index))
            .filter(|item| item.status.open())
            .map(|item| format!("“{}”", item.title))
            .collect::<Vec<_>>();
        if !open.is_empty() {
            return Some(open.join(", "));
        }
        let wait = step.waits.iter().find(|wait| wait.condition.holds(self.view, None))?;
        Some(wait.whom.fill(self.view, None))
    }
}
