//! The readiness matrix: for every supported line, how far its patch release has come.

use case::{
    event::LineVerdict,
    state::{Line, Words},
};
use engine::{
    Engine,
    ports::{Repository, Sight},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{desk::Desk, time::Moment, words};

/// The matrix, and how its repositories can be seen from here.
#[derive(Debug, Serialize)]
pub(crate) struct Matrix {
    /// Its lines, in the order of their names.
    pub(crate) rows: Vec<Row>,
    repositories: Vec<Sighted>,
}

/// How a repository can be seen from here, where the house does not fetch it itself.
#[derive(Debug, Serialize)]
pub(crate) struct Sighted {
    name: String,
    /// Why nothing can be told of it now.
    trouble: Option<String>,
    fetched_at: Option<Moment>,
    lines: Vec<String>,
}

impl Sighted {
    /// Looks; `None` where there is nothing to say.
    pub(crate) fn new(engine: &Engine, repository: Repository<'_>, now: Timestamp) -> Option<Self> {
        let of = |trouble, fetched_at, lines| {
            Some(Self { name: repository.name.to_owned(), trouble, fetched_at, lines })
        };
        match engine.sight(repository) {
            Ok(sight) => {
                let Sight { lines, fetched_at } = sight?;
                of(None, Some(Moment::new(fetched_at, now)), lines)
            }
            Err(why) => of(Some(why.words().to_owned()), None, Vec::new()),
        }
    }
}

/// One line of the matrix.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// `repository#line`.
    pub(crate) line: String,
    /// It is the default branch.
    pub(crate) default_branch: bool,
    /// The verdict, or none yet.
    pub(crate) verdict: Option<String>,
    /// Which kind of verdict, for forms: `patch`, `not-affected`, `end-of-life` or empty.
    pub(crate) kind: &'static str,
    /// The planned version.
    pub(crate) version: String,
    /// Why the line gets no patch.
    pub(crate) why: String,
    /// It gets the fix: the cells after this one mean something.
    pub(crate) patched: bool,
    /// Fix in a person's word.
    pub(crate) declared: Cell,
    /// Fix seen in the private fork.
    pub(crate) private: Cell,
    /// Fix seen in public.
    pub(crate) public: Cell,
    /// What the guard says of the public words.
    pub(crate) words: Cell,
    /// A release that contains the fix.
    pub(crate) release: Cell,
}

/// A cell: a mark, never colour alone, and the words.
#[derive(Debug, Serialize)]
pub(crate) struct Cell {
    pub(crate) mark: &'static str,
    pub(crate) text: String,
}

impl Cell {
    fn new(mark: &'static str, text: impl Into<String>) -> Self {
        Self { mark, text: text.into() }
    }

    fn commits(commits: &[String]) -> Self {
        match commits {
            [] => Self::new("waiting", "not yet"),
            [one] => Self::new("done", short(one)),
            [one, ..] => {
                Self::new("done", format!("{} and {} more", short(one), commits.len() - 1))
            }
        }
    }
}

/// A commit id as people write it.
fn short(commit: &str) -> String {
    commit.chars().take(10).collect()
}

/// The matrix of a case.
pub(crate) fn matrix(desk: &Desk<'_>) -> Matrix {
    let repositories = desk.case.policy.repositories.iter().filter_map(|name| {
        let repository = Repository { name, clone: desk.view.clones.get(name) };
        Sighted::new(&desk.visit.hall.engine, repository, desk.view.now)
    });
    Matrix {
        rows: desk.supported().map(|(key, line)| row(key.to_string(), line)).collect(),
        repositories: repositories.collect(),
    }
}

fn row(name: String, line: &Line) -> Row {
    let (kind, version, why) = match &line.verdict {
        None => ("", String::new(), String::new()),
        Some(LineVerdict::Patch { version }) => {
            ("patch", version.clone().unwrap_or_default(), String::new())
        }
        Some(LineVerdict::NotAffected { why }) => ("not-affected", String::new(), why.clone()),
        Some(LineVerdict::EndOfLife { why }) => ("end-of-life", String::new(), why.clone()),
    };
    Row {
        line: name,
        default_branch: line.default_branch,
        verdict: line.verdict.as_ref().map(words::line_verdict),
        kind,
        version,
        why,
        patched: kind == "patch",
        declared: Cell::commits(&line.fix.declared),
        private: Cell::commits(&line.fix.private),
        public: Cell::commits(&line.fix.public),
        words: said(line.words.as_ref()),
        release: release(line),
    }
}

fn said(words: Option<&Words>) -> Cell {
    match words {
        None => Cell::new("waiting", "not read yet"),
        Some(words) if !words.blocks.is_empty() => Cell::new("overdue", words.blocks.join("; ")),
        Some(words) if !words.warnings.is_empty() => {
            Cell::new("ready", format!("look at: {}", words.warnings.join("; ")))
        }
        Some(words) => Cell::new("done", format!("{} read, nothing tells", words.read.len())),
    }
}

fn release(line: &Line) -> Cell {
    if line.default_branch {
        return Cell::new("off", "has no release of its own");
    }
    match (line.fixed_in(), line.releases.last()) {
        (Some(release), _) => Cell::new("done", format!("{} contains the fix", release.version)),
        (None, Some(latest)) if latest.contains_fix == Some(false) => {
            Cell::new("overdue", format!("{} does not contain the fix", latest.version))
        }
        (None, Some(latest)) => Cell::new("ready", format!("{}: not to be told", latest.version)),
        (None, None) => Cell::new("waiting", "not yet"),
    }
}
