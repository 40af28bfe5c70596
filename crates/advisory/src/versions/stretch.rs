//! A stretch of versions, apart from any notation.

use std::cmp::Ordering;

use super::{NotAVersion, Scheme};
use crate::version;

/// Where a stretch begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Lower {
    /// At the project's first version, which every notation calls `0` if it names it at all.
    Start,
    /// At this version.
    From(String),
    /// After this version, which is not in it.
    After(String),
}

/// Where a stretch ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Upper {
    /// Nowhere yet.
    Open,
    /// Before this version, which is not in it.
    Before(String),
    /// At this version, which is the last in it.
    UpTo(String),
}

/// A stretch of versions. Versions are texts: what they mean, a [`Scheme`] says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    lower: Lower,
    upper: Upper,
}

/// Why a stretch cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StretchError {
    /// The notation has no way to say it.
    #[error("{notation} cannot say {what}")]
    CannotSay {
        /// The notation.
        notation: &'static str,
        /// What it cannot say.
        what: &'static str,
    },
    /// Not in the notation's grammar.
    #[error("not {notation}: {why}")]
    Malformed {
        /// The notation.
        notation: &'static str,
        /// Where it fails.
        why: String,
    },
    /// A text that the scheme cannot order.
    #[error(transparent)]
    Version(#[from] NotAVersion),
}

impl Stretch {
    /// From one end to the other. A version `0` at the beginning is the start.
    #[must_use]
    pub fn new(lower: Lower, upper: Upper) -> Self {
        let lower = match lower {
            Lower::From(version) if version == "0" => Lower::Start,
            lower => lower,
        };
        Self { lower, upper }
    }

    /// One version alone.
    #[must_use]
    pub fn only(version: &str) -> Self {
        Self::new(Lower::From(version.to_owned()), Upper::UpTo(version.to_owned()))
    }

    /// Where it begins.
    #[must_use]
    pub fn lower(&self) -> &Lower {
        &self.lower
    }

    /// Where it ends.
    #[must_use]
    pub fn upper(&self) -> &Upper {
        &self.upper
    }

    /// The version, if it is one alone.
    #[must_use]
    pub fn single(&self) -> Option<&str> {
        match (&self.lower, &self.upper) {
            (Lower::From(from), Upper::UpTo(to)) if from == to => Some(from),
            _ => None,
        }
    }

    /// Whether the version lies in the stretch.
    ///
    /// # Errors
    /// If the scheme cannot order one of the versions.
    pub fn contains(&self, version: &str, scheme: Scheme) -> Result<bool, NotAVersion> {
        let starts = match &self.lower {
            Lower::Start => true,
            Lower::From(from) => scheme.compare(from, version)? != Ordering::Greater,
            Lower::After(from) => scheme.compare(from, version)? == Ordering::Less,
        };
        let goes_on = match &self.upper {
            Upper::Open => true,
            Upper::Before(end) => scheme.compare(version, end)? == Ordering::Less,
            Upper::UpTo(last) => scheme.compare(version, last)? != Ordering::Greater,
        };
        Ok(starts && goes_on)
    }
}

impl From<&version::Range> for Stretch {
    fn from(range: &version::Range) -> Self {
        let text = |version: &version::Version| version.as_str().to_owned();
        let lower = range.from.as_ref().map_or(Lower::Start, |from| Lower::From(text(from)));
        let upper = match &range.to {
            None => Upper::Open,
            Some(version::Upper::Before(end)) => Upper::Before(text(end)),
            Some(version::Upper::UpTo(last)) => Upper::UpTo(text(last)),
        };
        Self::new(lower, upper)
    }
}
