//! What stands in public while nobody is to know: what the house has seen by itself and a person says of
//! it, and what a stranger can see now, by place and reason.

use case::{
    Command, Role,
    event::Decision,
    rights::Permission,
    sighting::{Answered, Sighted},
};
use engine::{Shown, Sight, Unpushed};
use serde::Serialize;

use super::{Tab, no_such_form};
use crate::{
    desk::Desk,
    fields::{Fields, Read, bad},
    time::Moment,
    view::feeds::{self, FeedView},
    words,
};

pub(super) const TAB: Tab =
    Tab { slug: "public", title: "In public", template: "case/public.html", content, read };

#[derive(Serialize)]
struct SightView {
    mark: &'static str,
    weight: &'static str,
    place: String,
    why: String,
}

#[derive(Serialize)]
struct ShownView {
    repository: String,
    names: usize,
    commits: usize,
    unread: Option<String>,
    sights: Vec<SightView>,
}

/// A private branch, and what of it would be seen in public.
#[derive(Serialize)]
struct UnpushedView {
    line: String,
    branch: String,
    commits: usize,
    /// Only the latest commits were read.
    cut: bool,
    unread: Option<String>,
    sights: Vec<SightView>,
}

/// Words of the case that the house has seen.
#[derive(Serialize)]
struct SightedView {
    thing: String,
    spot: &'static str,
    mark: &'static str,
    state: &'static str,
    place: String,
    found: Vec<String>,
    at: Moment,
    /// What was read is kept here.
    kept: bool,
    answered: Option<AnsweredView>,
    may_answer: bool,
}

#[derive(Serialize)]
struct AnsweredView {
    by: String,
    at: Moment,
    reason: String,
}

/// Where the house looks by itself.
#[derive(Serialize)]
struct Watched {
    repositories: Vec<String>,
    ears: Vec<String>,
    feeds: Vec<FeedView>,
    /// Where an address is named; a drill's project has no page.
    page: Option<String>,
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one thing is shown")]
struct Content {
    /// It says where reporters are named, which others of the case may not know.
    team: bool,
    broken: bool,
    public: bool,
    secret: bool,
    sighted: Vec<SightedView>,
    /// What the playbook asks next if the bug is public; none when nothing was seen.
    then: Vec<(String, &'static str)>,
    watched: Option<Watched>,
    repositories: Vec<ShownView>,
    /// What is named in private, before somebody pushes it.
    unpushed: Vec<UnpushedView>,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let team = desk.view.roles.contains(&Role::Team);
    let shown = team.then(|| desk.visit.hall.engine.stranger(desk.view));
    let watched = team.then(|| watched(desk));
    let unpushed = team.then(|| desk.visit.hall.engine.unpushed(desk.view));
    let broken = matches!(shown, Some(Err(_)))
        || matches!(unpushed, Some(Err(_)))
        || matches!(watched, Some(None));
    let unpushed = unpushed.and_then(Result::ok).unwrap_or_default();
    let shown = shown.and_then(Result::ok).unwrap_or_default();
    minijinja::Value::from_serialize(Content {
        team,
        broken,
        public: desk.case.facts.is_public(),
        secret: desk.case.is_secret(),
        sighted: sighted(desk),
        then: if team { then(desk) } else { Vec::new() },
        watched: watched.flatten(),
        repositories: shown.into_iter().map(repository).collect(),
        unpushed: unpushed.into_iter().map(before_a_push).collect(),
    })
}

/// What waits for an answer comes first, and then the latest.
fn sighted(desk: &Desk<'_>) -> Vec<SightedView> {
    let waits = |seen: &Sighted| seen.answered.is_none() && desk.case.is_secret();
    let mut all: Vec<&Sighted> = desk.case.sightings.iter().rev().collect();
    all.sort_by_key(|seen| !waits(seen));
    let view = |seen: &Sighted| {
        let Sighted { sighting, at, answered } = seen;
        let (mark, state) = match answered {
            None if waits(seen) => ("overdue", "a person must say what this is"),
            None => ("off", "nobody said what it was before it did not matter any more"),
            Some(Answered { leak: true, .. }) => ("ready", "it gives the case away"),
            Some(Answered { leak: false, .. }) => ("off", "set aside"),
        };
        SightedView {
            thing: sighting.thing.to_string(),
            spot: sighting.spot.name(),
            mark,
            state,
            place: sighting.place.clone(),
            found: sighting.rules.iter().map(|rule| words::found_by(rule).to_owned()).collect(),
            at: desk.moment(*at),
            kept: sighting.evidence.is_some(),
            answered: answered.as_ref().map(|answer| AnsweredView {
                by: desk.names.actor(answer.by),
                at: desk.moment(answer.at),
                reason: answer.reason.clone(),
            }),
            may_answer: waits(seen) && desk.may(Permission::Coordinate),
        }
    };
    all.into_iter().map(view).collect()
}

fn then(desk: &Desk<'_>) -> Vec<(String, &'static str)> {
    if desk.case.open_sightings().next().is_none() {
        return Vec::new();
    }
    let next = desk.visit.hall.engine.were_it_public(desk.view).unwrap_or_default();
    next.into_iter().map(|(title, role)| (title, words::role(role))).collect()
}

fn watched(desk: &Desk<'_>) -> Option<Watched> {
    let (engine, project) = (&desk.visit.hall.engine, desk.case.project);
    let ears = engine.ears().ok()?.into_iter();
    let name = &engine.project(project).ok()?.policy.project;
    Some(Watched {
        repositories: desk.case.policy.repositories.clone(),
        ears: ears
            .filter(|(_, by)| by.contains(&project))
            .map(|(address, _)| address.to_string())
            .collect(),
        feeds: feeds::of(engine, name, desk.view.now),
        page: desk.visit.hall.live().then(|| format!("/project/{project}#listens")),
    })
}

fn repository(shown: Shown) -> ShownView {
    let Shown { repository, read: (names, commits), sights, unread } = shown;
    let sights = sights.into_iter().map(SightView::from).collect();
    ShownView { repository, names, commits, unread, sights }
}

fn before_a_push(unpushed: Unpushed) -> UnpushedView {
    let cut = unpushed.is_cut();
    let Unpushed { line, branch, read } = unpushed;
    let (commits, sights, unread) = match read {
        Ok((commits, sights)) => (commits, sights, None),
        Err(why) => (0, Vec::new(), Some(why)),
    };
    let sights = sights.into_iter().map(SightView::from).collect();
    UnpushedView { line, branch, commits, cut, unread, sights }
}

impl From<Sight> for SightView {
    fn from(sight: Sight) -> Self {
        let (mark, weight) = if sight.grave {
            ("overdue", "gives it away")
        } else {
            ("waiting", "makes people look")
        };
        Self { mark, weight, place: sight.place, why: sight.why }
    }
}

/// What is public is changed where it stands; here somebody says what was seen.
fn read(_: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    if fields.form() != "sighting" {
        return Err(no_such_form());
    }
    let leak = match fields.text("what") {
        "leak" => true,
        "aside" => false,
        _ => return Err(bad("nothing says what it is", "choose one")),
    };
    let reason = fields.text("reason").to_owned();
    let thing = fields.parsed("thing", "Sighting")?;
    Ok(vec![Command::Decide(Box::new(Decision::Sighting { thing, leak, reason }))])
}
