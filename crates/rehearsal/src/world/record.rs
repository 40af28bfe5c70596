//! The witness: what reached the counterparts and what became public, at true time.
//!
//! Only ever appended to. It knows nothing of the house's journal, so that the two can be held
//! against each other.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

use advisory::{Advisory, digest::Digest, id::CveId, id::GhsaId, mailbox::Mailbox};
use case::{ActId, VulnId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::faults::Fault;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its number, from 1.
    pub n: u64,
    /// True time.
    pub at: Timestamp,
    /// Who saw it: `forge`, `list`, `mail`, `cna`, `repository`, `person`, `press`.
    pub by: String,
    /// What happened.
    pub what: Happened,
}

/// What can happen in a drill's world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    /// An advisory draft was made.
    DraftMade {
        /// The caller's key.
        act: ActId,
        /// Its id at the forge.
        ghsa: GhsaId,
        /// What it says.
        advisory: Box<Advisory>,
    },
    /// A draft was changed.
    DraftChanged {
        /// The caller's key.
        act: ActId,
        /// Its id at the forge.
        ghsa: GhsaId,
        /// What it says now.
        advisory: Box<Advisory>,
    },
    /// An advisory became public.
    AdvisoryPublished {
        /// The caller's key.
        act: ActId,
        /// Its id at the forge.
        ghsa: GhsaId,
        /// What it says.
        advisory: Box<Advisory>,
    },
    /// A private fork was asked for.
    ForkAsked {
        /// The caller's key.
        act: ActId,
    },
    /// The list of people with access was replaced.
    AccessSet {
        /// The caller's key.
        act: ActId,
        /// Everybody on it.
        logins: BTreeSet<String>,
    },
    /// Somebody accepted an invitation.
    Joined {
        /// The account.
        login: String,
    },
    /// The mail server took a message for a list.
    Posted {
        /// The key that its Message-ID names.
        act: ActId,
        /// The list's address.
        to: Mailbox,
        /// Everyone can read the list.
        public: bool,
        /// Subject as its readers see it.
        subject: String,
        /// Body as its readers see it.
        body: String,
        /// The message as it was taken.
        mail: Sent,
    },
    /// The mail server took a mail for somebody.
    Mailed {
        /// The key that its Message-ID names.
        act: ActId,
        /// To whom.
        to: Mailbox,
        /// Subject as its reader sees it.
        subject: String,
        /// Body as its reader sees it.
        body: String,
        /// The message as it was taken.
        mail: Sent,
    },
    /// The CNA was asked for an id.
    CveAsked {
        /// The caller's key.
        act: ActId,
        /// For what.
        vulnerability: VulnId,
    },
    /// The CNA gave an id.
    CveGiven {
        /// For what.
        vulnerability: VulnId,
        /// The id.
        id: CveId,
    },
    /// The CNA refused.
    CveRefused {
        /// For what.
        vulnerability: VulnId,
    },
    /// A CVE record became public.
    CvePublished {
        /// The caller's key.
        act: ActId,
        /// Its id.
        id: CveId,
    },
    /// Somebody changed on the web what an act had published.
    Edited {
        /// The act.
        published: ActId,
        /// What is otherwise now.
        what: String,
    },
    /// A call that had been made arrived once more and was recognised by its key.
    Echoed {
        /// The caller's key.
        act: ActId,
    },
    /// A reporter sent something.
    ReportSent {
        /// Digest of its bytes.
        bytes: Digest,
        /// `mail` or `form`.
        channel: String,
    },
    /// A reporter was told that it arrived.
    ReceiptSeen {
        /// Digest of the report's bytes.
        bytes: Digest,
    },
    /// A person stood behind something, in their own memory.
    StoodBehind {
        /// Who, as the house names people.
        person: case::PersonId,
        /// What was shown.
        digest: Digest,
    },
    /// Commits became visible.
    Pushed {
        /// Everyone can see them.
        public: bool,
        /// The line.
        line: String,
        /// Full ids, oldest first.
        commits: Vec<String>,
        /// Their messages.
        messages: Vec<String>,
    },
    /// A push was stopped by a guard before it; nothing of it is anywhere but with who tried.
    Stopped {
        /// Who tried.
        who: String,
        /// The rules that stopped it, each once.
        rules: Vec<String>,
    },
    /// A release became public.
    Released {
        /// The line.
        line: String,
        /// The version, without prefix.
        version: String,
        /// The tag.
        tag: String,
        /// The commit.
        commit: String,
        /// Notes that everyone can read.
        notes: String,
    },
    /// Somebody told the world.
    Told {
        /// Who.
        who: String,
        /// Where.
        place: String,
        /// The words.
        words: String,
    },
    /// A call was made and did not get through: nothing came of it but the attempt.
    Tried {
        /// The caller's key.
        act: ActId,
    },
    /// A party misbehaved, as it was asked to.
    Misbehaved(Fault),
}

/// A message as the mail server took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Where the envelope says that it comes back to.
    pub sender: Option<Mailbox>,
    /// Every byte, headers and all.
    pub raw: String,
}

