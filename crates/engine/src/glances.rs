//! From commits in a repository to what the guard reads of them, and to how they look at a glance.
//! Must not judge: that is `discretion`'s.

use std::collections::BTreeMap;

use discretion::{
    CommitWords,
    giveaway::{Circumstances, Glance, Habits, Score},
};
use git::{Commit, Oid, Patch, Repo, Result, Signature};

const DAY: i64 = 24 * 60 * 60;

/// A commit with what is seen of it.
pub(crate) type Seen = (Commit, CommitWords);

/// The public words of a commit, without names on it.
#[must_use]
pub fn commit_words(commit: &Commit, patch: Patch) -> CommitWords {
    let added = |(path, change): (String, git::FileChange)| (path, change.added);
    CommitWords {
        oid: commit.oid.to_string(),
        message: commit.message.clone(),
        author: person(&commit.author),
        committer: person(&commit.committer),
        files: patch.files.keys().cloned().collect(),
        added: patch.files.into_iter().map(added).filter(|(_, lines)| !lines.is_empty()).collect(),
        ..CommitWords::default()
    }
}

fn person(signature: &Signature) -> String {
    format!("{} <{}>", signature.name, signature.email)
}

/// What was public before the commits in question, to weigh them by.
pub(crate) struct Glances {
    before: Vec<Seen>,
    fixes: Vec<Seen>,
    /// When tagged commits were made, in order.
    releases: Vec<i64>,
}

impl Glances {
    /// How many commits are remembered.
    pub(crate) const REMEMBERED: usize = 2_000;

    /// Looks at the commits before, and at those that are known to have fixed a vulnerability.
    ///
    /// # Errors
    /// When one of them is missing.
    pub(crate) fn of(repo: &Repo, before: Vec<Commit>, past_fixes: &[Oid]) -> Result<Self> {
        let mut objects = repo.objects()?;
        let fixes = objects.commits(past_fixes)?;
        let tagged: Vec<Oid> = repo.refs()?.tags.into_iter().map(|tag| tag.target).collect();
        let mut releases: Vec<i64> =
            objects.commits(&tagged)?.iter().map(|commit| commit.committer.when.seconds).collect();
        releases.sort_unstable();
        Ok(Self { before: seen(repo, before)?, fixes: seen(repo, fixes)?, releases })
    }

    /// How much each commit looks like a silent fix.
    #[must_use]
    pub(crate) fn weigh(&self, commits: &[Seen]) -> Vec<Score> {
        let mut twins: BTreeMap<(i64, &str), Vec<i64>> = BTreeMap::new();
        for (commit, _) in self.before.iter().chain(&self.fixes).chain(commits) {
            twins.entry(same_change(commit)).or_default().push(commit.committer.when.seconds);
        }
        let glance = |(commit, _): &Seen| {
            let committed = commit.committer.when.seconds;
            let near = |at: &&i64| committed.abs_diff(**at) < DAY.unsigned_abs();
            let times = twins.get(&same_change(commit));
            let next = self.releases.partition_point(|at| *at < committed);
            Circumstances {
                authored: commit.author.when.seconds,
                offset: commit.author.when.offset,
                committed,
                release: self.releases.get(next).copied(),
                elsewhere: times.is_some_and(|at| at.iter().filter(near).count() > 1),
            }
        };
        let all = |seen: &[Seen]| -> Vec<Circumstances> { seen.iter().map(glance).collect() };
        let (before, fixes) = (all(&self.before), all(&self.fixes));
        let habits = Habits::of(&glances(&self.before, &before), &glances(&self.fixes, &fixes));
        let now = all(commits);
        glances(commits, &now).iter().map(|glance| habits.score(glance)).collect()
    }
}

fn glances<'a>(seen: &'a [Seen], circumstances: &[Circumstances]) -> Vec<Glance<'a>> {
    let both = seen.iter().zip(circumstances);
    both.map(|((_, words), circumstances)| Glance { words, circumstances: *circumstances })
        .collect()
}

/// The author's date survives a pick to the second.
fn same_change(commit: &Commit) -> (i64, &str) {
    (commit.author.when.seconds, &commit.author.email)
}

fn seen(repo: &Repo, commits: Vec<Commit>) -> Result<Vec<Seen>> {
    let commits: Vec<Commit> = commits.into_iter().filter(|commit| !commit.is_merge()).collect();
    let oids: Vec<Oid> = commits.iter().map(|commit| commit.oid.clone()).collect();
    let paths = repo.changed_paths(&oids)?;
    let seen = commits.into_iter().zip(paths).map(|(commit, (_, files))| {
        let words = CommitWords { files, ..commit_words(&commit, Patch::default()) };
        (commit, words)
    });
    Ok(seen.collect())
}
