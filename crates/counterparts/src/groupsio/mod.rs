//! Lists at groups.io that are posted to through its HTTP API, and read back there.
//!
//! The API is groups.io's own, called alpha by it, and its reference says little of what comes back. So
//! nothing is taken on trust: the group is found by its address, the archive is read first, and a draft
//! goes out only after it was read back and says what was approved, to the letter. What that rests on stands
//! in `docs/decisions/0032-posting-through-groups-io.md`.
//!
//! A key is one project's and one list's. Nothing here may retry: what a lost answer means is told, and
//! the engine and people go on from there.

mod api;
pub mod page;
mod rows;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use advisory::Mailbox;
use case::{
    ActId,
    act::{ActKind, Payload, Plan, Proof, Recipient},
    notice::{Compared, Posting, Words, compare, is_answer},
};
use engine::{
    Clock,
    ports::{ArchivePost, Call, Counterpart, Found, Lists, Nature, PortError},
};
use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::CertificateDer;
use serde_json::Value;

use self::{
    api::{Api, Said, Trouble, word},
    rows::{Draft, Message, Subscription},
};

pub use api::{PATIENCE, Token};

use crate::https;

/// Between two looks into one archive that nobody of this house has posted to meanwhile.
const LOOK: SignedDuration = SignedDuration::from_mins(5);
/// Of a hundred approved words, those that make a post with the same subject perhaps this notice.
const MUCH: u8 = 50;

/// Who posts where, as whoever runs the house names it.
#[derive(Debug, Clone)]
pub struct Key {
    /// The project's own address, from which it writes.
    pub from: Mailbox,
    /// The list's address.
    pub list: Mailbox,
    /// The account's key for the API.
    pub token: Token,
    /// Where the API is, if not at the list's own domain.
    pub at: Option<String>,
}

/// One list, and the account that posts to it.
struct Group {
    from: Mailbox,
    list: Mailbox,
    api: Api,
    seen: Mutex<Option<(Timestamp, Vec<ArchivePost>)>>,
}

/// The lists that this house posts to itself; every other act goes another way.
pub struct Groups {
    ours: Vec<Group>,
    clock: Arc<dyn Clock>,
    rest: Box<dyn Lists>,
}

impl fmt::Debug for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = self.ours.iter().map(|group| group.list.as_str());
        f.debug_list().entries(lists).finish()
    }
}

impl Groups {
    /// These lists, and whatever else there is for the others. Believes the servers that this machine
    /// trusts.
    ///
    /// # Errors
    /// In words.
    pub fn new(
        keys: Vec<Key>,
        clock: Arc<dyn Clock>,
        rest: Box<dyn Lists>,
    ) -> Result<Self, String> {
        Self::trusting(keys, clock, rest, &https::authorities(), PATIENCE)
    }

    /// The same, which believes servers that these authorities vouch for, and waits for so long.
    ///
    /// # Errors
    /// In words.
    pub fn trusting(
        keys: Vec<Key>,
        clock: Arc<dyn Clock>,
        rest: Box<dyn Lists>,
        authorities: &[CertificateDer<'_>],
        patience: Duration,
    ) -> Result<Self, String> {
        let mut ours: Vec<Group> = Vec::new();
        for Key { from, list, token, at } in keys {
            if ours.iter().any(|group| group.is(&list, Some(&from))) {
                return Err(format!("{list} is named twice for {from}"));
            }
            let at = at.unwrap_or_else(|| format!("https://{}", list.domain()));
            let api = Api::new(&at, token, authorities, patience)
                .map_err(|why| format!("{list}: {why}"))?;
            ours.push(Group { from, list, api, seen: Mutex::default() });
        }
        Ok(Self { ours, clock, rest })
    }

    fn of(&self, plan: &Plan, from: Option<&Mailbox>) -> Option<&Group> {
        let [Recipient::List { mailbox, .. }] = plan.to.as_slice() else { return None };
        // An answer belongs into its thread, and how one is begun by the API nobody says.
        let begins = plan.kind != ActKind::FollowUp;
        self.ours.iter().find(|group| begins && group.is(mailbox, from))
    }
}

impl Counterpart for Groups {
    fn connected(&self) -> bool {
        self.rest.connected()
    }

    fn shows(&self) -> bool {
        self.rest.shows()
    }

    /// A draft that was posted or not cannot be told by looking: a moderator may have it.
    fn nature(&self, plan: &Plan) -> Nature {
        let [Recipient::List { mailbox, .. }] = plan.to.as_slice() else {
            return self.rest.nature(plan);
        };
        let named = self.ours.iter().any(|group| same(&group.list, mailbox));
        if named { Nature::Blind } else { self.rest.nature(plan) }
    }

    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        match self.of(call.plan, call.from).filter(|_| call.posting == Some(Posting::Web)) {
            Some(group) => group.carry_out(call),
            None => self.rest.perform(call),
        }
    }

