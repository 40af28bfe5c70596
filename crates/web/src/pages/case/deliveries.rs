//! Where every mail of the case stands, for each of its recipients. What can be done about one is on
//! its act's page.

use case::{
    Case, Command,
    act::Recipient,
    outgoing::{Addressee, MailCopy, Outgoing, Standing},
};
use serde::Serialize;

use super::{Tab, no_such_form, told::Word};
use crate::{
    desk::Desk,
    fields::{Fields, Read},
    time::Moment,
    view::acts::ActLine,
};

pub(super) const TAB: Tab = Tab {
    slug: "deliveries",
    title: "Deliveries",
    template: "case/deliveries.html",
    content,
    read,
};

#[derive(Serialize)]
struct MailView {
    line: ActLine,
    subject: String,
    copies: Vec<CopyView>,
    /// Mails that came by its list with other words.
    strange: usize,
    needs_somebody: bool,
}

#[derive(Serialize)]
struct CopyView {
    to: String,
    /// The mail is not addressed to them: a list hands it on.
    by_list: bool,
    mark: &'static str,
    state: &'static str,
    /// What was said of it, by whom it was said.
    words: Option<String>,
    /// A page where it stands.
    link: Option<String>,
    at: Option<Moment>,
    told: Option<Word>,
    needs_somebody: bool,
}

#[derive(Serialize)]
struct Content {
    mails: Vec<MailView>,
    /// Mails of which nothing more comes unless somebody acts.
    stuck: usize,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let mails: Vec<_> = desk.case.outgoing().map(|mail| shown(desk, &mail)).collect();
    let stuck = mails.iter().filter(|mail| mail.needs_somebody).count();
    minijinja::Value::from_serialize(Content { mails, stuck })
}

fn shown(desk: &Desk<'_>, mail: &Outgoing<'_>) -> MailView {
    let copies: Vec<_> = mail.copies.iter().map(|copy| copy_of(desk, mail, copy)).collect();
    MailView {
        line: ActLine::new(desk, mail.act),
        subject: mail.subject.to_owned(),
        strange: mail.strange,
        needs_somebody: mail.strange > 0 || copies.iter().any(|copy| copy.needs_somebody),
        copies,
    }
}

fn copy_of(desk: &Desk<'_>, mail: &Outgoing<'_>, copy: &MailCopy<'_>) -> CopyView {
    let (to, by_list, hidden) = match copy.to {
        Addressee::Named(to) => {
            let hidden = to.person().is_some_and(|it| desk.names.hides(it));
            (desk.names.recipient(to), false, hidden)
        }
        Addressee::Reader(person) => (reader(desk.case, person, desk), true, false),
    };
    let line = ActLine::new(desk, mail.act);
    let (mark, state, words) = match &copy.standing {
        Standing::Planned | Standing::Approved | Standing::UnderWay => {
            let waits = desk.view.waits.get(&mail.act.id);
            (line.mark, line.state, waits.map(|no| format!("{}; {}", no.why, no.remedy)))
        }
        Standing::PutOff(put_off) => ("waiting", "put off", Some(put_off.why.clone())),
        Standing::Accepted { proof, by, .. } => {
            let list = matches!(copy.to, Addressee::Named(Recipient::List { .. }));
            let (mark, state) = match (list, by) {
                (true, Some(_)) => ("waiting", "sent, as told; not seen on the list yet"),
                (true, None) => ("waiting", "taken by the server; not seen on the list yet"),
                (false, Some(_)) => ("done", "sent, as told"),
                (false, None) => ("done", "taken by the server"),
            };
            (mark, state, Some(format!("{}: {}", proof.by, proof.reference)))
        }
        Standing::Unknown => ("off", "nothing is known of this copy", None),
        Standing::Arrived { .. } => ("done", "arrived", None),
        Standing::Seen(post) if post.by_mail => ("done", "sent on by the list", None),
        Standing::Seen(post) if post.words_match => ("done", "stands in the archive", None),
        Standing::Seen(_) => ("overdue", "stands in the archive with other words", None),
        Standing::Bounced { hard: true, why, .. } => {
            ("overdue", "came back", Some((*why).to_owned()))
        }
        Standing::Bounced { why, .. } => ("waiting", "not arrived so far", Some((*why).to_owned())),
        Standing::Uncertain { why, .. } => ("overdue", "uncertain", Some((*why).to_owned())),
        Standing::Failed { why, .. } => ("overdue", "failed", Some((*why).to_owned())),
    };
    CopyView {
        to,
        by_list,
        mark,
        state,
        // The other side's words may name whom the viewer may not know.
        words: words.filter(|_| !hidden),
        link: match &copy.standing {
            Standing::Seen(post) => Some(post.url.clone()),
            _ => None,
        },
        at: at(&copy.standing).map(|at| desk.moment(at)),
        told: copy.told.filter(|_| !hidden).map(|told| Word::new(desk, told)),
        needs_somebody: copy.standing.needs_somebody(),
    }
}

/// A distributor by their organisation.
fn reader(case: &Case, person: case::PersonId, desk: &Desk<'_>) -> String {
    let concerned = case.distributors.iter().flat_map(|decided| &decided.concerned);
    let mut organisations = concerned.filter(|one| one.person == person);
    organisations.next().map_or_else(|| desk.names.of(person), |one| one.organisation.clone())
}

/// Since when, or, where it was put off, until when.
fn at(standing: &Standing<'_>) -> Option<jiff::Timestamp> {
    Some(match standing {
        Standing::PutOff(put_off) => put_off.until,
        Standing::Seen(post) => post.at,
        Standing::Accepted { at, .. }
        | Standing::Arrived { at }
        | Standing::Bounced { at, .. }
        | Standing::Uncertain { at, .. }
        | Standing::Failed { at, .. } => *at,
        Standing::Planned | Standing::Approved | Standing::UnderWay | Standing::Unknown => {
            return None;
        }
    })
}

fn read(_: &Desk<'_>, _: &Fields) -> Read<Vec<Command>> {
    Err(no_such_form())
}
