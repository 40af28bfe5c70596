//! The histories, and which of their commits are fixes.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use discretion::{
    CommitWords,
    giveaway::{Circumstances, Glance},
};
use git::{Oid, Range, Repo};

use crate::Failure;

/// What is left out together when the rest is learned from.
pub(crate) const GROUPS: [(&str, &[&str]); 3] = [
    ("curl", &["curl"]),
    ("samba", &["samba"]),
    (
        "nine others",
        &[
            "argo-cd",
            "containerd",
            "etcd",
            "caddy",
            "contour",
            "Pillow",
            "werkzeug",
            "keystone",
            "libgit2",
        ],
    ),
];

/// In this one, messages of fixes begin with the id.
const SAYS_SO: &str = "samba";
const DAY: i64 = 24 * 60 * 60;

pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) projects: Vec<Project>,
}

pub(crate) struct Project {
    pub(crate) name: &'static str,
    pub(crate) repo: Repo,
    /// Without merges, by the time of committing.
    pub(crate) commits: Vec<Commit>,
}

pub(crate) struct Commit {
    pub(crate) words: CommitWords,
    pub(crate) circumstances: Circumstances,
    pub(crate) fix: bool,
}

impl Commit {
    pub(crate) fn glance(&self) -> Glance<'_> {
        Glance { words: &self.words, circumstances: self.circumstances }
    }
}

pub(crate) fn read(mirrors: &Path) -> Result<Vec<Group>, Failure> {
    let fixes = listed(include_str!("fixes.tsv"));
    GROUPS
        .iter()
        .map(|(name, members)| {
            let mut projects = Vec::new();
            for member in *members {
                let folder = mirrors.join(member);
                if folder.exists() {
                    eprintln!("reading {member}");
                    projects.push(project(member, &folder, &fixes)?);
                } else {
                    eprintln!("{member} is absent");
                }
            }
            Ok(Group { name, projects })
        })
        .collect()
}

/// Rows of project and commit, in tables that begin with comments.
pub(crate) fn listed(table: &str) -> BTreeSet<(&str, &str)> {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut words = line.split('\t');
        Some((words.next()?, words.next()?))
    })
    .collect()
}

fn project(
    name: &'static str,
    folder: &Path,
    listed: &BTreeSet<(&str, &str)>,
) -> Result<Project, Failure> {
    let repo = Repo::open(folder)?;
    let everything = repo.commits(&Range::everything(&[]))?;
    let head = Range { from: vec![repo.resolve("HEAD")?], ..Range::default() };
    let on_head: BTreeSet<Oid> = repo.commits(&head)?.into_iter().map(|c| c.oid).collect();
    let releases = releases(&repo, &everything)?;
    let mut twins: BTreeMap<(i64, String), Vec<i64>> = BTreeMap::new();
    for commit in everything.iter().filter(|commit| !commit.is_merge()) {
        let key = (commit.author.when.seconds, commit.author.email.clone());
        twins.entry(key).or_default().push(commit.committer.when.seconds);
    }
    let is_listed = |oid: &Oid| listed.contains(&(name, oid.as_str()));
    let chosen: Vec<git::Commit> = everything
        .into_iter()
        .filter(|commit| on_head.contains(&commit.oid) || is_listed(&commit.oid))
        .filter(|commit| !commit.is_merge())
        .collect();
    let oids: Vec<Oid> = chosen.iter().map(|commit| commit.oid.clone()).collect();
    let paths = repo.changed_paths(&oids)?;
    let mut commits: Vec<Commit> = Vec::with_capacity(chosen.len());
    for (commit, (_, files)) in chosen.into_iter().zip(paths) {
        let (authored, committed) = (commit.author.when, commit.committer.when.seconds);
        let key = (authored.seconds, commit.author.email.clone());
        let near = |at: &&i64| (*at - committed).abs() < DAY;
        let next = releases.partition_point(|at| *at < committed);
        let says_so = name == SAYS_SO && commit.message.split(' ').next().is_some_and(holds_id);
        commits.push(Commit {
            fix: is_listed(&commit.oid) || says_so,
            circumstances: Circumstances {
                authored: authored.seconds,
                offset: authored.offset,
                committed,
                release: releases.get(next).copied(),
                elsewhere: twins.get(&key).is_some_and(|at| at.iter().filter(near).count() > 1),
            },
            words: CommitWords {
                oid: commit.oid.to_string(),
                message: without_ids(&commit.message),
                author: person(&commit.author),
                committer: person(&commit.committer),
                files: files.iter().map(|file| without_ids(file)).collect(),
                ..CommitWords::default()
            },
        });
    }
    commits.sort_by_key(|commit| commit.circumstances.committed);
    Ok(Project { name, repo, commits })
}

fn person(signature: &git::Signature) -> String {
    format!("{} <{}>", signature.name, signature.email)
}

/// When releases were made.
fn releases(repo: &Repo, commits: &[git::Commit]) -> Result<Vec<i64>, Failure> {
    let when: BTreeMap<&Oid, i64> =
        commits.iter().map(|commit| (&commit.oid, commit.committer.when.seconds)).collect();
    let mut at: Vec<i64> =
        repo.refs()?.tags.iter().filter_map(|tag| when.get(&tag.target).copied()).collect();
    at.sort_unstable();
    Ok(at)
}

/// The text without CVE and GHSA ids and the words and links that hold one.
pub(crate) fn without_ids(text: &str) -> String {
    let lines = text
        .split('\n')
        .map(|line| line.split(' ').filter(|word| !holds_id(word)).collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}

fn holds_id(word: &str) -> bool {
    let word = word.to_lowercase();
    let after = |prefix: &str| {
        let mut found = word.match_indices(prefix).map(|(at, _)| at + prefix.len());
        found.any(|at| word.get(at..).is_some_and(|rest| rest.len() >= 9))
    };
    after("cve-") || after("ghsa-") || word.contains("security/advisories/")
}
