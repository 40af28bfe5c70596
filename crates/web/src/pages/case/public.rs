//! What a stranger can see now: the case's words in public repositories, by place and reason.

use case::Role;
use engine::Shown;
use serde::Serialize;

use super::{Tab, no_such_form};
use crate::{
    desk::Desk,
    fields::{Fields, Read},
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

#[derive(Serialize)]
struct Content {
    /// It says where reporters are named, which others of the case may not know.
    team: bool,
    broken: bool,
    public: bool,
    repositories: Vec<ShownView>,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let team = desk.view.roles.contains(&Role::Team);
    let shown = team.then(|| desk.visit.hall.engine.stranger(desk.view));
    let broken = matches!(shown, Some(Err(_)));
    let shown = shown.and_then(Result::ok).unwrap_or_default();
    minijinja::Value::from_serialize(Content {
        team,
        broken,
        public: desk.case.facts.is_public(),
        repositories: shown.into_iter().map(repository).collect(),
    })
}

fn repository(shown: Shown) -> ShownView {
    let Shown { repository, read: (names, commits), sights, unread } = shown;
    let sights = sights.into_iter().map(|sight| {
        let (mark, weight) = if sight.grave {
            ("overdue", "gives it away")
        } else {
            ("waiting", "makes people look")
        };
        SightView { mark, weight, place: sight.place, why: sight.why }
    });
    ShownView { repository, names, commits, unread, sights: sights.collect() }
}

/// There is nothing to send here: what is public is changed where it stands.
fn read(_: &Desk<'_>, _: &Fields) -> Read<Vec<case::Command>> {
    Err(no_such_form())
}
