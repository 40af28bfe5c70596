//! The advisory: its text, its draft, the private fork's people, credit.

use std::collections::BTreeSet;

use advisory::{Advisory, Affected, Ecosystem, Vulnerability};
use case::{
    Command, PersonId, Role,
    act::{ActKind, Topic},
    command::Invitation,
    event::Decision,
};
use engine::View;

use super::Did;
use crate::{
    cast::{self, Member},
    scenarios::Story,
    stage::Stage,
    world::developers::Bug,
};

impl Stage {
    /// Which bug a case is about.
    pub(crate) fn bug(&self, story: &dyn Story, view: &View) -> Bug {
        if self.setting.is_real() { Bug::Reported } else { story.bug(view) }
    }

    /// What the report is called.
    fn subject(&self) -> &str {
        let subject = self.setting.reporters.first().map(|person| person.subject.trim());
        subject.filter(|subject| !subject.is_empty()).unwrap_or("a report without a subject")
    }

    /// The advisory as the team writes it: words only; the house fills in the facts.
    pub(crate) fn text(&self, bug: Bug) -> Advisory {
        let affected = vec![Affected {
            ecosystem: Ecosystem::Go,
            name: self.setting.package.clone(),
            lines: Vec::new(),
        }];
        let reported = format!("Drill: {}", self.subject());
        let [title, summary, details, impact, workarounds] = match bug {
            Bug::Prefix => [
                "Authorization of routes can be bypassed with a crafted path",
                "A route's prefix also matches paths that merely begin with the same letters.",
                "Prefixes are compared without regard to the end of a path element, so a request \
                 can be routed past the authorization policy that should have been asked.",
                "An attacker reads what the policy protects.",
                "End every prefix with a slash.",
            ],
            Bug::Reported => [
                reported.as_str(),
                "What was found stands in the report; this text stands for its description.",
                "A drill needs words at this place, and nobody has written any for this bug.",
                "Somebody who knows the report writes here what an attacker gains.",
                "Somebody who knows the report writes here what helps until the release.",
            ],
            Bug::Header => [
                "One header line can exhaust the proxy's memory",
                "A header line without an end is read until no memory is left.",
                "Reading a header line stops at a newline and at nothing else.",
                "An attacker stops the proxy.",
                "Limit the size of requests in front of the proxy.",
            ],
        };
        Advisory {
            title: Some(title.into()),
            summary: Some(summary.into()),
            details: Some(details.into()),
            impact: Some(impact.into()),
            attack_vectors: Some("Anybody who can send requests to the proxy.".into()),
            workarounds: Some(workarounds.into()),
            vulnerabilities: vec![Vulnerability { affected, ..Vulnerability::default() }],
            ..Advisory::default()
        }
    }

    pub(super) fn draft(&mut self, story: &dyn Story, view: &View) -> Did {
        let case = &view.loaded.case;
        if case.advisory.is_none() {
            let text = self.text(self.bug(story, view));
            return self.decide(view, Decision::Advisory(Box::new(text)));
        }
        if case.forge.draft.is_none() {
            return self.carry(view, &ActKind::CreateDraft);
        }
        self.carry(view, &ActKind::UpdateDraft)
    }

    pub(super) fn access(&mut self, view: &View) -> Did {
        for (person, member, role) in [
            (self.crew.developer, &cast::DEVELOPER, Role::FixDeveloper),
            (self.crew.releaser, &cast::RELEASER, Role::ReleaseManager),
        ] {
            if !view.loaded.case.roles(person).contains(&role) {
                return self.invite(view, person, member, role);
            }
        }
        let forge = &view.loaded.case.forge;
        let Some(access) = &forge.access else {
            return self.carry(view, &ActKind::SetAccess);
        };
        let unknown: BTreeSet<String> =
            access.inherited.difference(&forge.inherited_known).cloned().collect();
        if !unknown.is_empty() {
            let logins = access.inherited.clone();
            return self.decide(view, Decision::InheritedAccess { logins });
        }
        self.carry(view, &ActKind::SetAccess)
    }

    fn invite(&mut self, view: &View, person: PersonId, member: &Member, role: Role) -> Did {
        let invitation = Invitation {
            person,
            name: member.name.into(),
            organisation: None,
            mailbox: member.mailbox.parse().ok(),
            login: Some(member.login.into()),
            roles: BTreeSet::from([role]),
        };
        let by = self.coordinator(view)?;
        self.give(view.loaded.case.id, by, &Command::Invite(Box::new(invitation)))
    }

    /// Offers credit, asks how, and mirrors the answer in the draft.
    pub(super) fn credit(&mut self, view: &View) -> Did {
        let case = &view.loaded.case;
        let reporters: Vec<PersonId> = case.holding(Role::Reporter).map(|(p, _)| p).collect();
        for person in &reporters {
            if !case.credit.contains_key(person) {
                let by = self.coordinator(view)?;
                let offer = Command::OfferCredit { person: *person };
                if !self.give(case.id, by, &offer)? {
                    return Ok(false);
                }
                let view = self.again(view)?;
                return self.tell(&view, &Topic::Credit);
            }
        }
        if self.tell(view, &Topic::Credit)? {
            return Ok(true);
        }
        let decided = reporters
            .iter()
            .all(|person| case.credit.get(person).is_some_and(|credit| credit.answer.is_some()));
        if decided { self.carry(view, &ActKind::UpdateDraft) } else { Ok(false) }
    }
}
