//! `fermata guard hook`

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use git::Repo;
use serde::Serialize;

use super::Least;
use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Have git ask the guard before every push
#[derive(Subcommand)]
#[command(after_help = EXAMPLE)]
pub(crate) enum Command {
    Install(Install),
}

/// Put the guard before every push from a clone
///
/// A hook that somebody else put there is left alone, and nothing is installed. With --chain it is
/// kept beside the guard's, and asked after it. Says how to undo it.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Install {
    /// The clone: the top folder of a working tree, or a bare repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    /// The file with the case's own words; it is read anew at every push
    #[arg(long, value_name = "FILE")]
    terms: Option<PathBuf>,

    /// The least severity that stops a push
    #[arg(long, value_name = "LEAST", value_enum, default_value_t = Least::Warn)]
    severity: Least,

    /// Also weigh how commits look; see `fermata guard push`
    #[arg(long)]
    score: bool,

    /// Keep a hook that is there already, and ask it second
    #[arg(long)]
    chain: bool,
}

const EXAMPLE: &str = "\
Example:
  fermata guard hook install --terms ~/embargoed-terms --severity block";

#[derive(Serialize)]
struct Installed {
    installed: String,
    undo: String,
}

/// By this line our own hook is known again.
const MARK: &str = "# Put here by `fermata guard hook install`.";
const NAME: &str = "pre-push";
/// Where a hook is kept that was there before.
const KEPT: &str = "pre-push.before-fermata";

pub(super) fn run(command: Command, output: &mut Output) -> Result<Exit, CommandError> {
    let Command::Install(arguments) = command;
    let folder = Repo::hooks_folder(&arguments.repo)?;
    let (hook, kept) = (folder.join(NAME), folder.join(KEPT));
    let script = arguments.script()?;
    let foreign = match fs::read(&hook) {
        Ok(bytes) => !String::from_utf8_lossy(&bytes).lines().any(|line| line == MARK),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(unwritable(&hook, &error)),
    };
    if foreign && !arguments.chain {
        output.talk(&format!("{} is somebody else's, and stays as it is", hook.display()));
        output.talk("hint: with --chain it is kept, and asked after the guard");
        return Ok(Exit::Findings);
    }
    if foreign && kept.exists() {
        return Err(CommandError::wrong(format!("{} is in the way", kept.display())));
    }
    let write = || -> io::Result<()> {
        fs::create_dir_all(&folder)?;
        let new = folder.join("pre-push.new");
        fs::write(&new, script)?;
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755))?;
        if foreign {
            fs::rename(&hook, &kept)?;
        }
        fs::rename(&new, &hook)
    };
    write().map_err(|error| unwritable(&hook, &error))?;
    let undo = if kept.exists() {
        format!("mv {} {}", quoted(&kept), quoted(&hook))
    } else {
        format!("rm {}", quoted(&hook))
    };
    if output.is_json() {
        output.document(&Installed { installed: hook.display().to_string(), undo })?;
    } else {
        output.line(&format!("installed: {}", hook.display()))?;
        output.line(&format!("undo: {undo}"))?;
    }
    Ok(Exit::Fine)
}

impl Install {
    /// What git will run. A guard that is gone stops the push.
    fn script(&self) -> Result<String, CommandError> {
        let program = std::env::current_exe()
            .map_err(|error| CommandError::wrong(format!("where this program lies: {error}")))?;
        let mut guard = format!("{} guard push", quoted(&program));
        if let Some(terms) = &self.terms {
            input::text(terms)?;
            let terms = terms.canonicalize().map_err(|error| unwritable(terms, &error))?;
            guard.push_str(" --terms ");
            guard.push_str(&quoted(&terms));
        }
        if matches!(self.severity, Least::Block) {
            guard.push_str(" --severity block");
        }
        if self.score {
            guard.push_str(" --score");
        }
        Ok(format!(
            "#!/bin/sh\n{MARK}\n\
             told=$(cat; echo .)\ntold=${{told%.}}\n\
             printf '%s' \"$told\" | {guard} \"$@\" || exit $?\n\
             kept=$(dirname \"$0\")/{KEPT}\n\
             [ -x \"$kept\" ] || exit 0\n\
             printf '%s' \"$told\" | \"$kept\" \"$@\"\n"
        ))
    }
}

/// As a shell takes it for one word.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

fn unwritable(path: &Path, error: &io::Error) -> CommandError {
    CommandError::wrong(format!("{}: {error}", path.display()))
}
