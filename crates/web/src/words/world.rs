//! Observations in words.

use case::{
    LineKey, PersonId,
    notice::ListCopy,
    observation::{Comparison, CveWord, Delivery, DraftState, Observation, Place, Release},
    opening::{Outcome, Shut},
    readiness,
};

use super::{count, utc};
use crate::names::Names;

pub(super) fn observation(seen: &Observation, names: &Names) -> String {
    match seen {
        Observation::SupportedLines { repository, lines, .. } => {
            format!("{repository} supports {}", lines.join(", "))
        }
        Observation::Draft(draft) => {
            let state = match draft.state {
                DraftState::Draft => "a draft",
                DraftState::Published => "published",
                DraftState::Closed => "closed",
            };
            format!("the forge's advisory {} is {state}", draft.ghsa)
        }
        Observation::Fork { url } => format!("the private fork is at {url}"),
        Observation::Access(access) => format!(
            "access to the private fork: {}, {} pending, {} inherited",
            count(access.members.len(), "member"),
            access.pending.len(),
            access.inherited.len()
        ),
        Observation::Cve { word, .. } => match word {
            CveWord::Assigned { id } => format!("the CNA assigned {id}"),
            CveWord::Declined { why } => format!("the CNA declined to assign an id: {why}"),
            CveWord::Published => "the CVE record is public".into(),
            CveWord::Rejected { why } => format!("the CVE id was rejected: {why}"),
            CveWord::Disputed { why } => format!("the CVE record is disputed: {why}"),
        },
        Observation::Post { url, words_match: true, .. } => {
            format!("a notice stands in the archive, word for word: {url}")
        }
        Observation::Post { url, words_match: false, .. } => {
            format!("a notice stands in the archive, in other words than approved: {url}")
        }
        Observation::ListCopy(copy) => list_copy(copy),
        Observation::Delivery { person, outcome, .. } => delivery(*person, outcome, names),
        Observation::Fix { line, commits, .. } if commits.is_empty() => {
            format!("the fix on {line} is on its private branch no more")
        }
        Observation::Fix { line, commits, place } => {
            let place = match place {
                Place::Private => "private",
                Place::Public => "public",
            };
            format!("{} of the fix on {line} seen in {place}", count(commits.len(), "commit"))
        }
        Observation::Release { line, release } => released(line, release),
        Observation::Reverted { line, by } if by.is_empty() => {
            format!("the fix is on the public branch of {line} again")
        }
        Observation::Reverted { line, by } => {
            format!("the fix was taken back on {line} by {}", readiness::names(by))
        }
        Observation::Compared { line, comparison } => compared(line, comparison),
        Observation::Milestone { line, milestone } => format!("{line}: {}", milestone.name()),
        Observation::PublicWords { line, read, blocks, warnings } => {
            let found = match (blocks.len(), warnings.len()) {
                (0, 0) => "nothing that tells".to_owned(),
                (0, w) => count(w, "warning"),
                (b, _) => format!("{} that gives the bug away", count(b, "word")),
            };
            format!("the guard read {} about {line}: {found}", count(read.len(), "public text"))
        }
        Observation::Public { source } => format!("the bug is known in public: {source}"),
        Observation::Exploit { source } => format!("an exploit is public: {source}"),
        Observation::Attacks { source } => format!("attacks were seen: {source}"),
        Observation::Deadline { deadline: Some(at), .. } => {
            format!("a reporter goes public on {}", utc(*at))
        }
        Observation::Deadline { deadline: None, .. } => {
            "a reporter's own deadline is lifted".into()
        }
        Observation::Preflight { problems, .. } if problems.is_empty() => {
            "rehearsed the disclosure: all is well".into()
        }
        Observation::Preflight { problems, .. } => {
            format!("rehearsed the disclosure: {}", problems.join("; "))
        }
        Observation::Copy(copy) if copy.agrees() => {
            format!("{} reads as it was approved", copy.record.name())
        }
        Observation::Copy(copy) => format!(
            "{} says something else than what was approved: {}",
            copy.record.name(),
            copy.differences.join("; ")
        ),
        Observation::Sighted(sighting) => {
            let rules: Vec<_> = sighting.rules.iter().map(|rule| found_by(rule)).collect();
            format!("words of this case stand in public: {}; {}", sighting.place, rules.join(", "))
        }
        Observation::Opening(opening) => match &opening.outcome {
            Outcome::Opened(_) => "an encrypted mail was opened".into(),
            Outcome::Shut(Shut::NoKey) => "an encrypted mail fits no key of this house".into(),
            Outcome::Shut(Shut::Damaged) => "an encrypted mail is damaged".into(),
            Outcome::Shut(Shut::NotWhole) => "a mail is encrypted only in part".into(),
        },
        Observation::Message { from, sender, .. } => {
            format!("a message from {}", names.sender(*from, sender))
        }
    }
}

fn delivery(person: PersonId, outcome: &Delivery, names: &Names) -> String {
    let whom = names.of(person);
    match outcome {
        Delivery::Delivered => format!("delivered to {whom}"),
        Delivery::Bounced { hard, why } => {
            let kind = if *hard { "for good" } else { "for now" };
            format!("came back from {whom}, {kind}: {}", names.said_to(person, why))
        }
    }
}

/// What a rule of the guard finds, without the word itself.
pub(crate) fn found_by(rule: &str) -> &str {
    match rule {
        "codename" => "its codename",
        "cve-id" => "its CVE id",
        "ghsa-id" => "the id of its advisory",
        "osv-id" => "an id of it in another list",
        "private-link" => "a link to private work on it",
        "name" => "the name of who reported it",
        "term" => "a word of it",
        "phrase" => "a phrase of its advisory",
        other => other,
    }
}

fn released(line: &LineKey, release: &Release) -> String {
    let fix = match release.contains_fix {
        Some(true) => "contains the fix",
        Some(false) => "does not contain the fix",
        None => {
            let Release { version, evidence, .. } = release;
            return format!("of release {version} of {line}, nothing can be told ({evidence})");
        }
    };
    format!("release {} of {line} is out; it {fix} ({})", release.version, release.evidence)
}

fn compared(line: &LineKey, comparison: &Comparison) -> String {
    let Comparison { original, expected, found, other, .. } = comparison;
    let of = readiness::names(original);
    format!("the fix on {line} has {found} of {expected} lines of {of}, and {other} of its own")
}

fn list_copy(copy: &ListCopy) -> String {
    let place = copy.place();
    if copy.shows() {
        return format!("the list's own copy of a notice came by mail, word for word: {place}");
    }
    if copy.compared.same() {
        return format!(
            "a mail that may be the list's copy of a notice came, word for word: {place}"
        );
    }
    format!(
        "a mail that may be the list's copy of a notice came, in other words than approved: {place}"
    )
}
