//! Decisions in words.

use case::event::{Decision, LineVerdict, Triage};

use super::{count, utc};
use crate::names::Names;

pub(super) fn decision(decision: &Decision, names: &Names) -> String {
    match decision {
        Decision::Triage { verdict, reason } => format!("triage: {}. {reason}", triage(verdict)),
        Decision::Vulnerability { title, .. } => format!("named the vulnerability “{title}”"),
        Decision::Assessment { vector, cwes, .. } => {
            let cwes: Vec<_> = cwes.iter().map(ToString::to_string).collect();
            format!("assessed it as {} ({vector}), {}", vector.severity(), cwes.join(", "))
        }
        Decision::CvePlanB { plan, .. } => format!("will not wait for a CVE id: {plan}"),
        Decision::Line { line, verdict } => format!("{line}: {}", line_verdict(verdict)),
        Decision::Distributors { concerned, reason } if concerned.is_empty() => {
            format!("no distributor is concerned: {reason}")
        }
        Decision::Distributors { concerned, reason } => {
            let who: Vec<_> = concerned.iter().map(|c| c.organisation.as_str()).collect();
            format!("distributors concerned: {}. {reason}", who.join(", "))
        }
        Decision::Advisory(_) => "wrote the advisory's text".into(),
        Decision::Fix { line, commits } => {
            format!("declared {} as the fix on {line}", count(commits.len(), "commit"))
        }
        Decision::Train { planned_at, lines, .. } => {
            format!("planned {} for {}", count(lines.len(), "patch release"), utc(*planned_at))
        }
        Decision::Burnt { line, version, why, .. } => {
            format!("version {version} of {line} is burnt: {why}")
        }
        Decision::InheritedAccess { logins } => {
            format!("accepted the inherited access of {}", count(logins.len(), "account"))
        }
        Decision::ReporterUnreachable { person, why } => {
            format!("{} cannot be reached: {why}", names.of(*person))
        }
        Decision::Choice { step, reason } => format!("chose to leave out “{step}”: {reason}"),
        Decision::Override { step, reason } => format!("overrode “{step}”: {reason}"),
        Decision::AcceptCopy { record, reason, .. } => {
            format!("took {} as it is: {reason}", record.name())
        }
        Decision::Sighting { leak: true, reason, .. } => {
            format!("says that words seen in public give the case away: {reason}")
        }
        Decision::Sighting { leak: false, reason, .. } => {
            format!("set aside words seen in public: {reason}")
        }
        Decision::SettleListCopies { reason, .. } => {
            format!("looked at the copies of a notice that differ: {reason}")
        }
        // Readers of the timeline need not know who reported it.
        Decision::Terms { terms } => {
            format!("chose what else the guard looks for: {}", count(terms.lines().len(), "term"))
        }
        Decision::PrivateWork { repository, work: Some(work) } => {
            let lines = count(work.branches.len(), "line");
            format!(
                "named where {repository} is worked on in private: {}, for {lines}",
                work.mirror
            )
        }
        Decision::PrivateWork { repository, work: None } => {
            format!("named no private repository for {repository} any more")
        }
        Decision::Leak { what, to, reported_by } => {
            format!("a leak, says {reported_by}: {what}, to {to}")
        }
        Decision::RetrospectiveOpened { invitation } => {
            format!("set out to look back: {invitation}")
        }
        Decision::Retrospective { actions, .. } if actions.is_empty() => {
            "wrote the retrospective; actions: none".into()
        }
        Decision::Retrospective { actions, .. } => {
            format!("wrote the retrospective, with {}", count(actions.len(), "action"))
        }
        Decision::Correction { seq, text } => format!("corrected entry {seq}: {text}"),
        Decision::Rules { playbook, reason, .. } => {
            format!("moved the case to other rules (playbook {}): {reason}", playbook.name)
        }
    }
}

/// A triage verdict.
pub(crate) fn triage(verdict: &Triage) -> &'static str {
    match verdict {
        Triage::Accepted => "accepted as a vulnerability",
        Triage::Invalid => "not a vulnerability, or not reproducible",
        Triage::Duplicate { .. } => "a duplicate of another case",
        Triage::Deferred => "a vulnerability, but deferred",
        Triage::NotSecurity => "not a security matter",
    }
}

/// A line's verdict.
pub(crate) fn line_verdict(verdict: &LineVerdict) -> String {
    match verdict {
        LineVerdict::Patch { version: Some(version) } => format!("patch release {version}"),
        LineVerdict::Patch { version: None } => "gets the fix".into(),
        LineVerdict::NotAffected { why } => format!("not affected: {why}"),
        LineVerdict::EndOfLife { why } => format!("end of life: {why}"),
    }
}
