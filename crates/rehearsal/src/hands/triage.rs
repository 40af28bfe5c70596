//! Judging the report: what it is, which lines have it, whom it concerns, how bad it is.

use std::collections::BTreeSet;

use case::{
    Command, LineKey, Role, VulnId,
    act::ActKind,
    command::Invitation,
    event::{Concerned, Decision, LineVerdict, Origin, Triage},
    state::CveState,
};
use engine::View;

use super::Did;
use crate::{
    scenarios::Story,
    stage::{DrillError, Stage},
};

/// Whoever may create routes can read beyond them: low privileges, changed scope.
const VECTOR: &str = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N";
const WEAKNESS: &str = "CWE-863";

impl Stage {
    /// A report that joined from another case gets its acknowledgement from somebody; all others
    /// got it from the house.
    pub(super) fn acknowledge(&mut self, view: &View) -> Did {
        let reports: Vec<_> = view.loaded.case.reports.keys().copied().collect();
        for report in reports {
            let kind = ActKind::Acknowledge { report };
            if view.loaded.case.acts_of(|k| *k == kind).next().is_none() {
                return self.carry(view, &kind);
            }
        }
        Ok(false)
    }

    pub(super) fn triage(&mut self, story: &dyn Story, view: &View) -> Did {
        let verdict = story.verdict(view);
        let reason = match &verdict {
            Triage::Accepted => "we can reproduce it as described, on every supported release",
            Triage::NotSecurity => "the endpoint is public on purpose, as its documentation says",
            Triage::Duplicate { .. } => "another report described the same flaw before",
            Triage::Invalid => "we cannot reproduce it, and the code does not allow it",
            Triage::Deferred => "it needs a change of the interface that cannot be made now",
        };
        self.decide(view, Decision::Triage { verdict, reason: reason.into() })
    }

    /// Says for the first line without a verdict what happens on it.
    pub(super) fn decide_lines(&mut self, view: &View) -> Did {
        let case = &view.loaded.case;
        let open = case.lines.iter().find(|(_, line)| line.supported && line.verdict.is_none());
        let Some((key, line)) = open else { return Ok(false) };
        let never = self.setting.history.as_ref().is_some_and(|h| h.unaffected.contains(&key.line));
        let verdict = if never {
            LineVerdict::NotAffected { why: "its history never had the bug".into() }
        } else if line.default_branch {
            LineVerdict::Patch { version: None }
        } else {
            LineVerdict::Patch { version: self.next_version(key) }
        };
        self.decide(view, Decision::Line { line: key.clone(), verdict })
    }

    /// The version that a line's next patch release will have.
    pub(super) fn next_version(&self, key: &LineKey) -> Option<String> {
        let (_, latest) = self.setting.supported.iter().find(|(line, _)| *line == key.line)?;
        let (minor, patch) = latest.rsplit_once('.')?;
        let mut patch: u32 = patch.parse().ok()?;
        loop {
            patch = patch.checked_add(1)?;
            let version = format!("{minor}.{patch}");
            if !self.work.burnt.contains(&version) {
                return Some(version);
            }
        }
    }

    pub(super) fn decide_distributors(&mut self, story: &dyn Story, view: &View) -> Did {
        let case = &view.loaded.case;
        let mut vendors = self.setting.vendors.clone();
        vendors.retain(|_| story.downstream());
        let mut concerned = Vec::new();
        for vendor in &vendors {
            let Some(person) = self.crew.vendors.get(&vendor.organisation).copied() else {
                continue;
            };
            if !case.roles(person).contains(&Role::Distributor) {
                let invitation = Invitation {
                    person,
                    name: vendor.organisation.clone(),
                    organisation: Some(vendor.organisation.clone()),
                    mailbox: Some(vendor.mailbox.clone()),
                    login: None,
                    roles: BTreeSet::from([Role::Distributor]),
                };
                let by = self.coordinator(view)?;
                return self.give(case.id, by, &Command::Invite(Box::new(invitation)));
            }
            let ships = vendor.ships.iter();
            concerned.push(Concerned {
                person,
                organisation: vendor.organisation.clone(),
                why: format!("ships {}", vendor.ships.join(", ")),
                lines: ships.map(|line| LineKey::new(&self.setting.repository, line)).collect(),
            });
        }
        let reason = match concerned.len() {
            0 => "nobody has to be told before everybody else",
            _ => "they ship affected lines to others",
        };
        self.decide(view, Decision::Distributors { concerned, reason: reason.into() })
    }

    pub(super) fn assess(&mut self, story: &dyn Story, view: &View) -> Did {
        let case = &view.loaded.case;
        let Some((id, found)) = case.vulnerabilities.iter().next() else {
            let id = VulnId(self.engine.draw());
            let origin = story.origin();
            let title = format!("flaw {}", case.codename);
            return self.decide(view, Decision::Vulnerability { id, title, origin });
        };
        if found.vector.is_some() {
            return Ok(false);
        }
        let bad = |what: &str| DrillError::Unknown(what.to_owned());
        let vector = VECTOR.parse().map_err(|_| bad("such vector"))?;
        let cwes = vec![WEAKNESS.parse().map_err(|_| bad("such weakness"))?];
        self.decide(view, Decision::Assessment { vulnerability: *id, vector, cwes })
    }

    pub(super) fn request_cve(&mut self, view: &View) -> Did {
        let ours: Vec<VulnId> = view
            .loaded
            .case
            .vulnerabilities
            .iter()
            .filter(|(_, v)| v.cve == CveState::None && v.origin == Origin::Ours)
            .map(|(id, _)| *id)
            .collect();
        for vulnerability in ours {
            if self.carry(view, &ActKind::RequestCve { vulnerability })? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Once the CNA has refused, somebody says what happens without an id.
    pub(super) fn settle_cve(&mut self, view: &View) -> Did {
        let refused = view
            .loaded
            .case
            .vulnerabilities
            .iter()
            .find(|(_, v)| v.cve == CveState::Declined && v.plan_b.is_none());
        let Some((id, _)) = refused else { return self.request_cve(view) };
        let plan = "publish with the forge's own id, and ask another CNA afterwards".to_owned();
        self.decide(view, Decision::CvePlanB { vulnerability: *id, plan })
    }

    pub(super) fn look_back(&mut self, view: &View) -> Did {
        if !view.loaded.case.facts.is_public() {
            return Ok(false);
        }
        let text = "The report was clear and the backports were easy. The private fork came late."
            .to_owned();
        let actions = vec!["ask for the private fork together with the draft".to_owned()];
        self.decide(view, Decision::Retrospective { text, actions })
    }
}
