//! What is ordinary in one project: how often its history says a word, and which phrases it knows.
//!
//! A project that is about security says "security" every day, and there the word gives nothing
//! away. Learned from texts that are public already, such as the messages before the ones to be read.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    commit::CommitWords,
    finding::Severity,
    guard::Guard,
    terms::{EDITION, Terms},
    vocabulary::ENTRIES,
};

/// The least number of texts from which anything is concluded.
const ENOUGH: usize = 100;
/// Words in a phrase.
const PHRASE: usize = 4;

/// What a project's own texts say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prior {
    texts: usize,
    words: BTreeMap<&'static str, usize>,
    phrases: BTreeSet<u64>,
}

/// How much of a surprise a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rarity {
    /// In fewer than one text in a hundred.
    Rare,
    /// In fewer than one in twenty.
    Known,
    /// In more.
    Common,
}

impl Prior {
    /// Learns from a project's texts which words are ordinary. A text that names a vulnerability, by an
    /// id, is none of them: else a run of fixes would make the next one look ordinary.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let learner = Learner::new();
        Self::of_lessons(texts.into_iter().map(|text| learner.lesson(text)))
    }

    /// The same from what texts taught before.
    pub fn of_lessons(lessons: impl IntoIterator<Item = Lesson>) -> Self {
        let mut prior = Self::default();
        for words in lessons.into_iter().filter_map(|Lesson(words)| words) {
            prior.texts += 1;
            for word in words.into_iter().filter_map(|number| ENTRIES.get(number)) {
                *prior.words.entry(word.words).or_default() += 1;
            }
        }
        prior
    }

    /// Learns from the same texts which phrases the project knows, too.
    #[must_use]
    pub fn with_phrases<'a>(mut self, texts: impl IntoIterator<Item = &'a str>) -> Self {
        for text in texts {
            self.phrases.extend(words(text).windows(PHRASE).map(digest));
        }
        self
    }

    /// How many texts it was learned from.
    #[must_use]
    pub fn texts(&self) -> usize {
        self.texts
    }

    pub(crate) fn rarity(&self, word: &str) -> Rarity {
        let times = self.words.get(word).copied().unwrap_or(0);
        if self.texts < ENOUGH || times * 100 < self.texts {
            Rarity::Rare
        } else if times * 20 < self.texts {
            Rarity::Known
        } else {
            Rarity::Common
        }
    }
}

/// What one text teaches: which words of the vocabulary it has, by their numbers, unless it names a
/// vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson(Option<Vec<usize>>);

impl Lesson {
    /// In one word, for [`Lesson::read`].
    #[must_use]
    pub fn written(&self) -> String {
        match &self.0 {
            None => "!".to_owned(),
            Some(words) => {
                let numbers: Vec<String> = words.iter().map(usize::to_string).collect();
                format!("-{}", numbers.join(","))
            }
        }
    }

    /// `None` if it is not what [`Lesson::written`] gives.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        if word == "!" {
            return Some(Self(None));
        }
        let numbers = word.strip_prefix('-')?.split(',').filter(|number| !number.is_empty());
        let known = |number: usize| (number < ENTRIES.len()).then_some(number);
        let words = numbers.map(|number| known(number.parse().ok()?));
        Some(Self(Some(words.collect::<Option<_>>()?)))
    }
}

/// Takes lessons from texts.
pub struct Learner(Guard);

impl Learner {
    /// Learns whatever there is.
    #[must_use]
    pub fn new() -> Self {
        Self(Guard::new(&Terms::new()))
    }

    /// What a text teaches.
    #[must_use]
    pub fn lesson(&self, text: &str) -> Lesson {
        Lesson(self.0.words_of(text))
    }

    /// Lessons of one edition say nothing in another one.
    #[must_use]
    pub fn edition() -> String {
        let words = ENTRIES.iter().map(|entry| entry.words.to_owned());
        let all: Vec<String> = [env!("CARGO_PKG_VERSION").to_owned(), EDITION.to_string()]
            .into_iter()
            .chain(words)
            .collect();
        format!("{:016x}", digest(&all))
    }
}

impl Default for Learner {
    fn default() -> Self {
        Self::new()
    }
}

/// Counts in how many public commits a guard with some terms would have blocked something. A term that
/// many of them hold gives nothing away, and blocks what has nothing to do with the case.
pub struct Everyday {
    /// With all terms: what it lets through, each of the others does.
    all: Guard,
    each: Vec<Guard>,
    counts: Vec<usize>,
    commits: usize,
}

impl Everyday {
    /// Counts for each of these, by itself.
    #[must_use]
    pub fn new(each: &[Terms]) -> Self {
        let all = each.iter().filter(|terms| !terms.is_everyday());
        let all = all.cloned().fold(Terms::new(), Terms::with);
        let guards = each.iter().map(Guard::new).collect();
        Self { all: Guard::new(&all), each: guards, counts: vec![0; each.len()], commits: 0 }
    }

    /// Reads one more commit.
    pub fn read(&mut self, words: &CommitWords) {
        let blocks = |guard: &Guard| {
            guard.commit(words).iter().any(|finding| finding.severity == Severity::Block)
        };
        self.commits += 1;
        if blocks(&self.all) {
            for (guard, count) in self.each.iter().zip(&mut self.counts) {
                *count += usize::from(blocks(guard));
            }
        }
    }

    /// How many commits were read.
    #[must_use]
    pub fn commits(&self) -> usize {
        self.commits
    }

    /// In how many of them each stands.
    #[must_use]
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }
}

/// The phrases of a text that the project's own texts do not have, each of four words of which three
/// at least carry a meaning of their own.
pub(crate) fn phrases(text: &str, prior: &Prior) -> Vec<String> {
    if prior.texts < ENOUGH || prior.phrases.is_empty() {
        return Vec::new();
    }
    let sentences = text.split(['.', '!', '?', ';', ':', '(', ')']);
    let rare = sentences.flat_map(|sentence| {
        let words = words(sentence);
        let rare = |phrase: &&[String]| {
            phrase.iter().filter(|word| carries_meaning(word)).count() + 1 >= PHRASE
                && !prior.phrases.contains(&digest(phrase))
        };
        words.windows(PHRASE).filter(rare).map(|phrase| phrase.join(" ")).collect::<Vec<_>>()
    });
    rare.collect()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Words that hold English together, and those that every project's texts are full of.
const EMPTY: &[&str] = &[
    "about", "after", "also", "because", "been", "before", "being", "between", "both", "cannot",
    "could", "does", "each", "from", "have", "into", "more", "most", "must", "only", "other",
    "over", "same", "should", "some", "such", "than", "that", "their", "them", "then", "there",
    "these", "they", "this", "those", "through", "under", "used", "uses", "using", "very", "want",
    "were", "what", "when", "where", "which", "while", "will", "with", "within", "without",
    "would", "your", "version", "versions", "user", "users", "issue", "prior", "upgrade",
    "release", "released",
];

fn carries_meaning(word: &str) -> bool {
    word.chars().count() > 3 && !EMPTY.contains(&word)
}

/// FNV-1a over the words: a fingerprint of what is public, not a secret.
fn digest(words: &[String]) -> u64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
