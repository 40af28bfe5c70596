//! Who takes part, in which roles, and how they come and go.

use advisory::Mailbox;
use case::{
    Command, PersonId, Role,
    command::Invitation,
    people::Standing,
    rights::Permission,
    roll::{Delegate, Member, Standing::Admitted},
};
use engine::{Contact, EngineError};
use serde::Serialize;

use super::{Tab, link, no_such_form};
use crate::{
    desk::{Choice, Desk},
    fields::{Fields, Read, bad},
    time::Moment,
    view::keys::{ProtectionView, wanted},
    words,
};

pub(super) const TAB: Tab =
    Tab { slug: "people", title: "People", template: "case/people.html", content, read };

#[derive(Serialize)]
struct PersonView {
    id: String,
    name: String,
    organisation: Option<String>,
    mailbox: Option<String>,
    login: Option<String>,
    roles: Vec<&'static str>,
    standing: &'static str,
    since: Option<Moment>,
    present: bool,
}

#[derive(Serialize)]
struct Content {
    people: Vec<PersonView>,
    gone: Vec<PersonView>,
    invite: bool,
    guests: Vec<Choice>,
    /// Members of the project's roll who are not asked here.
    members: Vec<Choice>,
    /// Those whom mail can reach.
    keys: Vec<ProtectionView>,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let written = desk.case.people.iter().map(|(id, p)| participant(desk, *id, p));
    let by_right = desk
        .team()
        .into_iter()
        .filter(|id| !desk.case.people.contains_key(id))
        .map(|id| team_member(desk, id));
    let (people, gone) = by_right.chain(written).partition(|p| p.present);
    let invite = desk.may(Permission::Invite);
    // Nobody signs in to a drill; its people are played.
    let live = desk.visit.hall.live();
    minijinja::Value::from_serialize(Content {
        people,
        gone,
        invite,
        members: if invite { members(desk) } else { Vec::new() },
        keys: if invite { keys(desk) } else { Vec::new() },
        guests: if live { link::guests(desk) } else { Vec::new() },
    })
}

/// Members of the project's roll of whom nobody is asked here at the address of the roll, each by the
/// one who would be: who may hear now comes first.
fn members(desk: &Desk<'_>) -> Vec<Choice> {
    let (roll, rules) = (&desk.view.roll, &desk.case.policy.membership);
    let asked = |(person, delegate): (&PersonId, &Delegate)| {
        let known = desk.case.people.get(person).and_then(|it| it.mailbox.as_ref());
        desk.case.roles(*person).contains(&Role::Distributor) && known == Some(&delegate.mailbox)
    };
    let admitted = roll.members.values().filter(|it| it.standing == Admitted);
    let free = admitted.filter(|it| !it.delegates.iter().any(asked));
    let choice = |it: &Member| {
        let hears = |person| roll.hindrance(person, rules, desk.view.now);
        let (person, one) = it.delegates.iter().min_by_key(|(id, _)| hears(**id).is_some())?;
        let open = hears(*person).map(|why| format!(" — {why}")).unwrap_or_default();
        let label = format!("{}: {} <{}>{open}", it.name, one.name, one.mailbox);
        Some(Choice { value: person.to_string(), label })
    };
    let mut choices: Vec<Choice> = free.filter_map(choice).collect();
    choices.sort_by_key(|choice| choice.label.to_lowercase());
    choices
}

/// Invitations of delegates, as the roll knows them.
fn from_roll(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    let chosen = fields.all("member").filter_map(|id| id.parse::<PersonId>().ok());
    let invitation = |person: PersonId| {
        let (_, member, delegate) = desk.view.roll.of(person)?;
        Some(Command::Invite(Box::new(Invitation {
            person,
            name: delegate.name.clone(),
            organisation: Some(member.name.clone()),
            mailbox: Some(delegate.mailbox.clone()),
            login: None,
            roles: [Role::Distributor].into(),
        })))
    };
    let invitations: Vec<_> = chosen.filter_map(invitation).collect();
    if invitations.is_empty() {
        return Err(bad("no member is chosen", "choose whom this bug may concern"));
    }
    Ok(invitations)
}

fn keys(desk: &Desk<'_>) -> Vec<ProtectionView> {
    let view = |(id, p): (&PersonId, &case::people::Participant)| {
        let address = reached(desk, p)?;
        let known = desk.case.correspondents.get(id);
        let (value, name) = (id.to_string(), format!("{} <{address}>", desk.names.of(*id)));
        Some(ProtectionView::new(value, name, Some(address), known, desk.view.now))
    };
    desk.case.people.iter().filter_map(view).collect()
}

