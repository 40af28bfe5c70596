//! `fermata guard`: what must not be said yet.

mod commits;
mod found;
mod github;
mod history;
mod hook;
mod push;
mod reading;
mod terms;
mod text;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use discretion::{Finding, Severity, Terms};
use engine::Weighing;

use found::Found;

use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Point at words that would give an embargoed case away
///
/// Exits with 1 if there is anything to point at. Findings of severity `block` are about the case
/// whose terms were given; those of severity `warn` are words that make people look, whatever
/// the case.
#[derive(Subcommand)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) enum Command {
    Text(text::Arguments),
    Commits(commits::Arguments),
    Push(push::Arguments),
    History(history::Arguments),
    Terms(terms::Arguments),
    #[command(subcommand)]
    Hook(hook::Command),
}

const EXAMPLE: &str = "\
Example:
  fermata guard text --terms terms.txt announcement.txt";

/// Runs one of the guards.
pub(crate) fn run(command: Command, output: &mut Output) -> Result<Exit, CommandError> {
    match command {
        Command::Text(arguments) => text::run(&arguments, output),
        Command::Commits(arguments) => commits::run(&arguments, output),
        Command::Push(arguments) => push::run(&arguments, output),
        Command::History(arguments) => history::run(&arguments, output),
        Command::Terms(arguments) => terms::run(&arguments, output),
        Command::Hook(command) => hook::run(command, output),
    }
}

/// What all guards take.
#[derive(Args)]
struct Common {
    /// A file with the case's own words, one term a line: ids, links, names, anything
    ///
    /// A term may say what it is: codename:, name:, identifier: or everyday: stand before it. An identifier
    /// in the code of the fix may be said, only not beside words for what was wrong there.
    #[arg(long, value_name = "FILE", verbatim_doc_comment)]
    terms: Option<PathBuf>,

    /// The least severity that counts
    #[arg(long, value_name = "LEAST", value_enum, default_value_t = Least::Warn)]
    severity: Least,

    /// Write for the log of a job at GitHub: rule and place, and never the words
    ///
    /// Marks lines of files where it can, and adds a table to the job's summary. The path of a file is
    /// shown unless there is something to point at in a path of the same commit.
    #[arg(long, conflicts_with = "json", verbatim_doc_comment)]
    github: bool,
}

/// Whether commits are weighed by more than their words.
#[derive(Args)]
struct Weigh {
    /// Also warn of commits that look like silent fixes by all that can be seen of them
    ///
    /// Message, author, hours, dates, files, the next tag, and the same change elsewhere are weighed
    /// against the 2,000 commits before. It never blocks.
    #[arg(long, verbatim_doc_comment)]
    score: bool,

    /// A file with the ids of commits that fixed vulnerabilities before, one a line
    ///
    /// A project's own fixes tell much more than those of others.
    #[arg(long, value_name = "FILE", requires = "score", verbatim_doc_comment)]
    past_fixes: Option<PathBuf>,
}

impl Weigh {
    fn weighing(&self) -> Result<Option<Weighing>, CommandError> {
        let mut past_fixes = Vec::new();
        if let Some(file) = &self.past_fixes {
            for line in input::text(file)?.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let wrong = |_| CommandError::wrong(format!("“{line}” is no full commit id"));
                past_fixes.push(line.parse().map_err(wrong)?);
            }
        }
        Ok(self.score.then_some(Weighing { past_fixes }))
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Least {
    /// Words that make people look, too
    Warn,
    /// Only the case's own words
    Block,
}

impl Common {
    fn terms(&self) -> Result<Terms, CommandError> {
        match &self.terms {
            Some(file) => Ok(Terms::from_lines(&input::text(file)?)),
            None => Ok(Terms::new()),
        }
    }

    /// Writes down the findings that count, and says whether there are any.
    fn report(&self, found: &[Found], output: &mut Output) -> Result<bool, CommandError> {
        let counts = |found: &&Found| {
            matches!(self.severity, Least::Warn) || found.finding.severity == Severity::Block
        };
        let found: Vec<&Found> = found.iter().filter(counts).collect();
        if self.github {
            github::report(&found, output)?;
            return Ok(!found.is_empty());
        }
        for Found { finding, .. } in &found {
            if output.is_json() {
                output.document(finding)?;
            } else {
                output.line(&for_person(finding))?;
            }
        }
        Ok(!found.is_empty())
    }
}

fn for_person(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Block => "block",
        Severity::Warn => "warn",
    };
    let Finding { place, excerpt, suggest, why, .. } = finding;
    // A path may hold the end of a line, and what stands behind it is no line of ours.
    let place = place.to_string().replace('\n', "\u{fffd}");
    let quoted = if excerpt.is_empty() { String::new() } else { format!(" “{excerpt}”") };
    format!("{place}: {severity}:{quoted}\n    {why}; {suggest}")
}
