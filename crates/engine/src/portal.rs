//! The reporter's own place: what a reporter may see and say, by the secret of the receipt page.
//!
//! Nothing else of the case is shown here: a date only once the reporter was told it, a message
//! only if it went to this reporter.

use case::{
    Actor, Case, Command, CommandId, PersonId,
    act::{ActKind, Payload, Topic},
    embargo::{Answer, Proposal},
    event::Triage,
    observation::Observation,
    people::{Credit, CreditAnswer},
    state::Phase,
};
use jiff::Timestamp;

use crate::{Engine, EngineError, Outcome, Receipt, journal};

/// Where a report stands, in the reporter's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is here; nobody has judged it yet.
    Received,
    /// It is a vulnerability and is being fixed.
    Accepted,
    /// It is a vulnerability; work on it is put off.
    Deferred,
    /// It was found to be something else.
    Declined,
    /// The advisory is public.
    Published,
    /// The case is over.
    Closed,
}

/// One message between the team and the reporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// The reporter wrote it.
    pub own: bool,
    /// What it is about, when the team wrote it.
    pub subject: String,
    /// The words.
    pub text: String,
}

/// What a reporter sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The receipt.
    pub receipt: Receipt,
    /// The project's name.
    pub project: String,
    /// The case's codename.
    pub codename: String,
    /// The report's title, as given.
    pub title: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// The conversation, oldest first.
    pub messages: Vec<Line>,
    /// The question about credit, once it was put.
    pub credit: Option<Credit>,
    /// The date that the reporter was told last, with its revision.
    pub date: Option<(u32, Proposal)>,
    /// The reporter's answer to that date.
    pub answer: Option<Answer>,
    /// The advisory's address, once it is public.
    pub advisory: Option<String>,
}

/// What a reporter may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// A message to the team.
    Message(String),
    /// How to be credited.
    Credit(CreditAnswer),
    /// Agreement to the date told.
    Agree(u32),
    /// Objection to the date told.
    Object(u32, String),
}

impl Engine {
    /// The place of the reporter who holds this secret. The read is recorded.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for any other secret.
    pub fn place(&self, token: &str) -> Result<Place, EngineError> {
        let receipt = self.receipt(token)?;
        let case = journal::load(&*self.store, receipt.case)?.case;
        let report = case.reports.get(&receipt.report).ok_or(EngineError::NotFound)?;
        self.record_read(case.id, Actor::Person(receipt.reporter), "receipt")?;
        let person = receipt.reporter;
        let date = told_date(&case, person);
        let published = case.facts.is_public();
        let mut messages = conversation(&case, person);
        for earlier in self.earlier_cases(receipt.report)? {
            messages.extend(conversation(&journal::load(&*self.store, earlier)?.case, person));
        }
        messages.sort_by_key(|line| line.at);
        Ok(Place {
            project: case.policy.project.clone(),
            codename: case.codename.to_string(),
            title: report.title.clone(),
            received_at: report.received_at,
            standing: standing(&case),
            messages,
            credit: case.credit.get(&person).cloned(),
            answer: date
                .as_ref()
                .and_then(|(revision, _)| case.embargo.answer(person, *revision).cloned()),
            date,
            advisory: case.forge.draft.as_ref().filter(|_| published).map(|d| d.url.clone()),
            receipt,
        })
    }

    /// Says something as the reporter who holds this secret.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for an unknown secret; a refusal as for any command.
    pub fn say(&self, token: &str, id: CommandId, say: Say) -> Result<Outcome, EngineError> {
        let receipt = self.receipt(token)?;
        let person = receipt.reporter;
        let (actor, command) = match say {
            // The secret proves who speaks; that they spoke is the house's observation.
            Say::Message(text) => {
                let case = journal::load(&*self.store, receipt.case)?.case;
                let sender = case.people.get(&person).map(|p| p.name.clone()).unwrap_or_default();
                let seen = Observation::Message {
                    from: Some(person),
                    sender,
                    text,
                    raw: None,
                    encrypted: false,
                };
                (Actor::House, Command::Observe(Box::new(seen)))
            }
            Say::Credit(answer) => {
                (Actor::Person(person), Command::AnswerCredit { person, answer })
            }
            Say::Agree(revision) => (Actor::Person(person), Command::Consent { person, revision }),
            Say::Object(revision, reason) => {
                (Actor::Person(person), Command::Object { person, revision, reason })
            }
        };
        self.execute(receipt.case, actor, id, &command, "receipt page")
    }
}

fn standing(case: &Case) -> Standing {
    match (&case.phase, case.triage.as_ref().map(|t| &t.verdict)) {
        (Phase::Closed | Phase::Withdrawn, _) => Standing::Closed,
        (_, None) => Standing::Received,
        (_, Some(Triage::Accepted)) if case.facts.is_public() => Standing::Published,
        (_, Some(Triage::Accepted)) => Standing::Accepted,
        (_, Some(Triage::Deferred)) => Standing::Deferred,
        (_, Some(Triage::Invalid | Triage::Duplicate { .. } | Triage::NotSecurity)) => {
            Standing::Declined
        }
    }
}

fn conversation(case: &Case, person: PersonId) -> Vec<Line> {
    let ours = case.acts.values().filter_map(|act| {
        let to_them = act.plan.to.iter().any(|to| to.person() == Some(person));
        match (&act.plan.payload, act.done_at()) {
            (Payload::Message { subject, body }, Some(at)) if to_them => {
                Some(Line { at, own: false, subject: subject.clone(), text: body.clone() })
            }
            _ => None,
        }
    });
    let theirs = case.messages.iter().filter(|m| m.from == Some(person)).map(|m| Line {
        at: m.at,
        own: true,
        subject: String::new(),
        text: m.text.clone(),
    });
    ours.chain(theirs).collect()
}

fn told_date(case: &Case, person: PersonId) -> Option<(u32, Proposal)> {
    let told = case.acts.values().filter(|act| act.done_at().is_some());
    let revision = told
        .filter_map(|act| match act.plan.kind {
            ActKind::TellReporter { person: p, topic: Topic::Date(r) } if p == person => Some(r),
            _ => None,
        })
        .max()?;
    case.embargo.proposal(revision).map(|proposal| (revision, proposal.clone()))
}
