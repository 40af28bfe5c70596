//! Mailing lists with archives, as real ones are: an archive takes a while, puts the list's name
//! before the subject, wraps long lines and hangs a footer under every message.

use std::collections::BTreeMap;

use advisory::mailbox::Mailbox;
use case::{ActId, act::Proof};
use engine::ports::{ArchivePost, Found};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Scene,
    agenda::{Plan, after},
    mail::Received,
    record::Happened,
    wire::Response,
};
use crate::dice::Dice;

/// What can be asked of the lists. Messages come to them by mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Look whether a message is there.
    Find(ActId),
    /// Read an archive.
    Archive(Mailbox),
}

#[derive(Debug, Clone)]
struct Post {
    act: ActId,
    to: Mailbox,
    subject: String,
    body: String,
    archived: Option<Timestamp>,
    proof: Proof,
}

/// The longest line that the archive keeps, in characters.
const WIDTH: usize = 76;

/// The lists.
#[derive(Debug, Clone)]
pub struct Lists {
    dice: Dice,
    posts: Vec<Post>,
}

impl Lists {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed, "lists"), posts: Vec::new() }
    }

    pub(super) fn handle(&self, call: &Call) -> Response {
        match call {
            Call::Find(act) => {
                let found = self.posts.iter().find(|post| post.act == *act);
                Response::Found(match found {
                    // In the list's queue: not to be seen yet, and not to be ruled out.
                    Some(post) if post.archived.is_none() => Found::Unclear,
                    Some(post) => Found::Present(post.proof.clone()),
                    None => Found::Missing,
                })
            }
            Call::Archive(list) => Response::Archive(self.archive(list)),
        }
    }

    /// Takes a mail to a list, if that is where it goes; whether it does.
    pub(super) fn take(&mut self, mail: &Received, scene: &mut Scene<'_>) -> bool {
        let Received { act, to, subject, body, .. } = mail;
        let (to_vendors, public) = (*to == scene.setting.distributors, *to == scene.setting.users);
        if !to_vendors && !public {
            return false;
        }
        let number = self.posts.len().saturating_add(1);
        let reference = format!("https://lists.example/{}/message/{number}", to.local());
        scene.note(
            "list",
            Happened::Posted {
                act: *act,
                to: to.clone(),
                public,
                subject: subject.clone(),
                body: body.clone(),
                mail: mail.sent.clone(),
            },
        );
        self.posts.push(Post {
            act: *act,
            to: to.clone(),
            subject: subject.clone(),
            body: body.clone(),
            archived: None,
            proof: Proof { by: "list".into(), reference },
        });
        scene.agenda.add(after(scene.at, self.dice.seconds(15, 45)), Plan::Archive(*act));
        if to_vendors {
            let asks = !subject.trim_start().to_lowercase().starts_with("re:");
            for vendor in 0..scene.setting.vendors.len() {
                let at = after(scene.at, self.dice.minutes(1, 5));
                scene.agenda.add(at, Plan::VendorReads { act: *act, vendor, asks });
            }
        }
        true
    }

    pub(super) fn archived(&mut self, act: ActId, at: Timestamp) {
        let waiting = self.posts.iter_mut().filter(|p| p.act == act && p.archived.is_none());
        waiting.for_each(|post| post.archived = Some(at));
    }

    fn archive(&self, list: &Mailbox) -> Vec<ArchivePost> {
        let mut threads: BTreeMap<String, String> = BTreeMap::new();
        let mut archive = Vec::new();
        for post in self.posts.iter().filter(|post| post.to == *list) {
            let Some(at) = post.archived else { continue };
            let subject = format!("[{}] {}", list.local(), post.subject);
            let thread = threads
                .entry(without_reply(&post.subject))
                .or_insert_with(|| subject.clone())
                .clone();
            archive.push(ArchivePost {
                url: post.proof.reference.clone(),
                thread,
                subject,
                body: format!("{}\n\n{}", wrapped(&post.body), footer(list, archive.len())),
                at,
            });
        }
        archive
    }
}

/// A subject without the `Re:` before it, in small letters: what threads are made by.
fn without_reply(subject: &str) -> String {
    let lower = subject.trim().to_lowercase();
    lower.strip_prefix("re:").map_or(lower.as_str(), str::trim).to_owned()
}

fn footer(list: &Mailbox, before: usize) -> String {
    let number = before.saturating_add(1);
    format!(
        "-=-=-=-=-=-=-=-=-=-=-=-\nYou receive all messages sent to this group.\nView/Reply Online \
         (#{number}): https://lists.example/{}/message/{number}\nGroup Owner: {}+owner@{}\n\
         -=-=-=-=-=-=-=-=-=-=-=-",
        list.local(),
        list.local(),
        list.domain()
    )
}

fn wrapped(body: &str) -> String {
    body.lines().map(wrapped_line).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in line.split(' ') {
        let Some(last) = lines.last_mut() else { continue };
        let long = last.chars().count().saturating_add(word.chars().count()) >= WIDTH;
        if long && !last.is_empty() {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_wraps_long_lines_and_keeps_their_words() {
        let line = "word ".repeat(40);
        let wrapped = wrapped(&line);
        assert!(wrapped.lines().all(|l| l.chars().count() <= WIDTH));
        assert!(wrapped.lines().count() > 2);
        assert_eq!(
            wrapped.split_whitespace().collect::<Vec<_>>(),
            line.split_whitespace().collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_reply_belongs_to_its_thread() {
        assert_eq!(without_reply("Re: A #security"), without_reply("A #security"));
    }
}
