//! What people are called on a page, for the person who looks at it. A reporter's name is shown
//! only to those who may see it.

use std::collections::{BTreeMap, BTreeSet};

use case::{
    ActId, Actor, Case, PersonId, Role,
    act::Recipient,
    rights::{Permission, may},
};

/// The names of everybody in a case, as one viewer may see them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    known: BTreeMap<PersonId, String>,
    reporters: BTreeSet<PersonId>,
    identity: bool,
    /// Acts that a reporter is among the recipients of.
    to_reporters: BTreeSet<ActId>,
}

impl Names {
    /// Names for a viewer with these roles; `of_team` is what the directory calls the team.
    pub(crate) fn new(
        case: &Case,
        viewer: Actor,
        roles: &BTreeSet<Role>,
        of_team: impl IntoIterator<Item = (PersonId, String)>,
    ) -> Self {
        let mut known: BTreeMap<PersonId, String> =
            case.people.iter().map(|(id, p)| (*id, p.name.clone())).collect();
        known.extend(of_team);
        let found_it = |p: &case::people::Participant| p.roles.contains(&Role::Reporter);
        let found = case.people.iter().filter(|(_, p)| found_it(p)).map(|(id, _)| *id);
        let reporters: BTreeSet<_> =
            found.chain(case.reports.values().map(|r| r.reporter)).collect();
        let to_reporter = |to: &Recipient| to.person().is_some_and(|it| reporters.contains(&it));
        let written_to = case.acts.values().filter(|act| act.plan.to.iter().any(to_reporter));
        Self {
            known,
            to_reporters: written_to.map(|act| act.id).collect(),
            reporters,
            identity: may(viewer, roles, Permission::ReadIdentity),
        }
    }

    /// The viewer may see who reported.
    pub(crate) fn identity(&self) -> bool {
        self.identity
    }

    /// What to call a person.
    pub(crate) fn of(&self, person: PersonId) -> String {
        if self.hides(person) {
            return "the reporter".into();
        }
        self.known.get(&person).cloned().unwrap_or_else(|| "somebody".into())
    }

    /// What to call an actor.
    pub(crate) fn actor(&self, actor: Actor) -> String {
        match actor {
            Actor::House => "Fermata".into(),
            Actor::Person(person) => self.of(person),
        }
    }

    /// A sender's name as given in a message, or what stands for it.
    pub(crate) fn sender(&self, from: Option<PersonId>, given: &str) -> String {
        match from {
            Some(person) => self.of(person),
            None if self.identity => format!("{given} (not proven)"),
            None => "somebody (not proven)".into(),
        }
    }

    /// Who this is, the viewer may not know; nor what others say of them.
    pub(crate) fn hides(&self, person: PersonId) -> bool {
        !self.identity && self.reporters.contains(&person)
    }

    /// What the other side said of an act. A mail server's answer may name whom it was sent to.
    pub(crate) fn said_of(&self, act: ActId, words: &str) -> String {
        unless(!self.identity && self.to_reporters.contains(&act), words)
    }

    /// What the other side said of this person's copy of a message.
    pub(crate) fn said_to(&self, person: PersonId, words: &str) -> String {
        unless(self.hides(person), words)
    }

    /// A recipient, to the address.
    pub(crate) fn recipient(&self, to: &Recipient) -> String {
        match to {
            Recipient::Person { person, .. } | Recipient::ReceiptPage { person }
                if self.hides(*person) =>
            {
                "the reporter".into()
            }
            Recipient::Person { person, mailbox, .. } => {
                format!("{} <{mailbox}>", self.of(*person))
            }
            Recipient::ReceiptPage { person } => {
                format!("{}, on the receipt page only", self.of(*person))
            }
            Recipient::List { list, mailbox, .. } => format!("the list “{list}” <{mailbox}>"),
            Recipient::Forge { repository, advisory: None } => {
                format!("the forge, repository {repository}")
            }
            Recipient::Forge { repository, advisory: Some(advisory) } => {
                format!("the forge, repository {repository}, advisory {advisory}")
            }
            Recipient::Cna => "the CVE numbering authority".into(),
        }
    }
}

fn unless(hidden: bool, words: &str) -> String {
    if hidden { "(words that may name the reporter)".into() } else { words.into() }
}
