//! Where the fix is worked on in private, which lines have it there, and how that is named. Only what the
//! case calls its own is shown.

use std::collections::BTreeMap;

use case::{
    Command, LineKey, PrivateWork, event::Decision, readiness, rights::Permission, state::Fix,
};
use engine::{Prepared, PrivateSight};
use serde::Serialize;

use crate::{
    desk::Desk,
    fields::Fields,
    time::Moment,
    view::readiness::{Cell, FreshView},
};

/// The private repositories of a case.
#[derive(Serialize)]
pub(super) struct PrivateView {
    /// This house has mirrors of private repositories; those of drills are read without.
    reads: bool,
    live: bool,
    /// The viewer may name them.
    may: bool,
    /// The folder that a project's mirrors lie in.
    project: String,
    repositories: Vec<RepositoryView>,
}

#[derive(Serialize)]
struct RepositoryView {
    repository: String,
    mirror: Option<String>,
    trouble: Option<String>,
    fetched_at: Option<Moment>,
    fresh: Option<FreshView>,
    lines: Vec<LineView>,
    /// Lines that nobody has prepared yet.
    lacking: Vec<String>,
}

#[derive(Serialize)]
struct LineView {
    name: String,
    branch: String,
    state: Cell,
}

impl PrivateView {
    pub(super) fn new(desk: &Desk<'_>) -> Self {
        let engine = &desk.visit.hall.engine;
        let mut known: BTreeMap<String, Prepared> =
            engine.prepared(desk.view).into_iter().map(|it| (it.repository.clone(), it)).collect();
        let repositories = desk.case.policy.repositories.iter();
        let repositories = repositories.map(|name| view(desk, name, known.remove(name))).collect();
        let reads = engine.reads_private();
        Self {
            reads,
            live: desk.visit.hall.live(),
            may: reads && desk.may(Permission::Coordinate),
            project: desk.case.project.to_string(),
            repositories,
        }
    }
}

fn view(desk: &Desk<'_>, name: &str, known: Option<Prepared>) -> RepositoryView {
    let lines = || desk.case.to_patch().filter(|(key, ..)| key.repository == name);
    let line = |(key, line, _): (&LineKey, &case::state::Line, _)| {
        let branch = known.as_ref().and_then(|it| it.work.branches.get(&key.line));
        let seen = known.as_ref().and_then(|it| it.seen.as_ref().ok());
        LineView {
            name: key.line.clone(),
            state: state(&line.fix, branch, seen),
            branch: branch.cloned().unwrap_or_default(),
        }
    };
    let lacks = |fix: &Fix| fix.public.is_empty() && fix.private.is_empty();
    let lacking = lines().filter(|(_, line, _)| lacks(&line.fix)).map(|(key, ..)| key.to_string());
    let (lacking, lines) = (lacking.collect(), lines().map(line).collect());
    let Some(Prepared { repository, work, seen, fresh }) = known else {
        let repository = name.to_owned();
        let (mirror, trouble, fetched_at, fresh) = (None, None, None, None);
        return RepositoryView { repository, mirror, trouble, fetched_at, fresh, lines, lacking };
    };
    let (trouble, fetched_at) = match seen {
        Ok(sight) => (None, Some(desk.moment(sight.fetched_at))),
        Err(why) => (Some(why), None),
    };
    let fresh = fresh.map(|fresh| FreshView::new(fresh, desk.view.now));
    let mirror = Some(work.mirror);
    RepositoryView { repository, mirror, trouble, fetched_at, fresh, lines, lacking }
}

/// What is recorded is what counts; what is there now is said beside it.
fn state(fix: &Fix, branch: Option<&String>, seen: Option<&PrivateSight>) -> Cell {
    let there = |branch: &String| seen.is_none_or(|seen| seen.branches.contains(branch));
    match branch {
        _ if !fix.public.is_empty() => Cell::new("off", "public by now"),
        None => Cell::new("waiting", "no branch is named"),
        Some(branch) if !there(branch) && !fix.private.is_empty() => {
            Cell::new("overdue", "the branch was there, and is there no more")
        }
        Some(branch) if !there(branch) => Cell::new("waiting", "there is no such branch yet"),
        Some(_) if fix.declared.is_empty() => {
            Cell::new("waiting", "nobody has said which commits the fix is")
        }
        Some(_) if fix.private.is_empty() => Cell::new("waiting", "the fix is not on it"),
        Some(_) => Cell::new("done", format!("has {}", readiness::names(&fix.private))),
    }
}

/// What a form calls the case's own; an empty name of the mirror: nothing any more.
pub(super) fn named(desk: &Desk<'_>, fields: &Fields) -> Command {
    let repository = fields.text("repository").to_owned();
    let lines = desk.case.to_patch().filter(|(key, ..)| key.repository == repository);
    let branches = lines.filter_map(|(key, ..)| {
        Some((key.line.clone(), fields.optional(&format!("branch {}", key.line))?))
    });
    let branches = branches.collect();
    let work = fields.optional("mirror").map(|mirror| PrivateWork { mirror, branches });
    Command::Decide(Box::new(Decision::PrivateWork { repository, work }))
}
