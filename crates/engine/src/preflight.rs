//! The look ahead: whether a disclosure could go out, a day and an hour before it shall.
//!
//! What stands in its way is recorded in the case, where those whom it concerns see it, and the team
//! is [summoned](crate::Summoned). Thin: it asks neither the counterparts for their credentials nor the
//! lists for their archives yet.

use case::{
    Actor, Case, CaseId, Command, DisclosureId, Gate, Party, Role,
    observation::Observation,
    sealing,
    state::{Disclosure, DisclosureState},
};
use jiff::{SignedDuration, Timestamp};
use store::LockState;

use crate::{Engine, EngineError, Shown, View, ports::Repository};

/// How many hours before its instant a disclosure is looked at.
pub(crate) const HOURS_BEFORE: [u8; 2] = [24, 1];

/// When a look is due.
pub(crate) fn due(instant: Timestamp, hours: u8) -> Timestamp {
    instant.checked_sub(SignedDuration::from_hours(hours.into())).unwrap_or(instant)
}

impl Engine {
    /// Looks at a disclosure that is still to go out, and records what stands in its way. A look
    /// that was taken is not taken again.
    pub(crate) fn preflight(
        &self,
        case: CaseId,
        id: DisclosureId,
        hours: u8,
    ) -> Result<(), EngineError> {
        let view = self.view(case, Actor::House)?;
        let Some(plan) = view.loaded.case.disclosure.as_ref().filter(|plan| plan.id == id) else {
            return Ok(());
        };
        let looked = plan.preflight.as_ref().is_some_and(|p| p.at >= due(plan.instant, hours));
        let over = matches!(plan.state, DisclosureState::Running | DisclosureState::Finished);
        if looked || over {
            return Ok(());
        }
        let mut problems = obstacles(&view, plan);
        if view.unconnected.contains(&Party::Clocks) {
            problems.push("no other clock can be asked: at the instant, a person must tell".into());
        } else if !self.now().trusted {
            problems.push("the clock cannot be trusted: time sources do not agree".into());
        }
        problems.extend(self.not_fetched(&view));
        problems.extend(self.seen_by_strangers(&view)?);
        if self.store.lock_state() != LockState::Unlocked {
            problems.push("this house is locked, and sends nothing".into());
        }
        let seen = Observation::Preflight { disclosure: id, problems };
        match self.house(case, &Command::Observe(Box::new(seen)), None) {
            // Dropped since the line above.
            Ok(_) | Err(EngineError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Engine {
    /// Mirrors that are not fresh: what they do not show may have changed by the instant.
    fn not_fetched(&self, view: &View) -> Vec<String> {
        let names = &view.loaded.case.policy.repositories;
        let why = |name: &String| {
            let fresh = self.freshness(Repository { name, clone: view.clones.get(name) })?;
            let since = fresh.since.round(jiff::Unit::Minute).unwrap_or(fresh.since);
            let why = fresh.trouble?;
            Some(format!("the mirror of {name} cannot be fetched since {since}: {why}"))
        };
        names.iter().filter_map(why).collect()
    }

    /// What of the case stands in public, while nobody is to know of it; and where nobody looked.
    fn seen_by_strangers(&self, view: &View) -> Result<Vec<String>, EngineError> {
        if view.loaded.case.facts.is_public() || view.unconnected.contains(&Party::Repositories) {
            return Ok(Vec::new());
        }
        Ok(self.stranger(view)?.iter().filter_map(in_the_way).collect())
    }
}

fn in_the_way(shown: &Shown) -> Option<String> {
    let name = &shown.repository;
    if let Some(why) = &shown.unread {
        return Some(format!("what a stranger can see of {name} could not be read: {why}"));
    }
    let grave = shown.sights.iter().filter(|sight| sight.grave).count();
    (grave > 0)
        .then(|| format!("a stranger can see words of this case in {grave} places of {name}"))
}

fn obstacles(view: &View, plan: &Disclosure) -> Vec<String> {
    let case = &view.loaded.case;
    let mut problems = Vec::new();
    match &plan.state {
        DisclosureState::Planned => problems.push("it is not armed".to_owned()),
        DisclosureState::Held { reason } => problems.push(format!("it is held: {reason}")),
        _ => {}
    }
    let needs = usize::from(plan.needs.max(case.policy.approvals.disclosure()));
    let standing = plan.approvals.keys().filter(|p| case.on_team(**p, &view.team)).count();
    if standing < needs {
        problems.push(format!("{standing} of {needs} people stand behind it"));
    }
    let changed = case.outdated_disclosure();
    if !changed.is_empty() {
        problems.push(format!("{} changed after it was planned", changed.join(", ")));
    }
    if let Some(agreed) = other_date(case, plan) {
        problems.push(format!("the agreed date is {agreed}"));
    }
    let seen = case.open_sightings().count();
    if seen > 0 {
        let why = "somebody must say what it is";
        problems.push(format!("words of this case were seen in {seen} places in public: {why}"));
    }
    problems.extend(keys(view, plan));
    problems.extend(open_steps(view));
    problems
}

/// Mails that could not be sealed at the instant.
fn keys(view: &View, plan: &Disclosure) -> Vec<String> {
    let case = &view.loaded.case;
    let refused = case.left_of(plan).flat_map(|act| &act.plan.to).filter_map(|to| {
        sealing::due(case, &view.book, to, plan.instant).err().map(|refusal| refusal.why)
    });
    refused.collect()
}

fn other_date(case: &Case, plan: &Disclosure) -> Option<Timestamp> {
    case.embargo.agreed_instant().filter(|agreed| *agreed != plan.instant)
}

/// What keeps the gates shut that it must pass, each step once, with those who see to it.
fn open_steps(view: &View) -> Vec<String> {
    let verdict = view.checklist.verdict();
    let mut steps: Vec<String> = Vec::new();
    for missing in [Gate::Arm, Gate::Publish].iter().flat_map(|gate| verdict.missing(*gate)) {
        let item = view.checklist.item(&missing.step.0);
        let whom = item.map_or("the security team", |item| responsible(item.role));
        let line = format!("{whom}: {} ({})", missing.what, missing.step);
        if !steps.contains(&line) {
            steps.push(line);
        }
    }
    steps
}

fn responsible(role: Role) -> &'static str {
    match role {
        Role::Team => "the security team",
        Role::Reporter => "the reporter",
        Role::FixDeveloper => "the fix developers",
        Role::ReleaseManager => "the release managers",
        Role::Distributor => "the distributors",
    }
}
