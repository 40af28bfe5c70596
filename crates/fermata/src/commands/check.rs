//! `fermata check`

use std::path::{Path, PathBuf};

use advisory::{
    Vector, VectorError,
    check::{Finding, NotJudged, Report, Weight},
    csaf::{self, Answers, Outside, Reach, Spelling},
    cve, cyclonedx, ghsa, openvex, osv,
};
use clap::Args;
use counterparts::{Hunspell, SystemClock};
use engine::Clock as _;
use serde::Serialize;

use super::format::{Format, look};
use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Check documents against the rules of their format
///
/// In this version: GitHub's repository advisories, CVE and OSV records, CSAF 2.0 and 2.1, `OpenVEX` and
/// `CycloneDX` 1.7 documents, playbooks, and lists of CVSS vectors, one a line. Any other format is
/// refused with exit code 2, so that an unchecked document never passes for a valid one. Exits with 1
/// if a document is not valid; warnings alone leave it valid.
///
/// Nothing is asked of the network, as an address in a document may tell of what is not public. Rules
/// that need to be told whether addresses answer, or what words a language has, are shown as not judged
/// unless --answers or --spelling is there.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The format; without it, it is found by looking
    #[arg(long = "as", value_name = "FORMAT", value_enum)]
    format: Option<Format>,

    /// Which addresses answer, for the rules of CSAF that ask: lines of a status and an address as
    /// `curl -gsI -o /dev/null -w '%{http_code} %{url}\n' ADDRESS` writes them, 000 where nothing answers
    #[arg(long, value_name = "FILE", verbatim_doc_comment)]
    answers: Option<PathBuf>,

    /// Ask the dictionaries of the program hunspell, on this machine, for the words of CSAF documents;
    /// names can be added to its own list, which WORDLIST names
    #[arg(long, verbatim_doc_comment)]
    spelling: bool,

    /// Documents, or `-` for stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

const EXAMPLE: &str = "\
Examples:
  fermata check playbooks/contour.yaml
  fermata check --as cvss --json vectors.txt
  fermata check --spelling --answers answers.txt advisory.json";

#[derive(Serialize)]
struct Verdict<'a> {
    file: String,
    format: &'static str,
    valid: bool,
    findings: &'a [Finding],
    /// What no rule can say without asking.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_judged: &'a [NotJudged],
    /// How many more there were than are shown.
    #[serde(skip_serializing_if = "is_zero")]
    left_off: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Checks each file.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let (answers, hunspell) = (answers(arguments)?, hunspell(arguments)?);
    let outside = Outside {
        reach: answers.as_ref().map(|answers| answers as &dyn Reach),
        spelling: hunspell.as_ref().map(|hunspell| hunspell as &dyn Spelling),
    };
    let mut all_valid = true;
    for file in &arguments.files {
        let text = input::text(file)?;
        let verdict = match arguments.format.or_else(|| look(&text)) {
            Some(Format::Cvss) => of_lines("cvss", vectors(&text)),
            Some(Format::Playbook) => of_lines("playbook", playbook(&text)),
            Some(Format::Csaf) => csaf::check_at(&text, SystemClock.wall(), outside),
            Some(Format::Cyclonedx) => cyclonedx_1_7(&text)?,
            Some(Format::Cve) => cve::check(&text),
            Some(Format::Ghsa) => ghsa::check(&text, None),
            Some(Format::Openvex) => openvex::check(&text),
            Some(Format::Osv) => osv::check(&text),
            None => {
                return Err(CommandError::wrong(format!(
                    "{} is in no format that is known here",
                    file.display()
                ))
                .hint("name the format with --as"));
            }
        };
        all_valid &= verdict.valid();
        report(file, &verdict, output)?;
    }
    Ok(Exit::of_findings(!all_valid))
}

fn answers(arguments: &Arguments) -> Result<Option<Answers>, CommandError> {
    let Some(file) = &arguments.answers else { return Ok(None) };
    let answers = Answers::read(&input::text(file)?);
    answers.map(Some).map_err(|error| CommandError::wrong(format!("{}: {error}", file.display())))
}

fn hunspell(arguments: &Arguments) -> Result<Option<Hunspell>, CommandError> {
    let found = arguments.spelling.then(Hunspell::find).transpose();
    found.map_err(|error| {
        CommandError::wrong(format!("hunspell cannot be run: {error}")).hint(
            "install it, with the dictionaries of your languages (hunspell-en-us for example)",
        )
    })
}

/// Another version is refused like a format that is not known, and is not called invalid.
fn cyclonedx_1_7(text: &str) -> Result<Report, CommandError> {
    let report = cyclonedx::check(text);
    if report.findings.iter().any(|finding| finding.rule == cyclonedx::OTHER_VERSION) {
        return Err(CommandError::not_yet(
            "checking CycloneDX documents of another version than 1.7",
        ));
    }
    Ok(report)
}

/// What is wrong with a document of lines, none of which is a mere warning.
fn of_lines(format: &'static str, findings: Vec<Finding>) -> Report {
    Report { format, findings, not_judged: Vec::new(), left_off: 0 }
}

fn wrong_at(path: String, rule: &'static str, message: String) -> Finding {
    Finding { rule, severity: Weight::Error, path, message, hint: None }
}

fn playbook(text: &str) -> Vec<Finding> {
    let problems = playbook::Playbook::parse(text).err().map(|error| error.problems);
    let problems = problems.unwrap_or_default().into_iter();
    problems
        .map(|playbook::Problem { line, column, message }| {
            wrong_at(format!("line {line} col {column}"), "playbook", message)
        })
        .collect()
}

fn vectors(text: &str) -> Vec<Finding> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .filter_map(|(number, line)| Some((number, Vector::read(line.trim()).err()?)))
        .map(|(number, error)| wrong_at(format!("line {number}"), rule(&error), error.to_string()))
        .collect()
}

fn rule(error: &VectorError) -> &'static str {
    match error {
        VectorError::Missing(_) => "cvss base-metric",
        VectorError::Order { .. } => "cvss order",
        VectorError::UnknownMetric { .. } => "cvss metric",
        VectorError::UnknownValue { .. } => "cvss value",
        VectorError::Repeated(_) => "cvss repeated",
        _ => "cvss vector",
    }
}

fn report(file: &Path, verdict: &Report, output: &mut Output) -> Result<(), CommandError> {
    let file = file.display().to_string();
    let Report { format, findings, not_judged, left_off } = verdict;
    let (format, left_off, valid) = (*format, *left_off, verdict.valid());
    if output.is_json() {
        return output.document(&Verdict { file, format, valid, findings, not_judged, left_off });
    }
    output.line(&format!("{file}: {format}: {}", if valid { "valid" } else { "not valid" }))?;
    for Finding { rule, severity, path, message, hint } in findings {
        let place = place(path);
        let severity = match severity {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Info => "info",
        };
        output.line(&format!("  {place}: {severity}: {message} ({rule})"))?;
        if let Some(hint) = hint {
            output.line(&format!("    {hint}"))?;
        }
    }
    for NotJudged { rule, path, message } in not_judged {
        output.line(&format!("  {}: not judged: {message} ({rule})", place(path)))?;
    }
    if left_off > 0 {
        output.line(&format!("  and {left_off} more"))?;
    }
    Ok(())
}

fn place(path: &str) -> &str {
    if path.is_empty() { "the document" } else { path }
}
