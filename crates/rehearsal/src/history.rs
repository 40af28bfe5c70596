//! A drill on a repository that exists: what a clone tells, before anything is played.
//!
//! The clone is read and never written to. Where the bug was fixed already, everything that has
//! the fix in its history is taken away, so that the drill begins with what everybody could see
//! before: a tag with the fix is not there yet, and a branch stands at its last commit without it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use git::{Branch, Oid, Refs, Repo};
use lineage::{Fix, LineState, Request, Status, Supported, SupportedLine, TagScheme, Telling};
use serde::{Deserialize, Serialize};

/// How many minors are supported where nothing says otherwise.
const NEWEST: usize = 3;
/// The file in which a project may say which versions it supports.
const SUPPORT_FILE: &str = "versions.yaml";

/// What somebody wants a drill to be played on.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The clone.
    pub clone: PathBuf,
    /// Commits that fixed the bug, each with the line whose fix it is where somebody said so.
    pub fixed_by: Vec<(Option<String>, String)>,
    /// Commits that introduced it; none: it was there from the beginning.
    pub introduced: Vec<String>,
    /// Patterns of supported minors.
    pub supported: Vec<String>,
}

/// Why a clone cannot carry a drill.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// It could not be read.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// Its history could not be understood.
    #[error(transparent)]
    Lineage(#[from] lineage::Error),
    /// It is not whole.
    #[error("this clone does not tell its whole history: fetch the rest of it first")]
    Cut,
    /// There is nothing to fix a bug on.
    #[error("this clone has no {0}")]
    Without(&'static str),
    /// A fix is missing.
    #[error("no commit that was named fixes {0}")]
    Unfixed(String),
    /// A fix is nowhere on its line.
    #[error("{commit} is not in the history of {line}")]
    Elsewhere {
        /// The commit.
        commit: String,
        /// The line.
        line: String,
    },
}

type Result<T> = std::result::Result<T, HistoryError>;

/// A history, cut back to the time before a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct History {
    /// The clone's folder.
    pub clone: PathBuf,
    /// What the drill calls the project: the folder's name.
    pub name: String,
    /// The module that it says it is, where it is written in Go.
    pub module: Option<String>,
    /// The default branch.
    pub main: String,
    /// Branches and tags that are there when the drill begins, by full name.
    pub refs: BTreeMap<String, String>,
    /// Supported minors with their latest release, newest first.
    pub supported: Vec<(String, String)>,
    /// The branch of every line.
    pub branches: BTreeMap<String, String>,
    /// What precedes the version in the names of tags.
    pub prefix: String,
    /// What was done about the bug, by line; nothing: the developers write a fix of their own.
    pub past: BTreeMap<String, Past>,
    /// Supported lines that never had the bug.
    pub unaffected: BTreeSet<String>,
    /// Tags that history has and that are not there yet: name and object, by version.
    pub later: BTreeMap<String, (String, String)>,
}

/// What was done about a bug on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Past {
    /// The commits that fixed it, full ids.
    pub commits: Vec<String>,
    /// The first commit of the line that has all of them.
    pub fixed_at: String,
    /// The first release that history calls fixed.
    pub first_fixed: Option<String>,
}

impl History {
    /// Reads a clone.
    ///
    /// # Errors
    /// When it cannot be read whole, has no releases, or a line has no fix.
    pub fn read(asked: &Asked) -> Result<Self> {
        let clone = Repo::open(&asked.clone)?;
        if !clone.integrity()?.doubtful().is_empty() {
            return Err(HistoryError::Cut);
        }
        Reader::new(&clone, asked)?.read()
    }

    /// The name of a version's tag, as this project writes them.
    #[must_use]
    pub fn tag(&self, version: &str) -> String {
        format!("{}{version}", self.prefix)
    }
}

