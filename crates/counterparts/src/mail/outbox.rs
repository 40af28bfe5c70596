//! Acts that are mails, carried out through a mail server.
//!
//! The server's "250" is the receipt: what becomes of the mail after it, the house does not see, and
//! people tell. A mail whose answer was lost is never sent again by itself.

use std::{io, sync::Arc};

use advisory::Mailbox;
use case::{
    ActId,
    act::{ActKind, Payload, Plan, Proof, Recipient},
    notice::Posting,
    observation::Delivery,
};
use engine::{
    Clock, message_id,
    ports::{
        ArchivePost, Call, Counterpart, Found, IncomingMail, Lists, Mail, Nature, PortError,
        Summoner, Summons,
    },
};

use jiff::Timestamp;

use super::{
    dkim::Dkim,
    message::{Automatic, Message},
    smtp::{Envelope, Letter, Outcome, Relay, Stream},
};

/// A way out for mail to people and to lists that take mail.
#[derive(Clone)]
pub struct Outbox {
    relay: Arc<Relay>,
    clock: Arc<dyn Clock>,
    domains: Vec<Dkim>,
    /// Mail leaves with the project's address as it is.
    plain: bool,
}

impl Outbox {
    /// Through a mail server.
    #[must_use]
    pub fn new(relay: Relay, clock: Arc<dyn Clock>) -> Self {
        Self { relay: Arc::new(relay), clock, domains: Vec::new(), plain: false }
    }

    /// The same, where mail from a domain is signed for it.
    #[must_use]
    pub fn signing(mut self, dkim: Dkim) -> Self {
        self.domains.push(dkim);
        self
    }

    /// The same, for a server that lets nobody send from an address with a `+`: what comes back is then
    /// known only by what stands in it.
    #[must_use]
    pub fn sending_plainly(self) -> Self {
        Self { plain: true, ..self }
    }

    /// Through a mail server in this process, such as a drill's: a stream for each conversation.
    pub fn joined<S: Stream + 'static>(
        connect: impl Fn() -> io::Result<S> + Send + Sync + 'static,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::new(Relay::joined(connect, Arc::clone(&clock)), clock)
    }

    /// The letter as it goes out from an address.
    fn signed(&self, letter: Letter, from: &Mailbox) -> Result<Letter, PortError> {
        match self.domains.iter().find(|dkim| dkim.is_for(from)) {
            Some(dkim) => dkim.sign(&letter).map_err(PortError::Refused),
            None => Ok(letter),
        }
    }

    /// One conversation: the server's words when it took the mail.
    fn hand_over(
        &self,
        envelope: &Envelope,
        letter: &Letter,
        id: ActId,
    ) -> Result<String, PortError> {
        match self.relay.send(envelope, letter) {
            Outcome::Taken(words) => Ok(words),
            Outcome::Refused { at, words } => Err(PortError::Refused(format!("at {at}: {words}"))),
            Outcome::Later { at, words } => Err(PortError::NotNow(format!("at {at}: {words}"))),
            Outcome::Uncertain(words) => Err(PortError::Lost(format!(
                "all of the mail was sent, and then: {words}; if the server took it, its log names <{}>",
                message_id(id)
            ))),
        }
    }

    fn absent<T>() -> Result<T, PortError> {
        Err(PortError::Absent("a mail server takes mail, and shows nothing".into()))
    }
}

impl Counterpart for Outbox {
    fn shows(&self) -> bool {
        false
    }

