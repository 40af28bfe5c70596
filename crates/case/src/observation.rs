//! What the world shows. A fact about the world counts only once it is recorded as one of these.

use std::collections::{BTreeMap, BTreeSet};

use advisory::id::{CveId, CweId, GhsaId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ActId, DisclosureId, LineKey, PersonId, ReportId, VulnId,
    copies::PublishedCopy,
    notice::{Compared, ListCopy},
    opening::Opening,
    sighting::Sighting,
    vultron::cs,
};

/// State of an advisory at the forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DraftState {
    /// Only invited people see it.
    Draft,
    /// Everyone sees it.
    Published,
    /// Given up.
    Closed,
}

/// The forge's advisory, as read back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The forge's id for it.
    pub ghsa: GhsaId,
    /// Where people open it.
    pub url: String,
    /// Its state there.
    pub state: DraftState,
    /// Patched version per line, as the draft says.
    pub patched: BTreeMap<LineKey, String>,
    /// Credit lines, as the draft says.
    pub credits: Vec<String>,
    /// The severity vector, as the draft says.
    pub vector: Option<String>,
    /// Weaknesses, as the draft says.
    pub cwes: Vec<CweId>,
}

/// Access to the private fork at the forge, as read back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Accounts with access that were invited and accepted.
    pub members: BTreeSet<String>,
    /// Invitations not accepted yet.
    pub pending: BTreeSet<String>,
    /// Accounts with access through the organisation.
    pub inherited: BTreeSet<String>,
}

/// What a CNA says of an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CveWord {
    /// It gave an id.
    Assigned {
        /// The id.
        id: CveId,
    },
    /// It refuses to give one.
    Declined {
        /// In its words.
        why: String,
    },
    /// The record is public.
    Published,
    /// The id was rejected.
    Rejected {
        /// In its words.
        why: String,
    },
    /// Somebody disputes the record.
    Disputed {
        /// In their words.
        why: String,
    },
}

/// What became of a message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Delivery {
    /// It arrived.
    Delivered,
    /// It came back.
    Bounced {
        /// For good.
        hard: bool,
        /// The other side's words.
        why: String,
    },
}

/// Where a commit can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// On a private branch.
    Private,
    /// On a public branch.
    Public,
}

/// A release of one line, as found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its version, without prefix.
    pub version: String,
    /// Its tag.
    pub tag: String,
    /// Whether the fix was found in it; `None` when that could not be told.
    pub contains_fix: Option<bool>,
    /// How that was found out.
    pub evidence: String,
    /// When it became public.
    pub released_at: Timestamp,
    /// What else it shows. Releases that were recorded before anybody looked lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ReleaseDetails>,
}

/// What a release shows beside its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseDetails {
    /// Commits of the fix.
    pub commits: usize,
    /// Those of them that are in its history.
    pub reached: usize,
    /// Lines of the fix that were sought in its files.
    pub lines: usize,
    /// Those of them that were found.
    pub found: usize,
    /// How its tag is signed.
    pub signature: TagSignature,
    /// What took the fix back, where its history has it and its files do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reverted_by: Vec<String>,
    /// What was built of it; `None` where this house is shown no artefacts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artefacts: Option<Vec<Artefact>>,
}

/// How a line's fix differs from the original on the default branch, in telling lines of the files that
/// the original touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The line's commits.
    pub commits: Vec<String>,
    /// The default branch's.
    pub original: Vec<String>,
    /// Lines of the original.
    pub expected: usize,
    /// Those of them that the line's commits have.
    pub found: usize,
    /// Lines that only these have.
    pub other: usize,
}

/// How a tag is signed. Nothing is verified: the house knows nobody's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TagSignature {
    /// The tag is only a name, which can carry nothing.
    Lightweight,
    /// It could carry a signature, and does not.
    None,
    /// By a key of OpenPGP.
    Openpgp,
    /// By a key of SSH.
    Ssh,
    /// By a certificate.
    X509,
}

/// Something that was built of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    /// Its file's name.
    pub name: String,
    /// Whether the fix is in it.
    pub holds: Holds,
}

/// How much of a fix something holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Holds {
    /// All of it.
    All,
    /// Nothing.
    Nothing,
    /// Some changes.
    Some {
        /// Changes that were found.
        found: usize,
        /// Changes that were sought.
        expected: usize,
    },
    /// That could not be told.
    Untold {
        /// Why.
        why: String,
    },
}

/// A step on a line's way to its release that no counterpart shows to any house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Milestone {
    /// Somebody else has read the fix.
    Reviewed,
    /// The project's own tests were run on it.
    Tested,
    /// What people install was built.
    Built,
    /// The release notes are written.
    Noted,
}

impl Milestone {
    /// All, in the order in which a release meets them.
    pub const ALL: [Self; 4] = [Self::Reviewed, Self::Tested, Self::Built, Self::Noted];

    /// Its name in forms and events.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Reviewed => "reviewed",
            Self::Tested => "tested",
            Self::Built => "built",
            Self::Noted => "noted",
        }
    }

    /// In a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reviewed => "the fix was reviewed",
            Self::Tested => "the project's tests were run",
            Self::Built => "the artefacts were built",
            Self::Noted => "the release notes are written",
        }
    }
}

