//! `fermata affected`

mod artefacts;

use std::path::PathBuf;

use clap::Args;
use lineage::{Answer, Grade, LineRow, Range, Report, Request, Supported};
use serde::Serialize;

use crate::{
    cache,
    command_error::{CommandError, Exit},
    output::{Output, columns},
};

/// Show which releases have a bug, and which have its fix
///
/// Reads a clone on disk and nothing else. A release has the bug if an introduction lies in its
/// history and no complete fix after it; copies of the commits on other branches are sought, and
/// count as far as --accept says. The rest is shown as proposed, for a person to look at.
///
/// Where a fix was taken back, or a copy of it reads otherwise than the original, the line says so, and
/// the commits are listed with their evidence: these are for a person to look at.
///
/// Releases that cannot be judged are called unknown or in conflict, and never safe. Exits with 0
/// whenever there is an answer.
///
/// With --artefact, what people install is looked into for the lines of the fix and of its copies
/// that count: a folder, a tar archive, plain or with gzip (source archives, crates, npm packages), or
/// a zip archive (wheels, Go modules). Nothing is unpacked. Exits with 1 unless all of the fix is found
/// in every one of them.
///
/// What is tedious to read twice is kept in `$XDG_CACHE_HOME/fermata` or `~/.cache/fermata`: names of
/// commits and tags, and digests of what commits say. It may be deleted at any time.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The clone: the top folder of a working tree, or a bare repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    /// A commit that introduced the bug; without any, it was there from the beginning
    #[arg(long, value_name = "REV")]
    introduced: Vec<String>,

    /// A commit that fixes the bug; each of several fixes it by itself
    #[arg(long, value_name = "REV", required = true)]
    fixed: Vec<String>,

    /// Report only lines that fit, such as '1.3?'; without any, all of them
    #[arg(long, value_name = "GLOB")]
    supported: Vec<String>,

    /// The weakest evidence of a backport that counts: trailer, content, strong or likely
    #[arg(long, value_name = "GRADE", default_value = "trailer")]
    accept: Grade,

    /// Write the `affected` part of an OSV record: versions and ranges, for you to name the package
    #[arg(long)]
    osv: bool,

    /// Look into a release's archive or folder for the fix; may be given several times
    #[arg(long, value_name = "PATH", conflicts_with = "osv")]
    artefact: Vec<PathBuf>,
}

const EXAMPLE: &str = "\
Examples:
  fermata affected --fixed 3f1c2ab --fixed release-1.32
  fermata affected --repo ~/src/contour --introduced v1.19.0 --fixed 3f1c2ab \\
      --supported '1.3?' --accept content --json | jq '.lines'
  fermata affected --fixed 3f1c2ab --artefact contour-1.33.4.tar.gz";

/// Answers from history.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    if arguments.osv && output.is_json() {
        return Err(CommandError::wrong("--json and --osv are two forms of the answer")
            .hint("--osv writes JSON as well: leave --json out"));
    }
    let mut repo = git::Repo::open(&arguments.repo)?;
    if let Some(cache) = cache::of_this_account() {
        repo = repo.with_cache(cache);
    }
    let resolve = |revs: &[String]| revs.iter().map(|rev| repo.resolve(rev)).collect();
    let introduced: Result<Vec<_>, git::Error> = resolve(&arguments.introduced);
    let fixed: Result<Vec<_>, git::Error> = resolve(&arguments.fixed);
    let mut request = Request::new(introduced?, fixed?);
    request.accept = arguments.accept;
    if !arguments.supported.is_empty() {
        request.supported = Supported::Globs(arguments.supported.clone());
    }
    let answer = lineage::affected(&repo, &request)?;
    for note in &answer.notes {
        output.talk(&format!("note: {note}"));
    }
    let looked = artefacts::look_into(&repo, &request, &answer.report, &arguments.artefact)?;
    if arguments.osv {
        output.document(&Osv::of(&answer.report))?;
    } else if output.is_json() {
        output.raw_document(&artefacts::Document::new(&answer.report, &looked))?;
    } else {
        for_person(&answer, output)?;
        artefacts::for_person(&looked, output)?;
    }
    Ok(Exit::of_findings(looked.iter().any(|one| !one.is_fixed())))
}

/// What of an OSV record history can tell. Id, package and times are not in a clone.
#[derive(Serialize)]
struct Osv<'a> {
    affected: [OsvAffected<'a>; 1],
}

#[derive(Serialize)]
struct OsvAffected<'a> {
    ranges: &'a [Range],
    versions: Vec<&'a str>,
}

impl<'a> Osv<'a> {
    fn of(report: &'a Report) -> Self {
        let care = report.tags.iter().filter(|tag| tag.status.needs_care());
        let versions = care.map(|tag| tag.version.as_str()).collect();
        Self { affected: [OsvAffected { ranges: &report.ranges, versions }] }
    }
}

fn for_person(answer: &Answer, output: &mut Output) -> Result<(), CommandError> {
    let report = &answer.report;
    let heading = ["line", "status", "last affected", "first fixed"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(heading).chain(report.lines.iter().map(row)).collect();
    for line in columns(&rows) {
        output.line(&line)?;
    }
    for (title, links) in [
        ("counted as the same change:", &report.backports),
        ("proposed, not counted (see --accept):", &report.proposed),
        ("took it back:", &report.reverts),
    ] {
        if links.is_empty() {
            continue;
        }
        output.line("")?;
        output.line(title)?;
        let rows: Vec<_> = links.iter().map(link).collect();
        for line in columns(&rows) {
            output.line(&format!("  {line}"))?;
        }
    }
    output.line("")?;
    output.line(&format!("affected versions: {}", ranges(&report.ranges)))
}

fn row(line: &LineRow) -> [String; 4] {
    let or_none = |version: &Option<String>| version.clone().unwrap_or_else(|| "-".into());
    let mut status = word(line.status).to_owned();
    if !line.reverted.is_empty() {
        let since = if line.status == lineage::Status::Fixed { " on the branch since" } else { "" };
        status = format!("{status}, reverted{since}");
    }
    if !line.adapted.is_empty() {
        status.push_str(", adapted");
    }
    [line.line.clone(), status, or_none(&line.last_affected), or_none(&line.first_fixed)]
}

fn word(status: lineage::Status) -> &'static str {
    match status {
        lineage::Status::Affected => "affected",
        lineage::Status::Fixed => "fixed",
        lineage::Status::NotAffected => "not affected",
        lineage::Status::Unknown => "unknown",
        lineage::Status::Conflict => "conflict",
    }
}

fn link(link: &lineage::Link) -> [String; 4] {
    let short = |oid: &str| oid.chars().take(12).collect::<String>();
    let adapted = link.adapted.map(|how| format!("; adapted: {how}")).unwrap_or_default();
    [
        short(&link.commit),
        format!("of {} ({})", short(&link.of), link.of_kind),
        link.branch.clone().unwrap_or_else(|| "on no branch".into()),
        format!("{}: {}{adapted}", link.grade, link.evidence.join(", ")),
    ]
}

fn ranges(ranges: &[Range]) -> String {
    let mut words = Vec::new();
    for event in ranges.iter().flat_map(|range| &range.events) {
        words.push(match event {
            lineage::Event::Introduced(version) if version == "0" => "from the beginning".into(),
            lineage::Event::Introduced(version) => format!("from {version}"),
            lineage::Event::Fixed(version) => format!("before {version},"),
        });
    }
    if words.is_empty() {
        return "none".into();
    }
    words.join(" ").trim_end_matches(',').to_owned()
}
