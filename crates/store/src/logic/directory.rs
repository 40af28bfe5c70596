//! The directory over one shelf of sealed things with keyed names.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;

use crate::{
    Attempt, Body, OneTimeLink, Payload, Person, Session, StoreError, StreamId, TokenHash,
    seal::{Slot, Vault, frame, unframe},
    tables::{ShelfKind, ShelfRow, Tables, Tag},
};

use super::queue::whole;

const THING: &str = "fermata directory 1";

fn tag(vault: &Vault, kind: ShelfKind, name: &[u8]) -> Tag {
    vault.name("fermata directory name 1", &[&[kind as u8], name])
}

fn bound(row: &ShelfRow) -> Vec<u8> {
    let owner: &[u8] = row.owner.as_ref().map_or(&[], |owner| owner);
    let expires = row.expires.map(|time| time.as_microsecond().to_le_bytes());
    let expires: &[u8] = expires.as_ref().map_or(&[], |time| time);
    frame(THING, &[&[row.kind as u8], &row.name, owner, expires])
}

/// Seals `plain` into a row that has everything else.
fn sealed(vault: &Vault, mut row: ShelfRow, plain: &[u8]) -> Result<ShelfRow, StoreError> {
    row.expires = row.expires.map(whole);
    let key = (&StreamId::house(), Slot::Directory);
    row.sealed = vault.seal(THING, key, &[&bound(&row)], plain)?;
    Ok(row)
}

/// Opens a row. The directory's key is never forgotten.
pub(crate) fn opened(vault: &Vault, row: &ShelfRow) -> Result<Body, StoreError> {
    let key = (&StreamId::house(), Slot::Directory);
    match vault.open(THING, key, &[&bound(row)], &row.sealed)? {
        Payload::Open(body) => Ok(body),
        Payload::Forgotten => Err(StoreError::NoKey { what: THING.into() }),
    }
}

fn damaged() -> StoreError {
    StoreError::damaged("an entry of the directory")
}

fn text(bytes: &[u8]) -> Result<String, StoreError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| damaged())
}

fn person(vault: &Vault, row: &ShelfRow) -> Result<Person, StoreError> {
    let plain = opened(vault, row)?;
    let fields = unframe(plain.as_bytes()).ok_or_else(damaged)?;
    let [_, id, body, handles @ ..] = fields.as_slice() else { return Err(damaged()) };
    let handles = handles.iter().map(|handle| text(handle)).collect::<Result<_, _>>()?;
    Ok(Person { id: text(id)?, handles, body: (*body).into() })
}

pub(crate) fn put_person(
    vault: &Vault,
    tables: &mut dyn Tables,
    person: &Person,
) -> Result<(), StoreError> {
    let owner = tag(vault, ShelfKind::Person, person.id.as_bytes());
    let handles: BTreeSet<Tag> = person
        .handles
        .iter()
        .map(|handle| tag(vault, ShelfKind::Handle, handle.as_bytes()))
        .collect();
    for name in &handles {
        let taken = tables.shelf(ShelfKind::Handle, name)?;
        if taken.is_some_and(|row| row.owner != Some(owner)) {
            return Err(StoreError::HandleTaken);
        }
    }
    let row = |kind, name, owner| ShelfRow { kind, name, owner, expires: None, sealed: Vec::new() };
    let mut fields: Vec<&[u8]> = vec![person.id.as_bytes(), person.body.as_bytes()];
    fields.extend(person.handles.iter().map(String::as_bytes));
    let whole = row(ShelfKind::Person, owner, None);
    tables.put_shelf(&sealed(vault, whole, &frame("person", &fields))?)?;
    tables.remove_shelf_of(ShelfKind::Handle, &owner)?;
    for name in handles {
        let handle = row(ShelfKind::Handle, name, Some(owner));
        tables.put_shelf(&sealed(vault, handle, person.id.as_bytes())?)?;
    }
    Ok(())
}

pub(crate) fn find_person(
    vault: &Vault,
    tables: &dyn Tables,
    id: &str,
) -> Result<Option<Person>, StoreError> {
    let row = tables.shelf(ShelfKind::Person, &tag(vault, ShelfKind::Person, id.as_bytes()))?;
    row.map(|row| person(vault, &row)).transpose()
}

pub(crate) fn find_by_handle(
    vault: &Vault,
    tables: &dyn Tables,
    handle: &str,
) -> Result<Option<Person>, StoreError> {
    let name = tag(vault, ShelfKind::Handle, handle.as_bytes());
    let Some(row) = tables.shelf(ShelfKind::Handle, &name)? else { return Ok(None) };
    find_person(vault, tables, &text(opened(vault, &row)?.as_bytes())?)
}

