//! Reading published records back into the advisory value.
//!
//! Each format's own module has its reader; here is what they share. A record says less than an
//! advisory, and sometimes more: what an advisory has no place for is listed with its JSON pointer
//! and the reason, and nothing is lost silently. Readers take what is really published, which is
//! often not what the format's schema asks for; whether a document is valid, `check` says. Must not
//! mend, guess a fact that is not there, or look anything up.
//!
//! What no format gives back: the working title, holds, private links, consent (whoever is named in
//! public has given it, as far as a reader can tell), versions that are planned and not out, and the
//! names of lines, which are made from the versions. Beyond that,
//!
//! - GitHub holds no names beside logins, related ids, standings of lines that are not affected,
//!   timelines, exploitation or SSVC, and of a reference only where it leads;
//! - of dates, a CVE Record has that of the disclosure, only CSAF and CycloneDX have all;
//! - a CVE Record holds neither aliases, related ids, ratings nor SSVC, runs all texts but the
//!   workarounds together, and gives no reason why a line is not affected;
//! - OSV holds no rating, exploitation, SSVC or timeline, no anonymous credit, and no line that is
//!   not affected;
//! - CSAF holds no related ids, and 2.0 no decision points of SSVC;
//! - `OpenVEX` holds ids, the title and how versions stand, and nothing else;
//! - CycloneDX holds no related ids, and calls all who discovered it the same.

mod at;
mod lines;
mod markdown;
mod packages;

use std::fmt;

use serde::Serialize;

pub(crate) use at::{At, Notes};
pub(crate) use lines::{Fix, Spared, Stretched};
pub(crate) use markdown::Split;
pub(crate) use packages::Packages;

use crate::affected::{Ecosystem, Justification};
use crate::check::json::Json;
use crate::document::Advisory;
use crate::text::debug_without_content;
use crate::versions::Stretch;

/// The formats that can be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// GitHub's advisories: repository or global, by REST or GraphQL, and the bodies of requests.
    Ghsa,
    /// CVE Records 5.x, and the container of a CNA alone.
    Cve,
    /// OSV records.
    Osv,
    /// CSAF 2.0 and 2.1.
    Csaf,
    /// `OpenVEX` 0.2.0.
    OpenVex,
    /// CycloneDX, what it says of vulnerabilities.
    CycloneDx,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Ghsa, Self::Cve, Self::Osv, Self::Csaf, Self::OpenVex, Self::CycloneDx];

    /// The word for it on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ghsa => "ghsa",
            Self::Cve => "cve",
            Self::Osv => "osv",
            Self::Csaf => "csaf",
            Self::OpenVex => "openvex",
            Self::CycloneDx => "cyclonedx",
        }
    }

    /// Reads a document of this format.
    ///
    /// # Errors
    /// If the text is no JSON, or is plainly something else.
    pub fn read(self, text: &str) -> Result<Read, ReadError> {
        match self {
            Self::Ghsa => crate::ghsa::read(text),
            Self::Cve => crate::cve::read(text),
            Self::Osv => crate::osv::read(text),
            Self::Csaf => crate::csaf::read(text),
            Self::OpenVex => crate::openvex::read(text),
            Self::CycloneDx => crate::cyclonedx::read(text),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ghsa => "GitHub advisory",
            Self::Cve => "CVE Record",
            Self::Osv => "OSV record",
            Self::Csaf => "CSAF document",
            Self::OpenVex => "OpenVEX document",
            Self::CycloneDx => "CycloneDX document",
        })
    }
}

/// A document, read.
#[derive(Clone, PartialEq, Eq)]
pub struct Read {
    /// What it was read as.
    pub format: Format,
    /// The id that the document has for itself, if that names the advisory in some catalogue.
    pub id: Option<String>,
    /// What it says, as far as an advisory can hold it.
    pub advisory: Advisory,
    /// What it says about versions, in its own words: an advisory holds only versions that look
    /// like Semantic Versioning, and lines that are not affected only with a reason.
    pub said: Vec<Said>,
    /// Whether it was taken back: withdrawn, or rejected.
    pub withdrawn: bool,
    /// What was not taken over.
    pub left: Vec<Left>,
    /// How many more there were than are kept.
    pub left_off: usize,
}

debug_without_content!(Read);

/// Something in a document that an advisory has no place for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Where: a JSON pointer.
    pub path: String,
    /// Why it was not taken over.
    pub reason: String,
}

/// What a document says about a stretch of a package's versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which vulnerability it is about, counted from 0.
    pub vulnerability: usize,
    /// Where the package is published; [`Ecosystem::Other`] where that is not said.
    pub ecosystem: Ecosystem,
    /// Its name.
    pub name: String,
    /// The versions.
    pub stretch: Stretch,
    /// How they stand.
    pub standing: Standing,
    /// The version with the fix for them, where the document names it apart from their end.
    pub fixed: Option<String>,
    /// Why they do not have it, where the document gives a reason.
    pub why: Option<Justification>,
    /// The same in words.
    pub statement: Option<String>,
}

/// How versions stand to a vulnerability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// They have it.
    Affected,
    /// They never had it.
    NotAffected,
    /// They no longer have it.
    Fixed,
}

/// Why a text could not be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON, or not within bounds.
    #[error("the document is no JSON that can be read: {0}")]
    Json(String),
    /// It is JSON, and plainly something else.
    #[error("this is no {format}: {why}")]
    SomethingElse {
        /// What was looked for.
        format: Format,
        /// What is missing.
        why: &'static str,
    },
}

/// Reads the JSON, and lets a reader take what it knows.
pub(crate) fn document(
    format: Format,
    text: &str,
    reader: impl FnOnce(&At<'_>, &mut Draft) -> Result<(), &'static str>,
) -> Result<Read, ReadError> {
    let json = Json::parse(text).map_err(|error| ReadError::Json(error.to_string()))?;
    let else_ = |why| ReadError::SomethingElse { format, why };
    if !matches!(json, Json::Object(_)) {
        return Err(else_("it is not a JSON object"));
    }
    let mut draft = Draft::default();
    reader(&At::top(&json), &mut draft).map_err(else_)?;
    let Draft { id, advisory, said, withdrawn, notes } = draft;
    let (left, left_off) = notes.end();
    Ok(Read { format, id, advisory, said, withdrawn, left, left_off })
}

/// What is read so far.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) id: Option<String>,
    pub(crate) advisory: Advisory,
    pub(crate) said: Vec<Said>,
    pub(crate) withdrawn: bool,
    pub(crate) notes: Notes,
}

impl Draft {
    /// Puts a name where it belongs: a GHSA id, or one of other catalogues. CVE ids are the
    /// vulnerabilities' own.
    pub(crate) fn named(&mut self, name: &str) {
        match name.parse() {
            Ok(ghsa) if self.advisory.ghsa.is_none() => self.advisory.ghsa = Some(ghsa),
            Ok(ghsa) if self.advisory.ghsa.as_ref() == Some(&ghsa) => {}
            _ => self.advisory.aliases.push(name.to_owned()),
        }
    }

    /// The document's own id, which may be a GHSA id too.
    pub(crate) fn itself(&mut self, id: &str) {
        self.id = Some(id.to_owned());
        if self.advisory.ghsa.is_none() {
            self.advisory.ghsa = id.parse().ok();
        }
    }
}
