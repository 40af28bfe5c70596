//! `fermata provider`

use std::{path::PathBuf, sync::Arc};

use advisory::{
    csaf::CsafVersion,
    provider::{self, LeftOut, Provider, Signer, Versions},
};
use clap::{Args, ValueEnum};
use counterparts::{SystemClock, openpgp::OpenPgp};
use engine::{Clock as _, Engine, Project};
use serde::Serialize;

use crate::{
    command_error::{CommandError, Exit},
    house::{self, DataDir},
    input,
    output::Output,
    tree,
};

/// Write what a CSAF trusted provider serves, from all published advisories
///
/// A folder for a web server: CSAF documents with hashes and signatures, their lists and feed, the
/// provider's metadata, security.txt, OSV records, an Atom feed and plain pages. All of it belongs
/// below the address that the project's page names, except .well-known, which belongs at the root of
/// its host. Only what was published is in it.
///
/// CSAF 2.0 is the standard, 2.1 the one to come. Both can be served for a time: each advisory then has
/// the same name in both, in csaf/white and csaf/clear, and each version its own metadata below
/// .well-known/csaf. Who asks for neither gets the one that --csaf names first.
///
/// The folder is exchanged in one step, so a reader never sees half of it. One that holds anything
/// but the last tree is left as it is. Without --key nothing is signed, and the provider calls itself
/// no trusted one.
///
/// Exits with 1 if a record of a published advisory could not be written; the rest is there.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: DataDir,

    /// The project, where the house has several
    #[arg(long, value_name = "NAME")]
    project: Option<String>,

    /// An armoured OpenPGP secret key to sign with
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// A file that holds the key's password
    #[arg(long, value_name = "FILE", requires = "key")]
    password: Option<PathBuf>,

    /// Which versions of CSAF
    #[arg(long, value_name = "VERSIONS", value_enum, default_value_t)]
    csaf: Csaf,

    /// A new folder, or the one that was written last
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Csaf {
    #[default]
    #[value(name = "2.0")]
    Old,
    #[value(name = "2.1")]
    New,
    #[value(name = "2.0,2.1")]
    OldFirst,
    #[value(name = "2.1,2.0")]
    NewFirst,
}

impl From<Csaf> for Versions {
    fn from(csaf: Csaf) -> Self {
        match csaf {
            Csaf::Old => Self::Only(CsafVersion::V2_0),
            Csaf::New => Self::Only(CsafVersion::V2_1),
            Csaf::OldFirst => Self::Both(CsafVersion::V2_0),
            Csaf::NewFirst => Self::Both(CsafVersion::V2_1),
        }
    }
}

const EXAMPLE: &str = "\
Example:
  fermata provider --key /safe/signing-key.asc /srv/www/security";

#[derive(Serialize)]
struct Answer {
    written: String,
    files: usize,
    advisories: usize,
    signed: bool,
    left_out: Vec<Lacking>,
}

#[derive(Serialize)]
struct Lacking {
    advisory: String,
    record: &'static str,
    why: String,
}

/// Collects, signs, writes.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let now = SystemClock.wall();
    let key = signing_key(arguments, now)?;
    let store = Arc::new(arguments.data.look()?);
    let engine = house::engine(store, arguments.data.clones())?;
    let project = chosen(&engine, arguments.project.as_deref())?;
    let (provider, published) = engine.published(project.id).map_err(|error| {
        CommandError::from(error).hint("say it on the project's page, under “How it publishes”")
    })?;
    let provider = Provider { versions: arguments.csaf.into(), ..provider };
    let signer = key.as_ref().map(|key| key as &dyn Signer);
    let written = provider::write(&provider, &published, now, signer)?;
    tree::publish(&arguments.folder, &written.files)?;
    let base = &provider.imprint.base;
    if base.as_str() != base.origin() {
        let origin = base.origin();
        output.talk(&format!("note: .well-known belongs at {origin}/, the rest at {base}/"));
    }
    let answer = Answer {
        written: arguments.folder.display().to_string(),
        files: written.files.len(),
        advisories: published.len(),
        signed: key.is_some(),
        left_out: written.left_out.into_iter().map(Lacking::from).collect(),
    };
    say(&answer, output)?;
    Ok(Exit::of_findings(!answer.left_out.is_empty()))
}

impl From<LeftOut> for Lacking {
    fn from(LeftOut { advisory, record, why }: LeftOut) -> Self {
        Self { advisory, record, why }
    }
}

fn say(answer: &Answer, output: &mut Output) -> Result<(), CommandError> {
    if output.is_json() {
        return output.document(answer);
    }
    let Answer { written, files, advisories, signed, left_out } = answer;
    let signed = if *signed { "signed" } else { "not signed" };
    output.line(&format!("{advisories} advisories, {files} files in {written}, {signed}"))?;
    for Lacking { advisory, record, why } in left_out {
        let advisory = if advisory.is_empty() { "an advisory" } else { advisory };
        output.line(&format!("  {advisory}: {record} left out: {why}"))?;
    }
    Ok(())
}

fn signing_key(
    arguments: &Arguments,
    now: jiff::Timestamp,
) -> Result<Option<OpenPgp>, CommandError> {
    let Some(path) = &arguments.key else { return Ok(None) };
    let password = match &arguments.password {
        Some(path) => input::text(path)?,
        None => String::new(),
    };
    let armoured = input::text(path)?;
    let key = OpenPgp::read(&armoured, password.trim_end_matches(['\r', '\n']), now);
    key.map(Some).map_err(|error| CommandError::wrong(format!("{}: {error}", path.display())))
}

fn chosen(engine: &Engine, name: Option<&str>) -> Result<Project, CommandError> {
    let mut projects = engine.projects()?;
    if let Some(name) = name {
        projects.retain(|project| project.policy.project == name);
    }
    let names: Vec<String> = projects.iter().map(|it| it.policy.project.clone()).collect();
    match (projects.pop(), names.len()) {
        (Some(project), 1) => Ok(project),
        (None, _) => Err(CommandError::wrong(match name {
            Some(name) => format!("there is no project {name} here"),
            None => "there is no project here yet".to_owned(),
        })),
        (Some(_), _) => Err(CommandError::wrong("several projects fit")
            .hint(format!("name one with --project: {}", names.join(", ")))),
    }
}

impl From<provider::ProviderError> for CommandError {
    fn from(error: provider::ProviderError) -> Self {
        Self::wrong(error)
    }
}