    fn look_up(&self, act: ActId, plan: &Plan) -> Result<Found, PortError> {
        self.rest.look_up(act, plan)
    }
}

impl Lists for Groups {
    fn posts(&self, plan: &Plan, from: Option<&Mailbox>) -> bool {
        self.of(plan, from).is_some() || self.rest.posts(plan, from)
    }

    fn archive(
        &self,
        list: &Mailbox,
        from: Option<&Mailbox>,
    ) -> Result<Vec<ArchivePost>, PortError> {
        match self.ours.iter().find(|group| group.is(list, from)) {
            Some(group) => group.archive(self.clock.wall()),
            None => self.rest.archive(list, from),
        }
    }
}

fn same(one: &Mailbox, other: &Mailbox) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

impl Group {
    fn is(&self, list: &Mailbox, from: Option<&Mailbox>) -> bool {
        same(&self.list, list) && from.is_some_and(|from| same(&self.from, from))
    }

    fn place(&self) -> String {
        format!("groups.io, for {}", self.list)
    }

    fn carry_out(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        let Payload::Message { subject, body } = &call.plan.payload else {
            return Err(PortError::Refused("that is no message".into()));
        };
        if call.sealed.is_some() || call.plan.to.iter().any(|to| to.seal().is_some()) {
            let why = "a list's pages take no mail that is encrypted or signed";
            return Err(PortError::Refused(why.into()));
        }
        let posted = self.post(Words { subject, body });
        // Whatever became of it, the next look must not show what was before.
        *self.kept() = None;
        posted
    }

    fn post(&self, words: Words<'_>) -> Result<Proof, PortError> {
        fit(words)?;
        let group = self.subscription()?;
        if let Some(url) = self.standing(&group, words)? {
            return Ok(self.receipt(format!("{url}, where it stood already")));
        }
        let form = [("group_id", group.id.as_str()), ("draft_type", "draft_type_post")];
        let made = self.api.post("newdraft", &form).map_err(|trouble| {
            let unclear = matches!(trouble, Trouble::Silent(_) | Trouble::Strange(_));
            let left = if unclear { "; an empty draft may be left in the account" } else { "" };
            with(trouble.before("newdraft"), left)
        })?;
        let Some(draft) = made.get("id").and_then(word) else {
            return Err(PortError::Refused(
                "at newdraft: the draft that was made has no id".into(),
            ));
        };
        if let Err(error) = self.fill(&group, &draft, words) {
            return Err(with(error, &self.clear(&draft)));
        }
        match self.api.post("postdraft", &[("draft_id", &draft)]) {
            Ok(said) => Ok(self.receipt(self.outcome(&group, &draft, words, &said))),
            Err(trouble @ (Trouble::Later(_) | Trouble::Refused(_))) => {
                Err(with(trouble.before("postdraft"), &self.clear(&draft)))
            }
            Err(Trouble::Silent(why) | Trouble::Strange(why)) => {
                match self.standing(&group, words) {
                    Ok(Some(url)) => Ok(self.receipt(url)),
                    _ => Err(PortError::Lost(lost(&why, &draft))),
                }
            }
        }
    }

    /// Puts the words into a draft, and reads it back: it must say what was approved, to the letter, and
    /// go to this list.
    fn fill(&self, group: &Subscription, id: &str, words: Words<'_>) -> Result<(), PortError> {
        let body = page::html(words.body);
        let form =
            [("draft_id", id), ("subject", words.subject), ("body", &body), ("body_type", "html")];
        self.api.post("updatedraft", &form).map_err(|trouble| trouble.before("updatedraft"))?;
        let rows = self.api.rows("getdrafts", &[("group_id", &group.id)]);
        let rows = rows.map_err(|trouble| trouble.before("getdrafts"))?;
        let mut drafts = rows.iter().filter_map(Draft::of);
        let other = |why: String| PortError::Refused(format!("the draft was not posted: {why}"));
        let found = drafts.find(|draft| draft.id == id);
        let draft = found.ok_or_else(|| other("it cannot be read back".into()))?;
        draft.says(group, words).map_err(other)
    }

    /// What is known of a draft that was posted.
    fn outcome(&self, group: &Subscription, draft: &str, words: Words<'_>, said: &Said) -> String {
        if said.get("extra").and_then(Value::as_str) == Some("pending post") {
            return format!(
                "taken as draft {draft}, and held for a moderator (“pending post”): it is not on the \
                 list yet"
            );
        }
        match self.standing(group, words) {
            Ok(Some(url)) => url,
            _ => format!("taken as draft {draft}, and not seen in the archive yet"),
        }
    }

    /// Takes a draft away that goes nowhere; what to say if that fails.
    fn clear(&self, draft: &str) -> String {
        match self.api.post("deletedraft", &[("draft_id", draft)]) {
            Ok(_) => String::new(),
            Err(_) => format!(
                "; its draft {draft} could not be deleted: look among the drafts of the account"
            ),
        }
    }

