//! The Common Weakness Enumeration: which weaknesses there are, what each catalogue calls them, and
//! which of them MITRE would have chosen.
//!
//! All catalogues from 1.0 on are here, so that a document can be judged by the one that it was
//! written with. A [`CweId`] has the form of an id; only here is it said whether there is such an
//! entry. The names are MITRE's, with whose terms they travel (`TERMS.md`). Must not fetch anything:
//! `cargo xtask cwe` makes the table when there is a newer catalogue.

mod search;
mod table;

use std::fmt;

use jiff::civil::Date;

use crate::id::CweId;

pub use search::search;

/// An entry of a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: CweId,
    /// Its name, as the catalogue spells it.
    pub name: &'static str,
    /// Whether it is a weakness at all.
    pub kind: Kind,
    /// How far MITRE's work on it is.
    pub status: Status,
    /// Whether a vulnerability may be said to be of it; catalogues before 4.12 are silent about
    /// that, and 4.12 and 4.13 about some.
    pub usage: Option<Usage>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A kind of bug, with its abstraction as 4.14 had it; what came later has none here.
    Weakness(Option<Abstraction>),
    /// A shelf for weaknesses, such as CWE-310: no weakness itself.
    Category,
    /// A way to look at weaknesses, such as CWE-1000: no weakness itself.
    View,
}

/// How general a weakness is, the most general first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Abstraction {
    /// A theme, too general to say anything of a vulnerability.
    Pillar,
    /// Of no language or technology in particular.
    Class,
    /// Enough to say how to find and prevent it.
    Base,
    /// Of one language or technology.
    Variant,
    /// Several weaknesses together.
    Compound,
}

/// How far MITRE's work on an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It should not be used any more.
    Deprecated,
    /// It is older than what replaced it.
    Obsolete,
    /// Its important parts are written, not yet all of them.
    Incomplete,
    /// It is written, not yet reviewed.
    Draft,
    /// It has been reviewed.
    Usable,
    /// It will hardly change.
    Stable,
}

/// Whether MITRE would have a vulnerability said to be of an entry; the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Usage {
    /// Yes.
    Allowed,
    /// After a look at what fits better.
    AllowedWithReview,
    /// Something else almost always fits better.
    Discouraged,
    /// No.
    Prohibited,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allowed => "allowed",
            Self::AllowedWithReview => "allowed with review",
            Self::Discouraged => "discouraged",
            Self::Prohibited => "prohibited",
        })
    }
}

/// One release of the catalogue; a later one is greater.
///
/// Versions and dates are those of MITRE's page of earlier versions,
/// <https://cwe.mitre.org/data/archive.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Catalogue(usize);

impl Catalogue {
    /// All of them, the oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (0..table::releases().len()).map(Self)
    }

    /// The newest that is here.
    #[must_use]
    pub fn newest() -> Self {
        Self(table::releases().len().saturating_sub(1))
    }

    /// The one with this version, such as `4.13`.
    #[must_use]
    pub fn named(version: &str) -> Option<Self> {
        table::releases().iter().position(|release| release.version == version).map(Self)
    }

    /// The newest on this day, `None` before the first one.
    #[must_use]
    pub fn in_force(on: Date) -> Option<Self> {
        // Two came out on one day; the greater one counts.
        table::releases().partition_point(|release| release.date <= on).checked_sub(1).map(Self)
    }

    /// Its version.
    #[must_use]
    pub fn version(self) -> &'static str {
        table::releases().get(self.0).map_or("", |release| release.version)
    }

    /// The day on which it was released.
    #[must_use]
    pub fn released(self) -> Option<Date> {
        table::releases().get(self.0).map(|release| release.date)
    }

    /// What it says about a weakness; `None` where it has no such one. Categories and views are no
    /// weaknesses.
    #[must_use]
    pub fn find(self, id: CweId) -> Option<Entry> {
        table::line(id)?.weakness(self.0)
    }

    /// Its weaknesses, by number.
    pub fn weaknesses(self) -> impl Iterator<Item = Entry> {
        table::lines().iter().filter_map(move |line| line.weakness(self.0))
    }
}

/// What the newest catalogue says about an id; of categories and views, what 4.14 said. `None` where
/// there never was such an entry, or is none any more.
#[must_use]
pub fn find(id: CweId) -> Option<Entry> {
    let line = table::line(id)?;
    line.weakness(Catalogue::newest().0).or_else(|| line.group())
}

impl Entry {
    /// What the catalogue names as better choices, where it does.
    pub fn instead(&self) -> impl Iterator<Item = CweId> {
        table::line(self.id).into_iter().flat_map(table::Line::instead)
    }

    /// Other names, such as `XSS`, where the catalogue gives some.
    pub fn also(&self) -> impl Iterator<Item = &'static str> {
        table::line(self.id).into_iter().flat_map(table::Line::also)
    }

    /// Why another entry should be chosen, in words; `None` where this one may stand.
    #[must_use]
    pub fn objection(&self) -> Option<String> {
        let id = self.id;
        let why = match (self.kind, self.status, self.usage) {
            (Kind::Category, ..) => format!("{id} is a category, not a weakness"),
            (Kind::View, ..) => format!("{id} is a view, not a weakness"),
            (_, Status::Deprecated, _) => format!("{id} is deprecated"),
            (.., Some(usage @ (Usage::Discouraged | Usage::Prohibited))) => {
                format!("{id} is {usage} for vulnerabilities")
            }
            _ => return None,
        };
        let instead: Vec<String> = self
            .instead()
            .map(|id| match find(id) {
                Some(better) => format!("{id} ({})", better.name),
                None => id.to_string(),
            })
            .collect();
        Some(if instead.is_empty() {
            why
        } else {
            format!("{why}; the catalogue points to {}", instead.join(", "))
        })
    }
}
