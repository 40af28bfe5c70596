//! A project's security team: who is on it, who joins and leaves, whom the house calls, and links to
//! sign in with; how the project signs what it publishes; where its mail arrives, and how mail to its lists is protected;
//! what it says every day; and where its repositories are read.

use advisory::imprint::{Cna, Imprint, ImprintError};
use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{PersonId, ProjectId, Refusal, refusal::Rule};
use engine::{EngineError, Project};
use serde::{Deserialize, Serialize};

use super::{
    case::{contact, known_or_new, no_such_form},
    clones::{self, CloneView},
    everyday::{self, EverydayView},
    keys, letterboxes,
    mailbox::MailboxView,
    summons::{self, SummonedView},
};
use crate::{
    blocking::blocking,
    fault::Fault,
    fields::{Fields, Read, bad},
    sign_in::{LINK, LinkPage},
    view::{
        feeds::{self, FeedView},
        keys::ProtectionView,
    },
    visit::Visit,
};

const TEMPLATE: &str = "team.html";

/// A project in an address.
#[derive(Deserialize)]
pub(crate) struct ProjectPath {
    project: String,
}

#[derive(Serialize)]
struct Member {
    id: String,
    name: String,
    mailbox: Option<String>,
    login: Option<String>,
    me: bool,
    called: SummonedView,
}

/// An imprint as its form shows it.
#[derive(Default, Serialize)]
struct ImprintView {
    known: bool,
    name: String,
    namespace: String,
    base: String,
    contact: String,
    policy: String,
    org_id: String,
    short_name: String,
    vendor: String,
    product: String,
}

impl From<&Imprint> for ImprintView {
    fn from(imprint: &Imprint) -> Self {
        let Imprint { name, namespace, base, contact, policy, cna } = imprint;
        let cna = cna.as_ref();
        let of_cna = |read: fn(&Cna) -> String| cna.map(read).unwrap_or_default();
        Self {
            known: true,
            name: name.to_string(),
            namespace: namespace.to_string(),
            base: base.to_string(),
            contact: contact.in_words(),
            policy: policy.as_ref().map(ToString::to_string).unwrap_or_default(),
            org_id: of_cna(|cna| cna.org_id.to_string()),
            short_name: of_cna(|cna| {
                cna.short_name.as_ref().map(ToString::to_string).unwrap_or_default()
            }),
            vendor: of_cna(|cna| cna.vendor.to_string()),
            product: of_cna(|cna| cna.product.to_string()),
        }
    }
}

#[derive(Serialize)]
struct Content {
    imprint: ImprintView,
    id: String,
    name: String,
    playbook: String,
    repositories: Vec<String>,
    clones: Vec<CloneView>,
    fetches: bool,
    lists: Vec<(String, String)>,
    letterboxes: Vec<String>,
    mailbox: Option<MailboxView>,
    ears: Vec<String>,
    feeds: Vec<FeedView>,
    everyday: EverydayView,
    keys: Vec<ProtectionView>,
    team: Vec<Member>,
    /// Why nobody can be called.
    uncalled: Option<&'static str>,
    publish: u8,
    notice: u8,
    short: bool,
}

/// The project, if the visitor is on its team.
fn open(visit: &Visit, at: &ProjectPath) -> Result<Project, Fault> {
    let id: ProjectId = at.project.parse().map_err(|_| Fault::NotFound)?;
    let project = visit.hall.engine.project(id)?;
    if project.team.contains(&visit.person) { Ok(project) } else { Err(Fault::NotFound) }
}

fn content(visit: &Visit, project: &Project) -> Result<Content, Fault> {
    let (engine, now) = (&visit.hall.engine, visit.hall.engine.now().now);
    let member = |person: &PersonId| {
        let contact = engine.contact(*person)?;
        let contact = contact.as_ref();
        Ok(Member {
            id: person.to_string(),
            name: contact.map_or("somebody".into(), |c| c.name.clone()),
            called: SummonedView::new(engine, project, *person, contact, now)?,
            mailbox: contact.and_then(|c| c.mailbox.as_ref()).map(ToString::to_string),
            login: contact.and_then(|c| c.login.clone()),
            me: *person == visit.person,
        })
    };
    let policy = &project.policy;
    let needed = policy.approvals.publish.max(policy.approvals.notice);
    let imprint = project.imprint.as_ref();
    Ok(Content {
        imprint: imprint.map(|(imprint, _)| imprint.into()).unwrap_or_default(),
        id: project.id.to_string(),
        name: policy.project.clone(),
        playbook: project.playbook.name.clone(),
        repositories: policy.repositories.clone(),
        clones: project.repositories().map(|one| CloneView::new(visit, one)).collect(),
        fetches: visit.hall.engine.fetches(),
        lists: policy.lists.iter().map(|(n, l)| (n.clone(), l.address.to_string())).collect(),
        letterboxes: letterboxes::of(engine, project)?,
        mailbox: MailboxView::of(visit)?,
        ears: letterboxes::ears(engine, project)?,
        feeds: feeds::of(engine, &policy.project, now),
        everyday: EverydayView::of(engine, project, now)?,
        keys: keys::of(project, now),
        uncalled: summons::missing(engine, project)?,
        team: project.team.iter().map(member).collect::<Result<_, Fault>>()?,
        publish: policy.approvals.publish,
        notice: policy.approvals.notice,
        short: project.team.len() < usize::from(needed),
    })
}

