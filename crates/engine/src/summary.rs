//! List rows: what a list shows of a case without folding it, written with the events that change
//! it. A row must not hold what changes with time alone: it holds moments, and the reader compares.
//!
//! Thin: when somebody joins or leaves the team, what is next is looked at again only with the
//! case's next event.

use std::collections::BTreeSet;

use case::{
    Actor, Case, CaseId, Event, PersonId, ProjectId, Role,
    act::{Act, ActState, Recipient},
    event::ActEvent,
    rights::{Permission, may},
    state::{DisclosureState, Phase},
    vultron::{em, rm},
};
use jiff::Timestamp;
use playbook::{Checklist, Playbook, Status};
use serde::{Deserialize, Serialize};
use store::{Body, Row, RowChange, StoredRow};

use crate::{EngineError, listed::NOTICES, project::Project, streams};

/// The list of all cases.
pub(crate) const CASES: &str = "cases";

/// The list that finds the case of an act, which mail names.
pub(crate) const ACTS: &str = "acts";

/// The list of the cases that a distributor's delegate is asked in.
pub(crate) fn asked_of(person: PersonId) -> String {
    format!("asked {person}")
}

/// The list of the cases that one person may see without being on the team.
pub(crate) fn of_person(person: PersonId) -> String {
    format!("cases of {person}")
}

/// What somebody can do next in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// The step's title.
    pub title: String,
    /// Who is to do it.
    pub role: Role,
    /// Until when.
    pub due: Option<Timestamp>,
}

/// What is next from a moment on, as long as nothing happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The moment.
    pub from: Timestamp,
    /// The most urgent step of each role, most urgent first.
    pub next: Vec<Next>,
    /// How many steps can be done, of all roles.
    pub ready: usize,
    /// Whom or what the first open step waits for, when none can be done.
    pub waits_for: Option<String>,
}

/// One case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The case.
    pub case: CaseId,
    /// Its project.
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// Its codename.
    pub codename: String,
    /// Title of its first report, for the team's eyes.
    pub title: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Number of its last event.
    pub head: u64,
    /// It goes on.
    pub open: bool,
    /// Where the report stands.
    pub rm: rm::State,
    /// Where the embargo stands.
    pub em: em::State,
    /// The instant that stands, if any.
    pub instant: Option<Timestamp>,
    /// Roles of everybody who takes part.
    pub people: Vec<(PersonId, BTreeSet<Role>)>,
    /// People removed from it.
    pub removed: BTreeSet<PersonId>,
    /// What is next: now, and from each later moment on at which that changes by itself.
    #[serde(default)]
    pub turns: Vec<Turn>,
    /// The most urgent moment of an open case: of its steps' due dates, the end of its embargo and
    /// the time since when a person must look, the earliest.
    #[serde(default)]
    pub by: Option<Timestamp>,
    /// An act failed, nobody knows what became of it, its list shows other words, or words of the case
    /// were seen in public: since when.
    #[serde(default)]
    pub trouble: Option<Timestamp>,
    /// What waits for approvals: of each, who stands behind it already.
    #[serde(default)]
    pub unapproved: Vec<BTreeSet<PersonId>>,
    /// The reader's own roles in it; filled in when the row is read.
    #[serde(skip)]
    pub roles: BTreeSet<Role>,
}

impl Summary {
    fn of(case: &Case, project: &Project, playbook: &Playbook, now: Timestamp) -> Self {
        let (present, removed): (Vec<_>, Vec<_>) =
            case.people.iter().partition(|(_, p)| p.present());
        let open = case.phase == Phase::Open;
        let looks: Vec<_> = if open { looks(case, project, playbook, now) } else { Vec::new() };
        let due = looks.first().and_then(|(_, list)| earliest_due(list));
        let instant = case.embargo.standing_instant();
        let seen = case.open_sightings().map(|seen| seen.at);
        let seen = seen.chain(case.strange_copies().map(|seen| seen.at));
        let trouble = case.acts.values().filter_map(trouble).chain(seen).min();
        Self {
            case: case.id,
            project: case.project,
            project_name: project.policy.project.clone(),
            codename: case.codename.to_string(),
            title: case.reports.values().next().map(|r| r.title.clone()).unwrap_or_default(),
            opened_at: case.opened_at,
            head: case.head,
            open,
            rm: case.rm,
            em: case.embargo.state,
            instant,
            people: present.into_iter().map(|(id, p)| (*id, p.roles.clone())).collect(),
            removed: removed.into_iter().map(|(id, _)| *id).collect(),
            turns: looks.iter().map(|(from, list)| turn(*from, list)).collect(),
            by: [due, instant, trouble].into_iter().flatten().min().filter(|_| open),
            trouble: trouble.filter(|_| open),
            unapproved: if open { unapproved(case) } else { Vec::new() },
            roles: BTreeSet::new(),
        }
    }

