//! The whole answer about one bug.
//!
//! [`Report`] is what `fermata affected --json` prints; its field names are a contract.

use std::{collections::BTreeSet, fmt};

use git::{Oid, Refs, Repo};
use serde::{Deserialize, Serialize};

use crate::{
    Difference, Error, Grade, LineState, Range, Result, Status, Supported, TagScheme,
    backports::{Found, Index, Search},
    graph::{self, Graph, Node},
    lines, ranges,
    status::{Judge, Lineage},
    trace,
    version::Release,
};

/// What is known of a bug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Commits that each introduced the bug; none: it was there from the beginning.
    pub introduced: Vec<Oid>,
    /// Each of these fixes the bug by itself.
    pub fixes: Vec<Fix>,
    /// The weakest evidence that counts without a person's word.
    pub accept: Grade,
    /// How to read tags; `None`: guess from all of them.
    pub scheme: Option<TagScheme>,
    /// Which lines to report.
    pub supported: Supported,
}

/// A fix: several parts that are all needed, each brought by any of its commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The parts; the first commit of each is the original, others are declared equivalents.
    pub parts: Vec<Vec<Oid>>,
}

impl Fix {
    /// A fix that one commit makes complete.
    #[must_use]
    pub fn one(commit: Oid) -> Self {
        Self { parts: vec![vec![commit]] }
    }
}

impl Request {
    /// The usual question: some introductions, some commits that each fix the bug, and
    /// evidence from trailers counts.
    #[must_use]
    pub fn new(introduced: Vec<Oid>, fixed: Vec<Oid>) -> Self {
        Self {
            introduced,
            fixes: fixed.into_iter().map(Fix::one).collect(),
            accept: Grade::Trailer,
            scheme: None,
            supported: Supported::All,
        }
    }
}

/// The answer for machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this form.
    pub v: u8,
    /// The declared introductions.
    pub introduced: Vec<String>,
    /// The declared commits of fixes.
    pub fixed: Vec<String>,
    /// Equivalents elsewhere that counted.
    pub backports: Vec<Link>,
    /// Equivalents elsewhere that a person should look at; they did not count.
    pub proposed: Vec<Link>,
    /// What takes a change back, or an equivalent of it, and counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reverts: Vec<Link>,
    /// Every release, newest first.
    pub tags: Vec<TagRow>,
    /// The default branch, then the minors that were asked for, newest first.
    pub lines: Vec<LineRow>,
    /// What to publish: exact over all releases. Unknown and conflicting releases are covered.
    pub ranges: Vec<Range>,
}

/// A commit that is the same change as a declared one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The declared commit.
    pub of: String,
    /// The equivalent.
    pub commit: String,
    /// A branch that has it, if any does.
    pub branch: Option<String>,
    /// `fixed` or `introduced`: what the declared commit did.
    pub of_kind: String,
    /// Short words for the clues.
    pub evidence: Vec<String>,
    /// What the clues are worth together.
    pub grade: Grade,
    /// How a copy differs from its original: somebody has adapted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapted: Option<Difference>,
}

/// One release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRow {
    /// The tag's name.
    pub tag: String,
    /// The version that it says.
    pub version: String,
    /// Where it stands.
    pub status: Status,
}

/// One line, or the default branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRow {
    /// `1.33`, or the default branch's name.
    pub line: String,
    /// Where the newest release stands; for the default branch, its tip.
    pub status: Status,
    /// The first release from which on all are fixed.
    pub first_fixed: Option<String>,
    /// The newest release that is affected.
    pub last_affected: Option<String>,
    /// What took the fix back and left nothing of it: in the newest release, or on the branch since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reverted: Vec<String>,
    /// Commits of the fix that differ from the original, where the line has no other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adapted: Vec<String>,
}

/// The answer, and what a person should know beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// For machines.
    pub report: Report,
    /// For people.
    pub notes: Vec<Note>,
    /// What a case records about each supported line, in the order of [`Report::lines`].
    pub states: Vec<LineState>,
}

