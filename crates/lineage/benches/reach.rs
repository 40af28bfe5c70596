//! How fast "which releases contain these commits" is answered, side by side with git.
//!
//! `cargo bench -p lineage --bench reach [-- SHAPE…]`, where a shape is `contour`, `git` (these two
//! unless others are named), `git-without` (the same without a commit-graph) or `linux`. Histories
//! are made once, under `target/large`. For `linux` that takes two minutes, and git's own answer to
//! a hundred questions as long again.
//!
//! Each answer is compared with git's. Times of whole processes are medians over processes of their
//! own, with their start; `cold` has no index of ours, `warm` has one.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures time and prints it"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use git::{
    Cache, Oid, Rank, Repo, Survey,
    fixture::{RepoBuilder, Shape},
};
use lineage::{Minor, Request, TagScheme};

/// Commits that are asked about.
const EVENTS: usize = 100;
/// Processes or passes that a median is taken from.
const ROUNDS: usize = 9;
/// Chains that are labelled at a time: 64 bytes for each commit.
const STRIPE: usize = 32;

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let ["once", repo, cache, oids @ ..] = &*args.iter().map(String::as_str).collect::<Vec<_>>()
    {
        return once(Path::new(repo), cache, oids);
    }
    if let ["affected", repo, cache, oid] = &*args.iter().map(String::as_str).collect::<Vec<_>>() {
        return whole(Path::new(repo), cache, oid);
    }
    let named: Vec<&str> = args.iter().map(String::as_str).collect();
    let shapes = if named.is_empty() { vec!["contour", "git"] } else { named };
    for name in shapes {
        let (shape, graph) = match name {
            "contour" => (Shape::CONTOUR, true),
            "git" => (Shape::GIT, true),
            "git-without" => (Shape::GIT, false),
            "linux" => (Shape::LINUX, true),
            other => return println!("there is no shape {other}"),
        };
        measure(name, shape, graph);
    }
}

/// One question in a process of its own.
fn once(repo: &Path, cache: &str, oids: &[&str]) {
    let repo = opened(repo, cache);
    let events: Vec<Oid> = oids.iter().map(|oid| oid.parse().unwrap()).collect();
    black_box(answers(&repo.survey(&events).unwrap(), &events));
    print_peak();
}

/// The whole answer about one fix, with its backports, in a process of its own.
fn whole(repo: &Path, cache: &str, oid: &str) {
    let repo = opened(repo, cache);
    let request = Request::new(vec![], vec![repo.resolve(oid).unwrap()]);
    black_box(lineage::affected(&repo, &request).unwrap());
    print_peak();
}

fn opened(repo: &Path, cache: &str) -> Repo {
    let repo = Repo::open(repo).unwrap();
    if cache == "-" { repo } else { repo.with_cache(Cache::new(cache)) }
}

/// The highest use of memory so far, in kilobytes.
fn print_peak() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.unwrap_or("0 kB").trim().trim_end_matches(" kB"));
}

/// The tags that contain each event.
fn answers<'a>(survey: &'a Survey, events: &[Oid]) -> Vec<BTreeSet<&'a str>> {
    let history = &survey.history;
    let rank = |oid: &Oid| history.rank(oid).unwrap().unwrap();
    let lanes = history.lanes(&events.iter().map(rank).collect::<Vec<_>>());
    let tags: Vec<_> =
        survey.refs.tags.iter().map(|tag| (tag.name.as_str(), rank(&tag.target))).collect();
    let containing = |lane| {
        let tags = tags.iter().filter(|(_, rank)| lanes.contains(*rank, lane));
        tags.map(|(name, _)| *name).collect()
    };
    (0..events.len()).map(containing).collect()
}

