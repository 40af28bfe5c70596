//! What everybody outside says to the date: one answer for each organisation, how it came, and who is
//! silent until when. What a mail says is read by a person here, and never taken for an answer by
//! itself.

use case::{
    Command, PersonId, Role,
    embargo::{Answer, Channel, Consent, Given},
    people::Participant,
    rights::Permission,
};
use serde::Serialize;

use super::no_such_form;
use crate::{
    desk::{Choice, Desk},
    fields::{Fields, Read, bad},
    time::Moment,
    words,
};

/// One who is asked, and what was answered.
#[derive(Serialize)]
pub(super) struct AnswerView {
    person: String,
    name: String,
    roles: Vec<&'static str>,
    mark: &'static str,
    answer: String,
    /// When, who gave it, and how it came.
    how: Option<String>,
    earlier: Vec<String>,
    objects: bool,
    distributor: bool,
    /// Who may have given an answer.
    people: Vec<Choice>,
    hindrance: Option<String>,
}

/// A mail in the conversation that may hold an answer.
#[derive(Serialize)]
pub(super) struct MailView {
    number: String,
    sender: String,
    at: Moment,
    label: String,
}

/// Everybody who is asked about a date.
pub(super) fn of(desk: &Desk<'_>, revision: u32) -> Vec<AnswerView> {
    let asked = |p: &Participant| {
        p.present() && (p.roles.contains(&Role::Reporter) || p.roles.contains(&Role::Distributor))
    };
    let people = desk.case.people.iter();
    people.filter(|(_, p)| asked(p)).map(|(id, p)| one(desk, revision, *id, p)).collect()
}

fn one(desk: &Desk<'_>, revision: u32, id: PersonId, p: &Participant) -> AnswerView {
    let consent = desk.case.embargo.consents.get(&id).and_then(|all| all.get(&revision));
    let given = consent.map(|it| &it.answer);
    let (mark, objects) = match given {
        None => ("waiting", false),
        Some(Answer::Accepted) => ("done", false),
        Some(Answer::Objected { settled: None, .. }) => ("overdue", true),
        Some(Answer::Objected { settled: Some(_), .. }) => ("ready", false),
    };
    let distributor = p.roles.contains(&Role::Distributor);
    let own = desk.names.of(id);
    let organisation = p.organisation.clone().filter(|_| distributor);
    let name =
        organisation.map_or(own.clone(), |it| if it == own { it } else { format!("{it}: {own}") });
    AnswerView {
        person: id.to_string(),
        name,
        roles: p.roles.iter().map(|r| words::role(*r)).collect(),
        mark,
        answer: given.map_or_else(|| silence(desk, revision), words::answer),
        how: consent.map(|it| how(desk, it)),
        earlier: consent.iter().flat_map(|it| &it.earlier).map(|it| earlier(desk, it)).collect(),
        objects,
        distributor,
        people: if distributor { colleagues(desk, id) } else { Vec::new() },
        hindrance: hindrance(desk, id).filter(|_| distributor),
    }
}

/// Who is silent, until when.
fn silence(desk: &Desk<'_>, revision: u32) -> String {
    match desk.case.embargo.proposal(revision) {
        Some(date) if desk.view.now < date.answer_by => {
            format!("no answer yet; may be silent until {}", words::utc(date.answer_by))
        }
        Some(date) => format!("silent; answers were due {}", words::utc(date.answer_by)),
        None => "no answer yet".into(),
    }
}

fn how(desk: &Desk<'_>, consent: &Consent) -> String {
    let at = words::utc(consent.at);
    match &consent.given {
        None => at,
        Some(given) => {
            let how = words::given(given, &desk.names);
            match given.channel {
                Channel::Link => format!("{at}, {how}"),
                _ => format!(
                    "{at}, {how}; written down by {}",
                    desk.names.actor(consent.recorded_by)
                ),
            }
        }
    }
}

fn earlier(desk: &Desk<'_>, consent: &Consent) -> String {
    format!("{} ({})", words::answer(&consent.answer), how(desk, consent))
}

/// The people who answer for an organisation: its delegates, or, without a roll, who is asked.
fn colleagues(desk: &Desk<'_>, id: PersonId) -> Vec<Choice> {
    let choice = |person: PersonId, label: String| Choice { value: person.to_string(), label };
    match desk.view.roll.of(id) {
        Some((_, member, _)) => {
            member.delegates.iter().map(|(person, it)| choice(*person, it.name.clone())).collect()
        }
        None => vec![choice(id, desk.names.of(id))],
    }
}

