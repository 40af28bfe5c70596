//! What is ordinary in a repository: learned from what the commits before a range say, and remembered
//! from one look to the next, since most of them are the same then.
//!
//! Remembered are names of commits, when they were made, their parents, and numbers of words of the
//! guard's own vocabulary: nothing of any case.

use std::{cmp::Reverse, collections::HashMap};

use discretion::{
    Prior,
    prior::{Learner, Lesson},
};
use git::{Before, Glimpse, Oid, Range, Repo};

/// How many of the commits before a range are learned from.
pub const LEARNED: usize = 400;
/// How many are remembered: those of some branches.
const REMEMBERED: usize = 1_000;

/// What one commit taught, and how to find those before it.
struct Learned {
    parents: Vec<Oid>,
    seconds: i64,
    lesson: Lesson,
}

/// What is ordinary before this range.
///
/// # Errors
/// What git refuses.
pub fn ordinary_before(repo: &Repo, range: &Range) -> git::Result<Prior> {
    let mark = format!("ordinary-{}", Learner::edition());
    let kept = repo.kept(&mark).and_then(|bytes| String::from_utf8(bytes).ok());
    let mut known = kept.and_then(|text| read(&text)).unwrap_or_default();
    let glimpse = |oid: &Oid| {
        let Learned { parents, seconds, .. } = known.get(oid)?;
        Some(Glimpse { parents: parents.clone(), seconds: *seconds })
    };
    let before = repo.before(range, LEARNED, glimpse)?;
    let mut learner = None;
    let mut now = Vec::with_capacity(before.len());
    for commit in before {
        now.extend(match commit {
            Before::Known(oid) => known.remove_entry(&oid),
            Before::Read(commit) => {
                let learner: &Learner = learner.get_or_insert_default();
                let Glimpse { parents, seconds } = Glimpse::of(&commit);
                let lesson = learner.lesson(&commit.message);
                Some((commit.oid, Learned { parents, seconds, lesson }))
            }
        });
    }
    let prior = Prior::of_lessons(now.iter().map(|(_, learned)| learned.lesson.clone()));
    if learner.is_some() {
        let mut others: Vec<_> = known.into_iter().collect();
        others.sort_unstable_by_key(|(_, learned)| Reverse(learned.seconds));
        let all = now.into_iter().chain(others).take(REMEMBERED);
        repo.keep(&mark, written(all).as_bytes());
    }
    Ok(prior)
}

fn written(all: impl Iterator<Item = (Oid, Learned)>) -> String {
    let line = |(oid, Learned { parents, seconds, lesson }): (Oid, Learned)| {
        let parents: String = parents.iter().map(|parent| format!(" {parent}")).collect();
        format!("{oid} {seconds} {}{parents}\n", lesson.written())
    };
    all.map(line).collect()
}

/// `None` if it is not what [`written`] gives.
fn read(text: &str) -> Option<HashMap<Oid, Learned>> {
    text.lines()
        .map(|line| {
            let mut words = line.split(' ');
            let oid = words.next()?.parse().ok()?;
            let seconds = words.next()?.parse().ok()?;
            let lesson = Lesson::read(words.next()?)?;
            let parents = words.map(str::parse).collect::<Result<_, _>>().ok()?;
            Some((oid, Learned { parents, seconds, lesson }))
        })
        .collect()
}
