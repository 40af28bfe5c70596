//! The forge: advisories, their private forks, and who has access.
//!
//! It behaves as GitHub does: a second call makes a second draft, lists of people are full
//! replacements, invitations wait until they are accepted, an organisation's owners see every
//! fork, and a fork takes minutes to appear. An advisory can be found again by the key that its
//! maker hid in it.

use std::collections::BTreeSet;

use advisory::{Advisory, GhsaId, LineStanding, Stage, credit::Naming};
use case::{
    ActId, LineKey,
    act::Proof,
    observation::{Access, Draft, DraftState},
};
use engine::ports::Found;
use serde::{Deserialize, Serialize};

use super::{
    Scene,
    agenda::{Plan, after},
    public,
    record::Happened,
    wire::{Outcome, Response, refused},
};
use crate::dice::Dice;

/// What can be asked of the forge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Make a draft.
    Create {
        /// The caller's key.
        act: ActId,
        /// In which repository.
        repository: String,
        /// What it shall say.
        advisory: Box<Advisory>,
    },
    /// Change a draft.
    Update {
        /// The caller's key.
        act: ActId,
        /// In which repository.
        repository: String,
        /// What it shall say.
        advisory: Box<Advisory>,
    },
    /// Make it public.
    Publish {
        /// The caller's key.
        act: ActId,
        /// In which repository.
        repository: String,
        /// What it shall say.
        advisory: Box<Advisory>,
    },
    /// Make the private fork.
    Fork {
        /// The caller's key.
        act: ActId,
        /// In which repository.
        repository: String,
    },
    /// Give exactly these accounts access to the latest fork.
    SetAccess {
        /// The caller's key.
        act: ActId,
        /// The accounts.
        logins: BTreeSet<String>,
    },
    /// Look whether a call happened.
    Find(ActId),
    /// The advisory that a call made.
    Draft(ActId),
    /// The fork that a call asked for.
    ForkOf(ActId),
    /// Who has access to a fork.
    Access(String),
    /// An advisory, as everybody can read it.
    Published(GhsaId),
}

impl Call {
    pub(super) fn changes(&self) -> bool {
        !matches!(
            self,
            Self::Find(_) | Self::Draft(_) | Self::ForkOf(_) | Self::Access(_) | Self::Published(_)
        )
    }
}

#[derive(Debug, Clone)]
struct Held {
    act: ActId,
    published: Option<ActId>,
    ghsa: GhsaId,
    repository: String,
    state: DraftState,
    advisory: Advisory,
}

#[derive(Debug, Clone)]
struct Fork {
    act: ActId,
    url: String,
    ready: bool,
    access: Access,
}

/// The forge.
#[derive(Debug, Clone)]
pub struct Forge {
    dice: Dice,
    editors: Dice,
    organisation: String,
    held: Vec<Held>,
    forks: Vec<Fork>,
    done: Vec<(ActId, Proof)>,
}

impl Forge {
    pub(super) fn new(seed: u64, organisation: &str) -> Self {
        Self {
            dice: Dice::new(seed, "forge"),
            editors: Dice::new(seed, "editors at the forge"),
            organisation: organisation.to_owned(),
            held: Vec::new(),
            forks: Vec::new(),
            done: Vec::new(),
        }
    }