/// The team.
pub(crate) async fn show(visit: Visit, Path(at): Path<ProjectPath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let project = open(&visit, &at)?;
        visit.hall.show(TEMPLATE, &project.policy.project, content(&visit, &project)?)
    })
    .await
}

/// Joining, leaving, new links, and the imprint.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<ProjectPath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let project = open(&visit, &at)?;
        match change(&visit, &project, &fields)? {
            Ok(Some(page)) => {
                Ok(visit.hall.show("link.html", "A link to sign in", page)?.into_response())
            }
            Ok(None) => Ok(Redirect::to(&format!("/project/{}", project.id)).into_response()),
            Err(refusal) => {
                let content = content(&visit, &project)?;
                let title = &project.policy.project;
                visit.hall.show_refused(TEMPLATE, title, content, &fields, &refusal)
            }
        }
    })
    .await
}

fn change(
    visit: &Visit,
    project: &Project,
    fields: &Fields,
) -> Result<Result<Option<LinkPage>, Refusal>, Fault> {
    let engine = &visit.hall.engine;
    let command = fields.command("team");
    let member =
        || fields.person().ok().filter(|p| project.team.contains(p)).ok_or(Fault::NotFound);
    let done = match fields.form() {
        "join" => {
            let person = match contact(fields).and_then(|c| known_or_new(engine, &c)) {
                Ok(person) => person,
                Err(refusal) => return Ok(Err(refusal)),
            };
            engine.join_team(project.id, visit.person, person, command).map(|()| Some(person))
        }
        "link" => Ok(Some(member()?)),
        "leave" => {
            let reason = fields.text("reason");
            engine.leave_team(project.id, visit.person, member()?, reason, command).map(|()| None)
        }
        "imprint" => match imprint(fields) {
            Ok(imprint) => {
                engine.sign_as(project.id, visit.person, &imprint, command).map(|()| None)
            }
            Err(refusal) => return Ok(Err(refusal)),
        },
        "letterbox" | "no-letterbox" | "ear" | "no-ear" => {
            return Ok(letterboxes::change(visit, project, fields)?.map(|()| None));
        }
        "calls" => return Ok(summons::change(visit, project, fields)?.map(|()| None)),
        "everyday" => return Ok(everyday::change(visit, project, fields)?.map(|()| None)),
        "protect" => return Ok(keys::change(visit, project, fields)?.map(|()| None)),
        "clone" | "no-clone" | "fetch" => {
            return Ok(clones::change(visit, project, fields)?.map(|()| None));
        }
        _ => return Ok(Err(no_such_form())),
    };
    match done {
        Ok(None) => Ok(Ok(None)),
        Ok(Some(person)) => link(visit, project, person, fields),
        Err(EngineError::Invalid(why)) => {
            Ok(Err(Refusal::new(Rule::BadValue, why, "let somebody else join first")))
        }
        Err(other) => Err(other.into()),
    }
}

fn imprint(fields: &Fields) -> Read<Imprint> {
    let of_cna = ["org_id", "short_name", "vendor", "product"];
    let is_cna = of_cna.iter().any(|name| fields.optional(name).is_some());
    let cna = || {
        Ok(Cna {
            org_id: setting(fields, "org_id", "CNA's id")?,
            short_name: may_be_set(fields, "short_name", "CNA's short name")?,
            vendor: setting(fields, "vendor", "Vendor")?,
            product: setting(fields, "product", "Product")?,
        })
    };
    Ok(Imprint {
        name: setting(fields, "name", "Name")?,
        namespace: setting(fields, "namespace", "Project's own page")?,
        base: setting(fields, "base", "Address of the records")?,
        contact: setting(fields, "contact", "Contact")?,
        policy: may_be_set(fields, "policy", "Security policy")?,
        cna: is_cna.then(cna).transpose()?,
    })
}

/// A field that must be there, in a form of its own. The error says how to write it.
fn setting<T>(fields: &Fields, name: &str, label: &str) -> Read<T>
where
    T: std::str::FromStr<Err = ImprintError>,
{
    let text = fields.required(name, label)?;
    text.parse().map_err(|why: ImprintError| bad(format!("“{label}”: {why}"), "change it"))
}

fn may_be_set<T>(fields: &Fields, name: &str, label: &str) -> Read<Option<T>>
where
    T: std::str::FromStr<Err = ImprintError>,
{
    fields.optional(name).map(|_| setting(fields, name, label)).transpose()
}

fn link(
    visit: &Visit,
    project: &Project,
    person: PersonId,
    fields: &Fields,
) -> Result<Result<Option<LinkPage>, Refusal>, Fault> {
    let (engine, command) = (&visit.hall.engine, fields.command("link"));
    match engine.make_link_on_team(project.id, visit.person, person, command, LINK) {
        Ok(secret) => {
            let back = format!("/project/{}", project.id);
            Ok(Ok(Some(LinkPage::new(&visit.hall, person, &secret, back)?)))
        }
        Err(EngineError::Invalid(why)) => {
            let remedy = "whoever runs this house can make one on its own machine";
            Ok(Err(Refusal::new(Rule::NotPermitted, why, remedy)))
        }
        Err(other) => Err(other.into()),
    }
}
