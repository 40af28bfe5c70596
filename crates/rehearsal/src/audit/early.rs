//! Law: nothing early. Before the instant, by true time, nothing public tells of the bug.
//!
//! Fixes and releases may be public before it where the case's policy says *silent*, in words that
//! name neither ids nor codename; the exposure window is measured either way.

use std::collections::BTreeSet;

use case::policy::ReleaseMode;
use jiff::{SignedDuration, Timestamp};

use super::{Books, Exposure, Law, Ledger, Place, Violation};
use crate::world::record::{Happened, Record};

/// How far two clocks that are kept well may be from each other.
const CLOCKS: SignedDuration = SignedDuration::from_millis(500);

pub(super) fn check(books: &Books, ledger: &Ledger<'_>, found: &mut Vec<Violation>) {
    let terms = terms(books, ledger);
    for record in books.records() {
        let what = outward(ledger, record)
            .or_else(|| ahead(ledger, record))
            .or_else(|| code(ledger, record))
            .or_else(|| words(ledger, record, &terms));
        if let Some(what) = what {
            let at = Place::Witness(record.n);
            found.push(Violation { law: Law::NothingEarly, at, what });
        }
    }
}

/// An act of this case's disclosure that was begun before its instant, or under a standing embargo.
/// A call that did not get through counts: that it was lost is not the house's doing.
fn outward(ledger: &Ledger<'_>, record: &Record) -> Option<String> {
    let act = record.what.begun()?;
    let lines = ledger.acts.get(&act)?;
    if !lines.plan.kind.discloses() {
        return None;
    }
    let planned = ledger.disclosure_of(act).map(|plan| plan.instant);
    let agreed = ledger.embargoed_until(record.at);
    let instant = planned.into_iter().chain(agreed).max()?;
    early(record, instant)
}

/// An act of the disclosure whose intent bears a later time than its call: the house's clock is
/// ahead, and whatever it does at the instant it does too early. Late answers may have hidden that.
fn ahead(ledger: &Ledger<'_>, record: &Record) -> Option<String> {
    let lines = ledger.acts.get(&record.what.begun()?)?;
    if !lines.plan.kind.discloses() {
        return None;
    }
    let by = lines.started.first()?.at.duration_since(record.at);
    (by > CLOCKS).then(|| {
        format!("{}: the house's clock was {by:#} ahead of true time", record.what.in_words())
    })
}

fn early(record: &Record, instant: Timestamp) -> Option<String> {
    let by = instant.duration_since(record.at);
    by.is_positive().then(|| format!("{} {by:#} before {instant}", record.what.in_words()))
}

/// A fix or its release in public before the instant, where the policy wants both together.
fn code(ledger: &Ledger<'_>, record: &Record) -> Option<String> {
    let together = ledger.policy(record.at)?.release_mode == ReleaseMode::Together;
    let own = |commit: &String| ledger.fixes().any(|(_, fix)| fix == commit);
    let ours = match &record.what {
        Happened::Pushed { public: true, commits, .. } => commits.iter().any(own),
        Happened::Released { commit, .. } => own(commit),
        _ => false,
    };
    let instant = ledger.embargoed_until(record.at).filter(|_| together && ours)?;
    early(record, instant)
}

/// Public words that name what must not be named yet.
fn words(ledger: &Ledger<'_>, record: &Record, terms: &BTreeSet<String>) -> Option<String> {
    let text = match &record.what {
        Happened::Pushed { public: true, messages, .. } => messages.join("\n"),
        Happened::Released { tag, notes, .. } => format!("{tag}\n{notes}"),
        Happened::Posted { public: true, subject, body, .. } => format!("{subject}\n{body}"),
        _ => return None,
    };
    let instant = ledger.embargoed_until(record.at).filter(|instant| record.at < *instant)?;
    let text = text.to_lowercase();
    let term = terms.iter().find(|term| text.contains(&term.to_lowercase()))?;
    let what = record.what.in_words();
    Some(format!("{what}: it names {term}, which is under embargo until {instant}"))
}

/// Ids and codename of a case, as the world gave them.
fn terms(books: &Books, ledger: &Ledger<'_>) -> BTreeSet<String> {
    let mut terms = BTreeSet::from([ledger.codename.to_owned()]);
    let asked: BTreeSet<_> = books
        .records()
        .iter()
        .filter_map(|record| match &record.what {
            Happened::CveAsked { act, vulnerability } if ledger.acts.contains_key(act) => {
                Some(*vulnerability)
            }
            _ => None,
        })
        .collect();
    for record in books.records() {
        match &record.what {
            Happened::DraftMade { act, ghsa, .. } if ledger.acts.contains_key(act) => {
                terms.insert(ghsa.to_string());
            }
            Happened::CveGiven { vulnerability, id } if asked.contains(vulnerability) => {
                terms.insert(id.to_string());
            }
            _ => {}
        }
    }
    terms.remove("");
    terms
}

/// From the first public commit of a fix to its advisory.
pub(super) fn exposure(books: &Books, ledger: &Ledger<'_>) -> Option<Exposure> {
    let own = |commit: &String| ledger.fixes().any(|(_, fix)| fix == commit);
    let first = |test: &dyn Fn(&Happened) -> bool| {
        books.records().iter().find(|record| test(&record.what)).map(|record| record.at)
    };
    let fix = first(
        &|what| matches!(what, Happened::Pushed { public: true, commits, .. } if commits.iter().any(own)),
    )?;
    let advisory = first(
        &|what| matches!(what, Happened::AdvisoryPublished { act, .. } if ledger.acts.contains_key(act)),
    )?;
    Some(Exposure { case: ledger.case, fix, advisory })
}
