//! Who is thanked, for what, and how they want to be named.
//!
//! Holds only what may be shown: a person who stays anonymous, or keeps the company out, is not
//! named here at all. Who that person is, the case knows.

use serde::{Deserialize, Serialize};

use crate::text::debug_without_content;

/// What somebody did, in the words of the CVE Record Format, which GitHub shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditType {
    /// Found the vulnerability.
    Finder,
    /// Told the project.
    Reporter,
    /// Worked out what it means.
    Analyst,
    /// Brought the parties together.
    Coordinator,
    /// Wrote the fix.
    RemediationDeveloper,
    /// Reviewed the fix.
    RemediationReviewer,
    /// Tested the fix.
    RemediationVerifier,
    /// A program that found it.
    Tool,
    /// Paid for the work.
    Sponsor,
    /// Anything else.
    Other,
}

impl CreditType {
    const ALL: [Self; 10] = [
        Self::Finder,
        Self::Reporter,
        Self::Analyst,
        Self::Coordinator,
        Self::RemediationDeveloper,
        Self::RemediationReviewer,
        Self::RemediationVerifier,
        Self::Tool,
        Self::Sponsor,
        Self::Other,
    ];

    /// The kind of credit that GitHub has this word for.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// The word that GitHub uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finder => "finder",
            Self::Reporter => "reporter",
            Self::Analyst => "analyst",
            Self::Coordinator => "coordinator",
            Self::RemediationDeveloper => "remediation_developer",
            Self::RemediationReviewer => "remediation_reviewer",
            Self::RemediationVerifier => "remediation_verifier",
            Self::Tool => "tool",
            Self::Sponsor => "sponsor",
            Self::Other => "other",
        }
    }
}

/// How somebody is named.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Naming {
    /// Not at all.
    Anonymous,
    /// By name.
    Named {
        /// The name to show.
        name: String,
        /// The company to show beside it; `None` keeps it out.
        company: Option<String>,
        /// The GitHub login, without `@`, by which GitHub credits people.
        github: Option<String>,
    },
}

debug_without_content!(Naming);

/// Whether the credited person agreed to the naming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// Nobody asked yet.
    NotAsked,
    /// Asked; no answer yet.
    Asked,
    /// Agreed.
    Given,
    /// Never answered, and the project's stated default was applied.
    ByDefault,
    /// Said no.
    Refused,
}

/// One credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// What for.
    pub role: CreditType,
    /// How the person is named.
    pub naming: Naming,
    /// Whether they agreed.
    pub consent: Consent,
}

impl Credit {
    /// Whether the credit may leave the team.
    #[must_use]
    pub fn may_be_shown(&self) -> bool {
        matches!(self.consent, Consent::Given | Consent::ByDefault)
    }

    /// The line to print: the name, with the company if that is shown, or `anonymous`.
    #[must_use]
    pub fn display_name(&self) -> String {
        match &self.naming {
            Naming::Anonymous => "anonymous".to_owned(),
            Naming::Named { name, company: Some(company), .. } => format!("{name} ({company})"),
            Naming::Named { name, .. } => name.clone(),
        }
    }
}
