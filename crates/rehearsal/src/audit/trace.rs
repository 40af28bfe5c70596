//! Law: nothing without a trace. What the world saw stands in the journal, begun before and to the
//! byte; and what the journal claims, the world saw.

use case::{
    act::{ActKind, Payload, Plan, Recipient},
    observation::Observation,
};

use super::{Books, Law, Ledger, Place, SLACK, Violation, ledger::ActLines};
use crate::world::{
    letter::Letter,
    record::{Happened, Record},
};

pub(super) fn check_records(books: &Books, ledgers: &[Ledger<'_>], found: &mut Vec<Violation>) {
    for record in books.records() {
        let Some(act) = record.what.act() else { continue };
        let lines = ledgers.iter().find_map(|ledger| ledger.acts.get(&act));
        let what = match lines {
            None => "the journal knows nothing of it",
            Some(lines) if !begun(lines, record) => "the journal did not begin it before",
            Some(lines) if !same(&record.what, lines.plan) => "it is not what the journal planned",
            Some(_) => continue,
        };
        let what = format!("{}: {what}", record.what.in_words());
        found.push(Violation { law: Law::NoTrace, at: Place::Witness(record.n), what });
    }
}

fn begun(lines: &ActLines<'_>, record: &Record) -> bool {
    let limit = record.at.saturating_add(SLACK).unwrap_or(record.at);
    lines.started.iter().any(|when| when.at <= limit)
}

/// What arrived is what was planned, to the byte. Where it arrived is the matter of another law.
fn same(what: &Happened, plan: &Plan) -> bool {
    match (what, &plan.payload) {
        (
            Happened::DraftMade { advisory, .. }
            | Happened::DraftChanged { advisory, .. }
            | Happened::AdvisoryPublished { advisory, .. },
            Payload::Advisory(planned),
        ) => advisory == planned,
        (
            Happened::Posted { mail, .. } | Happened::Mailed { mail, .. },
            Payload::Message { subject, body },
        ) => {
            let letter = Letter::read(&mail.raw);
            // The end of the last line is the mail's own.
            let words = |text: &str| text.strip_suffix('\n').unwrap_or(text).to_owned();
            letter.subject == *subject && words(&letter.body) == words(body)
        }
        (Happened::AccessSet { logins, .. }, Payload::Logins(planned)) => {
            logins.iter().eq(planned.iter().collect::<std::collections::BTreeSet<_>>())
        }
        (Happened::ForkAsked { .. }, _) => plan.kind == ActKind::CreateFork,
        (Happened::CveAsked { vulnerability, .. }, _) => {
            plan.kind == ActKind::RequestCve { vulnerability: *vulnerability }
        }
        (Happened::CvePublished { .. }, _) => matches!(plan.kind, ActKind::PublishCve { .. }),
        _ => false,
    }
}

pub(super) fn check_entries(books: &Books, ledger: &Ledger<'_>, found: &mut Vec<Violation>) {
    if books.witness.is_none() {
        return;
    }
    for (act, lines) in &ledger.acts {
        let page = matches!(lines.plan.to.as_slice(), [Recipient::ReceiptPage { .. }]);
        let Some(done) = lines.done.filter(|_| !page) else { continue };
        if !books.records().iter().any(|record| record.what.act() == Some(*act)) {
            let what = format!("the world never saw it: {}", lines.plan.kind.name());
            let at = Place::Entry { case: ledger.case, seq: done.seq };
            found.push(Violation { law: Law::NoTrace, at, what });
        }
    }
    for (when, seen) in &ledger.seen {
        if let Some(what) = unfounded(books, seen) {
            let at = Place::Entry { case: ledger.case, seq: when.seq };
            found.push(Violation { law: Law::ByMemory, at, what });
        }
    }
}

/// What an observation claims, if the world never showed it.
fn unfounded(books: &Books, seen: &Observation) -> Option<String> {
    let any = |test: &dyn Fn(&Happened) -> bool| books.records().iter().any(|r| test(&r.what));
    let (there, what) = match seen {
        Observation::Draft(draft) => (
            any(&|w| matches!(w, Happened::DraftMade { ghsa, .. } if *ghsa == draft.ghsa)),
            format!("a draft {} that was never made", draft.ghsa),
        ),
        Observation::Post { act, .. } => (
            any(&|w| matches!(w, Happened::Posted { act: posted, .. } if posted == act)),
            "a post that no list took".to_owned(),
        ),
        Observation::ListCopy(copy) => (
            !copy.shows()
                || any(&|w| matches!(w, Happened::Posted { act, .. } if *act == copy.act)),
            "a copy of a post that no list took".to_owned(),
        ),
        Observation::Release { release, .. } => (
            any(&|w| matches!(w, Happened::Released { tag, .. } if *tag == release.tag)),
            format!("a release {} that was never made", release.tag),
        ),
        Observation::Fix { commits, .. } => (
            commits.iter().all(|commit| {
                any(&|w| matches!(w, Happened::Pushed { commits, .. } if commits.contains(commit)))
            }),
            "commits of a fix that were never pushed".to_owned(),
        ),
        // An upstream's id comes from a CNA that this witness does not know.
        Observation::Cve { vulnerability, word: case::observation::CveWord::Assigned { id } } => (
            !any(
                &|w| matches!(w, Happened::CveAsked { vulnerability: asked, .. } if asked == vulnerability),
            ) || any(&|w| matches!(w, Happened::CveGiven { id: given, .. } if given == id)),
            format!("{id}, which was never given"),
        ),
        _ => return None,
    };
    (!there).then(|| format!("the journal observed {what}"))
}