/// Something that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A change was taken back.
    Reverted {
        /// The change, or an equivalent of it.
        commit: Oid,
        /// What took it back.
        by: Oid,
    },
    /// A change may have been taken back: the evidence is weaker than what counts.
    MayBeReverted {
        /// The change, or an equivalent of it.
        commit: Oid,
        /// What may take it back.
        by: Oid,
    },
    /// A merge has the fix in its history and none of its content.
    LostInMerge(Oid),
    /// Another commit says that it repairs the fix.
    FollowUp {
        /// The fix.
        fix: Oid,
        /// What repairs it.
        by: Oid,
    },
    /// The fix names the commit that it repairs, and no introduction was given.
    MayBeIntroducedBy(Oid),
    /// A declared commit is a merge of more than can be followed; what it merged was not searched
    /// for elsewhere.
    DeclaredMerge(Oid),
    /// Parents of commits are missing or disputed, so that what follows them is unknown.
    Doubtful(usize),
    /// Tags that are no releases of this product.
    OtherTags(Vec<String>),
    /// Tags for which no range can be right, because others say the same version.
    InexactRanges(Vec<String>),
    /// Too many candidates to compare all of them.
    Capped,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reverted { commit, by } => {
                write!(f, "{} was taken back by {}", commit.short(), by.short())
            }
            Self::MayBeReverted { commit, by } => {
                write!(f, "{} may have been taken back by {}", commit.short(), by.short())
            }
            Self::LostInMerge(oid) => {
                write!(f, "the merge {} lost the content of the fix", oid.short())
            }
            Self::FollowUp { fix, by } => {
                write!(f, "{} says that it repairs the fix {}", by.short(), fix.short())
            }
            Self::MayBeIntroducedBy(oid) => {
                write!(
                    f,
                    "the fix says that it repairs {}: did that introduce the bug?",
                    oid.short()
                )
            }
            Self::DeclaredMerge(oid) => {
                write!(
                    f,
                    "{} is a merge: name the commits that it merged to find their backports",
                    oid.short()
                )
            }
            Self::Doubtful(count) => {
                write!(
                    f,
                    "this clone hides or disputes the parents of {count} commits: what follows them is unknown"
                )
            }
            Self::OtherTags(tags) => {
                write!(f, "{} tags are no releases of this product", tags.len())
            }
            Self::InexactRanges(tags) => {
                write!(
                    f,
                    "no range can be right for {}, because other tags say the same version",
                    tags.join(", ")
                )
            }
            Self::Capped => {
                write!(f, "too many commits touch the same files; not all were compared")
            }
        }
    }
}

/// Answers the question.
///
/// # Errors
/// When the repository cannot be read whole, or a declared commit is not in it.
pub fn affected(repo: &Repo, request: &Request) -> Result<Answer> {
    let mut answers = affected_by_grade(repo, request, &[request.accept])?;
    answers.pop().ok_or(Error::EmptyFix)
}

/// Answers the question once for each of `grades`, as if that were the weakest that counts.
///
/// # Errors
/// As [`affected`].
pub fn affected_by_grade(repo: &Repo, request: &Request, grades: &[Grade]) -> Result<Vec<Answer>> {
    let mut declared = request.introduced.clone();
    declared.extend(request.fixes.iter().flat_map(|fix| fix.parts.iter().flatten().cloned()));
    let survey = graph::read(repo, &declared)?;
    let graph = Graph::new(repo, &survey, &declared)?;
    let index = Index::new(repo, &graph)?;
    let mut search = Search::new(repo, &graph, &index);
    let mut answers = Vec::new();
    for grade in grades {
        search.accept = *grade;
        let traced = trace::trace(&mut search, request)?;
        let work = Work {
            graph: &graph,
            refs: &survey.refs,
            disputed: &survey.doubtful,
            notes: traced.notes,
            found: traced.found,
            undoing: traced.undoing,
            lineage: traced.lineage,
        };
        answers.push(work.answer(request, *grade)?);
    }
    Ok(answers)
}

