//! What git leaves in a mirror when it is killed, or its server is cut off: locks that keep every later
//! fetch out, and begun packs that fill the disk.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};

/// Git holds a lock on refs for moments. What is older belongs to nobody any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(1);

/// Takes away locks on refs that nobody holds any more.
pub(super) fn clear_locks(git_dir: &Path, now: Timestamp) {
    let mut locks: Vec<PathBuf> =
        ["packed-refs.lock", "HEAD.lock"].iter().map(|name| git_dir.join(name)).collect();
    let mut folders = vec![git_dir.join("refs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else if entry.path().extension() == Some(OsStr::new("lock")) {
                locks.push(entry.path());
            }
        }
    }
    let old = |modified: Timestamp| now.duration_since(modified) > FORGOTTEN;
    remove(locks.into_iter(), old);
}

/// Takes away the packs that were begun since a moment and never became whole.
pub(super) fn clear_packs(packs: &Path, since: Timestamp) {
    let entries = fs::read_dir(packs).into_iter().flatten().flatten();
    let begun = entries.filter(|entry| is_begun(&entry.file_name())).map(|entry| entry.path());
    // Files are stamped by a coarser clock.
    remove(begun, |modified| since.duration_since(modified) < SignedDuration::from_secs(1));
}

/// A name of a pack that is not whole yet.
pub(super) fn is_begun(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("tmp_")
}

/// What cannot be removed is left: the fetch says what is in its way.
fn remove(files: impl Iterator<Item = PathBuf>, which: impl Fn(Timestamp) -> bool) {
    for file in files {
        let modified = fs::symlink_metadata(&file).and_then(|about| about.modified());
        let modified = modified.ok().and_then(|at| Timestamp::try_from(at).ok());
        if modified.is_some_and(&which) {
            let _ = fs::remove_file(&file);
        }
    }
}
