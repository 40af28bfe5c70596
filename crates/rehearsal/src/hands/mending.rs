//! What went wrong on its way out: a person finds out, and decides.

use case::{
    Command,
    act::{ActState, Proof},
};
use engine::View;

use super::Did;
use crate::{
    stage::Stage,
    world::wire::{Request, Response},
};

impl Stage {
    /// Settles the first act whose outcome is open or bad: asks the other side by telephone, as it
    /// were, and records what it says, or has the act tried again.
    pub(crate) fn mend(&mut self, view: &View) -> Did {
        let case = &view.loaded.case;
        for act in case.acts.values() {
            let command = match &act.state {
                ActState::Uncertain { .. } => {
                    if let Some(reference) = self.told(act.id)? {
                        let proof = Proof { by: "a person's word".into(), reference };
                        Command::Resolve { act: act.id, proof }
                    } else {
                        let reason = "the other side says that it never arrived".to_owned();
                        Command::Retry { act: act.id, reason }
                    }
                }
                ActState::Failed { .. } if act.attempts < 4 => {
                    let reason = "it failed for a passing cause".to_owned();
                    Command::Retry { act: act.id, reason }
                }
                _ => continue,
            };
            let by = self.coordinator(view)?;
            if self.give(case.id, by, &command)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn told(&self, act: case::ActId) -> Result<Option<String>, crate::stage::DrillError> {
        let Response::Records(records) = self.ask(&Request::Records)? else { return Ok(None) };
        let record = records.iter().find(|record| record.what.act() == Some(act));
        Ok(record.map(|record| format!("witness record {}", record.n)))
    }
}