    /// What is next at a moment, as far as nothing happened since the row was written.
    #[must_use]
    pub fn turn(&self, now: Timestamp) -> Option<&Turn> {
        self.turns.iter().rev().find(|turn| turn.from <= now).or(self.turns.first())
    }

    /// Somebody's roles in the case. The row is written in the transaction that moves the case's
    /// head, so it says what holds at the head; the team is looked up at the same moment.
    fn roles_of(&self, person: PersonId, team: &BTreeSet<PersonId>) -> BTreeSet<Role> {
        let of_person = |(id, _): &&(PersonId, BTreeSet<Role>)| *id == person;
        let mut roles =
            self.people.iter().find(of_person).map(|(_, r)| r.clone()).unwrap_or_default();
        if team.contains(&person) && !self.removed.contains(&person) {
            roles.insert(Role::Team);
        } else {
            roles.remove(&Role::Team);
        }
        roles
    }

    /// The summary for somebody who may see the case.
    pub(crate) fn for_reader(self, person: PersonId, team: &BTreeSet<PersonId>) -> Option<Self> {
        let roles = self.roles_of(person, team);
        may(Actor::Person(person), &roles, Permission::Read).then_some(Self { roles, ..self })
    }

    /// Open cases by their most urgent moment, so that what is overdue comes first; then open ones
    /// without any, and then those that are over, each newest first. A few bits of the id keep
    /// cases of one second apart, since a page ends only between two different values.
    fn sort(&self) -> u64 {
        const SECONDS: u64 = (1 << 34) - 1;
        let seconds = |at: Timestamp| u64::try_from(at.as_second()).unwrap_or(0).min(SECONDS);
        let newest_first = SECONDS.saturating_sub(seconds(self.opened_at));
        let (group, key): (u64, u64) = match (self.open, self.by) {
            (true, Some(by)) => (0, seconds(by)),
            (true, None) => (1, newest_first),
            (false, _) => (2, newest_first),
        };
        let [a, b, c, ..] = self.case.0;
        let tie = u64::from(u32::from_be_bytes([0, a, b, c]));
        group << 58 | key << 24 | tie
    }
}

/// The checklist now, and at each later moment at which it changes though nothing happens.
fn looks(
    case: &Case,
    project: &Project,
    playbook: &Playbook,
    now: Timestamp,
) -> Vec<(Timestamp, Checklist)> {
    let revisions = [case.embargo.agreed, case.embargo.pending].into_iter().flatten();
    let dates = revisions.filter_map(|revision| case.embargo.proposal(revision));
    let planned = case.disclosure.as_ref().map(|plan| plan.instant);
    let later = dates.flat_map(|date| [date.answer_by, date.instant]).chain(planned);
    let mut moments: BTreeSet<Timestamp> = later.filter(|at| *at > now).collect();
    moments.insert(now);
    let look = |at| (at, playbook.evaluate(case, &project.team, at));
    moments.into_iter().map(look).collect()
}

fn earliest_due(checklist: &Checklist) -> Option<Timestamp> {
    let open = checklist.items.iter().filter(|item| item.status.open());
    open.filter_map(|item| item.due).min()
}

