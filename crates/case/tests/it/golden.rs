//! Files of expected output. `UPDATE_GOLDEN=1` writes them; what changed is then for the eye.

#![cfg(test)]

use std::{fs, path::PathBuf};

pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// Compares with a file, or writes it.
pub(crate) fn check(name: &str, found: &str) {
    if updating() {
        fs::write(path(name), found).unwrap();
    }
    let expected = fs::read_to_string(path(name)).unwrap_or_default();
    assert!(
        expected == found,
        "{name} differs; look at it, then run with UPDATE_GOLDEN=1:\n{found}"
    );
}