pub(crate) fn people(vault: &Vault, tables: &dyn Tables) -> Result<Vec<Person>, StoreError> {
    let rows = tables.shelves(Some(ShelfKind::Person))?;
    let mut people: Vec<_> = rows.iter().map(|row| person(vault, row)).collect::<Result<_, _>>()?;
    people.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(people)
}

pub(crate) fn remove_person(
    vault: &Vault,
    tables: &mut dyn Tables,
    id: &str,
) -> Result<(), StoreError> {
    let owner = tag(vault, ShelfKind::Person, id.as_bytes());
    tables.remove_shelf(ShelfKind::Person, &owner)?;
    tables.remove_shelf_of(ShelfKind::Handle, &owner)?;
    tables.remove_shelf_of(ShelfKind::Session, &owner)
}

pub(crate) fn put_session(
    vault: &Vault,
    tables: &mut dyn Tables,
    session: &Session,
) -> Result<(), StoreError> {
    let row = ShelfRow {
        kind: ShelfKind::Session,
        name: tag(vault, ShelfKind::Session, &session.token.0),
        owner: Some(tag(vault, ShelfKind::Person, session.person.as_bytes())),
        expires: Some(session.expires),
        sealed: Vec::new(),
    };
    let plain = frame("session", &[session.person.as_bytes(), session.body.as_bytes()]);
    tables.put_shelf(&sealed(vault, row, &plain)?)
}

pub(crate) fn session(
    vault: &Vault,
    tables: &dyn Tables,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let row = tables.shelf(ShelfKind::Session, &tag(vault, ShelfKind::Session, &token.0))?;
    let Some((row, expires)) = row.and_then(|row| unexpired(row, now)) else { return Ok(None) };
    let plain = opened(vault, &row)?;
    let fields = unframe(plain.as_bytes()).ok_or_else(damaged)?;
    let [_, person, body] = fields.as_slice() else { return Err(damaged()) };
    Ok(Some(Session { token, person: text(person)?, expires, body: (*body).into() }))
}

fn unexpired(row: ShelfRow, now: Timestamp) -> Option<(ShelfRow, Timestamp)> {
    let expires = row.expires?;
    (whole(now) < expires).then_some((row, expires))
}

pub(crate) fn end_session(
    vault: &Vault,
    tables: &mut dyn Tables,
    token: TokenHash,
) -> Result<(), StoreError> {
    tables.remove_shelf(ShelfKind::Session, &tag(vault, ShelfKind::Session, &token.0))
}

pub(crate) fn end_sessions_of(
    vault: &Vault,
    tables: &mut dyn Tables,
    person: &str,
) -> Result<(), StoreError> {
    let owner = tag(vault, ShelfKind::Person, person.as_bytes());
    tables.remove_shelf_of(ShelfKind::Session, &owner)
}

pub(crate) fn put_link(
    vault: &Vault,
    tables: &mut dyn Tables,
    link: &OneTimeLink,
) -> Result<(), StoreError> {
    let row = ShelfRow {
        kind: ShelfKind::Link,
        name: tag(vault, ShelfKind::Link, &link.token.0),
        owner: None,
        expires: Some(link.expires),
        sealed: Vec::new(),
    };
    tables.put_shelf(&sealed(vault, row, link.body.as_bytes())?)
}

pub(crate) fn use_link(
    vault: &Vault,
    tables: &mut dyn Tables,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<Body>, StoreError> {
    let name = tag(vault, ShelfKind::Link, &token.0);
    let row = tables.shelf(ShelfKind::Link, &name)?;
    let Some((row, _)) = row.and_then(|row| unexpired(row, now)) else { return Ok(None) };
    let body = opened(vault, &row)?;
    tables.remove_shelf(ShelfKind::Link, &name)?;
    Ok(Some(body))
}

pub(crate) fn attempt(
    vault: &Vault,
    tables: &mut dyn Tables,
    what: &str,
    (limit, window): (u32, Duration),
    now: Timestamp,
) -> Result<Attempt, StoreError> {
    let name = tag(vault, ShelfKind::Throttle, what.as_bytes());
    let open = tables.shelf(ShelfKind::Throttle, &name)?.and_then(|row| unexpired(row, now));
    let (made, until) = if let Some((row, until)) = open {
        let plain = opened(vault, &row)?;
        let made = plain.as_bytes().try_into().map_err(|_| damaged())?;
        (u32::from_le_bytes(made), until)
    } else {
        let too_long = |_| StoreError::Invalid { why: "the window ends beyond the calendar" };
        (0, now.checked_add(window).map_err(too_long)?)
    };
    if made >= limit {
        return Ok(Attempt::Refused { until });
    }
    let row = ShelfRow {
        kind: ShelfKind::Throttle,
        name,
        owner: None,
        expires: Some(until),
        sealed: Vec::new(),
    };
    tables.put_shelf(&sealed(vault, row, &(made + 1).to_le_bytes())?)?;
    Ok(Attempt::Allowed { left: limit - made - 1 })
}