struct Reader<'a> {
    clone: &'a Repo,
    asked: &'a Asked,
    refs: Refs,
    scheme: TagScheme,
    /// Commits that were named, with their lines where somebody said so.
    named: Vec<(Option<String>, Oid)>,
    /// These, and the same changes on other lines.
    fixes: Vec<Oid>,
    /// Full names of refs that have any of them in their history.
    fixed_refs: BTreeSet<String>,
    /// What history says of every line.
    states: Vec<LineState>,
}

impl<'a> Reader<'a> {
    fn new(clone: &'a Repo, asked: &'a Asked) -> Result<Self> {
        let mut refs = clone.refs()?;
        let main = refs.main_branch().map(|branch| branch.plain().to_owned());
        // What everybody can see is what the clone last saw of others; what is only here is not.
        let shared = |branch: &Branch| branch.remote && branch.name.starts_with("origin/");
        if refs.branches.iter().any(shared) {
            refs.branches.retain(shared);
        }
        let main = main.and_then(|main| refs.branches.iter().find(|b| b.plain() == main));
        refs.default_branch = main.map(|branch| branch.name.clone());
        let scheme = TagScheme::guess(refs.tags.iter().map(|tag| tag.name.as_str()));
        let (named, fixes, states) = (Vec::new(), Vec::new(), Vec::new());
        let fixed_refs = BTreeSet::new();
        let mut reader = Self { clone, asked, refs, scheme, named, fixes, fixed_refs, states };
        reader.trace()?;
        Ok(reader)
    }

    /// Finds what fixed the bug on every line.
    fn trace(&mut self) -> Result<()> {
        for (line, rev) in &self.asked.fixed_by {
            self.named.push((line.clone(), self.clone.resolve(rev)?));
        }
        if self.named.is_empty() {
            return Ok(());
        }
        let introduced = self.asked.introduced.iter().map(|rev| self.clone.resolve(rev));
        let answer = lineage::affected(
            self.clone,
            &Request {
                introduced: introduced.collect::<git::Result<_>>()?,
                fixes: self.named.iter().map(|(_, commit)| Fix::one(commit.clone())).collect(),
                accept: lineage::Grade::Trailer,
                scheme: Some(self.scheme.clone()),
                supported: Supported::All,
            },
        )?;
        self.fixes = self.named.iter().map(|(_, commit)| commit.clone()).collect();
        let same = answer.report.backports.iter().filter(|link| link.of_kind == "fixed");
        self.fixes.extend(same.map(|link| link.commit.parse()).collect::<git::Result<Vec<_>>>()?);
        for commit in &self.fixes {
            self.fixed_refs.extend(self.clone.refs_containing(commit)?);
        }
        self.states = answer.states;
        Ok(())
    }

    fn read(&self) -> Result<History> {
        let main = self.refs.main_branch().ok_or(HistoryError::Without("default branch"))?;
        let main_before = self.before(&main.tip)?;
        let lines = self.lines(main_before.as_ref())?;
        let latest = lines.first().ok_or(HistoryError::Without("releases"))?;
        let version = latest.latest.version.to_string();
        let prefix = latest.latest.tag.strip_suffix(&version).unwrap_or("v").to_owned();
        let main_name = main.plain().to_owned();
        let mut history = History {
            clone: self.asked.clone.clone(),
            name: self.name(),
            module: self.module(&main.tip)?,
            main: main_name.clone(),
            refs: self.untouched(),
            supported: Vec::new(),
            branches: BTreeMap::from([(main_name.clone(), main_name.clone())]),
            prefix,
            past: BTreeMap::new(),
            unaffected: BTreeSet::new(),
            later: self.later(),
        };
        place(&mut history, &main_name, main_before.as_ref());
        for line in &lines {
            let tip = line.branch.as_ref().map_or(&line.latest.commit, |branch| &branch.tip);
            let before = self.before(tip)?.unwrap_or_else(|| line.latest.commit.clone());
            let own = line.branch.as_ref().map(|branch| branch.plain().to_owned());
            let branch = own.unwrap_or_else(|| format!("release-{}", line.line));
            place(&mut history, &branch, Some(&before));
            history.branches.insert(line.line.clone(), branch);
            history.supported.push((line.line.clone(), line.latest.version.to_string()));
        }
        if !self.fixes.is_empty() {
            self.past(main, &lines, &mut history)?;
        }
        Ok(history)
    }

