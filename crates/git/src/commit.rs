//! Commits, read from the raw object so that no formatting option can change them.

use crate::{Error, Oid, Result};

/// A moment as git records it: its author chose it, so it proves nothing about order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct When {
    /// Seconds since 1970-01-01 UTC.
    pub seconds: i64,
    /// Offset of the zone it was written in, in minutes east of UTC.
    pub offset: i32,
}

/// Who did something to a commit, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name as written; mail maps are not applied.
    pub name: String,
    /// The address as written, without angle brackets.
    pub email: String,
    /// The moment as written.
    pub when: When,
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its own name.
    pub oid: Oid,
    /// Its parents as the object lists them, in order; in a shallow clone some may be absent.
    pub parents: Vec<Oid>,
    /// Who wrote the change.
    pub author: Signature,
    /// Who made the commit.
    pub committer: Signature,
    /// The whole message; bytes that are not UTF-8 are replaced.
    pub message: String,
}

impl Commit {
    /// The first line of the message; empty when there is none.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default().trim()
    }

    /// The message without its first line.
    #[must_use]
    pub fn body(&self) -> &str {
        self.message.split_once('\n').map_or("", |(_, body)| body.trim())
    }

    /// Whether it has more than one parent.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }

    pub(crate) fn parse(oid: Oid, raw: &[u8]) -> Result<Self> {
        let text = String::from_utf8_lossy(raw);
        let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut parents = Vec::new();
        let (mut author, mut committer) = (None, None);
        for line in head.lines() {
            match line.split_once(' ') {
                Some(("parent", value)) => parents.push(value.parse()?),
                Some(("author", value)) => author = Signature::parse(value),
                Some(("committer", value)) => committer = Signature::parse(value),
                _ => {}
            }
        }
        let broken = || Error::BrokenObject(oid.to_string());
        Ok(Self {
            parents,
            author: author.ok_or_else(broken)?,
            committer: committer.ok_or_else(broken)?,
            message: message.to_owned(),
            oid,
        })
    }
}

impl Signature {
    /// `Name <address> seconds zone`; damaged dates, which exist in old histories, read as zero.
    fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('<')?;
        let (email, date) = rest.rsplit_once('>')?;
        Some(Self {
            name: name.trim().to_owned(),
            email: email.trim().to_owned(),
            when: When::parse(date).unwrap_or(When { seconds: 0, offset: 0 }),
        })
    }
}

impl When {
    /// Git's raw date, `1627000000 +0200`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (seconds, zone) = text.trim().split_once(' ')?;
        let zone: i32 = zone.parse().ok()?;
        Some(Self { seconds: seconds.parse().ok()?, offset: zone / 100 * 60 + zone % 100 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_commit_is_read_whole() {
        let oid: Oid = "a".repeat(40).parse().unwrap();
        let raw = format!(
            "tree {0}\nparent {1}\nauthor A <B> <a@x> 100 -0330\ncommitter C <c@x> 200 +0200\ngpgsig x\n y\n\nOne\n\ntwo\n",
            "b".repeat(40),
            "c".repeat(40)
        );
        let commit = Commit::parse(oid, raw.as_bytes()).unwrap();
        assert_eq!(commit.parents.len(), 1);
        assert_eq!(commit.author.when.offset, -210);
        assert_eq!(commit.committer.when.offset, 120);
        assert_eq!((commit.subject(), commit.body()), ("One", "two"));
    }

    #[test]
    fn an_empty_message_is_fine() {
        let oid: Oid = "a".repeat(40).parse().unwrap();
        let raw =
            format!("tree {}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n", "b".repeat(40));
        let commit = Commit::parse(oid, raw.as_bytes()).unwrap();
        assert_eq!((commit.subject(), commit.body()), ("", ""));
    }
}
