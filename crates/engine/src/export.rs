//! A case as files, for somebody who may read it and takes it along.
//!
//! From the case to paths and bytes; the program writes them. Whoever may not see who reported gets
//! neither the journal nor the mails, since both name the reporter. The read is in the journal
//! before anything is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use advisory::check::Finding;
use case::{
    Actor, Case, CaseId, Entry, LineKey, PersonId, ReportId,
    act::{Act, Payload, Recipient},
    event::LineVerdict,
    opening::Letter,
    readiness::{self, Answer, Fact, Readiness, Standing},
    rights::{Permission, may},
    state::{Message, Phase},
};
use jiff::Timestamp;
use serde::Serialize;
use store::{Payload as Sealed, Scope, Seq};

use crate::{
    Engine, EngineError, View, intake, message_id,
    records::{self, Preview},
    report::ReportEvent,
    streams,
};

/// Files by their path, which has `/` between folders.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A case as files.
#[derive(Debug)]
pub struct Export {
    /// What the reader sees of it.
    pub view: View,
    /// The files.
    pub files: Files,
    /// What was left out since the reader may not see who reported.
    pub without_identity: bool,
}

/// The head of an export.
#[derive(Serialize)]
struct Head<'a> {
    v: u8,
    case: CaseId,
    codename: &'a str,
    project: &'a str,
    opened_at: Timestamp,
    phase: &'a Phase,
    events: u64,
    exported_at: Timestamp,
}

/// How far the lines of a case have come.
#[derive(Serialize)]
struct Lines<'a> {
    v: u8,
    lines: Vec<LineRow<'a>>,
}

/// A row of the readiness matrix.
#[derive(Serialize)]
struct LineRow<'a> {
    line: &'a LineKey,
    default_branch: bool,
    verdict: Option<&'a LineVerdict>,
    standing: Standing,
    facts: BTreeMap<Fact, Answer<'a>>,
}

impl<'a> LineRow<'a> {
    fn new(row: Readiness<'a>) -> Self {
        let Readiness { key, line, standing, facts } = row;
        let (default_branch, verdict) = (line.default_branch, line.verdict.as_ref());
        Self { line: key, default_branch, verdict, standing, facts: facts.into_iter().collect() }
    }
}

/// What the rules say of one record.
#[derive(Serialize)]
struct Verdict<'a> {
    v: u8,
    format: &'a str,
    audience: advisory::Audience,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'a str>,
    valid: bool,
    findings: &'a [Finding],
}

/// A mail of a case.
enum Said<'a> {
    Received(Letter, &'a Message),
    Sent(String, Option<&'a str>),
}

/// An entry with its place.
#[derive(Serialize)]
struct Numbered<'a> {
    seq: u64,
    #[serde(flatten)]
    entry: &'a Entry,
}

impl Engine {
    /// A case as files: every record that can be written now with what its rules say, the advisory,
    /// how far each line has come, the mails both ways, the reports as they came, and the journal.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is none, or the actor may not know of it.
    pub fn export(&self, id: CaseId, actor: Actor) -> Result<Export, EngineError> {
        let view = self.view_as(id, actor, "export")?;
        let case = &view.loaded.case;
        let identity = may(actor, &view.roles, Permission::ReadIdentity);
        let mut files = Files::new();
        let head = Head {
            v: 1,
            case: case.id,
            codename: case.codename.as_str(),
            project: &case.policy.project,
            opened_at: case.opened_at,
            phase: &case.phase,
            events: case.head,
            exported_at: view.now,
        };
        files.insert("case.json".to_owned(), pretty(&head)?);
        let lines = readiness::matrix(case).into_iter().map(LineRow::new).collect();
        files.insert("readiness.json".to_owned(), pretty(&Lines { v: 1, lines })?);
        if let Some(advisory) = records::advisory_for(case, identity) {
            files.insert("advisory.json".to_owned(), pretty(&advisory)?);
        }
        let previews = records::previews(&view.loaded, view.imprint.as_ref(), view.now, identity);
        put_records(&previews, &mut files)?;
        if identity {
            files.insert("journal.jsonl".to_owned(), journal(&view.loaded.entries)?);
            self.put_messages(case, &mut files)?;
            for report in case.reports.keys() {
                self.put_report(case, *report, &mut files)?;
            }
        }
        Ok(Export { view, files, without_identity: !identity })
    }

