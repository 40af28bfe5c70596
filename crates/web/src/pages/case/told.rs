//! What people tell of the world where no counterpart can be read from this house. Everything told
//! carries where it was seen and a note; whose word it is, the session knows.

use case::{
    ActId, Attestation, Command, LineKey, Party, Subject, Told,
    act::Proof,
    notice::{Compared, Words},
    observation::{Access, Delivery, Draft, DraftState, Milestone, Observation},
    rights::Permission,
    state::Phase,
};
use serde::Serialize;

use crate::{
    desk::{Choice, Desk},
    fields::{Fields, Read, bad},
    time::Moment,
    view::lists,
};

/// Whose word something is, as pages show it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Word {
    name: String,
    at: Moment,
    place: String,
    note: String,
}

impl Word {
    pub(crate) fn new(desk: &Desk<'_>, told: &Told) -> Self {
        let Told { name, at, place, note } = told.clone();
        Self { name, at: desk.moment(at), place, note }
    }

    /// Whose word something is that was told and not read back.
    pub(crate) fn on(desk: &Desk<'_>, subject: Subject) -> Option<Self> {
        desk.case.told.get(&subject).map(|told| Self::new(desk, told))
    }
}

/// The viewer may tell what they saw of a party that cannot be read from here.
pub(crate) fn may(desk: &Desk<'_>, party: Party) -> bool {
    let open = desk.case.phase == Phase::Open;
    open && desk.view.unconnected.contains(&party) && desk.may(Permission::Observe)
}

/// Lines that get a fix which somebody has declared.
pub(super) fn underway<'a>(desk: &'a Desk<'_>) -> impl Iterator<Item = &'a LineKey> {
    let declared = desk.case.to_patch().filter(|(_, line, _)| !line.fix.declared.is_empty());
    declared.map(|(key, ..)| key)
}

/// The viewer may tell how far a line has come, which no house can read.
pub(super) fn may_milestone(desk: &Desk<'_>) -> bool {
    let open = desk.case.phase == Phase::Open;
    open && desk.may(Permission::Observe) && underway(desk).next().is_some()
}

/// The word of whoever sent a form, on what they saw.
pub(super) fn word(desk: &Desk<'_>, fields: &Fields, seen: Observation) -> Read<Command> {
    Ok(Command::Attest(Box::new(Attestation {
        seen,
        name: desk.names.of(desk.visit.person),
        place: place(fields)?,
        note: fields.required("note", "What you saw")?.to_owned(),
    })))
}

fn place(fields: &Fields) -> Read<String> {
    fields.required("place", "Where you saw it").map(ToOwned::to_owned)
}

/// The forge's advisory, as somebody saw it.
pub(super) fn draft(desk: &Desk<'_>, fields: &Fields) -> Read<Observation> {
    let state = match fields.text("state") {
        "draft" => DraftState::Draft,
        "published" => DraftState::Published,
        "closed" => DraftState::Closed,
        _ => return Err(bad("nothing says whether it is a draft", "choose what it is there")),
    };
    let patched = desk.case.to_patch().filter_map(|(key, _, _)| {
        fields.optional(&format!("patched {key}")).map(|version| (key.clone(), version))
    });
    let cwe =
        |id: String| id.parse().map_err(|why| bad(format!("“{id}”: {why}"), "write it as CWE-79"));
    Ok(Observation::Draft(Draft {
        ghsa: fields.parsed("ghsa", "Its id")?,
        url: place(fields)?,
        state,
        patched: patched.collect(),
        credits: fields.lines("credits"),
        vector: fields.optional("vector"),
        cwes: fields.words("cwes").into_iter().map(cwe).collect::<Read<_>>()?,
    }))
}

/// The private fork.
pub(super) fn fork(fields: &Fields) -> Read<Observation> {
    Ok(Observation::Fork { url: place(fields)? })
}

/// Who has access to it.
pub(super) fn access(fields: &Fields) -> Observation {
    let logins = |name: &str| fields.words(name).into_iter().collect();
    Observation::Access(Access {
        members: logins("members"),
        pending: logins("pending"),
        inherited: logins("inherited"),
    })
}

/// How far a line has come.
pub(super) fn milestone(fields: &Fields) -> Read<Observation> {
    let named = |milestone: &Milestone| milestone.id() == fields.text("milestone");
    let milestone = Milestone::ALL.into_iter().find(named);
    let milestone = milestone.ok_or_else(|| bad("nothing says what was done", "choose one"))?;
    Ok(Observation::Milestone { line: fields.parsed("line", "Line")?, milestone })
}

