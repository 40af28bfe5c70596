//! Random lives: whatever is asked of them in whatever order, both backends answer alike.

use std::time::Duration;

use proptest::prelude::*;
use store::{
    Append, Batch, Direction, Entry, Expected, Fence, JobChange, KeyClass, Position, ProjectId,
    RowChange, RowQuery, Scope, Seq, Store,
};

use crate::words::{all, job, job_id, numbered_command, row, stream, text, time};

const STREAMS: [&str; 3] = ["report/a", "case/a", "case/a/reads"];

#[derive(Debug, Clone)]
enum Act {
    Commit { project: bool, appends: Vec<Add>, rows: Vec<Change>, jobs: Vec<Change>, fence: bool },
    Lease { second: i64 },
    Finish,
    Release { second: i64 },
    Forget { stream: usize, identity: bool },
    List { descending: bool, limit: usize, project: bool },
}

#[derive(Debug, Clone)]
struct Add {
    stream: usize,
    expected: u64,
    command: u64,
    events: Vec<(bool, String)>,
    give: bool,
}

#[derive(Debug, Clone)]
struct Change {
    put: bool,
    key: u8,
    stream: usize,
    number: i64,
}

fn adds() -> impl Strategy<Value = Vec<Add>> {
    let events = prop::collection::vec((any::<bool>(), "[a-z]{0,3}"), 1..3);
    let add = (0..STREAMS.len(), 0..8_u64, 0..12_u64, events, prop::bool::weighted(0.1)).prop_map(
        |(stream, expected, command, events, give)| Add { stream, expected, command, events, give },
    );
    prop::collection::vec(add, 0..3)
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (prop::bool::weighted(0.8), 0..4_u8, 0..STREAMS.len(), 0..5_i64)
        .prop_map(|(put, key, stream, number)| Change { put, key, stream, number });
    prop::collection::vec(change, 0..3)
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (prop::bool::weighted(0.2), adds(), changes(), changes(), prop::bool::weighted(0.2))
            .prop_map(|(project, appends, rows, jobs, fence)| Act::Commit {
                project, appends, rows, jobs, fence
            }),
        2 => (0..30_i64).prop_map(|second| Act::Lease { second }),
        1 => Just(Act::Finish),
        1 => (0..30_i64).prop_map(|second| Act::Release { second }),
        1 => (0..STREAMS.len(), any::<bool>())
            .prop_map(|(stream, identity)| Act::Forget { stream, identity }),
        1 => (any::<bool>(), 1..4_usize, any::<bool>())
            .prop_map(|(descending, limit, project)| Act::List { descending, limit, project }),
    ]
}

fn scope(project: bool) -> Scope {
    if project { Scope::project(ProjectId::new("p").unwrap(), "test") } else { all() }
}

fn batch(appends: &[Add], rows: &[Change], jobs: &[Change], fences: Vec<Fence>) -> Batch {
    let appends = appends
        .iter()
        .map(|add| Append {
            stream: stream(STREAMS[add.stream]),
            expected: match add.expected {
                0 => Expected::New,
                7 => Expected::Any,
                seq => Expected::Exact(Seq(seq)),
            },
            command: numbered_command(add.command),
            events: add
                .events
                .iter()
                .map(|(who, word)| {
                    let body = word.as_str();
                    if *who { Entry::identity(body) } else { Entry::content(body) }
                })
                .collect(),
            blobs: Vec::new(),
            project: add.give.then(|| ProjectId::new("p").unwrap()),
        })
        .collect();
    let rows = rows
        .iter()
        .map(|change| {
            let key = change.key.to_string();
            let sort = change.number.unsigned_abs();
            if change.put {
                row("l", &key, STREAMS[change.stream], sort, &format!("{change:?}"))
            } else {
                RowChange::Remove { list: "l".into(), key }
            }
        })
        .collect();
    let jobs = jobs
        .iter()
        .map(|change| {
            let (id, due) = (change.key.to_string(), time(change.number));
            if change.put {
                job(&id, STREAMS[change.stream], due, &format!("{change:?}"))
            } else {
                JobChange::Remove { id: job_id(&id) }
            }
        })
        .collect();
    Batch { appends, rows, jobs, fences }
}

/// One house in a comparison, with the lease that it holds.
struct Life<'a> {
    store: &'a dyn Store,
    held: Option<Fence>,
}

impl Life<'_> {
    /// What the house answers, without hashes: their keys are drawn at random.
    fn answer(&mut self, act: &Act) -> String {
        let store = self.store;
        match act {
            Act::Commit { project, appends, rows, jobs, fence } => {
                let fences = self.held.iter().filter(|_| *fence).cloned().collect();
                let done = store.commit(&scope(*project), batch(appends, rows, jobs, fences));
                let plain = |c: &store::Committed| {
                    (c.stream.clone(), c.first, c.last, c.position, c.repeated)
                };
                format!("{:?}", done.map(|all| all.iter().map(plain).collect::<Vec<_>>()))
            }
            Act::Lease { second } => {
                let lease = store.lease(time(*second), Duration::from_secs(5)).unwrap();
                let answer = format!("{lease:?}");
                self.held = lease.map(|lease| lease.fence).or(self.held.take());
                answer
            }
            Act::Finish => format!("{:?}", self.held.as_ref().map(|f| store.finish(f).unwrap())),
            Act::Release { second } => {
                let due = time(*second);
                format!("{:?}", self.held.as_ref().map(|f| store.release(f, due).unwrap()))
            }
            Act::Forget { stream: at, identity } => {
                let class = if *identity { KeyClass::Identity } else { KeyClass::Content };
                format!("{:?}", store.forget(&all(), &stream(STREAMS[*at]), class))
            }
            Act::List { descending, limit, project } => {
                let direction =
                    if *descending { Direction::Descending } else { Direction::Ascending };
                let query = RowQuery { list: "l".into(), direction, after: None, limit: *limit };
                let page = store.rows(&scope(*project), &query).unwrap();
                let rows = page.rows.iter().map(|r| (r.sort, text(r.body.open())));
                format!("{:?} {}", rows.collect::<Vec<_>>(), page.next.is_some())
            }
        }
    }

    fn history(&self) -> String {
        let feed = self.store.feed(&all(), Position::START, usize::MAX).unwrap();
        let events = feed.iter().map(|item| {
            let event = &item.event;
            let said = text(event.payload.open());
            format!("{} {} {} {:?} {said}", event.position, item.stream, event.seq, event.class)
        });
        let streams = self.store.streams(&scope(true), "").unwrap();
        let verified = self.store.verify(None).unwrap();
        let due = self.store.next_due().unwrap();
        format!("{:#?} {streams:?} {verified:?} {due:?}", events.collect::<Vec<_>>())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn both_backends_live_the_same_life(acts in prop::collection::vec(act(), 1..40)) {
        let (_dir, sqlite) = crate::sqlite::house();
        sqlite.hold_keys(2);
        let memory = crate::memory::store(1);
        let mut lives = [&sqlite as &dyn Store, &memory].map(|store| Life { store, held: None });
        for act in &acts {
            let [one, other] = lives.each_mut().map(|life| life.answer(act));
            prop_assert_eq!(one, other, "after {:?}", act);
        }
        let [one, other] = lives.each_ref().map(Life::history);
        prop_assert_eq!(one, other);
    }
}
