//! The arrows between the rooms: imports only go down, and the pure rooms stay pure.
//!
//! Read from `cargo metadata`, so that it holds for what is built and not for what is meant.
//! Dependencies that only tests have are free: a test may wire rooms together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{report::Outcome, run};

/// The rooms from the ground up, each with those that it may import. `ARCHITECTURE.md` draws it.
const ROOMS: &[(&str, &[&str])] = &[
    ("advisory", &[]),
    ("case", &["advisory"]),
    ("discretion", &["advisory", "case"]),
    ("playbook", &["advisory", "case"]),
    ("git", &[]),
    ("lineage", &["advisory", "git"]),
    ("store", &[]),
    ("engine", &["advisory", "case", "discretion", "playbook", "git", "lineage", "store"]),
    ("counterparts", &["advisory", "case", "git", "lineage", "engine"]),
    (
        "rehearsal",
        &["advisory", "case", "discretion", "playbook", "git", "lineage", "store", "engine"],
    ),
    ("web", &["advisory", "case", "playbook", "engine"]),
    (
        "fermata",
        &[
            "advisory",
            "case",
            "discretion",
            "playbook",
            "git",
            "lineage",
            "store",
            "engine",
            "counterparts",
            "rehearsal",
            "web",
        ],
    ),
];

/// Beside the house: they may import any room, and no room may import them.
const BESIDE: &[&str] = &["house-tests", "xtask"];

/// Rooms that do no I/O, read no clock and draw no random numbers.
const PURE: &[&str] = &["advisory", "case", "playbook", "discretion"];

/// Crates by which a pure room would reach the world, however far down the tree.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "fastrand",
    "getrandom",
    "hyper",
    "lettre",
    "libsqlite3-sys",
    "mio",
    "rand",
    "reqwest",
    "rusqlite",
    "socket2",
    "tempfile",
    "tokio",
    "tokio-postgres",
    "ureq",
];

/// Checks the workspace.
pub(crate) fn check() -> Outcome {
    match run::metadata().and_then(|metadata| Graph::read(&metadata)) {
        Some(graph) => Outcome::of(&graph.wrong_arrows()),
        None => Outcome::Failed("`cargo metadata` cannot be read".into()),
    }
}

/// Who imports whom, for the program and its build scripts.
struct Graph {
    members: BTreeSet<String>,
    imports: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read(metadata: &Value) -> Option<Self> {
        // Two versions of one crate import different things: each has its version in its name.
        let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
        let packages = metadata.get("packages")?.as_array()?;
        for package in packages {
            *versions.entry(package.get("name")?.as_str()?).or_default() += 1;
        }
        let mut names = BTreeMap::new();
        for package in packages {
            let name = package.get("name")?.as_str()?;
            let version = package.get("version").and_then(Value::as_str);
            let several = versions.get(name).is_some_and(|number| *number > 1);
            let name = match version.filter(|_| several) {
                Some(version) => format!("{name} {version}"),
                None => name.to_owned(),
            };
            names.insert(package.get("id")?.as_str()?, name);
        }
        let name = |id: &Value| names.get(id.as_str()?).cloned();
        let members = metadata.get("workspace_members")?.as_array()?;
        let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in metadata.get("resolve")?.get("nodes")?.as_array()? {
            let below = imports.entry(name(node.get("id")?)?).or_default();
            for dependency in node.get("deps")?.as_array()? {
                let kinds = dependency.get("dep_kinds")?.as_array()?;
                if kinds.iter().any(|kind| kind.get("kind").is_none_or(|kind| kind != "dev")) {
                    below.insert(name(dependency.get("pkg")?)?);
                }
            }
        }
        Some(Self { members: members.iter().map(name).collect::<Option<_>>()?, imports })
    }

    fn wrong_arrows(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for member in self.members.iter().filter(|name| !BESIDE.contains(&name.as_str())) {
            let Some((_, may)) = ROOMS.iter().find(|(room, _)| room == member) else {
                wrong.push(format!("{member} is no known room; give it a place in xtask's ROOMS"));
                continue;
            };
            for import in self.below(member).filter(|import| self.members.contains(*import)) {
                if !may.contains(&import.as_str()) {
                    wrong.push(format!("{member} must not import {import}"));
                }
            }
        }
        for room in PURE.iter().filter(|room| self.members.contains(**room)) {
            wrong.extend(self.way_out(room).map(|way| format!("{room} must do no I/O: {way}")));
        }
        wrong
    }

    fn below(&self, name: &str) -> impl Iterator<Item = &String> {
        self.imports.get(name).into_iter().flatten()
    }

