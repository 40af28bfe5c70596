//! What is ordinary in a repository: learned from what the commits before a range say, and remembered
//! from one look to the next, since most of them are the same then.
//!
//! Remembered are names of commits, when they were made, their parents, and numbers of words of the
//! guard's own vocabulary: nothing of any case.

use std::collections::HashMap;

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
    let (mut learner, mut lessons, mut lines) = (None, Vec::new(), String::new());
    for commit in before {
        let lesson = match commit {
            Before::Known(oid) => {
                let line = known.remove(oid.as_str()).unwrap_or_default();
                lines.extend([line, "\n"]);
                Learned::read(line).map(|learned| learned.lesson)
            }
            Before::Read(commit) => {
                let learner: &Learner = learner.get_or_insert_default();
                let lesson = learner.lesson(&commit.message);
                let learned = Learned { glimpse: Glimpse::of(&commit), lesson };
                lines.extend([learned.written(&commit.oid), "\n".to_owned()]);
                Some(learned.lesson)
            }
        };
        lessons.extend(lesson);
    }
    if learner.is_some() {
        let is_other =
            |line: &&str| line.split_once(' ').is_some_and(|(oid, _)| known.contains_key(oid));
        let others = kept.lines().filter(is_other);
        let more = REMEMBERED.saturating_sub(lessons.len());
        lines.extend(others.take(more).flat_map(|line| [line, "\n"]));
        repo.keep(&mark, lines.as_bytes());
    }
    Ok(Prior::of_lessons(lessons))
}

impl Learned {
    fn written(&self, oid: &Oid) -> String {
        let Self { glimpse: Glimpse { parents, seconds }, lesson } = self;
        let parents: String = parents.iter().map(|parent| format!(" {parent}")).collect();
        format!("{oid} {seconds} {}{parents}", lesson.written())
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
