//! What the people of a stage keep in mind, so that they can go on with a house that was killed.
//!
//! A house that dies takes nothing of this with it: people and world are still there. Whoever keeps
//! a [`Memory`] after every turn can set the stage once more on the same store.

use case::ProjectId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Crew, DrillError, Props, Stage, engine};
use crate::hands::Work;

/// What the people of a stage know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Memory {
    /// The project.
    pub project: ProjectId,
    /// The people.
    pub crew: Crew,
    /// What the developers have done.
    pub work: Work,
    /// True time when this was kept.
    pub now: Timestamp,
}

impl Stage {
    /// Sets the stage once more, on a store in which it was set before. The clock has to stand
    /// after the end of every lease that the dead house may have held.
    ///
    /// # Errors
    /// When the playbook is unknown.
    pub fn again_with(props: Props, memory: Memory) -> Result<Self, DrillError> {
        let (engine, _) = engine(&props)?;
        Ok(Self::with(props, engine, memory))
    }

    /// What has to be kept to go on after the house was killed.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory {
            project: self.project,
            crew: self.crew.clone(),
            work: self.work.clone(),
            now: self.clock.now(),
        }
    }
}
