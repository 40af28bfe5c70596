//! Where histories are read: public mirrors, and private ones that cases name.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::Timestamp;
use lineage::Telling;
use serde::{Deserialize, Serialize};

use super::PortError;
use crate::private::Fork;

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
