//! The fix and its releases.

use std::collections::{BTreeMap, BTreeSet};

use case::{
    Case, CaseId, Command, LineKey, TrainId,
    event::{Decision, LineVerdict, Triage},
    policy::ReleaseMode,
    state::{DisclosureState, Phase},
};
use engine::View;
use playbook::Item;
use serde::{Deserialize, Serialize};

use super::Did;
use crate::{
    plant::Plant,
    scenarios::Story,
    stage::{DrillError, RELEASES_BEFORE, Stage},
    world::{
        developers::Call,
        wire::{Request, Response},
    },
};

/// What the developers have done so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Work {
    /// The fix's commits, by case and line.
    pub prepared: BTreeMap<CaseId, BTreeMap<String, Vec<String>>>,
    /// Lines whose fix is public, by case.
    pub landed: BTreeSet<(CaseId, String)>,
    /// Versions that were tagged.
    pub tagged: BTreeSet<String>,
    /// Versions that were tagged in vain.
    pub burnt: BTreeSet<String>,
}

impl Stage {
    /// Writes the fix once there is a place for it, and says which commits it is.
    pub(super) fn fixes(&mut self, story: &dyn Story, view: &View) -> Did {
        let case = &view.loaded.case;
        if !self.work.prepared.contains_key(&case.id) {
            let fork = case.forge.fork.clone();
            let private = !self.in_the_open(case);
            if private && (fork.is_none() || !may_push(case)) {
                return Ok(false);
            }
            let fork = fork.filter(|_| private);
            if fork.is_none() {
                let lines = case.to_patch().map(|(key, ..)| (case.id, key.line.clone()));
                self.work.landed.extend(lines.collect::<Vec<_>>());
            }
            let call = Call::Prepare { fork, bug: self.bug(story, view) };
            let Response::Commits(commits) = self.ask(&Request::Develop(call))? else {
                return Ok(false);
            };
            self.work.prepared.insert(case.id, commits);
            return Ok(true);
        }
        let commits = self.work.prepared.get(&case.id).cloned().unwrap_or_default();
        let undeclared = case.to_patch().find(|(_, line, _)| line.fix.declared.is_empty());
        let Some((key, ..)) = undeclared else { return Ok(false) };
        let Some(commits) = commits.get(&key.line).cloned() else { return Ok(false) };
        let developer = self.crew.developer;
        let invited = case.people.get(&developer).is_some_and(case::people::Participant::present);
        let by = if invited { developer } else { self.coordinator(view)? };
        let fix = Decision::Fix { line: key.clone(), commits };
        self.give(case.id, by, &Command::Decide(Box::new(fix)))
    }

    /// The fix need not, or cannot, be kept back any more.
    fn in_the_open(&self, case: &Case) -> bool {
        let together = case.policy.release_mode == ReleaseMode::Together;
        let due = case.embargo.agreed_instant().is_some_and(|at| self.clock.now() >= at);
        case.facts.is_public() || case.embargo.ended.is_some() || (together && due)
    }

    /// Makes the fix public and tags the releases, when it is time for that.
    pub(super) fn releases(&mut self, story: &dyn Story, view: &View) -> Did {
        let case = &view.loaded.case;
        if !self.time_to_release(case) {
            return Ok(false);
        }
        if !self.all_prepared()? {
            return self.fixes(story, view);
        }
        let lost = case.to_patch().find_map(|(key, line, planned)| {
            let planned = planned?;
            let failed = line
                .releases
                .iter()
                .find(|r| r.version == planned && r.contains_fix != Some(true))?;
            Some((key.clone(), failed.version.clone()))
        });
        if let Some((key, version)) = lost {
            return self.burn(story, view, &key, &version);
        }
        let lines: Vec<(LineKey, Option<String>)> = case
            .to_patch()
            .filter(|(_, line, _)| line.fixed_in().is_none())
            .map(|(key, _, planned)| (key.clone(), planned.map(ToOwned::to_owned)))
            .collect();
        for (key, planned) in &lines {
            if story.botches(self, key) {
                let Some(version) = planned else { continue };
                return self.tag(key, version);
            }
            if self.land(key)? {
                return Ok(true);
            }
        }
        for (key, planned) in &lines {
            if let Some(version) = planned
                && !self.work.tagged.contains(version)
            {
                return self.tag(key, version);
            }
        }
        Ok(false)
    }

