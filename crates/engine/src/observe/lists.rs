//! What became of messages: posts in archives, deliveries and bounces.

use advisory::mailbox::Mailbox;
use case::{
    Case, Subject,
    act::{Act, ActKind, Recipient},
    notice::{Compared, Words},
    observation::Observation,
};

use super::{called, news};
use crate::ports::{ArchivePost, Lists, Mail};

/// Notices that stand in their list's archive, with their words held against the approved ones.
pub(super) fn posts(lists: &dyn Lists, case: &Case, from: Option<&Mailbox>) -> Vec<Observation> {
    let sent = case.acts_of(|kind| {
        matches!(kind, ActKind::NotifyDistributors | ActKind::NotifyUsers | ActKind::FollowUp)
    });
    sent.filter(|act| called(&act.state))
        .filter_map(|act| {
            let [Recipient::List { mailbox, .. }] = act.plan.to.as_slice() else { return None };
            let (post, compared) = find(case, act, lists.archive(mailbox, from).ok()?)?;
            let words_match = compared.same();
            let known = case.posts.get(&act.id);
            let other = known.is_none_or(|k| k.url != post.url || k.words_match != words_match);
            news(case, Subject::Post(act.id), other).then_some(Observation::Post {
                act: act.id,
                url: post.url,
                words_match,
                thread: post.thread,
                compared: Some(Box::new(compared)),
            })
        })
        .collect()
}

/// The post of an act: the first that has the approved words, or the nearest with its subject.
fn find(case: &Case, act: &Act, archive: Vec<ArchivePost>) -> Option<(ArchivePost, Compared)> {
    let mut nearest: Option<(ArchivePost, Compared)> = None;
    for post in archive {
        let there = Words { subject: &post.subject, body: &post.body };
        let compared = case.compared(act, there)?;
        if compared.same() {
            return Some((post, compared));
        }
        let nearer = nearest.as_ref().is_none_or(|(_, other)| compared.found > other.found);
        if compared.has_subject() && nearer {
            nearest = Some((post, compared));
        }
    }
    nearest
}

/// Deliveries and bounces of messages to people of the case.
pub(super) fn deliveries(mail: &dyn Mail, case: &Case) -> Vec<Observation> {
    let mut seen = Vec::new();
    for act in case.acts.values().filter(|act| called(&act.state)) {
        if !act.plan.to.iter().any(Recipient::gets_words) {
            continue;
        }
        for (mailbox, outcome) in mail.deliveries(act.id).unwrap_or_default() {
            let owner = case.people.iter().find(|(_, p)| p.mailbox.as_ref() == Some(&mailbox));
            let Some((person, _)) = owner else { continue };
            let known = case.deliveries.get(&act.id).and_then(|d| d.get(person));
            let other = known.is_none_or(|(old, _)| *old != outcome);
            if news(case, Subject::Delivery(act.id, *person), other) {
                seen.push(Observation::Delivery { act: act.id, person: *person, outcome });
            }
        }
    }
    seen
}
