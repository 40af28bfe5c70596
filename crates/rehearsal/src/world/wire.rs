//! What can be said to a world, and what it answers: the one door to it, in process or across a
//! socket.

use std::{collections::BTreeMap, path::PathBuf};

use advisory::digest::Digest;
use advisory::mailbox::Mailbox;
use case::{
    ActId, PersonId,
    act::Proof,
    observation::{Access, CveWord, Delivery, Draft},
};
use engine::ports::{ArchivePost, Found, IncomingMail, PortError};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    agenda::Deed, cna, developers, faults::Fault, forge, lists, mail, record::Record, smtp::Heard,
};

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// To the forge.
    Forge(forge::Call),
    /// To the mailing lists.
    Lists(lists::Call),
    /// To the mail server.
    Mail(mail::Call),
    /// To the CNA.
    Cna(cna::Call),
    /// To the repositories.
    Repository(developers::Look),
    /// To the people who write and release code.
    Develop(developers::Call),
    /// To somebody else's clock, by number.
    Time(usize),
    /// The people of the house say something about themselves.
    Person(Word),
    /// What is due towards the house now.
    Due,
    /// When something happens next.
    Next,
    /// What anybody has told the world, as a feed of it all.
    Talk,
    /// What the witness holds.
    Records,
    /// Which faults have fired.
    Fired,
    /// When a look last came to nothing that has not been repeated since.
    Missed,
    /// End the process that holds the world.
    Stop,
}

impl Request {
    /// The call is meant to change something.
    #[must_use]
    pub fn changes(&self) -> bool {
        match self {
            Self::Forge(call) => call.changes(),
            Self::Mail(call) => call.ends_mail(),
            Self::Cna(call) => {
                matches!(call, cna::Call::Ask { .. } | cna::Call::Publish { .. })
            }
            _ => false,
        }
    }

    /// The key of a call that is meant to change something. What is said to the mail server has none:
    /// the mail's Message-ID stands for it.
    #[must_use]
    pub fn act(&self) -> Option<ActId> {
        Some(match self {
            Self::Forge(
                forge::Call::Create { act, .. }
                | forge::Call::Update { act, .. }
                | forge::Call::Publish { act, .. }
                | forge::Call::Fork { act, .. }
                | forge::Call::SetAccess { act, .. },
            )
            | Self::Cna(cna::Call::Ask { act, .. } | cna::Call::Publish { act, .. }) => *act,
            _ => return None,
        })
    }

    /// The party may misbehave on this call; people and the drill's own questions never do. In a
    /// conversation with the mail server that happens at its stages.
    #[must_use]
    pub fn may_fail(&self) -> bool {
        match self {
            Self::Forge(_) | Self::Lists(_) | Self::Cna(_) => true,
            Self::Mail(call) => !matches!(call, mail::Call::Dial | mail::Call::Say { .. }),
            _ => false,
        }
    }
}

/// What people say and the witness writes down for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// I stood behind this.
    StoodBehind {
        /// Who.
        person: PersonId,
        /// What was shown.
        digest: Digest,
    },
    /// My report was received, they say.
    ReceiptSeen {
        /// Digest of the report's bytes.
        bytes: Digest,
    },
    /// I filled in the form.
    ReportSent {
        /// Digest of what was filled in.
        bytes: Digest,
    },
    /// Word in public, by somebody outside.
    Told {
        /// Who.
        who: String,
        /// Where.
        place: String,
        /// The words.
        words: String,
    },
    /// A vendor is told that its objection was met.
    Met {
        /// The vendor.
        organisation: String,
    },
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// Done; nothing more to say.
    Done,
    /// Done, with a receipt.
    Proof(Proof),
    /// A conversation with the mail server has begun.
    Line {
        /// Its number.
        number: u64,
        /// The greeting.
        heard: Heard,
    },
    /// What the mail server says.
    Heard(Heard),
    /// What looking for an earlier call showed.
    Found(Found),
    /// A draft.
    Draft(Option<Draft>),
    /// Where a fork is.
    Fork(Option<String>),
    /// Who has access.
    Access(Access),
    /// A record as everybody can read it.
    Published(Option<String>),
    /// A list's archive.
    Archive(Vec<ArchivePost>),
    /// Mails that came in.
    Incoming(Vec<IncomingMail>),
    /// What became of copies.
    Deliveries(Vec<(Mailbox, Delivery)>),
    /// The CNA's word.
    Word(Option<CveWord>),
    /// A folder.
    Folder(PathBuf),
    /// Lines, newest first, and the default branch.
    Supported(Vec<String>, String),
    /// A branch's name.
    Branch(String),
    /// A time.
    Time(Timestamp),
    /// Commits that were made, by line.
    Commits(BTreeMap<String, Vec<String>>),
    /// What people do towards the house now.
    Deeds(Vec<(Timestamp, Deed)>),
    /// When something happens next.
    Next(Option<Timestamp>),
    /// Everything that the witness holds.
    Records(Vec<Record>),
    /// How often each fault has fired.
    Fired(BTreeMap<Fault, u64>),
    /// What was told, oldest first, as Atom's entries.
    Talk(String),
    /// When a look last came to nothing.
    Missed(Option<Timestamp>),
}

/// An answer, or none, and how long it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// How long the caller waited.
    pub took: SignedDuration,
    /// What came back.
    pub outcome: Result<Response, PortError>,
}

pub(super) type Outcome = Result<Response, PortError>;

pub(super) fn refused(why: impl Into<String>) -> PortError {
    PortError::Refused(why.into())
}
