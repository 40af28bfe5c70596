//! What the repositories show: supported lines, fixes, releases and the public words about them.

use std::path::Path;

use advisory::Version;
use case::{
    Case, LineKey,
    observation::{Observation, Place, Release},
    state::Line,
};
use discretion::{CommitWords, Severity, Terms, check_commit};
use git::{Oid, Repo};
use jiff::Timestamp;
use lineage::{TagScheme, Verdict, contains_fix};

use crate::ports::Repositories;

pub(super) fn look(
    repositories: &dyn Repositories,
    case: &Case,
    now: Timestamp,
) -> Vec<Observation> {
    let mut seen = Vec::new();
    for repository in &case.policy.repositories {
        seen.extend(supported(repositories, case, repository));
        let public = repositories.public(repository).ok();
        let private = case.forge.fork.as_ref().and_then(|fork| repositories.private(fork).ok());
        for (key, line, planned) in case.to_patch().filter(|(k, ..)| k.repository == *repository) {
            let branch = repositories.branch(key);
            let looked = Looked { case, key, line, branch: &branch, planned };
            if let Some(path) = &private {
                seen.extend(looked.fix(path, Place::Private));
            }
            if let Some(path) = &public {
                seen.extend(looked.fix(path, Place::Public));
                seen.extend(looked.releases(path, now).unwrap_or_default());
                seen.extend(looked.words(path));
            }
        }
    }
    seen
}

fn supported(
    repositories: &dyn Repositories,
    case: &Case,
    repository: &str,
) -> Option<Observation> {
    let now = repositories.supported(repository).ok()?;
    let of_repository = || case.lines.iter().filter(|(k, _)| k.repository == *repository);
    let mut known: Vec<&str> =
        of_repository().filter(|(_, l)| l.supported).map(|(k, _)| k.line.as_str()).collect();
    let mut current: Vec<&str> = now.lines.iter().map(String::as_str).collect();
    known.sort_unstable();
    current.sort_unstable();
    let default =
        of_repository().find(|(_, l)| l.supported && l.default_branch).map(|(k, _)| &k.line);
    let news = known != current || default != Some(&now.default_branch);
    news.then(|| Observation::SupportedLines {
        repository: repository.to_owned(),
        lines: now.lines,
        default_branch: now.default_branch,
    })
}

/// One line that gets the fix.
struct Looked<'a> {
    case: &'a Case,
    key: &'a LineKey,
    line: &'a Line,
    branch: &'a str,
    planned: Option<&'a str>,
}

