//! Merges that have a change in one parent, and nothing of it themselves.

use std::collections::BTreeSet;

use git::{Oid, Repo};

use crate::{
    Result,
    content::Fingerprint,
    graph::{Graph, Node},
    status::Change,
};

/// Merges after which the change is gone: of two parents one has it in its history, and where the
/// change is, the merge holds what the other one does. `-s ours`, or a conflict resolved that way.
pub(super) fn without(
    repo: &Repo,
    graph: &Graph<'_>,
    change: &Change,
    prints: &[Fingerprint],
) -> Result<BTreeSet<Node>> {
    let reach = graph.reach(&change.brought);
    let sides = |node: Node| -> (Vec<Node>, Vec<Node>) {
        graph.parents(node).partition(|parent| reach.contains_any(*parent))
    };
    let merges = graph.nodes().filter(|node| graph.is_merge(*node));
    let sides = merges.map(|node| (node, sides(node)));
    let meeting: Vec<_> =
        sides.filter(|(_, (with, without))| !with.is_empty() && !without.is_empty()).collect();
    let paths: BTreeSet<&str> = prints.iter().flat_map(Fingerprint::paths).collect();
    let paths: Vec<&str> = paths.into_iter().collect();
    if meeting.is_empty() || paths.is_empty() {
        return Ok(BTreeSet::new());
    }
    let compared = meeting.iter().flat_map(|(node, (with, without))| {
        with.iter().chain(without).map(|parent| (*node, *parent))
    });
    let compared: Vec<(Node, Node)> = compared.collect();
    let named = |(a, b): &(Node, Node)| Some((graph.oid(*a)?, graph.oid(*b)?));
    let pairs: Vec<(Oid, Oid)> = compared.iter().filter_map(named).collect();
    let equal = repo.same_contents(&pairs, &paths)?;
    let equal: BTreeSet<(Node, Node)> =
        compared.into_iter().zip(equal).filter_map(|(pair, same)| same.then_some(pair)).collect();
    let lost = meeting.into_iter().filter(|(node, (with, without))| {
        let same = |parent: &Node| equal.contains(&(*node, *parent));
        without.iter().any(same) && !with.iter().any(same)
    });
    Ok(lost.map(|(node, _)| node).collect())
}
