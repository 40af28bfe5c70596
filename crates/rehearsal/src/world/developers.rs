//! Those who write the fix and make the releases, on real git repositories.
//!
//! They prepare the fix in the private fork with backports on every line, push it to the public
//! branches when the team says so, and tag releases. Their words are plain: nothing that they
//! write says what the change is for.

mod clumsy;
mod inherited;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use git::fixture::RepoBuilder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Scene,
    record::Happened,
    setting::{MAIN, Setting},
    wire::{Outcome, Response, refused},
};

/// Looking at repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// The public repository.
    Public(String),
    /// A private fork, by its address.
    Private(String),
    /// The supported lines.
    Supported(String),
    /// The branch that holds a line.
    Branch(String),
}

/// What the team asks its developers and release managers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Write the fix, with a backport on every line.
    Prepare {
        /// The private fork's address; without one, the work is done in public.
        fork: Option<String>,
        /// Which bug.
        bug: Bug,
    },
    /// Bring what was prepared to the public branches of these lines.
    Land {
        /// The private fork's address.
        fork: String,
        /// The lines.
        lines: Vec<String>,
    },
    /// Push work that is not ready, under a name and with words of a developer's own, past the guard
    /// that stands before pushes.
    Push {
        /// The private fork's address.
        fork: String,
        /// The branch.
        branch: String,
        /// The commit's message.
        message: String,
        /// What the guard looks for, one term a line.
        terms: String,
    },
    /// Tag a release at the tip of a line's public branch.
    Release {
        /// The line.
        line: String,
        /// The version, without prefix.
        version: String,
    },
}

/// The bugs that the repository has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bug {
    /// Prefixes of routes match too much.
    Prefix,
    /// A header is read without a limit.
    Header,
    /// Whatever a real report says.
    Reported,
}

impl Bug {
    /// File, content before the fix, content after it, and the fix's plain subject line.
    fn change(self) -> [&'static str; 4] {
        match self {
            Self::Prefix | Self::Reported => {
                [PREFIX, PREFIX_BEFORE, PREFIX_AFTER, "Tidy prefix matching"]
            }
            Self::Header => [HEADER, HEADER_BEFORE, HEADER_AFTER, "Simplify header reading"],
        }
    }
}

const HEADER: &str = "internal/wire/header.go";
const HEADER_BEFORE: &str = "package wire

import \"bufio\"

// Header reads one header line.
func Header(r *bufio.Reader) (string, error) {
\treturn r.ReadString('\\n')
}
";
const HEADER_AFTER: &str = "package wire

import (
\t\"bufio\"
\t\"errors\"
)

// Header reads one header line.
func Header(r *bufio.Reader) (string, error) {
\tline, err := r.ReadSlice('\\n')
\tif errors.Is(err, bufio.ErrBufferFull) {
\t\treturn \"\", err
\t}
\treturn string(line), err
}
";
const PREFIX: &str = "internal/route/prefix.go";
const PREFIX_BEFORE: &str = "package route

import \"strings\"

// Matches says whether a request's path belongs to a route's prefix.
func Matches(prefix, path string) bool {
\treturn strings.HasPrefix(path, prefix)
}
";
const PREFIX_AFTER: &str = "package route

import \"strings\"

