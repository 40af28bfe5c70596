//! Mail that the house reads in a mailbox: whose each is, how far the mailbox was read, which of its mails
//! wait there for a person, and whether it can be read at all.
//!
//! Nobody hands such a mail over, so nobody says whom it was for: only the mail itself does. A wrong word
//! in it leads that one mail astray, as a wrong address would. What cannot be taken in is not taken
//! out of the mailbox either; the bookmark, a row of the house, names it until it is gone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use advisory::Mailbox;
use case::Actor;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Batch, Scope, StreamId};

use crate::{
    Engine, EngineError, Taker, letterbox,
    mail::{self, Addressees},
    summary::entry,
};

/// The list of bookmarks.
const BOOKMARKS: &str = "bookmarks";

/// How far a mailbox was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bookmark {
    /// Which numbering of its mails these numbers are of.
    pub numbering: u32,
    /// The last number that was read.
    pub last: u32,
    /// The mails up to it that were not taken in.
    pub waiting: BTreeMap<u32, Waits>,
}

/// Why a mail waits in its mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waits {
    /// It is larger than [`LARGEST_MAIL`](crate::LARGEST_MAIL).
    TooLarge,
    /// It names no address at which mail of a project arrives.
    Nobodys,
    /// The server did not give it.
    NotGiven,
}

impl Waits {
    /// For people, about the mail.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TooLarge => "is larger than 25 MiB, and waits there for a person",
            Self::Nobodys => "is to no address of a project here, and waits there for a person",
            Self::NotGiven => "was not given by the server, and is asked for again",
        }
    }
}

/// How reading the mailbox stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetching {
    /// Which mailbox, for people.
    pub place: String,
    /// What its bookmark is called.
    key: String,
    /// Why it cannot be read, if it cannot.
    pub trouble: Option<String>,
    /// Since when that is so.
    pub since: Timestamp,
    /// The mails in it that wait for a person.
    pub waiting: BTreeMap<u32, Waits>,
}

/// What this process knows of its mailbox.
#[derive(Default)]
pub(crate) struct Fetches(Mutex<Option<Fetching>>);

impl Engine {
    /// How far a mailbox was read, if ever.
    ///
    /// # Errors
    /// When the store fails.
    pub fn bookmark(&self, mailbox: &str) -> Result<Option<Bookmark>, EngineError> {
        let row = self.store.row(&Scope::house("fetch"), BOOKMARKS, mailbox)?;
        let Some(row) = row else { return Ok(None) };
        let text = row.body.as_bytes().unwrap_or_default();
        serde_json::from_slice(text).map(Some).map_err(|error| EngineError::Unreadable {
            stream: StreamId::house().to_string(),
            why: format!("the bookmark of the mailbox {mailbox}: {error}"),
        })
    }

    /// Remembers how far a mailbox was read.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put_bookmark(&self, mailbox: &str, bookmark: &Bookmark) -> Result<(), EngineError> {
        let text =
            serde_json::to_string(bookmark).map_err(|e| EngineError::Invalid(e.to_string()))?;
        let rows = vec![entry(BOOKMARKS, mailbox, &StreamId::house(), &text)];
        self.store.commit(&Scope::house("fetch"), Batch { rows, ..Batch::default() })?;
        Ok(())
    }

    /// Takes in a mail that was found in a mailbox, once for each project that it is for; `false`
    /// when it is for none, and nothing was taken. In a house with one project, all mail is that
    /// project's. The same bytes again are the same mail.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] while there is no project; others when the store fails. What was
    /// taken then is taken again as the same.
    pub fn take_found(&self, raw: &[u8]) -> Result<bool, EngineError> {
        let known = self.known_addressees(raw)?;
        for (taker, address) in &known {
            self.hand_over(*taker, address, raw)?;
        }
        if !known.is_empty() {
            return Ok(true);
        }
        match self.projects()?.as_slice() {
            [] => Err(EngineError::Invalid("no project is set up yet".into())),
            [only] => self.take_mail(only.id, Actor::House, raw, None).map(|_| true),
            _ => Ok(false),
        }
    }

    /// Whom a mail is for, each with the address that says so. What the servers wrote that delivered
    /// it comes before what its sender wrote; and that a list sent it, only the list can say.
    fn known_addressees(&self, raw: &[u8]) -> Result<Vec<(Taker, Mailbox)>, EngineError> {
        let Addressees { delivered, named, of_a_list } = mail::addressees(raw);
        let known = self.known_addresses()?;
        let taker =
            |address: Mailbox| Some((known.taker(&letterbox::compared(&address)?)?, address));
        if let Some(found) = delivered.into_iter().find_map(taker) {
            return Ok(vec![found]);
        }
        let mut takers = BTreeSet::new();
        let known = named.into_iter().filter_map(taker).filter(|(taker, address)| match taker {
            Taker::Project(_) => takers.insert((*taker, None)),
            Taker::Ear => of_a_list && takers.insert((*taker, letterbox::compared(address))),
        });
        Ok(known.collect())
    }

    /// A mailbox is read from now on, or it is not, for this reason. Forgotten when the process ends.
    pub fn mailbox_stands(&self, place: &str, key: &str, trouble: Option<&str>) {
        let mut fetches = self.fetches.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &&Fetching| known.trouble.is_some() == trouble.is_some();
        let since = fetches.as_ref().filter(same).map_or_else(|| self.clock.wall(), |f| f.since);
        *fetches = Some(Fetching {
            place: place.to_owned(),
            key: key.to_owned(),
            trouble: trouble.map(ToOwned::to_owned),
            since,
            waiting: BTreeMap::new(),
        });
    }

    /// How reading the house's mailbox stands; `None` when it reads none.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fetching(&self) -> Result<Option<Fetching>, EngineError> {
        let known = self.fetches.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(known) = known else { return Ok(None) };
        let waiting = self.bookmark(&known.key)?.unwrap_or_default().waiting;
        Ok(Some(Fetching { waiting, ..known }))
    }
}
