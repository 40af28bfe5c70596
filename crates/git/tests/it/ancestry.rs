//! Our answers against git's, on random histories: merges, octopus and criss-cross merges, several
//! roots, tags of anything; with every kind of commit-graph, from a cache, and where replacements
//! and grafts tell another story.
//!
//! Many histories live in one repository, so that one import makes them all and one question to git
//! judges them all. `FERMATA_DAGS` names another number of histories for each case.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
    process::Command,
};

use git::{Cache, Oid, Rank, Repo, Survey, fixture::RepoBuilder};

use crate::fresh;

/// Histories in one repository.
const BATCH: usize = 50;
const DAGS: usize = 400;

/// Some histories in one repository.
struct Batch {
    /// For each commit its parents (older ones).
    parents: Vec<Vec<usize>>,
    /// The history to which each commit belongs.
    dag: Vec<usize>,
    oids: Vec<Oid>,
    chance: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Graph {
    Absent,
    Whole,
    Stale,
    Chain,
}

impl Batch {
    fn new(seed: u64) -> Self {
        let (parents, dag, oids) = (Vec::new(), Vec::new(), Vec::new());
        let mut batch = Self { parents, dag, oids, chance: seed };
        for dag in 0..BATCH {
            let first = batch.parents.len();
            for _ in 0..=batch.draw(20) {
                let node = batch.parents.len();
                let count = [1, 1, 1, 1, 1, 2, 2, 2, 3, 5, 0][batch.draw(11)];
                // Parents from close by make for criss-cross merges.
                let near = if batch.draw(4) == 0 { node - first } else { (node - first).min(4) };
                let mut parents = Vec::new();
                for _ in 0..count.min(near) {
                    let parent = node - 1 - batch.draw(near);
                    if !parents.contains(&parent) {
                        parents.push(parent);
                    }
                }
                batch.parents.push(parents);
                batch.dag.push(dag);
            }
        }
        batch
    }

    /// A number below `below`.
    fn draw(&mut self, below: usize) -> usize {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from((self.chance >> 33) % below as u64).unwrap()
    }

    /// One import of all objects and annotated tags; the other refs are written in one go.
    fn make(&mut self, builder: &RepoBuilder) {
        let mut stream = String::from("blob\nmark :900000\ndata 1\nx\n");
        for (node, parents) in self.parents.iter().enumerate() {
            let (mark, date) = (node + 1, 1_000_000 + (node * 7919) % 5000);
            if parents.is_empty() {
                writeln!(stream, "reset refs/heads/last").unwrap();
            }
            writeln!(stream, "commit refs/heads/last\nmark :{mark}").unwrap();
            writeln!(stream, "committer A <a@example.org> {date} +0000\ndata <<.\n{node}\n.")
                .unwrap();
            for (position, parent) in parents.iter().enumerate() {
                let word = if position == 0 { "from" } else { "merge" };
                writeln!(stream, "{word} :{}", parent + 1).unwrap();
            }
        }
        let mut refs = Vec::new();
        for node in 0..self.parents.len() {
            let mark = node + 1;
            let tagger = "tagger A <a@example.org> 1 +0000\ndata 1\nx";
            match self.draw(12) {
                0..3 => refs.push((format!("refs/tags/light/{node}"), node)),
                3 => {
                    writeln!(stream, "tag own/{node}\nmark :{}\nfrom :{mark}", mark + 100_000)
                        .unwrap();
                    writeln!(stream, "{tagger}").unwrap();
                    if self.draw(3) == 0 {
                        writeln!(stream, "tag twice/{node}\nfrom :{}\n{tagger}", mark + 100_000)
                            .unwrap();
                    }
                }
                4 if self.draw(8) == 0 => {
                    writeln!(stream, "tag strange/{node}\nfrom :900000\n{tagger}").unwrap();
                }
                5..8 => refs.push((format!("refs/heads/some/{node}"), node)),
                _ => {}
            }
        }
        self.oids = import(builder.folder(), &stream, self.parents.len());
        if self.draw(2) == 0 {
            builder.git(&["pack-refs", "--all", "--prune"]).unwrap();
        }
        add_packed(builder.folder(), refs.iter().map(|(name, node)| (name, &self.oids[*node])));
        if self.draw(2) == 0 {
            builder.git(&["pack-refs", "--all", "--prune"]).unwrap();
        }
    }

