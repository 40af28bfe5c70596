//! What the engine asks of the world. Each outside party fills one trait; the engine speaks no
//! wire protocol itself.
//!
//! Calls block and may take long; the wiring decides on which thread. Every call that changes
//! something carries the act's id as its key, so that a party can recognise a repeat.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

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
    opening::Standing,
    sealing::Certificate,
};
use jiff::Timestamp;
pub use lineage::Telling;
use serde::{Deserialize, Serialize};

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

/// The supported lines of a repository, as its owner publishes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportedLines {
    /// Lines, newest first, the default branch among them.
    pub lines: Vec<String>,
    /// The default branch.
    pub default_branch: String,
}

/// A mirror of a repository that lies on this machine, as its project named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalClone {
    /// Its folder, below the one that the operator keeps such clones in.
    pub folder: String,
    /// How it is told which minors get patch releases.
    pub supported: Telling,
}

/// A repository that is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Repository<'a> {
    /// Its short name.
    pub name: &'a str,
    /// Where its project says that it can be read.
    pub clone: Option<&'a LocalClone>,
}

/// How a mirror stands that lies on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The lines that it shows as supported, the default branch among them.
    pub lines: Vec<String>,
    /// When it was last brought up to date.
    pub fetched_at: Timestamp,
}

/// The project's repositories, mirrored to disk.
pub trait Repositories: Send + Sync {
    /// Whether there is anything to look at; otherwise every call is answered with
    /// [`PortError::Absent`].
    fn connected(&self, _: Repository<'_>) -> bool {
        true
    }

    /// How a repository stands whose mirror lies on this machine; `None` where there is nothing to
    /// say, since every look is a fresh one.
    ///
    /// # Errors
    /// [`PortError`] when it cannot be read now, in words for the person.
    fn sight(&self, _: Repository<'_>) -> Result<Option<Sight>, PortError> {
        Ok(None)
    }

    /// Brings a mirror up to date with where it was cloned from, which is nothing that a page says.
    /// It may take long. Where it fails, the mirror shows what it showed before.
    ///
    /// # Errors
    /// [`PortError`], in words for the person that hold no secret.
    fn fetch(&self, _: Repository<'_>) -> Result<(), PortError> {
        Err(PortError::Absent("this house fetches nothing".into()))
    }