    /// Silent releases come some hours before the instant; together, they come at it; and without
    /// an embargo there is nothing to wait for.
    fn time_to_release(&self, case: &Case) -> bool {
        if Plant::SkipGate.is_in(self.plant) && !case.facts.is_public() {
            return false;
        }
        let Some(instant) = case.embargo.agreed_instant() else {
            return !case.facts.is_quiet() || case.embargo.ended.is_some();
        };
        let armed = case.disclosure.as_ref().is_some_and(|plan| {
            matches!(plan.state, DisclosureState::Armed | DisclosureState::Held { .. })
        });
        match case.policy.release_mode {
            ReleaseMode::Silent => {
                let from = instant.saturating_sub(RELEASES_BEFORE).unwrap_or(instant);
                self.now() >= from && (armed || !self.work.burnt.is_empty())
            }
            ReleaseMode::Together => self.clock.now() >= instant,
        }
    }

    /// Every accepted case has its fix: releases carry all of them.
    fn all_prepared(&self) -> Result<bool, DrillError> {
        Ok(self.views()?.iter().map(|view| &view.loaded.case).all(|case| {
            let accepted = case.triage.as_ref().is_some_and(|t| t.verdict == Triage::Accepted);
            case.phase != Phase::Open
                || !accepted
                || case.to_patch().all(|(_, line, _)| !line.fix.declared.is_empty())
        }))
    }

    /// Brings every case's fix to a line's public branch; whether there was one to bring.
    fn land(&mut self, key: &LineKey) -> Did {
        let mut did = false;
        for view in self.views()? {
            let case = &view.loaded.case;
            let at = (case.id, key.line.clone());
            let has = self.work.prepared.get(&case.id).is_some_and(|c| c.contains_key(&key.line));
            let Some(fork) = case.forge.fork.clone() else { continue };
            if has && !self.work.landed.contains(&at) {
                let lines = vec![key.line.clone()];
                self.ask(&Request::Develop(Call::Land { fork, lines }))?;
                self.work.landed.insert(at);
                did = true;
            }
        }
        Ok(did)
    }

    fn tag(&mut self, key: &LineKey, version: &str) -> Did {
        if key.line == self.setting.main() || self.work.tagged.contains(version) {
            return Ok(false);
        }
        let (line, version) = (key.line.clone(), version.to_owned());
        self.ask(&Request::Develop(Call::Release { line, version: version.clone() }))?;
        self.work.tagged.insert(version);
        Ok(true)
    }

    /// Words of a history that exists cannot be taken back for a drill. What the guard found in
    /// them stays in the journal; a person says that the drill goes on.
    pub(super) fn past_words(&mut self, view: &View, item: &Item) -> Did {
        let past = self.setting.history.as_ref().is_some_and(|history| !history.past.is_empty());
        let given_away =
            view.loaded.case.to_patch().any(|(_, line, _)| {
                line.words.as_ref().is_some_and(|words| !words.blocks.is_empty())
            });
        if !past || !given_away {
            return Ok(false);
        }
        let reason = "these are the words of the past, which the drill cannot change".to_owned();
        self.decide(view, Decision::Override { step: item.step.clone(), reason })
    }

    /// A release turned out to lack the fix: its version is burnt, the next one planned, and every
    /// text that named the old one is written anew; the disclosure is then planned anew by itself.
    fn burn(&mut self, story: &dyn Story, view: &View, key: &LineKey, version: &str) -> Did {
        let case = &view.loaded.case;
        let Some((train, _)) = case.trains.iter().next() else {
            let id = TrainId(self.engine.draw());
            let lines = case.to_patch().map(|(key, ..)| key.clone()).collect();
            return self.decide(view, Decision::Train { id, planned_at: self.now(), lines });
        };
        let train = *train;
        self.work.burnt.insert(version.to_owned());
        let why = "the release was cut from the wrong commit".to_owned();
        let (line, version) = (key.clone(), version.to_owned());
        self.decide(view, Decision::Burnt { train, line: line.clone(), version, why })?;
        let version = self.next_version(key);
        self.decide(view, Decision::Line { line, verdict: LineVerdict::Patch { version } })?;
        let text = self.text(self.bug(story, view));
        self.decide(view, Decision::Advisory(Box::new(text)))
    }
}

fn may_push(case: &Case) -> bool {
    let access = case.forge.access.as_ref();
    access.is_some_and(|access| access.members.contains(crate::cast::DEVELOPER.login))
}
