//! Law: nothing twice. One effect for one key, and no copy of it under a key that the journal does
//! not know.

use std::collections::BTreeMap;

use advisory::mailbox::Mailbox;
use case::ActId;

use super::{Books, Law, Ledger, Place, Violation};
use crate::world::record::{Happened, Record};

pub(super) fn check(books: &Books, ledgers: &[Ledger<'_>], found: &mut Vec<Violation>) {
    let mut effects: BTreeMap<(&str, ActId), usize> = BTreeMap::new();
    let mut words: Vec<(&Mailbox, &str, &str)> = Vec::new();
    for record in books.records() {
        let (Some(kind), Some(act)) = (once(&record.what), record.what.act()) else { continue };
        let lines = ledgers.iter().find_map(|ledger| ledger.acts.get(&act));
        let count = effects.entry((kind, act)).or_default();
        *count = count.saturating_add(1);
        // A person who tries an uncertain act again answers for a second copy.
        let allowed = lines.map_or(1, |lines| lines.retried.len().saturating_add(1));
        if *count > allowed {
            found.push(twice(record, &format!("{kind} twice for one act")));
        }
        let Some(message) = message(&record.what) else { continue };
        if lines.is_none() && words.contains(&message) {
            found.push(twice(record, "the same words went to the same address once more"));
        }
        words.push(message);
    }
}

fn twice(record: &Record, what: &str) -> Violation {
    let what = format!("{what}: {}", record.what.in_words());
    Violation { law: Law::NothingTwice, at: Place::Witness(record.n), what }
}

/// Effects that happen once; full replacements may be repeated.
fn once(what: &Happened) -> Option<&'static str> {
    Some(match what {
        Happened::DraftMade { .. } => "a draft was made",
        Happened::AdvisoryPublished { .. } => "an advisory was published",
        Happened::ForkAsked { .. } => "a private fork was asked for",
        Happened::Posted { .. } => "a list took a message",
        Happened::Mailed { .. } => "a mail was sent",
        Happened::CveAsked { .. } => "a CVE id was asked for",
        Happened::CvePublished { .. } => "a CVE record was published",
        _ => return None,
    })
}

fn message(what: &Happened) -> Option<(&Mailbox, &str, &str)> {
    match what {
        Happened::Posted { to, subject, body, .. } | Happened::Mailed { to, subject, body, .. } => {
            Some((to, subject, body))
        }
        _ => None,
    }
}
