//! Bugs that are planted on purpose, each around the house and never in it: in a port, in its
//! clock, in its playbook, or in the hands of its people. The auditor must find every one.
//!
//! Without the feature `planted-bugs` nothing in here does anything.

use std::sync::Arc;

use engine::{Clock, ports::Ports};
use playbook::Playbook;

use crate::{
    DrillClock,
    ports::{self, Ways},
};

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plant {
    /// The house's clocks are all a second ahead.
    PublishEarly,
    /// The lists' connector posts a second copy under another key.
    SendTwice,
    /// The mail connector "corrects" an address.
    WrongRecipient,
    /// A form says "received" and forgets the report.
    LoseReport,
    /// The playbook's gate before the publication does not close.
    SkipGate,
    /// One person approves in two names.
    ApproveAlone,
    /// The connectors show the house what it sent, and not what everybody can read.
    OwnWords,
    /// The mail client names one more recipient to the server.
    SecretCopy,
    /// The mail client "improves" the words on their way out.
    OtherWords,
    /// The mail connector sends again by itself when an answer was lost.
    SendAgain,
    /// The house hears nothing of what the world says.
    Deaf,
}

impl Plant {
    /// Every bug.
    pub const ALL: [Self; 11] = [
        Self::PublishEarly,
        Self::SendTwice,
        Self::WrongRecipient,
        Self::LoseReport,
        Self::SkipGate,
        Self::ApproveAlone,
        Self::OwnWords,
        Self::SecretCopy,
        Self::OtherWords,
        Self::SendAgain,
        Self::Deaf,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PublishEarly => "publish-early",
            Self::SendTwice => "send-twice",
            Self::WrongRecipient => "wrong-recipient",
            Self::LoseReport => "lose-report",
            Self::SkipGate => "skip-gate",
            Self::ApproveAlone => "approve-alone",
            Self::OwnWords => "own-words",
            Self::SecretCopy => "secret-copy",
            Self::OtherWords => "other-words",
            Self::SendAgain => "send-again",
            Self::Deaf => "deaf",
        }
    }

    /// The bug of that name; `None` also when this program was built without planted bugs.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let known = Self::ALL.into_iter().find(|plant| plant.name() == name);
        known.filter(|_| cfg!(feature = "planted-bugs"))
    }

    /// Whether this bug is planted.
    pub(crate) fn is_in(self, planted: Option<Self>) -> bool {
        cfg!(feature = "planted-bugs") && planted == Some(self)
    }
}

/// The house's clock: the true one, or one that is ahead.
pub(crate) fn clock(planted: Option<Plant>, clock: &Arc<DrillClock>) -> Arc<dyn Clock> {
    #[cfg(feature = "planted-bugs")]
    if Plant::PublishEarly.is_in(planted) {
        return Arc::new(bugs::Ahead(clock.clone()));
    }
    let _ = planted;
    clock.clone()
}

/// The house's playbook: the shipped one, or one whose gate does not close.
pub(crate) fn playbook(planted: Option<Plant>, book: Playbook) -> Playbook {
    #[cfg(feature = "planted-bugs")]
    if Plant::SkipGate.is_in(planted) {
        return bugs::gateless(book);
    }
    let _ = planted;
    book
}

/// The house's ports, one of them perhaps with a bug.
pub(crate) fn ports(planted: Option<Plant>, ways: &Ways) -> Ports {
    #[cfg(feature = "planted-bugs")]
    let ways = &bugs::tap(planted, ways);
    let ports = ports::ports(ways);
    #[cfg(feature = "planted-bugs")]
    let ports = bugs::infest(planted, ports);
    let _ = planted;
    ports
}

#[cfg(feature = "planted-bugs")]
mod bugs {
    use std::{
        ops::Deref,
        sync::{Arc, Mutex, PoisonError},
    };

    use advisory::{Advisory, CveId, GhsaId, mailbox::Mailbox};
    use case::{
        ActId, VulnId,
        act::{ActKind, Payload, Plan, Proof, Recipient, Topic},
        observation::{Access, CveWord, Delivery, Draft},
    };
    use engine::{
        Clock,
        ports::{
            ArchivePost, Call, Cna, Counterpart, Forge, Found, IncomingMail, Lists, Mail, Nature,
            NoFeeds, PortError, Ports, TimeSource,
        },
    };
    use jiff::{SignedDuration, Timestamp};
    use playbook::Playbook;