/// A notice in its list's archive. Words that were pasted are compared, whoever says what of them.
pub(super) fn post(desk: &Desk<'_>, act: ActId, fields: &Fields) -> Read<Observation> {
    let says_same = match fields.text("words") {
        "same" => Some(true),
        "other" => Some(false),
        _ => None,
    };
    let compared = pasted(desk, act, fields);
    let words_match = match (&compared, says_same) {
        (Some(compared), Some(true)) if !compared.same() => {
            let differences: Vec<_> = compared.differences.iter().map(lists::difference).collect();
            return Err(bad(
                format!("what you pasted differs: {}", differences.join("; ")),
                "paste the whole message and nothing around it; or say that it has other words",
            ));
        }
        (Some(compared), _) => compared.same(),
        (None, Some(said)) => said,
        (None, None) => {
            return Err(bad(
                "nothing says whether the words are the same",
                "paste or compare them",
            ));
        }
    };
    let thread = fields.required("thread", "Thread")?.to_owned();
    let (url, compared) = (place(fields)?, compared.map(Box::new));
    Ok(Observation::Post { act, url, words_match, thread, compared })
}

fn pasted(desk: &Desk<'_>, act: ActId, fields: &Fields) -> Option<Compared> {
    let body = fields.verbatim("pasted");
    let there = Words { subject: fields.text("subject"), body };
    let act = desk.case.acts.get(&act).filter(|_| !body.trim().is_empty())?;
    desk.case.compared(act, there)
}

/// That a mail which says what was approved is the list's: and with it, where nobody has written one
/// down, the receipt.
pub(super) fn copy(
    desk: &Desk<'_>,
    act: ActId,
    number: &str,
    fields: &Fields,
) -> Read<Vec<Command>> {
    let copies = desk.case.list_copies.get(&act);
    let seen = number.parse::<usize>().ok().and_then(|number| copies?.get(number));
    let found = desk.case.acts.get(&act).zip(seen);
    let (found, seen) = found
        .filter(|(found, seen)| lists::confirmable(desk, found, seen))
        .ok_or_else(|| bad("there is nothing to confirm any more", "reload the page"))?;
    let place = seen.copy.place();
    let attestation = Attestation {
        seen: Observation::Post {
            act,
            url: place.clone(),
            words_match: true,
            thread: fields.required("thread", "Thread")?.to_owned(),
            compared: Some(Box::new(seen.copy.compared.clone())),
        },
        name: desk.names.of(desk.visit.person),
        place: place.clone(),
        note: fields.required("note", "How you know")?.to_owned(),
    };
    let receipt = Command::Resolve {
        act,
        proof: Proof { by: "the list's copy, by mail".into(), reference: place },
    };
    let receipt = found.done_at().is_none().then_some(receipt);
    Ok(receipt.into_iter().chain([Command::Attest(Box::new(attestation))]).collect())
}

/// What became of a message to somebody.
pub(super) fn delivery(act: ActId, fields: &Fields) -> Read<Observation> {
    let why = || fields.required("why", "In its words").map(ToOwned::to_owned);
    let outcome = match fields.text("outcome") {
        "delivered" => Delivery::Delivered,
        "bounced" => Delivery::Bounced { hard: true, why: why()? },
        _ => return Err(bad("nothing says what became of it", "choose one")),
    };
    Ok(Observation::Delivery { act, person: fields.person()?, outcome })
}

/// The draft as the form shows it: what somebody told last.
#[derive(Debug, Default, Serialize)]
pub(super) struct DraftForm {
    ghsa: String,
    url: String,
    state: &'static str,
    lines: Vec<(String, String)>,
    credits: String,
    vector: String,
    cwes: String,
}

impl DraftForm {
    pub(super) fn new(desk: &Desk<'_>) -> Self {
        let draft = desk.case.forge.draft.as_ref();
        let version = |key| draft.and_then(|d| d.patched.get(key)).cloned().unwrap_or_default();
        let lines = desk.case.to_patch().map(|(key, _, _)| (key.to_string(), version(key)));
        let lines = lines.collect();
        let Some(draft) = draft else { return Self { state: "draft", lines, ..Self::default() } };
        Self {
            ghsa: draft.ghsa.to_string(),
            url: draft.url.clone(),
            state: match draft.state {
                DraftState::Draft => "draft",
                DraftState::Published => "published",
                DraftState::Closed => "closed",
            },
            lines,
            credits: draft.credits.join("\n"),
            vector: draft.vector.clone().unwrap_or_default(),
            cwes: draft.cwes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        }
    }
}

/// Distributors whose copy of a notice somebody may know of.
pub(crate) fn recipients(desk: &Desk<'_>) -> Vec<Choice> {
    let concerned = desk.case.distributors.iter().flat_map(|decided| &decided.concerned);
    concerned
        .map(|one| Choice { value: one.person.to_string(), label: one.organisation.clone() })
        .collect()
}
