//! A drill on what exists: the clone and the mail that somebody names.

use std::{fs, path::PathBuf, str::FromStr};

use clap::Args;
use rehearsal::history::{Asked, History, HistoryError};

use crate::command_error::CommandError;

/// The story that can be played on any history. Others are about lines and versions of their own.
const STORY: &str = "contour";

/// Your own project, in place of the made one.
#[derive(Args)]
#[command(next_help_heading = "Your own project")]
pub(super) struct OwnProject {
    /// A clone of your repository: its tags give the lines, its branches what is fixed
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,

    /// A mail that is the report, exactly as it is
    #[arg(long, value_name = "FILE.eml")]
    report: Option<PathBuf>,

    /// A commit that fixed a past bug, perhaps as `LINE=COMMIT`; the drill begins before it
    #[arg(long, value_name = "[LINE=]COMMIT", requires = "repo")]
    fixed_by: Vec<FixedBy>,

    /// A commit that introduced the past bug; without any, it was there from the beginning
    #[arg(long, value_name = "COMMIT", requires = "fixed_by")]
    introduced: Vec<String>,

    /// Supported minors, such as '1.3?'; else versions.yaml says, else the newest three
    #[arg(long, value_name = "GLOB", requires = "repo")]
    supported: Vec<String>,
}

#[derive(Clone)]
struct FixedBy(Option<String>, String);

impl FromStr for FixedBy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (line, commit) = match text.split_once('=') {
            Some((line, commit)) => (Some(line.to_owned()), commit),
            None => (None, text),
        };
        if commit.is_empty() || line.as_ref().is_some_and(String::is_empty) {
            return Err("it takes a commit, or a line and a commit: 1.32=3f1c2ab".into());
        }
        Ok(Self(line, commit.to_owned()))
    }
}

impl OwnProject {
    /// Reads the clone, where one was named.
    pub(super) fn history(&self, scenario: &str) -> Result<Option<History>, CommandError> {
        let Some(clone) = self.repo.clone() else { return Ok(None) };
        if scenario != STORY {
            let what = format!("--repo plays the scenario {STORY}, not {scenario}");
            return Err(CommandError::wrong(what).hint("leave --scenario or --repo out"));
        }
        let fixed_by = self.fixed_by.iter().map(|FixedBy(line, rev)| (line.clone(), rev.clone()));
        let asked = Asked {
            clone,
            fixed_by: fixed_by.collect(),
            introduced: self.introduced.clone(),
            supported: self.supported.clone(),
        };
        Ok(Some(History::read(&asked)?))
    }

    /// Reads the mail, where one was named.
    pub(super) fn report(&self) -> Result<Option<Vec<u8>>, CommandError> {
        let Some(file) = &self.report else { return Ok(None) };
        let read = fs::read(file);
        let wrong = |error| CommandError::wrong(format!("{}: {error}", file.display()));
        read.map(Some).map_err(wrong)
    }
}

impl From<HistoryError> for CommandError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Git(error) => error.into(),
            HistoryError::Lineage(error) => error.into(),
            HistoryError::Unfixed(line) => {
                Self::wrong(format!("no commit that was named fixes {line}"))
                    .hint(format!("name it: --fixed-by {line}=COMMIT"))
                    .hint("or leave the line out of --supported")
            }
            other => Self::wrong(other),
        }
    }
}
