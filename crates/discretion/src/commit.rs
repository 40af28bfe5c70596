//! The guard over a commit: every word of it that becomes public.
//!
//! Fed by a caller who reads repositories. An empty message is fine, and so is a pithy one.

use crate::finding::{Finding, Place};
use crate::terms::Terms;
use crate::text::{Audience, Policy, check_text};

/// The words that a commit carries into the public.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CommitWords {
    /// The commit's id, by which findings name it.
    pub oid: String,
    /// The whole message.
    pub message: String,
    /// The author, as `Name <address>`.
    pub author: String,
    /// The committer, likewise.
    pub committer: String,
    /// The branch that it is pushed to.
    pub branch: Option<String>,
    /// Tags on it, each with its message if it has one.
    pub tags: Vec<String>,
    /// Paths that it touches.
    pub files: Vec<String>,
}

impl std::fmt::Debug for CommitWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CommitWords({})", self.oid)
    }
}

/// What in the commit's words would give the case away to the public: message first, then
/// people, branch, tags and paths.
#[must_use]
pub fn check_commit(words: &CommitWords, terms: &Terms) -> Vec<Finding> {
    let CommitWords { oid, message, author, committer, branch, tags, files } = words;
    let people = [("author", author)].into_iter().chain(
        // Most often one person: the same finding twice helps nobody.
        (committer != author).then_some(("committer", committer)),
    );
    [("message", message)]
        .into_iter()
        .chain(people)
        .chain(branch.iter().map(|branch| ("branch", branch)))
        .chain(tags.iter().map(|tag| ("tag", tag)))
        .chain(files.iter().map(|file| ("file", file)))
        .flat_map(|(part, text)| {
            let found = check_text(text, terms, Audience::Public, &Policy::default());
            found.into_iter().map(move |finding| Finding {
                place: Place { part: Some(format!("{oid}:{part}")), ..finding.place },
                ..finding
            })
        })
        .collect()
}
