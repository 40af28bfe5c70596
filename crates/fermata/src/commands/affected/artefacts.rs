//! `fermata affected --artefact`: what was built, looked into for the fix.

use std::path::PathBuf;

use git::{Oid, Repo};
use lineage::{
    Fix, Report, Request,
    artefact::{self, FileFinding, Finding, HunkFinding, HunkState, Limits},
};
use serde::Serialize;

use crate::{
    command_error::CommandError,
    output::{Output, columns},
};

/// An artefact, and what was found in it.
#[derive(Serialize)]
pub(super) struct Looked {
    path: String,
    #[serde(flatten)]
    finding: Finding,
}

impl Looked {
    pub(super) fn is_fixed(&self) -> bool {
        self.finding.outcome.is_fixed()
    }
}

/// The answer for machines; without artefacts it is the report alone.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    artefacts: &'a [Looked],
}

impl<'a> Document<'a> {
    pub(super) fn new(report: &'a Report, artefacts: &'a [Looked]) -> Self {
        Self { report, artefacts }
    }
}

/// Looks into each artefact. A copy of a fix that counted for releases counts here too.
pub(super) fn look_into(
    repo: &Repo,
    request: &Request,
    report: &Report,
    paths: &[PathBuf],
) -> Result<Vec<Looked>, CommandError> {
    let mut fixes = request.fixes.clone();
    for link in report.backports.iter().filter(|link| link.of_kind == "fixed") {
        fixes.push(Fix::one(link.commit.parse::<Oid>()?));
    }
    let look = |path: &PathBuf| {
        let finding = artefact::look_into(repo, &fixes, path, &Limits::default());
        let finding = finding.map_err(|error| match error {
            lineage::Error::Artefact(fault) => {
                CommandError::wrong(format!("{}: {fault}", path.display()))
            }
            other => other.into(),
        })?;
        Ok(Looked { path: path.display().to_string(), finding })
    };
    paths.iter().map(look).collect()
}

pub(super) fn for_person(looked: &[Looked], output: &mut Output) -> Result<(), CommandError> {
    for Looked { path, finding } in looked {
        output.line("")?;
        output.line(&format!("{path} ({}): {}", finding.form.name(), finding.outcome))?;
        let rows: Vec<_> = finding.files.iter().flat_map(rows).collect();
        for line in columns(&rows) {
            output.line(&format!("  {line}"))?;
        }
        for left in &finding.left_out {
            output.line(&format!("  {} was not compared: {}", plain(&left.path), left.why))?;
        }
        if let Some(commit) = &finding.made_from {
            output.line(&format!("  it says that it was made from {commit}"))?;
        }
        if finding.odd_names > 0 {
            let odd = finding.odd_names;
            output.line(&format!("  {odd} of its names are not UTF-8 and were not compared"))?;
        }
    }
    Ok(())
}

fn rows(file: &FileFinding) -> impl Iterator<Item = [String; 4]> {
    let of_file = |hunk: &HunkFinding| {
        let status = match hunk.status {
            HunkState::Fixed => "fixed",
            HunkState::NotFixed => "not fixed",
            HunkState::Unclear => "unclear",
        };
        let beside = if file.counts { "" } else { " (does not count)" };
        [
            format!("{}:{}", plain(&file.path), hunk.line),
            format!("-{} +{}", hunk.removed, hunk.added),
            format!("{status}{beside}"),
            hunk.evidence.to_string(),
        ]
    };
    file.hunks.iter().map(of_file)
}

/// A path on one line, whatever is in it.
fn plain(path: &str) -> String {
    path.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