    fn nature(&self, _: &Plan) -> Nature {
        Nature::Blind
    }

    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        mail_of(call)?;
        let from = call.from.ok_or_else(|| {
            let why = "the project has no address to write from: name one where its mail arrives, \
                       or send it by hand";
            PortError::Absent(why.into())
        })?;
        let written = written(call, from, self.clock.wall())?;
        let Message { act, to, automatic, .. } = written;
        let open = !call.plan.to.iter().any(|to| to.seal().is_some());
        let letter = match call.sealed {
            Some(mail) => Letter::new(mail.to_vec()),
            None if open => written.letter(),
            None => return Err(PortError::Refused("it is not encrypted or signed".into())),
        };
        let letter = letter.map_err(|unfit| PortError::Refused(unfit.to_string()))?;
        let letter = self.signed(letter, from)?;
        let returning = || if self.plain { from.clone() } else { returning(from, act) };
        let sender = automatic.is_none().then(returning);
        let named = sender.as_ref().map(|_| act);
        let envelope = Envelope { sender, recipient: to.clone(), act: named };
        let words = self.hand_over(&envelope, &letter, act)?;
        let reference = format!("<{}>: {words}", message_id(act));
        Ok(Proof { by: self.relay.place(), reference })
    }

    fn look_up(&self, _: ActId, _: &Plan) -> Result<Found, PortError> {
        Ok(Found::Unclear)
    }
}

/// The mail of a call.
pub(super) fn written<'a>(
    call: &Call<'a>,
    from: &'a Mailbox,
    at: Timestamp,
) -> Result<Message<'a>, PortError> {
    let (to, subject, body) = mail_of(call)?;
    let acknowledges = matches!(call.plan.kind, ActKind::Acknowledge { .. });
    let automatic = acknowledges.then_some(Automatic::Replied);
    let (act, thread) = (call.act, call.thread);
    Ok(Message { act, from, to, subject, body, at, thread, automatic })
}

/// The one address of a call, and its words.
fn mail_of<'a>(call: &Call<'a>) -> Result<(&'a Mailbox, &'a str, &'a str), PortError> {
    let Payload::Message { subject, body } = &call.plan.payload else {
        return Err(PortError::Refused("that is no mail".into()));
    };
    match call.plan.to.as_slice() {
        [Recipient::Person { mailbox, .. }] => Ok((mailbox, subject, body)),
        [Recipient::List { mailbox, .. }] if call.posting == Some(Posting::Mail) => {
            Ok((mailbox, subject, body))
        }
        [Recipient::List { .. }] => Err(PortError::Absent(
            "this list is posted to on its own pages: do it there, then record the receipt".into(),
        )),
        _ => Err(PortError::Refused("a mail goes to exactly one address".into())),
    }
}

/// Where a mail comes back to: the project's address, with the act after a `+`, so that what bounced
/// is known whatever the bounce says.
fn returning(from: &Mailbox, act: ActId) -> Mailbox {
    let tagged = format!("{}+{act}@{}", from.local(), from.domain());
    tagged.parse().unwrap_or_else(|_| from.clone())
}

impl Mail for Outbox {
    fn incoming(&self, _: u64) -> Result<Vec<IncomingMail>, PortError> {
        Self::absent()
    }

    /// That a server has taken a mail does not mean that it arrived.
    fn deliveries(&self, _: ActId) -> Result<Vec<(Mailbox, Delivery)>, PortError> {
        Self::absent()
    }
}

impl Summoner for Outbox {
    fn connected(&self) -> bool {
        true
    }

    /// Nothing comes back of it: it has no sender.
    fn summon(&self, summons: &Summons<'_>) -> Result<(), PortError> {
        let Summons { id, from, to, subject, text } = *summons;
        let automatic = Some(Automatic::Generated);
        let at = self.clock.wall();
        let message =
            Message { act: id, from, to, subject, body: text, at, thread: None, automatic };
        let letter = message.letter().map_err(|unfit| PortError::Refused(unfit.to_string()))?;
        let envelope = Envelope { sender: None, recipient: to.clone(), act: None };
        self.hand_over(&envelope, &self.signed(letter, from)?, id).map(drop)
    }
}

impl Lists for Outbox {
    fn archive(&self, _: &Mailbox, _: Option<&Mailbox>) -> Result<Vec<ArchivePost>, PortError> {
        Self::absent()
    }
}
