//! The readiness matrix in words: for every supported line, how far its patch release has come.

use case::{
    event::LineVerdict,
    readiness::{self, Answer, Fact, Readiness, Standing},
};
use engine::{
    Engine, Freshness,
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
    tables: Vec<Table>,
    repositories: Vec<Sighted>,
}

/// How a repository can be seen from here, where its mirror lies on this machine.
#[derive(Debug, Serialize)]
pub(crate) struct Sighted {
    name: String,
    /// Why nothing can be told of it now.
    trouble: Option<String>,
    fetched_at: Option<Moment>,
    lines: Vec<String>,
    /// How the house keeps it fresh, if it does.
    fresh: Option<FreshView>,
}

/// How the house keeps a mirror fresh.
#[derive(Debug, Serialize)]
pub(crate) struct FreshView {
    fetching: bool,
    /// Why the last fetch failed.
    trouble: Option<String>,
    since: Moment,
}

impl FreshView {
    pub(crate) fn new(fresh: Freshness, now: Timestamp) -> Self {
        let Freshness { fetching, trouble, since, .. } = fresh;
        Self { fetching, trouble, since: Moment::new(since, now) }
    }
}

impl Sighted {
    /// Looks; `None` where there is nothing to say.
    pub(crate) fn new(engine: &Engine, repository: Repository<'_>, now: Timestamp) -> Option<Self> {
        let of = |trouble, fetched_at, lines| {
            let fresh = engine.freshness(repository).map(|fresh| FreshView::new(fresh, now));
            Some(Self { name: repository.name.to_owned(), trouble, fetched_at, lines, fresh })
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

/// One line, in a few words.
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
    /// Where it stands.
    standing: Cell,
    /// Facts that apply to it.
    facts: usize,
    /// Those of them that nobody has seen or told.
    open: Vec<&'static str>,
}

/// Every fact about the lines of one repository.
#[derive(Debug, Serialize)]
struct Table {
    repository: String,
    lines: Vec<Head>,
    facts: Vec<FactRow>,
}

#[derive(Debug, Serialize)]
struct Head {
    name: String,
    default_branch: bool,
    verdict: Option<String>,
    standing: Cell,
}

#[derive(Debug, Serialize)]
struct FactRow {
    name: &'static str,
    /// One for each line; none where it gets no fix.
    cells: Vec<Option<Cell>>,
}

/// A cell: a mark, never colour alone, and the words.
#[derive(Debug, Serialize)]
pub(crate) struct Cell {
    pub(crate) mark: &'static str,
    pub(crate) text: String,
}

impl Cell {
    pub(crate) fn new(mark: &'static str, text: impl Into<String>) -> Self {
        Self { mark, text: text.into() }
    }

    fn standing(standing: &Standing) -> Self {
        let (mark, text) = match standing {
            Standing::Unknown => ("waiting", "unknown".to_owned()),
            Standing::NotAffected => ("off", "not affected".into()),
            Standing::EndOfLife => ("off", "end of life".into()),
            Standing::Vulnerable => ("ready", "vulnerable".into()),
            Standing::PreparedPrivately => ("waiting", "prepared privately".into()),
            Standing::MergedUntagged => ("waiting", "merged, untagged".into()),
            Standing::Merged => ("done", "merged".into()),
            Standing::FixedIn(version) => ("done", format!("fixed in {version}")),
            Standing::Partial { version, found, of } => {
                ("overdue", format!("partial: {version} has {found}/{of}"))
            }
            Standing::Reverted { version, by } => {
                let by = readiness::names(by);
                let text = match version {
                    Some(version) => format!("reverted: {version} lost the fix to {by}"),
                    None => format!("reverted: the branch lost the fix to {by}"),
                };
                ("overdue", text)
            }
            Standing::Mismatch { version } => {
                let why = "its history has the fix, its files do not";
                ("overdue", format!("content mismatch: {version}, {why}"))
            }
            Standing::Untold { version } => {
                ("ready", format!("unknown: {version} cannot be judged"))
            }
            Standing::Missed { version } => {
                ("overdue", format!("vulnerable: {version} came out without the fix"))
            }
        };
        Self::new(mark, text)
    }

    fn answer(answer: &Answer<'_>) -> Self {
        match answer {
            Answer::Seen(what) => Self::new("done", what),
            Answer::Told(told) => Self::new(
                "done",
                format!("told by {}: {}; seen at {}", told.name, told.note, told.place),
            ),
            Answer::NotYet => Self::new("waiting", "not yet"),
            Answer::Wrong(what) => Self::new("overdue", what),
            Answer::Doubtful(what) => Self::new("ready", what),
            Answer::Untold(why) => Self::new("waiting", format!("cannot be told: {why}")),
            Answer::Needless(why) => Self::new("off", *why),
        }
    }
}

/// The matrix of a case.
pub(crate) fn matrix(desk: &Desk<'_>) -> Matrix {
    let repositories = desk.case.policy.repositories.iter().filter_map(|name| {
        let repository = Repository { name, clone: desk.view.clones.get(name) };
        Sighted::new(&desk.visit.hall.engine, repository, desk.view.now)
    });
    let lines = readiness::matrix(desk.case);
    let of_one = lines.chunk_by(|a, b| a.key.repository == b.key.repository);
    Matrix {
        rows: lines.iter().map(row).collect(),
        tables: of_one.filter_map(table).collect(),
        repositories: repositories.collect(),
    }
}

/// Where a line stands; a fix that reads otherwise than the original says so until it was reviewed.
fn standing(of: &Readiness<'_>) -> Cell {
    let Cell { mark, text } = Cell::standing(&of.standing);
    let mut same = of.facts.iter().filter(|(fact, _)| *fact == Fact::Same);
    if same.any(|(_, answer)| matches!(answer, Answer::Doubtful(_))) {
        Cell::new(if mark == "done" { "ready" } else { mark }, text + ", adapted")
    } else {
        Cell { mark, text }
    }
}

fn row(of: &Readiness<'_>) -> Row {
    let (kind, version, why) = match &of.line.verdict {
        None => ("", String::new(), String::new()),
        Some(LineVerdict::Patch { version }) => {
            ("patch", version.clone().unwrap_or_default(), String::new())
        }
        Some(LineVerdict::NotAffected { why }) => ("not-affected", String::new(), why.clone()),
        Some(LineVerdict::EndOfLife { why }) => ("end-of-life", String::new(), why.clone()),
    };
    let is_open = |answer: &Answer<'_>| {
        !matches!(answer, Answer::Seen(_) | Answer::Told(_) | Answer::Needless(_))
    };
    let open = of.facts.iter().filter(|(_, answer)| is_open(answer));
    Row {
        line: of.key.to_string(),
        default_branch: of.line.default_branch,
        verdict: of.line.verdict.as_ref().map(words::line_verdict),
        kind,
        version,
        why,
        standing: standing(of),
        facts: of.facts.iter().filter(|(_, a)| !matches!(a, Answer::Needless(_))).count(),
        open: open.map(|(fact, _)| fact.name()).collect(),
    }
}

/// The default branch first, then as they are named.
fn table(lines: &[Readiness<'_>]) -> Option<Table> {
    let mut lines: Vec<&Readiness<'_>> = lines.iter().collect();
    lines.sort_by_key(|of| !of.line.default_branch);
    let head = |of: &&Readiness<'_>| Head {
        name: of.key.line.clone(),
        default_branch: of.line.default_branch,
        verdict: of.line.verdict.as_ref().map(words::line_verdict),
        standing: standing(of),
    };
    let cell = |of: &Readiness<'_>, fact: Fact| {
        let found = of.facts.iter().find(|(known, _)| *known == fact);
        found.map(|(_, answer)| Cell::answer(answer))
    };
    let facts = Fact::ALL.map(|fact| FactRow {
        name: fact.name(),
        cells: lines.iter().map(|of| cell(of, fact)).collect(),
    });
    let any = lines.iter().any(|of| !of.facts.is_empty());
    Some(Table {
        repository: lines.first()?.key.repository.clone(),
        lines: lines.iter().map(head).collect(),
        facts: facts.into_iter().filter(|_| any).collect(),
    })
}