    fn name(&self) -> String {
        let folder = self.asked.clone.canonicalize().ok();
        let name = folder.as_ref().and_then(|folder| folder.file_name()?.to_str());
        let name = name.map(|name| name.trim_end_matches(".git").replace('#', "-"));
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| "project".into())
    }

    fn module(&self, at: &Oid) -> Result<Option<String>> {
        let file = self.clone.show_file(at.as_str(), "go.mod")?.unwrap_or_default();
        let text = String::from_utf8_lossy(&file);
        let module = text.lines().find_map(|line| line.trim().strip_prefix("module "));
        Ok(module.map(|module| module.trim().to_owned()))
    }

    /// Everything that never had a fix in its history.
    fn untouched(&self) -> BTreeMap<String, String> {
        let branches = self.refs.branches.iter().filter(|b| !self.fixed_refs.contains(&full(b)));
        let branches = branches.map(|b| (format!("refs/heads/{}", b.plain()), b.tip.to_string()));
        let tags = self.refs.tags.iter().map(|tag| (format!("refs/tags/{}", tag.name), tag));
        let tags = tags.filter(|(name, _)| !self.fixed_refs.contains(name));
        branches.chain(tags.map(|(name, tag)| (name, tag.object.to_string()))).collect()
    }

    fn later(&self) -> BTreeMap<String, (String, String)> {
        let tags = self.refs.tags.iter();
        let tags = tags.filter(|tag| self.fixed_refs.contains(&format!("refs/tags/{}", tag.name)));
        let named = tags.filter_map(|tag| {
            let version = self.scheme.read(&tag.name)?.to_string();
            Some((version, (tag.name.clone(), tag.object.to_string())))
        });
        named.collect()
    }

    /// The supported lines as they were: what the person says, else what the project's own file
    /// said, else the newest minors.
    fn lines(&self, main: Option<&Oid>) -> Result<Vec<SupportedLine>> {
        let mut then = self.refs.clone();
        then.tags.retain(|tag| !self.fixed_refs.contains(&format!("refs/tags/{}", tag.name)));
        let named: BTreeSet<&String> = self.named.iter().filter_map(|(l, _)| l.as_ref()).collect();
        let is_main = |line: &&&String| then.main_branch().is_some_and(|b| b.plain() == **line);
        let minors: Vec<String> =
            named.iter().filter(|l| !is_main(l)).map(|line| (*line).clone()).collect();
        let supported = if !self.asked.supported.is_empty() {
            Supported::Globs(self.asked.supported.clone())
        } else if !minors.is_empty() {
            Supported::Globs(minors)
        } else {
            let file = Telling::File(SUPPORT_FILE.into());
            match main.map(|at| file.read(self.clone, at)) {
                Some(Err(lineage::Error::Git(error))) => return Err(error.into()),
                Some(Ok(told)) => told,
                Some(Err(_)) | None => Supported::Newest(NEWEST),
            }
        };
        Ok(lineage::supported_lines(&then, &self.scheme, &supported))
    }

    /// What history did on every line.
    fn past(&self, main: &Branch, lines: &[SupportedLine], history: &mut History) -> Result<()> {
        let tips = lines.iter().map(|line| {
            let newest = self.scheme.releases(&self.refs.tags);
            let newest = newest.into_iter().find(|r| r.minor().to_string() == line.line);
            let branch = line.branch.as_ref().map(|branch| branch.tip.clone());
            (line.line.clone(), branch.or_else(|| newest.map(|release| release.commit)))
        });
        let main = (main.plain().to_owned(), Some(main.tip.clone()));
        for (line, tip) in std::iter::once(main).chain(tips) {
            let state = self.states.iter().find(|state| state.line == line);
            if state.is_some_and(|state| state.status == Status::NotAffected) {
                history.unaffected.insert(line);
                continue;
            }
            let tip = tip.ok_or_else(|| HistoryError::Unfixed(line.clone()))?;
            history.past.insert(line.clone(), self.fix_of(&line, state, &tip)?);
        }
        Ok(())
    }

    fn fix_of(&self, line: &str, state: Option<&LineState>, tip: &Oid) -> Result<Past> {
        let own = self.named.iter().filter(|(named, _)| named.as_deref() == Some(line));
        let mut commits: Vec<Oid> = own.map(|(_, commit)| commit.clone()).collect();
        if commits.is_empty() {
            commits.extend(state.into_iter().flat_map(|state| state.evidence.clone()));
        }
        if commits.is_empty() {
            return Err(HistoryError::Unfixed(line.to_owned()));
        }
        let chain = self.chain(tip)?;
        for commit in &commits {
            if !self.clone.is_ancestor(commit, tip)? {
                let (commit, line) = (commit.short().to_owned(), line.to_owned());
                return Err(HistoryError::Elsewhere { commit, line });
            }
        }
        let fixed_at = oldest(&chain, |at| self.has(at, &commits, true))?;
        let fixed_at = fixed_at.unwrap_or(tip).to_string();
        let commits = commits.iter().map(Oid::to_string).collect();
        let first_fixed = state.and_then(|state| state.first_fixed.clone());
        Ok(Past { commits, fixed_at, first_fixed })
    }

    /// The newest commit on the way to `tip` that has no fix; `None` when all have one.
    fn before(&self, tip: &Oid) -> Result<Option<Oid>> {
        if !self.has(tip, &self.fixes, false)? {
            return Ok(Some(tip.clone()));
        }
        let chain = self.chain(tip)?;
        let first = oldest(&chain, |at| self.has(at, &self.fixes, false))?;
        let position = first.and_then(|first| chain.iter().position(|at| at == first));
        Ok(position.and_then(|position| chain.get(position.saturating_add(1))).cloned())
    }

    /// From `tip` along first parents, newest first: how a branch grew.
    fn chain(&self, tip: &Oid) -> Result<Vec<Oid>> {
        let mut objects = self.clone.objects()?;
        let mut chain = vec![tip.clone()];
        while let Some(at) = chain.last() {
            match objects.commit(at)?.parents.into_iter().next() {
                Some(parent) => chain.push(parent),
                None => break,
            }
        }
        Ok(chain)
    }

    /// Whether all, or any, of `commits` are in the history of `at`.
    fn has(&self, at: &Oid, commits: &[Oid], all: bool) -> Result<bool> {
        for commit in commits {
            if self.clone.is_ancestor(commit, at)? != all {
                return Ok(!all);
            }
        }
        Ok(all)
    }
}

fn place(history: &mut History, branch: &str, at: Option<&Oid>) {
    let name = format!("refs/heads/{branch}");
    history.refs.extend(at.map(|at| (name, at.to_string())));
}

fn full(branch: &Branch) -> String {
    let kind = if branch.remote { "remotes" } else { "heads" };
    format!("refs/{kind}/{}", branch.name)
}

/// The oldest commit of a chain, newest first, for which something holds that holds for all
/// commits from some point on.
fn oldest(chain: &[Oid], holds: impl Fn(&Oid) -> Result<bool>) -> Result<Option<&Oid>> {
    let (mut low, mut high) = (0, chain.len());
    while low < high {
        let middle = low.midpoint(high);
        match chain.get(middle) {
            Some(at) if holds(at)? => low = middle.saturating_add(1),
            _ => high = middle,
        }
    }
    Ok(low.checked_sub(1).and_then(|last| chain.get(last)))
}
