//! The guard over a commit: every word of it that becomes public.
//!
//! Fed by a caller who reads repositories. An empty message is fine, and so is a pithy one.

use std::collections::BTreeMap;

use crate::added::said_in;
use crate::finding::{Finding, Place, Rule, Severity};
use crate::guard::Guard;
use crate::setting::Setting;

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
    /// The lines that it adds, by path.
    pub added: BTreeMap<String, Vec<String>>,
}

impl std::fmt::Debug for CommitWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CommitWords({})", self.oid)
    }
}

impl Guard {
    /// What in the commit's words would give the case away to the public: message first, then
    /// people, branch, tags, paths and added lines. Of added lines all are read for the case's own
    /// words; for those that only say "security", comments, names of tests and prose are.
    #[must_use]
    pub fn commit(&self, words: &CommitWords) -> Vec<Finding> {
        let CommitWords { oid, message, author, committer, branch, tags, files, added } = words;
        let people = [("author", author)].into_iter().chain(
            // Most often one person: the same finding twice helps nobody.
            (committer != author).then_some(("committer", committer)),
        );
        let parts = [("message", message)]
            .into_iter()
            .chain(people)
            .chain(branch.iter().map(|branch| ("branch", branch)))
            .chain(tags.iter().map(|tag| ("tag", tag)))
            .chain(files.iter().map(|file| ("file", file)));
        let mut findings = Vec::new();
        for (part, text) in parts {
            findings.extend(located(&format!("{oid}:{part}"), self.text(text, &Setting::PUBLIC)));
        }
        for (path, lines) in added {
            let all = self.text(&lines.join("\n"), &Setting::PUBLIC).into_iter();
            let own = |f: &Finding| f.severity == Severity::Block && f.rule != Rule::Identifier;
            let mut found: Vec<_> = all.filter(own).collect();
            let said = self.text(&said_in(path, lines), &Setting::PUBLIC).into_iter();
            // Code is full of its own names: a person has to look.
            let said = said.filter(|f| !own(f));
            found.extend(said.map(|finding| Finding { severity: Severity::Warn, ..finding }));
            findings.extend(located(&format!("{oid}:added to {path}"), found));
        }
        findings
    }
}

fn located(part: &str, findings: Vec<Finding>) -> impl Iterator<Item = Finding> {
    findings.into_iter().map(move |finding| Finding {
        place: Place { part: Some(part.to_owned()), ..finding.place },
        ..finding
    })
}
