//! A project: its rules and its security team, as events in its own stream.

use std::collections::{BTreeMap, BTreeSet};

use advisory::{Imprint, Mailbox};
use case::{
    PersonId, Policy, ProjectId, Role, Roll, Terms,
    event::PlaybookPin,
    rights::Actor,
    roll::Change,
    sealing::{Book, Correspondent},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::{LocalClone, Repository};

/// What happened to a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ProjectEvent {
    /// It was set up.
    Created {
        /// Its rules.
        policy: Box<Policy>,
        /// The playbook that new cases follow.
        playbook: PlaybookPin,
    },
    /// Somebody joined the security team.
    Joined {
        /// Who.
        person: PersonId,
    },
    /// A member made a link that signs another one in.
    LinkMade {
        /// Whom.
        person: PersonId,
    },
    /// Somebody left it.
    Left {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// New cases follow other rules.
    Ruled {
        /// The rules.
        policy: Box<Policy>,
        /// The playbook.
        playbook: PlaybookPin,
        /// Why.
        reason: String,
    },
    /// It signs what it publishes like this from now on.
    Signs {
        /// The imprint.
        imprint: Box<Imprint>,
    },
    /// One of its repositories is read here from now on, or nowhere any more.
    ReadFrom {
        /// Which.
        repository: String,
        /// Where.
        clone: Option<LocalClone>,
    },
    /// Mail to one of its lists is protected like this from now on.
    Protects {
        /// The list's address, as it is compared.
        address: Mailbox,
        /// How.
        correspondent: Box<Correspondent>,
    },
    /// These are the words that it says every day, in every case, from now on.
    Everyday {
        /// All of them.
        words: Terms,
    },
    /// Its roll of distributors changed.
    Roll {
        /// How.
        change: Box<Change>,
    },
}

/// A project's event as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectEntry {
    pub(crate) v: u32,
    pub(crate) actor: Actor,
    pub(crate) recorded_at: Timestamp,
    pub(crate) event: ProjectEvent,
}

/// A project as its events make it.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Sequence number of its last event.
    pub head: u64,
    /// Rules for new cases.
    pub policy: Policy,
    /// Playbook for new cases.
    pub playbook: PlaybookPin,
    /// The security team.
    pub team: BTreeSet<PersonId>,
    /// How it signs what it publishes, and since when, once somebody said so. No rule of a case:
    /// every record takes the one in force.
    pub imprint: Option<(Imprint, Timestamp)>,
    /// Where its repositories are read. No rule of a case: every look takes the one in force.
    pub clones: BTreeMap<String, LocalClone>,
    /// How mail to its lists is protected. No rule of a case: every mail takes what is in force.
    pub book: Book,
    /// Its distributors. No rule of a case either: every notice asks the roll as it is.
    pub roll: Roll,
    /// What it says every day, so that it gives no case away; with who said so, and when. No rule of a
    /// case: every look takes what is in force.
    pub everyday: Option<Everyday>,
}

/// Words that a project says every day. They may tell of cases, and so `Debug` shows none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Everyday {
    /// The words, one a line.
    pub words: Terms,
    /// Who chose them.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl Project {
    pub(crate) fn begin(id: ProjectId, event: &ProjectEvent) -> Option<Self> {
        let ProjectEvent::Created { policy, playbook } = event else { return None };
        let (policy, playbook) = ((**policy).clone(), playbook.clone());
        let (team, clones, book) = (BTreeSet::new(), BTreeMap::new(), Book::new());
        let (imprint, roll, everyday) = (None, Roll::default(), None);
        Some(Self { id, head: 1, policy, playbook, team, imprint, clones, book, roll, everyday })
    }

    /// A repository of this name, and where it is read.
    #[must_use]
    pub fn repository<'a>(&'a self, name: &'a str) -> Repository<'a> {
        Repository { name, clone: self.clones.get(name) }
    }

    /// Its repositories.
    pub fn repositories(&self) -> impl Iterator<Item = Repository<'_>> {
        self.policy.repositories.iter().map(|name| self.repository(name))
    }

    /// What somebody is in the project as a whole, apart from any case.
    #[must_use]
    pub fn roles_of(&self, person: PersonId) -> BTreeSet<Role> {
        self.team.contains(&person).then_some(Role::Team).into_iter().collect()
    }

    /// The words that it says every day.
    pub(crate) fn said(&self) -> &[String] {
        self.everyday.as_ref().map_or(&[], |everyday| everyday.words.lines())
    }

    pub(crate) fn evolve(mut self, event: &ProjectEvent, by: Actor, at: Timestamp) -> Self {
        self.head = self.head.saturating_add(1);
        match event {
            ProjectEvent::Created { .. } | ProjectEvent::LinkMade { .. } => {}
            ProjectEvent::Joined { person } => {
                self.team.insert(*person);
            }
            ProjectEvent::Left { person, .. } => {
                self.team.remove(person);
            }
            ProjectEvent::Ruled { policy, playbook, .. } => {
                self.policy = (**policy).clone();
                self.playbook = playbook.clone();
            }
            ProjectEvent::Signs { imprint } => self.imprint = Some(((**imprint).clone(), at)),
            ProjectEvent::ReadFrom { repository, clone: Some(clone) } => {
                self.clones.insert(repository.clone(), clone.clone());
            }
            ProjectEvent::ReadFrom { repository, clone: None } => {
                self.clones.remove(repository);
            }
            ProjectEvent::Protects { address, correspondent } => {
                self.book.insert(address.clone(), (**correspondent).clone());
            }
            ProjectEvent::Everyday { words } => {
                self.everyday = Some(Everyday { words: words.clone(), by, at });
            }
            ProjectEvent::Roll { change } => self.roll.evolve(change, by, at),
        }
        self
    }
}