    pub(super) fn handle(&mut self, call: &Call, scene: &mut Scene<'_>) -> Outcome {
        match call {
            Call::Create { act, repository, advisory } => {
                self.create(*act, repository, advisory, scene)
            }
            Call::Update { act, repository, advisory } => {
                // What is published can be edited, as on GitHub.
                let states = [DraftState::Draft, DraftState::Published];
                let held = self.find(repository, advisory, &states)?;
                held.advisory = (**advisory).clone();
                let ghsa = held.ghsa.clone();
                let what = Happened::DraftChanged {
                    act: *act,
                    ghsa: ghsa.clone(),
                    advisory: advisory.clone(),
                };
                scene.note("forge", what);
                Ok(self.receipt(*act, ghsa.as_str()))
            }
            Call::Publish { act, repository, advisory } => {
                let held = self.find(repository, advisory, &[DraftState::Draft])?;
                held.advisory = (**advisory).clone();
                held.state = DraftState::Published;
                held.published = Some(*act);
                let ghsa = held.ghsa.clone();
                let what = Happened::AdvisoryPublished {
                    act: *act,
                    ghsa: ghsa.clone(),
                    advisory: advisory.clone(),
                };
                scene.note("forge", what);
                public::may_be_edited(*act, &mut self.editors, scene);
                Ok(self.receipt(*act, ghsa.as_str()))
            }
            Call::Fork { act, repository } => {
                let number = self.forks.len().saturating_add(1);
                let url = format!(
                    "https://forge.example/{}/{repository}-ghsa-{number}",
                    self.organisation
                );
                let owners = scene.setting.owners.clone();
                let access = Access { inherited: owners, ..Access::default() };
                self.forks.push(Fork { act: *act, url: url.clone(), ready: false, access });
                scene
                    .agenda
                    .add(after(scene.at, self.dice.seconds(20, 290)), Plan::ForkReady(*act));
                scene.note("forge", Happened::ForkAsked { act: *act });
                Ok(self.receipt(*act, &url))
            }
            Call::SetAccess { act, logins } => self.set_access(*act, logins, scene),
            Call::Find(act) => {
                let found = self.done.iter().find(|(done, _)| done == act);
                Ok(Response::Found(
                    found.map_or(Found::Missing, |(_, proof)| Found::Present(proof.clone())),
                ))
            }
            Call::Draft(act) => {
                let held = self.held.iter().find(|held| held.act == *act);
                Ok(Response::Draft(held.map(|held| self.as_read(held))))
            }
            Call::ForkOf(act) => {
                let fork = self.forks.iter().find(|fork| fork.act == *act && fork.ready);
                Ok(Response::Fork(fork.map(|fork| fork.url.clone())))
            }
            Call::Access(url) => self
                .forks
                .iter()
                .find(|fork| fork.url == *url)
                .map(|fork| Response::Access(fork.access.clone()))
                .ok_or_else(|| refused("404: no such repository")),
            Call::Published(id) => {
                let public = |held: &&Held| held.ghsa == *id && held.published.is_some();
                let held = self.held.iter().find(public);
                Ok(Response::Published(
                    held.and_then(|held| public::ghsa(id, &self.url(held), &held.advisory)),
                ))
            }
        }
    }

    /// Somebody edits what an act published; who saw it, and what is otherwise now.
    pub(super) fn edit(&mut self, published: ActId) -> Option<(&'static str, &'static str)> {
        let held = self.held.iter_mut().find(|held| held.published == Some(published))?;
        Some(("forge", public::edit(&mut held.advisory, &mut self.editors)?))
    }

    /// A fork appears; answers its address, which the developers clone.
    pub(super) fn fork_ready(&mut self, act: ActId) -> Option<String> {
        let fork = self.forks.iter_mut().find(|fork| fork.act == act)?;
        fork.ready = true;
        Some(fork.url.clone())
    }

    pub(super) fn accept(&mut self, fork: ActId, login: &str, scene: &mut Scene<'_>) {
        let found = self.forks.iter_mut().find(|held| held.act == fork);
        if let Some(found) = found
            && found.access.pending.remove(login)
        {
            found.access.members.insert(login.to_owned());
            scene.note("forge", Happened::Joined { login: login.to_owned() });
        }
    }

    fn create(
        &mut self,
        act: ActId,
        repository: &str,
        advisory: &Advisory,
        scene: &mut Scene<'_>,
    ) -> Outcome {
        if advisory.title.as_deref().is_none_or(|title| title.trim().is_empty()) {
            return Err(refused("422: summary is missing"));
        }
        let ghsa = self.draw_id().ok_or_else(|| refused("500: no id"))?;
        self.held.push(Held {
            act,
            published: None,
            ghsa: ghsa.clone(),
            repository: repository.to_owned(),
            state: DraftState::Draft,
            advisory: advisory.clone(),
        });
        let what =
            Happened::DraftMade { act, ghsa: ghsa.clone(), advisory: Box::new(advisory.clone()) };
        scene.note("forge", what);
        Ok(self.receipt(act, ghsa.as_str()))
    }

