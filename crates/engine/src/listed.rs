//! Mails that a list sends to its subscribers, of whom the house is one: of which notice one is a copy,
//! and what it shows.
//!
//! Whoever writes a mail writes its headers. So a copy is known by something that no stranger has: the
//! notice's own Message-ID, or its approved words. What it then proves, `case` says.

use std::{cmp::Reverse, collections::BTreeSet};

use advisory::Mailbox;
use case::{
    ActId, Case, ProjectId,
    act::{Act, ActKind, Payload, Recipient},
    notice::{Compared, Difference, ListCopy, Words, is_answer, may_be_there},
    opening::Inside,
    state::Phase,
};
use mail_parser::{Address, Message};
use store::{Direction, RowQuery, Scope};

use crate::{
    Engine, EngineError, journal,
    mail::{Reading, act_of, line},
    people::scope_of,
    streams,
};

/// The list that finds the notices of a project.
pub(crate) const NOTICES: &str = "notices";
/// The newest notices of a project, with which a list's mail is compared.
const NEWEST: usize = 50;
/// Of a hundred approved words, those that a mail holds which is a copy whatever its subject is.
const MOSTLY: u8 = 60;
/// The same, where its subject is the approved one.
const PARTLY: u8 = 25;

/// What a mail says of the list that it came by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its own Message-ID.
    pub id: String,
    /// The act whose Message-ID that is.
    pub own: Option<ActId>,
    /// The list's id (RFC 2919).
    pub list_id: Option<String>,
    /// The address that the list takes mail at (RFC 2369).
    pub post: Option<Mailbox>,
    /// Where the mail stands in the list's archive (RFC 5064).
    pub archived: Option<String>,
    /// The list's own program wrote it, such as a word that a mail waits for a moderator.
    pub itself: bool,
}

/// What list programs write behind a list's name in their own addresses.
const OWN_ENDINGS: [&str; 4] = ["-bounces", "-owner", "-request", "-confirm"];

/// What lists that encrypt anew (Schleuder) write in the lines above a message.
const HEAD: [&str; 6] = ["From", "To", "Cc", "Date", "Sig", "Enc"];

impl Listed {
    pub(crate) fn of(message: &Message<'_>) -> Self {
        // A list that sends on what came by another puts its own headers on top.
        let first = |name: &str| {
            let mut named =
                message.headers_raw().filter(|(other, _)| other.eq_ignore_ascii_case(name));
            named.next().map(|(_, value)| value.trim())
        };
        let bracketed = |value: &str| {
            let (_, rest) = value.rsplit_once('<')?;
            Some(rest.split_once('>')?.0.trim().to_owned())
        };
        let post = first("List-Post").and_then(bracketed);
        let address = post.as_deref().and_then(|it| it.strip_prefix("mailto:"));
        let list_id = first("List-Id").and_then(bracketed);
        Self {
            itself: list_id.as_deref().is_some_and(|id| is_own(id, message)),
            id: line(message.message_id().unwrap_or_default()),
            own: act_of(message),
            list_id,
            post: address.and_then(|it| it.split('?').next()?.parse().ok()),
            archived: first("Archived-At")
                .and_then(bracketed)
                .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
                .map(|url| line(&url)),
        }
    }

    /// The headers that name a list.
    fn naming(&self, list: &Mailbox) -> Vec<String> {
        let id = format!("{}.{}", list.local(), list.domain());
        let by_id = self.list_id.as_ref().is_some_and(|found| found.eq_ignore_ascii_case(&id));
        let by_post = self.post.as_ref().is_some_and(|found| same(found, list));
        let named = [("List-Id", by_id), ("List-Post", by_post)];
        named.into_iter().filter(|(_, names)| *names).map(|(name, _)| name.to_owned()).collect()
    }
}

/// The mail comes from an address of the list's program.
fn is_own(list_id: &str, message: &Message<'_>) -> bool {
    let from = message.from().and_then(Address::first).and_then(|from| from.address());
    let from = from.and_then(|from| from.parse::<Mailbox>().ok());
    from.is_some_and(|from| {
        let names = OWN_ENDINGS.iter().filter_map(|ending| from.local().strip_suffix(ending));
        let mut ids = names.map(|name| format!("{name}.{}", from.domain()));
        ids.any(|id| id.eq_ignore_ascii_case(list_id))
    })
}

fn same(one: &Mailbox, other: &Mailbox) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

/// A mail as a copy of a notice, if it is one.
pub(crate) fn copy(case: &Case, act: &Act, reading: &Reading) -> Option<ListCopy> {
    let found = held(case, act, reading)?;
    (found.own || is_copy(act, reading, &found.compared)).then_some(found)
}

