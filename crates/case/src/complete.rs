//! The advisory as a case would publish it now: the team's words, and every fact that the case
//! knows filled in. What was planned is held against it, so that nobody's approval covers words
//! that have stopped being true.
//!
//! Nothing is rendered here; room `advisory` knows the formats.

use std::collections::BTreeSet;

use advisory::{
    Advisory, Affected, AffectedVersions, Consent, Credit, CreditType, Ecosystem, Justification,
    Line, LineStanding, Naming, Version, Vulnerability,
};

use crate::{Case, PersonId, act::Act, event::LineVerdict, people::CreditAnswer, state};

/// The advisory with all that the case knows filled in: versions per line, severity, weaknesses,
/// ids and credits. What people wrote stays as they wrote it. `None` before there is a text.
#[must_use]
pub fn complete_advisory(case: &Case) -> Option<Advisory> {
    let mut advisory = case.advisory.as_ref()?.advisory.clone();
    let order = case.in_advisory();
    let count = order.len().max(advisory.vulnerabilities.len());
    advisory.vulnerabilities.resize_with(count, Default::default);
    let known = order.iter().filter_map(|id| case.vulnerabilities.get(id));
    for (written, known) in advisory.vulnerabilities.iter_mut().zip(known) {
        written.cve = known.cve_id;
        written.vector = known.vector.clone().or(written.vector.take());
        if !known.cwes.is_empty() {
            written.cwes.clone_from(&known.cwes);
        }
        fill_lines(case, &mut written.affected);
    }
    advisory.credits = credits(case);
    advisory.ghsa = case.forge.draft.as_ref().map(|draft| draft.ghsa.clone());
    Some(advisory)
}

fn fill_lines(case: &Case, packages: &mut Vec<Affected>) {
    if packages.is_empty() {
        packages.extend(case.policy.repositories.iter().map(|repository| Affected {
            ecosystem: Ecosystem::Other,
            name: repository.clone(),
            lines: Vec::new(),
        }));
    }
    // Without a mapping of packages to repositories, every package follows the first repository.
    let Some(repository) = case.policy.repositories.first() else { return };
    for package in packages {
        for (key, line) in case.lines.iter().filter(|(key, _)| key.repository == *repository) {
            let Some(verdict) = line.verdict.as_ref().filter(|_| !line.default_branch) else {
                continue;
            };
            let old = package.lines.iter().position(|l| l.line == key.line);
            let written = old.map(|at| package.lines.remove(at).standing);
            let standing = standing(verdict, line, written);
            package.lines.push(Line { line: key.line.clone(), standing });
        }
    }
}

fn standing(
    verdict: &LineVerdict,
    line: &state::Line,
    written: Option<LineStanding>,
) -> LineStanding {
    let mut versions = match written {
        Some(LineStanding::Affected(versions)) => versions,
        _ => AffectedVersions::default(),
    };
    let version = |text: &str| text.parse::<Version>().ok();
    match verdict {
        LineVerdict::Patch { version: planned } => {
            versions.planned_fixed = planned.as_deref().and_then(version);
            versions.actual_fixed = line.fixed_in().and_then(|r| version(&r.version));
            LineStanding::Affected(versions)
        }
        LineVerdict::EndOfLife { .. } => LineStanding::Affected(versions),
        LineVerdict::NotAffected { why } => LineStanding::NotAffected {
            justification: Justification::VulnerableCodeNotPresent,
            statement: Some(why.clone()),
        },
    }
}

fn credits(case: &Case) -> Vec<Credit> {
    let of = |(person, credit): (&PersonId, &crate::people::Credit)| {
        let github = case.people.get(person).and_then(|p| p.login.clone());
        let naming = match credit.answer.clone()? {
            CreditAnswer::Anonymous => Naming::Anonymous,
            CreditAnswer::Named { name, company } => Naming::Named { name, company, github },
            CreditAnswer::NamedWithoutCompany { name } => {
                Naming::Named { name, company: None, github }
            }
        };
        let consent = if credit.by_default { Consent::ByDefault } else { Consent::Given };
        Some(Credit { role: CreditType::Reporter, naming, consent })
    };
    case.credit.iter().filter_map(of).collect()
}

/// An advisory in which a version counts alike, planned or out: that a release came as it was
/// planned changes nothing in what is said.
fn settled(mut advisory: Advisory) -> Advisory {
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

/// What is said otherwise in two advisories, in a word or two for each part.
pub(crate) fn differences(then: &Advisory, now: &Advisory) -> Vec<&'static str> {
    let (then, now) = (settled(then.clone()), settled(now.clone()));
    let (old, new) = (&then.vulnerabilities, &now.vulnerabilities);
    let alike = |same: fn(&Vulnerability, &Vulnerability) -> bool| {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
    };
    let words = |advisory: &Advisory| Advisory {
        vulnerabilities: Vec::new(),
        credits: Vec::new(),
        ghsa: None,
        ..advisory.clone()
    };
    let parts = [
        ("the text", words(&then) == words(&now)),
        ("the versions", alike(|old, new| old.affected == new.affected)),
        ("the severity", alike(|old, new| old.vector == new.vector && old.rating == new.rating)),
        ("the weaknesses", alike(|old, new| old.cwes == new.cwes)),
        ("the CVE id", alike(|old, new| old.cve == new.cve)),
        ("the credits", then.credits == now.credits),
        ("the forge's id", then.ghsa == now.ghsa),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(what, _)| what).collect()
}

impl Case {
    /// What the case says otherwise now than when an act that discloses was planned: the text, the
    /// versions, a credit and its consent, a CVE id, the severity. Empty while the act may still
    /// go out, and once it is over.
    #[must_use]
    pub fn outdated(&self, act: &Act) -> Vec<&'static str> {
        self.outdated_among([act])
    }

    /// The same for everything that the disclosure in force has still to send out; empty when there
    /// is none. What is said here must be planned and approved anew before it may go out.
    #[must_use]
    pub fn outdated_disclosure(&self) -> Vec<&'static str> {
        let ids = self.disclosure.iter().flat_map(|plan| &plan.acts);
        self.outdated_among(ids.filter_map(|id| self.acts.get(id)))
    }

    fn outdated_among<'a>(&self, acts: impl IntoIterator<Item = &'a Act>) -> Vec<&'static str> {
        let mut to_come =
            acts.into_iter().filter(|act| act.plan.kind.discloses() && !act.over()).peekable();
        if to_come.peek().is_none() {
            return Vec::new();
        }
        let now = complete_advisory(self);
        let mut changed = Vec::new();
        for act in to_come {
            if act.advisory_revision != self.advisory_revision() {
                changed.push("the text");
            }
            match (act.about.as_deref(), &now) {
                (then, now) if then == now.as_ref() => {}
                (Some(then), Some(now)) => changed.extend(differences(then, now)),
                _ => changed.push("the text"),
            }
        }
        let mut seen = BTreeSet::new();
        changed.retain(|what| seen.insert(*what));
        changed
    }
}
