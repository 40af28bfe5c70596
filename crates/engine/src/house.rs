//! The house's own stream, for what concerns no case alone: which playbooks' texts are kept, where
//! mail arrives, and that somebody unlocked a house which was restored from a backup, or whose files
//! were copied.
//!
//! A house of the last kind does not know what the lost end of its journal said. So before anything
//! leaves it again, every call that was under way is read back, and what cannot be told is a
//! person's business; and whatever was approved before is looked for before it is sent.

use std::collections::BTreeSet;

use advisory::Mailbox;
use case::{
    ActId, Actor, Case, CaseId, Command, CommandId, PersonId, ProjectId,
    act::{Act, ActState},
    event::PlaybookPin,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Append, Batch, BlobId, Expected, LockState, Scope, Seq, StreamId, Why};

use crate::{
    Engine, EngineError, journal,
    ports::{Found, Nature},
    streams,
};

/// What happened to the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum HouseEvent {
    /// A person let it act again.
    Unlocked {
        /// Who.
        by: PersonId,
        /// Why that is right.
        reason: String,
        /// Why it was locked: `restored` or `copied`.
        was: String,
        /// Calls that the journal had begun and not seen the end of.
        open: Vec<OpenCall>,
    },
    /// The text of a playbook is kept here from now on.
    Kept {
        /// Which.
        playbook: PlaybookPin,
        /// The name of the blob that holds it.
        text: String,
    },
    /// Mail to an address is a project's from now on.
    LetterboxOpened {
        /// The address, as it is compared.
        address: Mailbox,
        /// The project.
        project: ProjectId,
        /// Who said so.
        by: PersonId,
    },
    /// Mail of a public list that comes to an address is read for a project's words from now on.
    EarOpened {
        /// The address, as it is compared.
        address: Mailbox,
        /// The project.
        project: ProjectId,
        /// Who said so.
        by: PersonId,
    },
    /// It is not any more.
    EarClosed {
        /// The address, as it is compared.
        address: Mailbox,
        /// The project.
        project: ProjectId,
        /// Who said so.
        by: PersonId,
    },
    /// Mail to an address is nobody's any more.
    LetterboxClosed {
        /// The address, as it is compared.
        address: Mailbox,
        /// Who said so.
        by: PersonId,
    },
}

/// A call of which a restored journal knows the beginning only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCall {
    /// The case.
    pub case: CaseId,
    /// The act.
    pub act: ActId,
    /// In a few words.
    pub what: String,
    /// The counterpart showed that it had happened; otherwise it is uncertain, and only a person
    /// goes on from there.
    pub settled: bool,
}

/// An event of the house as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseEntry {
    v: u32,
    recorded_at: Timestamp,
    event: HouseEvent,
}

impl OpenCall {
    fn of(case: &Case, act: &Act) -> Option<Self> {
        let open = matches!(act.state, ActState::Started { .. } | ActState::Uncertain { .. });
        let what = act.plan.kind.name().to_owned();
        open.then_some(Self { case: case.id, act: act.id, what, settled: false })
    }
}

