//! What is ordinary in a repository: learned from what the commits before a range say, and remembered
//! from one look to the next, since most of them are the same then.
//!
//! Remembered are names of commits, when they were made, their parents, and numbers of words of the
//! guard's own vocabulary: nothing of any case.

use std::{borrow::Cow, collections::HashMap};

use discretion::{
    Prior,
    prior::{Learner, Lesson},
};
use git::{Before, Commit, Glimpse, Oid, Range, Repo};

/// How many of the commits before a range are learned from.
pub const LEARNED: usize = 400;
/// How many are remembered: those of some branches.
const REMEMBERED: usize = 1_000;

/// What one commit taught, and how to find those before it.
struct Learned {
    glimpse: Glimpse,
    lesson: Lesson,
}

/// What is ordinary before this range.
///
/// # Errors
/// What git refuses.
pub fn ordinary_before(repo: &Repo, range: &Range) -> git::Result<Prior> {
    let mark = format!("ordinary-{}", Learner::edition());
    let kept = repo.kept(&mark).and_then(|bytes| String::from_utf8(bytes).ok());
    let kept = kept.unwrap_or_default();
    let mut known: HashMap<&str, &str> =
        kept.lines().filter_map(|line| Some((line.split_once(' ')?.0, line))).collect();
    let glimpse = |oid: &Oid| Some(Learned::read(known.get(oid.as_str())?)?.glimpse);
    let before = repo.before(range, LEARNED, glimpse)?;
    let (mut teacher, mut lessons, mut lines) = (None, Vec::new(), Vec::new());
    for commit in before {
        let line: Cow<'_, str> = match commit {
            Before::Known(oid) => known.remove(oid.as_str()).unwrap_or_default().into(),
            Before::Read(commit) => {
                let teacher: &Learner = teacher.get_or_insert_default();
                Learned::of(&commit, teacher).written(&commit.oid).into()
            }
        };
        lessons.extend(Learned::read(&line).map(|learned| learned.lesson));
        lines.push(line);
    }
    if teacher.is_some() {
        let is_other =
            |line: &&str| line.split_once(' ').is_some_and(|(oid, _)| known.contains_key(oid));
        let others = kept.lines().filter(is_other).map(Cow::from);
        lines.extend(others.take(REMEMBERED.saturating_sub(lessons.len())));
        repo.keep(&mark, lines.join("\n").as_bytes());
    }
    Ok(Prior::of_lessons(lessons))
}

impl Learned {
    fn of(commit: &Commit, teacher: &Learner) -> Self {
        Self { glimpse: Glimpse::of(commit), lesson: teacher.lesson(&commit.message) }
    }

    fn written(&self, oid: &Oid) -> String {
        let Self { glimpse: Glimpse { parents, seconds }, lesson } = self;
        let words = [oid.to_string(), seconds.to_string(), lesson.written()];
        let parents = parents.iter().map(Oid::to_string);
        words.into_iter().chain(parents).collect::<Vec<_>>().join(" ")
    }

    /// `None` if it is not what was written.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ').skip(1);
        let seconds = words.next()?.parse().ok()?;
        let lesson = Lesson::read(words.next()?)?;
        let parents = words.map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { glimpse: Glimpse { parents, seconds }, lesson })
    }
}