/// The answer while it grows.
struct Work<'a> {
    graph: &'a Graph<'a>,
    refs: &'a Refs,
    disputed: &'a BTreeSet<Oid>,
    notes: Vec<Note>,
    found: Vec<(&'static str, Found)>,
    undoing: Vec<(&'static str, Found)>,
    lineage: Lineage,
}

impl Work<'_> {
    fn answer(mut self, request: &Request, accept: Grade) -> Result<Answer> {
        let graph = self.graph;
        let doubtful = self.doubtful();
        let from_beginning = request.introduced.is_empty();
        let judge = Judge::new(graph, std::mem::take(&mut self.lineage), &doubtful);

        let names = self.refs.tags.iter().map(|tag| tag.name.as_str());
        let scheme = request.scheme.clone();
        let scheme = scheme.unwrap_or_else(|| TagScheme::guess(names.clone()));
        let mut others: Vec<String> =
            names.filter(|tag| scheme.read(tag).is_none()).map(str::to_owned).collect();
        others.extend(self.refs.strange_tags.iter().cloned());
        if !others.is_empty() {
            self.notes.push(Note::OtherTags(others));
        }
        let mut releases = Vec::new();
        for release in scheme.releases(&self.refs.tags) {
            let status = judge.status(self.place(&release.commit)?);
            releases.push((release, status));
        }
        let (ranges, inexact) = ranges::ranges(&releases, from_beginning);
        if !inexact.is_empty() {
            self.notes.push(Note::InexactRanges(inexact));
        }
        let states = self.states(&judge, &releases, request)?;
        let (backports, proposed) = self.links(&self.found, accept);
        // Only what counted is among them.
        let (reverts, _) = self.links(&self.undoing, Grade::Weak);
        let text = |oids: &mut dyn Iterator<Item = &Oid>| oids.map(Oid::to_string).collect();
        let mut fixed = request.fixes.iter().flat_map(|fix| fix.parts.iter().flatten());
        let report = Report {
            v: 1,
            introduced: text(&mut request.introduced.iter()),
            fixed: text(&mut fixed),
            backports,
            proposed,
            reverts,
            tags: releases.iter().map(TagRow::new).collect(),
            lines: states.iter().map(|(row, _)| row.clone()).collect(),
            ranges,
        };
        Ok(Answer {
            report,
            notes: self.notes,
            states: states.into_iter().map(|(_, state)| state).collect(),
        })
    }

    fn doubtful(&mut self) -> BTreeSet<Node> {
        let graph = self.graph;
        let doubtful: BTreeSet<Node> =
            self.disputed.iter().filter_map(|oid| graph.node(oid)).collect();
        if !doubtful.is_empty() {
            self.notes.push(Note::Doubtful(doubtful.len()));
        }
        doubtful
    }

    fn place(&self, oid: &Oid) -> Result<Node> {
        let node = self.graph.node(oid);
        node.ok_or_else(|| Error::NotInHistory(oid.clone()))
    }

    /// The default branch first, then the minors.
    fn states(
        &self,
        judge: &Judge,
        releases: &[(Release, Status)],
        request: &Request,
    ) -> Result<Vec<(LineRow, LineState)>> {
        let adapted = self.adapted(request.accept);
        let mut rows = Vec::new();
        if let Some(branch) = self.refs.main_branch() {
            let row = LineRow {
                line: branch.plain().to_owned(),
                status: judge.status(self.place(&branch.tip)?),
                first_fixed: None,
                last_affected: None,
                reverted: Vec::new(),
                adapted: Vec::new(),
            };
            rows.push((row, Some(branch), None));
        }
        for row in lines::minors(releases, &request.supported) {
            let branch = lines::branch_of(&row.line, &self.refs.branches);
            let newest =
                releases.iter().find(|(release, _)| release.minor().to_string() == row.line);
            rows.push((row, branch, newest.map(|(release, _)| &release.commit)));
        }
        let mut states = Vec::new();
        for (mut row, branch, newest) in rows {
            let tip = branch.map(|branch| self.place(&branch.tip)).transpose()?;
            let newest = newest.map(|oid| self.place(oid)).transpose()?;
            let both = || newest.into_iter().chain(tip);
            let text = |nodes: BTreeSet<Node>| -> Vec<String> {
                let oids = self.graph.oids(self.graph.newest_first(nodes));
                oids.iter().map(Oid::to_string).collect()
            };
            row.reverted = text(both().flat_map(|at| judge.reverts_in(at)).collect());
            row.adapted = text(both().flat_map(|at| judge.rests_on(at, &adapted)).collect());
            let at = tip.or(newest);
            let evidence = at.map(|at| judge.fixes_in(at)).unwrap_or_default();
            let state = LineState {
                line: row.line.clone(),
                branch: branch.map(|branch| branch.name.clone()),
                status: row.status,
                branch_status: tip.map(|tip| judge.status(tip)),
                first_fixed: row.first_fixed.clone(),
                evidence: self.graph.oids(self.graph.newest_first(evidence)),
            };
            states.push((row, state));
        }
        Ok(states)
    }

    /// Commits that counted, and that somebody has adapted.
    fn adapted(&self, accept: Grade) -> BTreeSet<Node> {
        let counted = self.found.iter().filter(|(_, found)| found.grade <= accept);
        counted.filter(|(_, f)| f.difference.is_some()).map(|(_, found)| found.commit).collect()
    }

    /// What counted, and what is only proposed.
    fn links(&self, found: &[(&str, Found)], accept: Grade) -> (Vec<Link>, Vec<Link>) {
        let graph = self.graph;
        let commits = found.iter().map(|(_, found)| found.commit).collect();
        let reach = graph.reach(&commits);
        let branch_of = |node: Node| {
            let has = |branch: &&git::Branch| {
                let tip = graph.node(&branch.tip);
                tip.is_some_and(|tip| reach.contains(tip, node))
            };
            let order = |branch: &&git::Branch| {
                let line = crate::Minor::of_branch(branch.plain());
                let default = self.refs.default_branch.as_deref() == Some(&branch.name);
                (!default, line.is_none(), branch.name.len(), branch.name.clone())
            };
            let best = self.refs.branches.iter().filter(has).min_by_key(order);
            best.map(|branch| branch.name.clone())
        };
        let link = |(kind, found): &(&str, Found)| {
            Some(Link {
                of: graph.oid(found.of)?.to_string(),
                commit: graph.oid(found.commit)?.to_string(),
                branch: branch_of(found.commit),
                of_kind: (*kind).to_owned(),
                evidence: found.evidence.clone(),
                grade: found.grade,
                adapted: found.difference,
            })
        };
        let links = found.iter().filter_map(link);
        links.partition(|link| link.grade <= accept)
    }
}

impl TagRow {
    fn new((release, status): &(Release, Status)) -> Self {
        Self { tag: release.tag.clone(), version: release.version.to_string(), status: *status }
    }
}
