//! Who may do what: one predicate for pages, API, notices and the engine itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::PersonId;

/// Who is behind a command or a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A signed-in person.
    Person(PersonId),
    /// Fermata itself: intake, observers, the effect runner, timers.
    House,
}

/// What a person is in one case, or (for [`Role::Team`]) in a whole project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A member of the security team: triages, coordinates, publishes.
    Team,
    /// Found the bug.
    Reporter,
    /// Writes the fix.
    FixDeveloper,
    /// Makes the patch releases.
    ReleaseManager,
    /// Ships the project downstream, under the embargo's terms.
    Distributor,
}

/// What can be permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// See the case and its checklist.
    Read,
    /// See who reported it.
    ReadIdentity,
    /// Give verdicts on the report, the lines, the distributors; draft the advisory; decide.
    Coordinate,
    /// Plan outward acts.
    Plan,
    /// Stand behind an outward act or a disclosure.
    Approve,
    /// Invite and remove people.
    Invite,
    /// Declare fixes.
    Fix,
    /// Plan trains, record release attempts.
    Release,
    /// Answer for oneself: consent, objection, credit, messages.
    Answer,
    /// Write down what people tell: a report, a word from the CNA, that the bug is known.
    Observe,
    /// Carry out effects, fire timers, and read the world back.
    Run,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 11] = [
        Self::Read,
        Self::ReadIdentity,
        Self::Coordinate,
        Self::Plan,
        Self::Approve,
        Self::Invite,
        Self::Fix,
        Self::Release,
        Self::Answer,
        Self::Observe,
        Self::Run,
    ];
}

fn granted(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match role {
        Role::Team => permission != P::Run,
        Role::FixDeveloper => matches!(permission, P::Read | P::Fix | P::Answer),
        Role::ReleaseManager => matches!(permission, P::Read | P::Fix | P::Release | P::Answer),
        // Reporters and distributors see their own place, which is rendered for them, not the case.
        Role::Reporter | Role::Distributor => permission == P::Answer,
    }
}

/// Whether `actor`, holding `roles` in the case, has the permission.
///
/// The house itself observes and runs; it never coordinates, approves or answers for a person.
#[must_use]
pub fn may(actor: Actor, roles: &BTreeSet<Role>, permission: Permission) -> bool {
    match actor {
        Actor::House => {
            matches!(permission, Permission::Observe | Permission::Run | Permission::Read)
        }
        Actor::Person(_) => roles.iter().any(|role| granted(*role, permission)),
    }
}
