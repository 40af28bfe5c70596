//! What templates may say: facts of the case, cut to what the reader may know.

use advisory::{Audience as Reader, Sections, Stage, Withhold};
use case::{
    Case, PersonId, act::Topic, complete_advisory, event::Triage, notice::ListProfile,
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
    organisation: String,
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

    /// Of the bug it says nothing, and nothing of anybody else.
    pub(super) fn for_distributor(case: &Case, person: PersonId) -> Self {
        let concerned = case.distributors.iter().flat_map(|decided| &decided.concerned);
        let own = concerned.into_iter().find(|one| one.person == person);
        let organisation = own.map(|one| one.organisation.clone()).unwrap_or_default();
        Self { organisation, ..Self::of(case) }
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
