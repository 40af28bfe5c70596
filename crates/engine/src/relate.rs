//! Reports that go from one case to another: some of them, or with the whole case. Both cases and the
//! reports' own streams change in one transaction, so that a reporter's secret always leads to the
//! case in which the report is. Nobody is let into anything: who moves reports needs the right in
//! both cases, and what people of one case may see stays as it was.

use std::collections::BTreeSet;

use case::{
    Actor, Case, CaseId, Codename, Command, CommandId, Event, ReportId,
    event::{LifeEvent, ReportLink},
    evolve,
    rights::{Permission, may},
};
use store::{Append, Batch, Expected, Scope, Seq};

use crate::{
    Engine, EngineError,
    engine::{Stamp, TRIES, hide},
    intake::{self, CODENAMES},
    jobs,
    journal::{self, Loaded},
    people::scope_of,
    project::Project,
    report, streams,
};

/// What goes where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moving {
    /// Some reports go to another case, or to a new one.
    Reports {
        /// Which; at least one stays.
        reports: BTreeSet<ReportId>,
        /// The other case; `None` for a new one.
        into: Option<CaseId>,
        /// Why.
        reason: String,
    },
    /// The whole case goes on as another one.
    Case {
        /// The other case.
        into: CaseId,
        /// Why.
        reason: String,
    },
}

/// A case after what happens to it, with how its stream goes on.
struct Changed {
    case: Case,
    events: Vec<Event>,
    append: Append,
}

impl Engine {
    /// The case that has a codename and that somebody may see.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for every other name.
    pub fn case_called(&self, codename: &Codename, actor: Actor) -> Result<CaseId, EngineError> {
        let found = self.store.row(&Scope::house("relate"), CODENAMES, codename.as_str())?;
        let stream = found.ok_or(EngineError::NotFound)?.stream;
        let id = streams::case_of(&stream).ok_or(EngineError::NotFound)?;
        self.open_case(id, actor).map(|_| id)
    }

    /// Moves reports, or a whole case; the case in which the reports are from then on. A repeated
    /// command id gets the first answer and changes nothing.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the rule; [`EngineError::NotFound`] when the actor may not
    /// know of one of the cases; invalid when they are of two projects; others when the store fails.
    pub fn move_reports(
        &self,
        from: CaseId,
        actor: Actor,
        id: CommandId,
        moving: &Moving,
        source: &str,
    ) -> Result<CaseId, EngineError> {
        for _ in 0..TRIES {
            let stamp = Stamp { actor, id, source, at: self.clock.wall() };
            match self.try_to_move(from, &stamp, moving) {
                Err(EngineError::Busy) => {}
                other => return other,
            }
        }
        Err(EngineError::Busy)
    }

    fn try_to_move(
        &self,
        from: CaseId,
        stamp: &Stamp<'_>,
        moving: &Moving,
    ) -> Result<CaseId, EngineError> {
        let (loaded, project) = self.open_case(from, stamp.actor)?;
        if let Some(into) = moved_before(&loaded, stamp.id) {
            return Ok(into);
        }
        let new = CaseId(streams::derive("split", stamp.id));
        let (command, into) = match moving {
            Moving::Reports { reports, into, reason } => {
                let (reports, reason) = (reports.clone(), reason.clone());
                let target = into.unwrap_or(new);
                (Command::SplitOff { into: target, reports, reason }, target)
            }
            Moving::Case { into, reason } => {
                (Command::Merge { into: *into, reason: reason.clone() }, *into)
            }
        };
        let links = leaving(&loaded.case, &command);
        let left = self.change(loaded.case, &project, stamp, &[command])?;
        let (joined, named) = if into == new {
            let there = self.for_a_new_case(project.id)?;
            let (joined, codename) = self.begin(new, &there, stamp, &links)?;
            (joined, Some(codename))
        } else {
            let (there, its_project) = self.open_case(into, stamp.actor)?;
            if its_project.id != project.id {
                return Err(EngineError::Invalid("the other case is another project's".into()));
            }
            let unknown = |link: &&ReportLink| !there.case.reports.contains_key(&link.report);
            let commands: Vec<Command> =
                links.iter().filter(unknown).map(|l| Command::Link(Box::new(l.clone()))).collect();
            (self.change(there.case, &project, stamp, &commands)?, None)
        };
        self.commit_move(&project, stamp, [left, joined], &links, named)?;
        Ok(into)
    }

