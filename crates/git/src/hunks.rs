//! What a commit changes, hunk by hunk, with the lines around each change.

use crate::{Error, Result, patch};

/// One file's part in a commit's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHunks {
    /// Its path; after the change, unless the commit takes the file away.
    pub path: String,
    /// What happens to the file as a whole.
    pub fate: Fate,
    /// Its changes, in order.
    pub hunks: Vec<Hunk>,
}

/// What a commit does to a file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was not there before.
    Made,
    /// It was there before, and still is.
    Kept,
    /// It is not there any more.
    Removed,
}

/// A change within its surroundings. Lines that are not UTF-8 are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hunk {
    /// The number of its first line in the changed file, or in the old one if all is removed.
    pub line: u64,
    /// Its lines in order, without their line end.
    pub lines: Vec<(Side, String)>,
}

/// Where a line of a hunk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before and after.
    Both,
    /// Only before.
    Before,
    /// Only after.
    After,
}

impl Hunk {
    /// What stood there before.
    pub fn before(&self) -> impl Iterator<Item = &str> {
        self.without(Side::After)
    }

    /// What stands there after.
    pub fn after(&self) -> impl Iterator<Item = &str> {
        self.without(Side::Before)
    }

    /// The lines of one side only.
    pub fn only(&self, side: Side) -> impl Iterator<Item = &str> {
        let lines = self.lines.iter().filter(move |(of, _)| *of == side);
        lines.map(|(_, line)| line.as_str())
    }

    fn without(&self, side: Side) -> impl Iterator<Item = &str> {
        let lines = self.lines.iter().filter(move |(of, _)| *of != side);
        lines.map(|(_, line)| line.as_str())
    }
}

/// How many lines around a change are told.
pub(crate) const CONTEXT: &str = "-U3";

/// Reads `diff-tree -p` with context.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<FileHunks>> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::default();
    for line in text.split('\n') {
        reader.line(line)?;
    }
    if reader.before + reader.after > 0 {
        return Err(Error::garbled("diff-tree", "it ends within a hunk"));
    }
    Ok(reader.files)
}

/// Hunk headers say how many lines follow, so that no line can be taken for a header.
#[derive(Default)]
struct Reader {
    files: Vec<FileHunks>,
    old: String,
    before: u64,
    after: u64,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<()> {
        if self.before + self.after > 0 {
            self.content(line)
        } else if let Some(path) = line.strip_prefix("--- ") {
            self.old = patch::unquote(path);
            Ok(())
        } else if let Some(path) = line.strip_prefix("+++ ") {
            self.file(patch::unquote(path));
            Ok(())
        } else if line.starts_with("@@ ") {
            self.hunk(line)
        } else {
            Ok(())
        }
    }

    fn content(&mut self, line: &str) -> Result<()> {
        let garbled = || Error::garbled("diff-tree", "a hunk ended early");
        let (side, before, after) = match line.as_bytes().first() {
            // `diff.suppressBlankEmpty` leaves the mark of an empty line out.
            Some(b' ') | None => (Side::Both, 1, 1),
            Some(b'-') => (Side::Before, 1, 0),
            Some(b'+') => (Side::After, 0, 1),
            // "\ No newline at end of file"
            Some(b'\\') => return Ok(()),
            Some(_) => return Err(garbled()),
        };
        self.before = self.before.checked_sub(before).ok_or_else(garbled)?;
        self.after = self.after.checked_sub(after).ok_or_else(garbled)?;
        let hunk = self.files.last_mut().and_then(|file| file.hunks.last_mut());
        let text = line.get(1..).unwrap_or_default().to_owned();
        hunk.ok_or_else(garbled)?.lines.push((side, text));
        Ok(())
    }

    fn file(&mut self, new: String) {
        const NONE: &str = "/dev/null";
        let old = std::mem::take(&mut self.old);
        let (name, fate) = match (old.as_str(), new.as_str()) {
            (NONE, _) => (new, Fate::Made),
            (_, NONE) => (old, Fate::Removed),
            _ => (new, Fate::Kept),
        };
        let path = name.get(2..).unwrap_or_default().to_owned();
        self.files.push(FileHunks { path, fate, hunks: Vec::new() });
    }

    fn hunk(&mut self, line: &str) -> Result<()> {
        let garbled = || Error::garbled("diff-tree", line);
        (self.before, self.after) = patch::hunk(line).ok_or_else(garbled)?;
        let side = if self.after == 0 { 1 } else { 2 };
        let range = line.split(' ').nth(side).and_then(|range| range.get(1..));
        let first = range.and_then(|range| range.split(',').next()?.parse().ok());
        let hunk = Hunk { line: first.ok_or_else(garbled)?, lines: Vec::new() };
        self.files.last_mut().ok_or_else(garbled)?.hunks.push(hunk);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hunk_has_what_stood_there_and_what_stands_there() {
        let text = "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -4,3 +4,3 @@ fn f\n one\n--- a/y\n++++ b/y\n \n\\ No newline at end of file\n";
        let files = parse(text.as_bytes()).unwrap();
        let [FileHunks { path, fate: Fate::Kept, hunks }] = files.as_slice() else {
            panic!("{files:?}")
        };
        assert_eq!((path.as_str(), hunks[0].line), ("x", 4));
        assert_eq!(hunks[0].before().collect::<Vec<_>>(), ["one", "-- a/y", ""]);
        assert_eq!(hunks[0].after().collect::<Vec<_>>(), ["one", "+++ b/y", ""]);
        assert_eq!(hunks[0].only(Side::After).collect::<Vec<_>>(), ["+++ b/y"]);
    }

    #[test]
    fn files_come_and_go() {
        let text = "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+a\n--- a/old\n+++ /dev/null\n@@ -7 +0,0 @@\n-b\n";
        let files = parse(text.as_bytes()).unwrap();
        let told: Vec<_> =
            files.iter().map(|f| (f.path.as_str(), f.fate, f.hunks[0].line)).collect();
        assert_eq!(told, [("new", Fate::Made, 1), ("old", Fate::Removed, 7)]);
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        for text in ["--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a", "@@ -1 +1 @@\n", "@@ odd @@\n"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
