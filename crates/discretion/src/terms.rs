//! The words that belong to one embargoed case.
//!
//! Must not be printed: `Debug` shows none of them.

use std::collections::BTreeSet;
use std::fmt;

use advisory::{CveId, GhsaId};

use crate::finding::Rule;
use crate::letters::needle;

/// What a case must not be known by before its time.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Terms {
    cves: BTreeSet<CveId>,
    ghsas: BTreeSet<GhsaId>,
    words: Vec<Word>,
}

#[derive(Clone, PartialEq, Eq)]
struct Word {
    rule: Rule,
    needle: Vec<char>,
}

impl Terms {
    /// No terms.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Terms from a file's text: one a line, blank lines ignored. Lines that are CVE or GHSA ids
    /// count as ids of the case, links as private links, all others as free terms.
    #[must_use]
    pub fn from_lines(text: &str) -> Self {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).fold(Self::new(), Self::line)
    }

    fn line(self, line: &str) -> Self {
        match (line.parse::<CveId>(), line.parse::<GhsaId>()) {
            (Ok(id), _) => self.cve(id),
            (_, Ok(id)) => self.ghsa(id),
            _ if line.contains("://") => self.private_link(line),
            _ => self.free(line),
        }
    }

    /// Adds a CVE id of the case.
    #[must_use]
    pub fn cve(mut self, id: CveId) -> Self {
        self.cves.insert(id);
        self
    }

    /// Adds a GHSA id of the case.
    #[must_use]
    pub fn ghsa(mut self, id: GhsaId) -> Self {
        self.ghsas.insert(id);
        self
    }

    /// Adds the case's codename.
    #[must_use]
    pub fn codename(self, name: &str) -> Self {
        self.word(Rule::Codename, name)
    }

    /// Adds a link that only the case's people may know, such as the private fork's. The scheme
    /// is left aside: a link is one without it too.
    #[must_use]
    pub fn private_link(self, link: &str) -> Self {
        let bare = link.split_once("://").map_or(link, |(_, rest)| rest);
        self.word(Rule::PrivateLink, bare)
    }

    /// Adds a name by which somebody would be recognised who must not be: a reporter's.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.word(Rule::Name, name)
    }

    /// Adds any other word or phrase.
    #[must_use]
    pub fn free(self, term: &str) -> Self {
        self.word(Rule::Term, term)
    }

    fn word(mut self, rule: Rule, text: &str) -> Self {
        let needle = needle(text);
        if !needle.is_empty() {
            self.words.push(Word { rule, needle });
        }
        self
    }

    /// The case's ids, as they are sought.
    pub(crate) fn ids(&self) -> impl Iterator<Item = (Rule, Vec<char>)> {
        let cves = self.cves.iter().map(|id| (Rule::CveId, id.to_string()));
        let ghsas = self.ghsas.iter().map(|id| (Rule::GhsaId, id.to_string()));
        cves.chain(ghsas).map(|(rule, id)| (rule, needle(&id)))
    }

    /// The case's other terms, as they are sought.
    pub(crate) fn words(&self) -> impl Iterator<Item = (Rule, &[char])> {
        self.words.iter().map(|word| (word.rule, word.needle.as_slice()))
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terms(…)")
    }
}
