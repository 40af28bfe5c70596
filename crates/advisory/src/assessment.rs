//! What is judged and observed about a vulnerability beside its score: who scored it how, whether
//! it is exploited, what the team decided by SSVC, and what happened when.
//!
//! Must not judge: it holds what was found.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audience::Audience;
use crate::score::Vector;
use crate::text::debug_without_content;

/// A score by somebody other than the project, or in another version of CVSS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The vector.
    pub vector: Vector,
    /// Who gave it, `NVD` for example; `None` is the project itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Whether it is exploited, in SSVC's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exploitation {
    /// Neither an exploit nor an attack is known.
    None,
    /// How to exploit it is public.
    PublicPoc,
    /// It is attacked.
    Active,
}

impl Exploitation {
    /// What one of the sentences below says.
    pub(crate) fn read(sentence: &str) -> Option<Self> {
        let all = [Self::None, Self::PublicPoc, Self::Active];
        all.into_iter().find(|known| known.in_words() == sentence.trim())
    }

    /// In a sentence for a reader.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::None => "No exploit and no attack is known.",
            Self::PublicPoc => "How to exploit it is public.",
            Self::Active => "It is being exploited.",
        }
    }
}

/// One of the first exploitations that are known of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstExploitation {
    /// When it happened.
    pub at: Timestamp,
    /// When this was learnt, not before it happened.
    pub learnt: Timestamp,
}

impl FirstExploitation {
    /// What one of the sentences below says.
    pub(crate) fn read(sentence: &str) -> Option<Self> {
        let rest = sentence.trim().strip_prefix("First exploited ")?.strip_suffix('.')?;
        let (at, learnt) = rest.split_once(", as was learnt ")?;
        Some(Self { at: at.parse().ok()?, learnt: learnt.parse().ok()? })
    }

    /// In a sentence for a reader.
    #[must_use]
    pub fn in_words(self) -> String {
        format!("First exploited {}, as was learnt {}.", self.at, self.learnt)
    }
}

/// A decision by one of the tables of CERT/CC's Stakeholder-Specific Vulnerability Categorization.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SsvcDecision {
    /// The table's key, `ssvc:DT_SD:1.0.0` for example.
    pub table: String,
    /// Each decision point of the table with the value chosen.
    pub points: Vec<SsvcPoint>,
    /// What the table says then.
    pub outcome: String,
    /// The widest audience that may see it.
    pub widest: Audience,
}

debug_without_content!(SsvcDecision);

/// One decision point.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SsvcPoint {
    /// Its key, `ssvc:E:1.1.0` for example.
    pub point: String,
    /// The value's key.
    pub value: String,
}

debug_without_content!(SsvcPoint);

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What, in a sentence.
    pub what: String,
    /// The widest audience that may read it.
    pub widest: Audience,
}

debug_without_content!(Moment);
