//! From what was declared to all commits that matter.

use std::collections::BTreeSet;

use git::Oid;

use crate::{
    Error, Fix, Note, Request, Result,
    backports::{Expanded, Found, Search},
    graph::Node,
    message,
    status::{Change, Lineage},
};

/// A merge of more commits than this is not taken apart.
const MOST_MERGED: usize = 32;

/// The bug's life, what was found on the way, and what a person should know of it.
pub(crate) struct Traced {
    pub(crate) lineage: Lineage,
    /// `introduced` or `fixed`, and what was found to be the same.
    pub(crate) found: Vec<(&'static str, Found)>,
    /// The same of what takes changes back.
    pub(crate) undoing: Vec<(&'static str, Found)>,
    pub(crate) notes: Vec<Note>,
}

/// Expands everything that a request declares.
pub(crate) fn trace(search: &mut Search, request: &Request) -> Result<Traced> {
    let mut tracer = Tracer { search, notes: Vec::new(), found: Vec::new(), undoing: Vec::new() };
    let lineage = tracer.lineage(request)?;
    if tracer.search.is_capped() {
        tracer.notes.push(Note::Capped);
    }
    let Tracer { notes, found, undoing, .. } = tracer;
    Ok(Traced { lineage, found, undoing, notes })
}

struct Tracer<'s, 'a> {
    search: &'s mut Search<'a>,
    notes: Vec<Note>,
    found: Vec<(&'static str, Found)>,
    undoing: Vec<(&'static str, Found)>,
}

impl Tracer<'_, '_> {
    fn lineage(&mut self, request: &Request) -> Result<Lineage> {
        let mut groups = Vec::new();
        for oid in &request.introduced {
            groups.push(self.nodes(std::slice::from_ref(oid))?);
        }
        let introductions = groups.len();
        let mut fixes: Vec<usize> = Vec::new();
        for fix in &request.fixes {
            let parts = self.parts(fix)?;
            let apart = self.taken_apart(&parts)?;
            for parts in std::iter::once(parts).chain(apart) {
                fixes.push(parts.len());
                groups.extend(parts);
            }
        }
        let mut expanded = self.search.expand(&groups)?.into_iter().enumerate();
        let mut lineage = Lineage::default();
        for (_, one) in expanded.by_ref().take(introductions) {
            lineage.introductions.push(self.take("introduced", one));
        }
        let mut drops = BTreeSet::new();
        for count in fixes {
            let mut parts = Vec::new();
            for (_, one) in expanded.by_ref().take(count) {
                let of = one.root;
                let mut change = self.take("fixed", one);
                let dropped = self.search.merges_without(&change)?;
                drops.extend(&dropped);
                let lost = dropped.iter().map(|merge| ("fixed", Found::lost(of, *merge)));
                self.undoing.extend(lost);
                change.undone.extend(dropped);
                self.note_repairs(&change, introductions == 0)?;
                parts.push(change);
            }
            lineage.fixes.push(parts);
        }
        let drops = self.search.graph.newest_first(drops);
        self.note_all(self.search.graph.oids(drops).into_iter().map(Note::LostInMerge).collect());
        Ok(lineage)
    }

    fn parts(&mut self, fix: &Fix) -> Result<Vec<Vec<Node>>> {
        if fix.parts.is_empty() {
            return Err(Error::EmptyFix);
        }
        fix.parts.iter().map(|part| self.nodes(part)).collect()
    }

    fn nodes(&self, declared: &[Oid]) -> Result<Vec<Node>> {
        if declared.is_empty() {
            return Err(Error::EmptyFix);
        }
        let node = |oid: &Oid| {
            let node = self.search.graph.node(oid);
            node.ok_or_else(|| Error::NotInHistory(oid.clone()))
        };
        declared.iter().map(node).collect()
    }

    /// The same fix by the commits that its merges brought: all of them are needed, and each may
    /// have been picked elsewhere by itself. `None` when there is nothing to take apart.
    fn taken_apart(&mut self, parts: &[Vec<Node>]) -> Result<Option<Vec<Vec<Node>>>> {
        let graph = self.search.graph;
        let mut apart = Vec::new();
        let mut any = false;
        for part in parts {
            let merges: Vec<Node> =
                part.iter().copied().filter(|node| graph.is_merge(*node)).collect();
            for merge in &merges {
                let mut brought = Vec::new();
                for node in graph.merged_by(*merge, MOST_MERGED) {
                    // Tests and notes need not have been picked.
                    if self.search.brings_product(node)? {
                        brought.push(node);
                    }
                }
                if brought.is_empty() {
                    self.notes.extend(graph.oid(*merge).map(Note::DeclaredMerge));
                } else {
                    any = true;
                    apart.extend(brought.into_iter().map(|node| vec![node]));
                }
            }
            if merges.is_empty() {
                apart.push(part.clone());
            }
        }
        Ok(any.then_some(apart))
    }

    /// Takes over what was found of one change.
    fn take(&mut self, kind: &'static str, expanded: Expanded) -> Change {
        let Expanded { change, found, undoing, doubts, .. } = expanded;
        self.found.extend(found.into_iter().map(|found| (kind, found)));
        self.undoing.extend(undoing.into_iter().map(|found| (kind, found)));
        let graph = self.search.graph;
        let mut notes = Vec::new();
        for node in graph.newest_first(change.brought.iter().copied()) {
            for by in graph.newest_first(self.search.index.reverts_of(node)) {
                if let (Some(commit), Some(by)) = (graph.oid(node), graph.oid(by)) {
                    notes.push(Note::Reverted { commit, by });
                }
            }
        }
        for (node, by) in doubts {
            if let (Some(commit), Some(by)) = (graph.oid(node), graph.oid(by)) {
                notes.push(Note::MayBeReverted { commit, by });
            }
        }
        self.note_all(notes);
        change
    }

    /// `Fixes:` lines are told, not followed: whether they speak of this bug is a judgement.
    fn note_repairs(&mut self, change: &Change, introduction_unknown: bool) -> Result<()> {
        let graph = self.search.graph;
        let mut notes = Vec::new();
        for node in graph.newest_first(change.brought.iter().copied()) {
            let Some(fix) = graph.oid(node) else {
                continue;
            };
            for by in graph.newest_first(self.search.index.repairs_of(node)) {
                let follow_up = |by| Note::FollowUp { fix: fix.clone(), by };
                notes.extend(graph.oid(by).map(follow_up));
            }
            if introduction_unknown {
                let named = message::repaired(&graph.commit(node)?.message);
                let named = named.iter().filter_map(|hex| graph.abbreviated(hex));
                notes.extend(graph.oids(named).into_iter().map(Note::MayBeIntroducedBy));
            }
        }
        self.note_all(notes);
        Ok(())
    }

    /// The same is said once.
    fn note_all(&mut self, notes: Vec<Note>) {
        for note in notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }
}
