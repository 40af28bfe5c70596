//! A project's distributors: the roll as a table with what needs somebody, the embargo policy, and a
//! page for each organisation. For the project's team alone.

use std::{collections::BTreeSet, time::Duration};

use advisory::Digest;
use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{
    MemberId, PersonId, ProjectId, Refusal,
    policy::Membership,
    roll::{Address, Change, Delegate, Member, Standing, Way},
};
use engine::{EngineError, Project};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::case::{known_or_new, no_such_form};
use crate::{
    blocking::blocking,
    fault::Fault,
    fields::{Fields, Read, bad},
    time::Moment,
    visit::{Hall, Visit},
    words,
};

const LIST: &str = "distributors.html";
const ONE: &str = "member.html";
const TITLE: &str = "Distributors";
/// How long a delegate's link opens their place, unless it is replaced.
const LASTS: Duration = Duration::from_hours(24 * 365);

/// A project, and perhaps an organisation, in an address.
#[derive(Deserialize)]
pub(crate) struct RollPath {
    project: String,
    member: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    mark: &'static str,
    standing: &'static str,
    since: Moment,
    delegates: usize,
    ready: usize,
    needs: Vec<String>,
}

#[derive(Serialize)]
struct TermsView {
    version: usize,
    text: String,
    since: Moment,
}

#[derive(Serialize)]
struct List {
    project: String,
    id: String,
    rows: Vec<Row>,
    gone: Vec<Row>,
    terms: Option<TermsView>,
    criteria: Vec<String>,
    confirm_days: u32,
    grace_days: u32,
}

#[derive(Serialize)]
struct CriterionView {
    name: String,
    text: String,
    binding: bool,
    judged: bool,
    met: bool,
    note: String,
    by: String,
}

#[derive(Serialize)]
struct DelegateView {
    id: String,
    name: String,
    mailbox: String,
    accepted_mark: &'static str,
    accepted: String,
    address_mark: &'static str,
    address: String,
    link: Option<Moment>,
}

#[derive(Serialize)]
struct One {
    project: String,
    id: String,
    member: String,
    name: String,
    ships: String,
    note: String,
    mark: &'static str,
    standing: &'static str,
    since: Moment,
    reason: String,
    stands: Standing,
    on_lists: bool,
    off_lists: Option<String>,
    criteria: Vec<CriterionView>,
    voucher: Option<String>,
    vouchers: Vec<(String, String)>,
    delegates: Vec<DelegateView>,
    terms: Option<(usize, String)>,
    needs: Vec<String>,
}

/// A link as it is shown, this once.
#[derive(Serialize)]
struct PlaceLink {
    name: String,
    mailbox: String,
    address: String,
    until: Moment,
    back: String,
}

fn standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Requested => ("waiting", "asks to be a member"),
        Standing::Admitted => ("done", "member"),
        Standing::Declined => ("off", "turned down"),
        Standing::Suspended => ("overdue", "suspended"),
        Standing::Struck => ("off", "removed"),
    }
}

/// What is open with an organisation, in words.
fn needs(project: &Project, member: &Member, now: Timestamp) -> Vec<String> {
    let mut needs = Vec::new();
    match member.standing {
        Standing::Requested => needs.push("waits for a decision".to_owned()),
        Standing::Suspended | Standing::Struck if member.off_lists.is_none() => {
            needs.push("may still be on a list".to_owned());
        }
        Standing::Admitted if member.delegates.is_empty() => {
            needs.push("nobody to tell".to_owned());
        }
        _ => {}
    }
    if member.standing == Standing::Admitted {
        let people = member.delegates.values();
        let unread = people.clone().filter(|it| !accepted(project, it)).count();
        if unread > 0 {
            needs.push(format!("{} to accept the embargo policy", words::count(unread, "person")));
        }
        let address = |it: &&Delegate| it.address(&project.policy.membership, now);
        let due = people.clone().filter(|it| matches!(address(it), Address::Due { .. })).count();
        let over = people.filter(|it| matches!(address(it), Address::Overdue { .. })).count();
        if due > 0 {
            needs.push(format!("{} to confirm", words::count(due, "address")));
        }
        if over > 0 {
            needs.push(format!("{} that nobody may rely on", words::count(over, "address")));
        }
    }
    needs
}

fn accepted(project: &Project, delegate: &Delegate) -> bool {
    let current = project.roll.in_force().map(|(_, terms)| terms.digest);
    delegate.accepted.as_ref().is_some_and(|it| Some(it.terms) == current)
}

