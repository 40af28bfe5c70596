//! The definition, checked against itself on random histories.

use std::{collections::BTreeSet, fmt::Write};

use git::fixture::RepoBuilder;
use lineage::{Request, Status, affected};
use proptest::prelude::*;
use semver::Version;

/// For each commit, its parents (older ones); every commit becomes a release.
#[derive(Debug, Clone)]
struct History {
    parents: Vec<Vec<usize>>,
    introduced: BTreeSet<usize>,
    fixed: BTreeSet<usize>,
}

fn histories() -> impl Strategy<Value = History> {
    (1_usize..14)
        .prop_flat_map(|size| {
            // Parents from close by make for many merges, and merges for conflicts.
            let parents: Vec<_> = (0..size)
                .map(|node| {
                    let near = node.saturating_sub(4)..node.max(1);
                    prop::collection::btree_set(near, usize::from(node > 0)..=2)
                })
                .collect();
            let some = |range| prop::collection::btree_set(0..size, range);
            (parents, some(0..=2), some(0..=3))
        })
        .prop_map(|(parents, introduced, fixed)| {
            let older = |(node, parents): (usize, BTreeSet<usize>)| {
                parents.into_iter().filter(|parent| *parent < node).collect()
            };
            History {
                parents: parents.into_iter().enumerate().map(older).collect(),
                introduced,
                fixed,
            }
        })
}

impl History {
    /// Whether `old` is `new` or in its history, by walking.
    fn within(&self, old: usize, new: usize) -> bool {
        let mut parents = self.parents.get(new).into_iter().flatten();
        old == new || parents.any(|parent| self.within(old, *parent))
    }

    /// The definition, word by word.
    fn expected(&self, at: usize) -> Status {
        let here = |events: &BTreeSet<usize>| -> Vec<usize> {
            events.iter().copied().filter(|e| self.within(*e, at)).collect()
        };
        let (introduced, fixed) = (here(&self.introduced), here(&self.fixed));
        if self.introduced.is_empty() {
            return if fixed.is_empty() { Status::Affected } else { Status::Fixed };
        }
        if introduced.is_empty() {
            return Status::NotAffected;
        }
        let after = |i: &usize| fixed.iter().any(|f| self.within(*i, *f));
        let beside = |i: &usize| {
            let unordered = |f: &usize| !self.within(*i, *f) && !self.within(*f, *i);
            fixed.iter().any(unordered)
        };
        if introduced.iter().all(after) {
            Status::Fixed
        } else if introduced.iter().all(|i| after(i) || beside(i)) {
            Status::Conflict
        } else {
            Status::Affected
        }
    }

    /// Commits without changes, so that nothing but declared commits can count.
    fn stream(&self) -> String {
        let mut stream = String::new();
        for (node, parents) in self.parents.iter().enumerate() {
            writeln!(stream, "commit refs/tags/v1.{}.{}", node / 4, node % 4).unwrap();
            writeln!(stream, "mark :{}", node + 1).unwrap();
            writeln!(stream, "committer A <a@example.org> {} +0000", 1000 + node).unwrap();
            writeln!(stream, "data <<.\nnumber {node}\n.").unwrap();
            for (position, parent) in parents.iter().enumerate() {
                let word = if position == 0 { "from" } else { "merge" };
                writeln!(stream, "{word} :{}", parent + 1).unwrap();
            }
            stream.push('\n');
        }
        stream
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_release_stands_where_the_definition_puts_it(history in histories()) {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = RepoBuilder::create(folder.path()).unwrap();
        builder.import(&history.stream()).unwrap();
        let repo = builder.open().unwrap();
        let tag = |node: &usize| format!("v1.{}.{}", node / 4, node % 4);
        let oids = |nodes: &BTreeSet<usize>| {
            nodes.iter().map(|node| repo.resolve(&tag(node)).unwrap()).collect()
        };
        let request = Request::new(oids(&history.introduced), oids(&history.fixed));
        let answer = affected(&repo, &request).unwrap();
        prop_assert_eq!(answer.report.tags.len(), history.parents.len());
        for node in 0..history.parents.len() {
            let name = tag(&node);
            let row = answer.report.tags.iter().find(|row| row.tag == name).unwrap();
            prop_assert_eq!(row.status, history.expected(node), "{}", name);
            let version = Version::parse(&row.version).unwrap();
            let covered = answer.report.ranges.iter().any(|range| range.covers(&version));
            prop_assert_eq!(covered, row.status.needs_care(), "{}", name);
        }
        prop_assert!(answer.report.backports.is_empty() && answer.report.proposed.is_empty());
    }
}
