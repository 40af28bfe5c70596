//! A notice that goes to a list: what somebody posts by hand there, and what has come by the list.

use case::{
    Party,
    act::{Act, ActKind, ActState, Payload, Plan, Recipient},
    notice::{Compared, Difference, ListProfile, Opened, Posting, SeenListCopy},
};
use serde::Serialize;

use crate::{desk::Desk, pages::case::told, time::Moment};

/// What a person takes to a list's page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Pack {
    /// The list's page.
    web: Option<String>,
    address: String,
    subject: String,
    body: String,
    /// A tag that the page may ask for besides.
    tag: Option<String>,
    /// It answers this notice there.
    thread: Option<String>,
}

/// A notice to one list, with its profile.
fn of_list<'a>(desk: &'a Desk<'_>, act: &'a Act) -> Option<(&'a ListProfile, &'a str, &'a str)> {
    let [Recipient::List { list, .. }] = act.plan.to.as_slice() else { return None };
    let Payload::Message { subject, body } = &act.plan.payload else { return None };
    Some((desk.case.policy.lists.get(list)?, subject, body))
}

impl Pack {
    /// Once it is approved and only a person can carry it out.
    pub(crate) fn of(desk: &Desk<'_>, act: &Act) -> Option<Self> {
        let (profile, subject, body) = of_list(desk, act)?;
        let waits = matches!(act.state, ActState::Uncertain { .. });
        let by_hand = match profile.posting {
            Posting::Web => !desk.view.posted.contains(&act.id),
            Posting::Mail => !desk.view.mails,
        };
        if !(waits && by_hand && desk.view.unconnected.contains(&Party::Lists)) {
            return None;
        }
        let answers = act.plan.kind == ActKind::FollowUp;
        Some(Self {
            web: profile.web.clone(),
            address: profile.address.to_string(),
            subject: subject.to_owned(),
            body: body.to_owned(),
            tag: profile.tag.clone(),
            thread: answers.then(|| subject.trim_start_matches("Re: ").to_owned()),
        })
    }
}

/// How words for the users differ from what the distributors read, once they have read it.
pub(crate) fn from_distributors(desk: &Desk<'_>, plan: &Plan) -> Option<ComparedView> {
    let Compared { differences, below, .. } = desk.case.derived(plan)?;
    Some(ComparedView { differences: differences.iter().map(change).collect(), below })
}

/// What the users read otherwise than the distributors, in words.
fn change(change: &Difference) -> String {
    match change {
        Difference::Subject { there } => format!("the subject is “{there}”"),
        Difference::NamesCve { id } => {
            format!("it names {id}, which the distributors did not read")
        }
        Difference::NoNote => "the embargo note is gone".into(),
        Difference::Missing { approved, there } if there.is_empty() => {
            format!("left out: “{approved}”")
        }
        Difference::Added { there } => format!("new: “{there}”"),
        other => difference(other),
    }
}

/// A copy of a notice that came by mail, as its page shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CopyView {
    number: usize,
    at: Moment,
    mark: &'static str,
    state: &'static str,
    /// What it rests on.
    rests: String,
    place: String,
    compared: ComparedView,
    /// What somebody said of its other words.
    settled: Option<String>,
    /// Somebody may say that it is the list's.
    confirm: bool,
}

/// What comparing showed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ComparedView {
    differences: Vec<String>,
    below: String,
}

impl ComparedView {
    pub(crate) fn new(compared: &Compared) -> Self {
        let differences = compared.differences.iter().map(difference).collect();
        Self { differences, below: compared.below.clone() }
    }
}

/// A difference in words.
pub(crate) fn difference(difference: &Difference) -> String {
    match difference {
        Difference::Subject { there } => format!("its subject is “{there}”"),
        Difference::NamesCve { id } => format!("it names {id}, which the approved words do not"),
        Difference::NoNote => "the embargo note is not there word for word".into(),
        Difference::Missing { approved, there } if there.is_empty() => {
            format!("missing: “{approved}”")
        }
        Difference::Missing { approved, there } => {
            format!("instead of “{approved}” there stands “{there}”")
        }
        Difference::Added { there } => format!("nobody approved “{there}”"),
        Difference::OtherList { address } => format!("it came by another list, {address}"),
        Difference::Encrypted => "it is encrypted, and could not be compared".into(),
    }
}

/// Copies of a notice, oldest first.
pub(crate) fn copies(desk: &Desk<'_>, act: &Act) -> Vec<CopyView> {
    let seen = desk.case.list_copies.get(&act.id).into_iter().flatten();
    seen.enumerate().map(|(number, seen)| copy(desk, act, number, seen)).collect()
}

fn copy(desk: &Desk<'_>, act: &Act, number: usize, seen: &SeenListCopy) -> CopyView {
    let copy = &seen.copy;
    let (mark, state) = match (seen.needs_somebody(), copy.compared.same(), copy.shows()) {
        _ if seen.opened => ("off", "encrypted; what was inside stands below"),
        (true, ..) => ("overdue", "other words than the approved ones"),
        (_, false, _) => ("off", "other words, which somebody has looked at"),
        (_, _, true) => ("done", "the approved words, on the list"),
        _ => ("waiting", "the approved words; a person says whether the list sent it"),
    };
    let by = match copy.by.as_slice() {
        [] => "names no list that it came by".to_owned(),
        headers => format!("names the list ({})", headers.join(", ")),
    };
    let id = if copy.own {
        "has the Message-ID that this house gave the notice, which only its readers know"
    } else {
        "has a Message-ID that this house did not give it, so that anybody who has the words can have \
         written it"
    };
    let inside = match copy.opened {
        None => "",
        Some(Opened::Anew) => " It came encrypted, and this was inside.",
        Some(Opened::AsSent) => {
            " It came encrypted as this house had sent it, so that whoever carried it can have sent it \
             back without having read it."
        }
    };
    CopyView {
        number,
        at: desk.moment(seen.at),
        mark,
        state,
        rests: format!("It {by}, and {id}.{inside}"),
        place: copy.place(),
        compared: ComparedView::new(&copy.compared),
        settled: seen.settled.as_ref().map(|said| said.reason.clone()),
        confirm: confirmable(desk, act, seen),
    }
}

/// A copy that says all that was approved and shows nothing by itself, where nothing is known yet.
pub(crate) fn confirmable(desk: &Desk<'_>, act: &Act, seen: &SeenListCopy) -> bool {
    let open = matches!(act.state, ActState::Uncertain { .. } | ActState::Done { .. });
    let same = seen.copy.compared.same() && !seen.copy.shows();
    open && same && told::may(desk, Party::Lists) && !desk.case.posts.contains_key(&act.id)
}