fn row(project: &Project, id: MemberId, member: &Member, now: Timestamp) -> Row {
    let rules: &Membership = &project.policy.membership;
    let hears = |person: &PersonId| project.roll.hindrance(*person, rules, now).is_none();
    let (mark, standing) = standing(member.standing);
    Row {
        id: id.to_string(),
        name: member.name.clone(),
        mark,
        standing,
        since: Moment::new(member.since, now),
        delegates: member.delegates.len(),
        ready: member.delegates.keys().filter(|person| hears(person)).count(),
        needs: needs(project, member, now),
    }
}

fn list(visit: &Visit, project: &Project) -> List {
    let now = visit.hall.engine.now().now;
    let mut rows: Vec<_> = project
        .roll
        .members
        .iter()
        .map(|(id, it)| (it.live(), row(project, *id, it, now)))
        .collect();
    rows.sort_by(|(_, a), (_, b)| {
        (a.needs.is_empty(), a.name.to_lowercase())
            .cmp(&(b.needs.is_empty(), b.name.to_lowercase()))
    });
    let (live, gone): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(live, _)| *live);
    let terms = project.roll.in_force().map(|(version, terms)| TermsView {
        version,
        text: terms.text.clone(),
        since: Moment::new(terms.at, now),
    });
    let Membership { criteria, confirm_days, grace_days } = &project.policy.membership;
    List {
        project: project.policy.project.clone(),
        id: project.id.to_string(),
        rows: live.into_iter().map(|(_, row)| row).collect(),
        gone: gone.into_iter().map(|(_, row)| row).collect(),
        terms,
        criteria: criteria.iter().map(|it| it.text.clone()).collect(),
        confirm_days: *confirm_days,
        grace_days: *grace_days,
    }
}

fn name(hall: &Hall, actor: case::Actor) -> Result<String, Fault> {
    match actor {
        case::Actor::Person(person) => hall.name(person),
        case::Actor::House => Ok("Fermata".into()),
    }
}

fn delegate(
    visit: &Visit,
    project: &Project,
    (id, it): (&PersonId, &Delegate),
) -> Result<DelegateView, Fault> {
    let now = visit.hall.engine.now().now;
    let how = |way: &Way, by| {
        Ok::<_, Fault>(match way {
            Way::Link => "by their link".to_owned(),
            Way::Told { note } => format!("written down by {}: {note}", name(&visit.hall, by)?),
        })
    };
    let accepted_words = match &it.accepted {
        None => "has not accepted the embargo policy".to_owned(),
        Some(word) => {
            let version = project.roll.version(&word.terms).unwrap_or_default();
            let at = Moment::new(word.at, now).utc;
            format!("accepted version {version} on {at}, {}", how(&word.way, word.by)?)
        }
    };
    let day = |at| Moment::new(at, now).utc;
    let (address_mark, address) = match it.address(&project.policy.membership, now) {
        Address::Confirmed { until } => {
            ("done", format!("confirmed; to be asked again {}", day(until)))
        }
        Address::Due { until } => ("waiting", format!("to be confirmed before {}", day(until))),
        Address::Overdue { since } => {
            ("overdue", format!("not confirmed; nobody may rely on it since {}", day(since)))
        }
    };
    Ok(DelegateView {
        id: id.to_string(),
        name: it.name.clone(),
        mailbox: it.mailbox.to_string(),
        accepted_mark: if accepted(project, it) { "done" } else { "waiting" },
        accepted: accepted_words,
        address_mark,
        address,
        link: it.link.as_ref().filter(|it| now < it.until).map(|it| Moment::new(it.until, now)),
    })
}

