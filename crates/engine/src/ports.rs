//! What the engine asks of the world. Each outside party fills one trait; the engine speaks no
//! wire protocol itself.
//!
//! Calls block and may take long; the wiring decides on which thread. Every call that changes
//! something carries the act's id as its key, so that a party can recognise a repeat.

mod keys;
mod repositories;

use std::collections::BTreeSet;

use advisory::{
    id::{CveId, GhsaId},
    mailbox::Mailbox,
};
pub use case::Party;
use case::{
    ActId, VulnId,
    act::{Plan, Proof},
    notice::Posting,
    observation::{Access, CveWord, Delivery, Draft},
};
use jiff::Timestamp;
pub use lineage::Telling;
use serde::{Deserialize, Serialize};

pub use self::{
    keys::{MailKeys, NoKeys, OwnKey, SealedMail, Sealing, Seals, Unopened, Unsealed},
    repositories::{LocalClone, Repositories, Repository, Sight, SupportedLines},
};
use crate::Project;
pub use crate::private::Fork;

/// What may be done about a call whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// A second call with the same key changes nothing more: repeat it.
    Repeatable,
    /// Whether it happened can be read back: look first, then complete it.
    Readable,
    /// Nobody can tell: a person must find out.
    Blind,
}

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum PortError {
    /// The party understood and said no; nothing happened.
    #[error("refused: {0}")]
    Refused(String),
    /// The party was not reached; nothing happened.
    #[error("not reached: {0}")]
    Unreached(String),
    /// The call was sent and its answer lost: it may have happened.
    #[error("no answer: {0}")]
    Lost(String),
    /// The party cannot take it now, or was not reached; nothing happened, and later it may go well.
    #[error("not now: {0}")]
    NotNow(String),
    /// No connector is set up for this party.
    #[error("not set up: {0}")]
    Absent(String),
}

impl PortError {
    /// What was said, without what kind of error it is.
    #[must_use]
    pub fn words(&self) -> &str {
        let (Self::Refused(words)
        | Self::Unreached(words)
        | Self::Lost(words)
        | Self::NotNow(words)
        | Self::Absent(words)) = self;
        words
    }
}

/// What looking for an earlier call showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// It happened.
    Present(Proof),
    /// It did not, and cannot any more.
    Missing,
    /// Not to be told now.
    Unclear,
}

/// A call that carries an act out.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The act; the key of the call.
    pub act: ActId,
    /// What it does, and to whom.
    pub plan: &'a Plan,
    /// The project's own address, to which people answer, where it has one.
    pub from: Option<&'a Mailbox>,
    /// The earlier message in whose thread this one belongs.
    pub thread: Option<ActId>,
    /// How the list is posted to, where it goes to one.
    pub posting: Option<Posting>,
    /// The whole mail, where it was encrypted or signed. A mail that is to be sealed never goes
    /// without.
    pub sealed: Option<&'a [u8]>,
}

/// A party that acts can be carried out at.
pub trait Counterpart: Send + Sync {
    /// Whether there is a connector. Without one every call is answered with
    /// [`PortError::Absent`], and people carry out the acts.
    fn connected(&self) -> bool {
        true
    }

    /// Whether the house sees what becomes of an act there; otherwise people tell.
    fn shows(&self) -> bool {
        self.connected()
    }

    /// What may be done about a lost answer to this act.
    fn nature(&self, plan: &Plan) -> Nature;

    /// Carries an act out, under its key.
    ///
    /// # Errors
    /// [`PortError`]; only [`PortError::Lost`] leaves the outcome open.
    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError>;

    /// Looks whether an earlier call with this key happened.
    ///
    /// # Errors
    /// [`PortError`] when the party cannot be asked.
    fn look_up(&self, act: ActId, plan: &Plan) -> Result<Found, PortError>;
}

/// The forge: advisories, private forks, access.
pub trait Forge: Counterpart {
    /// The advisory that the act `created` made, as it is now.
    ///
    /// # Errors
    /// [`PortError`] when the forge cannot be asked.
    fn draft(&self, created: ActId) -> Result<Option<Draft>, PortError>;

    /// Where the private fork is that the act `created` asked for, once it exists.
    ///
    /// # Errors
    /// [`PortError`] when the forge cannot be asked.
    fn fork(&self, created: ActId) -> Result<Option<String>, PortError>;

    /// Who has access to a private fork.
    ///
    /// # Errors
    /// [`PortError`] when the forge cannot be asked.
    fn access(&self, fork: &str) -> Result<Access, PortError>;

    /// An advisory as the forge shows it to everybody: GitHub's JSON, to the byte the same as long
    /// as nobody changes it. `None` where nothing is shown.
    ///
    /// # Errors
    /// [`PortError`] when the forge cannot be asked.
    fn published(&self, id: &GhsaId) -> Result<Option<String>, PortError>;
}

/// A message in a list's archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivePost {
    /// Where it stands.
    pub url: String,
    /// The thread it stands in: the subject of its first message.
    pub thread: String,
    /// Subject as archived.
    pub subject: String,
    /// Body as archived, footers and rewriting included.
    pub body: String,
    /// When the archive took it.
    pub at: Timestamp,
}

/// Mailing lists and their archives.
pub trait Lists: Counterpart {
    /// Whether this house posts such an act on the list's own pages, for the project that has this
    /// address; otherwise a person does.
    fn posts(&self, _: &Plan, _from: Option<&Mailbox>) -> bool {
        false
    }

