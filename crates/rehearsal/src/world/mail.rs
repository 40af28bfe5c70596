//! The mail server, which takes mail by SMTP and delivers it, to people and lists, or sends it back;
//! and the team's own mailbox.

use std::collections::BTreeMap;

use advisory::mailbox::Mailbox;
use case::{ActId, act::Proof, observation::Delivery};
use engine::ports::{Found, IncomingMail, PortError};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Scene,
    agenda::{Plan, after},
    faults::{Fault, Faults},
    letter::Letter,
    lists::Lists,
    record::{Happened, Sent},
    setting::{Lookups, Persona},
    smtp::{Conversation, Heard, Taken},
    wire::{Outcome, Response},
};
use crate::dice::Dice;

/// What can be asked of the mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Begin a conversation by SMTP.
    Dial,
    /// Say something in one.
    Say {
        /// Which.
        line: u64,
        /// Bytes, whatever they are.
        bytes: Vec<u8>,
    },
    /// Look whether a mail was taken.
    Find(ActId),
    /// Read the team's mailbox after a number.
    Incoming(u64),
    /// What became of the copies of a message.
    Deliveries(ActId),
}

impl Call {
    /// It says the end of a mail: what comes of the mail comes of this. A line that ends with a dot
    /// does not.
    #[must_use]
    pub fn ends_mail(&self) -> bool {
        matches!(self, Self::Say { bytes, .. } if bytes == b".\r\n" || bytes.ends_with(b"\r\n.\r\n"))
    }
}

/// A mail that the server took for somebody.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) act: ActId,
    pub(super) to: Mailbox,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) sent: Sent,
}

/// The key of a mail without one that we know: no act has it.
const NO_ACT: ActId = ActId([0; 16]);
/// Conversations that are kept. Whoever died in the middle of one does not come back to it.
const MOST_LINES: usize = 64;

/// The mail server.
#[derive(Debug, Clone)]
pub struct Mail {
    dice: Dice,
    lines: BTreeMap<u64, Conversation>,
    dialled: u64,
    received: Vec<Received>,
    inbox: Vec<IncomingMail>,
    deliveries: BTreeMap<ActId, Vec<(Mailbox, Delivery)>>,
}