/// One thing the world showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Observation {
    /// The supported lines of a repository, the default branch among them.
    SupportedLines {
        /// The repository.
        repository: String,
        /// Its lines, newest first.
        lines: Vec<String>,
        /// The default branch, one of `lines`.
        default_branch: String,
    },
    /// The forge's advisory.
    Draft(Draft),
    /// The private fork exists.
    Fork {
        /// Where.
        url: String,
    },
    /// Who has access to the private fork.
    Access(Access),
    /// Word from the CNA.
    Cve {
        /// Which vulnerability.
        vulnerability: VulnId,
        /// What it says.
        word: CveWord,
    },
    /// A notice stands in a list's archive.
    Post {
        /// Which notice.
        act: ActId,
        /// Where.
        url: String,
        /// The approved words are there; footers and rewriting are tolerated.
        words_match: bool,
        /// The thread it stands in.
        thread: String,
        /// What the house found when it compared the words, where it was given them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        compared: Option<Box<Compared>>,
    },
    /// A mail came that says that it is a list's copy of a notice.
    ListCopy(Box<ListCopy>),
    /// What became of a message.
    Delivery {
        /// Which act.
        act: ActId,
        /// To whom.
        person: PersonId,
        /// What became of it.
        outcome: Delivery,
    },
    /// Fix commits on a line.
    Fix {
        /// The line.
        line: LineKey,
        /// Full commit ids; none: they are there no more, which only happens in private.
        commits: Vec<String>,
        /// Where they can be seen.
        place: Place,
    },
    /// A release of a line.
    Release {
        /// The line.
        line: LineKey,
        /// What was found.
        release: Release,
    },
    /// The fix was taken back on a line's public branch.
    Reverted {
        /// The line.
        line: LineKey,
        /// By which commits; none: the fix is there again.
        by: Vec<String>,
    },
    /// The fix of a line was held against the original.
    Compared {
        /// The line.
        line: LineKey,
        /// What came of it.
        comparison: Comparison,
    },
    /// The guard read the public words about the fix of one line.
    PublicWords {
        /// The line.
        line: LineKey,
        /// What was read: commits, branches, tags, notes.
        read: Vec<String>,
        /// Findings that give the bug away.
        blocks: Vec<String>,
        /// Findings worth a look.
        warnings: Vec<String>,
    },
    /// A line has come a step nearer to its release.
    Milestone {
        /// The line.
        line: LineKey,
        /// Which step.
        milestone: Milestone,
    },
    /// The bug is known in public.
    Public {
        /// Where it was seen.
        source: String,
    },
    /// An exploit exists in public.
    Exploit {
        /// Where it was seen.
        source: String,
    },
    /// Attacks were seen.
    Attacks {
        /// Who says so.
        source: String,
    },
    /// A reporter's own date for going public was set, moved or lifted.
    Deadline {
        /// The report it belongs to.
        report: ReportId,
        /// The date; `None` when there is none any more.
        deadline: Option<Timestamp>,
    },
    /// The disclosure was rehearsed shortly before its instant.
    Preflight {
        /// Which one.
        disclosure: DisclosureId,
        /// What would go wrong; empty when all is well.
        problems: Vec<String>,
    },
    /// A published record, as everybody can read it now.
    Copy(PublishedCopy),
    /// A person wrote to the team.
    Message {
        /// Who, when that is proven.
        from: Option<PersonId>,
        /// The sender as given.
        sender: String,
        /// The words.
        text: String,
        /// The blob that holds the mail to the byte, where it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        raw: Option<String>,
        /// All or part of the mail is encrypted.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        encrypted: bool,
    },
    /// What came of an encrypted mail.
    Opening(Opening),
    /// Words of the case stand in public before their time.
    Sighted(Sighting),
}

impl Observation {
    /// The case-state fact that this shows, if any. An advisory or a record that is found published
    /// is public, whoever published it.
    #[must_use]
    pub fn fact(&self) -> Option<cs::Event> {
        match self {
            Self::Public { .. }
            | Self::Draft(Draft { state: DraftState::Published, .. })
            | Self::Cve { word: CveWord::Published, .. } => Some(cs::Event::PublicAware),
            Self::Exploit { .. } => Some(cs::Event::ExploitPublic),
            Self::Attacks { .. } => Some(cs::Event::AttacksObserved),
            Self::Fix { commits, .. } if !commits.is_empty() => Some(cs::Event::FixReady),
            _ => None,
        }
    }

    /// People may write it down, because it reaches them and not the house: word of mouth, a
    /// mail, a CNA's answer. Everything else is read back by the house itself; some of it people may
    /// [tell](crate::told) where nobody can be read.
    #[must_use]
    pub fn told_by_people(&self) -> bool {
        matches!(
            self,
            Self::Public { .. }
                | Self::Exploit { .. }
                | Self::Attacks { .. }
                | Self::Message { .. }
                | Self::Deadline { .. }
                | Self::Cve { .. }
        )
    }
}