    /// The first chain of imports from `room` to an impure crate.
    fn way_out(&self, room: &str) -> Option<String> {
        let mut seen = BTreeSet::new();
        let mut open = vec![vec![room]];
        while let Some(path) = open.pop() {
            let Some(last) = path.last().copied().filter(|last| seen.insert(*last)) else {
                continue;
            };
            let name = last.split_once(' ').map_or(last, |(name, _)| name);
            if IMPURE.contains(&name) {
                return Some(path.join(" → "));
            }
            for next in self.below(last) {
                let mut longer = path.clone();
                longer.push(next);
                open.push(longer);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Metadata of a workspace whose members import as given, beside outside crates.
    fn planted(members: &[&str], arrows: &[(&str, &str, Option<&str>)]) -> Vec<String> {
        let mut names: BTreeSet<&str> = members.iter().copied().collect();
        names.extend(arrows.iter().flat_map(|(from, to, _)| [*from, *to]));
        let nodes: Vec<Value> = names
            .iter()
            .map(|name| {
                let deps: Vec<Value> = arrows
                    .iter()
                    .filter(|(from, ..)| from == name)
                    .map(|(_, to, kind)| json!({"pkg": to, "dep_kinds": [{"kind": kind}]}))
                    .collect();
                json!({"id": name, "deps": deps})
            })
            .collect();
        let packages: Vec<Value> = names.iter().map(|it| json!({"id": it, "name": it})).collect();
        let metadata = json!({"packages": packages, "workspace_members": members, "resolve": {"nodes": nodes}});
        Graph::read(&metadata).expect("the planted metadata is whole").wrong_arrows()
    }

    #[test]
    fn the_table_goes_down_only() {
        for (index, (room, may)) in ROOMS.iter().enumerate() {
            for import in *may {
                assert!(
                    ROOMS[..index].iter().any(|(below, _)| below == import),
                    "{room} → {import}"
                );
            }
        }
        assert!(PURE.iter().all(|pure| ROOMS.iter().any(|(room, _)| room == pure)));
    }

    #[test]
    fn every_arrow_that_the_table_lacks_is_found() {
        for (room, may) in ROOMS {
            for (other, _) in ROOMS.iter().filter(|(other, _)| other != room) {
                let expected = if may.contains(other) {
                    vec![]
                } else {
                    vec![format!("{room} must not import {other}")]
                };
                assert_eq!(planted(&[room, other], &[(room, other, None)]), expected);
            }
        }
    }

    #[test]
    fn an_impure_crate_is_found_at_any_depth() {
        let arrows =
            [("case", "advisory", None), ("advisory", "helpful", None), ("helpful", "rand", None)];
        let expected = [
            "advisory must do no I/O: advisory → helpful → rand",
            "case must do no I/O: case → advisory → helpful → rand",
        ];
        assert_eq!(planted(&["advisory", "case"], &arrows), expected);
        assert_eq!(planted(&["git"], &[("git", "tempfile", None)]), Vec::<String>::new());
    }

    #[test]
    fn two_versions_of_a_crate_are_two_crates() {
        let package = |name: &str, version: &str| json!({"id": format!("{name}@{version}"), "name": name, "version": version});
        let node = |id: &str, below: &[&str]| {
            let deps: Vec<Value> =
                below.iter().map(|id| json!({"pkg": id, "dep_kinds": [{"kind": null}]})).collect();
            json!({"id": id, "deps": deps})
        };
        let wrong = |new: &[&str]| {
            let metadata = json!({
                "packages": [
                    package("advisory", "0"), package("engine", "0"),
                    package("digest", "1"), package("digest", "2"),
                    package("getrandom", "1"), package("getrandom", "2"),
                ],
                "workspace_members": ["advisory@0", "engine@0"],
                "resolve": {"nodes": [
                    node("advisory@0", &["digest@2"]), node("engine@0", &["digest@1"]),
                    node("digest@1", &["getrandom@1"]), node("digest@2", new),
                ]},
            });
            Graph::read(&metadata).expect("the planted metadata is whole").wrong_arrows()
        };
        assert_eq!(wrong(&[]), Vec::<String>::new());
        assert_eq!(
            wrong(&["getrandom@2"]),
            ["advisory must do no I/O: advisory → digest 2 → getrandom 2"]
        );
    }

    #[test]
    fn tests_are_free_and_build_scripts_are_not() {
        let members = ["case", "engine"];
        assert_eq!(planted(&members, &[("case", "engine", Some("dev"))]), Vec::<String>::new());
        assert_eq!(planted(&members, &[("case", "engine", Some("build"))]).len(), 1);
    }

    #[test]
    fn a_new_room_needs_a_place() {
        assert_eq!(planted(&["attic"], &[]).len(), 1);
        assert_eq!(planted(&["xtask", "case"], &[("xtask", "case", None)]), Vec::<String>::new());
        assert_eq!(planted(&["xtask", "case"], &[("case", "xtask", None)]).len(), 1);
    }
}
