//! Distributors who do not simply accept: one objects, one is silent, one cannot be reached, one
//! talks.

use advisory::mailbox::{Mailbox, MailboxError};
use case::{Command, Role, act::ActKind, observation::Delivery};
use engine::View;
use jiff::SignedDuration;

use super::{
    Last, Story,
    checks::{Check, ensure, notified, on_time, only},
};
use crate::{
    stage::{DrillError, Stage},
    world::{
        record::{Happened, Record},
        setting::{Setting, Vendor, VendorManner},
    },
};

/// Which vendor does it.
const VENDOR: usize = 1;

fn make(setting: &mut Setting, manner: VendorManner) {
    if let Some(vendor) = setting.vendors.get_mut(VENDOR) {
        vendor.manner = manner;
    }
}

fn vendor<'a>(last: &Last<'a>) -> Check<&'a Vendor> {
    last.setting.vendors.get(VENDOR).ok_or_else(|| "there is no such vendor".into())
}

pub(super) struct Objects;

impl Story for Objects {
    fn name(&self) -> &'static str {
        "distributor-objects"
    }

    fn about(&self) -> &'static str {
        "a distributor objects to the date and accepts a later one"
    }

    fn set(&self, setting: &mut Setting) -> Result<(), MailboxError> {
        make(setting, VendorManner::Objects("our build farm is down until the day after".into()));
        Ok(())
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        let at = on_time(last, case)?;
        let [first, second] = case.embargo.proposals.as_slice() else {
            return Err(format!("{} dates instead of two", case.embargo.proposals.len()));
        };
        ensure(second.instant > first.instant, "the second date is not later")?;
        ensure(at >= second.instant, "the second date was not kept")?;
        ensure(case.embargo.agreed == Some(2), "the second date is not the agreed one")
    }
}

pub(super) struct Silent;

impl Story for Silent {
    fn name(&self) -> &'static str {
        "distributor-silent"
    }

    fn about(&self) -> &'static str {
        "a distributor never answers, which counts after proven delivery and the deadline"
    }

    fn set(&self, setting: &mut Setting) -> Result<(), MailboxError> {
        make(setting, VendorManner::Silent);
        Ok(())
    }

    /// The house prepares a reminder; the team stands behind it.
    fn twist(&mut self, stage: &mut Stage, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        let waiting =
            case.acts_of(|kind| matches!(kind, ActKind::Nudge { .. })).find(|act| !act.over());
        waiting.map_or(Ok(false), |act| stage.stand_behind(view, act))
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        on_time(last, case)?;
        let silent = vendor(last)?;
        let name = &silent.organisation;
        let others = last.setting.vendors.iter().filter(|it| it.organisation != *name);
        let mailed = |to: &Mailbox| {
            let theirs = |record: &&Record| matches!(&record.what, Happened::Mailed { to: it, .. } if it == to);
            last.records.iter().filter(theirs).count()
        };
        ensure(mailed(&silent.mailbox) == 1, "the silent one was not reminded once")?;
        ensure(others.map(|it| mailed(&it.mailbox)).sum::<usize>() == 0, "others were reminded")?;
        let spoke = case.embargo.consents.keys().any(|person| {
            case.people.get(person).is_some_and(|p| p.organisation.as_ref() == Some(name))
        });
        ensure(!spoke, "the silent one has spoken")
    }
}

#[derive(Default)]
pub(super) struct Bounces {
    called: bool,
}

impl Story for Bounces {
    fn name(&self) -> &'static str {
        "distributor-bounces"
    }

    fn about(&self) -> &'static str {
        "a distributor's copy comes back, and somebody has to call"
    }

    fn set(&self, setting: &mut Setting) -> Result<(), MailboxError> {
        make(setting, VendorManner::Bounces);
        Ok(())
    }

    /// A bounce is not silence: somebody calls, and writes down what was said.
    fn twist(&mut self, stage: &mut Stage, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        let bounced = case.holding(Role::Distributor).find(|(person, _)| {
            case.deliveries.values().any(|copies| {
                matches!(copies.get(person), Some((Delivery::Bounced { hard: true, .. }, _)))
            })
        });
        let (Some((person, _)), Some(revision), false) =
            (bounced, case.embargo.current(), self.called)
        else {
            return Ok(false);
        };
        let by = stage.coordinator(view)?;
        self.called = stage.give(case.id, by, &Command::Consent { person, revision })?;
        Ok(self.called)
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        on_time(last, case)?;
        ensure(notified(last), "the distributors were never told")?;
        ensure(self.called, "nobody called")
    }
}

pub(super) struct Leaks;

impl Story for Leaks {
    fn name(&self) -> &'static str {
        "distributor-leaks"
    }

    fn about(&self) -> &'static str {
        "a distributor tells the world, owns up, and everything goes out at once"
    }

    fn set(&self, setting: &mut Setting) -> Result<(), MailboxError> {
        make(setting, VendorManner::Leaks(SignedDuration::from_hours(30)));
        Ok(())
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        let at = on_time(last, case)?;
        ensure(case.leaks.len() == 1, "the leak was not recorded once")?;
        let agreed = case.embargo.agreed.and_then(|r| case.embargo.proposal(r));
        let agreed = agreed.ok_or("no date was ever agreed")?;
        ensure(at < agreed.instant, "the advisory waited although everybody knew")
    }
}
