//! Law: nothing by memory. What a person told counts only where nobody could look, is always
//! somebody's word, and is never about what a repository shows.

use std::collections::BTreeSet;

use case::{Actor, CaseId, Entry, Event, Subject, observation::Observation};

use super::{Books, Law, Place, Violation};

pub(super) fn check(books: &Books, case: CaseId, entries: &[Entry], found: &mut Vec<Violation>) {
    let mut read: BTreeSet<Subject> = BTreeSet::new();
    for entry in entries {
        let told = match &entry.event {
            Event::Observed(seen) => {
                read.extend(Subject::of(seen));
                if let Observation::ListCopy(copy) = &**seen
                    && copy.shows()
                {
                    read.insert(Subject::Post(copy.act));
                }
                continue;
            }
            Event::Attested(told) => told,
            _ => continue,
        };
        let unread = Subject::of(&told.seen).is_none_or(|subject| !read.contains(&subject));
        let what = if !tellable(&told.seen) {
            "somebody told what only a repository, or the house itself, can show"
        } else if !matches!(entry.actor, Actor::Person(_)) || told.name.trim().is_empty() {
            "what was told is nobody's word"
        } else if books.witness.is_some() && Subject::of(&told.seen).is_some() {
            "somebody told what this house could read"
        } else if !unread {
            "somebody told what the house had read itself"
        } else {
            continue;
        };
        let at = Place::Entry { case, seq: entry.seq };
        found.push(Violation { law: Law::ByMemory, at, what: what.to_owned() });
    }
}

fn tellable(seen: &Observation) -> bool {
    matches!(
        seen,
        Observation::Draft(_)
            | Observation::Fork { .. }
            | Observation::Access(_)
            | Observation::Post { .. }
            | Observation::Delivery { .. }
            | Observation::Milestone { .. }
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use case::{Attestation, CommandId, PersonId, ProjectId};
    use jiff::Timestamp;

    use super::*;

    const CASE: CaseId = CaseId([1; 16]);
    const ADA: Actor = Actor::Person(PersonId([2; 16]));

    fn fork() -> Observation {
        Observation::Fork { url: "https://forge.example/fork".into() }
    }

    fn told(seen: Observation) -> Event {
        let [name, place, note] = ["Ada", "the forge", "I looked"].map(str::to_owned);
        Event::Attested(Box::new(Attestation { seen, name, place, note }))
    }

    fn broken(events: Vec<(Actor, Event)>, witness: bool) -> Vec<u64> {
        let entry = |(seq, (actor, event)): (u64, (Actor, Event))| Entry {
            v: 1,
            seq,
            project: ProjectId([3; 16]),
            actor,
            occurred_at: Timestamp::UNIX_EPOCH,
            recorded_at: Timestamp::UNIX_EPOCH,
            source: "test".into(),
            command: CommandId([4; 16]),
            event,
        };
        let entries: Vec<Entry> = (1..).zip(events).map(entry).collect();
        let books = Books {
            cases: BTreeMap::from([(CASE, entries)]),
            reports: Vec::new(),
            chain: Ok(()),
            witness: witness.then(Vec::new),
            truth: None,
            mirror: None,
        };
        let found = super::super::audit(&books).violations;
        let place = |violation: Violation| match violation.at {
            Place::Entry { seq, .. } if violation.law == Law::ByMemory => seq,
            other => panic!("{other:?}"),
        };
        found.into_iter().map(place).collect()
    }

    #[test]
    fn only_somebodys_word_on_what_nobody_could_read_counts() {
        let lines = Observation::SupportedLines {
            repository: "contour".into(),
            lines: vec!["main".into()],
            default_branch: "main".into(),
        };
        let seen = Event::Observed(Box::new(fork()));
        assert!(broken(vec![(ADA, told(fork())), (ADA, told(fork()))], false).is_empty());
        assert_eq!(broken(vec![(ADA, told(fork()))], true), [1]);
        assert_eq!(broken(vec![(Actor::House, told(fork()))], false), [1]);
        assert_eq!(broken(vec![(ADA, told(lines))], false), [1]);
        assert_eq!(broken(vec![(Actor::House, seen), (ADA, told(fork()))], false), [2]);
    }
}
