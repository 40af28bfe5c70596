//! The CVE numbering authority: takes hours, and may refuse.

use std::collections::BTreeMap;

use advisory::id::CveId;
use case::{ActId, VulnId, act::Proof, observation::CveWord};
use engine::ports::Found;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    Scene,
    agenda::{Plan, after},
    record::Happened,
    setting::CnaManner,
    wire::{Outcome, Response, refused},
};
use crate::dice::Dice;

/// What can be asked of the CNA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Give an id.
    Ask {
        /// The caller's key.
        act: ActId,
        /// For what.
        vulnerability: VulnId,
    },
    /// Publish the record.
    Publish {
        /// The caller's key.
        act: ActId,
        /// Of what.
        vulnerability: VulnId,
    },
    /// Look whether a call happened.
    Find {
        /// Its key.
        act: ActId,
    },
    /// The latest word.
    Word {
        /// On what.
        vulnerability: VulnId,
    },
}

/// The CNA.
#[derive(Debug, Clone)]
pub struct Cna {
    dice: Dice,
    given: BTreeMap<VulnId, CveId>,
    words: BTreeMap<VulnId, CveWord>,
    done: Vec<(ActId, Proof)>,
}

impl Cna {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, "cna"),
            given: BTreeMap::new(),
            words: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    pub(super) fn handle(&mut self, call: &Call, scene: &mut Scene<'_>) -> Outcome {
        match *call {
            Call::Ask { act, vulnerability } => {
                let at = after(scene.at, self.dice.minutes(90, 20 * 60));
                scene.agenda.add(at, Plan::CveAnswer(vulnerability));
                scene.note("cna", Happened::CveAsked { act, vulnerability });
                let reference = format!("request {}", self.done.len().saturating_add(1));
                Ok(self.receipt(act, reference))
            }
            Call::Publish { act, vulnerability } => {
                let id = *self
                    .given
                    .get(&vulnerability)
                    .ok_or_else(|| refused("no id was given for this"))?;
                self.words.insert(vulnerability, CveWord::Published);
                scene.note("cna", Happened::CvePublished { act, id });
                Ok(self.receipt(act, id.to_string()))
            }
            Call::Find { act } => {
                let found = self.done.iter().find(|(done, _)| *done == act);
                Ok(Response::Found(
                    found.map_or(Found::Missing, |(_, proof)| Found::Present(proof.clone())),
                ))
            }
            Call::Word { vulnerability } => {
                Ok(Response::Word(self.words.get(&vulnerability).cloned()))
            }
        }
    }

    pub(super) fn answer(&mut self, vulnerability: VulnId, scene: &mut Scene<'_>) {
        if self.words.contains_key(&vulnerability) {
            return;
        }
        if scene.setting.cna == CnaManner::Declines {
            let why = "the described behaviour is outside of our scope".into();
            self.words.insert(vulnerability, CveWord::Declined { why });
            scene.note("cna", Happened::CveRefused { vulnerability });
            return;
        }
        let year = scene.at.to_zoned(TimeZone::UTC).year();
        let number = self.dice.below(40_000).saturating_add(20_000);
        let Ok(id) = format!("CVE-{year}-{number}").parse::<CveId>() else { return };
        self.given.insert(vulnerability, id);
        self.words.insert(vulnerability, CveWord::Assigned { id });
        scene.note("cna", Happened::CveGiven { vulnerability, id });
    }

    fn receipt(&mut self, act: ActId, reference: String) -> Response {
        let proof = Proof { by: "cna".into(), reference };
        self.done.push((act, proof.clone()));
        Response::Proof(proof)
    }
}
