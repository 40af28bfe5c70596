//! Reports coming in. The bytes are durable before anybody reads "received".

use std::sync::atomic::Ordering;

use advisory::{Digest, Mailbox};
use case::{
    ActId, Actor, Case, CaseId, Codename, Command, CommandId, Context, Entry, Event, PersonId,
    ProjectId, ReportId,
    act::{ActKind, Recipient},
    event::{LifeEvent, ReportLink},
    evolve,
    rights::{Permission, may},
};
use jiff::Timestamp;
use store::{Append, Batch, Body, Expected, KeyClass, Recorded, RowChange, Scope, Seq};

use crate::{
    Engine, EngineError, compose,
    engine::Stamp,
    jobs, journal,
    people::scope_of,
    project::Project,
    report::{ReportEntry, ReportEvent},
    streams,
    summary::entry,
};

/// The list that finds a report by the secret of its receipt page.
const RECEIPTS: &str = "receipts";
/// The list of codenames that are taken.
pub(crate) const CODENAMES: &str = "codenames";
/// Codenames drawn before they get a higher number.
const DRAWS: u32 = 16;
/// Automatic acknowledgements by mail, per address and day.
const ACKNOWLEDGEMENTS: u32 = 1;
const DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// A report as it arrives.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The same for every repeat of the same submission.
    pub command: CommandId,
    /// `form` or `mail`.
    pub channel: String,
    /// Exactly what came in.
    pub raw: Vec<u8>,
    /// Name or pseudonym; may be empty.
    pub name: String,
    /// Where to answer.
    pub mailbox: Option<Mailbox>,
    /// A program wrote it: no mail answers it.
    pub automatic: bool,
    /// Title or subject.
    pub title: String,
    /// The words.
    pub text: String,
    /// A date that the reporter set for going public.
    pub deadline: Option<Timestamp>,
    /// It is a mail, all or part of which is encrypted.
    pub encrypted: bool,
}

/// What a mail has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// A report, in a case of its own.
    Report,
    /// A message in the case that it belongs to.
    Message,
    /// Nothing new: the same bytes were here before.
    Known,
}

/// A mail that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandedIn {
    /// The case in which it is from now on.
    pub case: CaseId,
    /// As what.
    pub became: Became,
}

/// What a reporter gets back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The report.
    pub report: ReportId,
    /// Its case.
    pub case: CaseId,
    /// The reporter, as a person of the case.
    pub reporter: PersonId,
    /// The secret of the receipt page.
    pub token: String,
}

impl Engine {
    /// Takes a report in: its bytes, a case with a codename, and the acknowledgement, in one
    /// transaction. A repeat of the same submission gets the first receipt.
    ///
    /// # Errors
    /// When the project is unknown or the store fails; then nothing was received.
    pub fn receive(
        &self,
        project: ProjectId,
        submission: &Submission,
    ) -> Result<Receipt, EngineError> {
        self.take_in(project, submission, Actor::House)
    }

    /// The same, where a person may have handed it in.
    pub(crate) fn take_in(
        &self,
        project: ProjectId,
        submission: &Submission,
        by: Actor,
    ) -> Result<Receipt, EngineError> {
        let report = report_of(submission.command);
        if let Some(first) = self.received(report)? {
            return Ok(first);
        }
        let project = self.for_a_new_case(project)?;
        let receipt = Receipt {
            report,
            case: CaseId(self.draw()),
            reporter: PersonId(self.draw()),
            token: data_encoding::HEXLOWER.encode(&[self.draw(), self.draw()].concat()),
        };
        match self.store_report(&project, submission, &receipt, by) {
            // Somebody else received the same submission at the same moment.
            Err(EngineError::Busy) => self.received(report)?.ok_or(EngineError::Busy),
            done => done.map(|()| receipt),
        }
    }

    /// Takes a mail in as a report. What cannot be parsed is stored and acknowledged all the same.
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    pub fn receive_mail(&self, project: ProjectId, raw: &[u8]) -> Result<Receipt, EngineError> {
        self.receive(project, &crate::mail::submission(project, raw))
    }

    /// Takes in a mail that reached a member of the team. Its sender is a claim like that of any
    /// mail. The same bytes are the same mail, whoever hands them in and however often.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is no such project, or the person may not write down
    /// what reached them in it; [`EngineError::Invalid`] for an empty mail, and for one of more than
    /// [`LARGEST_MAIL`](crate::LARGEST_MAIL) bytes.
    pub fn hand_in_mail(
        &self,
        project: ProjectId,
        by: PersonId,
        raw: &[u8],
    ) -> Result<HandedIn, EngineError> {
        let actor = Actor::Person(by);
        let roles = self.project(project)?.roles_of(by);
        if !may(actor, &roles, Permission::Observe) {
            return Err(EngineError::NotFound);
        }
        if let Some(why) = unfit(raw) {
            return Err(EngineError::Invalid(why.into()));
        }
        self.take_mail(project, actor, raw, None)
    }

    /// Whether a submission was received before.
    pub(crate) fn knows(&self, command: CommandId) -> Result<bool, EngineError> {
        Ok(self.received(report_of(command))?.is_some())
    }

