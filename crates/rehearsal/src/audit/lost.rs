//! Law: nothing lost. Whoever was told "received" finds the report in the journal, with its case.

use std::collections::BTreeSet;

use advisory::digest::Digest;
use jiff::SignedDuration;

use super::{Books, Law, Place, Violation};
use crate::world::record::Happened;

/// How long a mail may lie in the team's mailbox before it counts as lost.
const FETCH: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn check(books: &Books, found: &mut Vec<Violation>) {
    let kept: BTreeSet<Digest> = books
        .reports
        .iter()
        .filter(|report| report.case.is_some_and(|case| books.cases.contains_key(&case)))
        .filter_map(|report| report.bytes)
        .collect();
    let Some(end) = books.records().last().map(|record| record.at) else { return };
    for record in books.records() {
        let what = match &record.what {
            Happened::ReceiptSeen { bytes } if !kept.contains(bytes) => {
                "a reporter was told \"received\", and the journal does not have the report"
            }
            Happened::ReportSent { bytes, channel }
                if channel == "mail"
                    && end.duration_since(record.at) > FETCH
                    && !kept.contains(bytes) =>
            {
                "a report lay in the team's mailbox, and the journal does not have it"
            }
            _ => continue,
        };
        let at = Place::Witness(record.n);
        found.push(Violation { law: Law::NothingLost, at, what: what.to_owned() });
    }
}
