//! What the room `git` promises, on small real repositories.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper of a test fails like the test"
)]

mod ancestry;
mod direct;
mod holdings;
mod hostile;
mod reading;
mod story;

use git::fixture::RepoBuilder;
use tempfile::TempDir;

/// A fresh repository, and the folder that lives as long as the test.
fn fresh() -> (TempDir, RepoBuilder) {
    let folder = tempfile::tempdir().unwrap();
    let builder = RepoBuilder::create(folder.path().join("project")).unwrap();
    (folder, builder)
}