impl Engine {
    /// Why this house may not act: `restored` from a backup, or `copied`; `None` when it may.
    #[must_use]
    pub fn locked(&self) -> Option<&'static str> {
        match self.store.lock_state() {
            LockState::Unlocked => None,
            LockState::Locked(Why::Restored) => Some("restored"),
            LockState::Locked(Why::Copied) => Some("copied"),
        }
    }

    /// Calls whose end is not known, of cases that a person may see. It folds those cases, so it is
    /// for a locked house; the reads are recorded.
    ///
    /// # Errors
    /// When the store fails.
    pub fn open_calls(&self, person: PersonId) -> Result<Vec<OpenCall>, EngineError> {
        let mut calls = Vec::new();
        for summary in self.visible(person)? {
            let case = journal::load(&*self.store, summary.case)?.case;
            calls.extend(case.acts.values().filter_map(|act| OpenCall::of(&case, act)));
        }
        let cases: BTreeSet<_> = calls.iter().map(|call| call.case).collect();
        self.record_reads(cases.into_iter(), Actor::Person(person), "locked")?;
        Ok(calls)
    }

    /// Lets a locked house act again, on a person's word: somebody on a security team here, who has
    /// made sure that no other copy of it is running. What that person should look at is recorded
    /// in the house's stream and returned. A repeat after a crash goes through all of it again.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when the house is not locked or no reason is given;
    /// [`EngineError::NotFound`] when the person is on no team; others when the store fails, and
    /// then the house stays locked.
    pub fn unlock(&self, by: PersonId, reason: &str) -> Result<Vec<OpenCall>, EngineError> {
        let Some(was) = self.locked() else {
            return Err(EngineError::Invalid("this house is not locked".into()));
        };
        if reason.trim().is_empty() {
            return Err(EngineError::Invalid("say why it may act again".into()));
        }
        if !self.projects()?.iter().any(|project| project.team.contains(&by)) {
            return Err(EngineError::NotFound);
        }
        let mut open = Vec::new();
        for case in self.every_case()? {
            for act in case.acts.values() {
                open.extend(self.read_back(&case, act)?);
            }
        }
        let (reason, was) = (reason.to_owned(), was.to_owned());
        let event = HouseEvent::Unlocked { by, reason, was, open: open.clone() };
        self.record(&event, Expected::Any, CommandId(self.draw()), Vec::new())?;
        self.store.unlock()?;
        Ok(open)
    }

    /// Everything that happened to the house, oldest first.
    ///
    /// # Errors
    /// When the store fails, or an event cannot be read.
    pub fn house_events(&self) -> Result<Vec<(Timestamp, HouseEvent)>, EngineError> {
        Ok(self.house_stream()?.1)
    }

    /// The house's events, and where an append stands that knows them all.
    pub(crate) fn house_stream(
        &self,
    ) -> Result<(Expected, Vec<(Timestamp, HouseEvent)>), EngineError> {
        let stream = StreamId::house();
        let records = self.store.read(&Scope::house("engine"), &stream, Seq::FIRST)?;
        let end = records.last().map_or(Expected::New, |last| Expected::Exact(last.seq));
        let bodies = records.iter().filter_map(|record| record.payload.as_bytes());
        let entries = bodies.map(serde_json::from_slice::<HouseEntry>);
        let read = entries.map(|entry| entry.map(|entry| (entry.recorded_at, entry.event)));
        let events = read.collect::<Result<_, _>>().map_err(|e| EngineError::Unreadable {
            stream: stream.to_string(),
            why: e.to_string(),
        })?;
        Ok((end, events))
    }

    /// Whether an act may have gone out in a part of the journal that is lost: it was ready before
    /// the house was last unlocked.
    pub(crate) fn may_be_out(&self, act: &Act) -> Result<bool, EngineError> {
        let ready = match act.state {
            ActState::Approved { at } => at,
            _ => act.planned_at,
        };
        let events = self.house_events()?;
        let unlocked = |(_, event): &&(_, HouseEvent)| matches!(event, HouseEvent::Unlocked { .. });
        Ok(events.iter().rfind(unlocked).is_some_and(|(at, _)| ready <= *at))
    }

    pub(crate) fn record(
        &self,
        event: &HouseEvent,
        expected: Expected,
        command: CommandId,
        blobs: Vec<BlobId>,
    ) -> Result<(), EngineError> {
        let entry = HouseEntry { v: 1, recorded_at: self.clock.wall(), event: event.clone() };
        let body = serde_json::to_vec(&entry).map_err(|e| EngineError::Invalid(e.to_string()))?;
        let command = store::CommandId(command.0);
        let entries = vec![store::Entry::content(body)];
        let mut append = Append::new(StreamId::house(), expected, command, entries);
        append.blobs = blobs;
        let batch = Batch { appends: vec![append], ..Batch::default() };
        self.store.commit(&Scope::house("engine"), batch)?;
        Ok(())
    }

    fn every_case(&self) -> Result<Vec<Case>, EngineError> {
        let ids = streams::cases(&*self.store, &Scope::house("engine"))?.into_iter();
        ids.map(|id| journal::load(&*self.store, id).map(|loaded| loaded.case)).collect()
    }

    /// Asks the counterpart about a call that was under way. What it does not show is uncertain.
    fn read_back(&self, case: &Case, act: &Act) -> Result<Option<OpenCall>, EngineError> {
        let Some(mut call) = OpenCall::of(case, act) else { return Ok(None) };
        if matches!(act.state, ActState::Uncertain { .. }) {
            return Ok(Some(call));
        }
        let port = self.counterpart(&act.plan);
        let found = port
            .filter(|port| port.nature(&act.plan) == Nature::Readable)
            .map(|port| port.look_up(act.id, &act.plan));
        let command = if let Some(Ok(Found::Present(proof))) = found {
            call.settled = true;
            Command::Finish { act: act.id, proof }
        } else {
            let why = "this house was restored or copied while the call was under way".into();
            Command::Doubt { act: act.id, why }
        };
        let id = CommandId(self.draw());
        self.execute(case.id, Actor::House, id, &command, "unlock")?;
        Ok(Some(call))
    }
}
