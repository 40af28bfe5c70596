//! Two vulnerabilities, reported two days apart, go out in one release.

use advisory::mailbox::MailboxError;
use engine::View;
use jiff::SignedDuration;

use super::{
    Last, Story,
    checks::{Check, ensure, on_time, reported_by},
};
use crate::{
    cast,
    world::{developers::Bug, record::Happened, setting::Setting},
};

pub(super) struct TwoVulnerabilities;

const OTHER: &str = "hana@header.example";
const REPORT: &str = "Hello,

a request whose header line never ends makes the proxy read on until its memory is gone. Reading
stops at a newline and at nothing else, see internal/wire/header.go. Send a header of a few
gigabytes and watch.
";

impl Story for TwoVulnerabilities {
    fn name(&self) -> &'static str {
        "two-vulnerabilities"
    }

    fn about(&self) -> &'static str {
        "two reports of two bugs, one release, two advisories at the same instant"
    }

    fn set(&self, setting: &mut Setting) -> Result<(), MailboxError> {
        let mut other = cast::finder()?;
        other.name = "Hana Header".into();
        other.mailbox = OTHER.parse()?;
        other.credit = Some(case::people::CreditAnswer::Anonymous);
        other.after = SignedDuration::from_hours(30);
        other.subject = "Memory can be exhausted with one header".into();
        other.text = REPORT.into();
        setting.reporters.push(other);
        Ok(())
    }

    fn bug(&self, view: &View) -> Bug {
        if reported_by(view, OTHER) { Bug::Header } else { Bug::Prefix }
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let [one, two] = last.views else {
            return Err(format!("{} cases instead of two", last.views.len()));
        };
        let first = on_time(last, &one.loaded.case)?;
        let second = on_time(last, &two.loaded.case)?;
        // A counterpart that is away makes one of them late, and is tried again soon.
        let apart = if last.setting.faults {
            SignedDuration::from_mins(10)
        } else {
            SignedDuration::from_mins(1)
        };
        ensure(first.duration_since(second).abs() < apart, "the two did not go out together")?;
        let releases = last.records.iter();
        let releases = releases.filter(|r| matches!(r.what, Happened::Released { .. })).count();
        ensure(releases == last.setting.supported.len(), "a line was not released exactly once")
    }
}