impl Looked<'_> {
    fn declared(&self) -> Vec<Oid> {
        self.line.fix.declared.iter().filter_map(|c| c.parse().ok()).collect()
    }

    /// The declared commits, once all of them are on the line's branch in this mirror.
    fn fix(&self, mirror: &Path, place: Place) -> Option<Observation> {
        let declared = self.declared();
        let known = match place {
            Place::Private => &self.line.fix.private,
            Place::Public => &self.line.fix.public,
        };
        if declared.is_empty() || *known == self.line.fix.declared {
            return None;
        }
        let repo = Repo::open(mirror).ok()?;
        let tip = tip(&repo, self.branch)?;
        let there = declared.iter().all(|c| repo.is_ancestor(c, &tip).unwrap_or(false));
        there.then(|| Observation::Fix {
            line: self.key.clone(),
            commits: self.line.fix.declared.clone(),
            place,
        })
    }

    /// Releases of this line that hold the fix, and those that were planned to.
    fn releases(&self, mirror: &Path, now: Timestamp) -> Option<Vec<Observation>> {
        let declared = self.declared();
        if self.line.default_branch || declared.is_empty() {
            return None;
        }
        let repo = Repo::open(mirror).ok()?;
        let refs = repo.refs().ok()?;
        let scheme = TagScheme::guess(refs.tags.iter().map(|tag| tag.name.as_str()));
        let planned: Option<Version> = self.planned.and_then(|p| p.parse().ok());
        let mut seen = Vec::new();
        for tag in &refs.tags {
            let Some(version) = scheme.read(&tag.name) else { continue };
            let (tag, commit) = (tag.name.clone(), tag.target.clone());
            let found = lineage::Release { tag, version, commit };
            let recorded = self.line.releases.iter().any(|r| r.tag == found.tag);
            if found.minor().to_string() != self.key.line || recorded {
                continue;
            }
            let (contains_fix, evidence) = contained(&repo, &found.commit, &declared);
            let version = found.version.to_string();
            let due = version.parse().is_ok_and(|v: Version| planned.as_ref() <= Some(&v));
            if (due && planned.is_some()) || contains_fix == Some(true) {
                let released_at = now;
                let release =
                    Release { version, tag: found.tag, contains_fix, evidence, released_at };
                seen.push(Observation::Release { line: self.key.clone(), release });
            }
        }
        Some(seen)
    }

    /// The guard's word on all that is public about this line's fix.
    fn words(&self, mirror: &Path) -> Option<Observation> {
        let public = &self.line.fix.public;
        if public.is_empty() {
            return None;
        }
        let tags: Vec<String> = self.line.releases.iter().map(|r| r.tag.clone()).collect();
        let read: Vec<String> = public.iter().chain(&tags).cloned().collect();
        if self.line.words.as_ref().is_some_and(|words| words.read == read) {
            return None;
        }
        let repo = Repo::open(mirror).ok()?;
        let terms = terms(self.case);
        let (mut blocks, mut warnings) = (Vec::new(), Vec::new());
        for commit in public {
            let words = commit_words(&repo, commit, self.branch, &tags)?;
            for finding in check_commit(&words, &terms) {
                let line = format!("{} ({})", finding.rule.why(), finding.place);
                match finding.severity {
                    Severity::Block => blocks.push(line),
                    Severity::Warn => warnings.push(line),
                }
            }
        }
        Some(Observation::PublicWords { line: self.key.clone(), read, blocks, warnings })
    }
}

fn tip(repo: &Repo, branch: &str) -> Option<Oid> {
    let refs = repo.refs().ok()?;
    refs.branches.into_iter().find(|b| b.plain() == branch).map(|b| b.tip)
}

/// Whether a release holds every declared commit, and how that was seen.
fn contained(repo: &Repo, release: &Oid, declared: &[Oid]) -> (Option<bool>, String) {
    let mut all = true;
    let mut evidence = Vec::new();
    for commit in declared {
        match contains_fix(repo, release, commit, &[]) {
            Ok(found) => {
                all &= found.verdict == Verdict::Contained;
                let how = match found.history {
                    Some(_) => "in its history",
                    None => "not in its history",
                };
                let lines = found.lines;
                evidence.push(format!(
                    "{} is {how}; {} of {} lines of it are there",
                    commit.short(),
                    lines.found,
                    lines.expected
                ));
            }
            Err(error) => return (None, error.to_string()),
        }
    }
    (Some(all), evidence.join("; "))
}

/// What must not be said of this case in public.
fn terms(case: &Case) -> Terms {
    let mut terms = Terms::new().codename(case.codename.as_str());
    for id in case.cve_ids() {
        terms = terms.cve(id);
    }
    if let Some(draft) = &case.forge.draft {
        terms = terms.ghsa(draft.ghsa.clone()).private_link(&draft.url);
    }
    if let Some(fork) = &case.forge.fork {
        terms = terms.private_link(fork);
    }
    for report in case.reports.values().filter(|r| r.reporter_name != "anonymous") {
        terms = terms.name(&report.reporter_name);
    }
    terms
}

fn commit_words(repo: &Repo, commit: &str, branch: &str, tags: &[String]) -> Option<CommitWords> {
    let oid: Oid = commit.parse().ok()?;
    let found = repo.commit(&oid).ok()?;
    Some(CommitWords {
        oid: commit.to_owned(),
        message: found.message,
        author: format!("{} <{}>", found.author.name, found.author.email),
        committer: format!("{} <{}>", found.committer.name, found.committer.email),
        branch: Some(branch.to_owned()),
        tags: tags.to_vec(),
        files: repo.changed_files(&oid).ok()?,
    })
}
