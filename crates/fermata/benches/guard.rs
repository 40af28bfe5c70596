//! How long the guard holds up a push of ten commits, and how long it reads a whole history.
//!
//! `cargo bench -p fermata --bench guard [-- push|history [REPOSITORY]]`. Without a repository the
//! history is made up, as large as Contour's. Whole processes are timed, in turn with git's own: `git
//! version` starts and does nothing, `git log -p` shows the same commits. There are 1,000 terms, which
//! stand nowhere. Pushes are of ten first parents each, spread evenly over the history, as medians: each
//! when hardly anything that lies before it was ever read, and when it was read for the push before. A
//! whole history is read once by git, and a few times by the guard, without what it remembers and with it.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures time and prints it"
)]

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use git::fixture::{RepoBuilder, Shape};

const ROUNDS: usize = 60;
const PUSHED: usize = 10;
const TERMS: u64 = 1_000;

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let folder = tempfile::tempdir().unwrap();
    let repo = match args.get(1) {
        Some(path) => fs::canonicalize(path).unwrap(),
        None => made_up(folder.path()),
    };
    let bench = Bench { repo, folder: folder.path() };
    fs::write(bench.terms(), terms()).unwrap();
    match args.first().map_or("push", String::as_str) {
        "push" => bench.push(),
        "history" => bench.history(),
        other => println!("there is no bench {other}"),
    }
}

struct Bench<'a> {
    repo: PathBuf,
    folder: &'a Path,
}

impl Bench<'_> {
    fn terms(&self) -> PathBuf {
        self.folder.join("terms")
    }

    fn git(&self, args: &[&str]) -> Command {
        let mut git = Command::new("git");
        git.current_dir(&self.repo).args(args);
        git
    }

    fn guard(&self, args: &[&str]) -> Command {
        let mut guard = Command::new(env!("CARGO_BIN_EXE_fermata"));
        guard.env("XDG_CACHE_HOME", self.folder.join("cache")).current_dir(&self.repo);
        guard.args(["guard"]).args(args).arg("--terms").arg(self.terms());
        guard
    }

    fn push(&self) {
        let listed = self.git(&["rev-list", "--first-parent", "HEAD"]).output();
        let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
        let listed: Vec<&str> = listed.lines().collect();
        let step = (listed.len() / ROUNDS).max(1);
        let pushes = listed.windows(PUSHED + 1).step_by(step);
        let ends = pushes.filter_map(|push| push.first().copied().zip(push.last().copied()));
        let mut took = [const { Vec::new() }; 5];
        let [start, show, first, push, score] = &mut took;
        for (tip, old) in ends {
            let told = format!("refs/heads/main {tip} refs/heads/main {old}\n");
            let range = format!("{old}..{tip}");
            start.push(timed(&mut self.git(&["version"]), "").0);
            show.push(timed(&mut self.git(&["log", "-p", "-U0", &range]), "").0);
            for push in [&mut *first, push] {
                push.push(timed(&mut self.guard(&["push", "origin", "there"]), &told).0);
            }
            score.push(timed(&mut self.guard(&["push", "--score", "origin", "there"]), &told).0);
        }
        println!("{} pushes of {PUSHED} first parents and what they merged:", push.len());
        let names =
            ["git version", "git log -p", "guard push, new", "guard push", "guard push --score"];
        for (name, took) in names.iter().zip(took) {
            println!("  {name}: {:.1} ms", middle(took).as_secs_f64() * 1e3);
        }
    }

    fn history(&self) {
        let repo = self.repo.display().to_string();
        let show = ["log", "-p", "--all", "--no-color"];
        for (name, remembers) in [("cold", false), ("cold", false), ("cold", false), ("warm", true)]
        {
            if !remembers {
                drop(fs::remove_dir_all(self.folder.join("cache")));
            }
            let (took, written) = timed(&mut self.guard(&["history", "--repo", &repo]), "");
            println!("  guard history, {name}: {:.2} s, {written} bytes", took.as_secs_f64());
        }
        let (took, written) = timed(&mut self.git(&show), "");
        println!("  git log -p --all: {:.2} s, {} MB", took.as_secs_f64(), written / 1_000_000);
    }
}

/// How long a process takes, and how much it writes.
fn timed(command: &mut Command, input: &str) -> (Duration, u64) {
    let start = Instant::now();
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = piped.spawn().unwrap();
    // It need not read anything.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    let written = std::io::copy(&mut child.stdout.take().unwrap(), &mut std::io::sink()).unwrap();
    child.wait().unwrap();
    (start.elapsed(), written)
}

fn middle(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    *took.get(took.len() / 2).unwrap()
}

fn made_up(folder: &Path) -> PathBuf {
    let mut builder = RepoBuilder::create(folder.join("repo")).unwrap();
    builder.import_large(Shape::CONTOUR).unwrap();
    builder.folder().to_owned()
}

/// Made-up terms of two words.
fn terms() -> String {
    let word = |mut state: u64| -> String {
        let letters = (0..9).map(|at| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let from: &[u8] = if at % 2 == 0 { b"bcdfghklmnprstvz" } else { b"aeiou" };
            let index = usize::try_from(state >> 33).unwrap() % from.len();
            char::from(*from.get(index).unwrap())
        });
        letters.collect()
    };
    let term = |number| format!("{} {}\n", word(2 * number), word(2 * number + 1));
    let terms = (0..TERMS).map(term);
    terms.collect()
}
