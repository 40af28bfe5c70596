//! Short stories: a refused CVE id, a report that is no security matter, a project of one.

use advisory::mailbox::MailboxError;
use case::{
    act::{ActKind, Topic},
    event::Triage,
    state::CveState,
};
use engine::View;

use super::{
    Last, Story,
    checks::{Check, closed, ensure, happened, on_time, only},
};
use crate::world::{
    record::Happened,
    setting::{CnaManner, Setting},
};

pub(super) struct CveDeclined;

impl Story for CveDeclined {
    fn name(&self) -> &'static str {
        "cve-declined"
    }

    fn about(&self) -> &'static str {
        "the CNA refuses, and the advisory goes out by plan B"
    }

    fn set(&self, setting: &mut Setting) -> Result<(), MailboxError> {
        setting.cna = CnaManner::Declines;
        Ok(())
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        on_time(last, case)?;
        let mut found = case.vulnerabilities.values();
        let declined = found.all(|v| v.cve == CveState::Declined && v.plan_b.is_some());
        ensure(declined, "there is no plan without an id")?;
        ensure(
            !happened(last, |what| matches!(what, Happened::CvePublished { .. })),
            "a record was published for an id that does not exist",
        )
    }
}

pub(super) struct NotSecurity;

impl Story for NotSecurity {
    fn name(&self) -> &'static str {
        "not-security"
    }

    fn about(&self) -> &'static str {
        "the report is of a bug that is better handled in public"
    }

    fn practised(&self) -> bool {
        false
    }

    fn verdict(&self, _: &View) -> Triage {
        Triage::NotSecurity
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        closed(case)?;
        let told = case
            .acts_of(|kind| matches!(kind, ActKind::TellReporter { topic: Topic::Verdict, .. }));
        ensure(
            told.filter(|act| act.done_at().is_some()).count() == 1,
            "the reporter was not told",
        )?;
        ensure(
            !happened(last, |what| matches!(what, Happened::DraftMade { .. })),
            "a draft was made for nothing",
        )
    }
}

pub(super) struct OnePerson;

impl Story for OnePerson {
    fn name(&self) -> &'static str {
        "one-person"
    }

    fn about(&self) -> &'static str {
        "a project of one, without distributors: fix, release and advisory at the same instant"
    }

    fn playbook(&self) -> &'static str {
        "minimal"
    }

    fn team(&self) -> usize {
        1
    }

    fn set(&self, setting: &mut Setting) -> Result<(), MailboxError> {
        setting.vendors.clear();
        Ok(())
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        on_time(last, case)?;
        let instant = case.disclosure.as_ref().map(|plan| plan.instant);
        let mut public =
            last.records.iter().filter(|r| matches!(r.what, Happened::Pushed { public: true, .. }));
        ensure(
            public.all(|record| Some(record.at) >= instant),
            "the fix was public before the instant",
        )
    }
}