    fn write_graph(&self, folder: &Path, graph: Graph) {
        let write = |share: usize, options: &[&str]| {
            let some = self.oids.iter().enumerate().filter(|(node, _)| node % 4 < share);
            let names: Vec<&str> = some.map(|(_, oid)| oid.as_str()).collect();
            let args = [&["commit-graph", "write", "--stdin-commits"], options].concat();
            feed(folder, &args, &(names.join("\n") + "\n"));
        };
        match graph {
            Graph::Absent => {}
            Graph::Whole => write(4, &[]),
            Graph::Stale => write(1, &[]),
            Graph::Chain => (1..4).for_each(|share| write(share, &["--split=no-merge"])),
        }
    }

    /// Whether each commit is in the history of each: by walking.
    fn closure(&self) -> Vec<BTreeSet<usize>> {
        let mut closure: Vec<BTreeSet<usize>> = Vec::new();
        for (node, parents) in self.parents.iter().enumerate() {
            let mut all = BTreeSet::from([node]);
            all.extend(parents.iter().flat_map(|parent| &closure[*parent]));
            closure.push(all);
        }
        closure
    }

    /// One commit of each history, on which git is asked.
    fn events(&mut self) -> Vec<usize> {
        let mut first = 0;
        (0..BATCH)
            .map(|dag| {
                let size = self.dag.iter().filter(|of| **of == dag).count();
                let event = first + self.draw(size);
                first += size;
                event
            })
            .collect()
    }
}

/// Has git make objects; gives the names of the commits.
fn import(folder: &Path, stream: &str, commits: usize) -> Vec<Oid> {
    feed(folder, &["fast-import", "--quiet", "--force", "--export-marks=.git/marks"], stream);
    let marks = fs::read_to_string(folder.join(".git/marks")).unwrap();
    let marks = marks.lines().map(|line| line[1..].split_once(' ').unwrap());
    let named: BTreeMap<usize, &str> =
        marks.map(|(mark, oid)| (mark.parse().unwrap(), oid)).collect();
    named.values().take(commits).map(|oid| oid.parse().unwrap()).collect()
}

fn feed(folder: &Path, args: &[&str], input: &str) {
    let file = folder.join(".git/input");
    fs::write(&file, input).unwrap();
    let mut command = Command::new("git");
    command.current_dir(folder).args(args).stdin(fs::File::open(file).unwrap());
    assert!(command.status().unwrap().success(), "{args:?}");
}

/// Adds refs to the file of packed ones, where most refs live.
fn add_packed<'a>(folder: &Path, new: impl Iterator<Item = (&'a String, &'a Oid)>) {
    let file = folder.join(".git/packed-refs");
    let known = fs::read_to_string(&file).unwrap_or_default();
    let new: String = new.flat_map(|(name, oid)| [oid.as_str(), " ", name, "\n"]).collect();
    // Not sorted any more, and so without the line that says so.
    let known = known.lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<&str> = std::iter::once("# pack-refs with: peeled ").chain(known).collect();
    fs::write(file, lines.join("\n") + "\n" + &new).unwrap();
}

/// What git says: for each ref of a commit, which events its history contains.
fn git_says(folder: &Path, events: &[&Oid]) -> BTreeMap<String, Vec<bool>> {
    let atoms = events.iter().flat_map(|oid| [" %(ahead-behind:", oid.as_str(), ")"]);
    let atoms: String = atoms.collect();
    let format = format!("--format=%(refname)%(objecttype)/%(*objecttype){atoms}");
    let format = format.replace("%(refname)", "%(refname) ");
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "core.commitGraph=false", "-c", "advice.graftFileDeprecated=false"])
        .args(["for-each-ref", &format, "refs/heads", "refs/tags"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut said = BTreeMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let pairs = words[2..].chunks_exact(2);
        let contains = pairs.map(|pair| pair[1] == "0").collect();
        if words.len() == 2 + 2 * events.len() {
            said.insert(words[0].to_owned(), contains);
        }
    }
    said
}

/// The refs of commits, with where they lead.
fn tips(survey: &Survey) -> Vec<(String, Rank)> {
    let rank = |oid: &Oid| survey.history.rank(oid).unwrap().unwrap();
    let refs = &survey.refs;
    let tags = refs.tags.iter().map(|tag| (format!("refs/tags/{}", tag.name), rank(&tag.target)));
    let branches = refs.branches.iter();
    let branches =
        branches.map(|branch| (format!("refs/heads/{}", branch.name), rank(&branch.tip)));
    tags.chain(branches).collect()
}

