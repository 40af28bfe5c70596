//! The words that the guard looks for: those that the house knows, and those that people choose.
//!
//! Only people who may see who reported see them, since the reporter's name is one.

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{Command, Terms, event::Decision, rights::Permission};
use engine::{Counted, Ordinary, OwnTerm, TermOrigin, View, own_terms};
use serde::Serialize;

use super::{CasePath, case_id, give};
use crate::{
    blocking::blocking,
    desk::{Desk, Sheet},
    fault::Fault,
    fields::Fields,
    frame::Refused,
    visit::Visit,
};

const TEMPLATE: &str = "case/terms.html";
/// In more of the latest commits than this, a term is one that the project says anyway.
const RARE: usize = 1;

#[derive(Serialize)]
struct TermLine {
    words: String,
    origin: &'static str,
    /// It only warns: `everyday`, by the case's own line or by the project's list.
    everyday: Option<&'static str>,
    /// Where it stands in more than one of the latest commits.
    stands: Vec<String>,
}

#[derive(Serialize)]
struct Content {
    terms: Vec<TermLine>,
    /// Repositories that were read, and why others were not.
    read: Vec<String>,
    /// Repositories that are being counted, and whether something is known of them meanwhile.
    counting: Vec<(String, bool)>,
    unread: Vec<(String, String)>,
    chosen: String,
    /// The project's page.
    project: String,
}

/// The page.
pub(crate) async fn show(visit: Visit, Path(at): Path<CasePath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let view = visit.hall.engine.view(case_id(&at.case)?, visit.actor())?;
        let (title, sheet) = sheet(&visit, &view)?;
        visit.hall.show(TEMPLATE, &title, sheet)
    })
    .await
}

fn sheet(visit: &Visit, view: &View) -> Result<(String, Sheet), Fault> {
    let desk = Desk::new(visit, view)?;
    if !desk.may(Permission::ReadIdentity) {
        return Err(Fault::NotFound);
    }
    let ordinary = visit.hall.engine.ordinary(view)?;
    let project = visit.hall.engine.project(desk.case.project)?;
    let terms = own_terms(desk.case, &project);
    let lines = terms.iter().enumerate().map(|(at, term)| line(at, term, &ordinary));
    let content = Content {
        terms: lines.collect(),
        read: ordinary.iter().filter_map(read).collect(),
        counting: ordinary.iter().filter_map(counting).collect(),
        unread: ordinary.iter().filter_map(unread).collect(),
        chosen: desk.case.terms.lines().join("\n"),
        project: project.id.to_string(),
    };
    Ok((format!("Terms · {}", desk.case.codename), desk.sheet("terms", content)))
}

fn line(at: usize, term: &OwnTerm, ordinary: &[Ordinary]) -> TermLine {
    let stands = ordinary.iter().filter_map(|Ordinary { repository, counted }| {
        let (of, counts) = counted.as_ref().ok()?.latest.as_ref()?;
        let count = counts.get(at).filter(|count| **count > RARE)?;
        Some(format!("in {count} of the {of} latest commits of {repository}"))
    });
    TermLine {
        words: term.words.clone(),
        origin: match term.origin {
            TermOrigin::Codename => "the codename",
            TermOrigin::Id => "an id of the case",
            TermOrigin::Link => "where the private work is done",
            TermOrigin::Reporter => "who reported it",
            TermOrigin::Chosen => "chosen",
        },
        everyday: term.is_everyday().then(|| match term.words.split_once(':') {
            Some(("everyday", _)) => "everyday",
            _ => "everyday in this project",
        }),
        stands: stands.collect(),
    }
}

fn read(ordinary: &Ordinary) -> Option<String> {
    let (of, _) = ordinary.counted.as_ref().ok()?.latest.as_ref()?;
    Some(format!("the {of} latest commits of {}", ordinary.repository))
}

fn counting(ordinary: &Ordinary) -> Option<(String, bool)> {
    let Counted { latest, counting } = ordinary.counted.as_ref().ok()?;
    counting.then(|| (ordinary.repository.clone(), latest.is_some()))
}

fn unread(ordinary: &Ordinary) -> Option<(String, String)> {
    Some((ordinary.repository.clone(), ordinary.counted.as_ref().err()?.clone()))
}

/// Chooses others.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<CasePath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let case = case_id(&at.case)?;
        let view = visit.hall.engine.view(case, visit.actor())?;
        let terms = Terms::of(fields.verbatim("terms"));
        let command = Command::Decide(Box::new(Decision::Terms { terms }));
        match give(&visit, case, &fields, 0, &command)? {
            Ok(()) => {
                let to = format!("{}/case/{case}/terms#terms", visit.hall.base);
                Ok(Redirect::to(&to).into_response())
            }
            Err(refusal) => {
                let (title, sheet) = sheet(&visit, &view)?;
                let refused = Refused::in_case(&refusal, &view.checklist);
                visit.hall.show_refused(TEMPLATE, &title, sheet, &fields, refused)
            }
        }
    })
    .await
}