    fn draw_id(&mut self) -> Option<GhsaId> {
        let letters: Vec<char> = GhsaId::ALPHABET.chars().collect();
        let mut text = String::from("GHSA");
        for place in 0..12 {
            if place % 4 == 0 {
                text.push('-');
            }
            let end = u64::try_from(letters.len()).ok()?;
            text.push(*letters.get(usize::try_from(self.dice.below(end)).ok()?)?);
        }
        text.parse().ok()
    }

    /// The one that an advisory means: by its id, or else the repository's latest.
    fn find(
        &mut self,
        repository: &str,
        advisory: &Advisory,
        states: &[DraftState],
    ) -> Result<&mut Held, engine::ports::PortError> {
        self.held
            .iter_mut()
            .rev()
            .find(|held| {
                held.repository == repository
                    && states.contains(&held.state)
                    && advisory.ghsa.as_ref().is_none_or(|ghsa| *ghsa == held.ghsa)
            })
            .ok_or_else(|| refused("404: no such draft"))
    }

    fn set_access(
        &mut self,
        act: ActId,
        logins: &BTreeSet<String>,
        scene: &mut Scene<'_>,
    ) -> Outcome {
        let Some(fork) = self.forks.iter_mut().rev().find(|fork| fork.ready) else {
            return Err(refused("404: there is no private fork yet"));
        };
        fork.access.members.retain(|login| logins.contains(login));
        fork.access.pending.retain(|login| logins.contains(login));
        for login in logins {
            if fork.access.members.contains(login) || fork.access.pending.contains(login) {
                continue;
            }
            if fork.access.inherited.contains(login) {
                // Owners have access already: there is nothing for them to accept.
                fork.access.members.insert(login.clone());
            } else {
                fork.access.pending.insert(login.clone());
                let at = after(scene.at, self.dice.minutes(5, 90));
                scene.agenda.add(at, Plan::Accept { fork: fork.act, login: login.clone() });
            }
        }
        let url = fork.url.clone();
        scene.note("forge", Happened::AccessSet { act, logins: logins.clone() });
        Ok(self.receipt(act, &url))
    }

    fn receipt(&mut self, act: ActId, reference: &str) -> Response {
        let proof = Proof { by: "forge".into(), reference: reference.to_owned() };
        self.done.push((act, proof.clone()));
        Response::Proof(proof)
    }

    fn url(&self, held: &Held) -> String {
        let (organisation, Held { repository, ghsa, .. }) = (&self.organisation, held);
        format!("https://forge.example/{organisation}/{repository}/security/advisories/{ghsa}")
    }

    fn as_read(&self, held: &Held) -> Draft {
        let advisory = &held.advisory;
        let lines =
            advisory.vulnerabilities.iter().flat_map(|v| &v.affected).flat_map(|a| &a.lines);
        let patched = lines
            .filter_map(|line| match &line.standing {
                LineStanding::Affected(versions) => {
                    let fixed = versions.fixed(Stage::Planned)?;
                    Some((LineKey::new(&held.repository, &line.line), fixed.to_string()))
                }
                LineStanding::NotAffected { .. } => None,
            })
            .collect();
        let credits = advisory
            .credits
            .iter()
            .filter(|credit| credit.may_be_shown() && credit.naming != Naming::Anonymous)
            .map(advisory::Credit::display_name)
            .collect();
        let first = advisory.vulnerabilities.first();
        Draft {
            ghsa: held.ghsa.clone(),
            url: self.url(held),
            state: held.state,
            patched,
            credits,
            vector: first.and_then(|v| v.vector.as_ref()).map(ToString::to_string),
            cwes: advisory.vulnerabilities.iter().flat_map(|v| v.cwes.clone()).collect(),
        }
    }
}
