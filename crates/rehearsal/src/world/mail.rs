//! Mail to and from single people: a server that takes mail, delivers it or sends it back, and the
//! team's own mailbox.

use std::collections::BTreeMap;

use advisory::mailbox::Mailbox;
use case::{ActId, act::Proof, observation::Delivery};
use engine::ports::{Found, IncomingMail};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Scene,
    agenda::{Plan, after},
    record::Happened,
    setting::{Lookups, Persona},
    wire::Response,
};
use crate::dice::Dice;

/// What can be asked of the mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Send a mail.
    Send {
        /// The caller's key; the Message-ID is made from it.
        act: ActId,
        /// To whom.
        to: Mailbox,
        /// Subject.
        subject: String,
        /// Body.
        body: String,
    },
    /// Look whether a call happened.
    Find(ActId),
    /// Read the team's mailbox after a number.
    Incoming(u64),
    /// What became of the copies of a message.
    Deliveries(ActId),
}

/// A mail that the server took.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) act: ActId,
    pub(super) to: Mailbox,
    pub(super) subject: String,
    pub(super) body: String,
    proof: Proof,
}

/// The mail server.
#[derive(Debug, Clone)]
pub struct Mail {
    dice: Dice,
    sent: Vec<Sent>,
    inbox: Vec<IncomingMail>,
    deliveries: BTreeMap<ActId, Vec<(Mailbox, Delivery)>>,
}

impl Mail {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed, "mail"),
            sent: Vec::new(),
            inbox: Vec::new(),
            deliveries: BTreeMap::new(),
        }
    }

    pub(super) fn handle(&mut self, call: &Call, scene: &mut Scene<'_>) -> Response {
        match call {
            Call::Send { act, to, subject, body } => {
                let reference = format!("<{act}@{}>", scene.setting.team.domain());
                let proof = Proof { by: "mail".into(), reference };
                scene.note(
                    "mail",
                    Happened::Mailed {
                        act: *act,
                        to: to.clone(),
                        subject: subject.clone(),
                        body: body.clone(),
                    },
                );
                self.sent.push(Sent {
                    act: *act,
                    to: to.clone(),
                    subject: subject.clone(),
                    body: body.clone(),
                    proof: proof.clone(),
                });
                scene.agenda.add(after(scene.at, self.dice.seconds(5, 90)), Plan::Deliver(*act));
                Response::Proof(proof)
            }
            Call::Find(act) if scene.setting.lookups == Lookups::Everywhere => {
                let found = self.sent.iter().find(|mail| mail.act == *act);
                Response::Found(
                    found.map_or(Found::Missing, |mail| Found::Present(mail.proof.clone())),
                )
            }
            Call::Find(_) => Response::Found(Found::Unclear),
            Call::Incoming(after) => Response::Incoming(
                self.inbox.iter().filter(|mail| mail.number > *after).cloned().collect(),
            ),
            Call::Deliveries(act) => {
                Response::Deliveries(self.deliveries.get(act).cloned().unwrap_or_default())
            }
        }
    }

    /// A mail reaches its address or comes back; answers the mail when somebody reads it.
    pub(super) fn deliver(&mut self, act: ActId, scene: &Scene<'_>) -> Option<Sent> {
        let mail = self.sent.iter().find(|mail| mail.act == act)?.clone();
        let known = scene.setting.reporters.iter().any(|person| person.mailbox == mail.to)
            || scene.setting.vendors.iter().any(|vendor| vendor.mailbox == mail.to);
        let outcome = if known { Delivery::Delivered } else { gone() };
        self.outcome(act, &mail.to, outcome);
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

/// The answer of a server that does not know an address.
pub(super) fn gone() -> Delivery {
    Delivery::Bounced { hard: true, why: "550 5.1.1 user unknown".into() }
}
