//! What a commit changes, line by line and without context.

use std::collections::BTreeMap;

use crate::{Error, Oid, Result};

/// The lines that a commit takes away and puts in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patch {
    /// By path. A rename is a removal and an addition; a merge is compared with its first parent.
    pub files: BTreeMap<String, FileChange>,
}

/// One file's part in a [`Patch`]. Lines that are not UTF-8 are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileChange {
    /// Lines that were not there before, in order, without their line end.
    pub added: Vec<String>,
    /// Lines that were there before, in order, without their line end.
    pub removed: Vec<String>,
    /// Where the added lines stand now.
    pub runs: Runs,
}

impl FileChange {
    /// What is added next stands in the line of this number.
    pub(crate) fn begin(&mut self, number: usize) {
        self.runs.0.push((self.added.len(), number));
    }
}

/// Where added lines stand in the new file: for each run of them the index of its first, and the number
/// of that in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Runs(Vec<(usize, usize)>);

impl Runs {
    /// The number of the added line with this index, from 1.
    #[must_use]
    pub fn number(&self, added: usize) -> Option<usize> {
        let after = self.0.partition_point(|(index, _)| *index <= added);
        let (index, number) = self.0.get(after.checked_sub(1)?)?;
        Some(number + (added - index))
    }
}

/// The arguments that make `diff-tree` say the same thing everywhere.
pub(crate) const ARGUMENTS: &[&str] = &[
    "-r",
    "--root",
    "-p",
    "-U0",
    "--text",
    "--no-color",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--inter-hunk-context=0",
    "--ignore-submodules=none",
    "--submodule=short",
    "--diff-algorithm=myers",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--no-indent-heuristic",
    "--full-index",
    // Each change stands on its own line, whatever `diff.wordRegex` and friends say.
    "--word-diff=none",
];

impl Patch {
    /// Reads `diff-tree -p -U0`.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let text = String::from_utf8_lossy(bytes);
        let mut reader = Reader::default();
        for line in text.split('\n') {
            reader.line(line)?;
        }
        Ok(reader.patch)
    }
}

/// Reads `diff-tree --stdin`: each commit's name on a line of its own, then its change.
pub(crate) fn parse_many(bytes: &[u8], asked: &[Oid]) -> Result<Vec<(Oid, Patch)>> {
    let text = String::from_utf8_lossy(bytes);
    let mut waiting = asked.iter().peekable();
    let mut found = Vec::new();
    let mut current: Option<(Oid, Reader)> = None;
    for line in text.split('\n') {
        let inside = current.as_ref().is_some_and(|(_, reader)| reader.in_hunk());
        if !inside && let Some(oid) = waiting.next_if(|oid| oid.as_str() == line) {
            found.extend(current.take().map(|(oid, reader)| (oid, reader.patch)));
            current = Some((oid.clone(), Reader::default()));
        } else if let Some((_, reader)) = &mut current {
            reader.line(line)?;
        }
    }
    found.extend(current.map(|(oid, reader)| (oid, reader.patch)));
    if waiting.next().is_some() {
        return Err(Error::garbled("diff-tree", "a commit was left out"));
    }
    Ok(found)
}

/// Reads `diff-tree --stdin --raw -z`: each commit's name, then what it changes: modes, objects and
/// the letter for it, and the path.
pub(crate) fn parse_paths(bytes: &[u8], asked: &[Oid]) -> Result<Vec<(Oid, Vec<String>)>> {
    let text = String::from_utf8_lossy(bytes);
    let mut words = text.split_terminator('\0');
    let mut found: Vec<(Oid, Vec<String>)> = Vec::with_capacity(asked.len());
    while let Some(word) = words.next() {
        if !word.starts_with(':') {
            found.push((word.parse()?, Vec::new()));
        } else if let (Some((_, paths)), Some(path)) = (found.last_mut(), words.next()) {
            paths.push(path.to_owned());
        }
    }
    if found.iter().map(|(oid, _)| oid).ne(asked) {
        return Err(Error::garbled("diff-tree", "other commits than were asked for"));
    }
    Ok(found)
}

/// Hunk headers say how many lines follow, so that a removed line that looks like a
/// file header ("-- a/x") cannot be mistaken for one.
#[derive(Default)]
pub(crate) struct Reader {
    pub(crate) patch: Patch,
    old: String,
    path: String,
    removed: u64,
    added: u64,
}

impl Reader {
    pub(crate) fn in_hunk(&self) -> bool {
        self.removed + self.added > 0
    }