fn held(case: &Case, act: &Act, reading: &Reading) -> Option<ListCopy> {
    let [Recipient::List { mailbox, .. }] = act.plan.to.as_slice() else { return None };
    let listed = &reading.listed;
    let by = listed.naming(mailbox);
    let mut compared = if reading.encrypted {
        Compared::default().and(Difference::Encrypted)
    } else {
        case.compared(act, Words { subject: &reading.subject, body: &reading.text })?
    };
    if let Some(other) = listed.post.as_ref().filter(|_| by.is_empty()) {
        compared = compared.and(Difference::OtherList { address: other.clone() });
    }
    Some(ListCopy {
        act: act.id,
        id: listed.id.clone(),
        own: listed.own == Some(act.id),
        by,
        archived: listed.archived.clone(),
        compared,
        opened: None,
    })
}

/// What was inside of an encrypted mail as a copy of a notice, if it is mostly that: of anything else no
/// word is written down here. Its subject is the one inside, where there is one (RFC 9788).
pub(crate) fn inside(case: &Case, reading: &Reading, inside: &Inside) -> Option<ListCopy> {
    let act = case.acts.get(&reading.answers?)?;
    let subject = inside.subject.as_ref().unwrap_or(&reading.subject).clone();
    let text = without_head(&inside.text).to_owned();
    let opened = Reading { subject, text, encrypted: false, ..reading.clone() };
    let mut found = held(case, act, &opened)?;
    let outside = Words { subject: &reading.subject, body: "" };
    let names = |it: &Difference| matches!(it, Difference::NamesCve { .. });
    for leak in case.compared(act, outside)?.differences.into_iter().filter(names) {
        if !found.compared.differences.contains(&leak) {
            found.compared = found.compared.and(leak);
        }
    }
    is_copy(act, &opened, &found.compared).then_some(found)
}

/// Without the lines that lists which encrypt anew write above a message: of whom it came, and whether
/// it was signed and encrypted.
fn without_head(text: &str) -> &str {
    let (head, rest) = text.split_at(text.find("\n\n").or(text.find("\r\n\r\n")).unwrap_or(0));
    let known = |line: &str| {
        line.starts_with([' ', '\t'])
            || line.split_once(": ").is_some_and(|it| HEAD.contains(&it.0))
    };
    if !head.trim().is_empty() && head.lines().all(known) { rest } else { text }
}

/// So much of a notice stands in it that it is a copy of that, and of nothing else. Answers hold it too.
fn is_copy(act: &Act, reading: &Reading, compared: &Compared) -> bool {
    let answers = is_answer(&reading.subject) && act.plan.kind != ActKind::FollowUp;
    if answers {
        return false;
    }
    compared.found >= if compared.has_subject() { PARTLY } else { MOSTLY }
}

/// The list's program writes about a notice: its subject stands in it.
fn is_about(act: &Act, reading: &Reading) -> bool {
    let [Recipient::List { mailbox, .. }] = act.plan.to.as_slice() else { return false };
    let Payload::Message { subject, .. } = &act.plan.payload else { return false };
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    reading.listed.itself
        && !reading.listed.naming(mailbox).is_empty()
        && words(&reading.text).contains(&words(subject))
}

impl Engine {
    /// The notice of which a mail is a copy, or about which a list's program writes, if one of the
    /// project's lists is named in it: a notice that somebody posted by hand went out with a
    /// Message-ID that nobody here knows.
    pub(crate) fn notice_like(
        &self,
        project: ProjectId,
        reading: &Reading,
    ) -> Result<Option<(Case, ActId)>, EngineError> {
        let lists = self.project(project)?.policy.lists;
        if !lists.values().any(|list| !reading.listed.naming(&list.address).is_empty()) {
            return Ok(None);
        }
        let query = RowQuery {
            list: NOTICES.into(),
            direction: Direction::Descending,
            after: None,
            limit: NEWEST,
        };
        let rows = self.store.rows(&Scope::project(scope_of(project)?, "mail"), &query)?.rows;
        let ids: BTreeSet<_> =
            rows.iter().filter_map(|row| streams::case_of(&row.stream)).collect();
        let mut open = Vec::new();
        for id in ids {
            let case = journal::load(&*self.store, id)?.case;
            open.extend((case.phase == Phase::Open).then_some(case));
        }
        let nearest = open.into_iter().filter_map(|case| {
            let copies = case.acts.values().filter(|act| may_be_there(act)).filter_map(|act| {
                let rank = match copy(&case, act, reading) {
                    Some(ListCopy { compared, .. }) => {
                        (compared.found, Reverse(compared.differences.len()))
                    }
                    None => is_about(act, reading).then_some((0, Reverse(0)))?,
                };
                Some((rank, act.id))
            });
            let (rank, act) = copies.max()?;
            Some((rank, case, act))
        });
        Ok(nearest.max_by_key(|(rank, ..)| *rank).map(|(_, case, act)| (case, act)))
    }
}
