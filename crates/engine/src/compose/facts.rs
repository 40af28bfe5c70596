//! What templates may say: facts of the case, cut to what the reader may know.

use advisory::{
    Advisory, Affected, AffectedVersions, Audience as Reader, Consent, Credit, CreditType,
    Ecosystem, Justification, Line, LineStanding, Naming, Sections, Stage, Version, Withhold,
};
use case::{
    Case, PersonId,
    act::Topic,
    event::{LineVerdict, Triage},
    notice::ListProfile,
    people::CreditAnswer,
    policy::CreditDefault,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

/// A [`Sections`] as templates see it.
#[derive(Debug, Default, Serialize)]
struct Words {
    description: Option<String>,
    versions_affected: Option<String>,
    attack_vectors: Option<String>,
    workarounds: Option<String>,
    next_step: Option<String>,
    credits: Option<String>,
    ids: Vec<String>,
}

/// Everything that a template may use. Strict: a template that asks for more fails.
#[derive(Debug, Default, Serialize)]
pub(super) struct Facts {
    project: String,
    codename: String,
    acknowledge_within: u32,
    verdict: &'static str,
    reason: String,
    date: String,
    date_local: String,
    answer_by: String,
    credit_default: &'static str,
    prefix: Option<String>,
    tag: Option<String>,
    closing_note: Option<String>,
    planned: Vec<String>,
    released: Vec<String>,
    advisory_url: Option<String>,
    thread: String,
    sections: Words,
}

fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

impl Facts {
    pub(super) fn of(case: &Case) -> Self {
        let current = case.embargo.pending.or(case.embargo.agreed);
        let proposal = current.and_then(|revision| case.embargo.proposal(revision));
        let local = proposal.and_then(|p| {
            let zone = TimeZone::get(&p.zone).ok()?;
            Some(p.instant.to_zoned(zone).strftime("%A %Y-%m-%d %H:%M %Z").to_string())
        });
        let (verdict, reason) = case.triage.as_ref().map_or(("", ""), |t| {
            let word = match t.verdict {
                Triage::Accepted => "accepted",
                Triage::Invalid => "invalid",
                Triage::Duplicate { .. } => "duplicate",
                Triage::Deferred => "deferred",
                Triage::NotSecurity => "not-security",
            };
            (word, t.reason.as_str())
        });
        Self {
            project: case.policy.project.clone(),
            codename: case.codename.to_string(),
            acknowledge_within: case.policy.acknowledge_within,
            verdict,
            reason: reason.to_owned(),
            date: proposal.map(|p| utc(p.instant)).unwrap_or_default(),
            date_local: local.unwrap_or_default(),
            answer_by: proposal.map(|p| utc(p.answer_by)).unwrap_or_default(),
            credit_default: match case.policy.credit_default {
                CreditDefault::Anonymous => "you stay anonymous",
                CreditDefault::NamedWithoutCompany => "we print your name without a company",
            },
            planned: case.to_patch().filter_map(|(_, _, v)| v.map(ToOwned::to_owned)).collect(),
            released: case
                .to_patch()
                .filter_map(|(_, line, planned)| {
                    line.fixed_in().map(|r| r.version.clone()).or(planned.map(ToOwned::to_owned))
                })
                .collect(),
            ..Self::default()
        }
    }

    pub(super) fn for_reporter(case: &Case, person: PersonId, topic: &Topic) -> Self {
        let mut facts = Self::of(case);
        if *topic == Topic::Credit {
            let offer = case.credit.get(&person);
            facts.answer_by = offer.map(|credit| utc(credit.answer_by)).unwrap_or_default();
        }
        facts
    }

    pub(super) fn for_notice(case: &Case, list: &ListProfile, embargoed: bool) -> Self {
        let advisory = complete_advisory(case).unwrap_or_default();
        let instant = case.embargo.agreed_instant().or(case.embargo.standing_instant());
        let sections = if embargoed {
            let withhold = Withhold { cve: !list.cve_id_allowed, ghsa: true };
            let reader = Reader::Distributors;
            Sections::of(&advisory, reader, withhold, Stage::Planned, instant)
        } else {
            let nothing = Withhold { cve: false, ghsa: false };
            // The bytes are fixed before the instant, so planned versions stand in for released
            // ones; the playbook checks both against the actual releases before publishing.
            Sections::of(&advisory, Reader::Public, nothing, Stage::Planned, None)
        };
        Self {
            prefix: list.prefix.clone(),
            tag: list.tag.clone(),
            closing_note: list.closing_note.clone(),
            advisory_url: case.forge.draft.as_ref().map(|draft| draft.url.clone()),
            thread: super::notice_thread(case).map(|(_, subject)| subject).unwrap_or_default(),
            sections: Words {
                description: sections.description,
                versions_affected: sections.versions_affected,
                attack_vectors: sections.attack_vectors,
                workarounds: sections.workarounds,
                next_step: sections.next_step.filter(|_| embargoed),
                credits: sections.credits,
                ids: sections.ids,
            },
            ..Self::of(case)
        }
    }
}

/// The advisory with all that the case knows filled in: versions per line, severity, weaknesses,
/// ids and credits. What people wrote stays as they wrote it.
#[must_use]
pub fn complete_advisory(case: &Case) -> Option<Advisory> {
    let mut advisory = case.advisory.as_ref()?.advisory.clone();
    let count = case.vulnerabilities.len().max(advisory.vulnerabilities.len());
    advisory.vulnerabilities.resize_with(count, Default::default);
    for (written, known) in advisory.vulnerabilities.iter_mut().zip(case.vulnerabilities.values()) {
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
    line: &case::state::Line,
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
    let of = |(person, credit): (&PersonId, &case::people::Credit)| {
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