    /// What the archive of a list holds, oldest first, for the project that has this address.
    ///
    /// # Errors
    /// [`PortError`] when the archive cannot be read.
    fn archive(
        &self,
        list: &Mailbox,
        from: Option<&Mailbox>,
    ) -> Result<Vec<ArchivePost>, PortError>;
}

/// A mail that came in: bytes as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingMail {
    /// Grows with every mail of this mailbox.
    pub number: u64,
    /// The whole message.
    pub raw: Vec<u8>,
}

/// Mail to and from single people.
pub trait Mail: Counterpart {
    /// Mails after a number, oldest first.
    ///
    /// # Errors
    /// [`PortError`] when the mailbox cannot be read.
    fn incoming(&self, after: u64) -> Result<Vec<IncomingMail>, PortError>;

    /// What became of the copies of one act, per address.
    ///
    /// # Errors
    /// [`PortError`] when that cannot be asked.
    fn deliveries(&self, act: ActId) -> Result<Vec<(Mailbox, Delivery)>, PortError>;
}

/// The CVE numbering authority.
pub trait Cna: Counterpart {
    /// Its latest word on a vulnerability.
    ///
    /// # Errors
    /// [`PortError`] when it cannot be asked.
    fn word(&self, vulnerability: VulnId) -> Result<Option<CveWord>, PortError>;

    /// A CVE Record as it is shown to everybody: its JSON, to the byte the same as long as nobody
    /// changes it. `None` where nothing is shown.
    ///
    /// # Errors
    /// [`PortError`] when it cannot be asked.
    fn published(&self, id: CveId) -> Result<Option<String>, PortError>;
}

/// A mail that calls somebody of a team, in the open.
#[derive(Debug, Clone, Copy)]
pub struct Summons<'a> {
    /// What its Message-ID is made of.
    pub id: ActId,
    /// The project's own address.
    pub from: &'a Mailbox,
    /// Whom it calls.
    pub to: &'a Mailbox,
    /// One line.
    pub subject: &'a str,
    /// Lines that end in LF.
    pub text: &'a str,
}

/// What calls people.
pub trait Summoner: Send + Sync {
    /// Whether it can.
    fn connected(&self) -> bool;

    /// Calls somebody.
    ///
    /// # Errors
    /// [`PortError`].
    fn summon(&self, summons: &Summons<'_>) -> Result<(), PortError>;
}

/// Calls nobody.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Summoner for Nobody {
    fn connected(&self) -> bool {
        false
    }

    fn summon(&self, _: &Summons<'_>) -> Result<(), PortError> {
        Err(PortError::Absent("nobody is called from here".into()))
    }
}

/// A feed that whoever runs the house has it read: Atom, RSS, or any other text on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The name of the project whose words are sought in it.
    pub project: String,
    /// Its address.
    pub url: String,
}

/// Feeds. What is asked of them depends on no case, so that asking tells nobody anything.
pub trait Feeds: Send + Sync {
    /// All of them.
    fn all(&self) -> &[Feed];

    /// What one of them says now, to the byte.
    ///
    /// # Errors
    /// [`PortError`] when it cannot be read now, in words for the person.
    fn read(&self, feed: &Feed) -> Result<Vec<u8>, PortError>;
}

/// No feeds.
#[derive(Debug, Clone, Copy)]
pub struct NoFeeds;

impl Feeds for NoFeeds {
    fn all(&self) -> &[Feed] {
        &[]
    }

    fn read(&self, _: &Feed) -> Result<Vec<u8>, PortError> {
        Err(PortError::Absent("no feed is read here".into()))
    }
}

/// Somebody else's clock.
pub trait TimeSource: Send + Sync {
    /// Its name, for messages.
    fn name(&self) -> &str;

    /// The time there, now.
    ///
    /// # Errors
    /// [`PortError`] when it does not answer.
    fn time(&self) -> Result<Timestamp, PortError>;
}

/// All parties of one house.
pub struct Ports {
    /// The forge.
    pub forge: Box<dyn Forge>,
    /// Mailing lists.
    pub lists: Box<dyn Lists>,
    /// Mail to single people.
    pub mail: Box<dyn Mail>,
    /// The CNA.
    pub cna: Box<dyn Cna>,
    /// Repositories.
    pub repositories: Box<dyn Repositories>,
    /// The keys that mail is encrypted to.
    pub keys: Box<dyn MailKeys>,
    /// What seals the mail that goes out.
    pub seals: Box<dyn Seals>,
    /// What calls the team.
    pub summoner: Box<dyn Summoner>,
    /// Feeds that are listened to.
    pub feeds: Box<dyn Feeds>,
    /// Clocks of others.
    pub time: Vec<Box<dyn TimeSource>>,
}

impl Ports {
    /// The parties that show nothing, as far as a project's repositories are concerned.
    pub(crate) fn unconnected(&self, project: &Project) -> BTreeSet<Party> {
        let sees = |repository| self.repositories.connected(repository);
        let parties = [
            (Party::Forge, self.forge.shows()),
            (Party::Lists, self.lists.shows()),
            (Party::Mail, self.mail.shows()),
            (Party::Cna, self.cna.shows()),
            (Party::Repositories, project.repositories().all(sees)),
            (Party::Clocks, !self.time.is_empty()),
        ];
        parties.into_iter().filter(|(_, shows)| !shows).map(|(party, _)| party).collect()
    }
}
