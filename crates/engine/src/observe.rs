//! Looking at the world: what each party shows of an open case, recorded when it is news.
//!
//! A party that cannot be asked now is asked again at the next look; the checklist meanwhile says
//! what is waited for.

pub(crate) mod copies;
mod forge;
mod lists;
mod repositories;

pub(crate) use repositories::{Looks, Mirror};

use case::{
    ActId, Actor, Case, CaseId, Command, CommandId, ProjectId, Subject,
    act::{ActKind, ActState},
    event::Triage,
    observation::{CveWord, Observation},
    state::{CveState, Phase},
};
use store::{Body, KeyClass, Row, RowChange, Scope};

use crate::{
    Became, Engine, EngineError, HandedIn, hands::Thing, journal, listed, mail, streams,
    summary::ACTS,
};

/// The list that keeps how far a project's mail was read.
const MAIL_READ: &str = "mail-read";

impl Engine {
    /// Looks at everything that the world shows of a case, and records what is new; whether the
    /// case is open, and will be looked at again.
    pub(crate) fn watch(&self, case: CaseId) -> Result<bool, EngineError> {
        // Two that look at once would write everything down twice.
        let Some(_looking) = self.hands.take(Thing::Watch(case)) else { return Ok(true) };
        let loaded = journal::load(&*self.store, case)?;
        if loaded.case.phase != Phase::Open {
            self.looks.forget(case);
            self.counts.forget(case);
            return Ok(false);
        }
        self.note_mirrors(&loaded.case)?;
        for seen in self.look(&loaded.case)? {
            match self.house(case, &Command::Observe(Box::new(seen)), None) {
                Ok(_) | Err(EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn look(&self, case: &Case) -> Result<Vec<Observation>, EngineError> {
        let mut seen = forge::look(&*self.ports.forge, case);
        seen.extend(self.cna(case));
        let from = self.sender(case.project)?;
        seen.extend(lists::posts(&*self.ports.lists, case, from.as_ref()));
        seen.extend(lists::deliveries(&*self.ports.mail, case));
        if case.triage.as_ref().is_some_and(|t| t.verdict == Triage::Accepted) {
            seen.extend(repositories::look(
                &*self.ports.repositories,
                case,
                &self.project(case.project)?,
                self.clock.wall(),
                &self.looks,
                self.histories.as_ref(),
            ));
        }
        Ok(seen)
    }

    fn cna(&self, case: &Case) -> Vec<Observation> {
        let asked = case.vulnerabilities.iter().filter(|(_, v)| v.cve != CveState::None);
        asked
            .filter_map(|(id, vulnerability)| {
                let word = self.ports.cna.word(*id).ok()??;
                let known = match &word {
                    CveWord::Assigned { id } => vulnerability.cve_id == Some(*id),
                    CveWord::Declined { .. } => vulnerability.cve == CveState::Declined,
                    CveWord::Published => vulnerability.cve == CveState::Published,
                    CveWord::Rejected { .. } => vulnerability.cve == CveState::Rejected,
                    CveWord::Disputed { .. } => vulnerability.cve == CveState::Disputed,
                };
                (!known).then_some(Observation::Cve { vulnerability: *id, word })
            })
            .collect()
    }

    /// Fetches a project's new mail: an answer to one of our messages goes to its case, anything
    /// else is a report.
    pub(crate) fn fetch_mail(&self, project: ProjectId) -> Result<(), EngineError> {
        let key = project.to_string();
        let row = self.store.row(&Scope::house("mail"), MAIL_READ, &key)?;
        let read = row
            .and_then(|r| std::str::from_utf8(r.body.as_bytes()?).ok()?.parse().ok())
            .unwrap_or(0_u64);
        let Ok(mails) = self.ports.mail.incoming(read) else { return Ok(()) };
        for one in mails {
            self.take_mail(project, Actor::House, &one.raw, None)?;
            // Only now: a crash before this line reads the mail again, and its command id tells.
            let done = RowChange::Put(Row {
                list: MAIL_READ.into(),
                key: key.clone(),
                stream: streams::project(project)?,
                sort: 0,
                body: Body::from(one.number.to_string().as_str()),
            });
            let batch = store::Batch { rows: vec![done], ..store::Batch::default() };
            self.store.commit(&Scope::house("mail"), batch)?;
        }
        Ok(())
    }

    /// Takes a mail to the case that it belongs to, which may be a new one; `tag` is the act whose
    /// own address it came to.
    pub(crate) fn take_mail(
        &self,
        project: ProjectId,
        by: Actor,
        raw: &[u8],
        tag: Option<ActId>,
    ) -> Result<HandedIn, EngineError> {
        let reading = mail::read(raw).unwrap_or_default();
        let asked = match tag.or(reading.answers) {
            Some(act) => self.case_of_act(project, act)?.map(|case| (case, act)),
            None => self.notice_like(project, &reading)?,
        };
        if let Some((asked, act)) = asked {
            match self.take_answer(&asked, act, by, &reading, raw) {
                Ok(taken) => return Ok(taken),
                // Whoever hands it in has no part in that case: to them it is a mail like any other.
                Err(EngineError::NotFound | EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let submission = mail::submission(project, raw);
        let known = self.knows(submission.command)?;
        let case = self.take_in(project, &submission, by)?.case;
        Ok(HandedIn { case, became: if known { Became::Known } else { Became::Report } })
    }

    /// Writes down in its case, or where that goes on, what answers a message, and what it shows of
    /// that.
    fn take_answer(
        &self,
        asked: &Case,
        act: ActId,
        by: Actor,
        reading: &mail::Reading,
        raw: &[u8],
    ) -> Result<HandedIn, EngineError> {
        let id = crate::intake::mail_command(asked.project, raw);
        let case = self.goes_on_in(asked)?;
        let said = self.answer(asked, case, act, reading, raw)?;
        let said = self.execute(case, by, id, &Command::Observe(Box::new(said)), "mail")?;
        let became = if said.repeated { Became::Known } else { Became::Message };
        let shows = if case == asked.id { shown_by(asked, act, reading) } else { Vec::new() };
        for (number, seen) in shows.into_iter().enumerate() {
            let id = CommandId(streams::derive(&format!("shown {number}"), id));
            match self.execute(case, by, id, &Command::Observe(Box::new(seen)), "mail") {
                // The mail itself is kept.
                Ok(_) | Err(EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(HandedIn { case, became })
    }

    /// The case itself, or the one in which it goes on.
    fn goes_on_in(&self, case: &Case) -> Result<CaseId, EngineError> {
        let (mut id, mut phase) = (case.id, case.phase.clone());
        while let Phase::Merged { into } = phase {
            (id, phase) = (into, journal::load(&*self.store, into)?.case.phase);
        }
        Ok(id)
    }

    /// What somebody said in answer to a message, for the case in which it is kept; and who, if the
    /// message went to one person alone.
    fn answer(
        &self,
        asked: &Case,
        kept_in: CaseId,
        act: ActId,
        reading: &mail::Reading,
        raw: &[u8],
    ) -> Result<Observation, EngineError> {
        let from = asked.acts.get(&act).and_then(|found| match found.plan.to.as_slice() {
            // What a program wrote about it, such as a bounce, is nobody's word.
            [case::act::Recipient::Person { person, .. }] if !reading.automatic => Some(*person),
            _ => None,
        });
        let sender = reading.from.as_ref().map(ToString::to_string).unwrap_or_default();
        let text = format!("{}\n\n{}", reading.subject, reading.whole());
        // Attachments stay in the bytes; with them goes whoever wrote, if that is ever forgotten.
        let stream = streams::case(kept_in)?;
        let body = Body::from(raw.to_vec());
        let blob =
            self.store.put_blob(&Scope::house("mail"), &stream, KeyClass::Identity, &body)?;
        let (raw, encrypted) = (Some(blob.to_string()), reading.encrypted);
        Ok(Observation::Message { from, sender, text, raw, encrypted })
    }

    fn case_of_act(&self, project: ProjectId, act: ActId) -> Result<Option<Case>, EngineError> {
        let row = self.store.row(&Scope::house("mail"), ACTS, &act.to_string())?;
        let Some(case) = row.as_ref().and_then(|row| streams::case_of(&row.stream)) else {
            return Ok(None);
        };
        let case = journal::load(&*self.store, case)?.case;
        Ok((case.project == project && case.acts.contains_key(&act)).then_some(case))
    }
}

/// What a mail shows of the act whose message it answers, returns or is: whom that did not reach, or
/// that its list has it.
fn shown_by(case: &Case, act: ActId, reading: &mail::Reading) -> Vec<Observation> {
    let missed = reading.bounces.as_ref().map(|bounces| bounces.of(case, act));
    let copy = case.acts.get(&act).and_then(|act| listed::copy(case, act, reading));
    let copy = copy.map(|copy| Observation::ListCopy(Box::new(copy)));
    missed.into_iter().flatten().chain(copy).collect()
}

/// The latest act of a kind that is done or may have been.
fn reached(case: &Case, kind: &ActKind) -> Option<ActId> {
    case.acts_of(|k| k == kind).filter(|act| called(&act.state)).last().map(|act| act.id)
}

/// A reading is recorded when it differs from what is known, and when that was only told.
fn news(case: &Case, subject: Subject, other: bool) -> bool {
    other || case.told.contains_key(&subject)
}

fn called(state: &ActState) -> bool {
    matches!(state, ActState::Done { .. } | ActState::Started { .. } | ActState::Uncertain { .. })
}
