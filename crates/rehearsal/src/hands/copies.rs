//! What everybody can read, and it is not what was approved: put right where there is an act for it,
//! or taken as it is.

use case::{PublicRecord, act::ActKind, copies::SeenCopy, event::Decision};
use engine::View;
use jiff::SignedDuration;

use super::Did;
use crate::stage::Stage;

/// How long the house may take to look at what was put right.
const LOOK: SignedDuration = SignedDuration::from_mins(30);

impl Stage {
    /// Answers the first copy that differs.
    pub(super) fn copies(&mut self, view: &View) -> Did {
        let open = view.loaded.case.copies.values().find(|seen| seen.open()).cloned();
        let Some(seen) = open else { return Ok(false) };
        let mends = seen.copy.record == PublicRecord::Advisory && self.setting.seed % 2 == 1;
        match view
            .loaded
            .case
            .acts_of(|kind| *kind == ActKind::UpdateDraft)
            .filter_map(|act| act.done_at().filter(|at| *at > seen.at))
            .last()
        {
            Some(at) if self.now().duration_since(at) < LOOK => Ok(false),
            None if mends => self.carry(view, &ActKind::UpdateDraft),
            _ => self.accept(view, &seen),
        }
    }

    fn accept(&mut self, view: &View, seen: &SeenCopy) -> Did {
        let (record, digest) = (seen.copy.record, seen.copy.digest);
        let reason = "readers are not misled by it".to_owned();
        self.decide(view, Decision::AcceptCopy { record, digest, reason })
    }
}
