//! `fermata cvss`

use clap::Args;
use serde::Serialize;

use advisory::{
    Severity, Vector,
    cvss::{Metric, Value},
};

use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Score CVSS vectors
///
/// Takes CVSS 4.0, 3.1, 3.0 and 2.0, with all their metrics; the score is the one that counts in the
/// end. One line or object for each vector, in the order given. Exits with 1 if one of them could
/// not be scored.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Vectors, or `-` to read them from stdin, one on each line
    #[arg(value_name = "VECTOR", required = true)]
    vectors: Vec<String>,

    /// Say what each metric means
    #[arg(long)]
    explain: bool,
}

const EXAMPLE: &str = "\
Examples:
  fermata cvss CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N
  fermata cvss --explain CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
  fermata cvss --json - < vectors.txt";

#[derive(Serialize)]
#[serde(untagged)]
enum Row<'a> {
    Scored {
        vector: &'a str,
        version: &'static str,
        score: f64,
        severity: Severity,
        #[serde(skip_serializing_if = "Option::is_none")]
        explained: Option<Explained>,
    },
    Failed {
        vector: &'a str,
        error: String,
    },
}

#[derive(Serialize)]
struct Explained {
    canonical: String,
    metrics: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    metric: &'static str,
    title: &'static str,
    asks: &'static str,
    value: &'static str,
    answer: &'static str,
    means: &'static str,
}

impl Explained {
    fn of(vector: &Vector) -> Self {
        let told = |(metric, value): (&'static Metric, &'static Value)| Told {
            metric: metric.name,
            title: metric.title,
            asks: metric.asks,
            value: value.code,
            answer: value.title,
            means: value.means,
        };
        Self { canonical: vector.to_string(), metrics: vector.metrics().map(told).collect() }
    }
}

/// Scores each vector.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let mut failed = false;
    for argument in &arguments.vectors {
        if argument == "-" {
            let text = input::text("-".as_ref())?;
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                failed |= !score(line, arguments.explain, output)?;
            }
        } else {
            failed |= !score(argument, arguments.explain, output)?;
        }
    }
    Ok(Exit::of_findings(failed))
}

/// Whether it could be scored.
fn score(text: &str, explain: bool, output: &mut Output) -> Result<bool, CommandError> {
    let parsed = Vector::read(text);
    let scored = parsed.is_ok();
    let row = match parsed {
        Ok(vector) => Row::Scored {
            vector: text,
            version: vector.version().as_str(),
            score: vector.score(),
            severity: vector.severity(),
            explained: explain.then(|| Explained::of(&vector)),
        },
        Err(error) => Row::Failed { vector: text, error: error.to_string() },
    };
    if output.is_json() {
        output.document(&row)?;
        return Ok(scored);
    }
    match row {
        Row::Scored { vector, score, severity, explained, .. } => {
            output.line(&format!("{score:>4.1}  {:8}  {vector}", severity.as_str()))?;
            for told in explained.into_iter().flat_map(|explained| explained.metrics) {
                let Told { metric, title, asks, value, answer, means } = told;
                output.line(&format!(
                    "      {metric}:{value}  {title}: {answer} ({asks}: {means})"
                ))?;
            }
        }
        Row::Failed { vector, error } => output.line(&format!("   -  {error}  {vector}"))?,
    }
    Ok(scored)
}
