//! Setting a project up: its name, its playbook, its repositories and its lists.

use std::collections::BTreeMap;

use advisory::Mailbox;
use axum::{
    extract::Query,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{
    Refusal,
    notice::{Audience, KNOWN, ListProfile, Posting},
};
use engine::{Contact, EngineError};
use playbook::{Playbook, Settings};
use serde::{Deserialize, Serialize};

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

/// Lists that can be filled in.
#[derive(Serialize)]
struct KnownView {
    name: String,
    title: String,
    source: Option<&'static str>,
    chosen: bool,
}

#[derive(Serialize)]
struct Content {
    me: Contact,
    playbooks: Vec<PlaybookView>,
    known: Vec<KnownView>,
    distributors: ListView,
    users: ListView,
}

/// What the form says of a list before anybody types.
#[derive(Default, Serialize)]
struct ListView {
    address: String,
    web: String,
    tag: String,
    prefix: String,
    days: String,
    note: String,
    cve: bool,
}

impl ListView {
    fn of(known: &ListProfile) -> Self {
        let text = |known: &Option<String>| known.clone().unwrap_or_default();
        Self {
            address: known.address.to_string(),
            web: text(&known.web),
            tag: text(&known.tag),
            prefix: text(&known.prefix),
            days: known.longest_embargo_days.map(|days| days.to_string()).unwrap_or_default(),
            note: text(&known.closing_note),
            cve: known.cve_id_allowed,
        }
    }
}

/// Which known lists the visitor wants to start from.
#[derive(Default, Deserialize)]
pub(crate) struct Wanted {
    lists: Option<String>,
}

impl Wanted {
    fn is(&self, name: &str) -> bool {
        self.lists.as_deref() == Some(name)
    }
}

fn content(visit: &Visit, wanted: &Wanted) -> Result<Content, Fault> {
    let known = visit.hall.engine.contact(visit.person)?;
    let me = known.unwrap_or(Contact { name: String::new(), mailbox: None, login: None });
    let view = |p: &Playbook| PlaybookView {
        name: p.name().to_owned(),
        title: p.title().to_owned(),
        steps: p.steps().len(),
    };
    let mut playbooks: Vec<_> = visit.hall.engine.playbooks().map(view).collect();
    playbooks.sort_by(|a, b| a.name.cmp(&b.name));
    let (known, chosen) = known_lists(visit, wanted);
    let of = |audience| {
        let list = chosen.iter().find(|list| list.audience == audience);
        list.map(ListView::of).unwrap_or_default()
    };
    let (distributors, users) = (of(Audience::Distributors), of(Audience::Users));
    Ok(Content { me, playbooks, known, distributors, users })
}

/// Whose lists can be filled in, and those that are wanted. A playbook that was written for a project
/// has its lists.
fn known_lists(visit: &Visit, wanted: &Wanted) -> (Vec<KnownView>, Vec<ListProfile>) {
    let (mut views, mut chosen) = (Vec::new(), Vec::new());
    for playbook in visit.hall.engine.playbooks().filter(|p| !p.lists().is_empty()) {
        let (name, title) = (
            playbook.name().to_owned(),
            format!("the lists that the playbook “{}” was written for", playbook.name()),
        );
        if wanted.is(&name) {
            chosen.extend(playbook.lists().values().cloned());
        }
        views.push(KnownView { chosen: wanted.is(&name), name, title, source: None });
    }
    for known in KNOWN {
        let (name, title) = (known.name.to_owned(), known.title.to_owned());
        if wanted.is(&name) {
            let both = [Audience::Distributors, Audience::Users];
            chosen.extend(both.into_iter().filter_map(|audience| known.list(audience)));
        }
        views.push(KnownView { chosen: wanted.is(&name), name, title, source: Some(known.source) });
    }
    (views, chosen)
}

/// The form.
pub(crate) async fn show(
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, Fault> {
    blocking(move || visit.hall.show(TEMPLATE, TITLE, content(&visit, &wanted)?)).await
}

/// Sets the project up, with the visitor as the first member of its team.
pub(crate) async fn send(visit: Visit, fields: Fields) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || match set_up(&visit, &fields)? {
        Ok(project) => Ok(Redirect::to(&format!("/project/{project}")).into_response()),
        Err(refusal) => {
            let content = content(&visit, &Wanted::default())?;
            visit.hall.show_refused(TEMPLATE, TITLE, content, &fields, &refusal)
        }
    })
    .await
}

fn set_up(visit: &Visit, fields: &Fields) -> Result<Result<case::ProjectId, Refusal>, Fault> {
    let engine = &visit.hall.engine;
    let chosen = engine.playbooks().find(|p| p.name() == fields.text("playbook"));
    let read = || -> Read<_> {
        let playbook = chosen.ok_or_else(|| bad("no playbook is chosen", "choose one"))?;
        let settings = settings(fields)?;
        settings.lists.values().try_for_each(|list| no_imitation(visit, &list.address))?;
        Ok((contact(fields)?, playbook, settings))
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

/// An address is not one slip away from that of a list that is known here.
fn no_imitation(visit: &Visit, address: &Mailbox) -> Read<()> {
    let both = [Audience::Distributors, Audience::Users];
    let known = KNOWN.iter().flat_map(|known| both.map(|audience| known.list(audience)));
    let own = visit.hall.engine.playbooks().flat_map(|playbook| playbook.lists().values().cloned());
    let mut addresses = known.flatten().chain(own).map(|list| list.address);
    match addresses.find(|known| address.looks_like(known)) {
        Some(known) => Err(bad(
            format!("{address} looks like {known}, and is another address"),
            "compare them letter by letter",
        )),
        None => Ok(()),
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
        longest_embargo_days: days(fields, &field("days"))?,
    }))
}

/// Days, if any were given.
fn days(fields: &Fields, name: &str) -> Read<Option<u32>> {
    let days = fields.optional(name).map(|text| text.parse().ok().filter(|days| *days > 0));
    match days {
        Some(None) => Err(bad("the longest embargo is no number of days", "write it as 14")),
        other => Ok(other.flatten()),
    }
}
