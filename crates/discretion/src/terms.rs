//! The words that belong to one embargoed case.
//!
//! Must not be printed: `Debug` shows none of them.

use std::collections::BTreeSet;
use std::fmt;

use advisory::{CveId, GhsaId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::finding::Rule;
use crate::ids::is_other_id;
use crate::prior::{Prior, phrases};

/// Raised whenever the same terms are found in other places than before.
pub(crate) const EDITION: u8 = 1;

/// A digest that only whoever has the key can hold against a guess.
fn keyed(key: &[u8; 32], about: &[u8], words: &str) -> String {
    let length = u64::try_from(about.len()).unwrap_or(u64::MAX).to_be_bytes();
    let said = [&length[..], about, words.as_bytes()].concat();
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(&said);
    let bytes = mac.finalize().into_bytes();
    let digits = bytes.iter().take(16).map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// What a case must not be known by before its time.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Terms {
    cves: BTreeSet<CveId>,
    ghsas: BTreeSet<GhsaId>,
    words: Vec<(Rule, String)>,
    /// What the project says every day, by its letters.
    said: BTreeSet<String>,
}

/// The last word of a name first.
fn turned(name: &str) -> Option<String> {
    name.trim().rsplit_once(' ').map(|(first, last)| format!("{last} {first}"))
}

/// The letters by which two ways to write a term are the same.
fn alike(term: &str) -> String {
    let bare = term.split_once("://").map_or(term, |(_, rest)| rest);
    bare.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a line may say of its term.
const KINDS: [&str; 3] = ["codename", "name", "identifier"];

impl Terms {
    /// No terms.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Terms from a file's text: one a line, blank lines ignored. Lines that are ids count as ids of
    /// the case, links as private links; `codename:`, `name:`, `identifier:` and `everyday:` before a
    /// term say what it is, and all others are free terms. What is everyday may say what else it is.
    #[must_use]
    pub fn from_lines(text: &str) -> Self {
        Self::new().with_lines(text)
    }

    /// Adds terms from the lines of such a text.
    #[must_use]
    pub fn with_lines(self, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        text.lines().map(str::trim).filter(|line| !line.is_empty()).fold(self, Self::line)
    }

    fn line(self, line: &str) -> Self {
        if let Ok(id) = line.parse::<CveId>() {
            return self.cve(id);
        }
        if let Ok(id) = line.parse::<GhsaId>() {
            return self.ghsa(id);
        }
        match line.split_once(':') {
            Some(("codename", name)) => self.codename(name),
            Some(("name", name)) => self.name(name),
            Some(("identifier", name)) => self.identifier(name),
            Some(("everyday", term)) => self.everyday(match term.split_once(':') {
                Some((kind, term)) if KINDS.contains(&kind.trim()) => term,
                _ => term,
            }),
            _ if is_other_id(line) => self.other_id(line),
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

    /// Adds an id of the case in another list, such as `GO-2024-2687`.
    #[must_use]
    pub fn other_id(self, id: &str) -> Self {
        self.word(Rule::OsvId, id)
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

    /// Adds a name by which somebody would be recognised who must not be: a reporter's. Its last
    /// word may also come first.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        let terms = self.word(Rule::Name, name);
        match turned(name) {
            Some(turned) => terms.word(Rule::Name, &turned),
            None => terms,
        }
    }

    /// Adds any other word or phrase.
    #[must_use]
    pub fn free(self, term: &str) -> Self {
        self.word(Rule::Term, term)
    }

    /// Adds a word or phrase that the project's public words are full of anyway: it is pointed at, and
    /// never blocked, whatever else the terms say that it is, unless that is an id.
    /// [`crate::prior::Everyday`] tells which are.
    #[must_use]
    pub fn everyday(self, term: &str) -> Self {
        self.word(Rule::EverydayTerm, term)
    }

    /// Whether a line of such a file is a word or phrase and nothing else: no id, link or name.
    #[must_use]
    pub fn is_free(line: &str) -> bool {
        let terms = Self::from_lines(line);
        let free = terms.words.iter().all(|(rule, _)| *rule == Rule::Term);
        free && !terms.words.is_empty() && terms.cves.is_empty() && terms.ghsas.is_empty()
    }

    /// The same where these words or phrases are what the project says every day, whatever the case:
    /// what was chosen for it, phrases and names in its code are then pointed at, and never blocked.
    /// Ids, the codename, private links and names of people stay what they are.
    #[must_use]
    pub fn where_said(mut self, words: &[String]) -> Self {
        self.said.extend(words.iter().map(|word| alike(word)));
        self
    }

    /// Adds a name in the code of the fix. By itself it may be said: a commit has to name what it
    /// changes.
    #[must_use]
    pub fn identifier(self, name: &str) -> Self {
        self.word(Rule::Identifier, name)
    }

    /// Adds the phrases of a text about the vulnerability, such as the advisory's, that stand in none
    /// of the project's own texts. Rare can only be what was looked for: without a prior there are
    /// none.
    #[must_use]
    pub fn described(self, text: &str, prior: &Prior) -> Self {
        phrases(text, prior).iter().fold(self, |terms, phrase| terms.word(Rule::Phrase, phrase))
    }

    /// A name for this list of terms, by which nobody without the key can tell what is in it: the same
    /// for the same terms, and another one when what is found changes with a new version.
    #[must_use]
    pub fn mark(&self, key: &[u8; 32]) -> String {
        let version = [env!("CARGO_PKG_VERSION").as_bytes(), &[EDITION]].concat();
        let terms = self.all().map(|(rule, term)| format!("{rule:?}\0{term}\0"));
        keyed(key, &version, &terms.collect::<String>())
    }

    /// Both.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.cves.extend(other.cves);
        self.ghsas.extend(other.ghsas);
        self.words.extend(other.words);
        self.said.extend(other.said);
        self
    }

    /// Whether any of them is everyday.
    #[must_use]
    pub fn is_everyday(&self) -> bool {
        let everyday = |(rule, word): &(Rule, String)| self.told(*rule, word) == Rule::EverydayTerm;
        self.words.iter().any(everyday)
    }

    /// What a word is, once it is known what the project says every day.
    fn told(&self, rule: Rule, word: &str) -> Rule {
        let chosen = matches!(rule, Rule::Term | Rule::Phrase | Rule::Identifier);
        if chosen && self.said.contains(&alike(word)) { Rule::EverydayTerm } else { rule }
    }

    fn word(mut self, rule: Rule, text: &str) -> Self {
        self.words.push((rule, text.to_owned()));
        self
    }

    /// All terms, as they are to be sought.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Rule, String)> {
        let cves = self.cves.iter().map(|id| (Rule::CveId, id.to_string()));
        let ghsas = self.ghsas.iter().map(|id| (Rule::GhsaId, id.to_string()));
        let everyday = self.words.iter().filter(|(rule, _)| *rule == Rule::EverydayTerm);
        let everyday: BTreeSet<String> = everyday.map(|(_, word)| alike(word)).collect();
        let everyday = move |rule: Rule, word: &str| match rule {
            Rule::EverydayTerm | Rule::OsvId => false,
            Rule::Name => [Some(alike(word)), turned(word).map(|name| alike(&name))]
                .iter()
                .flatten()
                .any(|name| everyday.contains(name)),
            _ => everyday.contains(&alike(word)),
        };
        let words = self.words.iter().filter(move |(rule, word)| !everyday(*rule, word));
        let words = words.map(|(rule, word)| (self.told(*rule, word), word.clone()));
        cves.chain(ghsas).chain(words)
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terms(…)")
    }
}
