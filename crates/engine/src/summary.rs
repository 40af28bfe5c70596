//! List rows: what a list shows of a case without folding it.

use std::collections::BTreeSet;

use case::{
    Actor, Case, CaseId, PersonId, ProjectId, Role,
    rights::{Permission, may},
    state::Phase,
    vultron::{em, rm},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Body, Row, StoredRow};

use crate::{EngineError, streams};

/// The list of all cases.
pub(crate) const CASES: &str = "cases";

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
}

impl Summary {
    fn of(case: &Case, project_name: &str) -> Self {
        let (present, removed): (Vec<_>, Vec<_>) =
            case.people.iter().partition(|(_, p)| p.present());
        Self {
            case: case.id,
            project: case.project,
            project_name: project_name.to_owned(),
            codename: case.codename.to_string(),
            title: case.reports.values().next().map(|r| r.title.clone()).unwrap_or_default(),
            opened_at: case.opened_at,
            head: case.head,
            open: case.phase == Phase::Open,
            rm: case.rm,
            em: case.embargo.state,
            instant: case.embargo.standing_instant(),
            people: present.into_iter().map(|(id, p)| (*id, p.roles.clone())).collect(),
            removed: removed.into_iter().map(|(id, _)| *id).collect(),
        }
    }

    /// Whether somebody may see the case. The row is written in the transaction that moves the
    /// case's head, so it says what holds at the head; the team is looked up at the same moment.
    pub(crate) fn readable_by(&self, person: PersonId, team: &BTreeSet<PersonId>) -> bool {
        let of_person = |(id, _): &&(PersonId, BTreeSet<Role>)| *id == person;
        let mut roles =
            self.people.iter().find(of_person).map(|(_, r)| r.clone()).unwrap_or_default();
        if team.contains(&person) && !self.removed.contains(&person) {
            roles.insert(Role::Team);
        } else {
            roles.remove(&Role::Team);
        }
        may(Actor::Person(person), &roles, Permission::Read)
    }
}

pub(crate) fn row(case: &Case, project_name: &str) -> Result<Row, EngineError> {
    let summary = Summary::of(case, project_name);
    let body = serde_json::to_vec(&summary).map_err(|e| EngineError::Invalid(e.to_string()))?;
    Ok(Row {
        list: CASES.into(),
        key: case.id.to_string(),
        stream: streams::case(case.id)?,
        sort: u64::try_from(case.opened_at.as_millisecond()).unwrap_or_default(),
        body: Body::from(body),
    })
}

pub(crate) fn read(row: &StoredRow) -> Result<Option<Summary>, EngineError> {
    let Some(bytes) = row.body.as_bytes() else { return Ok(None) };
    serde_json::from_slice(bytes)
        .map(Some)
        .map_err(|e| EngineError::Unreadable { stream: row.stream.to_string(), why: e.to_string() })
}
