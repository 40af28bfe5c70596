//! Two people find the same bug: one case goes on, and both are thanked.

use advisory::mailbox::MailboxError;
use case::{Command, state::Phase};
use engine::View;

use super::{
    Last, Story,
    checks::{Check, ensure, on_time, published, reported_by},
};
use crate::{
    cast,
    stage::{DrillError, Stage},
    world::{record::Happened, setting::Setting},
};

pub(super) struct TwoReporters;

const SECOND: &str = "sam@scanner.example";

impl Story for TwoReporters {
    fn name(&self) -> &'static str {
        "two-reporters"
    }

    fn about(&self) -> &'static str {
        "a second report turns out to be of the same bug"
    }

    fn set(&self, setting: &mut Setting) -> Result<(), MailboxError> {
        setting.reporters.push(cast::second_finder()?);
        Ok(())
    }

    /// The second report joins the first one's case, and its own case ends in that.
    fn twist(&mut self, stage: &mut Stage, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        if !reported_by(view, SECOND) || case.reports.len() > 1 {
            return Ok(false);
        }
        let views = stage.views()?;
        let Some(first) = views.iter().find(|v| v.loaded.case.id != case.id) else {
            return Ok(false);
        };
        let (into, by) = (first.loaded.case.id, stage.coordinator(view)?);
        for link in case.reports.values() {
            stage.give(into, by, &Command::Link(Box::new(link.clone())))?;
        }
        let reason = "it describes the same flaw".to_owned();
        stage.give(case.id, by, &Command::Merge { into, reason })
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let [one, two] = last.views else {
            return Err(format!("{} cases instead of two", last.views.len()));
        };
        // Mail that is late lets the second report come in first.
        let (one, two) = match (&one.loaded.case, &two.loaded.case) {
            (one, two) if matches!(one.phase, Phase::Merged { .. }) => (two, one),
            in_order => in_order,
        };
        on_time(last, one)?;
        ensure(two.phase == Phase::Merged { into: one.id }, "the second case was not merged")?;
        let Happened::AdvisoryPublished { advisory, .. } = &published(last, one)?.what else {
            return Err("no advisory".into());
        };
        let thanked: Vec<String> =
            advisory.credits.iter().map(advisory::Credit::display_name).collect();
        ensure(
            thanked.iter().any(|name| name.starts_with("Fiona Finder"))
                && thanked.iter().any(|name| name == "Sam Second"),
            &format!("thanked are only {thanked:?}"),
        )
    }
}
