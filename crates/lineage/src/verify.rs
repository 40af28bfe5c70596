//! Whether a commit really contains a fix: by its history, and by what its files say; what took the
//! fix back, where it does not; and how one fix differs from another.

use std::collections::{BTreeMap, BTreeSet};

use git::{FileHunks, Lanes, Objects, Oid, Patch, Rank, Repo, Survey};

use crate::{
    Difference, Error, Fix, Request, Result,
    backports::{Index, Search},
    content::{Fingerprint, LineCount},
    graph::Graph,
    place,
    status::Judge,
    trace,
};

/// What was found in one commit, a release's or a branch's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixEvidence {
    /// The commit of the fix, or an equivalent of it, that is in the release's history.
    pub history: Option<Oid>,
    /// How much of the fix stands in the release's files.
    pub lines: LineCount,
    /// What follows from both.
    pub verdict: Verdict,
}

/// Whether a release contains a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its history has it and at least some of its lines are there, or all of its lines are.
    Contained,
    /// Only some of its lines are there.
    Partly,
    /// Nothing of it is there.
    Absent,
    /// History has it, but none of its lines are there: reverted, or lost in a merge.
    Contradiction,
}

/// Looks for fixes in the releases of one clone, and reads each of them once.
///
/// A commit that the clone does not have is in the history of nothing there; its lines are then
/// taken from a second clone, which may hold what is not public yet.
pub struct Seeker<'a> {
    repo: &'a Repo,
    survey: &'a Survey,
    private: Option<&'a Repo>,
    objects: Objects,
    fixes: BTreeMap<Oid, Sought>,
    /// Which commits come after one whose parents are missing or disputed.
    doubtful: Lanes,
}

/// One commit of a fix.
struct Sought {
    /// Which commits have it in their history; `None` when nothing has.
    reach: Option<Lanes>,
    print: Fingerprint,
}

impl<'a> Seeker<'a> {
    /// A seeker in `repo`, of which `survey` was taken. `private` may hold fixes that `repo` does
    /// not have.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn new(repo: &'a Repo, survey: &'a Survey, private: Option<&'a Repo>) -> Result<Self> {
        let objects = repo.objects()?;
        let mut doubtful = Vec::new();
        for commit in &survey.doubtful {
            // One that this clone does not have cannot be passed.
            doubtful.extend(survey.history.rank(commit)?);
        }
        let doubtful = survey.history.lanes(&doubtful);
        Ok(Self { repo, survey, private, objects, fixes: BTreeMap::new(), doubtful })
    }

    /// Looks for a fix in a commit. `fix` and its `equivalents` are looked up in the history;
    /// the files are compared with every one of them and the best match counts, since a backport
    /// may read differently from its original.
    ///
    /// # Errors
    /// When an object cannot be read, and [`Error::Doubtful`] when the history that would have to
    /// hold the fix is cut or disputed: what cannot be seen is called neither contained nor absent.
    pub fn seek(&mut self, at: &Oid, fix: &Oid, equivalents: &[Oid]) -> Result<FixEvidence> {
        let place = self.place(at)?;
        let mut history = None;
        let mut lines = LineCount::default();
        for commit in std::iter::once(fix).chain(equivalents) {
            let sought = match self.fixes.remove(commit) {
                Some(sought) => sought,
                None => self.read(commit)?,
            };
            let reached = sought.reach.as_ref().is_some_and(|reach| reach.contains(place, 0));
            if history.is_none() && reached {
                history = Some(commit.clone());
            }
            let objects = &mut self.objects;
            let count = sought.print.in_files(|path| objects.file(at, path));
            self.fixes.insert(commit.clone(), sought);
            let count = count?;
            if better(count, lines) {
                lines = count;
            }
        }
        if history.is_none() && !lines.is_whole() && self.doubtful.contains_any(place) {
            return Err(Error::Doubtful(at.clone()));
        }
        let verdict = match (history.is_some(), lines) {
            // A fix without telling lines (a mode, a binary) can only be told by its history.
            (true, lines) if lines.expected == 0 || lines.found > 0 => Verdict::Contained,
            (true, _) => Verdict::Contradiction,
            (false, lines) if lines.is_whole() => Verdict::Contained,
            (false, lines) if lines.found > 0 => Verdict::Partly,
            (false, _) => Verdict::Absent,
        };
        Ok(FixEvidence { history, lines, verdict })
    }

    fn place(&self, commit: &Oid) -> Result<Rank> {
        let rank = self.survey.history.rank(commit)?;
        rank.ok_or_else(|| Error::NotInHistory(commit.clone()))
    }

    fn read(&mut self, commit: &Oid) -> Result<Sought> {
        let history = &self.survey.history;
        let reach = history.rank(commit)?.map(|rank| history.lanes(&[rank]));
        let print = if self.objects.has(commit)? {
            Fingerprint::of(&self.repo.patch(commit)?)
        } else {
            match self.private {
                Some(repo) if repo.objects()?.has(commit)? => Fingerprint::of(&repo.patch(commit)?),
                _ => Fingerprint::default(),
            }
        };
        Ok(Sought { reach, print })
    }
}

/// What took a fix back in the history of `at`, where nothing else keeps it from being fixed there.
/// Copies of the fix, of what took it back, and of what brought it again, are sought and count where
/// their messages say so.
///
/// # Errors
/// When the repository cannot be read whole, or a commit is not in it.
pub fn taken_back(repo: &Repo, survey: &Survey, fix: &[Oid], at: &Oid) -> Result<Vec<Oid>> {
    let graph = Graph::new(repo, survey, fix)?;
    let index = Index::new(repo, &graph)?;
    let mut search = Search::new(repo, &graph, &index);
    let mut request = Request::new(Vec::new(), Vec::new());
    request.fixes = vec![Fix { parts: fix.iter().map(|commit| vec![commit.clone()]).collect() }];
    let lineage = trace::trace(&mut search, &request)?.lineage;
    let place = graph.node(at).ok_or_else(|| Error::NotInHistory(at.clone()))?;
    let by = Judge::new(&graph, lineage, &BTreeSet::new()).reverts_in(place);
    Ok(graph.oids(graph.newest_first(by)))
}

/// How the commits of a copy differ, taken together, from those of the original.
///
/// # Errors
/// As [`Repo::patch`].
pub fn difference(repo: &Repo, original: &[Oid], copy: &[Oid]) -> Result<Difference> {
    let together = |commits: &[Oid]| -> Result<Patch> {
        let mut whole = Patch::default();
        for commit in commits {
            for (path, change) in repo.patch(commit)?.files {
                let file = whole.files.entry(path).or_default();
                file.added.extend(change.added);
                file.removed.extend(change.removed);
            }
        }
        Ok(whole)
    };
    let print = Fingerprint::of(&together(original)?);
    let difference = print.difference(&together(copy)?);
    if !difference.is_none() {
        return Ok(difference);
    }
    let hunks = |commits: &[Oid]| -> Result<Vec<FileHunks>> {
        let mut all = Vec::new();
        for commit in commits {
            all.extend(repo.hunks(commit)?);
        }
        Ok(all)
    };
    Ok(place::moved(&print, &hunks(original)?, &hunks(copy)?).unwrap_or(difference))
}

/// The larger share; of equals, the one that looked for more.
fn better(a: LineCount, b: LineCount) -> bool {
    let (left, right) = (a.found * b.expected, b.found * a.expected);
    b.expected == 0 || left > right || (left == right && a.expected > b.expected)
}
