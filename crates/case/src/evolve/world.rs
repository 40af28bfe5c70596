//! What the world shows.

use jiff::Timestamp;

use super::move_facts;
use crate::{
    Case,
    copies::{PublishedCopy, SeenCopy},
    notice::{ListCopy, SeenListCopy},
    observation::{CveWord, Observation, Place},
    sighting::Sighted,
    state::{CveState, Message, Post, Preflight, Vulnerability, Words},
    told::{Attestation, Subject, Told},
};

/// The house saw it itself: whatever was told before counts no more.
pub(super) fn observed(case: &mut Case, seen: &Observation, at: Timestamp) {
    if let Some(subject) = Subject::of(seen) {
        case.told.remove(&subject);
    }
    apply(case, seen, at);
}

pub(super) fn told(case: &mut Case, told: &Attestation, at: Timestamp) {
    apply(case, &told.seen, at);
    let Attestation { name, place, note, .. } = told.clone();
    let word = Told { name, at, place, note };
    if let Observation::Milestone { line, milestone } = &told.seen {
        let line = case.lines.entry(line.clone()).or_default();
        line.milestones.insert(*milestone, word);
    } else if let Some(subject) = Subject::of(&told.seen) {
        case.told.insert(subject, word);
    }
}

fn apply(case: &mut Case, seen: &Observation, at: Timestamp) {
    if let Some(fact) = seen.fact() {
        move_facts(case, fact);
    }
    match seen {
        Observation::SupportedLines { repository, lines, default_branch } => {
            for (key, line) in &mut case.lines {
                if key.repository == *repository {
                    line.supported = false;
                }
            }
            for name in lines {
                let key = crate::LineKey::new(repository, name);
                let line = case.lines.entry(key).or_default();
                line.supported = true;
                line.default_branch = name == default_branch;
            }
        }
        Observation::Draft(draft) => {
            case.forge.draft_seen_at.get_or_insert(at);
            case.forge.draft_read_at = Some(at);
            case.forge.draft = Some(draft.clone());
        }
        Observation::Fork { url } => case.forge.fork = Some(url.clone()),
        Observation::Access(access) => case.forge.access = Some(access.clone()),
        Observation::Cve { vulnerability, word } => {
            if let Some(vulnerability) = case.vulnerabilities.get_mut(vulnerability) {
                cve(vulnerability, word);
            }
        }
        Observation::Post { .. } => posted(case, seen, at),
        Observation::ListCopy(copy) => list_copy(case, copy, at),
        Observation::Delivery { act, person, outcome } => {
            case.deliveries.entry(*act).or_default().insert(*person, (outcome.clone(), at));
        }
        Observation::Fix { line, commits, place } => {
            let fix = &mut case.lines.entry(line.clone()).or_default().fix;
            match place {
                Place::Private => fix.private.clone_from(commits),
                Place::Public => {
                    fix.public.clone_from(commits);
                    fix.public_at.get_or_insert(at);
                }
            }
        }
        Observation::Release { line, release } => {
            let line = case.lines.entry(line.clone()).or_default();
            line.releases.retain(|r| r.tag != release.tag);
            line.releases.push(release.clone());
        }
        Observation::Reverted { line, by } => {
            case.lines.entry(line.clone()).or_default().fix.reverted_by.clone_from(by);
        }
        Observation::Compared { line, comparison } => {
            case.lines.entry(line.clone()).or_default().fix.compared = Some(comparison.clone());
        }
        Observation::PublicWords { line, read, blocks, warnings } => {
            case.lines.entry(line.clone()).or_default().words = Some(Words {
                read: read.clone(),
                blocks: blocks.clone(),
                warnings: warnings.clone(),
                at,
            });
        }
        // Milestones are only ever told; that is kept with whose word it is.
        Observation::Milestone { .. }
        | Observation::Public { .. }
        | Observation::Exploit { .. }
        | Observation::Attacks { .. } => {}
        Observation::Deadline { report, deadline } => {
            if let Some(link) = case.reports.get_mut(report) {
                link.deadline = *deadline;
            }
        }
        Observation::Preflight { disclosure, problems } => {
            if let Some(plan) = case.disclosure.as_mut().filter(|plan| plan.id == *disclosure) {
                plan.preflight = Some(Preflight { problems: problems.clone(), at });
            }
        }
        Observation::Copy(copy) => copied(case, copy, at),
        Observation::Message { from, sender, text, raw, encrypted } => {
            case.messages.push(Message {
                from: *from,
                sender: sender.clone(),
                text: text.clone(),
                raw: raw.clone(),
                encrypted: *encrypted,
                at,
            });
        }
        Observation::Sighted(sighting) => {
            let sighting = sighting.clone();
            case.sightings.push(Sighted { sighting, at, answered: None });
        }
        Observation::Opening(opening) => {
            case.openings.retain(|known| known.letter != opening.letter);
            case.openings.push(opening.clone());
        }
    }
}

fn posted(case: &mut Case, seen: &Observation, at: Timestamp) {
    let Observation::Post { act, url, words_match, thread, compared } = seen else { return };
    let post = Post {
        url: url.clone(),
        words_match: *words_match,
        thread: thread.clone(),
        at,
        by_mail: false,
        compared: compared.as_deref().cloned(),
    };
    case.posts.insert(*act, post);
}

/// A copy that shows by itself that the list has the notice is seen there, and takes the place of what
/// was only told. No later one takes that back: it is looked at.
fn list_copy(case: &mut Case, copy: &ListCopy, at: Timestamp) {
    let copies = case.list_copies.entry(copy.act).or_default();
    if copy.opened.is_some()
        && let Some(outside) = copies.iter_mut().find(|seen| seen.holds(copy))
    {
        outside.opened = true;
    }
    copies.push(SeenListCopy { copy: copy.clone(), at, settled: None, opened: false });
    if !copy.shows() || case.posts.get(&copy.act).is_some_and(|post| post.by_mail) {
        return;
    }
    case.told.remove(&Subject::Post(copy.act));
    let thread = case.thread_of(copy.act);
    let (url, compared) = (copy.place(), Some(copy.compared.clone()));
    let post = Post { url, words_match: true, thread, at, by_mail: true, compared };
    case.posts.insert(copy.act, post);
}

/// What was accepted stays so as long as the same copy says the same otherwise.
fn copied(case: &mut Case, copy: &PublishedCopy, at: Timestamp) {
    let before = case.copies.remove(&copy.record).filter(|before| before.copy == *copy);
    let seen = before.unwrap_or_else(|| SeenCopy { copy: copy.clone(), at, accepted: None });
    case.copies.insert(copy.record, seen);
}

fn cve(vulnerability: &mut Vulnerability, word: &CveWord) {
    vulnerability.cve = match word {
        CveWord::Assigned { id } => {
            vulnerability.cve_id = Some(*id);
            CveState::Assigned
        }
        CveWord::Declined { .. } => CveState::Declined,
        CveWord::Published => CveState::Published,
        CveWord::Rejected { .. } => CveState::Rejected,
        CveWord::Disputed { .. } => CveState::Disputed,
    };
}