    /// The report that a receipt page's secret belongs to.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is none.
    pub fn receipt(&self, token: &str) -> Result<Receipt, EngineError> {
        let row = self
            .store
            .row(&Scope::house("receipt"), RECEIPTS, token)?
            .ok_or(EngineError::NotFound)?;
        let text = row.body.as_bytes().ok_or(EngineError::NotFound)?;
        let report = std::str::from_utf8(text)
            .ok()
            .and_then(|t| t.parse().ok())
            .ok_or(EngineError::NotFound)?;
        self.received(report)?.ok_or(EngineError::NotFound)
    }

    fn store_report(
        &self,
        project: &Project,
        submission: &Submission,
        receipt: &Receipt,
        by: Actor,
    ) -> Result<(), EngineError> {
        let scope = Scope::house("intake");
        let stream = streams::report(receipt.report)?;
        let raw = Body::from(submission.raw.clone());
        let blob = self.store.put_blob(&scope, &stream, KeyClass::Identity, &raw)?;
        let at = self.clock.wall();
        let command = store::CommandId(submission.command.0);

        let mut of_report = Append::new(
            stream.clone(),
            Expected::New,
            command,
            report_entries(project.id, submission, receipt, &blob.to_string(), at)?,
        );
        of_report.blobs = vec![blob];
        of_report.project = Some(scope_of(project.id)?);

        let codename = self.codename()?;
        let (case, entries) = self.opening(project, submission, receipt, &codename, by, at)?;
        let id = submission.command;
        let mut of_case = journal::append(receipt.case, Expected::New, id, &entries)?;
        let events: Vec<Event> = entries.into_iter().map(|entry| entry.event).collect();
        of_case.project = Some(scope_of(project.id)?);

        self.keep(&case.playbook)?;
        let mut rows = self.rows(&case, &events, project)?;
        rows.extend([
            entry(RECEIPTS, &receipt.token, &stream, &receipt.report.to_string()),
            taken(&codename, &of_case.stream),
        ]);
        let jobs = jobs::following(&case, &events, at)?;
        let batch = Batch { appends: vec![of_report, of_case], rows, jobs, fences: Vec::new() };
        self.store.commit(&scope, batch)?;
        Ok(())
    }

    /// What opens a case: in the name of whoever brought the report, the report itself; in the
    /// house's own, the plan of its acknowledgement.
    fn opening(
        &self,
        project: &Project,
        submission: &Submission,
        receipt: &Receipt,
        codename: &Codename,
        by: Actor,
        at: Timestamp,
    ) -> Result<(Case, Vec<Entry>), EngineError> {
        let opened = Event::Life(LifeEvent::Opened {
            id: receipt.case,
            codename: codename.clone(),
            playbook: project.playbook.clone(),
            policy: Box::new(project.policy.clone()),
        });
        let link = link(submission, receipt, at);
        let linked = Event::Life(LifeEvent::Linked(Box::new(link.clone())));
        let stamp = |actor| Stamp { actor, id: submission.command, source: "intake", at };
        let mut entries = stamp(by).entries(project.id, 0, &[opened, linked]);
        let case = evolve::fold(&entries)?;
        // Who wrote a mail without a sender never got a receipt's address, and would read no reply
        // there: the step stays open until a person has found a way, or says that there is none.
        if by != Actor::House && submission.mailbox.is_none() {
            return Ok((case, entries));
        }
        let kind = ActKind::Acknowledge { report: receipt.report };
        let mut plan = compose::compose(&self.texts, &case, &kind, None)?;
        if submission.automatic || self.acknowledged_today(&link, at)? {
            plan.to = vec![Recipient::ReceiptPage { person: link.reporter }];
        }
        let command = Command::Plan { act: ActId(self.draw()), plan: Box::new(plan) };
        let clock = self.now();
        let verdict =
            self.playbook(&case.playbook)?.evaluate(&case, &project.team, clock.now).verdict();
        let (actor, team, by_hand) = (Actor::House, &project.team, self.unconnected(project));
        let (verdict, by_hand, book) = (&verdict, &by_hand, &project.book);
        let roll = &project.roll;
        let context = Context { actor, clock, team, verdict, by_hand, book, roll };
        let planned = case::decide(&case, &command, &context)?;
        entries.extend(stamp(Actor::House).entries(project.id, case.head, &planned));
        Ok((evolve::fold(&entries)?, entries))
    }

    /// Somebody who makes us send mail after mail to one address gets none: the receipt page says
    /// the same.
    fn acknowledged_today(&self, link: &ReportLink, at: Timestamp) -> Result<bool, EngineError> {
        let Some(mailbox) = &link.mailbox else { return Ok(false) };
        let what = format!("acknowledge {mailbox}");
        let attempt = self.store.attempt(&what, ACKNOWLEDGEMENTS, DAY, at)?;
        Ok(matches!(attempt, store::Attempt::Refused { .. }))
    }

