//! Law: plan, confirm, receipt. What was begun had been approved before, on exactly its bytes, by
//! as many different people as the policy asks for, each of whom remembers it.

use std::collections::BTreeSet;

use advisory::digest::Digest;
use case::{PersonId, policy::Approvals};

use super::{
    Books, Law, Ledger, Place, SLACK, Violation,
    ledger::{ActLines, Approval, When},
};
use crate::world::record::Happened;

pub(super) fn check(books: &Books, ledger: &Ledger<'_>, found: &mut Vec<Violation>) {
    for (act, lines) in &ledger.acts {
        let Some(started) = lines.started.first() else { continue };
        let mut say = |seq: u64, what: String| {
            let at = Place::Entry { case: ledger.case, seq };
            found.push(Violation { law: Law::Unconfirmed, at, what });
        };
        let name = lines.plan.kind.name();
        if lines.plan.digest().ok() != Some(lines.digest) {
            say(lines.planned.seq, format!("{name}: the digest is not that of the plan"));
        }
        let (approvals, digest, needs) = match ledger.disclosure_of(*act) {
            Some(plan) => (&plan.approvals, plan.digest, lines.needs.max(1)),
            None => (&lines.approvals, lines.digest, lines.needs),
        };
        let needs = needs.max(wanted(ledger, lines, *started));
        let standing = people(ledger, approvals, digest, *started);
        if standing.len() < usize::from(needs) {
            let what = format!("{name}: begun with {} of {needs} approvals", standing.len());
            say(started.seq, what);
        }
    }
    let single = ledger.acts.values().flat_map(|lines| &lines.approvals);
    let whole = ledger.disclosures.values().flat_map(|plan| &plan.approvals);
    for approval in single.chain(whole) {
        if books.witness.is_some() && !remembered(books, approval) {
            let at = Place::Entry { case: ledger.case, seq: approval.when.seq };
            let what = "an approval that its giver knows nothing of".to_owned();
            found.push(Violation { law: Law::Unconfirmed, at, what });
        }
    }
}

/// What the policy in force asks for; nothing can be planned with less.
fn wanted(ledger: &Ledger<'_>, lines: &ActLines<'_>, started: When) -> u8 {
    let Some(Approvals { publish, notice, other }) = ledger.approvals(started) else { return 0 };
    let kind = &lines.plan.kind;
    match kind {
        case::act::ActKind::Acknowledge { .. } => 0,
        case::act::ActKind::PublishAdvisory | case::act::ActKind::PublishCve { .. } => publish,
        case::act::ActKind::NotifyDistributors
        | case::act::ActKind::Nudge { .. }
        | case::act::ActKind::NotifyUsers
        | case::act::ActKind::FollowUp => notice,
        _ => other,
    }
}

/// Different people who stood behind exactly these bytes before, and still take part.
fn people(
    ledger: &Ledger<'_>,
    approvals: &[Approval],
    digest: Digest,
    started: When,
) -> BTreeSet<PersonId> {
    approvals
        .iter()
        .filter(|a| a.when.seq < started.seq && a.digest == digest)
        .filter(|a| !ledger.gone(a.by, started.at))
        .map(|a| a.by)
        .collect()
}

fn remembered(books: &Books, approval: &Approval) -> bool {
    let limit = approval.when.at.saturating_add(SLACK).unwrap_or(approval.when.at);
    books.records().iter().any(|record| {
        record.at <= limit
            && matches!(&record.what, Happened::StoodBehind { person, digest }
                if *person == approval.by && *digest == approval.digest)
    })
}
