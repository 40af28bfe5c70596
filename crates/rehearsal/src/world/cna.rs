//! The CVE numbering authority: takes hours, and may refuse.

use std::collections::BTreeMap;

use advisory::{Advisory, id::CveId};
use case::{ActId, VulnId, act::Proof, observation::CveWord};
use engine::ports::Found;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Scene,
    agenda::{Plan, after},
    public,
    record::Happened,
    setting::CnaManner,
    wire::{Outcome, Response, refused},
};
use crate::dice::Dice;

/// What can be asked of the CNA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        /// What it shall say.
        advisory: Box<Advisory>,
    },
    /// Look whether a call happened.
    Find {
        /// Its key.
        act: ActId,
    },
    /// A record, as everybody can read it.
    Published {
        /// Its id.
        id: CveId,
    },
    /// The latest word.
    Word {
        /// On what.
        vulnerability: VulnId,
    },
}

#[derive(Debug, Clone)]
struct Published {
    act: ActId,
    at: Timestamp,
    advisory: Advisory,
}

/// The CNA.
#[derive(Debug, Clone)]
pub struct Cna {
    dice: Dice,
    editors: Dice,
    records: BTreeMap<CveId, Published>,
    given: BTreeMap<VulnId, CveId>,
    words: BTreeMap<VulnId, CveWord>,
    done: Vec<(ActId, Proof)>,
}

impl Cna {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, "cna"),
            editors: Dice::new(seed, "editors at the cna"),
            records: BTreeMap::new(),
            given: BTreeMap::new(),
            words: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    pub(super) fn handle(&mut self, call: &Call, scene: &mut Scene<'_>) -> Outcome {
        match *call {
            Call::Published { id } => Ok(Response::Published(
                self.records.get(&id).and_then(|one| public::cve(id, one.at, &one.advisory)),
            )),
            Call::Ask { act, vulnerability } => {
                let at = after(scene.at, self.dice.minutes(90, 20 * 60));
                scene.agenda.add(at, Plan::CveAnswer(vulnerability));
                scene.note("cna", Happened::CveAsked { act, vulnerability });
                let reference = format!("request {}", self.done.len().saturating_add(1));
                Ok(self.receipt(act, reference))
            }
            Call::Publish { act, vulnerability, ref advisory } => {
                let id = *self
                    .given
                    .get(&vulnerability)
                    .ok_or_else(|| refused("no id was given for this"))?;
                self.words.insert(vulnerability, CveWord::Published);
                scene.note("cna", Happened::CvePublished { act, id });
                let published = Published { act, at: scene.at, advisory: (**advisory).clone() };
                self.records.insert(id, published);
                public::may_be_edited(act, &mut self.editors, scene);
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

    /// Somebody edits what an act published; who saw it, and what is otherwise now.
    pub(super) fn edit(&mut self, published: ActId) -> Option<(&'static str, &'static str)> {
        let record = self.records.values_mut().find(|record| record.act == published)?;
        Some(("cna", public::edit(&mut record.advisory, &mut self.editors)?))
    }

    fn receipt(&mut self, act: ActId, reference: String) -> Response {
        let proof = Proof { by: "cna".into(), reference };
        self.done.push((act, proof.clone()));
        Response::Proof(proof)
    }
}
