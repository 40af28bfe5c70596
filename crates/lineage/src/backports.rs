//! Which commits elsewhere are the same change, and how well that is proven.
//!
//! Picking, rebasing and mailing a patch keep its author and the author's date to the
//! second, while conflicts change its content; squashing on a forge destroys the date and
//! leaves the subject and the `(#12)`. So several clues are gathered, and graded together.
//! Author dates alone prove little: bulk imports share them.

mod changes;
mod clues;
mod compare;
mod merges;
mod paths;
mod said;
mod search;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub(crate) use clues::Index;
pub(crate) use search::{Expanded, Found, Search};

/// How well it is proven that a commit is the same change as another. Later is weaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// A person said so.
    Declared,
    /// The commit's own message names the other.
    Trailer,
    /// It brings every telling line of the change.
    Content,
    /// Same author, author's date and subject; one of both and at least half of the telling lines in
    /// the same files; or the same patch id.
    Strong,
    /// Another clue that is rare in this repository and at least half of the telling lines in
    /// the same files; or four of five such lines without a clue.
    Likely,
    /// A clue without the lines to support it.
    Weak,
}

/// A word that is no grade.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no grade of evidence: use trailer, content, strong or likely")]
pub struct ParseGradeError(String);

impl Grade {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Trailer => "trailer",
            Self::Content => "content",
            Self::Strong => "strong",
            Self::Likely => "likely",
            Self::Weak => "weak",
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Grade {
    type Err = ParseGradeError;

    /// The grades that may count without a person's word. `weak` never does, and what a
    /// person declared always does.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Trailer, Self::Content, Self::Strong, Self::Likely]
            .into_iter()
            .find(|grade| grade.as_str() == text)
            .ok_or_else(|| ParseGradeError(text.chars().take(40).collect()))
    }
}
