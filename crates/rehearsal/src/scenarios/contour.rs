//! Everybody cooperates: one full response by Contour's checklist.

use super::{
    Last, Story,
    checks::{Check, ensure, happened, notified, on_time, only},
};
use crate::world::record::Happened;

pub(super) struct Contour;

impl Story for Contour {
    fn name(&self) -> &'static str {
        "contour"
    }

    fn about(&self) -> &'static str {
        "a report, a fix on three lines, consenting distributors, a publication on time"
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        on_time(last, case)?;
        ensure(notified(last), "the distributors were never told")?;
        let users = &last.setting.users;
        ensure(
            happened(last, |what| matches!(what, Happened::Posted { to, .. } if to == users)),
            "the users were never told",
        )?;
        ensure(
            happened(last, |what| matches!(what, Happened::CvePublished { .. })),
            "the CVE record was never published",
        )?;
        let releases = last.records.iter();
        let releases = releases.filter(|r| matches!(r.what, Happened::Released { .. })).count();
        ensure(releases == last.setting.supported.len(), "a line was not released once")?;
        ensure(case.retrospective.is_some(), "nobody looked back")
    }
}
