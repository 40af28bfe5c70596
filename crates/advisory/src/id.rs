//! Identifiers that other catalogues give: CVE, GHSA, CWE.
//!
//! A value of these types is well formed by construction and has exactly one spelling, so two
//! ids are equal when their texts are. Must not say whether an id *exists*: that is for the
//! catalogue to answer.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Why a text is not an identifier. The text itself is left out: it may be embargoed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a CVE id.
    #[error("a CVE id looks like CVE-2021-32783: a year from 1999, then four to nineteen digits")]
    Cve,
    /// Not a GHSA id.
    #[error(
        "a GHSA id looks like GHSA-5ph6-qq5x-7jwc: three groups of four from 23456789cfghjmpqrvwx"
    )]
    Ghsa,
    /// Not a CWE id.
    #[error("a CWE id looks like CWE-770: one to six digits, the first of them not 0")]
    Cwe,
}

/// An id of the CVE list, such as `CVE-2021-32783`.
///
/// The form is the one of the CVE Record Format (`^CVE-[0-9]{4}-[0-9]{4,19}$`). Ids longer than
/// four digits carry no leading zero there; here that is refused, so that an id has one spelling.
/// Ordered by year, then by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CveId {
    year: u16,
    number: u64,
}

impl CveId {
    /// The year in the id: when it was reserved or made public, not when the bug was found.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }
}

impl FromStr for CveId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (year, number) =
            text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')).ok_or(IdError::Cve)?;
        let padded = number.len() > 4 && number.starts_with('0');
        if !is_digits(year, 4..=4) || !is_digits(number, 4..=19) || padded {
            return Err(IdError::Cve);
        }
        let year = year.parse().map_err(|_| IdError::Cve)?;
        let number = number.parse().map_err(|_| IdError::Cve)?;
        if year < 1999 {
            return Err(IdError::Cve);
        }
        Ok(Self { year, number })
    }
}

impl fmt::Display for CveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CVE-{}-{:04}", self.year, self.number)
    }
}

serde_as_text!(CveId);

/// An id of the GitHub Advisory Database, such as `GHSA-5ph6-qq5x-7jwc`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GhsaId(String);

impl GhsaId {
    /// The letters that may stand in a group, as GitHub documents them.
    pub const ALPHABET: &str = "23456789cfghjmpqrvwx";

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GhsaId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let groups = text.strip_prefix("GHSA-").ok_or(IdError::Ghsa)?.split('-');
        let well_formed =
            |group: &str| group.len() == 4 && group.chars().all(|c| Self::ALPHABET.contains(c));
        if groups.clone().count() != 3 || !groups.clone().all(well_formed) {
            return Err(IdError::Ghsa);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for GhsaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(GhsaId);

/// An id of the Common Weakness Enumeration, such as `CWE-770`. Ordered by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CweId(u32);

impl CweId {
    /// The number in the id.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// The id with this number; `None` for 0 and for numbers with more than six digits.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        (1..1_000_000).contains(&number).then_some(Self(number))
    }
}

impl FromStr for CweId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let number = text.strip_prefix("CWE-").ok_or(IdError::Cwe)?;
        if !is_digits(number, 1..=6) || number.starts_with('0') {
            return Err(IdError::Cwe);
        }
        number.parse().map(Self).map_err(|_| IdError::Cwe)
    }
}

impl fmt::Display for CweId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CWE-{}", self.0)
    }
}

serde_as_text!(CweId);

fn is_digits(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
