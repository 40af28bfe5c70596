//! Whether a release really contains a fix: by its history, and by what its files say.

use git::{Oid, Patch, Repo};

use crate::{Result, content::Fingerprint, content::LineCount};

/// What was found in one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixEvidence {
    /// The commit of the fix, or an equivalent of it, that is in the release's history.
    pub history: Option<Oid>,
    /// How much of the fix stands in the release's files.
    pub lines: LineCount,
    /// What follows from both.
    pub verdict: Verdict,
}

/// Whether a release contains a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its history has it and at least some of its lines are there, or all of its lines are.
    Contained,
    /// Only some of its lines are there.
    Partly,
    /// Nothing of it is there.
    Absent,
    /// History has it, but none of its lines are there: reverted, or lost in a merge.
    Contradiction,
}

/// Looks for a fix in the commit that was released as `at`. `fix` and its `equivalents` are
/// looked up in the history; the files are compared with every one of them and the best
/// match counts, since a backport may read differently from its original.
///
/// # Errors
/// When an object cannot be read: what cannot be seen is not called contained.
pub fn contains_fix(repo: &Repo, at: &Oid, fix: &Oid, equivalents: &[Oid]) -> Result<FixEvidence> {
    let mut history = None;
    let mut lines = LineCount::default();
    let mut objects = repo.objects()?;
    for commit in std::iter::once(fix).chain(equivalents) {
        if history.is_none() && repo.is_ancestor(commit, at)? {
            history = Some(commit.clone());
        }
        let print = Fingerprint::of(&repo.patch(commit)?);
        let count = print.in_files(|path| objects.file(at, path))?;
        if better(count, lines) {
            lines = count;
        }
    }
    let verdict = match (history.is_some(), lines) {
        // A fix without telling lines (a mode, a binary) can only be told by its history.
        (true, lines) if lines.expected == 0 || lines.found > 0 => Verdict::Contained,
        (true, _) => Verdict::Contradiction,
        (false, lines) if lines.is_whole() => Verdict::Contained,
        (false, lines) if lines.found > 0 => Verdict::Partly,
        (false, _) => Verdict::Absent,
    };
    Ok(FixEvidence { history, lines, verdict })
}

/// Looks for a fix in files that come from anywhere: an unpacked archive, a module proxy.
/// `read` gives a file's bytes, or `None` where there is no such file.
///
/// # Errors
/// Whatever `read` fails with.
pub fn contains_lines<E>(
    fix: &Patch,
    read: impl FnMut(&str) -> std::result::Result<Option<Vec<u8>>, E>,
) -> std::result::Result<LineCount, E> {
    Fingerprint::of(fix).in_files(read)
}

/// The larger share; of equals, the one that looked for more.
fn better(a: LineCount, b: LineCount) -> bool {
    let (left, right) = (a.found * b.expected, b.found * a.expected);
    b.expected == 0 || left > right || (left == right && a.expected > b.expected)
}
