//! How fast a hundred commits are found again on all other branches, side by side with
//! `git log -p | git patch-id`, in one run.
//!
//! `cargo bench -p lineage --bench backports [-- CLONE]`. Without a clone, a history like Contour's is
//! made once, under `target/large`: twice as long, with files of 312 lines. The commits are spread evenly over the main
//! branch. Git makes patch ids of them, and of every commit that a branch or tag reaches and the main
//! branch does not; here each clue is weighed, and lines are compared, over the same commits.
//!
//! Times are processor time of a process and all that it starts, means over processes of their own:
//! *cold* has nothing kept, *new* knows what commits say and touch but never compared these, *warm* was
//! asked the same before.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints what it measures"
)]

use std::{
    env, fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use git::{
    Cache, Oid, Repo,
    fixture::{RepoBuilder, Shape},
};
use lineage::{Claims, Grade, equivalents};

/// Commits that are asked about.
const EVENTS: usize = 100;
/// Processes that a mean is taken from.
const ROUNDS: u32 = 5;

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match &*args {
        ["once", repo, cache, oids @ ..] => println!("{}", ask(Path::new(repo), cache, oids)),
        [clone] => measure(Path::new(clone)),
        _ => measure(&made()),
    }
}

/// One question in a process of its own; says how many links were found.
fn ask(repo: &Path, cache: &str, oids: &[&str]) -> usize {
    let repo = Repo::open(repo).unwrap();
    let repo = if cache == "-" { repo } else { repo.with_cache(Cache::new(cache)) };
    let commits: Vec<Oid> = oids.iter().map(|oid| oid.parse().unwrap()).collect();
    let found = equivalents(&repo, &commits, Grade::Strong, Claims::Believed).unwrap();
    black_box(found).iter().flatten().filter(|link| link.grade <= Grade::Strong).count()
}

fn measure(folder: &Path) {
    let main = git(folder, &["rev-list", "--first-parent", "--no-merges", "HEAD"]);
    let main: Vec<&str> = main.lines().collect();
    let spread = |shift: usize| -> Vec<&str> {
        (0..EVENTS)
            .map(|n| main[(main.len() * (2 * n + 1) / (2 * EVENTS) + shift) % main.len()])
            .collect()
    };
    let (events, others) = (spread(0), spread(1));
    let range = ["--branches", "--tags", "--not", "HEAD", "--no-merges"];
    let count = git(folder, &[&["rev-list", "--count"], &range[..]].concat());
    println!("{EVENTS} of {} commits, and {} elsewhere", main.len(), count.trim());

    let file = env::temp_dir().join(format!("fermata-bench-{}", std::process::id()));
    fs::write(&file, events.join("\n")).unwrap();
    let log = format!(
        "(git log -p {} && git log -p --no-walk --stdin <'{}') | git patch-id --stable",
        range.join(" "),
        file.display()
    );
    let git_took = mean(|| {
        let mut shell = Command::new("sh");
        shell.current_dir(folder).args(["-c", &log]).stdout(Stdio::null());
        assert!(shell.status().unwrap().success());
    });
    println!("  git log -p | git patch-id: {git_took:.2?}");

    let cache = file.with_extension("cache");
    let run = |cache: &Path, oids: &[&str]| {
        let mut command = Command::new(env::current_exe().unwrap());
        let output = command.arg("once").arg(folder).arg(cache).args(oids).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let said = |what: &str, took: Duration, links: &str| {
        let ratio = git_took.as_secs_f64() / took.as_secs_f64();
        println!("  {what}: {took:.2?} ({ratio:.1}×), {links} links that count at strong");
    };
    let links = run(Path::new("-"), &events);
    said("cold", mean(|| drop(run(Path::new("-"), &events))), &links);
    let new = mean_after(
        || {
            drop(fs::remove_dir_all(&cache));
            run(&cache, &others);
        },
        || assert_eq!(run(&cache, &events), links),
    );
    said("new", new, &links);
    run(&cache, &events);
    said("warm", mean(|| assert_eq!(run(&cache, &events), links)), &links);
    drop(fs::remove_dir_all(&cache));
    drop(fs::remove_file(&file));
}

fn made() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/large/backports");
    let done = folder.join(".git/made");
    if !done.exists() {
        drop(fs::remove_dir_all(&folder));
        let mut builder = RepoBuilder::create(&folder).unwrap();
        builder.import_large(Shape { commits: 10_000, body: 300, ..Shape::CONTOUR }).unwrap();
        builder.git(&["commit-graph", "write", "--reachable"]).unwrap();
        fs::write(done, "").unwrap();
    }
    folder
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn mean(run: impl FnMut()) -> Duration {
    mean_after(|| {}, run)
}

/// The mean processor time of what `run` starts and waits for.
fn mean_after(mut before: impl FnMut(), mut run: impl FnMut()) -> Duration {
    let mut all = Duration::ZERO;
    for _ in 0..ROUNDS {
        before();
        let begin = of_children();
        run();
        all += of_children().saturating_sub(begin);
    }
    all / ROUNDS
}

/// The processor time of all processes that ended before, and of all that they waited for, as Linux
/// counts it: in hundredths of seconds.
fn of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    let numbers = after_name.split_whitespace().skip(13).take(2);
    let ticks: u64 = numbers.map(|number| number.parse::<u64>().unwrap()).sum();
    Duration::from_millis(10 * ticks)
}
