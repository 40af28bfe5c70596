//! Playbooks by their digest: those that this program ships, and the texts that the house keeps.
//!
//! A case is pinned to a playbook to the byte, and a later program ships other bytes. So the text is
//! kept in the house, sealed like everything else, before the first event that needs it. Must never
//! hand out a playbook under another digest than its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use advisory::Digest;
use case::{CommandId, ProjectId, event::PlaybookPin, rights::Actor};
use playbook::Playbook;
use store::{Body, Expected, KeyClass, Scope, Seq, StreamId};

use crate::{Engine, EngineError, HouseEvent, project::Project, project::ProjectEvent};

/// What is at hand without reading the journal.
pub(crate) struct Shelf {
    shipped: BTreeMap<Digest, Arc<Playbook>>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Texts that are durable.
    durable: BTreeSet<Digest>,
    /// Those of them that were read back.
    read: BTreeMap<Digest, Arc<Playbook>>,
}

impl Shelf {
    pub(crate) fn new(shipped: Vec<Playbook>) -> Self {
        let shipped = shipped.into_iter().map(|p| (p.digest(), Arc::new(p))).collect();
        Self { shipped, kept: Mutex::default() }
    }

    pub(crate) fn shipped(&self) -> impl Iterator<Item = &Playbook> {
        self.shipped.values().map(|playbook| &**playbook)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is shipped under a pin's name, if its own text is not.
    fn successor(&self, pin: &PlaybookPin) -> Option<&Playbook> {
        let other = !self.shipped.contains_key(&pin.digest);
        self.shipped().find(|playbook| other && playbook.name() == pin.name)
    }
}

impl Engine {
    /// The playbook that a case is pinned to.
    ///
    /// # Errors
    /// [`EngineError::NoPlaybook`] when this house does not have exactly that one;
    /// [`EngineError::Unreadable`] when what it has kept is not that one.
    pub fn playbook(&self, pin: &PlaybookPin) -> Result<Arc<Playbook>, EngineError> {
        if let Some(shipped) = self.shelf.shipped.get(&pin.digest) {
            return Ok(Arc::clone(shipped));
        }
        if let Some(read) = self.shelf.kept().read.get(&pin.digest) {
            return Ok(Arc::clone(read));
        }
        let text = self.kept_text(pin)?.ok_or_else(|| EngineError::NoPlaybook(pin.clone()))?;
        let playbook = Arc::new(parse(pin, &text)?);
        self.shelf.kept().read.insert(pin.digest, Arc::clone(&playbook));
        Ok(playbook)
    }

    /// Makes the text of a playbook durable, once for the house.
    pub(crate) fn keep(&self, pin: &PlaybookPin) -> Result<(), EngineError> {
        if self.shelf.kept().durable.contains(&pin.digest) {
            return Ok(());
        }
        if self.kept_as(pin)?.is_none() {
            let playbook = self.playbook(pin)?;
            let (stream, text) = (StreamId::house(), Body::from(playbook.source()));
            let scope = Scope::house("engine");
            let blob = self.store.put_blob(&scope, &stream, KeyClass::Content, &text)?;
            let kept = HouseEvent::Kept { playbook: pin.clone(), text: blob.to_string() };
            self.record(&kept, Expected::Any, command(pin), vec![blob])?;
        }
        self.shelf.kept().durable.insert(pin.digest);
        Ok(())
    }

    /// A project as its next case finds it. Where this program ships another text under the name of
    /// the project's playbook, new cases follow that one, and the project's journal says so; the
    /// project's own rules, approvals among them, stay as they are.
    pub(crate) fn for_a_new_case(&self, id: ProjectId) -> Result<Project, EngineError> {
        let project = self.project(id)?;
        let Some(newer) = self.shelf.successor(&project.playbook) else { return Ok(project) };
        let playbook = newer.pin();
        self.keep(&playbook)?;
        let ruled = ProjectEvent::Ruled {
            policy: Box::new(project.policy.clone()),
            reason: format!("this program ships another text of the playbook {}", playbook.name),
            playbook,
        };
        let command = CommandId(self.draw());
        let expected = Expected::Exact(Seq(project.head));
        let batch = self.project_batch(id, Actor::House, expected, command, &[ruled])?;
        match self.store.commit(&Scope::house("engine"), batch).map_err(EngineError::from) {
            // Whoever was faster has said the same, or says it before the next case.
            Ok(_) | Err(EngineError::Busy) => self.project(id),
            Err(error) => Err(error),
        }
    }

    /// The blob that holds a playbook's text.
    fn kept_as(&self, pin: &PlaybookPin) -> Result<Option<String>, EngineError> {
        let events = self.house_events()?.into_iter();
        Ok(events.rev().find_map(|(_, event)| match event {
            HouseEvent::Kept { playbook, text } if playbook.digest == pin.digest => Some(text),
            _ => None,
        }))
    }

    fn kept_text(&self, pin: &PlaybookPin) -> Result<Option<Vec<u8>>, EngineError> {
        let Some(name) = self.kept_as(pin)? else { return Ok(None) };
        let blob = name.parse().map_err(|e: store::InvalidId| unreadable(pin, &e.to_string()))?;
        let found = self.store.get_blob(&Scope::house("engine"), &StreamId::house(), &blob)?;
        let text = found.and_then(|payload| payload.as_bytes().map(<[u8]>::to_vec));
        text.map(Some).ok_or_else(|| unreadable(pin, "it is gone"))
    }
}

/// The same text is kept by the same command, whoever comes first.
fn command(pin: &PlaybookPin) -> CommandId {
    let mut id = [0; 16];
    id.iter_mut().zip(pin.digest.as_bytes()).for_each(|(to, from)| *to = *from);
    CommandId(id)
}

fn parse(pin: &PlaybookPin, text: &[u8]) -> Result<Playbook, EngineError> {
    if Digest::of(text) != pin.digest {
        return Err(unreadable(pin, "it has another digest"));
    }
    let text = std::str::from_utf8(text).map_err(|e| unreadable(pin, &e.to_string()))?;
    Playbook::parse(text).map_err(|e| unreadable(pin, &e.to_string()))
}

fn unreadable(pin: &PlaybookPin, why: &str) -> EngineError {
    let why = format!("the kept text of the playbook {} ({}): {why}", pin.name, pin.digest);
    EngineError::Unreadable { stream: StreamId::house().to_string(), why }
}