    /// The mirror of the public repository.
    ///
    /// # Errors
    /// [`PortError`] when it cannot be read.
    fn public(&self, repository: Repository<'_>) -> Result<PathBuf, PortError>;

    /// The mirror of a private fork.
    ///
    /// # Errors
    /// [`PortError`] when it cannot be read.
    fn private(&self, fork: Fork<'_>) -> Result<PathBuf, PortError>;

    /// Whether mirrors of private repositories may lie on this machine.
    fn reads_private(&self) -> bool {
        false
    }

    /// Brings the mirror of a private repository up to date, as [`Self::fetch`] does a public one.
    ///
    /// # Errors
    /// [`PortError`], in words for the person that hold no secret.
    fn fetch_private(&self, _: Fork<'_>) -> Result<(), PortError> {
        Err(PortError::Absent("this house fetches nothing".into()))
    }

    /// Which lines are supported now.
    ///
    /// # Errors
    /// [`PortError`] when that cannot be found out.
    fn supported(&self, repository: Repository<'_>) -> Result<SupportedLines, PortError>;

    /// What was built of a repository's releases, by tag: files or folders on this machine.
    ///
    /// # Errors
    /// [`PortError::Absent`] where this house is shown no artefacts.
    fn artefacts(&self, _: Repository<'_>) -> Result<BTreeMap<String, Vec<PathBuf>>, PortError> {
        Err(PortError::Absent("no artefact is shown to this house".into()))
    }

    /// The branch that holds a line, such as `release-1.15`.
    fn branch(&self, repository: Repository<'_>, line: &str) -> String;
}

/// What was inside of an encrypted message.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// The fingerprint of the key that opened it.
    pub key: String,
    /// What it holds, proven to be what was encrypted.
    pub content: Vec<u8>,
    /// Signatures over that, each an OpenPGP signature; nothing is proven of them.
    pub signatures: Vec<Vec<u8>>,
}

/// Why a message was not opened. There are no finer reasons, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// There are no keys here at all.
    #[error("this house has no keys for mail")]
    Absent,
    /// None of them fits.
    #[error("no key fits")]
    NoKey,
    /// It is damaged, not protected against changes, or made to do harm.
    #[error("the message is damaged")]
    Damaged,
}

/// The keys that mail to this house is encrypted to.
pub trait MailKeys: Send + Sync {
    /// Opens a message with the keys of these addresses; `None` stands for all keys. Nothing is
    /// answered that was not proven to be what was encrypted.
    ///
    /// # Errors
    /// [`Unopened`].
    fn open(
        &self,
        message: &[u8],
        addresses: Option<&BTreeSet<Mailbox>>,
    ) -> Result<Unsealed, Unopened>;

    /// How something is signed, as far as these keys can tell at this moment.
    fn judge(
        &self,
        signed: &[u8],
        signatures: &[Vec<u8>],
        keys: &[Vec<u8>],
        at: Timestamp,
    ) -> Standing;
}

/// No keys.
#[derive(Debug, Clone, Copy)]
pub struct NoKeys;

impl MailKeys for NoKeys {
    fn open(&self, _: &[u8], _: Option<&BTreeSet<Mailbox>>) -> Result<Unsealed, Unopened> {
        Err(Unopened::Absent)
    }

    fn judge(&self, _: &[u8], _: &[Vec<u8>], _: &[Vec<u8>], _: Timestamp) -> Standing {
        Standing::UnknownKey { key: None }
    }
}

/// How a mail is sealed.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// The recipient's certificate; without one the mail is signed and not encrypted.
    pub key: Option<&'a Certificate>,
    /// The subject that stands outside of what is encrypted.
    pub subject: &'a str,
    /// When.
    pub at: Timestamp,
    /// What chance the session key is made of.
    pub seed: [u8; 32],
}

/// A sealed mail.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedMail {
    /// The whole mail, as it is sent.
    pub mail: Vec<u8>,
    /// The fingerprints of the keys that open it.
    pub keys: Vec<String>,
    /// The fingerprint of the key that signed it.
    pub signer: Option<String>,
}

/// The house's own key for the mail of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnKey {
    /// The fingerprint of the key that what is encrypted can be read with here.
    pub reads: Option<String>,
    /// The fingerprint of the key that signs.
    pub signs: Option<String>,
    /// Why nothing is signed, in words.
    pub silent: Option<String>,
}

/// What encrypts and signs the mail of this house.
pub trait Seals: Send + Sync {
    /// Reads a certificate that something can be encrypted to at this moment.
    ///
    /// # Errors
    /// Why not, in words for the person who pasted it.
    fn certificate(&self, armoured: &str, at: Timestamp) -> Result<Certificate, String>;

    /// Looks at an address's domain for its certificate; the domain learns that somebody asks.
    ///
    /// # Errors
    /// Why there is none, in words for the person who asked.
    fn look_up(&self, address: &Mailbox) -> Result<String, String> {
        Err(format!("nothing is looked up here for {address}"))
    }

    /// The house's own key for mail from an address.
    fn own(&self, from: &Mailbox, at: Timestamp) -> OwnKey;

    /// Writes the mail of a call, sealed.
    ///
    /// # Errors
    /// Why it cannot be sealed, in words.
    fn seal(&self, call: &Call<'_>, sealing: &Sealing<'_>) -> Result<SealedMail, String>;
}

impl Seals for NoKeys {
    fn certificate(&self, _: &str, _: Timestamp) -> Result<Certificate, String> {
        Err("nothing is encrypted here".into())
    }

    fn own(&self, _: &Mailbox, _: Timestamp) -> OwnKey {
        OwnKey::default()
    }

    fn seal(&self, _: &Call<'_>, _: &Sealing<'_>) -> Result<SealedMail, String> {
        Err("nothing is encrypted here".into())
    }
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
