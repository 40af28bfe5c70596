//! Projects, their teams, and the directory of people.

use std::collections::BTreeSet;

use advisory::{Imprint, Mailbox};
use case::{Actor, Command, CommandId, PersonId, Policy, ProjectId, event::PlaybookPin};
use serde::{Deserialize, Serialize};
use store::{Append, Batch, Body, Expected, JobChange, Scope, Seq};

use crate::{
    Engine, EngineError,
    jobs::Job,
    ports::{LocalClone, PortError, Repository, Sight},
    project::{Project, ProjectEntry, ProjectEvent},
    streams,
};

/// A person whom the house knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Name to show.
    pub name: String,
    /// Address.
    pub mailbox: Option<Mailbox>,
    /// Account at the forge.
    pub login: Option<String>,
}

impl Engine {
    /// Writes a person into the directory.
    ///
    /// # Errors
    /// When the address belongs to somebody else, or the store fails.
    pub fn add_person(&self, contact: &Contact) -> Result<PersonId, EngineError> {
        let id = PersonId(self.draw());
        let body = serde_json::to_vec(contact).map_err(|e| EngineError::Invalid(e.to_string()))?;
        self.store.put_person(&store::Person {
            id: id.to_string(),
            handles: contact.mailbox.iter().map(ToString::to_string).collect(),
            body: Body::from(body),
        })?;
        Ok(id)
    }

    /// Somebody's entry in the directory.
    ///
    /// # Errors
    /// When the store fails.
    pub fn contact(&self, person: PersonId) -> Result<Option<Contact>, EngineError> {
        let Some(found) = self.store.person(&person.to_string())? else { return Ok(None) };
        serde_json::from_slice(found.body.as_bytes())
            .map(Some)
            .map_err(|e| EngineError::Unreadable { stream: "directory".into(), why: e.to_string() })
    }

    /// Sets a project up, with its first team member.
    ///
    /// # Errors
    /// When the playbook is not installed, or the store fails.
    pub fn create_project(
        &self,
        first: PersonId,
        policy: &Policy,
        playbook: &PlaybookPin,
        command: CommandId,
    ) -> Result<ProjectId, EngineError> {
        self.keep(playbook)?;
        let id = ProjectId(streams::derive("project", command));
        let created =
            ProjectEvent::Created { policy: Box::new(policy.clone()), playbook: playbook.clone() };
        let events = [created, ProjectEvent::Joined { person: first }];
        let jobs = [Job::Mail { project: id }].into_iter().chain(Job::of_lookout(id));
        let jobs = jobs.map(|job| job.put(self.clock.wall())).collect::<Result<_, _>>()?;
        let batch =
            self.project_batch(id, Actor::Person(first), Expected::New, command, &events)?;
        self.store.commit(&Scope::house("engine"), Batch { jobs, ..batch })?;
        Ok(id)
    }

    /// Lets somebody join the security team. Only a member may.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the actor is no member.
    pub fn join_team(
        &self,
        project: ProjectId,
        by: PersonId,
        person: PersonId,
        command: CommandId,
    ) -> Result<(), EngineError> {
        self.change_team(project, by, command, &ProjectEvent::Joined { person }, Vec::new())
    }

    /// Lets somebody leave the security team: from here on, approvals given by that person count no
    /// more. Only a member may.
    ///
    /// Every open case that the person takes part in, or stands behind something in, records it at
    /// once and holds what is armed and short of approvals. A job, written down with the leave,
    /// does that again where a crash or somebody else's change came in between.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the actor is no member; invalid when nobody would be left.
    pub fn leave_team(
        &self,
        project: ProjectId,
        by: PersonId,
        person: PersonId,
        reason: &str,
        command: CommandId,
    ) -> Result<(), EngineError> {
        let left = ProjectEvent::Left { person, reason: reason.to_owned() };
        let job = Job::Leave { project, person }.put(self.clock.wall())?;
        self.change_team(project, by, command, &left, vec![job])?;
        self.take_leave(project, person)
    }

    /// Sets how a project signs what it publishes from now on. Only a member of its team may.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the actor is no member.
    pub fn sign_as(
        &self,
        project: ProjectId,
        by: PersonId,
        imprint: &Imprint,
        command: CommandId,
    ) -> Result<(), EngineError> {
        let signs = ProjectEvent::Signs { imprint: Box::new(imprint.clone()) };
        self.change_team(project, by, command, &signs, Vec::new())
    }