    /// What was said, both ways, in the order of time; a mail that came in, or went out sealed, also
    /// to the byte.
    fn put_messages(&self, case: &Case, files: &mut Files) -> Result<(), EngineError> {
        let received = case.messages.iter().enumerate().map(|(number, message)| {
            (message.at, Said::Received(Letter::Message(number), message))
        });
        let sent = case.acts.values().filter_map(|act| {
            let sealed = act.sealed.as_ref().map(|sealed| sealed.raw.as_str());
            Some((act.done_at()?, Said::Sent(sent(case, act)?, sealed)))
        });
        let mut all: Vec<_> = received.chain(sent).collect();
        all.sort_by_key(|(at, _)| *at);
        for (number, (at, said)) in (1_u32..).zip(all) {
            let (way, text) = match said {
                Said::Sent(text, sealed) => {
                    if let Some(bytes) = self.blob_bytes(case.id, sealed)? {
                        files.insert(format!("mails/{number:04}-sent.eml"), bytes);
                    }
                    ("sent", text)
                }
                Said::Received(letter, message) => {
                    let path = format!("mails/{number:04}-received");
                    if let Some(bytes) = self.blob_bytes(case.id, message.raw.as_deref())? {
                        files.insert(format!("{path}.eml"), bytes);
                    }
                    if let Some((name, bytes)) = self.inside_bytes(case, letter)? {
                        files.insert(format!("{path}-{name}"), bytes);
                    }
                    let Message { sender, text, .. } = message;
                    ("received", format!("From: {sender}\nDate: {at}\n\n{text}\n"))
                }
            };
            files.insert(format!("mails/{number:04}-{way}.txt"), text.into_bytes());
        }
        Ok(())
    }

    /// A report as it came; one that was encrypted also as it was inside.
    fn put_report(
        &self,
        case: &Case,
        report: ReportId,
        files: &mut Files,
    ) -> Result<(), EngineError> {
        if let Some((name, bytes)) = self.report_bytes(report)? {
            files.insert(format!("reports/{name}"), bytes);
        }
        if let Some((name, bytes)) = self.inside_bytes(case, Letter::Report(report))? {
            files.insert(format!("reports/{report}-{name}"), bytes);
        }
        Ok(())
    }

    /// A report of a case to the byte, with a name for the file. Who reads it is written down first.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person may not see who reported it, the case has no such
    /// report, or it was forgotten.
    pub fn raw_report(
        &self,
        case: CaseId,
        person: PersonId,
        report: ReportId,
    ) -> Result<(String, Vec<u8>), EngineError> {
        let actor = Actor::Person(person);
        let view = self.view_as(case, actor, "report")?;
        let known = view.loaded.case.reports.contains_key(&report);
        if !(known && may(actor, &view.roles, Permission::ReadIdentity)) {
            return Err(EngineError::NotFound);
        }
        self.report_bytes(report)?.ok_or(EngineError::NotFound)
    }

    /// The mail of a case's message to the byte; messages are numbered as the case has them. Who
    /// reads it is written down first.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person may not see who wrote it, the case has no such
    /// message, it was no mail, or it was forgotten.
    pub fn raw_message(
        &self,
        case: CaseId,
        person: PersonId,
        number: usize,
    ) -> Result<Vec<u8>, EngineError> {
        let actor = Actor::Person(person);
        let view = self.view_as(case, actor, "message")?;
        if !may(actor, &view.roles, Permission::ReadIdentity) {
            return Err(EngineError::NotFound);
        }
        let message = view.loaded.case.messages.get(number).ok_or(EngineError::NotFound)?;
        self.blob_bytes(case, message.raw.as_deref())?.ok_or(EngineError::NotFound)
    }

    /// Everything that was inside of an encrypted mail, with a name for its file. Who reads it is
    /// written down first.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person may not see who wrote it, the case has no such
    /// mail, it was not opened, or was forgotten.
    pub fn inside_of(
        &self,
        case: CaseId,
        person: PersonId,
        letter: Letter,
    ) -> Result<(&'static str, Vec<u8>), EngineError> {
        let actor = Actor::Person(person);
        let view = self.view_as(case, actor, "opened mail")?;
        if !may(actor, &view.roles, Permission::ReadIdentity) {
            return Err(EngineError::NotFound);
        }
        self.inside_bytes(&view.loaded.case, letter)?.ok_or(EngineError::NotFound)
    }