fn one(visit: &Visit, project: &Project, id: MemberId) -> Result<One, Fault> {
    let now = visit.hall.engine.now().now;
    let member = project.roll.members.get(&id).ok_or(Fault::NotFound)?;
    let criterion = |it: &case::policy::Criterion| {
        let judged = member.judged.get(&it.name);
        Ok(CriterionView {
            name: it.name.clone(),
            text: it.text.clone(),
            binding: it.binding,
            judged: judged.is_some(),
            met: judged.is_some_and(|it| it.met),
            note: judged.map(|it| it.note.clone()).unwrap_or_default(),
            by: judged.map(|it| name(&visit.hall, it.by)).transpose()?.unwrap_or_default(),
        })
    };
    let others = project
        .roll
        .members
        .iter()
        .filter(|(other, it)| **other != id && it.standing == Standing::Admitted);
    let vouchers = others.flat_map(|(_, it)| {
        it.delegates
            .iter()
            .map(|(who, one)| (who.to_string(), format!("{}, {}", one.name, it.name)))
    });
    let voucher = member.voucher.as_ref().map(|voucher| {
        let known = project.roll.of(voucher.person);
        let who = known.map(|(_, it, one)| format!("{}, {}", one.name, it.name));
        let who = who.unwrap_or_else(|| "somebody who is on the roll no more".into());
        format!("{who}: {}", voucher.note)
    });
    let gone = matches!(member.standing, Standing::Suspended | Standing::Struck);
    let (mark, words) = standing(member.standing);
    Ok(One {
        project: project.policy.project.clone(),
        id: project.id.to_string(),
        member: id.to_string(),
        name: member.name.clone(),
        ships: member.ships.clone(),
        note: member.note.clone(),
        mark,
        standing: words,
        since: Moment::new(member.since, now),
        reason: member.reason.clone(),
        stands: member.standing,
        on_lists: gone && member.off_lists.is_none(),
        off_lists: member.off_lists.as_ref().map(|(_, note)| note.clone()),
        criteria: project
            .policy
            .membership
            .criteria
            .iter()
            .map(criterion)
            .collect::<Result<_, Fault>>()?,
        voucher,
        vouchers: vouchers.collect(),
        delegates: member
            .delegates
            .iter()
            .map(|it| delegate(visit, project, it))
            .collect::<Result<_, Fault>>()?,
        terms: project.roll.in_force().map(|(n, terms)| (n, terms.digest.to_string())),
        needs: needs(project, member, now),
    })
}

/// The project, if the visitor is on its team, and the organisation that the address names.
fn open(visit: &Visit, at: &RollPath) -> Result<(Project, Option<MemberId>), Fault> {
    let id: ProjectId = at.project.parse().map_err(|_| Fault::NotFound)?;
    let member = at.member.as_ref().map(|text| text.parse::<MemberId>()).transpose();
    let member = member.map_err(|_| Fault::NotFound)?;
    let project = visit.hall.engine.project(id)?;
    if project.team.contains(&visit.person) { Ok((project, member)) } else { Err(Fault::NotFound) }
}

/// The roll, or one organisation on it.
pub(crate) async fn show(visit: Visit, Path(at): Path<RollPath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let (project, member) = open(&visit, &at)?;
        match member {
            None => visit.hall.show(LIST, TITLE, list(&visit, &project)),
            Some(id) => {
                let content = one(&visit, &project, id)?;
                visit.hall.show(ONE, &content.name.clone(), content)
            }
        }
    })
    .await
}

/// A change of the roll.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<RollPath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let (project, member) = open(&visit, &at)?;
        let refused = match make(&visit, &project, member, &fields)? {
            Ok(done) => return Ok(done),
            Err(refusal) => refusal,
        };
        match member {
            None => visit.hall.show_refused(LIST, TITLE, list(&visit, &project), &fields, &refused),
            Some(id) => {
                let content = one(&visit, &project, id)?;
                visit.hall.show_refused(ONE, &content.name.clone(), content, &fields, &refused)
            }
        }
    })
    .await
}