    /// A codename that no case has. Where two words are hard to find, they get a number.
    pub(crate) fn codename(&self) -> Result<Codename, EngineError> {
        // Where words were hard to find they still are.
        let first = self.numbered.load(Ordering::Relaxed);
        for time in first..=u16::MAX {
            for _ in 0..DRAWS {
                let drawn = self.draw();
                let number = drawn
                    .iter()
                    .fold(0_usize, |n, byte| n.wrapping_mul(256).wrapping_add(usize::from(*byte)));
                let name = Codename::nth(number % Codename::COUNT).numbered(time);
                let taken = self.store.row(&Scope::house("intake"), CODENAMES, name.as_str())?;
                if taken.is_none() {
                    self.numbered.store(time, Ordering::Relaxed);
                    return Ok(name);
                }
            }
        }
        Err(EngineError::Invalid("every codename is taken".into()))
    }

    /// The cases that a report was in before the one where it is.
    pub(crate) fn earlier_cases(&self, report: ReportId) -> Result<Vec<CaseId>, EngineError> {
        let stream = streams::report(report)?;
        let mut cases = Vec::new();
        for record in &self.store.read(&Scope::house("intake"), &stream, Seq::FIRST)? {
            if let Some(ReportEvent::Linked { case }) = read(stream.as_str(), record)? {
                cases.push(case);
            }
        }
        let now = cases.pop();
        cases.retain(|case| Some(*case) != now);
        Ok(cases)
    }

    /// The receipt of a report that is in the journal.
    fn received(&self, report: ReportId) -> Result<Option<Receipt>, EngineError> {
        let stream = streams::report(report)?;
        let records = self.store.read(&Scope::house("intake"), &stream, Seq::FIRST)?;
        let mut found = (None, None, None);
        for record in &records {
            match read(stream.as_str(), record)? {
                Some(ReportEvent::Received { token, .. }) => found.0 = Some(token),
                Some(ReportEvent::Reporter { person, .. }) => found.1 = Some(person),
                Some(ReportEvent::Linked { case }) => found.2 = Some(case),
                None => {}
            }
        }
        Ok(match found {
            (Some(token), Some(reporter), Some(case)) => {
                Some(Receipt { report, case, reporter, token })
            }
            _ => None,
        })
    }
}

/// Why a mail cannot be handed in.
fn unfit(mail: &[u8]) -> Option<&'static str> {
    match mail.len() {
        0 => Some("there is nothing in the mail"),
        size if size > crate::mail::LARGEST_MAIL => Some("the mail is larger than 25 MiB"),
        _ => None,
    }
}

fn report_of(command: CommandId) -> ReportId {
    ReportId(streams::derive("report", command))
}

/// From now on a case has this codename.
pub(crate) fn taken(codename: &Codename, case: &store::StreamId) -> RowChange {
    entry(CODENAMES, codename.as_str(), case, "")
}

fn link(submission: &Submission, receipt: &Receipt, at: Timestamp) -> ReportLink {
    let name = submission.name.trim();
    ReportLink {
        report: receipt.report,
        reporter: receipt.reporter,
        reporter_name: if name.is_empty() { "anonymous".into() } else { name.into() },
        mailbox: submission.mailbox.clone(),
        channel: submission.channel.clone(),
        title: submission.title.clone(),
        text: submission.text.clone(),
        received_at: at,
        deadline: submission.deadline,
        encrypted: submission.encrypted,
    }
}

fn report_entries(
    project: ProjectId,
    submission: &Submission,
    receipt: &Receipt,
    raw: &str,
    at: Timestamp,
) -> Result<Vec<store::Entry>, EngineError> {
    let body = |event: ReportEvent| {
        serde_json::to_vec(&ReportEntry { v: 1, event })
            .map_err(|e| EngineError::Invalid(e.to_string()))
    };
    Ok(vec![
        store::Entry::content(body(ReportEvent::Received {
            project,
            channel: submission.channel.clone(),
            raw: raw.to_owned(),
            at,
            token: receipt.token.clone(),
        })?),
        store::Entry::identity(body(ReportEvent::Reporter {
            person: receipt.reporter,
            name: submission.name.clone(),
            mailbox: submission.mailbox.as_ref().map(ToString::to_string),
        })?),
        store::Entry::content(body(ReportEvent::Linked { case: receipt.case })?),
    ])
}

pub(crate) fn read(stream: &str, record: &Recorded) -> Result<Option<ReportEvent>, EngineError> {
    let Some(bytes) = record.payload.as_bytes() else { return Ok(None) };
    let entry: ReportEntry = serde_json::from_slice(bytes)
        .map_err(|e| EngineError::Unreadable { stream: stream.to_owned(), why: e.to_string() })?;
    Ok(Some(entry.event))
}

/// The command id of a mail: the same bytes to the same project are the same mail. Who wrote to two
/// projects at once has reported to both.
pub(crate) fn mail_command(project: ProjectId, raw: &[u8]) -> CommandId {
    let digest = Digest::of_parts("mail", [project.0.as_slice(), raw]);
    let mut id = [0; 16];
    id.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
    CommandId(id)
}