impl Mail {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, "mail"),
            lines: BTreeMap::new(),
            dialled: 0,
            received: Vec::new(),
            inbox: Vec::new(),
            deliveries: BTreeMap::new(),
        }
    }

    pub(super) fn handle(
        &mut self,
        call: &Call,
        lists: &mut Lists,
        faults: &mut Faults,
        scene: &mut Scene<'_>,
    ) -> Outcome {
        Ok(match call {
            Call::Dial => {
                self.dialled = self.dialled.saturating_add(1);
                while self.lines.len() >= MOST_LINES {
                    self.lines.pop_first();
                }
                let mut line = Conversation::begin(faults.deal_to_mail());
                let heard = heard(&mut line, faults, scene);
                self.lines.insert(self.dialled, line);
                Response::Line { number: self.dialled, heard }
            }
            Call::Say { line, bytes } => {
                let gone = || PortError::Lost("the connection was reset".into());
                let number = *line;
                let line = self.lines.get_mut(&number).ok_or_else(gone)?;
                line.hear(bytes);
                let taken = line.taken();
                let heard = heard(line, faults, scene);
                if heard.closed {
                    self.lines.remove(&number);
                }
                for taken in taken {
                    self.take(taken, lists, scene);
                }
                Response::Heard(heard)
            }
            Call::Find(act) if scene.setting.lookups == Lookups::Everywhere => {
                let found = self.received.iter().any(|mail| mail.act == *act);
                let reference = format!("<{act}@{}>", scene.setting.team.domain());
                let proof = || Proof { by: "mail".into(), reference };
                Response::Found(if found { Found::Present(proof()) } else { Found::Missing })
            }
            Call::Find(_) => Response::Found(Found::Unclear),
            Call::Incoming(after) => Response::Incoming(
                self.inbox.iter().filter(|mail| mail.number > *after).cloned().collect(),
            ),
            Call::Deliveries(act) => {
                Response::Deliveries(self.deliveries.get(act).cloned().unwrap_or_default())
            }
        })
    }

    /// Takes a message for everybody whom its envelope names.
    fn take(&mut self, taken: Taken, lists: &mut Lists, scene: &mut Scene<'_>) {
        let Letter { act, subject, body, .. } = Letter::read(&taken.raw);
        let act = act.unwrap_or(NO_ACT);
        let sent = Sent { sender: taken.sender, raw: taken.raw };
        for to in taken.to {
            let (subject, body) = (subject.clone(), body.clone());
            let mail = Received { act, to, subject, body, sent: sent.clone() };
            if !lists.take(&mail, scene) {
                let Received { act, to, subject, body, sent } = mail.clone();
                scene.note("mail", Happened::Mailed { act, to, subject, body, mail: sent });
                let at = after(scene.at, self.dice.seconds(5, 90));
                scene.agenda.add(at, Plan::Deliver(self.received.len()));
            }
            self.received.push(mail);
        }
    }

    /// A mail reaches its address or comes back; answers the mail when somebody reads it.
    pub(super) fn deliver(&mut self, number: usize, scene: &Scene<'_>) -> Option<Received> {
        let mail = self.received.get(number)?.clone();
        let known = scene.setting.reporters.iter().any(|person| person.mailbox == mail.to)
            || scene.setting.vendors.iter().any(|vendor| vendor.mailbox == mail.to);
        let outcome = if known { Delivery::Delivered } else { gone() };
        self.outcome(mail.act, &mail.to, outcome);
        known.then_some(mail)
    }

    /// Writes down what became of one copy of a message.
    pub(super) fn outcome(&mut self, act: ActId, to: &Mailbox, outcome: Delivery) {
        let copies = self.deliveries.entry(act).or_default();
        if !copies.iter().any(|(mailbox, _)| mailbox == to) {
            copies.push((to.clone(), outcome));
        }
    }

    /// Puts a reporter's mail into the team's mailbox, once or twice; answers its bytes.
    pub(super) fn arrives(
        &mut self,
        from: &Persona,
        at: Timestamp,
        team: &Mailbox,
        twice: bool,
    ) -> Vec<u8> {
        let raw = from.raw.clone().unwrap_or_else(|| self.written(from, at, team));
        for _ in 0..=u8::from(twice) {
            let number = u64::try_from(self.inbox.len()).unwrap_or(u64::MAX).saturating_add(1);
            self.inbox.push(IncomingMail { number, raw: raw.clone() });
        }
        raw
    }

    /// A reporter's mail as a mail program would write it.
    fn written(&mut self, from: &Persona, at: Timestamp, team: &Mailbox) -> Vec<u8> {
        let date = at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        let text = from.text.replace("\r\n", "\n").replace('\n', "\r\n");
        format!(
            "From: {} <{}>\r\nTo: <{team}>\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: \
             <{:016x}@{}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n",
            from.name,
            from.mailbox,
            from.subject,
            self.dice.throw(),
            from.mailbox.domain(),
        )
        .into_bytes()
    }
}

/// What is said in a conversation, once the fault that struck, if any, is written down.
fn heard(line: &mut Conversation, faults: &mut Faults, scene: &mut Scene<'_>) -> Heard {
    if let Some(fault) = line.struck() {
        faults.count(fault);
        scene.note("world", Happened::Misbehaved(fault));
        let act =
            line.comes_back().and_then(|sender| sender.local().split_once('+')?.1.parse().ok());
        if let Some(act) = act.filter(|_| fault != Fault::AnswerLost) {
            // Whoever tried too early has done wrong, although it came to nothing.
            scene.note("world", Happened::Tried { act });
        }
    }
    line.heard()
}

/// The answer of a server that does not know an address.
pub(super) fn gone() -> Delivery {
    Delivery::Bounced { hard: true, why: "550 5.1.1 user unknown".into() }
}