    pub(crate) fn line(&mut self, line: &str) -> Result<()> {
        if self.removed > 0
            && let Some(text) = line.strip_prefix('-')
        {
            self.removed -= 1;
            self.file().removed.push(text.to_owned());
        } else if self.added > 0
            && let Some(text) = line.strip_prefix('+')
        {
            self.added -= 1;
            self.file().added.push(text.to_owned());
        } else if line.starts_with('\\') {
            // "\ No newline at end of file"
        } else if self.in_hunk() {
            return Err(Error::garbled("diff-tree", "a hunk ended early"));
        } else if let Some((_, path)) = line.strip_prefix(':').and_then(|raw| raw.split_once('\t'))
        {
            // A file of no lines has no other mention.
            self.patch.files.entry(unquote(path)).or_default();
        } else if let Some(path) = line.strip_prefix("--- ") {
            self.old = unquote(path);
        } else if let Some(path) = line.strip_prefix("+++ ") {
            let new = unquote(path);
            let path = if new == "/dev/null" { &self.old } else { &new };
            self.path = path.get(2..).unwrap_or_default().to_owned();
        } else if line.starts_with("@@ ") {
            let garbled = || Error::garbled("diff-tree", line);
            let number = begins_at(line).ok_or_else(garbled)?;
            (self.removed, self.added) = hunk(line).ok_or_else(garbled)?;
            if self.added > 0 {
                self.file().begin(number);
            }
        }
        Ok(())
    }

    fn file(&mut self) -> &mut FileChange {
        self.patch.files.entry(self.path.clone()).or_default()
    }
}

/// `@@ -12,3 +14 @@`: three lines removed, one added.
pub(crate) fn hunk(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split(' ').skip(1);
    let count = |word: &str| match word.split_once(',') {
        Some((_, count)) => count.parse().ok(),
        None => Some(1),
    };
    let removed = count(words.next()?.strip_prefix('-')?)?;
    let added = count(words.next()?.strip_prefix('+')?)?;
    Some((removed, added))
}

/// `@@ -12,3 +14 @@`: what is added begins in line 14.
fn begins_at(line: &str) -> Option<usize> {
    let added = line.split(' ').nth(2)?.strip_prefix('+')?;
    added.split_once(',').map_or(added, |(start, _)| start).parse().ok()
}

/// Git quotes odd paths like C strings: `"b/\303\251\t"`. A tab ends one with blanks.
pub(crate) fn unquote(path: &str) -> String {
    let path = path.strip_suffix('\t').unwrap_or(path);
    let Some(inner) = path.strip_prefix('"').and_then(|p| p.strip_suffix('"')) else {
        return path.to_owned();
    };
    let mut bytes = Vec::new();
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(digit @ b'0'..=b'3') => {
                let mut value = digit - b'0';
                for digit in rest.by_ref().take(2) {
                    value = value.wrapping_mul(8).wrapping_add(digit.wrapping_sub(b'0'));
                }
                bytes.push(value);
            }
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b'a') => bytes.push(7),
            Some(b'b') => bytes.push(8),
            Some(b'v') => bytes.push(11),
            Some(b'f') => bytes.push(12),
            Some(other) => bytes.push(other),
            None => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_look_like_headers_are_lines() {
        let text = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n--- a/y\n-+++ b/y\n+@@ -1 +1 @@\n\\ No newline at end of file\n";
        let patch = Patch::parse(text).unwrap();
        let change = &patch.files["x"];
        assert_eq!(change.removed, ["-- a/y", "+++ b/y"]);
        assert_eq!(change.added, ["@@ -1 +1 @@"]);
    }

    #[test]
    fn added_lines_know_their_numbers() {
        let text =
            b"--- a/x\n+++ b/x\n@@ -1,0 +2,2 @@\n+b\n+c\n@@ -5 +6,0 @@\n-f\n@@ -9 +9 @@\n-i\n+j\n";
        let change = &Patch::parse(text).unwrap().files["x"];
        let numbers: Vec<_> =
            (0..change.added.len()).map(|added| change.runs.number(added)).collect();
        assert_eq!(numbers, [Some(2), Some(3), Some(9)]);
        assert_eq!(Runs::default().number(0), None);
    }

    #[test]
    fn quoted_paths_are_read_back() {
        assert_eq!(unquote("\"b/\\303\\251\\t\\\"\""), "b/\u{e9}\t\"");
        assert_eq!(unquote("\"b/\\303\\251 x\"\t"), "b/\u{e9} x");
        assert_eq!(unquote("b/with space\t"), "b/with space");
    }
}
