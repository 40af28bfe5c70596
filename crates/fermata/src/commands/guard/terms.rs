//! `fermata guard terms`

use std::path::PathBuf;

use clap::Args;
use discretion::Terms;
use engine::ordinary;
use git::{Range, Repo};
use serde::Serialize;

use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Find terms that the project says every day, before they block what has nothing to do with the case
///
/// Reads the latest commits with the lines that they add. Lines are named by their number, and never
/// by the term. Write `everyday:` before such a term to be warned of it only.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The clone of what is public: the top folder of a working tree, or a bare repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    /// The file with the case's own words, one term a line
    #[arg(long, value_name = "FILE")]
    terms: PathBuf,

    /// In so many commits a term may stand
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    most: usize,
}

const EXAMPLE: &str = "\
Example:
  fermata guard terms --repo ~/src/contour --terms terms.txt";

#[derive(Serialize)]
struct Everyday {
    rule: &'static str,
    line: usize,
    commits: usize,
    of: usize,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let lines = input::text(&arguments.terms)?;
    let repo = Repo::open(&arguments.repo)?;
    let tip = Range { from: vec![repo.resolve("HEAD")?], ..Range::default() };
    let each: Vec<Terms> = lines.lines().map(Terms::from_lines).collect();
    let (of, counts) = ordinary(&repo, tip, &each)?;
    let mut any = false;
    for (line, found) in (1..).zip(counts) {
        if found <= arguments.most {
            continue;
        }
        any = true;
        if output.is_json() {
            output.document(&Everyday { rule: "everyday-term", line, commits: found, of })?;
        } else {
            output.line(&format!(
                "line {line}: in {found} of the {of} latest commits; with “everyday:” before it, it \
                 warns and does not block"
            ))?;
        }
    }
    Ok(Exit::of_findings(any))
}