    fn open_case(&self, id: CaseId, actor: Actor) -> Result<(Loaded, Project), EngineError> {
        let loaded = journal::load(&*self.store, id)?;
        let project = self.project(loaded.case.project)?;
        let roles = loaded.case.roles_of(actor, &project.team);
        if may(actor, &roles, Permission::Read) {
            Ok((loaded, project))
        } else {
            Err(EngineError::NotFound)
        }
    }

    /// A case after commands, each decided on what the one before left.
    fn change(
        &self,
        case: Case,
        project: &Project,
        stamp: &Stamp<'_>,
        commands: &[Command],
    ) -> Result<Changed, EngineError> {
        let (id, expected) = (case.id, Expected::Exact(Seq(case.head)));
        let (mut after, mut events, mut entries) = (case, Vec::new(), Vec::new());
        for command in commands {
            let decided = self.decide(&after, project, stamp.actor, command);
            let new = decided.map_err(|e| hide(e, &after, project, stamp.actor))?;
            let written = stamp.entries(project.id, after.head, &new);
            after = written.iter().fold(after, case::evolve);
            events.extend(new);
            entries.extend(written);
        }
        let append = journal::append(id, expected, stamp.id, &entries)?;
        Ok(Changed { case: after, events, append })
    }

    /// A new case with reports that other cases had.
    fn begin(
        &self,
        id: CaseId,
        project: &Project,
        stamp: &Stamp<'_>,
        links: &[ReportLink],
    ) -> Result<(Changed, Codename), EngineError> {
        let codename = self.codename()?;
        let opened = LifeEvent::Opened {
            id,
            codename: codename.clone(),
            playbook: project.playbook.clone(),
            policy: Box::new(project.policy.clone()),
        };
        let linked = links.iter().map(|link| LifeEvent::Linked(Box::new(link.clone())));
        let events: Vec<Event> = std::iter::once(opened).chain(linked).map(Event::Life).collect();
        let entries = stamp.entries(project.id, 0, &events);
        let mut append = journal::append(id, Expected::New, stamp.id, &entries)?;
        append.project = Some(scope_of(project.id)?);
        Ok((Changed { case: evolve::fold(&entries)?, events, append }, codename))
    }

    fn commit_move(
        &self,
        project: &Project,
        stamp: &Stamp<'_>,
        changed: [Changed; 2],
        links: &[ReportLink],
        named: Option<Codename>,
    ) -> Result<(), EngineError> {
        let mut batch = Batch::default();
        let [_, joined] = &changed;
        for link in links {
            let stream = streams::report(link.report)?;
            let entry = report::linked(joined.case.id)?;
            let command = store::CommandId(stamp.id.0);
            batch.appends.push(Append::new(stream, Expected::Any, command, vec![entry]));
        }
        if let Some(codename) = named {
            batch.rows.push(intake::taken(&codename, &joined.append.stream));
        }
        for Changed { case, events, append } in changed {
            if !events.is_empty() {
                self.keep(&case.playbook)?;
                batch.rows.extend(self.rows(&case, &events, project)?);
                batch.jobs.extend(jobs::following(&case, &events, stamp.at)?);
                batch.appends.push(append);
            }
        }
        self.store.commit(&Scope::house("relate"), batch)?;
        Ok(())
    }
}

/// Where the reports went when the command was given for the first time.
fn moved_before(loaded: &Loaded, id: CommandId) -> Option<CaseId> {
    let mut of_command = loaded.entries.iter().filter(|entry| entry.command == id);
    of_command.find_map(|entry| match &entry.event {
        Event::Life(LifeEvent::SplitOff { into, .. } | LifeEvent::Merged { into, .. }) => {
            Some(*into)
        }
        _ => None,
    })
}

/// The reports that the command takes along.
fn leaving(case: &Case, command: &Command) -> Vec<ReportLink> {
    let goes = |link: &&ReportLink| match command {
        Command::SplitOff { reports, .. } => reports.contains(&link.report),
        _ => true,
    };
    case.reports.values().filter(goes).cloned().collect()
}
