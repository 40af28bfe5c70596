//! What became of messages: posts in archives, deliveries and bounces.

use case::{
    Case, Subject,
    act::{Act, ActKind, Payload, Recipient},
    observation::Observation,
};

use super::{called, news};
use crate::ports::{ArchivePost, Lists, Mail};

/// Notices that stand in their list's archive.
pub(super) fn posts(lists: &dyn Lists, case: &Case) -> Vec<Observation> {
    let sent = case.acts_of(|kind| {
        matches!(kind, ActKind::NotifyDistributors | ActKind::NotifyUsers | ActKind::FollowUp)
    });
    sent.filter(|act| called(&act.state))
        .filter_map(|act| {
            let [Recipient::List { mailbox, .. }] = act.plan.to.as_slice() else { return None };
            let (post, words_match) = find(act, &lists.archive(mailbox).ok()?)?;
            let known = case.posts.get(&act.id);
            let other = known.is_none_or(|k| k.url != post.url || k.words_match != words_match);
            news(case, Subject::Post(act.id), other).then_some(Observation::Post {
                act: act.id,
                url: post.url,
                words_match,
                thread: post.thread,
                compared: None,
            })
        })
        .collect()
}

/// The post of an act, and whether the approved words stand in it. Lists wrap lines and add
/// footers and tags, so the words must be there in order, not the bytes.
fn find(act: &Act, archive: &[ArchivePost]) -> Option<(ArchivePost, bool)> {
    let Payload::Message { subject, body } = &act.plan.payload else { return None };
    let (subject, body) = (words(subject), words(body));
    let same_subject = |post: &&ArchivePost| words(&post.subject).contains(&subject);
    let whole = |post: &&ArchivePost| words(&post.body).contains(&body);
    let exact = archive.iter().filter(same_subject).find(whole);
    exact
        .map(|post| (post.clone(), true))
        .or_else(|| archive.iter().find(same_subject).map(|post| (post.clone(), false)))
}

fn words(text: &str) -> String {
    let unquoted = text.lines().map(|line| line.trim_start_matches("> "));
    unquoted.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
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
