//! What a guard has to say: which rule, how grave, where, and what could be said instead.

use std::fmt;

use serde::{Serialize, Serializer};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Must not leave.
    Block,
    /// A person should look.
    Warn,
}

/// Which rule found something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A CVE id: the case's own is blocked, any other is pointed at.
    CveId,
    /// A GHSA id, likewise.
    GhsaId,
    /// The case's codename.
    Codename,
    /// A link that only the case's people may know.
    PrivateLink,
    /// A name that must not be known.
    Name,
    /// Another term of the case.
    Term,
    /// A word that says "security" to everyone.
    Vocabulary,
    /// A phrase that a tool writes when it merges a private fix.
    TellTale,
}

impl Rule {
    /// Why the rule is there, for the person.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::CveId | Self::GhsaId => {
                "an id tells everybody that there is a vulnerability, and leads to it"
            }
            Self::Codename => "the codename ties these words to the embargoed case",
            Self::PrivateLink => "the link leads to the private work, and its name may tell of it",
            Self::Name => "who reported it is not to be known, or not yet",
            Self::Term => "the term belongs to the embargoed case",
            Self::Vocabulary => "people and programs watch public words for ones like this",
            Self::TellTale => "this phrase is written for private security fixes and nothing else",
        }
    }

    pub(crate) fn suggestion(self) -> &'static str {
        match self {
            Self::CveId | Self::GhsaId => {
                "leave the id out; it is added once the advisory is public"
            }
            Self::Codename => "leave the codename out",
            Self::PrivateLink => "leave the link out, or link to the public page",
            Self::Name => "leave the name out; credit is given in the advisory",
            Self::Term => "say what changes for users, not why; a commit may say nothing at all",
            Self::Vocabulary => "say what changes, for example \"fix header handling\"",
            Self::TellTale => "merge with a plain message, or none",
        }
    }
}

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The part of a commit, as `<oid>:message`; `None` in a text.
    pub part: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub col: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Some(part) => f.write_str(part),
            None => write!(f, "line {} col {}", self.line, self.col),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One finding. Its JSON is what `fermata guard --json` prints.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// How grave.
    pub severity: Severity,
    /// Where.
    #[serde(rename = "where")]
    pub place: Place,
    /// The words in question with a little around them, on one line.
    pub excerpt: String,
    /// What could be said instead.
    pub suggest: String,
}

/// Leaves the excerpt out: it holds the very words that must not get about.
impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding")
            .field("rule", &self.rule)
            .field("severity", &self.severity)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}