    use super::Plant;
    use crate::{
        DrillClock,
        ports::{Ways, Wire},
        world::{
            mail, public,
            wire::{Request, Response},
        },
    };

    const SECOND: SignedDuration = SignedDuration::from_secs(1);

    pub(super) struct Ahead(pub(super) Arc<DrillClock>);

    impl Clock for Ahead {
        fn wall(&self) -> Timestamp {
            self.0.now().saturating_add(SECOND).unwrap_or(Timestamp::MAX)
        }

        fn boot(&self) -> SignedDuration {
            self.0.boot()
        }
    }

    struct AheadSource(Box<dyn TimeSource>);

    impl TimeSource for AheadSource {
        fn name(&self) -> &str {
            self.0.name()
        }

        fn time(&self) -> Result<Timestamp, PortError> {
            let time = self.0.time()?;
            Ok(time.saturating_add(SECOND).unwrap_or(Timestamp::MAX))
        }
    }

    /// The shipped playbook without the steps' hold on the publication.
    pub(super) fn gateless(book: Playbook) -> Playbook {
        let source = playbook::shipped_source(book.name()).unwrap_or_default();
        let mended = source.replace("gates: [publish]", "gates: []");
        Playbook::parse(&mended).unwrap_or(book)
    }

    pub(super) fn infest(planted: Option<Plant>, ports: Ports) -> Ports {
        let Ports { forge, lists, mail, cna, repositories, keys, seals, summoner, feeds, time } =
            ports;
        let early = Plant::PublishEarly.is_in(planted);
        let own = Plant::OwnWords.is_in(planted);
        Ports {
            forge: if own { Box::new(Own::new(forge)) } else { forge },
            lists: if Plant::SendTwice.is_in(planted) { Box::new(Twice(lists)) } else { lists },
            mail: match planted {
                Some(Plant::WrongRecipient) => Box::new(Astray(mail)),
                Some(Plant::SendAgain) => Box::new(Again(mail)),
                _ => mail,
            },
            cna: if own { Box::new(Own::new(cna)) } else { cna },
            repositories,
            keys,
            seals,
            summoner,
            feeds: if Plant::Deaf.is_in(planted) { Box::new(NoFeeds) } else { feeds },
            time: time
                .into_iter()
                .map(|t| -> Box<dyn TimeSource> {
                    if early { Box::new(AheadSource(t)) } else { t }
                })
                .collect(),
        }
    }

    /// The house's way to the world, or one that is tapped.
    pub(super) fn tap(planted: Option<Plant>, ways: &Ways) -> Ways {
        let tapped = planted.filter(|it| matches!(it, Plant::SecretCopy | Plant::OtherWords));
        match tapped {
            Some(plant) => {
                Ways { wire: Arc::new(Tapped(ways.wire.clone(), plant)), ..ways.clone() }
            }
            None => ways.clone(),
        }
    }

    /// Changes what is said to the mail server.
    struct Tapped(Arc<dyn Wire>, Plant);

    impl Wire for Tapped {
        fn call(&self, request: &Request) -> Result<Response, PortError> {
            let Request::Mail(mail::Call::Say { line, bytes }) = request else {
                return self.0.call(request);
            };
            let say = |bytes: Vec<u8>| {
                self.0.call(&Request::Mail(mail::Call::Say { line: *line, bytes }))
            };
            if self.1 == Plant::SecretCopy && bytes == b"DATA\r\n" {
                say(b"RCPT TO:<archive@signpost.example>\r\n".to_vec())?;
            }
            match std::str::from_utf8(bytes) {
                Ok(text) if self.1 == Plant::OtherWords => {
                    say(text.replace("report", "note").into_bytes())
                }
                _ => self.0.call(request),
            }
        }
    }

    /// Sends once more when the answer was lost.
    struct Again(Box<dyn Mail>);

    impl Counterpart for Again {
        fn nature(&self, plan: &Plan) -> Nature {
            self.0.nature(plan)
        }

        fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
            match self.0.perform(call) {
                Err(PortError::Lost(_)) => self.0.perform(call),
                other => other,
            }
        }

