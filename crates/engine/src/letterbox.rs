//! Addresses at which mail for a project arrives, and mail that is handed over for one of them.
//!
//! They are the house's: so no two projects have the same, and the latest word in its stream holds.

use std::collections::BTreeMap;

use advisory::Mailbox;
use case::{Actor, CaseId, CommandId, PersonId, ProjectId};

use crate::{Engine, EngineError, HouseEvent, engine::TRIES};

type Owners = BTreeMap<Mailbox, ProjectId>;

impl Engine {
    /// Every address at which mail arrives, as it is compared, and whose it is.
    ///
    /// # Errors
    /// When the store fails.
    pub fn letterboxes(&self) -> Result<BTreeMap<Mailbox, ProjectId>, EngineError> {
        Ok(fold(self.house_stream()?.1.into_iter().map(|(_, event)| event)))
    }

    /// Whose mail to an address is. Letter case does not matter, nor what stands after a `+`: a
    /// report that is lost for a capital letter is lost.
    ///
    /// # Errors
    /// When the store fails.
    pub fn letterbox(&self, address: &Mailbox) -> Result<Option<ProjectId>, EngineError> {
        let Some(address) = compared(address) else { return Ok(None) };
        Ok(self.letterboxes()?.get(&address).copied())
    }

    /// The address that a project writes from, and reads the answers at: of those at which its mail
    /// arrives, the one that was named first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn sender(&self, project: ProjectId) -> Result<Option<Mailbox>, EngineError> {
        let events: Vec<_> = self.house_stream()?.1.into_iter().map(|(_, event)| event).collect();
        let mut named = events.iter().filter_map(|event| match event {
            HouseEvent::LetterboxOpened { address, .. } => Some(address.clone()),
            _ => None,
        });
        let boxes = fold(events.iter().cloned());
        Ok(named.find(|address| boxes.get(address) == Some(&project)))
    }

    /// From now on, mail to an address is a project's. Only a member of its team may say so.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person is no member; [`EngineError::Invalid`] when the
    /// address is another project's, or nothing stands before its `+`.
    pub fn open_letterbox(
        &self,
        project: ProjectId,
        by: PersonId,
        address: &Mailbox,
        command: CommandId,
    ) -> Result<(), EngineError> {
        self.member(project, by)?;
        let address = compared(address)
            .ok_or_else(|| EngineError::Invalid("nothing stands before the +".into()))?;
        self.change_letterboxes(command, |boxes| match boxes.get(&address) {
            Some(owner) if *owner == project => Ok(None),
            Some(_) => Err(EngineError::Invalid("another project has this address".into())),
            None => Ok(Some(HouseEvent::LetterboxOpened { address: address.clone(), project, by })),
        })
    }

    /// From now on, mail to an address is nobody's. Only a member of its project's team may say so.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person is no member, or the address is not the project's.
    pub fn close_letterbox(
        &self,
        project: ProjectId,
        by: PersonId,
        address: &Mailbox,
        command: CommandId,
    ) -> Result<(), EngineError> {
        self.member(project, by)?;
        let address = compared(address).ok_or(EngineError::NotFound)?;
        self.change_letterboxes(command, |boxes| match boxes.get(&address) {
            Some(owner) if *owner == project => {
                Ok(Some(HouseEvent::LetterboxClosed { address: address.clone(), by }))
            }
            _ => Err(EngineError::NotFound),
        })
    }

    /// Takes in a mail that a mail server hands over for an address: the case in which it is from now
    /// on. The same bytes again are the same mail. What comes back to an act, by its id after the
    /// address's `+`, belongs to that act, whatever it says.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is no such project; others when the store fails. Then
    /// nothing was taken.
    pub fn deliver_mail(
        &self,
        project: ProjectId,
        to: &Mailbox,
        raw: &[u8],
    ) -> Result<CaseId, EngineError> {
        let tag = to.local().split_once('+').and_then(|(_, tag)| tag.parse().ok());
        self.take_mail(project, Actor::House, raw, tag).map(|taken| taken.case)
    }

    /// Writes down what `change` makes of the letterboxes as they are, unless they are so already.
    fn change_letterboxes(
        &self,
        command: CommandId,
        change: impl Fn(&Owners) -> Result<Option<HouseEvent>, EngineError>,
    ) -> Result<(), EngineError> {
        for _ in 0..TRIES {
            let (end, events) = self.house_stream()?;
            let boxes = fold(events.into_iter().map(|(_, event)| event));
            let Some(event) = change(&boxes)? else { return Ok(()) };
            match self.record(&event, end, command, Vec::new()) {
                Err(EngineError::Busy) => {}
                other => return other,
            }
        }
        Err(EngineError::Busy)
    }

    fn member(&self, project: ProjectId, person: PersonId) -> Result<(), EngineError> {
        let known = self.project(project)?.team.contains(&person);
        if known { Ok(()) } else { Err(EngineError::NotFound) }
    }
}

fn fold(events: impl Iterator<Item = HouseEvent>) -> Owners {
    let mut boxes = Owners::new();
    for event in events {
        match event {
            HouseEvent::LetterboxOpened { address, project, .. } => {
                boxes.insert(address, project);
            }
            HouseEvent::LetterboxClosed { address, .. } => {
                boxes.remove(&address);
            }
            HouseEvent::Unlocked { .. } | HouseEvent::Kept { .. } => {}
        }
    }
    boxes
}

/// An address as two are compared, unless nothing stands before its `+`.
pub(crate) fn compared(address: &Mailbox) -> Option<Mailbox> {
    let local = address.local().split('+').next()?.to_ascii_lowercase();
    format!("{local}@{}", address.domain()).parse().ok()
}
