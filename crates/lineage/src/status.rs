//! Who has the bug: the definition, applied to one commit.

use std::{collections::BTreeSet, rc::Rc};

use serde::{Deserialize, Serialize};

use crate::graph::{Graph, Node, Reach};

/// Where a release, a line or a branch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has the bug.
    Affected,
    /// It had the bug in its history, and a complete fix after it.
    Fixed,
    /// The bug was never there.
    NotAffected,
    /// This clone does not tell the whole history, so nothing can be said.
    Unknown,
    /// A fix is in its history, but neither before nor after the introduction.
    Conflict,
}

impl Status {
    /// Whether a published range must cover it: what we do not know is not called safe.
    #[must_use]
    pub fn needs_care(self) -> bool {
        matches!(self, Self::Affected | Self::Unknown | Self::Conflict)
    }
}

/// A change of the code: the commits that each bring it, and those that take it away again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Change {
    pub(crate) brought: BTreeSet<Node>,
    pub(crate) undone: BTreeSet<Node>,
}

/// A bug's life in one history.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lineage {
    /// Each introduces the bug by itself. None means: there from the beginning.
    pub(crate) introductions: Vec<Change>,
    /// Each fixes the bug by itself, once all of its parts are there.
    pub(crate) fixes: Vec<Vec<Change>>,
}

impl Lineage {
    pub(crate) fn events(&self) -> BTreeSet<Node> {
        let changes = self.introductions.iter().chain(self.fixes.iter().flatten());
        changes.flat_map(|change| change.brought.union(&change.undone)).copied().collect()
    }

    /// The same, had nobody taken a fix back.
    fn without_reverts(&self) -> Self {
        self.with_fixes(|part| Change { undone: BTreeSet::new(), ..part.clone() })
    }

    /// The same, had these commits brought nothing of a fix.
    fn without(&self, commits: &BTreeSet<Node>) -> Self {
        self.with_fixes(|part| Change {
            brought: part.brought.difference(commits).copied().collect(),
            undone: part.undone.clone(),
        })
    }

    fn with_fixes(&self, change: impl Fn(&Change) -> Change) -> Self {
        let fixes = self.fixes.iter().map(|fix| fix.iter().map(&change).collect()).collect();
        Self { introductions: self.introductions.clone(), fixes }
    }
}

/// Answers for every commit of a history.
pub(crate) struct Judge {
    lineage: Lineage,
    events: Rc<Reach>,
    doubt: Rc<Reach>,
}

/// How to read a fix that is neither before nor after an introduction.
#[derive(Clone, Copy)]
enum Reading {
    /// It does not help.
    Strict,
    /// It helps.
    Lenient,
}

impl Judge {
    /// `doubtful`: commits whose parents this clone hides or disputes.
    pub(crate) fn new(graph: &Graph, lineage: Lineage, doubtful: &BTreeSet<Node>) -> Self {
        let (events, doubt) = (graph.reach(&lineage.events()), graph.reach(doubtful));
        Self { events: Rc::new(events), doubt: Rc::new(doubt), lineage }
    }

    fn supposing(&self, lineage: Lineage) -> Self {
        Self { lineage, events: Rc::clone(&self.events), doubt: Rc::clone(&self.doubt) }
    }

    /// What took the fix back in the history of `at`, where nothing else keeps it from being fixed.
    pub(crate) fn reverts_in(&self, at: Node) -> BTreeSet<Node> {
        let parts = || self.lineage.fixes.iter().flatten();
        let any = parts().any(|part| !part.undone.is_empty());
        let is_fixed = |judge: &Self| judge.status(at) == Status::Fixed;
        if !any || is_fixed(self) || !is_fixed(&self.supposing(self.lineage.without_reverts())) {
            return BTreeSet::new();
        }
        let here = |node: Node| self.events.contains(at, node);
        let lasts = |part: &Change, by: Node| {
            let again = |b: &Node| here(*b) && self.events.contains(*b, by);
            here(by) && !part.brought.iter().any(again)
        };
        let lasting = |part: &'_ Change| -> Vec<Node> {
            part.undone.iter().copied().filter(|by| lasts(part, *by)).collect()
        };
        parts().flat_map(lasting).collect()
    }

    /// Those of some commits that `at` owes its fix to, where it has no other.
    pub(crate) fn rests_on(&self, at: Node, some: &BTreeSet<Node>) -> BTreeSet<Node> {
        let is_fixed = |judge: &Self| judge.status(at) == Status::Fixed;
        if some.is_empty()
            || !is_fixed(self)
            || is_fixed(&self.supposing(self.lineage.without(some)))
        {
            return BTreeSet::new();
        }
        self.fixes_in(at).intersection(some).copied().collect()
    }

    pub(crate) fn status(&self, at: Node) -> Status {
        if self.doubt.contains_any(at) {
            Status::Unknown
        } else if self.is_affected(at, Reading::Lenient) {
            Status::Affected
        } else if self.is_affected(at, Reading::Strict) {
            Status::Conflict
        } else if self.was_introduced(at) {
            Status::Fixed
        } else {
            Status::NotAffected
        }
    }

    /// The commits in the history of `at` that bring a part of a fix.
    pub(crate) fn fixes_in(&self, at: Node) -> BTreeSet<Node> {
        let parts = self.lineage.fixes.iter().flatten();
        parts
            .flat_map(|part| &part.brought)
            .copied()
            .filter(|fix| self.events.contains(at, *fix))
            .collect()
    }

    fn was_introduced(&self, at: Node) -> bool {
        let mut all = self.lineage.introductions.iter();
        self.lineage.introductions.is_empty()
            || all.any(|change| change.brought.iter().any(|i| self.events.contains(at, *i)))
    }

    fn is_affected(&self, at: Node, reading: Reading) -> bool {
        if self.lineage.introductions.is_empty() {
            return !self.is_fixed(None, at, reading);
        }
        self.lineage.introductions.iter().any(|change| {
            let present = |i: &&Node| self.events.contains(at, **i);
            change.brought.iter().filter(present).any(|i| {
                let undone = change
                    .undone
                    .iter()
                    .any(|u| self.events.contains(at, *u) && self.follows(Some(*i), *u, reading));
                !undone && !self.is_fixed(Some(*i), at, reading)
            })
        })
    }

    fn is_fixed(&self, since: Option<Node>, at: Node, reading: Reading) -> bool {
        let complete = |fix: &Vec<Change>| {
            !fix.is_empty() && fix.iter().all(|part| self.holds(part, since, at, reading))
        };
        self.lineage.fixes.iter().any(complete)
    }

    /// Whether a part of a fix came after `since`, and again after whatever undid it.
    fn holds(&self, part: &Change, since: Option<Node>, at: Node, reading: Reading) -> bool {
        let brought_after = |since: Option<Node>| {
            let here = |b: &&Node| self.events.contains(at, **b);
            let mut brought = part.brought.iter().filter(here);
            brought.any(|b| self.follows(since, *b, reading))
        };
        let mut undone = part.undone.iter().filter(|u| self.events.contains(at, **u));
        brought_after(since) && undone.all(|u| brought_after(Some(*u)))
    }

    /// Whether `later` comes after `earlier`; everything comes after the beginning.
    fn follows(&self, earlier: Option<Node>, later: Node, reading: Reading) -> bool {
        let Some(earlier) = earlier else {
            return true;
        };
        match reading {
            Reading::Strict => self.events.contains(later, earlier),
            Reading::Lenient => !self.events.contains(earlier, later) || earlier == later,
        }
    }
}
