//! Whether the lines of a copy stand where those of the original do.
//!
//! Where a line stands is told by its neighbours, since numbers of lines differ between branches. A
//! change that was put into another function has the same lines, and may do nothing there.

use std::collections::BTreeSet;

use git::{FileHunks, Hunk, Side};

use crate::{
    Difference,
    content::{Fingerprint, telling},
};

/// What a change adds in one place of a file, and what stands around it.
struct Place {
    added: BTreeSet<String>,
    around: BTreeSet<String>,
}

impl Place {
    fn of(hunk: &Hunk) -> Self {
        Self { added: telling(hunk.only(Side::After)), around: telling(hunk.before()) }
    }

    /// Nothing that tells stands around both. Where nothing tells around one of them, nobody knows.
    fn is_elsewhere(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.around, &other.around);
        !ours.is_empty() && !theirs.is_empty() && ours.is_disjoint(theirs)
    }
}

/// How a copy with the same lines differs after all: those that stand elsewhere are lines of its own.
pub(crate) fn moved(
    print: &Fingerprint,
    original: &[FileHunks],
    copy: &[FileHunks],
) -> Option<Difference> {
    let mut moved = 0;
    for (path, added, _) in print.files() {
        let places = |all: &[FileHunks]| -> Vec<Place> {
            let of_file = all.iter().filter(|file| file.path == path);
            of_file.flat_map(|file| &file.hunks).map(Place::of).collect()
        };
        let (ours, theirs) = (places(original), places(copy));
        moved += added.iter().filter(|line| is_moved(line, &ours, &theirs)).count();
    }
    let expected = print.len();
    (moved > 0).then(|| Difference { expected, found: expected - moved, other: moved })
}

/// Every place of a line in the copy is another than each of those in the original.
fn is_moved(line: &str, ours: &[Place], theirs: &[Place]) -> bool {
    let with = |place: &&Place| place.added.contains(line);
    let mut there = theirs.iter().filter(with).peekable();
    there.peek().is_some()
        && there.all(|their| ours.iter().filter(with).all(|our| our.is_elsewhere(their)))
}
