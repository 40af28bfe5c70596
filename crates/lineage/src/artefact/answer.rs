//! What an artefact was found to hold of a fix.

use std::fmt;

use git::Oid;
use serde::{Serialize, Serializer};

use super::{Form, Part};

/// Whether an artefact has a fix, and how that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What the artefact is.
    pub form: Form,
    /// The answer.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The commits whose changes were sought: one for each part of the fix.
    #[serde(serialize_with = "names")]
    pub commits: Vec<Oid>,
    /// The commit that `git archive` says it wrote.
    pub made_from: Option<String>,
    /// Files of the repository that it holds.
    pub known_files: usize,
    /// Files whose names are not UTF-8: none of them was compared.
    pub odd_names: usize,
    /// Files of the fix that are there, and those whose absence tells.
    pub files: Vec<FileFinding>,
    /// Files of the fix that are not there, which tells nothing.
    pub left_out: Vec<LeftOut>,
}

/// Whether an artefact has a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Outcome {
    /// Every change of it.
    Fixed,
    /// None of them, and what stood there before still does.
    NotFixed,
    /// Some changes of it.
    Partly {
        /// Changes that were found.
        found: usize,
        /// Changes that were sought.
        expected: usize,
    },
    /// Nothing follows.
    Unknown {
        /// Why.
        why: String,
    },
}

/// What became of one file of a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileFinding {
    /// Its path in the repository.
    pub path: String,
    /// Its name in the artefact; `None` when it is not there.
    pub entry: Option<String>,
    /// What it is.
    pub part: Part,
    /// Its changes count in the answer.
    pub counts: bool,
    /// The changes of the fix in it.
    pub hunks: Vec<HunkFinding>,
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HunkFinding {
    /// Its first line in the fix's own commit.
    pub line: u64,
    /// Lines that the fix takes away.
    pub removed: usize,
    /// Lines that it puts in.
    pub added: usize,
    /// Where it stands.
    pub status: HunkState,
    /// By what.
    pub evidence: Evidence,
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HunkState {
    /// It is there.
    Fixed,
    /// What it replaces is there.
    NotFixed,
    /// Neither, or both.
    Unclear,
}

/// How a change was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The file is the commit's, or its parent's, to the byte.
    SameBytes,
    /// The lines stand there with those around them.
    Context,
    /// The lines stand there, but not those around them.
    Lines,
    /// The whole file is not there, though others of its folder are.
    Absence,
    /// The code is different from both.
    Different,
    /// Both are there, in different places.
    Both,
    /// The file is a link, or stored in a way that is not read here.
    Unread,
}

/// A file of the fix that is not there, which tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its path in the repository.
    pub path: String,
    /// Why that tells nothing.
    pub why: Absence,
}

/// Why the absence of a file tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Artefacts leave files of this part out.
    ByRule(Part),
    /// The artefact is made of other folders of the repository.
    Elsewhere,
    /// It is only not there: renamed, or left out for a reason that nobody told.
    Untold,
}

impl Outcome {
    /// The answer that follows from the changes that count.
    pub(super) fn of(files: &[FileFinding]) -> Self {
        let counted = files.iter().filter(|file| file.counts).flat_map(|file| &file.hunks);
        let (mut fixed, mut not_fixed, mut all) = (0, 0, 0);
        for hunk in counted {
            all += 1;
            match hunk.status {
                HunkState::Fixed => fixed += 1,
                HunkState::NotFixed => not_fixed += 1,
                HunkState::Unclear => {}
            }
        }
        match (fixed, not_fixed) {
            _ if all == 0 => Self::Unknown { why: "no file of the fix is in it".into() },
            (0, 0) => Self::Unknown {
                why: "its code is neither what the fix made nor what it replaced".into(),
            },
            (0, _) => Self::NotFixed,
            _ if fixed == all => Self::Fixed,
            _ => Self::Partly { found: fixed, expected: all },
        }
    }

    /// Every change is there.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed => f.write_str("fixed"),
            Self::NotFixed => f.write_str("not fixed"),
            Self::Partly { found, expected } => write!(f, "partly {found}/{expected}"),
            Self::Unknown { why } => write!(f, "cannot be told: {why}"),
        }
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByRule(part) => write!(f, "{}, which artefacts leave out", part.name()),
            Self::Elsewhere => f.write_str("the artefact is made of other folders"),
            Self::Untold => f.write_str("it is not in the artefact"),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameBytes => "the file is the same to the byte",
            Self::Context => "the lines and those around them",
            Self::Lines => "the lines, in other surroundings",
            Self::Absence => "the file is not there, though others of its folder are",
            Self::Different => "the code is different from both",
            Self::Both => "both stand there",
            Self::Unread => "the file is a link or cannot be read",
        })
    }
}

fn names<S: Serializer>(commits: &[Oid], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(commits.iter().map(Oid::as_str))
}