/// Compares with git, leaving out refs of which nothing may be said. Gives the number of answers.
fn compare(batch: &mut Batch, folder: &Path, survey: &Survey) -> usize {
    let history = &survey.history;
    let events = batch.events();
    let oids: Vec<&Oid> = events.iter().map(|event| &batch.oids[*event]).collect();
    let said = git_says(folder, &oids);
    let known: Vec<Option<Rank>> = oids.iter().map(|oid| history.rank(oid).unwrap()).collect();
    let asked: Vec<Rank> = known.iter().flatten().copied().collect();
    let lanes = history.lanes(&asked);
    let doubtful = survey.doubtful.iter().filter_map(|oid| history.rank(oid).unwrap());
    let doubt = history.lanes(&doubtful.collect::<Vec<_>>());
    let tips = tips(survey);
    let labels = history.labels(&[tips.iter().map(|(_, rank)| *rank).collect()]);
    let mut compared = 0;
    for (position, (name, tip)) in tips.iter().enumerate() {
        if doubt.contains_any(*tip) {
            continue;
        }
        let said = &said[name];
        let mut lane = 0;
        for (event, rank) in known.iter().enumerate() {
            let ours = rank.is_some() && lanes.contains(*tip, lane);
            assert_eq!(ours, said[event], "{name} and {}", oids[event]);
            if let Some(rank) = rank {
                let label = labels.of(*rank, 0);
                assert_eq!(label.contains(position), ours, "label: {name} and {}", oids[event]);
                lane += 1;
            }
            compared += 1;
        }
    }
    let listed: BTreeSet<&String> = tips.iter().map(|(name, _)| name).collect();
    assert_eq!(listed, said.keys().collect::<BTreeSet<_>>(), "the same refs");
    compared
}

/// Compares all commits with all others by walking.
fn compare_all(batch: &Batch, survey: &Survey) {
    let history = &survey.history;
    let ranks: Vec<_> = batch.oids.iter().map(|oid| history.rank(oid).unwrap()).collect();
    let (here, events): (Vec<usize>, Vec<Rank>) =
        ranks.iter().enumerate().filter_map(|(node, rank)| Some((node, (*rank)?))).unzip();
    let lanes = history.lanes(&events);
    let (closure, names) = (batch.closure(), history.names().unwrap());
    for (node, rank) in ranks.iter().enumerate().filter_map(|(n, rank)| Some((n, (*rank)?))) {
        assert_eq!(names.oid(rank).as_ref(), Some(&batch.oids[node]));
        assert_eq!(names.spelt(batch.oids[node].as_str()), Some(rank));
        assert_eq!(names.abbreviated(&batch.oids[node].as_str()[..12]), Some(rank));
        let found = here.iter().enumerate().filter(|(lane, _)| lanes.contains(rank, *lane));
        let found: BTreeSet<usize> = found.map(|(_, event)| *event).collect();
        assert_eq!(found, closure[node], "history of {}", batch.oids[node]);
        let parents: Vec<_> = history.parents(rank).collect();
        let expected: Vec<_> = batch.parents[node].iter().map(|p| ranks[*p].unwrap()).collect();
        assert_eq!(parents, expected);
        assert!(parents.iter().all(|parent| *parent < rank));
    }
}

fn batches() -> u64 {
    let dags = std::env::var("FERMATA_DAGS").ok().map(|dags| dags.parse().unwrap());
    u64::try_from(dags.unwrap_or(DAGS).div_ceil(BATCH)).unwrap()
}

fn with_graph(graph: Graph) {
    for seed in 0..batches() {
        let (_folder, builder) = fresh();
        let mut batch = Batch::new(seed * 10 + graph as u64);
        batch.make(&builder);
        batch.write_graph(builder.folder(), graph);
        let info = builder.folder().join(".git/objects/info");
        assert_eq!(
            info.join("commit-graph").exists(),
            matches!(graph, Graph::Whole | Graph::Stale)
        );
        if let Ok(chain) = fs::read_to_string(info.join("commit-graphs/commit-graph-chain")) {
            assert_eq!((chain.lines().count(), graph), (3, Graph::Chain));
        }
        let survey = builder.open().unwrap().survey(&[]).unwrap();
        let compared = compare(&mut batch, builder.folder(), &survey);
        assert!(compared > 2_000, "{compared}");
        compare_all(&batch, &survey);
    }
}

