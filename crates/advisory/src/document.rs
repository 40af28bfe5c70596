//! The advisory itself: one value that every outward form is rendered from.
//!
//! A draft is the same value with gaps. Must not say how anything looks; and a paragraph that
//! was left out on purpose is, here, only absent: the decision is the case's to record. Fields that
//! were added later are not written while they are empty, so that older digests stay true.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::affected::{Affected, Package};
use crate::assessment::{Exploitation, FirstExploitation, Moment, Score, SsvcDecision};
use crate::audience::Hold;
use crate::credit::Credit;
use crate::digest::Digest;
use crate::id::{CveId, CweId, GhsaId};
use crate::score::{Severity, Vector};
use crate::text::debug_without_content;

/// An advisory, from the first draft to the published text.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Advisory {
    /// The title that the public will read.
    pub title: Option<String>,
    /// A neutral title for the team's own pages; it never leaves.
    pub working_title: Option<String>,
    /// One or two sentences.
    pub summary: Option<String>,
    /// The description, in Markdown.
    pub details: Option<String>,
    /// What an attacker gains.
    pub impact: Option<String>,
    /// How an attacker gets at it.
    pub attack_vectors: Option<String>,
    /// What helps those who cannot upgrade yet.
    pub workarounds: Option<String>,
    /// What is wrong, one entry per CVE id.
    pub vulnerabilities: Vec<Vulnerability>,
    /// Who is thanked.
    pub credits: Vec<Credit>,
    /// Where to read more.
    pub references: Vec<Reference>,
    /// The id of the advisory at GitHub.
    pub ghsa: Option<GhsaId>,
    /// Ids that other catalogues gave to the same thing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Ids of things that are near it and not the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// What is known of the packages, whatever the vulnerability.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
    /// What happened, and when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Moment>,
    /// What may not be shown yet, to whom, until when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
}

debug_without_content!(Advisory);

impl Advisory {
    /// A digest of the whole value: equal advisories, equal digests.
    ///
    /// # Errors
    /// None in practice: the value holds nothing that JSON cannot.
    pub fn digest(&self) -> Result<Digest, serde_json::Error> {
        serde_json::to_vec(self).map(|bytes| Digest::of_parts("advisory", [bytes.as_slice()]))
    }

    /// The names of one of its vulnerabilities, the one to know it by first: the CVE id if there is
    /// one, else the advisory's.
    ///
    /// The advisory's own ids are among them only where it has one vulnerability, so that no name
    /// stands for two.
    #[must_use]
    pub fn names_of(&self, vulnerability: &Vulnerability) -> Vec<String> {
        let alone = self.vulnerabilities.len() == 1;
        let ghsa = self.ghsa.iter().map(ToString::to_string);
        let others = ghsa.chain(self.aliases.iter().cloned()).filter(|_| alone);
        let mut names: Vec<String> =
            vulnerability.cve.iter().map(ToString::to_string).chain(others).collect();
        if names.is_empty() {
            return names;
        }
        let first = names.remove(0);
        names.retain(|alias| *alias != first);
        names.sort();
        names.dedup();
        names.insert(0, first);
        names
    }
}

/// One vulnerability.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vulnerability {
    /// Its CVE id, once assigned.
    pub cve: Option<CveId>,
    /// Its kinds of weakness.
    pub cwes: Vec<CweId>,
    /// Its score.
    pub vector: Option<Vector>,
    /// Its rating in the project's own scale, where there is one.
    pub rating: Option<String>,
    /// The packages that have it.
    pub affected: Vec<Affected>,
    /// Further scores: in another version of CVSS, or by somebody else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// Whether it is exploited, once somebody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploitation: Option<Exploitation>,
    /// What SSVC says to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssvc: Option<SsvcDecision>,
    /// When it was first discovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discovery_date: Option<Timestamp>,
    /// When the public first learnt of it, or will.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure_date: Option<Timestamp>,
    /// The first exploitations that are known of; sources may differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first_exploitations: Vec<FirstExploitation>,
}

debug_without_content!(Vulnerability);

impl Vulnerability {
    /// How bad it is: what the vector says, else the project's own word if that is a severity.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.vector.as_ref().map(Vector::severity).or_else(|| self.rating.as_deref()?.parse().ok())
    }

    /// Every vector, the project's own first, each with who gave it.
    pub fn vectors(&self) -> impl Iterator<Item = (&Vector, Option<&str>)> {
        let own = self.vector.iter().map(|vector| (vector, None));
        own.chain(self.scores.iter().map(|score| (&score.vector, score.source.as_deref())))
    }
}

/// What a reference leads to, in OSV's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceKind {
    /// Another advisory.
    Advisory,
    /// An article.
    Article,
    /// A way to detect it.
    Detection,
    /// A discussion.
    Discussion,
    /// A demonstration.
    Evidence,
    /// The fix.
    Fix,
    /// The change that brought the bug.
    Introduced,
    /// The package's page.
    Package,
    /// The report.
    Report,
    /// Anything else.
    Web,
}

impl ReferenceKind {
    pub(crate) const ALL: [Self; 10] = [
        Self::Advisory,
        Self::Article,
        Self::Detection,
        Self::Discussion,
        Self::Evidence,
        Self::Fix,
        Self::Introduced,
        Self::Package,
        Self::Report,
        Self::Web,
    ];

    /// What stands behind the link, in words for a reader.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Advisory => "Advisory",
            Self::Article => "Article",
            Self::Detection => "How to detect it",
            Self::Discussion => "Discussion",
            Self::Evidence => "Demonstration",
            Self::Fix => "Fix",
            Self::Introduced => "The change that brought it",
            Self::Package => "Package",
            Self::Report => "Report",
            Self::Web => "More",
        }
    }
}

/// A link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// What it leads to.
    pub kind: ReferenceKind,
    /// Where.
    pub url: String,
    /// Whether only the team may see it, as with a private fork.
    pub private: bool,
}

debug_without_content!(Reference);
