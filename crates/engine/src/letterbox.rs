//! Addresses at which mail for a project arrives, and mail that is handed over for one of them.
//!
//! They are the house's: so no two projects have the same, and the latest word in its stream holds.
//! Beside them are *ears*: addresses to which mail of a public list comes, that is only listened to
//! ([`lookout`](crate::lookout)). What everybody reads, several projects may listen to; an address
//! is never both.

use std::collections::{BTreeMap, BTreeSet};

use advisory::Mailbox;
use case::{Actor, CaseId, CommandId, PersonId, ProjectId};

use crate::{Engine, EngineError, HouseEvent, engine::TRIES};

type Owners = BTreeMap<Mailbox, ProjectId>;
type Ears = BTreeMap<Mailbox, BTreeSet<ProjectId>>;

/// Who takes a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taker {
    /// A project, as a report or an answer.
    Project(ProjectId),
    /// It is of a public list, and only listened to.
    Ear,
}

/// Every address, and what it is for.
#[derive(Default)]
pub(crate) struct Addresses {
    boxes: Owners,
    ears: Ears,
}

impl Engine {
    /// Every address at which mail arrives, as it is compared, and whose it is.
    ///
    /// # Errors
    /// When the store fails.
    pub fn letterboxes(&self) -> Result<BTreeMap<Mailbox, ProjectId>, EngineError> {
        Ok(self.known_addresses()?.boxes)
    }

    /// Every address at which mail of a public list is listened to, as it is compared, and for whom.
    ///
    /// # Errors
    /// When the store fails.
    pub fn ears(&self) -> Result<BTreeMap<Mailbox, BTreeSet<ProjectId>>, EngineError> {
        Ok(self.known_addresses()?.ears)
    }

    pub(crate) fn known_addresses(&self) -> Result<Addresses, EngineError> {
        Ok(Addresses::of(self.house_stream()?.1.into_iter().map(|(_, event)| event)))
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
        let boxes = Addresses::of(events.iter().cloned()).boxes;
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
        let address = self.named(project, by, address)?;
        self.change_addresses(command, |known| {
            if known.ears.contains_key(&address) {
                return Err(EngineError::Invalid("a public list is listened to there".into()));
            }
            match known.boxes.get(&address) {
                Some(owner) if *owner == project => Ok(None),
                Some(_) => Err(EngineError::Invalid("another project has this address".into())),
                None => {
                    Ok(Some(HouseEvent::LetterboxOpened { address: address.clone(), project, by }))
                }
            }
        })
    }

    /// An address that a member of a project's team names, as it is compared.
    fn named(
        &self,
        project: ProjectId,
        by: PersonId,
        address: &Mailbox,
    ) -> Result<Mailbox, EngineError> {
        self.member(project, by)?;
        compared(address).ok_or_else(|| EngineError::Invalid("nothing stands before the +".into()))
    }

    /// From now on, mail of a public list that comes to an address is read for a project's words, and
    /// becomes no report. Only a member of its team may say so.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person is no member; [`EngineError::Invalid`] when
    /// reports come to the address, or nothing stands before its `+`.
    pub fn open_ear(
        &self,
        project: ProjectId,
        by: PersonId,
        address: &Mailbox,
        command: CommandId,
    ) -> Result<(), EngineError> {
        let address = self.named(project, by, address)?;
        self.change_addresses(command, |known| {
            if known.boxes.contains_key(&address) {
                let why = "reports come to this address: have the list's mail come to another";
                return Err(EngineError::Invalid(why.into()));
            }
            let listens = known.ears.get(&address).is_some_and(|by| by.contains(&project));
            let opened = || HouseEvent::EarOpened { address: address.clone(), project, by };
            Ok((!listens).then(opened))
        })
    }

    /// From now on, a project listens to an address no more. Only a member of its team may say so.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person is no member, or the project does not listen there.
    pub fn close_ear(
        &self,
        project: ProjectId,
        by: PersonId,
        address: &Mailbox,
        command: CommandId,
    ) -> Result<(), EngineError> {
        self.member(project, by)?;
        let address = compared(address).ok_or(EngineError::NotFound)?;
        self.change_addresses(command, |known| {
            match known.ears.get(&address).filter(|by| by.contains(&project)) {
                Some(_) => {
                    Ok(Some(HouseEvent::EarClosed { address: address.clone(), project, by }))
                }
                None => Err(EngineError::NotFound),
            }
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
        self.change_addresses(command, |known| match known.boxes.get(&address) {
            Some(owner) if *owner == project => {
                Ok(Some(HouseEvent::LetterboxClosed { address: address.clone(), by }))
            }
            _ => Err(EngineError::NotFound),
        })
    }

    /// Who takes mail to an address, if anybody does.
    ///
    /// # Errors
    /// When the store fails.
    pub fn taker(&self, address: &Mailbox) -> Result<Option<Taker>, EngineError> {
        let Some(address) = compared(address) else { return Ok(None) };
        Ok(self.known_addresses()?.taker(&address))
    }

    /// Hands a mail to its taker. Once this returns, a crash cannot lose it; the same bytes again are
    /// the same mail.
    ///
    /// # Errors
    /// As [`deliver_mail`](Self::deliver_mail) and [`hear`](Self::hear).
    pub fn hand_over(&self, taker: Taker, to: &Mailbox, raw: &[u8]) -> Result<(), EngineError> {
        match taker {
            Taker::Project(project) => self.deliver_mail(project, to, raw).map(drop),
            Taker::Ear => self.hear(to, raw),
        }
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

    /// Writes down what `change` makes of the addresses as they are, unless they are so already.
    fn change_addresses(
        &self,
        command: CommandId,
        change: impl Fn(&Addresses) -> Result<Option<HouseEvent>, EngineError>,
    ) -> Result<(), EngineError> {
        for _ in 0..TRIES {
            let (end, events) = self.house_stream()?;
            let known = Addresses::of(events.into_iter().map(|(_, event)| event));
            let Some(event) = change(&known)? else { return Ok(()) };
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

impl Addresses {
    /// Who takes mail to an address, as it is compared.
    pub(crate) fn taker(&self, address: &Mailbox) -> Option<Taker> {
        let project = self.boxes.get(address).map(|project| Taker::Project(*project));
        project.or_else(|| self.ears.contains_key(address).then_some(Taker::Ear))
    }

    fn of(events: impl Iterator<Item = HouseEvent>) -> Self {
        let mut known = Self::default();
        for event in events {
            match event {
                HouseEvent::LetterboxOpened { address, project, .. } => {
                    known.boxes.insert(address, project);
                }
                HouseEvent::LetterboxClosed { address, .. } => {
                    known.boxes.remove(&address);
                }
                HouseEvent::EarOpened { address, project, .. } => {
                    known.ears.entry(address).or_default().insert(project);
                }
                HouseEvent::EarClosed { address, project, .. } => {
                    if let Some(listening) = known.ears.get_mut(&address) {
                        listening.remove(&project);
                    }
                    known.ears.retain(|_, listening| !listening.is_empty());
                }
                HouseEvent::Unlocked { .. } | HouseEvent::Kept { .. } => {}
            }
        }
        known
    }
}

/// An address as two are compared, unless nothing stands before its `+`.
pub(crate) fn compared(address: &Mailbox) -> Option<Mailbox> {
    let local = address.local().split('+').next()?.to_ascii_lowercase();
    format!("{local}@{}", address.domain()).parse().ok()
}