// Matches says whether a request's path belongs to a route's prefix.
func Matches(prefix, path string) bool {
\ttrimmed := strings.TrimSuffix(prefix, \"/\")
\tif path == trimmed {
\t\treturn true
\t}
\treturn strings.HasPrefix(path, trimmed+\"/\")
}
";

/// The repositories and the people around them.
#[derive(Debug)]
pub struct Developers {
    root: PathBuf,
    public: RepoBuilder,
    forks: BTreeMap<String, RepoBuilder>,
}

impl Developers {
    /// A public repository with a history, in `root`.
    pub(super) fn new(root: &Path, setting: &Setting) -> git::Result<Self> {
        if let Some(history) = &setting.history {
            let public = inherited::public(&root.join("public"), history)?;
            return Ok(Self { root: root.to_owned(), public, forks: BTreeMap::new() });
        }
        let mut public = RepoBuilder::create(root.join("public"))?;
        public.import(&history(setting))?;
        public.git(&["reset", "--quiet", "--hard", MAIN])?;
        Ok(Self { root: root.to_owned(), public, forks: BTreeMap::new() })
    }

    pub(super) fn look(&self, look: &Look, setting: &Setting) -> Outcome {
        match look {
            Look::Public(name) if *name == setting.repository => {
                Ok(Response::Folder(self.public.folder().to_owned()))
            }
            Look::Supported(name) if *name == setting.repository => {
                Ok(Response::Supported(setting.lines(), setting.main().to_owned()))
            }
            Look::Branch(line) => Ok(Response::Branch(setting.branch(line))),
            Look::Private(fork) => self
                .forks
                .get(fork)
                .map(|fork| Response::Folder(fork.folder().to_owned()))
                .ok_or_else(|| refused("404: no such repository")),
            _ => Err(refused("404: no such repository")),
        }
    }

    /// Clones the public repository into a private fork that has appeared.
    pub(super) fn fork(&mut self, url: &str, setting: &Setting) -> git::Result<()> {
        let folder = self.root.join(format!("fork-{}", self.forks.len().saturating_add(1)));
        if setting.history.is_some() {
            let fork = inherited::fork(&folder, &self.public.open()?)?;
            self.forks.insert(url.to_owned(), fork);
            return Ok(());
        }
        let fork = RepoBuilder::create(folder)?;
        let public = self.public.folder().to_string_lossy().into_owned();
        let heads = "+refs/heads/*:refs/heads/*";
        fork.git(&["fetch", "--quiet", "--update-head-ok", "--tags", &public, heads])?;
        fork.git(&["reset", "--quiet", "--hard", MAIN])?;
        self.forks.insert(url.to_owned(), fork);
        Ok(())
    }

    pub(super) fn handle(&mut self, call: &Call, scene: &mut Scene<'_>) -> Outcome {
        let history = scene.setting.history.as_ref();
        let done = match (call, history) {
            (Call::Prepare { fork, .. }, Some(history)) => {
                self.prepare_inherited(fork.as_deref(), history, scene)
            }
            (Call::Land { fork, lines }, Some(_)) => self.land_inherited(fork, lines, scene),
            (Call::Release { line, version }, Some(history)) => {
                self.release_inherited(line, version, history, scene)
            }
            (Call::Push { fork, branch, message, terms }, _) => {
                self.push_clumsily(fork, branch, message, terms, scene)
            }
            (Call::Prepare { fork, bug }, None) => self.prepare(fork.as_deref(), *bug, scene),
            (Call::Land { fork, lines }, None) => self.land(fork, lines, scene),
            (Call::Release { line, version }, None) => self.release(line, version, scene),
        };
        done.map_err(|error| refused(error.to_string()))
    }

    fn prepare(
        &mut self,
        fork: Option<&str>,
        bug: Bug,
        scene: &mut Scene<'_>,
    ) -> git::Result<Response> {
        let repo = match fork {
            Some(fork) => self.forks.get_mut(fork).ok_or_else(missing)?,
            None => &mut self.public,
        };
        let [file, _, after, message] = bug.change();
        repo.at(scene.at.as_second()).author("Bea Builder", "bea@signpost.example");
        repo.checkout(MAIN)?;
        let fix = repo.commit_file(file, after, message)?.to_string();
        let mut commits = BTreeMap::from([(MAIN.to_owned(), vec![fix.clone()])]);
        for (line, _) in &scene.setting.supported {
            repo.checkout(&scene.setting.branch(line))?;
            let picked = repo.cherry_pick(&fix, true)?.to_string();
            commits.insert(line.clone(), vec![picked]);
        }
        for (line, made) in &commits {
            scene.note(
                "repository",
                Happened::Pushed {
                    public: fork.is_none(),
                    line: line.clone(),
                    commits: made.clone(),
                    messages: vec![message.to_owned()],
                },
            );
        }
        Ok(Response::Commits(commits))
    }

    /// Merges where the public branch has moved on, so that the commits keep their names.
    fn land(
        &mut self,
        fork: &str,
        lines: &[String],
        scene: &mut Scene<'_>,
    ) -> git::Result<Response> {
        let source = self.forks.get(fork).ok_or_else(missing)?.folder().to_owned();
        self.public.at(scene.at.as_second()).author("Rob Release", "rob@signpost.example");
        let mut landed = BTreeMap::new();
        for line in lines {
            let branch = scene.setting.branch(line);
            let before = self.public.git(&["rev-parse", &branch])?;
            let from = source.to_string_lossy();
            self.public.git(&["fetch", "--quiet", &from, &format!("refs/heads/{branch}")])?;
            self.public.checkout(&branch)?;
            let ahead = self.public.git(&["rev-list", "--count", "FETCH_HEAD..HEAD"])?;
            if ahead == "0" {
                self.public.git(&["merge", "--quiet", "--ff-only", "FETCH_HEAD"])?;
            } else {
                self.public.merge("FETCH_HEAD", None, "Merge branch")?;
            }
            let range = format!("{before}..{branch}");
            let log = self.public.git(&["log", "--reverse", "--format=%H %s", &range])?;
            let (commits, messages): (Vec<String>, Vec<String>) = log
                .lines()
                .filter_map(|entry| entry.split_once(' '))
                .map(|(id, subject)| (id.to_owned(), subject.to_owned()))
                .unzip();
            landed.insert(line.clone(), commits.clone());
            scene.note(
                "repository",
                Happened::Pushed { public: true, line: line.clone(), commits, messages },
            );
        }
        Ok(Response::Commits(landed))
    }

    fn release(
        &mut self,
        line: &str,
        version: &str,
        scene: &mut Scene<'_>,
    ) -> git::Result<Response> {
        let (branch, tag) = (scene.setting.branch(line), format!("v{version}"));
        let notes = format!("{tag}\n\nBug fixes and dependency updates.");
        self.public.at(scene.at.as_second()).author("Rob Release", "rob@signpost.example");
        self.public.annotated_tag(&tag, &branch, &notes)?;
        let commit = self.public.git(&["rev-parse", &format!("{tag}^{{commit}}")])?;
        let (line, version) = (line.to_owned(), version.to_owned());
        scene.note("repository", Happened::Released { line, version, tag, commit, notes });
        Ok(Response::Done)
    }
}

fn missing() -> git::Error {
    git::Error::Refused { what: "fork".into(), words: "there is no such private fork".into() }
}

/// A history with a branch for every minor, as a stream for `git fast-import`: years of work in
/// one call.
fn history(setting: &Setting) -> String {
    let mut minors: Vec<&(String, String)> =
        setting.supported.iter().chain(std::iter::once(&setting.retired)).collect();
    minors.sort_by_key(|(line, _)| number(line, 1));
    let mut stream = Stream::new(setting.begins);
    stream.commit(
        MAIN,
        None,
        "Import the proxy",
        &[
            ("README.md", "# Signpost\n\nAn ingress controller for drills.\n"),
            ("go.mod", &format!("module {}\n", setting.package)),
            (PREFIX, PREFIX_BEFORE),
            (HEADER, HEADER_BEFORE),
        ],
    );
    for (line, latest) in minors {
        let feature = format!("internal/feature/v{}.go", line.replace('.', "_"));
        let start = stream.commit(
            MAIN,
            None,
            &format!("Add what {line} brings"),
            &[(&feature, "package feature\n")],
        );
        stream.tag(&format!("v{line}.0"), start);
        let mut tip = start;
        for patch in 1..=number(latest, 2) {
            let notes = format!("changelogs/{line}.{patch}.md");
            let from = (tip == start).then_some(start);
            tip = stream.commit(
                &format!("release-{line}"),
                from,
                &format!("Prepare {line}.{patch}"),
                &[(&notes, "Dependency updates.\n")],
            );
            stream.tag(&format!("v{line}.{patch}"), tip);
        }
        if tip == start {
            stream.point(&format!("release-{line}"), start);
        }
    }
    stream.commit(MAIN, None, "Document the admin interface", &[("docs/admin.md", "# Admin\n")]);
    stream.text
}

/// The `nth` number of a version.
fn number(version: &str, nth: usize) -> u32 {
    version.split('.').nth(nth).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Writes a `git fast-import` stream; each commit is three weeks after the one before.
struct Stream {
    text: String,
    marks: u32,
    now: i64,
}

impl Stream {
    const STEP: i64 = 21 * 24 * 3600;

    fn new(end: Timestamp) -> Self {
        Self { text: String::new(), marks: 0, now: end.as_second() - 30 * Self::STEP }
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(text);
    }

    fn commit(
        &mut self,
        branch: &str,
        from: Option<u32>,
        message: &str,
        files: &[(&str, &str)],
    ) -> u32 {
        self.marks += 1;
        self.now += Self::STEP;
        let (mark, now) = (self.marks, self.now);
        self.push(format_args!(
            "commit refs/heads/{branch}\nmark :{mark}\nauthor Ada Example <ada@signpost.example> \
             {now} +0000\ncommitter Ada Example <ada@signpost.example> {now} +0000\ndata {}\n\
             {message}\n",
            message.len()
        ));
        if let Some(from) = from {
            self.push(format_args!("from :{from}\n"));
        }
        for (path, content) in files {
            self.push(format_args!("M 100644 inline {path}\ndata {}\n{content}\n", content.len()));
        }
        self.push(format_args!("\n"));
        mark
    }

    fn point(&mut self, branch: &str, at: u32) {
        self.push(format_args!("reset refs/heads/{branch}\nfrom :{at}\n\n"));
    }

    fn tag(&mut self, name: &str, at: u32) {
        let now = self.now;
        self.push(format_args!(
            "tag {name}\nfrom :{at}\ntagger Rob Release <rob@signpost.example> {now} +0000\n\
             data {}\n{name}\n",
            name.len()
        ));
    }
}
