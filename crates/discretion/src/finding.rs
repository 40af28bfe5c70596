//! What a guard has to say: which rule, how grave, where, why, and what could be said instead.

use std::{borrow::Cow, fmt, ops::Range};

use memchr::{memchr_iter, memrchr};
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
    /// An id of another list, likewise.
    OsvId,
    /// The case's codename.
    Codename,
    /// A link that only the case's people may know.
    PrivateLink,
    /// A name that must not be known.
    Name,
    /// Another term of the case.
    Term,
    /// A term of the case that the project says every day.
    EverydayTerm,
    /// A phrase of the advisory's own.
    Phrase,
    /// A name in the code of the fix, with words around it that say what was wrong there.
    Identifier,
    /// A word that says "security" to everyone.
    Vocabulary,
    /// A score, or how grave something is.
    Score,
    /// A class of weaknesses.
    Weakness,
    /// A phrase that a tool writes when it merges a private fix.
    TellTale,
    /// A place where vulnerabilities are reported and worked on, whichever it is.
    PrivatePlace,
    /// Encoded more deeply than is read.
    Unreadable,
    /// A commit that looks like a silent fix, by all that can be seen of it.
    GiveAway,
}

impl Rule {
    /// Why the rule is there, for the person.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::CveId | Self::GhsaId | Self::OsvId => {
                "an id tells everybody that there is a vulnerability, and leads to it"
            }
            Self::Codename => "the codename ties these words to the embargoed case",
            Self::PrivateLink => "the link leads to the private work, and its name may tell of it",
            Self::Name => "who reported it is not to be known, or not yet",
            Self::Term => "the term belongs to the embargoed case",
            Self::EverydayTerm => {
                "the term is everyday here, and belongs to the embargoed case too"
            }
            Self::Phrase => "the advisory says it in the same words",
            Self::Identifier => "it names the place of the fix and says what was wrong there",
            Self::Vocabulary => "people and programs watch public words for ones like this",
            Self::Score => "only vulnerabilities are scored",
            Self::Weakness => "it names a class of vulnerabilities",
            Self::TellTale => "this phrase is written for private security fixes and nothing else",
            Self::PrivatePlace => "vulnerabilities are reported there, and nothing else",
            Self::Unreadable => "it is encoded more deeply than is read, so anything may be in it",
            Self::GiveAway => "it looks like the silent fix of a vulnerability",
        }
    }

    /// What could be said instead, in words that hold nothing of what was found.
    #[must_use]
    pub fn suggestion(self) -> &'static str {
        match self {
            Self::CveId | Self::GhsaId | Self::OsvId => {
                "leave the id out; it is added once the advisory is public"
            }
            Self::Codename => "leave the codename out",
            Self::PrivateLink | Self::PrivatePlace => {
                "leave the link out, or link to the public page"
            }
            Self::Name => "leave the name out; credit is given in the advisory",
            Self::Term => "say what changes for users, not why; a commit may say nothing at all",
            Self::EverydayTerm => "leave it out where it is about the case",
            Self::Phrase => "say what changes, in other words than the advisory's",
            Self::Identifier => "say only that it is changed, or what works now",
            Self::Vocabulary => "say what changes, for example \"fix header handling\"",
            Self::Score => "leave it out; the advisory says how grave it is",
            Self::Weakness => "leave it out; the advisory says what kind it is",
            Self::TellTale => "merge with a plain message, or none",
            Self::Unreadable => "write it plainly",
            Self::GiveAway => "let it come about as others do, or bring the release soon after it",
        }
    }
}

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The part of a commit, as `<oid>:message`; `None` in a text.
    pub part: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub col: usize,
    /// The bytes of what the person wrote, encoded or not.
    pub bytes: Range<usize>,
}

impl Place {
    /// Makes a place in the rest of some bytes one in all of them.
    pub(crate) fn shift(&mut self, before: &[u8]) {
        let line = memrchr(b'\n', before).map_or(0, |end| end + 1);
        if self.line == 1 {
            let begun = before.get(line..).unwrap_or_default();
            self.col += String::from_utf8_lossy(begun).chars().count();
        }
        self.line += memchr_iter(b'\n', before).count();
        self.bytes = self.bytes.start + before.len()..self.bytes.end + before.len();
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Some(part) => f.write_str(part),
            None => write!(f, "line {} col {}", self.line, self.col),
        }
    }
}

/// One finding. Its JSON is what `fermata guard --json` prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// How grave.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// Why it is pointed at.
    pub why: Cow<'static, str>,
    /// The words in question with a little around them, on one line.
    pub excerpt: String,
    /// What could be said instead.
    pub suggest: &'static str,
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Document<'a> {
            rule: Rule,
            severity: Severity,
            r#where: String,
            line: usize,
            col: usize,
            bytes: [usize; 2],
            why: &'a str,
            excerpt: &'a str,
            suggest: &'a str,
        }
        let Self { rule, severity, place, why, excerpt, suggest } = self;
        let document = Document {
            rule: *rule,
            severity: *severity,
            r#where: place.to_string(),
            line: place.line,
            col: place.col,
            bytes: [place.bytes.start, place.bytes.end],
            why,
            excerpt,
            suggest,
        };
        document.serialize(serializer)
    }
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