    /// Sets where one of a project's repositories is read from now on; `None`: nowhere any more.
    /// Only a member of its team may.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the actor is no member; [`EngineError::Invalid`] when the
    /// project has no such repository, or what is named cannot be read.
    pub fn read_from(
        &self,
        project: ProjectId,
        by: PersonId,
        repository: &str,
        clone: Option<LocalClone>,
        command: CommandId,
    ) -> Result<(), EngineError> {
        let known = self.project(project)?;
        if !known.team.contains(&by) {
            return Err(EngineError::NotFound);
        }
        if !known.policy.repositories.iter().any(|name| name == repository) {
            return Err(EngineError::Invalid("the project has no such repository".into()));
        }
        if clone.is_some() {
            let named = Repository { name: repository, clone: clone.as_ref() };
            let tried = self.ports.repositories.supported(named);
            tried.map_err(|why| EngineError::Invalid(why.words().to_owned()))?;
        }
        let event = ProjectEvent::ReadFrom { repository: repository.to_owned(), clone };
        self.change_team(project, by, command, &event, Vec::new())?;
        self.refresh_soon(project)
    }

    /// How a repository stands whose mirror lies on this machine.
    ///
    /// # Errors
    /// [`PortError`] when it cannot be read now, in words for the person.
    pub fn sight(&self, repository: Repository<'_>) -> Result<Option<Sight>, PortError> {
        self.ports.repositories.sight(repository)
    }

    /// Lets every open case of a project know that somebody has left its team.
    pub(crate) fn take_leave(
        &self,
        project: ProjectId,
        person: PersonId,
    ) -> Result<(), EngineError> {
        if self.project(project)?.team.contains(&person) {
            return Ok(());
        }
        let reason = "left the project's security team".to_owned();
        let left = Command::Left { person, reason };
        for case in self.open_cases(project)? {
            match self.house(case, &left, None) {
                // Back on the team, or closed, since the line above.
                Ok(_) | Err(EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(crate) fn change_team(
        &self,
        project: ProjectId,
        by: PersonId,
        command: CommandId,
        event: &ProjectEvent,
        jobs: Vec<JobChange>,
    ) -> Result<(), EngineError> {
        let current = self.project(project)?;
        if !current.team.contains(&by) {
            return Err(EngineError::NotFound);
        }
        let head = Seq(current.head);
        if current.evolve(event, Actor::Person(by), self.clock.wall()).team.is_empty() {
            return Err(EngineError::Invalid("a project cannot lose its last team member".into()));
        }
        let events = std::slice::from_ref(event);
        let expected = Expected::Exact(head);
        let batch = self.project_batch(project, Actor::Person(by), expected, command, events)?;
        self.store.commit(&Scope::house("engine"), Batch { jobs, ..batch })?;
        Ok(())
    }

    pub(crate) fn project_batch(
        &self,
        id: ProjectId,
        actor: Actor,
        expected: Expected,
        command: CommandId,
        events: &[ProjectEvent],
    ) -> Result<Batch, EngineError> {
        let recorded_at = self.clock.wall();
        let entry = |event: &ProjectEvent| {
            let entry = ProjectEntry { v: 1, actor, recorded_at, event: event.clone() };
            serde_json::to_vec(&entry)
                .map(store::Entry::content)
                .map_err(|e| EngineError::Invalid(e.to_string()))
        };
        let entries = events.iter().map(entry).collect::<Result<_, _>>()?;
        let command = store::CommandId(command.0);
        let mut append = Append::new(streams::project(id)?, expected, command, entries);
        append.project = Some(scope_of(id)?);
        Ok(Batch { appends: vec![append], ..Batch::default() })
    }

    /// A project.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is none.
    pub fn project(&self, id: ProjectId) -> Result<Project, EngineError> {
        let stream = streams::project(id)?;
        let mut project = None;
        for record in self.store.read(&Scope::house("engine"), &stream, Seq::FIRST)? {
            let bytes = record.payload.as_bytes().unwrap_or_default();
            let entry: ProjectEntry = serde_json::from_slice(bytes).map_err(|e| {
                EngineError::Unreadable { stream: stream.to_string(), why: e.to_string() }
            })?;
            project = match project {
                None => Project::begin(id, &entry.event),
                Some(project) => Some(project.evolve(&entry.event, entry.actor, entry.recorded_at)),
            };
        }
        project.ok_or(EngineError::NotFound)
    }

    /// Every project of the house.
    ///
    /// # Errors
    /// When the store fails.
    pub fn projects(&self) -> Result<Vec<Project>, EngineError> {
        let streams = self.store.streams(&Scope::house("engine"), "project/")?;
        let ids = streams.iter().filter_map(|s| s.as_str().strip_prefix("project/")?.parse().ok());
        ids.map(|id| self.project(id)).collect()
    }

    /// The teams of several projects at once, for lists.
    pub(crate) fn teams(
        &self,
    ) -> Result<std::collections::BTreeMap<ProjectId, BTreeSet<PersonId>>, EngineError> {
        Ok(self.projects()?.into_iter().map(|p| (p.id, p.team)).collect())
    }
}

pub(crate) fn scope_of(id: ProjectId) -> Result<store::ProjectId, EngineError> {
    store::ProjectId::new(id.to_string()).map_err(|e| EngineError::Invalid(e.to_string()))
}
