//! Who may see which part of an advisory. The one place where that is decided.
//!
//! Thin: the rules are fixed here; a table per field that a project can tighten comes later.

use serde::{Deserialize, Serialize};

use crate::credit::Credit;
use crate::document::{Advisory, Vulnerability};

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// The security team and those it invited to the case.
    Team,
    /// Whoever reported the bug.
    Reporter,
    /// Downstream vendors under embargo.
    Distributors,
    /// Everyone.
    Public,
}

/// Which ids a project keeps out of what leaves the team; policies differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Withhold {
    /// Keep the CVE ids out.
    pub cve: bool,
    /// Keep the GHSA id out.
    pub ghsa: bool,
}

impl Advisory {
    /// The advisory with only those parts that the audience may see. The team sees all.
    ///
    /// Beyond the team there is no working title, no private link, no credit without consent,
    /// and no id that is withheld. Free text is passed on as it stands: what slipped into it is
    /// for a guard over the finished words to find.
    #[must_use]
    pub fn visible_to(&self, audience: Audience, withhold: Withhold) -> Self {
        match audience {
            Audience::Team => self.clone(),
            Audience::Reporter | Audience::Distributors | Audience::Public => {
                self.outside_the_team(withhold)
            }
        }
    }

    /// Names every field without `..`, so that a new one cannot be published by default.
    fn outside_the_team(&self, withhold: Withhold) -> Self {
        let Self {
            title,
            working_title: _,
            summary,
            details,
            impact,
            attack_vectors,
            workarounds,
            vulnerabilities,
            credits,
            references,
            ghsa,
        } = self.clone();
        Self {
            title,
            working_title: None,
            summary,
            details,
            impact,
            attack_vectors,
            workarounds,
            vulnerabilities: vulnerabilities
                .into_iter()
                .map(|vulnerability| vulnerability.outside_the_team(withhold))
                .collect(),
            credits: credits.into_iter().filter(Credit::may_be_shown).collect(),
            references: references.into_iter().filter(|reference| !reference.private).collect(),
            ghsa: ghsa.filter(|_| !withhold.ghsa),
        }
    }
}

impl Vulnerability {
    fn outside_the_team(self, withhold: Withhold) -> Self {
        let Self { cve, cwes, vector, rating, affected } = self;
        Self { cve: cve.filter(|_| !withhold.cve), cwes, vector, rating, affected }
    }
}
