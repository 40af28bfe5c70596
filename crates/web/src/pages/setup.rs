//! Setting a project up: its name, its playbook, its repositories and its lists.

use std::collections::BTreeMap;

use axum::response::{Html, IntoResponse, Redirect, Response};
use case::{
    Refusal,
    notice::{Audience, ListProfile, Posting},
};
use engine::{Contact, EngineError};
use playbook::{Playbook, Settings};
use serde::Serialize;

use super::case::contact;
use crate::{
    blocking::blocking,
    fault::Fault,
    fields::{Fields, Read, bad},
    visit::Visit,
};

const TEMPLATE: &str = "setup.html";
const TITLE: &str = "Set up a project";

#[derive(Serialize)]
struct PlaybookView {
    name: String,
    title: String,
    steps: usize,
}

#[derive(Serialize)]
struct Content {
    me: Contact,
    playbooks: Vec<PlaybookView>,
}

fn content(visit: &Visit) -> Result<Content, Fault> {
    let known = visit.hall.engine.contact(visit.person)?;
    let me = known.unwrap_or(Contact { name: String::new(), mailbox: None, login: None });
    let view = |p: &Playbook| PlaybookView {
        name: p.name().to_owned(),
        title: p.title().to_owned(),
        steps: p.steps().len(),
    };
    let mut playbooks: Vec<_> = visit.hall.engine.playbooks().map(view).collect();
    playbooks.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Content { me, playbooks })
}

/// The form.
pub(crate) async fn show(visit: Visit) -> Result<Html<String>, Fault> {
    blocking(move || visit.hall.show(TEMPLATE, TITLE, content(&visit)?)).await
}

/// Sets the project up, with the visitor as the first member of its team.
pub(crate) async fn send(visit: Visit, fields: Fields) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || match set_up(&visit, &fields)? {
        Ok(project) => Ok(Redirect::to(&format!("/project/{project}")).into_response()),
        Err(refusal) => {
            visit.hall.show_refused(TEMPLATE, TITLE, content(&visit)?, &fields, &refusal)
        }
    })
    .await
}

fn set_up(visit: &Visit, fields: &Fields) -> Result<Result<case::ProjectId, Refusal>, Fault> {
    let engine = &visit.hall.engine;
    let chosen = engine.playbooks().find(|p| p.name() == fields.text("playbook"));
    let read = || -> Read<_> {
        let playbook = chosen.ok_or_else(|| bad("no playbook is chosen", "choose one"))?;
        Ok((contact(fields)?, playbook, settings(fields)?))
    };
    let (me, playbook, settings) = match read() {
        Ok(read) => read,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut policy = playbook.policy(&settings);
    // A playbook may name the lists of the project that it was written for. Mail goes to no list
    // whose address nobody here has typed.
    policy.lists.clone_from(&settings.lists);
    let done = engine.change_contact(visit.person, &me).and_then(|()| {
        engine.create_project(visit.person, &policy, &playbook.pin(), fields.command("setup"))
    });
    match done {
        Ok(project) => Ok(Ok(project)),
        Err(EngineError::Invalid(why)) => Ok(Err(bad(why, "change it"))),
        Err(other) => Err(other.into()),
    }
}

fn settings(fields: &Fields) -> Read<Settings> {
    let mut lists = BTreeMap::new();
    for (name, audience) in [("distributors", Audience::Distributors), ("users", Audience::Users)] {
        if let Some(profile) = list(fields, name, audience)? {
            lists.insert(name.to_owned(), profile);
        }
    }
    let repositories = fields.words("repositories");
    if repositories.is_empty() {
        return Err(bad("“Repositories” is empty", "name at least one"));
    }
    Ok(Settings {
        project: fields.required("project", "Project's name")?.to_owned(),
        repositories,
        lists,
    })
}

/// A list's profile, if its address was given.
fn list(fields: &Fields, name: &str, audience: Audience) -> Read<Option<ListProfile>> {
    let field = |part: &str| format!("{name} {part}");
    let Some(address) = fields.mailbox(&field("address"), "List's exact address")? else {
        return Ok(None);
    };
    let web = fields.optional(&field("web"));
    Ok(Some(ListProfile {
        audience,
        address,
        posting: if web.is_some() { Posting::Web } else { Posting::Mail },
        web,
        tag: fields.optional(&field("tag")),
        prefix: fields.optional(&field("prefix")),
        cve_id_allowed: fields.ticked(&field("cve")),
        closing_note: fields.optional(&field("note")),
    }))
}