    /// A blob of a case, if there is one and it was not forgotten.
    pub(crate) fn blob_bytes(
        &self,
        case: CaseId,
        blob: Option<&str>,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let Some(blob) = blob.and_then(|blob| blob.parse().ok()) else { return Ok(None) };
        let stream = streams::case(case)?;
        let bytes = self.store.get_blob(&Scope::house("export"), &stream, &blob)?;
        Ok(bytes.as_ref().and_then(Sealed::as_bytes).map(<[u8]>::to_vec))
    }

    /// A report to the byte, with a name for its file, unless it was forgotten.
    pub(crate) fn report_bytes(
        &self,
        report: ReportId,
    ) -> Result<Option<(String, Vec<u8>)>, EngineError> {
        let (scope, stream) = (Scope::house("export"), streams::report(report)?);
        for record in self.store.read(&scope, &stream, Seq::FIRST)? {
            let Some(ReportEvent::Received { channel, raw, .. }) =
                intake::read(stream.as_str(), &record)?
            else {
                continue;
            };
            let Ok(blob) = raw.parse() else { continue };
            let bytes = self.store.get_blob(&scope, &stream, &blob)?;
            if let Some(bytes) = bytes.as_ref().and_then(Sealed::as_bytes) {
                let ending = if channel == "mail" { "eml" } else { "txt" };
                return Ok(Some((format!("{report}.{ending}"), bytes.to_vec())));
            }
        }
        Ok(None)
    }

    /// A case by its id or its codename, among those that somebody may see.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is none of them; [`EngineError::Invalid`] when several
    /// have the codename.
    pub fn find_case(&self, person: PersonId, name: &str) -> Result<CaseId, EngineError> {
        if let Ok(id) = name.parse() {
            return Ok(id);
        }
        let visible = self.visible(person)?;
        let named = visible.iter().filter(|summary| summary.codename == name);
        let named: BTreeSet<CaseId> = named.map(|summary| summary.case).collect();
        match (named.first(), named.len()) {
            (Some(one), 1) => Ok(*one),
            (None, _) => Err(EngineError::NotFound),
            (Some(_), _) => {
                Err(EngineError::Invalid("several cases have this codename: give an id".into()))
            }
        }
    }
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, EngineError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| not_json(&error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn not_json(error: &serde_json::Error) -> EngineError {
    EngineError::Invalid(error.to_string())
}

/// One entry a line.
fn journal(entries: &[Entry]) -> Result<Vec<u8>, EngineError> {
    let mut lines = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut lines, &Numbered { seq: entry.seq, entry })
            .map_err(|error| not_json(&error))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn put_records(previews: &[Preview], files: &mut Files) -> Result<(), EngineError> {
    let mut verdicts = Vec::new();
    for preview in previews {
        let report = preview.report.as_ref();
        let verdict = Verdict {
            v: 1,
            format: preview.format,
            audience: preview.audience,
            file: preview.text.is_ok().then_some(&preview.file),
            missing: preview.text.as_ref().err().map(String::as_str),
            valid: preview.text.is_ok() && report.is_none_or(advisory::check::Report::valid),
            findings: report.map_or(&[], |report| &report.findings),
        };
        serde_json::to_writer(&mut verdicts, &verdict).map_err(|error| not_json(&error))?;
        verdicts.push(b'\n');
        if let Ok(text) = &preview.text {
            files.insert(format!("records/{}", preview.file), text.clone().into_bytes());
        }
    }
    files.insert("records/findings.jsonl".to_owned(), verdicts);
    Ok(())
}

fn sent(case: &Case, act: &Act) -> Option<String> {
    let Payload::Message { subject, body } = &act.plan.payload else { return None };
    let mut text = String::new();
    for to in &act.plan.to {
        let to = match to {
            Recipient::Person { mailbox, .. } | Recipient::List { mailbox, .. } => {
                mailbox.to_string()
            }
            Recipient::ReceiptPage { person } => {
                let known = case.people.get(person).map(|known| known.name.as_str());
                format!("{}, on the receipt page", known.unwrap_or("somebody"))
            }
            Recipient::Forge { .. } | Recipient::Cna => continue,
        };
        // Writing to a text does not fail.
        let _ = writeln!(text, "To: {to}");
    }
    let at = act.done_at()?;
    let id = message_id(act.id);
    let _ = write!(text, "Date: {at}\nSubject: {subject}\nMessage-ID: <{id}>\n\n{body}");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Some(text)
}
