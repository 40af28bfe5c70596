//! Everybody cooperates: one full response by Contour's checklist.

use case::state::Phase;
use jiff::SignedDuration;

use super::{Last, Story};
use crate::world::record::Happened;

pub(super) struct Contour;

impl Story for Contour {
    fn name(&self) -> &'static str {
        "contour"
    }

    fn about(&self) -> &'static str {
        "a report, a fix on three lines, consenting distributors, a publication on time"
    }

    fn ending(&self, last: &Last<'_>) -> Result<(), String> {
        let [view] = last.views else { return Err("there is more than one case".into()) };
        let case = &view.loaded.case;
        if case.phase != Phase::Closed || !case.facts.is_public() {
            return Err(format!("the case ended as {:?}, {}", case.phase, case.facts));
        }
        let plan = case.disclosure.as_ref().ok_or("there is no disclosure")?;
        let published = last
            .records
            .iter()
            .find(|record| matches!(record.what, Happened::AdvisoryPublished { .. }))
            .ok_or("the advisory was never published")?;
        let late = published.at.duration_since(plan.instant);
        if late > SignedDuration::from_secs(60) {
            return Err(format!("the advisory came {late:#} after its instant"));
        }
        for what in ["Posted", "CvePublished"] {
            if !last.records.iter().any(|record| format!("{:?}", record.what).starts_with(what)) {
                return Err(format!("nothing was {what}"));
            }
        }
        Ok(())
    }
}
