//! Mail of public lists: kept until it was read for the words of each secret case, and gone then.
//!
//! Whoever writes to such an address learns nothing: every mail is taken after the same work, and is read
//! later. It becomes no report and is answered by nobody. What says nothing is not kept; of what does, the
//! mail itself is, in the case.

use advisory::{Digest, Mailbox};
use case::{ProjectId, sighting::Spot};
use mail_parser::{Message, PartType};
use store::{Batch, Body, Direction, Row, RowChange, RowQuery, Scope};

use super::{Found, Listener, markup};
use crate::{Engine, EngineError, jobs::Job, letterbox, mail, people::scope_of, streams};

/// Bytes of a mail that are read, and kept, at most: lists take no more.
const LARGEST: usize = 1024 * 1024;
/// Mails of a project that wait to be read, at most. Others stay with whoever brought them.
const MOST_WAITING: usize = 100;

/// The list of mails that were not read yet; what it holds of them is found by their keys.
const MAILS: &str = "heard mails";

/// The list of the keys of a project's mails that were not read yet.
fn waiting(project: ProjectId) -> String {
    format!("heard {project}")
}

/// A mail that waits.
struct Post<'a> {
    /// The address to which it came.
    to: &'a str,
    raw: &'a [u8],
}

impl<'a> Post<'a> {
    fn body(to: &Mailbox, raw: &[u8]) -> Body {
        let raw = raw.get(..LARGEST).unwrap_or(raw);
        Body::from([to.to_string().as_bytes(), b"\n", raw].concat())
    }

    fn of(body: &'a [u8]) -> Option<Self> {
        let end = body.iter().position(|byte| *byte == b'\n')?;
        let (to, raw) = body.split_at_checked(end)?;
        Some(Self { to: std::str::from_utf8(to).ok()?, raw: raw.get(1..)? })
    }
}

impl Engine {
    /// Takes a mail of a public list that came to an address. Once this returns, a crash cannot lose it;
    /// it is read later, for every project that listens there.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when nobody listens there; [`EngineError::Busy`] when too many mails
    /// wait; others when the store fails. Then nothing was taken.
    pub fn hear(&self, address: &Mailbox, raw: &[u8]) -> Result<(), EngineError> {
        let address = letterbox::compared(address).ok_or(EngineError::NotFound)?;
        let projects = self.ears()?.remove(&address).ok_or(EngineError::NotFound)?;
        let (now, scope) = (self.clock.wall(), Scope::house("lookout"));
        let mut batch = Batch::default();
        for project in projects {
            if self.store.rows(&scope, &all_of(project))?.rows.len() >= MOST_WAITING {
                return Err(EngineError::Busy);
            }
            let body = Post::body(&address, raw);
            let key = format!("{project} {}", Digest::of(body.as_bytes()));
            let sort = u64::try_from(now.as_second()).unwrap_or(0);
            let rows = [(MAILS.to_owned(), body), (waiting(project), Body::from(key.as_str()))];
            for (list, body) in rows {
                let (key, stream) = (key.clone(), streams::project(project)?);
                batch.rows.push(RowChange::Put(Row { list, key, stream, sort, body }));
            }
            batch.jobs.push(Job::Heard { project }.put(now)?);
        }
        self.store.commit(&scope, batch)?;
        Ok(())
    }

    /// Reads what was heard for a project, and forgets it.
    pub(crate) fn read_what_was_heard(&self, project: ProjectId) -> Result<(), EngineError> {
        let scope = Scope::project(scope_of(project)?, "lookout");
        for row in self.store.rows(&scope, &all_of(project))?.rows {
            let Some(key) = row.body.as_bytes().and_then(|key| std::str::from_utf8(key).ok())
            else {
                continue;
            };
            let mail = self.store.row(&scope, MAILS, key)?;
            let mail = mail.as_ref().and_then(|row| row.body.as_bytes());
            if let Some(post) = mail.and_then(Post::of) {
                self.read_post(project, &post)?;
            }
            // Only now: after a crash before this line it is read again, and told no second time.
            let remove = |list| RowChange::Remove { list, key: key.to_owned() };
            let rows = [waiting(project), MAILS.to_owned()].map(remove).into();
            self.store.commit(&Scope::house("lookout"), Batch { rows, ..Batch::default() })?;
        }
        Ok(())
    }

    fn read_post(&self, project: ProjectId, post: &Post<'_>) -> Result<(), EngineError> {
        for (case, terms) in self.secret_cases(&self.project(project)?)? {
            let found = found(&Listener::new(&terms), post);
            // Of a flood, the first are kept: see `case::sighting::MOST_ALIKE`.
            self.tell(case, found.into_iter().collect())?;
        }
        Ok(())
    }
}

fn all_of(project: ProjectId) -> RowQuery {
    RowQuery {
        list: waiting(project),
        direction: Direction::Ascending,
        after: None,
        limit: MOST_WAITING,
    }
}

/// What a mail says of a case: its bytes are read as they stand, and what its parts say.
fn found(listener: &Listener, post: &Post<'_>) -> Option<Found> {
    let bytes = String::from_utf8_lossy(post.raw);
    let mut texts = Vec::new();
    let message = mail::parse(post.raw);
    if let Some(message) = &message {
        collect(message, &mut texts);
    }
    let rules = listener.rules_of(texts.iter().map(String::as_str).chain([bytes.as_ref()]));
    if rules.is_empty() {
        return None;
    }
    let id = message.as_ref().and_then(Message::message_id).unwrap_or_default();
    let place = match listener.quotable(id) {
        Some(id) => format!("a mail to {}, Message-ID {id}", post.to),
        None => format!("a mail to {}", post.to),
    };
    // By two lists it comes with other headers, and is still one.
    let said = if texts.is_empty() { bytes.into_owned() } else { texts.concat() };
    Some(Found {
        spot: Spot::List,
        key: vec!["mail".into(), id.to_owned(), said],
        place,
        rules,
        evidence: Some(post.raw.to_vec()),
    })
}

/// The subject and every text of a mail, and of mails within it.
fn collect(message: &Message<'_>, texts: &mut Vec<String>) {
    texts.extend(message.subject().map(ToOwned::to_owned));
    for part in &message.parts {
        match &part.body {
            PartType::Text(text) => texts.push(text.to_string()),
            PartType::Html(text) => texts.extend(markup::readings(text)),
            PartType::Message(inner) => collect(inner, texts),
            _ => {}
        }
    }
}
