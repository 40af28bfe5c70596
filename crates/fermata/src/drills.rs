//! Practice houses for the pages: each a house of its own, with a world of its own.

use std::path::PathBuf;

use web::{Drill, Drills, Scenario};

/// The drills of one house, under its data directory.
pub(crate) struct PracticeHouses {
    #[expect(dead_code, reason = "drills in pages are being wired")]
    folder: PathBuf,
}

impl PracticeHouses {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl Drills for PracticeHouses {
    fn scenarios(&self) -> Vec<Scenario> {
        Vec::new()
    }

    fn start(&self, _: &str) -> Result<String, String> {
        Err("there are no drills in this version".into())
    }

    fn find(&self, _: &str) -> Option<Drill> {
        None
    }

    fn advance(&self, _: &str) -> Result<String, String> {
        Err("there are no drills in this version".into())
    }
}
