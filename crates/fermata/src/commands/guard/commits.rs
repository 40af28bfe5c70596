//! `fermata guard commits`

use std::{collections::BTreeSet, path::PathBuf};

use clap::Args;
use engine::Names;
use git::{Oid, Range, Repo};

use super::{Common, Weigh, reading};
use crate::{
    cache,
    command_error::{CommandError, Exit},
    output::Output,
};

/// Read every public word of commits: messages, people, names and added lines
///
/// Names are those of paths, branches and tags; what annotated tags say is read, too. All added lines
/// are read for the case's own words, and comments, tests' names and prose for words that make people
/// look, too. An empty commit message is fine. What a merge itself changes is not read.
///
/// Words that the project's history uses every day are not pointed at.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The clone: the top folder of a working tree, or a bare repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    #[command(flatten)]
    common: Common,

    #[command(flatten)]
    weigh: Weigh,

    /// OLD..NEW, or one revision for all of its history
    range: String,
}

const EXAMPLE: &str = "\
Examples:
  fermata guard commits --repo ~/src/contour v1.33.3..release-1.33 --terms terms.txt
  fermata guard commits main..fix --severity block --json";

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let repo = cache::repository(&arguments.repo)?;
    let (old, new) = ends(&arguments.range)?;
    let tip = repo.resolve(new)?;
    let without = old.map(|old| repo.resolve(old)).transpose()?;
    let range = Range {
        from: vec![tip.clone()],
        without: without.into_iter().collect(),
        ..Range::default()
    };
    let names = names(&repo, new, &range, tip)?;
    let (terms, weighing) = (arguments.common.terms()?, arguments.weigh.weighing()?);
    let findings = reading::check(&repo, &range, &names, &terms, weighing.as_ref())?;
    Ok(Exit::of_findings(arguments.common.report(&findings, output)?))
}

/// What is left out, and where it starts.
fn ends(range: &str) -> Result<(Option<&str>, &str), CommandError> {
    if range.contains("...") {
        return Err(CommandError::wrong(format!("“{range}” has three dots"))
            .hint("write OLD..NEW: what NEW has and OLD has not"));
    }
    Ok(match range.split_once("..") {
        Some((old, new)) => (Some(or_head(old)), or_head(new)),
        None => (None, range),
    })
}

/// Git takes an empty end for the current commit.
fn or_head(rev: &str) -> &str {
    if rev.is_empty() { "HEAD" } else { rev }
}

/// The branch, if the range ends in one, and the tags inside the range.
fn names(repo: &Repo, new: &str, range: &Range, tip: Oid) -> Result<Names, CommandError> {
    let refs = repo.refs()?;
    let mut names = Names::default();
    if let Some(branch) = refs.branches.iter().find(|branch| branch.name == new) {
        names.branches.insert(tip, vec![branch.plain().to_owned()]);
    }
    if !refs.tags.is_empty() {
        let inside: BTreeSet<_> =
            repo.commits(range)?.into_iter().map(|commit| commit.oid).collect();
        let tags = refs.tags.into_iter().filter(|tag| inside.contains(&tag.target));
        tags.for_each(|tag| names.tag(tag));
    }
    Ok(names)
}
