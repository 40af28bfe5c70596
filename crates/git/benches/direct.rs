//! What short ranges cost to read from the repository's files, and to ask of git.
//!
//! `cargo bench -p git --bench direct -- CLONE [COUNT]`: so many pushes of ten commits each, spread
//! evenly over the first parents of `HEAD`, with the 400 commits before each. Both ways read the same
//! ranges in turn, in one process, and it fails where they do not see the same commits, files and lines.
//! Medians, and the tenth part that takes longest.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures time and prints it"
)]

use std::{
    collections::BTreeMap,
    env,
    time::{Duration, Instant},
};

use git::{Changes, Commit, FileChange, Oid, Patch, Range, Repo};

const PUSHED: usize = 10;
const BEFORE: usize = 400;

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let Some(clone) = args.first() else { return println!("name a clone") };
    let count: usize = args.get(1).map_or(100, |count| count.parse().unwrap());
    let repo = Repo::open(clone).unwrap();
    let mut took = [const { Vec::new() }; 4];
    let (mut asked, mut bytes) = (0, Vec::new());
    for range in pushes(&repo, count) {
        let (first, changes) = timed(|| repo.changes(&range).unwrap());
        let Changes::Read(read) = changes else {
            asked += 1;
            continue;
        };
        let git = repo.clone().asking_git();
        let (second, told) = timed(|| told(&git, &range));
        compare(&read, &told);
        bytes.push(size(&read));
        let (third, here) = timed(|| names(&repo, &range));
        let (fourth, there) = timed(|| names(&git, &range));
        assert_eq!(here, there);
        for (took, time) in took.iter_mut().zip([first, second, third, fourth]) {
            took.push(time);
        }
    }
    println!("{} pushes were read, {asked} left to git", bytes.len());
    println!("  lines of one push: {} bytes", at(&mut bytes, 50));
    let names = ["changes, read", "changes, by git", "before, read", "before, by git"];
    for (name, took) in names.iter().zip(&mut took) {
        let [middle, slow] = [50, 90].map(|part| at(took, part).as_secs_f64() * 1e3);
        println!("  {name}: {middle:.1} ms, one in ten over {slow:.1} ms");
    }
}

/// Ranges of ten commits, by first parents; merges bring more.
fn pushes(repo: &Repo, count: usize) -> Vec<Range> {
    let mut oid = repo.resolve("HEAD").unwrap();
    let all = repo.commits(&Range { from: vec![oid.clone()], ..Range::default() }).unwrap();
    let parents: BTreeMap<&Oid, Option<&Oid>> =
        all.iter().map(|commit| (&commit.oid, commit.parents.first())).collect();
    let mut line = vec![oid.clone()];
    while let Some(Some(parent)) = parents.get(&oid) {
        oid = (*parent).clone();
        line.push(oid.clone());
    }
    let step = (line.len() / count).max(1);
    let windows = line.windows(PUSHED + 1).step_by(step);
    let ends = windows.filter_map(|window| window.first().zip(window.last()));
    let range = |(from, without): (&Oid, &Oid)| Range {
        from: vec![from.clone()],
        without: vec![without.clone()],
        ..Range::default()
    };
    ends.map(range).collect()
}

fn told(git: &Repo, range: &Range) -> Vec<(Commit, Patch)> {
    let mut told = Vec::new();
    git.each_change(range, |commit, patch| told.push((commit, patch))).unwrap();
    told
}

fn names(repo: &Repo, range: &Range) -> Vec<Oid> {
    let before = repo.commits_before(range, BEFORE).unwrap();
    let mut names: Vec<Oid> = before.into_iter().map(|commit| commit.oid).collect();
    names.sort_unstable();
    names
}

fn compare(read: &[(Commit, Patch)], told: &[(Commit, Patch)]) {
    let told: BTreeMap<&Oid, _> =
        told.iter().map(|(commit, patch)| (&commit.oid, (commit, patch))).collect();
    assert_eq!(read.len(), told.len());
    for (commit, patch) in read {
        let (other, expected) = told.get(&commit.oid).unwrap();
        assert_eq!(commit, *other);
        assert!(patch.files.keys().eq(expected.files.keys()), "{commit:?}");
        for (change, expected) in patch.files.values().zip(expected.files.values()) {
            assert_eq!(net(change), net(expected), "{commit:?}");
        }
    }
}

/// How many of each line there are more, or fewer.
fn net(change: &FileChange) -> BTreeMap<&str, i64> {
    let mut net = BTreeMap::new();
    for (lines, sign) in [(&change.added, 1), (&change.removed, -1)] {
        for line in lines {
            *net.entry(line.as_str()).or_default() += sign;
        }
    }
    net.retain(|_, count| *count != 0);
    net
}

fn size(read: &[(Commit, Patch)]) -> usize {
    let files = read.iter().flat_map(|(_, patch)| patch.files.values());
    files.flat_map(|change| change.added.iter().chain(&change.removed)).map(String::len).sum()
}

fn timed<T>(act: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let done = act();
    (start.elapsed(), done)
}

fn at<T: Ord + Copy>(all: &mut [T], hundredths: usize) -> T {
    all.sort_unstable();
    *all.get(all.len() * hundredths / 100).unwrap()
}
