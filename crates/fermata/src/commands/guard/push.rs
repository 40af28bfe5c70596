//! `fermata guard push`

use clap::Args;
use git::{Oid, Range, Repo};

use super::{
    Common,
    reading::{self, Names},
};
use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Stand before `git push`, as its pre-push hook
///
/// Reads what git tells the hook on stdin, and every commit that the remote does not have yet.
/// What other remotes have does not count as public. Exit code 1 makes git stop the push; `git
/// push --no-verify` goes past all hooks.
///
/// With --severity block, only the case's own words stop a push.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,

    /// The remote's name, as git gives it
    remote: Option<String>,

    /// The remote's address, as git gives it
    url: Option<String>,
}

const EXAMPLE: &str = "\
Example: put this into .git/hooks/pre-push and make it executable
  #!/bin/sh
  exec fermata guard push --terms ~/embargoed-terms \"$@\"";

/// One line of what git says: this ref of ours goes to that ref of theirs.
struct Update {
    ours: String,
    theirs: String,
    their_old: String,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    if arguments.common.terms.as_deref() == Some("-".as_ref()) {
        return Err(CommandError::wrong("stdin is for git: name a file of terms"));
    }
    let terms = arguments.common.terms()?;
    let updates: Result<Vec<_>, _> = input::text("-".as_ref())?.lines().map(Update::read).collect();
    let repo = Repo::open(".")?;
    let known = known(&repo, arguments.remote.as_deref().unwrap_or_default())?;
    let mut any = false;
    for update in updates?.into_iter().filter(|update| !is_zero(&update.ours)) {
        let tip = repo.resolve(&update.ours)?;
        let mut without = known.clone();
        // What the remote has now may be unknown here: then more is read than need be.
        without.extend(repo.resolve(&update.their_old).ok());
        let range = Range { from: vec![tip.clone()], from_all_refs: false, without };
        let names = update.names(&tip);
        reading::admit_unread(&repo, &names, output)?;
        let findings = reading::check(&repo, &range, &tip, &names, &terms)?;
        any |= arguments.common.report(&findings, output)?;
    }
    Ok(Exit::of_findings(any))
}

impl Update {
    fn read(line: &str) -> Result<Self, CommandError> {
        let words: Vec<&str> = line.split(' ').collect();
        let is_oid = |word: &str| word.parse::<Oid>().is_ok();
        match words.as_slice() {
            [_, ours, theirs, their_old] if is_oid(ours) && is_oid(their_old) => Ok(Self {
                ours: (*ours).to_owned(),
                theirs: (*theirs).to_owned(),
                their_old: (*their_old).to_owned(),
            }),
            _ => Err(CommandError::wrong("stdin is not what git tells a pre-push hook")
                .hint("to look at commits yourself, use `fermata guard commits OLD..NEW`")),
        }
    }

    fn names(&self, tip: &Oid) -> Names {
        let mut names = Names::default();
        if let Some(branch) = self.theirs.strip_prefix("refs/heads/") {
            names.branch = Some(branch.to_owned());
        } else if let Some(tag) = self.theirs.strip_prefix("refs/tags/") {
            names.tags.insert(tip.clone(), vec![tag.to_owned()]);
        } else {
            names.branch = Some(self.theirs.clone());
        }
        names
    }
}

/// What this very remote is known to have.
fn known(repo: &Repo, remote: &str) -> Result<Vec<Oid>, CommandError> {
    let prefix = format!("{remote}/");
    let branches = repo.refs()?.branches.into_iter();
    let theirs = branches.filter(|branch| branch.remote && branch.name.starts_with(&prefix));
    Ok(theirs.map(|branch| branch.tip).collect())
}

fn is_zero(oid: &str) -> bool {
    oid.bytes().all(|byte| byte == b'0')
}
