//! A one-time link for somebody who was let into a case, made by somebody who may invite.

use std::collections::BTreeSet;

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use case::{Actor, PersonId, Refusal, refusal::Rule, rights::Permission};
use engine::EngineError;

use super::{CasePath, case_id, people, sheet};
use crate::{
    blocking::blocking,
    desk::{Choice, Desk},
    fault::Fault,
    fields::Fields,
    frame::Refused,
    sign_in::{LINK, LinkPage},
    visit::Visit,
};

/// People of the case who may sign in to see it, besides the team: those who fix and release.
pub(super) fn guests(desk: &Desk<'_>) -> Vec<Choice> {
    let guest = |person: &PersonId| {
        let roles = desk.case.roles_of(Actor::Person(*person), &BTreeSet::new());
        case::rights::may(Actor::Person(*person), &roles, Permission::Read)
            && !desk.view.team.contains(person)
    };
    let present = desk.case.people.iter().filter(|(id, p)| p.present() && guest(id));
    present.map(|(id, _)| Choice { value: id.to_string(), label: desk.names.of(*id) }).collect()
}

/// Makes the link, and shows it this once.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<CasePath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let case = case_id(&at.case)?;
        let view = visit.hall.engine.view(case, visit.actor())?;
        let desk = Desk::new(&visit, &view)?;
        let wanted = guests(&desk).into_iter().find(|guest| guest.value == fields.text("person"));
        let wanted = wanted.filter(|_| desk.may(Permission::Invite)).ok_or(Fault::NotFound)?;
        let person = wanted.value.parse().map_err(|_| Fault::NotFound)?;
        match visit.hall.engine.make_link_in(case, visit.person, person, LINK) {
            Ok(secret) => {
                let back = format!("{}/case/{case}/people", visit.hall.base);
                let page = LinkPage::new(&visit.hall, person, &secret, back)?;
                Ok(visit.hall.show("link.html", "A link to sign in", page)?.into_response())
            }
            Err(EngineError::Invalid(why)) => {
                let remedy = "let a colleague of theirs make one, who sees the same";
                let refusal = Refusal::new(Rule::NotPermitted, why, remedy);
                let (title, sheet) = sheet(&visit, &view, &people::TAB)?;
                visit.hall.show_refused(
                    people::TAB.template,
                    &title,
                    sheet,
                    &fields,
                    Refused::in_case(&refusal, &view.checklist),
                )
            }
            Err(other) => Err(other.into()),
        }
    })
    .await
}
