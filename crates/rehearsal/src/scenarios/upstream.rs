//! The bug is a dependency's: its date and its CVE id are inherited.

use case::{
    Command,
    act::ActKind,
    event::Origin,
    observation::{CveWord, Observation},
};
use engine::View;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    Last, Story,
    checks::{Check, ensure, on_time, only},
};
use crate::stage::{DrillError, Stage};

const ID: &str = "CVE-2026-11111";

pub(super) struct Upstream;

/// The date that upstream has set: the second Wednesday after the beginning, an hour of its own.
fn date(begins: Timestamp) -> Option<Timestamp> {
    let start = begins.to_zoned(TimeZone::UTC).date();
    let mut day = start.checked_add(SignedDuration::from_hours(8 * 24)).ok()?;
    while day.weekday() != jiff::civil::Weekday::Wednesday {
        day = day.tomorrow().ok()?;
    }
    Some(day.at(17, 30, 0, 0).to_zoned(TimeZone::UTC).ok()?.timestamp())
}

impl Story for Upstream {
    fn name(&self) -> &'static str {
        "upstream"
    }

    fn about(&self) -> &'static str {
        "the embargo is owned by the project that the bug comes from"
    }

    fn origin(&self) -> Origin {
        Origin::Upstream { project: "envoy".into() }
    }

    fn instant(&self, stage: &Stage) -> Option<Timestamp> {
        date(stage.setting.begins)
    }

    fn practised(&self) -> bool {
        false
    }

    fn twist(&mut self, stage: &mut Stage, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        let nameless = case.vulnerabilities.iter().find(|(_, v)| v.cve_id.is_none());
        let (Some((id, _)), Ok(cve)) = (nameless, ID.parse()) else { return Ok(false) };
        let word = CveWord::Assigned { id: cve };
        let seen = Observation::Cve { vulnerability: *id, word };
        let by = stage.coordinator(view)?;
        stage.give(case.id, by, &Command::Observe(Box::new(seen)))
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        let at = on_time(last, case)?;
        let date = date(last.setting.begins).ok_or("upstream has no date")?;
        ensure(at >= date, "the advisory came before upstream's date")?;
        let asked = case.acts_of(|kind| matches!(kind, ActKind::RequestCve { .. })).count();
        ensure(asked == 0, "a second CVE id was asked for")?;
        let ids: Vec<String> = case.cve_ids().iter().map(ToString::to_string).collect();
        ensure(ids == [ID], "upstream's CVE id was not kept")
    }
}
