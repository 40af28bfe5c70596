//! Jobs: due times, leases and fences.

use std::time::Duration;

use store::{AppendError, Batch, Expected, Fence, JobChange};

use crate::{
    law::{Law, Place},
    words::{add, append, commit, job, job_id, jobs, leased, read, text},
};

pub(super) const LAWS: &[Law] = &[
    ("a job is leased once it is due, the earliest first", due),
    ("a lease that ran out goes to the next worker", expiry),
    ("an outcome needs the lease that it was done under", fenced),
    ("a job that is put again is a new job", put_again),
    ("a released job comes back", released),
    ("every lease goes to one worker", contention),
];

const TTL: Duration = Duration::from_mins(1);
const NEARLY: Duration = Duration::from_secs(59);

fn take(place: &dyn Place) -> Option<store::Lease> {
    place.store().lease(place.now(), TTL).unwrap()
}

fn due(place: &dyn Place) {
    let store = place.store();
    let now = place.now();
    add(store, "case/a", &["."]);
    assert_eq!(store.next_due().unwrap(), None);
    let later = now + Duration::from_secs(10);
    commit(
        store,
        jobs(vec![
            job("later", "case/a", later, "2"),
            job("first", "case/a", now, "1"),
            job("tie", "case/a", now, "3"),
        ]),
    )
    .unwrap();
    assert_eq!(store.next_due().unwrap(), Some(now));
    let lease = take(place).unwrap();
    assert_eq!(lease.fence.job, job_id("first"));
    assert_eq!((lease.due, lease.stream), (now, crate::words::stream("case/a")));
    assert!(lease.until > now);
    assert_eq!(text(Some(&lease.body)), "1");
    assert_eq!(leased(take(place)), Some("tie".into()));
    assert_eq!(leased(take(place)), None);
    assert_eq!(store.next_due().unwrap(), Some(later));
    place.pass(Duration::from_secs(10));
    assert_eq!(leased(take(place)), Some("later".into()));
}

fn expiry(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["."]);
    commit(store, jobs(vec![job("j", "case/a", place.now(), "")])).unwrap();
    let first = take(place).unwrap();
    assert_eq!(store.next_due().unwrap(), Some(first.until));
    place.pass(NEARLY);
    assert_eq!(leased(take(place)), None);
    place.pass(Duration::from_secs(1));
    let second = take(place).unwrap();
    assert!(second.fence.number > first.fence.number);
    assert!(!store.finish(&first.fence).unwrap(), "the first worker comes too late");
    assert!(!store.release(&first.fence, place.now()).unwrap());
    assert!(store.finish(&second.fence).unwrap());
    assert!(!store.finish(&second.fence).unwrap());
    assert_eq!(store.next_due().unwrap(), None);
}

fn fenced(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["."]);
    commit(store, jobs(vec![job("j", "case/a", place.now(), "")])).unwrap();
    let outcome = |fence: &Fence| Batch {
        appends: vec![append("case/a", Expected::Any, &["done"])],
        jobs: vec![JobChange::Remove { id: fence.job.clone() }],
        fences: vec![fence.clone()],
        ..Batch::default()
    };
    let first = take(place).unwrap();
    place.pass(TTL);
    let second = take(place).unwrap();
    match commit(store, outcome(&first.fence)) {
        Err(AppendError::LeaseLost { job }) => assert_eq!(job, job_id("j")),
        other => panic!("the first worker's outcome was taken: {other:?}"),
    }
    assert_eq!(read(store, "case/a").len(), 1);
    let batch = outcome(&second.fence);
    commit(store, batch.clone()).unwrap();
    assert_eq!(read(store, "case/a").len(), 2);
    assert_eq!(store.next_due().unwrap(), None, "the job went with its outcome");
    assert!(commit(store, batch).unwrap()[0].repeated, "a repeat needs no lease any more");
    assert!(matches!(commit(store, outcome(&second.fence)), Err(AppendError::LeaseLost { .. })));
}

fn put_again(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["."]);
    let now = place.now();
    commit(store, jobs(vec![job("j", "case/a", now, "old")])).unwrap();
    let lease = take(place).unwrap();
    commit(store, jobs(vec![job("j", "case/a", now, "new")])).unwrap();
    assert!(!store.finish(&lease.fence).unwrap(), "the replaced job's lease is lost");
    let again = take(place).unwrap();
    assert_eq!(text(Some(&again.body)), "new");
    assert!(again.fence.number > lease.fence.number);
    commit(store, jobs(vec![JobChange::Remove { id: job_id("j") }])).unwrap();
    commit(store, jobs(vec![job("j", "case/a", now, "third")])).unwrap();
    let third = take(place).unwrap();
    assert!(third.fence.number > again.fence.number, "numbers are never used twice");
    assert!(!store.finish(&again.fence).unwrap());
}

fn released(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["."]);
    commit(store, jobs(vec![job("j", "case/a", place.now(), "body")])).unwrap();
    let lease = take(place).unwrap();
    let later = place.now() + Duration::from_secs(5);
    assert!(store.release(&lease.fence, later).unwrap());
    assert!(!store.finish(&lease.fence).unwrap());
    assert_eq!(leased(take(place)), None);
    place.pass(Duration::from_secs(5));
    let again = take(place).unwrap();
    assert_eq!((text(Some(&again.body)).as_str(), again.due), ("body", later));
}

fn contention(place: &dyn Place) {
    let store = place.store();
    let now = place.now();
    add(store, "case/a", &["."]);
    let many = (0..20).map(|n| job(&n.to_string(), "case/a", now, "")).collect();
    commit(store, jobs(many)).unwrap();
    let mut taken: Vec<String> = std::thread::scope(|scope| {
        let worker = || {
            let mut mine = Vec::new();
            while let Some(job) = leased(store.lease(now, TTL).unwrap()) {
                mine.push(job);
            }
            mine
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    taken.sort_by_key(|name| name.parse::<u32>().unwrap());
    let every: Vec<_> = (0..20).map(|n| n.to_string()).collect();
    assert_eq!(taken, every);
}