fn hindrance(desk: &Desk<'_>, person: PersonId) -> Option<String> {
    let (roll, rules) = (&desk.view.roll, &desk.case.policy.membership);
    let found = roll.kept().then(|| roll.hindrance(person, rules, desk.view.now)).flatten()?;
    Some(found.to_string())
}

/// What keeps a notice to the distributors back.
pub(super) fn hindered(desk: &Desk<'_>) -> Vec<String> {
    if !desk.may(Permission::Coordinate) {
        return Vec::new();
    }
    let asked = desk.case.holding(Role::Distributor);
    let mut all: Vec<String> = asked.filter_map(|(person, _)| hindrance(desk, person)).collect();
    if let Some(member) = desk.view.roll.still_on_lists() {
        all.push(format!("nobody has seen that {} is off the distributors' lists", member.name));
    }
    all
}

/// Where the roll is, for those who keep it.
pub(super) fn roll(desk: &Desk<'_>) -> Option<String> {
    let shown = desk.may(Permission::Coordinate) && desk.visit.hall.live();
    shown.then(|| format!("/project/{}/distributors", desk.case.project))
}

/// Mails that came since the date was proposed, from a distributor or from nobody known, and of which
/// nobody has said yet that they hold an answer.
pub(super) fn mails(desk: &Desk<'_>, revision: u32) -> Vec<MailView> {
    let since = desk.case.embargo.proposal(revision).map(|date| date.at);
    if !desk.may(Permission::Coordinate) {
        return Vec::new();
    }
    let consents = desk.case.embargo.consents.values().flat_map(|all| all.values());
    let read: Vec<usize> = consents
        .flat_map(|it| it.earlier.iter().chain([it]))
        .filter_map(|it| match it.given.as_ref()?.channel {
            Channel::Mail { message } => Some(message),
            _ => None,
        })
        .collect();
    let distributor = |person| desk.case.roles(person).contains(&Role::Distributor);
    let came = desk.case.messages.iter().enumerate();
    let open = came.filter(|(number, mail)| {
        mail.raw.is_some()
            && Some(mail.at) >= since
            && mail.from.is_none_or(distributor)
            && !read.contains(number)
    });
    open.map(|(number, mail)| {
        let sender = desk.names.sender(mail.from, &mail.sender);
        let (at, shown) = (desk.moment(mail.at), number.saturating_add(1));
        let label = format!("mail {shown} of the conversation, {sender}, {}", at.utc);
        MailView { number: number.to_string(), sender, at, label }
    })
    .collect()
}

/// What one participant says to the date, or what becomes of their objection.
pub(super) fn read(desk: &Desk<'_>, form: &str, fields: &Fields) -> Read<Command> {
    let asked = form.split_once('-').filter(|(verb, _)| *verb == "answer");
    let person: PersonId = asked.and_then(|(_, id)| id.parse().ok()).ok_or_else(no_such_form)?;
    let revision = || fields.parsed::<u32>("revision", "Date");
    let reason = || fields.text("reason").to_owned();
    let distributor = desk.case.roles(person).contains(&Role::Distributor);
    Ok(match fields.text("what") {
        "accept" | "object" if distributor => {
            let objection = (fields.text("what") == "object").then(reason);
            let given = given(fields)?;
            Command::AnswerFor { person, revision: revision()?, objection, given }
        }
        "accept" => Command::Consent { person, revision: revision()? },
        "object" => Command::Object { person, revision: revision()?, reason: reason() },
        "withdraw" => Command::WithdrawObjection { person },
        "meet" => Command::MeetObjection { person, how: reason() },
        "override" => Command::OverrideObjection { person, reason: reason() },
        _ => return Err(bad("no answer is chosen", "choose one")),
    })
}

fn given(fields: &Fields) -> Read<Given> {
    let by = fields.parsed("by", "Who gave it")?;
    let channel = match fields.optional("mail") {
        Some(_) => Channel::Mail { message: fields.parsed("mail", "Mail")? },
        None => Channel::Told { note: fields.text("note").to_owned() },
    };
    Ok(Given { by, channel })
}
