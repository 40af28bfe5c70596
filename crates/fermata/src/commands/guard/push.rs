//! `fermata guard push`

use clap::Args;
use discretion::giveaway;
use engine::Names;
use git::{Oid, Range};

use super::{Common, Weigh, found::Found, reading};
use crate::{
    cache,
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

    #[command(flatten)]
    weigh: Weigh,

    /// The remote's name, as git gives it
    remote: Option<String>,

    /// The remote's address, as git gives it
    url: Option<String>,
}

const EXAMPLE: &str = "\
Example: `fermata guard hook install --terms FILE` puts it before every push, as
  exec fermata guard push --terms FILE \"$@\"";

/// One line of what git says: this ref of ours goes to that ref of theirs.
struct Update {
    ours: Oid,
    theirs: String,
    their_old: Oid,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    if arguments.common.terms.as_deref() == Some("-".as_ref()) {
        return Err(CommandError::wrong("stdin is for git: name a file of terms"));
    }
    let terms = arguments.common.terms()?;
    let weighing = arguments.weigh.weighing()?;
    let updates: Result<Vec<_>, _> = input::text("-".as_ref())?.lines().map(Update::read).collect();
    let updates: Vec<Update> =
        updates?.into_iter().filter(|update| !is_zero(update.ours.as_str())).collect();
    if updates.is_empty() {
        return Ok(Exit::Fine);
    }
    let repo = cache::repository(".")?;
    let mut names = Names::default();
    let mut range = Range { without_remote: arguments.remote.clone(), ..Range::default() };
    for update in &updates {
        update.name(&mut names);
        range.from.push(update.ours.clone());
        range.without.extend(Some(update.their_old.clone()).filter(|old| !is_zero(old.as_str())));
    }
    let check = |range| reading::check(&repo, range, &names, &terms, weighing.as_ref());
    let mut findings = match check(&range) {
        // What the remote has now may be unknown here: then more is read than need be.
        Err(_) if !range.without.is_empty() => {
            check(&Range { without: Vec::new(), ..range.clone() })?
        }
        checked => checked?,
    };
    if weighing.is_some() {
        let tags: Vec<&str> = names.tags.values().flatten().map(String::as_str).collect();
        findings.extend(giveaway::tags(&tags).map(Found::from));
    }
    Ok(Exit::of_findings(arguments.common.report(&findings, output)?))
}

impl Update {
    fn read(line: &str) -> Result<Self, CommandError> {
        // What is ours may be named by an expression with blanks.
        let mut words = line.rsplitn(4, ' ');
        let read = match [words.next(), words.next(), words.next(), words.next()] {
            [Some(their_old), Some(theirs), Some(ours), Some(_)] => ours
                .parse()
                .ok()
                .zip(their_old.parse().ok())
                .map(|(ours, their_old)| Self { ours, theirs: theirs.to_owned(), their_old }),
            _ => None,
        };
        read.ok_or_else(|| {
            CommandError::wrong("stdin is not what git tells a pre-push hook")
                .hint("to look at commits yourself, use `fermata guard commits OLD..NEW`")
        })
    }

    /// Adds its name to those on its object.
    fn name(&self, names: &mut Names) {
        let (kind, name) = if let Some(tag) = self.theirs.strip_prefix("refs/tags/") {
            (&mut names.tags, tag)
        } else {
            let branch = self.theirs.strip_prefix("refs/heads/");
            (&mut names.branches, branch.unwrap_or(&self.theirs))
        };
        kind.entry(self.ours.clone()).or_default().push(name.to_owned());
    }
}

fn is_zero(oid: &str) -> bool {
    oid.bytes().all(|byte| byte == b'0')
}
