//! From commits in a repository to the words that a guard reads.

use std::collections::{BTreeMap, BTreeSet};

use discretion::{CommitWords, Finding, Terms, check_commit};
use git::{Oid, Range, Repo, Signature};

use crate::{command_error::CommandError, output::Output};

/// The names under which commits become public.
#[derive(Default)]
pub(super) struct Names {
    /// The branch of the newest commit.
    pub(super) branch: Option<String>,
    /// Tags by the commit that they stand on.
    pub(super) tags: BTreeMap<Oid, Vec<String>>,
}

/// Reads every commit of the range; `tip` is the commit that carries the branch's name.
pub(super) fn check(
    repo: &Repo,
    range: &Range,
    tip: &Oid,
    names: &Names,
    terms: &Terms,
) -> Result<Vec<Finding>, CommandError> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for commit in repo.commits(range)? {
        let words = CommitWords {
            oid: commit.oid.to_string(),
            author: person(&commit.author),
            committer: person(&commit.committer),
            // Once is enough: the name is the same for all of them.
            branch: names.branch.clone().filter(|_| commit.oid == *tip),
            tags: names.tags.get(&commit.oid).cloned().unwrap_or_default(),
            files: repo.changed_files(&commit.oid)?,
            message: commit.message,
        };
        findings.extend(check_commit(&words, terms));
        seen.insert(commit.oid);
    }
    // Names on commits that are public already are new words all the same.
    let branch = names.branch.clone().filter(|_| !seen.contains(tip));
    let mut bare = Vec::new();
    bare.extend(branch.map(|branch| (tip, Some(branch), Vec::new())));
    let unseen = names.tags.iter().filter(|(oid, _)| !seen.contains(*oid));
    bare.extend(unseen.map(|(oid, tags)| (oid, None, tags.clone())));
    for (oid, branch, tags) in bare {
        let words = CommitWords { oid: oid.to_string(), branch, tags, ..CommitWords::default() };
        findings.extend(check_commit(&words, terms));
    }
    Ok(findings)
}

/// Says which public words were not read: annotated tags carry messages of their own.
pub(super) fn admit_unread(
    repo: &Repo,
    names: &Names,
    output: &Output,
) -> Result<(), CommandError> {
    let mentioned: BTreeSet<&String> = names.tags.values().flatten().collect();
    for tag in repo.refs()?.tags {
        if tag.annotated && mentioned.contains(&tag.name) {
            output.talk(&format!(
                "note: the message of the annotated tag {} was not read: not in this version",
                tag.name
            ));
        }
    }
    Ok(())
}

fn person(signature: &Signature) -> String {
    format!("{} <{}>", signature.name, signature.email)
}
