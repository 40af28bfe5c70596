//! The `versions[]` of a CVE Record's `affected[]`.
//!
//! An entry with only a version and a status is that version alone; a range has a `versionType`
//! and one end. `0` is the beginning and `*` no end, as the record format's documentation has it.

use super::{Lower, Stretch, StretchError, Upper};

/// How a stretch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It has the vulnerability.
    Affected,
    /// It has not.
    Unaffected,
    /// Nobody knows.
    Unknown,
}

impl Status {
    /// The word in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Unaffected => "unaffected",
            Self::Unknown => "unknown",
        }
    }
}

/// A change of status within an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// From this version on.
    pub at: String,
    /// What it is then.
    pub status: Status,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The version alone, or the first of a range.
    pub version: String,
    /// How it stands.
    pub status: Status,
    /// The first version beyond the range.
    pub less_than: Option<String>,
    /// The last version of the range.
    pub less_than_or_equal: Option<String>,
    /// Changes within the range, in ascending order of versions.
    pub changes: Vec<Change>,
}

const NOTATION: &str = "a version of a CVE Record";

impl Entry {
    /// The entry for a stretch.
    ///
    /// # Errors
    /// If the stretch begins after a version, or the version alone is `0` or `*`.
    pub fn of(stretch: &Stretch, status: Status) -> Result<Self, StretchError> {
        if let Some("0" | "*") = stretch.single() {
            return Err(StretchError::CannotSay {
                notation: NOTATION,
                what: "that `0` or `*` is a version like others",
            });
        }
        let version = match stretch.lower() {
            Lower::Start => "0".to_owned(),
            Lower::From(version) => version.clone(),
            Lower::After(_) => {
                return Err(StretchError::CannotSay {
                    notation: NOTATION,
                    what: "that a stretch begins after a version",
                });
            }
        };
        let mut entry = Self {
            version,
            status,
            less_than: None,
            less_than_or_equal: None,
            changes: Vec::new(),
        };
        if stretch.single().is_none() {
            match stretch.upper() {
                Upper::Open => entry.less_than = Some("*".to_owned()),
                Upper::Before(version) => entry.less_than = Some(version.clone()),
                Upper::UpTo(version) => entry.less_than_or_equal = Some(version.clone()),
            }
        }
        Ok(entry)
    }

    /// Whether it is a range, which needs a `versionType`.
    #[must_use]
    pub fn is_range(&self) -> bool {
        self.less_than.is_some() || self.less_than_or_equal.is_some()
    }

    /// The stretches of an entry, each with how it stands.
    ///
    /// # Errors
    /// If it has two ends, or changes without an end.
    pub fn stretches(&self) -> Result<Vec<(Stretch, Status)>, StretchError> {
        let upper = match (&self.less_than, &self.less_than_or_equal) {
            (Some(_), Some(_)) => {
                return Err(StretchError::Malformed {
                    notation: NOTATION,
                    why: "it has both lessThan and lessThanOrEqual".to_owned(),
                });
            }
            (Some(end), None) | (None, Some(end)) if end == "*" => Upper::Open,
            (Some(end), None) => Upper::Before(end.clone()),
            (None, Some(last)) => Upper::UpTo(last.clone()),
            (None, None) if self.changes.is_empty() => {
                return Ok(vec![(Stretch::only(&self.version), self.status)]);
            }
            (None, None) => {
                return Err(StretchError::Malformed {
                    notation: NOTATION,
                    why: "it has changes and no end".to_owned(),
                });
            }
        };
        let mut stretches = Vec::with_capacity(self.changes.len() + 1);
        let mut from = (self.version.clone(), self.status);
        for Change { at, status } in &self.changes {
            let end = Upper::Before(at.clone());
            stretches.push((Stretch::new(Lower::From(from.0), end), from.1));
            from = (at.clone(), *status);
        }
        stretches.push((Stretch::new(Lower::From(from.0), upper), from.1));
        Ok(stretches)
    }
}
