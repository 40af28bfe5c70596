//! What people are called on a page, for the person who looks at it. A reporter's name is shown
//! only to those who may see it.

use std::collections::{BTreeMap, BTreeSet};

use case::{
    Actor, Case, PersonId, Role,
    act::Recipient,
    rights::{Permission, may},
};

/// The names of everybody in a case, as one viewer may see them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    known: BTreeMap<PersonId, String>,
    reporters: BTreeSet<PersonId>,
    identity: bool,
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
        let reporters = case.people.iter().filter(|(_, p)| found_it(p)).map(|(id, _)| *id);
        Self {
            known,
            reporters: reporters.chain(case.reports.values().map(|r| r.reporter)).collect(),
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
