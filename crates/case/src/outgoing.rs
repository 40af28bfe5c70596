//! The mail of a case, and where each copy of it stands. A pure function of the case.
//!
//! That a server took a mail does not say that it arrived: what came back, and what people told, is
//! held beside it. Nothing here is a gate.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    Case, PersonId,
    act::{Act, ActKind, ActState, Payload, Proof, PutOff, Recipient},
    observation::Delivery,
    state::Post,
    told::{Subject, Told},
};

/// A mail, and each of its copies.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing<'a> {
    /// The act that sends it.
    pub act: &'a Act,
    /// Its subject.
    pub subject: &'a str,
    /// Its copies: those that it is addressed to, and then those that a list hands on.
    pub copies: Vec<MailCopy<'a>>,
    /// How many mails came by its list with other words, at which nobody has looked.
    pub strange: usize,
}

/// A copy of a mail.
#[derive(Debug, Clone, PartialEq)]
pub struct MailCopy<'a> {
    /// Whose it is.
    pub to: Addressee<'a>,
    /// Where it stands.
    pub standing: Standing<'a>,
    /// Whose word that is, where nobody could read it.
    pub told: Option<&'a Told>,
}

/// Whose a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressee<'a> {
    /// The mail is addressed to them.
    Named(&'a Recipient),
    /// A distributor who gets it from the list.
    Reader(PersonId),
}

/// Where a copy stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It waits for approvals.
    Planned,
    /// It is approved, and goes by itself.
    Approved,
    /// It could not be taken, and is tried again.
    PutOff(&'a PutOff),
    /// It is being sent.
    UnderWay,
    /// The server has it, or a person sent it: the receipt says.
    Accepted {
        /// Since when.
        at: Timestamp,
        /// The receipt.
        proof: &'a Proof,
        /// Who wrote the receipt down, when the house did not.
        by: Option<PersonId>,
    },
    /// The list has it; nothing is known of this reader's copy.
    Unknown,
    /// It arrived.
    Arrived {
        /// When that was known.
        at: Timestamp,
    },
    /// It stands in the list's archive.
    Seen(&'a Post),
    /// It came back.
    Bounced {
        /// For good.
        hard: bool,
        /// The other side's words.
        why: &'a str,
        /// When that was known.
        at: Timestamp,
    },
    /// Nobody can know whether it was sent.
    Uncertain {
        /// What is known.
        why: &'a str,
        /// Since when.
        at: Timestamp,
    },
    /// It was not sent.
    Failed {
        /// In the server's words.
        why: &'a str,
        /// Since when.
        at: Timestamp,
    },
}

impl Standing<'_> {
    /// Nothing more comes of it unless somebody acts.
    #[must_use]
    pub fn needs_somebody(&self) -> bool {
        match self {
            Self::Uncertain { .. } | Self::Failed { .. } => true,
            Self::Bounced { hard, .. } => *hard,
            Self::Seen(post) => !post.words_match,
            _ => false,
        }
    }
}

impl Case {
    /// Every mail, oldest first, but those that were given up before they went.
    pub fn outgoing(&self) -> impl Iterator<Item = Outgoing<'_>> {
        let acts = self.act_order.iter().filter_map(|id| self.acts.get(id));
        let going = acts.filter(|act| {
            act.plan.to.iter().any(Recipient::gets_words)
                && !matches!(act.state, ActState::Cancelled { .. })
        });
        going.filter_map(|act| {
            let Payload::Message { subject, .. } = &act.plan.payload else { return None };
            let named =
                act.plan.to.iter().filter(|to| to.gets_words()).map(|to| self.copy_of(act, to));
            let copies = named.chain(self.readers(act)).collect();
            let came = self.list_copies.get(&act.id).into_iter().flatten();
            let strange = came.filter(|seen| seen.needs_somebody()).count();
            Some(Outgoing { act, subject, copies, strange })
        })
    }

    fn copy_of<'a>(&'a self, act: &'a Act, to: &'a Recipient) -> MailCopy<'a> {
        let of_act = match &act.state {
            ActState::Planned | ActState::Cancelled { .. } => Standing::Planned,
            ActState::Approved { .. } => match &act.put_off {
                Some(put_off) => Standing::PutOff(put_off),
                None => Standing::Approved,
            },
            ActState::Started { .. } => Standing::UnderWay,
            ActState::Failed { at, why } => Standing::Failed { why, at: *at },
            ActState::Uncertain { at, why } => Standing::Uncertain { why, at: *at },
            ActState::Done { at, proof } => Standing::Accepted { at: *at, proof, by: act.done_by },
        };
        let done = act.done_at().is_some();
        let (beyond, subject) = match to {
            Recipient::Person { person, .. } => {
                (self.fate(act, *person), Subject::Delivery(act.id, *person))
            }
            _ => (self.posts.get(&act.id).map(Standing::Seen), Subject::Post(act.id)),
        };
        let beyond = beyond.filter(|_| done);
        let told = beyond.as_ref().and_then(|_| self.told.get(&subject));
        MailCopy { to: Addressee::Named(to), standing: beyond.unwrap_or(of_act), told }
    }

    /// Those to whom the distributors' list hands a notice on, once it has it.
    fn readers<'a>(&'a self, act: &'a Act) -> impl Iterator<Item = MailCopy<'a>> {
        let notice = act.plan.kind == ActKind::NotifyDistributors && act.done_at().is_some();
        let concerned = self.distributors.iter().flat_map(|decided| &decided.concerned);
        let concerned = concerned.filter(move |_| notice).map(|one| one.person);
        let known = self.deliveries.get(&act.id).into_iter().flatten().map(|(person, _)| *person);
        let named = |person: &PersonId| {
            act.plan
                .to
                .iter()
                .any(|to| matches!(to, Recipient::Person { person: named, .. } if named == person))
        };
        let readers: BTreeSet<PersonId> =
            concerned.chain(known).filter(|person| !named(person)).collect();
        readers.into_iter().map(|person| MailCopy {
            to: Addressee::Reader(person),
            standing: self.fate(act, person).unwrap_or(Standing::Unknown),
            told: self.told.get(&Subject::Delivery(act.id, person)),
        })
    }

    /// What became of somebody's copy, as far as it is known.
    fn fate(&self, act: &Act, person: PersonId) -> Option<Standing<'_>> {
        let (outcome, at) = self.deliveries.get(&act.id)?.get(&person)?;
        Some(match outcome {
            Delivery::Delivered => Standing::Arrived { at: *at },
            Delivery::Bounced { hard, why } => Standing::Bounced { hard: *hard, why, at: *at },
        })
    }
}
