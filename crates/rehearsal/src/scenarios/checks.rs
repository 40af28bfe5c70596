//! What endings have in common.

use case::{Case, act::ActKind, state::Phase};
use engine::View;
use jiff::{SignedDuration, Timestamp};

use super::Last;
use crate::world::record::{Happened, Record};

/// How long after its instant an advisory may be public in a story without mishaps.
const PUNCTUAL: SignedDuration = SignedDuration::from_secs(60);

pub(super) type Check<T = ()> = Result<T, String>;

pub(super) fn only<'a>(last: &Last<'a>) -> Check<&'a Case> {
    match last.views {
        [view] => Ok(&view.loaded.case),
        views => Err(format!("{} cases instead of one", views.len())),
    }
}

pub(super) fn closed(case: &Case) -> Check {
    match case.phase {
        Phase::Closed => Ok(()),
        ref other => Err(format!("the case ended as {other:?}")),
    }
}

/// The witness's record of a case's advisory.
pub(super) fn published<'a>(last: &Last<'a>, case: &Case) -> Check<&'a Record> {
    let own = case
        .acts_of(|kind| *kind == ActKind::PublishAdvisory)
        .map(|act| act.id)
        .collect::<Vec<_>>();
    let found = last.records.iter().find(|record| {
        matches!(&record.what, Happened::AdvisoryPublished { act, .. } if own.contains(act))
    });
    found.ok_or_else(|| format!("the advisory of {} was never published", case.codename))
}

/// Closed, and published at the disclosure's instant.
pub(super) fn on_time(last: &Last<'_>, case: &Case) -> Check<Timestamp> {
    closed(case)?;
    let at = published(last, case)?.at;
    let plan = case.disclosure.as_ref().ok_or("there is no disclosure")?;
    let late = at.duration_since(plan.instant);
    if !last.setting.faults && late > PUNCTUAL {
        return Err(format!("the advisory came {late:#} after its instant"));
    }
    Ok(at)
}

pub(super) fn ensure(holds: bool, otherwise: &str) -> Check {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

pub(super) fn happened(last: &Last<'_>, test: impl Fn(&Happened) -> bool) -> bool {
    last.records.iter().any(|record| test(&record.what))
}

/// A notice went to the distributors before the publication.
pub(super) fn notified(last: &Last<'_>) -> bool {
    let address = &last.setting.distributors;
    happened(last, |what| {
        matches!(what, Happened::Posted { to, subject, .. }
            if to == address && !subject.starts_with("Re:"))
    })
}

/// The first report of a case came from this address.
pub(super) fn reported_by(view: &View, mailbox: &str) -> bool {
    let reports = view.loaded.case.reports.values();
    reports.map(|link| link.mailbox.as_ref()).any(|m| m.is_some_and(|m| m.as_str() == mailbox))
}