    fn receipt(&self, reference: String) -> Proof {
        Proof { by: self.place(), reference }
    }

    /// The one group of the account that has the list's address.
    fn subscription(&self) -> Result<Subscription, PortError> {
        let rows = self.api.rows("getsubs", &[]).map_err(|trouble| trouble.before("getsubs"))?;
        let subscriptions = rows.iter().filter_map(Subscription::of);
        let mut ours = subscriptions.filter(|group| group.has(&self.list));
        let why = match (ours.next(), ours.next()) {
            (Some(group), None) if group.may_not_post => "the account may not post to",
            (Some(group), None) => return Ok(group),
            (Some(_), Some(_)) => "the account has several groups that may be",
            (None, _) => "the account is no member of",
        };
        Err(PortError::Refused(format!("{why} {}", self.list)))
    }

    fn messages(&self, group: &Subscription) -> Result<Vec<Message>, PortError> {
        let query = [("group_id", group.id.as_str()), ("sort_dir", "desc"), ("limit", "100")];
        let strange = || Trouble::Strange("the answer has no rows".into()).before("getmessages");
        let said = self.api.get("getmessages", &query);
        let said = said.map_err(|trouble| trouble.before("getmessages"))?;
        let rows = match said.get("data") {
            Some(Value::Array(rows)) => rows.as_slice(),
            Some(Value::Null) => &[],
            _ => return Err(strange()),
        };
        let mut messages = rows.iter().map(Message::of).collect::<Option<Vec<_>>>();
        if let Some(messages) = &mut messages {
            messages.sort_by_key(|message| message.number);
        }
        messages.ok_or_else(strange)
    }

    /// Where the notice stands in the archive already, if it does.
    fn standing(
        &self,
        group: &Subscription,
        words: Words<'_>,
    ) -> Result<Option<String>, PortError> {
        for message in self.messages(group)? {
            let body = page::text(&message.body);
            let there = Words { subject: &message.subject, body: &body };
            let compared = compare(words, there, None, &BTreeSet::new());
            let url = self.url(message.number);
            if compared.same() {
                return Ok(Some(url));
            }
            if is_much_of(&compared) {
                return Err(PortError::Refused(format!(
                    "{url} has the same subject and much of the words: look whether that is this \
                     notice; nothing was posted"
                )));
            }
        }
        Ok(None)
    }

    fn url(&self, number: u64) -> String {
        format!("https://{}/g/{}/message/{number}", self.list.domain(), self.list.local())
    }

    fn kept(&self) -> MutexGuard<'_, Option<(Timestamp, Vec<ArchivePost>)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the archive holds, or held a moment ago: every open case asks, every minute.
    fn archive(&self, now: Timestamp) -> Result<Vec<ArchivePost>, PortError> {
        let before = self.kept().clone();
        if let Some((at, posts)) = &before
            && (SignedDuration::ZERO..LOOK).contains(&now.duration_since(*at))
        {
            return Ok(posts.clone());
        }
        // Nobody else asks meanwhile, nor for what cannot be read in the same breath.
        *self.kept() = Some((now, before.map(|(_, posts)| posts).unwrap_or_default()));
        let messages = self.messages(&self.subscription()?)?;
        let posts: Vec<_> =
            messages.iter().map(|message| self.archived(message, &messages)).collect();
        *self.kept() = Some((now, posts.clone()));
        Ok(posts)
    }

    fn archived(&self, message: &Message, all: &[Message]) -> ArchivePost {
        let of_topic = |other: &&Message| message.topic.is_some() && other.topic == message.topic;
        let first = all.iter().find(of_topic).unwrap_or(message);
        ArchivePost {
            url: self.url(message.number),
            thread: first.subject.clone(),
            subject: message.subject.clone(),
            body: page::text(&message.body),
            at: message.at.unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }
}

/// So much of the notice under its own subject that posting it might be posting it twice.
fn is_much_of(compared: &Compared) -> bool {
    compared.has_subject() && compared.found >= MUCH
}

/// What can be posted and read back: lines of text, and a subject that begins no answer.
fn fit(words: Words<'_>) -> Result<(), PortError> {
    let wild = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let why = if words.subject.trim().is_empty() || words.subject.contains(char::is_control) {
        "the subject is no line"
    } else if is_answer(words.subject) {
        "the subject is that of an answer"
    } else if words.body.contains(wild) || page::lines(words.body).is_empty() {
        "the words are no text"
    } else {
        return Ok(());
    };
    Err(PortError::Refused(why.into()))
}

fn lost(why: &str, draft: &str) -> String {
    format!(
        "the draft {draft} was to be posted, and then: {why}; it is not in the archive so far. Look there, \
         among the list's pending messages and among the drafts of the account, before anybody tries again"
    )
}

/// An error that says more.
fn with(error: PortError, more: &str) -> PortError {
    match error {
        PortError::Refused(why) => PortError::Refused(why + more),
        PortError::NotNow(why) => PortError::NotNow(why + more),
        other => other,
    }
}