/// Where mail reaches somebody, for those who may know it.
fn reached<'a>(desk: &Desk<'_>, p: &'a case::people::Participant) -> Option<&'a Mailbox> {
    let shown = desk.names.identity() || !p.roles.contains(&Role::Reporter);
    p.mailbox.as_ref().filter(|_| p.present() && shown)
}

fn participant(desk: &Desk<'_>, id: PersonId, p: &case::people::Participant) -> PersonView {
    let shown = desk.names.identity() || !p.roles.contains(&Role::Reporter);
    PersonView {
        id: id.to_string(),
        name: desk.names.of(id),
        organisation: p.organisation.clone().filter(|_| shown),
        mailbox: p.mailbox.as_ref().filter(|_| shown).map(ToString::to_string),
        login: p.login.clone().filter(|_| shown),
        roles: p.roles.iter().map(|r| words::role(*r)).collect(),
        standing: match p.standing {
            Standing::Invited => "invited",
            Standing::Inherited => "by right",
            Standing::Removed => "removed",
        },
        since: Some(desk.moment(p.since)),
        present: p.present(),
    }
}

fn team_member(desk: &Desk<'_>, id: PersonId) -> PersonView {
    PersonView {
        id: id.to_string(),
        name: desk.names.of(id),
        organisation: None,
        mailbox: None,
        login: None,
        roles: vec![words::role(Role::Team)],
        standing: "by right",
        since: None,
        present: true,
    }
}

fn read(desk: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    if fields.form() == "members" {
        return from_roll(desk, fields);
    }
    Ok(vec![match fields.form() {
        "invite" => Command::Invite(Box::new(invitation(desk, fields)?)),
        "remove" => {
            Command::Remove { person: fields.person()?, reason: fields.text("reason").to_owned() }
        }
        "protect" => protect(desk, fields)?,
        _ => return Err(no_such_form()),
    }])
}

fn protect(desk: &Desk<'_>, fields: &Fields) -> Read<Command> {
    let person = fields.person()?;
    let before = desk.case.correspondents.get(&person);
    let known = desk.case.people.get(&person).filter(|_| desk.may(Permission::Invite));
    let address = known.and_then(|known| reached(desk, known));
    let (correspondent, replaces) = wanted(&desk.visit.hall.engine, fields, before, address)?;
    Ok(Command::Protect { person, correspondent: Box::new(correspondent), replaces })
}

fn role(name: &str) -> Option<Role> {
    Some(match name {
        "fix-developer" => Role::FixDeveloper,
        "release-manager" => Role::ReleaseManager,
        "distributor" => Role::Distributor,
        "team" => Role::Team,
        _ => return None,
    })
}

/// Reads an invitation. Somebody whom the directory does not know under the address is written
/// into it, but only at the word of a person who may invite.
fn invitation(desk: &Desk<'_>, fields: &Fields) -> Read<Invitation> {
    let contact = contact(fields)?;
    let roles: std::collections::BTreeSet<Role> = fields.all("role").filter_map(role).collect();
    if roles.is_empty() {
        return Err(bad("no role is chosen", "choose what the person shall do in this case"));
    }
    let person = if desk.may(Permission::Invite) {
        known_or_new(&desk.visit.hall.engine, &contact)?
    } else {
        PersonId(fields.derive("person"))
    };
    Ok(Invitation {
        person,
        name: contact.name,
        organisation: fields.optional("organisation"),
        mailbox: contact.mailbox,
        login: contact.login,
        roles,
    })
}

/// A contact, from the fields that several pages share.
pub(crate) fn contact(fields: &Fields) -> Read<Contact> {
    Ok(Contact {
        name: fields.required("name", "Name")?.to_owned(),
        mailbox: fields.mailbox("mailbox", "Mail address")?,
        login: fields.optional("login"),
    })
}

/// The person whom the directory knows under the contact's address, else a new one.
pub(crate) fn known_or_new(engine: &engine::Engine, contact: &Contact) -> Read<PersonId> {
    let failed = |why: EngineError| bad(why.to_string(), "try again");
    if let Some(mailbox) = &contact.mailbox
        && let Some(known) = engine.find_person(mailbox).map_err(failed)?
    {
        return Ok(known);
    }
    engine.add_person(contact).map_err(failed)
}