fn make(
    visit: &Visit,
    project: &Project,
    member: Option<MemberId>,
    fields: &Fields,
) -> Result<Result<Response, Refusal>, Fault> {
    let engine = &visit.hall.engine;
    if let (Some(id), "place") = (member, fields.form()) {
        return place(visit, project, id, fields);
    }
    let changes = match member {
        None => of_list(fields),
        Some(id) => of_member(visit, id, fields),
    };
    let changes = match changes {
        Ok(changes) => changes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for (number, change) in changes.iter().enumerate() {
        let command = fields.command(&format!("roll {number}"));
        match engine.change_roll(project.id, visit.person, change, command) {
            Ok(()) => {}
            Err(EngineError::Refused(refusal)) => return Ok(Err(refusal)),
            Err(other) => return Err(other.into()),
        }
    }
    let about = member.or_else(|| changes.first().and_then(Change::member));
    let page = about.map(|id| format!("/{id}")).unwrap_or_default();
    let to = format!("{}/project/{}/distributors{page}", visit.hall.base, project.id);
    Ok(Ok(Redirect::to(&to).into_response()))
}

/// A new link to a delegate's place. It is shown once, to be mailed to exactly their address.
fn place(
    visit: &Visit,
    project: &Project,
    member: MemberId,
    fields: &Fields,
) -> Result<Result<Response, Refusal>, Fault> {
    let engine = &visit.hall.engine;
    let found = project.roll.members.get(&member).ok_or(Fault::NotFound)?;
    let person = fields.person().map_err(|_| Fault::NotFound)?;
    let delegate = found.delegates.get(&person).ok_or(Fault::NotFound)?;
    let command = fields.command("place");
    let made = engine.make_place(project.id, visit.person, (member, person), command, LASTS);
    let secret = match made {
        Ok(secret) => secret,
        Err(EngineError::Refused(refusal)) => return Ok(Err(refusal)),
        Err(other) => return Err(other.into()),
    };
    let now = engine.now().now;
    let shown = PlaceLink {
        name: delegate.name.clone(),
        mailbox: delegate.mailbox.to_string(),
        address: format!("{}/distributor/{}/{secret}", visit.hall.base, project.id),
        until: Moment::new(now.checked_add(LASTS).unwrap_or(now), now),
        back: format!("{}/project/{}/distributors/{member}", visit.hall.base, project.id),
    };
    Ok(Ok(visit
        .hall
        .show("place-link.html", "A link to a distributor's place", shown)?
        .into_response()))
}

fn of_list(fields: &Fields) -> Read<Vec<Change>> {
    Ok(vec![match fields.form() {
        // To the letter: members accept exactly these bytes.
        "terms" => Change::Terms { text: lines(fields.verbatim("text")) },
        "ask" => Change::Asked {
            member: MemberId(fields.derive("member")),
            name: fields.required("name", "Organisation")?.to_owned(),
            ships: fields.required("ships", "What it ships, and to whom")?.to_owned(),
            note: fields.required("note", "How the request came")?.to_owned(),
        },
        _ => return Err(no_such_form()),
    }])
}

/// A browser ends lines with CR LF.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

fn of_member(visit: &Visit, member: MemberId, fields: &Fields) -> Read<Vec<Change>> {
    let reason = || fields.text("reason").to_owned();
    Ok(vec![match fields.form() {
        "judge" => return judged(member, fields),
        "vouch" => Change::Vouched {
            member,
            voucher: fields.parsed("voucher", "Who vouches")?,
            note: fields.text("note").to_owned(),
        },
        "name" => named(visit, member, fields)?,
        "drop" => Change::Dropped { member, person: fields.person()?, reason: reason() },
        "accept" => Change::Accepted {
            member,
            person: fields.person()?,
            terms: fields.parsed::<Digest>("terms", "Embargo policy")?,
            way: Way::Told { note: fields.text("note").to_owned() },
        },
        "confirm" => Change::Confirmed {
            member,
            person: fields.person()?,
            mailbox: fields.parsed("mailbox", "Address")?,
            way: Way::Told { note: fields.text("note").to_owned() },
        },
        "admit" => Change::Admitted { member, reason: reason() },
        "decline" => Change::Declined { member, reason: reason() },
        "suspend" => Change::Suspended { member, reason: reason() },
        "restore" => Change::Restored { member, reason: reason() },
        "strike" => Change::Struck { member, reason: reason() },
        "off-lists" => Change::OffLists { member, note: fields.text("note").to_owned() },
        _ => return Err(no_such_form()),
    }])
}

/// The criteria that were answered; those left open stay so.
fn judged(member: MemberId, fields: &Fields) -> Read<Vec<Change>> {
    let names: BTreeSet<&str> = fields.all("criterion").collect();
    let mut changes = Vec::new();
    for name in names {
        let met = match fields.text(&format!("met {name}")) {
            "yes" => true,
            "no" => false,
            _ => continue,
        };
        let note = fields.text(&format!("note {name}")).to_owned();
        changes.push(Change::Judged { member, criterion: name.to_owned(), met, note });
    }
    if changes.is_empty() {
        return Err(bad("no criterion was answered", "say of at least one whether it is met"));
    }
    Ok(changes)
}

fn named(visit: &Visit, member: MemberId, fields: &Fields) -> Read<Change> {
    let contact = super::case::contact(fields)?;
    let mailbox = contact.mailbox.clone().ok_or_else(|| {
        bad("“Mail address” is empty", "give the address at which this person is told")
    })?;
    let person = match fields.optional("person") {
        Some(_) => fields.person()?,
        None => known_or_new(&visit.hall.engine, &contact)?,
    };
    Ok(Change::Named { member, person, name: contact.name, mailbox })
}