#[test]
fn without_a_commit_graph() {
    with_graph(Graph::Absent);
}

#[test]
fn with_a_whole_commit_graph() {
    with_graph(Graph::Whole);
}

#[test]
fn with_a_stale_commit_graph() {
    with_graph(Graph::Stale);
}

#[test]
fn with_a_chain_of_commit_graphs() {
    with_graph(Graph::Chain);
}

#[test]
fn from_a_cache_that_grows() {
    for seed in 0..batches() {
        let (folder, builder) = fresh();
        let cache = Cache::new(folder.path().join("cache"));
        let mut batch = Batch::new(1000 + seed);
        batch.make(&builder);
        batch.write_graph(
            builder.folder(),
            if seed % 2 == 0 { Graph::Stale } else { Graph::Absent },
        );
        let survey = || builder.open().unwrap().with_cache(cache.clone()).survey(&[]).unwrap();
        builder.git(&["pack-refs", "--all", "--prune"]).unwrap();
        let packed = builder.folder().join(".git/packed-refs");
        let all = fs::read_to_string(&packed).unwrap();
        let some: Vec<&str> = all.lines().take_while(|line| !line.contains("refs/tags/")).collect();
        fs::write(&packed, some.join("\n") + "\n").unwrap();
        let first = survey();
        compare(&mut batch, builder.folder(), &first);
        fs::write(&packed, &all).unwrap();
        for _ in 0..2 {
            let later = survey();
            assert!(later.history.len() > first.history.len());
            compare(&mut batch, builder.folder(), &later);
            compare_all(&batch, &later);
        }
    }
}

#[test]
fn where_replacements_and_grafts_tell_another_story() {
    for seed in 0..batches() {
        let (folder, builder) = fresh();
        let cache = Cache::new(folder.path().join("cache"));
        let mut batch = Batch::new(2000 + seed);
        batch.make(&builder);
        batch.write_graph(builder.folder(), Graph::Whole);
        let mut grafts = String::new();
        for _ in 0..BATCH / 2 {
            let nodes = [0; 2].map(|_| batch.draw(batch.oids.len()));
            let [child, parent] = nodes.map(|node| batch.oids[node].clone());
            // Grafts may make a circle, on which git would walk forever.
            if nodes[1] >= nodes[0] {
                continue;
            }
            if batch.draw(2) == 0 {
                drop(builder.git(&["replace", "--graft", child.as_str(), parent.as_str()]));
            } else {
                writeln!(grafts, "{child} {parent}").unwrap();
            }
        }
        fs::create_dir_all(builder.folder().join(".git/info")).unwrap();
        fs::write(builder.folder().join(".git/info/grafts"), grafts).unwrap();
        let repo = builder.open().unwrap().with_cache(cache.clone());
        let survey = repo.survey(&[]).unwrap();
        assert!(survey.doubtful.len() > BATCH / 8);
        let compared = compare(&mut batch, builder.folder(), &survey);
        assert!(compared > 2_000, "{compared}");
        compare_all(&batch, &survey);
        assert!(!cache_exists(folder.path()), "a clone in doubt is not remembered");
    }
}

fn cache_exists(folder: &Path) -> bool {
    folder.join("cache").exists()
}

#[test]
fn lines_that_are_not_linear_have_more_than_one_first_release() {
    let (_folder, mut builder) = fresh();
    let root = builder.commit("root").unwrap();
    builder.branch("a", "main").unwrap();
    let a = builder.commit("a").unwrap();
    builder.branch("b", "main").unwrap();
    let b = builder.commit("b").unwrap();
    let merge = builder.merge("a", None, "both").unwrap();
    let Survey { history, .. } = Repo::open(builder.folder()).unwrap().survey(&[]).unwrap();
    let rank = |oid| history.rank(oid).unwrap().unwrap();
    let labels = history.labels(&[vec![rank(&a), rank(&b), rank(&merge)], vec![rank(&merge)]]);
    let first = |oid, line| labels.of(rank(oid), line).first().collect::<BTreeSet<_>>();
    assert_eq!(first(&root, 0), BTreeSet::from([0, 1]));
    assert!(first(&a, 0).contains(&0) && !first(&a, 0).contains(&1));
    assert_eq!(first(&merge, 0), BTreeSet::from([2]));
    assert_eq!(first(&root, 1), BTreeSet::from([0]));
}
