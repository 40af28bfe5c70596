//! `fermata cvss`

use clap::Args;
use serde::Serialize;

use advisory::{Severity, Vector};

use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Score CVSS vectors
///
/// Takes CVSS 4.0 and, of CVSS 3.0 and 3.1, the base metrics. One line or object for each vector,
/// in the order given. Exits with 1 if one of them could not be scored.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Vectors, or `-` to read them from stdin, one on each line
    #[arg(value_name = "VECTOR", required = true)]
    vectors: Vec<String>,
}

const EXAMPLE: &str = "\
Examples:
  fermata cvss CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N
  fermata cvss --json - < vectors.txt";

#[derive(Serialize)]
#[serde(untagged)]
enum Row<'a> {
    Scored { vector: &'a str, version: &'static str, score: f64, severity: Severity },
    Failed { vector: &'a str, error: String },
}

/// Scores each vector.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let mut failed = false;
    for argument in &arguments.vectors {
        if argument == "-" {
            let text = input::text("-".as_ref())?;
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                failed |= !score(line, output)?;
            }
        } else {
            failed |= !score(argument, output)?;
        }
    }
    Ok(Exit::of_findings(failed))
}

/// Whether it could be scored.
fn score(text: &str, output: &mut Output) -> Result<bool, CommandError> {
    let parsed = text.parse::<Vector>();
    let scored = parsed.is_ok();
    let row = match parsed {
        Ok(vector) => Row::Scored {
            vector: text,
            version: vector.version().as_str(),
            score: vector.score(),
            severity: vector.severity(),
        },
        Err(error) => Row::Failed { vector: text, error: error.to_string() },
    };
    if output.is_json() {
        output.document(&row)?;
    } else {
        output.line(&match row {
            Row::Scored { vector, score, severity, .. } => {
                format!("{score:>4.1}  {:8}  {vector}", severity.as_str())
            }
            Row::Failed { vector, error } => format!("   -  {error}  {vector}"),
        })?;
    }
    Ok(scored)
}