fn measure(name: &str, shape: Shape, graph: bool) {
    let folder = made(name, shape, graph);
    let cache = folder.join(".git/bench-cache");
    drop(fs::remove_dir_all(&cache));
    let repo = Repo::open(&folder).unwrap();
    let survey = repo.survey(&[]).unwrap();
    let names = survey.history.names().unwrap();
    let ranks: Vec<Rank> = survey.history.ranks().collect();
    let spread = (0..EVENTS).map(|n| ranks[ranks.len() * (2 * n + 1) / (2 * EVENTS)]);
    let events: Vec<Oid> = spread.map(|rank| names.oid(rank).unwrap()).collect();
    println!("{name}: {} commits, {} tags", survey.history.len(), survey.refs.tags.len());

    let ours = answers(&survey, &events);
    let mut git = Vec::new();
    for (event, ours) in events.iter().zip(ours) {
        let (theirs, took) = tag_contains(&folder, event);
        assert_eq!(theirs.iter().map(String::as_str).collect::<BTreeSet<_>>(), ours, "{event}");
        git.push(took);
    }
    let all: Duration = git.iter().sum();
    let one = middle(git);
    println!("  git tag --contains: {one:.2?} for one commit, {all:.2?} for {EVENTS}");

    let of_one = &events[EVENTS / 2..=EVENTS / 2];
    for (what, cache) in [("cold", None), ("warm", Some(cache.as_path()))] {
        for (events, theirs) in [(of_one, one), (&events, all)] {
            let (took, peak) = processes("once", &folder, cache, events);
            let ratio = theirs.as_secs_f64() / took.as_secs_f64();
            let count = events.len();
            println!("  {what}, {count} × all tags: {took:.2?} ({ratio:.0}×), {peak} MB");
        }
    }
    passes(&survey, &events);
    if shape.files > 0 {
        for (what, cache) in [("cold", None), ("warm", Some(cache.as_path()))] {
            let (took, _) = processes("affected", &folder, cache, of_one);
            println!("  {what}, the whole answer with backports: {took:.2?}");
        }
    }
}

/// What takes time once a history is in memory.
fn passes(survey: &Survey, events: &[Oid]) {
    let history = &survey.history;
    let ranks: Vec<Rank> = events.iter().map(|oid| history.rank(oid).unwrap().unwrap()).collect();
    let took = median(|| drop(black_box(history.lanes(&ranks))));
    println!("  the pass alone, {EVENTS} commits: {took:.2?}");
    let lines = lines(survey);
    let took = median(|| {
        for some in lines.chunks(STRIPE) {
            black_box(history.labels(some));
        }
    });
    println!("  every commit × every tag, {} lines: {took:.2?}", lines.len());
    let reached = history.lanes(&ranks);
    for some in lines.chunks(STRIPE) {
        let labels = history.labels(some);
        for (line, releases) in some.iter().enumerate() {
            for (event, rank) in ranks.iter().enumerate() {
                for (position, release) in releases.iter().enumerate() {
                    let label = labels.of(*rank, line).contains(position);
                    assert_eq!(label, reached.contains(*release, event));
                }
            }
        }
    }
}

fn lines(survey: &Survey) -> Vec<Vec<Rank>> {
    let scheme = TagScheme::guess(survey.refs.tags.iter().map(|tag| tag.name.as_str()));
    let mut lines: BTreeMap<Minor, Vec<Rank>> = BTreeMap::new();
    for release in scheme.releases(&survey.refs.tags) {
        let rank = survey.history.rank(&release.commit).unwrap().unwrap();
        lines.entry(release.minor()).or_default().push(rank);
    }
    lines.into_values().collect()
}

fn made(name: &str, shape: Shape, graph: bool) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/large").join(name);
    let done = folder.join(".git/made");
    if !done.exists() {
        drop(fs::remove_dir_all(&folder));
        let mut builder = RepoBuilder::create(&folder).unwrap();
        builder.import_large(shape).unwrap();
        if graph {
            builder.git(&["commit-graph", "write", "--reachable"]).unwrap();
        }
        fs::write(done, "").unwrap();
    }
    folder
}

fn tag_contains(folder: &Path, event: &Oid) -> (Vec<String>, Duration) {
    let begin = Instant::now();
    let output = Command::new("git")
        .current_dir(folder)
        .args(["tag", "--contains", event.as_str()])
        .output()
        .unwrap();
    let took = begin.elapsed();
    let text = String::from_utf8(output.stdout).unwrap();
    (text.lines().map(str::to_owned).collect(), took)
}

/// The median time of processes, and the highest peak of their memory.
fn processes(
    question: &str,
    folder: &Path,
    cache: Option<&Path>,
    events: &[Oid],
) -> (Duration, u64) {
    let mut peak = 0;
    let mut run = || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.arg(question).arg(folder).arg(cache.unwrap_or(Path::new("-")));
        let output = command.args(events.iter().map(Oid::as_str)).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        peak = peak.max(String::from_utf8(output.stdout).unwrap().trim().parse().unwrap());
    };
    // The first one writes the index, where there is to be one.
    run();
    let took = median(run);
    (took, peak / 1024)
}

fn median(mut run: impl FnMut()) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let begin = Instant::now();
        run();
        begin.elapsed()
    });
    middle(times.collect())
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
