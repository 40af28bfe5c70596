//! `fermata diff`

use std::path::{Path, PathBuf};

use advisory::{Difference, Read, check::Weight};
use clap::Args;
use serde::Serialize;

use super::format::{self, Format};
use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Show what one record of a vulnerability says otherwise than another
///
/// Reads two records, each in any of these formats: GitHub's advisories, CVE Records, OSV records,
/// CSAF, `OpenVEX` and `CycloneDX` documents. Compared is what both formats can hold, field by field.
/// What means the same is the same: a range in another notation, another order of lists, other white
/// space.
///
/// Exits with 1 if there is a difference. One that is only for information, such as a link that a
/// catalogue added, is shown and counts as none.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The first record, mostly one's own; `-` for stdin
    #[arg(value_name = "ONE")]
    one: PathBuf,

    /// The other record, mostly a published copy; `-` for stdin
    #[arg(value_name = "OTHER")]
    other: PathBuf,
}

const EXAMPLE: &str = "\
Examples:
  fermata diff advisory.json CVE-2021-32783.json
  fermata diff --json GHSA-5ph6-qq5x-7jwc.json osv.json | jq '.differences[].field'";

#[derive(Serialize)]
struct Verdict<'a> {
    one: Document,
    other: Document,
    same: bool,
    differences: &'a [Difference],
}

#[derive(Serialize)]
struct Document {
    file: String,
    format: &'static str,
}

impl Document {
    fn of(path: &Path, read: &Read) -> Self {
        Self { file: path.display().to_string(), format: read.format.as_str() }
    }
}

/// Compares the two.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let Arguments { one: first, other: second } = arguments;
    if first == Path::new("-") && second == Path::new("-") {
        return Err(CommandError::wrong("only one of the two records can come from stdin"));
    }
    let (one, other) = (read(first)?, read(second)?);
    for (path, read) in [(first, &one), (second, &other)] {
        let count = read.left.len() + read.left_off;
        if count > 0 {
            let name = path.display();
            output.talk(&format!("note: {name}: {count} values are not compared"));
        }
    }
    let differences = advisory::between(&one, &other);
    let same = differences.iter().all(|difference| difference.severity == Weight::Info);
    if output.is_json() {
        let (one, other) = (Document::of(first, &one), Document::of(second, &other));
        output.document(&Verdict { one, other, same, differences: &differences })?;
    } else {
        for_person([first, second], &differences, same, output)?;
    }
    Ok(Exit::of_findings(!same))
}

fn read(path: &Path) -> Result<Read, CommandError> {
    let text = input::text(path)?;
    let format = match format::look(&text) {
        Some(Format::Ghsa) => advisory::Format::Ghsa,
        Some(Format::Cve) => advisory::Format::Cve,
        Some(Format::Osv) => advisory::Format::Osv,
        Some(Format::Csaf) => advisory::Format::Csaf,
        Some(Format::Openvex) => advisory::Format::OpenVex,
        Some(Format::Cyclonedx) => advisory::Format::CycloneDx,
        Some(Format::Cvss | Format::Playbook) | None => {
            let name = path.display();
            return Err(CommandError::wrong(format!("{name} is no record that is known here"))
                .hint("see that it is one JSON object: fermata check --as FORMAT says more"));
        }
    };
    let read = format.read(&text);
    read.map_err(|error| CommandError::wrong(format!("{}: {error}", path.display())))
}

fn for_person(
    paths: [&PathBuf; 2],
    differences: &[Difference],
    same: bool,
    output: &mut Output,
) -> Result<(), CommandError> {
    let names = paths.map(|path| path.display().to_string());
    let [one, other] = &names;
    let verdict = if same { "say the same" } else { "differ" };
    output.line(&format!("{one} and {other} {verdict}"))?;
    for difference in differences {
        let severity = match difference.severity {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Info => "info",
        };
        let about = difference.about.as_deref().map(|about| format!(" of {about}"));
        let field = difference.field.in_words();
        let about = about.unwrap_or_default();
        output.line(&format!("  {field}{about}: {severity}: {}", difference.message))?;
        for (name, value) in names.iter().zip([&difference.ours, &difference.theirs]) {
            let value = value.as_deref().unwrap_or("(nothing)");
            output.line(&format!("    {name}: {value}"))?;
        }
    }
    Ok(())
}
