//! Law: nothing by memory. What everybody can read of a case's records was looked at: whoever
//! edited it on the web did not go unseen.

use case::PublicRecord;
use jiff::{SignedDuration, Timestamp};

use super::{Books, Law, Ledger, Place, SLACK, Violation, ledger::When};
use crate::world::record::{Happened, Record};

/// How long a changed copy may stand there before somebody must have seen it; the house looks every
/// hour on the first day, which is when a drill's copies are edited.
const LOOK: SignedDuration = SignedDuration::from_hours(2);

pub(super) fn check(books: &Books, ledger: &Ledger<'_>, found: &mut Vec<Violation>) {
    let Some(end) = books.records().last().map(|record| record.at) else { return };
    for record in books.records() {
        let Happened::Edited { published, what } = &record.what else { continue };
        let Some(act) = ledger.acts.get(published) else { continue };
        let Some(public) = PublicRecord::of(&act.plan.kind) else { continue };
        let mended = mended(books, record, *published);
        let wrong = |at: Timestamp| record.at < at && mended.is_none_or(|mended| at <= mended);
        let closed = ledger.closed.iter().any(|when| wrong(when.at));
        let until = mended.unwrap_or(end);
        let stood = until.duration_since(record.at) > LOOK;
        if (closed || stood) && !seen(ledger, public, record.at) && !left_out(ledger) {
            let what = format!("{what} in {}, and the journal does not say so", public.name());
            let at = Place::Witness(record.n);
            found.push(Violation { law: Law::ByMemory, at, what });
        }
    }
}

/// When the house put a copy right again.
fn mended(books: &Books, edited: &Record, published: case::ActId) -> Option<Timestamp> {
    let id = books.records().iter().find_map(|record| match &record.what {
        Happened::AdvisoryPublished { act, ghsa, .. } if *act == published => Some(ghsa),
        _ => None,
    })?;
    let mut later = books.records().iter().filter(|record| record.n > edited.n);
    later.find_map(|record| match &record.what {
        Happened::DraftChanged { ghsa, .. } if ghsa == id => Some(record.at),
        _ => None,
    })
}

fn seen(ledger: &Ledger<'_>, public: PublicRecord, since: Timestamp) -> bool {
    let since = since.checked_sub(SLACK).unwrap_or(since);
    let differs = |when: &When, copy: &case::PublishedCopy| {
        when.at >= since && copy.record == public && !copy.agrees()
    };
    ledger.copies().any(|(when, copy)| differs(when, copy))
}

/// Somebody chose not to look.
fn left_out(ledger: &Ledger<'_>) -> bool {
    super::memory::excused(ledger, Timestamp::MAX).contains("copies")
}
