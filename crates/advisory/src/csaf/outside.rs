//! What no document says by itself: which addresses answer, and which words a language has.
//!
//! This room asks nobody. Whoever calls a check hands in who may be asked; a rule that finds nobody to
//! ask is reported as not judged.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

/// Whom a check may ask. By default nobody.
#[derive(Clone, Copy, Default)]
pub struct Outside<'o> {
    /// Who knows which addresses answer.
    pub reach: Option<&'o dyn Reach>,
    /// Who knows the words of languages.
    pub spelling: Option<&'o dyn Spelling>,
}

/// Knows which addresses answer.
pub trait Reach {
    /// What a request for the address came to; `None` where that is not known.
    fn answer(&self, url: &str) -> Option<Answer>;
}

/// What a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A status of HTTP.
    Status(u16),
    /// There was none: no such host, nobody there, or no HTTP.
    Nothing,
}

/// Knows the words of languages.
pub trait Spelling {
    /// Those of the words that the dictionary of a language, named by its tag, does not have.
    ///
    /// # Errors
    ///
    /// Without a dictionary of the language, or without its answer.
    fn unknown<'w>(
        &self,
        language: &str,
        words: &BTreeSet<&'w str>,
    ) -> Result<BTreeSet<&'w str>, SpellingError>;
}

/// Why nobody says which words are unknown.
#[derive(Debug, Error)]
pub enum SpellingError {
    /// The language is not supported.
    #[error("there is no dictionary of this language")]
    NoDictionary,
    /// The dictionary gave no answer.
    #[error("the dictionary gave no answer: {0}")]
    NoAnswer(String),
}

/// Answers that were collected before, each a line of a status and an address as `curl` writes them
/// with `-w '%{http_code} %{url}\n'`: `000` stands for no answer. The last line on an address counts;
/// blank lines and those that begin with `#` do not.
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<String, Answer>);

/// A line that holds no answer.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {0} is not a status of three digits, a blank and an address")]
pub struct AnswersError(usize);

impl Answers {
    /// Reads the lines.
    ///
    /// # Errors
    ///
    /// For the first line that holds no answer.
    pub fn read(text: &str) -> Result<Self, AnswersError> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        lines.map(|(number, line)| answer(line).ok_or(AnswersError(number))).collect()
    }
}

fn answer(line: &str) -> Option<(String, Answer)> {
    let (status, url) = line.split_once(' ')?;
    let is_status = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
    let answer = match status.parse().ok().filter(|_| is_status)? {
        0 => Answer::Nothing,
        status => Answer::Status(status),
    };
    url.contains("://").then(|| (url.to_owned(), answer))
}

impl FromIterator<(String, Answer)> for Answers {
    fn from_iter<I: IntoIterator<Item = (String, Answer)>>(answers: I) -> Self {
        Self(answers.into_iter().collect())
    }
}

impl Reach for Answers {
    fn answer(&self, url: &str) -> Option<Answer> {
        self.0.get(url).copied()
    }
}
