//! What was read back from the forge.

use std::collections::BTreeSet;

use case::{Subject, observation::DraftState, people::Participant, rights::Role};

use super::{Kind, Row, Table, Value, row, source::Source, text, texts, time, yes};
use crate::{template::utc, told::by};

type Get = fn(&Source<'_>) -> Value;

const fn of(name: &'static str, kind: Kind, doc: &'static str, get: Get) -> Row<Get> {
    row(name, kind, doc, get)
}

pub(super) static DRAFT: Table<Get> = Table {
    name: "draft",
    doc: "The forge's advisory, as read back, or as told where no forge can be read.",
    rows: &[
        of("seen", Kind::Bool, "It exists.", |s| yes(s.case.forge.draft.is_some())),
        of("state", Kind::Text, "`draft`, `published` or `closed`; empty before it.", |s| {
            text(match s.case.forge.draft.as_ref().map(|draft| draft.state) {
                None => "",
                Some(DraftState::Draft) => "draft",
                Some(DraftState::Published) => "published",
                Some(DraftState::Closed) => "closed",
            })
        }),
        of("id", Kind::Text, "The forge's id for it.", |s| {
            text(s.case.forge.draft.as_ref().map_or("", |draft| draft.ghsa.as_str()))
        }),
        of("seen_at", Kind::Time, "When it was first seen.", |s| time(s.case.forge.draft_seen_at)),
        of("read_at", Kind::Time, "When it was last read back, or told.", |s| {
            time(s.case.forge.draft_read_at)
        }),
        of("how", Kind::Text, "`read back at …`, or who told it and when.", |s| {
            text(match (s.case.told.get(&Subject::Draft), s.case.forge.draft_read_at) {
                (Some(told), _) => by(told),
                (None, Some(at)) => format!("read back at {}", utc(at)),
                (None, None) => String::new(),
            })
        }),
        of(
            "severity_matches",
            Kind::Bool,
            "Its severity is the vector of a vulnerability of this case.",
            |s| {
                let draft = s.case.forge.draft.as_ref();
                let vector = draft.and_then(|draft| draft.vector.as_deref());
                let mut own = s.case.vulnerabilities.values().filter_map(|v| v.vector.as_ref());
                yes(vector.is_some_and(|vector| own.any(|one| one.to_string() == vector)))
            },
        ),
    ],
};

type OfFork = fn(&Source<'_>, &People) -> Value;

const fn fork(name: &'static str, kind: Kind, doc: &'static str, get: OfFork) -> Row<OfFork> {
    row(name, kind, doc, get)
}

pub(super) static FORK: Table<OfFork> = Table {
    name: "fork",
    doc: "The private fork and who can see it. Accounts are compared without regard to case.",
    rows: &[
        fork("seen", Kind::Bool, "It exists.", |s, _| yes(s.case.forge.fork.is_some())),
        fork("access_read", Kind::Bool, "Its list of people was read back.", |s, _| {
            yes(s.case.forge.access.is_some())
        }),
        fork(
            "needed",
            Kind::Texts,
            "Accounts of the team, fix developers and release managers in this case.",
            |_, people| texts(people.needed.iter().cloned()),
        ),
        fork(
            "without_account",
            Kind::Texts,
            "Names of those whose account is not known.",
            |_, people| texts(people.without_account.iter().cloned()),
        ),
        fork(
            "shut_out",
            Kind::Texts,
            "Needed accounts that were not invited there.",
            |_, people| texts(people.needed.difference(&people.all()).cloned().collect::<Vec<_>>()),
        ),
        fork(
            "uninvited",
            Kind::Texts,
            "Accounts invited there without being needed here.",
            |_, people| {
                texts(people.invited.difference(&people.welcome).cloned().collect::<Vec<_>>())
            },
        ),
        fork("pending", Kind::Texts, "Invitations there that nobody accepted yet.", |_, people| {
            texts(people.pending.iter().cloned())
        }),
        fork(
            "inherited_unknown",
            Kind::Texts,
            "Accounts with access through the organisation that the team has not acknowledged.",
            |s, people| {
                let known = lower(&s.case.forge.inherited_known);
                let unknown = people
                    .inherited
                    .iter()
                    .filter(|login| !known.contains(*login) && !people.welcome.contains(*login));
                texts(unknown.cloned().collect::<Vec<_>>())
            },
        ),
    ],
};

pub(super) fn private_fork(source: &Source<'_>) -> Value {
    let people = People::of(source);
    FORK.record(|get| get(source, &people))
}

/// Accounts, in lower case, since the forge's are not case sensitive.
pub(super) struct People {
    needed: BTreeSet<String>,
    /// Those needed, and reporters, who may be there.
    welcome: BTreeSet<String>,
    without_account: Vec<String>,
    invited: BTreeSet<String>,
    pending: BTreeSet<String>,
    inherited: BTreeSet<String>,
}

impl People {
    fn of(source: &Source<'_>) -> Self {
        let works = |p: &Participant| {
            [Role::Team, Role::FixDeveloper, Role::ReleaseManager]
                .iter()
                .any(|role| p.roles.contains(role))
        };
        let present = || source.case.people.values().filter(|p| p.present());
        let login = |p: &Participant| p.login.as_ref().map(|login| login.to_lowercase());
        let working = || present().filter(|p| works(p));
        let reporters = present().filter(|p| p.roles.contains(&Role::Reporter));
        let access = source.case.forge.access.clone().unwrap_or_default();
        let pending = lower(&access.pending);
        Self {
            needed: working().filter_map(login).collect(),
            welcome: working().chain(reporters).filter_map(login).collect(),
            without_account: working()
                .filter(|p| p.login.is_none())
                .map(|p| p.name.clone())
                .collect(),
            invited: lower(&access.members).union(&pending).cloned().collect(),
            pending,
            inherited: lower(&access.inherited),
        }
    }

    fn all(&self) -> BTreeSet<String> {
        self.invited.union(&self.inherited).cloned().collect()
    }
}

fn lower(logins: &BTreeSet<String>) -> BTreeSet<String> {
    logins.iter().map(|login| login.to_lowercase()).collect()
}
