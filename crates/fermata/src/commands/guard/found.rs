//! A finding, and where a file has it.

use discretion::Finding;
use engine::Places;

/// The guard's finding, with what only the caller knows of its place.
pub(super) struct Found {
    pub(super) finding: Finding,
    /// The path, and the line of the file; `None` where it is in no file, and where the path may not be
    /// shown.
    pub(super) file: Option<(String, usize)>,
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        Self { finding, file: None }
    }
}

/// Where the added lines of a change stand, by path.
pub(super) struct Lines(pub(super) Places);

impl Lines {
    /// What was found in a commit, in the files of its change.
    pub(super) fn found(&self, findings: Vec<Finding>) -> impl Iterator<Item = Found> {
        // A finding in a path does not say in which.
        let telling = findings.iter().any(|finding| part(finding).ends_with(":file"));
        let file = move |finding: &Finding| {
            let (_, path) = part(finding).split_once(":added to ").filter(|_| !telling)?;
            let number = self.0.get(path)?.number(finding.place.line.checked_sub(1)?)?;
            Some((path.to_owned(), number))
        };
        findings.into_iter().map(move |finding| Found { file: file(&finding), finding })
    }
}

fn part(finding: &Finding) -> &str {
    finding.place.part.as_deref().unwrap_or_default()
}