fn turn(from: Timestamp, checklist: &Checklist) -> Turn {
    let mut next: Vec<Next> = checklist
        .ready()
        .map(|item| Next { title: item.title.clone(), role: item.role, due: item.due })
        .collect();
    let ready = next.len();
    next.sort_by_key(|step| step.due.unwrap_or(Timestamp::MAX));
    let mut seen = BTreeSet::new();
    next.retain(|step| seen.insert(step.role));
    let waits_for = checklist.items.iter().find_map(|item| match &item.status {
        Status::Waiting { on, .. } => Some(on.clone()),
        _ => None,
    });
    Turn { from, waits_for: waits_for.filter(|_| next.is_empty()), next, ready }
}

/// Since when a person must look after an act.
fn trouble(act: &Act) -> Option<Timestamp> {
    match act.state {
        ActState::Failed { at, .. } | ActState::Uncertain { at, .. } => Some(at),
        _ => None,
    }
}

fn unapproved(case: &Case) -> Vec<BTreeSet<PersonId>> {
    let alone = |act: &&Act| act.state == ActState::Planned && act.plan.under.is_none();
    let acts = case.acts.values().filter(alone).map(|act| &act.approvals);
    let plan = case.disclosure.as_ref().filter(|plan| plan.state == DisclosureState::Planned);
    acts.chain(plan.map(|plan| &plan.approvals))
        .map(|approvals| approvals.keys().copied().collect())
        .collect()
}

/// The rows that say what holds of a case: one in the list of all, and one in the list of each
/// person who was let into it.
pub(crate) fn rows(
    case: &Case,
    project: &Project,
    playbook: &Playbook,
    now: Timestamp,
) -> Result<Vec<RowChange>, EngineError> {
    let summary = Summary::of(case, project, playbook, now);
    let bytes = serde_json::to_vec(&summary).map_err(|e| EngineError::Invalid(e.to_string()))?;
    let stream = streams::case(case.id)?;
    let put = |list: String| {
        RowChange::Put(Row {
            list,
            key: case.id.to_string(),
            stream: stream.clone(),
            sort: summary.sort(),
            body: Body::from(bytes.clone()),
        })
    };
    let mut rows = vec![put(CASES.into())];
    for person in case.people.keys() {
        let roles = summary.roles_of(*person, &BTreeSet::new());
        rows.push(if may(Actor::Person(*person), &roles, Permission::Read) {
            put(of_person(*person))
        } else {
            RowChange::Remove { list: of_person(*person), key: case.id.to_string() }
        });
        let (list, key) = (asked_of(*person), case.id.to_string());
        rows.push(if roles.contains(&Role::Distributor) {
            entry(&list, &key, &stream, "")
        } else {
            RowChange::Remove { list, key }
        });
    }
    Ok(rows)
}

/// Where the acts that events plan are found.
pub(crate) fn of_acts(case: CaseId, events: &[Event]) -> Result<Vec<RowChange>, EngineError> {
    let stream = streams::case(case)?;
    let planned = events.iter().filter_map(|event| match event {
        Event::Act(ActEvent::Planned { act, plan, .. }) => Some((act.to_string(), plan)),
        _ => None,
    });
    let rows = planned.flat_map(|(act, plan)| {
        let to_a_list = plan.to.iter().any(|to| matches!(to, Recipient::List { .. }));
        let lists = [Some(ACTS), to_a_list.then_some(NOTICES)];
        lists.into_iter().flatten().map(|list| entry(list, &act, &stream, "")).collect::<Vec<_>>()
    });
    Ok(rows.collect())
}

/// A row of a list in which things are looked up by their keys.
pub(crate) fn entry(list: &str, key: &str, stream: &store::StreamId, body: &str) -> RowChange {
    RowChange::Put(Row {
        list: list.into(),
        key: key.into(),
        stream: stream.clone(),
        sort: 0,
        body: Body::from(body),
    })
}

pub(crate) fn read(row: &StoredRow) -> Result<Option<Summary>, EngineError> {
    let Some(bytes) = row.body.as_bytes() else { return Ok(None) };
    serde_json::from_slice(bytes)
        .map(Some)
        .map_err(|e| EngineError::Unreadable { stream: row.stream.to_string(), why: e.to_string() })
}