impl Happened {
    /// The caller's key, when this is the effect of a call.
    #[must_use]
    pub fn act(&self) -> Option<ActId> {
        match self {
            Self::DraftMade { act, .. }
            | Self::DraftChanged { act, .. }
            | Self::AdvisoryPublished { act, .. }
            | Self::ForkAsked { act }
            | Self::AccessSet { act, .. }
            | Self::Posted { act, .. }
            | Self::Mailed { act, .. }
            | Self::CveAsked { act, .. }
            | Self::CvePublished { act, .. } => Some(*act),
            _ => None,
        }
    }

    /// The key of a call that was begun, whatever came of it.
    #[must_use]
    pub fn begun(&self) -> Option<ActId> {
        match self {
            Self::Tried { act } => Some(*act),
            _ => self.act(),
        }
    }

    /// In a few words, for people.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::DraftMade { ghsa, .. } => format!("draft {ghsa} made"),
            Self::DraftChanged { ghsa, .. } => format!("draft {ghsa} changed"),
            Self::AdvisoryPublished { ghsa, .. } => format!("advisory {ghsa} public"),
            Self::ForkAsked { .. } => "private fork asked for".into(),
            Self::AccessSet { logins, .. } => {
                let logins: Vec<&str> = logins.iter().map(String::as_str).collect();
                format!("access for {}", logins.join(", "))
            }
            Self::Joined { login } => format!("{login} accepted the invitation"),
            Self::Posted { to, subject, .. } => format!("posted to {to}: {subject}"),
            Self::Mailed { to, subject, .. } => format!("mailed to {to}: {subject}"),
            Self::CveAsked { .. } => "asked for a CVE id".into(),
            Self::CveGiven { id, .. } => format!("{id} assigned"),
            Self::CveRefused { .. } => "no CVE id will be given".into(),
            Self::CvePublished { id, .. } => format!("record of {id} public"),
            Self::Edited { what, .. } => format!("edited on the web: {what}"),
            Self::Echoed { .. } => "a call arrived twice and was recognised".into(),
            Self::ReportSent { channel, .. } => format!("report sent by {channel}"),
            Self::ReceiptSeen { .. } => "the reporter was told that it arrived".into(),
            Self::StoodBehind { digest, .. } => format!("stood behind {}", short(*digest)),
            Self::Stopped { who, rules } => {
                format!("a guard stopped a push by {who}: {}", rules.join(", "))
            }
            Self::Pushed { public, line, commits, .. } => {
                let place = if *public { "public" } else { "private" };
                format!("{} commit(s) on {line}, {place}", commits.len())
            }
            Self::Released { tag, .. } => format!("released {tag}"),
            Self::Told { who, place, .. } => format!("{who} told {place}"),
            Self::Tried { .. } => "a call did not get through".into(),
            Self::Misbehaved(fault) => format!("fault: {}", fault.in_words()),
        }
    }
}

fn short(digest: Digest) -> String {
    digest.to_string().chars().take(12).collect()
}

/// Where the witness writes.
#[derive(Debug, Default)]
pub struct Witness {
    records: Vec<Record>,
    file: Option<File>,
    unsynced: bool,
    broken: Option<io::Error>,
}

impl Witness {
    /// A witness that also writes to a file, going on after what the file holds.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn at(path: &Path) -> io::Result<Self> {
        let records = if path.exists() { read(path)? } else { Vec::new() };
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { records, file: Some(file), unsynced: false, broken: None })
    }

    /// Everything so far, oldest first.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Writes something down; [`settle`](Self::settle) tells whether that worked.
    pub(super) fn note(&mut self, at: Timestamp, by: &str, what: Happened) {
        let n = u64::try_from(self.records.len()).unwrap_or(u64::MAX).saturating_add(1);
        let record = Record { n, at, by: by.to_owned(), what };
        if let Some(file) = &mut self.file {
            let written = serde_json::to_string(&record)
                .map_err(io::Error::from)
                .and_then(|text| file.write_all(format!("{text}\n").as_bytes()));
            match written {
                Ok(()) => self.unsynced = true,
                Err(error) => self.broken = Some(error),
            }
        }
        self.records.push(record);
    }

    /// Makes everything durable; call it before an answer leaves.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        match &self.file {
            Some(file) if std::mem::take(&mut self.unsynced) => file.sync_data(),
            _ => Ok(()),
        }
    }
}

/// Reads a witness's file. An unfinished last line is left out: nobody was answered for it.
///
/// # Errors
/// When the file cannot be read, or a finished line is no record.
pub fn read(path: &Path) -> io::Result<Vec<Record>> {
    let mut reader = BufReader::new(File::open(path)?);
    let mut records = Vec::new();
    let mut text = String::new();
    while reader.read_line(&mut text)? > 0 {
        if !text.ends_with('\n') {
            break;
        }
        records.push(serde_json::from_str(&text)?);
        text.clear();
    }
    Ok(records)
}