        fn look_up(&self, act: ActId, plan: &Plan) -> Result<Found, PortError> {
            self.0.look_up(act, plan)
        }
    }

    impl Mail for Again {
        fn incoming(&self, after: u64) -> Result<Vec<IncomingMail>, PortError> {
            self.0.incoming(after)
        }

        fn deliveries(&self, act: ActId) -> Result<Vec<(Mailbox, Delivery)>, PortError> {
            self.0.deliveries(act)
        }
    }

    /// Posts everything once more, as a client does that draws a new id for its second try.
    struct Twice(Box<dyn Lists>);

    impl Counterpart for Twice {
        fn nature(&self, plan: &Plan) -> Nature {
            self.0.nature(plan)
        }

        fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
            let proof = self.0.perform(call)?;
            let mut other = call.act;
            other.0.reverse();
            self.0.perform(&Call { act: other, ..*call })?;
            Ok(proof)
        }

        fn look_up(&self, act: ActId, plan: &Plan) -> Result<Found, PortError> {
            self.0.look_up(act, plan)
        }
    }

    impl Lists for Twice {
        fn archive(
            &self,
            list: &Mailbox,
            from: Option<&Mailbox>,
        ) -> Result<Vec<ArchivePost>, PortError> {
            self.0.archive(list, from)
        }
    }

    /// Keeps what was sent, and shows that when it is asked what everybody can read.
    struct Own<P>(P, Mutex<Option<Advisory>>);

    impl<P> Own<P> {
        fn new(party: P) -> Self {
            Self(party, Mutex::new(None))
        }

        fn sent(&self) -> Option<Advisory> {
            self.1.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }
    }

    impl<P: Deref<Target: Counterpart> + Send + Sync> Counterpart for Own<P> {
        fn nature(&self, plan: &Plan) -> Nature {
            self.0.nature(plan)
        }

        fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
            if let Payload::Advisory(advisory) = &call.plan.payload {
                *self.1.lock().unwrap_or_else(PoisonError::into_inner) = Some((**advisory).clone());
            }
            self.0.perform(call)
        }

        fn look_up(&self, act: ActId, plan: &Plan) -> Result<Found, PortError> {
            self.0.look_up(act, plan)
        }
    }

    impl Forge for Own<Box<dyn Forge>> {
        fn draft(&self, created: ActId) -> Result<Option<Draft>, PortError> {
            self.0.draft(created)
        }

        fn fork(&self, created: ActId) -> Result<Option<String>, PortError> {
            self.0.fork(created)
        }

        fn access(&self, fork: &str) -> Result<Access, PortError> {
            self.0.access(fork)
        }

        fn published(&self, id: &GhsaId) -> Result<Option<String>, PortError> {
            Ok(self.sent().and_then(|advisory| public::ghsa(id, "", &advisory)))
        }
    }

    impl Cna for Own<Box<dyn Cna>> {
        fn word(&self, vulnerability: VulnId) -> Result<Option<CveWord>, PortError> {
            self.0.word(vulnerability)
        }

        fn published(&self, id: CveId) -> Result<Option<String>, PortError> {
            let now = Timestamp::UNIX_EPOCH;
            Ok(self.sent().and_then(|advisory| public::cve(id, now, &advisory)))
        }
    }

    /// Sends the verdict to an address that looks nearly right.
    struct Astray(Box<dyn Mail>);

    impl Counterpart for Astray {
        fn nature(&self, plan: &Plan) -> Nature {
            self.0.nature(plan)
        }

        fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
            let mut plan = call.plan.clone();
            if matches!(plan.kind, ActKind::TellReporter { topic: Topic::Verdict, .. }) {
                for to in &mut plan.to {
                    if let Recipient::Person { mailbox, .. } = to
                        && let Ok(other) = mailbox.as_str().replacen('a', "", 1).parse()
                    {
                        *mailbox = other;
                    }
                }
            }
            self.0.perform(&Call { plan: &plan, ..*call })
        }

        fn look_up(&self, act: ActId, plan: &Plan) -> Result<Found, PortError> {
            self.0.look_up(act, plan)
        }
    }

    impl Mail for Astray {
        fn incoming(&self, after: u64) -> Result<Vec<IncomingMail>, PortError> {
            self.0.incoming(after)
        }

        fn deliveries(&self, act: ActId) -> Result<Vec<(Mailbox, Delivery)>, PortError> {
            self.0.deliveries(act)
        }
    }
}
