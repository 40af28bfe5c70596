//! Version ranges in OSV's form, exact over the releases that exist.

use semver::{BuildMetadata, Version};
use serde::{Deserialize, Serialize};

use crate::{Status, version::Release};

/// One range. Versions between a `fixed` and the next `introduced` are free of the bug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// Always `SEMVER`.
    #[serde(rename = "type")]
    pub kind: String,
    /// In ascending order, `introduced` and `fixed` by turns.
    pub events: Vec<Event>,
}

/// A version at which things change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The first version with the bug; `0` stands before all versions.
    Introduced(String),
    /// The first version without it.
    Fixed(String),
}

impl Range {
    /// OSV's evaluation: the last event that is not newer than the version decides.
    #[must_use]
    pub fn covers(&self, version: &Version) -> bool {
        let mut covered = false;
        for event in &self.events {
            let (text, opens) = match event {
                Event::Introduced(text) => (text, true),
                Event::Fixed(text) => (text, false),
            };
            let reached = text == "0"
                || Version::parse(text).is_ok_and(|at| at.cmp_precedence(version).is_le());
            if reached {
                covered = opens;
            }
        }
        covered
    }
}

/// The ranges that cover exactly the releases needing care, and the tags for which that is
/// impossible because another tag says the same version and stands differently.
///
/// `from_beginning`: the bug was there before the first release.
pub(crate) fn ranges(
    newest_first: &[(Release, Status)],
    from_beginning: bool,
) -> (Vec<Range>, Vec<String>) {
    let mut events = Vec::new();
    let mut open = false;
    let ascending: Vec<&(Release, Status)> = newest_first.iter().rev().collect();
    let same = |a: &&(Release, Status), b: &&(Release, Status)| {
        a.0.version.cmp_precedence(&b.0.version).is_eq()
    };
    for (position, group) in ascending.chunk_by(same).enumerate() {
        let care = group.iter().any(|(_, status)| status.needs_care());
        if care == open {
            continue;
        }
        open = care;
        let Some((release, _)) = group.first() else {
            continue;
        };
        let version = bare(&release.version);
        events.push(match (care, position) {
            (true, 0) if from_beginning => Event::Introduced("0".into()),
            (true, _) => Event::Introduced(version),
            (false, _) => Event::Fixed(version),
        });
    }
    let kind = "SEMVER".to_owned();
    let ranges: Vec<Range> =
        (!events.is_empty()).then_some(Range { kind, events }).into_iter().collect();
    let wrong = |(release, status): &&(Release, Status)| {
        ranges.iter().any(|range| range.covers(&release.version)) != status.needs_care()
    };
    let inexact = newest_first.iter().filter(wrong);
    let inexact = inexact.map(|(release, _)| release.tag.clone()).collect();
    (ranges, inexact)
}

/// Build metadata has no part in precedence.
fn bare(version: &Version) -> String {
    let mut version = version.clone();
    version.build = BuildMetadata::EMPTY;
    version.to_string()
}
