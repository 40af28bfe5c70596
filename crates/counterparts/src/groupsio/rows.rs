//! What the API's rows are to us. A field that is not there, or is of another kind, is none.

use advisory::Mailbox;
use case::notice::Words;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    api::{line, word},
    page,
};

/// A group that the account is a member of.
pub(super) struct Subscription {
    pub(super) id: String,
    name: String,
    /// The server says that its posts would not be taken.
    pub(super) may_not_post: bool,
}

impl Subscription {
    pub(super) fn of(row: &Value) -> Option<Self> {
        let may = row.get("perms").and_then(|perms| perms.get("can_post"));
        Some(Self {
            id: word(row.get("group_id")?)?,
            name: row.get("group_name")?.as_str()?.to_owned(),
            may_not_post: may.and_then(Value::as_bool) == Some(false),
        })
    }

    /// A list's address is the group's. A subgroup's name has its group's before it: `team+sub` takes mail
    /// at `sub@team.groups.io`, and `cncf+contour` at `contour@lists.cncf.io`, a domain of its own.
    pub(super) fn has(&self, list: &Mailbox) -> bool {
        let (name, local) = (self.name.to_ascii_lowercase(), list.local().to_ascii_lowercase());
        let domain = list.domain().to_ascii_lowercase();
        match domain.strip_suffix(".groups.io") {
            _ if domain == "groups.io" => name == local,
            Some(team) if local == "main" => name == team,
            Some(team) => name == format!("{team}+{local}"),
            None => name.split_once('+').map_or(name.as_str(), |(_, own)| own) == local,
        }
    }
}

/// A draft as it is read back.
pub(super) struct Draft {
    pub(super) id: String,
    group: Option<String>,
    kind: Option<String>,
    subject: Option<String>,
    body: Option<String>,
}

impl Draft {
    pub(super) fn of(row: &Value) -> Option<Self> {
        let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: word(row.get("id")?)?,
            group: row.get("group_id").and_then(word),
            kind: text("draft_type"),
            subject: text("subject"),
            body: text("body"),
        })
    }

    /// It says these words, to the letter, and goes to this group.
    pub(super) fn says(&self, group: &Subscription, words: Words<'_>) -> Result<(), String> {
        if self.group.as_ref() != Some(&group.id) {
            return Err("it goes to another group".into());
        }
        if self.kind.as_ref().is_some_and(|kind| kind != "draft_type_post") {
            return Err("it is no new message".into());
        }
        if self.subject.as_deref() != Some(words.subject) {
            let there = line(self.subject.as_deref().unwrap_or_default());
            return Err(format!("the server made its subject “{there}”"));
        }
        let body = self.body.as_deref().ok_or("its words cannot be read back")?;
        let there = page::strictly(body).map_err(|what| format!("the server put in {what}"))?;
        let approved = page::lines(words.body);
        if there == approved {
            return Ok(());
        }
        let at = there.iter().zip(&approved).position(|(one, other)| one != other);
        let at = at.unwrap_or_else(|| there.len().min(approved.len()));
        let row = |lines: &[String]| lines.get(at).map_or(String::new(), |text| line(text));
        Err(format!("instead of “{}” the server has “{}”", row(&approved), row(&there)))
    }
}

/// A message in the archive.
pub(super) struct Message {
    pub(super) number: u64,
    pub(super) topic: Option<String>,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) at: Option<Timestamp>,
}

impl Message {
    pub(super) fn of(row: &Value) -> Option<Self> {
        Some(Self {
            number: row.get("msg_num")?.as_u64()?,
            topic: row.get("topic_id").and_then(word),
            subject: row.get("subject")?.as_str()?.to_owned(),
            body: row.get("body")?.as_str()?.to_owned(),
            at: row.get("created").and_then(Value::as_str).and_then(|at| at.parse().ok()),
        })
    }
}
