//! Opening encrypted mail, apart from taking it in.
//!
//! A mail is kept and acknowledged as it came, before anybody tries a key on it. What came of it is
//! written into its case and shown there to whoever may read the case; nothing that a sender can see
//! or measure depends on it. So a mail that somebody sends on tells them nothing of what is inside.

use std::{borrow::Cow, collections::BTreeSet};

use advisory::Mailbox;
use case::{
    Case, CaseId, Command, ProjectId,
    notice::{ListCopy, Opened, may_be_there},
    observation::Observation,
    opening::{Inside, Letter, Opening, Outcome, Shut, Standing},
    state::Phase,
};
use mail_parser::{HeaderName, Message};
use store::{Body, KeyClass, Lease, Scope};

use crate::{
    Engine, EngineError,
    envelope::{self, Envelope},
    journal, listed, mail,
    ports::{Unopened, Unsealed},
    streams,
};

/// What stands where the inside is no mail that can be read.
const UNREADABLE: &str = "(what was inside could not be read; its bytes are kept)";

/// Whether a mail is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    /// It is.
    Done,
    /// A key may still come.
    Waits,
}

impl Engine {
    /// Opens a mail of a case, if a key fits, and writes down what came of it.
    pub(crate) fn open_letter(
        &self,
        case: CaseId,
        letter: Letter,
        lease: &Lease,
    ) -> Result<Tried, EngineError> {
        let case = journal::load(&*self.store, case)?.case;
        self.compare_inside(&case, letter, lease)?;
        let before = case.opening(letter);
        let over = before.is_some_and(|it| *it != Outcome::Shut(Shut::NoKey));
        if over || !case.is_encrypted(letter) {
            return Ok(Tried::Done);
        }
        let Some(raw) = self.letter_bytes(&case, letter)? else { return Ok(Tried::Done) };
        let outcome = self.try_keys(&case, &raw)?;
        let waits = matches!(outcome, None | Some(Outcome::Shut(Shut::NoKey)));
        if let Some(outcome) = outcome.filter(|it| before != Some(it)) {
            let seen = Observation::Opening(Opening { letter, outcome });
            match self.house(case.id, &Command::Observe(Box::new(seen)), Some(lease)) {
                // The report has gone to another case, and is opened there.
                Ok(_) | Err(EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
            self.compare_inside(&journal::load(&*self.store, case.id)?.case, letter, lease)?;
        }
        let goes_on = waits && case.phase == Phase::Open;
        Ok(if goes_on { Tried::Waits } else { Tried::Done })
    }

    /// Holds what was inside of a list's copy against the approved words, unless that was done.
    fn compare_inside(
        &self,
        case: &Case,
        letter: Letter,
        lease: &Lease,
    ) -> Result<(), EngineError> {
        let Some(Outcome::Opened(inside)) = case.opening(letter) else { return Ok(()) };
        let Letter::Message(_) = letter else { return Ok(()) };
        let raw = self.letter_bytes(case, letter)?.unwrap_or_default();
        let found = mail::read(&raw).and_then(|reading| listed::inside(case, &reading, inside));
        let Some(found) = found else { return Ok(()) };
        let content = self.blob_bytes(case.id, Some(&inside.raw))?.unwrap_or_default();
        let as_sent = self.is_as_sent(case, &content)?;
        let opened = Some(if as_sent { Opened::AsSent } else { Opened::Anew });
        let seen = Observation::ListCopy(Box::new(ListCopy { opened, ..found }));
        match self.house(case.id, &Command::Observe(Box::new(seen)), Some(lease)) {
            // It came by no list, or was compared already.
            Ok(_) | Err(EngineError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// This is what the house itself had encrypted for a list of the case. Nobody can change what is
    /// inside of that, and nobody needs to read it to send it back.
    fn is_as_sent(&self, case: &Case, content: &[u8]) -> Result<bool, EngineError> {
        let addresses = self.addresses(case.project)?;
        let to_lists = case.acts.values().filter(|act| may_be_there(act));
        for sealed in
            to_lists.filter_map(|act| act.sealed.as_ref()).filter(|it| !it.keys.is_empty())
        {
            let raw = self.blob_bytes(case.id, Some(&sealed.raw))?.unwrap_or_default();
            let Some(outer) = mail::parse(&raw) else { return Ok(true) };
            let Some(Envelope::Whole { message, .. }) = envelope::envelope(&outer) else {
                return Ok(true);
            };
            match self.ports.keys.open(&message, addresses.as_ref()) {
                Ok(own) if own.content != content => {}
                // What no key opens here cannot be what was opened.
                Err(Unopened::Absent | Unopened::NoKey) => {}
                Ok(_) | Err(Unopened::Damaged) => return Ok(true),
            }
        }
        Ok(false)
    }

    /// What comes of a mail; `None` where the house has no keys at all.
    fn try_keys(&self, case: &Case, raw: &[u8]) -> Result<Option<Outcome>, EngineError> {
        let shut = |why| Ok(Some(Outcome::Shut(why)));
        let Some(outer) = mail::parse(raw) else { return shut(Shut::Damaged) };
        let Some(Envelope::Whole { message, inline }) = envelope::envelope(&outer) else {
            return shut(Shut::NotWhole);
        };
        let addresses = self.addresses(case.project)?;
        match self.ports.keys.open(&message, addresses.as_ref()) {
            Ok(unsealed) => {
                let keys = envelope::keys(&outer);
                self.inside(case.id, unsealed, keys, inline).map(Some)
            }
            Err(Unopened::Absent) => Ok(None),
            Err(Unopened::NoKey) => shut(Shut::NoKey),
            Err(Unopened::Damaged) => shut(Shut::Damaged),
        }
    }

    /// The addresses whose keys may open a project's mail; in a house with one project, all. Else
    /// one team could read what was written to another, by sending it to itself.
    fn addresses(&self, project: ProjectId) -> Result<Option<BTreeSet<Mailbox>>, EngineError> {
        if self.projects()?.len() < 2 {
            return Ok(None);
        }
        let boxes = self.letterboxes()?.into_iter();
        Ok(Some(boxes.filter(|(_, owner)| *owner == project).map(|(address, _)| address).collect()))
    }

    fn inside(
        &self,
        case: CaseId,
        unsealed: Unsealed,
        mut keys: Vec<Vec<u8>>,
        inline: bool,
    ) -> Result<Outcome, EngineError> {
        let Unsealed { key, content, mut signatures } = unsealed;
        let inner = if inline { None } else { mail::parse(&content) };
        let mut signed = None;
        if let Some(inner) = &inner {
            keys.extend(envelope::keys(inner));
            if signatures.is_empty()
                && let Some((over, signature)) = envelope::signed(inner)
            {
                (signed, signatures) = (Some(over), vec![signature]);
            }
        }
        let signed = signed.as_deref().unwrap_or(&content);
        let signature = if signatures.is_empty() {
            Standing::Unsigned
        } else {
            self.ports.keys.judge(signed, &signatures, &keys, self.clock.wall())
        };
        let text = match &inner {
            Some(inner) => texts(inner),
            None if inline => String::from_utf8_lossy(&content).into_owned(),
            None => UNREADABLE.to_owned(),
        };
        let (text, subject) = (mail::cut(&text), inner.as_ref().and_then(subject));
        // With it goes whoever wrote it, if that is ever forgotten.
        let (stream, body) = (streams::case(case)?, Body::from(content));
        let raw = self.store.put_blob(&Scope::house("mail"), &stream, KeyClass::Identity, &body)?;
        let raw = raw.to_string();
        let inside = Inside { key, subject, text, raw, inline, signature };
        Ok(Outcome::Opened(Box::new(inside)))
    }

    fn letter_bytes(&self, case: &Case, letter: Letter) -> Result<Option<Vec<u8>>, EngineError> {
        match letter {
            Letter::Report(report) => Ok(self.report_bytes(report)?.map(|(_, bytes)| bytes)),
            Letter::Message(number) => match case.messages.get(number) {
                Some(message) => self.blob_bytes(case.id, message.raw.as_deref()),
                None => Ok(None),
            },
        }
    }

    /// Everything that was inside of a mail, with a name for its file; `None` if it was not opened,
    /// or was forgotten.
    pub(crate) fn inside_bytes(
        &self,
        case: &Case,
        letter: Letter,
    ) -> Result<Option<(&'static str, Vec<u8>)>, EngineError> {
        let Some(Outcome::Opened(inside)) = case.opening(letter) else { return Ok(None) };
        let name = if inside.inline { "opened.txt" } else { "opened.eml" };
        Ok(self.blob_bytes(case.id, Some(&inside.raw))?.map(|bytes| (name, bytes)))
    }
}

/// All texts of a mail that are to be read, one below the other.
fn texts(inner: &Message<'_>) -> String {
    let all = (0..inner.text_body_count()).filter_map(|number| inner.body_text(number));
    all.map(Cow::into_owned).collect::<Vec<_>>().join("\n\n")
}

/// The inner mail's own subject (RFC 9788).
fn subject(inner: &Message<'_>) -> Option<String> {
    let head = envelope::head(inner)?;
    let mut values = head.headers.iter().filter(|header| header.name == HeaderName::Subject);
    let text = mail::line(values.next_back()?.value.as_text()?);
    (!text.is_empty()).then_some(text)
}
